package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	coder "github.com/coder/websocket"
	gorilla "github.com/gorilla/websocket"
	"github.com/olahol/melody"

	"gobua/engine"
)

// queue is how many messages wait for a viewer at most.
const queue = 256

func serveHTTP(l net.Listener, handle http.HandlerFunc) {
	if err := (&http.Server{Handler: handle}).Serve(l); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// melodyServer is olahol/melody.
type melodyServer struct {
	*melody.Melody
	row bool
}

func serveMelody(l net.Listener) (broadcaster, error) {
	m := melody.New()
	m.Config.MessageBufferSize = queue
	m.Upgrader.ReadBufferSize, m.Upgrader.WriteBufferPool = 512, new(sync.Pool)
	go serveHTTP(l, func(w http.ResponseWriter, r *http.Request) { _ = m.HandleRequest(w, r) })
	return melodyServer{m, withRow()}, nil
}

func (s melodyServer) publish(seq engine.FeedSeq, accepted time.Time) {
	if err := s.Broadcast(messageOf(seq, accepted, s.row)); err != nil {
		panic(err)
	}
}

func (s melodyServer) viewers() int { return s.Len() }

// coderServer is the chat example of coder/websocket.
type coderServer struct {
	row bool

	mu          sync.Mutex
	subscribers map[*coderSubscriber]struct{}
}

type coderSubscriber struct {
	messages  chan []byte
	closeSlow func()
}

func serveCoder(l net.Listener) (broadcaster, error) {
	s := &coderServer{row: withRow(), subscribers: map[*coderSubscriber]struct{}{}}
	go serveHTTP(l, func(w http.ResponseWriter, r *http.Request) {
		c, err := coder.Accept(w, r, &coder.AcceptOptions{InsecureSkipVerify: true, CompressionMode: coder.CompressionDisabled})
		if err != nil {
			return
		}
		s.write(c)
	})
	return s, nil
}

func (s *coderServer) write(c *coder.Conn) {
	defer func() { _ = c.CloseNow() }()
	subscriber := &coderSubscriber{make(chan []byte, queue), func() {
		_ = c.Close(coder.StatusPolicyViolation, "connection too slow to keep up with messages")
	}}
	s.mu.Lock()
	s.subscribers[subscriber] = struct{}{}
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.subscribers, subscriber)
	}()
	for ctx := c.CloseRead(context.Background()); ; {
		select {
		case message := <-subscriber.messages:
			limited, cancel := context.WithTimeout(ctx, 5*time.Second)
			err := c.Write(limited, coder.MessageText, message)
			cancel()
			if err != nil {
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

func (s *coderServer) publish(seq engine.FeedSeq, accepted time.Time) {
	message := messageOf(seq, accepted, s.row)
	s.mu.Lock()
	defer s.mu.Unlock()
	for subscriber := range s.subscribers {
		select {
		case subscriber.messages <- message:
		default:
			go subscriber.closeSlow()
		}
	}
}

func (s *coderServer) viewers() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.subscribers)
}

// gorillaHub is the hub of gorilla/websocket's chat example.
type gorillaHub struct {
	row, prepared bool
	broadcast     chan gorillaMessage
	register      chan *gorillaClient
	unregister    chan *gorillaClient
	count         chan int
	clients       map[*gorillaClient]bool
}

type gorillaMessage struct {
	text     []byte
	prepared *gorilla.PreparedMessage // nil: text is joined with what waits
}

type gorillaClient struct {
	conn *gorilla.Conn
	send chan gorillaMessage
}

// Times of the chat example.
const (
	gorillaWriteWait  = 10 * time.Second
	gorillaPongWait   = 60 * time.Second
	gorillaPingPeriod = gorillaPongWait * 9 / 10
)

func serveGorilla(prepared bool) func(net.Listener) (broadcaster, error) {
	return func(l net.Listener) (broadcaster, error) {
		h := &gorillaHub{
			row: withRow(), prepared: prepared, broadcast: make(chan gorillaMessage), register: make(chan *gorillaClient),
			unregister: make(chan *gorillaClient), count: make(chan int), clients: map[*gorillaClient]bool{},
		}
		go h.run()
		upgrader := gorilla.Upgrader{
			ReadBufferSize: 512, WriteBufferPool: new(sync.Pool), CheckOrigin: func(*http.Request) bool { return true },
		}
		go serveHTTP(l, func(w http.ResponseWriter, r *http.Request) {
			conn, err := upgrader.Upgrade(w, r, nil)
			if err != nil {
				return
			}
			c := &gorillaClient{conn, make(chan gorillaMessage, queue)}
			h.register <- c
			go h.write(c)
			go h.read(c)
		})
		return h, nil
	}
}

func (h *gorillaHub) run() {
	for {
		select {
		case c := <-h.register:
			h.clients[c] = true
		case c := <-h.unregister:
			if h.clients[c] {
				delete(h.clients, c)
				close(c.send)
			}
		case m := <-h.broadcast:
			for c := range h.clients {
				select {
				case c.send <- m:
				default:
					close(c.send)
					delete(h.clients, c)
				}
			}
		case h.count <- len(h.clients):
		}
	}
}

func (h *gorillaHub) read(c *gorillaClient) {
	defer func() { h.unregister <- c; _ = c.conn.Close() }()
	c.conn.SetReadLimit(512)
	_ = c.conn.SetReadDeadline(time.Now().Add(gorillaPongWait))
	c.conn.SetPongHandler(func(string) error { return c.conn.SetReadDeadline(time.Now().Add(gorillaPongWait)) })
	for {
		if _, _, err := c.conn.ReadMessage(); err != nil {
			return
		}
	}
}

func (h *gorillaHub) write(c *gorillaClient) {
	ticker := time.NewTicker(gorillaPingPeriod)
	defer func() { ticker.Stop(); _ = c.conn.Close() }()
	for {
		select {
		case m, ok := <-c.send:
			_ = c.conn.SetWriteDeadline(time.Now().Add(gorillaWriteWait))
			if !ok {
				_ = c.conn.WriteMessage(gorilla.CloseMessage, nil)
				return
			}
			if c.write(m) != nil {
				return
			}
		case <-ticker.C:
			_ = c.conn.SetWriteDeadline(time.Now().Add(gorillaWriteWait))
			if c.conn.WriteMessage(gorilla.PingMessage, nil) != nil {
				return
			}
		}
	}
}

// write sends a message, and what waits behind it in the same one.
func (c *gorillaClient) write(m gorillaMessage) error {
	if m.prepared != nil {
		return c.conn.WritePreparedMessage(m.prepared)
	}
	w, err := c.conn.NextWriter(gorilla.TextMessage)
	if err != nil {
		return err
	}
	_, _ = w.Write(m.text) // Close tells
	for range len(c.send) {
		next, ok := <-c.send
		if !ok {
			break
		}
		_, _ = w.Write([]byte{'\n'})
		_, _ = w.Write(next.text)
	}
	return w.Close()
}

func (h *gorillaHub) publish(seq engine.FeedSeq, accepted time.Time) {
	m := gorillaMessage{text: messageOf(seq, accepted, h.row)}
	if h.prepared {
		var err error
		if m.prepared, err = gorilla.NewPreparedMessage(gorilla.TextMessage, m.text); err != nil {
			panic(err)
		}
	}
	h.broadcast <- m
}

func (h *gorillaHub) viewers() int { return <-h.count }
