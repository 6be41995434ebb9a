package transport

import (
	"encoding/json"
	"os"
	"testing"
)

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
