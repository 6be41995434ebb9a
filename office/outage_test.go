package office_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"

	"gobua/engine"
	"gobua/engine/actor"
	"gobua/engine/journal"
	"gobua/office"
	"gobua/store/storetest"
)

// settling is how the program joins the engine's end to the office's.
type settling struct{ house *house }

func (s settling) Deliver(ctx context.Context, e engine.Extract) error {
	return s.house.Deliver(ctx, office.ResultOf(e))
}

func (s settling) Lacks(ctx context.Context, ids []engine.SessionID) ([]engine.SessionID, error) {
	return s.house.Lacks(ctx, ids)
}

// saleroom is the real engine beside a house.
type saleroom struct {
	t       *testing.T
	mem     *journal.Memory
	reg     *actor.Registry
	opensIn time.Duration            // after publication
	rules   func(*office.RulesDraft) // changes the sheet; may be nil
}

// start begins a process on what is left of the last one.
func (r *saleroom) start(h *house) {
	r.t.Helper()
	r.reg = actor.NewRegistry(actor.Options{Journal: r.mem, Office: settling{h}, Log: storetest.Quiet})
	check(r.t, r.reg.Start(background))
}

// do sends a command and wants it accepted.
func (r *saleroom) do(id engine.SessionID, by engine.Actor, act engine.Act) {
	r.t.Helper()
	answer := make(chan error, 1)
	r.reg.Submit(id, engine.Command{ID: uuid.Must(uuid.NewV7()), By: by, Do: act}, func(receipt engine.Receipt, err error) {
		if err == nil && !receipt.Accepted {
			err = &engine.Refusal{Reason: receipt.Reason}
		}
		answer <- err
	})
	if err := <-answer; err != nil {
		r.t.Fatalf("%s: %v", act.ActName(), err)
	}
}

func (r *saleroom) phase(id engine.SessionID) engine.Phase {
	v, ok := r.reg.View(id)
	if !ok {
		r.t.Fatalf("session %s is not there", id)
	}
	return v.Room.Now.Phase
}

// loseMarks ends the process and leaves a journal that does not know what was
// delivered.
func (r *saleroom) loseMarks() {
	r.t.Helper()
	r.reg.Stop()
	ids, err := r.mem.Sessions(background)
	check(r.t, err)
	fresh := journal.NewMemory()
	for _, id := range ids {
		var head engine.Head
		check(r.t, r.mem.Replay(background, id, 0, func(e engine.Entry) error {
			after := head
			head = engine.Head{Seq: e.Seq, Hash: e.Hash}
			return fresh.Append(background, id, after, []engine.Entry{e})
		}))
	}
	r.mem = fresh
}

// until waits for a phase.
func (r *saleroom) until(id engine.SessionID, want engine.Phase) {
	r.t.Helper()
	storetest.Until(r.t, func() error {
		if got := r.phase(id); got != want {
			return fmt.Errorf("the session is %s, not yet %s", got, want)
		}
		return nil
	})
}

// publishNow publishes one lot that opens at once, or in a moment, for a second
// and a half.
func (r *saleroom) publishNow(h *house) (engine.SessionID, engine.ParticipantCode) {
	r.t.Helper()
	h.desk.now = time.Now() // the engine's clock is the real one
	h.Office = office.New(h.store, office.Options{Vault: h.vault, Now: h.Now, Sessions: r.reg, Require: office.Legal{MinBiddingMs: 1}, Log: storetest.Quiet})
	d := sheet(h)
	d.Lots = d.Lots[1:]
	d.Lots[0].Rules.OpensAt = engine.InstantOf(h.Now().Add(r.opensIn))
	d.Lots[0].Rules.BiddingMs = 1500
	if r.rules != nil {
		r.rules(&d.Lots[0].Rules)
	}
	a, err := h.CreateAuction(background, h.auctioneer, d, "")
	check(r.t, err)
	a, err = h.Publish(background, h.auctioneer, a.ID, a.Version)
	check(r.t, err)
	mine, err := h.Participations(background, h.an.ID)
	check(r.t, err)
	return a.Lots[0].Session, mine[0].Code
}

// A whole sale while the database is away, both sides dying in between: the
// result is there in the end, once.
func TestASaleGoesOnWithoutTheOffice(t *testing.T) {
	line := storetest.NewLine(t, storetest.Database(t))
	s := storetest.OpenAt(t, line.DSN)
	storetest.WaitReady(t, s)
	h := openOn(t, s)
	room := &saleroom{t: t, mem: journal.NewMemory()}
	room.start(h)

	id, code := room.publishNow(h)

	line.Cut() // the database goes
	bidder := engine.Actor{Role: engine.RoleBidder, Ref: string(code)}
	room.until(id, engine.PhaseRunning)
	room.do(id, bidder, engine.CheckIn{})
	room.do(id, bidder, engine.PlaceBid{Amount: 45_000_000})
	room.until(id, engine.PhaseClosed)
	room.do(id, engine.Actor{Role: engine.RoleAuctioneer, Ref: "12/TP"}, engine.Announce{Winner: code, Price: 45_000_000})
	if room.reg.Backlog() != 1 {
		t.Fatalf("%d results wait for the office", room.reg.Backlog())
	}

	room.reg.Stop() // the program dies with the result undelivered
	room.mem = room.mem.Restart()
	room.start(h)
	line.Mend()                 // the database is back,
	line.LoseAnswerTo("COMMIT") // but nobody hears that it has kept the result
	storetest.Until(t, func() error {
		if room.reg.Backlog() != 0 {
			return errors.New("the result is still waiting")
		}
		return nil
	})
	got, err := h.Result(background, id)
	check(t, err)
	if got.Phase != engine.PhaseAnnounced || got.Result.Winner != code || got.Result.Price != 45_000_000 || len(got.Bids) != 1 || got.Present != 1 {
		t.Fatalf("%+v", got)
	}

	room.loseMarks() // and once more, as after a lost disk
	room.start(h)
	defer room.reg.Stop()
	storetest.Until(t, func() error {
		if settled, err := room.mem.Settled(background, id); err != nil || !settled {
			return errors.New("the result was not delivered again")
		}
		return nil
	})
	again, err := h.Result(background, id)
	if err != nil || !reflect.DeepEqual(again, got) {
		t.Fatalf("%+v, %v", again, err)
	}
}
