package engine

import (
	"fmt"
	"slices"
)

// OpeningCheck opens the sealed offers of a session again, by its records
// alone, oldest first: with the published keys every box must open to what was
// published, and none may be left out. The zero value begins a session; where
// no offers are sealed it finds nothing.
type OpeningCheck struct {
	session SessionID
	keepers []Actor
	keys    [2]Key
	boxes   map[ParticipantCode]Record
	round   int
	opening bool // its offers are still to come
	last    *OfferOpened
}

// Add takes the next record and tells what in it cannot be.
func (c *OpeningCheck) Add(r Record) error {
	if o, ok := r.Event.(*OfferOpened); ok && c.opening {
		return c.opened(o)
	}
	if err := c.Done(); err != nil {
		return err
	}
	switch e := r.Event.(type) {
	case *Created:
		c.session, c.boxes = e.Session, map[ParticipantCode]Record{}
	case *KeyTaken:
		if !slices.Contains(c.keepers, r.By) {
			c.keepers = append(c.keepers, r.By)
		}
	case *OfferSealed:
		c.boxes[e.Code] = r
	case *OfferTakenBack:
		delete(c.boxes, e.Code)
	case *KeyPresented:
		if i := slices.Index(c.keepers, r.By); i >= 0 && i < len(c.keys) {
			c.keys[i], c.round = e.Private, e.Round
		}
	case *Unsealed:
		return c.unsealed(e)
	case *OfferOpened:
		return fmt.Errorf("an offer of %s is published outside an opening", e.Code)
	case *SealedRoundOpened:
		clear(c.boxes)
	}
	return nil
}

// Done tells whether an offer of the last opening was left out.
func (c *OpeningCheck) Done() error {
	left := len(c.boxes)
	if !c.opening || left == 0 {
		c.opening = false
		return nil
	}
	return fmt.Errorf("round %d was opened without %d of its offers", c.round, left)
}

func (c *OpeningCheck) unsealed(e *Unsealed) error {
	c.opening, c.last = true, nil
	for _, v := range e.Void {
		if _, err := c.offer(v.Code); err == nil && v.Why == ReasonUnreadable {
			return fmt.Errorf("the offer of %s is called unreadable and opens", v.Code)
		}
		delete(c.boxes, v.Code)
	}
	return nil
}

func (c *OpeningCheck) opened(o *OfferOpened) error {
	made := c.boxes[o.Code]
	offer, err := c.offer(o.Code)
	switch {
	case err != nil:
		return fmt.Errorf("the offer of %s: %w", o.Code, err)
	case offer.Amount != o.Amount || made.Seq != o.Offer || made.At != o.At:
		return fmt.Errorf("the offer of %s in record %d is %d, published is %d in record %d", o.Code, made.Seq, offer.Amount, o.Amount, o.Offer)
	case offer.Units != o.Units:
		return fmt.Errorf("the offer of %s is for %d units, published are %d", o.Code, offer.Units, o.Units)
	case c.last != nil && compareOffers(c.last, o) > 0:
		return fmt.Errorf("the offer of %s is out of order", o.Code)
	}
	c.last = o
	delete(c.boxes, o.Code)
	return nil
}

func (c *OpeningCheck) offer(code ParticipantCode) (Offer, error) {
	made, ok := c.boxes[code].Event.(*OfferSealed)
	if !ok {
		return Offer{}, errUnreadable
	}
	return OpenBox(c.keys, c.session, c.round, code, c.boxes[code].Cmd, made.Box)
}
