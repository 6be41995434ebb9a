package natsnode

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/nats-io/nats-server/v2/server"
)

// Server is one of those that count for a majority of the cluster's servers,
// whether it is there or not.
type Server struct {
	ID   string // ServerID of its name
	Name string // empty: nobody has heard it since this server started
	Here bool   // our server has a route to it
}

// ServerID is how servers know each other where they vote; nats-server makes it
// of the name.
func ServerID(name string) string {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	sum := sha256.Sum256([]byte(name))
	id := sum[:8]
	for i, b := range id {
		id[i] = digits[int(b)%len(digits)]
	}
	return string(id)
}

// Servers are those of the cluster by name, and how many of them are needed for
// anything to be decided; none: this process has no server, or one alone. It does
// not block.
func (n *Node) Servers() (list []Server, needed int) {
	if n.server == nil {
		return nil, 0
	}
	info, err := n.server.Jsz(nil)
	if err != nil || info.Meta == nil {
		return nil, 0
	}
	routes, err := n.server.Routez(nil) // whether somebody is offline the servers would notice much later
	if err != nil {
		return nil, 0
	}
	reached := map[string]bool{}
	for _, r := range routes.Routes {
		reached[ServerID(r.RemoteName)] = true
	}
	list = []Server{{ID: n.server.Node(), Name: n.server.Name(), Here: true}}
	for _, p := range info.Meta.Replicas {
		if p.Peer == n.server.Node() {
			continue
		}
		s := Server{ID: p.Peer, Here: reached[p.Peer]}
		if ServerID(p.Name) == p.Peer { // else it says that the name is unknown
			s.Name = p.Name
		}
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b Server) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return list, info.Meta.QuorumNeeded
}

// ErrNoServer: no server of that name counts for the cluster.
var ErrNoServer = errors.New("natsnode: it is no server of the cluster")

// RemoveServer takes a server out of the cluster for good: it counts for no
// majority any more, and the others make new replicas of what it kept, as far as
// there are enough of them. It must be stopped, and is not to come back under its
// name within five minutes, nor ever with its store. RemoveServer blocks until
// most of the servers have agreed, or ctx ends.
func (n *Node) RemoveServer(ctx context.Context, name string) error {
	if n.asRemover == nil {
		return errors.New("natsnode: the servers are somebody else's")
	}
	nc, err := n.asRemover()
	if err != nil {
		return fmt.Errorf("natsnode: %w", err)
	}
	defer nc.Close()
	request, err := json.Marshal(server.JSApiMetaServerRemoveRequest{Peer: ServerID(name)})
	if err != nil {
		panic(err) // texts
	}
	msg, err := nc.RequestWithContext(ctx, server.JSApiRemoveServer, request)
	if err != nil {
		return fmt.Errorf("natsnode: remove server %s: %w", name, err)
	}
	var answer server.JSApiMetaServerRemoveResponse
	switch err := json.Unmarshal(msg.Data, &answer); {
	case err != nil:
		return fmt.Errorf("natsnode: remove server %s: %w", name, err)
	case answer.Error != nil && answer.Error.ErrCode == uint16(server.JSClusterServerNotMemberErr):
		return ErrNoServer
	case answer.Error != nil:
		return fmt.Errorf("natsnode: remove server %s: %s", name, answer.Error.Description)
	case !answer.Success:
		return fmt.Errorf("natsnode: server %s was not removed", name)
	}
	return nil
}
