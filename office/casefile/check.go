package casefile

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"gobua/engine"
)

// What can be wrong with an entry.
const (
	Missing   = "missing"  // the manifest lists it, the file lacks it
	Altered   = "altered"  // its bytes are not those that were sealed
	Unlisted  = "unlisted" // the manifest does not know it
	BadName   = "bad_name" // no writer of this package gave that name
	Unread    = "unreadable"
	NoListing = "no_manifest"
)

// Trouble is one entry that is not as it was sealed.
type Trouble struct {
	Name string `json:"name"`
	Code string `json:"code"`
}

// Report is what a check has found.
type Report struct {
	File     engine.Hash `json:"file"`     // SHA-256 of the whole file
	Manifest engine.Hash `json:"manifest"` // and of its manifest
	Entries  int         `json:"entries"`  // that are as they were sealed
	// Reduced is how many entries under identities/ were taken out.
	Reduced int       `json:"reduced,omitempty"`
	Trouble []Trouble `json:"trouble"`
	Content Manifest  `json:"-"`
}

// Whole tells whether everything that is there is as it was sealed.
func (r *Report) Whole() bool { return len(r.Trouble) == 0 }

// Check reads a whole file and compares every entry with the manifest. The
// error is one of reading; what is wrong with the file stands in the report. It
// blocks for as long as reading and hashing take, about a second for 500 MB.
func Check(file io.ReaderAt, size int64) (Report, error) {
	r := Report{Trouble: []Trouble{}}
	sum := sha256.New()
	if _, err := io.Copy(sum, io.NewSectionReader(file, 0, size)); err != nil {
		return r, err
	}
	copy(r.File[:], sum.Sum(nil))
	z, err := zip.NewReader(file, size)
	if err != nil {
		r.note("", Unread)
		return r, nil
	}
	if !r.readManifest(z) {
		return r, nil
	}
	r.compare(z)
	return r, nil
}

func (r *Report) note(name, code string) { r.Trouble = append(r.Trouble, Trouble{name, code}) }

// readManifest reads the list; a file without one has nothing to compare with.
func (r *Report) readManifest(z *zip.Reader) bool {
	i := slices.IndexFunc(z.File, func(f *zip.File) bool { return f.Name == ManifestName })
	if i < 0 {
		r.note(ManifestName, NoListing)
		return false
	}
	b, err := readAll(z.File[i])
	if err == nil {
		r.Manifest = sha256.Sum256(b)
		d := json.NewDecoder(bytes.NewReader(b))
		err = d.Decode(&r.Content)
	}
	if err != nil || r.Content.Format != format {
		r.note(ManifestName, Unread)
		return false
	}
	return true
}

func readAll(f *zip.File) ([]byte, error) {
	in, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	b, err := io.ReadAll(io.LimitReader(in, maxManifest+1))
	if err == nil && len(b) > maxManifest {
		err = fmt.Errorf("longer than %d bytes", maxManifest)
	}
	return b, err
}

func (r *Report) compare(z *zip.Reader) {
	listed := make(map[string]Entry, len(r.Content.Entries))
	for _, e := range r.Content.Entries {
		listed[e.Name] = e
	}
	personal := 0
	for _, f := range z.File {
		e, known := listed[f.Name]
		delete(listed, f.Name)
		switch {
		case f.Name == ManifestName:
		case !validName(f.Name):
			r.note(f.Name, BadName)
		case !known: // also the second of one name
			r.note(f.Name, Unlisted)
		default:
			if Personal(f.Name) {
				personal++
			}
			r.one(f, e)
		}
	}
	for name := range listed {
		if Personal(name) && personal == 0 {
			r.Reduced++
			continue
		}
		r.note(name, Missing)
	}
	slices.SortFunc(r.Trouble, func(a, b Trouble) int { return strings.Compare(a.Name+a.Code, b.Name+b.Code) })
}

// one compares an entry. More bytes than were sealed are not read.
func (r *Report) one(f *zip.File, e Entry) {
	in, err := f.Open()
	if err != nil {
		r.note(f.Name, Unread)
		return
	}
	defer in.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, io.LimitReader(in, e.Size+1))
	var got engine.Hash
	copy(got[:], sum.Sum(nil))
	if err != nil || n != e.Size || got != e.SHA256 {
		r.note(f.Name, Altered) // a wrong checksum of the ZIP is an error of reading, and means the same
		return
	}
	r.Entries++
}

// Without copies a file and leaves out every entry under a folder. The bytes of
// the other entries and the manifest are the same.
func Without(w io.Writer, file io.ReaderAt, size int64, folder string) error {
	in, err := zip.NewReader(file, size)
	if err != nil {
		return err
	}
	out := zip.NewWriter(w)
	for _, f := range in.File {
		if strings.HasPrefix(f.Name, folder) {
			continue
		}
		if err := out.Copy(f); err != nil {
			return err
		}
	}
	return out.Close()
}

// Personal tells whether an entry holds what is personal.
func Personal(name string) bool { return strings.HasPrefix(name, Identities) }
