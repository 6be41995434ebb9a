package natsnode

import (
	"crypto/rand"
	"crypto/subtle"
	"crypto/x509"
	"slices"

	"github.com/nats-io/nats-server/v2/server"
)

// Roles, as the organisational unit of a certificate names them.
const (
	RoleNode   = "gobua-node"
	RoleReader = "gobua-reader"
)

// StatusSubject is the one request that readers may make.
const StatusSubject = "gobua.status"

// accounts keep nodes and readers apart. See the package.
const accounts = `
accounts {
  NODES:   { jetstream: enabled, exports: [ { service: "gobua.status" } ] }
  READERS: { imports: [ { service: { account: NODES, subject: "gobua.status" } } ] }
}`

// NodePermissions are the subjects on which a node publishes and subscribes, and
// what it may not although it would be among them: nothing a node does takes
// back what is in the log. An operator's own server must allow them.
func NodePermissions() (publish, deny, subscribe []string) {
	publish = []string{"sales.>", "$KV.gobua.>", "gobua.>", "$JS.API.>", "$JS.ACK.>", "$JS.FC.>", "_INBOX.>"}
	deny = []string{"$JS.API.STREAM.PURGE.>", "$JS.API.STREAM.DELETE.>", "$JS.API.STREAM.MSG.DELETE.>",
		"$JS.API.STREAM.UPDATE.>", "$JS.API.STREAM.RESTORE.>", "$JS.API.STREAM.PEER.REMOVE.>"}
	return publish, deny, []string{"told.>", "gobua.>", "_INBOX.>"}
}

func nodePermissions() *server.Permissions {
	publish, deny, subscribe := NodePermissions()
	return &server.Permissions{
		Publish:   &server.SubjectPermission{Allow: publish, Deny: deny},
		Subscribe: &server.SubjectPermission{Allow: subscribe},
		// A node answers what it was asked, wherever the answer is wanted.
		Response: &server.ResponsePermission{MaxMsgs: 1, Expires: server.DEFAULT_ALLOW_RESPONSE_EXPIRATION},
	}
}

func readerPermissions() *server.Permissions {
	return &server.Permissions{
		Publish:   &server.SubjectPermission{Allow: []string{StatusSubject}},
		Subscribe: &server.SubjectPermission{Allow: []string{"_INBOX.>"}},
	}
}

// Names of the server's own process: as a node, and as who takes a server out of
// the cluster.
const (
	inProcessUser = "self"
	removingUser  = "remover"
)

// roleRemover is had by no certificate.
const roleRemover = "remover"

func removerPermissions() *server.Permissions {
	return &server.Permissions{
		Publish:   &server.SubjectPermission{Allow: []string{server.JSApiRemoveServer}},
		Subscribe: &server.SubjectPermission{Allow: []string{"_INBOX.>"}},
	}
}

// gate decides who a client is. The server calls it on the goroutine of the
// client's connection.
type gate struct {
	server *server.Server // set before the server starts
	secret string         // known in this process alone
}

func newGate() *gate { return &gate{secret: rand.Text()} }

// Check is part of server.Authentication.
func (g *gate) Check(c server.ClientAuthentication) bool {
	if c.Kind() != server.CLIENT {
		return false
	}
	switch g.role(c) {
	case RoleNode:
		return g.register(c, "NODES", nodePermissions())
	case RoleReader:
		return g.register(c, "READERS", readerPermissions())
	case roleRemover:
		return g.register(c, g.server.SystemAccount().GetName(), removerPermissions())
	}
	return false
}

// role is empty for whoever is nobody.
func (g *gate) role(c server.ClientAuthentication) string {
	if state := c.GetTLSConnectionState(); state != nil {
		if len(state.VerifiedChains) == 0 {
			return ""
		}
		return roleOf(state.PeerCertificates[0])
	}
	o := c.GetOpts()
	if subtle.ConstantTimeCompare([]byte(o.Password), []byte(g.secret)) != 1 {
		return ""
	}
	switch o.Username {
	case inProcessUser:
		return RoleNode
	case removingUser:
		return roleRemover
	}
	return ""
}

// roleOf is the role that a verified certificate gives its holder. Who has both
// is a node.
func roleOf(c *x509.Certificate) string {
	for _, role := range []string{RoleNode, RoleReader} {
		if slices.Contains(c.Subject.OrganizationalUnit, role) {
			return role
		}
	}
	return ""
}

func (g *gate) register(c server.ClientAuthentication, account string, p *server.Permissions) bool {
	a, err := g.server.LookupAccount(account)
	if err != nil {
		return false
	}
	c.RegisterUser(&server.User{Username: account, Account: a, Permissions: p})
	return true
}
