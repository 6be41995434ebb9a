package main

import (
	"net"
	"net/url"
	"strings"

	"gobua/internal/natsnode"
)

// clusterFlags are the settings of a node among several. All but the first are
// refused without it.
type clusterFlags struct {
	Cluster            string `name:"cluster" env:"GOBUA_CLUSTER" placeholder:"NAME" help:"Run as one of several equal nodes, under this name: a to z, 0 to 9 and -. All share one PostgreSQL (--database-url) and the same keys."`
	ClusterListen      string `name:"cluster-listen" env:"GOBUA_CLUSTER_LISTEN" placeholder:"ADDRESS" help:"host:port on which the other nodes reach the log of this one."`
	ClusterRoutes      string `name:"cluster-routes" env:"GOBUA_CLUSTER_ROUTES" placeholder:"LIST" help:"--cluster-listen of all nodes, comma separated."`
	ClusterNATS        string `name:"cluster-nats" env:"GOBUA_CLUSTER_NATS" placeholder:"URLS" help:"Use this NATS cluster instead of one within the nodes: tls://host:port, comma separated."`
	ClusterTLSCert     string `name:"cluster-tls-cert" env:"GOBUA_CLUSTER_TLS_CERT" placeholder:"FILE" help:"Certificate of this node, signed by the cluster's authority."`
	ClusterTLSKey      string `name:"cluster-tls-key" env:"GOBUA_CLUSTER_TLS_KEY" placeholder:"FILE" help:"Its key."`
	ClusterTLSCA       string `name:"cluster-tls-ca" env:"GOBUA_CLUSTER_TLS_CA" placeholder:"FILE" help:"The cluster's own authority; no public one."`
	ClusterCredentials string `name:"cluster-credentials" env:"GOBUA_CLUSTER_CREDENTIALS" placeholder:"FILE" help:"Credentials for --cluster-nats, if its servers do not go by certificates."`
	ClusterInsecure    string `name:"cluster-insecure" env:"GOBUA_CLUSTER_INSECURE" default:"off" help:"on: no TLS between nodes, which must then be on one machine."`
	ClusterRefill      string `name:"cluster-refill" env:"GOBUA_CLUSTER_REFILL" default:"off" help:"on: fill the log of a new cluster from the journal of this node, once; the other nodes wait for it."`
}

// clusterSettings are the flags, checked.
type clusterSettings struct {
	name        string // empty: no cluster
	listen      string
	routes      []string
	nats        []string
	tls         natsnode.Files
	credentials string
	insecure    bool
	refill      bool // the log is filled from this node's journal
}

// cluster checks the settings of a node among several that serves.
func (c *checker) cluster(s *settings) clusterSettings {
	out := c.member(s.clusterFlags)
	if out.name != "" {
		c.need(s.DatabaseURL != "", "--cluster needs --database-url (DATABASE_URL): all nodes share one PostgreSQL")
		c.need(saysHowProtected(s.DatabaseURL), "--database-url (DATABASE_URL) of a cluster is on another machine and must say how that way is protected: add sslmode=verify-full (and sslrootcert=FILE), or sslmode=disable where nobody else is on the network")
	}
	return out
}

func (c *checker) need(ok bool, what string) {
	if !ok {
		c.problems = append(c.problems, what)
	}
}

// member checks what a node needs to reach the others.
func (c *checker) member(f clusterFlags) (out clusterSettings) {
	out = clusterSettings{
		name: f.Cluster, listen: f.ClusterListen, credentials: f.ClusterCredentials,
		tls:      natsnode.Files{Authority: f.ClusterTLSCA, Certificate: f.ClusterTLSCert, Key: f.ClusterTLSKey},
		insecure: c.oneOf("cluster-insecure", f.ClusterInsecure, "on", "off") == "on",
		refill:   c.oneOf("cluster-refill", f.ClusterRefill, "on", "off") == "on",
	}
	if f.Cluster == "" {
		f.ClusterInsecure, f.ClusterRefill = "", ""
		if f != (clusterFlags{}) || out.insecure || out.refill {
			c.problems = append(c.problems, "--cluster-… (GOBUA_CLUSTER_…) is for a node among several; --cluster (GOBUA_CLUSTER) must name it, or the others must be empty")
		}
		return clusterSettings{}
	}
	if !isNodeName(f.Cluster) {
		c.wrong("cluster", f.Cluster, "a name of 1 to 32 characters from a to z, 0 to 9 and -, such as dau-gia-1")
	}
	out.routes = c.list("cluster-routes", f.ClusterRoutes, "host:port, such as 10.0.0.11:6222", isAddress)
	out.nats = c.list("cluster-nats", f.ClusterNATS, "an address such as tls://10.0.0.11:4222", isNATS)
	if f.ClusterListen != "" && !isAddress(f.ClusterListen) {
		c.wrong("cluster-listen", f.ClusterListen, "host:port, such as 10.0.0.11:6222")
	}
	c.need((out.listen == "") != (len(out.nats) == 0), "--cluster needs either --cluster-listen, for a log within the nodes, or --cluster-nats, for servers of its own")
	c.need(out.listen == "" || len(out.routes) > 0, "--cluster-listen needs --cluster-routes: where all the nodes listen")
	files := 0
	for _, file := range []string{f.ClusterTLSCert, f.ClusterTLSKey, f.ClusterTLSCA} {
		if file != "" {
			files++
		}
	}
	c.need(files == 3 || files == 0 && out.insecure, "--cluster needs --cluster-tls-cert, --cluster-tls-key and --cluster-tls-ca; nodes of one machine may do without, with --cluster-insecure on")
	c.need(!out.insecure || len(out.nats) == 0, "--cluster-insecure is for nodes with a log of their own, not for --cluster-nats")
	return out
}

// saysHowProtected tells whether the way to a database needs no protection or
// says which it has. What is said elsewhere is not looked for.
func saysHowProtected(dsn string) bool {
	u, err := url.Parse(dsn)
	if err != nil {
		return true // named already
	}
	host := u.Hostname()
	if named := u.Query().Get("host"); named != "" {
		host = named
	}
	ip := net.ParseIP(host)
	here := host == "" || host == "localhost" || strings.HasPrefix(host, "/") || ip != nil && ip.IsLoopback()
	return here || u.Query().Get("sslmode") != ""
}

func isNodeName(s string) bool {
	return s != "" && len(s) <= 32 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

func isAddress(s string) bool {
	_, port, err := net.SplitHostPort(s)
	return err == nil && isPort(port) && port != "0"
}

func isNATS(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme == "tls" && u.Port() != "" && u.User == nil && u.Path == ""
}
