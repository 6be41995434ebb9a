package office

import (
	"regexp"
	"slices"
	"time"

	"gobua/engine"
)

// Limits of a rules sheet. They keep a mistake from becoming a notice that
// nobody reads.
const (
	maxViewings      = 20
	maxObservers     = 10
	maxOverrides     = 50
	maxOverrideRunes = 500
	maxTermsRunes    = 20_000
	maxAccountText   = 120
	maxAnswerMs      = 30 * 24 * 60 * 60 * 1000
	maxAfterDays     = 365
)

// maxMoment bounds the moments of a sheet: no calendar reaches so far.
var maxMoment = engine.InstantOf(time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC))

var (
	propertyKinds = []PropertyKind{Movable, RealEstate, HomeLand, LandUse, ProjectLand}
	singleBidders = []string{"", "consent", "never"}
	bankBIN       = regexp.MustCompile(`^(\d{6})?$`)
	bankNumber    = regexp.MustCompile(`^[0-9A-Za-z]{0,30}$`)
	fieldPath     = regexp.MustCompile(`^[A-Za-z0-9.]{1,80}$`)
)

// Overridable are the codes of what the law asks for and a reason may set
// aside. All other mistakes must be corrected.
var Overridable = []string{
	"above_legal_maximum", "below_legal_minimum", "closes_late", "listing_too_short", "no_calendar", "not_in_law", "opens_early",
	"viewing_outside", "viewing_too_short",
}

// checkSheet tidies a sheet and notes what could never be right, in a draft as
// in a listing. Whether the people of it exist, checkStaff tells.
func checkSheet(f *faults, s *Sheet) {
	if _, ok := Presets[s.Preset]; !ok && s.Preset != "" {
		f.add("sheet.preset", "unknown")
	}
	f.when(s.Property != "" && !slices.Contains(propertyKinds, s.Property), "sheet.property", "unknown")
	f.text("sheet.contract", &s.Contract, maxTitleRunes, false)
	f.lines("sheet.quality", &s.Quality, maxDetailRunes)
	f.lines("sheet.contacts", &s.Contacts, maxDetailRunes)
	f.lines("sheet.terms", &s.Terms, maxTermsRunes)
	checkMoney(f, &s.Money)
	checkWindow(f, "sheet.windows.dossier", s.Windows.Dossier)
	checkWindow(f, "sheet.windows.deposit", s.Windows.Deposit)
	checkMoment(f, "sheet.windows.checkIn", s.Windows.CheckIn)
	checkMoment(f, "sheet.windows.listedOn", s.Windows.ListedOn)
	f.when(len(s.Viewing) > maxViewings, "sheet.viewing", "too_many")
	s.Viewing = slices.Clone(s.Viewing)
	for i := range s.Viewing {
		v := &s.Viewing[i]
		field := path("sheet.viewing", i)
		f.when(v.From == 0, field+".from", "missing")
		f.when(v.To == 0, field+".to", "missing")
		checkWindow(f, field, v.Window)
		f.text(field+".place", &v.Place, maxTitleRunes, false)
		f.text(field+".contact", &v.Contact, maxTitleRunes, false)
	}
	a := &s.After
	f.when(a.AnswerMs < 0 || a.AnswerMs > maxAnswerMs, "sheet.after.answerMs", "out_of_range")
	f.when(a.RefundDays < 0 || a.RefundDays > maxAfterDays, "sheet.after.refundDays", "out_of_range")
	f.when(a.PaymentDays < 0 || a.PaymentDays > maxAfterDays, "sheet.after.paymentDays", "out_of_range")
	f.when(!slices.Contains(singleBidders, a.SingleBidder), "sheet.after.singleBidder", "unknown")
	checkOverrides(f, s)
}

func checkMoney(f *faults, m *SheetMoney) {
	f.when(m.DossierFee < 0 || m.DossierFee > engine.MaxDong, "sheet.money.dossierFee", "out_of_range")
	f.when(m.CashLimit < 0 || m.CashLimit > engine.MaxDong, "sheet.money.cashLimit", "out_of_range")
	const at = "sheet.money.account"
	f.when(!bankBIN.MatchString(m.Account.BIN), at+".bin", "malformed")
	f.when(!bankNumber.MatchString(m.Account.Number), at+".number", "malformed")
	f.text(at+".holder", &m.Account.Holder, maxAccountText, false)
	f.text(at+".branch", &m.Account.Branch, maxAccountText, false)
}

func checkMoment(f *faults, field string, t engine.Instant) {
	f.when(t < 0 || t > maxMoment, field, "out_of_range")
}

func checkWindow(f *faults, field string, w Window) {
	checkMoment(f, field+".from", w.From)
	checkMoment(f, field+".to", w.To)
	f.when(w.From != 0 && w.To != 0 && w.To <= w.From, field+".to", "not_ascending")
}

func checkOverrides(f *faults, s *Sheet) {
	f.when(len(s.Override) > maxOverrides, "sheet.override", "too_many")
	s.Override = slices.Clone(s.Override)
	for i := range s.Override {
		v := &s.Override[i]
		field := path("sheet.override", i)
		f.when(!fieldPath.MatchString(v.Field), field+".field", "malformed")
		f.when(!slices.Contains(Overridable, v.Code), field+".code", "unknown")
		f.text(field+".reason", &v.Reason, maxOverrideRunes, true)
	}
}

// overridden tells whether a reason was given why a rule does not hold here.
func (s *Sheet) overridden(at Field) bool {
	return slices.ContainsFunc(s.Override, func(v Override) bool { return v.Field == at.Field && v.Code == at.Code && v.Reason != "" })
}

// blocking is what no reason sets aside.
func (s *Sheet) blocking(found faults) faults {
	return slices.DeleteFunc(slices.Clone(found), s.overridden)
}

// dropUnused takes out the overrides of rules that are kept after all: the
// public reads no reason that excuses nothing.
func (s *Sheet) dropUnused(found faults) {
	s.Override = slices.DeleteFunc(slices.Clone(s.Override), func(v Override) bool {
		return !slices.Contains(found, Field{v.Field, v.Code})
	})
}
