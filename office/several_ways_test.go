package office_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gobua/engine"
	"gobua/office"
	"gobua/office/webhook"
)

// severalUnits sells five units of the lot at one price.
func severalUnits(r *office.RulesDraft) {
	r.Method, r.Sealed = "sealed", &engine.Sealed{Pricing: engine.PricingUniform, Rounds: 1, Units: 5}
}

// TestMU1OpenedCodesAreRecorded: the program looks behind the code of every
// winner for the minutes, and says so.
func TestMU1OpenedCodesAreRecorded(t *testing.T) {
	s := openFor(t, severalUnits)
	s.play(t, ways["several units"].story)
	opened := column(t, s.db, "select after->>'code' from acts where name = 'proceeding.identify'")
	want := []string{s.named("AN"), s.named("BINH")}
	slices.Sort(want)
	if slices.Sort(opened); !slices.Equal(opened, want) {
		t.Errorf("opened are %v, want %v", opened, want)
	}
}

// TestMU1TheMostWinners: as many as there may be come through the office, and
// to another program that is told of the result.
func TestMU1TheMostWinners(t *testing.T) {
	h, r, url := withHooks(t)
	hook, err := h.AddHook(background, h.admin, office.NewHook{URL: url, Kinds: []string{"lot.result"}})
	check(t, err)
	d := sheet(h)
	d.Lots, d.Participants = d.Lots[:1], nil
	severalUnits(&d.Lots[0].Rules)
	d.Lots[0].Rules.ReserveAmount = 0
	d.Lots[0].Rules.Sealed.Units = engine.MaxUnits
	d.Sheet.After = saleAfter
	d.Sheet.After.NameWinner = true
	var people []office.Account
	for i := range engine.MaxUnits {
		people = append(people, h.account(t, fmt.Sprintf("bidder.%03d", i), fmt.Sprintf("Người mua %03d", i), engine.RoleBidder))
		d.Participants = append(d.Participants, office.Participant{AccountID: people[i].ID})
	}
	a, err := h.CreateAuction(background, h.auctioneer, d, "")
	check(t, err)
	a, err = h.Publish(background, h.auctioneer, a.ID, a.Version)
	check(t, err)
	session := a.Lots[0].Session
	result := office.SessionResult{
		Session: session, Lot: h.created[session].Lot, RulesHash: h.created[session].RulesHash, Currency: "VND", Phase: engine.PhaseAnnounced,
		OpenedAt: engine.InstantOf(h.Now()), ClosedAt: engine.InstantOf(h.Now()) + 60_000, EndedAt: engine.InstantOf(h.Now()) + 70_000,
		Participants: engine.MaxUnits, Present: engine.MaxUnits, BidCount: engine.MaxUnits, Head: engine.Head{Seq: 2000, Hash: engine.Hash{1}},
		Result: &engine.Result{Outcome: engine.OutcomeSold, Price: engine.MaxDong / engine.MaxUnits},
	}
	for i, who := range people {
		mine, err := h.Participations(background, who.ID)
		check(t, err)
		one := engine.Award{
			Code: mine[0].Code, Units: 1, Wanted: engine.MaxUnits, Price: result.Result.Price, BidAt: result.OpenedAt.Add(engine.Millis(i)), BidSeq: engine.Seq(i + 900),
		}
		result.Result.Awards = append(result.Result.Awards, one)
		result.Bids = append(result.Bids, office.ResultBid{Seq: one.BidSeq, At: one.BidAt, Code: one.Code, Level: one.Price, Units: one.Wanted})
	}
	first := result.Result.Awards[0]
	result.Result.Winner, result.Result.BidAt, result.Result.BidSeq = first.Code, first.BidAt, first.BidSeq
	h.pass(2 * time.Hour)
	check(t, h.Deliver(background, result))

	_, err = h.SendEvents(background)
	check(t, err)
	told, err := h.Deliveries(background, h.admin, hook.ID)
	if err != nil || len(told) != 1 || told[0].Outcome != webhook.Delivered {
		t.Fatalf("%+v, %v", told, err)
	}
	var e struct{ Data office.LotOutcome }
	check(t, json.Unmarshal([]byte(r.bodies[0]), &e))
	if !slices.Equal(e.Data.Awards, result.Result.Awards) {
		t.Errorf("%d winners are told", len(e.Data.Awards))
	}
	out, err := h.Outcomes(background, a.ID)
	if err != nil || len(out[0].Awards) != engine.MaxUnits || !strings.HasPrefix(out[0].Winner, people[0].Name+", "+people[1].Name) {
		t.Errorf("the public reads %.200s, %v", out[0].Winner, err)
	}
	staff, err := h.Proceedings(background, h.clerk, a.ID)
	if err != nil || !strings.HasSuffix(staff[0].Winner, ", "+people[engine.MaxUnits-1].Name) || len(staff[0].Minutes) != 1 {
		t.Errorf("the office reads %d minutes, %v", len(staff[0].Minutes), err)
	}
	m, err := h.MinutesFile(background, h.auctioneer, a.Lots[0].ID, 1)
	check(t, err)
	text := pdfText(t, m.PDF)
	for _, a := range []engine.Award{first, result.Result.Awards[engine.MaxUnits-1]} {
		if !strings.Contains(text, "mã số "+string(a.Code)+": 1 trong 500 đơn vị") {
			t.Errorf("the minutes do not name %s", a.Code)
		}
	}
}

// TestMU1IsNotListed: what follows the sale is made for one winner, so a
// listing names the field, and no reason sets that aside.
func TestMU1IsNotListed(t *testing.T) {
	h, _, auctioneer := listingHouse(t)
	d := rulesSheet(t, h, auctioneer)
	d.Lots = d.Lots[:1]
	severalUnits(&d.Lots[0].Rules)
	d.Sheet.Override = []office.Override{{Field: "lots.0.rules.method", Code: "not_in_law", Reason: "Bỏ phiếu kín"}}
	a, err := h.CreateAuction(background, h.admin, d, "")
	check(t, err)
	insisting := d
	insisting.Sheet.Override = append(insisting.Sheet.Override,
		office.Override{Field: "lots.0.rules.sealed.pricing", Code: "several_winners", Reason: "Một lý do không làm ra nhiều hợp đồng"})
	_, err = h.UpdateAuction(background, h.admin, a.ID, a.Version, insisting)
	wantsFields(t, err, office.Field{Field: "sheet.override.1.code", Code: "unknown"})
	_, err = h.List(background, h.admin, a.ID, a.Version)
	wantsFields(t, err, office.Field{Field: "lots.0.rules.sealed.pricing", Code: "several_winners"})
}

// TestMU1AnyWinnerIsFoundInTheArchive, not only the first in the order.
func TestMU1AnyWinnerIsFoundInTheArchive(t *testing.T) {
	s := openFor(t, severalUnits)
	s.play(t, ways["several units"].story)
	check(t, s.FollowUp(background))
	_, err := s.Seal(background, s.admin, s.auction, "")
	check(t, err)
	for name, found := range map[string]int{"BINH": 1, "AN": 1, "CUC": 0} {
		rows, err := s.FindArchives(background, s.observer, office.ArchiveSearch{Winner: engine.ParticipantCode(s.named(name))})
		if err != nil || len(rows) != found {
			t.Errorf("%s: %+v, %v", name, rows, err)
		}
	}
}
