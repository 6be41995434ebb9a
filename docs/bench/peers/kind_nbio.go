package main

import (
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/lesismal/nbio/logging"
	"github.com/lesismal/nbio/nbhttp"
	"github.com/lesismal/nbio/nbhttp/websocket"

	"gobua/engine"
)

type nbioServer struct {
	row bool

	mu    sync.Mutex
	conns map[*websocket.Conn]struct{}
}

func serveNbio(l net.Listener) (broadcaster, error) {
	logging.SetLevel(logging.LevelNone)
	s := &nbioServer{row: withRow(), conns: map[*websocket.Conn]struct{}{}}
	upgrader := websocket.NewUpgrader()
	upgrader.KeepaliveTime = time.Hour
	upgrader.CheckOrigin = func(*http.Request) bool { return true }
	upgrader.OnOpen(func(c *websocket.Conn) { s.mu.Lock(); s.conns[c] = struct{}{}; s.mu.Unlock() })
	upgrader.OnClose(func(c *websocket.Conn, _ error) { s.mu.Lock(); delete(s.conns, c); s.mu.Unlock() })
	const everybody = 1_000_000
	engine := nbhttp.NewEngine(nbhttp.Config{
		Network: "tcp", Addrs: []string{l.Addr().String()}, NPoller: 1, MaxLoad: everybody, IOMod: nbhttp.IOModNonBlocking,
		ReleaseWebsocketPayload: true, KeepaliveTime: time.Hour,
		Listen: func(string, string) (net.Listener, error) { return l, nil },
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = upgrader.Upgrade(w, r, nil) // the peer is told, and counted by whoever waits for it
		}),
	})
	if err := engine.Start(); err != nil {
		return nil, fmt.Errorf("nbio: %w", err)
	}
	return s, nil
}

func (s *nbioServer) publish(seq engine.FeedSeq, accepted time.Time) {
	message := messageOf(seq, accepted, s.row)
	s.mu.Lock()
	conns := make([]*websocket.Conn, 0, len(s.conns)) // a write that fails closes, which takes mu
	for c := range s.conns {
		conns = append(conns, c)
	}
	s.mu.Unlock()
	for _, c := range conns {
		_ = c.WriteMessage(websocket.TextMessage, message)
	}
}

func (s *nbioServer) viewers() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.conns)
}
