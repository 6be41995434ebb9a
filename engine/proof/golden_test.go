package proof_test

import (
	"bytes"
	"flag"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/phien.txt anew")

// TestTheFileIsWrittenAsItAlwaysWas: who has kept a file, or a hash of one, must
// be able to verify it in ten years. It is the file of busy.
func TestTheFileIsWrittenAsItAlwaysWas(t *testing.T) {
	const name = "testdata/phien.txt"
	file := publish(t, entries(t, busy(t)))
	if *update {
		if err := os.WriteFile(name, file, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(file, want) {
		t.Error("the file of a session is another one than before")
	}
	if _, err := verify(want); err != nil {
		t.Error(err)
	}
}
