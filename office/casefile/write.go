package casefile

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"crypto/sha256"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"gobua/engine"
)

// Names that every file has, and the folder of what is personal.
const (
	ManifestName = "manifest.json"
	ReadmeName   = "README.txt"
	Identities   = "identities/"
	format       = "gobua-casefile/1"
)

// Limits of a file. The names are those a ZIP can carry; the number of entries
// is far beyond an auction of 200 lots with all its photos.
const (
	maxEntries   = 200_000
	maxNameBytes = 400
	maxManifest  = 128 << 20
)

// Entry is one file of the ZIP as the manifest lists it.
type Entry struct {
	Name    string      `json:"name"`
	Size    int64       `json:"size"`
	SHA256  engine.Hash `json:"sha256"`
	Meaning string      `json:"meaning"` // what it is, in Vietnamese
}

// Manifest lists the entries of a file by name. It does not list itself.
type Manifest struct {
	Format    string  `json:"format"`
	AuctionID string  `json:"auctionId"`
	Title     string  `json:"title"`
	Centre    string  `json:"centre"`
	Entries   []Entry `json:"entries"`
}

//go:embed readme.txt
var readme string

// ErrName answers an entry whose name is no plain relative path, or is taken.
var ErrName = errors.New("casefile: this name cannot be an entry")

// fixedTime stands at every entry: when something was made is in the entries.
var fixedTime = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// Writer writes one file. It is used by one goroutine and blocks for what it
// writes to. After an error the file is lost.
type Writer struct {
	zip      *zip.Writer
	manifest Manifest
	names    map[string]bool
	buffer   []byte
}

// NewWriter begins the file of an auction.
func NewWriter(w io.Writer, auctionID, title, centre string) *Writer {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return flate.NewWriter(out, flate.DefaultCompression) })
	return &Writer{
		zip: z, names: map[string]bool{}, buffer: make([]byte, 64<<10),
		manifest: Manifest{Format: format, AuctionID: auctionID, Title: title, Centre: centre, Entries: []Entry{}},
	}
}

// Add writes an entry and returns it as the manifest will list it. Names are
// compared without case, because some file systems do.
func (w *Writer) Add(name, meaning string, content io.Reader) (Entry, error) {
	key := strings.ToLower(name)
	if !validName(name) || w.names[key] || key == ManifestName || len(w.manifest.Entries) >= maxEntries {
		return Entry{}, fmt.Errorf("%w: %q", ErrName, name)
	}
	w.names[key] = true
	e := Entry{Name: name, Meaning: meaning}
	var err error
	e.Size, e.SHA256, err = w.put(name, content)
	if err != nil {
		return Entry{}, fmt.Errorf("casefile: entry %s: %w", name, err)
	}
	w.manifest.Entries = append(w.manifest.Entries, e)
	return e, nil
}

// put writes content into the ZIP and hashes it on the way.
func (w *Writer) put(name string, content io.Reader) (size int64, hash engine.Hash, err error) {
	out, err := w.zip.CreateHeader(&zip.FileHeader{Name: name, Method: methodOf(name), Modified: fixedTime})
	if err != nil {
		return 0, hash, err
	}
	sum := sha256.New()
	// The wrapper hides the ways around the buffer that both ends know.
	size, err = io.CopyBuffer(io.MultiWriter(out, sum), struct{ io.Reader }{content}, w.buffer)
	copy(hash[:], sum.Sum(nil))
	return size, hash, err
}

// Close adds the README and the manifest, whose hash it returns. It does not
// close what is written to.
func (w *Writer) Close() (manifest engine.Hash, entries int, err error) {
	if _, err := w.Add(ReadmeName, "Cách kiểm tra hồ sơ này", strings.NewReader(readme)); err != nil {
		return manifest, 0, err
	}
	slices.SortFunc(w.manifest.Entries, func(a, b Entry) int { return strings.Compare(a.Name, b.Name) })
	b, err := json.MarshalIndent(w.manifest, "", " ")
	if err != nil {
		return manifest, 0, err
	}
	if _, manifest, err = w.put(ManifestName, bytes.NewReader(append(b, '\n'))); err != nil {
		return manifest, 0, err
	}
	return manifest, len(w.manifest.Entries), w.zip.Close()
}

// methodOf compresses what is text. Photos and PDF are compressed already.
func methodOf(name string) uint16 {
	switch path.Ext(strings.ToLower(name)) {
	case ".json", ".jsonl", ".csv", ".txt":
		return zip.Deflate
	}
	return zip.Store
}

// validName tells whether a name is a plain relative path that means the same
// on every system.
func validName(name string) bool {
	if name == "" || len(name) > maxNameBytes || !utf8.ValidString(name) || path.Clean(name) != name ||
		strings.HasPrefix(name, "/") || name == ".." || strings.HasPrefix(name, "../") {
		return false
	}
	return !strings.ContainsFunc(name, func(r rune) bool { return unsafe(r) && r != '/' })
}

// unsafe are the runes that a system refuses, or that make a name look like
// another one.
func unsafe(r rune) bool {
	return !unicode.IsGraphic(r) || unicode.Is(unicode.Bidi_Control, r) || strings.ContainsRune(`/\:*?"<>|`, r)
}

// maxPart is how long the part of a name may be that somebody else chose.
const maxPart = 80

// SafePart makes of the name that a person gave a file one that can be the last
// part of an entry's name. The ending is kept.
func SafePart(name string) string {
	name = strings.Map(func(r rune) rune {
		if unsafe(r) {
			return '_'
		}
		return r
	}, strings.ToValidUTF8(name, "_"))
	name = strings.Trim(name, ". ")
	if runes := []rune(name); len(runes) > maxPart {
		ending := []rune(path.Ext(name))
		if len(ending) > 10 {
			ending = nil
		}
		name = string(runes[:maxPart-len(ending)]) + string(ending)
	}
	if name == "" {
		return "_"
	}
	return name
}
