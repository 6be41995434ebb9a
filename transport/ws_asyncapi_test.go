package transport

import (
	"encoding/json"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// messages are the payload schemas of asyncapi.yaml by message name.
var loadMessages = sync.OnceValues(func() (map[string]*jsonschema.Schema, error) {
	body, err := os.ReadFile("../docs/protocol/asyncapi.yaml")
	if err != nil {
		return nil, err
	}
	var doc any
	if err := yaml.Unmarshal(body, &doc); err != nil {
		return nil, err
	}
	asJSON, err := json.Marshal(doc)
	if err != nil {
		return nil, err
	}
	if doc, err = jsonschema.UnmarshalJSON(strings.NewReader(string(asJSON))); err != nil {
		return nil, err
	}
	const url = "gobua:asyncapi"
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft7)
	if err := compiler.AddResource(url, doc); err != nil {
		return nil, err
	}
	out := map[string]*jsonschema.Schema{}
	for name := range doc.(map[string]any)["components"].(map[string]any)["messages"].(map[string]any) {
		if out[name], err = compiler.Compile(url + "#/components/messages/" + name + "/payload"); err != nil {
			return nil, err
		}
	}
	return out, nil
})

func messages(t testing.TB) map[string]*jsonschema.Schema {
	t.Helper()
	m, err := loadMessages()
	if err != nil {
		t.Fatal("docs/protocol/asyncapi.yaml: ", err)
	}
	return m
}

func validate(schema *jsonschema.Schema, frame []byte) error {
	m, err := jsonschema.UnmarshalJSON(strings.NewReader(string(frame)))
	if err != nil {
		return err
	}
	return schema.Validate(m)
}

// TestTheGoldenFramesAreWhatAsyncAPISays: the schemas, the frames that the
// page's tests read, and the code that writes and reads them agree. Every
// message of the description has at least one golden frame.
func TestTheGoldenFramesAreWhatAsyncAPISays(t *testing.T) {
	schemas := messages(t)
	shown := map[string]bool{}
	check := func(name, kindKey string, frame []byte) {
		var m map[string]any
		if err := json.Unmarshal(frame, &m); err != nil {
			t.Fatal(name, err)
		}
		kind, _ := m[kindKey].(string)
		schema := schemas[kind]
		if schema == nil {
			t.Errorf("%s: asyncapi.yaml knows no message %q", name, kind)
			return
		}
		shown[kind] = true
		if err := validate(schema, frame); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	var server map[string]json.RawMessage
	readGolden(t, "wire/testdata/server.json", &server)
	for name, frame := range server {
		check(name, "t", frame)
	}
	var client map[string]string
	readGolden(t, "wire/testdata/client.json", &client)
	for name, frame := range client {
		check(name, "op", []byte(frame))
	}
	for kind := range schemas {
		if !shown[kind] {
			t.Errorf("there is no golden frame of %q", kind)
		}
	}
}

func readGolden(t *testing.T, path string, into any) {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(body, into); err != nil {
		t.Fatal(path, err)
	}
}
