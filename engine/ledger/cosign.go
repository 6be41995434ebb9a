package ledger

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// A cosignature is the word of a witness that, as of a moment, a checkpoint is
// the largest consistent one that it has seen of a log (C2SP tlog-cosignature,
// type Ed25519).

// cosignatureBytes is a time and an Ed25519 signature.
const cosignatureBytes = 8 + ed25519.SignatureSize

// cosigned is what a witness signs.
func cosigned(at uint64, text []byte) []byte {
	return append(fmt.Appendf(nil, "cosignature/v1\ntime %d\n", at), text...)
}

// cosigner implements note.Signer.
type cosigner struct {
	name string
	id   uint32
	key  ed25519.PrivateKey
	now  func() time.Time
}

// NewCosigner makes the signer of a witness from the seed of its key, and the
// verifier key that logs and others need. now tells the moment of a signature.
func NewCosigner(name string, seed [ed25519.SeedSize]byte, now func() time.Time) (s note.Signer, verifier string, err error) {
	if !ValidOrigin(name) {
		return nil, "", fmt.Errorf("ledger: %q cannot be the name of a witness", name)
	}
	key := ed25519.NewKeyFromSeed(seed[:])
	public := key.Public().(ed25519.PublicKey)
	c := &cosigner{name: name, id: keyID(name, cosignatureAlgorithm, public), key: key, now: now}
	return c, verifierKey(name, cosignatureAlgorithm, public), nil
}

// Name is part of note.Signer.
func (c *cosigner) Name() string { return c.name }

// KeyHash is part of note.Signer.
func (c *cosigner) KeyHash() uint32 { return c.id }

// Sign is part of note.Signer.
func (c *cosigner) Sign(text []byte) ([]byte, error) {
	at := uint64(c.now().Unix())
	return append(binary.BigEndian.AppendUint64(nil, at), ed25519.Sign(c.key, cosigned(at, text))...), nil
}

// cosignatureVerifier implements note.Verifier.
type cosignatureVerifier struct {
	name   string
	id     uint32
	public ed25519.PublicKey
}

// NewCosignatureVerifier reads the verifier key of a witness.
func NewCosignatureVerifier(verifier string) (note.Verifier, error) {
	name, rest, _ := strings.Cut(verifier, "+")
	_, material64, _ := strings.Cut(rest, "+")
	material, err := base64.StdEncoding.DecodeString(material64)
	switch {
	case err != nil || len(material) != 1+ed25519.PublicKeySize || !ValidOrigin(name):
		return nil, fmt.Errorf("ledger: %.80q is no verifier key of a witness", verifier)
	case material[0] != cosignatureAlgorithm:
		return nil, fmt.Errorf("ledger: the key of %q makes signatures of type %d, not cosignatures (4)", name, material[0])
	}
	public := ed25519.PublicKey(material[1:])
	if verifierKey(name, cosignatureAlgorithm, public) != verifier {
		return nil, fmt.Errorf("ledger: the id in the verifier key of %q is wrong", name)
	}
	return &cosignatureVerifier{name, keyID(name, cosignatureAlgorithm, public), public}, nil
}

// Name is part of note.Verifier.
func (v *cosignatureVerifier) Name() string { return v.name }

// KeyHash is part of note.Verifier.
func (v *cosignatureVerifier) KeyHash() uint32 { return v.id }

// Verify is part of note.Verifier.
func (v *cosignatureVerifier) Verify(text, signature []byte) bool {
	if len(signature) != cosignatureBytes {
		return false
	}
	at := binary.BigEndian.Uint64(signature)
	return at < 1<<63 && ed25519.Verify(v.public, cosigned(at, text), signature[8:])
}

// Cosignature is the verified word of one witness.
type Cosignature struct {
	Witness string
	KeyID   uint32
	At      time.Time
	Line    string // the signature line of the note, with its end
}

// Cosignatures returns what known witnesses signed of a note, and an error if
// none did.
func Cosignatures(signed []byte, witnesses ...note.Verifier) ([]Cosignature, error) {
	if len(signed) > MaxNoteBytes {
		return nil, fmt.Errorf("%w: %d bytes", errCheckpoint, len(signed))
	}
	n, err := note.Open(signed, note.VerifierList(witnesses...))
	if err != nil {
		return nil, fmt.Errorf("ledger: cosignature: %w", err)
	}
	var out []Cosignature
	for _, s := range n.Sigs {
		raw, err := base64.StdEncoding.DecodeString(s.Base64)
		if err != nil || len(raw) != 4+cosignatureBytes {
			return nil, errors.New("ledger: cosignature: wrong length") // cannot be: it was verified
		}
		out = append(out, Cosignature{
			Witness: s.Name, KeyID: s.Hash, Line: "— " + s.Name + " " + s.Base64 + "\n",
			At: time.Unix(int64(binary.BigEndian.Uint64(raw[4:])), 0).UTC(),
		})
	}
	return out, nil
}
