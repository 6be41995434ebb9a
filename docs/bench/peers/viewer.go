package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// greetings are what a viewer says once it is connected, by kind.greet, and how
// it knows that it has been taken in; an empty text says nothing.
var greetings = map[string]struct {
	path, say, answer string
}{
	"plain":      {path: "/"},
	"gobua":      {"/ws", `{"op":"sub","id":1,"session":"` + string(session) + `"}`, `{"t":"snap"`},
	"centrifuge": {"/", `{"id":1,"connect":{}}`, `"connect":`},
}

// viewer is one connection of the generator. It is given bytes as they come,
// and tells its crowd of every update in them.
type viewer struct {
	fd     int
	at     int64  // feed sequence of the last update
	kept   []byte // the beginning of a frame that came cut
	parts  []byte // the beginning of a message that comes in several frames
	answer string // still expected before it counts as joined
	ended  bool
}

// errEnded is a connection that the server has ended.
var errEnded = errors.New("the connection has ended")

// take reads whole frames out of p; what is left of it is kept. p is free to
// use afterwards.
func (v *viewer) take(p []byte, c *crowd) error {
	if len(v.kept) > 0 {
		v.kept = append(v.kept, p...)
		p = v.kept
	}
	for {
		header, length, ok := frameSize(p)
		if !ok || len(p) < header+length {
			break
		}
		if err := v.frame(p[0], p[header:header+length], c); err != nil {
			return err
		}
		p = p[header+length:]
	}
	if len(p) == 0 {
		v.kept = nil
	} else {
		v.kept = append(make([]byte, 0, 2*len(p)), p...)
	}
	return nil
}

// frameSize reads the header of an unmasked frame, if it is whole.
func frameSize(p []byte) (header, length int, ok bool) {
	if len(p) < 2 {
		return 0, 0, false
	}
	switch header = headerBytes(p); {
	case len(p) < header:
		return 0, 0, false
	case header == 4:
		return header, int(binary.BigEndian.Uint16(p[2:])), true
	case header == 10:
		return header, int(binary.BigEndian.Uint64(p[2:])), true
	}
	return header, int(p[1] & 0x7f), true
}

// frame takes one frame: texts that may hold several updates, pings that are
// answered, ends.
func (v *viewer) frame(first byte, payload []byte, c *crowd) error {
	switch kind, final := first&0x0f, first&0x80 != 0; {
	case kind == 0x8:
		return errEnded
	case kind == 0x9:
		return v.say(0xa, payload)
	case kind > 0x2:
		return nil
	case !final:
		v.parts = append(v.parts, payload...)
		return nil
	case kind == 0x0:
		payload, v.parts = append(v.parts, payload...), nil
	}
	if string(payload) == "{}" { // centrifuge asks whether we are there
		return v.say(0x1, payload)
	}
	v.text(payload, c)
	return nil
}

func (v *viewer) text(p []byte, c *crowd) {
	if v.answer != "" && strings.Contains(string(p), v.answer) {
		v.answer = ""
		c.joined++
	}
	if seq, ok := snapshotSeq(p); ok {
		c.jump(v, seq)
		return
	}
	for {
		seq, accepted, rest, ok := nextUpdate(p)
		if !ok {
			return
		}
		c.saw(v, seq, accepted)
		p = rest
	}
}

// say sends a frame, masked with zeros. What a line does not take is lost,
// which the server finds out.
func (v *viewer) say(kind byte, payload []byte) error {
	if len(payload) > 125 {
		return fmt.Errorf("%d bytes are too many to say", len(payload))
	}
	frame := append([]byte{0x80 | kind, 0x80 | byte(len(payload)), 0, 0, 0, 0}, payload...)
	_, err := unix.Write(v.fd, frame)
	return err
}

// joinTimeout is how long a server may take to answer one viewer.
const joinTimeout = 10 * time.Second

// smallBuffer is what the kernel keeps for somebody who reads nothing, so that
// the server notices soon.
const smallBuffer = 4096

// connect joins a server. It waits for the handshake, if there is one; bytes
// that came behind it are returned.
func connect(addr *unix.SockaddrInet4, greet string, reads bool) (fd int, came []byte, err error) {
	fd, err = unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, nil, fmt.Errorf("socket: %w", err)
	}
	defer func() {
		if err != nil {
			_ = unix.Close(fd)
		}
	}()
	wait := unix.NsecToTimeval(int64(joinTimeout))
	err = errors.Join(
		unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &wait),
		unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1}), // no port waits for stragglers
	)
	if !reads {
		err = errors.Join(err, unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, smallBuffer))
	}
	if err = errors.Join(err, unix.Connect(fd, addr)); err != nil {
		return 0, nil, fmt.Errorf("connect: %w", err)
	}
	if g, ok := greetings[greet]; ok {
		if came, err = handshake(fd, g.path); err != nil {
			return 0, nil, err
		}
		if g.say != "" {
			if err = (&viewer{fd: fd}).say(0x1, []byte(g.say)); err != nil {
				return 0, nil, err
			}
		}
	}
	return fd, came, unix.SetNonblock(fd, true)
}

func handshake(fd int, path string) (came []byte, err error) {
	request := "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
	if _, err := unix.Write(fd, []byte(request)); err != nil {
		return nil, err
	}
	buf := make([]byte, 4096)
	for n := 0; n < len(buf); {
		got, err := unix.Read(fd, buf[n:])
		if err == unix.EINTR { // the runtime's own signals
			continue
		}
		if err != nil || got == 0 {
			return nil, fmt.Errorf("handshake: %d bytes, %w", n, err)
		}
		n += got
		if head, came, whole := strings.Cut(string(buf[:n]), "\r\n\r\n"); whole {
			if !strings.HasPrefix(head, "HTTP/1.1 101 ") {
				return nil, fmt.Errorf("handshake refused: %s", head)
			}
			return []byte(came), nil
		}
	}
	return nil, errors.New("handshake: the answer does not end")
}
