package engine

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// Record is an event in its place: its number, when it was decided, who caused
// it and by which command. A command's own record carries its id; what the
// rules made follow from it (a defender's move, an extension) is the system's.
type Record struct {
	Seq   Seq
	At    Instant
	By    Actor
	Cmd   CommandID
	Event Event
	Hash  Hash // its link in the chain, over the body; not part of it
	// Concealed is the commitment to fields that Event lacks, because nobody
	// opened it; nil: it lacks none. Such a record cannot be applied.
	Concealed *Hash
}

// recordJSON is the canonical form of a Record: these fields in this order.
type recordJSON struct {
	Seq       Seq             `json:"seq"`
	At        Instant         `json:"at"`
	By        Actor           `json:"by"`
	Cmd       CommandID       `json:"cmd"`
	Kind      EventKind       `json:"kind"`
	Event     json.RawMessage `json:"event"`
	Concealed *Hash           `json:"concealed,omitempty"`
}

// Entry writes a record that follows prev as the journal keeps it, and gives it
// its hash. The body is what is chained and may be published; nobody encodes a
// record twice to compare it. c may be nil.
func (c *Cover) Entry(prev Hash, r *Record) (Entry, error) {
	concealed := r.Concealed
	shown, secret := c.split(r.Event)
	var disclosure Disclosure
	var err error
	if secret != nil {
		if disclosure, err = c.disclosure(r.Seq, secret); err != nil {
			return Entry{}, fmt.Errorf("record %d: %w", r.Seq, err)
		}
		concealed = new(disclosure.Commitment())
	}
	event, err := json.Marshal(shown)
	if err != nil {
		return Entry{}, fmt.Errorf("record %d: %w", r.Seq, err)
	}
	body := r.write(event, concealed)
	r.Hash = Link(prev, body)
	return Entry{Seq: r.Seq, Body: body, Disclosure: disclosure, Hash: r.Hash}, nil
}

// write writes the body of a record around its event, byte for byte as
// encoding/json writes a recordJSON.
func (r *Record) write(event []byte, concealed *Hash) []byte {
	body := make([]byte, 0, len(event)+256)
	body = strconv.AppendUint(append(body, `{"seq":`...), uint64(r.Seq), 10)
	body = strconv.AppendInt(append(body, `,"at":`...), int64(r.At), 10)
	body = appendText(append(body, `,"by":{"role":`...), string(r.By.Role))
	if r.By.Ref != "" {
		body = appendText(append(body, `,"ref":`...), r.By.Ref)
	}
	cmd, _ := r.Cmd.MarshalText() // never fails
	body = append(append(append(body, `},"cmd":"`...), cmd...), `","kind":`...)
	body = appendText(body, string(r.Event.Kind()))
	body = append(append(body, `,"event":`...), event...)
	if concealed != nil {
		body = append(hex.AppendEncode(append(body, `,"concealed":"`...), concealed[:]), '"')
	}
	return append(body, '}')
}

// appendText writes a string as encoding/json does.
func appendText(out []byte, text string) []byte {
	for i := range len(text) {
		switch c := text[i]; {
		case c < ' ' || c > '~', c == '"', c == '\\', c == '<', c == '>', c == '&':
			quoted, _ := json.Marshal(text) // a string never fails
			return append(out, quoted...)
		}
	}
	return append(append(append(out, '"'), text...), '"')
}

// Entry writes the record that follows the session's last one; see Cover.Entry.
// It is called before Apply.
func (s *State) Entry(r *Record) (Entry, error) {
	cover := s.cover
	if c, ok := r.Event.(*Created); ok {
		cover = CoverOf(c)
	}
	return cover.Entry(s.Head.Hash, r)
}

// Record reads an entry. An unknown kind or field is an error: a program too
// old for a journal must not run it. So is a disclosure that is not what the body
// commits to. Without its disclosure, a record that conceals something says so in
// Concealed.
func (e Entry) Record() (Record, error) {
	var r Record
	if !r.read(e.Body) {
		var err error
		if r, err = readAny(e.Body); err != nil {
			return Record{}, err
		}
	}
	r.Hash = e.Hash
	if len(e.Disclosure) == 0 {
		return r, nil
	}
	if err := r.Disclose(e.Disclosure); err != nil {
		return Record{}, err
	}
	return r, nil
}

// readAny reads a record without its hash, in whatever form of JSON it is.
func readAny(body []byte) (Record, error) {
	var j recordJSON
	if err := decodeStrictly(body, &j); err != nil {
		return Record{}, fmt.Errorf("record: %w", err)
	}
	make, ok := Events[j.Kind]
	if !ok {
		return Record{}, fmt.Errorf("record %d: unknown kind %q", j.Seq, j.Kind)
	}
	event := make()
	if err := decodeStrictly(j.Event, event); err != nil {
		return Record{}, fmt.Errorf("record %d (%s): %w", j.Seq, j.Kind, err)
	}
	return Record{Seq: j.Seq, At: j.At, By: j.By, Cmd: j.Cmd, Event: event, Concealed: j.Concealed}, nil
}

// Disclose puts back what a record conceals. An error, which leaves it as it was:
// that is not what it commits to.
func (r *Record) Disclose(d Disclosure) error {
	if r.Concealed == nil || *r.Concealed != d.Commitment() {
		return fmt.Errorf("record %d (%s): the disclosure is not what the record commits to", r.Seq, r.Event.Kind())
	}
	if err := reveal(r.Event, d.Fields()); err != nil {
		return fmt.Errorf("record %d (%s): what it conceals: %w", r.Seq, r.Event.Kind(), err)
	}
	r.Concealed = nil
	return nil
}

// decodeStrictly reads one JSON object and nothing beside what v has fields for.
func decodeStrictly(body []byte, v any) error {
	if len(body) == 0 || body[0] != '{' {
		return errors.New("not an object")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("more than one value")
	}
	return nil
}
