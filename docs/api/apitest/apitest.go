// Package apitest judges answers of the server by docs/api/openapi.yaml. It is
// for the tests of every package that asks the REST API.
package apitest

import (
	"bytes"
	_ "embed"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	api "gobua/docs/api"
)

// metaSchema is the OpenAPI Initiative's own description of OpenAPI 3.1
// (https://spec.openapis.org/oas/3.1/schema/2022-10-07, Apache 2.0).
//
//go:embed oas31-schema.json
var metaSchema []byte

// always are headers that stand on every answer, or with every answer of a
// status, and are not listed at each operation.
var always = []string{
	"Access-Control-Allow-Origin", "Allow", "Cache-Control", "Connection", "Content-Language", "Content-Length",
	"Content-Security-Policy", "Content-Type", "Cross-Origin-Resource-Policy", "Date", "Idempotency-Replayed",
	"Referrer-Policy", "Strict-Transport-Security", "Transfer-Encoding", "Vary", "Www-Authenticate",
	"X-Content-Type-Options",
}

// judge is the file, ready to judge answers.
type judge struct {
	doc      map[string]any
	compiler *jsonschema.Compiler
	mu       sync.Mutex // of compiler and schemas
	schemas  map[string]*jsonschema.Schema
}

const docURL = "gobua:openapi"

var theJudge = sync.OnceValues(func() (*judge, error) {
	asJSON, err := yaml.YAMLToJSON(api.YAML)
	if err != nil {
		return nil, err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
	if err != nil {
		return nil, err
	}
	root := doc.(map[string]any)
	seal(root)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(docURL, doc); err != nil {
		return nil, err
	}
	return &judge{doc: root, compiler: c, schemas: make(map[string]*jsonschema.Schema)}, nil
})

// seal makes every object of the file closed wherever one is used, so that a
// field that the file does not know is a mistake. Shapes joined by allOf stay
// open, because each of them knows only its part.
func seal(v any) {
	switch v := v.(type) {
	case map[string]any:
		for _, part := range v {
			seal(part)
		}
		if fields, ok := v["properties"].(map[string]any); ok {
			for name := range fields {
				fields[name] = closed(fields[name])
			}
		}
		for _, use := range []string{"items", "schema"} {
			if _, ok := v[use].(map[string]any); ok {
				v[use] = closed(v[use])
			}
		}
	case []any:
		for _, part := range v {
			seal(part)
		}
	}
}

func closed(schema any) any {
	return map[string]any{"allOf": []any{schema}, "unevaluatedProperties": false}
}

// Check fails the test if the API does not describe an answer: its route,
// status, media type, headers, and every field of its body. Answers to what is
// no route of the API are not judged.
func Check(t testing.TB, req *http.Request, resp *http.Response, body []byte) {
	t.Helper()
	j, err := theJudge()
	if err != nil {
		t.Fatalf("openapi.yaml: %v", err)
	}
	if err := j.check(req, resp, body); err != nil {
		t.Errorf("%s %s answers %d: %v\n%s", req.Method, req.URL.Path, resp.StatusCode, err, body)
	}
}

func (j *judge) check(req *http.Request, resp *http.Response, body []byte) error {
	path, ok := j.pathOf(req)
	if !ok {
		return nil
	}
	where := []string{"paths", path, strings.ToLower(req.Method), "responses", strconv.Itoa(resp.StatusCode)}
	answer, where, err := j.find(where)
	if err != nil {
		return err
	}
	if err := checkHeaders(answer, resp.Header); err != nil {
		return err
	}
	content, _ := answer["content"].(map[string]any)
	if len(content) == 0 {
		if len(body) > 0 {
			return fmt.Errorf("%d bytes of body where there should be none", len(body))
		}
		return nil
	}
	media, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil {
		return fmt.Errorf("content type: %w", err)
	}
	described, ok := content[media].(map[string]any)
	if !ok {
		return fmt.Errorf("content type %s is not described", media)
	}
	if described["schema"] == nil {
		return nil
	}
	return j.checkBody(append(where, "content", media, "schema"), body)
}

// pathOf finds the path of the file that a request belongs to: one without
// placeholders before one with.
func (j *judge) pathOf(req *http.Request) (found string, ok bool) {
	asked := strings.Split(strings.TrimSuffix(req.URL.EscapedPath(), "/"), "/")
	method := strings.ToLower(req.Method)
	for path, item := range j.doc["paths"].(map[string]any) {
		parts := strings.Split(path, "/")
		fits := slices.EqualFunc(asked, parts, func(a, p string) bool { return a == p || a != "" && strings.HasPrefix(p, "{") })
		if _, has := item.(map[string]any)[method]; !has || !fits {
			continue
		}
		if !ok || strings.Count(path, "{") < strings.Count(found, "{") {
			found, ok = path, true
		}
	}
	return found, ok
}

// find walks down the file, follows references, and returns what is there with
// the place where it really stands.
func (j *judge) find(where []string) (map[string]any, []string, error) {
	at := j.doc
	for i, key := range where {
		next, ok := at[key].(map[string]any)
		if !ok {
			return nil, nil, fmt.Errorf("%s is not described", strings.Join(where[:i+1], " "))
		}
		if ref, ok := next["$ref"].(string); ok {
			to := append(strings.Split(strings.TrimPrefix(ref, "#/"), "/"), where[i+1:]...)
			return j.find(to)
		}
		at = next
	}
	return at, where, nil
}

func checkHeaders(answer map[string]any, have http.Header) error {
	described, _ := answer["headers"].(map[string]any)
	for name := range have {
		known := slices.Contains(always, name) ||
			slices.ContainsFunc(slices.Collect(maps.Keys(described)), func(d string) bool { return http.CanonicalHeaderKey(d) == name })
		if !known {
			return fmt.Errorf("header %s is not described", name)
		}
	}
	return nil
}

func (j *judge) checkBody(where []string, body []byte) error {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("body: %w", err)
	}
	schema, err := j.schema(where)
	if err != nil {
		return err
	}
	return schema.Validate(value)
}

// schema compiles the schema at a place of the file, once.
func (j *judge) schema(where []string) (*jsonschema.Schema, error) {
	pointer := docURL + "#"
	escape := strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D")
	for _, key := range where {
		pointer += "/" + escape.Replace(key)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if s, ok := j.schemas[pointer]; ok {
		return s, nil
	}
	s, err := j.compiler.Compile(pointer)
	if err != nil {
		return nil, err
	}
	j.schemas[pointer] = s
	return s, nil
}
