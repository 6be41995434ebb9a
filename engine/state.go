package engine

import (
	"fmt"
	"slices"
)

// State is everything a session's rules look at. One goroutine owns it; Decide
// reads it, Apply alone writes it.
type State struct {
	Session   SessionID
	Lot       Lot
	Rules     Rules
	RulesHash Hash

	Phase      Phase
	Price      Dong            // highest price, zero while nobody has bid
	Leader     ParticipantCode // empty: nobody
	Bids       int             // accepted bids
	Present    int             // participants who checked in
	OpenedAt   Instant
	ClosesAt   Instant // end of bidding, zero before opening
	LatestAt   Instant // no extension goes past it, zero: no limit
	ClosedAt   Instant
	PausedAt   Instant
	Remaining  Millis // while paused
	LostMs     Millis // outages so far, all credited
	Extensions int    // by the closing rule
	Falls      int    // how often the price has fallen, where it falls
	Round      int    // the present round of rule SC9, zero: the main time
	Reason     string // public sentence of the last pause, stop or cancel
	ReserveMet bool
	Result     *Result
	GoesOn     bool // a closed lot was reopened and is not closed again (rule AU2)

	Head   Head    // last applied record
	LastAt Instant // its moment; time never runs backwards
	Feed   FeedSeq // last public update

	secret  *Secret
	cover   *Cover // nil: nothing is concealed
	method  Method
	bidders []*Bidder
	byCode  map[ParticipantCode]*Bidder
	byHold  map[Hash]*Bidder
	staff   memory
	// Rule SC9, see rounds.go.
	frozen    Millis  // how long the session's own clock has stood still
	roundFrom Instant // on that clock: bids of the round are taken from here
	period    period
	going     int // participants who went on into the round and are still in

	sealed *sealed // offers under seal, nil in other methods
	hybrid *hybrid // stages of rule SE3, nil in other methods
	// Rules SC4 and SC5, see group.go.
	extension Extension
	followed  *GroupNow        // told, so never changed
	byParty   map[Hash]*Bidder // nil where nobody has a limit across lots
	called    *calls           // nil unless the lot is called
	// Rules.BuyNow, see buynow.go.
	buyNowGone bool
	bought     ParticipantCode // who bought, empty: nobody
	turns      *turnState      // nil in other methods

	struck []FeedSeq // rows that the last applied record struck, ascending; told, so never changed
}

// Bidder is a participant as the rules see one.
type Bidder struct {
	Code      ParticipantCode
	Holder    Hash
	Party     Hash  // zero: no limit across lots
	Limit     Limit // of this participant alone; the sheet may have another for all
	CheckedIn bool
	Out       Reason // why bidding is no longer possible; empty: it is
	OutReason string // the auctioneer's sentence
	Best      Dong   // highest accepted amount, under Proxy the maximum: secret then
	BestSeq   Seq
	BestAt    Instant
	Level     Dong // highest public price reached
	LastBidAt Instant
	Attempts  int
	Undone    bool // the last bid was undone, and none has come since

	going    int     // the last round this participant may bid in
	bidRound int     // one more than the round of the last accepted bid
	bidAt    Instant // when that was, on the session's own clock

	offer  *sealedOffer // under seal, of the present round
	units  int          // asked for by the opened offer, where several are sold
	served int          // of them would be awarded

	rows   []row // rows of the history that still count
	memory memory
}

// row is what a state keeps of a Row.
type row struct {
	feed  FeedSeq
	level Dong
}

// Bidder returns a participant by code, nil if there is none.
func (s *State) Bidder(code ParticipantCode) *Bidder { return s.byCode[code] }

// Bidders returns all participants in the order of admission.
func (s *State) Bidders() []*Bidder { return s.bidders }

// CodeOf finds the participant that an account holds, if any.
func (s *State) CodeOf(accountID string) (ParticipantCode, bool) {
	b, ok := s.byHold[HolderOf(s.Session, accountID)]
	if !ok {
		return "", false
	}
	return b.Code, true
}

// NextMinimum is the least amount the next bid may name, zero: none can be taken.
func (s *State) NextMinimum() Dong { return s.nextAt(s.LastAt) }

func (s *State) nextAt(now Instant) Dong { return s.method.Next(s, s.Price, now) }

// Apply makes a record part of the past. It decides nothing and cannot fail; a
// record that does not follow is a bug and panics. It tells whether the public
// room hears of the record, whose feed number is then s.Feed.
func (s *State) Apply(r Record) (public bool) {
	if r.Seq != s.Head.Seq+1 {
		panic(fmt.Sprintf("session %s: record %d applied after %d", s.Session, r.Seq, s.Head.Seq))
	}
	s.Head = Head{r.Seq, r.Hash}
	s.LastAt = r.At
	public = s.isPublic(r.Event)
	about := ""
	if r.Cmd != (CommandID{}) {
		about = s.aboutEvent(r.Event)
	}
	if public {
		s.Feed++
	}
	if s.sealed != nil && s.DeskHears(r.Event) {
		s.sealed.deskCount++
		s.sealed.heardAt = r.At
	}
	switch e := r.Event.(type) {
	case *Created:
		s.create(e)
	case *Opened:
		s.Phase, s.OpenedAt, s.ClosesAt, s.LatestAt = PhaseRunning, r.At, e.ClosesAt, e.LatestAt
	case *CheckedIn:
		s.byCode[e.Code].CheckedIn = true
		s.Present++
	case *BidAccepted:
		s.applyBid(r, e)
	case *Raised:
		b := s.byCode[e.Code]
		b.Best, b.BestSeq, b.BestAt, b.LastBidAt = e.Amount, r.Seq, r.At, r.At
		b.Attempts++
		if public {
			b.Level = e.Price
			b.rows = append(b.rows, row{s.Feed, e.Price})
		}
		s.setPrice(e.Price)
	case *AutoRaised:
		b := s.byCode[e.Code]
		b.Level = e.Level
		b.rows = append(b.rows, row{s.Feed, e.Level})
		s.setPrice(max(s.Price, e.Level))
	case *Refused:
		if b := s.byCode[e.Code]; b != nil && r.By.Role == RoleBidder && s.sealed == nil {
			b.Attempts++
		}
	case *Extended:
		s.ClosesAt, s.LatestAt, s.Extensions = e.ClosesAt, e.LatestAt, e.Count
		s.noteExtension(r, e)
	case *Paused:
		s.Phase, s.Remaining, s.PausedAt, s.Reason = PhasePaused, e.RemainingMs, r.At, e.Reason
		s.called.restart()
	case *Resumed:
		s.frozen += r.At.Sub(s.PausedAt)
		s.Phase, s.ClosesAt, s.LatestAt, s.Remaining, s.PausedAt, s.Reason = PhaseRunning, e.ClosesAt, e.LatestAt, 0, 0, ""
	case *Stopped:
		s.end(PhaseStopped, r.At, e.Reason)
	case *Cancelled:
		s.end(PhaseCancelled, r.At, e.Reason)
	case *Said:
	case *Withdrawn:
		s.expel(e.Code, ReasonWithdrawn, "", e.Price, e.Leader)
	case *Disqualified:
		s.expel(e.Code, ReasonDisqualified, e.Reason, e.Price, e.Leader)
	case *OutageCredited:
		s.ClosesAt, s.LatestAt = e.ClosesAt, e.LatestAt
		s.LostMs += e.LostMs
		s.frozen += e.LostMs
		s.called.restart()
	case *Lowered:
		s.Falls = e.Count
	case *Reopened:
		s.Phase, s.ClosesAt, s.ClosedAt, s.Falls = PhaseRunning, e.ClosesAt, 0, e.Count
	case *Closed:
		s.Phase, s.ClosedAt, s.ReserveMet = PhaseClosed, r.At, e.ReserveMet
		s.ClosesAt = min(s.ClosesAt, r.At) // an acceptance ends a falling price early, and so does a hammer
		s.GoesOn = false
		s.called.over()
	case *RoundOpened:
		s.applyRound(e)
	case *KeyTaken:
		s.sealed.applyKeyTaken(r.By, e)
	case *OfferSealed:
		s.byCode[e.Code].offer = &sealedOffer{r.Cmd, r.Seq, r.At, e.Box}
	case *OfferTakenBack:
		s.byCode[e.Code].offer = nil
	case *KeyPresented:
		s.sealed.applyKeyPresented(r.By, e)
	case *Unsealed:
		s.applyUnsealed(e)
	case *OfferOpened:
		s.applyOfferOpened(e)
	case *SealedRoundOpened:
		s.applySealedRound(r, e)
	case *StageOpened:
		s.applyStage(e)
	case *Asked:
		s.called.asked = e.Price
		s.called.restart()
	case *Warned:
		s.called.warned = true
	case *CallMade:
		s.called.count, s.called.last = e.Count, r.At
		if e.Count == s.Rules.Called.Calls {
			s.called.settle()
		}
	case *Hammered: // the next record closes
		s.called.settle()
	case *Undone:
		s.applyUndone(e)
	case *UndoAsked:
		s.called.undo = &undoAsked{r.Seq, r.By.Ref, UndoNow{r.At, s.shown(e.Code), e.Amount, r.By.Role, e.Reason}}
	case *UndoDropped:
		s.called.undo = nil
	case *LotReopened:
		s.Phase, s.ClosesAt, s.ClosedAt, s.GoesOn = PhaseRunning, e.ClosesAt, 0, true
		s.called.asked = 0
		s.called.restart()
	case *TurnOpened:
		s.applyTurn(e)
	case *PartDeclined:
		s.expel(e.Code, ReasonPartDeclined, e.Reason, e.Price, e.Leader)
	case *Announced:
		result := e.Result
		s.Phase, s.Result = PhaseAnnounced, &result
	default:
		panic(fmt.Sprintf("session %s: Apply does not know %T", s.Session, e))
	}
	s.remember(r, about)
	return public
}

func (s *State) create(e *Created) {
	s.Session, s.Lot, s.Rules, s.RulesHash, s.secret = e.Session, e.Lot, e.Rules, e.RulesHash, e.Secret
	s.cover = CoverOf(e)
	s.Phase = PhaseScheduled
	s.method = Methods[e.Rules.Method]
	if e.Rules.Sealed != nil {
		s.sealed = &sealed{deskCount: 1, heardAt: s.LastAt}
	}
	if e.Rules.Hybrid != nil {
		s.hybrid = new(hybrid)
	}
	if e.Rules.Called != nil {
		s.called = new(calls)
	}
	if e.Rules.Turns != nil {
		s.turns = &turnState{round: 1}
	}
	s.byCode = make(map[ParticipantCode]*Bidder, len(e.Participants))
	s.byHold = make(map[Hash]*Bidder, len(e.Participants))
	s.bidders = make([]*Bidder, 0, len(e.Participants))
	for _, p := range e.Participants {
		b := &Bidder{Code: p.Code, Holder: p.Holder}
		if p.Party != nil {
			s.tie(b, p)
		}
		s.bidders = append(s.bidders, b)
		s.byCode[p.Code], s.byHold[p.Holder] = b, b
	}
}

func (s *State) applyBid(r Record, e *BidAccepted) {
	b := s.byCode[e.Code]
	b.Best, b.BestSeq, b.BestAt, b.LastBidAt = e.Amount, r.Seq, r.At, r.At
	b.Level = max(b.Level, e.Level)
	b.Attempts++
	b.rows = append(b.rows, row{s.Feed, e.Level})
	s.Bids++
	s.noteBid(b, r.At)
	b.Undone = false
	s.called.note(calledBid{seq: r.Seq, at: r.At, feed: s.Feed, code: e.Code, amount: e.Amount, floor: e.Floor})
	s.Leader = e.Leader
	if e.Bought != "" {
		s.bought, b.Best = e.Code, e.Price
	}
	if e.ClosesAt != 0 {
		s.ClosesAt = e.ClosesAt
	}
	// The defender's own move, if any, is the next record and brings the price there.
	s.setPrice(e.Level)
}

func (s *State) setPrice(p Dong) {
	s.Price = p
	s.ReserveMet = s.secret == nil || p >= s.secret.Reserve
	if b := s.Rules.BuyNow; b != nil && b.endedBy(p, s.ReserveMet) {
		s.buyNowGone = true
	}
}

// expel takes a participant out and lets price and leader fall back. The
// participant's rows count no more, nor does what others were driven to above
// the price that now holds.
func (s *State) expel(code ParticipantCode, out Reason, sentence string, price Dong, leader ParticipantCode) {
	b := s.byCode[code]
	if s.Round > 0 && b.going == s.Round {
		s.going--
	}
	b.Out, b.OutReason = out, sentence
	s.recountPeriod()
	s.dropUnits(code)
	s.called.forget(code)
	s.Leader = leader
	s.setPrice(price)
	s.struck = nil
	for _, b := range s.bidders {
		b.rows = slices.DeleteFunc(b.rows, func(r row) bool {
			counts := b.Out == "" && (r.level <= price || s.sealed != nil) // under the second price a leader offers more
			if !counts {
				s.struck = append(s.struck, r.feed)
			}
			return !counts
		})
	}
	slices.Sort(s.struck)
}

func (s *State) end(p Phase, at Instant, reason string) {
	s.Phase, s.Reason, s.Remaining, s.GoesOn = p, reason, 0, false
	if s.ClosedAt == 0 {
		s.ClosedAt = at
	}
}

// isPublic tells whether the room hears of an event, seen from the state
// before it.
func (s *State) isPublic(e Event) bool {
	switch e := e.(type) {
	case *Created, *CheckedIn, *Refused, *OfferSealed, *OfferTakenBack:
		return false
	case *Raised:
		return e.Price != s.Price
	case *Opened, *BidAccepted, *AutoRaised, *Extended, *Paused, *Resumed, *Stopped, *Cancelled, *Said,
		*Withdrawn, *Disqualified, *OutageCredited, *Lowered, *Reopened, *Closed, *Announced, *RoundOpened,
		*KeyTaken, *KeyPresented, *Unsealed, *OfferOpened, *SealedRoundOpened, *StageOpened,
		*Asked, *Warned, *CallMade, *Hammered, *Undone, *LotReopened, *TurnOpened, *PartDeclined,
		*UndoAsked, *UndoDropped:
	}
	return true
}

// remember keeps the outcome of the command that caused a record, once.
func (s *State) remember(r Record, about string) {
	if r.Cmd == (CommandID{}) {
		return
	}
	receipt, ok := s.receipt(r)
	if !ok {
		return
	}
	m := &s.staff
	if r.By.Role == RoleBidder {
		m = &s.byCode[ParticipantCode(r.By.Ref)].memory
	}
	m.put(outcome{receipt, r.Hash, r.By.Ref, about, s.cover.conceals(r.Event)})
}

// receipt makes the answer to a command, but for the record's hash, from the
// one record that decides it. Records that only follow from it (a defender's move, an extension by the
// closing rule) are written by the system and have no command.
func (s *State) receipt(r Record) (Receipt, bool) {
	a := Receipt{Cmd: r.Cmd, Seq: r.Seq, At: r.At, Accepted: true, Price: s.Price}
	switch e := r.Event.(type) {
	case *BidAccepted:
		a.Act, a.Amount, a.Price, a.Leading = ActBid, e.Amount, e.Price, e.Leader == e.Code
		if e.Floor {
			a.Act, a.Leading = ActFloorBid, false // the sender leads nothing
		}
		if e.Bought != "" {
			a.Act = e.Bought
		}
	case *Raised:
		a.Act, a.Amount, a.Price, a.Leading = ActRaise, e.Amount, e.Price, true
	case *Refused:
		a.Act, a.Amount, a.Accepted, a.Reason, a.Steps = e.Act, e.Amount, false, e.Reason, e.Steps
		a.Free = e.Free
		a.Leading = e.Code != "" && e.Code == s.Leader && r.By.Role == RoleBidder
	case *CheckedIn:
		a.Act = ActCheckIn
		if e.Floor {
			a.Act = ActFloorCheckIn
		}
	case *Withdrawn:
		a.Act = ActWithdraw
	case *Opened:
		a.Act = ActOpen
	case *Paused:
		a.Act = ActPause
	case *Resumed:
		a.Act = ActResume
	case *Stopped:
		a.Act = ActStop
	case *Cancelled:
		a.Act = ActCancel
	case *Extended:
		a.Act = ActExtend
	case *Said:
		a.Act = ActSay
	case *Disqualified:
		a.Act = ActDisqualify
	case *Announced:
		a.Act, a.Amount = ActAnnounce, e.Result.Price
	case *OfferSealed:
		a.Act = ActOffer
	case *OfferTakenBack:
		a.Act = ActTakeBack
	case *KeyTaken:
		a.Act = ActTakeKey
	case *KeyPresented:
		a.Act = ActPresentKey
	case *SealedRoundOpened:
		a.Act = ActOpenRound
	case *Asked:
		a.Act, a.Amount = ActAsk, e.Price
	case *Warned:
		a.Act = ActWarn
	case *CallMade:
		a.Act, a.Amount = ActCall, e.Price
	case *Hammered:
		a.Act, a.Amount = ActHammer, e.Price
		if e.Passed {
			a.Act = ActPass
		}
	case *Undone:
		a.Act, a.Amount = ActUndo, e.Amount
		if e.Asked != 0 {
			a.Act = ActConfirmUndo
		}
	case *UndoAsked:
		a.Act, a.Amount = ActUndo, e.Amount
	case *UndoDropped:
		a.Act, a.Amount = ActDropUndo, e.Amount
	case *LotReopened:
		a.Act = ActReopen
	case *PartDeclined:
		a.Act = ActDecline
	case *Created, *AutoRaised, *OutageCredited, *Lowered, *Reopened, *Closed, *RoundOpened, *Unsealed, *OfferOpened, *StageOpened, *TurnOpened:
		return Receipt{}, false // nobody's command
	}
	if s.TellsNoCounts() {
		a.Seq = 0
	}
	a.Next = s.method.Next(s, a.Price, r.At)
	return a, true
}
