package ledgerkeeper

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/digitorus/timestamp"

	"gobua/engine"
	"gobua/engine/ledger"
)

// authority is a time stamping authority that answers by RFC 3161.
type authority struct {
	t     *testing.T
	cert  *x509.Certificate
	key   *ecdsa.PrivateKey
	asked atomic.Int32
	bend  func(*timestamp.Timestamp) // nil: honest
	down  atomic.Bool
}

func newAuthority(t *testing.T) (*authority, string) {
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
	a := &authority{t: t, key: key}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(a)
	t.Cleanup(func() { server.Close(); http.DefaultClient.CloseIdleConnections() })
	return a, server.URL
}

// ServeHTTP is part of http.Handler.
func (a *authority) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.asked.Add(1)
	body, _ := io.ReadAll(r.Body)
	ask, err := timestamp.ParseRequest(body)
	if err != nil || a.down.Load() || r.Header.Get("Content-Type") != "application/timestamp-query" {
		http.Error(w, "no", http.StatusServiceUnavailable)
		return
	}
	stamp := &timestamp.Timestamp{
		HashAlgorithm: ask.HashAlgorithm, HashedMessage: ask.HashedMessage, Nonce: ask.Nonce, Time: time.Now(),
		Policy: asn1.ObjectIdentifier{1, 2, 3, 4, 1}, AddTSACertificate: ask.Certificates,
	}
	if a.bend != nil {
		a.bend(stamp)
	}
	answer, err := stamp.CreateResponseWithOpts(a.cert, a.key, crypto.SHA256)
	if err != nil {
		a.t.Error(err)
	}
	_, _ = w.Write(answer)
}

func TestACheckpointIsStamped(t *testing.T) {
	a, url := newAuthority(t)
	h := newHall(t, func(o *Options) { o.Stamp.URL = url })
	if err := h.stampNewest(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := h.newest()
	raw, err := h.Timestamp(c.Size)
	if err != nil || !c.Stamped {
		t.Fatalf("stamped %v: %v", c.Stamped, err)
	}
	stamp, err := timestamp.ParseResponse(raw)
	sum := sha256.Sum256([]byte(h.verified(c.Note).Text()))
	if err != nil || !bytes.Equal(stamp.HashedMessage, sum[:]) || !stamp.Certificates[0].Equal(a.cert) {
		t.Errorf("a stamp over something else: %v", err)
	}
	if err := h.stampNewest(t.Context()); err != nil || a.asked.Load() != 1 {
		t.Errorf("asked %d times for one checkpoint: %v", a.asked.Load(), err)
	}
	h.shut()
	h.open()
	if !h.newest().Stamped {
		t.Error("the stamp did not survive")
	}
}

func TestAWrongStampIsRefused(t *testing.T) {
	a, url := newAuthority(t)
	for name, bend := range map[string]func(*timestamp.Timestamp){
		"over something else":      func(s *timestamp.Timestamp) { s.HashedMessage = make([]byte, 32) },
		"for another question":     func(s *timestamp.Timestamp) { s.Nonce = big.NewInt(7) },
		"that nobody could check":  func(s *timestamp.Timestamp) { s.AddTSACertificate = false },
		"without any other answer": func(s *timestamp.Timestamp) { s.Nonce = nil },
	} {
		a.bend = bend
		if _, err := requestStamp(t.Context(), url, []byte("x")); err == nil {
			t.Errorf("a stamp %s was taken", name)
		}
	}
	for name, answer := range map[string]string{"nothing": "", "no answer": "<html>", "half an answer": "0\x82\x01\x00"} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, answer) }))
		if _, err := requestStamp(t.Context(), server.URL, []byte("x")); err == nil {
			t.Errorf("%s was taken for a stamp", name)
		}
		server.Close()
	}
}

// An authority that is away keeps nothing waiting.
func TestAnAuthorityThatIsAwayStopsNothing(t *testing.T) {
	a, url := newAuthority(t)
	a.down.Store(true)
	h := newHall(t, func(o *Options) { o.Stamp.URL = url })
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); h.Run(ctx) }()
	index, err := h.AppendNote(ctx, "clock", "x")
	if err != nil || index != 1 {
		t.Errorf("entry %d: %v", index, err)
	}
	cancel()
	<-done
	if _, err := h.Timestamp(1); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("a stamp from nowhere: %v", err)
	}
	h.set(Session{ID: one, Head: head(1), Phase: engine.PhaseRunning})
	if c := h.pass(time.Minute); c.Size != 3 {
		t.Errorf("%d entries, want 3", c.Size)
	}
}

func FuzzCheckStamp(f *testing.F) {
	f.Add([]byte("0\x03\x02\x01\x02"))
	f.Fuzz(func(t *testing.T, answer []byte) {
		if checkStamp(answer, make([]byte, 32), big.NewInt(1)) == nil {
			t.Errorf("taken for a stamp: %x", answer)
		}
	})
}
