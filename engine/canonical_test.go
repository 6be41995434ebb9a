package engine

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
)

// goldenBodies are the records of testdata/records.golden, at least one of each
// kind.
func goldenBodies(t *testing.T) (bodies []string) {
	t.Helper()
	text, err := os.ReadFile("testdata/records.golden")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSuffix(line, "\n"); strings.HasPrefix(line, `{"seq":`) {
			bodies = append(bodies, line)
		}
	}
	if len(bodies) < len(Events) {
		t.Fatalf("%d records of %d kinds", len(bodies), len(Events))
	}
	return bodies
}

// ReadPlain reads a record if it is in the form in which this program writes.
func ReadPlain(body []byte) (r Record, ok bool) {
	ok = r.read(body)
	return r, ok
}

// ReadAny reads a record in whatever form.
func ReadAny(body []byte) (Record, error) { return readAny(body) }

// TestWrittenRecordsAreReadWithoutJSON: but for those with a sign that JSON
// escapes, or what they have not, records are read the fast way.
func TestWrittenRecordsAreReadWithoutJSON(t *testing.T) {
	for _, body := range goldenBodies(t) {
		r, ok := ReadPlain([]byte(body))
		if ok == strings.ContainsAny(body, `\`) {
			t.Errorf("read the fast way: %v: %s", ok, body)
		}
		if want, err := readAny([]byte(body)); err != nil || ok && !reflect.DeepEqual(r, want) {
			t.Errorf("read as\n%+v, by encoding/json as\n%+v (%v)", r, want, err)
		}
	}
}

// TestTheFastWayReadsAsJSONDoes changes every byte of every kind of record: what
// is then read the fast way is what encoding/json makes of it.
func TestTheFastWayReadsAsJSONDoes(t *testing.T) {
	alike, refused := 0, 0
	try := func(body string) {
		r, ok := ReadPlain([]byte(body))
		if !ok {
			refused++
			return
		}
		if want, err := readAny([]byte(body)); err != nil || !reflect.DeepEqual(r, want) {
			t.Errorf("%q is read as\n%+v, by encoding/json as\n%+v (%v)", body, r, want, err)
		}
		alike++
	}
	for _, body := range goldenBodies(t) {
		for i := range len(body) {
			try(body[:i])
			try(body[:i] + body[i+1:])
			for _, c := range []string{" ", `"`, `\`, ",", ":", "{", "}", "[", "]", "0", "9", "-", ".", "e", "A", "\n", "\x00", "\x80", "ấ", "null", `"",`, "000000000000000000"} {
				try(body[:i] + c + body[i+1:])
				try(body[:i] + c + body[i:])
			}
		}
	}
	if alike == 0 || refused == 0 {
		t.Fatalf("%d read alike, %d not read", alike, refused)
	}
}

// TestRecordsAreWrittenAsJSONIs compares the envelope with what encoding/json
// makes of the same record.
func TestRecordsAreWrittenAsJSONIs(t *testing.T) {
	hash := Hash{1, 2, 3}
	for _, ref := range []string{"", "M-733", "CC-1 <&>", "Đấu giá viên", `"\`, "\x00\x1f\x7f", "\u2028", "\xff"} {
		for _, concealed := range []*Hash{nil, &hash} {
			r := Record{Seq: 18446744073709551615, At: -5, By: Actor{Role: RoleBidder, Ref: ref}, Cmd: CommandID(hash[:16]), Event: &Said{"<ấ>"}, Concealed: concealed}
			event, err := json.Marshal(r.Event)
			if err != nil {
				t.Fatal(err)
			}
			want, err := json.Marshal(recordJSON{Seq: r.Seq, At: r.At, By: r.By, Cmd: r.Cmd, Kind: r.Event.Kind(), Event: event, Concealed: concealed})
			if err != nil {
				t.Fatal(err)
			}
			if got := r.write(event, concealed); !bytes.Equal(got, want) {
				t.Errorf("written as %s, by encoding/json as %s", got, want)
			}
		}
	}
}

// TestAmountsAreWrittenAsJSONIs is the same for what a record conceals.
func TestAmountsAreWrittenAsJSONIs(t *testing.T) {
	for _, a := range []amountSecret{{}, {Amount: 1}, {Amount: MaxDong, Steps: 12}, {Amount: -1, Steps: -1}} {
		want, err := json.Marshal(a)
		var again amountSecret
		if got := a.write(nil); err != nil || !bytes.Equal(got, want) || !again.read(got) || again != a {
			t.Errorf("written as %s, by encoding/json as %s (%v), read as %+v", got, want, err, again)
		}
	}
	for _, bad := range []string{``, `{}`, `{"amount":1}x`, `{"amount":01}`, `{"amount":1,"steps":0}`, `{"amount": 1}`, `{"steps":1,"amount":1}`, `{"amount":-0}`} {
		var a amountSecret
		if a.read([]byte(bad)) {
			t.Errorf("%q is read as %+v", bad, a)
		}
	}
}
