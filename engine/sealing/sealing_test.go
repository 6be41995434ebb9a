package sealing_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/google/uuid"

	"gobua/engine"
	"gobua/engine/sealing"
)

var update = flag.Bool("update", false, "write the golden file")

// keys is what an officer's secret gives. The page has to make the same of it:
// its tests read the file, too.
type keys struct {
	Secret   string           `json:"secret"`
	Session  engine.SessionID `json:"session"`
	Privates []engine.Key     `json:"privates"`
	Publics  []engine.Key     `json:"publics"`
}

// TestKeysAreGolden: a secret that somebody has on paper gives the same keys in
// every later version, and in every browser.
func TestKeysAreGolden(t *testing.T) {
	var secret [sealing.SecretBytes]byte
	for i := range secret {
		secret[i] = byte(255 - 11*i)
	}
	k := keys{Secret: hex.EncodeToString(secret[:]), Session: "k7qp0z3m9abc", Publics: sealing.PublicKeys(secret, "k7qp0z3m9abc", 3)}
	for round := 1; round <= 3; round++ {
		k.Privates = append(k.Privates, sealing.PrivateKey(secret, "k7qp0z3m9abc", round))
	}
	got, err := json.MarshalIndent(k, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	const file = "testdata/keys.json"
	if *update {
		if err := os.WriteFile(file, append(got, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(bytes.TrimSpace(want), got) {
		t.Errorf("the keys are\n%s\nthe file says\n%s (%v)", got, want, err)
	}
}

// TestABoxOpensInItsPlaceAlone: with both keys, for its session, round,
// participant and command.
func TestABoxOpensInItsPlaceAlone(t *testing.T) {
	const session = engine.SessionID("k7qp0z3m9abc")
	secrets := [2][sealing.SecretBytes]byte{{1}, {2}}
	s := new(engine.State)
	rules := engine.Rules{
		Method: "sealed", Currency: "VND", Start: 1000, Step: engine.Step{Kind: engine.StepFixed, Amount: 100}, Closing: engine.Closing{Kind: engine.ClosingFixed},
		Opening: engine.OpeningByClock, OpensAt: 1, BiddingMs: 60_000, Sealed: &engine.Sealed{Pricing: engine.PricingFirst, Rounds: 2, RoundMs: 60_000},
	}
	s.Apply(engine.Record{Seq: 1, Event: &engine.Created{Session: session, Rules: rules}})
	var privates [2]engine.Key
	id := uuid.MustParse("0198c0de-0000-7000-8000-00000000002a")
	cmd := engine.Command{ID: id, By: engine.Actor{Role: engine.RoleBidder, Ref: "M-733"}, Do: engine.PutOffer{Amount: 12_900_000_000}}
	if sealing.Seal(s, cmd).Do.(engine.PutOffer).Box != nil {
		t.Error("sealed without keys")
	}
	for i, secret := range secrets {
		privates[i] = sealing.PrivateKey(secret, session, 1)
		by := engine.Actor{Role: engine.RoleClerk, Ref: string(rune('a' + i))}
		s.Apply(engine.Record{Seq: engine.Seq(2 + i), By: by, Event: &engine.KeyTaken{Publics: sealing.PublicKeys(secret, session, 2)}})
	}
	one, two := sealing.Seal(s, cmd).Do.(engine.PutOffer).Box, sealing.Seal(s, cmd).Do.(engine.PutOffer).Box
	if bytes.Equal(one, two) || len(one) != engine.BoxBytes || len(two) != engine.BoxBytes {
		t.Errorf("two boxes of one amount: %x, %x", one, two)
	}
	if offer, err := engine.OpenBox(privates, session, 1, "M-733", id, one); err != nil || offer != (engine.Offer{Amount: 12_900_000_000}) {
		t.Errorf("opened to %+v, %v", offer, err)
	}
	swapped := [2]engine.Key{privates[1], privates[0]}
	later := [2]engine.Key{sealing.PrivateKey(secrets[0], session, 2), sealing.PrivateKey(secrets[1], session, 2)}
	for name, open := range map[string]func() (engine.Offer, error){
		"another session": func() (engine.Offer, error) { return engine.OpenBox(privates, "k7qp0z3m9abd", 1, "M-733", id, one) },
		"another round":   func() (engine.Offer, error) { return engine.OpenBox(privates, session, 2, "M-733", id, one) },
		"somebody else":   func() (engine.Offer, error) { return engine.OpenBox(privates, session, 1, "M-105", id, one) },
		"another command": func() (engine.Offer, error) { return engine.OpenBox(privates, session, 1, "M-733", uuid.Nil, one) },
		"keys swapped":    func() (engine.Offer, error) { return engine.OpenBox(swapped, session, 1, "M-733", id, one) },
		"a later round's": func() (engine.Offer, error) { return engine.OpenBox(later, session, 1, "M-733", id, one) },
		"the outer alone": func() (engine.Offer, error) {
			return engine.OpenBox([2]engine.Key{1: privates[1]}, session, 1, "M-733", id, one)
		},
		"the inner alone": func() (engine.Offer, error) {
			return engine.OpenBox([2]engine.Key{0: privates[0]}, session, 1, "M-733", id, one)
		},
		"one byte changed": func() (engine.Offer, error) {
			return engine.OpenBox(privates, session, 1, "M-733", id, append(bytes.Clone(one[:len(one)-1]), one[len(one)-1]^1))
		},
	} {
		if offer, err := open(); err == nil {
			t.Errorf("%s: opened to %+v", name, offer)
		}
	}
}
