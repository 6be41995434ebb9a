package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"gobua/engine"
	"gobua/engine/journal"
)

// journalCmd is gobua journal.
type journalCmd struct {
	Check        journalCheckCmd   `cmd:"" help:"Read every session and name what is damaged. Exit status 1 if anything is."`
	RebuildHeads journalRebuildCmd `cmd:"" help:"The way out of lost kept heads, or of a journal that ends too early: go on with what is there."`
}

// journalCheckCmd is gobua journal check.
type journalCheckCmd struct {
	Data string `name:"data" env:"GOBUA_DATA" default:"./var" placeholder:"FOLDER" help:"Data folder of a server that is not running."`
}

// Run reads the whole journal and prints a line for each session.
func (c *journalCheckCmd) Run(ctx context.Context) error {
	j, err := journal.OpenPebble(filepath.Join(c.Data, "journal"), journal.Options{})
	if err != nil {
		return err
	}
	defer j.Close()
	damaged, err := checkJournal(ctx, j, os.Stdout)
	if err == nil && damaged > 0 {
		err = fmt.Errorf("%d damaged sessions", damaged)
	}
	return err
}

func checkJournal(ctx context.Context, j engine.Journal, w io.Writer) (damaged int, err error) {
	ids, err := j.Sessions(ctx)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		var x engine.Extractor
		records := 0
		err := j.Replay(ctx, id, 0, func(e engine.Entry) error {
			r, err := engine.DecodeRecord(e.Body)
			if err != nil {
				return err
			}
			r.Hash = e.Hash
			x.Add(r)
			records++
			return nil
		})
		if err != nil {
			damaged++
			fmt.Fprintf(w, "%s  DAMAGED after %d records: %v\n", id, records, err)
			continue
		}
		e := x.Extract()
		fmt.Fprintf(w, "%s  whole  %6d records  head %s  %s\n", id, records, e.Head.Hash.Short(), e.Phase)
	}
	fmt.Fprintf(w, "%d sessions, %d damaged\n", len(ids), damaged)
	return damaged, nil
}
