package natsnode_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"gobua/internal/keptstream"
	"gobua/internal/natsnode"
	"gobua/internal/natsnode/natsnodetest"
)

// secured is a cluster of three with TLS, and a port for clients on the first.
type secured struct {
	*natsnodetest.Cluster
	authority *natsnodetest.Authority
	clients   string // host:port
	routes    []string
}

func startSecured(t *testing.T) *secured {
	t.Helper()
	s := &secured{authority: natsnodetest.NewAuthority(t)}
	s.Cluster, s.clients, s.routes = natsnodetest.StartSecured(t, 3, s.authority)
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	js := s.Nodes[0].JetStream()
	for _, config := range []jetstream.StreamConfig{
		{Name: "SALES", Subjects: []string{"sales.>"}, Replicas: 3},
		{Name: "KV_gobua", Subjects: []string{"$KV.gobua.>"}, Replicas: 3},
	} {
		if _, err := js.CreateStream(ctx, config); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// as connects as the holder of a certificate.
func (s *secured) as(t *testing.T, files natsnode.Files) (*nats.Conn, chan error) {
	t.Helper()
	config, err := files.Config()
	if err != nil {
		t.Fatal(err)
	}
	refused := make(chan error, 100)
	nc, err := nats.Connect("tls://"+s.clients, nats.Secure(config),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { refused <- err }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	return nc, refused
}

// messages counts what is in the log and in the leases.
func (s *secured) messages(t *testing.T) (n uint64) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	for _, name := range []string{"SALES", "KV_gobua"} {
		stream, err := keptstream.Find(ctx, s.Nodes[0].JetStream(), name)
		if err != nil {
			t.Fatal(err)
		}
		n += stream.State.LastSeq
	}
	return n
}

func TestAReaderMayAskForTheStateAndNothingElse(t *testing.T) {
	s := startSecured(t)
	sub, err := s.Nodes[1].Conn().Subscribe(natsnode.StatusSubject, func(m *nats.Msg) { _ = m.Respond([]byte("well")) })
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sub.Unsubscribe() }()
	nc, refused := s.as(t, s.authority.Issue(t, natsnode.RoleReader))
	natsnodetest.Until(t, "a reader is told the state", func() bool {
		m, err := nc.Request(natsnode.StatusSubject, nil, time.Second)
		return err == nil && string(m.Data) == "well"
	})

	before := s.messages(t)
	subjects := []string{"sales.00", "$KV.gobua.unit.office", "gobua.all.kicked", "gobua.node.n1.bid", "gobua.kv.unit.office",
		"$JS.API.INFO", "$JS.API.STREAM.PURGE.SALES", "$JS.API.DIRECT.GET.SALES", "$JS.API.CONSUMER.CREATE.SALES", "$SYS.REQ.SERVER.PING"}
	for _, subject := range subjects {
		if err := nc.Publish(subject, []byte("forged")); err != nil {
			t.Fatal(err)
		}
		if err := nc.Flush(); err != nil {
			t.Fatal(err)
		}
		if err := <-refused; !errors.Is(err, nats.ErrPermissionViolation) {
			t.Errorf("%s: %v", subject, err)
		}
	}
	for _, subject := range []string{"sales.>", "gobua.>", "$KV.>", ">"} {
		if _, err := nc.SubscribeSync(subject); err != nil {
			t.Fatal(err)
		}
		if err := nc.Flush(); err != nil {
			t.Fatal(err)
		}
		if err := <-refused; !errors.Is(err, nats.ErrPermissionViolation) {
			t.Errorf("reading %s: %v", subject, err)
		}
	}
	// The answer to what a reader may ask must not become a record either.
	for _, reply := range []string{"sales.00", "$KV.gobua.unit.office"} {
		if err := nc.PublishRequest(natsnode.StatusSubject, reply, nil); err != nil {
			t.Fatal(err)
		}
	}
	if m, err := nc.Request(natsnode.StatusSubject, nil, 10*time.Second); err != nil || string(m.Data) != "well" { // after those before it
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	for _, subject := range []string{"sales.01", "$KV.gobua.unit.ledger"} { // from who answered, so after its answers
		if _, err := s.Nodes[1].JetStream().Publish(ctx, subject, nil); err != nil {
			t.Fatal(err)
		}
	}
	if after := s.messages(t); after != before+2 {
		t.Errorf("a reader has written %d messages", after-before-2)
	}
}

func TestANodeFromOutsideMayDoWhatNodesDo(t *testing.T) {
	s := startSecured(t)
	config, err := s.authority.Issue(t, natsnode.RoleNode).Config()
	if err != nil {
		t.Fatal(err)
	}
	n, err := natsnode.Connect(natsnode.ConnectOptions{Name: "n4", URLs: []string{"tls://" + s.clients}, TLS: config})
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	if err := n.WaitReady(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := n.JetStream().Publish(ctx, "sales.00", []byte("a record")); err != nil {
		t.Error(err)
	}
	refused := make(chan error, 100)
	n.Conn().SetErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { refused <- err })
	for _, subject := range []string{"elsewhere", "told.0.0", "$JS.API.STREAM.PURGE.SALES", "$JS.API.STREAM.DELETE.SALES",
		"$JS.API.STREAM.MSG.DELETE.SALES", "$JS.API.STREAM.UPDATE.SALES", "$SYS.REQ.SERVER.PING"} {
		if err := errors.Join(n.Conn().Publish(subject, nil), n.Conn().Flush()); err != nil {
			t.Fatal(err)
		}
		if err := <-refused; !errors.Is(err, nats.ErrPermissionViolation) {
			t.Errorf("%s: %v", subject, err)
		}
	}
}

func TestWhoHasNoCertificateOfOursGetsNowhere(t *testing.T) {
	s := startSecured(t)
	foreign := natsnodetest.NewAuthority(t)
	good := s.authority.Issue(t, natsnode.RoleReader)
	config := func(f natsnode.Files) *tls.Config {
		c, err := f.Config()
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	nobody := config(good)
	nobody.GetClientCertificate = nil
	stranger := config(foreign.Issue(t, natsnode.RoleNode))
	stranger.RootCAs = config(good).RootCAs // it believes us, but we do not believe it
	without := config(s.authority.Issue(t, "somebody"))
	for what, c := range map[string]*tls.Config{"no certificate": nobody, "a foreign one": stranger, "one without a role": without} {
		if nc, err := nats.Connect("tls://"+s.clients, nats.Secure(c)); err == nil {
			nc.Close()
			t.Errorf("%s: let in", what)
		}
	}
	if nc, err := nats.Connect("nats://" + s.clients); err == nil {
		nc.Close()
		t.Error("let in without TLS")
	}
	if _, err := nats.Connect("tls://"+s.clients, nats.Secure(config(foreign.Issue(t, natsnode.RoleReader)))); err == nil {
		t.Error("a server was believed that another authority vouches for")
	}
	reader := config(good)
	for _, route := range s.routes {
		for what, c := range map[string]*tls.Config{"no certificate": nobody, "a foreign one": stranger, "a reader": reader} {
			if handshake(route, c) {
				t.Errorf("%s is taken for a server at %s", what, route)
			}
		}
		if !handshake(route, config(s.authority.Issue(t, natsnode.RoleNode))) {
			t.Errorf("a server is not let in at %s", route)
		}
	}
}

// handshake tells whether a server takes us for one of the cluster: whether it
// goes on talking after TLS is agreed on.
func handshake(route string, config *tls.Config) bool {
	config = config.Clone()
	config.ServerName = "127.0.0.1"
	d := tls.Dialer{NetDialer: &net.Dialer{Timeout: 20 * time.Second}, Config: config}
	conn, err := d.Dial("tcp", route)
	if err != nil {
		return false
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	line, err := readLine(conn)
	return err == nil && strings.HasPrefix(line, "INFO ")
}

func readLine(c net.Conn) (string, error) {
	var line []byte
	for b := make([]byte, 1); ; {
		if _, err := c.Read(b); err != nil {
			return "", err
		}
		if line = append(line, b[0]); b[0] == '\n' {
			return string(line), nil
		}
	}
}

func TestFilesThatAreNoneAreRefused(t *testing.T) {
	a := natsnodetest.NewAuthority(t)
	good := a.Issue(t, natsnode.RoleNode)
	for what, f := range map[string]natsnode.Files{
		"no authority":           {Authority: filepath.Join(t.TempDir(), "none"), Certificate: good.Certificate, Key: good.Key},
		"a key for an authority": {Authority: good.Key, Certificate: good.Certificate, Key: good.Key},
		"the key of another":     {Authority: good.Authority, Certificate: good.Certificate, Key: a.Issue(t, natsnode.RoleNode).Key},
	} {
		if _, err := f.Config(); err == nil {
			t.Errorf("%s: taken", what)
		}
	}
}

// TestWithoutTLSThePortForClientsLetsNobodyIn: nats-server opens one because it
// has routes; it is of loopback, and nobody knows the secret.
func TestWithoutTLSThePortForClientsLetsNobodyIn(t *testing.T) {
	c := natsnodetest.Start(t, 3)
	for _, n := range c.Nodes {
		for what, option := range map[string]nats.Option{
			"nobody": nats.Name("nobody"), "the node's name without its secret": nats.UserInfo("self", ""), "a guess": nats.UserInfo("self", "self"),
		} {
			nc, err := nats.Connect(n.ClientURL(), option)
			if err == nil {
				nc.Close()
			}
			if !errors.Is(err, nats.ErrAuthorization) {
				t.Errorf("%s: %v", what, err)
			}
		}
	}
}
