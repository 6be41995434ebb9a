package office

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"
)

// hashParams cost about 20 ms and 19 MiB (the first choice of OWASP); the
// library's own default takes eight times as long.
var hashParams = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// maxHashWaiting is how many callers may wait for their turn, for each one
// that hashes: at 20 ms a hash the last of them waits about a second.
const maxHashWaiting = 50

// When somebody comes again who found no place in the line. With the least of
// it the line never runs empty before they are back; the most of it is for a line
// of minutes. If thousands came every two seconds, to send them away would take
// the processor from those whose turn it is.
const (
	rushRetryLeast = 2 * time.Second
	rushRetryMost  = 30 * time.Second
)

// errHashBusy means that too many wait who came before.
type errHashBusy struct{ again time.Duration }

func (errHashBusy) Error() string { return "office: too many passwords are being hashed" }

// hasher hashes passwords, a bounded number at the same time: each takes a
// CPU and 19 MiB, and a flood of sign-ins must not take them from the bids.
//
// The others stand in a line of bounded length, in which who has waited longest
// is next, also if they were sent away and have come again: whoever is the
// latest gives up their place to them. So in a rush of any size people get in
// about as they came, and not as luck has it.
type hasher struct {
	limit int    // hashes at the same time
	decoy string // what an unknown login is compared with
	now   func() time.Time

	mu      sync.Mutex
	tickets []*ticket // of all who are here, the earliest first
	running int       // of them, those that hash
}

func newHasher(limit int, now func() time.Time) *hasher {
	decoy, err := argon2id.CreateHash("decoy", hashParams)
	if err != nil {
		panic("no random bytes: " + err.Error())
	}
	return &hasher{limit: limit, decoy: decoy, now: now}
}

// ticket is one caller's place in the line.
type ticket struct {
	of    *hasher
	since time.Time     // when they came first
	turn  chan struct{} // closed when it is their turn
	gone  chan struct{} // closed when they had to make room

	// of.mu guards these.
	waits, runs, sent bool // for their turn; they hash; away
	busy              errHashBusy
}

// queue takes a place in the line for somebody who came first at a time, or
// fails with an errHashBusy. It does not block, so whoever has to ask the database
// before queues first. The caller leaves when done.
func (h *hasher) queue(since time.Time) (*ticket, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.tickets) >= h.limit*(maxHashWaiting+1) && !h.makeRoom(since) {
		return nil, h.busy(since)
	}
	t := &ticket{of: h, since: since, turn: make(chan struct{}), gone: make(chan struct{})}
	at, _ := slices.BinarySearchFunc(h.tickets, since, func(t *ticket, since time.Time) int {
		if t.since.After(since) {
			return 1
		}
		return -1 // of those who came together, the first to stand here
	})
	h.tickets = slices.Insert(h.tickets, at, t)
	return t, nil
}

// busy sends somebody away for half of the time that those who are next came
// before them: the line moves no faster than time, and whoever is early comes
// again. The caller holds mu.
func (h *hasher) busy(since time.Time) errHashBusy {
	behind := since.Sub(h.tickets[len(h.tickets)/2].since) // of the first, one may have come late
	return errHashBusy{min(max(behind/2, rushRetryLeast), rushRetryMost)}
}

// makeRoom sends the latest away who does not hash yet, if they came after a
// time. The caller holds mu.
func (h *hasher) makeRoom(since time.Time) bool {
	for _, t := range slices.Backward(h.tickets) {
		switch {
		case !t.since.After(since):
			return false
		case !t.runs:
			t.sent = true
			t.busy = h.busy(t.since)
			close(t.gone)
			h.drop(t)
			return true
		}
	}
	return false
}

// drop takes a ticket out of the line. The caller holds mu.
func (h *hasher) drop(t *ticket) {
	if i := slices.Index(h.tickets, t); i >= 0 {
		h.tickets = slices.Delete(h.tickets, i, i+1)
	}
}

// next gives free turns to those who wait for one, the earliest first. The
// caller holds mu.
func (h *hasher) next() {
	for _, t := range h.tickets {
		if h.running >= h.limit {
			return
		}
		if t.waits {
			t.waits, t.runs = false, true
			h.running++
			close(t.turn)
		}
	}
}

// leave gives the place up, and the turn. It is called once.
func (t *ticket) leave() {
	h := t.of
	h.mu.Lock()
	defer h.mu.Unlock()
	h.drop(t)
	t.waits = false
	if t.runs {
		t.runs = false
		h.running--
	}
	h.next()
}

// wait blocks until it is this caller's turn, which lasts until they leave; a
// second call within it returns at once. It fails with an errHashBusy if they had
// to make room for somebody who came before, or with ctx.
func (t *ticket) wait(ctx context.Context) error {
	t.of.mu.Lock()
	if !t.sent && !t.runs {
		t.waits = true
		t.of.next()
	}
	t.of.mu.Unlock()
	select {
	case <-t.turn:
		return nil
	case <-t.gone:
		return t.busy
	case <-ctx.Done():
		return ctx.Err()
	}
}

// hash returns the encoded hash of a password, of who has just come.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	return h.hashSince(ctx, h.now(), password)
}

// hashSince is hash for who came then.
func (h *hasher) hashSince(ctx context.Context, since time.Time, password string) (string, error) {
	t, err := h.queue(since)
	if err != nil {
		return "", err
	}
	defer t.leave()
	if err := t.wait(ctx); err != nil {
		return "", err
	}
	return argon2id.CreateHash(norm.NFC.String(password), hashParams)
}

// verify compares a password with a hash; see ticket.verify.
func (h *hasher) verify(ctx context.Context, password, hash string) (bool, error) {
	t, err := h.queue(h.now())
	if err != nil {
		return false, err
	}
	defer t.leave()
	return t.verify(ctx, password, hash)
}

// verify compares a password with a hash. An empty hash never fits and costs
// the same as any other, so that time does not tell who has an account.
func (t *ticket) verify(ctx context.Context, password, hash string) (bool, error) {
	if err := t.wait(ctx); err != nil {
		return false, err
	}
	known := hash != "" && utf8.RuneCountInString(password) <= maxPasswordRunes
	if !known {
		password, hash = "", t.of.decoy
	}
	ok, err := argon2id.ComparePasswordAndHash(norm.NFC.String(password), hash)
	return ok && known, err
}

// hashError says of an error of a hasher to whom it concerns what they can do.
// since is when they came first.
func hashError(err error, since time.Time) error {
	if busy, is := errors.AsType[errHashBusy](err); is {
		return ErrRush{RetryAfter: busy.again, Since: since}
	}
	return err
}
