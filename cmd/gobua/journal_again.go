package main

import (
	"fmt"
	"path/filepath"

	"gobua/engine/journal"
)

// journalAgainCmd is gobua journal deliver-again.
type journalAgainCmd struct {
	Data string `name:"data" env:"GOBUA_DATA" default:"./var" placeholder:"FOLDER" help:"Data folder of a server that is not running."`
}

// Run has the next start offer every result to the office once more.
func (c *journalAgainCmd) Run() error {
	if err := journal.DeliverAgain(filepath.Join(c.Data, "journal")); err != nil {
		return err
	}
	fmt.Println("the next start delivers every result; one that the database has already is left as it is")
	return nil
}
