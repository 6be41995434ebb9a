// Package localpgtest gives tests of the whole program a PostgreSQL server that
// is not the program's own, and can be away.
package localpgtest

import (
	"context"
	"log/slog"
	"os"
	"testing"

	"gobua/store/localpg"
)

// Server is a PostgreSQL server of one test. Its methods are called from the
// test's goroutine; each blocks until the server is there or gone.
type Server struct {
	Folder string
	DSN    string          // the same after each start
	Run    *localpg.Server // nil: it is away

	t testing.TB
}

// New starts a server that ends with the test. What only a power cut would
// miss, it leaves out.
func New(t testing.TB) *Server {
	t.Helper()
	// A short path, so that it listens on a socket there, whose address stays
	// the same after a restart.
	folder, err := os.MkdirTemp("", "pg")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	Copy(t, folder)
	s := In(t, folder)
	s.Start()
	return s
}

// In is a server with a folder of the caller's, such as a copy of another one's.
// It is not started yet.
func In(t testing.TB, folder string) *Server {
	s := &Server{Folder: folder, t: t}
	t.Cleanup(s.Stop)
	return s
}

// Start starts it, for the first time or again.
func (s *Server) Start() {
	s.t.Helper()
	run, dsn, err := localpg.Start(context.Background(), s.Folder, slog.New(slog.DiscardHandler))
	if err != nil {
		s.t.Fatal(err)
	}
	if s.DSN != "" && s.DSN != dsn {
		s.t.Fatalf("the database came back at another address: %s, before %s", dsn, s.DSN)
	}
	s.Run, s.DSN = run, dsn
}

// Stop ends it, if it runs.
func (s *Server) Stop() {
	if s.Run != nil {
		s.Run.Stop()
		s.Run = nil
	}
}
