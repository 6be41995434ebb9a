package proof

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"iter"
	"runtime"
	"strconv"
	"strings"

	"gobua/engine"
)

// Limits of a file. A record is at most 1 MiB; what is attached is small.
const (
	maxLineBytes     = 2 << 20
	maxAttachments   = 64
	maxAttachedBytes = 16 << 20 // of all together
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

	lines  *bufio.Scanner
	line   int
	ahead  []byte // a line that was read and not used
	failed error  // why there is no such line
	read   bool   // to the end of the file
	done   bool
}

// Open reads the beginning of a file.
func Open(r io.Reader) (*Reader, error) {
	f := &Reader{lines: bufio.NewScanner(r)}
	f.lines.Buffer(make([]byte, 64<<10), maxLineBytes)
	f.lines.Split(wholeLines)
	text, err := f.next()
	if _, noLine := errors.AsType[*Wrong](err); noLine || err == nil && string(text) != fileHead {
		return nil, wrong(0, CodeNoRecord, "begin", strconv.Quote(fileHead))
	}
	if err != nil {
		return nil, err
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
	if text, err = f.next(); err != nil {
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
// Head and Attached are read. An error is the last thing that is yielded. Where
// there are several processors, records are decoded on several goroutines, all
// of which have ended when the iteration has.
func (f *Reader) Records() iter.Seq2[engine.Record, error] {
	if runtime.GOMAXPROCS(0) > 1 {
		return func(yield func(engine.Record, error) bool) { inOrder(f.lined(), yield) }
	}
	return func(yield func(engine.Record, error) bool) {
		for l, err := range f.lined() {
			var r engine.Record
			if err == nil {
				r, err = l.record()
			}
			if !yield(r, err) || err != nil {
				return
			}
		}
	}
}

// lined is a record as the file has it: in its place of the chain, and not read.
type lined struct {
	entry engine.Entry
	prev  engine.Hash
	shown []byte // the line after it that discloses what it conceals, nil: there is none
	line  int    // of what discloses it
}

// lined yields the lines of records in order, once, each rightly chained.
func (f *Reader) lined() iter.Seq2[lined, error] {
	return func(yield func(lined, error) bool) {
		if f.done {
			yield(lined{}, errors.New("the records were read before"))
			return
		}
		f.done = true
		for {
			l, err := f.nextLined()
			if err == errEnd {
				if err = f.attachments(); err == nil {
					return
				}
			}
			if !yield(l, err) || err != nil {
				return
			}
		}
	}
}

// errEnd tells that the line after the last record was read.
var errEnd = errors.New("end of the records")

// nextLined reads one record with what is disclosed of it.
func (f *Reader) nextLined() (lined, error) {
	text, err := f.next()
	if err != nil {
		return lined{}, err
	}
	if rest, ok := bytes.CutPrefix(text, []byte(wordEnd)); ok {
		return lined{}, f.end(string(rest))
	}
	rest, ok := bytes.CutPrefix(text, []byte(wordRecord))
	if !ok {
		return lined{}, f.bad("it begins with none of the words that a line here begins with")
	}
	hash, body, _ := bytes.Cut(rest, []byte{' '})
	e := engine.Entry{Seq: f.Head.Seq + 1, Body: bytes.Clone(body)}
	if e.Hash, err = hashOf(string(hash)); err != nil {
		return lined{}, f.bad("%v", err)
	}
	head, err := f.Head.Next(e)
	if err != nil {
		return lined{}, wrong(e.Seq, CodeChain, "line", f.line)
	}
	l := lined{entry: e, prev: f.Head.Hash}
	f.Head = head
	if text, err = f.next(); err != nil {
		f.failed = err // which is about what follows
		return l, nil
	}
	if rest, ok := bytes.CutPrefix(text, []byte(wordShown)); ok {
		l.shown, l.line = bytes.Clone(rest), f.line
	} else {
		f.ahead = bytes.Clone(text)
	}
	return l, nil
}

// record reads the record of a line.
func (l *lined) record() (engine.Record, error) {
	e := l.entry
	r, err := e.Record()
	if err != nil {
		return engine.Record{}, wrong(e.Seq, CodeUnreadable, "why", err.Error())
	}
	if r.Seq != e.Seq {
		return engine.Record{}, wrong(e.Seq, CodeNumber, "says", r.Seq)
	}
	if err := canonical(l.prev, r, e); err != nil {
		return engine.Record{}, err
	}
	switch {
	case l.shown == nil:
		return r, nil
	case r.Concealed == nil:
		return engine.Record{}, badLine(l.line, "it discloses something, and the record before it conceals nothing")
	}
	salt, fields, _ := bytes.Cut(l.shown, []byte{' '})
	s, err := hashOf(string(salt))
	if err != nil {
		return engine.Record{}, badLine(l.line, "%v", err)
	}
	e.Disclosure = append(s[:], fields...)
	if r, err = e.Record(); err != nil {
		return engine.Record{}, wrong(e.Seq, CodeUnreadable, "why", err.Error())
	}
	return r, nil
}

// canonical tells whether a record is written as every program would write it,
// so that all read the same from its bytes.
func canonical(prev engine.Hash, r engine.Record, e engine.Entry) error {
	var as *engine.Cover // as the record says it
	again, err := as.Entry(prev, &r)
	if err != nil {
		return wrong(e.Seq, CodeUnreadable, "why", err.Error())
	}
	if !bytes.Equal(again.Body, e.Body) {
		return wrong(e.Seq, CodeNotCanonical)
	}
	return nil
}

// end checks the line after the last record.
func (f *Reader) end(rest string) error {
	seq, hash, _ := strings.Cut(rest, " ")
	n, err := strconv.ParseUint(seq, 10, 63)
	if err != nil || strconv.FormatUint(n, 10) != seq {
		return f.bad("%q is no number of a record", seq)
	}
	h, err := hashOf(hash)
	if err != nil {
		return f.bad("%v", err)
	}
	if f.Head != (engine.Head{Seq: engine.Seq(n), Hash: h}) {
		return wrong(0, CodeEnd, "says", n, "saysHash", h, "seq", f.Head.Seq, "hash", f.Head.Hash)
	}
	return errEnd
}

// attachments reads what follows the records.
func (f *Reader) attachments() error {
	for left := maxAttachedBytes; ; {
		text, err := f.next()
		switch {
		case f.read:
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
		if left -= len(raw); left < 0 {
			return f.bad("what is attached has more than %d bytes", maxAttachedBytes)
		}
		f.Attached = append(f.Attached, Attachment{name, raw, f.line})
	}
}

// next returns the next line. Its bytes are good until the next call. That the
// file is at its end is an error too, as only attachments may be missing.
func (f *Reader) next() ([]byte, error) {
	if text := f.ahead; text != nil {
		f.ahead = nil
		return text, nil
	}
	if err := f.failed; err != nil {
		return nil, err
	}
	if !f.lines.Scan() {
		err := f.lines.Err()
		f.read = err == nil
		switch {
		case f.read || errors.Is(err, errTorn):
			return nil, &Wrong{Line: f.line, Code: CodeCut, Why: sentences[CodeCut]}
		case errors.Is(err, bufio.ErrTooLong):
			return nil, f.bad("the line after it is longer than %d bytes", maxLineBytes)
		}
		return nil, fmt.Errorf("line %d: %w", f.line+1, err)
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

func (f *Reader) bad(format string, args ...any) error { return badLine(f.line, format, args...) }

func badLine(line int, format string, args ...any) error {
	why := fmt.Sprintf(format, args...)
	return &Wrong{Line: line, Code: CodeLine, Args: map[string]any{"why": why}, Why: why}
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
