package actor

import (
	"errors"
	"slices"

	"gobua/engine"
	"gobua/engine/sealing"
)

// core is a session's state and what is derived from it. It is only ever
// changed by step, and it is thrown away when an append fails.
type core struct {
	state engine.State
	room  engine.Room
	rows  []engine.Row        // every row so far; published, so only ever appended to or replaced
	desk  []engine.DeskRecord // the last attempts, oldest first

	events  []engine.Event  // scratch
	updates []engine.Update // when it was read back: what the room has not heard
	near    *neighbours
	dropped *dropped // nil: nothing is decided here
}

// batch is what one step decided. Nothing of it may leave the actor before its
// entries are durable.
type batch struct {
	after   engine.Head // the head that entries follow
	entries []engine.Entry
	told    engine.Told
	answers []func(unknown error)
	given   []given // receipts that are among them, to be signed
	final   bool    // the session reached its end in this batch
	bytes   int     // of the entries
	ways    []way   // commands among them that are traced
}

// step decides letters in the order of their arrival, as of now. Production
// and simulation share it. A deadline that lies before a letter is decided
// before that letter, one that lies before now is decided last: by then every
// letter received before it has been decided, because the mailbox was emptied
// at now. An outage is credited in its place: after what came before it, and
// what came during it is decided as of its end.
func (c *core) step(letters []letter, now engine.Instant, absent outage) batch {
	b := batch{
		after:   c.state.Head,
		entries: make([]engine.Entry, 0, len(letters)),
		answers: make([]func(error), 0, len(letters)),
	}
	b.told.FirstFeed = c.state.Feed + 1
	var concerned []engine.ParticipantCode
	wasFinal := c.state.Phase.Final()
	var back engine.Instant // when the session could be reached again
	for i := range letters {
		l := &letters[i]
		if l.at > absent.from && back < absent.to {
			concerned = c.credit(absent, &b, concerned)
			back = absent.to
		}
		at := max(l.at, back, c.state.LastAt)
		concerned = c.tick(at, &b, concerned)
		concerned = c.decide(l, at, &b, concerned)
	}
	if back < absent.to {
		concerned = c.credit(absent, &b, concerned)
	}
	concerned = c.tick(max(now, absent.to, c.state.LastAt), &b, concerned)
	c.finish(&b, concerned)
	b.final = !wasFinal && c.state.Phase.Final()
	return b
}

// lateOpening is how late the clock may open a session and still count the
// bidding time from the published moment.
const lateOpening = engine.Millis(1000)

// tick decides every deadline up to a moment, each at its own time.
func (c *core) tick(upTo engine.Instant, b *batch, concerned []engine.ParticipantCode) []engine.ParticipantCode {
	for {
		due := engine.Deadline(&c.state)
		if due == 0 || due > upTo {
			return concerned
		}
		concerned = c.tickOnce(upTo, b, concerned)
	}
}

// tickOnce decides the deadline that is next, which lies at or before a moment.
func (c *core) tickOnce(upTo engine.Instant, b *batch, concerned []engine.ParticipantCode) []engine.ParticipantCode {
	due := engine.Deadline(&c.state)
	at := max(due, c.state.LastAt)
	if c.state.Phase == engine.PhaseScheduled && upTo.Sub(due) > lateOpening {
		at = max(upTo, at) // nobody could bid before: the bidding time begins now
	}
	return c.apply(engine.Command{By: engine.System, Do: engine.Tick{}}, at, b, concerned)
}

// credit gives a session the time of an outage back. What was due before it
// is decided first, at its own time.
func (c *core) credit(absent outage, b *batch, concerned []engine.ParticipantCode) []engine.ParticipantCode {
	concerned = c.tick(absent.from, b, concerned)
	cmd := engine.Command{By: engine.System, Do: engine.CreditOutage{From: absent.from}}
	return c.apply(cmd, max(absent.to, c.state.LastAt), b, concerned)
}

// decide answers one letter.
func (c *core) decide(l *letter, at engine.Instant, b *batch, concerned []engine.ParticipantCode) []engine.ParticipantCode {
	if l.ask != nil {
		ask := l.ask
		ask(&c.state)
		answer := l.answer
		b.answers = append(b.answers, func(unknown error) { answer(engine.Receipt{}, unknown) })
		return concerned
	}
	if l.way != nil {
		b.ways = append(b.ways, *l.way)
	}
	if c.dropped.has(sender(l.cmd), l.cmd.ID) {
		b.answer(l, unrecorded(&c.state, l.cmd, at, &engine.Refusal{Reason: engine.ReasonDropped}))
		return concerned
	}
	var err error
	switch l.cmd.Do.(type) {
	case engine.Open, engine.Reopen:
		c.events, err = c.near.decide(&c.state, l.cmd, at, c.events[:0])
	default:
		c.events, err = sealing.Decide(&c.state, l.cmd, at, c.events[:0])
	}
	if errors.Is(err, engine.ErrBusy) {
		answer := l.answer
		b.answers = append(b.answers, func(error) { answer(engine.Receipt{}, err) })
		return concerned
	}
	if err != nil {
		b.answer(l, unrecorded(&c.state, l.cmd, at, err))
		return concerned
	}
	concerned = c.record(l.cmd, at, b, concerned)
	receipt, ok := c.state.Outcome(sender(l.cmd), l.cmd.ID)
	if !ok {
		receipt = engine.Receipt{Cmd: l.cmd.ID, Act: l.cmd.Do.ActName(), At: at, Accepted: true}
	}
	b.answer(l, receipt)
	return concerned
}

// answer keeps the answer to a letter until the batch is durable.
func (b *batch) answer(l *letter, r engine.Receipt) {
	answer, kept := l.answer, &r
	b.given = append(b.given, given{l.cmd.By, kept})
	b.answers = append(b.answers, func(unknown error) {
		if unknown != nil {
			kept = new(engine.Receipt)
		}
		answer(*kept, unknown)
	})
}

// reply gives every letter its answer; unknown: nobody knows what became of
// the batch.
func (b *batch) reply(unknown error) {
	for _, answer := range b.answers {
		answer(unknown)
	}
}

// unrecorded is the receipt of what has no record of its own.
func unrecorded(s *engine.State, cmd engine.Command, at engine.Instant, err error) engine.Receipt {
	var repeated *engine.Repeated
	if errors.As(err, &repeated) {
		return repeated.Receipt
	}
	var refusal *engine.Refusal
	if !errors.As(err, &refusal) {
		panic("Decide returned an error that is no answer: " + err.Error())
	}
	return engine.Receipt{Cmd: cmd.ID, Act: cmd.Do.ActName(), At: at, Reason: refusal.Reason, Price: s.Price, Next: s.NextMinimum()}
}

func sender(cmd engine.Command) engine.ParticipantCode {
	if cmd.By.Role == engine.RoleBidder {
		return engine.ParticipantCode(cmd.By.Ref)
	}
	return ""
}

// apply decides and records a command of the system.
func (c *core) apply(cmd engine.Command, at engine.Instant, b *batch, concerned []engine.ParticipantCode) []engine.ParticipantCode {
	c.events, _ = engine.Decide(&c.state, cmd, at, c.events[:0]) // the system's commands are never refused
	return c.record(cmd, at, b, concerned)
}

// record turns c.events into records, makes them part of the state so that the
// next letter sees them, and notes what is to be journalled and told.
func (c *core) record(cmd engine.Command, at engine.Instant, b *batch, concerned []engine.ParticipantCode) []engine.ParticipantCode {
	for _, e := range c.events {
		r := c.state.Record(cmd, at, e)
		entry, err := c.state.Entry(&r)
		if err != nil {
			panic("a record cannot be written: " + err.Error()) // no event has a field that can fail
		}
		b.entries = append(b.entries, entry)
		b.bytes += len(entry.Body) + len(entry.Disclosure)
		concerned = c.heed(r, b, concerned)
	}
	return concerned
}

// heed makes a record part of what a batch tells, and of everything else.
func (c *core) heed(r engine.Record, b *batch, concerned []engine.ParticipantCode) []engine.ParticipantCode {
	leader := c.state.Leader
	if u, public := c.absorb(r); public {
		b.told.Updates = append(b.told.Updates, u)
	}
	c.near.heed(&c.state, r.Event)
	if c.state.DeskHears(r.Event) {
		b.told.Records = append(b.told.Records, c.desk[len(c.desk)-1])
	}
	switch r.Event.(type) {
	case *engine.CheckedIn, *engine.Withdrawn, *engine.Disqualified, *engine.PartDeclined, *engine.RoundOpened, *engine.Unsealed, *engine.SealedRoundOpened, *engine.Undone:
		b.told.Participants = []engine.DeskParticipant{} // filled by finish
	}
	return c.state.Concerned(r, leader, concerned)
}

// absorb makes a record part of state, room, rows and desk. Recovery shares it.
func (c *core) absorb(r engine.Record) (u engine.Update, public bool) {
	public = c.state.Apply(r)
	if len(c.desk) >= 2*engine.MaxAttempts {
		c.desk = append(c.desk[:0], c.desk[engine.MaxAttempts:]...)
	}
	if c.state.DeskHears(r.Event) {
		c.desk = append(c.desk, c.state.DeskRecord(r))
	}
	if r.Event.Kind() == engine.KindCreated {
		c.room = c.state.Room()
	}
	if !public {
		return u, false
	}
	u = c.state.Update(r)
	c.room.Fold(u)
	if len(u.Struck) > 0 {
		c.rows = engine.Strike(c.rows, u.Struck)
	}
	if u.Row != nil {
		c.rows = append(c.rows, *u.Row)
	}
	return u, true
}

// wholeDesk is what a console sees first: newest attempts on top.
func (c *core) wholeDesk() engine.Desk {
	last := slices.Clone(c.desk[max(0, len(c.desk)-engine.MaxAttempts):])
	slices.Reverse(last)
	return engine.Desk{Participants: c.state.DeskParticipants(), Attempts: last}
}

// standings is what every participant may know of themselves.
func (c *core) standings() []engine.Standing {
	all := make([]engine.Standing, 0, len(c.state.Bidders()))
	for _, b := range c.state.Bidders() {
		you, _ := c.state.Standing(b.Code)
		all = append(all, you)
	}
	return all
}

// finish adds to a batch what is told once for all of it.
func (c *core) finish(b *batch, concerned []engine.ParticipantCode) {
	if len(b.entries) == 0 {
		return
	}
	room := c.room
	b.told.Room = &room
	seen := make(map[engine.ParticipantCode]bool, len(concerned))
	for _, code := range concerned {
		if seen[code] {
			continue
		}
		seen[code] = true
		if you, ok := c.state.Standing(code); ok {
			b.told.You = append(b.told.You, you)
		}
	}
	if b.told.Participants != nil {
		b.told.Participants = c.state.DeskParticipants()
	}
}
