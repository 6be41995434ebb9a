package main

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"gobua/engine"
	"gobua/engine/ledger"
	"gobua/engine/proof"
	"gobua/internal/demo"
	"gobua/internal/visitor"
)

// record downloads the record of a session.
func (p *process) record(id engine.SessionID) string {
	p.t.Helper()
	r, err := http.Get("http://" + p.addr + "/api/v1/sessions/" + string(id) + "/record")
	if err != nil {
		p.t.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		p.t.Fatalf("%s %s: %v", r.Status, text, err)
	}
	return string(text)
}

// TestARecordNeedsNothingButOneKey: downloaded from a real server it shows that
// its end is in the public log and that a receipt is the server's, to somebody
// who has one key; a second history is found, and a log that was taken away
// keeps no record back.
func TestARecordNeedsNothingButOneKey(t *testing.T) {
	t.Parallel()
	p := newProcess(t)
	p.start()
	ctx, site := t.Context(), p.site()
	staff, err := site.SignIn(ctx, "dgv", demo.Password)
	if err != nil {
		t.Fatal(err)
	}
	lan, err := site.SignIn(ctx, "lan", demo.Password)
	if err != nil {
		t.Fatal(err)
	}
	id := publishUnder(t, ctx, staff, []*visitor.Person{lan}, engine.Rules{Opening: engine.OpeningByAuctioneer, OpensAt: engine.InstantOf(time.Now()), BiddingMs: 600_000})
	seat, hand := lan.Seat(), staff.Seat()
	defer seat.Close()
	defer hand.Close()
	if _, err := seat.Follow(ctx, id); err != nil {
		t.Fatal(err)
	}
	do := func(s *visitor.Seat, act engine.Act) engine.Receipt {
		t.Helper()
		r, err := s.Do(ctx, id, act)
		if err != nil || !r.Accepted || r.Proof == nil {
			t.Fatalf("%+v, %v", r, err)
		}
		return r
	}
	do(seat, engine.CheckIn{})
	do(hand, engine.Open{})
	bid := do(seat, engine.PlaceBid{Amount: 1_000_000})
	do(hand, engine.Stop{Reason: "đủ rồi"})

	folder := t.TempDir()
	keep := func(name, content string) string {
		t.Helper()
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	p.eventually("the record carries the word of the log", func() bool { return strings.Contains(p.record(id), "\nproof log ") })
	text := p.record(id)
	record := keep("phien.txt", text)
	mine, err := lan.Participations(ctx)
	if err != nil {
		t.Fatal(err)
	}
	kept := proof.Kept{Session: id, By: engine.Actor{Role: engine.RoleBidder}, Receipt: bid}
	for _, m := range mine {
		if m.Session == id {
			kept.By.Ref = string(m.Code)
		}
	}
	receipt := func(name string, change func(*proof.Kept)) string {
		t.Helper()
		k := kept
		change(&k)
		body, err := json.Marshal(k)
		if err != nil {
			t.Fatal(err)
		}
		return keep(name, string(body))
	}
	good := receipt("good.json", func(*proof.Kept) {})
	forged := receipt("forged.json", func(k *proof.Kept) { k.Receipt.Amount++ })

	shown := command(t, 0, "keys", "show", "--data", p.data)
	first, newest, _ := strings.Cut(shown, "\n\n")
	var end ledger.Proof
	for line := range strings.Lines(text) {
		if data, ok := strings.CutPrefix(line, "proof log "); ok {
			raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(data))
			if err != nil {
				t.Fatal(err)
			}
			if end, err = ledger.ParseProof(string(raw)); err != nil {
				t.Fatal(err)
			}
		}
	}
	at, err := ledger.CheckpointOf([]byte(end.Note))
	if err != nil {
		t.Fatal(err)
	}
	signer := p.stolenKey(first)
	sign := func(size int64, root byte) string {
		t.Helper()
		signed, err := note.Sign(&note.Note{Text: ledger.Checkpoint{Origin: at.Origin, Size: size, Root: engine.Hash{root}}.Text()}, signer)
		if err != nil {
			t.Fatal(err)
		}
		return string(signed)
	}
	_, stranger, err := ledger.NewSigner(at.Origin, [32]byte{9})
	if err != nil {
		t.Fatal(err)
	}
	_, witness, err := ledger.NewCosigner("w.example", [32]byte{9}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		args   []string
		status int
		says   []string
	}{
		"no key":                           {nil, 0, []string{"public log     has this end as entry", "compare it with one that you have from elsewhere", first}},
		"one key":                          {[]string{"--key", first}, 0, []string{"signed         with a key that was named"}},
		"another key":                      {[]string{"--key", stranger}, 1, []string{"NOT TO BE BELIEVED", "none of the keys that were named"}},
		"no key at all":                    {[]string{"--key", "x"}, 1, []string{"no key"}},
		"a receipt":                        {[]string{"--key", first, "--receipt", good}, 0, []string{"signature      of the server", "it is what the record comes to"}},
		"a receipt, and no key":            {[]string{"--receipt", good}, 0, []string{"signature      of the public log in the file"}},
		"a receipt that its owner changed": {[]string{"--key", first, "--receipt", forged}, 1, []string{"it is not signed by the server", "every record follows by the rules"}},
		"the same checkpoint":              {[]string{"--key", first, "--checkpoint", keep("same", end.Note)}, 0, []string{"it is the one in the file"}},
		"a later checkpoint":               {[]string{"--key", first, "--checkpoint", keep("later", sign(at.Size+7, 1))}, 0, []string{"gobua witness --log URL"}},
		"a split view":                     {[]string{"--key", first, "--checkpoint", keep("split", sign(at.Size, 1))}, 1, []string{"different people were shown different logs"}},
		"what is no checkpoint":            {[]string{"--checkpoint", record}, 1, []string{"no checkpoint"}},
		"a witness that is not there":      {[]string{"--witness", witness}, 0, []string{"w.example has not signed"}},
	} {
		said := command(t, tt.status, append([]string{"verify", record}, tt.args...)...)
		for _, want := range tt.says {
			if !strings.Contains(said, want) {
				t.Errorf("%s: it says %q, want %q", name, said, want)
			}
		}
	}

	// A new key changes nothing of what was proved, and the log stands by it.
	next := strings.TrimSpace(command(t, 0, "keys", "rotate", "--data", p.data))
	p.eventually("the new key signs", func() bool {
		about, ok := p.log()
		return ok && len(about.Keys) == 2 && about.Keys[1].Verifier == next
	})
	if p.record(id) != text {
		t.Error("the record has changed")
	}
	said := command(t, 0, "witness", "--log", "http://"+p.addr, "--log-key", first, "--state", filepath.Join(folder, "seen"),
		"--check", filepath.Join(folder, "same"), "--check", keep("shown", newest))
	if strings.Count(said, "the log stands by") != 2 {
		t.Errorf("the witness said %q", said)
	}
	p.stop()
	if err := os.RemoveAll(filepath.Join(p.data, "ledger")); err != nil {
		t.Fatal(err)
	}
	p.start()
	bare := p.record(id)
	if strings.Contains(bare, "\nproof ") || !strings.HasPrefix(text, bare) {
		t.Error("without a log the record is another one")
	}
	if said := command(t, 0, "verify", keep("bare.txt", bare), "--key", first); !strings.Contains(said, "public log     not in the file") {
		t.Errorf("it says %q", said)
	}
}

// stolenKey signs as the server does.
func (p *process) stolenKey(verifier string) note.Signer {
	p.t.Helper()
	text, err := os.ReadFile(filepath.Join(p.data, "keys", "ledger-key"))
	if err != nil {
		p.t.Fatal(err)
	}
	var seed [32]byte
	if _, err := hex.Decode(seed[:], []byte(strings.TrimSpace(string(text)))); err != nil {
		p.t.Fatal(err)
	}
	name, _, _ := strings.Cut(verifier, "+")
	s, same, err := ledger.NewSigner(name, seed)
	if err != nil || same != verifier {
		p.t.Fatalf("%s, %v", same, err)
	}
	return s
}
