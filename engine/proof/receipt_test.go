package proof_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"

	"gobua/engine"
	"gobua/engine/ledger"
	"gobua/engine/proof"
)

// server is somebody with a key, and what others need to verify it.
func server(t *testing.T, seed byte) (sign func(string) ([]byte, error), keys ledger.Keys) {
	t.Helper()
	signer, verifier, err := ledger.NewSigner("trungtam.example/log", [32]byte{seed})
	if err != nil {
		t.Fatal(err)
	}
	keys, err = ledger.TrustKeys(ledger.Key{Verifier: verifier})
	if err != nil {
		t.Fatal(err)
	}
	return func(text string) ([]byte, error) { return noteOf(text, signer) }, keys
}

// receipts are those of all commands of a session, as their senders keep them.
func receipts(t *testing.T, list []engine.Entry) (kept []proof.Kept) {
	t.Helper()
	var s engine.State
	for _, e := range list {
		r, err := e.Record()
		if err != nil {
			t.Fatal(err)
		}
		s.Apply(r)
		if r.Cmd == (engine.CommandID{}) {
			continue
		}
		sender := engine.ParticipantCode("")
		if r.By.Role == engine.RoleBidder {
			sender = engine.ParticipantCode(r.By.Ref)
		}
		receipt, ok := s.Outcome(sender, r.Cmd)
		if !ok {
			t.Fatalf("record %d has no receipt", r.Seq)
		}
		kept = append(kept, proof.Kept{Session: s.Session, By: r.By, Receipt: receipt})
	}
	return kept
}

func sign(t *testing.T, with func(string) ([]byte, error), kept []proof.Kept) {
	t.Helper()
	texts := make([]string, len(kept))
	for i, k := range kept {
		texts[i] = proof.ReceiptText(k.Session, k.By, k.Receipt)
	}
	proofs, err := proof.SignReceipts(with, kept[0].Session, texts)
	if err != nil {
		t.Fatal(err)
	}
	for i := range kept {
		kept[i].Receipt.Proof = &proofs[i]
	}
}

// TestAReceiptIsProved, however many were given at once; through its file; and
// says nothing else than what was signed.
func TestAReceiptIsProved(t *testing.T) {
	with, keys := server(t, 1)
	_, others := server(t, 2)
	all := receipts(t, entries(t, busy(t)))
	for n := 1; n <= len(all); n++ {
		kept := slices.Clone(all[:n])
		sign(t, with, kept)
		for i, k := range kept {
			file, err := json.Marshal(k)
			if err != nil {
				t.Fatal(err)
			}
			several, err := proof.ReadReceipts(append(append(file, '\n'), file...))
			if err != nil || len(several) != 2 {
				t.Fatal(len(several), err)
			}
			read := several[1]
			if err := read.Check(keys.Verify); err != nil {
				t.Fatalf("receipt %d of %d: %v", i, n, err)
			}
			if err := read.Check(others.Verify); !errors.Is(err, proof.ErrUnsigned) {
				t.Fatalf("with the keys of another: %v", err)
			}
		}
	}
	kept := slices.Clone(all)
	sign(t, with, kept)
	for name, change := range map[string]func(k *proof.Kept){
		"another session": func(k *proof.Kept) { k.Session = "k7qp2mwx90ab" },
		"another sender":  func(k *proof.Kept) { k.By.Ref = "B" },
		"accepted":        func(k *proof.Kept) { k.Receipt.Accepted = !k.Receipt.Accepted },
		"another amount":  func(k *proof.Kept) { k.Receipt.Amount++ },
		"another moment":  func(k *proof.Kept) { k.Receipt.At-- },
		"another hash":    func(k *proof.Kept) { k.Receipt.Hash = &engine.Hash{1} },
		"another place":   func(k *proof.Kept) { p := *k.Receipt.Proof; p.Index++; k.Receipt.Proof = &p },
		"a larger tree":   func(k *proof.Kept) { p := *k.Receipt.Proof; p.Size++; k.Receipt.Proof = &p },
		"no path":         func(k *proof.Kept) { p := *k.Receipt.Proof; p.Path = nil; k.Receipt.Proof = &p },
		"a tree of one":   func(k *proof.Kept) { p := *k.Receipt.Proof; p.Index, p.Size, p.Path = 0, 1, nil; k.Receipt.Proof = &p },
		"a longer path": func(k *proof.Kept) {
			p := *k.Receipt.Proof
			p.Path = append(slices.Clone(p.Path), engine.Hash{})
			k.Receipt.Proof = &p
		},
		"another order of the path": func(k *proof.Kept) {
			p := *k.Receipt.Proof
			p.Path = slices.Clone(p.Path)
			slices.Reverse(p.Path)
			k.Receipt.Proof = &p
		},
		"the path of a neighbour": func(k *proof.Kept) { p := *kept[2].Receipt.Proof; k.Receipt.Proof = &p },
		"a node for a leaf": func(k *proof.Kept) { // the path from the pair of leaves up
			p := *k.Receipt.Proof
			p.Index, p.Size, p.Path = p.Index/2, (p.Size+1)/2, p.Path[1:]
			k.Receipt.Proof = &p
		},
		"a number below zero": func(k *proof.Kept) { p := *k.Receipt.Proof; p.Index = -1; k.Receipt.Proof = &p },
		"a number past all":   func(k *proof.Kept) { p := *k.Receipt.Proof; p.Index, p.Size = 1<<62, 1<<62+1; k.Receipt.Proof = &p },
		"the words of one alone": func(k *proof.Kept) { // what is hashed, signed without a tree
			p := *k.Receipt.Proof
			signed, err := with(proof.ReceiptText(k.Session, k.By, k.Receipt))
			if err != nil {
				t.Fatal(err)
			}
			p.Note, p.Index, p.Size, p.Path = string(signed), 0, 1, nil
			k.Receipt.Proof = &p
		},
		"no signature": func(k *proof.Kept) { k.Receipt.Proof = nil },
		"a checkpoint": func(k *proof.Kept) {
			p := *k.Receipt.Proof
			signed, err := with(fmt.Sprintf("gobua receipts 1\n%s\n%d\n", k.Session, p.Size))
			if err != nil {
				t.Fatal(err)
			}
			p.Note = string(signed)
			k.Receipt.Proof = &p
		},
	} {
		k := kept[3]
		change(&k)
		if err := k.Check(keys.Verify); !errors.Is(err, proof.ErrUnsigned) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAReceiptIsHeldAgainstTheRecord: each is what the record comes to and opens
// what it conceals; one that the record lacks, or that says another thing, is
// misconduct of who gave it.
func TestAReceiptIsHeldAgainstTheRecord(t *testing.T) {
	list := entries(t, busy(t))
	file := publish(t, list)
	kept := receipts(t, list)
	against := func(kept []proof.Kept) (proof.Report, error) {
		return proof.Verify(bytes.NewReader(file), proof.Options{Receipts: kept})
	}
	report, err := against(kept)
	if err != nil {
		t.Fatal(err)
	}
	if alone, err := verify(file); err != nil || report.Claims.Hidden >= alone.Claims.Hidden {
		t.Errorf("%d amounts stay hidden with all receipts, %d without (%v)", report.Claims.Hidden, alone.Claims.Hidden, err)
	}
	hidden := slices.IndexFunc(kept, func(k proof.Kept) bool { return k.Receipt.Amount == 2_400_000 }) // the winner's maximum
	for name, tt := range map[string]struct {
		code   proof.Code
		change func(k *proof.Kept)
	}{
		"a bid that is not there": {proof.CodeReceiptGone, func(k *proof.Kept) { k.Receipt.Hash = &engine.Hash{1} }},
		"no hash":                 {proof.CodeReceiptBare, func(k *proof.Kept) { k.Receipt.Hash = nil }},
		"no hash and no number":   {proof.CodeReceiptBare, func(k *proof.Kept) { k.Receipt.Hash, k.Receipt.Seq = nil, 0 }},
		"no salt":                 {proof.CodeReceipt, func(k *proof.Kept) { k.Receipt.Salt = nil }},
		"another amount":          {proof.CodeReceiptOpens, func(k *proof.Kept) { k.Receipt.Amount++ }},
		"accepted or not":         {proof.CodeReceipt, func(k *proof.Kept) { k.Receipt.Accepted = !k.Receipt.Accepted }},
		"another moment":          {proof.CodeReceipt, func(k *proof.Kept) { k.Receipt.At-- }},
		"of somebody else":        {proof.CodeReceipt, func(k *proof.Kept) { k.By.Ref = "C" }},
	} {
		k := kept[hidden]
		tt.change(&k)
		_, err := against([]proof.Kept{k})
		var w *proof.Wrong
		if !errors.As(err, &w) || w.Code != tt.code {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzReadReceipts: no bytes make it panic, and no garbage is signed.
func FuzzReadReceipts(f *testing.F) {
	f.Add([]byte(`{"session":"k7qp2mwx90ab","by":{"role":"bidder","ref":"A"},"receipt":{"cmd":"00000000-0000-7000-8000-000000000001","act":"bid","accepted":true,"proof":{"index":0,"size":1,"note":"x"}}}`))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, file []byte) {
		list, err := proof.ReadReceipts(file)
		if err != nil {
			return
		}
		for _, k := range list {
			if err := k.Check(func([]byte) (string, error) { return "gobua receipts 1\n", nil }); err == nil {
				t.Error("signed")
			}
		}
	})
}
