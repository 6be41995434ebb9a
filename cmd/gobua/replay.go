package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"gobua/internal/demo"
	"gobua/internal/replay"
)

// replayCmd is gobua replay.
type replayCmd struct {
	File         string        `arg:"" type:"existingfile" help:"Recorded bids, CSV: auction_id,item,duration_days,open_bid,bid_time_days,bidder,max_bid,closing_price."`
	Server       string        `name:"server" default:"http://127.0.0.1:8080" help:"A running server."`
	Login        string        `name:"login" default:"quantri" help:"An administrator's login."`
	Password     string        `name:"password" default:"${demoPassword}" env:"GOBUA_PASSWORD" help:"The administrator's password."`
	InferReserve bool          `name:"infer-reserve" help:"Give auctions the hidden reserve that their record betrays."`
	Bidding      time.Duration `name:"bidding" default:"1m" help:"Bidding time into which each auction is compressed; not under the server's --min-bidding."`
	AtOnce       int           `name:"at-once" default:"0" help:"Auctions at the same time; 0: as many as the server has room for."`
}

// Run replays and compares.
func (c *replayCmd) Run(ctx context.Context) error {
	s, err := replay.Run(ctx, replay.Options{
		Server: c.Server, Login: c.Login, Password: c.Password, File: c.File,
		InferReserve: c.InferReserve, Bidding: c.Bidding, AtOnce: c.AtOnce,
	}, os.Stdout)
	if err == nil && s.Usable == 0 {
		err = fmt.Errorf("%s has no auction that can be replayed", c.File)
	}
	return err
}

// demoVars are what the help texts of flags may refer to.
var demoVars = map[string]string{"demoPassword": demo.Password}
