package storetest

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"gobua/engine"
	"gobua/office"
)

// contractChanges: other programs are told of what they keep in memory, and of
// nothing else.
func contractChanges(t *testing.T, s office.Store) {
	seen, err := s.Changes(background)
	check(t, err)
	changed := func(what string, want ...office.ChangeTopic) {
		t.Helper()
		got, err := s.Changes(background)
		check(t, err)
		for _, topic := range []office.ChangeTopic{office.TopicDesks, office.TopicSignedOut} {
			moved, wanted := got[topic] != seen[topic], false
			for _, w := range want {
				wanted = wanted || w == topic
			}
			if moved != wanted {
				t.Errorf("%s: %s changed: %v", what, topic, moved)
			}
		}
		seen = got
	}
	bidder := AddAccount(t, s, "bidder", engine.RoleBidder)
	changed("a bidder's account")
	clerk := AddAccount(t, s, "clerk", engine.RoleClerk)
	changed("an account of the staff", office.TopicDesks)
	clerk.Name = "Tên Khác"
	check(t, s.UpdateAccount(background, clerk, "ten khac", office.Trail{At: now}))
	changed("a name")

	signedOut := func() []string {
		t.Helper()
		ids, err := s.SignedOut(background, time.Minute)
		check(t, err)
		slices.Sort(ids)
		return ids
	}
	in, gone := token("in", bidder, uuid.NewString()), token("gone", bidder, uuid.NewString())
	for _, one := range []office.RefreshToken{in, gone} {
		check(t, s.InsertSignIn(background, one, 5, office.Trail{}))
	}
	changed("signing in")
	_, err = s.EndSignIn(background, gone.Hash)
	check(t, err)
	changed("signing out", office.TopicSignedOut)
	has(t, signedOut(), gone.SignIn)
	check(t, s.Tidy(background, now.Add(1_000_000), now, now))
	changed("what expired is tidied away")
	has(t, signedOut(), gone.SignIn)

	of := token("of", clerk, uuid.NewString())
	check(t, s.InsertSignIn(background, of, 5, office.Trail{}))
	for range 2 { // again changes nothing
		_, err = s.RevokeAccount(background, clerk.ID, office.Trail{At: now})
		check(t, err)
	}
	changed("a revoked clerk", office.TopicDesks, office.TopicSignedOut)
	want := []string{gone.SignIn, of.SignIn, clerk.ID}
	slices.Sort(want)
	has(t, signedOut(), want...)
}
