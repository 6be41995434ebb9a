package main

import (
	"fmt"
	"net"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"gobua/engine"
	"gobua/transport"
)

// gobua is this server. What feeds it is no actor, whose rules and journal are
// measured elsewhere, but tells the hub what an actor tells.
type gobua struct {
	hub  *transport.Hub
	room engine.Room
	row  bool
}

func serveGobua(l net.Listener) (broadcaster, error) {
	metrics := prometheus.NewRegistry()
	hub := transport.NewHub(transport.HubOptions{Metrics: metrics})
	g := &gobua{hub: hub, row: withRow(), room: engine.Room{
		Session: session, Lot: engine.Lot{AuctionID: "a", LotID: "l", Number: 1, Kind: "land", Title: "Lô đất"},
		Rules: engine.Rules{
			Method: "ascending", Currency: "VND", Start: 1000, Step: engine.Step{Kind: engine.StepFixed, Amount: 100},
			Closing: engine.Closing{Kind: engine.ClosingFixed}, Opening: engine.OpeningByClock, BiddingMs: 3_600_000,
		},
		Now:     engine.Now{Phase: engine.PhaseRunning, Next: 1000, Step: 100, ClosesAt: engine.InstantOf(time.Now().Add(time.Hour))},
		History: []engine.Row{}, Messages: []engine.Message{},
	}}
	const everybody = 1_000_000
	gateway := transport.NewGateway(hub, spectatorsOnly{}, transport.NewTokens(transport.Key{1}, transport.TokenOptions{}),
		transport.GatewayOptions{Limits: transport.GatewayLimits{Total: everybody, PerAddress: everybody}})
	app := transport.NewApp(transport.AppOptions{Metrics: metrics})
	gateway.Register(app)
	hub.Opened(session, g.room, 0, engine.Desk{})
	go func() {
		if err := app.Listener(l); err != nil {
			fmt.Fprintln(os.Stderr, "gobua:", err)
			os.Exit(1)
		}
	}()
	return g, nil
}

// publish implements broadcaster: what engine/actor does once a bid is durable.
func (g *gobua) publish(seq engine.FeedSeq, accepted time.Time) {
	u := updateOf(seq, accepted, g.row)
	g.room.Fold(u)
	room := g.room // what has been published is never changed
	g.hub.Tell(session, engine.Told{
		FirstFeed: seq, Updates: []engine.Update{u}, Room: &room,
		Records: []engine.DeskRecord{{
			Seq: engine.Seq(seq), At: u.At, Kind: engine.KindBidAccepted, By: engine.Actor{Role: engine.RoleBidder, Ref: "M-101"},
			Code: "M-101", Amount: u.Now.Price,
		}},
	})
}

func (g *gobua) viewers() int { return g.hub.Viewers(session) }

// spectatorsOnly is a saleroom with one session in which nobody takes part.
type spectatorsOnly struct{}

func (spectatorsOnly) Submit(_ engine.SessionID, _ engine.Command, answer func(engine.Receipt, error)) {
	answer(engine.Receipt{}, engine.ErrNoSession)
}

func (spectatorsOnly) Receipts(_ engine.SessionID, _ engine.Question, answer func([]engine.Receipt, error)) {
	answer(nil, nil)
}

func (spectatorsOnly) CodeOf(engine.SessionID, string) (engine.ParticipantCode, bool) {
	return "", false
}

func (spectatorsOnly) Exists(id engine.SessionID) bool { return id == session }

func (spectatorsOnly) Standing(engine.SessionID, engine.ParticipantCode) (engine.Standing, bool) {
	return engine.Standing{}, false
}
