//go:build (chaos || partitions) && linux

package chaos_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"gobua/engine"
)

// partFor is how long places are cut from each other: long enough for a lease to
// end, for another to take over, and for connections to be given up.
const partFor = 12 * time.Second

// settling is how long after a cut an answer may still come that was decided
// before it.
const settling = time.Second

// TestTheOwnerIsCutFromTheOtherNodes: its clients still reach it, and are told
// nothing that is not so; others take over; when it is back, it follows.
func TestTheOwnerIsCutFromTheOtherNodes(t *testing.T) {
	t.Parallel()
	f := openFair(t, 30*time.Second, false)
	owner, second, third := f.settledOwner()
	f.town.part(owner, second)
	f.town.part(owner, third)
	cut := time.Now()
	time.Sleep(settling)
	before := f.receiptsAt(owner)
	f.toldToBeCut(owner, cut)
	f.bidsGoOnAt(6, second, third)
	f.note("bids went on elsewhere within %.1f s", time.Since(cut).Seconds())
	if o := f.owner(second); o == owner || o < 0 {
		t.Errorf("node %d decides, which is cut off", o+1)
	}
	time.Sleep(time.Until(cut.Add(partFor)))
	if got := f.receiptsAt(owner) - before; got != 0 {
		t.Errorf("%d receipts with a record were given where nothing could be recorded", got)
	}
	f.eventually("a node that is cut off is not ready for visitors", func() bool { return !strings.HasPrefix(f.nodes[owner].readyz(), "200") })
	f.note("not ready %.1f s after the cut at the latest", time.Since(cut).Seconds())
	f.town.join(owner, second)
	f.town.join(owner, third)
	mended := time.Now()
	f.bidsGoOnAt(4, owner)
	f.note("bids went on at the old owner %.1f s after it was back", time.Since(mended).Seconds())
	f.toldNothing(owner, mended)
	f.settledOwner()
	f.finish()
}

// TestTheOwnerIsCutOffAtTheClose: half a second before the end, so that it and
// whoever takes over both come to the close. There is one.
func TestTheOwnerIsCutOffAtTheClose(t *testing.T) {
	t.Parallel()
	f := openFair(t, 12*time.Second, false)
	owner, second, third := f.settledOwner()
	room := f.await(engine.PhaseRunning)
	time.Sleep(time.Until(room.Now.ClosesAt.Time()) - 500*time.Millisecond)
	f.town.part(owner, second)
	f.town.part(owner, third)
	cut := time.Now()
	for closed := false; !closed; time.Sleep(50 * time.Millisecond) {
		room, err := f.sites[second].Room(f.ctx, f.session)
		closed = err == nil && room.Now.Phase == engine.PhaseClosed
		if f.ctx.Err() != nil {
			t.Fatal("the others do not close the session")
		}
	}
	f.note("the others closed it %.1f s after the cut", time.Since(cut).Seconds())
	time.Sleep(time.Until(cut.Add(partFor)))
	if room, err := f.sites[owner].Room(f.ctx, f.session); err != nil || room.Now.Phase != engine.PhaseRunning {
		t.Errorf("at the node that is cut off the session is %s, %v", room.Now.Phase, err)
	}
	f.town.join(owner, second)
	f.town.join(owner, third)
	f.finish()
}

// TestAFollowerIsCutOff: its viewers stand still and are told so, and catch up.
func TestAFollowerIsCutOff(t *testing.T) {
	t.Parallel()
	f := openFair(t, 30*time.Second, false)
	owner, second, third := f.settledOwner()
	f.town.part(second, owner)
	f.town.part(second, third)
	cut := time.Now()
	time.Sleep(settling)
	stood, _ := f.eyes[second].At()
	f.toldToBeCut(second, cut)
	f.bidsGoOnAt(6, owner, third)
	time.Sleep(time.Until(cut.Add(partFor)))
	if seq, _ := f.eyes[second].At(); seq != stood {
		t.Errorf("the room at the node that is cut off went from %d to %d", stood, seq)
	}
	if beat := f.eyes[second].Beat(); beat.At.Before(cut) || beat.Seq != stood || !beat.Cut {
		t.Errorf("its last heartbeat says %+v, %v after the cut", beat, beat.At.Sub(cut))
	}
	for _, node := range []int{owner, third} {
		if beat := f.eyes[node].Beat(); beat.Cut {
			t.Errorf("the viewers of node %d are told that it is cut off: %+v", node+1, beat)
		}
	}
	f.eventually("a node that is cut off is not ready for visitors", func() bool { return !strings.HasPrefix(f.nodes[second].readyz(), "200") })
	f.note("not ready %.1f s after the cut at the latest", time.Since(cut).Seconds())
	ahead, _ := f.eyes[owner].At()
	f.note("it stood still at %d while the others came to %d", stood, ahead)
	f.town.join(second, owner)
	f.town.join(second, third)
	mended := time.Now()
	f.eventually("its viewers catch up", func() bool { seq, _ := f.eyes[second].At(); return seq >= ahead })
	f.note("caught up %.1f s after it was back", time.Since(mended).Seconds())
	f.bidsGoOnAt(4, second)
	f.toldNothing(second, mended)
	f.finish()
}

// TestAGatewayCannotReachTheOwner, but the third node: in one session nothing of
// its is heard by the owner, in the other nothing of the owner's by it. Each bid
// through it has one outcome; its visitors are sent to the third.
func TestAGatewayCannotReachTheOwner(t *testing.T) {
	for _, way := range []string{"to", "from"} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			f := openFair(t, time.Minute, false) // it may take most of that to find out
			owner, gateway, third := f.settledOwner()
			from, to := gateway, owner
			if way == "from" {
				from, to = owner, gateway
			}
			f.town.lose(from, to)
			cut, before := time.Now(), f.receiptsAt(gateway)
			f.bidsGoOnAt(4, third)
			f.note("bids went on at the third within %.1f s", time.Since(cut).Seconds())
			f.eventually("the gateway sends visitors on", func() bool { return !strings.HasPrefix(f.nodes[gateway].readyz(), "200") })
			f.note("the gateway is not ready after %.1f s", time.Since(cut).Seconds())
			if r := f.nodes[third].readyz(); !strings.HasPrefix(r, "200") {
				t.Errorf("the third node, which hears both, says %s", r)
			}
			time.Sleep(time.Until(cut.Add(partFor)))
			f.note("%d receipts at the gateway meanwhile, same owner: %v", f.receiptsAt(gateway)-before, f.owner(third) == owner)
			f.town.mend(from, to)
			mended := time.Now()
			f.bidsGoOnAt(4, gateway)
			f.note("bids went on at the gateway %.1f s after", time.Since(mended).Seconds())
			f.bidsGoOnAt(4, owner)
			f.toldNothing(gateway, mended)
			f.eventually("all nodes are ready", func() bool {
				return !slices.ContainsFunc(f.nodes, func(p *program) bool { return !strings.HasPrefix(p.readyz(), "200") })
			})
			f.settledOwner()
			f.finish()
		})
	}
}

// TestClientsAreCutFromOneNode: they come back at another and go on where they
// were.
func TestClientsAreCutFromOneNode(t *testing.T) {
	t.Parallel()
	f := openFair(t, 40*time.Second, true)
	owner, second, _ := f.settledOwner()
	for _, node := range []int{owner, second} { // first the one that decides
		lines := f.eyes[node].Lines()
		f.town.part(people, node)
		cut := time.Now()
		f.bidsGoOnAt(4, node)
		f.note("bids of the people of node %d went on within %.1f s", node+1, time.Since(cut).Seconds())
		f.eventually("the spectator came elsewhere", func() bool {
			at, _ := f.eyes[node].At()
			ahead, _ := f.eyes[(node+1)%3].At()
			return f.eyes[node].Lines() > lines && at+3 >= ahead
		})
		f.town.join(people, node)
	}
	f.finish()
}

// TestAllNodesAreCutFromEachOther: nobody decides, and the time is credited.
func TestAllNodesAreCutFromEachOther(t *testing.T) {
	t.Parallel()
	f := openFair(t, 25*time.Second, false)
	f.settledOwner()
	for _, pair := range [][2]int{{0, 1}, {1, 2}, {0, 2}} {
		f.town.part(pair[0], pair[1])
	}
	cut := time.Now()
	time.Sleep(settling)
	before := f.receiptsAt(0, 1, 2)
	for node := range f.nodes {
		f.toldToBeCut(node, cut)
	}
	time.Sleep(partFor)
	if got := f.receiptsAt(0, 1, 2) - before; got != 0 {
		t.Errorf("%d receipts with a record were given where nothing could be recorded", got)
	}
	for _, pair := range [][2]int{{0, 1}, {1, 2}, {0, 2}} {
		f.town.join(pair[0], pair[1])
	}
	mended := time.Now()
	for node := range f.nodes {
		f.bidsGoOnAt(2, node)
	}
	f.note("bids went on at all %.1f s after", time.Since(mended).Seconds())
	room := f.await(engine.PhaseRunning)
	if lost := time.Duration(room.Now.LostMs) * time.Millisecond; lost < partFor-3*time.Second {
		t.Errorf("credited %v for %v", lost, partFor)
	}
	for node := range f.nodes {
		f.toldNothing(node, mended)
	}
	f.finish()
}

// TestTheDatabaseIsCutFromAllNodesAtTheClose: neither the close nor the
// announcement waits for it, and the result is there once.
func TestTheDatabaseIsCutFromAllNodesAtTheClose(t *testing.T) {
	t.Parallel()
	f := openFair(t, 8*time.Second, false)
	f.db.be(weather{silent: true})
	f.bidsGoOn(12)
	room := f.await(engine.PhaseClosed)
	f.leave()
	f.announce(room)
	f.db.be(weather{})
	f.db.cut()
	f.finishAnnounced(room)
}

// TestTheDatabaseFailsOverWhileAnOwnerIsKilled: to a copy that lags, at the
// moment at which the node that decides dies.
func TestTheDatabaseFailsOverWhileAnOwnerIsKilled(t *testing.T) {
	t.Parallel()
	f := openFair(t, 20*time.Second, false)
	standby := f.office.fork(t, f.db)
	owner, second, third := f.settledOwner()
	f.office.Stop()
	f.nodes[owner].crash()
	killed := time.Now()
	f.bidsGoOnAt(4, second, third)
	f.note("bids went on elsewhere within %.1f s, without a database", time.Since(killed).Seconds())
	standby.Start()
	f.dsn = standby.DSN
	f.db.lead("unix", standby.socket(t))
	f.eventually("the killed node is back", func() bool { return strings.HasPrefix(f.nodes[owner].readyz(), "200") })
	f.bidsGoOnAt(4, owner)
	f.finish()
}
