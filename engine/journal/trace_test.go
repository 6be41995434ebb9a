package journal_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestSyncPrecedesEveryAcknowledgement runs a child under strace and fails if
// it writes an acknowledgement before a sync has returned that was begun after
// the record had been written to the log.
func TestSyncPrecedesEveryAcknowledgement(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Fatal("strace is not installed; install it (apt-get install strace), this test is the evidence that bids are synced before they are acknowledged")
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	trace := filepath.Join(dir, "trace")
	c := exec.Command(strace, "-f", "-y", "-s", "1048576", "-e", "trace=write,fdatasync,fsync", "-o", trace, exe)
	c.Env = append(os.Environ(), childTask+"=few "+filepath.Join(dir, "journal"))
	said, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	f, err := os.Open(trace)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	e, err := checkTrace(f)
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.Count(string(said), "acknowledged"); e.acknowledged != want || want == 0 {
		t.Fatalf("the trace has %d acknowledgements, the child said %d", e.acknowledged, want)
	}
	t.Logf("%d acknowledgements, each after the sync of its record; %d records written, %d syncs of the log", e.acknowledged, len(e.durable), e.syncs)
}

// TestTraceCheckFindsWhatItShould: the check must be able to fail.
func TestTraceCheckFindsWhatItShould(t *testing.T) {
	const (
		row  = `7 write(5</d/journal/pebble/000004.log>, "..{\"session\":\"000000000001\",\"seq\":3,\"kind\"..", 200) = 200`
		ack  = `8 write(1<pipe:[1]>, "acknowledged 000000000001 3\n", 28) = 28`
		sync = `7 fdatasync(5</d/journal/pebble/000004.log>) = 0`
	)
	begun, ended := `7 fdatasync(5</d/journal/pebble/000004.log> <unfinished ...>`, `7 <... fdatasync resumed>) = 0`
	for name, c := range map[string]struct {
		lines []string
		ok    bool
	}{
		"write, sync, acknowledge":                  {[]string{row, sync, ack}, true},
		"write, sync in two parts, acknowledge":     {[]string{row, begun, ended, ack}, true},
		"no sync":                                   {[]string{row, ack}, false},
		"acknowledged before the sync":              {[]string{row, ack, sync}, false},
		"acknowledged while the sync is on its way": {[]string{row, begun, ack, ended}, false},
		"sync begun before the write":               {[]string{begun, row, ended, ack}, false},
		"sync failed":                               {[]string{row, strings.Replace(sync, "= 0", "= -1 EIO (Input/output error)", 1), ack}, false},
		"sync of another file":                      {[]string{row, strings.Replace(sync, "000004.log", "000005.sst", 1), ack}, false},
		"never written":                             {[]string{sync, ack}, false},
	} {
		e, err := checkTrace(strings.NewReader(strings.Join(c.lines, "\n")))
		if (err == nil) != c.ok || e.acknowledged == 0 {
			t.Errorf("%s: %d acknowledgements, %v", name, e.acknowledged, err)
		}
	}
}

// evidence is what a trace shows.
type evidence struct {
	acknowledged, syncs int
	written, durable    map[string]bool // "session seq"
}

var (
	traceCall    = regexp.MustCompile(`^(\d+) +(write|fdatasync|fsync)\(\d+<([^>]*)>(.*)$`)
	traceResumed = regexp.MustCompile(`^(\d+) +<\.\.\. (\w+) resumed>.*= (-?\d+)`)
	traceResult  = regexp.MustCompile(`\) += (-?\d+)[^"]*$`)
	traceRow     = regexp.MustCompile(`\\"session\\":\\"(\w+)\\",\\"seq\\":(\d+)`)
	traceAck     = regexp.MustCompile(`acknowledged (\w+) (\d+)\\n`)
)

// checkTrace reads strace's lines: each call's begin and its return, in the
// order in which they happened.
func checkTrace(r io.Reader) (e evidence, err error) {
	e.written, e.durable = map[string]bool{}, map[string]bool{}
	onReturn := map[string]func(ok bool){} // by thread
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 8<<20)
	for lines.Scan() {
		line := lines.Text()
		if m := traceResumed.FindStringSubmatch(line); m != nil {
			if returned := onReturn[m[1]]; returned != nil {
				returned(!strings.HasPrefix(m[3], "-"))
			}
			delete(onReturn, m[1])
			continue
		}
		m := traceCall.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		thread, call, file, rest := m[1], m[2], m[3], m[4]
		returned, wrong := e.begin(call, file, rest)
		if wrong != nil && err == nil {
			err = wrong
		}
		if result := traceResult.FindStringSubmatch(rest); result == nil {
			onReturn[thread] = returned
		} else if returned != nil {
			returned(!strings.HasPrefix(result[1], "-"))
		}
	}
	if err == nil {
		err = lines.Err()
	}
	return e, err
}

// begin takes note of a call that begins, and returns what its return means.
func (e *evidence) begin(call, file, data string) (returned func(ok bool), err error) {
	isLog := strings.HasSuffix(file, ".log")
	switch {
	case call == "write" && isLog:
		rows := traceRow.FindAllStringSubmatch(data, -1)
		return func(ok bool) {
			for _, row := range rows {
				e.written[row[1]+" "+row[2]] = ok
			}
		}, nil
	case isLog: // a sync
		e.syncs++
		var before []string
		for row, ok := range e.written {
			if ok {
				before = append(before, row)
			}
		}
		return func(ok bool) {
			for _, row := range before {
				e.durable[row] = e.durable[row] || ok
			}
		}, nil
	case call == "write":
		for _, ack := range traceAck.FindAllStringSubmatch(data, -1) {
			e.acknowledged++
			if !e.durable[ack[1]+" "+ack[2]] && err == nil {
				err = fmt.Errorf("session %s: record %s was acknowledged before it was synced", ack[1], ack[2])
			}
		}
	}
	return nil, err
}
