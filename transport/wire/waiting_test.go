package wire

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
)

// waitingReader is the oracle of FuzzReader: a reader that waits for every byte,
// written down as RFC 6455 reads, from the top to the bottom of a frame.
type waitingReader struct {
	src     *bufio.Reader
	message []byte // text under way
	control [maxControlPayload]byte
	parts   int // frames of the message so far; zero: none is under way
	mask    [4]byte
}

// readWaiting reads a whole stream.
func readWaiting(sent []byte) (list []found, err error) {
	r := &waitingReader{src: bufio.NewReader(bytes.NewReader(sent))}
	for {
		kind, payload, err := r.next()
		if err != nil {
			return list, err
		}
		list = append(list, found{kind, string(payload)})
	}
}

// next blocks for the next message or control frame.
func (r *waitingReader) next() (Kind, []byte, error) {
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
func (r *waitingReader) header() (frameHeader, error) {
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
func (r *waitingReader) fits(h frameHeader) bool {
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
func (r *waitingReader) payload(p []byte) error {
	if _, err := io.ReadFull(r.src, p); err != nil {
		return err
	}
	for i := range p {
		p[i] ^= r.mask[i&3]
	}
	return nil
}
