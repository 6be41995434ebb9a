package transport

import (
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/time/rate"
)

// TrustedProxies are the addresses from which X-Forwarded-For and
// X-Forwarded-Proto are believed. From anybody else they are ignored, because
// anybody can write them.
type TrustedProxies []netip.Prefix

// ParseTrustedProxies reads addresses ("10.0.0.7") and networks ("10.0.0.0/8").
// The error names every one that is neither.
func ParseTrustedProxies(list []string) (TrustedProxies, error) {
	var out TrustedProxies
	var bad []string
	for _, s := range list {
		if p, err := netip.ParsePrefix(s); err == nil {
			out = append(out, p.Masked())
		} else if a, err := netip.ParseAddr(s); err == nil {
			out = append(out, netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()))
		} else {
			bad = append(bad, s)
		}
	}
	if len(bad) > 0 {
		return nil, fmt.Errorf("trusted proxies: want addresses or networks such as 10.0.0.7 or 10.0.0.0/8, got %s", strings.Join(bad, ", "))
	}
	return out, nil
}

// Trusts tells whether an address is one of a trusted proxy.
func (t TrustedProxies) Trusts(a netip.Addr) bool {
	for _, p := range t {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// ClientAddr returns the address a request comes from. Behind trusted proxies
// it is the last address of X-Forwarded-For that is no trusted proxy: what
// stands left of it was written by the client, who can write anything.
func (t TrustedProxies) ClientAddr(c *fiber.Ctx) netip.Addr {
	addr := peerAddr(c)
	if !t.Trusts(addr) {
		return addr
	}
	var hops []string
	for _, line := range c.Context().Request.Header.PeekAll(fiber.HeaderXForwardedFor) {
		hops = append(hops, strings.Split(string(line), ",")...)
	}
	for i := len(hops) - 1; i >= 0; i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		addr = hop.Unmap().WithZone("")
		if !t.Trusts(addr) {
			break
		}
	}
	return addr
}

// Secure tells whether the client reached us, or the trusted proxy before us,
// over TLS.
func (t TrustedProxies) Secure(c *fiber.Ctx) bool {
	if c.Context().IsTLS() {
		return true
	}
	return t.Trusts(peerAddr(c)) && strings.EqualFold(c.Get(fiber.HeaderXForwardedProto), "https")
}

// peerAddr is the other end of the TCP connection.
func peerAddr(c *fiber.Ctx) netip.Addr {
	a, _ := netip.AddrFromSlice(c.Context().RemoteIP())
	return a.Unmap()
}

const (
	// defaultRatePerSecond and defaultBurst are per address. Phones of a whole
	// province share the addresses of a mobile network, so they are far above
	// what one page needs (about one request in ten seconds).
	defaultRatePerSecond = 50
	defaultBurst         = 200
	// listsPerRequest is how many questions for the list of a sale count as one
	// request: they are cheap, and a hall full of phones behind one address
	// asks every two seconds.
	listsPerRequest = 20
	// maxAddresses bounds the memory of the limiter to about 2 MB.
	maxAddresses = 10_000
)

// addressLimiter is a token bucket per client address.
type addressLimiter struct {
	mu      sync.Mutex
	every   rate.Limit
	burst   int
	buckets recent[netip.Prefix, *rate.Limiter]
}

func newAddressLimiter(perSecond float64, burst int) *addressLimiter {
	return &addressLimiter{
		every: rate.Limit(perSecond), burst: burst,
		buckets: recent[netip.Prefix, *rate.Limiter]{limit: maxAddresses},
	}
}

// allow takes one token of an address. A network of IPv6 is one address: its
// owner has 2^64 of them.
func (l *addressLimiter) allow(a netip.Addr, now time.Time) bool {
	bits := 32
	if a.Is6() {
		bits = 64
	}
	key, _ := a.Prefix(bits) // the zero Addr gives the zero Prefix: one bucket for who has no address
	l.mu.Lock()
	defer l.mu.Unlock()
	bucket, ok := l.buckets.get(key)
	if !ok {
		bucket = rate.NewLimiter(l.every, l.burst)
		l.buckets.put(key, bucket)
	}
	return bucket.AllowN(now, 1)
}

// recent is a map that forgets: it holds at least the last `limit` keys used
// and at most twice as many. It is not safe for concurrent use.
type recent[K comparable, V any] struct {
	limit      int
	young, old map[K]V
}

func (r *recent[K, V]) get(k K) (V, bool) {
	if v, ok := r.young[k]; ok {
		return v, true
	}
	v, ok := r.old[k]
	if ok {
		r.put(k, v)
	}
	return v, ok
}

func (r *recent[K, V]) put(k K, v V) {
	if _, ok := r.young[k]; !ok && len(r.young) >= r.limit {
		r.age()
	}
	if r.young == nil {
		r.young = make(map[K]V)
	}
	r.young[k] = v
}

// age makes the young generation the old one and forgets the one before.
func (r *recent[K, V]) age() { r.young, r.old = nil, r.young }

func (r *recent[K, V]) drop(k K) {
	delete(r.young, k)
	delete(r.old, k)
}
