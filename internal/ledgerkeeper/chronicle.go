package ledgerkeeper

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"gobua/engine"
	"gobua/engine/ledger"
)

// Chronicle is the one log of messages from which the nodes of a cluster make
// the same public log. What is in it happened: no message is ever changed or
// taken away, and all readers get the same ones under the same numbers, without
// a gap, from 1 on. All methods may be called from any goroutine; they block
// until ctx ends at the latest.
type Chronicle interface {
	// Append adds a message of rounds and returns its number once it is on
	// stable storage on most machines; nil is returned for nothing less. after is
	// the number of the last message of rounds that the caller has read. If there
	// is a later one the error wraps ErrFenced and nothing was added. After any
	// other error nobody knows whether it was.
	Append(ctx context.Context, after uint64, rounds []byte) (seq uint64, err error)
	// Add adds a message of words, such as what a witness signed, wherever the end
	// is. The same words may be in it twice after an error, and count once.
	Add(ctx context.Context, words []byte) (seq uint64, err error)
	// End is the number of the last message of either kind; zero: there is none.
	End(ctx context.Context) (seq uint64, err error)
	// Follow calls fn with every message after a number, in their order and as
	// they come in, on the caller's goroutine, until ctx ends or fn fails.
	Follow(ctx context.Context, after uint64, fn func(Message) error) error
}

// Message is one message of a chronicle.
type Message struct {
	Seq    uint64
	Rounds bool // added by Append; else it has words
	Data   []byte
}

// ErrFenced is wrapped by what Append says to whoever has not read the end.
var ErrFenced = errors.New("ledger: the chronicle has gone on")

// Sizes of messages. A round of three thousand sessions is half a megabyte; one
// that does not fit is written as several, each with its checkpoint.
const (
	// MaxMessageBytes is the longest message that a chronicle must take.
	MaxMessageBytes = 2 << 20
	// wantedBytes is where a message ends if it can.
	wantedBytes = 1 << 20
	// lineBytes is more than an item has beside its text.
	lineBytes = 512
)

const messageLine = "gobua chronicle 1\n"

// item is a line of a message, in the order of the log. It is one of: an entry,
// a checkpoint over the entries before it, the word of witnesses, a time stamp,
// a note that somebody wants written, or where an import will end.
type item struct {
	Entry   string          `json:"entry,omitempty"`
	Phase   engine.Phase    `json:"phase,omitempty"`   // of the session that the entry is about
	Opening *ledger.Opening `json:"opening,omitempty"` // of a blind head; the chronicle is as secret as the journal
	Answers string          `json:"answers,omitempty"` // the id of the wish that the entry fulfils

	Checkpoint string         `json:"checkpoint,omitempty"` // note signed by the log
	At         engine.Instant `json:"at,omitempty"`

	Size     int64  `json:"size,omitempty"`     // of the checkpoint that others signed
	Cosigned string `json:"cosigned,omitempty"` // signature lines of witnesses
	Stamp    []byte `json:"stamp,omitempty"`    // answer of the time stamping authority

	Wish string `json:"wish,omitempty"` // text of a note
	ID   string `json:"id,omitempty"`   // of the wish

	Until int64 `json:"until,omitempty"` // size that the log has when its import is over
}

// encodeItems writes a message.
func encodeItems(items []item) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString(messageLine)
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	for _, it := range items {
		if err := encoder.Encode(it); err != nil {
			return nil, err
		}
	}
	if out.Len() > MaxMessageBytes {
		return nil, fmt.Errorf("ledger: a message of %d bytes", out.Len())
	}
	return out.Bytes(), nil
}

// decodeItems reads a message. Whatever it does not know is damage: a node that
// skipped it would have another log than the others.
func decodeItems(raw []byte) (items []item, err error) {
	body, ok := bytes.CutPrefix(raw, []byte(messageLine))
	if !ok {
		return nil, fmt.Errorf("%w: it begins with %.40q", ErrDamaged, raw)
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	for {
		var it item
		err := decoder.Decode(&it)
		if err == io.EOF {
			return items, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%w: item %d: %w", ErrDamaged, len(items), err)
		}
		if kinds := it.kinds(); kinds != 1 {
			return nil, fmt.Errorf("%w: item %d is %d things", ErrDamaged, len(items), kinds)
		}
		items = append(items, it)
	}
}

func (it *item) kinds() (n int) {
	for _, is := range []bool{it.Entry != "", it.Checkpoint != "", it.Cosigned != "", len(it.Stamp) > 0, it.Wish != "", it.Until != 0} {
		if is {
			n++
		}
	}
	return n
}

// itemOf is an entry as it travels.
func itemOf(l line) item {
	return item{Entry: l.entry.Text(), Phase: l.state.Phase, Opening: l.opening, Answers: l.answers}
}

// line reads an entry that has travelled.
func (it *item) line() (l line, err error) {
	l.answers = it.Answers
	if l.entry, err = ledger.ParseEntry(it.Entry); err != nil {
		return l, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	switch e := l.entry.(type) {
	case *ledger.HeadEntry:
		l.session, l.state = e.Session, written{Head: e.Head, Phase: it.Phase}
	case *ledger.BlindHeadEntry:
		if it.Opening == nil || !e.Opens(*it.Opening) {
			return l, fmt.Errorf("%w: a blind head of %s that does not open", ErrDamaged, e.Session)
		}
		l.session, l.opening, l.state = e.Session, it.Opening, written{Head: it.Opening.Head, Phase: it.Phase, Blind: true}
	}
	return l, nil
}
