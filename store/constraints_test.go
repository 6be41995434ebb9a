package store_test

import (
	"strings"
	"testing"

	"gobua/engine"
	"gobua/office"
	"gobua/store"
	"gobua/store/storetest"
)

// keep gives an auction a sealed file, a hold, a proposed disposal, a complaint
// and an upload.
func keep(t *testing.T, s *store.Store, auctionID, staff string) {
	t.Helper()
	for _, err := range []error{
		s.InsertArchive(background, office.Archive{AuctionID: auctionID, Number: 1, Size: 1, Entries: 1, SealedBy: staff, SealedAt: 1, KeepUntil: 2}, office.Trail{}),
		s.InsertHold(background, office.Hold{ID: "0197c0de-0000-7000-8000-000000000011", AuctionID: auctionID, Reason: "x", PlacedBy: staff, PlacedAt: 1}, office.Trail{}),
		s.InsertDisposal(background, office.Disposal{ID: "0197c0de-0000-7000-8000-000000000012", AuctionID: auctionID, Reason: "x", ProposedBy: staff, ProposedAt: 1}, office.Trail{}),
		s.InsertComplaint(background, office.Complaint{
			ID: "0197c0de-0000-7000-8000-000000000013", AuctionID: auctionID, Body: "x", FiledAt: 1, DueAt: 2, State: office.ComplaintOpen,
		}, 10, office.Trail{}),
		s.InsertPortalUpload(background, auctionID, office.PortalUpload{Status: office.PortalUploaded, By: staff, At: 1}, office.Trail{}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// What must hold is in the database too, against programs with mistakes and
// people with a psql.
func TestTheDatabaseRefusesWhatMustNotBe(t *testing.T) {
	dsn := storetest.Database(t)
	s := storetest.OpenAt(t, dsn)
	storetest.WaitReady(t, s)
	db := storetest.Connect(t, dsn)
	staff := storetest.AddAccount(t, s, "quan.tri", engine.RoleAdmin)
	bidder := storetest.AddAccount(t, s, "anh", engine.RoleBidder)
	a := office.Auction{ID: "0197c0de-0000-7000-8000-000000000001", CentreID: office.HostCentre, Status: office.StatusDraft, Version: 1, CreatedAt: 1}
	a.Title = "x"
	a.Lots = []office.LotDraft{storetest.Lot(1)}
	a.Participants = []office.Participant{{AccountID: bidder.ID}}
	if _, err := s.InsertAuction(background, a, staff.ID, office.IdempotencyKey{}, office.Trail{}); err != nil {
		t.Fatal(err)
	}
	f := storetest.Freeze(&a, &a.Lots[0], "000000000001", bidder)
	err := s.PublishAuction(background, office.Publication{
		AuctionID: a.ID, Version: 1, By: staff.ID, At: 1, Sessions: []office.FrozenSession{f},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.InsertResult(background, storetest.Sold("000000000001", 2), 1); err != nil {
		t.Fatal(err)
	}
	keep(t, s, a.ID, staff.ID)
	for what, statement := range map[string]string{
		"another hash of a sealed file":   `update archives set hash = sha256('x')`,
		"a shorter time of a sealed file": `update archives set keep_until = sealed_at + interval '1 day'`,
		"a sealed file taken out":         `delete from archives`,
		"no sealed files at all":          `truncate archives`,
		"another reason of a hold":        `update legal_holds set reason = 'y'`,
		"a hold lifted by one alone":      `update legal_holds set lift_asked_by = placed_by, lift_asked_at = now(), lifted_by = placed_by, lifted_at = now()`,
		"a hold lifted without asking":    `update legal_holds set lifted_by = placed_by, lifted_at = now()`,
		"a hold taken out":                `delete from legal_holds`,
		"a disposal by one alone":         `update disposals set approved = true, decided_by = proposed_by, decided_at = now()`,
		"a disposal done undecided":       `update disposals set done_at = now(), record = '{}'`,
		"a disposal taken out":            `delete from disposals`,
		"an answer by nobody":             `update complaints set state = 'upheld'`,
		"a complaint taken out":           `delete from complaints`,
		"another link to the portal":      `update portal_uploads set link = 'https://x'`,
		"an admin as a participant":       `insert into admissions values ('000000000001', '` + staff.ID + `', 'bidder', 'M-999', sha256('x'))`,
		"an admin called a participant":   `insert into admissions values ('000000000001', '` + staff.ID + `', 'admin', 'M-999', sha256('x'))`,
		"one account with two codes":      `insert into admissions values ('000000000001', '` + bidder.ID + `', 'bidder', 'M-999', sha256('x'))`,
		"another code after the event":    `update admissions set code = 'M-777'`,
		"a participant taken out":         `delete from admissions`,
		"a participant put in":            `insert into auction_participants values ('` + a.ID + `', '` + staff.ID + `', 'bidder', 9)`,
		"a participant of the auction":    `delete from auction_participants`,
		"other rules":                     `update sessions set rules = '{}', rules_hash = sha256('{}')`,
		"an earlier opening":              `update sessions set opens_at = now()`,
		"another reserve":                 `update sessions set reserve = 1`,
		"a session taken out":             `delete from sessions`,
		"a published lot":                 `update lots set title = 'y'`,
		"another price":                   `update results set price = 1`,
		"a result taken out":              `delete from results`,
		"another bid":                     `update result_bids set level = 1`,
		"a bid taken out":                 `delete from result_bids`,
		"a role that changes":             `update accounts set role = 'auctioneer' where id = '` + bidder.ID + `'`,
		"a role that is none":             `update accounts set role = 'boss'`,
		"a password":                      `update accounts set password_hash = 'secret'`,
		"a login that is a look-alike":    `update accounts set login = 'ánh'`,
		"an account with a history":       `delete from accounts where id = '` + bidder.ID + `'`,
		"a published auction that is not": `update auctions set published_at = null`,
	} {
		if _, err := db.Exec(statement); err == nil {
			t.Errorf("the database took %s: %s", what, statement)
		}
	}
	var secret string
	if err := db.QueryRow(`select rules::text from lots`).Scan(&secret); err != nil {
		t.Fatal(err)
	}
	if want := `"reserveAmount"`; strings.Contains(secret, want) {
		t.Errorf("the reserve still stands in the lot: %s", secret)
	}
}
