package transport

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limits of an account over all its connections.
const (
	bidsPerSecond = 5 // faster is no person; the engine may ask for more patience
	bidBurst      = 10
	// accountMemory keeps the pace of an account that has just disconnected,
	// so that reconnecting does not give a new burst.
	accountMemory = 5 * time.Second
)

// registry knows every live connection, by address and account. All methods
// may be called from any goroutine.
type registry struct {
	limits GatewayLimits

	mu       sync.Mutex
	draining bool
	clients  map[*client]struct{}
	byAddr   map[netip.Addr]int
	accounts map[string]*account
	empty    chan struct{} // closed when draining and no client is left
}

// live is how many connections there are.
func (g *registry) live() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.clients)
}

// account is a signed-in account with its connections.
type account struct {
	clients map[*client]struct{}
	bids    *rate.Limiter
}

// verdict is why a connection is not taken; empty: it is.
type verdict string

const (
	admitted    verdict = ""
	shuttingOff verdict = "draining"
	tooManyHere verdict = "address"
	tooMany     verdict = "total"
)

func newRegistry(l GatewayLimits) *registry {
	return &registry{
		limits: l, clients: map[*client]struct{}{}, byAddr: map[netip.Addr]int{},
		accounts: map[string]*account{}, empty: make(chan struct{}),
	}
}

// limitAddr is what connections are counted by: an IPv6 user has a whole /64.
func limitAddr(a netip.Addr) netip.Addr {
	if a = a.Unmap().WithZone(""); a.Is6() {
		p, _ := a.Prefix(64) // 64 is a length an IPv6 address has
		return p.Addr()
	}
	return a
}

// verdict tells whether one more connection from an address would be taken.
func (g *registry) verdict(addr netip.Addr) verdict {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.verdictLocked(addr)
}

func (g *registry) verdictLocked(addr netip.Addr) verdict {
	switch {
	case g.draining:
		return shuttingOff
	case len(g.clients) >= g.limits.Total:
		return tooMany
	case g.byAddr[addr] >= g.limits.PerAddress:
		return tooManyHere
	}
	return admitted
}

// enter counts a connection in, unless the limits forbid it.
func (g *registry) enter(c *client) verdict {
	g.mu.Lock()
	defer g.mu.Unlock()
	if v := g.verdictLocked(c.addr); v != admitted {
		return v
	}
	g.clients[c] = struct{}{}
	g.byAddr[c.addr]++
	return admitted
}

// signIn counts a connection for an account; false if it has too many. The one
// that has been silent longest, and for longer than a living one is, gives up
// its place: a phone whose line breaks again and again leaves connections
// behind that nobody has closed, and must not be kept out by them. The caller
// cuts it.
func (g *registry) signIn(c *client, accountID string) (a *account, dead *client, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	a = g.accounts[accountID]
	if a == nil {
		a = &account{clients: map[*client]struct{}{}, bids: rate.NewLimiter(bidsPerSecond, bidBurst)}
		g.accounts[accountID] = a
	}
	if len(a.clients) >= g.limits.PerAccount {
		if dead = a.longestSilent(); dead == nil {
			return nil, nil, false
		}
		delete(a.clients, dead)
	}
	a.clients[c] = struct{}{}
	return a, dead, true
}

// longestSilent is the account's connection of which nothing has been heard for
// longest, if it has missed a ping; nil: all of them live.
func (a *account) longestSilent() (dead *client) {
	for c := range a.clients {
		if c.missedPing() && (dead == nil || c.heard.Load() < dead.heard.Load()) {
			dead = c
		}
	}
	return dead
}

// leave counts a connection out.
func (g *registry) leave(c *client) {
	var accountID string
	if p := c.principal.Load(); p != nil {
		accountID = p.Account
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.clients, c)
	if g.byAddr[c.addr]--; g.byAddr[c.addr] <= 0 {
		delete(g.byAddr, c.addr)
	}
	if a := g.accounts[accountID]; a != nil {
		delete(a.clients, c)
		if len(a.clients) == 0 {
			time.AfterFunc(accountMemory, func() { g.forget(accountID) })
		}
	}
	if g.draining && len(g.clients) == 0 {
		g.closeEmpty()
	}
}

func (g *registry) forget(accountID string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if a := g.accounts[accountID]; a != nil && len(a.clients) == 0 {
		delete(g.accounts, accountID)
	}
}

// of lists an account's connections.
func (g *registry) of(accountID string) []*client {
	g.mu.Lock()
	defer g.mu.Unlock()
	a := g.accounts[accountID]
	if a == nil {
		return nil
	}
	list := make([]*client, 0, len(a.clients))
	for c := range a.clients {
		list = append(list, c)
	}
	return list
}

// signedIn lists the connections of all accounts.
func (g *registry) signedIn() []*client {
	g.mu.Lock()
	defer g.mu.Unlock()
	var list []*client
	for _, a := range g.accounts {
		for c := range a.clients {
			list = append(list, c)
		}
	}
	return list
}

// drain takes no more connections and lists those there are.
func (g *registry) drain() []*client {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.draining = true
	list := make([]*client, 0, len(g.clients))
	for c := range g.clients {
		list = append(list, c)
	}
	if len(list) == 0 {
		g.closeEmpty()
	}
	return list
}

func (g *registry) closeEmpty() {
	select {
	case <-g.empty:
	default:
		close(g.empty)
	}
}
