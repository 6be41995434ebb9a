package main

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gobua/internal/clock"
)

// clockPage is what this test reads of the public page of the clock.
type clockPage struct {
	Now   int64
	Jumps []clock.Jump
}

func (p *process) clock() (c clockPage) {
	p.t.Helper()
	r, err := http.Get("http://" + p.addr + "/api/v1/clock")
	if err != nil {
		p.t.Fatal(err)
	}
	defer r.Body.Close()
	if err := json.NewDecoder(r.Body).Decode(&c); err != nil {
		p.t.Fatal(err)
	}
	return c
}

// logged is the last entries of the public log, as they lie there.
func (p *process) logged() string {
	p.t.Helper()
	about, ok := p.log()
	if !ok || about.Checkpoint.Size == 0 {
		return ""
	}
	r, err := http.Get(fmt.Sprintf("http://%s/log/tile/entries/000.p/%d", p.addr, about.Checkpoint.Size))
	if err != nil {
		p.t.Fatal(err)
	}
	defer r.Body.Close()
	all, err := io.ReadAll(r.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return string(all)
}

// The time of day of the machine that tests cannot be set, and a time namespace
// moves only its steady clock. What a program finds that starts on a machine
// whose clock was set back can be made, though: a mark of the process before
// that lies in the future.
func TestAProgramThatStartsOnAMachineThatWasSetBackSaysSoAndComesBack(t *testing.T) {
	t.Parallel()
	p := newProcess(t, "--demo", "off")
	p.start()
	if c := p.clock(); len(c.Jumps) != 0 {
		t.Fatalf("at first: %+v", c)
	}
	p.stop()

	died := time.Now().Add(2 * time.Hour)
	mark := binary.BigEndian.AppendUint64([]byte("gobua alive 1\n"), uint64(died.UnixMilli()))
	mark = binary.BigEndian.AppendUint32(mark, crc32.ChecksumIEEE(mark))
	if err := os.WriteFile(filepath.Join(p.data, "journal", "alive"), mark, 0o644); err != nil {
		t.Fatal(err)
	}
	p.start()
	p.eventually("the clock is the machine's again", func() bool { return len(p.clock().Jumps) == 2 })
	c := p.clock()
	if off := time.Since(time.UnixMilli(c.Now)); off.Abs() > 10*time.Second {
		t.Errorf("it is off by %v", off)
	}
	behind, follow := c.Jumps[1], c.Jumps[0]
	if behind.Kind != clock.Behind || !behind.Before.Equal(died.Truncate(time.Millisecond)) || follow.Kind != clock.Follow || follow.Before.Before(behind.Before) {
		t.Errorf("noted: %+v", c.Jumps)
	}
	p.eventually("both jumps stand in the public log", func() bool { return strings.Count(p.logged(), "gobua clock 1\n") == 2 })
	var by, at int64
	if _, entry, found := strings.Cut(p.logged(), "gobua clock 1\n"); !found {
		t.Error("the first of them is not there")
	} else if _, err := fmt.Sscanf(entry, "%d behind %d\n", &at, &by); err != nil || at != behind.At.UnixMilli() || max(by-behind.By().Milliseconds(), behind.By().Milliseconds()-by) > 1 {
		t.Errorf("the log says %q, the page %+v", entry, behind) // each rounds to whole milliseconds
	}

	p.stop()
	p.start()
	if again := p.clock(); len(again.Jumps) != 2 {
		t.Errorf("after one more start: %+v", again.Jumps)
	}
}
