package store_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"gobua/store/storetest"
)

// certify writes a certificate that is its own authority, and its key, in the
// place of what is there.
func certify(t *testing.T, name, certificate, key string) tls.Certificate {
	t.Helper()
	secret, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &secret.PublicKey, secret)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{certificate: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: raw}} {
		err := os.WriteFile(file+".new", pem.EncodeToMemory(block), 0o600)
		if err == nil {
			err = os.Rename(file+".new", file)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	pair, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		t.Fatal(err)
	}
	return pair
}

// doorman ends TLS before a database that has none, and looks at who comes.
type doorman struct {
	to       string
	listener net.Listener

	mu    sync.Mutex
	shows tls.Certificate
	came  string // who was let in last
	conns []net.Conn
}

func newDoorman(t *testing.T, to string, shows tls.Certificate) *doorman {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := &doorman{to: to, listener: listener, shows: shows}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			d.keep(near)
			wg.Go(func() { d.receive(near) })
		}
	})
	t.Cleanup(func() {
		listener.Close()
		d.change(shows)
		wg.Wait()
	})
	return d
}

func (d *doorman) keep(c net.Conn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.conns = append(d.conns, c)
}

// change shows another certificate from now on, and sends everybody away.
func (d *doorman) change(shows tls.Certificate) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shows, d.came = shows, ""
	for _, c := range d.conns {
		c.Close()
	}
}

func (d *doorman) last() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.came
}

// receive speaks the beginning of PostgreSQL's protocol: a request for TLS of
// eight bytes, and S.
func (d *doorman) receive(near net.Conn) {
	defer near.Close()
	if _, err := io.ReadFull(near, make([]byte, 8)); err != nil {
		return
	}
	if _, err := near.Write([]byte{'S'}); err != nil {
		return
	}
	d.mu.Lock()
	shows := d.shows
	d.mu.Unlock()
	conn := tls.Server(near, &tls.Config{Certificates: []tls.Certificate{shows}, ClientAuth: tls.RequireAnyClientCert, MinVersion: tls.VersionTLS12})
	if conn.Handshake() != nil {
		return
	}
	far, err := net.Dial("tcp", d.to)
	if err != nil {
		return
	}
	defer far.Close()
	d.mu.Lock()
	d.came = conn.ConnectionState().PeerCertificates[0].Subject.CommonName
	d.mu.Unlock()
	go func() {
		_, _ = io.Copy(far, conn)
		far.Close()
	}()
	_, _ = io.Copy(conn, far)
}

// TestCertificatesOfTheDatabaseAreReadForEachConnection: its authority, our own
// certificate and our key may be replaced while the program runs.
func TestCertificatesOfTheDatabaseAreReadForEachConnection(t *testing.T) {
	line := storetest.NewLine(t, storetest.Database(t)) // by TCP
	u, err := url.Parse(line.DSN)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	q := u.Query()
	d := newDoorman(t, net.JoinHostPort(q.Get("host"), q.Get("port")), certify(t, "database", file("root.pem"), file("root-key.pem")))
	certify(t, "first", file("client.pem"), file("client-key.pem"))
	host, port, err := net.SplitHostPort(d.listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for key, value := range map[string]string{
		"host": host, "port": port, "sslmode": "verify-full", "sslrootcert": file("root.pem"), "sslcert": file("client.pem"), "sslkey": file("client-key.pem"),
	} {
		q.Set(key, value)
	}
	u.RawQuery = q.Encode()
	s := storetest.OpenAt(t, u.String())
	storetest.WaitReady(t, s)
	if got := d.last(); got != "first" {
		t.Fatalf("%q has come", got)
	}
	certify(t, "second", file("client.pem"), file("client-key.pem"))
	d.change(certify(t, "database", file("root.pem"), file("root-key.pem")))
	storetest.Until(t, func() error {
		if err := s.Ready(background); err != nil {
			return err
		}
		if got := d.last(); got != "second" {
			return fmt.Errorf("%q has come", got)
		}
		return nil
	})
}
