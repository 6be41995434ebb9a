package office

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"time"

	"gobua/engine"
	"gobua/office/blob"
	"gobua/office/casefile"
)

// Archive is a sealed file of an auction (hồ sơ lưu trữ, Điều 54): what the
// ZIP must be that lies in the folder archive, or in the database. Number 1 is made when the auction is over;
// a later one holds what came afterwards and replaces nothing.
type Archive struct {
	AuctionID    string         `json:"auctionId"`
	Number       int            `json:"number"`
	Hash         engine.Hash    `json:"hash"` // SHA-256 of the ZIP
	ManifestHash engine.Hash    `json:"manifestHash"`
	Size         int64          `json:"size"`
	Entries      int            `json:"entries"`
	Reason       string         `json:"reason,omitempty"`
	SealedBy     string         `json:"-"` // empty: the program, when the time had come
	SealedByName string         `json:"sealedBy,omitempty"`
	SealedAt     engine.Instant `json:"sealedAt"`
	KeepUntil    engine.Instant `json:"keepUntil"` // nothing is disposed of before
	Staged       string         `json:"-"`         // where the file lies in the database before it is kept
}

// ArchiveStore keeps what sealed files are; the files lie elsewhere.
type ArchiveStore interface {
	// InsertArchive keeps the next file of an auction, which becomes archived if
	// it was concluded. Where the file lies in the database, it gets its name from
	// Staged at the same moment. ErrEditedMeanwhile: there is one with this number.
	// ErrWrongState: what is personal of the auction is disposed of.
	InsertArchive(ctx context.Context, a Archive, t Trail) error
	// Archives returns the files of an auction in order.
	Archives(ctx context.Context, auctionID string) ([]Archive, error)
	// FindArchives returns the newest file of each auction, newest first.
	FindArchives(ctx context.Context, q ArchiveQuery) ([]ArchiveRow, error)
	// ToSeal returns auctions of a centre that were over before a moment, have
	// no file and owe nobody a refund. Rehearsals are not among them.
	ToSeal(ctx context.Context, centreID string, before engine.Instant, limit int) ([]string, error)
}

// sealers may seal a file. The file itself is for examiners.
var sealers = []engine.Role{engine.RoleAuctioneer, engine.RoleRegistrar, engine.RoleClerk, engine.RoleAdmin}

// archives is where sealed files lie. A program writes one at a time: the disk is
// there for the bids first.
type archives struct {
	blobs blob.Store // nil: none are made
	one   chan struct{}
}

var errNoArchive = errors.New("office: no place for sealed files")

// archiveName is the name of a sealed file among the others.
func archiveName(auctionID string, number int) string {
	return fmt.Sprintf("%s-%d.zip", auctionID, number)
}

// ArchiveName is the name of a sealed file, in a folder or in the database.
func (a *Archive) ArchiveName() string { return archiveName(a.AuctionID, a.Number) }

// turn waits until no other file is being written here.
func (f archives) turn(ctx context.Context) (leave func(), err error) {
	if f.blobs == nil {
		return nil, errNoArchive
	}
	select {
	case f.one <- struct{}{}:
		return func() { <-f.one }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// archiveTurn waits for a turn here, and claims the file of an auction among all
// programs. ours is false while another one is at it. leave is called in any case
// without an error.
func (o *Office) archiveTurn(ctx context.Context, auctionID string) (leave func(), ours bool, err error) {
	mine, err := o.archive.turn(ctx)
	if err != nil {
		return nil, false, err
	}
	id, began := newClaim(), time.Now()
	ours, err = o.store.Claim(ctx, "archive/"+auctionID, id, claimLife)
	switch {
	case err != nil:
		mine()
		return nil, false, err
	case !ours:
		return mine, false, nil
	}
	held := o.hold(ctx, ClaimedName, id, began)
	return func() { held.end(ctx); mine() }, true, nil
}

// write writes a file under a temporary name.
func (f archives) write(ctx context.Context, fill func(io.Writer) error) (staged string, sum engine.Hash, size int64, err error) {
	staged = blob.Temporary()
	w, err := blob.NewWriter(ctx, f.blobs, staged)
	if err != nil {
		return staged, sum, 0, err
	}
	out := &hashingWriter{to: w, sum: sha256.New()}
	if err := errors.Join(fill(out), w.Flush()); err != nil {
		return staged, sum, 0, err
	}
	copy(sum[:], out.sum.Sum(nil))
	return staged, sum, out.size, nil
}

// drop forgets a file under a temporary name, if it has not got its own.
func (o *Office) dropStaged(ctx context.Context, staged string) {
	if staged == "" {
		return
	}
	if err := o.archive.blobs.Remove(context.WithoutCancel(ctx), staged); err != nil {
		o.log.Warn("a sealed file that was not finished is deleted later", "err", err)
	}
}

type hashingWriter struct {
	to   io.Writer
	sum  hash.Hash
	size int64
}

func (w *hashingWriter) Write(b []byte) (int, error) {
	n, err := w.to.Write(b)
	w.sum.Write(b[:n])
	w.size += int64(n)
	return n, err
}

// Seal writes the file of an auction that is concluded or cancelled, keeps its
// hash, and makes a concluded auction archived. An auction that has a file gets
// another one with a reason; the first stays as it is. It blocks until all is
// on the disk, some seconds for 500 MB. The same facts give the same bytes, so
// that what a crash broke off can be done again.
//
// Errors: ErrWrongState while the auction is not over, *Invalid without the
// reason, ErrEditedMeanwhile if somebody else has just sealed it.
func (o *Office) Seal(ctx context.Context, by Account, auctionID, reason string) (Archive, error) {
	by, a, err := o.authorizeForAuction(ctx, by, auctionID, sealers)
	if err != nil {
		return Archive{}, err
	}
	return o.seal(ctx, by, a, reason)
}

func (o *Office) seal(ctx context.Context, by Account, a Auction, reason string) (Archive, error) {
	if !a.over() {
		return Archive{}, ErrWrongState
	}
	leave, ours, err := o.archiveTurn(ctx, a.ID)
	if err != nil {
		return Archive{}, err
	}
	defer leave()
	if !ours {
		return Archive{}, ErrEditedMeanwhile
	}
	before, err := o.store.Archives(ctx, a.ID)
	if err != nil {
		return Archive{}, err
	}
	if by.ID == "" && len(before) > 0 {
		return Archive{}, ErrEditedMeanwhile // another program was faster
	}
	var f faults
	f.text("reason", &reason, maxReasonRunes, len(before) > 0)
	if err := f.err(); err != nil {
		return Archive{}, err
	}
	done, err := o.disposedOf(ctx, a.ID)
	switch {
	case err != nil:
		return Archive{}, err
	case done:
		return Archive{}, ErrWrongState
	}
	keep, err := o.keepRules(ctx, a.CentreID)
	if err != nil {
		return Archive{}, err
	}
	at := engine.InstantOf(o.now())
	kept := Archive{
		AuctionID: a.ID, Number: len(before) + 1, Reason: reason, SealedBy: by.ID, SealedAt: at, KeepUntil: keepUntil(at, keep.Years),
	}
	err = o.writeFile(ctx, &a, &kept)
	defer func() { o.dropStaged(ctx, kept.Staged) }()
	if err == nil && !o.archive.blobs.InDatabase() {
		if err = o.archive.blobs.Replace(ctx, kept.Staged, kept.ArchiveName()); err == nil {
			kept.Staged = ""
		}
	}
	if err != nil {
		return Archive{}, fmt.Errorf("sealed file of auction %s: %w", a.ID, err)
	}
	trail := o.act(by, "archive.seal", "archive", a.ID, nil, kept).ofAuction(&a).because(reason)
	if err := o.store.InsertArchive(ctx, kept, trail); err != nil {
		return Archive{}, err
	}
	kept.SealedByName = by.Name
	return kept, nil
}

// over tells whether nothing of an auction is left to be decided.
func (a *Auction) over() bool {
	return a.RehearsalOf == "" && slices.Contains([]AuctionStatus{StatusConcluded, StatusArchived, StatusCancelled}, a.Status)
}

// writeFile writes the ZIP of an auction and fills in what it has become.
func (o *Office) writeFile(ctx context.Context, a *Auction, kept *Archive) (err error) {
	kept.Staged, kept.Hash, kept.Size, err = o.archive.write(ctx, func(w io.Writer) error {
		z := casefile.NewWriter(w, a.ID, a.Title, a.Centre)
		s := &sealing{o: o, a: a, zip: z}
		for _, part := range archiveParts {
			if err := part(ctx, s); err != nil {
				return err
			}
		}
		var err error
		kept.ManifestHash, kept.Entries, err = z.Close()
		return err
	})
	return err
}
