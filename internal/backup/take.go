package backup

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"gobua/internal/durable"
)

// Plan is what a backup is made of.
type Plan struct {
	Data string // folder of the server
	To   string // folder of the backup, which must not be there, or be empty
	Keys string // folder of the copy of the keys, likewise; empty: they are not copied
	// Dump writes the database into a file and returns its version; nil: the
	// database is not part of the backup.
	Dump func(ctx context.Context, path string) (version string, err error)
	// Stopped copies journal and ledger where no server has them open, as
	// Snapshot does. It returns ErrRunning if one has.
	Stopped Snapshot
}

// ErrRunning: a server has the journal open.
var ErrRunning = errors.New("a server runs")

// Taken is a backup that is whole and on stable storage.
type Taken struct {
	Manifest
	SHA256     string // of the manifest
	KeysSHA256 string // of that of the keys; empty: none were copied
}

// notCopied are the parts of the data folder that Take treats by themselves, or
// leaves out: records and small pictures are made again; a node's share of the
// log of its cluster is of no use elsewhere, and journal has what it read of it.
var notCopied = []string{"journal", "ledger", "keys", "postgres", "records", "small", "nats", "refill", "cluster", asks.Name}

// keyTries is how often the keys are copied again because one was replaced
// meanwhile.
const keyTries = 5

// Take makes a backup. Everything acknowledged before the call is in it. What
// each part must not be older than is copied first: the database, then the keys
// with the last checkpoint that was shown, then the ledger, then the journal,
// then files. It blocks until all of it is on stable storage.
func Take(ctx context.Context, p Plan) (_ *Taken, err error) {
	m := Manifest{Format: format, ID: strings.ToLower(rand.Text()), Began: time.Now().UTC()}
	if _, err := os.Stat(filepath.Join(p.Data, "journal")); err != nil {
		return nil, fmt.Errorf("no data folder: %w", err)
	}
	if err := errors.Join(prepare(p.To, p.Data), prepare(p.Keys, p.Data)); err != nil {
		return nil, err
	}
	for _, pair := range [][2]string{{p.Keys, p.To}, {p.To, p.Keys}} {
		if inside, err := within(pair[0], pair[1]); p.Keys != "" && (err != nil || inside) {
			return nil, errors.Join(err, fmt.Errorf("%s is inside of %s: the keys are to be kept apart", pair[0], pair[1]))
		}
	}
	if p.Dump != nil {
		if m.Postgres, err = p.Dump(ctx, filepath.Join(p.To, databaseName)); err != nil {
			return nil, fmt.Errorf("database: %w", err)
		}
		f, err := measure(p.To, databaseName)
		if err != nil {
			return nil, err
		}
		m.Files = append(m.Files, f)
	}
	keys, err := m.open(ctx, p)
	if err != nil {
		return nil, err
	}
	if err := m.rest(p); err != nil {
		return nil, err
	}
	taken := &Taken{}
	m.Ended = time.Now().UTC()
	if p.Keys != "" {
		k := m
		k.Keys, k.Postgres, k.Files = true, "", keys
		slices.SortFunc(k.Files, byPath)
		if taken.KeysSHA256, err = k.write(p.Keys); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(m.Files, byPath)
	taken.SHA256, err = m.write(p.To)
	taken.Manifest = m
	return taken, err
}

func byPath(a, b File) int { return strings.Compare(a.Path, b.Path) }

// prepare makes an empty folder that is not inside the data folder.
func prepare(folder, data string) error {
	if folder == "" {
		return nil
	}
	inside, err := within(folder, data)
	switch {
	case err != nil:
		return err
	case inside:
		return fmt.Errorf("%s is inside of %s: what takes the one away takes the other too", folder, data)
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	if there, err := os.ReadDir(folder); err != nil {
		return err
	} else if len(there) > 0 {
		return fmt.Errorf("%s is not empty: each backup needs a folder of its own", folder)
	}
	return durable.SyncDir(filepath.Dir(folder))
}

func within(folder, data string) (bool, error) {
	a, err1 := filepath.Abs(folder)
	b, err2 := filepath.Abs(data)
	if err := errors.Join(err1, err2); err != nil {
		return false, err
	}
	rel, err := filepath.Rel(b, a)
	return err == nil && filepath.IsLocal(rel), nil
}

// open copies keys, ledger and journal, and returns the files of the keys. The
// ledger must not lack what the keys have shown, and its last key must be one
// of them: so the keys are copied before it and must be the same after it.
func (m *Manifest) open(ctx context.Context, p Plan) (keys []File, err error) {
	for try := 1; ; try++ {
		before, err := secretsOf(p.Data)
		if err != nil {
			return nil, err
		}
		if p.Keys != "" {
			if keys, err = copyTree(filepath.Join(p.Data, "keys"), filepath.Join(p.Keys, keysName), keysName); err != nil {
				return nil, err
			}
		}
		files, running, err := snapshot(ctx, p)
		if err != nil {
			return nil, err
		}
		after, err := secretsOf(p.Data)
		if err != nil {
			return nil, err
		}
		if bytes.Equal(before, after) {
			m.Files, m.Running = append(m.Files, files...), running
			m.NoLedger = !m.has(dataName + "/ledger")
			return keys, nil
		}
		if try == keyTries {
			return nil, errors.New("the keys are replaced again and again")
		}
		if err := os.RemoveAll(filepath.Join(p.To, dataName)); err != nil {
			return nil, err
		}
		if p.Keys == "" {
			continue
		}
		if err := os.RemoveAll(filepath.Join(p.Keys, keysName)); err != nil {
			return nil, err
		}
	}
}

// secretsOf is what the key files of the ledger are now: any change shows.
func secretsOf(data string) ([]byte, error) {
	var all []byte
	for _, name := range []string{"ledger-key", "ledger-key-next"} {
		b, err := os.ReadFile(filepath.Join(data, "keys", name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		all = append(append(all, b...), 0)
	}
	return all, nil
}

// snapshot copies what a server holds open into the backup: by itself, or, if
// one runs, with its help.
func snapshot(ctx context.Context, p Plan) (files []File, running bool, err error) {
	target := filepath.Join(p.To, dataName)
	if err := os.MkdirAll(target, 0o700); err != nil {
		return nil, false, err
	}
	mine, err := asks.New(p.Data)
	defer func() { err = errors.Join(err, mine.Withdraw()) }()
	if err != nil {
		return nil, false, err
	}
	folder := filepath.Join(mine.Folder, copyName)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, false, err
	}
	err = p.Stopped(folder)
	if running = errors.Is(err, ErrRunning); running {
		err = ask(ctx, mine)
	}
	if err != nil {
		return nil, running, err
	}
	for _, part := range []string{"ledger", "journal"} {
		if part == "ledger" && !exists(filepath.Join(folder, part)) {
			continue // out of order
		}
		copied, err := copyTree(filepath.Join(folder, part), filepath.Join(target, part), dataName+"/"+part)
		if err != nil {
			return nil, running, err
		}
		files = append(files, copied...)
	}
	return files, running, nil
}

// rest copies all other parts of the data folder: files, sealed archives,
// letters, jumps of the clock. Whatever the database names was there before it
// was dumped.
func (m *Manifest) rest(p Plan) error {
	parts, err := os.ReadDir(p.Data)
	if err != nil {
		return err
	}
	for _, part := range parts {
		if slices.Contains(notCopied, part.Name()) || passing(part.Name()) {
			continue
		}
		copied, err := copyTree(filepath.Join(p.Data, part.Name()), filepath.Join(p.To, dataName, part.Name()), dataName+"/"+part.Name())
		if err != nil {
			return err
		}
		m.Files = append(m.Files, copied...)
	}
	return nil
}
