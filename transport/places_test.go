package transport

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// fewPlaces is an app with few places and a patience that no test waits for.
type fewPlaces struct {
	t     *testing.T
	app   *fiber.App
	url   string
	begun atomic.Int64 // requests whose first byte has been read
}

func newFewPlaces(t *testing.T, places int) *fewPlaces {
	t.Helper()
	app := NewApp(AppOptions{Connections: places})
	app.Server().ReadTimeout = time.Hour
	app.All("/x", func(c *fiber.Ctx) error { return c.SendStatus(204) })
	c := &fewPlaces{t: t, app: app}
	heard := app.Server().ConnState
	app.Server().ConnState = func(conn net.Conn, state fasthttp.ConnState) {
		heard(conn, state)
		if state == fasthttp.StateActive {
			c.begun.Add(1)
		}
	}
	return c
}

// begin connects and sends the beginning of a request, or none.
func (c *fewPlaces) begin(sent string) net.Conn {
	c.t.Helper()
	if c.url == "" {
		c.url = serve(c.t, c.app)
	}
	conn, err := net.Dial("tcp", strings.TrimPrefix(c.url, "http://"))
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { _ = conn.Close() }) // before the server is shut down
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		c.t.Fatal(err)
	}
	c.send(conn, sent)
	return conn
}

func (c *fewPlaces) send(conn net.Conn, sent string) {
	c.t.Helper()
	if _, err := io.WriteString(conn, sent); err != nil {
		c.t.Fatal(err)
	}
}

// answered sees that a request is.
func (c *fewPlaces) answered(conn net.Conn) {
	c.t.Helper()
	r, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || r.StatusCode != 204 {
		c.t.Fatalf("%v, %v", r, err)
	}
}

// next sends the beginning of another request on a connection that nobody else
// speaks beside, and waits until the server has read of it.
func (c *fewPlaces) next(conn net.Conn, sent string) {
	c.t.Helper()
	begun := c.begun.Load()
	c.send(conn, sent)
	for end := time.Now().Add(patience); c.begun.Load() == begun; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			c.t.Fatal("the next request was not begun")
		}
	}
}

// taken waits until so many places are.
func (c *fewPlaces) taken(n int) {
	c.t.Helper()
	for end := time.Now().Add(patience); int(c.app.Server().GetOpenConnectionsCount()) != n; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			c.t.Fatalf("%d places are taken, want %d", c.app.Server().GetOpenConnectionsCount(), n)
		}
	}
}

const short = "GET /x HTTP/1.1\r\nHost: x\r\n\r\n"

// TestWhoSaysNothingGivesWay: several times as many connections as there are
// places say nothing, or begin and do not go on. A person is answered all the
// same while the places are still held, and nobody has waited.
func TestWhoSaysNothingGivesWay(t *testing.T) {
	for name, sent := range map[string]string{
		"nothing": "",
		"line":    "GET /x HT",
		"header":  "GET /x HTTP/1.1\r\nHost: x\r\nX-Slow: ",
		"body":    "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nx",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const places = 32
			c := newFewPlaces(t, places)
			var first net.Conn
			for range 4 * places {
				if conn := c.begin(sent); first == nil {
					first = conn
				}
			}
			for range 2 * places {
				person := c.begin("")
				c.send(person, short)
				c.answered(person)
			}
			if held := c.app.Server().GetOpenConnectionsCount(); held < places/4 {
				t.Errorf("%d places are held", held)
			}
			// The oldest is told why, if it had begun to speak.
			told, err := io.ReadAll(first)
			if err != nil || (sent != "") != strings.Contains(string(told), "503 Service") {
				t.Errorf("the oldest is told %q, %v", told, err)
			}
		})
	}
}

// TestWhoDoesNotGoOnGivesWay: also those who have been answered once, and begin
// another request. They came first, while there was room: whoever is answered
// later does not keep the connection.
func TestWhoDoesNotGoOnGivesWay(t *testing.T) {
	const places = 32
	c := newFewPlaces(t, places)
	var slow []net.Conn
	for range places / 2 {
		conn := c.begin(short)
		c.answered(conn)
		c.next(conn, "GET /x")
		slow = append(slow, conn)
	}
	for range 4 * places {
		c.begin("")
	}
	for range 2 * places {
		c.answered(c.begin(short))
	}
	for i, conn := range slow {
		told, err := io.ReadAll(conn)
		if err != nil || !strings.Contains(string(told), "503 Service") {
			t.Errorf("number %d is told %q, %v", i, told, err)
		}
	}
}

// TestNobodyGivesWayWhileThereIsRoom: until half of the places are taken, and
// then until a quarter of them is held by those who have not asked.
func TestNobodyGivesWayWhileThereIsRoom(t *testing.T) {
	const places = 32
	c := newFewPlaces(t, places)
	var silent []net.Conn
	for range places / 2 {
		silent = append(silent, c.begin(""))
	}
	c.taken(places / 2)
	for _, conn := range silent {
		c.send(conn, short)
		c.answered(conn)
	}
	c.taken(places / 2) // they keep the line for the next request
	for range places / 4 {
		silent = append(silent, c.begin(""))
	}
	c.taken(places * 3 / 4)
	for _, conn := range silent {
		c.send(conn, short)
		c.answered(conn)
	}
}

// TestWhoIsBeingAnsweredDoesNotGiveWay, whatever comes meanwhile, and however
// long it takes.
func TestWhoIsBeingAnsweredDoesNotGiveWay(t *testing.T) {
	const places = 32
	c := newFewPlaces(t, places)
	asked, answer := make(chan bool), make(chan bool)
	c.app.Get("/long", func(c *fiber.Ctx) error {
		asked <- true
		<-answer
		return c.SendStatus(204)
	})
	long := c.begin("GET /long HTTP/1.1\r\nHost: x\r\n\r\n")
	<-asked
	for range 4 * places {
		c.begin("")
	}
	person := c.begin(short)
	c.answered(person)
	close(answer)
	c.answered(long)
}

// TestAConnectionThatNeverSaysAnythingIsCut, though nobody wants its place.
func TestAConnectionThatNeverSaysAnythingIsCut(t *testing.T) {
	c := newFewPlaces(t, 32)
	c.app.Server().ReadTimeout = 50 * time.Millisecond
	if n, err := c.begin("").Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("%d bytes, %v", n, err)
	}
}
