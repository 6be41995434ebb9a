package engine

import (
	"crypto/sha256"
	"fmt"
	"unicode/utf8"
)

// Group ties lots of one auction together while they are sold. Lots whose
// sheets carry the same name belong together; an empty name is that of the
// whole sale (rule SC4), any other that of a linked group in it (rule SC5).
type Group struct {
	Name    string `json:"name,omitempty"`
	Extends bool   `json:"extends,omitempty"` // what the closing rule does to the end of one lot, it does to all of them
	AtOnce  int    `json:"atOnce,omitempty"`  // lots of the auction that one person may lead or have won at once; 0: any number
}

// Limits of a Group.
const (
	maxGroupRunes = 40
	maxAtOnce     = 1000
)

// problems names what makes no sense in r.Group. Only a closing rule that moves
// an end as soon as a bid comes can move those of others with it.
func (g *Group) problems(r *Rules) (ps []Problem) {
	if g == nil {
		return nil
	}
	if textMalformed(g.Name) != "" || utf8.RuneCountInString(g.Name) > maxGroupRunes {
		ps = append(ps, Problem{"group.name", "malformed"})
	}
	if g.Extends && r.Closing.Kind != ClosingReset && r.Closing.Kind != ClosingAdd {
		ps = append(ps, Problem{"group.extends", "needs_extension"})
	}
	if g.AtOnce < 0 || g.AtOnce > maxAtOnce {
		ps = append(ps, Problem{"group.atOnce", "out_of_range"})
	}
	return ps
}

// Cause names the bid by which the closing rule extended a lot, and with it the
// lots of its group.
type Cause struct {
	Session SessionID `json:"session"`
	Lot     int       `json:"lot"` // its number in the auction
	Seq     Seq       `json:"seq"` // the record of the extension there
}

// Extension is the last thing the closing rule did to the end of a lot.
type Extension struct {
	ClosesAt Instant
	Count    int
	At       Instant
	Cause    Cause
}

// Extension returns the last extension by the lot's own closing rule; its
// Count is zero while there was none, and where the lot shares none.
func (s *State) Extension() Extension { return s.extension }

// noteExtension keeps what an extension means to the lots of the group.
func (s *State) noteExtension(r Record, e *Extended) {
	s.followed = nil
	switch g := s.Rules.Group; {
	case g == nil || !g.Extends || r.By.Role != RoleSystem:
	case e.Cause != nil:
		s.followed = &GroupNow{Lot: e.Cause.Lot, At: r.At}
	default:
		s.extension = Extension{e.ClosesAt, e.Count, r.At, Cause{s.Session, s.Lot.Number, r.Seq}}
	}
}

// Concerns tells whether an extension of another lot of the group is this lot's
// too: it had opened by then. So a lot that is sold later, or once more, does not
// begin with what happened before.
func (s *State) Concerns(x Extension) bool {
	return x.Count > 0 && s.OpenedAt != 0 && s.OpenedAt <= x.At
}

// Behind tells whether an extension that concerns the lot is still to be
// followed: a running lot ends no earlier than the group, and counts the group's
// extensions where the sheet limits them. What its own sheet allows at most holds
// for it, the latest end and the number (rule SC6).
func (s *State) Behind(x Extension) bool {
	most := s.Rules.Closing.MaxCount
	if s.Phase != PhaseRunning || !s.Concerns(x) || most > 0 && s.Extensions >= most {
		return false
	}
	return s.groupEnd(x) > s.ClosesAt || most > 0 && x.Count > s.Extensions
}

// groupEnd is where a running lot ends that follows an extension.
func (s *State) groupEnd(x Extension) Instant {
	end := x.ClosesAt
	if s.LatestAt != 0 {
		end = min(end, s.LatestAt)
	}
	return max(s.ClosesAt, end)
}

// follow is the record by which a lot follows an extension of its group.
func (s *State) follow(x Extension, out []Event) []Event {
	if !s.Behind(x) {
		return out
	}
	end, count := s.groupEnd(x), s.Extensions
	if end > s.ClosesAt {
		count++
	}
	return append(out, &Extended{ClosesAt: end, LatestAt: s.LatestAt, Count: max(count, x.Count), Cause: &x.Cause})
}

// Limit is what one participant may be bound to over all lots of an auction
// that are sold together. Zero: no limit.
type Limit struct {
	Lots  int  `json:"lots,omitempty"`  // lots led or won at once, those the deposit covers
	Total Dong `json:"total,omitempty"` // sum of the amounts led with, maxima included, and won at
}

// Free is what a participant's limit leaves for a bid on one lot, as the owner
// of the group's sessions knows it: what the other lots take is not in it.
type Free struct {
	Lots  int
	Total Dong
}

// PartyOf ties an account to what it is in all lots of one auction, as HolderOf
// does in one session.
func PartyOf(auctionID, accountID string) Hash {
	return sha256.Sum256([]byte("gobua party\n" + auctionID + "\n" + accountID))
}

// LimitOf is what limits a participant, from the sheet and from the admission;
// ok is false where nothing does.
func (s *State) LimitOf(b *Bidder) (free Free, ok bool) {
	if b.Party == (Hash{}) || s.Rules.Group == nil {
		return Free{}, false
	}
	free = Free{Lots: maxAtOnce, Total: MaxDong}
	for _, lots := range []int{s.Rules.Group.AtOnce, b.Limit.Lots} {
		if lots > 0 {
			free.Lots, ok = min(free.Lots, lots), true
		}
	}
	if b.Limit.Total > 0 {
		free.Total, ok = b.Limit.Total, true
	}
	return free, ok
}

// limitsLots tells whether there is a limit to how many lots may bind b.
func (s *State) limitsLots(b *Bidder) bool {
	_, limited := s.LimitOf(b)
	return limited && (s.Rules.Group.AtOnce > 0 || b.Limit.Lots > 0)
}

// BidderOf finds the participant that somebody is in this session, nil: none.
func (s *State) BidderOf(party Hash) *Bidder { return s.byParty[party] }

// tie makes a participant known who has a limit across lots.
func (s *State) tie(b *Bidder, p Participant) {
	if s.byParty == nil {
		s.byParty = map[Hash]*Bidder{}
	}
	b.Party = *p.Party
	s.byParty[b.Party] = b
	if p.Limit != nil {
		b.Limit = *p.Limit
	}
}

// Bound is what a participant is bound to in this session: the highest amount
// while leading, the price once bidding is over or the lot is won. It is zero
// where nothing binds: outbid, the sale failed, stopped or cancelled.
func (s *State) Bound(b *Bidder) Dong {
	switch {
	case s.Leader != b.Code || s.Phase == PhaseStopped || s.Phase == PhaseCancelled:
		return 0
	case s.Phase == PhaseClosed && s.Proposal().Winner == b.Code:
		return s.Price
	case s.Phase == PhaseAnnounced && s.Result.Winner == b.Code:
		return s.Result.Price
	case s.Phase == PhaseRunning || s.Phase == PhasePaused:
		return b.Best
	}
	return 0
}

// whyOverLimit tells why a bid would bind b to more than the limit leaves;
// empty: it does not. Who leads a lot already needs no further one for it.
func (s *State) whyOverLimit(b *Bidder, act Act, free *Free) Reason {
	switch {
	case free == nil:
		return ""
	case s.Leader != b.Code && free.Lots < 1:
		return ReasonLotsTaken
	case amountOf(act) > *free.left():
		return ReasonOverLimit
	}
	return ""
}

// refuseOverLimit is the record of a bid that the limit does not allow. It says
// what was free, because no other record of the session tells.
func (s *State) refuseOverLimit(c Command, why Reason, now Instant) *Refused {
	e := s.refuse(c, why, now)
	if why == ReasonOverLimit {
		e.Free = c.Free.left()
	}
	return e
}

// left is the sum that is free. A record says it, and who judges the record has
// no other, so that is also what decides: less than nothing is nothing.
func (f *Free) left() *Dong {
	left := max(0, f.Total)
	return &left
}

// checkGroup tells what is wrong with a first record that ties its session to
// others.
func (c *Created) checkGroup() error {
	parties := map[Hash]bool{}
	for _, p := range c.Participants {
		switch {
		case p.Limit != nil && (p.Limit.Lots < 0 || p.Limit.Total < 0 || p.Limit.Total > MaxDong):
			return fmt.Errorf("session %s: the limit of participant %q is out of range", c.Session, p.Code)
		case p.Limit != nil && p.Limit.Total > 0 && c.Rules.Sealed != nil:
			return fmt.Errorf("session %s: participant %q has a limit of the sum, and amounts under seal are in none", c.Session, p.Code)
		case p.Limit != nil && p.Party == nil:
			return fmt.Errorf("session %s: participant %q has a limit, but nothing says who they are in other lots", c.Session, p.Code)
		case p.Party != nil && (c.Rules.Group == nil || parties[*p.Party]):
			return fmt.Errorf("session %s: participant %q is tied to other lots without a group, or twice", c.Session, p.Code)
		case p.Party != nil:
			parties[*p.Party] = true
		}
	}
	if c.Rules.Group != nil && c.Lot.AuctionID == "" {
		return fmt.Errorf("session %s: it belongs to a group, but to no auction", c.Session)
	}
	return nil
}
