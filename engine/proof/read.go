package proof

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"

	"gobua/engine"
)

// Limits of a file. A record is at most 1 MiB; what is attached is small.
const (
	maxLineBytes   = 2 << 20
	maxAttachments = 64
)

// encoding is that of attachments.
var encoding = base64.StdEncoding

// Reader reads the file of a session: first what Open has read, then the
// records, once, then what is attached.
type Reader struct {
	Session  engine.SessionID
	Unknown  Unknown
	Head     engine.Head  // after the records
	Attached []Attachment // after the records

	lines *bufio.Scanner
	line  int
	ahead []byte // a line that was read and not used
	done  bool
}

// Open reads the beginning of a file.
func Open(r io.Reader) (*Reader, error) {
	f := &Reader{lines: bufio.NewScanner(r)}
	f.lines.Buffer(make([]byte, 64<<10), maxLineBytes)
	f.lines.Split(wholeLines)
	if text, err := f.next(); err != nil || string(text) != fileHead {
		return nil, errors.Join(err, fmt.Errorf("the file does not begin with %q: it is no record of a session, or one that this program does not know", fileHead))
	}
	id, err := f.word(wordSession)
	if err != nil {
		return nil, err
	}
	if f.Session = engine.SessionID(id); !f.Session.Valid() {
		return nil, f.bad("%q is no session", id)
	}
	highest, err := f.word(wordHighest)
	if err != nil {
		return nil, err
	}
	if f.Unknown.Highest, err = dong(highest); err != nil {
		return nil, f.bad("%v", err)
	}
	text, err := f.next()
	if err != nil {
		return nil, err
	}
	if rest, ok := bytes.CutPrefix(text, []byte(wordReserve)); ok {
		return f, f.reserve(string(rest))
	}
	f.ahead = text
	return f, nil
}

func (f *Reader) reserve(rest string) (err error) {
	amount, salt, _ := strings.Cut(rest, " ")
	s := new(engine.Secret)
	if s.Reserve, err = dong(amount); err != nil {
		return f.bad("%v", err)
	}
	if s.Salt, err = hashOf(salt); err != nil {
		return f.bad("%v", err)
	}
	f.Unknown.Reserve = s
	return nil
}

// Records yields the records in order, once. Each follows the one before by its
// hash, is written canonically and says what it discloses. After the last one
// Head and Attached are read. An error is the last thing that is yielded.
func (f *Reader) Records() iter.Seq2[engine.Record, error] {
	return func(yield func(engine.Record, error) bool) {
		if f.done {
			yield(engine.Record{}, errors.New("the records were read before"))
			return
		}
		f.done = true
		for {
			r, err := f.record()
			if err == errEnd {
				if err = f.attachments(); err == nil {
					return
				}
			}
			if !yield(r, err) || err != nil {
				return
			}
		}
	}
}

// errEnd tells that the line after the last record was read.
var errEnd = errors.New("end of the records")

// record reads one record with what is disclosed of it.
func (f *Reader) record() (engine.Record, error) {
	text, err := f.next()
	if err != nil {
		return engine.Record{}, err
	}
	if rest, ok := bytes.CutPrefix(text, []byte(wordEnd)); ok {
		return engine.Record{}, f.end(string(rest))
	}
	rest, ok := bytes.CutPrefix(text, []byte(wordRecord))
	if !ok {
		return engine.Record{}, f.bad("it begins with none of the words that a line here begins with")
	}
	hash, body, _ := bytes.Cut(rest, []byte{' '})
	e := engine.Entry{Seq: f.Head.Seq + 1, Body: bytes.Clone(body)}
	if e.Hash, err = hashOf(string(hash)); err != nil {
		return engine.Record{}, f.bad("%v", err)
	}
	head, err := f.Head.Next(e)
	if err != nil {
		return engine.Record{}, &Wrong{e.Seq, fmt.Sprintf("the chain is broken: its hash is not that of its bytes after the record before (line %d)", f.line)}
	}
	r, err := e.Record()
	if err != nil {
		return engine.Record{}, wrong(e.Seq, "%v", err)
	}
	if r.Seq != e.Seq {
		return engine.Record{}, wrong(e.Seq, "it says that it is record %d", r.Seq)
	}
	if err := canonical(f.Head.Hash, r, e); err != nil {
		return engine.Record{}, err
	}
	f.Head = head
	if r.Concealed != nil {
		return f.disclosed(e, r)
	}
	return r, nil
}

// canonical tells whether a record is written as every program would write it,
// so that all read the same from its bytes.
func canonical(prev engine.Hash, r engine.Record, e engine.Entry) error {
	var as *engine.Cover // as the record says it
	again, err := as.Entry(prev, &r)
	if err != nil {
		return wrong(e.Seq, "%v", err)
	}
	if !bytes.Equal(again.Body, e.Body) {
		return wrong(e.Seq, "it is not written canonically")
	}
	return nil
}

// disclosed reads what is disclosed of a record that conceals something, if
// anything is.
func (f *Reader) disclosed(e engine.Entry, r engine.Record) (engine.Record, error) {
	text, err := f.next()
	if err != nil {
		return engine.Record{}, err
	}
	rest, ok := bytes.CutPrefix(text, []byte(wordShown))
	if !ok {
		f.ahead = bytes.Clone(text)
		return r, nil
	}
	salt, fields, _ := bytes.Cut(rest, []byte{' '})
	s, err := hashOf(string(salt))
	if err != nil {
		return engine.Record{}, f.bad("%v", err)
	}
	e.Disclosure = append(s[:], fields...)
	if r, err = e.Record(); err != nil {
		return engine.Record{}, wrong(e.Seq, "%v", err)
	}
	return r, nil
}

// end checks the line after the last record.
func (f *Reader) end(rest string) error {
	seq, hash, _ := strings.Cut(rest, " ")
	n, err := strconv.ParseUint(seq, 10, 63)
	if err != nil {
		return f.bad("%q is no number of a record", seq)
	}
	h, err := hashOf(hash)
	if err != nil {
		return f.bad("%v", err)
	}
	if f.Head != (engine.Head{Seq: engine.Seq(n), Hash: h}) {
		return wrong(0, "the file says that it ends with record %d (%s), and it ends with record %d (%s)", n, h.Short(), f.Head.Seq, f.Head.Hash.Short())
	}
	return errEnd
}

// attachments reads what follows the records.
func (f *Reader) attachments() error {
	for {
		text, err := f.next()
		switch {
		case errors.Is(err, io.ErrUnexpectedEOF):
			return nil
		case err != nil:
			return err
		case len(f.Attached) == maxAttachments:
			return f.bad("more than %d attachments", maxAttachments)
		}
		rest, ok := strings.CutPrefix(string(text), wordProof)
		name, data, found := strings.Cut(rest, " ")
		if !ok || !found || name == "" {
			return f.bad("it is no attachment")
		}
		raw, err := encoding.DecodeString(data)
		if err != nil || encoding.EncodeToString(raw) != data {
			return f.bad("the attachment %q is not written in base64", name)
		}
		f.Attached = append(f.Attached, Attachment{name, raw})
	}
}

// next returns the next line. Its bytes are good until the next call. At the
// end of the file it returns io.ErrUnexpectedEOF.
func (f *Reader) next() ([]byte, error) {
	if text := f.ahead; text != nil {
		f.ahead = nil
		return text, nil
	}
	if !f.lines.Scan() {
		if err := f.lines.Err(); err != nil {
			return nil, fmt.Errorf("line %d: %w", f.line+1, err)
		}
		return nil, fmt.Errorf("the file ends after line %d: %w", f.line, io.ErrUnexpectedEOF)
	}
	f.line++
	return f.lines.Bytes(), nil
}

// word returns the rest of a line that must begin with a word.
func (f *Reader) word(word string) (string, error) {
	text, err := f.next()
	if err != nil {
		return "", err
	}
	rest, ok := strings.CutPrefix(string(text), word)
	if !ok {
		return "", f.bad("it does not begin with %q", strings.TrimSpace(word))
	}
	return rest, nil
}

func (f *Reader) bad(format string, args ...any) error {
	return fmt.Errorf("line %d: %s", f.line, fmt.Sprintf(format, args...))
}

// errTorn is a last line without its end.
var errTorn = errors.New("the file ends in the middle of a line")

// wholeLines splits at line feeds and takes no line without one: a file that was
// cut must show it.
func wholeLines(data []byte, atEOF bool) (int, []byte, error) {
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		return i + 1, data[:i], nil
	}
	if atEOF && len(data) > 0 {
		return 0, nil, errTorn
	}
	return 0, nil, nil
}

// dong reads an amount as it is written: digits, no sign, no zero in front.
func dong(text string) (engine.Dong, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != text {
		return 0, fmt.Errorf("%q is no amount", text)
	}
	return engine.Dong(n), nil
}

// hashOf reads a hash as it is written: 64 lower case digits.
func hashOf(text string) (h engine.Hash, err error) {
	if err = h.UnmarshalText([]byte(text)); err == nil && h.String() != text {
		err = errors.New("a hash is written in lower case")
	}
	return h, err
}
