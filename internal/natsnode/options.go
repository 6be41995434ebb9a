package natsnode

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strconv"
)

// MaxPayload is the largest message in bytes. The journal takes a batch of at
// most 4 MiB of records, which is one message of the log; the rest is room for
// what frames them.
const MaxPayload = 6 << 20

// Options of a server in this process.
type Options struct {
	Name string // of the node; unique in the cluster, no dots and no blanks
	// Host names what fails together, usually the machine. Replicas of one
	// stream are never on two servers of one host. Empty: Name.
	Host     string
	StoreDir string // belongs to this server alone, and never to one that was not in a cluster
	// MaxStoreBytes bounds what JetStream writes. The server's own default would
	// be a share of the disk, which the journal needs too. Zero: 10 GiB.
	MaxStoreBytes int64

	ClusterListen string   // host:port of the routes; empty: a server alone
	Routes        []string // host:port of the others, in any number; they tell each other
	// ClusterAdvertise is the host:port under which the others reach our routes,
	// where it is not the one we listen on. Empty: that one.
	ClusterAdvertise string
	ClientListen     string // host:port for clients outside; empty: none
	// TLS is for routes and clients outside, as Files.Config makes it.
	TLS *tls.Config
	// Insecure lets routes do without TLS. Every address must then be of
	// loopback.
	Insecure bool

	Log *slog.Logger // nil: nothing is logged
}

// defaultMaxStore holds some weeks of auctions: a record is about 200 bytes.
const defaultMaxStore = 10 << 30

// check refuses what could be no node, or an open one.
func (o *Options) check() error {
	if err := checkName(o.Name); err != nil {
		return err
	}
	if o.Host == "" {
		o.Host = o.Name
	}
	if o.MaxStoreBytes == 0 {
		o.MaxStoreBytes = defaultMaxStore
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.StoreDir == "" {
		return errors.New("natsnode: no folder for the store")
	}
	if o.ClientListen != "" && o.TLS == nil {
		return errors.New("natsnode: clients outside need TLS")
	}
	if o.ClusterListen == "" || o.TLS != nil {
		return nil
	}
	if !o.Insecure {
		return errors.New("natsnode: routes need TLS")
	}
	for _, address := range append([]string{o.ClusterListen}, o.Routes...) {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return fmt.Errorf("natsnode: %w", err)
		}
		if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
			return fmt.Errorf("natsnode: routes without TLS are for loopback, not for %s", address)
		}
	}
	return nil
}

func checkName(name string) error {
	if name == "" || len(name) > 32 {
		return fmt.Errorf("natsnode: a node's name has 1 to 32 characters, not %d", len(name))
	}
	for _, r := range name {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' {
			return fmt.Errorf("natsnode: a node's name is made of a to z, 0 to 9 and -, not %q", name)
		}
	}
	return nil
}

func splitAddress(address string) (host string, port int, err error) {
	host, text, err := net.SplitHostPort(address)
	if err != nil {
		return "", 0, fmt.Errorf("natsnode: %w", err)
	}
	if port, err = strconv.Atoi(text); err != nil || port < 1 || port > 65535 {
		return "", 0, fmt.Errorf("natsnode: port %q", text)
	}
	return host, port, nil
}

func routeURLs(routes []string) (list []*url.URL, err error) {
	for _, r := range routes {
		if _, _, err := splitAddress(r); err != nil {
			return nil, err
		}
		list = append(list, &url.URL{Scheme: "nats-route", Host: r})
	}
	return list, nil
}
