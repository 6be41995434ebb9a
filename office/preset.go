package office

import (
	"slices"

	"gobua/engine"
	"gobua/office/workday"
)

// Mark says how far a number of the law can be trusted.
type Mark string

// The marks, as the table of requirements has them.
const (
	MarkRead    Mark = "V" // the wording of the article was read
	MarkSummary Mark = "S" // a summary was read
	MarkMemory  Mark = "M" // from memory: the Centre's lawyer must confirm it
	MarkHouse   Mark = "P" // a habit of centres, no law
)

// Unit is what a Number counts.
type Unit string

// The units. Days are counted between calendar days in Viet Nam, the day they
// are counted from left out (Civil Code, Điều 147).
const (
	UnitMs          Unit = "ms"
	UnitBasisPoints Unit = "bp" // hundredths of a percent of the starting price
	UnitDays        Unit = "days"
	UnitWorkdays    Unit = "workdays"
	UnitDong        Unit = "dong"
)

// Number is one number of the law, with where it stands. Zero asks for nothing.
type Number struct {
	N      int64  `json:"n"`
	Unit   Unit   `json:"unit"`
	Source string `json:"source,omitempty"`
	Mark   Mark   `json:"mark,omitempty"`
}

// Preset is what a version of the law asks of a rules sheet. It is data: a new
// law is a new row of Presets, an auction keeps the key of the one it was
// listed under.
type Preset struct {
	Key               string     `json:"key"`
	Bidding           Number     `json:"bidding"` // shortest official bidding time
	DepositMin        Number     `json:"depositMin"`
	DepositMax        Number     `json:"depositMax"`
	ProjectDepositMin Number     `json:"projectDepositMin"` // land for investment projects
	ListingMovable    Number     `json:"listingMovable"`    // from hanging out the listing to the opening day
	ListingLand       Number     `json:"listingLand"`       // the same for real estate and land
	DossierCloses     Number     `json:"dossierCloses"`     // from the last day dossiers are taken to the opening day
	DepositOpens      Number     `json:"depositOpens"`      // deposits are taken at most so long before it; zero: from the listing
	DepositCloses     Number     `json:"depositCloses"`     // from the last day deposits are taken to the opening day
	Viewing           Number     `json:"viewing"`           // continuous days of viewing
	Cash              Number     `json:"cash"`              // deposits below may be paid at the counter
	Refund            Number     `json:"refund"`            // longest time to refund deposits
	Fees              []FeeTable `json:"fees"`
}

// FeeTable is what a dossier may cost for some kinds of property.
type FeeTable struct {
	Kinds  []PropertyKind `json:"kinds"`
	Bands  []FeeBand      `json:"bands"`
	Source string         `json:"source"`
	Mark   Mark           `json:"mark"`
}

// FeeBand is the price of a dossier for starting prices below a bound; zero:
// for all that are left.
type FeeBand struct {
	Below engine.Dong `json:"below,omitempty"`
	Fee   engine.Dong `json:"fee"`
}

// dossierFees is the price list of TT 03/2025/TT-BTC. Its table for other
// property was not read: nothing is asked of those.
var dossierFees = []FeeTable{
	{
		Kinds: []PropertyKind{HomeLand}, Source: "TT 03/2025/TT-BTC Đ6", Mark: MarkRead,
		Bands: []FeeBand{{Below: 1_000_000_000, Fee: 100_000}, {Below: 5_000_000_000, Fee: 200_000}, {Fee: 300_000}},
	},
	{
		Kinds: []PropertyKind{LandUse, ProjectLand}, Source: "TT 03/2025/TT-BTC Đ6", Mark: MarkRead,
		Bands: []FeeBand{
			{Below: 1_000_000_000, Fee: 200_000}, {Below: 5_000_000_000, Fee: 400_000}, {Below: 10_000_000_000, Fee: 600_000}, {Fee: 1_000_000},
		},
	},
}

// Presets are the versions of the law by key. "demo" asks for next to nothing,
// so that a whole sale can be tried within minutes; the public notice says so.
var Presets = map[string]Preset{
	"law2024": {
		Key:               "law2024",
		Bidding:           Number{15 * 60 * 1000, UnitMs, "NĐ 47/2023/NĐ-CP", MarkRead},
		DepositMin:        Number{500, UnitBasisPoints, "Luật Đấu giá tài sản Đ39.1", MarkRead},
		DepositMax:        Number{2000, UnitBasisPoints, "Luật Đấu giá tài sản Đ39.1", MarkRead},
		ProjectDepositMin: Number{1000, UnitBasisPoints, "Luật 37/2024/QH15, Đ39", MarkMemory},
		ListingMovable:    Number{7, UnitWorkdays, "Luật Đấu giá tài sản Đ35", MarkRead},
		ListingLand:       Number{15, UnitDays, "Luật Đấu giá tài sản Đ35", MarkRead},
		DossierCloses:     Number{2, UnitDays, "Luật Đấu giá tài sản Đ38", MarkSummary},
		DepositCloses:     Number{2, UnitWorkdays, "Luật 37/2024/QH15, Đ39", MarkMemory},
		Viewing:           Number{2, UnitDays, "Luật Đấu giá tài sản Đ36", MarkMemory},
		Cash:              Number{5_000_000, UnitDong, "Luật Đấu giá tài sản Đ39.1", MarkRead},
		Refund:            Number{3, UnitWorkdays, "Luật Đấu giá tài sản Đ39.4", MarkRead},
		Fees:              dossierFees,
	},
	"law2016": {
		Key:            "law2016",
		Bidding:        Number{15 * 60 * 1000, UnitMs, "NĐ 47/2023/NĐ-CP", MarkRead},
		DepositMin:     Number{500, UnitBasisPoints, "Luật 01/2016/QH14 Đ39.1", MarkRead},
		DepositMax:     Number{2000, UnitBasisPoints, "Luật 01/2016/QH14 Đ39.1", MarkRead},
		ListingMovable: Number{7, UnitWorkdays, "Luật 01/2016/QH14 Đ35", MarkRead},
		ListingLand:    Number{15, UnitDays, "Luật 01/2016/QH14 Đ35", MarkRead},
		DossierCloses:  Number{2, UnitDays, "Luật 01/2016/QH14 Đ38", MarkSummary},
		DepositOpens:   Number{3, UnitWorkdays, "Luật 01/2016/QH14 Đ39.2", MarkRead},
		DepositCloses:  Number{1, UnitDays, "Luật 01/2016/QH14 Đ39.2", MarkRead},
		Viewing:        Number{2, UnitDays, "Luật 01/2016/QH14 Đ36", MarkMemory},
		Cash:           Number{5_000_000, UnitDong, "Luật 01/2016/QH14 Đ39.1", MarkRead},
		Refund:         Number{3, UnitWorkdays, "Luật 01/2016/QH14 Đ39.4", MarkRead},
		Fees:           dossierFees,
	},
	"demo": {
		Key:     "demo",
		Bidding: Number{60 * 1000, UnitMs, "", MarkHouse},
		Refund:  Number{3, UnitWorkdays, "", MarkHouse},
		Fees:    []FeeTable{},
	},
}

// listing is how long the listing of a kind of property must hang.
func (p *Preset) listing(kind PropertyKind) Number {
	if kind == Movable {
		return p.ListingMovable
	}
	return p.ListingLand
}

// depositMin is the least deposit for a kind of property.
func (p *Preset) depositMin(kind PropertyKind) Number {
	if kind == ProjectLand && p.ProjectDepositMin.N > 0 {
		return p.ProjectDepositMin
	}
	return p.DepositMin
}

// fee is the most a dossier may cost; false if no table speaks of it.
func (p *Preset) fee(kind PropertyKind, start engine.Dong) (engine.Dong, bool) {
	for _, table := range p.Fees {
		if !slices.Contains(table.Kinds, kind) {
			continue
		}
		for _, band := range table.Bands {
			if band.Below == 0 || start < band.Below {
				return band.Fee, true
			}
		}
	}
	return 0, false
}

// before returns the last day from which n still fits before an event's day.
// ErrUnknownYear: the calendar does not reach so far.
func (n Number) before(c *workday.Calendar, event workday.Day) (workday.Day, error) {
	if n.Unit == UnitWorkdays {
		return c.LatestDayBefore(event, int(n.N))
	}
	return event.AddDays(-int(n.N)), nil
}
