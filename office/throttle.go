package office

import (
	"context"
	"crypto/sha256"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"gobua/engine"
)

// pace lets `burst` failures through at once and then one every `every`.
type pace struct {
	burst int
	every time.Duration
}

// How many failed sign-ins are borne. A successful one costs nothing, so the
// numbers may be strict for one person at one place (pair) and must be
// generous for a place, behind which a whole office may sit (address).
// login is what many places together may try on one login. It does not
// hold for a place from which this login has signed in before: a rival with
// many addresses must not be able to lock a bidder out on the day of the sale.
var signInPaces = paces{
	pair: pace{burst: 5, every: 30 * time.Second}, address: pace{burst: 100, every: time.Second},
	login: pace{burst: 50, every: 10 * time.Second},
}

// codePaces are those of the second step. Who is there knows the password, so
// the login's pace is what keeps a million codes from being tried.
var codePaces = paces{pair: signInPaces.pair, address: signInPaces.address, login: pace{burst: 10, every: 5 * time.Minute}}

// maxTracked bounds what a throttle keeps in memory, about 2 MB.
const maxTracked = 16_384

// Debt is a failure that is counted in advance, by GCRA: until when the failures
// of somebody weigh moves on by Every, and may lie Burst times Every ahead.
type Debt struct {
	Who   [16]byte // a hash of a login, a place, or both
	Burst int
	Every time.Duration
	// UnlessKnown: it does not count where the login has signed in from the place before.
	UnlessKnown bool
}

// ThrottleStore keeps how often was failed, for all programs together. It may
// forget after a crash of the database.
type ThrottleStore interface {
	// CountAttempt adds debts and returns those that count, or adds none and
	// returns for how long the worst of them is not borne. known is the pair that
	// UnlessKnown means.
	CountAttempt(ctx context.Context, kind string, now engine.Instant, known [16]byte, debts []Debt) (counted []Debt, wait time.Duration, err error)
	// ForgiveAttempt takes debts back, and remembers a pair that signed in if it
	// is not zero.
	ForgiveAttempt(ctx context.Context, kind string, now engine.Instant, known [16]byte, debts []Debt) error
	// TidyThrottles forgets debts that weigh no more, and pairs that did not sign
	// in since a moment.
	TidyThrottles(ctx context.Context, now, since engine.Instant) error
}

// placeLife is how long a place is one of a login's without being used.
const placeLife = 180 * 24 * time.Hour

// throttle slows down guessing. It counts in the database, so that who asks
// several programs has no more tries; sign-in stops with the database anyway.
// What was refused is remembered here: a flood does not reach the database.
type throttle struct {
	paces
	kind  string
	store ThrottleStore
	now   func() time.Time
	log   *slog.Logger

	mu      sync.Mutex
	refused map[debtKey]refusal // pairs that were told to wait
}

// refusal is until when somebody was told to wait, and when the database is
// asked again: it may have been forgiven meanwhile.
type refusal struct{ until, again time.Time }

// askAgain bounds how often a flood of one pair reaches the database.
const askAgain = time.Second

// debtKey is a login, an address (an IPv4 or a /64), or the pair of them.
type debtKey struct {
	login   string
	address netip.Prefix
}

// hash hides whom a row of the database is about.
func (k debtKey) hash() (sum [16]byte) {
	full := sha256.Sum256([]byte(k.login + "\x00" + k.address.String()))
	copy(sum[:], full[:])
	return sum
}

// paces of a throttle, by whom they hold for; a zero one does not count.
type paces struct{ pair, address, login pace }

func (o *Office) newThrottle(kind string, p paces) *throttle {
	return &throttle{paces: p, kind: kind, store: o.store, now: o.now, log: o.log, refused: map[debtKey]refusal{}}
}

// attempt is one sign-in that was let through. It counts as failed until
// forgive is called.
type attempt struct {
	pair  debtKey
	debts []Debt
}

// begin lets a sign-in through or says how long to wait. It counts the failure
// in advance, so that many at once cannot slip through.
func (t *throttle) begin(ctx context.Context, login, remoteAddr string) (attempt, error) {
	address, now := place(remoteAddr), t.now()
	pair := debtKey{login, address}
	if wait := t.refusedFor(pair, now); wait > 0 {
		return attempt{}, ErrThrottled{RetryAfter: wait}
	}
	var debts []Debt
	for _, d := range []struct {
		key  debtKey
		pace pace
	}{{pair, t.pair}, {debtKey{address: address}, t.address}, {debtKey{login: login}, t.login}} {
		if d.pace.burst > 0 {
			debts = append(debts, Debt{Who: d.key.hash(), Burst: d.pace.burst, Every: d.pace.every, UnlessKnown: d.key.address == netip.Prefix{}})
		}
	}
	counted, wait, err := t.store.CountAttempt(ctx, t.kind, engine.InstantOf(now), pair.hash(), debts)
	switch {
	case err != nil:
		return attempt{}, err
	case wait > 0:
		t.mu.Lock()
		defer t.mu.Unlock()
		makeRoom(t.refused)
		t.refused[pair] = refusal{until: now.Add(wait), again: now.Add(min(wait, askAgain))}
		return attempt{}, ErrThrottled{RetryAfter: wait}
	}
	return attempt{pair, counted}, nil
}

func (t *throttle) refusedFor(pair debtKey, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := t.refused[pair]
	if !now.Before(r.again) {
		delete(t.refused, pair)
		return 0
	}
	return r.until.Sub(now)
}

// forgive takes back what begin counted.
func (t *throttle) forgive(ctx context.Context, a attempt) { t.settle(ctx, a, [16]byte{}) }

// succeed forgives, and remembers the place as one of this login.
func (t *throttle) succeed(ctx context.Context, a attempt) { t.settle(ctx, a, a.pair.hash()) }

// settle does so also for a caller that has gone away. What fails costs somebody
// a try.
func (t *throttle) settle(ctx context.Context, a attempt, known [16]byte) {
	ctx = context.WithoutCancel(ctx) // the store bounds it
	if err := t.store.ForgiveAttempt(ctx, t.kind, engine.InstantOf(t.now()), known, a.debts); err != nil {
		t.log.Warn("a try is not forgiven", "kind", t.kind, "err", err)
	}
}

// makeRoom keeps a table below maxTracked by dropping the earliest of a few
// entries, which Go's map order picks.
func makeRoom(m map[debtKey]refusal) {
	if len(m) < maxTracked {
		return
	}
	var victim debtKey
	var earliest time.Time
	looked := 0
	for k, r := range m {
		if looked == 0 || r.again.Before(earliest) {
			victim, earliest = k, r.again
		}
		if looked++; looked == 16 {
			break
		}
	}
	delete(m, victim)
}

// place reduces an address to what one person or household has: an IPv4
// address, or the first 64 bits of an IPv6 one. All that is no address is one
// place.
func place(remoteAddr string) netip.Prefix {
	addr, err := netip.ParseAddr(remoteAddr)
	if err != nil {
		withPort, err := netip.ParseAddrPort(remoteAddr)
		if err != nil {
			return netip.PrefixFrom(netip.IPv4Unspecified(), 0)
		}
		addr = withPort.Addr()
	}
	bits := 32
	if addr = addr.Unmap().WithZone(""); addr.Is6() {
		bits = 64
	}
	p, _ := addr.Prefix(bits) // cannot fail: the bits fit the family
	return p
}
