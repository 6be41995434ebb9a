package natsnodetest

import (
	"io"
	"net"
	"sync"
	"testing"
)

// Cuttable starts n servers as Start does, but every pair talks over a line that
// Cut can cut.
func Cuttable(t testing.TB, n int) *Cluster {
	t.Helper()
	return start(t, n, func() *Cluster {
		c := &Cluster{}
		listen := addresses(FreePorts(t, n))
		for i := range n {
			var routes []string
			from := make([]*line, n)
			for j := range n {
				if i != j {
					from[j] = newLine(t, listen[j])
					routes = append(routes, from[j].listener.Addr().String())
				}
			}
			c.lines = append(c.lines, from)
			o := Options(t, i, listen[i], routes)
			o.ClusterAdvertise = "127.0.0.1:1" // nobody is there: only the lines lead to us
			c.Options = append(c.Options, o)
		}
		return c
	})
}

// Cut takes server i off the network: what is sent to it and from it is lost,
// and nobody is told.
func (c *Cluster) Cut(i int) { c.setCut(i, true) }

// Mend ends what Cut began.
func (c *Cluster) Mend(i int) { c.setCut(i, false) }

func (c *Cluster) setCut(i int, cut bool) {
	for other := range c.lines {
		if other != i {
			c.setCutBetween(i, other, cut)
		}
	}
}

// CutBetween takes the way between two servers off the network, as Cut does; both
// still reach the others.
func (c *Cluster) CutBetween(i, j int) { c.setCutBetween(i, j, true) }

// MendBetween ends what CutBetween began.
func (c *Cluster) MendBetween(i, j int) { c.setCutBetween(i, j, false) }

func (c *Cluster) setCutBetween(i, j int, cut bool) {
	c.lines[i][j].setCut(cut)
	c.lines[j][i].setCut(cut)
}

// line passes connections on to an address.
type line struct {
	to       string
	listener net.Listener
	wg       sync.WaitGroup

	mu    sync.Mutex
	cut   bool
	conns map[net.Conn]bool
}

func newLine(t testing.TB, to string) *line {
	t.Helper()
	listener, err := net.Listen("tcp", addresses(FreePorts(t, 1))[0])
	if err != nil {
		t.Fatal(err)
	}
	l := &line{to: to, listener: listener, conns: map[net.Conn]bool{}}
	l.wg.Go(l.accept)
	return l
}

func (l *line) accept() {
	for {
		near, err := l.listener.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", l.to)
		if err != nil {
			_ = near.Close()
			continue
		}
		l.keep(near, far)
		l.wg.Go(func() { l.pass(near, far) })
		l.wg.Go(func() { l.pass(far, near) })
	}
}

func (l *line) keep(conns ...net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range conns {
		l.conns[c] = true
	}
}

// pass copies until one side ends. While the line is cut it throws away what
// it reads: what was lost once is not delivered late.
func (l *line) pass(from, to net.Conn) {
	_, _ = io.Copy(&lossy{l, to}, from)
	_ = from.Close()
	_ = to.Close()
}

type lossy struct {
	line *line
	to   net.Conn
}

func (w *lossy) Write(p []byte) (int, error) {
	w.line.mu.Lock()
	cut := w.line.cut
	w.line.mu.Unlock()
	if cut {
		return len(p), nil
	}
	return w.to.Write(p)
}

// setCut also ends, when the line is mended, what was cut: bytes are missing in
// it.
func (l *line) setCut(cut bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cut && !cut {
		for c := range l.conns {
			_ = c.Close()
		}
		clear(l.conns)
	}
	l.cut = cut
}

func (l *line) close() {
	_ = l.listener.Close()
	l.mu.Lock()
	for c := range l.conns {
		_ = c.Close()
	}
	l.mu.Unlock()
	l.wg.Wait()
}
