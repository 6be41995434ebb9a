package ledger

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"gobua/engine"
)

// Proof is an entry of a log with everything that shows that it is one: C2SP
// tlog-proof, with the text of the entry as its extra data.
type Proof struct {
	Entry string
	Index int64
	Path  []engine.Hash // from the leaf to the root
	Note  string        // the signed checkpoint
}

const proofLine = "c2sp.org/tlog-proof@v1"

// MaxProofBytes is the longest proof that is read: the longest entry and note,
// and a path of 63 hashes.
const MaxProofBytes = 2*MaxEntryBytes + MaxNoteBytes + 4096

var errProof = errors.New("ledger: no proof of an entry")

// Text is the proof as it is written.
func (p Proof) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nextra %s\nindex %d\n", proofLine, base64.StdEncoding.EncodeToString([]byte(p.Entry)), p.Index)
	for _, h := range p.Path {
		b.WriteString(base64.StdEncoding.EncodeToString(h[:]) + "\n")
	}
	b.WriteString("\n" + p.Note)
	return b.String()
}

// ParseProof reads a proof and checks nothing of what it says.
func ParseProof(text string) (p Proof, err error) {
	head, signed, found := strings.Cut(text, "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(text) > MaxProofBytes || len(lines) < 3 || lines[0] != proofLine {
		return p, fmt.Errorf("%w: want the lines of %s", errProof, proofLine)
	}
	extra, isExtra := strings.CutPrefix(lines[1], "extra ")
	index, isIndex := strings.CutPrefix(lines[2], "index ")
	entry, err := base64.StdEncoding.DecodeString(extra)
	if err != nil || !isExtra || len(entry) > MaxEntryBytes {
		return p, fmt.Errorf("%w: the entry", errProof)
	}
	p.Entry, p.Note = string(entry), signed
	if p.Index, err = strconv.ParseInt(index, 10, 64); err != nil || !isIndex || p.Index < 0 {
		return p, fmt.Errorf("%w: index %.20q", errProof, index)
	}
	for _, line := range lines[3:] {
		h, err := base64.StdEncoding.DecodeString(line)
		if err != nil || len(h) != len(engine.Hash{}) {
			return p, fmt.Errorf("%w: hash %.60q", errProof, line)
		}
		p.Path = append(p.Path, engine.Hash(h))
	}
	if _, err := CheckpointOf([]byte(signed)); err != nil {
		return p, fmt.Errorf("%w: %w", errProof, err)
	}
	if p.Text() != text {
		return p, fmt.Errorf("%w: it could be written otherwise", errProof)
	}
	return p, nil
}

// EndProof ties the end of a session to the log, for somebody who has nothing
// but a key of it: the entries of the keys that were in force up to the
// checkpoint, the first one first, and the entry of the end, all of them proved
// by one checkpoint.
type EndProof struct {
	Keys []Proof
	End  Proof
}

// Errors of EndProof.Check that say where it fails, beside ErrOldKey and
// ErrForeignKey, which are about the signature.
var (
	// ErrNotIncluded: an entry is not in the tree of the checkpoint.
	ErrNotIncluded = errors.New("ledger: not in the tree")
	// ErrKeys: the keys do not follow from one another.
	ErrKeys = errors.New("ledger: the keys do not follow from one another")
)

// Check tells whether all of it is of one log: each key follows from the one
// before, the checkpoint is signed by the key in force at its size, and all
// entries are in its tree. Whether the keys are those of the server, somebody
// must know who has one of them from elsewhere: Keys.From. Errors wrap errProof,
// ErrKeys, ErrForeignKey, ErrOldKey or ErrNotIncluded.
func (p EndProof) Check() (c Checkpoint, keys Keys, err error) {
	if c, err = CheckpointOf([]byte(p.End.Note)); err != nil {
		return c, keys, fmt.Errorf("%w: %w", errProof, err)
	}
	for i, k := range p.Keys {
		if k.Note != p.End.Note {
			return c, keys, fmt.Errorf("%w: not all of it has the same checkpoint", errProof)
		}
		if i == 0 && k.Index != 0 {
			return c, keys, fmt.Errorf("%w: the first key is that of entry 0, not of entry %d", ErrKeys, k.Index)
		}
		if err := keys.Add(k.Index, k.Entry); err != nil {
			return c, keys, fmt.Errorf("%w: %w", ErrKeys, err)
		}
	}
	if c, err = keys.Open([]byte(p.End.Note)); err != nil {
		return c, keys, err
	}
	for _, e := range append(p.Keys[:len(p.Keys):len(p.Keys)], p.End) {
		if err := CheckInclusion(c, e.Index, e.Entry, e.Path); err != nil {
			return c, keys, fmt.Errorf("%w: %w", ErrNotIncluded, err)
		}
	}
	return c, keys, nil
}
