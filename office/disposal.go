package office

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"gobua/engine"
	"gobua/office/casefile"
)

// dispose removes what is personal of an auction: from its sealed files, from
// the contents of uploaded files, from the database. Each step may be repeated.
func (o *Office) dispose(ctx context.Context, d Disposal) (Disposal, error) {
	leave, ours, err := o.archiveTurn(ctx, d.AuctionID)
	if err != nil {
		return d, err
	}
	defer leave()
	if !ours {
		return d, nil // another program is at it
	}
	kept, err := o.store.Archives(ctx, d.AuctionID)
	if err != nil {
		return d, err
	}
	record := DisposalRecord{Archives: []ReducedFile{}}
	for _, a := range kept {
		reduced, err := o.reduce(ctx, a)
		if err != nil {
			return d, err
		}
		record.Archives = append(record.Archives, reduced)
	}
	contents, err := o.store.PersonalContents(ctx, d.AuctionID, personalPurposes())
	if err != nil {
		return d, err
	}
	for _, hash := range contents {
		if o.files == nil {
			return d, errNoFiles
		}
		if err := o.files.Remove(ctx, hash); err != nil {
			return d, err
		}
	}
	record.Files = len(contents)
	d.Record, d.DoneAt = &record, engine.InstantOf(o.now())
	a, err := o.store.Auction(ctx, d.AuctionID)
	if err != nil {
		return d, err
	}
	trail := o.act(Account{Role: engine.RoleSystem, CentreID: a.CentreID}, "archive.dispose", "archive", d.AuctionID, nil, record).ofAuction(&a)
	return d, o.store.FinishDisposal(ctx, d, trail)
}

// personalPurposes are those whose files hold what is personal.
func personalPurposes() []FilePurpose {
	var of []FilePurpose
	for purpose, rule := range filePurposes {
		if rule.personal {
			of = append(of, purpose)
		}
	}
	return of
}

// reduce rewrites a sealed file without its identities. A file that is not as
// it was sealed is left alone: what is wrong with it must be looked at first.
func (o *Office) reduce(ctx context.Context, a Archive) (ReducedFile, error) {
	out := ReducedFile{Number: a.Number, Before: a.Hash, Manifest: a.ManifestHash}
	f, err := o.archive.blobs.Open(ctx, a.ArchiveName())
	if err != nil {
		return out, err
	}
	defer f.Close()
	found, err := casefile.Check(f, f.Size())
	switch {
	case err != nil:
		return out, err
	case !found.Whole() || found.Manifest != a.ManifestHash:
		return out, fmt.Errorf("sealed file %d of auction %s is damaged: %v", a.Number, a.AuctionID, found.Trouble)
	case found.Reduced > 0: // before a crash
		out.After, out.Size, out.Removed = found.File, f.Size(), found.Reduced
		return out, nil
	}
	staged, sum, size, err := o.archive.write(ctx, func(w io.Writer) error {
		return casefile.Without(w, f, f.Size(), casefile.Identities)
	})
	defer o.dropStaged(ctx, staged)
	if err == nil {
		err = o.archive.blobs.Replace(ctx, staged, a.ArchiveName())
	}
	out.After, out.Size = sum, size
	for _, e := range found.Content.Entries {
		if casefile.Personal(e.Name) {
			out.Removed++
		}
	}
	return out, err
}

// How often the program looks for files to seal, and how many it seals then.
const (
	archiveEvery = time.Hour
	archiveBatch = 20
)

// RunArchive seals auctions whose time has come and finishes disposals that a
// crash broke off, until ctx ends.
func (o *Office) RunArchive(ctx context.Context) {
	beat := time.NewTicker(archiveEvery)
	defer beat.Stop()
	for {
		if _, err := o.TendArchive(ctx); err != nil && ctx.Err() == nil {
			o.log.Warn("the archive is not tended, will try again", "err", err)
		}
		select {
		case <-beat.C:
		case <-ctx.Done():
			return
		}
	}
}

// TendArchive does one round and returns how many files it sealed.
func (o *Office) TendArchive(ctx context.Context) (sealed int, err error) {
	if o.archive.blobs == nil {
		return 0, nil
	}
	unfinished, err := o.store.UnfinishedDisposals(ctx, archiveBatch)
	for _, d := range unfinished {
		_, broken := o.dispose(ctx, d)
		err = errors.Join(err, broken)
	}
	centres, fault := o.store.Centres(ctx)
	err = errors.Join(err, fault)
	for _, c := range centres {
		before := o.now().AddDate(0, 0, -c.Keep.orDefault().SealAfterDays)
		ids, fault := o.store.ToSeal(ctx, c.ID, engine.InstantOf(before), archiveBatch)
		err = errors.Join(err, fault)
		for _, id := range ids {
			a, fault := o.store.Auction(ctx, id)
			if fault == nil {
				_, fault = o.seal(ctx, Account{Role: engine.RoleSystem, CentreID: c.ID}, a, "")
			}
			switch {
			case fault == nil:
				sealed++
			case !errors.Is(fault, ErrEditedMeanwhile): // another program is at it
				err = errors.Join(err, fault)
			}
		}
	}
	return sealed, err
}
