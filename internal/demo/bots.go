package demo

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"gobua/engine"
)

// Run lets bots bid, announces what a demo session ends with if nobody did
// within a while, and begins a new sale day when the last is over. It blocks
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
		if !d.somethingToCome() {
			if err := d.newSaleDay(ctx); err != nil {
				d.o.Log.Warn("demo has no new sale day yet", "err", err)
			}
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
		d.checkIn(room)
	case engine.PhaseRunning:
		d.checkIn(room)
		d.bid(room)
	case engine.PhaseClosed:
		over := time.Since(room.Now.ClosesAt.Time())
		if over > announceAfter || room.Rules.BiddingMs < minute {
			d.announce(room)
		}
	}
}

func (d *Demo) checkIn(room engine.Room) {
	if _, known := d.nextBids[room.Session]; known {
		return
	}
	d.nextBids[room.Session] = time.Now().Add(d.pause(room))
	if !d.o.Bots && room.Rules.BiddingMs >= minute {
		return
	}
	for _, id := range d.botIDs {
		d.send(room.Session, id, engine.CheckIn{})
	}
}

// pause until the next bot's bid: lively at first, then up to half a minute;
// a moment in the session that is soon over.
func (d *Demo) pause(room engine.Room) time.Duration {
	switch {
	case room.Rules.BiddingMs < minute:
		return 1200 * time.Millisecond
	case room.Now.Bids < 6:
		return time.Duration(1+rand.IntN(3)) * time.Second
	}
	return time.Duration(6+rand.IntN(24)) * time.Second
}

// bid lets one bot that does not lead name the next minimum, until the price
// is a quarter above the start: the rest is left to people.
func (d *Demo) bid(room engine.Room) {
	quick := room.Rules.BiddingMs < minute
	if !d.o.Bots && !quick || time.Now().Before(d.nextBids[room.Session]) {
		return
	}
	d.nextBids[room.Session] = time.Now().Add(d.pause(room))
	if limit := room.Rules.Start + room.Rules.Start/4; room.Now.Next > limit && !quick {
		return
	}
	for _, i := range rand.Perm(len(d.botIDs)) {
		code, ok := d.o.Saleroom.CodeOf(room.Session, d.botIDs[i])
		if ok && code != room.Now.Leader {
			d.send(room.Session, d.botIDs[i], engine.PlaceBid{Amount: room.Now.Next})
			return
		}
	}
}

// announce says what stands: the highest bid, or that nobody bid.
func (d *Demo) announce(room engine.Room) {
	act := engine.Announce{Winner: room.Now.Leader, Price: room.Now.Price}
	d.submit(room.Session, engine.Actor{Role: engine.RoleAuctioneer, Ref: d.staff.StaffRef}, act)
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
