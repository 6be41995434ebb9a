package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"gobua/engine"
	"gobua/engine/journal"
)

// journalCmd is gobua journal.
type journalCmd struct {
	Check        journalCheckCmd    `cmd:"" help:"Read every session and name what is damaged. Exit status 1 if anything is."`
	RebuildHeads journalRebuildCmd  `cmd:"" help:"The way out of lost kept heads, or of a journal that ends too early: go on with what is there."`
	SetAside     journalSetAsideCmd `cmd:"" help:"The last way out of a session that is damaged and has no better copy: take it out of the journal, so that the others can go on elsewhere."`
}

// journalCheckCmd is gobua journal check.
type journalCheckCmd struct {
	Data string `name:"data" env:"GOBUA_DATA" default:"./var" placeholder:"FOLDER" help:"Data folder of a server that is not running."`
}

// Run reads the whole journal, changes nothing, and prints a line for each
// session: also where a server would refuse to start.
func (c *journalCheckCmd) Run(ctx context.Context) error {
	damaged, err := checkJournal(ctx, filepath.Join(c.Data, "journal"), os.Stdout)
	if damaged > 0 {
		err = errors.Join(err, fmt.Errorf("%d damaged sessions", damaged))
	}
	return err
}

// extraction is what a session's records come to.
type extraction struct {
	engine.Extractor
	openings engine.OpeningCheck
	records  int
}

func checkJournal(ctx context.Context, dir string, w io.Writer) (damaged int, err error) {
	read := map[engine.SessionID]*extraction{}
	found, err := journal.Check(ctx, dir, func(id engine.SessionID, e engine.Entry) error {
		r, err := e.Record()
		if err != nil {
			return fmt.Errorf("record %d: %w", e.Seq, err)
		}
		x := read[id]
		if x == nil {
			x = new(extraction)
			read[id] = x
		}
		x.Add(r)
		x.records++
		if err := x.openings.Add(r); err != nil {
			return fmt.Errorf("record %d: %w", e.Seq, err)
		}
		return nil
	})
	for _, s := range found {
		x := read[s.Session]
		if x == nil {
			x = new(extraction)
		}
		if s.Damage != nil {
			damaged++
			fmt.Fprintf(w, "%s  DAMAGED after %d records: %v\n", s.Session, x.records, s.Damage)
			continue
		}
		e := x.Extract()
		fmt.Fprintf(w, "%s  whole  %6d records  head %s  %s\n", s.Session, x.records, e.Head.Hash.Short(), e.Phase)
	}
	if err == nil || len(found) > 0 {
		fmt.Fprintf(w, "%d sessions, %d damaged\n", len(found), damaged)
	}
	return damaged, err
}
