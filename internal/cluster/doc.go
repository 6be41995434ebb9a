// Package cluster decides which node serves what, and carries requests between
// nodes. It knows units by name only: the shards of the log, and what must be
// single (the rounds of the office, the public log).
//
// It is about who should try. Two nodes that believe at the same moment to serve
// a unit do no harm, because the log takes records only of the one that fenced
// it last; what is here keeps such moments short and rare. See
// docs/adr/0030-many-machines.md.
//
// # Keys
//
// One JetStream bucket, gobua, three replicas, no time to live. Every write is a
// compare-and-set: it names the revision that the key must still have. Nothing
// is decided by reading; a reader may be told something old.
//
//	node.<name>  incarnation, serial, paidUntilMs, draining, before, facts
//	unit.<name>  owner, incarnation, epoch, serving, paidUntilMs, next
//	log.begin    how, node, paidUntilMs, attempt
//
// A node's key is its lease. It is rewritten every half second (renewEvery) by
// the one process of that name; the incarnation is that process. If it has been
// written by another, two processes have one name, and the one that finds out
// ends. A unit's key is written only when the unit changes hands: by the claim
// (the epoch goes up by one, serving is false), when it has been taken (serving
// is true), and when it is given back (the owner is empty).
//
// Whoever watches the keys subscribes to what the leader of the stream repeats
// of every write (gobua.kv.>), and reads all keys every second, because such a
// message may be lost. A consumer would do both, but it lives on one server, and
// when that dies it is silent for longer than the leases last.
//
// # How a log begins
//
// Empty, or filled by one node from its journal: log.begin says it, and is
// written once, by whoever is first. A node that finds nothing asks who else is
// about to begin (gobua.begin), and writes "empty" when all have answered, or after
// fifteen seconds, and nobody says that it will fill the log. One that finds "filling" waits, without an end. Nobody joins
// before it is "empty" or "filled", and a cluster that has a key of a node is
// never filled. The attempt counts up each time the filling node starts anew, and
// to end it is a compare-and-set, so two processes of its name do not both end it.
//
// # Until when a unit was served
//
// Take is told since when nobody served the unit, so that time can be credited:
//
//	never owned                    zero; in a log that was filled, what the journal
//	                               said that it was filled from
//	given back                     what PaidUntil said after Give; in the unit's key
//	claimed, and not yet taken     what the claimant was told; in the unit's key
//	served                         the last paidUntilMs of that incarnation of its
//	                               owner: in the node's key, or, if the name has
//	                               another process since, in its list "before"
//
// None of it expires. After a night without power the keys say it still. It may
// be a little early, never late: what was credited once is credited once,
// because an engine credits nothing from before a session's last record. A node
// that gave units up because it could not renew holds its paidUntilMs back until
// they are claimed.
//
// # Who is alive
//
// Clocks are never compared. A node whose key has not changed for two seconds
// (deadAfter) by the steady clock of who watches is dead. Who has not seen its
// own renewals for a second is blind and judges nobody, and when it sees again,
// begins to count anew for everybody: so when the leader of the stream dies and
// nobody can write for five seconds, nobody is taken for dead. If most of the nodes
// have answered its requests meanwhile, it was not away itself; then it counts on
// for who has answered none of them, but gives each 0.4 s (renewsWithin) to write
// its key again. So a node that freezes with the leader of the keys in it is
// not believed in for two seconds more.
//
// A node whose last acknowledged renewal was sent 1.5 seconds ago (giveUpAfter)
// gives everything up, unless most of the nodes have answered its requests since
// then: when the leader of the stream dies nobody can renew, and nobody can claim
// either, and what goes on deciding meanwhile is what the others would not get
// before it is over. Renewed after it gave up, it is another lease (its term), even
// if the loop had no time to notice: what was served under the old one is given
// up first. A process that was stopped is told by Mine, the moment it wakes,
// that nothing is its own.
//
// A process that is killed closes its connections, and its server, or the
// others, know at once that nobody responds there. Nodes ask each other every
// 200 ms (gobua.node.<name>.ping); two "no responders" in a row mean gone. A
// time-out means nothing. Who finds another gone first renews its own key, which
// shows that it is not itself cut off, and claims then. If the key of who was
// gone changes afterwards, "no responders" counts for nothing with it for a
// minute: the two servers do not reach each other, a third reaches both.
//
// # Who serves what
//
// The right node of a unit is the live, not draining one with the highest hash
// of both names that has not got its even share yet (Place). A unit that nobody serves is claimed by its right node,
// a second after that has come, so that nodes that start together do not pass
// units around. An owner that is not the right node hands over: Give, and then
// the key is given back; the right node sees it and claims. At most two units at
// a time move like that, and Busy may ask to wait, for ten minutes at most.
// Draining and death do not ask, and up to eight units are taken at a time.
//
// What a node does with a unit:
//
//	idle -> writing (claim) -> idle -> taking -> serving -> giving -> writing (release) -> idle
//
// A claim or release of which nobody knows whether it was written is not
// repeated for ever: the next step is decided by what the key turns out to be.
// If Take fails, the key is given back and claimed again after a pause that
// doubles from a quarter of a second to half a minute.
//
// All of that is decided by one goroutine, the loop, that never waits. Take,
// Give and writes run on goroutines of their own and report to it.
//
// A node that leaves takes its key away. One that is dead stays in the list, since
// its key says until when it served; when others have all it had, Forget takes it off.
//
// # Requests
//
// Ask, AskAsync and Serve carry requests to a node by name, at most once each.
// "Nobody there" (ErrNoNode), "too many" (ErrBusy) and "too large" (ErrTooLarge)
// say that nothing has happened; ErrNoAnswer and ErrLeft say nothing. Broadcast
// tells all other nodes, without a promise.
package cluster
