package main

import (
	"bytes"
	"encoding/binary"
	"time"

	"gobua/engine"
	"gobua/transport/wire"
)

// session is the one that everybody follows.
const session = engine.SessionID("k7qp0z3m9abc")

// updateOf is the public update of an accepted bid. Its price is the moment at
// which it was accepted, in microseconds, which is how the generator knows it.
// With row it is all that a page is told of a bid; without, about 140 bytes.
func updateOf(seq engine.FeedSeq, accepted time.Time, row bool) engine.Update {
	at := engine.InstantOf(accepted)
	u := engine.Update{Kind: engine.KindBidAccepted, At: at, Now: engine.Now{
		Phase: engine.PhaseRunning, Price: engine.Dong(accepted.UnixMicro()),
	}}
	if row {
		u.Now.Next, u.Now.Step, u.Now.Leader, u.Now.Bids, u.Now.ClosesAt = u.Now.Price+100, 100, "M-101", int(seq), at+3_600_000
		u.Row = &engine.Row{Feed: seq, At: at, Code: "M-101", Level: u.Now.Price}
	}
	return u
}

// messageOf is the same update as the text that gobua puts into a frame, which
// is what the others are given to send.
func messageOf(seq engine.FeedSeq, accepted time.Time, row bool) []byte {
	frame := wire.Frame(wire.Up{Session: session, Seq: seq, Update: updateOf(seq, accepted, row)})
	return frame[headerBytes(frame):]
}

// headerBytes is how long the header of a server's frame is.
func headerBytes(frame []byte) int {
	switch frame[1] & 0x7f {
	case 126:
		return 4
	case 127:
		return 10
	}
	return 2
}

// frameOf wraps a text into an unmasked frame.
func frameOf(text []byte) []byte {
	frame := []byte{0x81}
	if len(text) < 126 {
		frame = append(frame, byte(len(text)))
	} else {
		frame = binary.BigEndian.AppendUint16(append(frame, 126), uint16(len(text)))
	}
	return append(frame, text...)
}

// What the generator looks for in a text, whoever has wrapped or joined it.
var (
	upMark    = []byte(`{"t":"up","session":"` + string(session) + `","seq":`)
	priceMark = []byte(`"p":`)
	snapMark  = []byte(`{"t":"snap"`)
	seqMark   = []byte(`"seq":`)
)

// nextUpdate finds the next update in a text, and what is left behind it.
func nextUpdate(text []byte) (seq, acceptedMicros int64, rest []byte, ok bool) {
	if bytes.HasPrefix(text, upMark) {
		text = text[len(upMark):]
	} else if i := bytes.Index(text, upMark); i >= 0 {
		text = text[i+len(upMark):]
	} else {
		return 0, 0, nil, false
	}
	seq = number(text)
	i := bytes.Index(text, priceMark)
	if i < 0 {
		return 0, 0, nil, false
	}
	text = text[i+len(priceMark):]
	return seq, number(text), text, true
}

// number reads the digits at the beginning of a text.
func number(text []byte) (n int64) {
	for _, c := range text {
		if c < '0' || c > '9' {
			break
		}
		n = 10*n + int64(c-'0')
	}
	return n
}

// snapshotSeq is the position at which a whole room begins.
func snapshotSeq(text []byte) (seq int64, ok bool) {
	if !bytes.HasPrefix(text, snapMark) {
		return 0, false
	}
	i := bytes.Index(text, seqMark)
	if i < 0 {
		return 0, false
	}
	return number(text[i+len(seqMark):]), true
}
