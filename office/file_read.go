package office

import (
	"context"
	"errors"
	"slices"

	"gobua/engine"
	"gobua/office/blob"
	"gobua/office/upload"
)

// ReadFile opens a file for somebody: anybody, with a zero account, for what
// is public and shown. The caller closes the content. ErrNotFound: there is
// none, or it is not for this account. When staff looks at a person's papers,
// the audit log keeps it.
func (o *Office) ReadFile(ctx context.Context, by Account, id string) (File, blob.Content, error) {
	f, err := o.readable(ctx, by, id)
	if err != nil {
		return File{}, nil, err
	}
	content, err := o.files.Content(ctx, f.Hash)
	return f, content, err
}

// FilePicture returns a picture made smaller, as a JPEG, to one of
// upload.Widths; ErrNotFound if the file is no picture. Otherwise as ReadFile.
func (o *Office) FilePicture(ctx context.Context, by Account, id string, width int) (File, []byte, error) {
	if !slices.Contains(upload.Widths, width) {
		return File{}, nil, &Invalid{[]Field{{"size", "unknown"}}}
	}
	f, err := o.readable(ctx, by, id)
	if err != nil {
		return File{}, nil, err
	}
	if !slices.Contains(pictures, f.MediaType) {
		return File{}, nil, ErrNotFound
	}
	small, err := o.files.Small(ctx, f.Hash, width)
	if errors.Is(err, upload.ErrUnknown) {
		err = ErrNotFound
	}
	return f, small, err
}

// readable returns a file if an account may read it.
func (o *Office) readable(ctx context.Context, by Account, id string) (File, error) {
	if o.files == nil {
		return File{}, errNoFiles
	}
	if !validID(id) {
		return File{}, ErrNotFound
	}
	f, err := o.store.File(ctx, id)
	if err != nil {
		return File{}, err
	}
	if public, err := o.isPublic(ctx, &f); public || err != nil {
		return f, err
	}
	if by.ID == "" {
		return File{}, ErrNotFound
	}
	rule := filePurposes[f.Purpose]
	reader, err := o.authorize(ctx, by, append(slices.Clone(rule.reads), engine.RoleBidder)...)
	switch {
	case errors.Is(err, ErrForbidden):
		return File{}, ErrNotFound // that it exists is nobody's business either
	case err != nil:
		return File{}, err
	case f.UploadedBy == reader.ID:
		return f, nil
	case reader.Role == engine.RoleBidder:
		return f, o.ownsRegistration(ctx, &f, reader)
	case f.CentreID != "" && f.CentreID != reader.CentreID:
		return File{}, ErrNotFound
	case !rule.personal:
		return f, nil
	}
	trail := o.act(reader, "file.read", "file", f.ID, nil, nil)
	for i := range trail.Acts {
		trail.Acts[i].AuctionID = f.AuctionID
	}
	return f, o.store.KeepTrail(ctx, trail)
}

// isPublic tells whether everybody may read a file.
func (o *Office) isPublic(ctx context.Context, f *File) (bool, error) {
	if !f.Public || f.WithdrawnAt != 0 {
		return false, nil
	}
	if f.AuctionID == "" {
		return true, nil
	}
	a, err := o.store.Auction(ctx, f.AuctionID)
	return err == nil && a.publicSince() != 0, err
}

// ownsRegistration answers ErrNotFound unless a file hangs on a registration
// of a bidder, whoever uploaded it: staff does at the counter.
func (o *Office) ownsRegistration(ctx context.Context, f *File, bidder Account) error {
	if f.RegistrationID == "" {
		return ErrNotFound
	}
	r, err := o.store.Registration(ctx, f.RegistrationID)
	if err == nil && r.AccountID != bidder.ID {
		err = ErrNotFound
	}
	return err
}

// WithdrawFile takes a file out of sight for everybody but the staff. Who may
// upload for its purpose may withdraw, a bidder only what is the own and while
// it may still change. Again changes nothing.
func (o *Office) WithdrawFile(ctx context.Context, by Account, id, reason string) (File, error) {
	if !validID(id) {
		return File{}, ErrNotFound
	}
	f, err := o.store.File(ctx, id)
	if err != nil {
		return File{}, err
	}
	rule := filePurposes[f.Purpose]
	n := NewFile{Purpose: f.Purpose, Auction: f.AuctionID, Lot: f.LotID, Registration: f.RegistrationID}
	by, _, err = o.mayUpload(ctx, by, rule, &n)
	switch {
	case err != nil:
		return File{}, err
	case by.Role == engine.RoleBidder && f.RegistrationID == "" && f.UploadedBy != by.ID,
		by.CentreID != "" && f.CentreID != by.CentreID:
		return File{}, ErrNotFound
	}
	var wrong faults
	wrong.text("reason", &reason, maxTitleRunes, by.CentreID != "")
	if err := wrong.err(); err != nil {
		return File{}, err
	}
	trail := o.act(by, "file.withdraw", "file", f.ID, fileInLog(f), nil).because(reason)
	for i := range trail.Acts {
		trail.Acts[i].AuctionID, trail.Acts[i].CentreID = f.AuctionID, f.CentreID
	}
	if err := o.store.WithdrawFile(ctx, id, trail.At, trail); err != nil {
		return File{}, err
	}
	return o.store.File(ctx, id)
}

// OrderFiles puts files of an auction in an order; those not named stay
// behind. It returns all files, as AuctionFiles does.
func (o *Office) OrderFiles(ctx context.Context, by Account, auctionID string, ids []string) ([]File, error) {
	by, a, err := o.authorizeForAuction(ctx, by, auctionID, preparers)
	if err != nil {
		return nil, err
	}
	var f faults
	f.when(len(ids) > maxFilesShown, "files", "too_many")
	for i, id := range ids {
		f.when(!validID(id), path("files", i), "unknown")
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	if a.Status == StatusArchived {
		return nil, ErrWrongState
	}
	trail := o.act(by, "file.order", "auction", auctionID, nil, nil).ofAuction(&a)
	if err := o.store.OrderFiles(ctx, auctionID, ids, trail); err != nil {
		return nil, err
	}
	return o.AuctionFiles(ctx, by, auctionID)
}
