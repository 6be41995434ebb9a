package backup

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"gobua/internal/request"
)

// asks are requests for a copy of what a running server holds open. It comes into
// the folder of the request: hard links save copying most of the journal, so it
// must be on the same disk. The copy is read for as long as it takes.
var asks = request.Kind{Name: "backup", Within: 2 * time.Minute, Kept: 24 * time.Hour}

// copyName is the folder of the copy in that of a request.
const copyName = "copy"

// Snapshot writes the parts that a running server holds open, the folders
// journal and ledger, into a folder: the ledger first. A ledger that is out of
// order is left out.
type Snapshot func(folder string) error

// Attend answers requests until ctx ends. The server runs it on a goroutine of
// its own.
func Attend(ctx context.Context, data string, snapshot Snapshot, log *slog.Logger) {
	asks.Attend(ctx, data, log, func(_ context.Context, folder, _ string) error {
		began := time.Now()
		to := filepath.Join(folder, copyName)
		err := os.RemoveAll(to) // what an earlier process left half done
		if err == nil {
			err = os.Mkdir(to, 0o700)
		}
		if err == nil {
			err = snapshot(to)
		}
		log.Info("backup: journal and public log are copied", "took", time.Since(began).Round(time.Millisecond), "err", err)
		return err
	})
}

// ask has the running server copy what it holds open into the folder of a request.
func ask(ctx context.Context, mine *request.Request) error {
	err := mine.Ask(ctx, "")
	var no request.Refusal
	switch {
	case errors.As(err, &no):
		return fmt.Errorf("the server could not copy: %w", no)
	case errors.Is(err, request.ErrNoAnswer):
		return fmt.Errorf("the server that has the journal open did not answer: %w", err)
	}
	return err
}
