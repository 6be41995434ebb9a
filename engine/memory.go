package engine

import "bytes"

// memorySize is how many outcomes are kept per sender. At one bid a second it
// is two minutes of resending, far longer than a reconnect takes.
const memorySize = 128

// memory holds a sender's last outcomes, so that the same command id gets the
// same receipt, also after a crash. Ids that fell out are never judged again:
// they sort before the newest forgotten one, because they are UUIDs of version
// 7, and are refused as too old.
type memory struct {
	ring   []Receipt // at most memorySize, oldest at next once full
	next   int
	newest CommandID // the greatest id ever forgotten
}

// find returns the outcome of a command id, newest first.
func (m *memory) find(id CommandID) *Receipt {
	for i := len(m.ring) - 1; i >= 0; i-- {
		if r := &m.ring[(m.next+i)%len(m.ring)]; r.Cmd == id {
			return r
		}
	}
	return nil
}

// put remembers an outcome and forgets the oldest where there is no room.
func (m *memory) put(r Receipt) {
	if len(m.ring) < memorySize {
		m.ring = append(m.ring, r)
		return
	}
	if gone := m.ring[m.next].Cmd; bytes.Compare(gone[:], m.newest[:]) > 0 {
		m.newest = gone
	}
	m.ring[m.next] = r
	m.next = (m.next + 1) % memorySize
}

// judge tells what to do with a command id: a nil error means that it is new.
func (m *memory) judge(c Command) error {
	if c.ID == (CommandID{}) {
		return &Refusal{ReasonCommandIDMissing}
	}
	if r := m.find(c.ID); r != nil {
		if r.Act != c.Do.ActName() || r.Amount != amountOf(c.Do) {
			return &Refusal{ReasonCommandReused}
		}
		return &Repeated{*r}
	}
	if len(m.ring) == memorySize && bytes.Compare(c.ID[:], m.newest[:]) <= 0 {
		return &Refusal{ReasonCommandTooOld}
	}
	return nil
}

// Repeated answers a command that was decided before with what was decided.
type Repeated struct{ Receipt Receipt }

func (r *Repeated) Error() string { return "command was decided before" }

// amountOf is the part of an act that must be the same when its id is.
func amountOf(a Act) Dong {
	switch a := a.(type) {
	case PlaceBid:
		return a.Amount
	case RaiseMaximum:
		return a.Amount
	case Announce:
		return a.Price
	}
	return 0
}
