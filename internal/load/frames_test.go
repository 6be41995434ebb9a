package load

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// serverFrame is a frame as servers send it: not masked.
func serverFrame(kind byte, payload string) []byte {
	head := []byte{0x80 | kind}
	switch n := len(payload); {
	case n < 126:
		head = append(head, byte(n))
	case n < 1<<16:
		head = append(head, 126, byte(n>>8), byte(n))
	default:
		head = append(head, 127, 0, 0, 0, 0, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	}
	return append(head, payload...)
}

func TestFramesComeWholeHoweverTheyWereCut(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	var stream []byte
	var want []string
	for i := range 200 {
		size := []int{0, 3, 125, 126, 300, 5_000, 70_000}[random.IntN(7)]
		text := strings.Repeat(string(rune('a'+i%26)), size)
		kind := []byte{textFrame, pingFrame}[random.IntN(2)]
		stream = append(stream, serverFrame(kind, text)...)
		want = append(want, fmt.Sprint(kind, len(text), text[:min(1, len(text))]))
	}
	var f frames
	var got []string
	for len(stream) > 0 {
		n := min(len(stream), 1+random.IntN([]int{2, 100, 100_000}[random.IntN(3)]))
		err := f.feed(slices.Clone(stream[:n]), func(kind byte, payload []byte) error {
			if len(payload) > 0 && bytes.Count(payload, payload[:1]) != len(payload) {
				t.Fatalf("a payload of %d bytes is mixed", len(payload))
			}
			got = append(got, fmt.Sprint(kind, len(payload), string(payload[:min(1, len(payload))])))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		stream = stream[n:]
	}
	if !slices.Equal(got, want) || len(f.rest) != 0 {
		t.Errorf("%d frames came of %d, %d bytes are left", len(got), len(want), len(f.rest))
	}
}

func TestFragmentsAndMaskedFramesAreRefused(t *testing.T) {
	for _, frame := range [][]byte{{textFrame, 1, 'a'}, appendFrame(nil, textFrame, []byte("a"))} {
		var f frames
		if err := f.feed(frame, func(byte, []byte) error { return nil }); err == nil {
			t.Errorf("%x was taken", frame)
		}
	}
}

func TestALadderKnowsWhatASnapshotStandsFor(t *testing.T) {
	o := Options{Rate: 10, Bidders: 2, Sessions: 1, Duration: time.Second}
	l := new(ladder)
	l.prepare(o.plan(), 0)
	var prices []int64
	for i := range 5 {
		prices = append(prices, int64(l.take(i)))
	}
	l.accepted[1].Store(true)
	l.accepted[3].Store(true)
	l.accepted[4].Store(true)
	if got := l.between(0, startAmount+3*stepAmount); !slices.Equal(got, []int{1, 3}) {
		t.Errorf("up to the fourth price: bids %v of %v", got, prices)
	}
	if got := l.between(startAmount+3*stepAmount, startAmount+9*stepAmount); !slices.Equal(got, []int{4}) {
		t.Errorf("above it: bids %v", got)
	}
}
