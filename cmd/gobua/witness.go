package main

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/mod/sumdb/note"

	"gobua/engine/ledger"
	"gobua/internal/keyfile"
	"gobua/internal/witness"
)

// witnessCmd is gobua witness.
type witnessCmd struct {
	Log    string        `name:"log" required:"" placeholder:"URL" help:"Server whose log is followed: https://daugia.example.vn."`
	LogKey string        `name:"log-key" placeholder:"KEY" help:"Verifier key of the log, as gobua keys show prints it there. Needed at the first look."`
	Key    string        `name:"key" placeholder:"FILE" help:"Own key, made if there is none. Without it the log is checked and nothing is signed."`
	Name   string        `name:"name" placeholder:"NAME" help:"Own name: witness.example.org. Without it one made of the key."`
	State  string        `name:"state" default:"./gobua-witness.json" placeholder:"FILE" help:"File that remembers what was seen."`
	Every  time.Duration `name:"every" default:"30s" help:"How often to look."`
	Once   bool          `name:"once" help:"Look once and end: 0 in order, 1 not."`
	Check  []string      `name:"check" placeholder:"FILE" help:"Checkpoints that somebody kept: hold the log to them, and end."`
}

// Run follows the log until it contradicts itself or the program is stopped.
func (c *witnessCmd) Run(ctx context.Context) error {
	cosigner, verifier, err := c.cosigner()
	if err != nil {
		return err
	}
	if verifier != "" {
		fmt.Println("this witness signs as", verifier)
	}
	w, err := witness.Open(witness.Options{URL: c.Log, State: c.State, LogKey: c.LogKey, Cosigner: cosigner})
	if err != nil {
		return err
	}
	for {
		at, fresh, err := w.Look(ctx)
		var contradiction *witness.Contradiction
		switch {
		case errors.As(err, &contradiction), err != nil && (c.Once || len(c.Check) > 0):
			return err
		case err != nil && ctx.Err() == nil:
			fmt.Fprintln(os.Stderr, "gobua: will look again:", err)
		case fresh || c.Once:
			fmt.Printf("%s  in order up to entry %d, root %s\n", time.Now().UTC().Format(time.RFC3339), at.Size, at.Root.Short())
		}
		if len(c.Check) > 0 {
			return c.check(ctx, w)
		}
		if c.Once {
			return nil
		}
		select {
		case <-time.After(c.Every):
		case <-ctx.Done():
			return nil
		}
	}
}

// check holds the log to checkpoints in files.
func (c *witnessCmd) check(ctx context.Context, w *witness.Witness) error {
	for _, name := range c.Check {
		kept, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		at, err := w.Check(ctx, kept)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		fmt.Printf("%s  the log stands by entry %d, root %s\n", name, at.Size, at.Root.Short())
	}
	return nil
}

var witnessKey = keyfile.Kind{
	Name: "key of the witness", Exposed: "whoever read it can sign in your name; take another file and tell the operators the new key",
	Damaged: "put back a copy of it, or take another file and tell the operators the new key",
}

// cosigner is what this witness signs with; nil without a key.
func (c *witnessCmd) cosigner() (note.Signer, string, error) {
	if c.Key == "" {
		return nil, "", nil
	}
	seed, err := keyfile.LoadOrCreate(c.Key, witnessKey)
	if err != nil {
		return nil, "", err
	}
	name := c.Name
	if name == "" {
		public := ed25519.NewKeyFromSeed(seed[:]).Public().(ed25519.PublicKey)
		sum := sha256.Sum256(public)
		name = "witness.local/" + hex.EncodeToString(sum[:4])
	}
	return ledger.NewCosigner(name, seed, time.Now)
}
