package office

import "gobua/engine"

// Sheet is the rules sheet of an auction (Quy chế, Điều 34) beyond the rules of
// its lots: windows, money, people, and what the law leaves to be agreed. All
// of it is public. An auction that is published among named participants may
// leave all of it empty; one that is listed may not.
type Sheet struct {
	Preset   string       `json:"preset,omitempty"`   // key of Presets the numbers came from
	Property PropertyKind `json:"property,omitempty"` // decides how long the listing must hang
	Contract string       `json:"contract,omitempty"` // number and date of the service contract
	Quality  string       `json:"quality,omitempty"`  // state of the property, legal papers
	Viewing  []Viewing    `json:"viewing,omitempty"`
	Money    SheetMoney   `json:"money,omitzero"`
	Windows  SheetWindows `json:"windows,omitzero"`
	People   SheetPeople  `json:"people,omitzero"`
	After    SheetAfter   `json:"after,omitzero"`
	Contacts string       `json:"contacts,omitempty"`
	Terms    string       `json:"terms,omitempty"` // further terms, as paragraphs
	Override []Override   `json:"override,omitempty"`
	Room     SheetRoom    `json:"room,omitzero"`
}

// PropertyKind is what is sold, as far as the law's deadlines go.
type PropertyKind string

// The kinds of property.
const (
	Movable     PropertyKind = "movable"
	RealEstate  PropertyKind = "real_estate"
	HomeLand    PropertyKind = "home_land"    // residential land for individuals
	LandUse     PropertyKind = "land_use"     // another land-use right
	ProjectLand PropertyKind = "project_land" // land-use right for an investment project
)

// Window is a span of time: From ≤ t < To.
type Window struct {
	From engine.Instant `json:"from,omitempty"`
	To   engine.Instant `json:"to,omitempty"`
}

// Has tells whether a moment lies in the window.
func (w Window) Has(t engine.Instant) bool { return w.From <= t && t < w.To }

// Viewing is when and where the property can be seen (Điều 36).
type Viewing struct {
	Window
	Place   string `json:"place,omitempty"`
	Contact string `json:"contact,omitempty"`
}

// SheetMoney is what taking part costs and where it is paid.
type SheetMoney struct {
	DossierFee engine.Dong `json:"dossierFee,omitempty"` // tiền mua hồ sơ
	CashLimit  engine.Dong `json:"cashLimit,omitempty"`  // deposits below may be paid at the counter (Điều 39.1)
	Guarantee  bool        `json:"guarantee,omitempty"`  // a bank guarantee may replace the deposit
	Account    BankAccount `json:"account,omitzero"`     // empty: the centre's
	// KeepOnWithdrawal: who withdraws while dossiers are taken and has no cause
	// that the law names does not get the deposit back at once.
	KeepOnWithdrawal bool `json:"keepOnWithdrawal,omitempty"`
}

// SheetWindows are the deadlines, on the server's clock.
type SheetWindows struct {
	Dossier  Window         `json:"dossier,omitzero"`   // dossiers are sold and taken (Điều 38)
	Deposit  Window         `json:"deposit,omitzero"`   // deposits are taken (Điều 39)
	CheckIn  engine.Instant `json:"checkIn,omitempty"`  // roll-call begins; zero: as soon as the session exists
	ListedOn engine.Instant `json:"listedOn,omitempty"` // day on which the listing was hung out (Điều 35)
}

// SheetPeople are the staff of the auction, by account.
type SheetPeople struct {
	Auctioneer string   `json:"auctioneer,omitempty"`
	Clerk      string   `json:"clerk,omitempty"`
	Observers  []string `json:"observers,omitempty"`
}

// SheetAfter is what holds once bidding is over.
type SheetAfter struct {
	AnswerMs       engine.Millis `json:"answerMs,omitempty"`       // to confirm, refuse or accept an offer
	RefundDays     int           `json:"refundDays,omitempty"`     // working days to refund (Điều 39.4)
	PaymentDays    int           `json:"paymentDays,omitempty"`    // days for the winner to pay the rest
	SingleBidder   string        `json:"singleBidder,omitempty"`   // "consent": sold with the owner's consent (Điều 49); "never"
	AdjacentBidder bool          `json:"adjacentBidder,omitempty"` // Điều 51
	NameWinner     bool          `json:"nameWinner,omitempty"`     // the published result names the winner, else the code alone
}

// SheetRoom is what the room shows while bidding.
type SheetRoom struct {
	ShowCount bool `json:"showCount,omitempty"` // how many take part is public
}

// Override says why a rule of the preset does not hold here: who lists the
// auction answers for it, and the public reads it.
type Override struct {
	Field  string `json:"field"` // as in Invalid: "lots.0.deposit"
	Code   string `json:"code"`
	Reason string `json:"reason"`
}
