package actor

import (
	"slices"
	"sync"

	"gobua/engine"
	"gobua/engine/sealing"
)

// The two who hold the keys of sealed offers in the simulation.
var simKeepers = []engine.Actor{{Role: engine.RoleAuctioneer, Ref: "CC-1"}, {Role: engine.RoleClerk, Ref: "TK-1"}}

// seal makes a sheet one of sealed offers. It draws from the other dice, so
// that older seeds live through what they did.
func (w *world) seal(r *engine.Rules) {
	r.Method, r.Proxy, r.MinIntervalMs, r.Closing = "sealed", false, 0, engine.Closing{Kind: engine.ClosingFixed}
	r.Sealed = &engine.Sealed{Pricing: engine.PricingFirst, Rounds: 1 + w.other.IntN(2), RunOffs: w.other.IntN(3)}
	if r.Sealed.Keys() > 1 {
		r.Sealed.RoundMs = 10_000
	} else if w.other.IntN(2) == 0 {
		r.Sealed.Pricing = engine.PricingSecond
	}
}

// thenSeal adds the stages of rule SE3 to a sheet with a falling price.
func (w *world) thenSeal(r *engine.Rules) {
	r.Method, r.Step = "hybrid", engine.Step{Kind: engine.StepPercent, Amount: 5, BasisPoints: 300}
	r.Sealed = &engine.Sealed{Pricing: engine.PricingFirst, Rounds: 1}
	r.Hybrid = &engine.Hybrid{OffersMs: 10_000, AnswerMs: 15_000}
}

func secretOf(who engine.Actor) (secret [sealing.SecretBytes]byte) {
	copy(secret[:], who.Ref)
	return secret
}

// simPublics are the public keys of an officer for a session, from the first
// round on. There are few of them, and each takes longer than most of what
// happens in a world.
func simPublics(who engine.Actor, id engine.SessionID, rounds int) []engine.Key {
	type officer struct {
		ref    string
		id     engine.SessionID
		rounds int
	}
	key := officer{who.Ref, id, rounds}
	known, ok := simKeys.Load(key)
	if !ok {
		known, _ = simKeys.LoadOrStore(key, sealing.PublicKeys(secretOf(who), id, rounds))
	}
	return slices.Clone(known.([]engine.Key))
}

var simKeys sync.Map // of simPublics, for all worlds

// keyAct is what an officer does with a key now.
func keyAct(room *simRoom, who engine.Actor) engine.Act {
	s := &room.past.state
	if s.Phase == engine.PhaseScheduled || s.Head.Seq == 0 {
		return engine.TakeKey{Publics: simPublics(who, room.id, room.rules.Sealed.Keys())}
	}
	return engine.PresentKey{Private: sealing.PrivateKey(secretOf(who), room.id, s.Round+1)}
}

// sealedAct replaces what somebody does by what is done where offers are sealed.
func (w *world) sealedAct(room *simRoom, cmd *engine.Command) {
	switch do := cmd.Do.(type) {
	case engine.PlaceBid:
		s := &room.past.state
		if room.rules.Hybrid != nil && s.Head.Seq > 0 && s.Now().Hybrid.Stage != engine.StageOffers && w.other.IntN(8) > 0 {
			return // a price is named aloud
		}
		switch n := w.other.IntN(12); {
		case n == 0:
			cmd.Do = engine.TakeOfferBack{}
		case n == 1: // as a page that is too old
		case n < 5:
			cmd.By = simKeepers[w.other.IntN(2)]
			cmd.Do = keyAct(room, cmd.By)
		default:
			cmd.Do = engine.PutOffer{Amount: do.Amount, Confirm: do.Confirm, Units: w.wanted(room)}
		}
	case engine.Say:
		cmd.Do = engine.OpenRound{}
		if room.rules.Sealed.Units > 0 {
			cmd.Do = engine.Decline{Code: room.codes[w.counter.IntN(len(room.codes))], Reason: "phần còn lại ít quá"}
		}
	}
}

// sellUnits makes a sheet of sealed offers one of three units.
func (w *world) sellUnits(r *engine.Rules) {
	if r.Method == "sealed" && r.Reserve == nil {
		*r.Sealed = engine.Sealed{Pricing: engine.PricingUniform, Rounds: 1, Units: 3}
	}
}

// wanted is for how many units an offer is: mostly two, so that a part is left
// for the second.
func (w *world) wanted(room *simRoom) int {
	if room.rules.Sealed.Units == 0 || w.counter.IntN(4) == 0 {
		return w.counter.IntN(room.rules.Sealed.Units + 2)
	}
	return 2
}

// announcement is the auctioneer's word as things stand.
func announcement(s *engine.State) engine.Announce {
	p := s.Proposal()
	a := engine.Announce{Winner: p.Winner, Price: p.Price}
	if s.Rules.Sealed == nil {
		return a
	}
	if units := s.Now().Sealed.Units; units != nil {
		a.Changes = units.Changes
	}
	return a
}

// driveSealed does what must come before a session of sealed offers can go on.
func (w *world) driveSealed(room *simRoom) {
	switch room.past.state.Phase {
	case engine.PhaseScheduled, engine.PhaseClosed:
		for _, who := range simKeepers {
			w.ids++
			w.send(room, engine.Command{ID: cmdID(w.ids), By: who, Do: keyAct(room, who)})
		}
		w.serve(room)
		if room.past.state.Phase == engine.PhaseClosed {
			w.ids++
			w.send(room, engine.Command{ID: cmdID(w.ids), By: simKeepers[0], Do: engine.OpenRound{}})
			w.serve(room)
			w.declinePart(room)
		}
	}
}

// declinePart lets the last winner of several units decline, if only a part is
// left for them.
func (w *world) declinePart(room *simRoom) {
	awards := room.past.state.Proposal().Awards
	if n := len(awards); n > 0 && awards[n-1].Wanted > 0 {
		w.ids++
		w.send(room, engine.Command{ID: cmdID(w.ids), By: simKeepers[0], Do: engine.Decline{Code: awards[n-1].Code, Reason: "phần còn lại ít quá"}})
		w.serve(room)
	}
}

// openingTorn tells whether a torn journal has kept the second key, and of the
// opening that belongs to the same batch nothing, or not all of its offers. Where
// several units are sold it is then never known who gets how many.
func openingTorn(room *simRoom) bool {
	s := &room.past.state
	n := s.Now().Sealed
	if !room.torn || s.Phase != engine.PhaseClosed || n == nil || n.Given < 2 {
		return false
	}
	return !n.Opened || room.rules.Sealed.Units > 0 && n.Units == nil
}
