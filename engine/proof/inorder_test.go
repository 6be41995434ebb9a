package proof_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"runtime"
	"testing"
	"testing/iotest"

	"go.uber.org/goleak"

	"gobua/engine"
	"gobua/engine/proof"
)

// TestSeveralGoroutinesComeToTheSameAnswer: that records are decoded at once
// changes nothing of what is said, wherever the file is wrong, and nothing goes
// on afterwards.
func TestSeveralGoroutinesComeToTheSameAnswer(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	file := long(t, 2000)
	broken := map[string][]byte{"right": file}
	for i := 1; i < 40; i++ {
		at := len(file) * i / 40
		flipped := bytes.Clone(file)
		flipped[at] ^= 1
		broken[fmt.Sprint("flipped at ", at)] = flipped
		broken[fmt.Sprint("cut at ", at)] = file[:at]
		cut := bytes.LastIndexByte(file[:at], '\n') + 1
		broken[fmt.Sprint("a line disclosed at ", cut)] = bytes.Join([][]byte{file[:cut], []byte("d 00 {}\n"), file[cut:]}, nil)
	}
	on := func(processors int, file []byte) (proof.Report, error) {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
		return verify(file, engine.Head{Seq: 1500})
	}
	for name, file := range broken {
		one, oneErr := on(1, file)
		many, manyErr := on(4, file)
		if !reflect.DeepEqual(one, many) || !reflect.DeepEqual(oneErr, manyErr) || oneErr == nil {
			t.Errorf("%s: %v, and with several: %v", name, oneErr, manyErr)
		}
	}
	torn := errors.New("the disk is gone")
	r := io.MultiReader(bytes.NewReader(file[:len(file)/2]), iotest.ErrReader(torn))
	if _, err := proof.Verify(r, proof.Options{}); !errors.Is(err, torn) {
		t.Errorf("a file that could not be read: %v", err)
	}
}
