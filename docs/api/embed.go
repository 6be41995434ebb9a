// Package api is the description of the REST API: the OpenAPI file that
// programs read, and the same as a page for people.
package api

import (
	"bytes"
	"embed"
	"io/fs"
)

// YAML is the whole description as it is served: openapi.yaml with the parts of
// the office set in. Nobody may change it.
var YAML = assemble()

//go:embed openapi.yaml
var frame []byte

// parts hold the paths and schemas of one noun each, indented as in the whole:
// first a line "paths:", then a line "schemas:".
//
//go:embed parts/*.yaml
var parts embed.FS

//go:embed page.gohtml
var pageTemplate string

//go:embed page.css
var pageStyle string

// assemble sets the parts in where the frame ends its own paths and schemas.
func assemble() []byte {
	var paths, schemas []byte
	files, err := fs.Glob(parts, "parts/*.yaml")
	if err != nil {
		panic(err) // the pattern is constant
	}
	for _, name := range files {
		text, err := parts.ReadFile(name)
		if err != nil {
			panic(err) // it is embedded
		}
		body, ok := bytes.CutPrefix(text, []byte("paths:\n"))
		p, s, found := bytes.Cut(body, []byte("\nschemas:\n"))
		if !ok || !found {
			panic("docs/api/" + name + ": wants a line paths: and a line schemas:")
		}
		paths = append(append(paths, p...), '\n')
		schemas = append(append(schemas, s...), '\n')
	}
	whole := bytes.Replace(frame, []byte("  # parts/*.yaml: paths\n"), paths, 1)
	return bytes.Replace(whole, []byte("    # parts/*.yaml: schemas\n"), schemas, 1)
}
