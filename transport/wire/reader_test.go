package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"testing"
)

// masked is a client frame: first byte, payload, mask.
func masked(first byte, payload []byte, mask uint32) []byte {
	var f []byte
	switch n := len(payload); {
	case n < 126:
		f = []byte{first, 0x80 | byte(n)}
	case n <= 0xffff:
		f = binary.BigEndian.AppendUint16([]byte{first, 0x80 | 126}, uint16(n))
	default:
		f = binary.BigEndian.AppendUint64([]byte{first, 0x80 | 127}, uint64(n))
	}
	key := binary.BigEndian.AppendUint32(nil, mask)
	f = append(f, key...)
	for i, c := range payload {
		f = append(f, c^key[i%4])
	}
	return f
}

// found is what a Reader finds.
type found struct {
	kind    Kind
	payload string
}

// readPieces gives sent to r in pieces of sizes that piece tells, each in memory
// of its own that is overwritten afterwards, as that of a connection is.
func readPieces(r *Reader, sent []byte, piece func() int) (list []found, err error) {
	for len(sent) > 0 {
		p := bytes.Clone(sent[:min(len(sent), piece())])
		sent = sent[len(p):]
		for rest := p; ; {
			kind, payload, left, err := r.Next(rest)
			if err != nil {
				return list, err
			}
			if kind == 0 {
				break
			}
			list, rest = append(list, found{kind, string(payload)}), left
		}
		clear(p)
	}
	return list, nil
}

// TestMessagesComeBackAsTheyWereSent whatever the parts, the masks, the
// control frames in between and the pieces in which they arrive.
func TestMessagesComeBackAsTheyWereSent(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	random := func(n int) []byte {
		b := make([]byte, rng.IntN(n+1))
		for i := range b {
			b[i] = byte(rng.Uint32())
		}
		return b
	}
	var sent []byte
	var want []found
	control := func() {
		kind, payload := []Kind{PingFrame, PongFrame}[rng.IntN(2)], random(maxControlPayload)
		sent = append(sent, masked(0x80|byte(kind), payload, rng.Uint32())...)
		want = append(want, found{kind, string(payload)})
	}
	for range 500 {
		message := random(MaxClientFrame)
		first, rest := byte(TextMessage), message
		for rng.IntN(2) == 0 {
			cut := rng.IntN(len(rest) + 1)
			sent = append(sent, masked(first, rest[:cut], rng.Uint32())...)
			first, rest = 0, rest[cut:]
			if rng.IntN(3) == 0 {
				control()
			}
		}
		sent = append(sent, masked(0x80|first, rest, rng.Uint32())...)
		want = append(want, found{TextMessage, string(message)})
	}
	for name, piece := range map[string]func() int{
		"whole": func() int { return len(sent) }, "bytes": func() int { return 1 },
		"as the network likes": func() int { return 1 + rng.IntN(3000) },
	} {
		got, err := readPieces(new(Reader), sent, piece)
		if err != nil || !slices.Equal(got, want) {
			t.Fatalf("%s: %d frames, %v; want %d", name, len(got), err, len(want))
		}
	}
	if got, err := readWaiting(sent); err != io.EOF || !slices.Equal(got, want) {
		t.Fatalf("the oracle: %d frames, %v", len(got), err)
	}
}

// TestBreachesAreSeenInTheHeader, before any payload has come.
func TestBreachesAreSeenInTheHeader(t *testing.T) {
	join := func(frames ...[]byte) []byte { return bytes.Join(frames, nil) }
	long := make([]byte, MaxClientFrame)
	for name, c := range map[string]struct {
		sent []byte
		code CloseCode
	}{
		"reserved bit":         {[]byte{0xc1, 0x80}, CloseProtocol},
		"not masked":           {[]byte{0x81, 0x00}, CloseProtocol},
		"unknown kind":         {[]byte{0x83, 0x80}, CloseProtocol},
		"unknown control":      {[]byte{0x8b, 0x80}, CloseProtocol},
		"control in parts":     {[]byte{0x09, 0x80}, CloseProtocol},
		"long control":         {[]byte{0x89, 0xfe}, CloseProtocol},
		"nothing to go on":     {[]byte{0x80, 0x80}, CloseProtocol},
		"message in a message": {join(masked(0x01, nil, 0), []byte{0x81, 0x80}), CloseProtocol},
		"binary":               {[]byte{0x82, 0x80}, CloseUnsupported},
		"one byte too long":    {[]byte{0x81, 0xfe, 0x10, 0x01}, CloseTooBig},
		"of exabytes":          {[]byte{0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, CloseTooBig},
		"of more than that":    {[]byte{0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, CloseTooBig},
		"too long in parts":    {join(masked(0x01, long, 1), []byte{0x80, 0x81}), CloseTooBig},
		"too many parts":       {join(masked(0x01, nil, 0), bytes.Repeat(masked(0x00, nil, 0), maxParts-1), []byte{0x00, 0x80}), CloseTooBig},
	} {
		for size := range len(c.sent) {
			got, err := readPieces(new(Reader), c.sent, func() int { return size + 1 })
			breach := (*Breach)(nil)
			if !errors.As(err, &breach) || breach.Code != c.code || len(got) > 0 {
				t.Errorf("%s, %d bytes at a time: got %v, %v, want %d", name, size+1, got, err, c.code)
			}
		}
		if _, err := readPieces(new(Reader), c.sent[:len(c.sent)-1], func() int { return 1 }); err != nil {
			t.Errorf("%s: refused before the byte that tells: %v", name, err)
		}
	}
}

// FuzzReader: however a stream is cut, the messages in it and what is wrong with
// it are those that a reader finds which waits for every byte. And no bytes make
// it panic, keep more than it may, or keep anything between messages.
func FuzzReader(f *testing.F) {
	whole := masked(0x81, []byte(`{"op":"ping","id":1,"ct":1}`), 0x01020304)
	f.Add(whole, uint64(1))
	f.Add(append(masked(0x01, []byte("a"), 7), masked(0x80, []byte("b"), 9)...), uint64(2))
	f.Add(bytes.Join([][]byte{masked(0x01, []byte("ab"), 7), masked(0x89, []byte("ping"), 8), masked(0x80, nil, 9), whole}, nil), uint64(3))
	f.Add(append(masked(0x81, bytes.Repeat([]byte("x"), MaxClientFrame), 5), 0x81, 0xfe, 0x10, 0x01), uint64(4))
	f.Fuzz(func(t *testing.T, sent []byte, seed uint64) {
		want, wantErr := readWaiting(sent)
		rng := rand.New(rand.NewPCG(seed, 0))
		most := 1 + rng.IntN(len(sent)+1)
		r := new(Reader)
		got, err := readPieces(r, sent, func() int { return 1 + rng.IntN(most) })
		if !slices.Equal(got, want) {
			t.Fatalf("found %q, want %q", got, want)
		}
		breach, wantBreach := (*Breach)(nil), (*Breach)(nil)
		if errors.As(wantErr, &wantBreach) != errors.As(err, &breach) || breach != nil && *breach != *wantBreach {
			t.Fatalf("ended with %v, want %v", err, wantErr)
		}
		if breach == nil && !r.inside && r.parts == 0 && cap(r.text)+cap(r.control) > 0 {
			t.Fatalf("keeps %d bytes of nothing", cap(r.text)+cap(r.control))
		}
		if cap(r.text) > 2*MaxClientFrame || cap(r.control) > 2*maxControlPayload {
			t.Fatalf("keeps %d and %d bytes", cap(r.text), cap(r.control))
		}
	})
}

func BenchmarkReadBid(b *testing.B) {
	frame := masked(0x81, []byte(readFrames(b)["bid"]), 0x01020304)
	came := make([]byte, len(frame))
	r := new(Reader)
	b.ReportAllocs()
	for b.Loop() {
		copy(came, frame)
		if kind, _, _, err := r.Next(came); err != nil || kind != TextMessage {
			b.Fatal(kind, err)
		}
	}
}
