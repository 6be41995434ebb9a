package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"gobua/engine"
	"gobua/engine/journal/shardlog"
	"gobua/internal/natsnode"
	"gobua/internal/natsnode/natsnodetest"
	"gobua/internal/testbinary"
	"gobua/internal/visitor/visitortest"
	"gobua/store/localpg/localpgtest"
)

// actAsLogServer makes this test binary be a server of the log alone; it carries
// its logServerOptions.
const actAsLogServer = "TEST_BINARY_IS_LOG_SERVER"

// logServerOptions are what such a process needs to know of natsnode.Options.
type logServerOptions struct {
	Name, StoreDir, ClusterListen, ClientListen string
	Routes                                      []string
	Files                                       natsnode.Files
}

// runLogServer serves until its input is closed.
func runLogServer(options string) (status int) {
	var o logServerOptions
	err := json.Unmarshal([]byte(options), &o)
	if err == nil {
		err = o.serve()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func (o logServerOptions) serve() error {
	tls, err := o.Files.Config()
	if err != nil {
		return err
	}
	n, err := natsnode.Start(natsnode.Options{
		Name: o.Name, StoreDir: o.StoreDir, MaxStoreBytes: 1 << 30, ClusterListen: o.ClusterListen, Routes: o.Routes, ClientListen: o.ClientListen,
		TLS: tls, Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	if err != nil {
		return err
	}
	defer n.Close()
	_, _ = os.Stdin.Read(make([]byte, 1)) // it ends with the test, or when it is told to
	return nil
}

// logServer is a process that keeps the log, seen from the test.
type logServer struct {
	t       testing.TB
	options logServerOptions
	said    visitortest.Spool
	cmd     *exec.Cmd
	close   func() error // its input
}

func (s *logServer) start() {
	s.t.Helper()
	text, err := json.Marshal(s.options)
	if err != nil {
		s.t.Fatal(err)
	}
	program, err := testbinary.Plain()
	if err != nil {
		s.t.Fatal(err)
	}
	s.cmd = exec.Command(program)
	s.cmd.Env = append(os.Environ(), actAsLogServer+"="+string(text))
	s.cmd.Stderr = &s.said
	in, err := s.cmd.StdinPipe()
	if err == nil {
		err = s.cmd.Start()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	s.close = in.Close
}

// kill ends it without a word, stop in order.
func (s *logServer) kill() { s.end(func() { _ = s.cmd.Process.Kill() }) }
func (s *logServer) stop() { s.end(func() { _ = s.close() }) }

func (s *logServer) end(how func()) {
	if s.cmd == nil {
		return
	}
	how()
	hard := time.AfterFunc(patience, func() { _ = s.cmd.Process.Kill() })
	defer hard.Stop()
	_ = s.cmd.Wait()
	s.cmd = nil
}

// newNodesApart starts three servers of the log, as an operator's own, and three
// nodes, with further flags, that connect to them with certificates.
func newNodesApart(t testing.TB, flags ...string) *nodes {
	t.Helper()
	authority := natsnodetest.NewAuthority(t)
	var routes, clients []string
	for range 3 {
		routes = append(routes, fmt.Sprintf("127.0.0.1:%d", freePort(t)))
		clients = append(clients, fmt.Sprintf("127.0.0.1:%d", freePort(t)))
	}
	var log []*logServer
	for i := range 3 {
		s := &logServer{t: t, options: logServerOptions{
			Name: fmt.Sprintf("log%d", i+1), StoreDir: filepath.Join(t.TempDir(), "nats"), ClusterListen: routes[i], ClientListen: clients[i],
			Routes: routes, Files: authority.Issue(t, natsnode.RoleNode),
		}}
		s.start()
		t.Cleanup(func() {
			s.stop()
			if t.Failed() {
				t.Logf("a server of the log said:\n%s", s.said.String())
			}
		})
		log = append(log, s)
	}
	db := localpgtest.New(t)
	var files []natsnode.Files
	c := prepareWith(t, db, keyMaker(t, db), func(i int) []string {
		files = append(files, authority.Issue(t, natsnode.RoleNode))
		urls := "tls://" + strings.Join([]string{clients[i], clients[(i+1)%3], clients[(i+2)%3]}, ",tls://")
		return append([]string{"--cluster-nats", urls, "--cluster-tls-cert", files[i].Certificate, "--cluster-tls-key", files[i].Key, "--cluster-tls-ca", files[i].Authority}, flags...)
	})
	c.log = log
	c.files = files
	for _, s := range log {
		c.files = append(c.files, s.options.Files)
	}
	c.start()
	c.authority = authority
	c.watchLog(authority)
	return c
}

// watchLog connects to the log as a node does, to see who leads what.
func (c *nodes) watchLog(authority *natsnodetest.Authority) {
	c.t.Helper()
	tls, err := authority.Issue(c.t, natsnode.RoleNode).Config()
	if err != nil {
		c.t.Fatal(err)
	}
	var urls []string
	for _, s := range c.log {
		urls = append(urls, "tls://"+s.options.ClientListen)
	}
	if c.seen, err = natsnode.Connect(natsnode.ConnectOptions{Name: "test", URLs: urls, TLS: tls}); err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(c.seen.Close)
}

// streamOf names the stream in which a shard of the cluster is.
func streamOf(shard int) string {
	return shardlog.StreamName(shardlog.Layout{Shards: 64, Streams: 8, Replicas: 3}.StreamOf(shard))
}

// leader is the server that leads the stream a session is recorded in.
func (c *nodes) leader(session engine.SessionID) *logServer {
	c.t.Helper()
	stream := ""
	for _, one := range c.all[0].status().Sessions {
		var shard int
		if _, err := fmt.Sscanf(one.Unit, "shard-%d", &shard); err == nil && one.Session == session {
			stream = streamOf(shard)
		}
	}
	var found *logServer
	c.all[0].eventually("the stream of the session has a leader", func() bool {
		ctx, cancel := context.WithTimeout(c.t.Context(), 2*time.Second)
		defer cancel()
		st, err := c.seen.JetStream().Stream(ctx, stream)
		if err != nil || st.CachedInfo().Cluster == nil {
			return false
		}
		for _, s := range c.log {
			if s.options.Name == st.CachedInfo().Cluster.Leader && s.cmd != nil {
				found = s
			}
		}
		return found != nil
	})
	return found
}

// TestNodesWithALogOfItsOwn is the same contest with the log in three servers
// apart. The node that decides dies alone, and freezes; then the server that
// leads its stream dies alone; nobody without a certificate of the cluster gets in,
// and all certificates are renewed before.
func TestNodesWithALogOfItsOwn(t *testing.T) {
	t.Parallel()
	c := newNodesApart(t)
	c.strangersGetNowhere()
	c.renewCertificates()
	f := c.fight(10 * time.Second)
	deciding := func() *process {
		o := -1
		c.all[0].eventually("somebody decides", func() bool { o = c.owner(c.all[0], f.session); return o >= 0 })
		return c.all[o]
	}
	f.goesOn()
	p := deciding()
	p.kill()
	f.goesOn()
	p.start()

	p = deciding()
	p.freeze()
	f.goesOn()
	p.thaw()
	f.goesOn()

	s := c.leader(f.session)
	s.kill()
	f.goesOn()
	s.start()
	f.goesOn()
	f.end()
}

// renewCertificates puts others in the place of those of all nodes and servers.
// They end within the hour, as each node says of the one that it would show now.
func (c *nodes) renewCertificates() {
	c.t.Helper()
	ends := func(p *process) string {
		for _, line := range p.status().Wrong {
			if strings.HasPrefix(line, "the certificate of this node ends ") {
				return line
			}
		}
		return ""
	}
	before := map[*process]string{}
	c.each(func(p *process) {
		if before[p] = ends(p); before[p] == "" {
			c.t.Error("a node does not say that its certificate ends")
		}
	})
	for _, old := range c.files {
		next := c.authority.Issue(c.t, natsnode.RoleNode)
		for from, to := range map[string]string{next.Key: old.Key, next.Certificate: old.Certificate} {
			if err := os.Rename(from, to); err != nil {
				c.t.Fatal(err)
			}
		}
	}
	c.each(func(p *process) {
		if after := ends(p); after == before[p] {
			c.t.Errorf("a node has not taken its new certificate: %s", after)
		}
	})
}

// strangersGetNowhere: without TLS, without a certificate, with one of another
// authority, with one of a role that is nobody's.
func (c *nodes) strangersGetNowhere() {
	t := c.t
	t.Helper()
	foreign, err := natsnodetest.NewAuthority(t).Issue(t, natsnode.RoleNode).Config()
	if err != nil {
		t.Fatal(err)
	}
	bare := foreign.Clone()
	bare.GetClientCertificate, bare.InsecureSkipVerify, bare.VerifyConnection = nil, true, nil
	believing := foreign.Clone()
	believing.InsecureSkipVerify, believing.VerifyConnection = true, nil
	for _, s := range c.log {
		at := s.options.ClientListen
		for name, options := range map[string][]nats.Option{
			"in plain":                     {},
			"without a certificate":        {nats.Secure(bare)},
			"of another authority":         {nats.Secure(foreign)},
			"of another, and believing us": {nats.Secure(believing)},
		} {
			nc, err := nats.Connect("nats://"+at, append(options, nats.Timeout(3*time.Second))...)
			if err == nil {
				nc.Close()
				t.Errorf("a connection %s was let in at %s", name, s.options.Name)
			}
		}
	}
}
