package ledgerkeeper

import (
	"cmp"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/mod/sumdb/note"

	"gobua/engine/ledger"
	"gobua/internal/durable"
	"gobua/internal/keyfile"
)

// Files in the folder of the keys.
const (
	keyName  = "ledger-key"      // the key that signs
	nextName = "ledger-key-next" // the key that will, made by RequestRotation
	headName = "ledger-head"     // the last checkpoint that anybody was shown
)

var signingKey = keyfile.Kind{
	Name:    "key of the ledger",
	Exposed: "whoever read it can sign in this server's name; make it chmod 600 and replace it with: gobua keys rotate",
	Damaged: "put back a copy of it, or begin a new log (docs/operations.md)",
}

// Signer signs in the name of the log, for the ledger and for receipts. It may
// be used from any goroutine.
type Signer struct {
	folder string

	mu       sync.RWMutex
	origin   string
	signer   note.Signer
	verifier string
}

// LoadSigner reads the key in the folder of the keys, or makes one. The log is
// called as it was when it was begun. wanted names a new one, else usual does,
// and if both are empty it is called after its key. A wanted name that is not
// that of the log which was begun is an error: another name is another log.
func LoadSigner(folder, wanted, usual string) (*Signer, error) {
	seed, err := keyfile.LoadOrCreate(filepath.Join(folder, keyName), signingKey)
	if err != nil {
		return nil, err
	}
	kept, err := keptHead(folder)
	if err != nil {
		return nil, err
	}
	origin := cmp.Or(wanted, usual, originOf(seed))
	switch {
	case kept != nil && wanted != "" && kept.Origin != wanted:
		return nil, fmt.Errorf("the log is called %q and cannot be renamed to %q: take the setting away, or begin a new log (docs/operations.md)", kept.Origin, wanted)
	case kept != nil:
		origin = kept.Origin
	}
	s := &Signer{folder: folder}
	return s, s.take(origin, seed)
}

// originOf names a log after its first key, where no host name is known.
func originOf(seed [keyfile.Size]byte) string {
	public := ed25519.NewKeyFromSeed(seed[:]).Public().(ed25519.PublicKey)
	sum := sha256.Sum256(public)
	return "gobua.local/" + hex.EncodeToString(sum[:4])
}

func (s *Signer) take(origin string, seed [keyfile.Size]byte) error {
	signer, verifier, err := ledger.NewSigner(origin, seed)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.origin, s.signer, s.verifier = origin, signer, verifier
	return nil
}

// Origin names the log.
func (s *Signer) Origin() string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.origin
}

// Verifier is the present key as others need it to verify.
func (s *Signer) Verifier() string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.verifier
}

func (s *Signer) present() note.Signer {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.signer
}

// Sign makes a signed note of a text, which ends with a newline and whose first
// line says what it is. It refuses what would be taken for a checkpoint or for
// a new key: those are signed by the Keeper alone.
func (s *Signer) Sign(text string) ([]byte, error) {
	first, _, _ := strings.Cut(text, "\n")
	if first == "" || first == s.Origin() || strings.HasPrefix(first, "gobua key ") || strings.HasPrefix(first, "cosignature/") {
		return nil, fmt.Errorf("ledger: a text that begins with %.40q is not signed for others", first)
	}
	return note.Sign(&note.Note{Text: text}, s.present())
}

// rename takes the name that the log has.
func (s *Signer) rename(origin string) error {
	seed, err := keyfile.Load(filepath.Join(s.folder, keyName), signingKey)
	if err != nil {
		return err
	}
	return s.take(origin, seed)
}

// next returns the key that waits to become the present one.
func (s *Signer) next() (signer note.Signer, verifier string, err error) {
	seed, err := keyfile.Load(filepath.Join(s.folder, nextName), signingKey)
	if err != nil {
		return nil, "", err
	}
	return ledger.NewSigner(s.Origin(), seed)
}

// promote makes the waiting key the present one; the old one is gone then.
func (s *Signer) promote() error {
	seed, err := keyfile.Load(filepath.Join(s.folder, nextName), signingKey)
	if err != nil {
		return err
	}
	if err := os.Rename(filepath.Join(s.folder, nextName), filepath.Join(s.folder, keyName)); err != nil {
		return err
	}
	return errors.Join(durable.SyncDir(s.folder), s.take(s.Origin(), seed))
}

// rotationWaits tells whether a new key waits.
func (s *Signer) rotationWaits() bool {
	_, err := os.Stat(filepath.Join(s.folder, nextName))
	return err == nil
}

// RequestRotation makes the key that the server takes next, within seconds if
// it runs, else when it starts. It returns the new verifier key. fs.ErrExist:
// one waits already.
func RequestRotation(folder string) (verifier string, err error) {
	kept, err := keptHead(folder)
	if err != nil {
		return "", err
	}
	if kept == nil {
		return "", fmt.Errorf("%s has no log that was begun: start the server once", folder)
	}
	path := filepath.Join(folder, nextName)
	if err := keyfile.Create(path); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return "", fmt.Errorf("a new key waits already for the server to take it: %w", err)
		}
		return "", err
	}
	seed, err := keyfile.Load(path, signingKey)
	if err != nil {
		return "", err
	}
	_, verifier, err = ledger.NewSigner(kept.Origin, seed)
	return verifier, err
}

// Shown is the last checkpoint that anybody was shown, and the present key, read
// from the folder of the keys without the log.
func Shown(folder string) (signed []byte, verifier string, err error) {
	signed, err = os.ReadFile(filepath.Join(folder, headName))
	if err != nil {
		return nil, "", err
	}
	c, err := ledger.CheckpointOf(signed)
	if err != nil {
		return nil, "", err
	}
	seed, err := keyfile.Load(filepath.Join(folder, keyName), signingKey)
	if err != nil {
		return nil, "", err
	}
	_, verifier, err = ledger.NewSigner(c.Origin, seed)
	return signed, verifier, err
}

// keptHead is the last checkpoint that anybody was shown; nil: there was none.
func keptHead(folder string) (*ledger.Checkpoint, error) {
	signed, err := os.ReadFile(filepath.Join(folder, headName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	c, err := ledger.CheckpointOf(signed)
	if err != nil {
		return nil, fmt.Errorf("%s is damaged: %w", filepath.Join(folder, headName), err)
	}
	return &c, nil
}

// keepHead remembers a checkpoint before anybody is shown it.
func keepHead(folder string, signed []byte) error {
	return durable.WriteFile(filepath.Join(folder, headName), signed)
}
