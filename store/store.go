// Package store keeps the office in PostgreSQL, through sqlx and lib/pq. It
// implements office.Store and decides nothing: what must hold is in the
// office, and once more as constraints in migrations.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"gobua/office"
)

// Options of a Store. The zero value is right; every field has a default.
type Options struct {
	MaxConns  int           // connections at most; 16
	Timeout   time.Duration // of one call, all its statements and retries included; 5 s
	RetryLast time.Duration // longest pause between two tries to reach the database at start; 5 s
	Log       *slog.Logger  // slog.Default()
}

// Timeouts that nobody needs to set.
const (
	connectTimeout   = 3 * time.Second
	retryFirst       = 100 * time.Millisecond
	migrateTimeout   = 5 * time.Minute
	connIdleTime     = 5 * time.Minute
	connLifetime     = time.Hour
	idleInTxTimeout  = 15 * time.Second
	defaultMaxConns  = 16
	defaultTimeout   = 5 * time.Second
	defaultRetryLast = 5 * time.Second
)

// Store is an office.Store on a PostgreSQL database. Its methods may be called
// from any goroutine.
type Store struct {
	db      *sqlx.DB
	timeout time.Duration
	log     *slog.Logger

	ready  atomic.Bool // the schema is known to be this program's
	mu     sync.Mutex
	why    error // why it is not ready
	cancel context.CancelFunc
	done   chan struct{}
}

var _ office.Store = (*Store)(nil)

// Open returns a Store on the database that dsn names, a URL or key=value
// pairs; on this machine it need not have TLS unless dsn says so, elsewhere it
// must unless dsn says otherwise. It fails only if dsn cannot be understood: the database may be down,
// then every call answers office.ErrUnavailable while the Store keeps trying
// in the background, and migrates the database once it is there. ctx bounds
// nothing after Open returns except that background work. Close it.
func Open(ctx context.Context, dsn string, o Options) (*Store, error) {
	if o.MaxConns <= 0 {
		o.MaxConns = defaultMaxConns
	}
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.RetryLast <= 0 {
		o.RetryLast = defaultRetryLast
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	serving, err := connector(dsn, o.Timeout)
	if err != nil {
		return nil, err
	}
	migrating, err := connector(dsn, migrateTimeout)
	if err != nil {
		return nil, err
	}
	db := sqlx.NewDb(sql.OpenDB(serving), "postgres")
	db.SetMaxOpenConns(o.MaxConns)
	db.SetMaxIdleConns(max(o.MaxConns/2, 2))
	db.SetConnMaxIdleTime(connIdleTime)
	db.SetConnMaxLifetime(connLifetime)

	ctx, cancel := context.WithCancel(ctx)
	s := &Store{
		db: db, timeout: o.Timeout, log: o.Log, cancel: cancel, done: make(chan struct{}),
		why: fmt.Errorf("%w: not connected yet", office.ErrUnavailable),
	}
	go s.prepare(ctx, migrating, o.RetryLast)
	return s, nil
}

// connector understands a dsn and adds the limits of every connection.
func connector(dsn string, statementTimeout time.Duration) (*pq.Connector, error) {
	cfg, err := pq.NewConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("database address: %w", err)
	}
	if onThisMachine(cfg) && !strings.Contains(dsn, "sslmode") && os.Getenv("PGSSLMODE") == "" {
		cfg.SSLMode = pq.SSLModePrefer // few local servers have a certificate, and nobody listens on the way
	}
	if cfg.ConnectTimeout <= 0 {
		cfg.ConnectTimeout = connectTimeout
	}
	if cfg.ApplicationName == "" {
		cfg.ApplicationName = "gobua"
	}
	if cfg.Runtime == nil {
		cfg.Runtime = map[string]string{}
	}
	cfg.Runtime["statement_timeout"] = fmt.Sprint(statementTimeout.Milliseconds())
	cfg.Runtime["idle_in_transaction_session_timeout"] = fmt.Sprint(max(idleInTxTimeout, statementTimeout).Milliseconds())
	c, err := pq.NewConnectorConfig(cfg)
	if err != nil {
		return nil, fmt.Errorf("database address: %w", err)
	}
	return c, nil
}

// onThisMachine tells whether a connection leaves the machine. Sockets are
// never encrypted anyway.
func onThisMachine(cfg pq.Config) bool {
	ip := net.ParseIP(cfg.Host)
	return len(cfg.Multi) == 0 && !cfg.Hostaddr.IsValid() && (cfg.Host == "localhost" || ip != nil && ip.IsLoopback())
}

// Ready tells whether the database answers and has this program's schema, for
// /readyz. It blocks for at most a call's timeout.
func (s *Store) Ready(ctx context.Context) error {
	return s.call(ctx, "ping", func(ctx context.Context) error { return s.db.PingContext(ctx) })
}

// Close ends the background work and the connections. Calls under way fail.
func (s *Store) Close() error {
	s.cancel()
	<-s.done
	return s.db.Close()
}

// call runs fn within the timeout of a call and turns what the driver says
// into what the office understands.
func (s *Store) call(ctx context.Context, what string, fn func(context.Context) error) error {
	if !s.ready.Load() {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.why
	}
	bounded, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	err := fn(bounded)
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", what, ctx.Err()) // the caller gave up, not the database
	}
	if bounded.Err() != nil && !known(err) {
		return fmt.Errorf("%s: %w: no answer within %s", what, office.ErrUnavailable, s.timeout)
	}
	return translate(what, err)
}

// maxTries is how often a transaction is tried that the database ended in
// favour of another one.
const maxTries = 5

// tx runs fn in one transaction, and again if the database asks for it. fn
// must have no effects but on the transaction and on variables it sets anew.
func (s *Store) tx(ctx context.Context, what string, fn func(context.Context, *sqlx.Tx) error) error {
	return s.transact(ctx, what, nil, fn)
}

// read runs fn on one picture of all tables.
func (s *Store) read(ctx context.Context, what string, fn func(context.Context, *sqlx.Tx) error) error {
	return s.transact(ctx, what, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}, fn)
}

func (s *Store) transact(ctx context.Context, what string, o *sql.TxOptions, fn func(context.Context, *sqlx.Tx) error) error {
	return s.call(ctx, what, func(ctx context.Context) error {
		for try := 1; ; try++ {
			err := s.once(ctx, o, fn)
			if !again(err) || try == maxTries {
				return err
			}
		}
	})
}

func (s *Store) once(ctx context.Context, o *sql.TxOptions, fn func(context.Context, *sqlx.Tx) error) error {
	tx, err := s.db.BeginTxx(ctx, o)
	if err != nil {
		return err
	}
	if err := fn(ctx, tx); err != nil {
		return errors.Join(err, rollback(tx))
	}
	return tx.Commit()
}

// rollback reports nothing that follows from a connection being gone.
func rollback(tx *sqlx.Tx) error {
	if err := tx.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) && !errors.Is(translate("", err), office.ErrUnavailable) {
		return err
	}
	return nil
}
