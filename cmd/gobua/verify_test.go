package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"gobua/engine"
	"gobua/engine/ledger"
	"gobua/engine/proof"
)

// TestVerifyTellsGoodFromBad: status 0 and what the session came to, or status 1
// and which record is wrong; packed or not.
func TestVerifyTellsGoodFromBad(t *testing.T) {
	text := aRecord(t)
	dir := t.TempDir()
	write := func(name string, content []byte) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	report, err := proof.Verify(bytes.NewReader(text), proof.Options{})
	if err != nil {
		t.Fatal(err)
	}
	head := report.Head
	good, zipped := write("good.txt", text), write("good.txt.gz", packed.Bytes())
	bad := write("bad.txt", bytes.Replace(text, []byte(`"kind":"cancelled"`), []byte(`"kind":"stopped"`), 1))
	cut := write("cut.txt", text[:len(text)-10])
	for _, tt := range []struct {
		args   []string
		status int
		says   string
	}{
		{[]string{good}, 0, "every record follows by the rules"},
		{[]string{zipped}, 0, "ended          cancelled"},
		{[]string{"--head", "3:" + head.Hash.String(), good}, 1, "two histories"},
		{[]string{good, bad}, 1, "NOT TO BE BELIEVED  record"},
		{[]string{cut}, 1, "before its end"},
		{[]string{filepath.Join(dir, "none.txt")}, 1, "no such file"},
	} {
		status, out := captured(t, append([]string{"verify"}, tt.args...)...)
		if status != tt.status || !strings.Contains(out, tt.says) {
			t.Errorf("%v: status %d, want %d\n%s", tt.args, status, tt.status, out)
		}
	}
	if status, _ := captured(t, "verify", "--head", "x", good); status != 1 {
		t.Errorf("a head that is none: status %d", status)
	}
}

// TestVerifyTakesNoBadPackage: one that unpacks to more than anybody can read, one
// that is cut, one with something behind it.
func TestVerifyTakesNoBadPackage(t *testing.T) {
	pack := func(text []byte) []byte {
		t.Helper()
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		if _, err := w.Write(text); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return packed.Bytes()
	}
	text := aRecord(t)
	good := pack(text)
	begin := text[:bytes.Index(text, []byte("\nr "))+1]
	for name, tt := range map[string]struct {
		packed []byte
		says   string
	}{
		"a bomb":              {pack(append(bytes.Clone(begin), make([]byte, 64<<20)...)), "longer than"},
		"a package in itself": {pack(good), "does not begin with"},
		"cut":                 {good[:len(good)-9], "unexpected EOF"},
		"garbage behind it":   {append(bytes.Clone(good), "garbage"...), "NOT TO BE BELIEVED"},
		"another behind it":   {append(bytes.Clone(good), good...), "no attachment"},
		"no package at all":   {[]byte("\x1f\x8b\x08"), "EOF"},
	} {
		path := filepath.Join(t.TempDir(), "record.gz")
		if err := os.WriteFile(path, tt.packed, 0o600); err != nil {
			t.Fatal(err)
		}
		if status, out := captured(t, "verify", path); status != 1 || !strings.Contains(out, tt.says) {
			t.Errorf("%s: status %d\n%s", name, status, out)
		}
	}
}

// TestVerifyReceipts: signed by the key that is named, and what the record comes
// to; a forged one, and one of a record that is not there, are found.
func TestVerifyReceipts(t *testing.T) {
	signer, verifier, err := ledger.NewSigner("trungtam.example/log", [32]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	_, another, err := ledger.NewSigner("trungtam.example/log", [32]byte{2})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	record := filepath.Join(dir, "phien.txt")
	if err := os.WriteFile(record, aRecord(t), 0o600); err != nil {
		t.Fatal(err)
	}
	kept := proof.Kept{
		Session: engine.NewSessionID([12]byte{}), By: engine.Actor{Role: engine.RoleBidder, Ref: "A"},
		Receipt: engine.Receipt{Cmd: engine.CommandID{15: 1}, Act: engine.ActCheckIn, Seq: 2, At: 1_767_578_300_000, Accepted: true, Next: 1000, Hash: hashOf(t, record, 2)},
	}
	write := func(name string, change func(k *proof.Kept)) string {
		t.Helper()
		k := kept
		proofs, err := proof.SignReceipts(func(text string) ([]byte, error) { return note.Sign(&note.Note{Text: text}, signer) },
			k.Session, []string{proof.ReceiptText(k.Session, k.By, k.Receipt)})
		if err != nil {
			t.Fatal(err)
		}
		k.Receipt.Proof = &proofs[0]
		change(&k)
		file, err := json.Marshal(k)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := write("good.json", func(*proof.Kept) {})
	forged := write("forged.json", func(k *proof.Kept) { k.Receipt.Accepted = false })
	bare := write("bare.json", func(k *proof.Kept) { k.Receipt.Hash = nil })
	elsewhere := write("elsewhere.json", func(k *proof.Kept) { k.Session = "k7qp2mwx90ab" })
	gone := write("gone.json", func(k *proof.Kept) { k.Receipt.Hash = &engine.Hash{1} })
	for _, tt := range []struct {
		args   []string
		status int
		says   string
	}{
		{[]string{"--receipt", good, "--key", verifier, record}, 0, "signature      of the server"},
		{[]string{"--receipt", good, record}, 0, "signature      not checked"},
		{[]string{"--receipt", good, "--key", verifier}, 0, "signature      of the server"},
		{[]string{"--receipt", good, "--key", another, record}, 1, "not signed by the server"},
		{[]string{"--receipt", forged, "--key", verifier, record}, 1, "not signed by the server"},
		{[]string{"--receipt", gone, record}, 1, "the file has no such record"},
		{[]string{"--receipt", bare, record}, 1, "does not name it"},
		{[]string{"--receipt", elsewhere, record}, 1, "a receipt is of session k7qp2mwx90ab, and none of these records is"},
		{[]string{"--receipt", record, record}, 1, "no receipt"},
		{nil, 1, "name the record"},
	} {
		status, out := captured(t, append([]string{"verify"}, tt.args...)...)
		if status != tt.status || !strings.Contains(out, tt.says) {
			t.Errorf("%v: status %d, want %d\n%s", tt.args, status, tt.status, out)
		}
	}
}

// hashOf is the hash of a record in a file.
func hashOf(t *testing.T, file string, seq int) *engine.Hash {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var h engine.Hash
	n := 0
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "r ") {
			continue
		}
		if n++; n == seq {
			if err := h.UnmarshalText([]byte(line[2:66])); err != nil {
				t.Fatal(err)
			}
		}
	}
	return &h
}

// captured runs the program and returns its status and what it printed.
func captured(t *testing.T, args ...string) (int, string) {
	t.Helper()
	stdout, stderr := os.Stdout, os.Stderr
	defer func() { os.Stdout, os.Stderr = stdout, stderr }()
	f, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	os.Stdout, os.Stderr = f, f
	status := run(t.Context(), args)
	return status, readBack(t, f.Name())
}

// aRecord is the file of a session of one person that was cancelled.
func aRecord(t *testing.T) []byte {
	t.Helper()
	c := &engine.Created{
		Session: engine.NewSessionID([12]byte{}), Seed: &engine.Hash{1}, Lot: engine.Lot{AuctionID: "a", Number: 1, Title: "Xe tải"},
		Rules: engine.Rules{
			Method: "ascending", Currency: "VND", Start: 1000, Step: engine.Step{Kind: engine.StepFixed, Amount: 100},
			Closing: engine.Closing{Kind: engine.ClosingFixed}, Opening: engine.OpeningByClock, OpensAt: 1_767_578_400_000, BiddingMs: 900_000,
		},
	}
	c.RulesHash = c.Rules.Hash()
	c.Participants = []engine.Participant{{Code: "A", Holder: engine.HolderOf(c.Session, "a")}}
	var s engine.State
	var entries []engine.Entry
	keep := func(cmd engine.Command, events ...engine.Event) {
		t.Helper()
		for _, e := range events {
			r := s.Record(cmd, 1_767_578_300_000, e)
			entry, err := s.Entry(&r)
			if err != nil {
				t.Fatal(err)
			}
			s.Apply(r)
			entries = append(entries, entry)
		}
	}
	keep(engine.Command{By: engine.System}, c)
	for i, cmd := range []engine.Command{
		{By: engine.Actor{Role: engine.RoleBidder, Ref: "A"}, Do: engine.CheckIn{}},
		{By: engine.Actor{Role: engine.RoleAuctioneer, Ref: "ĐGV-1"}, Do: engine.Say{Text: "Xin chào"}},
		{By: engine.Actor{Role: engine.RoleAuctioneer, Ref: "ĐGV-1"}, Do: engine.Cancel{Reason: "không đủ điều kiện"}},
	} {
		cmd.ID = engine.CommandID{15: byte(i + 1)}
		events, err := engine.Decide(&s, cmd, 1_767_578_300_000, nil)
		if err != nil {
			t.Fatal(err)
		}
		keep(cmd, events...)
	}
	all := func(yield func(engine.Entry, error) bool) {
		for _, e := range entries {
			if !yield(e, nil) {
				return
			}
		}
	}
	survey, err := proof.Look(all)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := proof.WriteFile(&b, survey, all); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
