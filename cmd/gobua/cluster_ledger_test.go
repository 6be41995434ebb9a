package main

import (
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

// served is what is served at a path of the public log; empty: nothing.
func (p *process) served(path string) string {
	r, err := http.Get("http://" + p.addr + path)
	if err != nil {
		return ""
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		return ""
	}
	return string(b)
}

// TestThreeNodesHaveOnePublicLog: it goes on when the node that writes it is
// killed, and a witness follows it at any of them.
func TestThreeNodesHaveOnePublicLog(t *testing.T) {
	t.Parallel()
	c := newNodes(t)
	c.settled(c.all[0])
	size := func(p *process) int64 { about, _ := p.log(); return about.Checkpoint.Size }
	reach := func(want int64, all ...*process) {
		for _, p := range all {
			p.eventually("it shows the log", func() bool { return size(p) >= want })
		}
	}
	reach(2, c.all...)
	verifier, _, _ := strings.Cut(command(t, 0, "keys", "show", "--data", c.all[0].data), "\n\n")
	state := filepath.Join(t.TempDir(), "seen")
	watch := func(p *process) {
		t.Helper()
		command(t, 0, "witness", "--log", "http://"+p.addr, "--log-key", verifier, "--state", state, "--once")
	}
	for _, p := range c.all {
		watch(p)
	}
	writer := 0
	for _, u := range c.all[0].status().Units {
		if u.Unit == unitLedger {
			writer = int(u.Owner[1] - '1')
		}
	}
	left := []*process{c.all[(writer+1)%3], c.all[(writer+2)%3]}
	before := size(left[0])
	c.all[writer].kill()
	reach(before+1, left...)
	for _, p := range left {
		watch(p)
	}
	c.all[writer].start()
	reach(size(left[0]), c.all...)
	for _, p := range c.all {
		watch(p)
		if strings.Contains(p.said.String(), "contradict each other") {
			t.Error("a contradiction")
		}
	}
	for _, path := range []string{"/log/tile/entries/000.p/2", "/log/tile/0/000.p/2"} {
		want := c.all[0].served(path)
		for _, p := range c.all {
			if got := p.served(path); got == "" || got != want {
				t.Errorf("%s at %s: %q, want %q", path, p.addr, got, want)
			}
		}
	}
}
