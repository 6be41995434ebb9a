package proof

import (
	"iter"
	"reflect"

	"gobua/engine"
)

// Unknown is what a reader of public records is not told, and what takes its
// place. It must be such that the rules decide as they did with what is hidden:
// a hidden maximum was never reached and a hidden reserve was never met. What
// stands in for a maximum is the least it can have been; see judge.amountOf.
type Unknown struct {
	// Highest is the highest price that ever stood. Hidden maxima are above it.
	Highest engine.Dong
	// Reserve is the disclosed reserve with its salt, nil: hidden, or there is none.
	Reserve *engine.Secret
}

// Verdict is what a session's records come to, once they were all judged right.
type Verdict struct {
	Session   engine.SessionID `json:"session"`
	Lot       engine.Lot       `json:"lot"`
	RulesHash engine.Hash      `json:"rulesHash"`
	Method    string           `json:"method"`
	Currency  string           `json:"currency"`
	Phase     engine.Phase     `json:"phase"`
	Result    *engine.Result   `json:"result,omitempty"` // nil unless announced
	Head      engine.Head      `json:"head"`
	Bids      int              `json:"bids"`
	// What the rules cannot judge, because it came from outside, or because what
	// would be needed is hidden. It is counted for people to look at.
	Claims Claims `json:"claims"`
}

// Claims is what is taken on the word of who ran the session.
type Claims struct {
	Outages   int           `json:"outages"`   // credited: that the session could not be reached
	LostMs    engine.Millis `json:"lostMs"`    // by them
	LateOpens int           `json:"lateOpens"` // the clock opened later than the sheet said
	Followed  int           `json:"followed"`  // extensions that another lot of the group caused
	Limits    int           `json:"limits"`    // refusals for a limit across lots, and offers void for it
	Hidden    int           `json:"hidden"`    // records with an amount that is not disclosed
	Reserve   bool          `json:"reserve"`   // the reserve is not disclosed
}

// Judge decides a session's records once more, oldest first, and tells what is
// wrong with the first that the rules would not have made. Every record must
// follow: from a command that somebody with the right to it could have sent at
// that moment, or from the clock, at its time; and nothing the clock owed may be
// missing. It checks no hash; see ReadFile for that.
func Judge(records iter.Seq2[engine.Record, error], unknown Unknown) (Verdict, error) {
	return judgeWith(records, unknown, nil)
}

// judgeWith is Judge that lets somebody look at the state after each record.
func judgeWith(records iter.Seq2[engine.Record, error], unknown Unknown, look func(*engine.State, engine.Record) error) (Verdict, error) {
	next, stop := iter.Pull2(records)
	defer stop()
	j := &judge{unknown: unknown, ahead: ahead{next: next}, look: look}
	if err := j.begin(); err != nil {
		return Verdict{}, err
	}
	return j.all()
}

// all decides what follows the first record.
func (j *judge) all() (Verdict, error) {
	for {
		r, err := j.ahead.peek(0)
		if err != nil {
			return Verdict{}, err
		}
		if r == nil {
			return j.verdict()
		}
		if err := j.decide(r); err != nil {
			return Verdict{}, err
		}
	}
}

type judge struct {
	unknown Unknown
	ahead   ahead
	state   engine.State
	claims  Claims
	scratch []engine.Event
	look    func(*engine.State, engine.Record) error // at what has become of a record; nil: nobody looks
	// rulesHash is that of the rules as published. Where a reserve is hidden the
	// state has another one, of the rules with what stands in for it.
	rulesHash engine.Hash
}

// begin checks the first record and makes the state from it.
func (j *judge) begin() error {
	r, err := j.ahead.peek(0)
	if err != nil {
		return err
	}
	if r == nil {
		return wrong(0, CodeEmpty)
	}
	created, ok := r.Event.(*engine.Created)
	if !ok || r.Seq != 1 || r.By != engine.System || r.Cmd != (engine.CommandID{}) {
		return wrong(r.Seq, CodeBeginning)
	}
	if created.RulesHash != created.Rules.Hash() {
		return wrong(r.Seq, CodeRulesHash, "hash", created.Rules.Hash(), "says", created.RulesHash)
	}
	if engine.Methods[created.Rules.Method] == nil {
		return wrong(r.Seq, CodeMethod, "method", created.Rules.Method)
	}
	j.rulesHash = created.RulesHash
	c := *created
	if c.Rules.Reserve != nil {
		if err := j.standIn(&c); err != nil {
			return err
		}
	} else if j.unknown.Reserve != nil {
		return wrong(r.Seq, CodeNoReserve)
	}
	if err := engine.CheckCreated(&c); err != nil {
		return wrong(r.Seq, CodeCreated, "why", err.Error())
	}
	first := *r
	first.Event = &c
	j.state.Apply(first)
	j.ahead.drop(1)
	return nil
}

// standIn puts a reserve into a first record that conceals it: the disclosed
// one, or the highest there can be.
func (j *judge) standIn(c *engine.Created) error {
	if known := j.unknown.Reserve; known != nil {
		if engine.ReserveHash(*known) != *c.Rules.Reserve {
			return wrong(1, CodeOtherReserve)
		}
		if c.Secret != nil && *c.Secret != *known {
			return wrong(1, CodeTwoReserves)
		}
		c.Secret = known
		return nil
	}
	if c.Secret != nil {
		return nil
	}
	j.claims.Reserve = true
	c.Secret = &engine.Secret{Reserve: c.Rules.AmountCap()}
	if c.Rules.BuyNow != nil {
		c.Secret.Reserve = c.Rules.BuyNow.Amount
	}
	hash := engine.ReserveHash(*c.Secret)
	c.Rules.Reserve = &hash
	c.RulesHash = c.Rules.Hash()
	return nil
}

// decide judges what begins with record r: one decision, and so one record or
// several.
func (j *judge) decide(r *engine.Record) error {
	s := &j.state
	if _, again := r.Event.(*engine.Created); again {
		return wrong(r.Seq, CodeCreatedTwice)
	}
	if s.Phase.Final() {
		return wrong(r.Seq, CodeAfterEnd)
	}
	if r.Cmd == (engine.CommandID{}) {
		return j.bySystem(r)
	}
	if err := j.clockOwes(r); err != nil {
		return err
	}
	return j.byPerson(r, 0)
}

// clockOwes tells whether the clock had something to decide before record r.
func (j *judge) clockOwes(r *engine.Record) error {
	if due := engine.Deadline(&j.state); due != 0 && due <= r.At {
		return wrong(r.Seq, CodeClockMissing, "at", r.At, "due", due)
	}
	return nil
}

// byPerson judges the records of a command, the first `before` of which the
// clock had brought by then.
func (j *judge) byPerson(r *engine.Record, before int) error {
	var got []engine.Event
	for c := range j.commands(r) {
		events, err := engine.Decide(&j.state, c, r.At, j.scratch[:0])
		j.scratch = events[:0]
		if err != nil {
			continue
		}
		if len(events) <= before || !alike(events[before], r) {
			got = keep(got, events)
			continue
		}
		return j.match(c, r.At, events)
	}
	if got == nil {
		return wrong(r.Seq, CodeNotPossible, "who", r.By.Ref, "have", r.Event.Kind())
	}
	return wrong(r.Seq, CodeDiffers, "want", got[min(before, len(got)-1)], "have", r.Event)
}

// keep remembers the first decision that came to something, to say what would
// have been right.
func keep(got, events []engine.Event) []engine.Event {
	if got == nil && len(events) > 0 {
		got = append(got, events...)
	}
	return got
}

// bySystem judges what the clock, or the owner of the sessions, did by itself.
func (j *judge) bySystem(r *engine.Record) error {
	s := &j.state
	switch e := r.Event.(type) {
	case *engine.OutageCredited:
		return j.outage(r, e, 0)
	case *engine.Extended:
		if e.Cause != nil {
			return j.followed(r, e)
		}
	}
	if due := engine.Deadline(s); due != 0 && due <= r.At {
		if at := max(due, s.LastAt); r.At != at {
			if s.Phase != engine.PhaseScheduled {
				return wrong(r.Seq, CodeClockTime, "at", r.At, "due", at)
			}
			j.claims.LateOpens++
		}
		c := engine.Command{By: engine.System, Do: engine.Tick{}}
		events, _ := engine.Decide(s, c, r.At, nil)
		if len(events) > 0 && alike(events[0], r) {
			return j.match(c, r.At, events)
		}
		after, err := j.followsACommand(r)
		if err != nil {
			return err
		}
		if len(events) > 0 && after == nil {
			return wrong(r.Seq, CodeClockOther, "want", events[0], "have", r.Event)
		}
	}
	// What the clock had brought is put before somebody's act that comes after
	// it, in the same decision.
	after, err := j.followsACommand(r)
	if err != nil {
		return err
	}
	if after != nil {
		before := int(after.Seq - r.Seq)
		if e, credited := after.Event.(*engine.OutageCredited); credited {
			return j.outage(after, e, before)
		}
		return j.byPerson(after, before)
	}
	return wrong(r.Seq, CodeNothingDue, "have", r.Event.Kind())
}

// mostOverdue is how many records the clock can owe before one act. A falling
// price has no more prices than that.
const mostOverdue = 10_000

// followsACommand is the record of an act, or of an outage, that comes next
// after a run of the clock's at the same moment; nil: there is none.
func (j *judge) followsACommand(r *engine.Record) (*engine.Record, error) {
	for i := 1; i < mostOverdue; i++ {
		next, err := j.ahead.peek(i)
		if err != nil || next == nil || next.At != r.At {
			return nil, err
		}
		if _, credited := next.Event.(*engine.OutageCredited); credited || next.Cmd != (engine.CommandID{}) {
			return next, nil
		}
	}
	return nil, nil
}

// outage judges that time was given back. That there was an outage is a claim;
// what is given for it is not.
func (j *judge) outage(r *engine.Record, e *engine.OutageCredited, before int) error {
	if due := engine.Deadline(&j.state); due != 0 && due <= e.From && before == 0 {
		return wrong(r.Seq, CodeOutageOver, "due", due)
	}
	if e.From > r.At || e.LostMs != r.At.Sub(e.From) {
		return wrong(r.Seq, CodeOutageLength, "from", e.From, "at", r.At, "lost", e.LostMs)
	}
	c := engine.Command{By: engine.System, Do: engine.CreditOutage{From: e.From}}
	events, _ := engine.Decide(&j.state, c, r.At, nil)
	if len(events) <= before || !alike(events[before], r) {
		return wrong(r.Seq, CodeOutageCredit)
	}
	j.claims.Outages++
	j.claims.LostMs += e.LostMs
	return j.match(c, r.At, events)
}

// followed judges that the lot's end followed that of another lot. What
// happened there stands in that lot's record.
func (j *judge) followed(r *engine.Record, e *engine.Extended) error {
	x := engine.Extension{ClosesAt: e.ClosesAt, Count: e.Count, At: r.At, Cause: *e.Cause}
	c := engine.Command{By: engine.System, Do: engine.Follow{Extension: x}}
	events, _ := engine.Decide(&j.state, c, r.At, nil)
	if len(events) == 0 || !alike(events[0], r) {
		return wrong(r.Seq, CodeFollow, "to", e.ClosesAt)
	}
	j.claims.Followed++
	return j.match(c, r.At, events)
}

// match takes the records of one decision: each must be what the rules made of
// the command, in its place, and is then part of the past.
func (j *judge) match(c engine.Command, at engine.Instant, events []engine.Event) error {
	for _, e := range events {
		r, err := j.ahead.peek(0)
		if err != nil {
			return err
		}
		want := j.state.Record(c, at, e)
		switch {
		case r == nil:
			return wrong(want.Seq, CodeMiddle, "want", e.Kind())
		case r.Seq != want.Seq:
			return wrong(r.Seq, CodeOrder, "after", j.state.Head.Seq)
		case !alike(e, r):
			return wrong(r.Seq, CodeDiffers, "want", e, "have", r.Event)
		case r.At != want.At || r.By != want.By || r.Cmd != want.Cmd:
			return wrong(r.Seq, CodeWhoAndWhen, "wantAt", want.At, "wantBy", want.By.Ref, "at", r.At, "by", r.By.Ref)
		case r.At < j.state.LastAt:
			return wrong(r.Seq, CodeBackInTime, "at", r.At, "before", j.state.LastAt)
		}
		j.count(r)
		want.Hash, want.Event = r.Hash, filled(e, r)
		j.state.Apply(want)
		j.ahead.drop(1)
		if j.look == nil {
			continue
		}
		if err := j.look(&j.state, want); err != nil {
			return err
		}
	}
	return nil
}

// filled is the event to apply: that of the record where it says everything,
// else the one that was decided with what stands in for the hidden amount.
func filled(decided engine.Event, r *engine.Record) engine.Event {
	if r.Concealed == nil {
		return r.Event
	}
	return decided
}

func (j *judge) count(r *engine.Record) {
	if r.Concealed != nil {
		j.claims.Hidden++
	}
	switch e := r.Event.(type) {
	case *engine.Refused:
		if e.Reason == engine.ReasonLotsTaken || e.Reason == engine.ReasonOverLimit {
			j.claims.Limits++
		}
	case *engine.Unsealed:
		for _, v := range e.Void {
			if v.Why == engine.ReasonLotsTaken {
				j.claims.Limits++
			}
		}
	}
}

// alike tells whether an event that was decided is that of a record, as far as
// the record says.
func alike(decided engine.Event, r *engine.Record) bool {
	if decided.Kind() != r.Event.Kind() {
		return false
	}
	if r.Concealed != nil {
		decided = engine.Concealing(decided)
	}
	return reflect.DeepEqual(decided, r.Event)
}

func (j *judge) verdict() (Verdict, error) {
	s := &j.state
	v := Verdict{
		Session: s.Session, Lot: s.Lot, RulesHash: j.rulesHash, Method: s.Rules.Method, Currency: s.Rules.Currency,
		Phase: s.Phase, Result: s.Result, Head: s.Head, Bids: s.Bids, Claims: j.claims,
	}
	return v, nil
}

// ahead lets a reader of records look at those that follow.
type ahead struct {
	next func() (engine.Record, error, bool)
	seen []engine.Record
	err  error
	done bool
}

// peek returns the i-th record that has not been dropped, nil: there is none.
// It is good until the next drop.
func (a *ahead) peek(i int) (*engine.Record, error) {
	for len(a.seen) <= i && !a.done {
		r, err, ok := a.next()
		if !ok || err != nil {
			a.err, a.done = err, true
			break
		}
		a.seen = append(a.seen, r)
	}
	if i < len(a.seen) {
		return &a.seen[i], nil
	}
	return nil, a.err
}

func (a *ahead) drop(n int) {
	a.seen = a.seen[n:]
}
