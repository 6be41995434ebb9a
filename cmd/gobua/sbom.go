package main

import (
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"strings"

	"gobua/frontend"
)

// bom is a bill of materials (CycloneDX 1.6): what of others is in the program,
// for whoever looks up whether something in it has become known to be weak. Equal
// programs have equal bills, so it bears no time and no number.
type bom struct {
	Format     string      `json:"bomFormat"`
	Spec       string      `json:"specVersion"`
	Version    int         `json:"version"`
	Metadata   bomAbout    `json:"metadata"`
	Components []component `json:"components"`
}

type bomAbout struct {
	Component component `json:"component"`
}

type component struct {
	Type     string       `json:"type"`
	Ref      string       `json:"bom-ref,omitempty"`
	Name     string       `json:"name"`
	Version  string       `json:"version,omitempty"`
	PURL     string       `json:"purl,omitempty"`
	Hashes   []bomHash    `json:"hashes,omitempty"`
	Licences []bomLicence `json:"licenses,omitempty"`
	Facts    []bomFact    `json:"properties,omitempty"`
}

type bomHash struct {
	Algorithm string `json:"alg"`
	Content   string `json:"content"`
}

type bomLicence struct {
	Expression string `json:"expression"`
}

type bomFact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// writeSBOM writes the bill of the running program.
func writeSBOM(w io.Writer) error {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return errors.New("this program does not know what it was built from")
	}
	b, err := billOf(info, frontend.Vendored)
	if err != nil {
		return err
	}
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	return out.Encode(b)
}

// billOf joins what the build recorded with the list of what the page brings.
func billOf(info *debug.BuildInfo, vendored []byte) (bom, error) {
	self := component{Type: "application", Ref: info.Main.Path, Name: info.Main.Path, Version: info.Main.Version}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" || s.Key == "vcs.modified" || s.Key == "GOOS" || s.Key == "GOARCH" || s.Key == "-trimpath" {
			self.Facts = append(self.Facts, bomFact{"go:" + s.Key, s.Value})
		}
	}
	b := bom{Format: "CycloneDX", Spec: "1.6", Version: 1, Metadata: bomAbout{self}}
	b.Components = append(b.Components, component{
		Type: "platform", Name: "go", Version: strings.TrimPrefix(info.GoVersion, "go"), PURL: "pkg:golang/std@" + strings.TrimPrefix(info.GoVersion, "go"),
	})
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		c := component{Type: "library", Name: m.Path, Version: m.Version, PURL: "pkg:golang/" + m.Path + "@" + m.Version}
		if sum, ok := strings.CutPrefix(m.Sum, "h1:"); ok { // of the list of the module's files, as go.sum has it
			c.Facts = []bomFact{{"go:h1", sum}}
		}
		b.Components = append(b.Components, c)
	}
	page, err := vendoredComponents(vendored)
	b.Components = append(b.Components, page...)
	return b, err
}

func vendoredComponents(listing []byte) (list []component, err error) {
	var files []struct {
		Packages []struct{ Name, Version, Licence, Integrity string }
	}
	if err := json.Unmarshal(listing, &files); err != nil {
		return nil, fmt.Errorf("list of what the page brings: %w", err)
	}
	for _, f := range files {
		for _, p := range f.Packages {
			c := component{
				Type: "library", Name: p.Name, Version: p.Version, PURL: "pkg:npm/" + strings.Replace(p.Name, "@", "%40", 1) + "@" + p.Version,
				Licences: []bomLicence{{p.Licence}},
			}
			if sum, ok := strings.CutPrefix(p.Integrity, "sha512-"); ok {
				raw, err := base64.StdEncoding.DecodeString(sum)
				if err != nil {
					return nil, fmt.Errorf("hash of %s: %w", p.Name, err)
				}
				c.Hashes = []bomHash{{"SHA-512", hex.EncodeToString(raw)}}
			}
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b component) int { return cmp.Compare(a.PURL, b.PURL) })
	return slices.CompactFunc(list, func(a, b component) bool { return a.PURL == b.PURL }), nil
}
