package engine_test

import (
	"bytes"

	"gobua/engine"
	"gobua/engine/sealing"
)

// bySeal is a sheet of sealed offers at the first price.
func bySeal(rounds, runOffs int) engine.Rules {
	r := plain()
	r.Method = "sealed"
	r.Sealed = &engine.Sealed{Pricing: engine.PricingFirst, Rounds: rounds, RunOffs: runOffs}
	if rounds+runOffs > 1 {
		r.Sealed.RoundMs = 5 * minute
	}
	return r
}

// secondPrice is the sheet of Vickrey.
func secondPrice() engine.Rules {
	r := bySeal(1, 0)
	r.Sealed.Pricing, r.Step = engine.PricingSecond, steps(1)
	return r
}

// severalUnits is the sheet of several units at one price, without a grid.
func severalUnits(units int) engine.Rules {
	r := bySeal(1, 0)
	r.Sealed.Pricing, r.Sealed.Units, r.Step = engine.PricingUniform, units, steps(1)
	return r
}

// The two who hold the keys, and somebody else.
var (
	theClerk    = engine.Actor{Role: engine.RoleClerk, Ref: "TK-02"}
	theObserver = engine.Actor{Role: engine.RoleObserver, Ref: "GS-03"}
	keepers     = []engine.Actor{theAuctioneer, theClerk}
)

// secretOf is the same secret each time, another one for each officer.
func secretOf(who engine.Actor) (secret [sealing.SecretBytes]byte) {
	copy(secret[:], who.Ref)
	return secret
}

func (s *sale) publicsOf(who engine.Actor) []engine.Key {
	return sealing.PublicKeys(secretOf(who), s.state.Session, s.state.Rules.Sealed.Keys())
}

func (s *sale) privateOf(who engine.Actor) engine.Key {
	return sealing.PrivateKey(secretOf(who), s.state.Session, s.state.Round+1)
}

// keeper sends an officer's command and returns why it was refused.
func (s *sale) keeper(who engine.Actor, do engine.Act) engine.Reason {
	s.t.Helper()
	return s.why(s.do(engine.Command{ID: s.id(), By: who, Do: do}))
}

// sealedSale is a session of sealed offers that has just opened.
func sealedSale(t reporter, rules engine.Rules, reserve engine.Dong, people ...engine.ParticipantCode) *sale {
	t.Helper()
	s := newSale(t, rules, reserve, people...)
	for _, code := range people {
		s.must(code, engine.CheckIn{})
	}
	for _, who := range keepers {
		s.fine(s.keeper(who, engine.TakeKey{Publics: s.publicsOf(who)}))
	}
	s.now = opensAt
	s.tick()
	return s
}

func (s *sale) fine(why engine.Reason) {
	s.t.Helper()
	if why != "" {
		s.t.Fatalf("refused: %s", why)
	}
}

func (s *sale) offer(code engine.ParticipantCode, amount engine.Dong) {
	s.t.Helper()
	s.now = s.now.Add(second)
	s.must(code, engine.PutOffer{Amount: amount, Confirm: amount})
}

// unseal lets the time of a round pass and both officers present their keys.
func (s *sale) unseal() {
	s.t.Helper()
	s.now = s.state.ClosesAt
	s.tick()
	for _, who := range keepers {
		s.fine(s.keeper(who, engine.PresentKey{Private: s.privateOf(who)}))
	}
}

// proposes fails the test unless this is what would be announced.
func (s *sale) proposes(winner engine.ParticipantCode, price engine.Dong) {
	s.t.Helper()
	s.stands(winner, price)
	if p := s.state.Proposal(); p.Winner != winner || p.Price != price {
		s.t.Errorf("proposed is %+v, want %q at %d", p, winner, price)
	}
}

// ranked is who offered what as the room has it, best first.
func (s *sale) ranked() (codes string, amounts []engine.Dong) {
	for _, r := range s.room.History {
		codes += string(r.Code)
		amounts = append(amounts, r.Level)
	}
	return codes, amounts
}

// The contract of sealed offers.

func (c *contract) takeKeys() {
	for _, who := range keepers {
		c.take(engine.Command{ID: c.id(), By: who, Do: engine.TakeKey{Publics: c.publicsOf(who)}})
	}
}

// drawSealed draws an act that only sealed offers have.
func (c *contract) drawSealed(cmd *engine.Command) {
	d := c.dice
	if c.state.Phase == engine.PhaseClosed || d.once(20) {
		cmd.By = pick(d, theAuctioneer, theClerk, theClerk, theObserver)
		cmd.Do = pick[engine.Act](d, engine.PresentKey{Private: c.privateOf(cmd.By)}, engine.PresentKey{Private: c.privateOf(theClerk)}, engine.OpenRound{})
		if c.state.Rules.Sealed.Units > 0 && d.once(3) {
			cmd.By, cmd.Do = theAuctioneer, engine.Decline{Code: pick(d, people...), Reason: "x"}
		}
		return
	}
	amount := c.amount()
	cmd.Do = engine.PutOffer{Amount: amount, Confirm: amount, Units: d.n(c.state.Rules.Sealed.Units + 1)}
	if d.once(6) {
		cmd.Do = engine.TakeOfferBack{}
	}
}

// hidesTheOffers plays a sale of sealed offers again up to its first opening,
// once as it was and once without anybody offering anything, and fails the test
// if the room, the desk or somebody with no offer can tell the two apart.
func (c *contract) hidesTheOffers() {
	if c.state.Rules.Sealed == nil {
		return
	}
	var told [2][]byte
	for i := range told {
		twin := newSale(c.t, c.state.Rules, 0, people...)
		heard := &listener{state: new(engine.State)}
		for _, m := range c.moves {
			if hybrid := twin.state.Now().Hybrid; i == 1 && offers(m.cmd.Do) && (hybrid == nil || hybrid.Stage == engine.StageOffers) {
				continue
			}
			if _, presents := m.cmd.Do.(engine.PresentKey); presents && twin.state.Phase == engine.PhaseClosed {
				break
			}
			twin.now = m.at
			_ = twin.do(m.cmd) // what is told is compared
		}
		for _, r := range twin.records {
			heard.hear(r)
		}
		told[i] = append(heard.b.Bytes(), mustJSON(twin.updates)...)
	}
	if !bytes.Equal(told[0], told[1]) {
		c.t.Fatalf("others can tell that there are offers:\n%s", difference(string(told[1]), string(told[0])))
	}
}

func offers(do engine.Act) bool {
	switch do.(type) {
	case engine.PutOffer, engine.TakeOfferBack:
		return true
	}
	return false
}

// listener is all who may not know of an offer: the room, the desk, and
// participants about whom the record is not. It writes down what changes.
type listener struct {
	state *engine.State
	room  engine.Room
	b     bytes.Buffer
}

func (l *listener) hear(r engine.Record) {
	public := l.state.Apply(r)
	if r.Seq == 1 {
		l.room = l.state.Room()
	}
	if public {
		l.room.Fold(l.state.Update(r))
	}
	room := mustJSON([]any{l.room, l.state.Now(), l.state.DeskParticipants(), engine.Deadline(l.state)})
	if !l.state.DeskHears(r.Event) {
		if !bytes.HasSuffix(l.b.Bytes(), room) {
			l.b.WriteString("a record that nobody hears of changed something")
		}
		return
	}
	d := l.state.DeskRecord(r)
	d.Hash = engine.Hash{} // says nothing to who has not the record
	l.b.Write(mustJSON(d))
	l.b.Write(room)
}

// withoutBox leaves out of an event what chance has made.
func withoutBox(e engine.Event) engine.Event {
	if sealed, ok := e.(*engine.OfferSealed); ok {
		return &engine.OfferSealed{Code: sealed.Code}
	}
	return e
}
