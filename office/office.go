package office

import (
	"cmp"
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"runtime"
	"time"

	"gobua/engine"
	"gobua/internal/clock"
	"gobua/office/blob"
	"gobua/office/mail"
	"gobua/office/upload"
	"gobua/office/vault"
	"gobua/office/webhook"
	"gobua/office/workday"
)

// Sessions is how the office hands frozen sessions to the engine.
type Sessions interface {
	// Create makes a session exist durably. It is idempotent: the same id
	// with the same rules hash again is nil.
	Create(ctx context.Context, c engine.Created) error
}

// Records is where the published record of a session that is over is read, in
// the form that docs/record.md describes.
type Records interface {
	// Open returns it as text. engine.ErrNoSession: the journal has no such
	// session any more; engine.ErrNotOver: it goes on.
	Open(ctx context.Context, id engine.SessionID) (io.ReadCloser, error)
}

// Options of an Office. The zero value is right for a program without
// sessions; every field has a default.
type Options struct {
	Now func() time.Time // the server's clock; time.Now
	// Wall is the machine's time of day, by which others count: apps that make
	// codes, receivers of webhooks. nil: Now.
	Wall      func() time.Time
	Clock     func() clock.Status // what is known of Now; nil: nothing
	Rand      io.Reader           // crypto/rand.Reader
	HashLimit int                 // passwords hashed at the same time, 19 MiB and a CPU each; half the CPUs
	Sessions  Sessions            // nil: nothing is handed over until there is one
	JournalUp func() bool         // the sessions' journal takes appends; nil: it does
	Saleroom  Saleroom            // where incidents stop sessions; nil: they cannot
	Require   Legal               // what a published auction must keep; DemoLimits
	Advise    Legal               // what it is warned about; Law2024
	// Vault seals personal data and participation codes. nil: nothing can be
	// sealed, and what would have to be is refused with an error.
	Vault    *vault.Vault
	Calendar *workday.Calendar // working days; workday.Vietnam()
	Files    *upload.Store     // contents of files; nil: none are taken
	Archive  blob.Store        // sealed files; nil: none are made
	Records  Records           // published records of sessions; nil: none are put into minutes and sealed files
	Postman  mail.Sender       // sends letters; nil: they wait
	MailFrom mail.Address      // the sender where a centre has no address of its own
	// RequireSecondFactor of staff, where the centre says nothing else.
	RequireSecondFactor bool
	// OpeningLife is how long a request to see who bid waits for a second person,
	// and an approval to be used. DefaultOpeningLife.
	OpeningLife time.Duration
	Site        string // where the page is, for links in letters: "https://daugia.example.vn"
	// LocalHooks lets webhooks lead to this machine, without TLS: for trying out.
	LocalHooks bool
	// SignedOut is told the ids of sign-ins that ended, and of accounts that were
	// revoked, of late and by whatever program, again whenever there are more.
	// RunChanges calls it. nil: nobody wants to know.
	SignedOut func(ids []string)
	// Announce tells other programs on the same database that they should look
	// for changes; without it they look by themselves, a moment later. It must
	// not block. nil: nobody is told.
	Announce func()
	// Signer proves that somebody means to sign. nil: by the account's second
	// factor, or its password where it has none.
	Signer Signer
	Log    *slog.Logger // slog.Default()
}

// Office is the door to everything in this package.
type Office struct {
	store    Store
	now      func() time.Time
	wall     func() time.Time
	clock    func() clock.Status
	rand     io.Reader
	sessions Sessions
	require  Legal
	advise   Legal
	calendar *workday.Calendar
	files    *upload.Store
	archive  archives
	records  Records
	postman  mail.Sender
	mailFrom mail.Address
	hooks    *webhook.Client
	// localHooks: see Options.LocalHooks.
	localHooks bool
	signer     Signer
	log        *slog.Logger
	// openingLife: see Options.OpeningLife.
	openingLife time.Duration
	vault       *vault.Vault
	hasher      *hasher
	throttle    *throttle

	saleroom  Saleroom
	journalUp func() bool
	// attendance is who of the participants is in which room now.
	attendance *attendance

	requireSecondFactor bool
	site                string
	codeThrottle        *throttle // second factors, by account
	joinThrottle        *throttle // accounts opened by their owners
	resetThrottle       *throttle // letters with links
	linkThrottle        *throttle // links that were none
	identityThrottle    *throttle // legal persons tried, by account
	desks               *desks

	signedOut func(ids []string)
	announce  func()
	nudged    chan struct{} // see Nudge
}

// New returns an Office on a store. It does not touch the store.
func New(s Store, o Options) *Office {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Wall == nil {
		o.Wall = o.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.HashLimit <= 0 {
		o.HashLimit = max(runtime.GOMAXPROCS(0)/2, 1) // the other half is for the bids
	}
	if o.Require == (Legal{}) {
		o.Require = DemoLimits
	}
	if o.Advise == (Legal{}) {
		o.Advise = Law2024
	}
	if o.Calendar == nil {
		o.Calendar = workday.Vietnam()
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	out := &Office{
		store: s, now: o.Now, wall: o.Wall, clock: o.Clock, rand: o.Rand, sessions: o.Sessions,
		require: o.Require, advise: o.Advise, vault: o.Vault, calendar: o.Calendar, files: o.Files, log: o.Log,
		archive: archives{blobs: o.Archive, one: make(chan struct{}, 1)}, records: o.Records,
		postman: o.Postman, mailFrom: o.MailFrom,
		hooks: webhook.New(webhook.Options{Local: o.LocalHooks, Now: o.Wall}), localHooks: o.LocalHooks,
		saleroom: o.Saleroom, journalUp: o.JournalUp, attendance: newAttendance(),
		hasher:              newHasher(o.HashLimit, o.Wall),
		requireSecondFactor: o.RequireSecondFactor, site: o.Site,
		desks: newDesks(), signedOut: o.SignedOut, announce: o.Announce, nudged: make(chan struct{}, 1),
		signer: o.Signer, openingLife: cmp.Or(o.OpeningLife, DefaultOpeningLife),
	}
	out.throttle, out.codeThrottle = out.newThrottle("sign_in", signInPaces), out.newThrottle("code", codePaces)
	out.joinThrottle, out.resetThrottle = out.newThrottle("join", paces{address: joinPace}), out.newThrottle("reset", paces{address: resetPace})
	out.linkThrottle, out.identityThrottle = out.newThrottle("link", paces{address: linkPace}), out.newThrottle("identity", paces{login: identityPace})
	if out.signer == nil {
		out.signer = ownSigner{out}
	}
	return out
}
