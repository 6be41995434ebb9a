package feed

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"io"
	"strings"

	"gobua/engine"
)

// PortalSchema is the JSON Schema of what Portal writes, to be served beside it.
//
//go:embed portal.schema.json
var PortalSchema []byte

// portalVersion grows when the shape changes.
const portalVersion = 1

type portalDocument struct {
	Version     int            `json:"version"`
	GeneratedAt string         `json:"generatedAt"`
	Notices     []portalNotice `json:"notices"`
}

type portalNotice struct {
	ID           string         `json:"id"`
	Version      int            `json:"version"`
	Status       Status         `json:"status"`
	Title        string         `json:"title"`
	URL          string         `json:"url"`
	PublishedAt  string         `json:"publishedAt,omitempty"`
	UpdatedAt    string         `json:"updatedAt"`
	Organisation portalParty    `json:"organisation"`
	Owner        portalParty    `json:"owner"`
	Form         string         `json:"form"`
	Place        string         `json:"place,omitempty"`
	Conditions   string         `json:"conditions,omitempty"`
	Viewings     []portalWindow `json:"viewings"`
	DossierSale  *portalWindow  `json:"dossierSale,omitempty"`
	Registration *portalWindow  `json:"registration,omitempty"`
	Deposit      *portalWindow  `json:"deposit,omitempty"`
	Auction      *portalWindow  `json:"auction,omitempty"`
	Lots         []portalLot    `json:"lots"`
	Documents    []portalFile   `json:"documents"`
}

type portalParty struct {
	Name    string `json:"name"`
	Address string `json:"address,omitempty"`
	Phone   string `json:"phone,omitempty"`
	Email   string `json:"email,omitempty"`
	URL     string `json:"url,omitempty"`
}

type portalWindow struct {
	OpensAt  string `json:"opensAt,omitempty"`
	ClosesAt string `json:"closesAt,omitempty"`
	Place    string `json:"place,omitempty"`
}

type portalLot struct {
	ID               string        `json:"id"`
	Number           int           `json:"number"`
	Kind             string        `json:"kind"`
	Title            string        `json:"title"`
	Detail           string        `json:"detail,omitempty"`
	Quantity         string        `json:"quantity,omitempty"`
	Quality          string        `json:"quality,omitempty"`
	Place            string        `json:"place,omitempty"`
	Method           Method        `json:"method,omitempty"`
	StartPriceHidden bool          `json:"startPriceHidden"`
	StartPrice       *engine.Dong  `json:"startPrice,omitempty"`
	Step             engine.Dong   `json:"step,omitempty"`
	Deposit          engine.Dong   `json:"deposit"`
	DossierFee       engine.Dong   `json:"dossierFee"`
	Session          *portalWindow `json:"session,omitempty"`
	Result           *portalResult `json:"result,omitempty"`
}

type portalResult struct {
	Sold        bool        `json:"sold"`
	Price       engine.Dong `json:"price,omitempty"`
	Winner      string      `json:"winner,omitempty"`
	Reason      string      `json:"reason,omitempty"`
	AnnouncedAt string      `json:"announcedAt,omitempty"`
}

type portalFile struct {
	Title  string `json:"title"`
	URL    string `json:"url"`
	Type   string `json:"type,omitempty"`
	SHA256 string `json:"sha256,omitempty"`
}

// Portal writes notices for the national portal, as PortalSchema describes it.
// Moments carry the legal time, amounts are whole đồng. ErrTooMany, or the
// error of w.
func Portal(w io.Writer, at engine.Instant, notices []Notice) error {
	if err := checkNumber(notices); err != nil {
		return err
	}
	document := portalDocument{Version: portalVersion, GeneratedAt: local(at).Format("2006-01-02T15:04:05Z07:00"), Notices: []portalNotice{}}
	for _, n := range notices {
		document.Notices = append(document.Notices, portalOf(n))
	}
	return writeJSON(w, document)
}

func portalOf(n Notice) portalNotice {
	p := portalNotice{
		ID: title(n.ID), Version: n.Version, Status: n.Status, Title: title(n.Title), URL: link(n.URL),
		PublishedAt: stamp(n.PublishedAt), UpdatedAt: stamp(n.UpdatedAt),
		Organisation: portalPartyOf(n.Centre), Owner: portalPartyOf(n.Owner),
		Form: "online", Place: title(n.Place), Conditions: detail(n.Conditions), Viewings: []portalWindow{},
		DossierSale: portalWindowOf(n.Dossiers), Registration: portalWindowOf(n.Register), Deposit: portalWindowOf(n.Deposits),
		Auction: portalWindowOf(Window{OpensAt: n.OpensAt, ClosesAt: n.ClosesAt}),
		Lots:    []portalLot{}, Documents: []portalFile{},
	}
	for _, v := range n.Viewings {
		if w := portalWindowOf(v); w != nil {
			p.Viewings = append(p.Viewings, *w)
		}
	}
	for _, l := range n.Lots {
		p.Lots = append(p.Lots, portalLotOf(n, l))
	}
	for _, d := range n.Documents {
		if href := link(d.URL); href != "" {
			p.Documents = append(p.Documents, portalFile{Title: title(d.Title), URL: href, Type: title(d.ContentType), SHA256: digest(d.SHA256)})
		}
	}
	return p
}

func portalPartyOf(p Party) portalParty {
	return portalParty{Name: title(p.Name), Address: title(p.Address), Phone: title(p.Phone), Email: title(p.Email), URL: link(p.URL)}
}

func portalWindowOf(w Window) *portalWindow {
	if w.empty() {
		return nil
	}
	return &portalWindow{OpensAt: stamp(w.OpensAt), ClosesAt: stamp(w.ClosesAt), Place: title(w.Place)}
}

func portalLotOf(n Notice, l Lot) portalLot {
	p := portalLot{
		ID: title(l.ID), Number: l.Number, Kind: title(l.Kind), Title: title(l.Title), Detail: detail(l.Detail),
		Quantity: title(l.Quantity), Quality: title(l.Quality), Place: title(l.Place), Method: l.Method,
		StartPriceHidden: l.Start == nil, StartPrice: l.Start, Step: l.Step, Deposit: l.Deposit, DossierFee: l.DossierFee,
		Session: portalWindowOf(n.session(l)),
	}
	if r := l.Result; r != nil {
		p.Result = &portalResult{Sold: r.Sold, Reason: title(r.Reason), AnnouncedAt: stamp(r.AnnouncedAt)}
		if r.Sold {
			p.Result.Price, p.Result.Winner = r.Price, title(r.Winner)
		}
	}
	return p
}

// digest is a SHA-256 in hex, or nothing.
func digest(s string) string {
	if raw, err := hex.DecodeString(s); err != nil || len(raw) != sha256.Size {
		return ""
	}
	return strings.ToLower(s)
}
