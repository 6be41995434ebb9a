package actor

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"gobua/engine"
)

// witness watches one session of the simulation from outside. It knows the
// journal, what the room was told and what was answered, and compares each
// with the others at the moment it happens.
type witness struct {
	journal engine.Journal
	id      engine.SessionID
	fail    func(format string, args ...any)
	shows   func() engine.Head // what the process has published; nil: it is to show all that is durable

	// What is durable, read from the journal and never from the actor.
	past     core
	records  []engine.Record
	updates  []engine.Update
	outcomes map[engine.CommandID]engine.Seq
	closed   int
	closedAt engine.Instant
	torn     bool // the journal has kept a part of a batch, so a decision may end in its middle

	// What was told and answered.
	open     bool // the feed was opened since the last crash
	heard    engine.FeedSeq
	room     engine.Room
	people   []engine.DeskParticipant
	you      map[engine.ParticipantCode]engine.Standing // as last told, or as they were when the room was opened
	receipts map[engine.CommandID]engine.Receipt
	dropped  map[engine.CommandID]bool       // the present process said that they are not carried out
	silent   []outage                        // stretches of time in which nobody could reach the session
	going    map[engine.ParticipantCode]bool // who may bid in the present round, nil: everybody
	opensAt  engine.Instant                  // from when that round takes bids
}

func newWitness(j engine.Journal, id engine.SessionID, fail func(string, ...any)) *witness {
	return &witness{
		journal: j, id: id, fail: fail,
		outcomes: map[engine.CommandID]engine.Seq{}, receipts: map[engine.CommandID]engine.Receipt{},
		dropped: map[engine.CommandID]bool{},
	}
}

// read takes in what the journal has by now, and checks the record itself. Where
// processes follow each other it is what this one shows, and no more.
func (w *witness) read() {
	var shown engine.Head
	if w.shows != nil {
		if shown = w.shows(); shown.Seq < w.past.state.Head.Seq {
			w.fail("record %d was shown, and then the session as of record %d", w.past.state.Head.Seq, shown.Seq)
			return
		}
	}
	err := w.journal.Replay(context.Background(), w.id, w.past.state.Head.Seq, func(e engine.Entry) error {
		if w.shows != nil && e.Seq > shown.Seq {
			return errEnough
		}
		if _, err := w.past.state.Head.Next(e); err != nil {
			return err
		}
		r, err := e.Record()
		if err != nil {
			return err
		}
		w.absorb(r)
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		w.fail("the record cannot be followed: %v", err)
	}
	if w.shows != nil && shown != w.past.state.Head {
		w.fail("record %d is shown, which the journal does not have so", shown.Seq)
	}
}

func (w *witness) absorb(r engine.Record) {
	before := w.past.state.Price
	if r.At < w.past.state.LastAt {
		w.fail("record %d (%s, at %d) goes back in time: the one before is of %d", r.Seq, r.Event.Kind(), r.At, w.past.state.LastAt)
	}
	w.judge(r)
	if u, public := w.past.absorb(r); public {
		w.updates = append(w.updates, u)
	}
	w.records = append(w.records, r)
	switch r.Event.(type) {
	case *engine.Withdrawn, *engine.Disqualified, *engine.Undone, *engine.PartDeclined:
	default:
		if w.past.state.Price < before {
			w.fail("record %d (%s) lowers the price from %d to %d", r.Seq, r.Event.Kind(), before, w.past.state.Price)
		}
	}
}

// judge checks a record against those before it.
func (w *witness) judge(r engine.Record) {
	if r.Cmd != (engine.CommandID{}) {
		if first, twice := w.outcomes[r.Cmd]; twice {
			w.fail("command %v was decided in record %d and again in %d", r.Cmd, first, r.Seq)
		}
		if w.dropped[r.Cmd] {
			w.fail("command %v was said to be dropped, and is record %d", r.Cmd, r.Seq)
		}
		w.outcomes[r.Cmd] = r.Seq
	}
	switch e := r.Event.(type) {
	case *engine.BidAccepted:
		if w.going != nil && (!w.going[e.Code] || r.At < w.opensAt) {
			w.fail("record %d is a bid by %s in a round that is not theirs or has not begun", r.Seq, e.Code)
		}
	case *engine.RoundOpened:
		w.reachable(r)
		w.going, w.opensAt = map[engine.ParticipantCode]bool{}, e.OpensAt
		for _, code := range e.Going {
			w.going[code] = true
		}
	case *engine.Closed:
		w.reachable(r)
	}
	switch e := r.Event.(type) {
	case *engine.BidAccepted, *engine.Raised:
		if s := &w.past.state; s.Phase != engine.PhaseRunning || r.At < s.OpenedAt || r.At >= s.ClosesAt {
			w.fail("record %d is a bid at %d, and bidding went from %d to %d", r.Seq, r.At, s.OpenedAt, s.ClosesAt)
		}
	case *engine.Reopened, *engine.SealedRoundOpened, *engine.StageOpened, *engine.LotReopened:
		w.closed, w.closedAt = 0, 0
	case *engine.OfferSealed:
		if s := &w.past.state; s.Phase != engine.PhaseRunning || r.At < s.OpenedAt || r.At >= s.ClosesAt {
			w.fail("record %d is an offer at %d, and the round went from %d to %d", r.Seq, r.At, s.OpenedAt, s.ClosesAt)
		}
	case *engine.Lowered:
		for _, gap := range w.silent {
			if gap.from < e.Due && e.Due <= gap.to {
				w.fail("the price fell at %d, while nobody could reach the session from %d to %d", e.Due, gap.from, gap.to)
			}
		}
	case *engine.Closed:
		w.closed++
		w.closedAt = r.At
		if w.closed > 1 {
			w.fail("record %d closes the session a second time", r.Seq)
		}
	}
}

// closedBefore is when the clock closed the session last before a record; a
// called lot may since have been reopened and closed again. What somebody's act
// closed, it closed for all that stood behind it in the mailbox: zero.
func (w *witness) closedBefore(seq engine.Seq) engine.Instant {
	for i, r := range slices.Backward(w.records) {
		if _, closed := r.Event.(*engine.Closed); !closed || r.Seq >= seq {
			continue
		}
		switch before := w.records[i-1]; before.Event.(type) {
		case *engine.Hammered, *engine.BidAccepted:
			if before.At == r.At {
				return 0
			}
		}
		return r.At
	}
	return w.closedAt
}

// reachable: a period ends only while people can reach the session.
func (w *witness) reachable(r engine.Record) {
	if s := &w.past.state; s.Rules.Descent != nil && s.Leader != "" {
		return // the acceptance closed it, not the clock
	}
	last := w.records[len(w.records)-1]
	_, credited := last.Event.(*engine.OutageCredited)
	cut := w.torn && credited && len(w.records) > 1 // what closed it may be durable, and the closing be made up for
	if cut {
		last = w.records[len(w.records)-2]
	}
	switch e := last.Event.(type) {
	case *engine.Hammered:
		return // the auctioneer closed it
	case *engine.BidAccepted:
		if last.At == r.At || cut && (e.Bought != "" || w.past.state.Rules.Turns != nil) {
			return // the bid closed it: the last of the last turn, or one that bought
		}
	case *engine.Disqualified, *engine.Withdrawn:
		if last.At == r.At && w.past.state.Rules.Turns != nil {
			return // it was the turn of who went, and nobody else has one
		}
	}
	for _, gap := range w.silent {
		if gap.from < r.At && r.At <= gap.to {
			w.fail("the session %s at %d, while nobody could reach it from %d to %d", r.Event.Kind(), r.At, gap.from, gap.to)
		}
	}
}

// Opened is part of Feed.
func (w *witness) Opened(_ engine.SessionID, room engine.Room, seq engine.FeedSeq, desk engine.Desk) {
	w.read()
	if seq < w.heard {
		w.fail("the room was opened at update %d after %d had been told", seq, w.heard)
	}
	w.compare("opened", &room, seq)
	w.room, w.heard, w.open, w.people = room, seq, true, desk.Participants
	w.you = map[engine.ParticipantCode]engine.Standing{}
	for _, you := range w.past.standings() {
		w.you[you.Code] = you
	}
	w.compareWinners()
}

// compareWinners: where several units are sold, the desk knows of each whether
// they win, whatever has changed it.
func (w *witness) compareWinners() {
	if n := w.past.state.Now().Sealed; n == nil || n.Units == nil {
		return
	}
	for i, want := range w.past.state.DeskParticipants() {
		if got := w.people[i]; got.Leading != want.Leading || got.Out != want.Out {
			w.fail("the desk has %+v, by the journal it is %+v", got, want)
		}
	}
}

// Tell is part of Feed.
func (w *witness) Tell(_ engine.SessionID, told engine.Told) {
	w.read()
	if told.FirstFeed != w.heard+1 {
		w.fail("update %d was told after %d", told.FirstFeed, w.heard)
	}
	for _, u := range told.Updates {
		w.heard++
		if int(w.heard) > len(w.updates) {
			w.fail("update %d was told and is not durable", w.heard)
			return
		}
		if !sameUpdate(&u, &w.updates[w.heard-1]) {
			w.fail("update %d was told as\n%+v, the journal has\n%+v", w.heard, u, w.updates[w.heard-1])
		}
		w.room.Fold(u)
	}
	w.compare("told", told.Room, w.heard)
	w.compare("folded", &w.room, w.heard)
	for _, d := range told.Records {
		if _, durable := w.recordOf(d.Seq, &d.Hash); !durable {
			w.fail("the desk was told record %d, which is not durable", d.Seq)
		}
	}
	if told.Participants != nil {
		w.people = told.Participants
	}
	w.compareWinners()
	for _, you := range told.You {
		w.you[you.Code] = you
	}
	standings := w.past.standings()
	if len(w.you) != len(standings) {
		w.fail("somebody was told who does not take part: %+v", told.You)
	}
	for _, want := range standings { // of those, too, who were told nothing now
		if you := w.you[want.Code]; you != want {
			w.fail("%s was last told to stand at\n%+v, the journal has\n%+v", want.Code, you, want)
		}
	}
}

// recordOf finds a durable record by its number, and by its hash where numbers
// would tell how many offers are sealed.
func (w *witness) recordOf(seq engine.Seq, hash *engine.Hash) (engine.Record, bool) {
	if hash == nil {
		return engine.Record{}, false
	}
	if w.past.state.TellsNoCounts() {
		i := slices.IndexFunc(w.records, func(r engine.Record) bool { return r.Hash == *hash })
		if i < 0 {
			return engine.Record{}, false
		}
		return w.records[i], true
	}
	if seq == 0 || int(seq) > len(w.records) || w.records[seq-1].Hash != *hash {
		return engine.Record{}, false
	}
	return w.records[seq-1], true
}

// Gone is part of Feed.
func (w *witness) Gone(engine.SessionID) { w.fail("the session is said to be damaged") }

func (w *witness) compare(what string, room *engine.Room, seq engine.FeedSeq) {
	if seq != w.past.state.Feed {
		w.fail("%s room is at update %d, the journal at %d", what, seq, w.past.state.Feed)
	}
	if !sameRoom(room, &w.past.room) {
		w.fail("%s room is\n%+v, the journal has\n%+v", what, *room, w.past.room)
	}
}

// viewed checks what the actor has published.
func (w *witness) viewed(v *View) {
	if v == nil {
		return
	}
	w.read()
	if v.Head.Seq == 0 || int(v.Head.Seq) > len(w.records) || w.records[v.Head.Seq-1].Hash != v.Head.Hash {
		w.fail("published record %d is not durable", v.Head.Seq)
	}
}

// call is one command as its sender saw it: the history that a checker of
// linearizability needs.
type call struct {
	cmd      engine.Command
	sent     int            // order of sending
	received engine.Instant // when the server had it
	answered int            // order of the answer; zero: none
	receipt  engine.Receipt
	err      error
}

// answered checks a receipt at the moment it is given.
func (w *witness) answered(c *call) {
	if c.err != nil {
		return
	}
	w.read()
	r := c.receipt
	first, known := w.receipts[r.Cmd]
	rec, durable := w.recordOf(r.Seq, r.Hash)
	switch {
	case r.Cmd != c.cmd.ID:
		w.fail("command %v was answered with the receipt of %v", c.cmd.ID, r.Cmd)
	case r.Seq == 0 && r.Hash == nil:
		// Not an attempt, and not recorded. Once there is an outcome, only what
		// shows another content or great age may be answered otherwise.
		if r.Accepted || known && r.Reason != engine.ReasonCommandReused && r.Reason != engine.ReasonCommandTooOld {
			w.fail("command %v was answered %+v without a record, at first %+v", c.cmd.ID, r, first)
		}
		return
	case !durable:
		w.fail("command %v was answered with record %d, which is not durable", c.cmd.ID, r.Seq)
		return
	case known && !sameReceipt(&r, &first):
		w.fail("command %v was answered\n%+v, at first\n%+v", c.cmd.ID, r, first)
	}
	if rec.Cmd != c.cmd.ID || r.Hash == nil || *r.Hash != rec.Hash {
		w.fail("command %v was answered with record %d, which belongs to %v", c.cmd.ID, r.Seq, rec.Cmd)
	}
	if closedAt := w.closedBefore(rec.Seq); r.Reason == engine.ReasonClosed && !known && c.received < closedAt {
		w.fail("command %v was received at %d and refused as too late, the session closed at %d", c.cmd.ID, c.received, closedAt)
	}
	w.receipts[r.Cmd] = r
}

func (c *call) String() string {
	return fmt.Sprintf("%s %s %+v by %s", c.cmd.ID.String()[:13], c.cmd.Do.ActName(), c.cmd.Do, c.cmd.By.Ref)
}
