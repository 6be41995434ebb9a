package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"
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

// TestMessagesComeBackAsTheyWereSent whatever the parts, the masks, the
// control frames in between and the pieces in which they arrive.
func TestMessagesComeBackAsTheyWereSent(t *testing.T) {
	type frame struct {
		kind    Kind
		payload string
	}
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
	var want []frame
	control := func() {
		kind, payload := []Kind{PingFrame, PongFrame}[rng.IntN(2)], random(maxControlPayload)
		sent = append(sent, masked(0x80|byte(kind), payload, rng.Uint32())...)
		want = append(want, frame{kind, string(payload)})
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
		want = append(want, frame{TextMessage, string(message)})
	}
	for name, src := range map[string]io.Reader{
		"whole": bytes.NewReader(sent), "halves": iotest.HalfReader(bytes.NewReader(sent)), "bytes": iotest.OneByteReader(bytes.NewReader(sent)),
	} {
		r := NewReader(src)
		for i, w := range want {
			kind, payload, err := r.Next()
			if err != nil || kind != w.kind || string(payload) != w.payload {
				t.Fatalf("%s, frame %d: got kind %d with %d bytes, %v; want kind %d with %d", name, i, kind, len(payload), err, w.kind, len(w.payload))
			}
		}
		if _, _, err := r.Next(); !errors.Is(err, io.EOF) {
			t.Errorf("%s: after the last frame: %v", name, err)
		}
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
		r := NewReader(io.MultiReader(bytes.NewReader(c.sent), iotest.ErrReader(errors.New("read on"))))
		_, _, err := r.Next()
		var breach *Breach
		if !errors.As(err, &breach) || breach.Code != c.code {
			t.Errorf("%s: got %v, want %d", name, err, c.code)
		}
	}
}

// FuzzReader: no bytes make it panic, keep more than it may, or return a
// message that is too large.
func FuzzReader(f *testing.F) {
	f.Add(masked(0x81, []byte(`{"op":"ping","id":1,"ct":1}`), 0x01020304))
	f.Add(append(masked(0x01, []byte("a"), 7), masked(0x80, []byte("b"), 9)...))
	f.Fuzz(func(t *testing.T, sent []byte) {
		r := NewReader(bytes.NewReader(sent))
		for {
			kind, payload, err := r.Next()
			if err != nil {
				break
			}
			if len(payload) > MaxClientFrame || kind >= CloseFrame && len(payload) > maxControlPayload {
				t.Fatalf("kind %d with %d bytes", kind, len(payload))
			}
		}
		if cap(r.message) > 2*MaxClientFrame {
			t.Fatalf("keeps %d bytes", cap(r.message))
		}
	})
}

func BenchmarkReadBid(b *testing.B) {
	frame := masked(0x81, []byte(readFrames(b)["bid"]), 0x01020304)
	src := bytes.NewReader(frame)
	r := NewReader(src)
	b.ReportAllocs()
	for b.Loop() {
		src.Reset(frame)
		if _, _, err := r.Next(); err != nil {
			b.Fatal(err)
		}
	}
}
