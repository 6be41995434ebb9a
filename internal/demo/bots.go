package demo

import (
	"context"
	"time"

	"github.com/google/uuid"

	"gobua/engine"
)

// Run lets bots bid, does what the staff of a sale does if nobody did within a
// while, and makes an auction again when its last session is over. It blocks
// until ctx ends.
func (d *Demo) Run(ctx context.Context) {
	second := time.NewTicker(time.Second)
	defer second.Stop()
	for {
		select {
		case <-second.C:
		case <-ctx.Done():
			return
		}
		for _, room := range d.o.Saleroom.Rooms() {
			if room.Lot.Centre == centre {
				d.attend(room)
			}
		}
		if err := d.renew(ctx); err != nil {
			d.o.Log.Warn("demo has no new auction yet", "err", err)
		}
	}
}

// announceAfter is how long the demo leaves the announcement to a person. The
// short session that is to be "finished" is announced at once.
const announceAfter = 3 * time.Minute

// attend does what the demo does in one session in one second.
func (d *Demo) attend(room engine.Room) {
	switch room.Now.Phase {
	case engine.PhaseScheduled:
		d.takeKeys(room)
		d.checkIn(room)
	case engine.PhaseRunning:
		d.checkIn(room)
		d.bid(room)
	case engine.PhaseClosed:
		over := time.Since(room.Now.ClosesAt.Time())
		switch {
		case awaitsOpening(room.Now):
			d.open(room, over)
		case over > announceAfter || quick(&room.Rules):
			d.announce(room)
		}
	}
}

// quick tells whether a session is the one that is over within seconds.
func quick(r *engine.Rules) bool { return r.BiddingMs < minute }

func (d *Demo) checkIn(room engine.Room) {
	if _, known := d.nextBids[room.Session]; known {
		return
	}
	d.nextBids[room.Session] = d.o.Now().Add(pause(room))
	if !d.o.Bots && !quick(&room.Rules) {
		return
	}
	for _, id := range d.botIDs {
		d.send(room.Session, id, engine.CheckIn{})
	}
}

// announce says what stands: the highest bid, or that nobody bid, or not
// enough.
func (d *Demo) announce(room engine.Room) {
	act := engine.Announce{Winner: room.Now.Leader, Price: room.Now.Price}
	if room.Now.Reserve == engine.ReserveNotMet {
		act = engine.Announce{}
	}
	if room.Now.Sealed != nil && room.Now.Sealed.Units != nil {
		act.Changes = room.Now.Sealed.Units.Changes
	}
	d.submit(room.Session, actorOf(d.staff), act)
}

func (d *Demo) send(id engine.SessionID, account string, act engine.Act) {
	if code, ok := d.o.Saleroom.CodeOf(id, account); ok {
		d.submit(id, engine.Actor{Role: engine.RoleBidder, Ref: string(code)}, act)
	}
}

func (d *Demo) submit(id engine.SessionID, by engine.Actor, act engine.Act) {
	cmd := engine.Command{ID: uuid.Must(uuid.NewV7()), By: by, Do: act}
	d.o.Saleroom.Submit(id, cmd, func(r engine.Receipt, err error) {
		if err != nil || !r.Accepted {
			d.o.Log.Debug("demo command not accepted", "session", id, "act", r.Act, "reason", r.Reason, "err", err)
		}
	})
}
