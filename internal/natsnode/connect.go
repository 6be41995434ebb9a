package natsnode

import (
	"crypto/tls"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

// ConnectOptions are those of a connection to servers that run elsewhere.
type ConnectOptions struct {
	Name string   // of the node, for the server's lists
	URLs []string // tls://host:port
	// TLS is who we are and whom we believe, as Files.Config makes it.
	TLS *tls.Config
	// Credentials is a file of NATS credentials (JWT and seed). Empty: our
	// certificate says who we are.
	Credentials string
	Log         *slog.Logger // nil: nothing is logged
}

// Connect connects to servers that run elsewhere. It does not wait for them:
// see WaitReady. An error means that the options are wrong.
func Connect(o ConnectOptions) (*Node, error) {
	if len(o.URLs) == 0 {
		return nil, errors.New("natsnode: no address to connect to")
	}
	if o.TLS == nil {
		return nil, errors.New("natsnode: a connection needs TLS")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	options := append(clientOptions(o.Name, o.Log), nats.RetryOnFailedConnect(true), nats.Secure(o.TLS.Clone()))
	if o.Credentials != "" {
		options = append(options, nats.UserCredentials(o.Credentials))
	}
	n := &Node{dial: func() (*nats.Conn, error) { return nats.Connect(strings.Join(o.URLs, ","), options...) }}
	if err := n.connect(); err != nil {
		n.Close()
		return nil, err
	}
	return n, nil
}

// clientOptions are those of every connection.
func clientOptions(name string, log *slog.Logger) []nats.Option {
	return []nats.Option{
		nats.Name(name),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(250 * time.Millisecond),
		nats.ReconnectJitter(100*time.Millisecond, 250*time.Millisecond),
		nats.PingInterval(5 * time.Second),
		nats.MaxPingsOutstanding(2),
		// What cannot be sent now must not be sent later: a claim or a renewal
		// that waited in a buffer would speak of a moment that is gone.
		nats.ReconnectBufSize(-1),
		nats.DisconnectErrHandler(func(nc *nats.Conn, err error) {
			if !nc.IsClosed() {
				log.Warn("disconnected from NATS", "err", err)
			}
		}),
		nats.ReconnectHandler(func(*nats.Conn) { log.Info("connected to NATS again") }),
		nats.ErrorHandler(func(_ *nats.Conn, s *nats.Subscription, err error) {
			subject := ""
			if s != nil {
				subject = s.Subject
			}
			log.Error("NATS connection", "subject", subject, "err", err)
		}),
	}
}
