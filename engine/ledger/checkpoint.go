package ledger

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/mod/sumdb/tlog"

	"gobua/engine"
)

// Checkpoint is what a log says of itself at one size: C2SP tlog-checkpoint
// without extension lines.
type Checkpoint struct {
	Origin string // names the log
	Size   int64  // entries
	Root   engine.Hash
}

// MaxNoteBytes is the longest signed note that is read: a checkpoint with the
// signatures of a hundred witnesses.
const MaxNoteBytes = 32 << 10

// errCheckpoint is wrapped by what ParseCheckpoint says.
var errCheckpoint = errors.New("ledger: no checkpoint")

// Text is the body of the checkpoint's note: what is signed.
func (c Checkpoint) Text() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, base64.StdEncoding.EncodeToString(c.Root[:]))
}

// Tree is the checkpoint in the words of package tlog.
func (c Checkpoint) Tree() tlog.Tree { return tlog.Tree{N: c.Size, Hash: tlog.Hash(c.Root)} }

// ParseCheckpoint reads the body of a note. That somebody signed it, it cannot
// tell: Keys.Open does.
func ParseCheckpoint(text string) (c Checkpoint, err error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[3] != "" || !ValidOrigin(lines[0]) {
		return c, fmt.Errorf("%w: want the origin, the size and the root, a line each", errCheckpoint)
	}
	c.Origin = lines[0]
	c.Size, err = strconv.ParseInt(lines[1], 10, 64)
	if err != nil || c.Size < 0 {
		return c, fmt.Errorf("%w: size %.20q", errCheckpoint, lines[1])
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != len(c.Root) {
		return c, fmt.Errorf("%w: root %.60q", errCheckpoint, lines[2])
	}
	c.Root = engine.Hash(root)
	if c.Text() != text {
		return c, fmt.Errorf("%w: it could be written otherwise", errCheckpoint)
	}
	return c, nil
}

// CheckpointOf reads the checkpoint in a signed note and looks at no signature.
func CheckpointOf(signed []byte) (Checkpoint, error) {
	if len(signed) > MaxNoteBytes {
		return Checkpoint{}, fmt.Errorf("%w: %d bytes", errCheckpoint, len(signed))
	}
	text, _, found := strings.Cut(string(signed), "\n\n")
	if !found {
		return Checkpoint{}, fmt.Errorf("%w: it is not signed", errCheckpoint)
	}
	return ParseCheckpoint(text + "\n")
}

// ValidOrigin tells whether a log or a witness may be called so: signed notes
// allow neither spaces nor plus in a name.
func ValidOrigin(name string) bool {
	foreign := func(r rune) bool { return unicode.IsSpace(r) || r == '+' }
	return name != "" && len(name) <= 255 && plain(name) && !strings.ContainsFunc(name, foreign)
}
