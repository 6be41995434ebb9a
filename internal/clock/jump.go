package clock

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"gobua/internal/durable"
)

// JumpKind says what happened to which clock.
type JumpKind string

// The kinds of a jump.
const (
	// Step: the machine's time of day was set while the program ran. The
	// server's clock did not move.
	Step JumpKind = "step"
	// Behind: at the start the machine's time of day lay before the last moment
	// of the process before. The server's clock went on from that moment.
	Behind JumpKind = "behind"
	// Follow: the server's clock was set to the machine's time of day, while no
	// session ran.
	Follow JumpKind = "follow"
)

// Jump is one jump of a clock: it said Before, and at once it said After.
type Jump struct {
	Kind    JumpKind
	At      time.Time // by the server's clock
	Before  time.Time
	After   time.Time
	Running int // sessions that ran meanwhile; none of them was moved
}

// By is how far the clock jumped; negative: back.
func (j Jump) By() time.Duration { return j.After.Sub(j.Before) }

// jumpJSON is a jump in the book and on the public page. It is a format: see
// docs/operations.md.
type jumpJSON struct {
	Kind     JumpKind `json:"kind"`
	AtMs     int64    `json:"at"`
	ByMs     int64    `json:"byMs"`
	BeforeMs int64    `json:"before"`
	AfterMs  int64    `json:"after"`
	Running  int      `json:"running"`
}

// MarshalJSON writes moments in milliseconds since 1970.
func (j Jump) MarshalJSON() ([]byte, error) {
	return json.Marshal(jumpJSON{j.Kind, j.At.UnixMilli(), j.By().Milliseconds(), j.Before.UnixMilli(), j.After.UnixMilli(), j.Running})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (j *Jump) UnmarshalJSON(b []byte) error {
	var in jumpJSON
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	at := func(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
	*j = Jump{in.Kind, at(in.AtMs), at(in.BeforeMs), at(in.AfterMs), in.Running}
	return nil
}

// Book is told of jumps. Jumped is called on the clock's own goroutine, or
// within New; it may wait for a disk.
type Book interface {
	Jumped(j Jump) error
}

// note tells the book and the log.
func (c *Clock) note(j Jump) {
	c.log.Warn("a clock jumped", "kind", j.Kind, "by", j.By(), "before", j.Before, "after", j.After, "sessions", j.Running)
	if c.book == nil {
		return
	}
	if err := c.book.Jumped(j); err != nil {
		c.log.Error("a jump of the clock could not be noted", "err", err)
	}
}

// maxShown is how many jumps a file remembers to show. A healthy server has
// none in a year.
const maxShown = 50

// File is a Book on disk: one line of JSON for each jump, only ever appended
// to. Its methods may be called from any goroutine.
type File struct {
	next Book

	mu    sync.Mutex
	file  *os.File
	shown []Jump // the latest, newest last
}

// OpenFile opens the file of the jumps, or begins it. What a loss of power left
// of a last line is cut off; any other line that cannot be read is an error.
// next is told of each jump after it is on disk; nil: nobody is.
func OpenFile(path string, next Book) (*File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("jumps of the clock: %w", err)
	}
	out := &File{next: next, file: f}
	end, err := out.readAll()
	if err == nil {
		err = f.Truncate(end)
	}
	if err == nil {
		_, err = f.Seek(end, io.SeekStart)
	}
	if err == nil {
		err = durable.SyncDir(filepath.Dir(path))
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("jumps of the clock, %s: %w", path, err), f.Close())
	}
	return out, nil
}

// readAll reads every whole line and returns where the last of them ends.
func (f *File) readAll() (end int64, err error) {
	lines := bufio.NewReader(f.file)
	for n := 1; ; n++ {
		line, err := lines.ReadBytes('\n')
		if err == io.EOF {
			return end, nil // with a torn line, if any
		}
		if err != nil {
			return 0, err
		}
		var j Jump
		if err := json.Unmarshal(line, &j); err != nil {
			return 0, fmt.Errorf("line %d: %w", n, err)
		}
		f.remember(j)
		end += int64(len(line))
	}
}

func (f *File) remember(j Jump) {
	f.shown = append(f.shown, j)
	if len(f.shown) > maxShown {
		f.shown = append([]Jump(nil), f.shown[1:]...)
	}
}

// Jumped puts a jump on stable storage and passes it on.
func (f *File) Jumped(j Jump) error {
	line, err := json.Marshal(j)
	if err != nil {
		return err
	}
	f.mu.Lock()
	f.remember(j) // whatever the disk says, it happened
	_, err = f.file.Write(append(line, '\n'))
	if err == nil {
		err = f.file.Sync()
	}
	f.mu.Unlock()
	if f.next != nil {
		err = errors.Join(err, f.next.Jumped(j))
	}
	return err
}

// Latest returns the latest jumps, newest first.
func (f *File) Latest() []Jump {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := make([]Jump, 0, len(f.shown))
	for i := len(f.shown) - 1; i >= 0; i-- {
		out = append(out, f.shown[i])
	}
	return out
}

// Close closes the file.
func (f *File) Close() error { return f.file.Close() }
