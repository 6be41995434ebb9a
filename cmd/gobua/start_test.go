package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// oneSentence checks that the program ended with one line that has all the
// words.
func oneSentence(t *testing.T, status int, said string, words ...string) {
	t.Helper()
	if status != 1 || strings.Count(said, "\n") != 1 || !strings.HasPrefix(said, "gobua: ") {
		t.Errorf("status %d, said:\n%s", status, said)
	}
	for _, word := range words {
		if !strings.Contains(said, word) {
			t.Errorf("%q is missing in: %s", word, said)
		}
	}
}

func TestASecondInstanceOnTheSameFolderIsRefused(t *testing.T) {
	t.Parallel()
	p := newProcess(t)
	p.start()
	status, said := refusal(t, gobua(nil, "serve", "--addr", freeAddress(t), "--data", p.data))
	oneSentence(t, status, said, p.data, "is open in another process")
	if strings.Contains(said, "journal: journal") {
		t.Errorf("it stammers: %s", said)
	}
	other := filepath.Join(t.TempDir(), "data")
	status, said = refusal(t, gobua(nil, "serve", "--addr", p.addr, "--data", other, "--log-level", "error"))
	oneSentence(t, status, said, p.addr, "address already in use", "--addr")
	status, said = refusal(t, gobua(nil, "account", "add", "khong-vao", "--name", "X", "--data", p.data))
	oneSentence(t, status, said, p.data, "in use by another instance")
	if r := p.readyz(); !strings.HasPrefix(r, "200") {
		t.Errorf("the first instance is disturbed: %s", r)
	}
}

func TestADataFolderThatCannotBeWrittenIsNamed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	status, said := refusal(t, gobua(nil, "serve", "--addr", freeAddress(t), "--data", file))
	oneSentence(t, status, said, file)
	status, said = refusal(t, gobua(nil, "serve", "--addr", freeAddress(t), "--data", filepath.Join(file, "data")))
	oneSentence(t, status, said, file)

	closed := filepath.Join(dir, "closed")
	for _, walkable := range []string{dir, filepath.Dir(dir)} { // also for somebody else
		if err := os.Chmod(walkable, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(closed, 0o555); err != nil {
		t.Fatal(err)
	}
	cmd := gobua(nil, "serve", "--addr", freeAddress(t), "--data", closed)
	if os.Geteuid() == 0 { // who may write everywhere
		program, err := os.Open(cmd.Path)
		if err != nil {
			t.Fatal(err)
		}
		defer program.Close()
		cmd.Path, cmd.ExtraFiles, cmd.Dir = "/proc/self/fd/3", []*os.File{program}, "/"
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	status, said = refusal(t, cmd)
	oneSentence(t, status, said, closed, "permission denied")
}

// settingsFile writes a file of settings.
func settingsFile(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "settings.json")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestWrongSettingsAreAllNamed(t *testing.T) {
	t.Parallel()
	file := settingsFile(t, `{"drain":"soon","max-client":7,"colour":"red","log-level":null,"demo-bots":["on"]}`)
	cmd := gobua([]string{"GOBUA_ADRR=:8080", "GOBUA_DEMO=maybe", "DATABASE_URL=mysql://gobua:secret@host/db"},
		"serve", "--config", file, "--max-clients", "0", "--origins", "https://a.example/path, ftp://b.example")
	status, said := refusal(t, cmd)
	if status != 2 {
		t.Errorf("exit status %d", status)
	}
	for _, words := range []string{
		`--drain (GOBUA_DRAIN) is "soon"`, `"max-client" is no setting`, `"colour" is no setting`, `"log-level"`, `"demo-bots"`,
		`GOBUA_ADRR is no setting`, `--demo (GOBUA_DEMO) is "maybe"`, `--database-url (DATABASE_URL) is no PostgreSQL address`,
		`--max-clients (GOBUA_MAX_CLIENTS) is "0"`, `"https://a.example/path"`, `"ftp://b.example"`,
	} {
		if !strings.Contains(said, words) {
			t.Errorf("%q is missing", words)
		}
	}
	if strings.Contains(said, "secret") || strings.Contains(said, "GOBUA_HELP") {
		t.Error("it says too much")
	}
	if t.Failed() {
		t.Log(said)
	}
}

func TestAFlagIsStrongerThanTheEnvironmentAndThatThanTheFile(t *testing.T) {
	t.Parallel()
	file := settingsFile(t, `{"log-level":"of-file"}`)
	for _, tt := range []struct {
		env, args []string
		want      string
	}{
		{nil, []string{"--config", file}, "of-file"},
		{[]string{"GOBUA_CONFIG=" + file}, nil, "of-file"},
		{[]string{"GOBUA_CONFIG=/nowhere"}, []string{"--config", file}, "of-file"},
		{[]string{"GOBUA_LOG_LEVEL=of-env"}, []string{"--config", file}, "of-env"},
		{[]string{"GOBUA_LOG_LEVEL=of-env"}, []string{"--config", file, "--log-level", "of-flag"}, "of-flag"},
		{nil, []string{"--config", file, "--log-level=of-flag"}, "of-flag"},
	} {
		status, said := refusal(t, gobua(tt.env, append([]string{"serve"}, tt.args...)...))
		want := fmt.Sprintf("--log-level (GOBUA_LOG_LEVEL) is %q;", tt.want)
		if status != 2 || !strings.Contains(said, want) || strings.Count(said, "--log-level") != 1 {
			t.Errorf("%v %v: status %d, %s", tt.env, tt.args, status, said)
		}
	}
}

func TestAFileOfSettingsThatCannotBeReadIsNamed(t *testing.T) {
	t.Parallel()
	for text, words := range map[string]string{"[1": "one JSON object", "": "one JSON object", `"x"`: "one JSON object", `{"addr":":1"} {}`: "one JSON object", "null": "one JSON object"} {
		file := settingsFile(t, text)
		status, said := refusal(t, gobua(nil, "serve", "--config", file))
		if status != 2 || !strings.Contains(said, file) || !strings.Contains(said, words) || strings.Contains(said, "--help:") {
			t.Errorf("%q: status %d, %s", text, status, said)
		}
	}
	status, said := refusal(t, gobua([]string{"GOBUA_CONFIG=/nowhere/at/all.json"}, "journal", "check"))
	if status != 2 || !strings.Contains(said, "/nowhere/at/all.json") {
		t.Errorf("status %d, %s", status, said)
	}
}
