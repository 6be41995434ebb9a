package office

import (
	"net/netip"
	"slices"
	"sync"
	"time"
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

// maxTracked bounds each table of the throttle, about 2 MB. Hashing lets some
// hundred failures a second through, which are forgotten within 30 s, so the
// bound is only met under attack; then the entry closest to being forgotten of
// a few is forgotten early.
const maxTracked = 16_384

// throttle slows down guessing. It lives in memory: sign-in stops with the
// database anyway, and what a restart forgets is a few failures.
type throttle struct {
	paces
	mu    sync.Mutex
	debts map[debtKey]time.Time // until when failures weigh, by GCRA
	known map[debtKey]time.Time // pairs that signed in, and when last
}

// debtKey is a login, an address (an IPv4 or a /64), or the pair of them.
type debtKey struct {
	login   string
	address netip.Prefix
}

// paces of a throttle, by whom they hold for; a zero one does not count.
type paces struct{ pair, address, login pace }

func newThrottle(p paces) *throttle {
	return &throttle{paces: p, debts: map[debtKey]time.Time{}, known: map[debtKey]time.Time{}}
}

// attempt is one sign-in that was let through. It counts as failed until
// forgive is called.
type attempt struct {
	pair  debtKey
	debts []debt
}

type debt struct {
	key  debtKey
	pace pace
}

// begin lets a sign-in through or says how long to wait. It counts the failure
// in advance, so that many at once cannot slip through.
func (t *throttle) begin(login, remoteAddr string, now time.Time) (attempt, error) {
	address := place(remoteAddr)
	a := attempt{pair: debtKey{login, address}}
	t.mu.Lock()
	defer t.mu.Unlock()
	a.debts = append(a.debts, debt{a.pair, t.pair}, debt{debtKey{address: address}, t.address})
	if _, known := t.known[a.pair]; !known {
		a.debts = append(a.debts, debt{debtKey{login: login}, t.login})
	}
	a.debts = slices.DeleteFunc(a.debts, func(d debt) bool { return d.pace.burst == 0 })
	for _, d := range a.debts {
		borne := time.Duration(d.pace.burst-1) * d.pace.every
		if wait := t.debts[d.key].Add(-borne).Sub(now); wait > 0 {
			return attempt{}, ErrThrottled{RetryAfter: wait}
		}
	}
	for _, d := range a.debts {
		until := t.debts[d.key]
		if until.Before(now) {
			until = now
			makeRoom(t.debts)
		}
		t.debts[d.key] = until.Add(d.pace.every)
	}
	return a, nil
}

// forgive takes back what begin counted.
func (t *throttle) forgive(a attempt) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, d := range a.debts {
		if until, ok := t.debts[d.key]; ok {
			t.debts[d.key] = until.Add(-d.pace.every)
		}
	}
}

// succeed forgives, and remembers the place as one of this login.
func (t *throttle) succeed(a attempt, now time.Time) {
	t.forgive(a)
	t.mu.Lock()
	defer t.mu.Unlock()
	makeRoom(t.known)
	t.known[a.pair] = now
}

// makeRoom keeps a table below maxTracked by dropping the earliest of a few
// entries, which Go's map order picks.
func makeRoom(m map[debtKey]time.Time) {
	if len(m) < maxTracked {
		return
	}
	var victim debtKey
	var earliest time.Time
	looked := 0
	for k, at := range m {
		if looked == 0 || at.Before(earliest) {
			victim, earliest = k, at
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
