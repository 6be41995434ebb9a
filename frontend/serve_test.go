package frontend

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/gofiber/fiber/v2"
)

func serve(t *testing.T, o Options) (*Site, func(path string, header ...string) *http.Response) {
	t.Helper()
	site, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return answering(t, site)
}

// serveTree answers from a tree that was loaded from somewhere else.
func serveTree(t *testing.T, tr *tree) (*Site, func(path string, header ...string) *http.Response) {
	t.Helper()
	site, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	site.loaded = tr
	return answering(t, site)
}

func answering(t *testing.T, site *Site) (*Site, func(path string, header ...string) *http.Response) {
	app := fiber.New()
	site.Register(app)
	return site, func(path string, header ...string) *http.Response {
		t.Helper()
		r := httptest.NewRequest(http.MethodGet, "http://sale.example:8080"+path, nil)
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		res, err := app.Test(r, -1)
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
}

func bodyOf(t *testing.T, res *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func exampleOf(path string) string {
	return strings.NewReplacer(":session", "k7qp2m4x9abc", ":id", "018f-Ab_1").Replace(path)
}

func TestEveryRouteAnswersWithThePage(t *testing.T) {
	site, get := serve(t, Options{})
	for _, r := range Routes {
		res := get(exampleOf(r.Path))
		body := bodyOf(t, res)
		if res.StatusCode != 200 || res.Header.Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("%s: %d %s", r.Path, res.StatusCode, res.Header.Get("Content-Type"))
		}
		if res.Header.Get("Cache-Control") != "no-cache" {
			t.Errorf("%s may be kept: %s", r.Path, res.Header.Get("Cache-Control"))
		}
		if strings.Contains(body, "{{") || !strings.Contains(body, "/_/"+site.Version()+"/js/main.js") {
			t.Errorf("%s: not filled in", r.Path)
		}
		again := get(exampleOf(r.Path), "If-None-Match", res.Header.Get("ETag"))
		if again.StatusCode != 304 {
			t.Errorf("%s: unchanged page sent again: %d", r.Path, again.StatusCode)
		}
	}
}

func TestWhateverIsNoRouteIsNotFound(t *testing.T) {
	_, get := serve(t, Options{})
	for _, path := range []string{
		"/js/main.js", "/_/000000000000/js/main.js", "/index.html", "/phong", "/phong/short", "/phong/K7QP2M4X9ABC",
		"/phong/k7qp2m4x9abc/x", "/phong/k7qp2m4x9abi", "/favicon.ico", "/quan-tri",
	} {
		res := get(path)
		if res.StatusCode != 404 {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
}

func TestNotFoundSpeaksTheReadersLanguage(t *testing.T) {
	_, get := serve(t, Options{})
	for _, c := range []struct{ accept, want string }{
		{"", "Không có trang này"},
		{"vi-VN,vi;q=0.9", "Không có trang này"},
		{"en-US,en;q=0.9", "There is no such page"},
		{"en-US,en;q=0.9,vi;q=0.8", "There is no such page"},
		{"fr", "Không có trang này"},
	} {
		if body := bodyOf(t, get("/nowhere", "Accept-Language", c.accept)); !strings.Contains(body, c.want) {
			t.Errorf("%q: %s", c.accept, body)
		}
	}
}

func TestFilesAreKeptForEverAndCompressed(t *testing.T) {
	site, get := serve(t, Options{})
	at := "/_/" + site.Version() + "/"
	want, err := fs.ReadFile(files, "js/main.js")
	if err != nil {
		t.Fatal(err)
	}
	for encoding, open := range map[string]func(io.Reader) io.Reader{
		"":   func(r io.Reader) io.Reader { return r },
		"br": func(r io.Reader) io.Reader { return brotli.NewReader(r) },
		"gzip": func(r io.Reader) io.Reader {
			z, err := gzip.NewReader(r)
			if err != nil {
				t.Fatal(err)
			}
			return z
		},
	} {
		res := get(at+"js/main.js", "Accept-Encoding", encoding)
		got, err := io.ReadAll(open(res.Body))
		if err != nil || !bytes.Equal(got, want) || res.Header.Get("Content-Encoding") != encoding {
			t.Errorf("%q: %v, %d of %d bytes, sent as %q", encoding, err, len(got), len(want), res.Header.Get("Content-Encoding"))
		}
		if cache := res.Header.Get("Cache-Control"); cache != "public, max-age=31536000, immutable" {
			t.Errorf("%q: %s", encoding, cache)
		}
	}
	for file, contentType := range map[string]string{
		"js/main.js":                           "text/javascript; charset=utf-8",
		"css/base.css":                         "text/css; charset=utf-8",
		"icons.svg":                            "image/svg+xml",
		"manifest.webmanifest":                 "application/manifest+json",
		"fonts/source-serif-4-latin-600.woff2": "font/woff2",
		"vendor/VENDOR.json":                   "application/json",
	} {
		if got := get(at + file).Header.Get("Content-Type"); got != contentType {
			t.Errorf("%s: %s", file, got)
		}
	}
	if res := get(at + "js/types.d.ts"); res.StatusCode != 404 {
		t.Errorf("type declarations are served: %d", res.StatusCode)
	}
}

func TestPolicyNamesTheHostAndForbidsTheRest(t *testing.T) {
	_, get := serve(t, Options{})
	csp := get("/").Header.Get("Content-Security-Policy")
	for _, want := range []string{
		"default-src 'none'", "script-src 'self';", "wss://sale.example:8080", "require-trusted-types-for 'script'",
		"trusted-types 'none'", "frame-ancestors 'none'", "base-uri 'none'",
	} {
		if !strings.Contains(csp, want) {
			t.Errorf("%s is missing in %s", want, csp)
		}
	}
	if strings.Contains(csp, "unsafe") {
		t.Error(csp)
	}
	for _, host := range []string{"a; script-src *", "a b", "", "x/y", "evil.example:80;"} {
		if p := policy(host, ordinary); strings.Contains(p, "wss:") {
			t.Errorf("host %q went into the policy: %s", host, p)
		}
	}
	if p := policy("[::1]:8080", ordinary); !strings.Contains(p, "wss://[::1]:8080") {
		t.Error(p)
	}
}

func TestDevModeReadsTheFolderEachTime(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, files); err != nil {
		t.Fatal(err)
	}
	_, get := serve(t, Options{Dev: dir})
	if cache := get("/_/dev/css/base.css").Header.Get("Cache-Control"); cache != "no-store" {
		t.Error(cache)
	}
	if err := os.WriteFile(dir+"/css/base.css", []byte("/* changed */"), 0o600); err != nil {
		t.Fatal(err)
	}
	if body := bodyOf(t, get("/_/dev/css/base.css")); body != "/* changed */" {
		t.Error(body)
	}
	if _, err := New(Options{Dev: dir + "/nowhere"}); err == nil {
		t.Error("a missing folder was taken")
	}
}

// Each file costs a request over HTTP/1.1, six at a time; the pages that a
// phone opens in a hurry must not grow unnoticed.
const maxPreloads = 21

func TestPreloadsAreTheStaticImportsAndFew(t *testing.T) {
	site, get := serve(t, Options{})
	link := regexp.MustCompile(`<link rel="modulepreload" href="/_/[^/]+/([^"]+)" />`)
	for _, r := range Routes {
		var listed []string
		for _, m := range link.FindAllStringSubmatch(bodyOf(t, get(exampleOf(r.Path))), -1) {
			listed = append(listed, m[1])
		}
		reached := reachable(t, site.loaded, "js/main.js", r.Module)
		if len(listed) != len(reached) {
			t.Errorf("%s: %d preloads, %d modules: %v", r.Path, len(listed), len(reached), listed)
		}
		for _, m := range listed {
			if !reached[m] {
				t.Errorf("%s preloads %s, which it does not import", r.Path, m)
			}
		}
		public := r.Path == "/" || r.Path == "/phong/:session"
		if len(listed) > maxPreloads && public {
			t.Errorf("%s needs %d modules, at most %d: %v", r.Path, len(listed), maxPreloads, listed)
		}
	}
}

// reachable walks imports in a second way, statement by statement, so that the
// test does not repeat the mistake it is looking for.
func reachable(t *testing.T, tr *tree, roots ...string) map[string]bool {
	t.Helper()
	statement := regexp.MustCompile(`(?s)(?:^|\n)(?:import|export)\b[^;]*?['"]([^'"]+)['"]\s*;`)
	seen := map[string]bool{}
	for queue := roots; len(queue) > 0; queue = queue[1:] {
		name := queue[0]
		if seen[name] {
			continue
		}
		seen[name] = true
		if strings.HasPrefix(name, "vendor/") {
			continue
		}
		dir := name[:strings.LastIndex(name, "/")]
		for _, m := range statement.FindAllStringSubmatch(string(tr.files[name].body), -1) {
			if m[0][0] != 'e' && !strings.Contains(m[0], "from") && !strings.Contains(m[0], "import '") {
				continue
			}
			if !strings.HasPrefix(m[1], ".") {
				continue
			}
			up, rest := dir, m[1]
			for strings.HasPrefix(rest, "../") {
				up, rest = up[:max(strings.LastIndex(up, "/"), 0)], rest[3:]
			}
			queue = append(queue, strings.TrimPrefix(up+"/"+strings.TrimPrefix(rest, "./"), "/"))
		}
	}
	return seen
}

func TestRouteTableIsTheSameInThePage(t *testing.T) {
	js, err := fs.ReadFile(files, "js/routes.js")
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`\{\s+path: '([^']+)',\s+load: \(\) => import\('\./([^']+)'\)`)
	found := line.FindAllStringSubmatch(string(js), -1)
	if len(found) != len(Routes) {
		t.Errorf("%d routes here, %d in the page", len(Routes), len(found))
	}
	for i, m := range found {
		if i < len(Routes) && (m[1] != Routes[i].Path || "js/"+m[2] != Routes[i].Module) {
			t.Errorf("route %d: %v here, %v in the page", i, Routes[i], m[1:])
		}
	}
}

func TestVendoredFilesAreWhatTheListingSays(t *testing.T) {
	listing, err := fs.ReadFile(files, "vendor/VENDOR.json")
	if err != nil {
		t.Fatal(err)
	}
	var entries []struct {
		File     string
		SHA256   string
		Packages []struct{ Name, Version, Licence, Integrity string }
	}
	if err := json.Unmarshal(listing, &entries); err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, e := range entries {
		body, err := fs.ReadFile(files, e.File)
		if err != nil {
			t.Error(err)
			continue
		}
		listed[e.File] = true
		if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != e.SHA256 {
			t.Errorf("%s was changed by hand: run npm run vendor", e.File)
		}
		for _, p := range e.Packages {
			licence := "vendor/LICENSES/" + strings.ReplaceAll(p.Name, "/", "__") + ".txt"
			if _, err := fs.Stat(files, licence); err != nil {
				t.Errorf("%s: %v", p.Name, err)
			}
			if p.Version == "" || p.Licence == "" || !strings.HasPrefix(p.Integrity, "sha512-") {
				t.Errorf("%s: incomplete: %+v", e.File, p)
			}
		}
	}
	for _, dir := range []string{"vendor", "fonts"} {
		inside, err := fs.ReadDir(files, dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range inside {
			name := dir + "/" + f.Name()
			if strings.HasSuffix(name, ".js") || strings.HasSuffix(name, ".woff2") {
				if !listed[name] {
					t.Errorf("%s is not in VENDOR.json", name)
				}
			}
		}
	}
}
