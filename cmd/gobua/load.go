package main

import (
	"context"
	"os"
	"time"

	"gobua/internal/load"
)

// loadCmd is gobua load.
type loadCmd struct {
	Server     string        `name:"server" default:"http://127.0.0.1:8080" help:"A running server."`
	Login      string        `name:"login" default:"quantri" help:"An administrator's login."`
	Password   string        `name:"password" default:"${demoPassword}" env:"GOBUA_PASSWORD" help:"The administrator's password."`
	Rate       float64       `name:"rate" default:"50" help:"Bids a second over all sessions, at times fixed beforehand."`
	Bidders    int           `name:"bidders" default:"50" help:"Bidders in all."`
	Spectators int           `name:"spectators" default:"500" help:"Connections that only watch, in all."`
	Sessions   int           `name:"sessions" default:"1" help:"Sessions at the same time."`
	Duration   time.Duration `name:"duration" default:"20s" help:"How long bids are sent."`
}

// Run puts the load on and prints what came of it.
func (c *loadCmd) Run(ctx context.Context) error {
	return load.Run(ctx, load.Options{
		Server: c.Server, Login: c.Login, Password: c.Password, Rate: c.Rate, Bidders: c.Bidders,
		Spectators: c.Spectators, Sessions: c.Sessions, Duration: c.Duration,
	}, os.Stdout)
}
