package office

import (
	"context"
	"net/url"

	"gobua/engine"
)

// PortalUpload is what somebody has put on the national portal by hand (Cổng
// Đấu giá tài sản quốc gia), and where it stands there.
type PortalUpload struct {
	Status PortalStatus   `json:"status"`
	Link   string         `json:"link,omitempty"`
	By     string         `json:"-"`
	ByName string         `json:"by,omitempty"` // filled when read
	At     engine.Instant `json:"at"`
}

// PortalStatus is how far an upload is.
type PortalStatus string

// The states.
const (
	PortalUploaded  PortalStatus = "uploaded"  // sent, not seen there yet
	PortalPublished PortalStatus = "published" // seen there
	PortalWithdrawn PortalStatus = "withdrawn" // taken down
)

// PortalStore keeps uploads. Rows are only ever added.
type PortalStore interface {
	InsertPortalUpload(ctx context.Context, auctionID string, u PortalUpload, t Trail) error
	// PortalUploads returns those of an auction, newest first.
	PortalUploads(ctx context.Context, auctionID string, limit int) ([]PortalUpload, error)
}

const (
	maxPortalUploads = 50
	maxLinkRunes     = 500
)

// NotePortal keeps what was done on the portal. Those who prepare auctions may;
// the auction must be public.
func (o *Office) NotePortal(ctx context.Context, by Account, auctionID string, status PortalStatus, link string) (PortalUpload, error) {
	by, a, err := o.authorizeForAuction(ctx, by, auctionID, preparers)
	if err != nil {
		return PortalUpload{}, err
	}
	if a.publicSince() == 0 {
		return PortalUpload{}, ErrWrongState
	}
	var f faults
	f.when(status != PortalUploaded && status != PortalPublished && status != PortalWithdrawn, "status", "unknown")
	f.text("link", &link, maxLinkRunes, status == PortalPublished)
	if link != "" {
		u, err := url.Parse(link)
		f.when(err != nil || u.Scheme != "https" || u.Host == "", "link", "malformed")
	}
	if err := f.err(); err != nil {
		return PortalUpload{}, err
	}
	p := PortalUpload{Status: status, Link: link, By: by.ID, ByName: by.Name, At: engine.InstantOf(o.now())}
	return p, o.store.InsertPortalUpload(ctx, a.ID, p, o.act(by, "auction.portal", "auction", a.ID, nil, p).ofAuction(&a))
}

// PortalUploads returns what was done on the portal for an auction, newest
// first, for all staff of its centre.
func (o *Office) PortalUploads(ctx context.Context, by Account, auctionID string) ([]PortalUpload, error) {
	_, a, err := o.authorizeForAuction(ctx, by, auctionID, allStaff)
	if err != nil {
		return nil, err
	}
	found, err := o.store.PortalUploads(ctx, a.ID, maxPortalUploads)
	return list(found), err
}
