package office

import (
	"context"
	"slices"

	"gobua/engine"
	"gobua/office/upload"
)

// File is a content that somebody uploaded, with what it is for.
type File struct {
	ID             string         `json:"id"`
	Hash           engine.Hash    `json:"hash"` // SHA-256 of the content
	Size           int64          `json:"size"`
	MediaType      string         `json:"mediaType"` // by its bytes
	Name           string         `json:"name"`
	Purpose        FilePurpose    `json:"purpose"`
	Public         bool           `json:"public"` // once the auction is listed
	CentreID       string         `json:"centreId,omitempty"`
	AuctionID      string         `json:"auctionId,omitempty"`
	LotID          string         `json:"lotId,omitempty"` // empty: of the whole auction
	RegistrationID string         `json:"registrationId,omitempty"`
	Position       int            `json:"position"`
	UploadedBy     string         `json:"uploadedBy,omitempty"` // left out in public
	UploadedAt     engine.Instant `json:"uploadedAt"`
	WithdrawnAt    engine.Instant `json:"withdrawnAt,omitempty"` // no longer shown; never deleted
}

// FilePurpose is what a file is for. It decides everything else.
type FilePurpose string

// The purposes.
const (
	FilePhoto           FilePurpose = "photo"
	FileDocument        FilePurpose = "document"         // of the auction, for everybody
	FileListingEvidence FilePurpose = "listing_evidence" // that the listing was hung out (Điều 35.3)
	FileDossier         FilePurpose = "dossier"
	FileGuarantee       FilePurpose = "guarantee"
	FileIdentity        FilePurpose = "identity"
	FilePowerOfAttorney FilePurpose = "power_of_attorney"
	FileStatement       FilePurpose = "statement" // of the bank
	FileSeal            FilePurpose = "seal"
	FileMinutesScan     FilePurpose = "minutes_scan"
	FileComplaint       FilePurpose = "complaint"
)

// belonging is what a file of a purpose hangs on.
type belonging int

const (
	toAuction belonging = iota
	toRegistration
	toCentre
	toAccount // of whoever uploads it
)

// filePurpose is one row of the table of purposes.
type filePurpose struct {
	to       belonging
	uploads  []engine.Role // bidders: for what is their own
	reads    []engine.Role // staff of the centre; who uploaded it or owns the registration always may
	types    []string
	maxBytes int64
	maxFiles int // of this purpose, on one auction, registration, centre or account
	public   bool
	personal bool // reading it is an act that the audit log keeps
	unread   bool // what claims to be text may be any bytes: their reader reports what is wrong with them
}

// Roles that go together. Administrators keep accounts and see no identities.
var (
	allStaff  = []engine.Role{engine.RoleAuctioneer, engine.RoleRegistrar, engine.RoleClerk, engine.RoleObserver, engine.RoleAdmin}
	keepsFile = []engine.Role{engine.RoleAuctioneer, engine.RoleRegistrar, engine.RoleClerk, engine.RoleAdmin}
	examiners = []engine.Role{engine.RoleAuctioneer, engine.RoleRegistrar, engine.RoleClerk}
	applicant = []engine.Role{engine.RoleBidder, engine.RoleRegistrar, engine.RoleClerk}
	onlyAdmin = []engine.Role{engine.RoleAdmin}
	onlyOwner = []engine.Role{engine.RoleBidder}
)

var (
	pictures = []string{upload.JPEG, upload.PNG, upload.WebP}
	papers   = []string{upload.PDF, upload.JPEG, upload.PNG, upload.WebP}
	texts    = []string{upload.PDF, upload.DOCX, upload.XLSX, upload.JPEG, upload.PNG, upload.WebP}
	tables   = []string{upload.CSV, upload.XLSX, upload.PDF}
)

const mebi = 1 << 20

// filePurposes says of every purpose who may upload and read it and what it
// may be.
var filePurposes = map[FilePurpose]filePurpose{
	FilePhoto:           {to: toAuction, uploads: preparers, reads: allStaff, types: pictures, maxBytes: 12 * mebi, maxFiles: 300, public: true},
	FileDocument:        {to: toAuction, uploads: preparers, reads: allStaff, types: texts, maxBytes: 32 * mebi, maxFiles: 100, public: true},
	FileListingEvidence: {to: toAuction, uploads: keepsFile, reads: allStaff, types: papers, maxBytes: 16 * mebi, maxFiles: 60},
	FileMinutesScan:     {to: toAuction, uploads: keepsFile, reads: allStaff, types: papers, maxBytes: 32 * mebi, maxFiles: 60},
	FileComplaint:       {to: toAuction, uploads: onlyOwner, reads: keepsFile, types: papers, maxBytes: 16 * mebi, maxFiles: 500, personal: true},
	FileDossier:         {to: toRegistration, uploads: applicant, reads: examiners, types: papers, maxBytes: 16 * mebi, maxFiles: 30, personal: true},
	FileGuarantee:       {to: toRegistration, uploads: applicant, reads: examiners, types: papers, maxBytes: 16 * mebi, maxFiles: 10, personal: true},
	FilePowerOfAttorney: {to: toRegistration, uploads: applicant, reads: examiners, types: papers, maxBytes: 16 * mebi, maxFiles: 10, personal: true},
	FileIdentity:        {to: toAccount, uploads: onlyOwner, reads: examiners, types: papers, maxBytes: 12 * mebi, maxFiles: 20, personal: true},
	FileStatement:       {to: toCentre, uploads: keepsFile, reads: keepsFile, types: tables, maxBytes: 8 * mebi, maxFiles: 10_000, personal: true, unread: true},
	FileSeal:            {to: toCentre, uploads: onlyAdmin, reads: allStaff, types: []string{upload.PNG, upload.JPEG}, maxBytes: 2 * mebi, maxFiles: 50, public: true},
}

// FileQuery says which files are wanted; empty fields ask for nothing.
type FileQuery struct {
	AuctionID, RegistrationID, CentreID, UploadedBy string
	Purpose                                         FilePurpose
	Limit                                           int
}

// FileStore keeps what files are; their contents lie elsewhere.
type FileStore interface {
	// InsertUpload keeps an upload that begins. ErrTooMany: the account has
	// `most` that are not finished.
	InsertUpload(ctx context.Context, u Upload, most int) error
	Upload(ctx context.Context, id string) (Upload, error)
	// EndUploads forgets the uploads begun before a moment.
	EndUploads(ctx context.Context, before engine.Instant) error
	// InsertFile turns an upload into a file with the same id, the last of its
	// kind in order. ErrTooMany: there are `most` of this purpose already that
	// are not withdrawn. If the file is there already, that is all right.
	InsertFile(ctx context.Context, f File, most int, t Trail) error
	File(ctx context.Context, id string) (File, error)
	// Files returns them in order: by purpose, lot, position, age.
	Files(ctx context.Context, q FileQuery) ([]File, error)
	// WithdrawFile marks a file as no longer shown. Again changes nothing.
	WithdrawFile(ctx context.Context, id string, at engine.Instant, t Trail) error
	// OrderFiles numbers files of an auction in the order given. Ids that are
	// not of the auction are passed over.
	OrderFiles(ctx context.Context, auctionID string, ids []string, t Trail) error
}

// maxFilesShown bounds every list of files.
const maxFilesShown = 1000

// AuctionFiles returns all files of an auction, withdrawn ones too, for the
// staff of its centre that may read them.
func (o *Office) AuctionFiles(ctx context.Context, by Account, auctionID string) ([]File, error) {
	by, _, err := o.authorizeForAuction(ctx, by, auctionID, allStaff)
	if err != nil {
		return nil, err
	}
	files, err := o.store.Files(ctx, FileQuery{AuctionID: auctionID, Limit: maxFilesShown})
	return slices.DeleteFunc(files, func(f File) bool {
		return f.RegistrationID != "" || !slices.Contains(filePurposes[f.Purpose].reads, by.Role)
	}), err
}

// NoticeFiles returns the public files of an auction that is public, without
// who uploaded them. Those withdrawn after the listing stay in the list, so
// that everybody sees that something was there.
func (o *Office) NoticeFiles(ctx context.Context, auctionID string) ([]File, error) {
	a, err := o.Auction(ctx, auctionID)
	if err != nil {
		return nil, err
	}
	since := a.publicSince()
	if since == 0 {
		return nil, ErrNotFound
	}
	files, err := o.store.Files(ctx, FileQuery{AuctionID: auctionID, Limit: maxFilesShown})
	files = slices.DeleteFunc(files, func(f File) bool {
		return !f.Public || f.WithdrawnAt != 0 && f.WithdrawnAt < since
	})
	for i := range files {
		files[i].UploadedBy = ""
	}
	return files, err
}

// publicSince is when an auction became public; zero: it is not.
func (a *Auction) publicSince() engine.Instant {
	if a.RehearsalOf != "" {
		return 0
	}
	if a.ListedAt != 0 {
		return a.ListedAt
	}
	return a.PublishedAt
}

// RegistrationFiles returns the files of a registration for its owner and the
// staff of its centre that examines dossiers.
func (o *Office) RegistrationFiles(ctx context.Context, by Account, registrationID string) ([]File, error) {
	if _, _, _, err := o.authorizeForRegistration(ctx, by, registrationID, append(slices.Clone(examiners), engine.RoleBidder)); err != nil {
		return nil, err
	}
	return o.store.Files(ctx, FileQuery{RegistrationID: registrationID, Limit: maxFilesShown})
}

// OwnFiles returns what an account uploaded for a purpose and has not
// withdrawn. Nobody's right is asked: the caller shows it to its owner, or
// examines an identity.
func (o *Office) OwnFiles(ctx context.Context, accountID string, p FilePurpose) ([]File, error) {
	if !validID(accountID) {
		return nil, ErrNotFound
	}
	files, err := o.store.Files(ctx, FileQuery{UploadedBy: accountID, Purpose: p, Limit: maxFilesShown})
	return slices.DeleteFunc(files, func(f File) bool { return f.WithdrawnAt != 0 }), err
}

// authorizeForAuction admits one of the roles to an auction. Bidders are
// admitted to public ones.
func (o *Office) authorizeForAuction(ctx context.Context, by Account, id string, roles []engine.Role) (Account, Auction, error) {
	a, err := o.Auction(ctx, id)
	if err != nil {
		return Account{}, Auction{}, err
	}
	by, err = o.authorizeOn(ctx, by, &a, roles...)
	if err == nil && by.CentreID == "" && a.publicSince() == 0 {
		err = ErrNotFound
	}
	return by, a, err
}

// authorizeForRegistration admits one of the roles of the auction's centre,
// and of bidders the owner alone. To others a registration does not exist.
func (o *Office) authorizeForRegistration(ctx context.Context, by Account, id string, roles []engine.Role) (Account, Registration, Auction, error) {
	none := func(err error) (Account, Registration, Auction, error) {
		return Account{}, Registration{}, Auction{}, err
	}
	if !validID(id) {
		return none(ErrNotFound)
	}
	if _, err := o.authorize(ctx, by, roles...); err != nil {
		return none(err) // before it shows whether there is one
	}
	r, err := o.store.Registration(ctx, id)
	if err != nil {
		return none(err)
	}
	a, err := o.Auction(ctx, r.AuctionID)
	if err != nil {
		return none(err)
	}
	if by, err = o.authorizeOn(ctx, by, &a, roles...); err != nil {
		return none(err)
	}
	if by.Role == engine.RoleBidder && r.AccountID != by.ID {
		return none(ErrNotFound)
	}
	return by, r, a, nil
}
