package store_test

import (
	"context"
	"maps"
	"strings"
	"testing"

	"gobua/store/storetest"
)

// TestTheFirstKeysAreRemembered, and what other programs say later changes nothing.
func TestTheFirstKeysAreRemembered(t *testing.T) {
	s := storetest.Open(t)
	a, b := strings.Repeat("a", 32), strings.Repeat("b", 32)
	for _, c := range []struct{ said, want map[string]string }{
		{nil, map[string]string{}},
		{map[string]string{"access-token": a}, map[string]string{"access-token": a}},
		{map[string]string{"access-token": b, "vault-001": b}, map[string]string{"access-token": a, "vault-001": b}},
		{nil, map[string]string{"access-token": a, "vault-001": b}},
	} {
		kept, err := s.NoteKeyMarks(context.Background(), c.said)
		if err != nil || !maps.Equal(kept, c.want) {
			t.Fatalf("said %v: kept %v, want %v, %v", c.said, kept, c.want, err)
		}
	}
}
