// Command peers compares what it costs to bring updates to many viewers: this
// server, a loop of write(2) as the floor, and other WebSocket servers of the
// Go world, each as good as its own options make it.
//
//	peers compare        measures, writes raw results, prints tables
//	peers table FILE...  prints the tables of raw results
//	peers server KIND    one server; compare starts it
//	peers client         the load generator; compare starts it
//
// It is a module of its own, so that the product depends on none of them.
package main

import (
	"fmt"
	"os"
)

func main() {
	commands := map[string]func(args []string) error{
		"compare": compare, "table": printTables, "server": runServer, "client": runClient,
	}
	if len(os.Args) > 1 {
		if command := commands[os.Args[1]]; command != nil {
			if err := command(os.Args[2:]); err != nil {
				fmt.Fprintln(os.Stderr, "peers:", err)
				os.Exit(1)
			}
			return
		}
	}
	fmt.Fprintln(os.Stderr, "usage: peers compare | table FILE... | server KIND | client")
	os.Exit(2)
}
