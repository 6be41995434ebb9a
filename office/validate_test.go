package office

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gobua/engine"
	"gobua/office/workday"
)

// vn reads "2026-12-22 09:00" or "2026-12-22 09:00:00.001" as a moment in Viet Nam.
func vn(s string) engine.Instant {
	layout := "2006-01-02 15:04:05.999"
	if len(s) == len("2006-01-02 15:04") {
		layout = "2006-01-02 15:04"
	}
	at, err := time.ParseInLocation(layout, s, time.FixedZone("+07:00", 7*60*60))
	if err != nil {
		panic(err)
	}
	return engine.InstantOf(at)
}

// lawful is a car that keeps the law of 2024 in everything: it opens on a
// Tuesday, and the calendar has no holiday near.
func lawful() AuctionDraft {
	return AuctionDraft{
		Title: "Đấu giá ô tô", Owner: "Sở Tài chính",
		Lots: []LotDraft{{
			Kind: "car", Title: "Ô tô", Deposit: 50_000_000,
			Rules: RulesDraft{Rules: engine.Rules{Start: 500_000_000, BiddingMs: 15 * 60_000, OpensAt: vn("2026-12-22 09:00")}},
		}},
		Sheet: Sheet{
			Preset: "law2024", Property: Movable,
			Windows: SheetWindows{
				ListedOn: vn("2026-12-01 10:00"),
				Dossier:  Window{vn("2026-12-01 10:00"), vn("2026-12-18 17:00")},
				Deposit:  Window{vn("2026-12-01 10:00"), vn("2026-12-18 17:00")},
			},
			Viewing: []Viewing{
				{Window: Window{vn("2026-12-07 08:00"), vn("2026-12-07 17:00")}}, {Window: Window{vn("2026-12-08 08:00"), vn("2026-12-08 17:00")}},
			},
			Money: SheetMoney{CashLimit: 5_000_000}, After: SheetAfter{RefundDays: 3},
		},
	}
}

// opens moves the opening, and with it everything that would be too late or
// outside otherwise out of the way.
func opens(d *AuctionDraft, opening, listed string) {
	d.Lots[0].Rules.OpensAt = vn(opening)
	d.Sheet.Windows = SheetWindows{ListedOn: vn(listed)}
	first := workday.DayOf(vn(listed))
	d.Sheet.Viewing = []Viewing{{Window: Window{first.Start(), (first + 2).Start()}}}
}

func TestEachRuleOfTheLaw(t *testing.T) {
	o := New(nil, Options{})
	for name, c := range map[string]struct {
		change func(*AuctionDraft)
		want   []Field
	}{
		"nothing is wrong":             {func(*AuctionDraft) {}, nil},
		"no preset asks for nothing":   {func(d *AuctionDraft) { *d = AuctionDraft{Lots: d.Lots}; d.Lots[0].Rules.BiddingMs = 1 }, nil},
		"the demo asks for one minute": {func(d *AuctionDraft) { d.Sheet = Sheet{Preset: "demo"}; d.Lots[0].Rules.BiddingMs = 59_999 }, []Field{{"lots.0.rules.biddingMs", "below_legal_minimum"}}},

		"bidding below fifteen minutes": {func(d *AuctionDraft) { d.Lots[0].Rules.BiddingMs-- }, []Field{{"lots.0.rules.biddingMs", "below_legal_minimum"}}},
		"deposit of 5 %":                {func(d *AuctionDraft) { d.Lots[0].Deposit = 25_000_000 }, nil},
		"deposit just below 5 %":        {func(d *AuctionDraft) { d.Lots[0].Deposit = 24_999_999 }, []Field{{"lots.0.deposit", "below_legal_minimum"}}},
		"deposit of 20 %":               {func(d *AuctionDraft) { d.Lots[0].Deposit = 100_000_000 }, nil},
		"deposit just above 20 %":       {func(d *AuctionDraft) { d.Lots[0].Deposit = 100_000_001 }, []Field{{"lots.0.deposit", "above_legal_maximum"}}},
		"project land wants 10 %": {func(d *AuctionDraft) { d.Sheet.Property, d.Lots[0].Deposit = ProjectLand, 49_999_999 },
			[]Field{{"lots.0.deposit", "below_legal_minimum"}}},
		"in 2016 it did not": {func(d *AuctionDraft) {
			d.Sheet.Preset, d.Sheet.Property, d.Lots[0].Deposit = "law2016", ProjectLand, 49_999_999
			d.Sheet.Windows.Deposit = Window{}
		}, nil},
		"deposit of a hidden starting price": {func(d *AuctionDraft) {
			d.Lots[0].StartHidden, d.Lots[0].Rules.ReserveAmount = true, 1_000_000_001
		}, []Field{{"lots.0.deposit", "below_legal_minimum"}}},

		"listed seven working days before":  {func(d *AuctionDraft) { opens(d, "2026-12-22 09:00", "2026-12-11 23:59") }, nil},
		"listed six working days before":    {func(d *AuctionDraft) { opens(d, "2026-12-22 09:00", "2026-12-12 00:00") }, []Field{{"sheet.windows.listedOn", "listing_too_short"}}},
		"seven working days over Tết":       {func(d *AuctionDraft) { opens(d, "2026-02-25 09:00", "2026-02-09 17:00") }, nil},
		"six working days over Tết":         {func(d *AuctionDraft) { opens(d, "2026-02-25 09:00", "2026-02-10 08:00") }, []Field{{"sheet.windows.listedOn", "listing_too_short"}}},
		"a house fifteen days over Feb. 29": {func(d *AuctionDraft) { opens(d, "2028-03-01 09:00", "2028-02-15 23:59"); d.Sheet.Property = RealEstate }, nil},
		"fourteen days over Feb. 29": {func(d *AuctionDraft) { opens(d, "2028-03-01 09:00", "2028-02-16 00:00"); d.Sheet.Property = RealEstate },
			[]Field{{"sheet.windows.listedOn", "listing_too_short"}}},
		"no calendar for the year": {func(d *AuctionDraft) { opens(d, "2035-12-22 09:00", "2035-12-01 00:00") }, []Field{{"lots.0.rules.opensAt", "no_calendar"}}},
		"the first lot counts": {func(d *AuctionDraft) {
			d.Lots = append(d.Lots, d.Lots[0])
			d.Lots[1].Rules.OpensAt = vn("2026-12-08 18:00")
			d.Sheet.Windows.Dossier, d.Sheet.Windows.Deposit = Window{}, Window{}
		}, []Field{{"sheet.windows.listedOn", "listing_too_short"}}},

		"dossiers until the midnight that ends the day": {func(d *AuctionDraft) { d.Sheet.Windows.Dossier.To = vn("2026-12-21 00:00") }, nil},
		"dossiers a moment longer": {func(d *AuctionDraft) { d.Sheet.Windows.Dossier.To = vn("2026-12-21 00:00:00.001") },
			[]Field{{"sheet.windows.dossier.to", "closes_late"}}},
		"deposits until two working days before": {func(d *AuctionDraft) { d.Sheet.Windows.Deposit.To = vn("2026-12-19 00:00") }, nil},
		"deposits on a Saturday after that": {func(d *AuctionDraft) { d.Sheet.Windows.Deposit.To = vn("2026-12-19 12:00") },
			[]Field{{"sheet.windows.deposit.to", "closes_late"}}},
		"2016: deposits from three working days before": {func(d *AuctionDraft) {
			d.Sheet.Preset, d.Sheet.Windows.Deposit = "law2016", Window{vn("2026-12-17 00:00"), vn("2026-12-22 00:00")}
		}, nil},
		"2016: deposits earlier and on the day": {func(d *AuctionDraft) {
			d.Sheet.Preset, d.Sheet.Windows.Deposit = "law2016", Window{vn("2026-12-16 23:59"), vn("2026-12-22 00:01")}
		}, []Field{{"sheet.windows.deposit.from", "opens_early"}, {"sheet.windows.deposit.to", "closes_late"}}},

		"viewing in one piece over two days": {func(d *AuctionDraft) {
			d.Sheet.Viewing = []Viewing{{Window: Window{vn("2026-12-07 08:00"), vn("2026-12-08 00:00:00.001")}}}
		}, nil},
		"viewing until midnight is one day": {func(d *AuctionDraft) {
			d.Sheet.Viewing = []Viewing{{Window: Window{vn("2026-12-07 08:00"), vn("2026-12-08 00:00")}}}
		}, []Field{{"sheet.viewing", "viewing_too_short"}}},
		"viewing with a day between": {func(d *AuctionDraft) {
			d.Sheet.Viewing[1].Window = Window{vn("2026-12-09 08:00"), vn("2026-12-09 17:00")}
		}, []Field{{"sheet.viewing", "viewing_too_short"}}},
		"viewing before the listing": {func(d *AuctionDraft) {
			d.Sheet.Viewing = append(d.Sheet.Viewing, Viewing{Window: Window{vn("2026-11-30 08:00"), vn("2026-11-30 17:00")}})
		}, []Field{{"sheet.viewing.2", "viewing_outside"}}},

		"cash above five million":    {func(d *AuctionDraft) { d.Sheet.Money.CashLimit++ }, []Field{{"sheet.money.cashLimit", "above_legal_maximum"}}},
		"refunds after four days":    {func(d *AuctionDraft) { d.Sheet.After.RefundDays = 4 }, []Field{{"sheet.after.refundDays", "above_legal_maximum"}}},
		"dossier of land for a home": {func(d *AuctionDraft) { d.Sheet.Property, d.Sheet.Money.DossierFee = HomeLand, 100_000 }, nil},
		"dossier too dear": {func(d *AuctionDraft) { d.Sheet.Property, d.Sheet.Money.DossierFee = HomeLand, 100_001 },
			[]Field{{"sheet.money.dossierFee", "above_legal_maximum"}}},
		"dossier of land from ten billion": {func(d *AuctionDraft) {
			d.Sheet.Property, d.Sheet.Money.DossierFee = LandUse, 1_000_000
			d.Lots[0].Rules.Start, d.Lots[0].Deposit = 10_000_000_000, 1_000_000_000
		}, nil},
		"dossier of a car has no table": {func(d *AuctionDraft) { d.Sheet.Money.DossierFee = 9_000_000 }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			d := lawful()
			c.change(&d)
			got := o.law(&d, vn("2026-12-01 10:00"))
			if !slices.Equal(got, faults(c.want)) {
				t.Fatalf("got %v, want %v", got, c.want)
			}
			for _, f := range got {
				if !slices.Contains(Overridable, f.Code) {
					t.Errorf("%s cannot be overridden", f.Code)
				}
				d.Sheet.Override = append(d.Sheet.Override, Override{Field: f.Field, Code: f.Code, Reason: "Theo văn bản của Sở"})
			}
			if left := d.Sheet.blocking(got); len(left) != 0 {
				t.Errorf("reasons were given, still blocking: %v", left)
			}
		})
	}
}

// Whatever opening is asked about: what is suggested keeps the law, or the
// suggestion says from which day on it would.
func TestASuggestionKeepsTheLaw(t *testing.T) {
	calendar := workday.Vietnam()
	rapid.Check(t, func(t *rapid.T) {
		now := vn("2025-06-02 08:30") + engine.Instant(rapid.Int64Range(0, 700*24*60).Draw(t, "minutes")*minuteMs)
		o := New(nil, Options{Now: now.Time, Calendar: calendar})
		kind := rapid.SampledFrom(propertyKinds).Draw(t, "kind")
		preset := rapid.SampledFrom([]string{"law2024", "law2016"}).Draw(t, "preset")
		opening := now + engine.Instant(rapid.Int64Range(1, 60*24*60).Draw(t, "after")*minuteMs)
		s, err := o.Suggest(Wish{Preset: preset, Property: kind, OpensAt: opening, Start: 500_000_000})
		if err != nil {
			t.Fatal(err)
		}
		d := lawful()
		d.Lots[0].Rules.OpensAt = opening
		d.Sheet = Sheet{Preset: preset, Property: kind, Windows: s.Windows, Viewing: s.Viewing, Money: s.Money, After: s.After}
		got := o.law(&d, now)
		if s.EarliestOpening == nil {
			if len(got) > 0 && !tooShortForViewing(&d) {
				t.Fatalf("%v for %v", got, s)
			}
			return
		}
		if !slices.Contains(got, Field{"sheet.windows.listedOn", "listing_too_short"}) {
			t.Fatalf("earliest opening %s, but the listing is long enough", s.EarliestOpening)
		}
		d.Lots[0].Rules.OpensAt = at(*s.EarliestOpening, morningMs)
		if got := o.law(&d, now); slices.Contains(got, Field{"sheet.windows.listedOn", "listing_too_short"}) {
			t.Fatalf("the earliest opening %s is too early", s.EarliestOpening)
		}
	})
}

// tooShortForViewing: a holiday week may leave no two working days in a row
// between listing and last dossier; then no viewing is suggested.
func tooShortForViewing(d *AuctionDraft) bool { return len(d.Sheet.Viewing) == 0 }

func TestASuggestionExplainsItsDays(t *testing.T) {
	o := New(nil, Options{Now: vn("2026-02-02 09:00").Time})
	s, err := o.Suggest(Wish{Preset: "law2024", Property: Movable, OpensAt: vn("2026-02-25 09:00")})
	if err != nil {
		t.Fatal(err)
	}
	e := s.Explain[0]
	if e.Field != "sheet.windows.listedOn" || e.Rule != "listing" || e.Day.String() != "2026-02-09" || e.Number.N != 7 ||
		e.Number.Unit != UnitWorkdays || e.Number.Mark != MarkRead || len(e.Skipped) != 5 || e.Skipped[0].Name != "Tết Nguyên đán" {
		t.Fatalf("%+v", e)
	}
	for name, w := range map[string]Wish{
		"opensAt: no_calendar": {Preset: "law2024", Property: Movable, OpensAt: vn("2035-02-25 09:00")},
		"opensAt: past":        {Preset: "law2024", Property: Movable, OpensAt: vn("2026-02-01 09:00")},
		"preset: unknown":      {Preset: "law1999", Property: Movable, OpensAt: vn("2026-02-25 09:00")},
		"property: unknown":    {Preset: "law2024", Property: "ship", OpensAt: vn("2026-02-25 09:00")},
	} {
		if _, err := o.Suggest(w); err == nil || err.Error() != "office: invalid input; "+name {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheDemoFitsIntoMinutes(t *testing.T) {
	now := vn("2026-12-01 10:00")
	o := New(nil, Options{Now: now.Time})
	for _, minutes := range []engine.Instant{2, 5, 20} {
		opening := now + minutes*minuteMs
		s, err := o.Suggest(Wish{Preset: "demo", Property: Movable, OpensAt: opening})
		w := s.Windows.Dossier
		if err != nil || w.From >= w.To || w.To > opening || w.From < now {
			t.Fatalf("%d minutes: %+v, %v", minutes, s.Windows, err)
		}
	}
}

func TestTheStageFollowsTheClock(t *testing.T) {
	d := lawful()
	w := d.Sheet.Windows
	opening := d.Lots[0].Rules.OpensAt
	for name, c := range map[string]struct {
		status AuctionStatus
		now    engine.Instant
		want   Stage
	}{
		"a draft has none":            {StatusDraft, w.Dossier.From, ""},
		"before dossiers":             {StatusListed, w.Dossier.From - 1, StageListed},
		"dossiers begin":              {StatusListed, w.Dossier.From, StageRegistrationOpen},
		"the last moment":             {StatusListed, w.Dossier.To - 1, StageRegistrationOpen},
		"dossiers end":                {StatusListed, w.Dossier.To, StageRegistrationClosed},
		"never published":             {StatusListed, opening + 1, StageRegistrationClosed},
		"sessions exist":              {StatusPublished, opening - 1, StageReady},
		"it opens":                    {StatusPublished, opening, StageInSession},
		"over":                        {StatusConcluded, opening, StageConcluded},
		"archived":                    {StatusArchived, opening, StageArchived},
		"cancelled whenever":          {StatusCancelled, w.Dossier.From, StageCancelled},
		"published without a listing": {StatusPublished, w.Dossier.From, StageReady},
	} {
		a := Auction{Status: c.status, AuctionDraft: d}
		if got := a.StageAt(c.now); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	a := Auction{Status: StatusListed, AuctionDraft: d}
	for now, want := range map[engine.Instant]string{
		w.Dossier.From - 1: "dossier_opens", w.Dossier.From: "dossier_closes", w.Dossier.To: "opens",
	} {
		if got := a.next(now); got == nil || got.Kind != want {
			t.Errorf("at %d the next deadline is %v, want %s", now, got, want)
		}
	}
	if got := a.next(opening); got != nil {
		t.Errorf("after the opening: %v", got)
	}
}

func TestWhoMayWithdrawAfterAChange(t *testing.T) {
	mine := Registration{LotID: "a", CreatedAt: 100}
	for name, c := range map[string]struct {
		madeAt engine.Instant
		change Change
		want   bool
	}{
		"price of the lot":            {101, Change{TopicPrice, "a"}, true},
		"price of another lot":        {101, Change{TopicPrice, "b"}, false},
		"quality of everything":       {101, Change{Topic: TopicQuality}, true},
		"the lot is gone":             {101, Change{TopicQuantity, "a"}, true},
		"other windows":               {101, Change{Topic: TopicWindows}, false},
		"deposit alone":               {101, Change{TopicDeposit, "a"}, false},
		"known when registering":      {100, Change{TopicPrice, "a"}, false},
		"long known when registering": {1, Change{TopicPrice, "a"}, false},
	} {
		versions := []RulesVersion{{Number: 1, MadeAt: 1}, {Number: 2, MadeAt: c.madeAt, Changes: []Change{c.change}}}
		if got := WithdrawalFree(versions, mine); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
