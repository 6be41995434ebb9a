package proof_test

import (
	"encoding/binary"
	"testing"

	"gobua/engine"
)

const opensAt = engine.Instant(1_767_578_400_000)

func plainRules() engine.Rules {
	return engine.Rules{
		Method: "ascending", Currency: "VND", Start: 1_000_000,
		Step:    engine.Step{Kind: engine.StepFixed, Amount: 10_000},
		Closing: engine.Closing{Kind: engine.ClosingReset, WindowMs: 60_000, ByMs: 60_000, MaxCount: 3},
		Opening: engine.OpeningByClock, OpensAt: opensAt, BiddingMs: 900_000,
	}
}

// sale is a session of three people, driven by commands.
type sale struct {
	t       testing.TB
	state   engine.State
	records []engine.Record
	now     engine.Instant
	ids     uint32
}

func newSale(t testing.TB, rules engine.Rules, reserve engine.Dong) *sale {
	t.Helper()
	s := &sale{t: t, now: opensAt - 60_000}
	c := &engine.Created{Session: engine.NewSessionID([12]byte{}), Rules: rules, Seed: &engine.Hash{1, 2, 3}, Lot: engine.Lot{AuctionID: "a", Number: 1, Title: "Xe tải"}}
	if reserve != 0 {
		c.Secret = &engine.Secret{Reserve: reserve, Salt: engine.Hash{4}}
		hash := engine.ReserveHash(*c.Secret)
		c.Rules.Reserve = &hash
	}
	c.RulesHash = c.Rules.Hash()
	for _, code := range []engine.ParticipantCode{"A", "B", "C"} {
		c.Participants = append(c.Participants, engine.Participant{Code: code, Holder: engine.HolderOf(c.Session, string(code))})
	}
	r := s.state.Record(engine.Command{By: engine.System}, s.now, c)
	if _, err := s.state.Entry(&r); err != nil {
		t.Fatal(err)
	}
	s.state.Apply(r)
	s.records = append(s.records, r)
	for _, p := range c.Participants {
		s.do(p.Code, engine.CheckIn{})
	}
	s.at(0)
	return s
}

// at lets the clock come to a moment after the opening.
func (s *sale) at(after engine.Millis) {
	s.t.Helper()
	now := opensAt.Add(after)
	for due := engine.Deadline(&s.state); due != 0 && due <= now; due = engine.Deadline(&s.state) {
		s.records = append(s.records, decide(s.t, &s.state, engine.Command{By: engine.System, Do: engine.Tick{}}, max(due, s.state.LastAt))...)
	}
	s.now = now
}

func (s *sale) do(code engine.ParticipantCode, act engine.Act) {
	s.t.Helper()
	s.command(engine.Actor{Role: engine.RoleBidder, Ref: string(code)}, act)
}

func (s *sale) command(by engine.Actor, act engine.Act) {
	s.t.Helper()
	s.ids++
	c := engine.Command{ID: engine.CommandID{6: 0x70, 8: 0x80}, By: by, Do: act}
	binary.BigEndian.PutUint32(c.ID[12:], s.ids)
	s.records = append(s.records, decide(s.t, &s.state, c, s.now)...)
}

func (s *sale) bid(code engine.ParticipantCode, amount engine.Dong) {
	s.t.Helper()
	s.do(code, engine.PlaceBid{Amount: amount, Confirm: amount})
}

var auctioneer = engine.Actor{Role: engine.RoleAuctioneer, Ref: "ĐGV-079"}

// announce lets the time run out and makes the proposal final.
func (s *sale) announce() {
	s.t.Helper()
	s.at(max(3_600_000, s.state.Rules.BiddingMs))
	p := s.state.Proposal()
	s.command(auctioneer, engine.Announce{Winner: p.Winner, Price: p.Price})
}

// busy is a session with a bid beaten, a refusal, an extension, a pause, an
// outage, a message, a disqualification, and a result.
func busy(t testing.TB) []engine.Record {
	t.Helper()
	rules := plainRules()
	rules.Proxy = true
	s := newSale(t, rules, 1_200_000)
	s.bid("A", 1_500_000)
	s.at(1000)
	s.bid("B", 1_000_000) // too low
	s.bid("B", 1_300_000)
	s.command(auctioneer, engine.Pause{Reason: "kiểm tra"})
	s.at(31_000)
	s.command(auctioneer, engine.Resume{})
	s.command(auctioneer, engine.Say{Text: "Tiếp tục"})
	s.at(900_000)
	s.bid("C", 1_800_000) // in the last minute: the end moves
	s.at(905_000)
	s.records = append(s.records, decide(t, &s.state, engine.Command{By: engine.System, Do: engine.CreditOutage{From: opensAt.Add(901_000)}}, s.now)...)
	s.command(auctioneer, engine.Disqualify{Code: "B", Reason: "thông đồng"})
	s.do("A", engine.PlaceBid{Amount: 2_400_000, Confirm: 2_400_000})
	s.announce()
	return s.records
}
