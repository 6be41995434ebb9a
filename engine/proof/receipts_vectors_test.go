package proof_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"gobua/engine"
	"gobua/engine/proof"
)

// receiptCase is a receipt for other implementations, and whether the server
// signed it and it is held by the record of its session.
type receiptCase struct {
	Kind    string     `json:"kind"`
	What    string     `json:"what"`
	Right   bool       `json:"right"` // the server signed it
	Receipt proof.Kept `json:"receipt"`
	Record  proof.Code `json:"record,omitempty"` // what it shows of right-maxima.txt; empty: that is what it says, or it is of another session
}

// TestReceiptVectors holds the receipts that docs/record.md offers to other
// implementations: of the session of right-maxima.txt, alone and among others,
// and wrong ones. The program of the docs, which has none of this code, must find
// the same.
func TestReceiptVectors(t *testing.T) {
	file, err := os.ReadFile("testdata/vectors/right-maxima.txt")
	if err != nil {
		t.Fatal(err)
	}
	list := entries(t, busy(t))
	with, keys := server(t, 1)
	thief, _ := server(t, 2)
	var v struct {
		Keys  []string      `json:"keys"`
		Cases []receiptCase `json:"cases"`
	}
	v.Keys = []string{keys.List()[0].Verifier}
	add := func(what string, k proof.Kept) {
		t.Helper()
		c := receiptCase{Kind: "receipt", What: what, Right: k.Check(keys.Verify) == nil, Receipt: k}
		answer, err := proof.AnswerOf(proof.Verify(bytes.NewReader(file), proof.Options{Receipts: []proof.Kept{k}}))
		if err != nil {
			t.Fatal(err)
		}
		if answer.Wrong != nil {
			c.Record = answer.Wrong.Code
		}
		v.Cases = append(v.Cases, c)
	}
	all := receipts(t, list)
	for i := range all[:2] {
		sign(t, with, all[i:i+1])
		add("signed alone", all[i])
	}
	sign(t, with, all)
	for _, k := range all {
		add("signed among many", k)
	}
	bent := func(what string, change func(*proof.Kept, *engine.ReceiptProof)) {
		k := all[4]
		p := *k.Receipt.Proof
		p.Path = slices.Clone(p.Path)
		k.Receipt.Proof = &p
		change(&k, &p)
		add(what, k)
	}
	bent("of somebody else", func(k *proof.Kept, _ *engine.ReceiptProof) { k.By.Ref = "C" })
	bent("of another session", func(k *proof.Kept, _ *engine.ReceiptProof) { k.Session = "k7qp2mwx90ab" })
	bent("accepted", func(k *proof.Kept, _ *engine.ReceiptProof) { k.Receipt.Accepted = !k.Receipt.Accepted })
	bent("with another amount", func(k *proof.Kept, _ *engine.ReceiptProof) { k.Receipt.Amount++ })
	bent("of another moment", func(k *proof.Kept, _ *engine.ReceiptProof) { k.Receipt.At-- })
	bent("of another record", func(k *proof.Kept, _ *engine.ReceiptProof) { k.Receipt.Hash = &engine.Hash{1} })
	bent("at another place", func(_ *proof.Kept, p *engine.ReceiptProof) { p.Index++ })
	bent("of a larger tree", func(_ *proof.Kept, p *engine.ReceiptProof) { p.Size++ })
	bent("of a tree of one", func(_ *proof.Kept, p *engine.ReceiptProof) { p.Index, p.Size, p.Path = 0, 1, nil })
	bent("with another path", func(_ *proof.Kept, p *engine.ReceiptProof) { p.Path[0][0] ^= 1 })
	bent("with a path in the other order", func(_ *proof.Kept, p *engine.ReceiptProof) { slices.Reverse(p.Path) })
	bent("without a proof", func(k *proof.Kept, _ *engine.ReceiptProof) { k.Receipt.Proof = nil })
	bent("signed with another key", func(k *proof.Kept, p *engine.ReceiptProof) {
		one := []proof.Kept{*k}
		sign(t, thief, one)
		*p = *one[0].Receipt.Proof
	})
	bent("signed, and of no record there is", func(k *proof.Kept, p *engine.ReceiptProof) {
		k.Receipt.Hash = &engine.Hash{1}
		one := []proof.Kept{*k}
		sign(t, with, one)
		*p = *one[0].Receipt.Proof
	})
	bent("signed, and without a hash", func(k *proof.Kept, p *engine.ReceiptProof) {
		k.Receipt.Hash = nil
		one := []proof.Kept{*k}
		sign(t, with, one)
		*p = *one[0].Receipt.Proof
	})
	var text bytes.Buffer
	to := json.NewEncoder(&text)
	to.SetIndent("", " ")
	if err := to.Encode(v); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", "vectors", "receipts.json")
	if *update {
		if err := os.WriteFile(path, text.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if kept, err := os.ReadFile(path); err != nil || !bytes.Equal(kept, text.Bytes()) {
		t.Errorf("%s is not what it was (%v): go test ./engine/proof -run ReceiptVectors -update, then read the difference", path, err)
	}
	out, err := exec.CommandContext(t.Context(), "node", "../../docs/check.mjs", path).CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte(" cases")) {
		t.Errorf("docs/check.mjs: %v\n%s", err, out)
	}
}
