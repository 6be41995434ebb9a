package office

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	paths "path"
	"slices"
	"strings"
	"time"

	"gobua/engine"
	"gobua/office/blob"
	"gobua/office/upload"
)

// NewFile is what somebody is about to upload. Auction, lot and registration
// are given as the purpose asks for.
type NewFile struct {
	Name         string      `json:"name"`
	Type         string      `json:"type"`
	Size         int64       `json:"size"`
	Purpose      FilePurpose `json:"purpose"`
	Auction      string      `json:"auction,omitempty"`
	Lot          string      `json:"lot,omitempty"`
	Registration string      `json:"registration,omitempty"`
}

// Upload is a file on its way. The id becomes the file's.
type Upload struct {
	ID string
	NewFile
	CentreID string
	By       string
	BegunAt  engine.Instant
	Received int64 // bytes that are here
}

// Limits of uploads.
const (
	maxNameRunes = 120 // and 255 bytes, as the database has it
	// maxUploads is how many uploads of one account may be open: with the
	// largest file each, 640 MB of disk.
	maxUploads = 20
	// uploadLife is how long an upload may take, with all its breaks.
	uploadLife = 24 * time.Hour
)

var errNoFiles = errors.New("office: no folder for files is set")

// BeginUpload makes room for a file. *Invalid names what the purpose does not
// allow; ErrNotFound also says that the registration is not the caller's;
// ErrTooMany: finish or wait for other uploads first.
func (o *Office) BeginUpload(ctx context.Context, by Account, n NewFile) (Upload, error) {
	if o.files == nil {
		return Upload{}, errNoFiles
	}
	rule, known := filePurposes[n.Purpose]
	if !known {
		return Upload{}, &Invalid{[]Field{{"purpose", "unknown"}}}
	}
	by, centre, err := o.mayUpload(ctx, by, rule, &n)
	if err != nil {
		return Upload{}, err
	}
	var f faults
	f.text("name", &n.Name, maxNameRunes, true)
	n.Name = paths.Base(strings.ReplaceAll(n.Name, `\`, "/")) // old browsers send a whole path
	f.when(strings.Trim(n.Name, "./") == "" || len(n.Name) > 255, "name", "malformed")
	f.when(!slices.Contains(rule.types, n.Type), "type", "type_not_allowed")
	f.when(n.Size <= 0, "size", "empty_file")
	f.when(n.Size > rule.maxBytes, "size", "file_too_large")
	if err := f.err(); err != nil {
		return Upload{}, err
	}
	u := Upload{NewFile: n, CentreID: centre, By: by.ID, BegunAt: engine.InstantOf(o.now())}
	if u.ID, err = o.newID(); err != nil {
		return Upload{}, err
	}
	if err := o.store.InsertUpload(ctx, u, maxUploads); err != nil {
		return Upload{}, err
	}
	return u, o.files.Begin(ctx, u.ID)
}

// mayUpload admits an account to a purpose, and completes what the file hangs
// on. It returns the centre the file belongs to, if any.
func (o *Office) mayUpload(ctx context.Context, by Account, rule filePurpose, n *NewFile) (Account, string, error) {
	switch rule.to {
	case toAuction:
		n.Registration = ""
		by, a, err := o.authorizeForAuction(ctx, by, n.Auction, rule.uploads)
		switch {
		case err != nil:
			return by, "", err
		case a.Status == StatusArchived && by.CentreID != "":
			return by, "", ErrWrongState // the file is sealed
		case n.Lot != "" && !slices.ContainsFunc(a.Lots, func(l LotDraft) bool { return l.ID == n.Lot }):
			return by, "", &Invalid{[]Field{{"lot", "unknown"}}}
		}
		return by, a.CentreID, nil
	case toRegistration:
		by, r, a, err := o.authorizeForRegistration(ctx, by, n.Registration, rule.uploads)
		if err != nil {
			return by, "", err
		}
		n.Auction, n.Lot = r.AuctionID, r.LotID
		return by, a.CentreID, o.dossierOpen(&r, &a, n.Purpose)
	case toCentre:
		n.Auction, n.Lot, n.Registration = "", "", ""
		by, err := o.authorize(ctx, by, rule.uploads...)
		return by, by.CentreID, err
	default:
		n.Auction, n.Lot, n.Registration = "", "", ""
		by, err := o.authorize(ctx, by, rule.uploads...)
		return by, "", err
	}
}

// dossierOpen tells whether files of a registration may still change: those of
// the dossier until it is submitted or the deadline passes (Điều 38), a
// guarantee while deposits are taken (Điều 39).
func (o *Office) dossierOpen(r *Registration, a *Auction, p FilePurpose) error {
	deadline, open := a.Sheet.Windows.Dossier.To, r.Dossier == DossierDraft || r.Dossier == DossierRejected
	if p == FileGuarantee {
		deadline, open = a.Sheet.Windows.Deposit.To, true
	}
	switch {
	case r.Standing != StandingIn || !open:
		return ErrWrongState
	case deadline != 0 && engine.InstantOf(o.now()) >= deadline:
		return ErrTooLate
	}
	return nil
}

// Upload returns how far an upload of the account is, for going on.
func (o *Office) Upload(ctx context.Context, by Account, id string) (Upload, error) {
	u, err := o.ownUpload(ctx, by, id)
	if err != nil {
		return Upload{}, err
	}
	u.Received, err = o.files.Received(ctx, id)
	return u, uploadError(err)
}

// AppendUpload adds a chunk at an offset, which must be where the last ended:
// else ErrEditedMeanwhile, and Upload says where to go on.
func (o *Office) AppendUpload(ctx context.Context, by Account, id string, offset int64, chunk []byte) (Upload, error) {
	u, err := o.ownUpload(ctx, by, id)
	if err != nil {
		return Upload{}, err
	}
	u.Received, err = o.files.Append(ctx, id, offset, chunk, u.Size)
	return u, uploadError(err)
}

// FinishUpload turns an upload into a file. hash is what the sender computed,
// in hex, or empty if it could not. *Invalid: the content is not what was
// announced, and it is gone; begin anew. ErrEditedMeanwhile: bytes are
// missing. Finishing again returns the same file.
func (o *Office) FinishUpload(ctx context.Context, by Account, id, hash string) (File, error) {
	u, err := o.ownUpload(ctx, by, id)
	if err != nil {
		return o.finishedUpload(ctx, by, id, err)
	}
	var want []byte
	if hash != "" {
		if want, err = hex.DecodeString(hash); err != nil || len(want) != len(engine.Hash{}) {
			return File{}, &Invalid{[]Field{{"hash", "malformed"}}}
		}
	}
	rule := filePurposes[u.Purpose]
	by, _, err = o.mayUpload(ctx, by, rule, &u.NewFile) // the deadline may have passed meanwhile
	if err != nil {
		return File{}, err
	}
	finish := o.files.Finish
	if u.Purpose == FilePhoto {
		finish = o.files.FinishPhoto // where it was taken is nobody's business
	}
	kept, err := finish(ctx, id, u.Size, want, func(k upload.Kept) error {
		switch {
		case rule.unread && u.Type == upload.CSV && k.MediaType == "":
			return nil
		case k.MediaType != u.Type:
			return &Invalid{[]Field{{"type", "type_differs"}}}
		case k.Fault != "":
			return &Invalid{[]Field{{"type", k.Fault}}}
		}
		return nil
	})
	if err != nil { // another program may have finished it meanwhile
		return o.finishedUpload(ctx, by, id, uploadError(err))
	}
	f := File{
		ID: u.ID, Hash: kept.Hash, Size: kept.Size, MediaType: cmp.Or(kept.MediaType, "application/octet-stream"), Name: u.Name, Purpose: u.Purpose, Public: rule.public,
		CentreID: u.CentreID, AuctionID: u.Auction, LotID: u.Lot, RegistrationID: u.Registration,
		UploadedBy: u.By, UploadedAt: engine.InstantOf(o.now()),
	}
	trail := o.act(by, "file.upload", "file", f.ID, nil, fileInLog(f))
	for i := range trail.Acts {
		trail.Acts[i].AuctionID, trail.Acts[i].CentreID = f.AuctionID, f.CentreID
	}
	if err := o.store.InsertFile(ctx, f, rule.maxFiles, trail); err != nil {
		return File{}, err
	}
	if err := o.files.Drop(ctx, id); err != nil {
		o.log.Warn("a finished upload is dropped later", "file", id, "err", err)
	}
	return o.store.File(ctx, id)
}

// finishedUpload is the file that an upload has become if the upload is not found
// any more; else the error.
func (o *Office) finishedUpload(ctx context.Context, by Account, id string, err error) (File, error) {
	if errors.Is(err, ErrNotFound) && validID(id) {
		if f, err := o.store.File(ctx, id); err == nil && f.UploadedBy == by.ID {
			return f, nil
		}
	}
	return File{}, err
}

// fileInLog is what the audit log shows of a file. The names of personal ones
// tend to contain people's.
func fileInLog(f File) map[string]any {
	m := map[string]any{"hash": f.Hash, "purpose": f.Purpose, "size": f.Size, "type": f.MediaType}
	if !filePurposes[f.Purpose].personal {
		m["name"] = f.Name
	}
	if f.RegistrationID != "" {
		m["registration"] = f.RegistrationID
	}
	return m
}

// ownUpload finds an upload of the account that may go on.
func (o *Office) ownUpload(ctx context.Context, by Account, id string) (Upload, error) {
	if o.files == nil {
		return Upload{}, errNoFiles
	}
	if !validID(id) {
		return Upload{}, ErrNotFound
	}
	u, err := o.store.Upload(ctx, id)
	if err != nil {
		return Upload{}, err
	}
	if u.By != by.ID || o.now().Sub(u.BegunAt.Time()) >= uploadLife {
		return Upload{}, ErrNotFound
	}
	return u, nil
}

// uploadError turns an answer of the content store into one of the office.
func uploadError(err error) error {
	switch {
	case errors.Is(err, upload.ErrUnknown):
		return ErrNotFound
	case errors.Is(err, upload.ErrOffset), errors.Is(err, upload.ErrIncomplete):
		return ErrEditedMeanwhile
	case errors.Is(err, upload.ErrTooLong):
		return &Invalid{[]Field{{"chunk", "out_of_range"}}}
	case errors.Is(err, upload.ErrOtherHash):
		return &Invalid{[]Field{{"hash", "hash_differs"}}}
	case err != nil:
		return fmt.Errorf("office: %w", err)
	}
	return nil
}

// tidyUploads forgets what was begun and never finished, of files and of sealed
// files.
func (o *Office) tidyUploads(ctx context.Context) error {
	if o.files == nil {
		return nil
	}
	before := o.now().Add(-uploadLife)
	err := errors.Join(o.store.EndUploads(ctx, engine.InstantOf(before)), o.files.Tidy(ctx, before))
	if o.archive.blobs != nil {
		err = errors.Join(err, o.archive.blobs.Tidy(ctx, blob.TemporaryPrefix, before))
	}
	return err
}
