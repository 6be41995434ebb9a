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

// ticket is one caller's right to a turn.
type ticket struct{ of *hasher }

// queue takes a ticket, or fails with errHashBusy. It does not block, so whoever
// has to ask the database before queues first. The caller leaves when done.
func (h *hasher) queue() (ticket, error) {
	select {
	case h.waiting <- struct{}{}:
		return ticket{h}, nil
	default:
		return ticket{}, errHashBusy
	}
}

func (t ticket) leave() { <-t.of.waiting }

// turn waits for it. The caller calls the function it gets when done.
func (t ticket) turn(ctx context.Context) (done func(), err error) {
	select {
	case t.of.turns <- struct{}{}:
		return func() { <-t.of.turns }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// hash returns the encoded hash of a password.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	t, err := h.queue()
	if err != nil {
		return "", err
	}
	defer t.leave()
	done, err := t.turn(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	return argon2id.CreateHash(norm.NFC.String(password), hashParams)
}

// verify compares a password with a hash; see ticket.verify.
func (h *hasher) verify(ctx context.Context, password, hash string) (bool, error) {
	t, err := h.queue()
	if err != nil {
		return false, err
	}
	defer t.leave()
	return t.verify(ctx, password, hash)
}

// verify compares a password with a hash. An empty hash never fits and costs
// the same as any other, so that time does not tell who has an account.
func (t ticket) verify(ctx context.Context, password, hash string) (bool, error) {
	done, err := t.turn(ctx)
	if err != nil {
		return false, err
	}
	defer done()
	known := hash != "" && utf8.RuneCountInString(password) <= maxPasswordRunes
	if !known {
		password, hash = "", t.of.decoy
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
