package ledger

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"gobua/engine"
)

// Errors of Keys.Open and Keys.Add.
var (
	// ErrOldKey: the note is signed with a key of the log that was not in force
	// at this size. Whoever holds an old key cannot go on writing.
	ErrOldKey = errors.New("ledger: signed with a key that was not in force at this size")
	// ErrForeignKey: no key of the log signed the note.
	ErrForeignKey = errors.New("ledger: signed with no key of this log")
)

// KeyEntry begins a key: the log signs with it from this entry on. It is a
// signed note inside the log; the key before it signs it, the first one itself.
type KeyEntry struct {
	Origin   string
	Verifier string // the new key as C2SP signed-note writes verifier keys
	At       engine.Instant
	signed   string
}

// Text is part of Entry.
func (e *KeyEntry) Text() string { return e.signed }

// NewKeyEntry writes the entry that begins a key. by is the key before, or for
// the first entry of a log the key itself.
func NewKeyEntry(verifier string, at engine.Instant, by note.Signer) (*KeyEntry, error) {
	e := &KeyEntry{Origin: by.Name(), Verifier: verifier, At: at}
	signed, err := note.Sign(&note.Note{Text: fmt.Sprintf("%s\n%s\n%s\n%d\n", keyLine, e.Origin, verifier, at)}, by)
	if err != nil {
		return nil, err
	}
	e.signed = string(signed)
	return e, nil
}

// parseKey reads a key entry and verifies nothing.
func parseKey(text string) (*KeyEntry, error) {
	body, signatures, found := strings.Cut(text, "\n\n")
	lines := strings.Split(body, "\n")
	if !found || len(lines) != 4 || strings.Count(signatures, "\n") != 1 || !strings.HasPrefix(signatures, "— ") {
		return nil, fmt.Errorf("%w: a key that is not signed once", errEntry)
	}
	at, err := strconv.ParseInt(lines[3], 10, 64)
	if err != nil || at < 0 || strconv.FormatInt(at, 10) != lines[3] || !ValidOrigin(lines[1]) {
		return nil, fmt.Errorf("%w: a key of %.40q at %.20q", errEntry, lines[1], lines[3])
	}
	if v, err := note.NewVerifier(lines[2]); err != nil || v.Name() != lines[1] {
		return nil, fmt.Errorf("%w: the key is not one of %q", errEntry, lines[1])
	}
	return &KeyEntry{Origin: lines[1], Verifier: lines[2], At: engine.Instant(at), signed: text}, nil
}

// Key is a key of a log and when it began.
type Key struct {
	Verifier string         `json:"verifier"` // C2SP signed-note verifier key
	Index    int64          `json:"index"`    // of the entry that began it
	At       engine.Instant `json:"at"`
}

// Keys are the keys of one log, the first one first. The zero Keys know none.
type Keys struct {
	list      []Key
	verifiers []note.Verifier
}

// TrustKeys are keys that somebody has been given or has verified before, the
// first one first.
func TrustKeys(list ...Key) (k Keys, err error) {
	for _, key := range list {
		v, err := note.NewVerifier(key.Verifier)
		if err != nil {
			return Keys{}, fmt.Errorf("ledger: key %.80q: %w", key.Verifier, err)
		}
		k.list = append(k.list, key)
		k.verifiers = append(k.verifiers, v)
	}
	return k, nil
}

// List is a copy of the keys.
func (k *Keys) List() []Key { return append([]Key(nil), k.list...) }

// Origin names the log; empty: no key is known.
func (k *Keys) Origin() string {
	if len(k.verifiers) == 0 {
		return ""
	}
	return k.verifiers[0].Name()
}

// Add takes the key entry at an index of the log, which must be signed by the
// key before. Keys that know none take a first entry, signed by itself. That
// the entry is in the log is the caller's business.
func (k *Keys) Add(index int64, text string) error {
	e, err := ParseEntry(text)
	if err != nil {
		return err
	}
	entry, ok := e.(*KeyEntry)
	if !ok {
		return fmt.Errorf("%w: entry %d begins no key", errEntry, index)
	}
	next, err := note.NewVerifier(entry.Verifier)
	if err != nil {
		return err
	}
	by, after := next, int64(-1)
	if n := len(k.list); n > 0 {
		by, after = k.verifiers[n-1], k.list[n-1].Index
	}
	if index <= after || k.Origin() != "" && entry.Origin != k.Origin() {
		return fmt.Errorf("%w: a key of %q at entry %d, after one of %q at %d", errEntry, entry.Origin, index, k.Origin(), after)
	}
	if _, err := note.Open([]byte(text), note.VerifierList(by)); err != nil {
		return fmt.Errorf("%w: entry %d: the key before did not sign the new one: %w", ErrForeignKey, index, err)
	}
	k.list = append(k.list, Key{Verifier: entry.Verifier, Index: index, At: entry.At})
	k.verifiers = append(k.verifiers, next)
	return nil
}

// From are the keys that somebody may believe who knows some of them from
// elsewhere, as verifier keys: the first of those that are here, and all that
// follow from it. They know none if none is here.
func (k *Keys) From(known ...string) Keys {
	for i, key := range k.list {
		if slices.Contains(known, key.Verifier) {
			return Keys{list: k.list[i:], verifiers: k.verifiers[i:]}
		}
	}
	return Keys{}
}

// inForce tells whether key i signs checkpoints of a size. The checkpoint that
// ends with the entry of a key is signed by it and by the one before.
func (k *Keys) inForce(i int, size int64) bool {
	last := i == len(k.list)-1
	return size > k.list[i].Index && (last || size <= k.list[i+1].Index+1)
}

// Open reads a signed checkpoint of the log. It must be signed by the key that
// was in force at its size; who else signed it does not matter.
func (k *Keys) Open(signed []byte) (Checkpoint, error) {
	c, _, err := k.open(signed)
	return c, err
}

// SignedBy is the key that signed a checkpoint, as Open wants; the newer one
// where two did.
func (k *Keys) SignedBy(signed []byte) (Key, error) {
	_, key, err := k.open(signed)
	return key, err
}

func (k *Keys) open(signed []byte) (c Checkpoint, by Key, err error) {
	if c, err = CheckpointOf(signed); err != nil {
		return c, by, err
	}
	if c.Origin != k.Origin() {
		return c, by, fmt.Errorf("%w: it is of %q, not of %q", errCheckpoint, c.Origin, k.Origin())
	}
	n, err := note.Open(signed, note.VerifierList(k.verifiers...))
	if err != nil {
		return c, by, fmt.Errorf("%w: %w", ErrForeignKey, err)
	}
	for i, v := range slices.Backward(k.verifiers) {
		for _, s := range n.Sigs {
			if s.Hash == v.KeyHash() && k.inForce(i, c.Size) {
				return c, k.list[i], nil
			}
		}
	}
	return c, by, fmt.Errorf("%w: size %d, key %08x", ErrOldKey, c.Size, n.Sigs[0].Hash)
}

// Verify reads a note that the log's present or a former key signed, such as a
// receipt.
func (k *Keys) Verify(signed []byte) (text string, err error) {
	n, err := note.Open(signed, note.VerifierList(k.verifiers...))
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrForeignKey, err)
	}
	return n.Text, nil
}

// Bytes before the key material that say what kind of signature it makes.
const (
	noteAlgorithm        = 1
	cosignatureAlgorithm = 4
)

// keyID is how signed notes tell keys of one name apart.
func keyID(name string, algorithm byte, public []byte) uint32 {
	sum := sha256.Sum256(append([]byte(name+"\n"+string(algorithm)), public...))
	return binary.BigEndian.Uint32(sum[:])
}

// verifierKey writes a public key as C2SP signed-note does.
func verifierKey(name string, algorithm byte, public []byte) string {
	material := append([]byte{algorithm}, public...)
	return fmt.Sprintf("%s+%08x+%s", name, keyID(name, algorithm, public), base64.StdEncoding.EncodeToString(material))
}

// NewSigner makes the signer of a log from the seed of an Ed25519 key, and the
// verifier key that others need.
func NewSigner(origin string, seed [ed25519.SeedSize]byte) (s note.Signer, verifier string, err error) {
	if !ValidOrigin(origin) {
		return nil, "", fmt.Errorf("ledger: %q cannot be the origin of a log", origin)
	}
	public := ed25519.NewKeyFromSeed(seed[:]).Public().(ed25519.PublicKey)
	secret := base64.StdEncoding.EncodeToString(append([]byte{noteAlgorithm}, seed[:]...))
	s, err = note.NewSigner(fmt.Sprintf("PRIVATE+KEY+%s+%08x+%s", origin, keyID(origin, noteAlgorithm, public), secret))
	return s, verifierKey(origin, noteAlgorithm, public), err
}
