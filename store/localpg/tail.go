package localpg

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
)

// maxTail is how many lines of the server's log are kept for an error
// message, and maxLine how much of one line.
const (
	maxTail = 20
	maxLine = 2000
)

// tail passes the server's log on to the program's and keeps the end of it.
// One goroutine writes; others read.
type tail struct {
	log  *slog.Logger
	rest []byte // of an unfinished line

	mu    sync.Mutex
	lines []string
}

// Write implements io.Writer.
func (t *tail) Write(p []byte) (int, error) {
	t.rest = append(t.rest, p...)
	for {
		line, rest, ok := bytes.Cut(t.rest, []byte("\n"))
		if !ok {
			break
		}
		t.add(string(line))
		t.rest = rest
	}
	if len(t.rest) > maxLine {
		t.add(string(t.rest))
		t.rest = nil
	}
	return len(p), nil
}

func (t *tail) add(line string) {
	if line = strings.TrimSpace(line); line == "" {
		return
	}
	line = line[:min(len(line), maxLine)]
	level := slog.LevelDebug
	switch {
	case strings.HasPrefix(line, "PANIC:"):
		level = slog.LevelError
	case strings.HasPrefix(line, "FATAL:") && !strings.Contains(line, "starting up"):
		level = slog.LevelWarn
	}
	t.log.Log(context.Background(), level, "postgres says", "line", line)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lines = append(t.lines, line)
	if len(t.lines) > maxTail {
		t.lines = t.lines[1:]
	}
}

// last is the line that most likely says what went wrong.
func (t *tail) last() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := len(t.lines) - 1; i >= 0; i-- {
		if strings.HasPrefix(t.lines[i], "FATAL:") || strings.HasPrefix(t.lines[i], "PANIC:") {
			return t.lines[i]
		}
	}
	if len(t.lines) == 0 {
		return "it said nothing"
	}
	return t.lines[len(t.lines)-1]
}

func (t *tail) mentions(words string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, line := range t.lines {
		if strings.Contains(line, words) {
			return true
		}
	}
	return false
}
