// Command gobua is a live auction: gobua serve opens the saleroom, the other
// commands look at it from outside. This package parses and wires; everything
// else lives in the packages it joins.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// cli is the whole command line.
type cli struct {
	Serve    serveCmd    `cmd:"" help:"Open the saleroom and serve it."`
	Ready    readyCmd    `cmd:"" help:"Ask a running server whether it takes bids; for health checks."`
	Status   statusCmd   `cmd:"" help:"Say who decides what on a running server, and what is wrong with it."`
	Replay   replayCmd   `cmd:"" help:"Run recorded auctions through a running server and compare the prices."`
	Load     loadCmd     `cmd:"" help:"Put an open-loop load on a running server and print latencies as JSON."`
	Try      tryCmd      `cmd:"" help:"Play a story of an auction by rules and print what happens."`
	Verify   verifyCmd   `cmd:"" help:"Decide published records of sessions once more, and say whether they are to be believed."`
	Disclose discloseCmd `cmd:"" help:"Open one secret of a session that is over, such as the maximum of who won, and no other."`
	Backup   backupCmd   `cmd:"" help:"Copy everything a server keeps, while it runs or not, into a folder."`
	Restore  restoreCmd  `cmd:"" help:"Put a backup back into an empty data folder."`
	Account  accountCmd  `cmd:"" help:"Open accounts from the command line."`
	Journal  journalCmd  `cmd:"" help:"Look at the journal of a stopped server."`
	Cluster  clusterCmd  `cmd:"" help:"Take nodes out of a running cluster."`
	Keys     keysCmd     `cmd:"" help:"Show and replace the key that signs the public log."`
	Witness  witnessCmd  `cmd:"" help:"Follow the public log of a server, and sign that it only grew."`
	Archive  archiveCmd  `cmd:"" help:"Look at sealed files of auctions."`
	Version  versionCmd  `cmd:"" help:"Print the version."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:]))
}

// run parses and runs one command; it returns the exit status.
func run(ctx context.Context, args []string) int {
	var c cli
	var file fileResolver
	parser, err := kong.New(&c,
		kong.Name("gobua"),
		kong.Description("Gõ Búa – a live auction that never loses a bid."),
		kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true}),
		kong.Resolvers(&file),
		kong.Vars(demoVars),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err != nil {
		panic(err) // the command line is declared wrongly
	}
	k, err := parser.Parse(args)
	switch {
	case err != nil:
	case len(file.problems) > 0 && k.Command() != "serve": // which names them with all others
		err = &wrongSettings{file.problems}
	default:
		err = k.Run(&file)
	}
	var wrong *wrongSettings
	switch {
	case err == nil:
		return 0
	case errors.As(err, &wrong):
		fmt.Fprintln(os.Stderr, wrong.Error())
		return 2
	}
	fmt.Fprintln(os.Stderr, "gobua:", err)
	return 1
}
