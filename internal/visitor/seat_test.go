package visitor_test

import (
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/google/uuid"

	"gobua/engine"
	"gobua/internal/visitor"
	"gobua/internal/visitor/visitortest"
)

func TestMain(m *testing.M) { os.Exit(visitortest.Run(m)) }

// sale is a session with two people in it.
type sale struct {
	*testing.T
	server     *visitortest.Server
	binhsLogin string
	session    engine.SessionID
	auctioneer *visitor.Seat
	an, binh   *visitor.Seat
	room       *visitor.Room // as an sees it
}

// TestAgainstARealServer is one server for all, because it takes seconds to
// make its database.
func TestAgainstARealServer(t *testing.T) {
	server := visitortest.Start(t)
	for _, test := range []struct {
		name string
		run  func(*sale)
	}{
		{"the same command is carried out once", carriedOutOnce},
		{"what is not allowed is named", notAllowed},
		{"a revoked person is sent away", revoked},
		{"a seat outlives the server", outlives},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(openSale(t, server)) })
	}
}

// openSale opens a session with people of its own.
func openSale(t *testing.T, server *visitortest.Server) *sale {
	t.Helper()
	s := &sale{T: t, server: server, binhsLogin: fmt.Sprintf("v-binh-%d", time.Now().UnixMicro())}
	site := s.server.Site()
	admin, err := site.SignIn(t.Context(), visitortest.Admin, visitortest.Password)
	s.must(err)
	people, err := admin.AdmitAll(t.Context(), "secret", []visitor.NewAccount{
		{Login: "v-auctioneer", Name: "Auctioneer", Role: engine.RoleAuctioneer, StaffRef: "V-1"},
		{Login: "v-an", Name: "An", Role: engine.RoleBidder},
		{Login: s.binhsLogin, Name: "Bình", Role: engine.RoleBidder},
	}, func() {})
	s.must(err)
	now, err := site.Now(t.Context())
	s.must(err)
	a, err := people[0].CreateAuction(t.Context(), visitor.Auction{
		Title: "A sale", Centre: "Centre", Owner: "Owner", Place: "Place",
		Participants: []visitor.Participant{{AccountID: people[1].Account.ID}, {AccountID: people[2].Account.ID}},
		Lots: []visitor.Lot{{Number: 1, Kind: "goods", Title: "A lot", Rules: visitor.LotRules{Rules: engine.Rules{
			Method: "ascending", Currency: "VND", Start: 1000, Step: engine.Step{Kind: engine.StepFixed, Amount: 100},
			Closing: engine.Closing{Kind: engine.ClosingFixed}, Opening: engine.OpeningByAuctioneer, OpensAt: now, BiddingMs: 600_000,
		}}}},
	})
	s.must(err)
	a, err = people[0].Publish(t.Context(), a)
	s.must(err)
	s.session = a.Lots[0].Session
	for i, seat := range []**visitor.Seat{&s.auctioneer, &s.an, &s.binh} {
		*seat = people[i].Seat()
		t.Cleanup((*seat).Close)
	}
	s.room, err = s.an.Follow(t.Context(), s.session)
	s.must(err)
	_, err = s.binh.Follow(t.Context(), s.session)
	s.must(err)
	s.do(s.an, engine.CheckIn{})
	s.do(s.binh, engine.CheckIn{})
	s.do(s.auctioneer, engine.Open{})
	return s
}

func (s *sale) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *sale) do(who *visitor.Seat, do engine.Act) engine.Receipt {
	s.Helper()
	receipt, err := who.Do(s.Context(), s.session, do)
	if err != nil || !receipt.Accepted {
		s.Fatalf("%s: %+v, %v", do.ActName(), receipt, err)
	}
	return receipt
}

func outlives(t *sale) {
	t.do(t.an, engine.PlaceBid{Amount: 1000})
	t.server.Kill()
	done := make(chan engine.Receipt, 1)
	go func() { // is sent while there is no server
		receipt, err := t.binh.Do(t.Context(), t.session, engine.PlaceBid{Amount: 1100})
		if err != nil {
			t.Error(err)
		}
		done <- receipt
	}()
	t.server.Start()
	if receipt := <-done; !receipt.Accepted || receipt.Price != 1100 {
		t.Errorf("after the restart: %+v", receipt)
	}
	t.do(t.an, engine.PlaceBid{Amount: 1200})
	room, err := t.room.Await(t.Context(), func(n engine.Now) bool { return n.Price == 1200 })
	t.must(err)
	var levels []engine.Dong
	for _, row := range room.History {
		levels = append(levels, row.Level)
	}
	if len(levels) != 3 || levels[0] != 1200 || levels[1] != 1100 || levels[2] != 1000 {
		t.Errorf("history %v", levels)
	}
}

func carriedOutOnce(t *sale) {
	token, err := t.an.Person().Token(t.Context())
	t.must(err)
	t.an.Close() // its place is taken by a line of our own
	line, err := t.server.Site().Dial(t.Context())
	t.must(err)
	defer line.Close()
	welcome, err := line.Hello(t.Context(), token)
	t.must(err)
	if welcome.Role != engine.RoleBidder || welcome.Expires <= welcome.Now {
		t.Errorf("%+v", welcome)
	}
	room, err := line.Follow(t.Context(), t.session)
	t.must(err)
	id, never := uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
	first, err := line.Do(t.Context(), t.session, id, engine.PlaceBid{Amount: 1000})
	t.must(err)
	again, err := line.Do(t.Context(), t.session, id, engine.PlaceBid{Amount: 1000})
	t.must(err)
	known, unknown, err := line.Outcomes(t.Context(), t.session, []engine.CommandID{id, never})
	t.must(err)
	if !first.Accepted || again.Seq != first.Seq || len(known) != 1 || known[0].Seq != first.Seq || len(unknown) != 1 || unknown[0] != never {
		t.Errorf("first %+v, again %+v, known %+v, unknown %v", first, again, known, unknown)
	}
	if _, err := room.Await(t.Context(), func(n engine.Now) bool { return n.Bids == 1 }); err != nil {
		t.Error(err)
	}
	clock, err := line.Ping(t.Context())
	if err != nil || clock.RoundTrip <= 0 || clock.Offset.Abs() > time.Second {
		t.Errorf("clock of this machine: %+v, %v", clock, err)
	}
}

func notAllowed(t *sale) {
	_, err := t.an.Do(t.Context(), t.session, engine.Open{})
	var refused *visitor.Refused
	if !errors.As(err, &refused) || refused.Code != "forbidden" {
		t.Errorf("a bidder opens: %v", err)
	}
	_, err = t.an.Follow(t.Context(), "000000000000")
	if !errors.As(err, &refused) || refused.Code != "unknown_session" {
		t.Errorf("no such session: %v", err)
	}
	if _, err := t.an.Person().CreateAccount(t.Context(), visitor.NewAccount{}); !visitor.HasCode(err, "forbidden") {
		t.Errorf("a bidder opens an account: %v", err)
	}
}

func revoked(t *sale) {
	admin, err := t.server.Site().SignIn(t.Context(), visitortest.Admin, visitortest.Password)
	t.must(err)
	found, err := admin.FindAccounts(t.Context(), t.binhsLogin)
	t.must(err)
	if len(found) != 1 {
		t.Fatalf("found %+v", found)
	}
	t.must(admin.Revoke(t.Context(), found[0].ID))
	_, err = t.binh.Do(t.Context(), t.session, engine.PlaceBid{Amount: 1000})
	if err == nil {
		t.Error("a revoked person bids")
	}
}
