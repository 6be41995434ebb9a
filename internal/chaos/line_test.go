package chaos_test

import (
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"time"
)

// line leads connections to the program, or to its database, and can be bad.
// What TCP does with a lost packet is what it does: the bytes come later, in
// their order, after the sender has noticed.
type line struct {
	t      *testing.T
	listen net.Listener

	mu      sync.Mutex
	network string // of the other end
	to      string
	weather weather
	pairs   map[*pair]bool
	served  sync.WaitGroup
}

// weather is what a line does to each piece of what goes through it.
type weather struct {
	delay  time.Duration // one way
	jitter time.Duration // up to so much more, or less
	loss   float64       // of pieces, each then sent again after resend, and perhaps lost again
	resend time.Duration
	silent bool // nothing comes through, and nobody is told: half open
}

// pair is one connection through a line.
type pair struct{ near, far net.Conn }

// newLine opens a line to an address.
func newLine(t *testing.T, network, to string) *line {
	t.Helper()
	return newLineAt(t, "127.0.0.1", network, to)
}

// newLineAt is newLine on another address of this machine.
func newLineAt(t *testing.T, host, network, to string) *line {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		t.Fatal(err)
	}
	n := &line{t: t, listen: l, network: network, to: to, pairs: map[*pair]bool{}}
	go n.accept()
	t.Cleanup(n.close)
	return n
}

func (n *line) addr() string { return n.listen.Addr().String() }

func (n *line) accept() {
	for {
		near, err := n.listen.Accept()
		if err != nil {
			return
		}
		n.served.Go(func() { n.serve(near) })
	}
}

// serve carries one connection until either end is gone.
func (n *line) serve(near net.Conn) {
	defer near.Close()
	n.mu.Lock()
	network, to := n.network, n.to
	n.mu.Unlock()
	far, err := net.DialTimeout(network, to, 5*time.Second)
	if err != nil {
		return
	}
	defer far.Close()
	p := &pair{near, far}
	n.mu.Lock()
	n.pairs[p] = true
	n.mu.Unlock()
	var both sync.WaitGroup
	both.Go(func() { n.carry(far, near) })
	n.carry(near, far)
	both.Wait()
	n.mu.Lock()
	delete(n.pairs, p)
	n.mu.Unlock()
}

// carry moves what one end writes to the other, as the weather has it.
func (n *line) carry(to, from net.Conn) {
	type piece struct {
		bytes []byte
		due   time.Time
	}
	pieces := make(chan piece, 4096)
	var writing sync.WaitGroup
	writing.Go(func() {
		var bad error
		for p := range pieces {
			time.Sleep(time.Until(p.due))
			for n.now().silent && bad == nil {
				time.Sleep(20 * time.Millisecond)
				bad = n.gone(to)
			}
			if bad == nil {
				_, bad = to.Write(p.bytes)
			}
		}
	})
	buffer := make([]byte, 4096)
	for {
		got, err := from.Read(buffer)
		if got > 0 {
			pieces <- piece{append([]byte(nil), buffer[:got]...), time.Now().Add(n.now().holds())}
		}
		if err != nil {
			break
		}
	}
	close(pieces)
	writing.Wait()
	if half, ok := to.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite() // it may be gone
	}
}

var errLineClosed = errors.New("the line is closed")

// gone tells whether a connection is not this line's any more.
func (n *line) gone(c net.Conn) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	for p := range n.pairs {
		if p.near == c || p.far == c {
			return nil
		}
	}
	return errLineClosed
}

// holds is for how long a piece is on its way.
func (w weather) holds() time.Duration {
	d := w.delay
	if w.jitter > 0 {
		d += rand.N(2*w.jitter) - w.jitter
	}
	for wait := w.resend; w.loss > 0 && rand.Float64() < w.loss; wait *= 2 {
		d += wait
	}
	return max(0, d)
}

func (n *line) now() weather {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.weather
}

func (n *line) be(w weather) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.weather = w
}

// lead has new connections go elsewhere, and cuts those that there are.
func (n *line) lead(network, to string) {
	n.mu.Lock()
	n.network, n.to = network, to
	n.mu.Unlock()
	n.cut()
}

// cut ends every connection, as a reset does.
func (n *line) cut() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for p := range n.pairs {
		delete(n.pairs, p)
		p.near.Close()
		p.far.Close()
	}
}

func (n *line) close() {
	n.listen.Close()
	n.be(weather{})
	n.cut()
	n.served.Wait()
}

// TestTheLineCarriesEverythingInOrder, whatever the weather: what the faults of
// the network do to the program must not be a fault of the line.
func TestTheLineCarriesEverythingInOrder(t *testing.T) {
	t.Parallel()
	echo, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer echo.Close()
	go func() {
		if c, err := echo.Accept(); err == nil {
			_, _ = io.Copy(c, c) // what is missing shows at the other end
			c.Close()
		}
	}()
	n := newLine(t, "tcp", echo.Addr().String())
	n.be(weather{delay: 10 * time.Millisecond, jitter: 10 * time.Millisecond, loss: 0.3, resend: 20 * time.Millisecond})
	c, err := net.Dial("tcp", n.addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	sent := make([]byte, 64<<10)
	for i := range sent {
		sent[i] = byte(i * 7 / 3)
	}
	go func() { _, _ = c.Write(sent) }() // as above
	back := make([]byte, len(sent))
	if _, err := io.ReadFull(c, back); err != nil || string(back) != string(sent) {
		t.Errorf("what came back is not what was sent; %v", err)
	}
}
