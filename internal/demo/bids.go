package demo

import (
	"math/rand/v2"
	"slices"
	"time"

	"gobua/engine"
)

// bid does what a bot does in a running session, now and then. What is sold at
// one stroke (a falling price, a price to buy now) is left to people until the
// last moment.
func (d *Demo) bid(room engine.Room) {
	quick := quick(&room.Rules)
	if !d.o.Bots && !quick || d.o.Now().Before(d.nextBids[room.Session]) {
		return
	}
	d.nextBids[room.Session] = d.o.Now().Add(pause(room))
	switch stage := stageOf(room.Now); {
	case stage == engine.StageOffers || room.Rules.Method == "sealed":
		d.offer(room)
	case stage == engine.StageAnswer:
		d.answer(room)
	case room.Rules.Descent != nil:
		d.accept(room)
	case room.Rules.Turns != nil:
		d.takeTurn(room)
	case quick || room.Now.Next <= limit(&room.Rules) && !aboutToFall(room.Now):
		d.raise(room)
	}
}

// pause until a bot looks at a session again: lively at first, then up to half
// a minute; a moment in the session that is soon over. Where silence ends the
// bidding the bots take their time and keep it going.
func pause(room engine.Room) time.Duration {
	seconds := func(least, more int) time.Duration { return time.Duration(least+rand.IntN(more)) * time.Second }
	switch r := &room.Rules; {
	case quick(r):
		return 1200 * time.Millisecond
	case r.Turns != nil:
		return seconds(4, 8)
	case r.Gong != nil:
		return seconds(70, 70)
	case room.Now.Bids < 6:
		return seconds(1, 3)
	}
	return seconds(6, 24)
}

// limit is up to where bots bid; the rest is left to people. In rounds of
// silence they go on for longer, because the lot is over when they stop.
func limit(r *engine.Rules) engine.Dong {
	if r.Gong != nil || r.Turns != nil {
		return r.Start + r.Start*2/5
	}
	return r.Start + r.Start/4
}

// aboutToFall tells whether the auctioneer is calling what stands. A bid would
// make the calls begin again.
func aboutToFall(now engine.Now) bool {
	return now.Called != nil && (now.Called.Count > 0 || now.Called.Warned)
}

// stageOf is the stage of a session that has them.
func stageOf(now engine.Now) engine.Stage {
	if now.Hybrid == nil {
		return engine.StageFalling
	}
	return now.Hybrid.Stage
}

// raise lets one bot that does not lead name the next minimum.
func (d *Demo) raise(room engine.Room) {
	for _, i := range rand.Perm(len(d.botIDs)) {
		code, ok := d.o.Saleroom.CodeOf(room.Session, d.botIDs[i])
		if ok && code != room.Now.Leader {
			d.send(room.Session, d.botIDs[i], engine.PlaceBid{Amount: room.Now.Next})
			return
		}
	}
}

// accept takes a falling price: the last one, or where stages follow that
// people should see, one in the middle of the fall.
func (d *Demo) accept(room engine.Room) {
	floor, asked := room.Rules.Descent.Floor, room.Now.Next
	if asked == floor || room.Rules.Hybrid != nil && asked <= (room.Rules.Start+floor)/2 {
		d.raise(room)
	}
}

// takeTurn raises by a step when it is a bot's turn, or in one case of four
// lets the turn pass.
func (d *Demo) takeTurn(room engine.Room) {
	now := room.Now.Turns
	if now == nil || now.Turn == 0 {
		return
	}
	for _, id := range d.botIDs {
		code, ok := d.o.Saleroom.CodeOf(room.Session, id)
		if !ok || code != now.Code || !d.once(step{session: room.Session, what: "turn", round: now.Round, who: id}) {
			continue
		}
		if room.Now.Next <= limit(&room.Rules) && rand.IntN(4) > 0 {
			d.send(room.Session, id, engine.PlaceBid{Amount: room.Now.Next})
		}
	}
}

// offer lets one bot that has none in this round put a sealed offer, a few
// steps above the least. Where only some go on the rules refuse the others.
func (d *Demo) offer(room engine.Room) {
	now := room.Now.Sealed
	for _, id := range d.botIDs {
		code, ok := d.o.Saleroom.CodeOf(room.Session, id)
		if !ok || room.Now.Hybrid != nil && code == room.Now.Hybrid.First || len(now.Codes) > 0 && !slices.Contains(now.Codes, code) {
			continue
		}
		if !d.once(step{session: room.Session, what: "offer", round: now.Round, who: id}) {
			continue
		}
		act := engine.PutOffer{Amount: room.Now.Next + engine.Dong(1+rand.IntN(8))*room.Rules.Step.At(room.Now.Next)}
		if act.Confirm = act.Amount; room.Rules.Sealed.Units > 1 {
			act.Units = 1 + rand.IntN(room.Rules.Sealed.Units/2)
		}
		d.send(room.Session, id, act)
		return
	}
}

// answer goes above the highest sealed offer every other time, if a bot has the
// last word.
func (d *Demo) answer(room engine.Room) {
	for _, id := range d.botIDs {
		code, ok := d.o.Saleroom.CodeOf(room.Session, id)
		if ok && code == room.Now.Hybrid.First && d.once(step{session: room.Session, what: "answer", who: id}) && rand.IntN(2) > 0 {
			d.send(room.Session, id, engine.PlaceBid{Amount: room.Now.Next, Confirm: room.Now.Next})
		}
	}
}
