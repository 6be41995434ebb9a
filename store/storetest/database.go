// Package storetest is the contract of office.Store, and what tests on a real
// database need: one private PostgreSQL for a test binary, a schema of its own
// for each test, and a line to the database that can be cut.
package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lib/pq"

	"gobua/office/upload"
	"gobua/store"
	"gobua/store/localpg"
)

var (
	server *localpg.Server
	base   string // its database
	serial atomic.Int64
)

// Quiet is a log that nobody reads.
var Quiet = slog.New(slog.DiscardHandler)

// Main is the TestMain of packages that test on a real database: it runs the
// tests with one private server and exits.
func Main(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "storetest")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	server, base, err = localpg.Start(context.Background(), filepath.Join(dir, "pg"), Quiet)
	if err != nil {
		panic(err)
	}
	defer server.Stop()
	if err := hurry(server); err != nil {
		panic(err)
	}
	return m.Run()
}

// hurry has a server leave out what only a power cut would miss: a killed
// process, which is what tests do to it, loses nothing by it. Most of the
// tests' time would go into syncing tables that are dropped a moment later.
func hurry(s *localpg.Server) error {
	dsn, err := s.AdminDSN()
	if err != nil {
		return err
	}
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	for _, setting := range []string{"fsync", "full_page_writes"} {
		if _, err := db.Exec("alter system set " + setting + " = off"); err != nil {
			return err
		}
	}
	_, err = db.Exec("select pg_reload_conf()")
	return err
}

// Server is the private server of this test binary, for tests that kill it.
func Server() *localpg.Server { return server }

// Database makes an empty schema that goes with the test, and returns how to
// connect to it.
func Database(t testing.TB) string {
	t.Helper()
	if base == "" {
		t.Fatal("TestMain must call storetest.Main")
	}
	schema := fmt.Sprintf("test_%d", serial.Add(1))
	db := Connect(t, base)
	if _, err := db.Exec("create schema " + schema); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		Until(t, func() error { // the test may have killed the server
			_, err := db.Exec("drop schema if exists " + schema + " cascade")
			return err
		})
	})
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	return u.String()
}

// Connect returns plain access to a database, closed with the test.
func Connect(t testing.TB, dsn string) *sql.DB {
	t.Helper()
	cfg, err := pq.NewConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	c, err := pq.NewConnectorConfig(cfg)
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(c)
	t.Cleanup(func() { db.Close() })
	return db
}

// Open returns a ready Store on a schema of its own.
func Open(t testing.TB) *store.Store {
	t.Helper()
	s := OpenAt(t, Database(t))
	WaitReady(t, s)
	return s
}

// OpenAt returns a Store that may not be ready yet, closed with the test.
func OpenAt(t testing.TB, dsn string) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), dsn, store.Options{Log: Quiet, RetryLast: 50 * time.Millisecond, Timeout: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// WaitReady returns when the database answers.
func WaitReady(t testing.TB, s *store.Store) {
	t.Helper()
	Until(t, func() error { return s.Ready(context.Background()) })
}

// Until tries something of another process until it succeeds.
func Until(t testing.TB, try func() error) {
	t.Helper()
	end := time.Now().Add(30 * time.Second)
	for {
		err := try()
		if err == nil {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("never: %v", err)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// Files returns a folder for contents that is gone after the test.
func Files(t testing.TB) *upload.Store {
	t.Helper()
	files, err := upload.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return files
}
