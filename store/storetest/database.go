// Package storetest is the contract of office.Store, and what tests on a real
// database need: one private PostgreSQL for a test binary, a database or schema of
// its own for each test, and a line to the database that can be cut.
package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"
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
	if err := asAdmin(hurry); err != nil {
		panic(err)
	}
	return m.Run()
}

// hurry has a server leave out what only a power cut would miss: a killed
// process, which is what tests do to it, loses nothing by it. Most of the
// tests' time would go into syncing tables that are dropped a moment later.
func hurry(db *sql.DB) error {
	for _, setting := range []string{"fsync", "full_page_writes"} {
		if _, err := db.Exec("alter system set " + setting + " = off"); err != nil {
			return err
		}
	}
	_, err := db.Exec("select pg_reload_conf()")
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
	return edited(base, func(u *url.URL) {
		q := u.Query()
		q.Set("search_path", schema)
		u.RawQuery = q.Encode()
	})
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

// Open returns a ready Store on a database of its own.
func Open(t testing.TB) *store.Store {
	t.Helper()
	s := OpenAt(t, Migrated(t))
	WaitReady(t, s)
	return s
}

// template is a database with every table and no row, made once in a test
// binary: copying it takes a fraction of the time of the migrations.
var template = sync.OnceValues(func() (string, error) {
	const name = "storetest_template"
	err := asAdmin(func(db *sql.DB) error {
		_, err := db.Exec("create database " + name + " owner " + pq.QuoteIdentifier(userOf(base)))
		return err
	})
	if err != nil {
		return "", err
	}
	s, err := store.Open(context.Background(), inDatabase(base, name), store.Options{Log: Quiet, Timeout: 10 * time.Second})
	if err != nil {
		return "", err
	}
	defer s.Close() // a template may have no connections
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if err = s.Ready(context.Background()); err == nil || time.Now().After(end) {
			return name, err
		}
	}
})

// Migrated makes an empty database with every table for a test, and returns how
// to connect to it. Database is for tests that watch the migrations themselves.
func Migrated(t testing.TB) string {
	t.Helper()
	if base == "" {
		t.Fatal("TestMain must call storetest.Main")
	}
	from, err := template()
	check(t, err)
	name := fmt.Sprintf("storetest_%d", serial.Add(1))
	check(t, asAdmin(func(db *sql.DB) error {
		_, err := db.Exec("create database " + name + " template " + from + " owner " + pq.QuoteIdentifier(userOf(base)))
		return err
	}))
	t.Cleanup(func() {
		Until(t, func() error { // the test may have killed the server
			return asAdmin(func(db *sql.DB) error {
				_, err := db.Exec("drop database if exists " + name + " with (force)")
				return err
			})
		})
	})
	return inDatabase(base, name)
}

// asAdmin does something as the administrator of the server.
func asAdmin(do func(*sql.DB) error) error {
	dsn, err := server.AdminDSN()
	if err != nil {
		return err
	}
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	return do(db)
}

func inDatabase(dsn, name string) string {
	return edited(dsn, func(u *url.URL) { u.Path = "/" + name })
}

func userOf(dsn string) (user string) {
	edited(dsn, func(u *url.URL) { user = u.User.Username() })
	return user
}

func edited(dsn string, edit func(*url.URL)) string {
	u, err := url.Parse(dsn)
	if err != nil {
		panic("a server's address that is none: " + err.Error())
	}
	edit(u)
	return u.String()
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
