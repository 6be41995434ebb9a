package engine

import "strconv"

// memorySize is how many outcomes are kept per sender. At one bid a second it
// is two minutes of resending, far longer than a reconnect takes.
const memorySize = 128

// memory is what a sender's commands came to, so that the same command id gets
// the same receipt, also after a crash. Receipts that fell out of it leave
// their ids behind, so that no command is ever carried out twice, whatever the
// sender's clock made of the ids. Every id has its record, so this grows no
// faster than the journal.
type memory struct {
	seen map[CommandID]int32 // the number of its outcome among the sender's, from 0
	ring []outcome           // the last memorySize of them, each at its number modulo memorySize
}

// outcome is a receipt with what tells a repetition from another command under
// the same id.
type outcome struct {
	receipt Receipt // without its hash and its salt
	hash    Hash
	by      string // the sender's reference: staff share one memory
	about   string // what else the command named; see aboutAct
	// conceals: the record conceals something of it, which its salt opens. The salt
	// is made when the receipt is given, because it follows from the record.
	conceals bool
}

// find returns the outcome of a command id, nil if it is not kept.
func (m *memory) find(id CommandID) *outcome {
	n, ok := m.seen[id]
	if !ok || m.forgot(n) {
		return nil
	}
	return &m.ring[n%memorySize]
}

// forgot tells whether the receipt of the n-th outcome has made room for a
// later one.
func (m *memory) forgot(n int32) bool { return int(n) < len(m.seen)-memorySize }

// put remembers an outcome and forgets the oldest where there is no room.
func (m *memory) put(o outcome) {
	if m.seen == nil {
		m.seen = make(map[CommandID]int32)
	}
	n := len(m.seen)
	m.seen[o.receipt.Cmd] = int32(n)
	if n < memorySize {
		m.ring = append(m.ring, o)
	} else {
		m.ring[n%memorySize] = o
	}
}

// judge tells what to do with a command id that a sender's memory may have: a nil
// error means that it is new.
func (s *State) judge(m *memory, c Command) error {
	if c.ID == (CommandID{}) {
		return &Refusal{ReasonCommandIDMissing}
	}
	n, ok := m.seen[c.ID]
	switch {
	case !ok:
		return nil
	case m.forgot(n):
		return &Refusal{ReasonCommandTooOld}
	}
	o := &m.ring[n%memorySize]
	r := &o.receipt
	if r.Act != c.Do.ActName() || r.Amount != amountOf(c.Do) || o.by != c.By.Ref || r.Accepted && o.about != aboutAct(c.Do) {
		return &Refusal{ReasonCommandReused}
	}
	return &Repeated{s.answer(o)}
}

// answer is the receipt as it was given first.
func (s *State) answer(o *outcome) Receipt {
	r, hash := o.receipt, o.hash
	r.Hash = &hash
	if o.conceals {
		r.Salt = new(s.cover.saltOf(r.Seq))
	}
	return r
}

// Repeated answers a command that was decided before with what was decided.
type Repeated struct{ Receipt Receipt }

func (r *Repeated) Error() string { return "command was decided before" }

// amountOf is the amount that an act names. That of a sealed offer is kept
// nowhere, so nobody notices another amount under the same command id: the
// answer is the first one's, and so is the box.
func amountOf(a Act) Dong {
	switch a := a.(type) {
	case PlaceBid:
		return a.Amount
	case RaiseMaximum:
		return a.Amount
	case Buy:
		return a.Amount
	case Announce:
		return a.Price
	case Ask:
		return a.Price
	case FloorBid:
		return a.Amount
	case Call:
		return a.Price
	case Hammer:
		return a.Price
	case Pass:
		return a.Price
	case Undo:
		return a.Amount
	case ConfirmUndo:
		return a.Amount
	case DropUndo:
		return a.Amount
	}
	return 0
}

// aboutAct is what an act names besides an amount. It says the same as
// aboutEvent of the event that the act makes happen.
func aboutAct(a Act) string {
	switch a := a.(type) {
	case Pause:
		return a.Reason
	case Resume:
		return a.Reason
	case Stop:
		return a.Reason
	case Cancel:
		return a.Reason
	case Say:
		return a.Text
	case Extend:
		return strconv.FormatInt(int64(a.By), 10) + " " + a.Reason
	case Disqualify:
		return string(a.Code) + " " + a.Reason
	case Announce:
		return string(a.Winner)
	case TakeKey:
		return aboutKeys(a.Publics)
	case PresentKey:
		return aboutKeys([]Key{a.Private})
	case FloorBid:
		return string(a.Code)
	case FloorCheckIn:
		return string(a.Code)
	case Undo:
		return string(a.Code) + " " + a.Reason
	case ConfirmUndo:
		return string(a.Code)
	case DropUndo:
		return string(a.Code) + " " + a.Reason
	case Reopen:
		return a.Reason
	case Decline:
		return string(a.Code) + " " + a.Reason
	}
	return ""
}

func aboutKeys(keys []Key) string {
	about := make([]byte, 0, len(keys)*len(Key{}))
	for _, k := range keys {
		about = append(about, k[:]...)
	}
	return string(about)
}

// aboutEvent is aboutAct read from the record, seen from the state before it.
func (s *State) aboutEvent(e Event) string {
	switch e := e.(type) {
	case *Paused:
		return e.Reason
	case *Resumed:
		return e.Reason
	case *Stopped:
		return e.Reason
	case *Cancelled:
		return e.Reason
	case *Said:
		return e.Text
	case *Extended:
		return strconv.FormatInt(int64(e.ClosesAt.Sub(s.ClosesAt)), 10) + " " + e.Reason
	case *Disqualified:
		return string(e.Code) + " " + e.Reason
	case *Announced:
		return string(e.Result.Winner)
	case *KeyTaken:
		return aboutKeys(e.Publics)
	case *KeyPresented:
		return aboutKeys([]Key{e.Private})
	case *BidAccepted:
		if e.Floor {
			return string(e.Code)
		}
	case *CheckedIn:
		if e.Floor {
			return string(e.Code)
		}
	case *Undone:
		if e.Asked != 0 {
			return string(e.Code)
		}
		return string(e.Code) + " " + e.Reason
	case *UndoAsked:
		return string(e.Code) + " " + e.Reason
	case *UndoDropped:
		return string(e.Code) + " " + e.Reason
	case *LotReopened:
		return e.Reason
	case *PartDeclined:
		return string(e.Code) + " " + e.Reason
	}
	return ""
}
