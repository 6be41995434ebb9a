package main

import (
	"strings"
	"syscall"
	"testing"
)

// TestReadySaysWhatTheServerSays: what a container's health check asks.
func TestReadySaysWhatTheServerSays(t *testing.T) {
	t.Parallel()
	p := newProcess(t)
	ask := func(more ...string) (int, string) {
		t.Helper()
		return refusal(t, gobua(nil, append([]string{"ready", "--at", "http://" + p.addr}, more...)...))
	}
	status, said := ask()
	oneSentence(t, status, said, p.addr, "connection refused")
	p.start()
	if status, said := ask(); status != 0 || !strings.Contains(said, `"ready":true`) {
		t.Errorf("a server that is ready: status %d, %s", status, said)
	}
	if status, said := ask("--alive"); status != 0 || !strings.Contains(said, `"status":"ok"`) {
		t.Errorf("a server that is alive: status %d, %s", status, said)
	}
	if err := p.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	status, said = ask("--alive", "--timeout", "200ms")
	if err := p.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	oneSentence(t, status, said, "deadline exceeded")
}
