package main

import (
	"context"
	"fmt"
	"path/filepath"

	"gobua/engine/journal"
)

// journalRebuildCmd is gobua journal rebuild-heads.
type journalRebuildCmd struct {
	Data string `name:"data" env:"GOBUA_DATA" default:"./var" placeholder:"FOLDER" help:"Data folder of a server that is not running."`
}

// Run takes the ends that the journal has as its kept heads and says what that
// gives up.
func (c *journalRebuildCmd) Run(ctx context.Context) error {
	found, err := journal.RebuildHeads(ctx, filepath.Join(c.Data, "journal"))
	if err != nil {
		return err
	}
	for _, s := range found {
		fmt.Printf("%s  ends at %6d  %s", s.Session, s.Head.Seq, s.Head.Hash.Short())
		if s.Missing() > 0 {
			fmt.Printf("  %d ACKNOWLEDGED RECORDS ARE LOST", s.Missing())
		}
		if s.Damage != nil {
			fmt.Printf("  %v", s.Damage)
		}
		fmt.Println()
	}
	fmt.Printf("%d sessions; the old heads are kept beside the new ones\n", len(found))
	return nil
}
