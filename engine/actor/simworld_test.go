package actor

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"time"

	"gobua/engine"
	"gobua/engine/journal"
)

// world is a simulated process with its sessions, its disk and its people.
// Everything in it happens on one goroutine, in the order the seed says, in the
// fake time of a synctest bubble. Production's own mailbox, recovery, step and
// turn do the work; only the waiting between is simulated.
type world struct {
	rng       *rand.Rand
	other     *rand.Rand // for which sales have rounds
	third     *rand.Rand // for which are sold together
	table     *rand.Rand // for which are sold in turn
	hall      *rand.Rand // for which are called, and what is done there
	counter   *rand.Rand // for which are of several units, and how many are wanted
	market    *rand.Rand // for which have rounds of silence, or a price to buy now
	line      *rand.Rand // for which questions drop what is not known
	turn      turnFunc
	mem       *journal.Memory
	odds      float64 // of a fault
	reg       *Registry
	rooms     []*simRoom
	group     *group // of the rooms that are sold together, in the present process; nil: each by itself
	tied      bool   // the rooms are sold together
	groupWork groupFunc
	calm      bool // no more faults
	torn      bool // the journal has kept a part of a batch
	order     int  // of sending and answering
	ids       uint64

	traced    bool
	trace     []string
	faults    map[string]int // what went wrong with the disk and the process
	violation string
}

// turnFunc is how an actor works through its letters: (*Actor).turn, or a
// planted fault.
type turnFunc func(a *Actor, ctx context.Context, c *core, letters []letter, now engine.Instant) error

// groupFunc is how a group works through its letters: (*group).work, or a
// planted fault.
type groupFunc func(g *group, ctx context.Context, letters []letter, now engine.Instant) error

// simRoom is one session, its people, and its actor in the present process.
type simRoom struct {
	*witness
	rules  engine.Rules
	codes  []engine.ParticipantCode
	actor  *Actor
	core   *core // nil: must be read back
	calls  []*call
	waits  map[*call]bool // not answered, and the process that has it lives
	served bool           // the present process has caught up with the session
}

func newWorld(seed uint64, turn turnFunc, traced bool) *world {
	w := &world{rng: rand.New(rand.NewPCG(seed, 0)), other: rand.New(rand.NewPCG(seed, 1)), third: rand.New(rand.NewPCG(seed*0x9e3779b97f4a7c15, 2)), table: rand.New(rand.NewPCG(seed*0x9e3779b97f4a7c15, 4)), hall: rand.New(rand.NewPCG(seed*0x9e3779b97f4a7c15, 3)), counter: rand.New(rand.NewPCG(seed*0x9e3779b97f4a7c15, 5)), market: rand.New(rand.NewPCG(seed*0x9e3779b97f4a7c15, 6)), line: rand.New(rand.NewPCG(seed*0x9e3779b97f4a7c15, 7)), faults: map[string]int{}, turn: turn, traced: traced, mem: journal.NewMemory()}
	w.odds = w.rng.Float64() * 0.15 // some worlds have a good disk, some a bad one
	w.tied = w.third.IntN(2) == 0
	for i := range 1 + w.rng.IntN(3) {
		w.rooms = append(w.rooms, w.create(engine.NewSessionID([12]byte{byte(i)})))
	}
	w.boot()
	return w
}

func (w *world) fail(format string, args ...any) {
	if w.violation == "" {
		w.violation = fmt.Sprintf(format, args...)
	}
}

func (w *world) note(format string, args ...any) {
	if !w.traced {
		return
	}
	w.trace = append(w.trace, time.Now().UTC().Format("15:04:05.000 ")+fmt.Sprintf(format, args...))
}

func (w *world) now() engine.Instant { return engine.InstantOf(time.Now()) }

// one in n.
func (w *world) one(n int) bool { return w.rng.IntN(n) == 0 }

func pick[T any](w *world, from ...T) T { return from[w.rng.IntN(len(from))] }

// fault says what goes wrong with an append.
func (w *world) fault(engine.SessionID, int) (f journal.Fault) {
	if w.calm || w.rng.Float64() > w.odds {
		return f
	}
	f.Kind = pick(w, journal.NoFault, journal.FailBefore, journal.FailAfter, journal.Tear)
	if w.tied && f.Kind == journal.Tear { // a limit across lots holds only where the journal keeps its promise
		f.Kind = journal.FailAfter
	}
	f.Durable = w.rng.IntN(4)
	if f.Kind == journal.Tear {
		w.torn = true
		for _, room := range w.rooms {
			room.witness.torn = true
		}
	}
	if w.one(3) {
		f.Delay = time.Duration(w.rng.IntN(5000)) * time.Millisecond
	}
	w.note("disk: %+v", f)
	w.faults[map[journal.FaultKind]string{
		journal.NoFault: "only slow", journal.FailBefore: "append failed, nothing written", journal.FailAfter: "append failed, all written", journal.Tear: "append torn",
	}[f.Kind]]++
	return f
}

// create journals a session with random rules.
func (w *world) create(id engine.SessionID) *simRoom {
	c := engine.Created{Session: id, Lot: engine.Lot{Number: 1, Title: "Biển số"}, Rules: w.someRules(), Seed: &engine.Hash{7}}
	room := &simRoom{rules: c.Rules, waits: map[*call]bool{}, witness: newWitness(w.mem, id, w.fail)}
	for i := range 1 + w.rng.IntN(6) {
		code := engine.ParticipantCode(fmt.Sprintf("M-%d", i+1))
		room.codes = append(room.codes, code)
		c.Participants = append(c.Participants, engine.Participant{Code: code, Holder: engine.HolderOf(id, string(code))})
	}
	if c.Rules.Descent == nil && w.one(3) {
		c.Secret = &engine.Secret{Reserve: c.Rules.Start + engine.Dong(w.rng.IntN(200)), Salt: engine.Hash{1}}
		hash := engine.ReserveHash(*c.Secret)
		c.Rules.Reserve = &hash
		if c.Rules.Proxy && c.Secret.Reserve%2 == 0 {
			c.Rules.ReserveKind = engine.ReserveReveal
		}
	}
	if w.tied {
		w.tie(&c)
	} else {
		w.sellUnits(&c.Rules)
		w.otherwise(&c)
	}
	c.RulesHash = c.Rules.Hash()
	room.rules = c.Rules
	if err := engine.CheckCreated(&c); err != nil {
		panic(err)
	}
	r := Registry{o: Options{Journal: w.mem}, clock: time.Now}
	if err := r.begin(context.Background(), c); err != nil {
		panic(err)
	}
	w.note("%s: %+v", id, c.Rules)
	return room
}

func (w *world) someRules() engine.Rules {
	r := engine.Rules{
		Method: "ascending", Currency: "VND", Start: 100, Proxy: w.one(2), HideCodes: w.one(4),
		Step: pick(w,
			engine.Step{Kind: engine.StepFixed, Amount: 10},
			engine.Step{Kind: engine.StepPercent, Amount: 5, BasisPoints: 300},
			engine.Step{Kind: engine.StepBands, Bands: []engine.Band{{From: 0, Step: 10}, {From: 200, Step: 25}}}),
		Closing: pick(w,
			engine.Closing{Kind: engine.ClosingFixed},
			engine.Closing{Kind: engine.ClosingReset, WindowMs: 20_000, ByMs: 20_000},
			engine.Closing{Kind: engine.ClosingAdd, WindowMs: 15_000, ByMs: 5000, MaxCount: 5},
			engine.Closing{Kind: engine.ClosingReset, WindowMs: 10_000, ByMs: 15_000, MaxTotalMs: 60_000}),
		Opening:       pick(w, engine.OpeningByClock, engine.OpeningByClock, engine.OpeningByAuctioneer),
		OpensAt:       w.now().Add(engine.Millis(1 + w.rng.IntN(10_000))),
		BiddingMs:     engine.Millis(10_000 + w.rng.IntN(120_000)),
		RecoveryMinMs: pick(w, engine.Millis(0), 10_000, 60_000),
		ConfirmAbove:  pick(w, 0, 0, 5),
		MinIntervalMs: pick(w, engine.Millis(0), 0, 500),
	}
	if w.one(4) {
		w.letFall(&r)
	}
	if r.Descent == nil && w.other.IntN(4) == 0 {
		r.Proxy = false
		r.Closing = engine.Closing{
			Kind: engine.ClosingRounds, WindowMs: engine.Millis(1 + w.other.IntN(10_000)), ByMs: 10_000,
			MaxCount: 1 + w.other.IntN(10), MaxTotalMs: engine.Millis(w.other.IntN(2) * 50_000), GapMs: engine.Millis(w.other.IntN(2) * 3000),
		}
	} else if r.Descent == nil && w.other.IntN(4) == 0 {
		w.seal(&r)
	} else if r.Descent != nil && w.other.IntN(2) == 0 {
		w.thenSeal(&r)
	}
	if r.Descent == nil && r.Sealed == nil && r.Closing.Kind != engine.ClosingRounds && w.hall.IntN(4) == 0 {
		r.Method, r.Proxy, r.Closing = "called", false, engine.Closing{Kind: engine.ClosingFixed}
		r.Called = &engine.Called{Calls: 1 + w.hall.IntN(3), CallEveryMs: engine.Millis(w.hall.IntN(2) * 1000), EarlyHammer: w.hall.IntN(2) == 0}
	}
	if r.Method == "ascending" && !w.tied && r.Closing.Kind == engine.ClosingFixed && w.table.IntN(2) == 0 {
		r.Method, r.Proxy, r.HideCodes = "turns", false, false
		r.Turns = &engine.Turns{Rounds: 1 + w.table.IntN(4), TurnMs: 5000 + engine.Millis(w.table.IntN(5000)), PauseMs: 5000}
	}
	return r
}

// otherwise makes some sheets of a rising price ones of rounds that silence
// ends, or adds a price to buy now, where the sheet takes it. It draws from
// dice of its own, so that older seeds live through what they did.
func (w *world) otherwise(c *engine.Created) {
	r := &c.Rules
	if r.Method != "ascending" {
		return
	}
	if r.Step.Kind == engine.StepFixed && w.market.IntN(3) == 0 {
		r.Method, r.Proxy, r.Closing = "gong", false, engine.Closing{Kind: engine.ClosingFixed}
		r.Gong = &engine.Gong{SilenceMs: min(r.BiddingMs, 5000+engine.Millis(w.market.IntN(30_000)))}
		c.Secret, r.Reserve, r.ReserveKind = nil, nil, ""
	}
	if w.market.IntN(3) == 0 {
		offered := *r
		offered.BuyNow = &engine.BuyNow{Amount: 200 + engine.Dong(w.market.IntN(40))*10, Until: engine.BuyNowFirstBid}
		switch w.market.IntN(4) {
		case 0:
			offered.BuyNow.Until = engine.BuyNowEnd
		case 1:
			offered.BuyNow.Until, offered.BuyNow.BasisPoints = engine.BuyNowShare, 7500
		case 2:
			offered.BuyNow.Until = engine.BuyNowReserve
		}
		if offered.Check() == nil && (c.Secret == nil || c.Secret.Reserve <= offered.BuyNow.Amount) {
			*r = offered
		}
	}
}

// letFall makes a sheet one of a falling price.
func (w *world) letFall(r *engine.Rules) {
	d := &engine.Descent{Amount: pick(w, engine.Dong(7), 10, 40), EveryMs: pick(w, engine.Millis(1000), 5000, 20_000), Floor: 30, Preceding: w.one(2)}
	r.Method, r.Descent, r.BiddingMs = "descending", d, d.Span(r.Start)
	r.Step, r.Closing, r.Proxy, r.ConfirmAbove, r.MinIntervalMs = engine.Step{}, engine.Closing{Kind: engine.ClosingFixed}, false, 0, 0
}

// boot starts the process: a registry, whose goroutines are simulated, and an
// actor for every session.
func (w *world) boot() {
	j := journal.NewFaulty(w.mem, w.fault)
	w.reg = &Registry{
		o: Options{Journal: j, Log: slog.New(slog.DiscardHandler)}, clock: time.Now, pulse: newPulse(time.Now, steadyOf(time.Now)),
		since:  max(1, min(j.LastAlive(), w.now().Add(-leastOutage))), // as newRegistry has it
		actors: map[engine.SessionID]*Actor{},
	}
	w.group = nil
	for _, room := range w.rooms {
		room.core, room.open, room.served, room.journal = nil, false, false, w.mem
		room.actor = &Actor{
			id: room.id, shown: new(shown), feed: room, meter: noMeter{}, log: w.reg.o.Log, clock: time.Now,
			pulse: w.reg.pulse, box: newMailbox(time.Now), reader: reader{j, newNeighbours(), make(chan struct{}, 1)}, onFinal: func(engine.SessionID) {},
			served: make(chan struct{}),
		}
		room.actor.owe(outage{from: w.reg.since})
		w.reg.actors[room.id] = room.actor
		if w.tied {
			w.joinGroup(j, room)
		}
	}
}

// crash ends the process at once and starts it again after a while.
func (w *world) crash() {
	died := w.now()
	for _, room := range w.rooms {
		clear(room.waits) // nobody will answer them
		clear(room.dropped)
		room.heard = 0
	}
	time.Sleep(time.Duration(w.rng.IntN(pick(w, 10, 3000, 300_000))) * time.Millisecond)
	w.note("crash at %d, back after %d ms", died, w.now().Sub(died))
	w.faults["process killed"]++
	for _, room := range w.rooms {
		room.silent = append(room.silent, outage{died, w.now()})
	}
	w.mem = w.mem.Restart()
	w.boot()
}

// freeze stops the process and continues it.
func (w *world) freeze() {
	w.reg.pulse.beat()
	from := w.now()
	time.Sleep(time.Duration(2000+w.rng.IntN(60_000)) * time.Millisecond)
	w.note("stood still for %d ms", w.now().Sub(from))
	w.faults["process stood still"]++
	for _, room := range w.rooms {
		room.silent = append(room.silent, outage{from, w.now()})
	}
}

// pass lets time pass while the process runs and its actors are busy or idle.
func (w *world) pass(d time.Duration) {
	for w.reg.pulse.beat(); d > 0; w.reg.pulse.beat() {
		time.Sleep(min(d, beatEvery))
		d -= beatEvery
	}
	if w.allServed() && !w.one(4) { // now and then the mark is late
		w.reg.mark()
	}
}

// allServed is when Start would begin to mark.
func (w *world) allServed() bool {
	return !slices.ContainsFunc(w.rooms, func(room *simRoom) bool { return !room.served })
}

// serve does what an actor's goroutine does when it is woken.
func (w *world) serve(room *simRoom) {
	a, ctx := room.actor, context.Background()
	if w.tied {
		w.serveGroup(ctx)
		return
	}
	if room.core == nil {
		c, err := a.recover(ctx)
		if err != nil {
			w.fail("session %s cannot be read back: %v", room.id, err)
			return
		}
		room.core = c
		a.open(c)
	}
	letters, now := a.box.empty(nil)
	if err := w.turn(a, ctx, room.core, letters, now); err != nil {
		w.note("%s: %v", room.id, err)
		room.core = nil
		return
	}
	room.served = true
	room.viewed(a.view.Load())
}

// send puts a command into a session's mailbox.
func (w *world) send(room *simRoom, cmd engine.Command) *call {
	w.order++
	c := &call{cmd: cmd, sent: w.order, received: w.now()}
	room.calls = append(room.calls, c)
	room.waits[c] = true
	if w.traced { // spares the arguments, too
		w.note("%s: %v", room.id, c)
	}
	err := room.actor.box.put(letter{to: room.actor, cmd: cmd, answer: func(r engine.Receipt, err error) { w.answered(room, c, r, err) }})
	if err != nil {
		w.answered(room, c, engine.Receipt{}, err)
	}
	return c
}

func (w *world) answered(room *simRoom, c *call, r engine.Receipt, err error) {
	w.order++
	if c.answered != 0 {
		w.fail("%v was answered twice", c)
	}
	delete(room.waits, c)
	c.answered, c.receipt, c.err = w.order, r, err
	if w.traced {
		w.note("%s: %s → #%d accepted=%v %s %v", room.id, c.cmd.ID.String()[:13], r.Seq, r.Accepted, r.Reason, err)
	}
	room.answered(c)
}
