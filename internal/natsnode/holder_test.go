package natsnode_test

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gobua/internal/natsnode"
	"gobua/internal/natsnode/natsnodetest"
)

// put puts a file in the place of another, as one act.
func put(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to+".new", b, 0o600)
	}
	if err == nil {
		err = os.Rename(to+".new", to)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// trusting are files that believe in several authorities.
func trusting(t *testing.T, f natsnode.Files, others ...natsnode.Files) natsnode.Files {
	t.Helper()
	var all []byte
	for _, o := range append([]natsnode.Files{f}, others...) {
		b, err := os.ReadFile(o.Authority)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b...)
	}
	f.Authority = filepath.Join(t.TempDir(), "authorities.pem")
	if err := os.WriteFile(f.Authority, all, 0o600); err != nil {
		t.Fatal(err)
	}
	return f
}

// TestCertificatesAreRenewedWhileTheClusterRuns: the nodes begin with
// certificates of one authority and get others of a second one into their files.
// Nobody is restarted but one, which from then on believes in the second alone and
// dials nobody: it comes back only if the others show their new ones when they
// dial, as they do when they are dialled.
func TestCertificatesAreRenewedWhileTheClusterRuns(t *testing.T) {
	first, second := natsnodetest.NewAuthority(t), natsnodetest.NewAuthority(t)
	var routes []string
	for _, port := range natsnodetest.FreePorts(t, 3) {
		routes = append(routes, (&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}).String())
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	var files, next []natsnode.Files
	var nodes []*natsnode.Node
	start := func(o natsnode.Options, f natsnode.Files) *natsnode.Node {
		t.Helper()
		config, err := f.Config()
		if err != nil {
			t.Fatal(err)
		}
		o.Insecure, o.TLS = false, config
		n, err := natsnode.Start(o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(n.Close)
		return n
	}
	var options []natsnode.Options
	for i := range routes {
		next = append(next, second.Issue(t, natsnode.RoleNode))
		files = append(files, trusting(t, first.Issue(t, natsnode.RoleNode), next[i]))
		options = append(options, natsnodetest.Options(t, i, routes[i], routes))
		nodes = append(nodes, start(options[i], files[i]))
	}
	for _, n := range nodes {
		if err := n.WaitReady(ctx); err != nil {
			t.Fatal(err)
		}
	}
	strict, err := second.Issue(t, natsnode.RoleNode).Config()
	if err != nil {
		t.Fatal(err)
	}
	shown := func() (n int) {
		for _, r := range routes {
			if handshake(r, strict) {
				n++
			}
		}
		return n
	}
	if n := shown(); n != 0 {
		t.Fatalf("%d nodes have a certificate of the second authority before it was put there", n)
	}
	for i, f := range files {
		put(t, next[i].Key, f.Key)
		put(t, next[i].Certificate, f.Certificate)
	}
	if n := shown(); n != len(routes) {
		t.Fatalf("%d nodes show their new certificate", n)
	}
	nodes[2].Close()
	options[2].Routes = routes[2:] // itself: JetStream wants some
	back := start(options[2], natsnode.Files{Authority: next[2].Authority, Certificate: files[2].Certificate, Key: files[2].Key})
	if err := back.WaitReady(ctx); err != nil {
		t.Fatal(err)
	}
}

// TestWhatCannotBeTakenIsNotTaken: files that do not fit each other, or that are
// worse than what is there, change nothing until they are right, and the log says
// so once.
func TestWhatCannotBeTakenIsNotTaken(t *testing.T) {
	authority := natsnodetest.NewAuthority(t)
	files, next := authority.Issue(t, natsnode.RoleNode), authority.Issue(t, natsnode.RoleNode)
	reader, foreign := authority.Issue(t, natsnode.RoleReader), natsnodetest.NewAuthority(t).Issue(t, natsnode.RoleNode)
	var said bytes.Buffer
	h, err := files.Open(slog.New(slog.NewTextHandler(&said, nil)))
	if err != nil {
		t.Fatal(err)
	}
	config := h.Config()
	shows := func() []byte {
		t.Helper()
		server, err := config.GetCertificate(nil)
		if err != nil {
			t.Fatal(err)
		}
		client, err := config.GetClientCertificate(nil)
		if err != nil || !bytes.Equal(server.Certificate[0], client.Certificate[0]) {
			t.Fatalf("both sides show different ones: %v", err)
		}
		return server.Certificate[0]
	}
	old := shows()
	warnings := 0
	stays := func(what string) {
		t.Helper()
		for range 3 {
			if !bytes.Equal(shows(), old) {
				t.Errorf("%s: taken", what)
			}
		}
		warnings++
		if got := strings.Count(said.String(), "level=WARN"); got != warnings {
			t.Errorf("%s: said %d times in all, not %d:\n%s", what, got, warnings, said.String())
		}
	}
	put(t, next.Certificate, files.Certificate)
	stays("the certificate without its key")
	if err := os.Remove(files.Key); err != nil {
		t.Fatal(err)
	}
	stays("no key at all")
	put(t, reader.Key, files.Key)
	put(t, reader.Certificate, files.Certificate)
	stays("one that is no node's")
	put(t, foreign.Key, files.Key)
	put(t, foreign.Certificate, files.Certificate)
	stays("one of another authority")
	put(t, next.Key, files.Key)
	put(t, next.Certificate, files.Certificate)
	taken := shows()
	if slices.Equal(taken, old) || strings.Count(said.String(), "taken anew") != 1 {
		t.Errorf("the right one was not taken:\n%s", said.String())
	}
	if !slices.Equal(taken, shows()) || strings.Count(said.String(), "taken anew") != 1 {
		t.Error("it is read again although nothing has changed")
	}
	if left := time.Until(h.Ends()); left < 30*time.Minute || left > time.Hour {
		t.Errorf("it is good for %v", left)
	}
}
