package frontend

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"mime"
	"path"
	"sync"

	"github.com/gofiber/fiber/v2"

	"gobua/internal/packing"
)

// file is one response body with its compressed forms, which are made at most
// once, when first asked for: start is not delayed, no request pays twice.
type file struct {
	body        []byte
	contentType string
	etag        string
	gzip        func() []byte
	brotli      func() []byte
	unpacked    func() ([]byte, error) // where body is nil
}

// contentTypes are set by hand where the system's table is wrong or missing:
// it differs between machines and knows no web manifest.
var contentTypes = map[string]string{
	".html":        "text/html; charset=utf-8",
	".css":         "text/css; charset=utf-8",
	".js":          "text/javascript; charset=utf-8",
	".json":        "application/json",
	".svg":         "image/svg+xml",
	".txt":         "text/plain; charset=utf-8",
	".wasm":        "application/wasm",
	".webmanifest": "application/manifest+json",
	".woff2":       "font/woff2",
}

func newFile(name string, body []byte) *file {
	sum := sha256.Sum256(body)
	f := &file{body: body, etag: `"` + hex.EncodeToString(sum[:8]) + `"`}
	f.contentType = contentTypes[path.Ext(name)]
	if f.contentType == "" {
		f.contentType = mime.TypeByExtension(path.Ext(name))
	}
	if path.Ext(name) == ".woff2" { // compressed already
		f.gzip = func() []byte { return nil }
		f.brotli = f.gzip
		return f
	}
	f.gzip = sync.OnceValue(func() []byte { return packing.Gzip(body) })
	f.brotli = sync.OnceValue(func() []byte { return packing.Brotli(body) })
	return f
}

// send answers with the best form the client takes.
func (f *file) send(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, f.contentType)
	c.Vary(fiber.HeaderAcceptEncoding)
	best := ""
	if c.Get(fiber.HeaderAcceptEncoding) != "" { // without it fiber takes the first offer
		best = c.AcceptsEncodings("br", "gzip")
	}
	switch best {
	case "br":
		if b := f.brotli(); b != nil {
			c.Set(fiber.HeaderContentEncoding, "br")
			return c.Send(b)
		}
	case "gzip":
		if b := f.gzip(); b != nil {
			c.Set(fiber.HeaderContentEncoding, "gzip")
			return c.Send(b)
		}
	}
	if f.body != nil {
		return c.Send(f.body)
	}
	body, err := f.unpacked()
	if err != nil {
		return err
	}
	return c.Send(body)
}

// newPacked is a file of which only the compressed forms are kept, name.gz and
// name.br: it is large, and no browser asks for it otherwise.
func newPacked(fsys fs.FS, name string) (*file, error) {
	small, err := fs.ReadFile(fsys, name+".gz")
	if err != nil {
		return nil, err
	}
	smaller, err := fs.ReadFile(fsys, name+".br")
	if err != nil {
		return nil, err
	}
	return &file{
		contentType: contentTypes[path.Ext(name)],
		gzip:        func() []byte { return small },
		brotli:      func() []byte { return smaller },
		unpacked:    func() ([]byte, error) { return unzipped(small) },
	}, nil
}

func unzipped(body []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}
