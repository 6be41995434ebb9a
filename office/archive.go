package office

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"slices"

	"gobua/engine"
	"gobua/internal/durable"
	"gobua/office/casefile"
)

// Archive is a sealed file of an auction (hồ sơ lưu trữ, Điều 54): what the
// ZIP in the folder archive must be. Number 1 is made when the auction is over;
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
}

// ArchiveStore keeps what sealed files are; the files lie elsewhere.
type ArchiveStore interface {
	// InsertArchive keeps the next file of an auction, which becomes archived if
	// it was concluded. ErrEditedMeanwhile: there is one with this number.
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

// archiveFolder is where sealed files lie. One is written at a time: the disk
// is there for the bids first.
type archiveFolder struct {
	dir string
	one chan struct{}
}

var errNoArchive = errors.New("office: no folder for sealed files")

func (f archiveFolder) path(auctionID string, number int) string {
	return filepath.Join(f.dir, fmt.Sprintf("%s-%d.zip", auctionID, number))
}

// turn waits until no other file is being written.
func (f archiveFolder) turn(ctx context.Context) (leave func(), err error) {
	if f.dir == "" {
		return nil, errNoArchive
	}
	select {
	case f.one <- struct{}{}:
		return func() { <-f.one }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// write puts a file in its place whole or not at all; after nil it survives a
// loss of power.
func (f archiveFolder) write(path string, fill func(io.Writer) error) (sum engine.Hash, size int64, err error) {
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return sum, 0, err
	}
	tmp, err := os.CreateTemp(f.dir, ".tmp-*")
	if err != nil {
		return sum, 0, err
	}
	defer os.Remove(tmp.Name()) // does nothing after the rename
	out := &hashingWriter{to: tmp, sum: sha256.New()}
	err = fill(out)
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return sum, 0, err
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return sum, 0, err
	}
	copy(sum[:], out.sum.Sum(nil))
	return sum, out.size, durable.SyncDir(f.dir)
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
	leave, err := o.archive.turn(ctx)
	if err != nil {
		return Archive{}, err
	}
	defer leave()
	before, err := o.store.Archives(ctx, a.ID)
	if err != nil {
		return Archive{}, err
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
	if err := o.writeFile(ctx, &a, &kept); err != nil {
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
	kept.Hash, kept.Size, err = o.archive.write(o.archive.path(a.ID, kept.Number), func(w io.Writer) error {
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
