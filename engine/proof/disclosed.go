package proof

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"

	"gobua/engine"
)

// Disclosed is one secret of a session that whoever holds it opens, and no other:
// what one record conceals, or the hidden reserve. Text is its file.
type Disclosed struct {
	Session engine.SessionID
	Record  engine.Head       // the record that conceals it, and its hash
	Opens   engine.Disclosure // what the commitment of the record stands for; nil: Reserve
	Reserve *engine.Secret    // the hidden reserve, with its commitment in the rules
}

// Shown is a secret in its place: the record as it is where nothing of it is
// hidden. The first record keeps its seed, which opens everything else.
type Shown struct {
	Disclosed
	Of    engine.Record
	Alone bool // a refusal that another hidden amount decided: the rules were not asked once more
}

// BadDisclosure says why something that was disclosed is not what a record
// commits to. It says nothing against the record.
type BadDisclosure struct{ Why string }

func (b *BadDisclosure) Error() string { return b.Why }

func badDisclosure(format string, args ...any) error {
	return &BadDisclosure{fmt.Sprintf(format, args...)}
}

// Hidden yields what the file of a session keeps hidden, oldest first. The
// entries, with their disclosures, are read twice. The last thing that is
// yielded may be an error: engine.ErrNotOver, because nothing is disclosed
// before the end, engine.ErrBareRecord, or one of the entries.
func Hidden(entries iter.Seq2[engine.Entry, error]) iter.Seq2[Shown, error] {
	return func(yield func(Shown, error) bool) {
		v, err := Look(entries)
		if err != nil {
			yield(Shown{}, err)
			return
		}
		for e, err := range entries {
			var s Shown
			var hidden bool
			if err == nil {
				s, hidden, err = v.hidden(e)
			}
			if (hidden || err != nil) && !yield(s, err) || err != nil {
				return
			}
		}
	}
}

// hidden is what the file does not show of an entry.
func (v *Survey) hidden(e engine.Entry) (s Shown, hidden bool, err error) {
	if len(e.Disclosure) == 0 {
		return s, false, nil
	}
	shown, err := v.public(e)
	if err != nil {
		return s, false, err
	}
	if s.Of, err = e.Record(); err != nil {
		return s, false, err
	}
	s.Session, s.Record = v.Session, engine.Head{Seq: e.Seq, Hash: e.Hash}
	if c, ok := s.Of.Event.(*engine.Created); ok {
		s.Reserve = c.Secret
		public := *c
		public.Seed = nil
		s.Of.Event = &public
		return s, c.Secret != nil && v.Reserve == nil, nil
	}
	s.Opens = e.Disclosure
	return s, len(shown.Disclosure) == 0, nil
}

// What the lines of the file begin with, beside those that it shares with the
// file of a record.
const (
	disclosureHead = "gobua disclosure 1"
	wordOfRecord   = "record "
)

// Text is the file.
func (d *Disclosed) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s%s\n%s%d %s\n", disclosureHead, wordSession, d.Session, wordOfRecord, d.Record.Seq, d.Record.Hash)
	if d.Reserve != nil {
		fmt.Fprintf(&b, "%s%d %s\n", wordReserve, d.Reserve.Reserve, d.Reserve.Salt)
	} else {
		fmt.Fprintf(&b, "%s%s %s\n", wordShown, d.Opens.Salt(), d.Opens.Fields())
	}
	return b.String()
}

// ReadDisclosed reads the file, which can be written in one way only. The error
// is a *BadDisclosure.
func ReadDisclosed(file []byte) (Disclosed, error) {
	var d Disclosed
	lines := strings.Split(string(file), "\n")
	if len(lines) != 5 || lines[0] != disclosureHead {
		return d, badDisclosure("it is no disclosure: it does not have the four lines of one, of which the first is %q", disclosureHead)
	}
	session, _ := strings.CutPrefix(lines[1], wordSession)
	d.Session = engine.SessionID(session)
	record, _ := strings.CutPrefix(lines[2], wordOfRecord)
	number, hash, _ := strings.Cut(record, " ")
	seq, err := strconv.ParseUint(number, 10, 63)
	if err == nil {
		d.Record.Seq = engine.Seq(seq)
		d.Record.Hash, err = hashOf(hash)
	}
	if err != nil || !d.Session.Valid() || seq == 0 {
		return d, badDisclosure("it does not say of which session and record it is")
	}
	if err := d.readSecret(lines[3]); err != nil {
		return d, badDisclosure("its last line is neither the salt and the fields of a record nor a reserve and its salt")
	}
	if d.Text() != string(file) {
		return d, badDisclosure("a disclosure is written otherwise: numbers, hashes and lines have one way to be written")
	}
	return d, nil
}

func (d *Disclosed) readSecret(line string) (err error) {
	if rest, ok := strings.CutPrefix(line, wordReserve); ok {
		amount, salt, _ := strings.Cut(rest, " ")
		d.Reserve = new(engine.Secret)
		if d.Reserve.Reserve, err = dong(amount); err != nil {
			return err
		}
		d.Reserve.Salt, err = hashOf(salt)
		return err
	}
	rest, ok := strings.CutPrefix(line, wordShown)
	if !ok {
		return errors.New("neither")
	}
	salt, fields, _ := strings.Cut(rest, " ")
	s, err := hashOf(salt)
	d.Opens = append(s[:], fields...)
	return err
}

// Verify verifies the file of a session as the function Verify does, with what
// was disclosed in its place: it must be what the record commits to, and with it
// the rules must come to the same records. A *BadDisclosure is said by the
// disclosure, a *Wrong by the record.
func (d *Disclosed) Verify(record io.Reader, o Options) (Shown, Report, error) {
	s := Shown{Disclosed: *d}
	o.opening = &s
	report, err := Verify(record, o)
	if err == nil && s.Of.Seq == 0 {
		err = badDisclosure("it is of record %d, and the session ends with record %d", d.Record.Seq, report.Head.Seq)
	}
	return s, report, err
}

// open puts what was disclosed into its record on the way to the judge.
func (s *Shown) open(f *Reader, records iter.Seq2[engine.Record, error]) iter.Seq2[engine.Record, error] {
	fault := func(err error) iter.Seq2[engine.Record, error] {
		return func(yield func(engine.Record, error) bool) { yield(engine.Record{}, err) }
	}
	switch {
	case s.Session != f.Session:
		return fault(badDisclosure("it is of session %s, and the record is that of session %s", s.Session, f.Session))
	case s.Reserve != nil && f.Unknown.Reserve != nil:
		return fault(badDisclosure("the record itself discloses the reserve: nothing of it is hidden"))
	}
	f.Unknown.Reserve = cmp.Or(s.Reserve, f.Unknown.Reserve)
	return func(yield func(engine.Record, error) bool) {
		for r, err := range records {
			if err == nil && r.Seq == s.Record.Seq {
				err = s.put(&r)
			}
			if !yield(r, err) || err != nil {
				return
			}
		}
	}
}

// put puts what was disclosed into its record.
func (s *Shown) put(r *engine.Record) error {
	if r.Hash != s.Record.Hash {
		return badDisclosure("it is of a record %d with the hash %s, and that of the session has %s: there are two histories, or it is of another one", r.Seq, s.Record.Hash.Short(), r.Hash.Short())
	}
	c, first := r.Event.(*engine.Created)
	switch {
	case s.Reserve != nil && (!first || c.Rules.Reserve == nil):
		return badDisclosure("record %d commits to no reserve", r.Seq)
	case s.Reserve != nil && engine.ReserveHash(*s.Reserve) != *c.Rules.Reserve:
		return badDisclosure("reserve and salt are not what the rules of the session commit to")
	case s.Reserve != nil:
		s.Of = *r
		return nil
	case r.Concealed == nil:
		return badDisclosure("record %d hides nothing that is not in the file", r.Seq)
	case first:
		return badDisclosure("what record 1 conceals opens every other record, and is disclosed by nobody")
	case *r.Concealed != s.Opens.Commitment():
		return badDisclosure("salt and fields are not what record %d commits to", r.Seq)
	}
	judged := *r
	if lowerThanHidden(judged) {
		concealed := *r.Event.(*engine.Refused)
		judged.Event, s.Alone = &concealed, true
	}
	if err := r.Disclose(bytes.Clone(s.Opens)); err != nil {
		return badDisclosure("%v", err)
	}
	s.Of = *r
	if s.Alone {
		*r = judged
	}
	return nil
}
