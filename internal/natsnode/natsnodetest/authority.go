package natsnodetest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"gobua/internal/natsnode"
)

// Authority signs certificates for a test.
type Authority struct {
	key    *ecdsa.PrivateKey
	root   *x509.Certificate
	file   string
	serial int64
}

// NewAuthority makes one that nobody knows.
func NewAuthority(t testing.TB) *Authority {
	t.Helper()
	a := &Authority{key: newKey(t), serial: 1}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority of a test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &a.key.PublicKey, a.key)
	if err == nil {
		a.root, err = x509.ParseCertificate(der)
	}
	if err != nil {
		t.Fatal(err)
	}
	a.file = write(t, t.TempDir(), "authority.pem", "CERTIFICATE", der)
	return a
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// Issue makes a certificate for a role on this machine, which may have further
// addresses.
func (a *Authority) Issue(t testing.TB, role string, addresses ...net.IP) natsnode.Files {
	t.Helper()
	a.serial++
	key := newKey(t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(a.serial),
		Subject:      pkix.Name{CommonName: fmt.Sprintf("holder %d", a.serial), OrganizationalUnit: []string{role}},
		NotBefore:    time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		IPAddresses: append([]net.IP{net.IPv4(127, 0, 0, 1)}, addresses...),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.root, &key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	return natsnode.Files{
		Authority:   a.file,
		Certificate: write(t, folder, "certificate.pem", "CERTIFICATE", der),
		Key:         write(t, folder, "key.pem", "PRIVATE KEY", secret),
	}
}

func write(t testing.TB, folder, name, kind string, der []byte) string {
	t.Helper()
	file := filepath.Join(folder, name)
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// StartSecured starts n servers as Start does, but with certificates for
// everything, and with a port for clients on the first. It returns that port and
// those of the routes.
func StartSecured(t testing.TB, n int, a *Authority) (c *Cluster, clients string, routes []string) {
	t.Helper()
	c = start(t, n, func() *Cluster {
		c := &Cluster{}
		ports := addresses(FreePorts(t, n+1))
		clients, routes = ports[n], ports[:n]
		for i := range n {
			o := Options(t, i, routes[i], routes)
			config, err := a.Issue(t, natsnode.RoleNode).Config()
			if err != nil {
				t.Fatal(err)
			}
			o.Insecure, o.TLS = false, config
			if i == 0 {
				o.ClientListen = clients
			}
			c.Options = append(c.Options, o)
		}
		return c
	})
	return c, clients, routes
}

// Until waits for something to become true, as long as patience lasts.
func Until(t testing.TB, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("in vain waited until %s", what)
		}
	}
}
