package engine_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"gobua/engine"
)

// source is the engine's own files, read to see what was forgotten.
func source(t *testing.T) []*ast.File {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return files
}

// constants are the constants of a string type, by name.
func constants(t *testing.T, typ string) map[string]string {
	found := map[string]string{}
	for _, f := range source(t) {
		ast.Inspect(f, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			if id, ok := spec.Type.(*ast.Ident); !ok || id.Name != typ || len(spec.Values) == 0 {
				return true
			}
			if lit, ok := spec.Values[0].(*ast.BasicLit); ok {
				value, err := strconv.Unquote(lit.Value)
				if err != nil {
					t.Fatal(err)
				}
				found[spec.Names[0].Name] = value
			}
			return true
		})
	}
	if len(found) == 0 {
		t.Fatalf("no constant of type %s", typ)
	}
	return found
}

// methodsNamed are the receivers of the methods of a name.
func methodsNamed(t *testing.T, name string) map[string]bool {
	found := map[string]bool{}
	for _, f := range source(t) {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Name.Name != name || fn.Recv == nil {
				continue
			}
			typ := fn.Recv.List[0].Type
			if star, ok := typ.(*ast.StarExpr); ok {
				typ = star.X
			}
			found[typ.(*ast.Ident).Name] = true
		}
	}
	return found
}

// casesOf are the types that the type switches of a function name.
func casesOf(t *testing.T, function string) map[string]bool {
	found := map[string]bool{}
	for _, f := range source(t) {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Name.Name != function {
				continue
			}
			ast.Inspect(fn, func(n ast.Node) bool {
				clause, ok := n.(*ast.CaseClause)
				if !ok {
					return true
				}
				for _, e := range clause.List {
					if star, ok := e.(*ast.StarExpr); ok {
						e = star.X
					}
					if id, ok := e.(*ast.Ident); ok {
						found[id.Name] = true
					}
				}
				return true
			})
		}
	}
	return found
}

// TestEveryEventIsKnownEverywhere names what a new event has been forgotten in.
func TestEveryEventIsKnownEverywhere(t *testing.T) {
	kinds := constants(t, "EventKind")
	for name, kind := range kinds {
		make, ok := engine.Events[engine.EventKind(kind)]
		if !ok {
			t.Errorf("%s has no row in Events", name)
		} else if got := make().Kind(); got != engine.EventKind(kind) {
			t.Errorf("%s makes an event of the kind %s", name, got)
		}
	}
	if len(kinds) != len(engine.Events) {
		t.Errorf("%d kinds, %d rows in Events: two kinds have one name", len(kinds), len(engine.Events))
	}
	events := methodsNamed(t, "Kind")
	if len(events) != len(kinds) {
		t.Errorf("%d events, %d kinds", len(events), len(kinds))
	}
	for _, function := range []string{"Apply", "isPublic", "Update", "DeskRecord", "receipt", "momentOf"} {
		cases := casesOf(t, function)
		for event := range events {
			if !cases[event] {
				t.Errorf("%s does not say what it does with %s", function, event)
			}
		}
	}
}

// TestEveryActIsKnown: each act has one name, and somebody may do it.
func TestEveryActIsKnown(t *testing.T) {
	names := constants(t, "ActName")
	acts := allActs()
	seen := map[string]string{}
	for name, value := range names {
		if other, ok := seen[value]; ok {
			t.Errorf("%s and %s are both %q", name, other, value)
		}
		seen[value] = name
	}
	for _, do := range acts {
		if _, ok := seen[string(do.ActName())]; !ok {
			t.Errorf("%T has the unknown name %q", do, do.ActName())
		}
		delete(seen, string(do.ActName()))
	}
	for value, name := range seen {
		t.Errorf("%s (%q) is not tested: add it to allActs", name, value)
	}
	decided := map[string]bool{}
	for _, function := range []string{"decideSystem", "decideBidder", "conduct", "Conduct"} {
		for act := range casesOf(t, function) {
			decided[act] = true
		}
	}
	for act := range methodsNamed(t, "bidding") { // Method.Bid
		decided[act] = true
	}
	for act := range methodsNamed(t, "keeping") { // Keyed.Keep
		decided[act] = true
	}
	for act := range methodsNamed(t, "ActName") {
		if !decided[act] {
			t.Errorf("nobody can do %s", act)
		}
	}
}

// TestNamesAreUnique: what the page turns into sentences must not mean two
// things.
func TestNamesAreUnique(t *testing.T) {
	for _, typ := range []string{"Reason", "EventKind", "Phase", "Ground", "Outcome", "Role", "ReserveState", "ReserveKind", "Pricing", "SealedDue"} {
		seen := map[string]string{}
		for name, value := range constants(t, typ) {
			if other, ok := seen[value]; ok {
				t.Errorf("%s and %s are both %q", name, other, value)
			}
			seen[value] = name
		}
	}
}

// golden compares with a file under testdata; -update writes it.
func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	file = filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != string(got) {
		t.Errorf("%s: these bytes stand in journals and under published hashes, they must not change by accident:\n%s", file, difference(string(want), string(got)))
	}
}

// fullRules has every field set.
func fullRules() engine.Rules {
	reserve := engine.Hash{0xab, 0xcd}
	return engine.Rules{
		Method: "ascending", Currency: "VND", Start: 1_000_000_000,
		Step:  engine.Step{Kind: engine.StepBands, Amount: 1, Bands: []engine.Band{{From: 0, Step: 10}, {From: 100, Step: 20}}, BasisPoints: 250},
		Proxy: true, Reserve: &reserve,
		Closing: engine.Closing{Kind: engine.ClosingReset, WindowMs: 30_000, ByMs: 60_000, MaxCount: 10, MaxTotalMs: 300_000},
		Opening: engine.OpeningByAuctioneer, OpensAt: opensAt, BiddingMs: 15 * minute, ConfirmAbove: 20,
		Cap: 9_000_000_000, MinIntervalMs: 1000, RecoveryMinMs: 120_000, HideCodes: true,
	}
}

// TestRulesBytes holds the rules' JSON and hash: a frozen sheet must have the
// same fingerprint in every later version.
func TestRulesBytes(t *testing.T) {
	full, least, falls, reveal := fullRules(), plain(), byHundred(), fullRules()
	falls.Descent.BasisPoints, falls.Descent.Preceding = 100, true
	reveal.ReserveKind = engine.ReserveReveal
	text := ""
	plates, sealed, hybrid, tied, called, buys, gong, turns := plateRules(), bySeal(3, 2), hybridRules(), plain(), calledRules(), buyable(engine.BuyNowShare), gongRules(), turnRules(2)
	buys.BuyNow.BasisPoints = 5000
	tied.Group = &engine.Group{Name: "Máy kéo", Extends: true, AtOnce: 2}
	units := severalUnits(100)
	for _, r := range []*engine.Rules{&full, &least, &falls, &reveal, &plates, &sealed, &hybrid, &tied, &called, &buys, &gong, &turns, &units} {
		text += string(mustJSON(r)) + "\n" + r.Hash().String() + "\n"
	}
	golden(t, "rules.golden", []byte(text))
}

// tiedCreation is a first record of a lot that is sold with others.
func tiedCreation(rules engine.Rules) *engine.Created {
	party := engine.PartyOf("a", "account")
	return &engine.Created{
		Session: "k7qp0z3m9abc", Rules: rules, RulesHash: rules.Hash(), Lot: engine.Lot{AuctionID: "a", Number: 1},
		Participants: []engine.Participant{{Code: "M-733", Party: &party, Limit: &engine.Limit{Lots: 1, Total: 900}}},
	}
}

// TestRecordBytes holds the canonical bytes of every kind of record and the
// chain over them.
func TestRecordBytes(t *testing.T) {
	secret := engine.Secret{Reserve: 2_000_000_000, Salt: engine.Hash{5}}
	reserve := engine.ReserveHash(secret)
	rules := fullRules()
	rules.Reserve = &reserve
	tied := plain()
	tied.Group = &engine.Group{AtOnce: 1}
	events := []engine.Event{
		&engine.Created{
			Session: "k7qp0z3m9abc", Rules: rules, RulesHash: rules.Hash(), Secret: &secret, Seed: &engine.Hash{8},
			Lot:          engine.Lot{AuctionID: "a", LotID: "l", Number: 3, Kind: "land", Title: "Thửa đất số 12 <A&B>", Detail: "500 m²", Place: "Đà Lạt", Owner: "UBND", Centre: "TT", Deposit: 5},
			Participants: []engine.Participant{{Code: "M-733", Holder: engine.HolderOf("k7qp0z3m9abc", "account")}},
		},
		&engine.Opened{ClosesAt: 2, LatestAt: 3}, &engine.CheckedIn{Code: "M-733"},
		&engine.BidAccepted{Code: "M-733", Amount: 5, Level: 3, Price: 4, Leader: "M-105"},
		&engine.Raised{Code: "M-733", Amount: 9, Price: 4}, &engine.AutoRaised{Code: "M-105", Level: 4, Cause: "M-733"},
		&engine.Refused{Act: engine.ActBid, Code: "M-733", Amount: 5, Reason: engine.ReasonConfirmNeeded, Next: 6, Steps: 7},
		&engine.Extended{ClosesAt: 4, LatestAt: 5, Count: 1, Reason: "x"}, &engine.Paused{RemainingMs: 6, Reason: "x"},
		&engine.Resumed{ClosesAt: 7, LatestAt: 8, Reason: "x"}, &engine.Stopped{Reason: "x"}, &engine.Cancelled{Reason: "x"},
		&engine.Said{Text: "Còn ai nữa không?"}, &engine.Withdrawn{Code: "M-733", Price: 3, Leader: "M-105"},
		&engine.Disqualified{Code: "M-733", Reason: "x", Price: 3, Leader: "M-105"},
		&engine.OutageCredited{From: 9, LostMs: 10, ClosesAt: 11, LatestAt: 12}, &engine.Closed{ReserveMet: true},
		&engine.Announced{Result: engine.Result{Outcome: engine.OutcomeSold, Winner: "M-105", Price: 4, BidAt: 5, BidSeq: 6, Ground: "x"}},
		&engine.Lowered{Price: 900, Count: 1, Due: 13}, &engine.Reopened{ClosesAt: 14, Price: 900, Count: 1},
		&engine.RoundOpened{Round: 2, OpensAt: 13, ClosesAt: 14, Going: []engine.ParticipantCode{"M-105", "M-733"}},
		&engine.KeyTaken{Publics: []engine.Key{{1}, {2}}}, &engine.OfferSealed{Code: "M-733", Box: []byte{1, 2, 255}},
		&engine.OfferTakenBack{Code: "M-733"}, &engine.KeyPresented{Round: 1, Private: engine.Key{3}},
		&engine.Unsealed{Round: 1, Void: []engine.VoidOffer{{Code: "M-733", Why: engine.ReasonUnreadable}}},
		&engine.OfferOpened{Code: "M-105", Amount: 9, Offer: 8, At: 15, Price: 7},
		&engine.SealedRoundOpened{Round: 2, ClosesAt: 16, Floor: 9, Going: []engine.ParticipantCode{"M-105", "M-733"}, RunOff: true},
		&engine.StageOpened{Stage: engine.StageOffers, ClosesAt: 17, First: "M-733", Price: 9},
		&engine.Extended{ClosesAt: 4, Count: 1, Cause: &engine.Cause{Session: "k7qp0z3m9abd", Lot: 2, Seq: 7}},
		&engine.Refused{Act: engine.ActBid, Code: "M-733", Amount: 5, Reason: engine.ReasonOverLimit, Next: 6, Free: new(engine.Dong(3))},
		tiedCreation(tied),
		&engine.Asked{Price: 15}, &engine.Warned{}, &engine.CallMade{Price: 15, Count: 2}, &engine.Hammered{Price: 15, Passed: true},
		&engine.Undone{Bid: 16, Code: "M-733", Amount: 17, Price: 15, Leader: "M-105", Reason: "x"}, &engine.LotReopened{ClosesAt: 18, Reason: "x"},
		&engine.TurnOpened{Round: 2, Order: []engine.ParticipantCode{"M-105", "M-733"}, ClosesAt: 19}, &engine.TurnOpened{Round: 2, Turn: 1, Code: "M-105", ClosesAt: 20},
		&engine.OfferOpened{Code: "M-105", Amount: 9, Offer: 8, At: 15, Price: 7, Units: 6},
		&engine.PartDeclined{Code: "M-733", Reason: "x", Price: 9, Leader: "M-105"},
		&engine.Announced{Result: engine.Result{
			Outcome: engine.OutcomeSold, Winner: "M-105", Price: 4, BidAt: 5, BidSeq: 6,
			Awards: []engine.Award{{Code: "M-105", Units: 3, Price: 4, BidAt: 5, BidSeq: 6}, {Code: "M-733", Units: 1, Wanted: 2, Price: 4, BidAt: 7, BidSeq: 8}},
		}},
		&engine.UndoAsked{Bid: 16, Code: "M-733", Amount: 17, Reason: "x"}, &engine.UndoDropped{Asked: 19, Code: "M-733", Amount: 17, Reason: "x"},
		&engine.Undone{Bid: 16, Code: "M-733", Amount: 17, Price: 15, Leader: "M-105", Reason: "x", Asked: 19},
		&engine.Refused{Act: engine.ActUndo, Code: "M-733", Amount: 17, Reason: engine.ReasonNotLastBid, Next: 6, Text: "x"},
	}
	cover := engine.CoverOf(events[0].(*engine.Created))
	kinds := map[engine.EventKind]bool{}
	for _, e := range events {
		kinds[e.Kind()] = true
	}
	if len(kinds) != len(engine.Events) {
		t.Errorf("%d events here, %d in Events", len(kinds), len(engine.Events))
	}
	var text strings.Builder
	head := engine.Head{}
	for i, e := range events {
		r := engine.Record{Seq: engine.Seq(i + 1), At: opensAt, By: bidder("M-733"), Cmd: commandID(uint64(i)), Event: e}
		entry, err := cover.Entry(head.Hash, &r)
		if err != nil {
			t.Fatal(err)
		}
		if head, err = head.Next(entry); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&text, "%s\n%s\n", entry.Body, entry.Hash)
		if len(entry.Disclosure) > 0 {
			fmt.Fprintf(&text, "%s %s\n", entry.Disclosure.Salt(), entry.Disclosure.Fields())
		}
	}
	golden(t, "records.golden", []byte(text.String()))
}

// TestChainRefusesWhatDoesNotFollow is Head.Next.
func TestChainRefusesWhatDoesNotFollow(t *testing.T) {
	body := []byte("{}")
	first := engine.Entry{Seq: 1, Body: body, Hash: engine.Link(engine.Hash{}, body)}
	head, err := engine.Head{}.Next(first)
	if err != nil || head != (engine.Head{Seq: 1, Hash: first.Hash}) {
		t.Fatalf("%+v, %v", head, err)
	}
	for name, e := range map[string]engine.Entry{
		"the same again":  first,
		"a gap":           {Seq: 3, Body: body, Hash: engine.Link(head.Hash, body)},
		"other bytes":     {Seq: 2, Body: []byte("{ }"), Hash: engine.Link(head.Hash, body)},
		"another history": {Seq: 2, Body: body, Hash: engine.Link(engine.Hash{}, body)},
	} {
		if got, err := head.Next(e); err == nil || got != head {
			t.Errorf("%s follows: %+v", name, got)
		}
	}
}

// TestReadingARecordIsStrict: a program too old for a journal must not run it.
func TestReadingARecordIsStrict(t *testing.T) {
	const good = `{"seq":3,"at":1,"by":{"role":"system"},"cmd":"00000000-0000-0000-0000-000000000000","kind":"said","event":{"text":"x"}}`
	if _, err := (engine.Entry{Body: []byte(good)}).Record(); err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]string{
		"unknown kind":        strings.Replace(good, `"said"`, `"sung"`, 1),
		"unknown event field": strings.Replace(good, `"text"`, `"volume":3,"text"`, 1),
		"unknown field":       strings.Replace(good, `"seq"`, `"shard":1,"seq"`, 1),
		"no event":            strings.Replace(good, `,"event":{"text":"x"}`, ``, 1),
		"null event":          strings.Replace(good, `{"text":"x"}`, `null`, 1),
		"list event":          strings.Replace(good, `{"text":"x"}`, `[]`, 1),
		"two values":          good + good,
		"cut":                 good[:len(good)-1],
		"nothing":             "",
		"null":                "null",
		"fraction":            strings.Replace(good, `"seq":3`, `"seq":3.5`, 1),
	} {
		if r, err := (engine.Entry{Body: []byte(bad)}).Record(); err == nil {
			t.Errorf("%s: read as %+v", name, r)
		}
	}
}
