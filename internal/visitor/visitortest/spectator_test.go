package visitortest

import (
	"fmt"
	"strings"
	"testing"

	"gobua/engine"
)

// TestASpectatorNotesWhatAPageMustNeverSee: each planted fault is named, and
// what a server may do is not.
func TestASpectatorNotesWhatAPageMustNeverSee(t *testing.T) {
	snap := func(epoch string, seq int) string { return fmt.Sprintf(`{"t":"snap","epoch":%q,"seq":%d}`, epoch, seq) }
	up := func(seq int, text string) string { return fmt.Sprintf(`{"t":"up","seq":%d,"up":{"k":%q}}`, seq, text) }
	for _, test := range []struct {
		name, wrong string
		messages    []string
	}{
		{"what is right", "", []string{snap("a", 3), up(4, "x"), up(5, "y"), up(4, "x"), snap("a", 9), up(10, "z")}},
		{"a gap", "came after", []string{snap("a", 3), up(5, "y")}},
		{"a room that goes back", "went back", []string{snap("a", 3), up(4, "x"), snap("a", 3)}},
		{"another epoch", "became b", []string{snap("a", 3), snap("b", 3)}},
		{"two things under one number", "in two ways", []string{snap("a", 3), up(4, "x"), up(4, "y")}},
	} {
		s := &Spectator{told: map[engine.FeedSeq]string{}}
		for _, m := range test.messages {
			s.take([]byte(m))
		}
		_, wrong := s.Told()
		if test.wrong == "" && len(wrong) > 0 || test.wrong != "" && (len(wrong) != 1 || !strings.Contains(wrong[0], test.wrong)) {
			t.Errorf("%s: %q", test.name, wrong)
		}
		if len(s.differs(map[engine.FeedSeq]string{4: `{"k":"x"}`, 5: `{"k":"y"}`, 10: `{"k":"z"}`})) > 0 != (test.name == "two things under one number") {
			t.Errorf("%s: held against the record: %v", test.name, s.told)
		}
	}
}

// TestASpectatorWhoIsRefusedComesAgain: at a node that does not know the session
// yet nothing more comes on that line.
func TestASpectatorWhoIsRefusedComesAgain(t *testing.T) {
	for message, want := range map[string]bool{
		`{"t":"err","id":1,"code":"not_found"}`: true,
		`{"t":"ok","id":1}`:                     false,
		`{"t":"snap","epoch":"a","seq":3}`:      false,
	} {
		s := &Spectator{told: map[engine.FeedSeq]string{}}
		if again, refused := s.take([]byte(message)); again || refused != want {
			t.Errorf("%s: again %v, refused %v", message, again, refused)
		}
	}
}
