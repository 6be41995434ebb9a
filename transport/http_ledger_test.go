package transport

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	sumdb "golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"gobua/engine"
	"gobua/engine/ledger"
	"gobua/internal/ledgerkeeper"
)

var ledgerRights = []right{
	{"GET /log", "", [5]int{200, 200, 200, 200, 200}},
	{"GET /log/checkpoints", "", [5]int{200, 200, 200, 200, 200}},
	{"GET /log/checkpoints/1", "", [5]int{200, 200, 200, 200, 200}},
	{"GET /log/checkpoints/1/timestamp.tsr", "", [5]int{404, 404, 404, 404, 404}},
	{"GET /log/inclusion", "", [5]int{200, 200, 200, 200, 200}},
	{"GET /log/consistency", "", [5]int{404, 404, 404, 404, 404}},
	{"GET /log/sessions/k7qp2mwx90ab", "", [5]int{200, 200, 200, 200, 200}},
	{"GET /log/sessions/k7qp2mwx90ab/entries", "", [5]int{200, 200, 200, 200, 200}},
	{"POST /log/cosignatures", `{"note":"x"}`, [5]int{422, 422, 422, 422, 422}},
}

var witnessSeed = [32]byte{9}

// withLedger gives a site a real log that has witnessed one session.
func withLedger(t *testing.T) func(*HTTPOptions, *AppOptions) {
	t.Helper()
	folder := t.TempDir()
	keys := filepath.Join(folder, "keys")
	if err := os.Mkdir(keys, 0o700); err != nil {
		t.Fatal(err)
	}
	signer, err := ledgerkeeper.LoadSigner(keys, "", "daugia.example/log")
	if err != nil {
		t.Fatal(err)
	}
	_, verifier, err := ledger.NewCosigner("witness.example", witnessSeed, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	witness, err := ledger.NewCosignatureVerifier(verifier)
	if err != nil {
		t.Fatal(err)
	}
	keeper, err := ledgerkeeper.Open(ledgerkeeper.Options{
		Dir: filepath.Join(folder, "ledger"), Signer: signer, Log: slog.New(slog.DiscardHandler), Witnesses: []sumdb.Verifier{witness},
		Sessions: func() []ledgerkeeper.Session {
			return []ledgerkeeper.Session{{ID: "k7qp2mwx90ab", Head: engine.Head{Seq: 7, Hash: engine.Hash{7}}, Phase: engine.PhaseRunning}}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = keeper.Close() })
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); keeper.Run(ctx) }()
	if _, err := keeper.AppendNote(ctx, "clock", "test"); err != nil {
		t.Fatal(err)
	}
	cancel()
	<-done
	return func(h *HTTPOptions, _ *AppOptions) { h.Ledger = keeper }
}

// TestTheLogIsReadAsTiles: a client that knows C2SP and nothing of us checks
// everything from a verifier key and two addresses.
func TestTheLogIsReadAsTiles(t *testing.T) {
	s := newSite(t, new(stubOffice), withLedger(t))
	checkpoint := s.ask("GET", "/log/checkpoint", nil)
	if checkpoint.StatusCode != 200 || checkpoint.Header.Get("Content-Type") != "text/plain; charset=utf-8" || checkpoint.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Fatalf("%d %v", checkpoint.StatusCode, checkpoint.Header)
	}
	var about ledger.About
	s.ask("GET", "/api/v1/log", nil).into(t, 200, &about)
	keys, err := ledger.TrustKeys(about.Keys[0])
	if err != nil {
		t.Fatal(err)
	}
	c, err := keys.Open(checkpoint.body)
	if err != nil {
		t.Fatal(err)
	}
	reader := tlog.TileHashReader(c.Tree(), siteTiles{s})
	hashes, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	bundle := s.ask("GET", "/log/"+ledger.TilePath(tlog.Tile{H: 8, L: -1, N: 0, W: int(c.Size)}), nil)
	entries, err := ledger.ParseBundle(bundle.body)
	if err != nil || int64(len(entries)) != c.Size || ledger.LeafHash(entries[1]) != hashes[0] || !strings.Contains(entries[1], "k7qp2mwx90ab\n7\n") {
		t.Errorf("%q: %v", entries, err)
	}
	if got := bundle.Header.Get("Cache-Control"); !strings.Contains(got, "immutable") {
		t.Errorf("tiles are kept %q", got)
	}
	var session ledger.SessionProof
	s.ask("GET", "/api/v1/log/sessions/k7qp2mwx90ab", nil).into(t, 200, &session)
	if err := ledger.CheckInclusion(c, session.Index, session.Entry, session.Proof); err != nil {
		t.Error(err)
	}
	var proof ledger.Consistency
	s.ask("GET", "/api/v1/log/consistency?from=1&to=2", nil).into(t, 200, &proof)
	for _, path := range []string{"/log/", "/log/tile/0/001", "/log/tile/0/000", "/log/tile/entries/000.p/255", "/log/nothing", "/log/tile/../keys"} {
		s.ask("GET", path, nil).refused(t, 404, codeNotFound)
	}
	s.ask("POST", "/log/checkpoint", "x").refused(t, 405, codeMethodNotAllowed)
}

// siteTiles reads tiles over HTTP.
type siteTiles struct{ s *site }

func (r siteTiles) Height() int { return ledger.TileHeight }
func (r siteTiles) ReadTiles(tiles []tlog.Tile) (out [][]byte, err error) {
	for _, tile := range tiles {
		out = append(out, r.s.ask("GET", "/log/"+ledger.TilePath(tile), nil).body)
	}
	return out, nil
}
func (r siteTiles) SaveTiles([]tlog.Tile, [][]byte) {}

// A witness signs what it saw, and everybody sees that it did.
func TestCosignaturesAreServedWithTheirCheckpoint(t *testing.T) {
	s := newSite(t, new(stubOffice), withLedger(t))
	signed := s.ask("GET", "/log/checkpoint", nil).body
	witness, verifier, err := ledger.NewCosigner("witness.example", witnessSeed, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	text, _, _ := strings.Cut(string(signed), "\n\n")
	cosigned, err := sumdb.Sign(&sumdb.Note{Text: text + "\n"}, witness)
	if err != nil {
		t.Fatal(err)
	}
	s.ask("POST", "/api/v1/log/cosignatures", map[string]string{"note": string(cosigned)}).into(t, 204, nil)
	v, err := ledger.NewCosignatureVerifier(verifier)
	if err != nil {
		t.Fatal(err)
	}
	words, err := ledger.Cosignatures(s.ask("GET", "/log/checkpoint", nil).body, v)
	if err != nil || len(words) != 1 {
		t.Errorf("%+v: %v", words, err)
	}
	stranger, _, err := ledger.NewCosigner("witness.example", [32]byte{1}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	forged, err := sumdb.Sign(&sumdb.Note{Text: text + "\n"}, stranger)
	if err != nil {
		t.Fatal(err)
	}
	other, err := sumdb.Sign(&sumdb.Note{Text: ledger.Checkpoint{Origin: "daugia.example/log", Size: 3, Root: engine.Hash{6}}.Text()}, witness)
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string][]byte{"a stranger": forged, "another history": other, "no cosignature": signed[:len(text)+2]} {
		got := s.ask("POST", "/api/v1/log/cosignatures", map[string]string{"note": string(bad)})
		if got.StatusCode != 422 {
			t.Errorf("%s: %d %s", name, got.StatusCode, got.body)
		}
	}
}

// Without a log nothing else suffers, and nobody is told that all were well.
func TestALogThatIsOutOfOrderSaysSo(t *testing.T) {
	s := newSite(t, new(stubOffice))
	for _, path := range []string{"/api/v1/log", "/log/checkpoint", "/api/v1/log/sessions/k7qp2mwx90ab"} {
		if got := s.ask("GET", path, nil); got.StatusCode != 503 || got.Header.Get("Retry-After") == "" {
			t.Errorf("%s: %d", path, got.StatusCode)
		}
	}
	s.ask("GET", "/api/v1/home", nil).into(t, 200, nil)
}
