package localpgtest

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	_ "github.com/lib/pq"

	"gobua/store/localpg"
)

// Copy makes the folder of a private PostgreSQL that nobody has used yet, so
// that its first start takes no initdb, which is seconds of processor time.
// The folder's parent is made if it is missing. It may be called from many
// goroutines; the first call blocks until there is something to copy. A
// TestMain removes that with Forget.
func Copy(t testing.TB, folder string) {
	t.Helper()
	from, err := template()
	if err == nil {
		err = os.MkdirAll(folder, 0o700)
	}
	if err != nil {
		t.Fatal(err)
	}
	if said, err := exec.Command("cp", "-a", filepath.Join(from, "pg")+"/.", folder).CombinedOutput(); err != nil {
		t.Fatalf("copy the template: %v\n%s", err, said)
	}
}

// Forget removes what Copy copies, when no test runs any more.
func Forget() { _ = os.RemoveAll(made) }

var made string // where the template is; empty: nobody needed it

var template = sync.OnceValues(func() (string, error) {
	var err error
	if made, err = os.MkdirTemp("", "template"); err != nil {
		return "", err
	}
	server, _, err := localpg.Start(context.Background(), filepath.Join(made, "pg"), slog.New(slog.DiscardHandler))
	if err != nil {
		return "", err
	}
	defer server.Stop()
	dsn, err := server.AdminDSN()
	if err != nil {
		return "", err
	}
	return made, hurry(dsn)
})

// hurry has a server leave out what only a power cut would miss: a killed
// process, which is what tests do to it, loses nothing by it.
func hurry(dsn string) error {
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	for _, setting := range []string{"fsync", "full_page_writes"} {
		if _, err := db.Exec("alter system set " + setting + " = off"); err != nil {
			return fmt.Errorf("set %s off: %w", setting, err)
		}
	}
	return nil
}
