package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"

	"gobua/engine"
	"gobua/engine/journal"
	"gobua/internal/backup"
	"gobua/internal/ledgerkeeper"
	"gobua/store/localpg"
)

// restoreCmd is gobua restore.
type restoreCmd struct {
	From        string `name:"from" required:"" placeholder:"FOLDER" help:"Folder of the backup."`
	Keys        string `name:"keys" placeholder:"FOLDER" help:"Folder of the copy of the keys."`
	Data        string `name:"data" env:"GOBUA_DATA" default:"./var" placeholder:"FOLDER" help:"Data folder to make; it must not be there, or be empty."`
	DatabaseURL string `name:"database-url" env:"DATABASE_URL" placeholder:"URL" help:"Empty database to fill, if it is not to be the private one."`
	NoDatabase  bool   `name:"no-database" help:"Leave the database alone: it was restored in another way, or a new one is to begin."`

	sessions map[engine.SessionID]*engine.Extractor `kong:"-"`
}

// Run puts a backup back and says what that means.
func (c *restoreCmd) Run(ctx context.Context) error {
	r := backup.Return{From: c.From, Keys: c.Keys, Data: c.Data, Check: c.readJournal(ctx)}
	if !c.NoDatabase {
		r.Load = c.load
	}
	restored, err := backup.Restore(ctx, r)
	if err != nil {
		return err
	}
	c.report(restored)
	return nil
}

// readJournal reads every chain of a journal whole, and notes its sessions.
func (c *restoreCmd) readJournal(ctx context.Context) func(string) error {
	return func(dir string) error {
		c.sessions = map[engine.SessionID]*engine.Extractor{}
		found, err := journal.Check(ctx, dir, func(id engine.SessionID, e engine.Entry) error {
			r, err := e.Record()
			if err == nil {
				if c.sessions[id] == nil {
					c.sessions[id] = new(engine.Extractor)
				}
				c.sessions[id].Add(r)
			}
			return err
		})
		for _, s := range found {
			err = errors.Join(err, s.Damage)
		}
		return err
	}
}

func (c *restoreCmd) load(ctx context.Context, file, folder string) error {
	if c.DatabaseURL != "" {
		return localpg.Load(ctx, c.DatabaseURL, file)
	}
	private, dsn, err := localpg.Start(ctx, filepath.Join(folder, "postgres"), slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer private.Stop()
	return localpg.Load(ctx, dsn, file)
}

// report says what is there again, what is gone, and what the next start does.
func (c *restoreCmd) report(m *backup.Restored) {
	at := m.Began.Local().Format("2006-01-02 15:04:05 -07:00")
	fmt.Printf("%s is as it was at %s (backup %s)\n", c.Data, at, m.ID)
	open := 0
	for id, x := range c.sessions {
		if e := x.Extract(); !e.Phase.Final() {
			open++
			fmt.Printf("  session %s is %s, record %d\n", id, e.Phase, e.Head.Seq)
		}
	}
	fmt.Printf("%d sessions, %d of them not over. At the next start a running one goes on with the time it had left then,\n"+
		"and the time since is recorded as an outage and told to the room. Results that the database lacks are delivered again.\n", len(c.sessions), open)
	if m.Running {
		fmt.Printf("\nA server ran when the backup was made. If it went on, then what it acknowledged after %s is GONE:\n"+
			"bids, closes, results, accounts. People may hold signed receipts for such bids: they are genuine, and gobua verify\n"+
			"--receipt will say that the record lacks them. Do not let a session go on over them: stop it, say why, and sell\n"+
			"the lot again. Ask bidders for receipts newer than this before you open the doors.\n", at)
	}
	switch signed, verifier, err := ledgerkeeper.Shown(filepath.Join(c.Data, "keys")); {
	case m.Keys == nil:
		fmt.Println("\nThe KEYS are not restored. Put the folder keys back before the first start: without it new keys are made, identities" +
			" stay sealed, and the public log is out of order.")
	case m.NoLedger:
		fmt.Println("\nThe backup has no public log; docs/operations.md says how to begin a new one.")
	case err == nil:
		if m.Keys.ID != m.ID {
			fmt.Printf("\nThe keys are those of another backup (%s).\n", m.Keys.Began.Local().Format("2006-01-02 15:04:05 -07:00"))
		}
		fmt.Printf("\nThe public log was last shown with\n\n%s\nsigned by %s\n", signed, verifier)
		if m.Running {
			fmt.Println("If it grew after that, what was shown later is no longer in it, and going on contradicts it: begin a new log" +
				" under another name\n(docs/operations.md, \"The public log\") unless nobody was shown more.")
		}
	}
}
