package natsnode

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// startWithin bounds the start of a server: reading back 200,000 messages takes
// an eighth of a second.
const startWithin = 30 * time.Second

// Node is a connection and, if it was made by Start, the server behind it. All
// methods may be called from any goroutine.
type Node struct {
	dial   func() (*nats.Conn, error)
	conn   *nats.Conn
	js     jetstream.JetStream
	server *server.Server // nil: somebody else's
	// asRemover connects with the one right that RemoveServer needs.
	asRemover func() (*nats.Conn, error)
}

// Start starts a server in this process and connects to it. It blocks until the
// server listens, not until the cluster is complete: see WaitReady. An error
// leaves nothing running.
func Start(o Options) (*Node, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	gate := newGate()
	so, err := serverOptions(o, gate)
	if err != nil {
		return nil, err
	}
	s, err := server.NewServer(so)
	if err != nil {
		return nil, fmt.Errorf("natsnode: %w", err)
	}
	gate.server = s
	s.SetLoggerV2(serverLog{o.Log.With("part", "nats")}, false, false, false)
	go s.Start() // returns when the port for clients is closed
	n := &Node{server: s}
	if !s.ReadyForConnections(startWithin) {
		n.Close()
		return nil, errors.New("natsnode: the server did not come up; its log says why, often a port in use")
	}
	as := func(user string) func() (*nats.Conn, error) {
		options := append(clientOptions(o.Name, o.Log), nats.InProcessServer(s), nats.UserInfo(user, gate.secret))
		return func() (*nats.Conn, error) { return nats.Connect("", options...) }
	}
	n.dial, n.asRemover = as(inProcessUser), as(removingUser)
	if err := n.connect(); err != nil {
		n.Close()
		return nil, err
	}
	return n, nil
}

func (n *Node) connect() (err error) {
	if n.conn, err = n.dial(); err == nil {
		n.js, err = jetstream.New(n.conn)
	}
	if err != nil {
		return fmt.Errorf("natsnode: %w", err)
	}
	return nil
}

// Dial makes a further connection with the same rights, which the caller closes.
// What is sent over one connection waits for what was sent before.
func (n *Node) Dial() (*nats.Conn, error) { return n.dial() }

// serverOptions are the settings of every server, each with its reason.
func serverOptions(o Options, gate *gate) (*server.Options, error) {
	so := &server.Options{}
	if err := so.ProcessConfigString(accounts); err != nil {
		return nil, fmt.Errorf("natsnode: accounts: %w", err)
	}
	so.ServerName = o.Name
	so.NoSigs = true // signals belong to the program
	so.MaxPayload = MaxPayload
	so.MaxPending = 64 << 20           // a dozen of the largest messages; who is further behind is cut and reads again
	so.WriteDeadline = 2 * time.Second // who takes nothing for so long is cut
	so.PingInterval = 5 * time.Second  // a machine that is gone says nothing: found out after two
	so.MaxPingsOut = 2
	so.CustomClientAuthentication = gate

	so.JetStream = true
	so.StoreDir = o.StoreDir
	so.SyncAlways = true // the default answers two minutes before it syncs
	so.JetStreamMaxStore = o.MaxStoreBytes
	so.JetStreamMaxMemory = 256 << 20 // consumers of the readers of the log
	so.JetStreamDomain = "gobua"
	so.JetStreamUniqueTag = "host:"
	so.Tags = []string{"host:" + o.Host, "sync:always"}

	if err := listen(so, o); err != nil {
		return nil, err
	}
	return so, nil
}

// listen sets the ports. A server with routes must have a port for clients: in
// nats-server 2.15.2 the routes wait for it for ever. If none was asked for, it
// is one of loopback that the kernel chooses, and the gate lets nobody in who
// has neither certificate nor the secret of this process.
func listen(so *server.Options, o Options) (err error) {
	so.DontListen = o.ClientListen == "" && o.ClusterListen == ""
	so.Host, so.Port = "127.0.0.1", server.RANDOM_PORT
	if o.ClientListen != "" {
		if so.Host, so.Port, err = splitAddress(o.ClientListen); err != nil {
			return err
		}
	}
	if o.TLS != nil {
		so.TLS, so.TLSVerify, so.TLSConfig, so.TLSTimeout = true, true, o.TLS.Clone(), handshakeSeconds
		so.TLSConfig.VerifyConnection = nil // readers too; the gate looks at the role
	}
	if o.ClusterListen == "" {
		return nil
	}
	if so.Cluster.Host, so.Cluster.Port, err = splitAddress(o.ClusterListen); err != nil {
		return err
	}
	if so.Routes, err = routeURLs(o.Routes); err != nil {
		return err
	}
	so.Cluster.Name = "gobua"
	so.Cluster.Advertise = o.ClusterAdvertise
	so.Cluster.NoAdvertise = true // clients are told their addresses by the operator
	so.Cluster.PingInterval = 2 * time.Second
	so.Cluster.MaxPingsOut = 2
	if o.TLS != nil {
		so.Cluster.TLSConfig, so.Cluster.TLSTimeout = o.TLS.Clone(), handshakeSeconds
	}
	return nil
}

// handshakeSeconds is long enough for a busy machine.
const handshakeSeconds = 5

// Conn is the node's connection.
func (n *Node) Conn() *nats.Conn { return n.conn }

// JetStream is for streams and buckets over the node's connection.
func (n *Node) JetStream() jetstream.JetStream { return n.js }

// WaitReady blocks until JetStream answers, which in a cluster means that most
// of the servers have found each other and chosen a leader, or until ctx ends.
func (n *Node) WaitReady(ctx context.Context) error {
	for {
		try, cancel := context.WithTimeout(ctx, time.Second)
		_, err := n.js.AccountInfo(try)
		cancel()
		if err == nil {
			return nil
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return fmt.Errorf("natsnode: JetStream does not answer: %w", errors.Join(ctx.Err(), err))
		}
	}
}

// Close ends the connection and the server. It blocks until the server has
// handed its streams to the others and closed its files. The server is shut
// down at once and not by lame duck: its only lasting client is this process.
func (n *Node) Close() {
	if n.conn != nil {
		n.conn.Close()
	}
	if n.server != nil {
		n.server.Shutdown()
		n.server.WaitForShutdown()
	}
}

// ClientURL is where the server takes clients, as clients dial it; empty if it
// takes none or is somebody else's.
func (n *Node) ClientURL() string {
	if n.server == nil || n.server.Addr() == nil {
		return ""
	}
	return n.server.ClientURL()
}
