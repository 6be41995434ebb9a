// Package vault seals what the database must not tell by itself: personal
// data, and the table that says who is behind a participation code. The keys
// lie in files outside the database; whoever has only one of the two has
// nothing.
package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"gobua/internal/keyfile"
)

// ErrBroken answers a sealed value that was changed, cut, sealed for another
// context, or sealed with a key that is not here. It does not say which.
var ErrBroken = errors.New("vault: the sealed value does not open")

// A sealed value is: version, key id, 12 bytes of nonce, text under
// AES-256-GCM, 16 bytes of tag. Version, key id and context are authenticated.
const (
	version    = 1
	headerSize = 2
	// Overhead is how much longer a sealed value is than its text, in bytes.
	Overhead = headerSize + 12 + 16
)

// Vault seals and opens. All methods may be called from any goroutine and
// touch no disk.
type Vault struct {
	newest byte
	seal   map[byte]cipher.AEAD // by key id
	mac    []byte               // of the first key, which stays for good
	alias  []byte               // of the first key, too
}

// String keeps the keys out of logs.
func (*Vault) String() string { return "(vault)" }

// GoString keeps the keys out of logs written with %#v.
func (v *Vault) GoString() string { return v.String() }

// LogValue keeps the keys out of structured logs.
func (v *Vault) LogValue() slog.Value { return slog.StringValue(v.String()) }

var keyKind = keyfile.Kind{
	Name:    "vault key",
	Exposed: "run chmod 600 on it, and think of what it seals as read by others",
	Damaged: "put it back from a copy; without it the personal data it sealed cannot be read again",
}

// fileName of a key: vault-001 to vault-255.
var fileName = regexp.MustCompile(`^vault-(\d{3})$`)

func pathOf(folder string, id int) string {
	return filepath.Join(folder, fmt.Sprintf("vault-%03d", id))
}

// Load reads the keys in a folder and makes the first one where there is none.
// It refuses a key that others may read, and a folder with a gap: a missing key
// means values that cannot be opened, and the start is the time to say so.
func Load(folder string) (*Vault, error) {
	last, err := lastKey(folder)
	if err != nil {
		return nil, err
	}
	v := &Vault{seal: make(map[byte]cipher.AEAD)}
	for id := 1; id <= max(last, 1); id++ {
		read := keyfile.Load
		if last == 0 {
			read = keyfile.LoadOrCreate
		}
		key, err := read(pathOf(folder, id), keyKind)
		if err != nil {
			return nil, err
		}
		v.add(byte(id), key)
	}
	return v, nil
}

// AddKey makes one more key, which seals from the next Load on, and returns
// its number. Older ones stay: they open what they sealed.
func AddKey(folder string) (int, error) {
	last, err := lastKey(folder)
	if err != nil {
		return 0, err
	}
	if last == 255 {
		return 0, errors.New("vault: all 255 keys are used")
	}
	if err := keyfile.Create(pathOf(folder, last+1)); err != nil {
		return 0, fmt.Errorf("create vault key: %w", err)
	}
	return last + 1, nil
}

// lastKey is the highest number of a key in the folder, 0 if there is none.
func lastKey(folder string) (last int, err error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return 0, fmt.Errorf("folder of the keys: %w", err)
	}
	for _, e := range entries {
		if m := fileName.FindStringSubmatch(e.Name()); m != nil {
			id, _ := strconv.Atoi(m[1]) // three digits
			if id > 255 {
				return 0, fmt.Errorf("vault key %s: numbers end at 255", e.Name())
			}
			last = max(last, id)
		}
	}
	return last, nil
}

func (v *Vault) add(id byte, key [keyfile.Size]byte) {
	block, err := aes.NewCipher(subKey(key, "seal"))
	if err != nil {
		panic(err) // only a wrong length can be at fault
	}
	v.seal[id], err = cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err)
	}
	v.newest = id
	if id == 1 {
		v.mac, v.alias = subKey(key, "mac"), subKey(key, "pseudonym")
	}
}

// subKey gives every use a key of its own.
func subKey(key [keyfile.Size]byte, use string) []byte {
	sub, err := hkdf.Key(sha256.New, key[:], nil, "gobua/vault/v1/"+use, sha256.Size)
	if err != nil {
		panic(err) // the length is within its bounds
	}
	return sub
}

// Seal hides a text under the newest key. It opens only for the same context,
// which names the row and column it belongs to ("admission/<session>"), so that
// a sealed value moved to another row is noticed. Equal texts give different
// sealed values.
func (v *Vault) Seal(context string, plain []byte) []byte {
	head := []byte{version, v.newest}
	return v.seal[v.newest].Seal(head, nil, plain, bound(head, context))
}

// Open returns the text of a sealed value, or ErrBroken.
func (v *Vault) Open(context string, sealed []byte) ([]byte, error) {
	if len(sealed) < Overhead || sealed[0] != version {
		return nil, ErrBroken
	}
	head, body := sealed[:headerSize], sealed[headerSize:]
	key, known := v.seal[head[1]]
	if !known {
		return nil, ErrBroken
	}
	plain, err := key.Open(nil, nil, body, bound(head, context))
	if err != nil {
		return nil, ErrBroken
	}
	return plain, nil
}

// Stale says whether a value was sealed with an older key than the newest, so
// that a round of the office can seal it again.
func (v *Vault) Stale(sealed []byte) bool {
	return len(sealed) < Overhead || sealed[1] != v.newest
}

func bound(head []byte, context string) []byte {
	return append(head[:headerSize:headerSize], context...)
}

// Mac is a keyed hash of 32 bytes under which a text can be found and kept
// unique without being readable (national ids). Tidy the text first: one
// blank more is another text. It is of the first key and never changes.
func (v *Vault) Mac(context, text string) []byte {
	return keyed(v.mac, context, text)
}

// Pseudonym names an account where it must stay unknown: always the same 26
// letters and digits for the same account, from which nobody without the key
// gets back to it.
func (v *Vault) Pseudonym(accountID string) string {
	sum := keyed(v.alias, "account", accountID)
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:16]))
}

// Mark recognises the first key without telling it. The office keeps it in the
// database and compares it at the start: other keys than those that sealed the
// rows (a lost folder, a copy of another installation) are noticed at once and
// not row by row.
func (v *Vault) Mark() string {
	return fmt.Sprintf("%x", keyed(v.mac, "mark", "")[:8])
}

// keyed hashes context and text; the length keeps the two apart.
func keyed(key []byte, context, text string) []byte {
	h := hmac.New(sha256.New, key)
	fmt.Fprintf(h, "%d:%s%s", len(context), context, text)
	return h.Sum(nil)
}
