package proof

import (
	"iter"

	"gobua/engine"
)

// Survey is what must be known of a whole session before it can be published:
// what of its secrets is no secret any more.
type Survey struct {
	Session engine.SessionID
	Head    engine.Head
	Phase   engine.Phase
	Highest engine.Dong    // the highest price that ever stood
	Reserve *engine.Secret // nil: none, or it was never met and stays hidden
	Bare    bool           // the session is older than concealment and cannot be published
}

// Look reads a session's entries, with their disclosures, as its owner has them.
// It returns engine.ErrNotOver for one that goes on, and
// engine.ErrBareRecord.
func Look(entries iter.Seq2[engine.Entry, error]) (Survey, error) {
	var v Survey
	var s engine.State
	var secret *engine.Secret
	met := false
	for e, err := range entries {
		if err != nil {
			return v, err
		}
		r, err := e.Record()
		if err != nil {
			return v, err
		}
		if c, ok := r.Event.(*engine.Created); ok {
			secret = c.Secret
			v.Bare = c.Seed == nil && (c.Secret != nil || c.Rules.Proxy)
		}
		s.Apply(r)
		v.Highest = max(v.Highest, s.Price)
		met = met || s.ReserveMet
	}
	if met && secret != nil {
		v.Reserve = secret
	}
	v.Session, v.Head, v.Phase = s.Session, s.Head, s.Phase
	switch {
	case s.Head.Seq == 0:
		return v, wrong(0, CodeEmpty)
	case !s.Phase.Final():
		return v, engine.ErrNotOver
	case v.Bare:
		return v, engine.ErrBareRecord
	}
	return v, nil
}

// public is an entry as the session's file shows it: without what it conceals,
// unless that is an amount that the price has reached.
func (v *Survey) public(e engine.Entry) (engine.Entry, error) {
	if len(e.Disclosure) == 0 {
		return e, nil
	}
	r, err := e.Record()
	if err != nil {
		return e, err
	}
	var amount engine.Dong
	switch event := r.Event.(type) {
	case *engine.BidAccepted:
		amount = event.Amount
	case *engine.Raised:
		amount = event.Amount
	case *engine.Refused:
		amount = event.Amount
	default: // the first record: its seed would open everything
		e.Disclosure = nil
		return e, nil
	}
	if amount > v.Highest {
		e.Disclosure = nil
	}
	return e, nil
}
