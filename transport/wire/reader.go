package wire

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
)

// Kind is what a client's WebSocket frame is.
type Kind byte

// The kinds that Reader returns: whole messages, and control frames as they
// come between the parts of one.
const (
	TextMessage Kind = 0x1
	CloseFrame  Kind = 0x8
	PingFrame   Kind = 0x9
	PongFrame   Kind = 0xa

	kindPart   Kind = 0x0
	kindBinary Kind = 0x2
)

// Breach is what RFC 6455 or this protocol does not allow. The connection is
// to be ended with the code; nothing after it can be read.
type Breach struct{ Code CloseCode }

func (b *Breach) Error() string { return fmt.Sprintf("client frame refused with %d", b.Code) }

// maxParts is in how many frames a message may come: far more than anybody
// needs, and few enough that empty ones are no way to keep a reader busy.
const maxParts = 64

// Buffers of a Reader. Requests are about 150 bytes; a larger one makes the
// second buffer grow, up to MaxClientFrame.
const (
	readAhead    = 512
	firstMessage = 256
)

// Reader reads what a client sends. Unlike a WebSocket library it writes
// nothing, because a connection has another goroutine for that, and it judges
// a frame by its header, before it waits for or keeps any of its payload.
type Reader struct {
	src     *bufio.Reader
	message []byte // text under way
	control [maxControlPayload]byte
	parts   int // frames of the message so far; zero: none is under way
	mask    [4]byte
}

// NewReader reads from a connection that has been upgraded.
func NewReader(conn io.Reader) *Reader {
	return &Reader{src: bufio.NewReaderSize(conn, readAhead), message: make([]byte, 0, firstMessage)}
}

// frameHeader is the header of one client frame.
type frameHeader struct {
	kind Kind
	fin  bool
	n    int // bytes of payload
}

// Next blocks for the next message or control frame. The payload is valid
// until the next call. An error is a *Breach, or that of the connection.
func (r *Reader) Next() (Kind, []byte, error) {
	for {
		h, err := r.header()
		if err != nil {
			return 0, nil, err
		}
		if h.kind >= CloseFrame {
			payload := r.control[:h.n]
			return h.kind, payload, r.payload(payload)
		}
		if r.parts == 0 {
			r.message = r.message[:0]
		}
		start := len(r.message)
		r.message = append(r.message, make([]byte, h.n)...)
		if err := r.payload(r.message[start:]); err != nil {
			return 0, nil, err
		}
		r.parts++
		if h.fin {
			r.parts = 0
			return TextMessage, r.message, nil
		}
	}
}

// header reads a frame's header and judges it.
func (r *Reader) header() (frameHeader, error) {
	var b [8]byte
	if _, err := io.ReadFull(r.src, b[:2]); err != nil {
		return frameHeader{}, err
	}
	h := frameHeader{kind: Kind(b[0] & 0x0f), fin: b[0]&0x80 != 0}
	reserved, masked := b[0]&0x70 != 0, b[1]&0x80 != 0
	length := uint64(b[1] & 0x7f)
	switch {
	case reserved || !masked || !r.fits(h):
		return h, &Breach{CloseProtocol}
	case h.kind >= CloseFrame && length > maxControlPayload:
		return h, &Breach{CloseProtocol}
	case h.kind == kindBinary:
		return h, &Breach{CloseUnsupported}
	}
	var err error
	switch length {
	case 126:
		_, err = io.ReadFull(r.src, b[:2])
		length = uint64(binary.BigEndian.Uint16(b[:2]))
	case 127:
		_, err = io.ReadFull(r.src, b[:8])
		length = binary.BigEndian.Uint64(b[:8])
	}
	if err != nil {
		return h, err
	}
	have := 0
	if h.kind == kindPart {
		have = len(r.message)
	}
	if length > uint64(MaxClientFrame-have) || r.parts == maxParts && h.kind == kindPart {
		return h, &Breach{CloseTooBig}
	}
	h.n = int(length)
	_, err = io.ReadFull(r.src, r.mask[:])
	return h, err
}

// fits tells whether a frame of this kind may come now.
func (r *Reader) fits(h frameHeader) bool {
	switch h.kind {
	case TextMessage, kindBinary:
		return r.parts == 0
	case kindPart:
		return r.parts > 0
	case CloseFrame, PingFrame, PongFrame:
		return h.fin
	}
	return false
}

// payload fills p and takes the mask off.
func (r *Reader) payload(p []byte) error {
	if _, err := io.ReadFull(r.src, p); err != nil {
		return err
	}
	for i := range p {
		p[i] ^= r.mask[i&3]
	}
	return nil
}
