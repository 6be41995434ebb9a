package main

import (
	"bytes"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gobua/engine"
	"gobua/internal/demo"
	"gobua/internal/load"
)

// The loads of BenchmarkClusterGrowth. Bidders are in their rooms too, so each
// accepted bid is told to growthBidders/growthSessions of them.
const (
	growthRate       = 400 // bids a second
	growthFor        = 8 * time.Second
	growthSessions   = 16
	growthBidders    = 128
	growthSpectators = 320
	growthIdle       = 2 * time.Second // for how long it is looked at what a process takes without anybody

	fullSessions = 40
	fullBidders  = 400 // each may bid five times a second, and ten times more at first
	fullFor      = 2 * time.Second
	fullRate     = 4000 // more than these bidders may is refused
)

// BenchmarkClusterGrowth is what a bid costs in processor time, and whom: one
// server alone; one node whose log has three servers of its own; three nodes of
// that kind; three nodes with the log within them. More processes on one machine
// carry no more, so what is measured is not throughput that grows but cost, by
// role, from which docs/scale.md reckons. An op is one such arrangement.
//
//	follow    at a node that neither decides nor has anybody
//	decide    at the node that decides, beyond that
//	bring     at the node through which bids come, beyond that
//	tell      for one update to one person
//	lead/keep a server of the log: leader of the stream, one of the others
//	all       all of it together, with the 28 people who are told of each bid
//
// The more bids a message of the log has, the less each costs: so it is measured
// at a moderate rate, and when full. What a process takes without any load is taken
// off. It fails if anything is lost.
func BenchmarkClusterGrowth(b *testing.B) {
	b.Run("alone", func(b *testing.B) {
		p := newProcess(b, openDoors...)
		p.start()
		g := &growth{b: b, nodes: []*process{p}}
		g.alone(fullRate)
	})
	b.Run("apart/nodes=1", func(b *testing.B) {
		c := newNodesApart(b, openDoors...)
		for _, p := range c.all[1:] {
			p.stop()
		}
		c.all = c.all[:1]
		growthOf(b, c).alone(fullRate)
	})
	b.Run("apart/nodes=3", func(b *testing.B) { growthOf(b, newNodesApart(b, openDoors...)).together(fullRate) })
	b.Run("within/nodes=3", func(b *testing.B) { growthOf(b, newNodes(b, openDoors...)).together(fullRate) })
}

// growth is some processes that are measured together.
type growth struct {
	b     *testing.B
	nodes []*process
	log   []*logServer // apart; none: within the nodes, or there is none
	of    *nodes       // nil: no cluster
	idle  map[int]float64
}

func growthOf(b *testing.B, c *nodes) *growth { return &growth{b: b, nodes: c.all, log: c.log, of: c} }

// cpuTime is the processor time that a process has taken, ended threads included.
func (g *growth) cpuTime(pid int) time.Duration {
	const scheduled = 2 // CPUCLOCK_SCHED of the kernel: to the nanosecond, of all threads
	var ts unix.Timespec
	if err := unix.ClockGettime(int32(^pid<<3|scheduled), &ts); err != nil {
		g.b.Fatal(err)
	}
	return time.Duration(ts.Nano())
}

// reading is what every process had taken at a moment.
type reading struct {
	at       time.Time
	took     map[int]time.Duration // by pid
	messages uint64                // of the log
}

func (g *growth) read() reading {
	r := reading{at: time.Now(), took: map[int]time.Duration{}}
	if g.of != nil {
		for _, stream := range g.nodes[0].status().Log {
			r.messages += stream.End
		}
	}
	for _, p := range g.nodes {
		r.took[p.cmd.Process.Pid] = g.cpuTime(p.cmd.Process.Pid)
	}
	for _, s := range g.log {
		r.took[s.cmd.Process.Pid] = g.cpuTime(s.cmd.Process.Pid)
	}
	return r
}

// rest measures what the processes take without a load: processors, by pid. It
// waits until what follows a load, such as the minutes, is done.
func (g *growth) rest() {
	for least := 0.0; ; {
		from := g.read()
		time.Sleep(growthIdle)
		to := g.read()
		idle, sum := map[int]float64{}, 0.0
		for pid := range to.took {
			idle[pid] = (to.took[pid] - from.took[pid]).Seconds() / to.at.Sub(from.at).Seconds()
			sum += idle[pid]
		}
		if least > 0 && sum > 0.8*least {
			return
		}
		g.idle, least = idle, sum
	}
}

// round is one load and what came of it.
type round struct {
	load.Result
	took    map[int]float64 // µs of processor a bid, by pid, idling taken off
	elapsed time.Duration   // from the first bid to the last answer, and loadTail
	packed  float64         // bids in a message of the log
	leader  *logServer      // of the stream of the sessions; nil: the log is not apart
}

// run puts a load on the nodes. place says where people are, once it is known
// which session it is about.
func (g *growth) run(o load.Options, place func(engine.SessionID) (bidders, spectators *process)) (r round) {
	g.b.Helper()
	var marks []reading
	o.Server, o.Login, o.Password = "http://"+g.nodes[0].addr, "quantri", demo.Password
	o.Mark = func() { marks = append(marks, g.read()) }
	o.Place = func(session engine.SessionID) ([]string, []string, error) {
		if len(g.log) > 0 {
			r.leader = g.of.leader(session)
		}
		bidders, spectators := place(session)
		return []string{"http://" + bidders.addr}, []string{"http://" + spectators.addr}, nil
	}
	var out bytes.Buffer
	err := load.Run(g.b.Context(), o, &out)
	r.Result = decode[load.Result](g.b, &out, err)
	if r.Bids.Unanswered > 0 || r.Bids.InRooms != r.Outcomes["accepted"] || r.Feed.Gaps+r.Feed.Lost+r.Feed.Behind > 0 {
		g.b.Fatalf("something was lost:\n%s", out.String())
	}
	from, to := marks[0], marks[1]
	r.packed = float64(r.Bids.InRooms) / float64(max(1, to.messages-from.messages))
	r.elapsed, r.took = to.at.Sub(from.at), map[int]float64{}
	for pid := range to.took {
		busy := (to.took[pid] - from.took[pid]).Seconds() - g.idle[pid]*r.elapsed.Seconds()
		r.took[pid] = busy * 1e6 / float64(r.Bids.InRooms)
	}
	return r
}

// all is what a bid cost all processes together, what people were told included.
func (r round) all() (sum float64) {
	for _, took := range r.took {
		sum += took
	}
	return sum
}

func (g *growth) cost(p *process, r round) float64 { return r.took[p.cmd.Process.Pid] }

// usual is the load by which costs are told apart.
func usualLoad(spectators int) load.Options {
	return load.Options{Rate: growthRate, Bidders: growthBidders, Spectators: spectators, Sessions: growthSessions, Duration: growthFor}
}

// alone measures one node: without spectators, with them, and as much as it takes.
func (g *growth) alone(most float64) {
	if g.of != nil {
		g.of.settled(g.nodes[0])
	}
	g.rest()
	p := g.nodes[0]
	here := func(engine.SessionID) (*process, *process) { return p, p }
	without := g.run(usualLoad(0), here)
	g.rest()
	with := g.run(usualLoad(growthSpectators), here)
	told := float64(with.Feed.Updates) / float64(with.Bids.InRooms)
	tell := (g.cost(p, with) - g.cost(p, without)) / told
	b := g.b
	b.ReportMetric(g.cost(p, without)-tell*growthBidders/growthSessions, "follow-decide-bring-us/bid")
	b.ReportMetric(tell, "tell-us/update")
	b.ReportMetric(with.all(), "all-us/bid")
	b.ReportMetric(1000*g.idle[p.cmd.Process.Pid], "idle-ms/s")
	g.reportLog(without)
	report(b, without.BidToReceipt, "receipt")
	g.full(most, here)
}

// together measures three nodes, of which each has another role.
func (g *growth) together(most float64) {
	g.of.settled(g.nodes[0])
	g.rest()
	var owner, second, third *process
	roles := func(session engine.SessionID) {
		o := -1
		g.nodes[0].eventually("somebody decides the session", func() bool { o = g.of.owner(g.nodes[0], session); return o >= 0 })
		owner, second, third = g.nodes[o], g.nodes[(o+1)%3], g.nodes[(o+2)%3]
	}
	// Bidders where it is decided, spectators at the second, nobody at the third.
	near := g.run(usualLoad(growthSpectators), func(s engine.SessionID) (*process, *process) { roles(s); return owner, second })
	follow := g.cost(third, near)
	tell := (g.cost(second, near) - follow) * float64(near.Bids.InRooms) / float64(near.Feed.Updates)
	inRooms := tell * growthBidders / growthSessions // what bidders are told
	decideAndBring := g.cost(owner, near) - follow - inRooms
	g.rest()
	// Nobody where it is decided, bidders at the second, spectators at the third.
	far := g.run(usualLoad(growthSpectators), func(s engine.SessionID) (*process, *process) { roles(s); return second, third })
	followFar := g.cost(third, far) - tell*float64(far.Feed.Updates)/float64(far.Bids.InRooms)
	b := g.b
	if len(g.log) > 0 { // else a node is also leader of the stream, or not
		b.ReportMetric(follow, "follow-us/bid")
		b.ReportMetric(g.cost(owner, far)-followFar, "decide-us/bid")
		b.ReportMetric(g.cost(second, far)-followFar-inRooms, "bring-us/bid")
		b.ReportMetric(decideAndBring, "decide-bring-at-one-us/bid")
		b.ReportMetric(tell, "tell-us/update")
	}
	b.ReportMetric(near.all(), "all-us/bid")
	b.ReportMetric(near.packed, "bids/message")
	idle := 0.0
	for _, p := range g.nodes {
		idle += g.idle[p.cmd.Process.Pid] / 3
	}
	b.ReportMetric(1000*idle, "idle-ms/s")
	g.reportLog(near)
	report(b, near.BidToReceipt, "receipt-at-owner")
	report(b, far.BidToReceipt, "receipt-elsewhere")
	full := g.full(most, func(s engine.SessionID) (*process, *process) { roles(s); return owner, second })
	if len(g.log) > 0 {
		b.ReportMetric(g.cost(third, full), "full-follow-us/bid")
		b.ReportMetric(g.cost(owner, full)-g.cost(third, full)-tell*fullBidders/fullSessions, "full-decide-bring-us/bid")
	}
	b.ReportMetric(full.packed, "full-bids/message")
}

// reportLog says what the servers of the log took, where they are apart.
func (g *growth) reportLog(r round) {
	if len(g.log) == 0 {
		return
	}
	keep, idle := 0.0, 0.0
	for _, s := range g.log {
		pid := s.cmd.Process.Pid
		idle += g.idle[pid] / 3
		if s == r.leader {
			g.b.ReportMetric(r.took[pid], "lead-us/bid")
		} else {
			keep += r.took[pid] / 2
		}
	}
	g.b.ReportMetric(keep, "keep-us/bid")
	g.b.ReportMetric(1000*idle, "log-idle-ms/s")
}

// full measures how many bids a second are decided when more come than can be.
func (g *growth) full(most float64, place func(engine.SessionID) (bidders, spectators *process)) round {
	g.rest()
	r := g.run(load.Options{Rate: most, Bidders: fullBidders, Spectators: 8, Sessions: fullSessions, Duration: fullFor}, place)
	receipts := r.Bids.Answered
	for outcome, n := range r.Outcomes {
		if len(outcome) > 4 && outcome[:4] == "err " {
			receipts -= n
		}
	}
	took := r.elapsed - loadTail
	g.b.ReportMetric(0, "ns/op")
	g.b.ReportMetric(float64(receipts)/took.Seconds(), "full-bids/s")
	g.b.ReportMetric(r.BidToReceipt.P99, "full-receipt-p99-ms")
	if float64(receipts)/took.Seconds() > 0.95*most {
		g.b.Logf("%v bids a second did not fill it", most)
	}
	return r
}

// loadTail is how long a load listens after the last answer.
const loadTail = 500 * time.Millisecond
