package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"gobua/engine"
	"gobua/engine/proof"
)

// golden is the file of a session, kept by the tests of engine/proof.
const golden = "../../engine/proof/testdata/phien.txt"

// TestTheBrowserComesToTheSameAnswers: what is compiled for the browser says of
// a file, to the letter, what the program itself says of it.
func TestTheBrowserComesToTheSameAnswers(t *testing.T) {
	folder := t.TempDir()
	facts, err := build(folder)
	if err != nil {
		t.Fatal(err)
	}
	if facts.Brotli > 1_500_000 {
		t.Errorf("the verifier has grown to %d bytes", facts.Brotli)
	}
	whole, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	report, err := proof.Verify(bytes.NewReader(whole), proof.Options{})
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(whole, []byte("\n"))
	for _, c := range []struct {
		name  string
		file  []byte
		known []engine.Head
		code  proof.Code
	}{
		{"right", whole, nil, ""},
		{"right, and as it was shown", whole, []engine.Head{report.Head}, ""},
		{"another was shown", whole, []engine.Head{{Seq: 5, Hash: engine.Hash{1}}}, proof.CodeOtherHistory},
		{"more was shown", whole, []engine.Head{{Seq: report.Head.Seq + 1}}, proof.CodeShownMissing},
		{"a byte flipped", flipped(whole, len(whole)/2), nil, proof.CodeChain},
		{"cut in a line", whole[:len(whole)/2], nil, proof.CodeCut},
		{"cut after a line", bytes.Join(lines[:9], nil), nil, proof.CodeCut},
		{"a record left out", bytes.Join(append(lines[:8:8], lines[9:]...), nil), nil, proof.CodeChain},
		{"of another session", bytes.Replace(whole, []byte("session 0"), []byte("session 1"), 1), nil, proof.CodeOtherSession},
		{"no record", []byte("%PDF-1.7 and so on"), nil, proof.CodeNoRecord},
		{"nothing", nil, nil, proof.CodeNoRecord},
	} {
		t.Run(c.name, func(t *testing.T) {
			want, err := proof.AnswerOf(proof.Verify(bytes.NewReader(c.file), proof.Options{Known: c.known}))
			if err != nil {
				t.Fatal(err)
			}
			if want.Wrong != nil && want.Wrong.Code != c.code || want.Wrong == nil && c.code != "" {
				t.Errorf("the program says %+v, want %q", want.Wrong, c.code)
			}
			if got := inNode(t, folder, c.file, c.known); !bytes.Equal(got, canonical(t, want)) {
				t.Errorf("in the browser: %s\nnatively:       %s", got, canonical(t, want))
			}
		})
	}
}

func flipped(file []byte, at int) []byte {
	file = bytes.Clone(file)
	file[at] ^= 1
	return file
}

// inNode verifies a file as the page does, and returns the answer.
func inNode(t *testing.T, folder string, file []byte, known []engine.Head) []byte {
	t.Helper()
	name := filepath.Join(t.TempDir(), "phien.txt")
	if err := os.WriteFile(name, file, 0o600); err != nil {
		t.Fatal(err)
	}
	held, err := json.Marshal(map[string]any{"heads": known})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", "../../tools/verify.mjs", folder, string(held), name)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("node: %v", err)
	}
	var line struct{ Answer any }
	if err := json.Unmarshal(out, &line); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return canonical(t, line.Answer)
}

// canonical writes an answer with its fields in one order.
func canonical(t *testing.T, answer any) []byte {
	t.Helper()
	text, err := json.Marshal(answer)
	if err != nil {
		t.Fatal(err)
	}
	var plain any
	if err := json.Unmarshal(text, &plain); err != nil {
		t.Fatal(err)
	}
	if text, err = json.Marshal(plain); err != nil {
		t.Fatal(err)
	}
	return text
}
