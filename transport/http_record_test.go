package transport

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"testing"

	"gobua/engine"
	"gobua/engine/proof"
	"gobua/internal/records"
)

var recordRights = []right{
	{"GET /sessions/k7qp2mwx90ab/record", "", [5]int{404, 404, 404, 404, 404}},
}

const recordText = "gobua record 1\nsession k7qp2mwx90ab\n"

// newRecords is a folder in which one session has a file, and others have reasons
// why they have none.
func newRecords(t *testing.T) *records.Folder {
	t.Helper()
	why := map[engine.SessionID]error{
		"k7qp2mwx90ac": engine.ErrNotOver, "k7qp2mwx90ad": engine.ErrNoSession, "k7qp2mwx90ae": engine.ErrBareRecord,
		"k7qp2mwx90af": errors.New("open /data/records: a secret of the machine"),
	}
	return records.NewFolder(t.TempDir(), func(_ context.Context, id engine.SessionID, w io.Writer) error {
		if err := why[id]; err != nil {
			return err
		}
		_, err := io.WriteString(w, recordText)
		return err
	})
}

func withRecords(t *testing.T) func(*HTTPOptions, *AppOptions) {
	folder := newRecords(t)
	return func(o *HTTPOptions, _ *AppOptions) { o.Records = folder }
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

// TestARecordIsKeptOnceTheLogSpeaksForIt: before, browsers ask again, so that
// nobody has the file without the proof for a day.
func TestARecordIsKeptOnceTheLogSpeaksForIt(t *testing.T) {
	folder := newRecords(t)
	var attached []proof.Attachment
	folder.Speak = func(engine.SessionID) []proof.Attachment { return attached }
	s := newSite(t, new(stubOffice), func(o *HTTPOptions, _ *AppOptions) { o.Records = folder })
	const path = "/api/v1/sessions/k7qp2mwx90ab/record"
	unsaid := s.ask(http.MethodGet, path, nil)
	attached = []proof.Attachment{{Name: "log", Data: []byte("x")}}
	for _, how := range []string{"gzip", "identity"} {
		r := s.ask(http.MethodGet, path, nil, "Accept-Encoding", how)
		body := r.body
		if how == "gzip" {
			text, err := gzip.NewReader(bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			text.Multistream(false)
			if body, err = io.ReadAll(text); err != nil {
				t.Fatal(err)
			}
		}
		if string(body) != recordText+"proof log eA==\n" || r.Header.Get("Cache-Control") != "public, max-age=86400" {
			t.Errorf("%s: %v %q", how, r.Header, body)
		}
	}
	if age := unsaid.Header.Get("Cache-Control"); age != "public, max-age=2" {
		t.Errorf("without a proof it is kept: %s", age)
	}
}
