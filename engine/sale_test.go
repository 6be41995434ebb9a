package engine_test

import (
	"bytes"
	"encoding/binary"
	"errors"

	"gobua/engine"
	"gobua/engine/sealing"
)

// reporter is what *testing.T and *rapid.T have in common.
type reporter interface {
	Helper()
	Error(args ...any)
	Errorf(format string, args ...any)
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// sale is a session under test: the shortest way from a command to its
// records, with everything that must always hold checked on the way.
type sale struct {
	t       reporter
	state   *engine.State
	room    engine.Room
	updates []engine.Update
	records []engine.Record
	secret  *engine.Secret
	now     engine.Instant
	ids     uint64

	events []engine.Event // of the last command
}

// opensAt is when sales under test open: nine o'clock on a Monday in Việt Nam.
const opensAt = engine.Instant(1_767_578_400_000)

const (
	second = engine.Millis(1000)
	minute = 60 * second
)

// plain is a rules sheet with nothing special in it.
func plain() engine.Rules {
	return engine.Rules{
		Method: "ascending", Currency: "VND", Start: 1000,
		Step:    engine.Step{Kind: engine.StepFixed, Amount: 100},
		Closing: engine.Closing{Kind: engine.ClosingFixed},
		Opening: engine.OpeningByClock, OpensAt: opensAt, BiddingMs: 15 * minute,
	}
}

// steps is a step without a grid.
func steps(step engine.Dong) engine.Step {
	return engine.Step{Kind: engine.StepBands, Bands: []engine.Band{{From: 0, Step: step}}}
}

// newSale makes a session in which nobody is present yet. A reserve of zero is
// none.
func newSale(t reporter, rules engine.Rules, reserve engine.Dong, people ...engine.ParticipantCode) *sale {
	t.Helper()
	s := &sale{t: t, state: new(engine.State), now: opensAt.Add(-10 * minute)}
	created := &engine.Created{Session: engine.NewSessionID([12]byte{}), Rules: rules, Seed: &engine.Hash{9, 9}}
	created.Lot = engine.Lot{AuctionID: "a", LotID: "l", Number: 1, Kind: "goods", Title: "A test"}
	if reserve != 0 {
		s.secret = &engine.Secret{Reserve: reserve, Salt: engine.Hash{7, 7, 7}}
		hash := engine.ReserveHash(*s.secret)
		created.Secret, created.Rules.Reserve = s.secret, &hash
	}
	created.RulesHash = created.Rules.Hash()
	for _, code := range people {
		created.Participants = append(created.Participants, engine.Participant{Code: code, Holder: engine.HolderOf(created.Session, string(code))})
	}
	if err := engine.CheckCreated(created); err != nil {
		t.Fatal(err)
	}
	s.apply(engine.Command{By: engine.System}, created)
	return s
}

// running is a session that has just opened, with everybody present.
func running(t reporter, rules engine.Rules, reserve engine.Dong, people ...engine.ParticipantCode) *sale {
	t.Helper()
	s := newSale(t, rules, reserve, people...)
	for _, code := range people {
		s.must(code, engine.CheckIn{})
	}
	s.now = opensAt
	if rules.Opening == engine.OpeningByAuctioneer {
		s.auctioneer(engine.Open{})
	} else {
		s.tick()
	}
	return s
}

func (s *sale) apply(c engine.Command, e engine.Event) {
	s.t.Helper()
	r := s.state.Record(c, s.now, e)
	if _, err := s.state.Entry(&r); err != nil {
		s.t.Fatal(err)
	}
	public := s.state.Apply(r)
	s.records = append(s.records, r)
	if r.Seq == 1 {
		s.room = s.state.Room()
	}
	if public {
		u := s.state.Update(r)
		s.updates = append(s.updates, u)
		s.room.Fold(u)
	}
}

// id makes the next command id, in the form of a UUID of version 7.
func (s *sale) id() engine.CommandID {
	s.ids++
	return commandID(s.ids)
}

func commandID(n uint64) (id engine.CommandID) {
	binary.BigEndian.PutUint64(id[8:], n)
	id[6], id[8] = 0x70, id[8]|0x80
	return id
}

// do decides a command and applies what follows.
func (s *sale) do(c engine.Command) error {
	s.t.Helper()
	events, err := sealing.Decide(s.state, c, s.now, nil)
	s.events = events
	for _, e := range events {
		s.apply(c, e)
	}
	return err
}

func bidder(code engine.ParticipantCode) engine.Actor {
	return engine.Actor{Role: engine.RoleBidder, Ref: string(code)}
}

var theAuctioneer = engine.Actor{Role: engine.RoleAuctioneer, Ref: "DGV-01"}

// by sends a participant's command and returns why it was refused, empty: it
// was not.
func (s *sale) by(code engine.ParticipantCode, do engine.Act) engine.Reason {
	s.t.Helper()
	return s.why(s.do(engine.Command{ID: s.id(), By: bidder(code), Do: do}))
}

func (s *sale) must(code engine.ParticipantCode, do engine.Act) {
	s.t.Helper()
	if why := s.by(code, do); why != "" {
		s.t.Fatalf("%s %s is refused: %s", code, do.ActName(), why)
	}
}

// bid offers an amount: as a higher maximum if its bidder already leads under
// proxy rules.
func (s *sale) bid(code engine.ParticipantCode, amount engine.Dong) engine.Reason {
	s.t.Helper()
	if s.state.Rules.Proxy && s.state.Leader == code {
		return s.by(code, engine.RaiseMaximum{Amount: amount, Confirm: amount})
	}
	return s.by(code, engine.PlaceBid{Amount: amount, Confirm: amount})
}

func (s *sale) auctioneer(do engine.Act) engine.Reason {
	s.t.Helper()
	return s.why(s.do(engine.Command{ID: s.id(), By: theAuctioneer, Do: do}))
}

func (s *sale) tick() {
	s.t.Helper()
	if err := s.do(engine.Command{By: engine.System, Do: engine.Tick{}}); err != nil {
		s.t.Fatal(err)
	}
}

// at moves the clock to so many milliseconds after the opening.
func (s *sale) at(d engine.Millis) *sale { s.now = opensAt.Add(d); return s }

func (s *sale) why(err error) engine.Reason {
	var refusal *engine.Refusal
	switch {
	case errors.As(err, &refusal):
		return refusal.Reason
	case err != nil:
		s.t.Fatalf("not a refusal: %v", err)
	}
	for _, e := range s.events {
		if refused, ok := e.(*engine.Refused); ok {
			return refused.Reason
		}
	}
	return ""
}

// stands fails the test unless this is the leader and the price.
func (s *sale) stands(leader engine.ParticipantCode, price engine.Dong) {
	s.t.Helper()
	if s.state.Leader != leader || s.state.Price != price {
		s.t.Errorf("%q leads at %d, want %q at %d", s.state.Leader, s.state.Price, leader, price)
	}
	if now := s.room.Now; now.Price != price || !s.state.Rules.HideCodes && now.Leader != leader {
		s.t.Errorf("the room shows %q at %d, want %q at %d", now.Leader, now.Price, leader, price)
	}
}

// endsAt fails the test unless bidding ends so many milliseconds after the
// opening, for every reader of the end.
func (s *sale) endsAt(d engine.Millis) {
	s.t.Helper()
	want := opensAt.Add(d)
	ends := map[string]engine.Instant{"state": s.state.ClosesAt, "deadline": engine.Deadline(s.state), "room": s.room.Now.ClosesAt}
	for who, end := range ends {
		if end != want {
			s.t.Errorf("%s ends %v after the opening, want %v", who, end.Sub(opensAt), d)
		}
	}
}

// unchanged runs f and fails the test if price, leader, end, order or what the
// room was told changed.
func (s *sale) unchanged(f func()) {
	s.t.Helper()
	before, told := mustJSON(s.room), len(s.updates)
	leader, feed, end := s.state.Leader, s.state.Feed, s.state.ClosesAt
	f()
	if !bytes.Equal(before, mustJSON(s.room)) || told != len(s.updates) || leader != s.state.Leader || feed != s.state.Feed || end != s.state.ClosesAt {
		s.t.Errorf("something changed:\n%s\nwas\n%s", mustJSON(s.room), before)
	}
}
