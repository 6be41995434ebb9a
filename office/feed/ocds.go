package feed

import (
	_ "embed"
	"io"
	"slices"
	"strconv"

	"gobua/engine"
)

// OCDSProfile is the JSON Schema of what OCDS writes: the part of the standard's
// release package schema 1.1 that is used, and nothing beside it.
//
//go:embed ocds.schema.json
var OCDSProfile []byte

// Publisher is who publishes open contracting data.
type Publisher struct {
	Name   string // required
	URL    string
	Prefix string // required: the ocid prefix registered for the publisher, "ocds-" and six characters
	// PackageURL is where the package is, its identifier. Required.
	PackageURL string
	LicenceURL string // under which the data may be used
}

// The extensions of the standard that are used, with their versions.
var ocdsExtensions = []string{
	"https://raw.githubusercontent.com/open-contracting-extensions/ocds_lots_extension/v1.1.5/extension.json",
	"https://raw.githubusercontent.com/open-contracting-extensions/ocds_participationFee_extension/v1.1.4/extension.json",
}

type ocdsPackage struct {
	URI           string        `json:"uri"`
	Version       string        `json:"version"`
	Extensions    []string      `json:"extensions"`
	PublishedDate string        `json:"publishedDate"`
	Publisher     ocdsPublisher `json:"publisher"`
	License       string        `json:"license,omitempty"`
	Releases      []ocdsRelease `json:"releases"`
}

type ocdsPublisher struct {
	Name string `json:"name"`
	URI  string `json:"uri,omitempty"`
}

type ocdsRelease struct {
	OCID           string      `json:"ocid"`
	ID             string      `json:"id"`
	Date           string      `json:"date"`
	Tag            []string    `json:"tag"`
	InitiationType string      `json:"initiationType"`
	Language       string      `json:"language"`
	Parties        []ocdsParty `json:"parties"`
	Tender         ocdsTender  `json:"tender"`
	Awards         []ocdsAward `json:"awards,omitempty"`
}

type ocdsParty struct {
	ID      string       `json:"id"`
	Name    string       `json:"name"`
	Roles   []string     `json:"roles"`
	Address *ocdsAddress `json:"address,omitempty"`
	Contact *ocdsContact `json:"contactPoint,omitempty"`
}

type ocdsAddress struct {
	StreetAddress string `json:"streetAddress"`
	CountryName   string `json:"countryName"`
}

type ocdsContact struct {
	Email     string `json:"email,omitempty"`
	Telephone string `json:"telephone,omitempty"`
	URL       string `json:"url,omitempty"`
}

type ocdsReference struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type ocdsTender struct {
	ID                       string          `json:"id"`
	Title                    string          `json:"title"`
	Description              string          `json:"description,omitempty"`
	Status                   string          `json:"status"`
	ProcuringEntity          ocdsReference   `json:"procuringEntity"`
	Items                    []ocdsItem      `json:"items,omitempty"`
	MinValue                 *ocdsValue      `json:"minValue,omitempty"`
	ProcurementMethod        string          `json:"procurementMethod"`
	ProcurementMethodDetails string          `json:"procurementMethodDetails"`
	AwardCriteria            string          `json:"awardCriteria"`
	SubmissionMethod         []string        `json:"submissionMethod"`
	TenderPeriod             *ocdsPeriod     `json:"tenderPeriod,omitempty"`
	AwardPeriod              *ocdsPeriod     `json:"awardPeriod,omitempty"`
	Documents                []ocdsDocument  `json:"documents,omitempty"`
	Milestones               []ocdsMilestone `json:"milestones,omitempty"`
	Lots                     []ocdsLot       `json:"lots,omitempty"`
	ParticipationFees        []ocdsFee       `json:"participationFees,omitempty"`
}

type ocdsItem struct {
	ID          string `json:"id"`
	Description string `json:"description"`
	RelatedLot  string `json:"relatedLot"`
}

type ocdsLot struct {
	ID          string     `json:"id"`
	Title       string     `json:"title"`
	Description string     `json:"description,omitempty"`
	Status      string     `json:"status"`
	MinValue    *ocdsValue `json:"minValue,omitempty"`
}

type ocdsValue struct {
	Amount   engine.Dong `json:"amount"`
	Currency string      `json:"currency"`
}

type ocdsPeriod struct {
	StartDate string `json:"startDate,omitempty"`
	EndDate   string `json:"endDate,omitempty"`
}

type ocdsDocument struct {
	ID            string `json:"id"`
	DocumentType  string `json:"documentType"`
	Title         string `json:"title"`
	URL           string `json:"url"`
	DatePublished string `json:"datePublished,omitempty"`
	Format        string `json:"format,omitempty"`
	Language      string `json:"language"`
}

type ocdsMilestone struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Type    string `json:"type"`
	DueDate string `json:"dueDate"`
}

type ocdsFee struct {
	Type        []string  `json:"type"`
	Value       ocdsValue `json:"value"`
	Description string    `json:"description"`
}

type ocdsAward struct {
	ID          string     `json:"id"`
	Title       string     `json:"title"`
	Description string     `json:"description,omitempty"`
	Status      string     `json:"status"`
	Date        string     `json:"date,omitempty"`
	Value       *ocdsValue `json:"value,omitempty"`
	RelatedLots []string   `json:"relatedLots"`
}

// OCDS writes a release package, one release a notice, as the package
// documentation maps it. at is when the package is published. The standard
// wants a release at least: with no notices the package is not a valid one.
// ErrTooMany, or the error of w.
func OCDS(w io.Writer, p Publisher, at engine.Instant, notices []Notice) error {
	if err := checkNumber(notices); err != nil {
		return err
	}
	document := ocdsPackage{
		URI: link(p.PackageURL), Version: "1.1", Extensions: ocdsExtensions, PublishedDate: local(at).Format("2006-01-02T15:04:05Z07:00"),
		Publisher: ocdsPublisher{Name: title(p.Name), URI: link(p.URL)}, License: link(p.LicenceURL), Releases: []ocdsRelease{},
	}
	for _, n := range notices {
		document.Releases = append(document.Releases, release(p.Prefix, n))
	}
	return writeJSON(w, document)
}

func release(prefix string, n Notice) ocdsRelease {
	ocid := title(prefix) + "-" + title(n.ID)
	r := ocdsRelease{
		OCID: ocid, ID: ocid + "-" + strconv.Itoa(n.Version), Date: stamp(n.UpdatedAt), InitiationType: "tender", Language: "vi",
		Parties: []ocdsParty{ocdsPartyOf(n.Centre, "centre", "procuringEntity")}, Tender: tender(n),
	}
	if n.Owner.Name != "" {
		r.Parties = append(r.Parties, ocdsPartyOf(n.Owner, "owner", "seller"))
	}
	for _, l := range n.Lots {
		if l.Result != nil {
			r.Awards = append(r.Awards, award(l))
		}
	}
	switch {
	case n.Status == Cancelled:
		r.Tag = []string{"tenderCancellation"}
	case n.Version > 0:
		r.Tag = []string{"tenderUpdate"}
	default:
		r.Tag = []string{"tender"}
	}
	if r.Awards != nil {
		r.Tag = append(r.Tag, "award")
	}
	return r
}

func ocdsPartyOf(p Party, id, role string) ocdsParty {
	party := ocdsParty{ID: ocdsPartyID(p, id), Name: title(p.Name), Roles: []string{role}}
	if address := title(p.Address); address != "" {
		party.Address = &ocdsAddress{StreetAddress: address, CountryName: "Việt Nam"}
	}
	contact := ocdsContact{Email: title(p.Email), Telephone: title(p.Phone), URL: link(p.URL)}
	if contact != (ocdsContact{}) {
		party.Contact = &contact
	}
	return party
}

func ocdsPartyID(p Party, otherwise string) string {
	if id := title(p.ID); id != "" {
		return id
	}
	return otherwise
}

func tender(n Notice) ocdsTender {
	t := ocdsTender{
		ID: title(n.ID), Title: title(n.Title), Description: describe(n), Status: tenderStatus(n),
		ProcuringEntity:   ocdsReference{ID: ocdsPartyID(n.Centre, "centre"), Name: title(n.Centre.Name)},
		ProcurementMethod: "open", ProcurementMethodDetails: "Đấu giá tài sản trực tuyến (bán tài sản)",
		AwardCriteria: "highestPrice", SubmissionMethod: submission(n.Lots),
		TenderPeriod: period(n.Register), AwardPeriod: period(Window{OpensAt: n.OpensAt, ClosesAt: n.ClosesAt}),
		MinValue: lowest(n.Lots),
	}
	if page := link(n.URL); page != "" {
		t.Documents = append(t.Documents, ocdsDocument{ID: "notice", DocumentType: "tenderNotice", Title: title(n.Title), URL: page,
			DatePublished: stamp(n.PublishedAt), Format: "text/html", Language: "vi"})
	}
	for i, d := range n.Documents {
		if href := link(d.URL); href != "" {
			t.Documents = append(t.Documents, ocdsDocument{ID: "document-" + strconv.Itoa(i+1), DocumentType: "biddingDocuments",
				Title: title(d.Title), URL: href, DatePublished: stamp(d.PublishedAt), Format: title(d.ContentType), Language: "vi"})
		}
	}
	for i, v := range n.Viewings {
		if v.OpensAt != 0 {
			t.Milestones = append(t.Milestones, ocdsMilestone{ID: "viewing-" + strconv.Itoa(i+1), Title: "Xem tài sản", Type: "engagement", DueDate: stamp(v.OpensAt)})
		}
	}
	for _, l := range n.Lots {
		t.addLot(n, l)
	}
	return t
}

// submission is how prices are offered for any of the lots, each way once.
func submission(lots []Lot) (ways []string) {
	for _, l := range lots {
		for _, way := range l.Offers {
			if !slices.Contains(ways, string(way)) {
				ways = append(ways, string(way))
			}
		}
	}
	if len(ways) == 0 {
		return []string{string(OfferLive)}
	}
	return ways
}

func (t *ocdsTender) addLot(n Notice, l Lot) {
	lot := ocdsLot{ID: title(l.ID), Title: title(l.Title), Description: detail(l.Detail), Status: lotStatus(n, l)}
	lot.MinValue = startOf(l)
	t.Lots = append(t.Lots, lot)
	t.Items = append(t.Items, ocdsItem{ID: lot.ID, Description: lot.Title, RelatedLot: lot.ID})
	label := "Lô " + strconv.Itoa(l.Number)
	if l.Deposit > 0 {
		t.ParticipationFees = append(t.ParticipationFees, ocdsFee{[]string{"deposit"}, ocdsValue{l.Deposit, "VND"}, "Tiền đặt trước, " + label})
	}
	if l.DossierFee > 0 {
		t.ParticipationFees = append(t.ParticipationFees, ocdsFee{[]string{"document"}, ocdsValue{l.DossierFee, "VND"}, "Tiền mua hồ sơ, " + label})
	}
}

// startOf is the starting price of all of a lot; nil: it is not public, or too
// much to be said.
func startOf(l Lot) *ocdsValue {
	if l.Start == nil {
		return nil
	}
	return worth(*l.Start, l.Units)
}

// worth is what so many units cost at a price, nil: too much to be said. None is
// a lot that is sold as one.
func worth(price engine.Dong, units int) *ocdsValue {
	n := engine.Dong(max(units, 1))
	if price > engine.MaxDong/n {
		return nil
	}
	return &ocdsValue{price * n, "VND"}
}

// lowest adds up the starting prices, if all of them are public.
func lowest(lots []Lot) *ocdsValue {
	sum := engine.Dong(0)
	for _, l := range lots {
		start := startOf(l)
		if start == nil || start.Amount > engine.MaxDong-sum {
			return nil
		}
		sum += start.Amount
	}
	if len(lots) == 0 {
		return nil
	}
	return &ocdsValue{sum, "VND"}
}

func period(w Window) *ocdsPeriod {
	if w.empty() {
		return nil
	}
	return &ocdsPeriod{StartDate: stamp(w.OpensAt), EndDate: stamp(w.ClosesAt)}
}

func tenderStatus(n Notice) string {
	switch n.Status {
	case Cancelled:
		return "cancelled"
	case Concluded:
		for _, l := range n.Lots {
			if l.Result != nil && l.Result.Sold {
				return "complete"
			}
		}
		return "unsuccessful"
	}
	return "active"
}

func lotStatus(n Notice, l Lot) string {
	switch {
	case l.Result != nil && l.Result.Sold:
		return "complete"
	case l.Result != nil:
		return "unsuccessful"
	case n.Status == Cancelled:
		return "cancelled"
	}
	return "active"
}

func award(l Lot) ocdsAward {
	a := ocdsAward{ID: title(l.ID), Title: title(l.Title), Date: stamp(l.Result.AnnouncedAt), RelatedLots: []string{title(l.ID)}}
	if l.Result.Sold {
		a.Status, a.Value = "active", worth(l.Result.Price, l.Result.Units)
	} else {
		a.Status, a.Description = "unsuccessful", title(l.Result.Reason)
	}
	return a
}
