package transport

import (
	"testing"
	"time"
)

// TestWhateverIsPutWaits: a sweep passes an outbox by if nothing waits, without
// its lock, so no way of putting something in may forget to say so.
func TestWhateverIsPutWaits(t *testing.T) {
	for name, put := range map[string]func(*outbox){
		"a note":       func(o *outbox) { o.put(note{frame: []byte("x")}, time.Now()) },
		"a pong":       func(o *outbox) { o.answerPing("") },
		"a ping":       (*outbox).pingDue,
		"a farewell":   func(o *outbox) { o.finish(&farewell{}) },
		"an overflow":  func(o *outbox) { o.put(note{frame: make([]byte, maxNoteBytes+1)}, time.Now()) },
		"the same two": func(o *outbox) { o.answerPing(""); o.pingDue() },
	} {
		var o outbox
		for range 2 {
			if o.waits.Load() {
				t.Errorf("%s: something waits in an outbox that is empty", name)
			}
			o.end = nil // a farewell is said once
			put(&o)
			if !o.waits.Load() {
				t.Errorf("%s: put, and nothing waits", name)
			}
			if private, farewell := o.take(nil, time.Now); len(private) == 0 && farewell == nil {
				t.Errorf("%s: waits, and is not taken", name)
			}
		}
	}
}
