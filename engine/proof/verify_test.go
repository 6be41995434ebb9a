package proof_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"gobua/engine"
	"gobua/engine/proof"
)

// lateClocks are stories in which the clock comes late on purpose, to show that
// it is the time of receipt that decides. A server's clock is never late: what it
// owes is decided before anything else, as of its own time.
var lateClocks = map[string]bool{
	"03-the-edges-of-time": true, "07-latest-end": true, "10-outage-near-the-end": true, "11-outage-over-the-end": true,
	"34-falls-to-the-floor": true, "35-acceptance-withdrawn": true, "36-withdrawn-preceding-price": true, "46-sealed-offers": true,
}

// TestEveryStoryIsJudgedRight: a stranger who has nothing but the file comes to
// the same end, whatever the rules of the session.
func TestEveryStoryIsJudgedRight(t *testing.T) {
	for name, records := range stories(t) {
		t.Run(name, func(t *testing.T) {
			list := entries(t, ended(t, records))
			file := publish(t, list)
			report, err := verify(file)
			if lateClocks[name] {
				if err == nil || !strings.Contains(err.Error(), "clock") {
					t.Errorf("the clock is late, and the verdict is %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			last := list[len(list)-1]
			if report.Head != (engine.Head{Seq: last.Seq, Hash: last.Hash}) {
				t.Errorf("ends with %+v, was %d %s", report.Head, last.Seq, last.Hash)
			}
			for _, e := range list {
				if _, err := verify(file, engine.Head{Seq: e.Seq, Hash: e.Hash}); err != nil {
					t.Fatalf("who was shown record %d: %v", e.Seq, err)
				}
			}
		})
	}
}

// TestTheSameSessionHasTheSameFile, so that its hash can be printed in minutes.
func TestTheSameSessionHasTheSameFile(t *testing.T) {
	list := entries(t, ended(t, busy(t)))
	if one, two := publish(t, list), publish(t, list); !bytes.Equal(one, two) {
		t.Error("two files of one session differ")
	}
	with := publish(t, list, proof.Attachment{Name: "checkpoint", Data: []byte("x\ny\n")})
	report, err := verify(with)
	if err != nil || len(report.Attached) != 1 || string(report.Attached[0].Data) != "x\ny\n" {
		t.Errorf("attached %v (%v)", report.Attached, err)
	}
}

// TestASessionIsPublishedWhenItIsOver and not before, and never bare.
func TestASessionIsPublishedWhenItIsOver(t *testing.T) {
	records := ended(t, busy(t))
	if _, err := proof.Look(each(entries(t, records[:len(records)-1]))); !errors.Is(err, engine.ErrNotOver) {
		t.Errorf("one that goes on: %v", err)
	}
	var s engine.State
	var bare []engine.Entry
	for _, r := range records {
		if c, ok := r.Event.(*engine.Created); ok {
			plain := *c
			plain.Seed = nil
			r.Event = &plain
		}
		e, err := s.Entry(&r)
		if err != nil {
			t.Fatal(err)
		}
		s.Apply(r)
		bare = append(bare, e)
	}
	if _, err := proof.Look(each(bare)); !errors.Is(err, engine.ErrBareRecord) {
		t.Errorf("one without a seed: %v", err)
	}
}

// TestAFileTellsNoSecretThatOutlivesTheSession: the winner's maximum and a
// reserve that was not met stay hidden, what the price has reached does not.
func TestAFileTellsNoSecretThatOutlivesTheSession(t *testing.T) {
	rules := plainRules()
	rules.Proxy = true
	s := newSale(t, rules, 88_000_000)
	s.bid("A", 7_770_000)
	s.bid("B", 5_550_000)
	s.do("A", engine.RaiseMaximum{Amount: 66_660_000, Confirm: 66_660_000})
	s.announce()
	file := string(publish(t, entries(t, s.records)))
	for _, secret := range []string{"66660000", "7770000", "88000000"} {
		if strings.Contains(file, secret) {
			t.Errorf("the file tells %s", secret)
		}
	}
	if !strings.Contains(file, `{"amount":5550000}`) {
		t.Error("the maximum that was passed is not disclosed")
	}
	report, err := verify([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	if c := report.Claims; c.Hidden != 2 || !c.Reserve {
		t.Errorf("claims %+v", c)
	}
}
