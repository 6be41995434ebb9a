// Package depcheck holds the import rules of the house as tests, each with its
// reason.
package depcheck

import (
	"bytes"
	"encoding/json"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// module is the prefix of our own packages.
const module = "gobua"

type pkg struct {
	ImportPath string
	Imports    []string
	Deps       []string
	GoFiles    []string
}

func load(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,Deps,GoFiles", "gobua/...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var pkgs []pkg
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := d.Decode(&p); err == io.EOF {
			return pkgs
		} else if err != nil {
			t.Fatal(err)
		}
		pkgs = append(pkgs, p)
	}
}

func ours(path string) bool { return path == module || strings.HasPrefix(path, module+"/") }

func in(path, folder string) bool { return path == folder || strings.HasPrefix(path, folder+"/") }

// forbidden says which of our packages a package may not import, and why.
var forbidden = []struct {
	from, to, why string
}{
	{"gobua/engine/actor", "gobua/transport", "the actor tells a Feed and does not know that sockets exist"},
	{"gobua/engine/actor", "gobua/office", "results leave through the Office port; the law is not the actor's business"},
	{"gobua/engine/actor", "gobua/store", "Postgres is never on the path of a bid"},
	{"gobua/engine/journal", "gobua/engine/actor", "a journal keeps bytes and knows nobody who writes them"},
	{"gobua/engine/journal", "gobua/transport", "a journal keeps bytes and knows nobody who writes them"},
	{"gobua/engine/journal", "gobua/store", "Postgres is never on the path of a bid"},
	{"gobua/cmd", "gobua/engine/journal/shardlog/shardlogtest", "servers of tests are for tests"},
	{"gobua/engine", "gobua/internal/ledgerkeeper", "the rules and their owners do not know who witnesses them"},
	{"gobua/transport", "gobua/internal/ledgerkeeper", "handlers read a log through a port; who keeps it is wired in cmd"},
	{"gobua/transport", "gobua/engine/actor", "the gateway speaks to a Saleroom; one machine and many differ in wiring alone"},
	{"gobua/transport", "gobua/engine/journal", "what is told comes from the actor, after it was durable"},
	{"gobua/transport", "gobua/store", "handlers speak to the office, which alone knows the tables"},
	{"gobua/office", "gobua/store", "the store port sits with its user; the store implements it"},
	{"gobua/office", "gobua/transport", "the legal process does not know HTTP"},
	{"gobua/store", "gobua/transport", "tables do not know HTTP"},
	{"gobua/frontend", "gobua/engine", "the page is static; it gets data over the wire"},
	{"gobua/frontend", "gobua/transport", "the page is static; it gets data over the wire"},
	{"gobua/transport/wire", "gobua/transport", "frames are below sockets"},
}

func TestImportsPointAtTheEngine(t *testing.T) {
	for _, p := range load(t) {
		for _, rule := range forbidden {
			if !in(p.ImportPath, rule.from) || in(p.ImportPath, rule.to) {
				continue
			}
			for _, imported := range p.Imports {
				if in(imported, rule.to) && !in(imported, rule.from) {
					t.Errorf("%s imports %s: %s", p.ImportPath, imported, rule.why)
				}
			}
		}
	}
}

// leaves may import of ours only the engine and what is named, and why. They
// know no account, no auction and no table, so that each can be read, tested
// and replaced alone.
var leaves = []struct {
	leaf    string
	allowed []string
	why     string
}{
	{"gobua/engine/journal/shardlog", []string{"gobua/engine/journal", "gobua/internal/durable", "gobua/internal/keptstream", "gobua/internal/testbinary"},
		"a log keeps bytes and knows nobody who writes them; who owns a shard is decided elsewhere"},
	{"gobua/internal/packing", nil, "bytes are packed whatever they are"},
	{"gobua/internal/durable", nil, "files know nothing of what is in them"},
	{"gobua/internal/request", []string{"gobua/internal/durable"}, "a request is carried by who does not know what is asked for"},
	{"gobua/internal/backup", []string{"gobua/internal/durable", "gobua/internal/request"}, "files are copied whatever is in them; databases and what is open come in as functions"},
	{"gobua/internal/history", nil, "who judges a server knows its answers and nothing of how it makes them"},
	{"gobua/internal/powerloss", nil, "a disk knows nothing of what is written to it"},
	{"gobua/internal/natsnode", nil, "a server and a connection carry whatever they are given"},
	{"gobua/internal/cluster", nil, "who decides what does not depend on what is decided"},
	{"gobua/internal/clock", []string{"gobua/internal/durable"}, "a clock does not know what is timed by it"},
	{"gobua/internal/tracing", nil, "who carries traces is told stages and moments, and cannot look at what they are of"},
	{"gobua/internal/keyfile", []string{"gobua/internal/durable"}, "a key file knows nothing of what its key is for"},
	{"gobua/engine/ledger", nil, "whoever checks the log needs its rules and those of the records, and nothing else of the server"},
	{"gobua/internal/ledgerkeeper", []string{"gobua/engine/ledger", "gobua/internal/durable", "gobua/internal/keyfile", "gobua/internal/keptstream"},
		"the log witnesses what it is told of the sessions; it must not be able to ask for more"},
	{"gobua/internal/ledgerkeeper/ledgerstream", []string{"gobua/internal/ledgerkeeper", "gobua/internal/keptstream"}, "a stream carries messages of the log and does not read them"},
	{"gobua/internal/witness", []string{"gobua/engine/ledger", "gobua/internal/durable", "gobua/internal/keyfile"},
		"a witness trusts nothing of the server, not even its code"},
	{"gobua/internal/keptstream", nil, "a stream is kept whatever is in it"},
	{"gobua/internal/relay", []string{"gobua/engine/actor"}, "commands are brought by who knows no account, no socket and no log"},
	{"gobua/office/casefile", nil, "whoever checks a sealed file needs the file alone"},
	{"gobua/office/mail", []string{"gobua/internal/durable"}, "a letter is carried by who does not know why it was written"},
	{"gobua/office/webhook", nil, "bytes are signed and carried; what is told is the office's business"},
	{"gobua/office/secondfactor", nil, "codes are counted without knowing whose they are"},
	{"gobua/office/blob", []string{"gobua/internal/durable"}, "contents are kept whatever is in them"},
	{"gobua/office/upload", []string{"gobua/internal/durable", "gobua/office/blob"}, "a file is judged by its content alone"},
	{"gobua/office/vault", []string{"gobua/internal/keyfile"}, "sealing works on bytes; what is personal is the office's business"},
	{"gobua/office/workday", nil, "which days are working days depends on no auction"},
	{"gobua/office/table", nil, "a report is columns and rows, whatever it tells"},
	{"gobua/office/bank", []string{"gobua/office/table"}, "memos, codes and statements are texts; the office decides what a payment means"},
	{"gobua/office/feed", nil, "a feed is rendered from a plain notice; where it comes from is not its business"},
	{"gobua/office/moneywords", nil, "an amount is read the same wherever it stands"},
	{"gobua/office/document", []string{"gobua/office/moneywords"}, "a document is a function of what it is given, and of nothing kept elsewhere"},
}

func TestLeavesKnowNobody(t *testing.T) {
	for _, p := range load(t) {
		for _, rule := range leaves {
			if !in(p.ImportPath, rule.leaf) {
				continue
			}
			for _, imported := range p.Imports {
				if ours(imported) && imported != "gobua/engine" && !in(imported, rule.leaf) && !slices.Contains(rule.allowed, imported) {
					t.Errorf("%s imports %s: %s", p.ImportPath, imported, rule.why)
				}
			}
		}
	}
}

// pureLeaves are leaves without I/O, clock or chance of their own.
var pureLeaves = []string{"gobua/engine/ledger", "gobua/office/table", "gobua/office/bank", "gobua/office/feed"}

func TestPureLeavesArePure(t *testing.T) {
	for _, p := range load(t) {
		if !slices.Contains(pureLeaves, p.ImportPath) {
			continue
		}
		for _, imported := range p.Imports {
			if imported == "net/url" { // texts only
				continue
			}
			if slices.Contains(impure, imported) || strings.HasPrefix(imported, "net/") || strings.HasPrefix(imported, "os/") {
				t.Errorf("%s imports %s: a reader, a moment and chance come in as arguments", p.ImportPath, imported)
			}
		}
	}
}

func TestOnlyCmdWires(t *testing.T) {
	for _, p := range load(t) {
		for _, imported := range p.Imports {
			if in(imported, "gobua/cmd") {
				t.Errorf("%s imports %s: cmd is the only place where everything meets", p.ImportPath, imported)
			}
		}
	}
}

// impure are packages with I/O, a clock, chance or goroutines in them.
var impure = []string{"os", "net", "math/rand", "math/rand/v2", "crypto/rand", "database/sql", "sync", "log", "log/slog", "io/fs", "syscall"}

func TestEngineIsPure(t *testing.T) {
	for _, p := range load(t) {
		if p.ImportPath != "gobua/engine" {
			continue
		}
		for _, imported := range p.Imports {
			if ours(imported) {
				t.Errorf("engine imports %s: every arrow points at the engine", imported)
			}
			if slices.Contains(impure, imported) || strings.HasPrefix(imported, "net/") || strings.HasPrefix(imported, "os/") {
				t.Errorf("engine imports %s: the rules decide from state, command and now, and from nothing else", imported)
			}
		}
	}
}

func TestEngineReadsNoClock(t *testing.T) {
	chance := []string{"time.Now(", "time.Since(", "time.After(", "time.NewTimer(", "uuid.New"}
	goroutines := []string{"go func(", "make(chan", "sync.Mutex", "atomic."}
	for _, call := range append(chance, goroutines...) {
		args := []string{"-l", "--include=*.go", "--exclude=*_test.go", "-F", call, "-r", "../../engine", "--exclude-dir=actor", "--exclude-dir=journal"}
		if slices.Contains(goroutines, call) {
			args = append(args, "--exclude-dir=proof") // decodes many records at once; they are judged in order
		}
		out, err := exec.Command("grep", args...).Output()
		if err == nil {
			t.Errorf("%s is used in %s: time and chance come in as arguments", call, strings.TrimSpace(string(out)))
		}
	}
}

// TestTheVerifierIsTheProofAndNothingElse: what a stranger's browser loads is
// small, and it is the code that judged.
func TestTheVerifierIsTheProofAndNothingElse(t *testing.T) {
	cmd := exec.Command("go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", "gobua/cmd/verifier")
	cmd.Env = append(cmd.Environ(), "GOOS=js", "GOARCH=wasm")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	allowed := []string{"gobua/cmd/verifier", "gobua/engine/proof", "gobua/engine/ledger", "gobua/engine", "github.com/google/uuid",
		"golang.org/x/mod/sumdb/note", "golang.org/x/mod/sumdb/tlog"}
	for _, path := range strings.Fields(string(out)) {
		if !slices.Contains(allowed, path) {
			t.Errorf("the verifier needs %s: every byte of it is loaded by phones", path)
		}
	}
	cmd = exec.Command("go", "list", "-deps", "gobua/cmd/verifier")
	cmd.Env = append(cmd.Environ(), "GOOS=js", "GOARCH=wasm")
	if out, err = cmd.Output(); err != nil {
		t.Fatalf("go list: %v", err)
	}
	for _, path := range strings.Fields(string(out)) {
		if path == "net" || strings.HasPrefix(path, "net/") || path == "crypto/tls" {
			t.Errorf("the verifier needs %s, and it talks to nobody", path)
		}
	}
}
