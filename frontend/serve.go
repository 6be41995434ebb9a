package frontend

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// Options say where the page comes from.
type Options struct {
	// Dev is the folder of the page's sources, read again on every request and
	// never cached, for people who work on it. Empty: the embedded tree.
	Dev string
}

// Site answers for the page. It is made once at start and is safe to use from
// any goroutine; everything it sends is held in memory.
type Site struct {
	dev    fs.FS // nil: serve what was loaded once
	loaded *tree
	routes []matcher
}

type matcher struct {
	path    *regexp.Regexp
	address string // Route.Path
}

// New reads and hashes the tree. An error means that a file is missing or that
// a module imports something that is not there.
func New(o Options) (*Site, error) {
	s := &Site{}
	if o.Dev != "" {
		s.dev = os.DirFS(o.Dev)
		if _, err := fs.Stat(s.dev, "index.html"); err != nil {
			return nil, fmt.Errorf("frontend: %s is not the folder of the page: %w", o.Dev, err)
		}
	} else {
		t, err := load(files, false)
		if err != nil {
			return nil, fmt.Errorf("frontend: %w", err)
		}
		s.loaded = t
	}
	for _, r := range Routes {
		s.routes = append(s.routes, matcher{r.pattern(), r.Path})
	}
	return s, nil
}

// Register adds the page to app. It must come last: whatever no earlier
// handler answered and the page does not know gets a readable 404.
func (s *Site) Register(app *fiber.App) {
	app.Get("/_/:version/*", s.serveFile)
	app.Use(s.servePage)
}

// Version is the hash under which the tree is served, "dev" in dev mode.
func (s *Site) Version() string {
	if s.loaded == nil {
		return "dev"
	}
	return s.loaded.version
}

func (s *Site) tree() (*tree, error) {
	if s.loaded != nil {
		return s.loaded, nil
	}
	return load(s.dev, true)
}

// serveFile answers /_/<version>/<file>. The version is part of the address,
// and imports are relative, so a file never changes under its address and may
// be kept for ever. Another version is a 404, never other content: the page
// then tells its reader to load it again.
func (s *Site) serveFile(c *fiber.Ctx) error {
	t, err := s.tree()
	if err != nil {
		return err
	}
	secure(c, ordinary)
	f, ok := t.files[c.Params("*")]
	if !ok || c.Params("version") != t.version {
		c.Set(fiber.HeaderCacheControl, "no-store")
		return s.notFound(c)
	}
	if c.Params("*") == verifierWorker {
		c.Set(fiber.HeaderContentSecurityPolicy, workerPolicy)
	}
	c.Set(fiber.HeaderCacheControl, t.cacheControl())
	return f.send(c)
}

func (s *Site) servePage(c *fiber.Ctx) error {
	if c.Method() != fiber.MethodGet && c.Method() != fiber.MethodHead {
		return fiber.ErrNotFound
	}
	secure(c, ordinary)
	at := strings.TrimSuffix(c.Path(), "/")
	if at == "" {
		at = "/"
	}
	for _, r := range s.routes {
		if !r.path.MatchString(at) {
			continue
		}
		t, err := s.tree()
		if err != nil {
			return err
		}
		if r.address == verifierPage {
			secure(c, withVerifier)
		}
		page := t.pages[r.address]
		c.Set(fiber.HeaderCacheControl, "no-cache")
		c.Set(fiber.HeaderETag, page.etag)
		if c.Get(fiber.HeaderIfNoneMatch) == page.etag {
			return c.SendStatus(fiber.StatusNotModified)
		}
		return page.send(c)
	}
	return s.notFound(c)
}

// tree is one version of the page in memory.
type tree struct {
	version string
	files   map[string]*file // by path below the folder
	pages   map[string]*file // by Route.Path: index.html with this route's preloads
}

func (t *tree) cacheControl() string {
	if t.version == "dev" {
		return "no-store"
	}
	return "public, max-age=31536000, immutable"
}

// load reads every served file of fsys, computes the version from all of them
// and fills index.html in for each route.
func load(fsys fs.FS, dev bool) (*tree, error) {
	t := &tree{files: map[string]*file{}, pages: map[string]*file{}}
	sum := sha256.New()
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !served(name) {
			return err
		}
		body, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		fmt.Fprintf(sum, "%s %d\n", name, len(body))
		sum.Write(body)
		if plain, ok := strings.CutSuffix(name, ".wasm.br"); ok {
			t.files[plain+".wasm"], err = newPacked(fsys, plain+".wasm")
			return err
		}
		t.files[name] = newFile(name, body)
		return nil
	})
	if err != nil {
		return nil, err
	}
	t.version = hex.EncodeToString(sum.Sum(nil))[:12]
	if dev {
		t.version = "dev"
	}
	return t, t.fillPages()
}

// served tells files of the page from those that only people and tests read.
func served(name string) bool {
	top, _, _ := strings.Cut(name, "/")
	switch top {
	case "index.html", "icon.svg", "icons.svg", "manifest.webmanifest", "css", "fonts", "js", "vendor", "verifier":
		return !strings.HasSuffix(name, ".d.ts") && !strings.HasSuffix(name, ".md") && !strings.HasSuffix(name, ".wasm.gz")
	}
	return false
}

func (t *tree) fillPages() error {
	index, ok := t.files["index.html"]
	if !ok {
		return fmt.Errorf("index.html is missing")
	}
	delete(t.files, "index.html") // it has no address of its own
	for _, r := range Routes {
		modules, err := t.imports("js/main.js", r.Module)
		if err != nil {
			return fmt.Errorf("page %s: %w", r.Path, err)
		}
		base := "/_/" + t.version
		var preload strings.Builder
		for _, m := range modules {
			fmt.Fprintf(&preload, "<link rel=\"modulepreload\" href=\"%s/%s\" />\n", base, m)
		}
		html := strings.NewReplacer("{{base}}", base, "{{preload}}", preload.String()).Replace(string(index.body))
		t.pages[r.Path] = newFile("index.html", []byte(html))
	}
	return nil
}

// importLine finds the static imports of a module. Imports by import() are not
// followed: they are what a page leaves for later.
var importLine = regexp.MustCompile(`(?m)^(?:import|export)\s(?:[^'"();]*?\sfrom\s+)?['"](\.{1,2}/[^'"]+)['"]`)

// imports lists the given modules and everything they statically import, in
// the order of first mention.
func (t *tree) imports(roots ...string) ([]string, error) {
	var order []string
	seen := map[string]bool{}
	var visit func(name, from string) error
	visit = func(name, from string) error {
		if seen[name] {
			return nil
		}
		seen[name] = true
		f, ok := t.files[name]
		if !ok {
			return fmt.Errorf("%s imports %s, which does not exist", from, name)
		}
		order = append(order, name)
		if strings.HasPrefix(name, "vendor/") {
			return nil
		}
		for _, m := range importLine.FindAllSubmatch(f.body, -1) {
			if err := visit(path.Join(path.Dir(name), string(m[1])), name); err != nil {
				return err
			}
		}
		return nil
	}
	for _, r := range roots {
		if err := visit(r, "the route table"); err != nil {
			return nil, err
		}
	}
	return order, nil
}
