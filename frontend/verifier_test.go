package frontend

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"

	"gobua/internal/packing"
)

// TestTheVerifierIsServedPackedAndKept serves a folder with a file in the place
// of the WebAssembly: what it is does not matter to who serves it.
func TestTheVerifierIsServedPackedAndKept(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, files); err != nil {
		t.Fatal(err)
	}
	body := bytes.Repeat([]byte("\x00asm gõ búa "), 1000)
	for end, packed := range map[string][]byte{".br": packing.Brotli(body), ".gz": packing.Gzip(body)} {
		if err := os.WriteFile(filepath.Join(dir, "verifier/verifier.wasm"+end), packed, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tr, err := load(os.DirFS(dir), false)
	if err != nil {
		t.Fatal(err)
	}
	_, get := serveTree(t, tr)
	at := "/_/" + tr.version + "/verifier/"
	for encoding, open := range map[string]func(io.Reader) (io.Reader, error){
		"":     func(r io.Reader) (io.Reader, error) { return r, nil },
		"br":   func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil },
		"gzip": func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
	} {
		res := get(at+"verifier.wasm", "Accept-Encoding", encoding)
		r, err := open(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, body) || res.Header.Get("Content-Encoding") != encoding {
			t.Errorf("%q: %v, %d of %d bytes, sent as %q", encoding, err, len(got), len(body), res.Header.Get("Content-Encoding"))
		}
		if kind := res.Header.Get("Content-Type"); kind != "application/wasm" {
			t.Errorf("%q: %s", encoding, kind) // a browser compiles nothing else while it loads
		}
		if cache := res.Header.Get("Cache-Control"); cache != "public, max-age=31536000, immutable" {
			t.Errorf("%q: %s", encoding, cache)
		}
	}
	for _, hidden := range []string{"README.md", "verifier.wasm.gz", "verifier.wasm.br"} {
		if res := get(at + hidden); res.StatusCode != 404 {
			t.Errorf("%s is served: %d", hidden, res.StatusCode)
		}
	}
}

// TestAProgramBuiltWithoutTheVerifierServesTheRest and says 404 to the page,
// which then says so.
func TestAProgramBuiltWithoutTheVerifierServesTheRest(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, files); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"verifier.json", "wasm_exec.js", "verifier.wasm.br", "verifier.wasm.gz"} {
		if err := os.Remove(filepath.Join(dir, "verifier", name)); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	tr, err := load(os.DirFS(dir), false)
	if err != nil {
		t.Fatal(err)
	}
	_, get := serveTree(t, tr)
	if res := get(verifierPage); res.StatusCode != 200 {
		t.Errorf("the page: %d", res.StatusCode)
	}
	for _, name := range []string{"verifier.json", "verifier.wasm"} {
		if res := get("/_/" + tr.version + "/verifier/" + name); res.StatusCode != 404 {
			t.Errorf("%s: %d", name, res.StatusCode)
		}
	}
}

// TestOnlyTheVerifierMayCompile: no other page starts a worker, and no page
// compiles anything.
func TestOnlyTheVerifierMayCompile(t *testing.T) {
	site, get := serve(t, Options{})
	for _, r := range Routes {
		csp := get(exampleOf(r.Path)).Header.Get("Content-Security-Policy")
		if strings.Contains(csp, "unsafe") {
			t.Errorf("%s: %s", r.Path, csp)
		}
		if named := strings.Contains(csp, "trusted-types verifier"); named != (r.Path == verifierPage) {
			t.Errorf("%s: %s", r.Path, csp)
		}
	}
	for name := range site.loaded.files {
		csp := get("/_/" + site.Version() + "/" + name).Header.Get("Content-Security-Policy")
		if strings.Contains(csp, "'wasm-unsafe-eval'") != (name == verifierWorker) {
			t.Errorf("%s: %s", name, csp)
		}
	}
	if site.loaded.files[verifierWorker] == nil {
		t.Errorf("there is no %s", verifierWorker)
	}
}

// TestNothingLoadsTheVerifierButItsPage: no other page imports a module of it.
func TestNothingLoadsTheVerifierButItsPage(t *testing.T) {
	site, _ := serve(t, Options{})
	for _, r := range Routes {
		modules, err := site.loaded.imports("js/main.js", r.Module)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range modules {
			if strings.HasPrefix(m, "js/verify/") && r.Path != verifierPage {
				t.Errorf("%s loads %s", r.Path, m)
			}
		}
	}
}
