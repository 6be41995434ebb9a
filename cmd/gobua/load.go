package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"gobua/internal/load"
)

// loadCmd is gobua load. Each of its commands prints JSON.
type loadCmd struct {
	Bids     loadBidsCmd     `cmd:"" default:"withargs" help:"Bids at moments fixed beforehand. The default."`
	Closings loadClosingsCmd `cmd:"" help:"Many sessions that close in the same moment."`
	Signins  loadSigninsCmd  `cmd:"" help:"Many people who sign in while others bid."`
	Returns  loadReturnsCmd  `cmd:"" help:"Viewers who come back after you have restarted the server."`
}

// loadServer is whom a load is put on.
type loadServer struct {
	Server   string `name:"server" default:"http://127.0.0.1:8080" help:"A running server."`
	Login    string `name:"login" default:"quantri" help:"An administrator's login."`
	Password string `name:"password" default:"${demoPassword}" env:"GOBUA_PASSWORD" help:"The administrator's password."`
}

// loadBids are the bids of a load.
type loadBids struct {
	Rate     float64       `name:"rate" default:"50" help:"Bids a second over all sessions, at times fixed beforehand."`
	Bidders  int           `name:"bidders" default:"50" help:"Bidders in all."`
	Sessions int           `name:"sessions" default:"1" help:"Sessions at the same time."`
	Duration time.Duration `name:"duration" default:"20s" help:"How long bids are sent."`
}

func (b *loadBids) options(s *loadServer) load.Options {
	return load.Options{
		Server: s.Server, Login: s.Login, Password: s.Password,
		Rate: b.Rate, Bidders: b.Bidders, Sessions: b.Sessions, Duration: b.Duration,
	}
}

type loadBidsCmd struct {
	loadServer
	loadBids
	Spectators int      `name:"spectators" default:"500" help:"Connections that only watch, in all."`
	Lines      []string `name:"lines" placeholder:"URLS" help:"Nodes of the server's cluster to which bidders and spectators connect, in turn."`
	ToTheEnd   bool     `name:"to-the-end" help:"The sessions end with the last bid, by the clock."`
}

// Run puts the load on and prints what came of it.
func (c *loadBidsCmd) Run(ctx context.Context) error {
	o := c.options(&c.loadServer)
	o.Spectators, o.ToTheEnd, o.Lines = c.Spectators, c.ToTheEnd, c.Lines
	return load.Run(ctx, o, os.Stdout)
}

type loadClosingsCmd struct {
	loadServer
	Sessions int           `name:"sessions" default:"1000" help:"Sessions that close together."`
	Opening  time.Duration `name:"opening" default:"90s" help:"Time to publish them and to connect, before the clock opens them."`
	Bidding  time.Duration `name:"bidding" default:"1m" help:"From then until they close. The server's --min-bidding bounds it."`
}

// Run has the sessions close and prints when that was seen.
func (c *loadClosingsCmd) Run(ctx context.Context) error {
	return load.Close(ctx, load.ClosingOptions{
		Server: c.Server, Login: c.Login, Password: c.Password,
		Sessions: c.Sessions, Opening: c.Opening, Bidding: c.Bidding,
	}, os.Stdout)
}

type loadSigninsCmd struct {
	loadServer
	loadBids
	Before time.Duration `name:"before" default:"20s" help:"How long the same bids are sent first, to compare."`
	People int           `name:"people" default:"1000" help:"Who sign in within the duration, with accounts that are opened before."`
}

// Run has people sign in and prints how long that took, and the bids beside it.
func (c *loadSigninsCmd) Run(ctx context.Context) error {
	return load.SignIns(ctx, load.SignInOptions{
		Options: c.options(&c.loadServer), Before: c.Before, People: c.People,
	}, os.Stdout)
}

type loadReturnsCmd struct {
	loadServer
	Viewers int           `name:"viewers" default:"1000" help:"Connections that come back."`
	Within  time.Duration `name:"within" default:"5m" help:"How long the restart and the return may take."`
}

// Run waits for the restart and prints how everybody came back.
func (c *loadReturnsCmd) Run(ctx context.Context) error {
	return load.Return(ctx, load.ReturnOptions{
		Server: c.Server, Login: c.Login, Password: c.Password, Viewers: c.Viewers, Within: c.Within,
		Ready: func() { fmt.Fprintln(os.Stderr, "gobua: everybody follows; restart the server now") },
	}, os.Stdout)
}
