package engine_test

import (
	"bytes"
	"fmt"
	"testing"

	"gobua/engine"
)

// concealing is a session with maxima and a hidden reserve, its last two
// records a maximum and a refused one, and all its entries.
func concealing(t *testing.T) (*sale, []engine.Entry) {
	rules := plain()
	rules.Proxy = true
	s := running(t, rules, 1_888_800, "A", "B")
	s.bid("A", 777_700)
	s.bid("B", 666_600)
	s.must("A", engine.RaiseMaximum{Amount: 999_900})
	if why := s.bid("B", 555_500); why != engine.ReasonTooLow {
		t.Fatalf("refused: %q", why)
	}
	state := new(engine.State)
	entries := make([]engine.Entry, 0, len(s.records))
	for _, r := range s.records {
		e, err := state.Entry(&r)
		if err != nil {
			t.Fatal(err)
		}
		state.Apply(r)
		entries = append(entries, e)
	}
	return s, entries
}

// TestAPublishedRecordHoldsNoSecret: the chained bytes of a session name no
// maximum, no reserve, no salt and no seed; and a record without its disclosure
// says that it conceals something.
func TestAPublishedRecordHoldsNoSecret(t *testing.T) {
	s, entries := concealing(t)
	secrets := []any{"777700", "999900", "555500", "1888800", s.secret.Salt.String()}
	// What B's maximum was is public: the price went past it.
	concealed := 0
	for i, e := range entries {
		hides(t, fmt.Sprintf("record %d", e.Seq), e.Body, secrets...)
		r, err := engine.Entry{Seq: e.Seq, Body: e.Body, Hash: e.Hash}.Record()
		if err != nil {
			t.Fatal(err)
		}
		if (r.Concealed != nil) != (len(e.Disclosure) > 0) {
			t.Errorf("record %d: concealed %v, its disclosure has %d bytes", e.Seq, r.Concealed, len(e.Disclosure))
		}
		if r.Concealed == nil {
			continue
		}
		concealed++
		whole, err := e.Record()
		if err != nil || dump(whole.Event) != dump(s.records[i].Event) {
			t.Errorf("record %d disclosed is %s (%v)", e.Seq, dump(whole.Event), err)
		}
	}
	if concealed != 5 { // the creation, two bids, a raise, a refusal
		t.Errorf("%d records conceal something", concealed)
	}
}

// TestADisclosureOpensItsOwnRecordAlone, and can be made from salt and amount.
func TestADisclosureOpensItsOwnRecordAlone(t *testing.T) {
	_, entries := concealing(t)
	opened := map[engine.Seq]engine.Entry{}
	for _, e := range entries {
		if len(e.Disclosure) > 0 {
			opened[e.Seq] = e
		}
	}
	for seq, e := range opened {
		for other, o := range opened {
			e.Disclosure = o.Disclosure
			if _, err := e.Record(); (err == nil) != (seq == other) {
				t.Errorf("record %d with the disclosure of %d: %v", seq, other, err)
			}
		}
	}
	last := entries[len(entries)-1]
	if d := engine.AmountDisclosure(last.Disclosure.Salt(), 555_500, 0); !bytes.Equal(d, last.Disclosure) {
		t.Errorf("from salt and amount: %q, the journal has %q", d, last.Disclosure)
	}
}

// TestADisclosureAddsNothing: what stands in the record cannot be said
// otherwise by what it commits to, and only fields that may be concealed are.
func TestADisclosureAddsNothing(t *testing.T) {
	make := func(kind, event, fields string) engine.Entry {
		d := engine.Disclosure(append(bytes.Repeat([]byte{1}, 32), fields...))
		body := fmt.Sprintf(`{"seq":3,"at":1,"by":{"role":"bidder","ref":"A"},"cmd":"00000000-0000-7000-8000-000000000001","kind":%q,"event":%s,"concealed":%q}`, kind, event, d.Commitment())
		return engine.Entry{Seq: 3, Body: []byte(body), Disclosure: d}
	}
	if _, err := make("raised", `{"code":"A","price":4}`, `{"amount":5}`).Record(); err != nil {
		t.Fatal(err)
	}
	for name, e := range map[string]engine.Entry{
		"an amount that is said":    make("raised", `{"code":"A","amount":6,"price":4}`, `{"amount":5}`),
		"a field that is public":    make("raised", `{"code":"A","price":4}`, `{"amount":5,"price":9}`),
		"an event without secrets":  make("said", `{"text":"x"}`, `{"text":"y"}`),
		"more than one value":       make("raised", `{"code":"A","price":4}`, `{"amount":5}{"amount":6}`),
		"nothing":                   make("raised", `{"code":"A","price":4}`, ``),
		"steps of a raise":          make("raised", `{"code":"A","price":4}`, `{"amount":5,"steps":2}`),
		"a salt that is cut":        {Seq: 3, Body: make("raised", `{"code":"A","price":4}`, `{"amount":5}`).Body, Disclosure: engine.Disclosure("x")},
		"a creation of two secrets": make("created", `{}`, `{"seed":"`+engine.Hash{1}.String()+`","rules":{}}`),
	} {
		if r, err := e.Record(); err == nil {
			t.Errorf("%s: read as %s", name, dump(r.Event))
		}
	}
}
