package ledger

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"gobua/engine"
)

// MaxEntryBytes is the longest entry. Bundles count lengths in 16 bits; what
// is logged is far shorter.
const MaxEntryBytes = 4096

// Entry is one line of the log: a *HeadEntry, *BlindHeadEntry, *KeyEntry or
// *NoteEntry.
type Entry interface {
	// Text is the entry's only form: what is hashed into the tree.
	Text() string
}

// First lines of the entries, with the version of their form.
const (
	headLine      = "gobua head 1"
	blindHeadLine = "gobua blind head 1"
	keyLine       = "gobua key 1"
)

// HeadEntry says where the chain of a session ended at a moment.
type HeadEntry struct {
	Session engine.SessionID
	Head    engine.Head
	At      engine.Instant
}

// Text is part of Entry.
func (e *HeadEntry) Text() string {
	return fmt.Sprintf("%s\n%s\n%d\n%s\n%d\n", headLine, e.Session, e.Head.Seq, e.Head.Hash, e.At)
}

// BlindHeadEntry binds the server to a head without telling it: how many
// records a session of sealed offers has is nobody's business before the end.
type BlindHeadEntry struct {
	Session    engine.SessionID
	Commitment engine.Hash
	At         engine.Instant
}

// Text is part of Entry.
func (e *BlindHeadEntry) Text() string {
	return fmt.Sprintf("%s\n%s\n%s\n%d\n", blindHeadLine, e.Session, e.Commitment, e.At)
}

// Opening is what opens a blind head.
type Opening struct {
	Salt engine.Hash `json:"salt"` // random, and new for each entry
	Head engine.Head `json:"head"`
}

// Commit is the commitment to a head of a session.
func Commit(session engine.SessionID, o Opening) engine.Hash {
	return sha256.Sum256(fmt.Appendf(nil, "gobua head opening 1\n%s\n%s\n%d\n%s\n", session, o.Salt, o.Head.Seq, o.Head.Hash))
}

// Opens tells whether an opening is that of this entry.
func (e *BlindHeadEntry) Opens(o Opening) bool { return Commit(e.Session, o) == e.Commitment }

// NoteEntry is anything else that the server wants to be held to, such as a
// jump of its clock.
type NoteEntry struct {
	Kind  string   // "clock"
	Lines []string // at least one
}

// Text is part of Entry.
func (e *NoteEntry) Text() string {
	return "gobua " + e.Kind + " 1\n" + strings.Join(e.Lines, "\n") + "\n"
}

var (
	noteKind     = regexp.MustCompile(`^[a-z]+( [a-z]+)*$`)
	errEntry     = errors.New("ledger: no entry of a log")
	reservedKind = map[string]bool{"head": true, "blind head": true, "key": true}
)

// NewNoteEntry checks what it is given: a kind of small letters that no other
// entry has, and lines of printable text.
func NewNoteEntry(kind string, lines ...string) (*NoteEntry, error) {
	e := &NoteEntry{kind, lines}
	switch {
	case !noteKind.MatchString(kind) || reservedKind[kind]:
		return nil, fmt.Errorf("%w: kind %q", errEntry, kind)
	case len(lines) == 0 || len(e.Text()) > MaxEntryBytes:
		return nil, fmt.Errorf("%w: %d lines, %d bytes", errEntry, len(lines), len(e.Text()))
	}
	for _, l := range lines {
		if l == "" || !plain(l) {
			return nil, fmt.Errorf("%w: line %q", errEntry, l)
		}
	}
	return e, nil
}

// plain tells whether s is UTF-8 without control characters.
func plain(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return r < 0x20 || r == 0x7f })
}

// ParseEntry reads an entry. It takes only the one form in which each can be
// written, so two different texts never say the same. A key entry is read and
// not judged: that is the business of Keys.
func ParseEntry(text string) (Entry, error) {
	first, rest, _ := strings.Cut(text, "\n")
	body, ended := strings.CutSuffix(rest, "\n")
	if !ended || len(text) > MaxEntryBytes {
		return nil, fmt.Errorf("%w: it has %d bytes and no end", errEntry, len(text))
	}
	lines := strings.Split(body, "\n")
	var e Entry
	var err error
	switch first {
	case headLine:
		e, err = parseHead(lines)
	case blindHeadLine:
		e, err = parseBlindHead(lines)
	case keyLine:
		e, err = parseKey(text)
	default:
		kind, whole := strings.CutSuffix(first, " 1")
		kind, ours := strings.CutPrefix(kind, "gobua ")
		if !whole || !ours {
			return nil, fmt.Errorf("%w: it begins with %.40q", errEntry, first)
		}
		e, err = NewNoteEntry(kind, lines...)
	}
	if err != nil {
		return nil, err
	}
	if e.Text() != text {
		return nil, fmt.Errorf("%w: it could be written otherwise", errEntry)
	}
	return e, nil
}

func parseHead(lines []string) (*HeadEntry, error) {
	if len(lines) != 4 {
		return nil, fmt.Errorf("%w: a head of %d lines", errEntry, len(lines))
	}
	e := &HeadEntry{Session: engine.SessionID(lines[0])}
	seq, err1 := strconv.ParseUint(lines[1], 10, 64)
	at, err2 := strconv.ParseInt(lines[3], 10, 64)
	err := errors.Join(err1, err2, e.Head.Hash.UnmarshalText([]byte(lines[2])))
	if err != nil || !e.Session.Valid() || at < 0 {
		return nil, fmt.Errorf("%w: a head: %v", errEntry, err)
	}
	e.Head.Seq, e.At = engine.Seq(seq), engine.Instant(at)
	return e, nil
}

func parseBlindHead(lines []string) (*BlindHeadEntry, error) {
	if len(lines) != 3 {
		return nil, fmt.Errorf("%w: a blind head of %d lines", errEntry, len(lines))
	}
	e := &BlindHeadEntry{Session: engine.SessionID(lines[0])}
	at, err := strconv.ParseInt(lines[2], 10, 64)
	err = errors.Join(err, e.Commitment.UnmarshalText([]byte(lines[1])))
	if err != nil || !e.Session.Valid() || at < 0 {
		return nil, fmt.Errorf("%w: a blind head: %v", errEntry, err)
	}
	e.At = engine.Instant(at)
	return e, nil
}
