package transport

import (
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	api "gobua/docs/api"
	"gobua/engine"
	"gobua/office"
)

// apiFile is what the tests below read of the file.
type apiFile struct {
	Paths map[string]map[string]struct {
		OperationID string `yaml:"operationId"`
		Tags        []string
		Description string
		Security    *[]map[string][]string
		Responses   map[string]any
		Parameters  []map[string]any
	}
	Components struct {
		Schemas map[string]apiSchema
	}
}

type apiSchema struct {
	Ref        string `yaml:"$ref"`
	Properties map[string]struct {
		Properties map[string]struct{ Enum []string }
	}
	AllOf []apiSchema `yaml:"allOf"`
}

// fields are the names an object of a schema may have.
func (f apiFile) fields(s apiSchema) (names []string) {
	if s.Ref != "" {
		return f.fields(f.Components.Schemas[strings.TrimPrefix(s.Ref, "#/components/schemas/")])
	}
	for name := range s.Properties {
		names = append(names, name)
	}
	for _, part := range s.AllOf {
		names = append(names, f.fields(part)...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// jsonFields are the names a Go type writes.
func jsonFields(t reflect.Type) (names []string) {
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" {
			names = append(names, jsonFields(f.Type)...)
		} else if name != "-" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// A field that one of our types gets must get a line in the file, also where
// no test happens to send it.
func TestTheTypesHaveTheFieldsOfTheFile(t *testing.T) {
	f := readAPIFile(t)
	for schema, v := range map[string]any{
		"Account": accountJSON{}, "AccountRow": accountRow{}, "Auction": office.Auction{}, "AuctionDraft": office.AuctionDraft{},
		"AuctionEdit": office.Auction{}, "Card": Card{}, "Clock": clockJSON{}, "Closing": engine.Closing{}, "FieldCode": office.Field{},
		"Lot": engine.Lot{}, "LotDraft": office.LotDraft{}, "NewAccount": office.NewAccount{}, "Now": engine.Now{},
		"Participant": office.Participant{}, "Readiness": readinessJSON{}, "Result": engine.Result{}, "ResultCard": ResultCard{},
		"Room": engine.Room{}, "Row": engine.Row{}, "Rules": engine.Rules{}, "RulesDraft": office.RulesDraft{},
		"SaleLot": SaleLot{}, "SaleNews": SaleNews{}, "SaleNow": SaleNow{}, "SaleStanding": SaleStanding{},
		"Sheet": office.Sheet{}, "SessionCard": SessionCard{}, "SignedIn": signedInJSON{}, "Step": engine.Step{},
		"Update": engine.Update{},
	} {
		have, want := jsonFields(reflect.TypeOf(v)), f.fields(f.Components.Schemas[schema])
		if !slices.Equal(have, want) {
			t.Errorf("%s: %T writes %v, the file says %v", schema, v, have, want)
		}
	}
}

// described writes a path as the file does: {id} for :id.
func described(path string) string {
	return regexp.MustCompile(`:(\w+)`).ReplaceAllString(path, "{$1}")
}

func readAPIFile(t *testing.T) apiFile {
	t.Helper()
	var f apiFile
	if err := yaml.Unmarshal(api.YAML, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

// registeredRoutes is what an app really serves, without what fiber adds.
func registeredRoutes() (out []string) {
	app := NewApp(AppOptions{})
	NewHTTP(HTTPOptions{Office: new(stubOffice), Rooms: newStubRooms()}).Register(app)
	for _, r := range app.GetRoutes(true) {
		if r.Method == http.MethodHead {
			continue
		}
		path := described(r.Path)
		out = append(out, r.Method+" "+path)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func TestEveryRouteIsDescribedAndEveryDescriptionHasARoute(t *testing.T) {
	var inFile []string
	for path, methods := range readAPIFile(t).Paths {
		for method := range methods {
			inFile = append(inFile, strings.ToUpper(method)+" "+path)
		}
	}
	slices.Sort(inFile)
	if have := registeredRoutes(); !slices.Equal(have, inFile) {
		t.Errorf("registered:\n%s\ndescribed:\n%s", strings.Join(have, "\n"), strings.Join(inFile, "\n"))
	}
}

func TestTheFileSaysWhoMayAsk(t *testing.T) {
	f := readAPIFile(t)
	for _, r := range routes {
		path := apiPrefix + described(r.path)
		op := f.Paths[path][strings.ToLower(r.method)]
		byToken := op.Security == nil
		if byToken != (r.who != nil) {
			t.Errorf("%s %s: needs a token: code says %v, file says %v", r.method, path, r.who != nil, byToken)
		}
		if r.who == nil {
			continue
		}
		for _, status := range []string{"401", "429", "500"} {
			if op.Responses[status] == nil {
				t.Errorf("%s %s: answer %s is not described", r.method, path, status)
			}
		}
		if len(r.who) < len(signedIn) && op.Responses["403"] == nil {
			t.Errorf("%s %s: answer 403 is not described", r.method, path)
		}
	}
}

func TestEveryCodeIsInTheFile(t *testing.T) {
	enum := readAPIFile(t).Components.Schemas["Problem"].Properties["error"].Properties["code"].Enum
	for code := range answers {
		if !slices.Contains(enum, code) {
			t.Errorf("code %s is missing in the file", code)
		}
	}
	for _, code := range enum {
		if _, ok := answers[code]; !ok {
			t.Errorf("code %s of the file is never answered", code)
		}
	}
}

func TestTheDescriptionIsServedToProgramsAndPeople(t *testing.T) {
	s := newSite(t, new(stubOffice))
	file := s.ask("GET", "/api/openapi.yaml", nil)
	file.into(t, 200, nil)
	if string(file.body) != string(api.YAML) {
		t.Error("the file served is not the file of the repository")
	}
	for _, path := range []string{"/api/", "/api"} {
		page := s.ask("GET", path, nil)
		page.into(t, 200, nil)
		html := string(page.body)
		for _, r := range routes {
			if want := "<code>" + apiPrefix + described(r.path) + "</code>"; !strings.Contains(html, want) {
				t.Errorf("%s: %s is missing", path, want)
			}
		}
		for _, bad := range []string{"<script", "http://", "style=", "onclick"} {
			if strings.Contains(html, bad) {
				t.Errorf("%s contains %q", path, bad)
			}
		}
		policy := page.Header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: policy %q", path, policy)
		}
	}
}
