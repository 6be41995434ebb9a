package store_test

import (
	"strings"
	"testing"

	"gobua/engine"
	"gobua/office"
	"gobua/store/storetest"
)

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
	for what, statement := range map[string]string{
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
