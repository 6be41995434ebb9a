package main

import (
	"context"
	"fmt"
	"path/filepath"

	"gobua/engine"
	"gobua/engine/journal"
)

// journalSetAsideCmd is gobua journal set-aside.
type journalSetAsideCmd struct {
	Session engine.SessionID `arg:"" name:"session" help:"Session that gobua journal check calls damaged."`
	Data    string           `name:"data" env:"GOBUA_DATA" default:"./var" placeholder:"FOLDER" help:"Data folder of a server that is not running."`
}

// Run takes one damaged session out of the journal and says where what is left of
// it lies.
func (c *journalSetAsideCmd) Run(ctx context.Context) error {
	if err := asOwner(c.Data); err != nil {
		return err
	}
	aside, err := journal.SetAside(ctx, filepath.Join(c.Data, "journal"), c.Session)
	if err != nil {
		return err
	}
	fmt.Printf("session %s IS NOT IN THE JOURNAL ANY MORE. What is left of it is in %s, with everything else as it was: keep that, and explain to everybody concerned why the session does not go on.\n", c.Session, aside)
	return nil
}
