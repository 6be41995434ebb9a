package load

import (
	"encoding/binary"
	"errors"
)

// The kinds of frames that matter here.
const (
	textFrame  = 0x1
	closeFrame = 0x8
	pingFrame  = 0x9
	pongFrame  = 0xa
)

// keepRest is how much of a cut frame's buffer a connection may keep for the
// next one.
const keepRest = 2 << 10

// frames cuts what comes from a server into WebSocket frames. The zero value
// has read nothing. The server sends every message in one frame, so fragments
// are an error.
type frames struct {
	rest []byte // the beginning of a frame whose end has not come
}

var errFragment = errors.New("the server sent a fragment, or a masked frame")

// feed takes the next bytes and calls each for the frames that are whole now.
// What each is given is only good during the call.
func (f *frames) feed(p []byte, each func(kind byte, payload []byte) error) error {
	if len(f.rest) > 0 {
		f.rest = append(f.rest, p...)
		p = f.rest
	}
	for {
		head, size, ok := measure(p)
		if !ok || len(p)-head < size {
			break
		}
		if p[0]&0x80 == 0 || p[1]&0x80 != 0 {
			return errFragment
		}
		if err := each(p[0]&0x0f, p[head:head+size]); err != nil {
			return err
		}
		p = p[head+size:]
	}
	if len(p) == 0 && cap(f.rest) > keepRest {
		f.rest = nil
		return nil
	}
	f.rest = append(f.rest[:0], p...) // which may move them to the front
	return nil
}

// measure reads the head of a frame: how long it is and how long its payload.
func measure(p []byte) (head, size int, ok bool) {
	if len(p) < 2 {
		return 0, 0, false
	}
	switch size = int(p[1] & 0x7f); {
	case size < 126:
		return 2, size, true
	case size == 126 && len(p) >= 4:
		return 4, int(binary.BigEndian.Uint16(p[2:])), true
	case size == 127 && len(p) >= 10:
		return 10, int(binary.BigEndian.Uint64(p[2:])), true
	}
	return 0, 0, false
}

// appendFrame appends a frame as clients send them: masked, here with zeros,
// which change nothing. What masks are for, strange bytes on the line to fool a
// proxy, cannot come from a load.
func appendFrame(dst []byte, kind byte, payload []byte) []byte {
	dst = append(dst, 0x80|kind)
	if n := len(payload); n < 126 {
		dst = append(dst, 0x80|byte(n))
	} else {
		dst = append(dst, 0x80|126, byte(n>>8), byte(n))
	}
	dst = append(dst, 0, 0, 0, 0)
	return append(dst, payload...)
}
