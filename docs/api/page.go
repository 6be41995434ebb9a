package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"html/template"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
)

// Page returns the readable page made from YAML, and the Content-Security-
// Policy it is served with: no script, and no style but its own. The work is
// done once. A file that cannot be read is a bug of the build and panics.
var Page = sync.OnceValues(func() (page []byte, policy string) {
	page, err := render(YAML)
	if err != nil {
		panic("docs/api: " + err.Error())
	}
	sum := sha256.Sum256([]byte(pageStyle))
	return page, fmt.Sprintf(
		"default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
		base64.StdEncoding.EncodeToString(sum[:]))
})

// node is any mapping of the file, in the file's order.
type node = yaml.MapSlice

// pageData is what the template reads.
type pageData struct {
	Title, Version, Summary string
	Description             template.HTML
	Style                   template.CSS
	Tags                    []tag
	Schemas                 []schema
}

type tag struct {
	Name        string
	Description template.HTML
	Operations  []operation
}

type operation struct {
	ID, Method, Path, Summary string
	Access                    string
	Description               template.HTML
	Parameters                []property
	Body                      template.HTML
	BodyExample               string
	Responses                 []response
}

type response struct {
	Status      string
	Description template.HTML
	Type        template.HTML
	Example     string
}

type schema struct {
	Name        string
	Description template.HTML
	Type        template.HTML
	Properties  []property
}

type property struct {
	Name        string
	Required    bool
	Type        template.HTML
	Description template.HTML
}

func render(file []byte) ([]byte, error) {
	var doc node
	if err := yaml.UnmarshalWithOptions(file, &doc, yaml.UseOrderedMap()); err != nil {
		return nil, fmt.Errorf("openapi.yaml: %w", err)
	}
	r := reader{doc}
	info := at(doc, "info")
	data := pageData{
		Title: text(info, "title"), Version: text(info, "version"), Summary: text(info, "summary"),
		Description: prose(text(info, "description")),
		Style:       template.CSS(pageStyle), // #nosec G203 -- a file of ours
		Schemas:     r.schemas(),
	}
	for _, t := range list(doc, "tags") {
		name := text(t, "name")
		data.Tags = append(data.Tags, tag{name, prose(text(t, "description")), r.operations(name)})
	}
	tmpl, err := template.New("page").Parse(pageTemplate)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := tmpl.Execute(&out, data); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// reader turns the file into what the template shows.
type reader struct{ doc node }

func (r reader) operations(tag string) (out []operation) {
	for _, path := range at(r.doc, "paths") {
		for _, method := range path.Value.(node) {
			op := method.Value.(node)
			if !slices.Contains(words(op, "tags"), tag) {
				continue
			}
			o := operation{
				ID: text(op, "operationId"), Method: strings.ToUpper(method.Key.(string)), Path: path.Key.(string),
				Summary: text(op, "summary"), Description: prose(text(op, "description")), Access: access(op),
				Responses: r.responses(op),
			}
			for _, p := range list(op, "parameters") {
				p = r.follow(p)
				required, _ := get(p, "required").(bool)
				o.Parameters = append(o.Parameters, property{
					Name: text(p, "name") + " (" + text(p, "in") + ")", Required: required,
					Type: typeOf(at(p, "schema")), Description: prose(text(p, "description")),
				})
			}
			if body := at(op, "requestBody", "content", "application/json"); body != nil {
				o.Body, o.BodyExample = typeOf(at(body, "schema")), example(body)
			}
			out = append(out, o)
		}
	}
	return out
}

// access says in a word who may ask; the description names the roles.
func access(op node) string {
	security, stated := get(op, "security").([]any)
	switch {
	case !stated:
		return "access token"
	case len(security) == 0:
		return "public"
	default:
		return "refresh cookie"
	}
}

func (r reader) responses(op node) (out []response) {
	for _, item := range at(op, "responses") {
		n := r.follow(item.Value.(node))
		one := response{Status: fmt.Sprint(item.Key), Description: prose(text(n, "description"))}
		if body := at(n, "content", "application/json"); body != nil {
			one.Type, one.Example = typeOf(at(body, "schema")), example(body)
		}
		out = append(out, one)
	}
	return out
}

func (r reader) schemas() (out []schema) {
	for _, item := range at(r.doc, "components", "schemas") {
		n := item.Value.(node)
		s := schema{Name: item.Key.(string), Description: prose(text(n, "description")), Properties: properties(n, "")}
		if len(s.Properties) == 0 {
			s.Type = typeOf(n)
		}
		out = append(out, s)
	}
	return out
}

// properties lists the fields of an object, those of nested objects with
// their path, those of the parts of an allOf one after the other.
func properties(n node, prefix string) (out []property) {
	required := words(n, "required")
	for _, item := range at(n, "properties") {
		name, p := item.Key.(string), item.Value.(node)
		out = append(out, property{
			Name: prefix + name, Required: slices.Contains(required, name),
			Type: typeOf(p), Description: prose(text(p, "description")),
		})
		out = append(out, properties(p, prefix+name+".")...)
		out = append(out, properties(at(p, "items"), prefix+name+"[].")...)
	}
	for _, part := range list(n, "allOf") {
		if ref := text(part, "$ref"); ref != "" && prefix == "" {
			out = append(out, property{Name: "…", Type: typeOf(part), Description: "and its fields"})
		}
		out = append(out, properties(part, prefix)...)
	}
	return out
}

// follow resolves a reference inside the file.
func (r reader) follow(n node) node {
	ref := text(n, "$ref")
	if ref == "" {
		return n
	}
	return at(r.doc, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
}

// typeOf describes a schema in one line; a reference becomes a link.
func typeOf(n node) template.HTML {
	if ref := text(n, "$ref"); ref != "" {
		name := html.EscapeString(ref[strings.LastIndex(ref, "/")+1:])
		return markup(`<a href="#` + name + `">` + name + `</a>`)
	}
	if values, ok := get(n, "enum").([]any); ok {
		var parts []string
		for _, v := range values {
			parts = append(parts, fmt.Sprintf("<code>%s</code>", html.EscapeString(fmt.Sprint(v))))
		}
		return markup(strings.Join(parts, " | "))
	}
	if v := get(n, "const"); v != nil {
		return markup(fmt.Sprintf("<code>%s</code>", html.EscapeString(fmt.Sprint(v))))
	}
	if items := at(n, "items"); items != nil {
		return "list of " + typeOf(items)
	}
	var alternatives []string
	for _, part := range list(n, "anyOf") {
		alternatives = append(alternatives, string(typeOf(part)))
	}
	if len(alternatives) > 0 {
		return markup(strings.Join(alternatives, " or "))
	}
	if t := text(n, "type"); t != "" {
		return markup(html.EscapeString(t))
	}
	return ""
}

// prose turns a description into paragraphs, and what is between backticks
// into code. The file knows no other markup.
func prose(s string) template.HTML {
	var b strings.Builder
	for paragraph := range strings.SplitSeq(strings.TrimSpace(s), "\n\n") {
		if paragraph == "" {
			continue
		}
		b.WriteString("<p>")
		for i, part := range strings.Split(paragraph, "`") {
			if i%2 == 1 {
				part = "<code>" + html.EscapeString(part) + "</code>"
			} else {
				part = html.EscapeString(part)
			}
			b.WriteString(part)
		}
		b.WriteString("</p>")
	}
	return markup(b.String())
}

// markup is what the functions above made: tags of theirs, and text of the file
// that they escaped.
func markup(s string) template.HTML { return template.HTML(s) } // #nosec G203 -- see above

// example returns the example of a body as indented JSON, in the file's order.
func example(body node) string {
	v := get(body, "example")
	if v == nil {
		return ""
	}
	compact, err := yaml.MarshalWithOptions(v, yaml.JSON())
	if err != nil {
		return ""
	}
	var b bytes.Buffer
	if json.Indent(&b, bytes.TrimSpace(compact), "", "  ") != nil {
		return ""
	}
	return b.String()
}

// get returns a value of a mapping, or nil.
func get(n node, key string) any {
	for _, item := range n {
		if fmt.Sprint(item.Key) == key {
			return item.Value
		}
	}
	return nil
}

// at walks down mappings; where one is missing it returns nil.
func at(n node, keys ...string) node {
	for _, key := range keys {
		n, _ = get(n, key).(node)
	}
	return n
}

func text(n node, key string) string { s, _ := get(n, key).(string); return s }

// list returns the mappings of a sequence.
func list(n node, key string) (out []node) {
	items, _ := get(n, key).([]any)
	for _, item := range items {
		if m, ok := item.(node); ok {
			out = append(out, m)
		}
	}
	return out
}

// words returns the strings of a sequence.
func words(n node, key string) (out []string) {
	items, _ := get(n, key).([]any)
	for _, item := range items {
		out = append(out, fmt.Sprint(item))
	}
	return out
}
