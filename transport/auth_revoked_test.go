package transport

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"gobua/office"
)

func TestARevocationOutlivesARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "revoked")
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	tokens := func() *AccessTokens {
		revoked, err := OpenRevoked(path)
		if err != nil {
			t.Fatal(err)
		}
		return NewTokens(Key{1}, TokenOptions{Now: func() time.Time { return now }, Revoked: revoked})
	}
	before := tokens()
	token, _, err := before.Issue(Bearer{Account: "a", Role: "bidder"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := before.Parse(token); err != nil {
		t.Fatalf("a fresh token is refused: %v", err)
	}
	before.Revoke("a", now)
	if _, err := tokens().Parse(token); err != ErrTokenInvalid {
		t.Errorf("after a restart the revoked account's token gives %v", err)
	}

	now = now.Add(revokedLife + time.Second)
	before.Revoke("b", now)
	after := tokens()
	if after.revoked.has("a") || !after.revoked.has("b") {
		t.Errorf("kept %v; a revocation is forgotten when no token of it can be alive", after.revoked.since)
	}
}

// TestWhatOtherProcessesSignedOutIsKeptForLongEnough: a process that starts is
// told of all whose tokens may be alive.
func TestWhatOtherProcessesSignedOutIsKeptForLongEnough(t *testing.T) {
	if revokedLife > office.SignedOutKept {
		t.Errorf("a revocation matters for %v, the office tells of %v", revokedLife, office.SignedOutKept)
	}
}

func TestADamagedListOfRevokedAccountsIsNamed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "revoked")
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenRevoked(path); err == nil {
		t.Error("a damaged file was taken for an empty one")
	}
}
