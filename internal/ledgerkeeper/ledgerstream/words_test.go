package ledgerstream_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/digitorus/timestamp"
	"golang.org/x/mod/sumdb/note"

	"gobua/engine"
	"gobua/internal/ledgerkeeper"
	"gobua/internal/ledgerkeeper/ledgerstream"
)

// authority starts a time stamping authority that answers by RFC 3161.
func authority(t *testing.T) (url string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	usage, err := asn1.Marshal([]asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}})
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "TSA"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage:        x509.KeyUsageDigitalSignature,
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true, Value: usage}},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		ask, err := timestamp.ParseRequest(body)
		if err != nil {
			http.Error(w, "no", http.StatusBadRequest)
			return
		}
		stamp := &timestamp.Timestamp{
			HashAlgorithm: ask.HashAlgorithm, HashedMessage: ask.HashedMessage, Nonce: ask.Nonce, Time: time.Now(),
			Policy: asn1.ObjectIdentifier{1, 2, 3, 4, 1}, AddTSACertificate: ask.Certificates,
		}
		answer, err := stamp.CreateResponseWithOpts(cert, key, crypto.SHA256)
		if err != nil {
			t.Error(err)
		}
		_, _ = w.Write(answer)
	}))
	t.Cleanup(func() { server.Close(); http.DefaultClient.CloseIdleConnections() })
	return server.URL
}

// What a witness hands in at one node is served by all, and so is the stamp that
// the holder asked for. Each node keeps its own copy in a second place.
func TestTheWordOfOthersReachesAllNodes(t *testing.T) {
	stream := ledgerstream.New(connect(t))
	w, verifier := newWitness(t, "w1.example")
	url := authority(t)
	options := func(o *ledgerkeeper.Options) {
		o.Witnesses, o.Stamp.URL, o.Export = []note.Verifier{verifier}, url, t.TempDir()
		o.Stamp.Every = 20 * time.Millisecond
	}
	nodes := []*node{newNode(t, "a", stream, options).start(), newNode(t, "b", stream, options).start(), newNode(t, "c", stream, options).start()}
	nodes[0].hold().note("first")
	for _, n := range nodes {
		n.reach(2)
	}
	if err := nodes[1].AddCosignature(cosigned(t, nodes[1].Keeper, w)); err != nil {
		t.Fatal(err)
	}
	c, err := nodes[1].Checkpoint()
	if err != nil || !strings.Contains(c.Note, "— w1.example ") {
		t.Errorf("it is not served where it was handed in: %v\n%s", err, c.Note)
	}
	for _, n := range nodes {
		n.eventually("cosigned and stamped", func() bool {
			c, err := n.Checkpoint()
			return err == nil && strings.Contains(c.Note, "— w1.example ") && c.Stamped
		})
		n.eventually("exported", func() bool {
			files, err := filepath.Glob(filepath.Join(n.o.Export, "*.jsonl"))
			if err != nil || len(files) != 1 {
				return false
			}
			raw, err := os.ReadFile(files[0])
			return err == nil && strings.Contains(string(raw), "gobua clock 1")
		})
	}
	same(t, nodes...)
	end, err := stream.End(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	nodes[2].end()
	nodes[2].start()
	same(t, nodes...)
	if again, err := stream.End(t.Context()); err != nil || again != end {
		t.Errorf("a restart has brought %d messages: %v", again-end, err)
	}
}

// A new key is taken by the holder once it is on it, and by the others with the
// log. A node without it shows the log and signs nothing, until it gets the key.
func TestANewKeyIsLearntFromTheLog(t *testing.T) {
	stream := ledgerstream.New(connect(t))
	a, b, c := newNode(t, "a", stream).start(), newNode(t, "b", stream).start(), newNode(t, "c", stream).start()
	a.hold().note("first")
	same(t, a, b, c)
	next, err := ledgerkeeper.RequestRotation(b.keys())
	if err != nil {
		t.Fatal(err)
	}
	a.note("b does not hold the log")
	if len(a.Keys()) != 1 {
		t.Fatal("a key was taken that only another node has")
	}
	b.give("ledger-key-next", a)
	a.eventually("the new key signs", func() bool { return len(a.Keys()) == 2 && a.o.Signer.Verifier() == next })
	b.eventually("b signs with it", func() bool { return b.o.Signer.Verifier() == next })
	same(t, a, b, c)
	a.rest()
	c.hold()
	c.eventually("c says what it lacks", func() bool { return c.said.has("cannot sign it") })
	if got := c.Keys(); len(got) != 2 || got[1].Verifier != next || c.o.Signer.Verifier() == next {
		t.Errorf("c knows %+v and signs with %s", got, c.o.Signer.Verifier())
	}
	if err := os.WriteFile(filepath.Join(c.keys(), "ledger-key-next"), read(t, a, "ledger-key"), 0o600); err != nil {
		t.Fatal(err)
	}
	c.note("written by c with the new key")
	if c.o.Signer.Verifier() != next {
		t.Errorf("c signs with %s", c.o.Signer.Verifier())
	}
	b.end()
	b.start()
	c.end()
	c.start()
	same(t, a, b, c)
}

func read(t *testing.T, n *node, file string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(n.keys(), file))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// A node with another key than the log's shows nothing: what it signed nobody
// could verify.
func TestANodeWithAForeignKeyShowsNothing(t *testing.T) {
	js := connect(t)
	a, early, late := newNode(t, "a", ledgerstream.New(js)), newNode(t, "early", ledgerstream.New(js)), newNode(t, "late", ledgerstream.New(js))
	for _, n := range []*node{early, late} {
		if err := os.WriteFile(filepath.Join(n.keys(), "ledger-key"), []byte(strings.Repeat("cd", 32)+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	early.start()
	early.eventually("it reads", func() bool {
		s, err := js.Stream(t.Context(), ledgerstream.Name)
		return err == nil && s.CachedInfo().State.Consumers > 0
	})
	a.set(session(one, 1, engine.PhaseRunning))
	a.start().hold().note("first")
	late.start()
	for _, n := range []*node{early, late} {
		n.refuses("put back the key file")
	}
}
