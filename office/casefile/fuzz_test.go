package casefile

import (
	"archive/zip"
	"bytes"
	"io"
	"testing"
)

// FuzzCheck: whoever gives a file to be checked gets a report or an error, and
// a file that is called whole is one this package would have written.
func FuzzCheck(f *testing.F) {
	var b bytes.Buffer
	w := NewWriter(&b, "a-1", "Lúa gạo", "Trung tâm")
	if _, err := w.Add("notice/auction.json", "thử", bytes.NewReader([]byte("{}"))); err != nil {
		f.Fatal(err)
	}
	if _, _, err := w.Close(); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add(b.Bytes()[:b.Len()/2])
	f.Add([]byte("PK\x05\x06" + string(make([]byte, 18))))
	f.Fuzz(func(t *testing.T, file []byte) {
		r, err := Check(bytes.NewReader(file), int64(len(file)))
		if err != nil || !r.Whole() {
			return
		}
		z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			t.Fatalf("whole, and no archive: %v", err)
		}
		for _, one := range z.File {
			if !validName(one.Name) && one.Name != "manifest.json" {
				t.Errorf("whole, with an entry %q", one.Name)
			}
		}
		if err := Without(io.Discard, bytes.NewReader(file), int64(len(file)), Identities); err != nil {
			t.Errorf("whole, and cannot be copied: %v", err)
		}
	})
}
