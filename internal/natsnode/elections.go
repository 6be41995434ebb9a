package natsnode

import (
	"sync"
	"time"
	_ "unsafe" // for the names of the library
)

// How a server finds out that a stream has lost its leader. In nats-server 2.15.2
// these are variables that no option reaches: a second between heartbeats, and
// four to nine without one before another server asks to lead, which suits
// continents. Its own tests set shorter ones.
//
//go:linkname heartbeatEvery github.com/nats-io/nats-server/v2/server.hbInterval
var heartbeatEvery time.Duration

//go:linkname electAfterAtLeast github.com/nats-io/nats-server/v2/server.minElectionTimeout
var electAfterAtLeast time.Duration

//go:linkname electAfterAtMost github.com/nats-io/nats-server/v2/server.maxElectionTimeout
var electAfterAtMost time.Duration

// What ElectSooner sets. Three heartbeats may be lost before anybody asks to lead;
// two servers that ask at once ask again within a second.
const (
	soonerHeartbeatEvery = 250 * time.Millisecond
	soonerElectAtLeast   = time.Second
	soonerElectAtMost    = 2 * time.Second
)

// ElectSooner has the servers of this process elect another leader one to two
// seconds after the last word of the one they had: for servers at one site, where a
// message takes milliseconds (docs/adr/0032-elections.md). A server that stands
// still for longer than that loses what it leads; nothing that was acknowledged
// is lost by that. It is called before the first Start of the process, does
// nothing a second time, and nothing where the library has other names; false
// tells so.
func ElectSooner() bool { return electSooner() }

var electSooner = sync.OnceValue(func() bool {
	if heartbeatEvery == 0 || electAfterAtLeast == 0 || electAfterAtMost == 0 {
		return false
	}
	heartbeatEvery, electAfterAtLeast, electAfterAtMost = soonerHeartbeatEvery, soonerElectAtLeast, soonerElectAtMost
	return true
})
