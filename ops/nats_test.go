package ops

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
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// authority signs certificates into one folder.
type authority struct {
	t    *testing.T
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{t: t, dir: t.TempDir()}
	a.cert = &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "the log's authority"}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	a.key = a.write("ca", a.cert)
	return a
}

// write makes NAME.pem and NAME-key.pem.
func (a *authority) write(name string, c *x509.Certificate) *ecdsa.PrivateKey {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	signer := a.key
	if signer == nil {
		signer = key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, a.cert, &key.PublicKey, signer)
	if err != nil {
		a.t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		a.t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{name + ".pem": {Type: "CERTIFICATE", Bytes: der}, name + "-key.pem": {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(filepath.Join(a.dir, file), pem.EncodeToMemory(block), 0o600); err != nil {
			a.t.Fatal(err)
		}
	}
	return key
}

// certify makes a certificate for both ends of a connection.
func (a *authority) certify(name, dns string) {
	a.write(name, &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: dns, OrganizationalUnit: []string{"gobua-node"}},
		DNSNames: []string{dns}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	})
}

func (a *authority) connect(url, name string) (*nats.Conn, error) {
	file := func(end string) string { return filepath.Join(a.dir, end) }
	return nats.Connect(url, nats.RootCAs(file("ca.pem")), nats.ClientCert(file(name+".pem"), file(name+"-key.pem")), nats.Timeout(5*time.Second))
}

// freeAddresses are different ones on which nobody listens now.
func freeAddresses(t *testing.T, n int) (ports []string) {
	t.Helper()
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close() // not before all have one
		ports = append(ports, l.Addr().String())
	}
	return ports
}

// natsCluster runs three servers with our configuration, in which only names,
// addresses and folders are others.
func natsCluster(t *testing.T, a *authority) (clients []string) {
	t.Helper()
	text, err := os.ReadFile("systemd/nats-server.conf")
	if err != nil {
		t.Fatal(err)
	}
	a.certify("server", "nats1.example.vn")
	ports := freeAddresses(t, 6)
	for i := range 3 {
		config := filepath.Join(t.TempDir(), "nats-server.conf")
		changed := strings.NewReplacer(
			"server_name: nats1", fmt.Sprintf("server_name: nats%d", i+1), "host:machine1", fmt.Sprintf("host:machine%d", i+1),
			"0.0.0.0:4222", ports[i], "0.0.0.0:6222", ports[3+i], "/run/credentials/nats-server.service", a.dir, "/var/lib/nats-server", t.TempDir(),
			"nats1.example.vn:6222", ports[3], "nats2.example.vn:6222", ports[4], "nats3.example.vn:6222", ports[5],
		).Replace(string(text))
		if err := os.WriteFile(config, []byte(changed), 0o600); err != nil {
			t.Fatal(err)
		}
		o, err := server.ProcessConfigFile(config)
		if err != nil {
			t.Fatal(err)
		}
		if !o.SyncAlways || o.MaxPayload < 6<<20 || o.JetStreamMaxStore == 0 || o.JetStreamUniqueTag != "host:" {
			t.Fatalf("sync always %v, payload %d, store %d, replicas apart by %q", o.SyncAlways, o.MaxPayload, o.JetStreamMaxStore, o.JetStreamUniqueTag)
		}
		o.NoSigs, o.NoLog = true, true
		s, err := server.NewServer(o)
		if err != nil {
			t.Fatal(err)
		}
		s.Start()
		t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
		clients = append(clients, "tls://"+ports[i])
	}
	return clients
}

// TestTheLogOfItsOwn runs three NATS servers with our configuration: a node that
// it names makes streams and buckets with three replicas and appends; whoever
// else holds a certificate of the same authority is nobody, and a node cannot
// write where it has nothing to do.
func TestTheLogOfItsOwn(t *testing.T) {
	a := newAuthority(t)
	a.certify("node", "gobua1.example.vn")
	a.certify("stranger", "gobua4.example.vn")
	urls := natsCluster(t, a)
	node, err := a.connect(urls[0], "node")
	if err != nil {
		t.Fatal(err)
	}
	defer node.Close()
	refused := make(chan error, 8)
	node.SetErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { refused <- err })
	js, err := node.JetStream()
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the log takes streams", func() bool {
		_, err = js.AddStream(&nats.StreamConfig{Name: "SALES_0", Subjects: []string{"sales.0.>"}, Replicas: 3, MaxMsgSize: 6 << 20})
		return err == nil
	})
	if _, err := js.CreateKeyValue(&nats.KeyValueConfig{Bucket: "gobua", Replicas: 3}); err != nil {
		t.Errorf("a bucket: %v", err)
	}
	if _, err := js.Publish("sales.0.0", make([]byte, 6<<20)); err != nil {
		t.Errorf("the largest message: %v", err)
	}
	if err := node.Publish("elsewhere", nil); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-refused:
		if !strings.Contains(err.Error(), "elsewhere") {
			t.Errorf("refused: %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Error("a node writes wherever it wants")
	}
	if c, err := a.connect(urls[1], "stranger"); err == nil {
		c.Close()
		t.Error("a certificate that nobody named was let in")
	}
}
