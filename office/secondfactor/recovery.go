package secondfactor

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
)

// RecoveryCodes is how many codes a person gets at a time.
const RecoveryCodes = 10

// A recovery code is ten letters and digits in two groups. The first tells
// which of the ten it is, so that one hash is compared and not ten; the other
// nine are drawn: 45 bits.
const (
	alphabet  = "0123456789ABCDEFGHJKMNPQRSTVWXYZ" // Crockford's: nothing looks like another
	positions = "ABCDEFGHJK"
	codeRunes = 10
)

// Hasher hashes and compares the way passwords are.
type Hasher interface {
	Hash(ctx context.Context, text string) (string, error)
	// Verify answers false to an empty hash, after the usual time.
	Verify(ctx context.Context, text, hash string) (bool, error)
}

// ErrNoCode: the recovery code is none, is another person's, or was used.
var ErrNoCode = errors.New("second factor: no such recovery code")

// NewRecoveryCodes draws the codes. They are shown once and kept as hashes.
func NewRecoveryCodes() []string {
	codes := make([]string, RecoveryCodes)
	for i := range codes {
		raw := make([]byte, codeRunes-1)
		rand.Read(raw)
		code := []byte{positions[i]}
		for _, b := range raw {
			code = append(code, alphabet[int(b)%len(alphabet)]) // 32 divides 256
		}
		codes[i] = string(code[:codeRunes/2]) + "-" + string(code[codeRunes/2:])
	}
	return codes
}

// HashRecoveryCodes returns what is kept, in the order of the codes. It takes
// as long as ten passwords.
func HashRecoveryCodes(ctx context.Context, h Hasher, codes []string) ([]string, error) {
	hashes := make([]string, len(codes))
	for i, code := range codes {
		tidy, at := tidyCode(code)
		if at != i {
			return nil, ErrNoCode
		}
		var err error
		if hashes[i], err = h.Hash(ctx, tidy); err != nil {
			return nil, err
		}
	}
	return hashes, nil
}

// FindRecoveryCode returns which of the kept hashes a code opens, or
// ErrNoCode; any other error is the hasher's. The hash of a used code is the
// empty text. The caller empties the hash found, on the condition that it is
// still there, before it lets anybody in.
func FindRecoveryCode(ctx context.Context, h Hasher, code string, hashes []string) (int, error) {
	tidy, at := tidyCode(code)
	if at < 0 || at >= len(hashes) {
		return 0, ErrNoCode
	}
	fits, err := h.Verify(ctx, tidy, hashes[at])
	if err != nil {
		return 0, err
	}
	if !fits {
		return 0, ErrNoCode
	}
	return at, nil
}

// lookalikes are letters that people write for digits.
var lookalikes = strings.NewReplacer("O", "0", "I", "1", "L", "1", "-", "", " ", "", "–", "")

// tidyCode brings a typed code into the form that is hashed, and tells which
// of the ten it is; -1: none.
func tidyCode(typed string) (code string, at int) {
	if len(typed) > 4*codeRunes {
		return "", -1
	}
	code = lookalikes.Replace(strings.ToUpper(strings.TrimSpace(typed)))
	foreign := func(r rune) bool { return !strings.ContainsRune(alphabet, r) }
	if len(code) != codeRunes || strings.ContainsFunc(code, foreign) {
		return "", -1
	}
	return code, strings.IndexByte(positions, code[0])
}
