package apitest

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	api "gobua/docs/api"
)

func TestTheFileIsOpenAPI(t *testing.T) {
	asJSON, err := yaml.YAMLToJSON(api.YAML)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
	if err != nil {
		t.Fatal(err)
	}
	meta, err := jsonschema.UnmarshalJSON(bytes.NewReader(metaSchema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("gobua:oas31", meta); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("gobua:oas31")
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(doc); err != nil {
		t.Error(err)
	}
}

// Every schema and every example of the file holds.
func TestTheFilesSchemasCompileAndItsExamplesFit(t *testing.T) {
	j, err := theJudge()
	if err != nil {
		t.Fatal(err)
	}
	examples := 0
	var walk func(where []string, v any)
	walk = func(where []string, v any) {
		switch v := v.(type) {
		case map[string]any:
			if v["schema"] != nil {
				s, err := j.schema(append(where[:len(where):len(where)], "schema"))
				if err != nil {
					t.Errorf("%s: %v", strings.Join(where, " "), err)
					return
				}
				if example, ok := v["example"]; ok {
					examples++
					if err := s.Validate(example); err != nil {
						t.Errorf("%s: %v", strings.Join(where, " "), err)
					}
				}
			}
			for key, part := range v {
				if key != "schema" && key != "example" {
					walk(append(where[:len(where):len(where)], key), part)
				}
			}
		}
	}
	walk(nil, j.doc)
	if examples < 10 {
		t.Errorf("only %d examples were found", examples)
	}
	for name := range j.doc["components"].(map[string]any)["schemas"].(map[string]any) {
		if _, err := j.schema([]string{"components", "schemas", name}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The judge itself: what it must let pass and what it must not.
func TestTheJudge(t *testing.T) {
	j, err := theJudge()
	if err != nil {
		t.Fatal(err)
	}
	const card = `{"session":"k7qp2mwx90ab","lot":{"auctionId":"a","lotId":"l","number":1,"kind":"land","title":"t"},` +
		`"now":{"ph":"running","nx":1,"st":1,"n":0},"opensAt":1,"currency":"VND","method":"ascending"`
	home := func(cards string) string { return `{"now":1,"live":[` + cards + `],"soon":[],"results":[]}` }
	desk := func(more string) string { return `{"now":1,"sessions":[` + card + more + `}]}` }
	tests := []struct {
		name, request string
		status        int
		body          string
		headers       []string
		wrong         string // part of the complaint; empty: none
	}{
		{"good", "GET /api/v1/home", 200, home(card + "}"), nil, ""},
		{"good, joined shapes", "GET /api/v1/desk/sessions", 200, desk(`,"participants":1,"checkedIn":0,"viewers":0`), nil, ""},
		{"good, a problem", "GET /api/v1/me", 401, `{"error":{"code":"unauthorized","message":"x"}}`, nil, ""},
		{"good, no body", "POST /api/v1/auth/logout", 204, "", nil, ""},
		{"not our API", "GET /phong/x", 200, "<html>", nil, ""},
		{"field missing", "GET /api/v1/home", 200, `{"now":1,"live":[],"soon":[]}`, nil, "results"},
		{"field missing in a joined shape", "GET /api/v1/desk/sessions", 200, desk(`,"participants":1,"checkedIn":0`), nil, "viewers"},
		{"field too many", "GET /api/v1/time", 200, `{"now":1,"zone":"+7"}`, nil, "/zone': false schema"},
		{"field too many inside", "GET /api/v1/home", 200, home(card + `,"viewers":3}`), nil, "/viewers': false schema"},
		{"field too many in a joined shape", "GET /api/v1/desk/sessions", 200, desk(`,"participants":1,"checkedIn":0,"viewers":0,"names":[]`), nil, "/names': false schema"},
		{"wrong type", "GET /api/v1/time", 200, `{"now":"1"}`, nil, "want integer"},
		{"fraction", "GET /api/v1/time", 200, `{"now":1.5}`, nil, "want integer"},
		{"unknown code", "GET /api/v1/me", 401, `{"error":{"code":"nope","message":"x"}}`, nil, "code"},
		{"status not described", "GET /api/v1/time", 404, `{}`, nil, "404 is not described"},
		{"body where none may be", "POST /api/v1/auth/logout", 204, "{}", nil, "body"},
		{"media type not described", "GET /api/v1/time", 200, `{"now":1}`, []string{"Content-Type", "text/html"}, "text/html"},
		{"header not described", "GET /api/v1/time", 200, `{"now":1}`, []string{"X-Powered-By", "x"}, "X-Powered-By"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			method, path, _ := strings.Cut(tt.request, " ")
			resp := &http.Response{StatusCode: tt.status, Header: http.Header{"Content-Type": {"application/json"}}}
			for i := 0; i < len(tt.headers); i += 2 {
				resp.Header.Set(tt.headers[i], tt.headers[i+1])
			}
			err := j.check(httptest.NewRequest(method, path, nil), resp, []byte(tt.body))
			switch {
			case tt.wrong == "" && err != nil:
				t.Errorf("refused: %v", err)
			case tt.wrong != "" && (err == nil || !strings.Contains(err.Error(), tt.wrong)):
				t.Errorf("got %v, want a complaint about %q", err, tt.wrong)
			}
		})
	}
}
