package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"gobua/engine"
	"gobua/engine/actor"
	"gobua/engine/journal"
	"gobua/frontend"
	"gobua/internal/backup"
	"gobua/internal/demo"
	"gobua/internal/ledgerkeeper"
	"gobua/internal/records"
	"gobua/internal/tracing"
	"gobua/office"
	"gobua/office/vault"
	"gobua/store"
	"gobua/store/localpg"
	"gobua/transport"
)

// serveCmd is gobua serve.
type serveCmd struct {
	settings
	PageFolder string `name:"page-folder" env:"GOBUA_PAGE_FOLDER" hidden:"" help:"Serve the page from this folder instead of the embedded one."`
}

// Run opens the saleroom and serves it until the program is told to stop.
func (c *serveCmd) Run(ctx context.Context, file *fileResolver) error {
	set, err := c.check(os.Environ(), file.problems)
	if err != nil {
		return err
	}
	log := newLog(os.Stderr, set)
	s, err := open(ctx, set, c.PageFolder, log)
	if err != nil {
		return err
	}
	s.greet(os.Stdout)
	select {
	case <-ctx.Done():
		log.Info("stopping")
	case err = <-s.failed:
		log.Error("cannot go on", "err", err)
	}
	s.close()
	return err
}

func newLog(w io.Writer, set checked) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(set.logLevel)) // checked before
	o := &slog.HandlerOptions{Level: level}
	if set.logJSON {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

// server is everything that runs, in the order in which it was started.
type server struct {
	set      checked
	log      *slog.Logger
	metrics  *prometheus.Registry
	journal  *journal.Pebble
	clock    *serverClock
	private  *localpg.Server // nil with DATABASE_URL
	store    *store.Store
	node     *node // nil: this process is alone
	still    spell // of a process alone: its journal takes nothing
	singles  singles
	office   *office.Office
	saleroom *saleroom
	contents contents
	records  *records.Folder
	ledger   *ledgerkeeper.Keeper // nil: out of order
	signer   *ledgerkeeper.Signer // signs for the ledger and for receipts
	trace    *tracing.Tracer      // nil: nothing is traced
	gateway  *transport.Gateway
	page     *frontend.Site
	app      *fiber.App
	listener net.Listener
	room     connections // for visitors
	sale     *demo.Demo  // nil: none

	tokens   *transport.AccessTokens
	officeUp atomic.Bool // the database answered when last asked
	draining atomic.Bool
	failed   chan error         // why the program must end; capacity for every sender
	stop     context.CancelFunc // ends what runs in the background
	done     chan struct{}      // closed when it has
}

// open starts the parts one after the other. What was started is closed again
// if a later part fails. What takes long comes before the sessions are read
// back: from there on their time runs, and nobody can bid until we listen.
func open(ctx context.Context, set checked, pageFolder string, log *slog.Logger) (s *server, err error) {
	s = &server{set: set, log: log, metrics: prometheus.NewRegistry(), failed: make(chan error, 4), done: make(chan struct{})}
	s.metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	defer func() {
		if err != nil {
			close(s.done)
			s.close()
		}
	}()
	if s.page, err = frontend.New(frontend.Options{Dev: pageFolder}); err != nil { // packs every file
		return s, err
	}
	if err := os.MkdirAll(set.data, 0o700); err != nil {
		return s, fmt.Errorf("data folder: %w", err)
	}
	if backup.Unfinished(set.data) {
		return s, fmt.Errorf("%s is of a restore that did not finish: empty it and run gobua restore again", set.data)
	}
	if err := s.openTracing(ctx); err != nil {
		return s, err
	}
	if err := s.openJournal(); err != nil {
		return s, err
	}
	if err := s.openClock(); err != nil {
		return s, err
	}
	if err := s.openOffice(ctx); err != nil {
		return s, err
	}
	if err := s.checkKeys(ctx); err != nil {
		return s, err
	}
	if set.cluster.name != "" {
		if err := s.openCluster(ctx); err != nil {
			return s, fmt.Errorf("cluster: %w", err)
		}
	}
	if err := s.openSaleroom(ctx); err != nil {
		return s, err
	}
	if s.node != nil {
		if err := s.node.join(ctx); err != nil {
			return s, fmt.Errorf("cluster: %w", err)
		}
	}
	if err := s.openLedger(ctx); err != nil {
		return s, err
	}
	if set.demo {
		waiting, cancel := context.WithTimeout(ctx, demoWait)
		defer cancel()
		if s.sale, err = s.prepareDemo(waiting); err != nil {
			return s, fmt.Errorf("demo: %w", err)
		}
	}
	if err := s.listen(); err != nil {
		return s, err
	}
	go s.background(background)
	return s, nil
}

func (s *server) openJournal() (err error) {
	s.journal, err = journal.OpenPebble(filepath.Join(s.set.data, "journal"), journal.Options{Log: s.log})
	return err // which says that it is the journal's
}

// openOffice starts the private database where none is named. A database that
// is away does not keep the saleroom shut; a missing program does, because it
// would be missing for good.
func (s *server) openOffice(ctx context.Context) (err error) {
	dsn := s.set.databaseURL
	if dsn == "" {
		s.private, dsn, err = localpg.Start(ctx, filepath.Join(s.set.data, "postgres"), s.log)
		if err != nil {
			return fmt.Errorf("private database: %w", err)
		}
	}
	s.store, err = store.Open(ctx, dsn, store.Options{Log: s.log})
	if err != nil {
		return fmt.Errorf("database: %w", err)
	}
	return nil
}

// openSaleroom joins office, sessions and feed, and reads all sessions back.
func (s *server) openSaleroom(ctx context.Context) error {
	keys := s.keyFolder()
	if err := os.MkdirAll(keys, 0o700); err != nil {
		return fmt.Errorf("folder of the keys: %w", err)
	}
	key, err := transport.LoadOrCreateKey(filepath.Join(keys, "access-token"))
	if err != nil {
		return fmt.Errorf("key of the access tokens: %w", err)
	}
	revoked, err := transport.OpenRevoked(filepath.Join(keys, "revoked"))
	if err != nil {
		return err
	}
	s.tokens = transport.NewTokens(key, transport.TokenOptions{Now: s.clock.Now, OfficeUp: s.officeUp.Load, Announce: s.announce, Revoked: revoked, Log: s.log})
	s.saleroom = new(saleroom)
	hub := transport.NewHub(transport.HubOptions{Log: s.log, Metrics: s.metrics, Now: s.clock.Now, Head: s.saleroom.head, Epoch: s.node.epoch(), Elsewhere: s.node.viewersElsewhere(), Behind: s.behind})
	results := new(archive)
	if err := s.openSigner(); err != nil {
		return err
	}
	registry := actor.NewRegistry(actor.Options{
		Journal: s.sessions(), Unit: s.node.unit(), Mirror: s.journal, Feed: hub, Meter: newMeter(s.metrics), Trace: s.commandTracer(), Office: results, Log: s.log, Now: s.clock.Now, Steady: s.clock.Steady, Sign: s.signer.Sign,
	})
	watch(s.metrics, registry)
	s.saleroom.Registry, s.saleroom.commander, s.saleroom.hub = registry, registry, hub
	s.records = records.NewFolder(filepath.Join(s.set.data, "records"), registry.Publish)
	s.records.Speak = s.logged
	require := office.Legal{MinBiddingMs: millis(s.set.minBidding)}
	if s.set.demo {
		require.MinBiddingMs = 1000 // one demo session is over within seconds
	}
	sealer, err := vault.Load(keys)
	if err != nil {
		return err
	}
	files, err := s.openFiles()
	if err != nil {
		return err
	}
	postman, err := s.set.postman()
	if err != nil {
		return err
	}
	s.office = office.New(s.store, office.Options{
		Sessions: s.saleroom, Saleroom: s.saleroom, JournalUp: s.journalUp, Require: require, Vault: sealer, Files: files,
		Now: s.clock.Now, Wall: time.Now, Clock: s.clock.watch.Status,
		Postman: postman, MailFrom: s.set.mailFrom, LocalHooks: s.set.demo,
		Archive: s.contents.archive, Records: s.records,
		SignedOut:           s.signedOut,
		Announce:            s.announce,
		RequireSecondFactor: s.set.secondFactor, OpeningLife: s.set.openingLife, Site: s.site(), Log: s.log,
	})
	results.office, s.saleroom.office = s.office, s.office
	s.room = most(descriptors(), s.set.maxClients, s.log)
	watchPresence(s.metrics, s.office)
	watchServer(s.metrics, s)
	s.gateway = transport.NewGateway(hub, s.saleroom, s.tokens, transport.GatewayOptions{
		Log: s.log, Origins: s.set.origins, TrustedProxies: s.proxies(), Presence: s.office, MayAttend: s.office.MayAttend,
		Trace:  s.clientTracer(),
		Limits: transport.GatewayLimits{Total: s.room.live, PerAddress: s.set.maxPerAddr},
	})
	s.saleroom.kick = s.gateway.Kick
	s.singles.add(unitOffice, s.officeRounds)
	return registry.Start(ctx)
}

// sessions is the journal that the sessions are decided in: this machine's, or
// the log of the cluster.
func (s *server) sessions() engine.Journal {
	if s.node != nil {
		return s.node.log
	}
	return s.journal
}

// site is where letters send people. Without a setting that is this machine,
// which is right for a first look and wrong for anything else.
func (s *server) site() string {
	if s.set.site != "" {
		return s.set.site
	}
	_, port, _ := net.SplitHostPort(s.set.addr) // checked before
	return "http://localhost:" + port
}

func (s *server) proxies() transport.TrustedProxies {
	p, err := transport.ParseTrustedProxies(s.set.proxies)
	if err != nil {
		panic(err) // the settings were checked
	}
	return p
}

// listen puts everything that answers on one address.
func (s *server) listen() error {
	s.app = transport.NewApp(transport.AppOptions{Log: s.log, Metrics: s.metrics, Trace: s.requestTracer(), TrustedProxies: s.proxies(), Connections: s.room.requests})
	transport.NewHTTP(transport.HTTPOptions{
		Office: s.office, Rooms: s.saleroom, Records: s.records, Tokens: s.tokens, Once: s.once(), Ledger: s.ledgerAPI(), Ready: s.ready, Metrics: s.metrics,
		Status: func() any { return s.status() },
		Now:    s.clock.Now, Clock: s.clock.known,
		MetricsFrom: s.set.metricsFrom, Log: s.log, TrustedProxies: s.proxies(), Origins: s.set.origins,
		RatePerSecond: float64(s.set.requestsPerSecond), RateBurst: 4 * s.set.requestsPerSecond,
	}).Register(s.app)
	s.gateway.Register(s.app)
	s.page.Register(s.app)
	l, err := net.Listen("tcp", s.set.addr)
	if err != nil {
		return fmt.Errorf("%w; another program may have the address, --addr names a different one", err)
	}
	s.listener = transport.Patient(l, s.log)
	go func() {
		if err := s.app.Listener(s.listener); err != nil && !s.draining.Load() {
			s.failed <- err
		}
	}()
	return nil
}
