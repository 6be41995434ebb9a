package office

import (
	"slices"

	"gobua/engine"
	"gobua/office/workday"
)

// Wish is what Suggest starts from.
type Wish struct {
	Preset   string         `json:"preset"`
	Property PropertyKind   `json:"property"`
	OpensAt  engine.Instant `json:"opensAt"`            // of the first lot
	ListedOn engine.Instant `json:"listedOn,omitempty"` // zero: now
	Start    engine.Dong    `json:"start,omitempty"`    // the lowest starting price, for the dossier fee
}

// Suggestion fills in the windows of a sheet by the law, with the reckoning
// behind each.
type Suggestion struct {
	Windows SheetWindows  `json:"windows"`
	Viewing []Viewing     `json:"viewing"`
	Money   SheetMoney    `json:"money"`
	After   SheetAfter    `json:"after"`
	Explain []Explanation `json:"explain"`
	// EarliestOpening is the first day on which the auction can open if it is
	// listed on ListedOn; set only where OpensAt is before it.
	EarliestOpening *workday.Day `json:"earliestOpening,omitempty"`
}

// Explanation tells how a day was counted from the opening day.
type Explanation struct {
	Field   string              `json:"field"` // "sheet.windows.listedOn"
	Rule    string              `json:"rule"`  // listing, dossier_closes, deposit_opens, deposit_closes
	Day     workday.Day         `json:"day"`   // the last, or first, day that keeps the rule
	Number  Number              `json:"number"`
	Skipped []workday.Exception `json:"skipped"` // holidays and swapped days in between
}

// Office hours, and how long before the opening the roll-call begins.
const (
	morningMs     = 8 * 60 * 60 * 1000
	eveningMs     = 17 * 60 * 60 * 1000
	minuteMs      = 60 * 1000
	checkInMs     = 30 * minuteMs
	demoGapMs     = 3 * minuteMs // between the last dossier and the opening of a demo
	answerMs      = 15 * minuteMs
	paymentDays   = 30
	maxViewSearch = 60 // days in which viewing is looked for
)

// Suggest fills in the windows that keep a preset from the moment of opening.
// What it returns is a proposal; List checks what is made of it. A property or
// a preset that is not known, an opening that has passed, or one beyond the
// calendar is *Invalid.
func (o *Office) Suggest(w Wish) (Suggestion, error) {
	var f faults
	preset, ok := Presets[w.Preset]
	f.when(!ok, "preset", "unknown")
	f.when(!slices.Contains(propertyKinds, w.Property), "property", "unknown")
	now := engine.InstantOf(o.now())
	f.when(w.OpensAt == 0, "opensAt", "missing")
	f.when(w.OpensAt != 0 && w.OpensAt <= now, "opensAt", "past")
	checkMoment(&f, "opensAt", w.OpensAt)
	checkMoment(&f, "listedOn", w.ListedOn)
	f.when(w.Start < 0 || w.Start > engine.MaxDong, "start", "out_of_range")
	if err := f.err(); err != nil {
		return Suggestion{}, err
	}
	s := suggester{wish: w, preset: &preset, calendar: o.calendar, opening: workday.DayOf(w.OpensAt), listed: w.ListedOn}
	if w.ListedOn == 0 {
		s.listed = now / minuteMs * minuteMs
	}
	s.out.Explain, s.out.Viewing = []Explanation{}, []Viewing{}
	s.money()
	s.windows()
	s.viewing()
	if s.err != nil {
		return Suggestion{}, &Invalid{[]Field{{"opensAt", "no_calendar"}}}
	}
	return s.out, nil
}

// suggester counts days and stops at the first that no calendar knows.
type suggester struct {
	wish     Wish
	preset   *Preset
	calendar *workday.Calendar
	opening  workday.Day
	listed   engine.Instant // the wish's, or now
	out      Suggestion
	err      error
}

func (s *suggester) money() {
	s.out.Money.CashLimit = engine.Dong(s.preset.Cash.N)
	s.out.Money.DossierFee, _ = s.preset.fee(s.wish.Property, s.wish.Start)
	s.out.After = SheetAfter{AnswerMs: answerMs, RefundDays: int(s.preset.Refund.N), PaymentDays: paymentDays, SingleBidder: "consent", AdjacentBidder: true}
}

// back counts from the opening day and explains it.
func (s *suggester) back(field, rule string, n Number) workday.Day {
	day, err := n.before(s.calendar, s.opening)
	if err != nil {
		s.err = err
		return s.opening
	}
	skipped := s.calendar.Exceptions(day, s.opening)
	if n.Unit != UnitWorkdays || skipped == nil {
		skipped = []workday.Exception{}
	}
	s.out.Explain = append(s.out.Explain, Explanation{Field: field, Rule: rule, Day: day, Number: n, Skipped: skipped})
	return day
}

// office moves a day to the nearest working day before it: counters are closed
// on others.
func (s *suggester) office(day workday.Day) workday.Day {
	for working, err := s.calendar.IsWorkingDay(day); !working; working, err = s.calendar.IsWorkingDay(day) {
		if err != nil {
			s.err = err
			return day
		}
		day--
	}
	return day
}

func at(day workday.Day, ms engine.Millis) engine.Instant { return day.Start().Add(ms) }

func (s *suggester) windows() {
	w := &s.out.Windows
	w.ListedOn = s.wish.ListedOn       // zero: the moment of listing, whenever that will be
	if s.preset.DossierCloses.N == 0 { // a demo, in minutes
		w.Dossier = Window{From: s.listed, To: max(s.wish.OpensAt-demoGapMs, (s.listed+s.wish.OpensAt)/2)}
		w.Deposit = w.Dossier
		return
	}
	w.CheckIn = s.wish.OpensAt - checkInMs
	listed := workday.DayOf(s.listed)
	listing := s.preset.listing(s.wish.Property)
	if last := s.back("sheet.windows.listedOn", "listing", listing); s.err == nil && listed > last {
		day := s.earliest(listing, listed)
		s.out.EarliestOpening = &day
	}
	last := s.office(s.back("sheet.windows.dossier.to", "dossier_closes", s.preset.DossierCloses))
	w.Dossier = Window{From: s.listed, To: at(last, eveningMs)}
	w.Deposit.From = s.listed
	if s.preset.DepositOpens.N > 0 {
		w.Deposit.From = at(s.back("sheet.windows.deposit.from", "deposit_opens", s.preset.DepositOpens), morningMs)
	}
	w.Deposit.To = at(s.office(s.back("sheet.windows.deposit.to", "deposit_closes", s.preset.DepositCloses)), eveningMs)
}

// earliest is the first opening day before which a listing hangs long enough.
// One hung out on a Sunday needs a day more than one of the Friday before.
func (s *suggester) earliest(listing Number, listed workday.Day) workday.Day {
	day := listed.AddDays(int(listing.N))
	for last, err := listing.before(s.calendar, day); err != nil || last < listed; last, err = listing.before(s.calendar, day) {
		if err != nil {
			s.err = err
			return day
		}
		day++
	}
	return day
}

// viewing takes the first days in a row after the listing that are working
// days, before dossiers close.
func (s *suggester) viewing() {
	n := int(s.preset.Viewing.N)
	if n == 0 || s.err != nil {
		return
	}
	end := workday.DayOf(s.out.Windows.Dossier.To)
	first := workday.DayOf(s.listed) + 1
	for day, run := first, 0; day <= end && day < first+maxViewSearch; day++ {
		working, err := s.calendar.IsWorkingDay(day)
		if err != nil {
			s.err = err
			return
		}
		if run++; !working {
			run = 0
		}
		if run == n {
			for d := day.AddDays(1 - n); d <= day; d++ {
				s.out.Viewing = append(s.out.Viewing, Viewing{Window: Window{From: at(d, morningMs), To: at(d, eveningMs)}})
			}
			return
		}
	}
}
