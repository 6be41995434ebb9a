package office

import (
	"context"
	_ "embed"
	"errors"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"
)

// What a password may be. The upper limit keeps hashing cheap; a passphrase
// fits.
const (
	minPasswordRunes = 8
	maxPasswordRunes = 128
)

// commonList has the passwords that are guessed first, in lower case: the 3,000
// most frequent of at least eight characters in the lists of zxcvbn (MIT, Daniel
// Wheeler and Dropbox), and some of this country.
//
//go:embed common_passwords.txt
var commonList string

var commonPasswords = sync.OnceValue(func() map[string]bool {
	known := map[string]bool{}
	for word := range strings.Lines(commonList) {
		known[strings.TrimSuffix(word, "\n")] = true
	}
	return known
})

// hashParams cost about 20 ms and 19 MiB (the first choice of OWASP); the
// library's own default takes eight times as long.
var hashParams = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// maxHashWaiting is how many callers may wait for their turn, for each one
// that hashes: at 20 ms a hash the last of them waits about a second.
const maxHashWaiting = 50

// errHashBusy means that too many wait already.
var errHashBusy = errors.New("office: too many passwords are being hashed")

// hasher hashes passwords, a bounded number at the same time: each takes a
// CPU and 19 MiB, and a flood of sign-ins must not take them from the bids.
type hasher struct {
	turns   chan struct{} // one token for each running hash
	waiting chan struct{} // one token for each caller
	decoy   string        // what an unknown login is compared with
}

func newHasher(limit int) *hasher {
	decoy, err := argon2id.CreateHash("decoy", hashParams)
	if err != nil {
		panic("no random bytes: " + err.Error())
	}
	return &hasher{
		turns:   make(chan struct{}, limit),
		waiting: make(chan struct{}, limit*(maxHashWaiting+1)),
		decoy:   decoy,
	}
}

// enter waits for a turn. The caller calls the function it gets when done.
func (h *hasher) enter(ctx context.Context) (leave func(), err error) {
	select {
	case h.waiting <- struct{}{}:
	default:
		return nil, errHashBusy
	}
	select {
	case h.turns <- struct{}{}:
		return func() { <-h.turns; <-h.waiting }, nil
	case <-ctx.Done():
		<-h.waiting
		return nil, ctx.Err()
	}
}

// hash returns the encoded hash of a password.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	return argon2id.CreateHash(norm.NFC.String(password), hashParams)
}

// verify compares a password with a hash. An empty hash never fits and costs
// the same as any other, so that time does not tell who has an account.
func (h *hasher) verify(ctx context.Context, password, hash string) (bool, error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return false, err
	}
	defer leave()
	known := hash != "" && utf8.RuneCountInString(password) <= maxPasswordRunes
	if !known {
		password, hash = "", h.decoy
	}
	ok, err := argon2id.ComparePasswordAndHash(norm.NFC.String(password), hash)
	return ok && known, err
}

// passwordCode tells what is wrong with a new password.
func passwordCode(password string) string {
	switch n := utf8.RuneCountInString(password); {
	case !utf8.ValidString(password):
		return "malformed"
	case n < minPasswordRunes:
		return "too_short"
	case n > maxPasswordRunes:
		return "too_long"
	case commonPasswords()[strings.ToLower(password)], oneOver(password):
		return "too_common"
	}
	return ""
}

// oneOver tells whether a password is one character again and again.
func oneOver(password string) bool {
	first, _ := utf8.DecodeRuneInString(password)
	return strings.Trim(password, string(first)) == ""
}

// busyRetry is what a caller is told who found no turn.
const busyRetry = 2 * time.Second
