package transport

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"gobua/engine"
)

var recordRights = []right{
	{"GET /sessions/k7qp2mwx90ab/record", "", [5]int{404, 404, 404, 404, 404}},
}

// stubRecords has the file of one session and the reasons of others.
type stubRecords struct {
	dir string
	why map[engine.SessionID]error
}

func (s *stubRecords) Packed(_ context.Context, id engine.SessionID) (*os.File, int64, error) {
	if err := s.why[id]; err != nil {
		return nil, 0, err
	}
	f, err := os.Open(filepath.Join(s.dir, string(id)))
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	return f, info.Size(), err
}

const recordText = "gobua record 1\nsession k7qp2mwx90ab\n"

func newRecords(t *testing.T) *stubRecords {
	t.Helper()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := io.WriteString(w, recordText); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	s := &stubRecords{dir: t.TempDir(), why: map[engine.SessionID]error{
		"k7qp2mwx90ac": engine.ErrNotOver, "k7qp2mwx90ad": engine.ErrNoSession, "k7qp2mwx90ae": engine.ErrBareRecord,
		"k7qp2mwx90af": errors.New("open /data/records: a secret of the machine"),
	}}
	if err := os.WriteFile(filepath.Join(s.dir, "k7qp2mwx90ab"), packed.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

func withRecords(t *testing.T) func(*HTTPOptions, *AppOptions) {
	records := newRecords(t)
	return func(o *HTTPOptions, _ *AppOptions) { o.Records = records }
}

// TestTheRecordOfASessionIsForEverybody, packed for whoever can unpack. Go's
// client asks for gzip by itself and unpacks what comes so.
func TestTheRecordOfASessionIsForEverybody(t *testing.T) {
	s := newSite(t, new(stubOffice), withRecords(t))
	const path = "/api/v1/sessions/k7qp2mwx90ab/record"
	packed := s.ask(http.MethodGet, path, nil)
	plain := s.ask(http.MethodGet, path, nil, "Accept-Encoding", "identity")
	for name, r := range map[string]reply{"packed": packed, "plain": plain} {
		if r.StatusCode != http.StatusOK || string(r.body) != recordText || r.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s: %d %v %q", name, r.StatusCode, r.Header, r.body)
		}
	}
	if !packed.Uncompressed || plain.Uncompressed {
		t.Errorf("came packed %v, %v", packed.Uncompressed, plain.Uncompressed)
	}
}

// TestARecordThatIsNotThere says why, and nothing of the machine.
func TestARecordThatIsNotThere(t *testing.T) {
	s := newSite(t, new(stubOffice), withRecords(t))
	for id, want := range map[string]int{"k7qp2mwx90ac": 409, "k7qp2mwx90ad": 404, "k7qp2mwx90ae": 404, "k7qp2mwx90af": 500} {
		r := s.ask(http.MethodGet, "/api/v1/sessions/"+id+"/record", nil)
		if r.StatusCode != want || bytes.Contains(r.body, []byte("secret")) {
			t.Errorf("%s: %d %s, want %d", id, r.StatusCode, r.body, want)
		}
	}
}
