package chaos_test

import (
	"testing"
	"time"
)

// badLine is a phone in a train: 30 % of packets lost, 500 ms more or less.
var badLine = weather{delay: 500 * time.Millisecond, jitter: 500 * time.Millisecond, loss: 0.3, resend: 300 * time.Millisecond}

// TestTheLinesAreBad: everybody bids over lines that lose and delay.
func TestTheLinesAreBad(t *testing.T) {
	t.Parallel()
	address := freeAddress(t)
	n := newLine(t, "tcp", address)
	s := openSale(t, plan{bidding: badLineFor + 6*time.Second, via: n.addr(), addr: address})
	n.be(badLine)
	got := s.receiptsWithin(badLineFor)
	s.note("%d receipts over the bad lines", got)
	if got == 0 {
		t.Error("nobody could bid over bad lines")
	}
	n.be(weather{})
	s.finish()
}

// TestTheLinesAreHalfOpen: from one moment on nothing comes through, in either
// direction, and nobody is told; new lines are good. Bids that were under way
// are asked for on them.
func TestTheLinesAreHalfOpen(t *testing.T) {
	t.Parallel()
	address := freeAddress(t)
	dying, good := newLine(t, "tcp", address), newLine(t, "tcp", address)
	front := newLine(t, "tcp", dying.addr())
	s := openSale(t, plan{bidding: 14 * time.Second, via: front.addr(), addr: address})
	clients := func() int {
		n, _ := s.metric("gobua_ws_clients")
		return int(n)
	}
	before := clients()
	dying.be(weather{silent: true})
	front.mu.Lock()
	front.to = good.addr() // for new lines; the old ones stay as they are
	front.mu.Unlock()
	s.bidsGoOn(2 * len(s.bidders))
	s.note("%d connections before, %d while the dead ones are still there", before, clients())
	s.finish()
}
