package office_test

import (
	"bytes"
	"errors"
	"reflect"
	"sync"
	"testing"

	"gobua/engine"
	"gobua/office"
	"gobua/office/vault"
	"gobua/store/storetest"
)

func TestAResultArrivesOnce(t *testing.T) {
	h := open(t)
	r := storetest.Sold("000000000001", 12)
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			for range 2 {
				if err := h.Deliver(background, r); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	got, err := h.Result(background, r.Session)
	if err != nil || !reflect.DeepEqual(got, r) {
		t.Fatalf("%+v, %v", got, err)
	}
	list, err := h.Results(background, 0)
	if err != nil || len(list) != 1 || list[0].Bids != nil || list[0].BidCount != 12 {
		t.Fatalf("%+v, %v", list, err)
	}
	other := storetest.Sold("000000000001", 13)
	conflict, ok := errors.AsType[*office.ResultConflict](h.Deliver(background, other))
	if !ok || conflict.Kept != r.Head || conflict.Delivered != other.Head {
		t.Fatalf("got %v", conflict)
	}
}

func TestWhatIsNoResultIsRefused(t *testing.T) {
	h := open(t)
	for what, spoil := range map[string]func(*office.SessionResult){
		"no session":                 func(r *office.SessionResult) { r.Session = "x" },
		"still running":              func(r *office.SessionResult) { r.Phase = engine.PhaseRunning },
		"announced without result":   func(r *office.SessionResult) { r.Result = nil },
		"stopped and yet a result":   func(r *office.SessionResult) { r.Phase = engine.PhaseStopped },
		"sold to nobody":             func(r *office.SessionResult) { r.Result.Winner = "" },
		"an outcome that is none":    func(r *office.SessionResult) { r.Result.Outcome = "maybe" },
		"more present than admitted": func(r *office.SessionResult) { r.Present = r.Participants + 1 },
	} {
		r := storetest.Sold("000000000001", 3)
		spoil(&r)
		if err := h.Deliver(background, r); err == nil || errors.Is(err, office.ErrUnavailable) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, id := range []engine.SessionID{"000000000001", "x", ""} {
		_, err := h.Result(background, id)
		wants(t, err, office.ErrNotFound)
	}
}

// A whole session through the real engine: what it extracts is what is kept.
func TestAnExtractBecomesAResult(t *testing.T) {
	h := open(t)
	a := h.publish(t)
	c := h.created[a.Lots[1].Session]
	s := new(engine.State)
	var x engine.Extractor
	at := c.Rules.OpensAt
	add := func(by engine.Actor, e engine.Event) {
		r := s.Record(engine.Command{By: by}, at, e)
		s.Apply(r)
		x.Add(r)
		at++
	}
	winner := c.Participants[0].Code
	bidder := engine.Actor{Role: engine.RoleBidder, Ref: string(winner)}
	add(engine.System, &c)
	add(engine.System, &engine.Opened{ClosesAt: at.Add(c.Rules.BiddingMs)})
	add(bidder, &engine.CheckedIn{Code: winner})
	add(bidder, &engine.BidAccepted{Code: winner, Amount: 45_000_000, Level: 45_000_000, Price: 45_000_000, Leader: winner})
	add(engine.System, &engine.Closed{ReserveMet: true})
	add(engine.System, &engine.Announced{Result: engine.Result{Outcome: engine.OutcomeSold, Winner: winner, Price: 45_000_000, BidAt: at.Add(-2), BidSeq: 4}})
	r := office.ResultOf(x.Extract())
	check(t, h.Deliver(background, r))
	got, err := h.Result(background, c.Session)
	if err != nil || !reflect.DeepEqual(got, r) {
		t.Fatalf("got  %+v\nwant %+v\n%v", got, r, err)
	}
	if got.Currency != "VND" || got.Participants != 2 || got.Present != 1 || len(got.Bids) != 1 || got.RulesHash != c.RulesHash {
		t.Fatalf("%+v", got)
	}
}

// TestTheDatabaseAloneTiesNobodyToACode: rule S3. Nothing in any table holds a
// code next to an account, and the holder of the record is not the plain hash
// of the account's id.
func TestTheDatabaseAloneTiesNobodyToACode(t *testing.T) {
	h := open(t)
	a := h.publish(t)
	session := a.Lots[0].Session
	rows, err := h.store.Admissions(background, session)
	check(t, err)
	if len(rows) == 0 {
		t.Fatal("nobody is admitted")
	}
	c := h.created[session]
	for _, sealed := range rows {
		for _, p := range c.Participants {
			for _, who := range []office.Account{h.an, h.binh} {
				if bytes.Contains(sealed, []byte(p.Code)) || bytes.Contains(sealed, []byte(who.ID)) || p.Holder == engine.HolderOf(session, who.ID) {
					t.Fatalf("%s can be read", who.Login)
				}
			}
		}
	}
}

// TestOtherKeysAreNoticed: a database met with other keys than its own is not
// served row by row.
func TestOtherKeysAreNoticed(t *testing.T) {
	h := open(t)
	check(t, h.Reconcile(background))
	other, err := vault.Load(t.TempDir())
	check(t, err)
	o := office.New(h.store, office.Options{Vault: other, Log: storetest.Quiet})
	wants(t, o.Reconcile(background), office.ErrOtherKeys)
}
