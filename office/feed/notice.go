package feed

import (
	"errors"

	"gobua/engine"
)

// MaxNotices is how many notices one rendering takes.
const MaxNotices = 1_000

// ErrTooMany answers more than MaxNotices.
var ErrTooMany = errors.New("feed: too many notices")

// Status is where an auction is, as the public sees it.
type Status string

// The states of a published auction.
const (
	Upcoming  Status = "upcoming"  // listed, bidding has not begun
	Running   Status = "running"   // a session is open
	Concluded Status = "concluded" // every lot has its result
	Cancelled Status = "cancelled" // will not take place
)

// Method is how a price is found.
type Method string

// The methods of the law (article 40).
const (
	Ascending  Method = "ascending"
	Descending Method = "descending"
)

// OfferWay is how a price reaches an auction, as OCDS has it.
type OfferWay string

// The ways, by their codes in OCDS's list of submission methods.
const (
	OfferLive   OfferWay = "electronicAuction"
	OfferSealed OfferWay = "electronicSubmission"
	OfferInHall OfferWay = "inPerson"
)

// Notice is all that is public of an auction. The zero value of a field that is
// not required is left out of every rendering.
type Notice struct {
	ID          string // required, for ever the same; a UUID
	Version     int    // 0 as first published, grows with every public change
	Title       string // required
	Centre      Party  // required: who runs the auction
	Owner       Party  // whose property is sold
	Place       string // of the auction
	Conditions  string // for taking part
	Status      Status // required
	URL         string // required: page of the notice, http or https
	PublishedAt engine.Instant
	UpdatedAt   engine.Instant // required
	Viewings    []Window
	Dossiers    Window // when dossiers are sold
	Register    Window // when registrations are taken
	Deposits    Window // when deposits are taken
	OpensAt     engine.Instant
	ClosesAt    engine.Instant // as planned; a session may be extended
	Lots        []Lot
	Documents   []Document
}

// Party is an organisation or a person with a part in an auction.
type Party struct {
	ID      string // stable within the installation; required for the centre
	Name    string
	Address string
	Phone   string
	Email   string
	URL     string
}

// Window is a time in which something can be done. Either end may be zero.
type Window struct {
	OpensAt, ClosesAt engine.Instant
	Place             string
}

func (w Window) empty() bool { return w.OpensAt == 0 && w.ClosesAt == 0 }

// Lot is one thing to be sold.
type Lot struct {
	ID         string // required, for ever the same
	Number     int
	Kind       string // land, house, car, plate, goods
	Title      string
	Detail     string
	Quantity   string // in words: "01 thửa", "120 m²"
	Quality    string
	Place      string
	Method     Method       // empty: neither of the law's
	Offers     []OfferWay   // how prices are offered; none: live
	Way        string       // how a price is found, in words, where the method does not say it all
	Units      int          // identical ones, each at the prices; zero: the lot is sold as one
	BuyNow     engine.Dong  // price at which it can be bought at once; zero: it cannot
	Start      *engine.Dong // nil: the starting price is not public
	Step       engine.Dong
	Deposit    engine.Dong
	DossierFee engine.Dong
	OpensAt    engine.Instant // of its session; zero: the auction's
	ClosesAt   engine.Instant // as planned; zero where nothing says when
	Result     *Result
}

// Result is what came of a lot, as announced.
type Result struct {
	Sold        bool
	Price       engine.Dong // if sold; of one unit, where there are several
	Units       int         // that were sold; zero: the lot as one
	Winner      string      // code of the participant, never a name
	Reason      string      // if not sold: in words
	AnnouncedAt engine.Instant
}

// Document is a file anybody may read.
type Document struct {
	ID          string
	Title       string
	URL         string
	ContentType string
	SHA256      string // in hex
	PublishedAt engine.Instant
}

// session is when a lot is bid for.
func (n Notice) session(l Lot) Window {
	w := Window{OpensAt: l.OpensAt, ClosesAt: l.ClosesAt}
	if w.OpensAt == 0 {
		w = Window{OpensAt: n.OpensAt, ClosesAt: n.ClosesAt}
	}
	return w
}

func checkNumber(notices []Notice) error {
	if len(notices) > MaxNotices {
		return ErrTooMany
	}
	return nil
}
