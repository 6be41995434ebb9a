package wire

import (
	"encoding/hex"
	"encoding/json"
	"strconv"
	"time"

	"gobua/engine"
)

// Message is one object the server sends. Its kind becomes the field "t".
type Message interface{ kind() string }

// The messages. Snapshot and pong are not among them: they are built in parts
// by AppendSnapshot and AppendPongMessage, close to the moment of sending.
type (
	// Welcome answers hello.
	Welcome struct {
		ID     Number         `json:"id"`
		Conn   string         `json:"conn"`
		Role   engine.Role    `json:"role"`
		Name   string         `json:"name,omitempty"`
		Expiry engine.Instant `json:"exp"`
		Now    engine.Instant `json:"now"`
	}
	// OK is the plain answer.
	OK struct {
		ID     Number         `json:"id"`
		Expiry engine.Instant `json:"exp,omitempty"` // of a refreshed token
	}
	// Err says that a request was not carried out at all.
	Err struct {
		ID        Number           `json:"id,omitempty"`
		Code      Code             `json:"code"`
		Temporary bool             `json:"temp"`
		Session   engine.SessionID `json:"session,omitempty"`
	}
	// Up is one public update; Seq has no gaps.
	Up struct {
		Session engine.SessionID `json:"session"`
		Seq     engine.FeedSeq   `json:"seq"`
		Update  engine.Update    `json:"up"`
	}
	// SubOK says that a resumption worked: what was missed follows.
	SubOK struct {
		ID      Number           `json:"id"`
		Session engine.SessionID `json:"session"`
		Epoch   string           `json:"epoch"`
		Seq     engine.FeedSeq   `json:"seq"`
		Resumed bool             `json:"resumed"`
		Behind
	}
	// You is what a participant alone may know.
	You struct {
		Session  engine.SessionID `json:"session"`
		Seq      engine.FeedSeq   `json:"seq"`
		Active   bool             `json:"active"`
		Standing engine.Standing  `json:"you"`
	}
	// Receipt answers a command. Of one that is traced the page is to say when it
	// was seen.
	Receipt struct {
		ID      Number           `json:"id"`
		Session engine.SessionID `json:"session"`
		Receipt engine.Receipt   `json:"receipt"`
		Traced  bool             `json:"traced,omitempty"`
	}
	// Receipts answers ask.
	Receipts struct {
		ID       Number             `json:"id"`
		Session  engine.SessionID   `json:"session"`
		Receipts []engine.Receipt   `json:"receipts"`
		Unknown  []engine.CommandID `json:"unknown"`
	}
	// Desk is the whole of what a console sees on top of the room.
	Desk struct {
		Session engine.SessionID `json:"session"`
		Seq     engine.Seq       `json:"seq"` // of the newest record in it
		Desk    engine.Desk      `json:"desk"`
		Viewers int              `json:"viewers"`
	}
	// Rec is one record, for consoles.
	Rec struct {
		Session engine.SessionID  `json:"session"`
		Record  engine.DeskRecord `json:"rec"`
	}
	// Heartbeat shows in a quiet room that nothing was missed.
	Heartbeat struct {
		Session engine.SessionID `json:"session"`
		Epoch   string           `json:"epoch"`
		Seq     engine.FeedSeq   `json:"seq"`
		Now     engine.Instant   `json:"now"`
		Behind
	}
	// Head is where the session's record stands: whoever keeps it holds every
	// record up to it. It is told every few seconds while it moves, and never
	// where the number of records is a secret. It is no update and has no place
	// in their order.
	Head struct {
		Session engine.SessionID `json:"session"`
		Head    engine.Head      `json:"head"`
	}
	// Bye comes before the server closes; with a session it ends only the
	// subscription to it. RetryMs of -1 means: do not come back by yourself.
	Bye struct {
		Session engine.SessionID `json:"session,omitempty"`
		Code    ByeCode          `json:"code"`
		RetryMs int              `json:"retry"`
	}
)

// Behind is beside where a room stands if this server does not know that nothing
// newer has happened. The zero one: it knows.
type Behind struct {
	Since engine.Instant `json:"behind,omitempty"` // the last moment at which it knew
	Cut   bool           `json:"cut,omitempty"`    // and it takes no bids for the session meanwhile, where another server may
}

// ByeCode says why the server ends a connection or a subscription.
type ByeCode string

// The bye codes.
const (
	ByeRestart   ByeCode = "restart"    // the server stops or restarts
	ByeSlow      ByeCode = "slow"       // the line cannot take what is sent
	ByeKicked    ByeCode = "kicked"     // the account was revoked
	ByeSignedOut ByeCode = "signed_out" // the sign-in it was greeted under has ended
	ByeExpired   ByeCode = "expired"    // the token ran out and was not renewed
	ByeLimit     ByeCode = "limit"      // a limit was exceeded again and again
	ByeStale     ByeCode = "stale"      // the session is no longer served here
)

func (Welcome) kind() string   { return "welcome" }
func (OK) kind() string        { return "ok" }
func (Err) kind() string       { return "err" }
func (Up) kind() string        { return "up" }
func (SubOK) kind() string     { return "subok" }
func (You) kind() string       { return "you" }
func (Receipt) kind() string   { return "receipt" }
func (Receipts) kind() string  { return "receipts" }
func (Desk) kind() string      { return "desk" }
func (Rec) kind() string       { return "rec" }
func (Heartbeat) kind() string { return "hb" }
func (Head) kind() string      { return "head" }
func (Bye) kind() string       { return "bye" }

// Frame returns a message as a finished text frame, which may be written to
// any number of connections and is never changed.
func Frame(m Message) []byte {
	prefix, rest := parts(m)
	n := len(prefix) + len(rest)
	frame := appendHeader(make([]byte, 0, n+maxHeader), opText, n)
	return append(append(frame, prefix...), rest...)
}

// AppendMessage appends what Frame puts into its frame: the object alone, for
// who is sent it in another way.
func AppendMessage(dst []byte, m Message) []byte {
	prefix, rest := parts(m)
	return append(append(dst, prefix...), rest...)
}

// parts writes a message: its kind, and all that follows.
func parts(m Message) (prefix string, rest []byte) {
	body, err := json.Marshal(m)
	if err != nil {
		panic("message cannot be written as JSON: " + err.Error()) // no message has a field that can fail
	}
	return `{"t":"` + m.kind() + `",`, body[1:] // every message has at least one field
}

// Snapshot is the part of a snap message that belongs to one moment and one
// reader; the room itself is encoded once for all of them.
type Snapshot struct {
	ID      Number // zero unless it answers a sub
	Session engine.SessionID
	Epoch   string // letters and digits
	Seq     engine.FeedSeq
	Now     engine.Instant
	Head    engine.Head // zero: may not be told, or not known yet
	Behind  Behind
}

// RoomJSON encodes a room for AppendSnapshot.
func RoomJSON(r *engine.Room) []byte {
	body, err := json.Marshal(r)
	if err != nil {
		panic("room cannot be written as JSON: " + err.Error()) // no field of Room can fail
	}
	return body
}

// AppendSnapshot appends a snap message as a finished frame.
func AppendSnapshot(dst []byte, s Snapshot, roomJSON []byte) []byte {
	var buf [320]byte
	head := s.appendHead(buf[:0])
	dst = appendHeader(dst, opText, len(head)+len(roomJSON)+1)
	return append(append(append(dst, head...), roomJSON...), '}')
}

// AppendSnapshotMessage appends what AppendSnapshot puts into its frame.
func AppendSnapshotMessage(dst []byte, s Snapshot, roomJSON []byte) []byte {
	return append(append(s.appendHead(dst), roomJSON...), '}')
}

// appendHead appends a snap message up to its room.
func (s Snapshot) appendHead(head []byte) []byte {
	head = append(head, `{"t":"snap"`...)
	if s.ID != 0 {
		head = strconv.AppendInt(append(head, `,"id":`...), int64(s.ID), 10)
	}
	head = append(append(append(head, `,"session":"`...), s.Session...), `","epoch":"`...)
	head = append(append(head, s.Epoch...), `","seq":`...)
	head = strconv.AppendUint(head, uint64(s.Seq), 10)
	head = strconv.AppendInt(append(head, `,"now":`...), int64(s.Now), 10)
	if s.Behind.Since != 0 {
		head = strconv.AppendInt(append(head, `,"behind":`...), int64(s.Behind.Since), 10)
	}
	if s.Behind.Cut {
		head = append(head, `,"cut":true`...)
	}
	if s.Head.Seq != 0 {
		head = strconv.AppendUint(append(head, `,"head":{"seq":`...), uint64(s.Head.Seq), 10)
		head = append(hex.AppendEncode(append(head, `,"hash":"`...), s.Head.Hash[:]), `"}`...)
	}
	return append(head, `,"room":`...)
}

// AppendPongMessage appends the answer to a ping request as a finished frame:
// received is stamped by the reader, sent by the writer right before the write,
// so that waiting in the server does not become an error of the page's clock.
func AppendPongMessage(dst []byte, p Ping, received, sent time.Time) []byte {
	var buf [160]byte
	body := strconv.AppendInt(append(buf[:0], `{"t":"pong","id":`...), int64(p.Number), 10)
	body = append(append(body, `,"ct":`...), p.ClientTime...)
	body = appendMillis(append(body, `,"t1":`...), received)
	body = appendMillis(append(body, `,"t2":`...), sent)
	return AppendText(dst, append(body, '}'))
}

// appendMillis appends Unix milliseconds with exactly three decimals.
func appendMillis(dst []byte, t time.Time) []byte {
	us := t.UnixMicro()
	dst = append(strconv.AppendInt(dst, us/1000, 10), '.')
	us %= 1000
	return append(dst, byte('0'+us/100), byte('0'+us/10%10), byte('0'+us%10))
}
