// Verifierbuild compiles cmd/verifier to WebAssembly and puts it, compressed,
// into the folder from which it is embedded in the program: what the page
// /kiem-chung loads. `make build`, `make run` and `make test` call it whenever
// something of it has changed.
package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"gobua/internal/packing"
)

// Facts is what the page tells about the verifier before it loads it.
type Facts struct {
	Go     string `json:"go"`
	SHA256 string `json:"sha256"` // of the WebAssembly itself
	Bytes  int    `json:"bytes"`
	Gzip   int    `json:"gzip"`
	Brotli int    `json:"brotli"`
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("verifierbuild: ")
	if len(os.Args) != 2 {
		log.Fatal("one argument is needed: the folder to write to")
	}
	facts, err := build(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	log.Printf("%.1f MB, %.1f MB with gzip, %.1f MB with brotli", mb(facts.Bytes), mb(facts.Gzip), mb(facts.Brotli))
}

func mb(n int) float64 { return float64(n) / 1e6 }

// build writes the verifier and what its page needs to a folder. Equal sources
// and an equal Go give equal bytes.
func build(folder string) (Facts, error) {
	wasm, err := compile()
	if err != nil {
		return Facts{}, err
	}
	root, err := goRoot()
	if err != nil {
		return Facts{}, err
	}
	loader, err := os.ReadFile(filepath.Join(root, "lib/wasm/wasm_exec.js"))
	if err != nil {
		return Facts{}, fmt.Errorf("this Go lacks a part: %w", err)
	}
	small, smaller := packing.Gzip(wasm), packing.Brotli(wasm)
	sum := sha256.Sum256(wasm)
	facts := Facts{
		Go: runtime.Version(), SHA256: hex.EncodeToString(sum[:]),
		Bytes: len(wasm), Gzip: len(small), Brotli: len(smaller),
	}
	text, err := json.Marshal(facts)
	if err != nil {
		return Facts{}, err
	}
	// The facts are last: they are what make looks at, and what the page asks for.
	for _, f := range []struct {
		name string
		body []byte
	}{
		{"verifier.wasm.gz", small}, {"verifier.wasm.br", smaller},
		{"wasm_exec.js", loader}, {"verifier.json", text},
	} {
		if err := os.WriteFile(filepath.Join(folder, f.name), f.body, 0o644); err != nil {
			return Facts{}, err
		}
	}
	return facts, nil
}

// compile builds cmd/verifier with the Go that runs this program.
func compile() ([]byte, error) {
	dir, err := os.MkdirTemp("", "verifier")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	out := filepath.Join(dir, "verifier.wasm")
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", out, "gobua/cmd/verifier")
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("compiling: %w\n%s", err, text)
	}
	return os.ReadFile(out)
}

func goRoot() (string, error) {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return "", fmt.Errorf("go env GOROOT: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}
