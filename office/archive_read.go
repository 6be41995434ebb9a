package office

import (
	"context"
	"errors"
	"io"
	"slices"

	"gobua/engine"
	"gobua/office/blob"
	"gobua/office/casefile"
)

// CaseFile is what the office knows of the file of one auction.
type CaseFile struct {
	AuctionID string         `json:"auctionId"`
	Title     string         `json:"title"`
	Status    AuctionStatus  `json:"status"`
	Over      bool           `json:"over"` // it can be sealed
	Archives  []Archive      `json:"archives"`
	Holds     []Hold         `json:"holds"`
	Disposals []Disposal     `json:"disposals"`
	Keep      KeepRules      `json:"keep"`
	Now       engine.Instant `json:"now"` // by the server's clock
}

// CaseFile returns what is known of the file of an auction, for all staff of
// its centre.
func (o *Office) CaseFile(ctx context.Context, by Account, auctionID string) (CaseFile, error) {
	_, a, err := o.authorizeForAuction(ctx, by, auctionID, allStaff)
	if err != nil {
		return CaseFile{}, err
	}
	c := CaseFile{AuctionID: a.ID, Title: a.Title, Status: a.Status, Over: a.over(), Now: engine.InstantOf(o.now())}
	if c.Archives, err = o.store.Archives(ctx, a.ID); err != nil {
		return CaseFile{}, err
	}
	if c.Holds, err = o.store.Holds(ctx, a.ID); err != nil {
		return CaseFile{}, err
	}
	if c.Disposals, err = o.store.Disposals(ctx, a.ID); err != nil {
		return CaseFile{}, err
	}
	c.Archives, c.Holds, c.Disposals = list(c.Archives), list(c.Holds), list(c.Disposals)
	c.Keep, err = o.keepRules(ctx, a.CentreID)
	return c, err
}

// archiveAt finds a sealed file for an account of one of the roles and opens
// it. The caller closes it.
func (o *Office) archiveAt(ctx context.Context, by Account, auctionID string, number int, roles []engine.Role) (Account, Auction, Archive, blob.Content, error) {
	by, a, err := o.authorizeForAuction(ctx, by, auctionID, roles)
	if err != nil {
		return by, a, Archive{}, nil, err
	}
	kept, err := o.store.Archives(ctx, a.ID)
	if err != nil {
		return by, a, Archive{}, nil, err
	}
	i := slices.IndexFunc(kept, func(k Archive) bool { return k.Number == number })
	if i < 0 {
		return by, a, Archive{}, nil, ErrNotFound
	}
	if o.archive.blobs == nil {
		return by, a, Archive{}, nil, errNoArchive
	}
	f, err := o.archive.blobs.Open(ctx, kept[i].ArchiveName())
	return by, a, kept[i], f, err
}

// ArchiveCheck is what a check of a sealed file has found.
type ArchiveCheck struct {
	casefile.Report
	// Same: the file is the one that was sealed, or the one that an approved
	// disposal has left.
	Same bool `json:"same"`
	// Missing: there is no file any more.
	Missing bool             `json:"missing,omitempty"`
	Listed  []casefile.Entry `json:"listed"` // the entries outside identities
}

// CheckArchive reads a sealed file again and compares every hash. It blocks for
// as long as that takes. All staff of the centre may.
func (o *Office) CheckArchive(ctx context.Context, by Account, auctionID string, number int) (ArchiveCheck, error) {
	_, a, kept, f, err := o.archiveAt(ctx, by, auctionID, number, allStaff)
	if errors.Is(err, blob.ErrUnknown) {
		return ArchiveCheck{Report: casefile.Report{Trouble: []casefile.Trouble{}}, Listed: []casefile.Entry{}, Missing: true}, nil
	}
	if err != nil {
		return ArchiveCheck{}, err
	}
	defer f.Close()
	found, err := casefile.Check(f, f.Size())
	if err != nil {
		return ArchiveCheck{}, err
	}
	c := ArchiveCheck{Report: found, Same: found.File == kept.Hash, Listed: []casefile.Entry{}}
	for _, e := range found.Content.Entries {
		if !casefile.Personal(e.Name) {
			c.Listed = append(c.Listed, e)
		}
	}
	disposals, err := o.store.Disposals(ctx, a.ID)
	for _, d := range disposals {
		if d.Record != nil {
			c.Same = slices.ContainsFunc(d.Record.Archives, func(r ReducedFile) bool { return r.Number == number && r.After == found.File })
		}
	}
	return c, err
}

// ReadArchive opens a sealed file to be given out, and tells its size. With
// identities it is the very file, for examiners and with a reason; without, it
// is a copy that lacks them, for all staff, and its size is not known. Either is
// an act that the audit log keeps. The caller closes it.
func (o *Office) ReadArchive(ctx context.Context, by Account, auctionID string, number int, identities bool, reason string) (io.ReadCloser, int64, error) {
	roles := allStaff
	if identities {
		roles = examiners
	}
	var wrong faults
	wrong.text("reason", &reason, maxReasonRunes, identities)
	by, a, kept, f, err := o.archiveAt(ctx, by, auctionID, number, roles)
	if err != nil {
		return nil, 0, err
	}
	err = wrong.err()
	if err == nil {
		after := map[string]any{"number": kept.Number, "identities": identities}
		err = o.store.KeepTrail(ctx, o.act(by, "archive.read", "archive", a.ID, nil, after).ofAuction(&a).because(reason))
	}
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	if identities {
		return f, f.Size(), nil
	}
	out, in := io.Pipe()
	go func() { // ends when the reader closes its end, at the latest
		defer f.Close()
		in.CloseWithError(casefile.Without(in, f, f.Size(), casefile.Identities))
	}()
	return out, -1, nil
}
