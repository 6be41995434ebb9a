package ledgerkeeper

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"gobua/engine"
	"gobua/engine/ledger"
	"gobua/internal/durable"
)

// The second place gets a file per day, a line of JSON for each entry and each
// checkpoint in the order of the log. After a crash some lines may be there
// twice, and the last one may be torn; nothing is missing.

const (
	exportRetry    = time.Minute
	exportPatience = 5 * time.Second // when stopping
	exportAtOnce   = 5_000           // entries a sync
)

// exported is one line of the copy: an entry or a checkpoint.
type exported struct {
	Index *int64         `json:"index,omitempty"`
	Entry string         `json:"entry,omitempty"`
	Size  int64          `json:"size,omitempty"`
	At    engine.Instant `json:"at,omitempty"`
	Note  string         `json:"note,omitempty"`
}

// runExport brings what is published to the second place until ctx ends. It
// may hang with the folder; nobody waits for it.
func (k *Keeper) runExport(ctx context.Context) {
	for {
		moved := k.moved.heard()
		err := k.exportAll(ctx)
		k.o.Meter.Exported(err)
		var retry <-chan time.Time
		if err != nil && ctx.Err() == nil {
			k.o.Log.Error("ledger: the second place got no copy, will try again", "folder", k.o.Export, "err", err)
			retry = time.After(exportRetry)
			moved = nil
		}
		select {
		case <-moved:
		case <-retry:
		case <-ctx.Done():
			return
		}
	}
}

// exportAll writes what the second place does not have yet, a part at a time.
func (k *Keeper) exportAll(ctx context.Context) error {
	for ctx.Err() == nil && k.newest() > 0 { // a node of a cluster shows nothing at first
		more, err := k.exportSome()
		if err != nil || !more {
			return err
		}
	}
	return ctx.Err()
}

// exportSome copies up to the first checkpoint that ends a large enough part.
func (k *Keeper) exportSome() (more bool, err error) {
	from, to, lines, err := k.exportLines()
	if err != nil || len(lines) == 0 {
		return false, err
	}
	if err := appendLines(k.o.Export, k.o.Now(), lines); err != nil {
		return false, err
	}
	s, shown, err := k.use()
	if err != nil {
		return false, err
	}
	defer k.mu.RUnlock()
	b := s.db.NewBatch()
	if err := b.Set(row(exportRow, k.o.Export), binary.BigEndian.AppendUint64(nil, uint64(to)), nil); err != nil {
		return false, err
	}
	return from < to && to < shown.checkpoint.Size, s.commit(b)
}

// exportLines reads the next part: everything that some checkpoints have
// brought, whole.
func (k *Keeper) exportLines() (from, to int64, lines []exported, err error) {
	s, shown, err := k.use()
	if err != nil {
		return 0, 0, nil, err
	}
	defer k.mu.RUnlock()
	done, err := s.get(row(exportRow, k.o.Export))
	switch {
	case err == nil && len(done) == 8:
		from = int64(binary.BigEndian.Uint64(done))
	case err != nil && !errors.Is(err, ledger.ErrNotFound):
		return 0, 0, nil, err
	}
	to = from
	var wrong error
	err = s.scan(row(checkpointRow, from+1), row(checkpointRow, shown.checkpoint.Size+1), false, func(key, value []byte) bool {
		p, err := parseCheckpoint(key, value)
		if err != nil {
			wrong = err
			return false
		}
		err = s.scan(row(entryRow, to), row(entryRow, p.checkpoint.Size), false, func(key, text []byte) bool {
			index, _ := numberAt(key, 1)
			lines = append(lines, exported{Index: &index, Entry: string(text)})
			return true
		})
		lines = append(lines, exported{Size: p.checkpoint.Size, At: p.at, Note: string(p.signed)})
		to, wrong = p.checkpoint.Size, err
		return wrong == nil && len(lines) < exportAtOnce
	})
	return from, to, lines, errors.Join(err, wrong)
}

// appendLines adds lines to the file of a day and returns when they are on
// stable storage there.
func appendLines(folder string, day time.Time, lines []exported) (err error) {
	path := filepath.Join(folder, "gobua-ledger-"+day.UTC().Format(time.DateOnly)+".jsonl")
	_, statErr := os.Stat(path)
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644) // #nosec G302 -- all of it is public
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := bufio.NewWriter(f)
	encoder := json.NewEncoder(w)
	for _, l := range lines {
		if err := encoder.Encode(l); err != nil {
			return fmt.Errorf("export: %w", err)
		}
	}
	if err := errors.Join(w.Flush(), f.Sync()); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	if statErr != nil {
		return durable.SyncDir(folder)
	}
	return nil
}
