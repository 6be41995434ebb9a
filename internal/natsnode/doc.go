// Package natsnode is the NATS server inside a node and the node's connection
// to it, or its connection to servers that somebody else runs.
//
// # What listens
//
// A node's own connection goes through memory. There are two ports: one on
// which the servers of the cluster find each other (the routes), and one for
// clients outside, which is open to other machines only when that is asked for.
// Both take TLS 1.3 with certificates on both sides, and nothing else. There is
// no port for monitoring: what is to be seen is told by the program. Routes
// without TLS exist for tests and for a first look, and only on loopback; the
// port for clients is then one of loopback that lets nobody in.
//
// # Who may do what
//
// A certificate says who its holder is: signed by the cluster's own authority,
// with an organisational unit (OU) that names the role. A node's own server is
// told by a secret in memory that it is talking to its own process. So there is
// no list of users and no password to keep, and a node that is lost is shut out
// by a new authority. (Names in the server's configuration would do the same
// for clients, but not for routes: whoever holds any certificate of the
// authority would be a server.)
//
//	OU=gobua-node    servers and nodes: routes, the log, the leases, requests
//	OU=gobua-reader  may ask gobua.status, and nothing else
//
// A reader is in an account of its own, into which only that one request is
// imported. It would not be enough to forbid it subjects in the account of the
// nodes: a server does not ask whether a client may publish where it wants its
// answer, so whoever may make any request to JetStream could have the answer
// put into the log.
//
// Subjects of the nodes:
//
//	sales.>        the log: records of the sessions, one subject for each shard
//	told.>         what was committed to it, told again by the server; only to read
//	$KV.gobua.>    the leases, written by compare-and-set (internal/cluster)
//	gobua.>        requests between nodes, and what all are told
//	$JS.API.>      streams and buckets; $JS.ACK.> and $JS.FC.> for consumers
//	_INBOX.>       answers
//
// No node may purge, delete or alter a stream, or take a replica of it away, and
// nobody else is there who could. An operator who wants that right runs the
// servers apart and has the nodes connect to them. One thing is left, since without
// it a machine that is lost for good would count for ever: the process of a server
// may have another server taken out of the cluster (RemoveServer), over a connection
// that has that right and no other.
//
// # What bites
//
// A cluster begins when all its servers are there for the first time; later most
// of them are enough. A server with routes and no others is a cluster that waits
// for ever; a server alone has no routes. The store of a server alone must never
// be given to one in a cluster, which deletes it as orphaned.
//
// A certificate and its key are taken anew when their files change (Holder), for
// connections that begin then. The authority is read at the start: a route asks
// for the address it wants to reach with a copy of the configuration, so what it
// trusts cannot be chosen later, and to reload the server's options would cut the
// node's own connection.
//
// # With servers of somebody else
//
// Connect joins NATS servers that an operator runs. They must have JetStream
// with sync_interval: always and max_payload of at least MaxPayload, and give the
// node the subjects above; NodePermissions lists them, and
// what they should not be given.
package natsnode
