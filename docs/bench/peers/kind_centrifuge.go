package main

import (
	"context"
	"net"
	"net/http"
	"time"

	"github.com/centrifugal/centrifuge"

	"gobua/engine"
)

// centrifugeDelay is how long it collects messages where it is told to.
const centrifugeDelay = 10 * time.Millisecond

type centrifugeServer struct {
	node *centrifuge.Node
	row  bool
}

func serveCentrifuge(delay time.Duration) func(net.Listener) (broadcaster, error) {
	return func(l net.Listener) (broadcaster, error) {
		node, err := centrifuge.New(centrifuge.Config{})
		if err != nil {
			return nil, err
		}
		node.OnConnecting(func(context.Context, centrifuge.ConnectEvent) (centrifuge.ConnectReply, error) {
			reply := centrifuge.ConnectReply{
				Credentials:   &centrifuge.Credentials{UserID: ""},
				Subscriptions: map[string]centrifuge.SubscribeOptions{string(session): {}},
			}
			if delay > 0 {
				reply.WriteDelay, reply.WriteWithTimer, reply.MaxMessagesInFrame = delay, true, -1
			}
			return reply, nil
		})
		if err := node.Run(); err != nil {
			return nil, err
		}
		handler := centrifuge.NewWebsocketHandler(node, centrifuge.WebsocketConfig{
			ReadBufferSize: 512, UseWriteBufferPool: true, CheckOrigin: func(*http.Request) bool { return true },
		})
		go serveHTTP(l, handler.ServeHTTP)
		return &centrifugeServer{node, withRow()}, nil
	}
}

func (s *centrifugeServer) publish(seq engine.FeedSeq, accepted time.Time) {
	if _, err := s.node.Publish(string(session), messageOf(seq, accepted, s.row)); err != nil {
		panic(err)
	}
}

func (s *centrifugeServer) viewers() int { return s.node.Hub().NumSubscribers(string(session)) }
