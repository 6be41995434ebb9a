//go:build js

package main

import (
	"encoding/json"

	"gobua/engine"
	"gobua/engine/proof"
)

// held is what the reader holds beside the file, as the page sends it.
type held struct {
	Heads       []engine.Head `json:"heads"`
	Receipts    []string      `json:"receipts"` // each as one line of its file
	Keys        []string      `json:"keys"`
	Witnesses   []string      `json:"witnesses"`
	Checkpoints []string      `json:"checkpoints"`
}

// options reads what the page sent. *proof.Unreadable tells what of it is not
// what it should be.
func options(text string) (o proof.Options, err error) {
	var h held
	if err := json.Unmarshal([]byte(text), &h); err != nil {
		return o, err
	}
	for _, line := range h.Receipts {
		list, err := proof.ReadReceipts([]byte(line))
		if err != nil {
			return o, &proof.Unreadable{What: "receipt", Text: line, Err: err}
		}
		o.Receipts = append(o.Receipts, list...)
	}
	o.Known, o.Keys, o.Witnesses, o.Checkpoints = h.Heads, h.Keys, h.Witnesses, h.Checkpoints
	return o, nil
}
