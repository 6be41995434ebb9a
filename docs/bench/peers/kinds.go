package main

import (
	"maps"
	"net"
	"os"
	"slices"
)

// kind is a server that can be measured.
type kind struct {
	serve func(net.Listener) (broadcaster, error)
	greet string // what a viewer says: see greetings
	what  string // and how it is configured, for the table
}

// kinds are all there are.
var kinds = map[string]kind{
	"floor": {serveFloor, "", "no WebSocket handshake; one `write(2)` of a finished frame for each viewer and update, in a loop, " +
		"without telling the scheduler"},
	"gobua": {serveGobua, "gobua", "`NewHub`, `NewGateway`, `NewApp` as `gobua serve` makes them, one session, `Hub.Tell` called as its " +
		"actor does: the update encoded, the room folded, the desk told"},
	"centrifuge": {serveCentrifuge(0), "centrifuge", "JSON, subscription by the server, write buffers pooled, no compression, no history; else its defaults"},
	"centrifuge-delay": {serveCentrifuge(centrifugeDelay), "centrifuge", "the same with `WriteDelay` 10 ms, `WriteWithTimer`, no bound " +
		"of `MaxMessagesInFrame`"},
	"melody": {serveMelody, "plain", "`Broadcast`; write buffers pooled, read buffer 512 bytes, queue of 256; it has no prepared messages"},
	"nbio":   {serveNbio, "plain", "non-blocking epoll engine, one poller, `WriteMessage` to each connection; it has no prepared messages"},
	"coder": {serveCoder, "plain", "its chat example: goroutine and channel (256 instead of 16) for each viewer, `Write` with a time " +
		"limit, no compression; it has no prepared messages"},
	"gorilla": {serveGorilla(false), "plain", "the hub of its chat example, queue of 256, which joins what waits into one message; write " +
		"buffers pooled, read buffer 512 bytes"},
	"gorilla-prepared": {serveGorilla(true), "plain", "the same hub with prepared messages instead of joining"},
}

func kindNames() []string { return slices.Sorted(maps.Keys(kinds)) }

// withRow tells whether updates have their row.
func withRow() bool { return os.Getenv(rowVariable) != "" }
