package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"gobua/engine/journal"
	"gobua/internal/backup"
	"gobua/store/localpg"
)

// backupCmd is gobua backup.
type backupCmd struct {
	Data        string `name:"data" env:"GOBUA_DATA" default:"./var" placeholder:"FOLDER" help:"Data folder of the server, which may run."`
	DatabaseURL string `name:"database-url" env:"DATABASE_URL" placeholder:"URL" help:"Database of the server, if it is not the private one."`
	NoDatabase  bool   `name:"no-database" help:"The database is kept elsewhere, by an archive of its log for instance."`
	To          string `name:"to" required:"" placeholder:"FOLDER" help:"Folder to make the backup in; a new one each time, best on another disk."`
	Keys        string `name:"keys" placeholder:"FOLDER" help:"Folder to copy the keys to; keep it apart from the backup. Without it they are not copied."`
}

// Run makes the backup and says what is in it.
func (c *backupCmd) Run(ctx context.Context) error {
	if err := asOwner(c.Data); err != nil {
		return err
	}
	began := time.Now()
	plan := backup.Plan{Data: c.Data, To: c.To, Keys: c.Keys, Stopped: c.copyStopped}
	if !c.NoDatabase {
		plan.Dump = c.dump
	}
	taken, err := backup.Take(ctx, plan)
	if err != nil {
		return err
	}
	fmt.Printf("%s: %d files, %d bytes, in %v\n", c.To, len(taken.Files), taken.Bytes(), time.Since(began).Round(time.Millisecond))
	fmt.Printf("manifest SHA-256 %s\n", taken.SHA256)
	switch {
	case c.Keys != "":
		fmt.Printf("%s: the keys, manifest SHA-256 %s; keep them apart\n", c.Keys, taken.KeysSHA256)
	default:
		fmt.Println("the keys are NOT in it: without a copy of them (--keys) nobody can tell any more who bid under which code")
	}
	if taken.Postgres == "" {
		fmt.Println("the database is NOT in it (--no-database)")
	}
	if taken.NoLedger {
		fmt.Println("the public log is NOT in it: it is out of order, or there is none yet")
	}
	fmt.Printf("everything that was acknowledged before %s is in it\n", taken.Began.Local().Format("2006-01-02 15:04:05.000 -07:00"))
	return nil
}

// asOwner refuses a user whose files the server could not read or take away.
func asOwner(data string) error {
	info, err := os.Stat(data)
	if err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok || int(st.Uid) == os.Geteuid() {
		return nil
	}
	name := strconv.Itoa(int(st.Uid))
	if u, err := user.LookupId(name); err == nil {
		name = u.Username
	}
	return fmt.Errorf("%s belongs to %s: run this as that user, for instance with: runuser -u %s -- gobua …", data, name, name)
}

// copyStopped copies journal and ledger of a server that does not run. While it
// does, none can start.
func (c *backupCmd) copyStopped(to string) error {
	j, err := journal.OpenPebble(filepath.Join(c.Data, "journal"), journal.Options{})
	if errors.Is(err, journal.ErrLocked) {
		return backup.ErrRunning
	}
	if err != nil {
		return err
	}
	err = os.CopyFS(filepath.Join(to, "ledger"), os.DirFS(filepath.Join(c.Data, "ledger")))
	if errors.Is(err, fs.ErrNotExist) { // there is none yet
		err = os.RemoveAll(filepath.Join(to, "ledger"))
	}
	if err == nil {
		err = j.Checkpoint(filepath.Join(to, "journal"))
	}
	return errors.Join(err, j.Close())
}

// dump writes the database of the server, or of one that is started for it.
func (c *backupCmd) dump(ctx context.Context, path string) (version string, err error) {
	dsn := c.DatabaseURL
	if dsn == "" {
		folder := filepath.Join(c.Data, "postgres")
		if _, err := os.Stat(folder); err != nil {
			return "", fmt.Errorf("there is no private one; name it with --database-url, or say --no-database: %w", err)
		}
		private, address, err := localpg.Start(ctx, folder, slog.New(slog.DiscardHandler))
		switch {
		case err == nil:
			defer private.Stop()
			dsn = address
		default:
			// It is in use: by the server.
			if dsn, _ = localpg.Running(folder); dsn == "" {
				return "", err
			}
		}
	}
	return localpg.Dump(ctx, dsn, path)
}

// reachWithin is how long a copy waits for the log; a leader that was lost is
// replaced within it.
const reachWithin = 15 * time.Second

// copyOpen is what a running server does for a backup: it copies what it alone
// can, the ledger before the journal that it witnesses. A node's journal must
// first have what the whole cluster has acknowledged.
func (s *server) copyOpen(to string) error {
	if s.node != nil {
		ctx, cancel := context.WithTimeout(context.Background(), reachWithin)
		defer cancel()
		if err := s.node.log.Reach(ctx); err != nil {
			return fmt.Errorf("this node cannot know whether it has everything; stop it for a backup of what it has: %w", err)
		}
	}
	if s.ledger != nil {
		if err := s.ledger.Copy(filepath.Join(to, "ledger")); err != nil {
			return err
		}
	}
	return s.journal.Checkpoint(filepath.Join(to, "journal"))
}
