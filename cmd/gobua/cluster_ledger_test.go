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

// TestAStoppedNodeDisclosesThroughTheOthers: the secret is in its folder, and that
// it was opened has to stand in the log that all have. Alone it opens nothing.
func TestAStoppedNodeDisclosesThroughTheOthers(t *testing.T) {
	c := newNodes(t)
	c.settled(c.all[0])
	_, session, _ := maxima(t, c.all[0])
	p := c.all[2]
	p.eventually("the node has the session and its end", func() bool { return strings.Contains(p.logged(), string(session)) })
	p.stop()
	disclose := func(args ...string) (status int, out, said string) {
		t.Helper()
		cmd := gobua(nil, append([]string{"disclose", "--data", p.data, string(session)}, args...)...)
		var stdout, stderr strings.Builder
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
			t.Fatal(err)
		}
		return cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()
	}
	status, out, said := disclose()
	if status != 0 || !strings.Contains(out, "bid of ") {
		t.Fatalf("what there is: status %d, %s%s", status, out, said)
	}
	number, _, _ := strings.Cut(strings.Split(out, "\n")[1], " ")
	if status, out, said := disclose(number, "--reason", "x"); status == 0 || out != "" || !strings.Contains(said, "nothing was disclosed") || !strings.Contains(said, "--cluster") {
		t.Errorf("alone: status %d, %s%s", status, out, said)
	}
	args := []string{number, "--reason", "Theo yêu cầu của tòa án"}
	for i, flag := range p.flags {
		if strings.HasPrefix(flag, "--cluster") {
			args = append(args, flag, p.flags[i+1])
		}
	}
	if status, out, said := disclose(args...); status != 0 || !strings.Contains(out, "2400000") || !strings.Contains(said, "of the public log says that this was disclosed") {
		t.Fatalf("with the others: status %d, %s%s", status, out, said)
	}
	want := " " + string(session) + " " + number + "\nTheo yêu cầu của tòa án\n"
	for _, other := range c.all[:2] {
		other.eventually("the log of another node says so", func() bool { return strings.Contains(other.logged(), want) })
	}
	p.start()
	p.eventually("the node is back and says so, too", func() bool { return strings.Contains(p.logged(), want) })
}
