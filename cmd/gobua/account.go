package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"gobua/engine"
	"gobua/office"
	"gobua/store"
	"gobua/store/localpg"
)

// accountCmd is gobua account.
type accountCmd struct {
	Add accountAddCmd `cmd:"" help:"Open an account; the way to a new installation's first administrator."`
}

// accountAddCmd is gobua account add.
type accountAddCmd struct {
	Login       string `arg:"" help:"Lower-case letters, digits and . _ - @, at least three."`
	Name        string `name:"name" required:"" help:"Full name."`
	Role        string `name:"role" default:"admin" enum:"bidder,auctioneer,registrar,clerk,observer,admin" help:"bidder, auctioneer, registrar, clerk, observer or admin."`
	StaffRef    string `name:"staff-ref" help:"Licence or staff number; public. An auctioneer must have one."`
	Observer    string `name:"observer" default:"" enum:",enforcement,prosecutor,owner,inspector" help:"On whose behalf an observer watches: enforcement, prosecutor, owner or inspector."`
	Centre      string `name:"centre" placeholder:"ID" help:"Centre of a member of the staff, by its id; without it the host centre."`
	Email       string `name:"email" help:"Where letters go, with links to set a new password too."`
	Password    string `name:"password" env:"GOBUA_PASSWORD" help:"At least eight characters; without it one is drawn and printed."`
	Data        string `name:"data" env:"GOBUA_DATA" default:"./var" placeholder:"FOLDER" help:"Data folder of a server that is not running."`
	DatabaseURL string `name:"database-url" env:"DATABASE_URL" placeholder:"URL" help:"PostgreSQL server, also of a server that is running."`
}

// databaseWait is how long the command waits for the database.
const databaseWait = 30 * time.Second

// Run opens the account.
func (c *accountAddCmd) Run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, databaseWait)
	defer cancel()
	quiet := slog.New(slog.DiscardHandler)
	dsn := c.DatabaseURL
	if dsn == "" {
		private, address, err := localpg.Start(ctx, filepath.Join(c.Data, "postgres"), quiet)
		if err != nil {
			return fmt.Errorf("private database: %w", err)
		}
		defer private.Stop()
		dsn = address
	}
	s, err := store.Open(ctx, dsn, store.Options{Log: quiet})
	if err != nil {
		return err
	}
	defer s.Close()
	for s.Ready(ctx) != nil {
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return fmt.Errorf("the database does not answer: %w", s.Ready(context.WithoutCancel(ctx)))
		}
	}
	password, drawn := c.Password, c.Password == ""
	if drawn {
		password = rand.Text()
	}
	a, err := office.New(s, office.Options{Log: quiet}).EnsureAccount(ctx, office.NewAccount{
		Login: c.Login, Name: c.Name, Password: password, Role: engine.Role(c.Role), StaffRef: c.StaffRef,
		Observer: office.ObserverKind(c.Observer), CentreID: c.Centre, Email: c.Email, Given: drawn,
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stdout, "account %s (%s, %s)\n", a.Login, a.Name, a.Role)
	if drawn {
		fmt.Fprintf(os.Stdout, "password %s – it is good for one sign-in, which sets another; if the account existed before, its old password still holds\n", password)
	}
	return nil
}
