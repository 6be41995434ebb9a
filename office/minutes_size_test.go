package office

import (
	"crypto/sha256"
	"strings"
	"testing"

	"gobua/engine"
	"gobua/office/document"
)

// TestARecordBeyondTheLimitIsHashedAndNotKept, and what follows its end is
// nothing of it.
func TestARecordBeyondTheLimitIsHashedAndNotKept(t *testing.T) {
	text := "gobua record 1\nr 1 {}\nend 1 aa\n"
	for most, kept := range map[int]string{len(text): text, len(text) - 1: "", 3: ""} {
		var r document.PublishedRecord
		end, err := readRecord(&r, strings.NewReader(text+"proof x eA==\n"), most)
		if err != nil || end != "end 1 aa\n" || string(r.Content) != kept || r.Size != len(text) || r.Hash != engine.Hash(sha256.Sum256([]byte(text))) {
			t.Errorf("%d bytes: %+v, %q, %v", most, r, end, err)
		}
	}
	if _, err := readRecord(new(document.PublishedRecord), strings.NewReader("gobua record 1\nend 1 aa"), 100); err == nil {
		t.Error("a record that was cut has an end")
	}
}
