package engine

import (
	"cmp"
	"slices"
)

func init() { Methods["turns"] = turns{} }

// Turns (trả giá lần lượt theo vòng) is what makes the clock of a session in
// which the bidders speak one after the other.
type Turns struct {
	Rounds  int    `json:"rounds"`
	TurnMs  Millis `json:"turnMs"`  // how long one bidder may think
	PauseMs Millis `json:"pauseMs"` // before every round but the first, where it is Rules.BiddingMs
}

// Limits of the turns: nobody reads a price and answers it within less than
// five seconds, and nobody waits longer than an hour for one other.
const (
	MaxTurnRounds = 20
	minTurnMs     = Millis(5_000)
	maxTurnMs     = Millis(3600 * 1000)
)

// turns lets the bidders speak in rounds, each once a round and the worst offer
// first (rule RO1, the rounds of Prozorro with the price rising). A pause comes
// before each round. Who may bid is whose turn it is, for Turns.TurnMs at most:
// an offer ends the turn, and silence keeps the offer of the round before. After
// the last round bidding is over.
//
// The order of a round is fixed when the pause before it begins, that of the
// first when the pause ends: nobody has an offer yet, so all that could change
// it until then is who is present. Who has lost the right to bid or leads when
// the turn comes is passed over.
//
// State.ClosesAt is the end of the turn or of the pause, so that pauses,
// outages and time given by hand move it as they move the end elsewhere.
type turns struct{ ascending }

// turnState is where a session of turns stands.
type turnState struct {
	round int               // from 1
	turn  int               // place in the order, from 1; zero: the pause before the round
	order []ParticipantCode // who speaks in this round; told, so never changed
}

// speaker is whose turn it is, empty in a pause.
func (t *turnState) speaker() ParticipantCode {
	if t.turn == 0 {
		return ""
	}
	return t.order[t.turn-1]
}

func (m turns) Problems(r *Rules) []Problem {
	ps := m.timed.Problems(r)
	bad := func(when bool, field, code string) {
		if when {
			ps = append(ps, Problem{field, code})
		}
	}
	bad(r.Turns == nil, "turns", "missing")
	if t := r.Turns; t != nil {
		bad(t.Rounds < 1 || t.Rounds > MaxTurnRounds, "turns.rounds", "out_of_range")
		bad(t.TurnMs < minTurnMs || t.TurnMs > maxTurnMs, "turns.turnMs", "out_of_range")
		bad(t.PauseMs < minTurnMs || t.PauseMs > maxTurnMs, "turns.pauseMs", "out_of_range")
	}
	bad(r.BiddingMs < minTurnMs || r.BiddingMs > maxTurnMs, "biddingMs", "out_of_range")
	bad(r.Closing != Closing{Kind: ClosingFixed}, "closing.kind", "not_for_method")
	bad(r.Proxy, "proxy", "not_for_method")
	bad(r.HideCodes, "hideCodes", "not_for_method")
	bad(r.Group != nil, "group", "not_for_method")
	return ps
}

// Bid takes the offer of whose turn it is, which ends the turn in the same
// command.
func (m turns) Bid(s *State, b *Bidder, act Act, now Instant, out []Event) []Event {
	bid, ok := act.(PlaceBid)
	why, steps := ReasonNotForMethod, Dong(0)
	switch {
	case !ok:
	case s.turns.turn == 0:
		why = ReasonBetweenRounds
	case s.turns.speaker() != b.Code:
		why = ReasonNotYourTurn
	default:
		why, steps = m.whyNotBid(s, b, bid, now)
	}
	if why != "" {
		return append(out, &Refused{Act: act.ActName(), Code: b.Code, Amount: amountOf(act), Reason: why, Next: s.NextMinimum(), Steps: steps})
	}
	out = append(out, &BidAccepted{Code: b.Code, Amount: bid.Amount, Level: bid.Amount, Price: bid.Amount, Leader: b.Code})
	return append(out, m.follow(s, b.Code, now))
}

// Due is the end of the turn, or at once where whose turn it is has nothing left
// to say: out of the session, or leading since somebody above left.
func (turns) Due(s *State) Instant {
	if b := s.byCode[s.turns.speaker()]; b != nil && (b.Out != "" || b.Code == s.Leader) {
		return s.LastAt
	}
	return s.ClosesAt
}

func (m turns) Tick(s *State, now Instant, out []Event) []Event {
	return append(out, m.follow(s, s.Leader, now))
}

// follow is what comes after the present turn or pause, with `leader` leading:
// the next turn, the pause before the next round, or the end.
func (turns) follow(s *State, leader ParticipantCode, now Instant) Event {
	t, rules := s.turns, s.Rules.Turns
	order, fixed := t.order, []ParticipantCode(nil)
	if t.round == 1 && t.turn == 0 {
		order = s.speakingOrder(leader)
		fixed = order
	}
	for i := t.turn; i < len(order); i++ {
		if code := order[i]; s.byCode[code].Out == "" && code != leader {
			return &TurnOpened{Round: t.round, Turn: i + 1, Code: code, Order: fixed, ClosesAt: now.Add(rules.TurnMs)}
		}
	}
	if t.round < rules.Rounds {
		return &TurnOpened{Round: t.round + 1, Order: s.speakingOrder(leader), ClosesAt: now.Add(rules.PauseMs)}
	}
	return s.close()
}

// speakingOrder is everybody who is present and may bid, the lowest offer first
// and whoever leads last. Of equals the later one speaks first: by the offer,
// and where there is none by admission.
func (s *State) speakingOrder(leader ParticipantCode) []ParticipantCode {
	var present []*Bidder
	for _, b := range slices.Backward(s.bidders) {
		if b.CheckedIn && b.Out == "" && b.Code != leader {
			present = append(present, b)
		}
	}
	slices.SortStableFunc(present, func(a, b *Bidder) int {
		return cmp.Or(cmp.Compare(a.Best, b.Best), cmp.Compare(b.BestSeq, a.BestSeq))
	})
	var order []ParticipantCode // nil where nobody is there, as it is read back
	for _, b := range present {
		order = append(order, b.Code)
	}
	if leader != "" {
		order = append(order, leader)
	}
	return order
}

// WhyClosed: between the end of a turn and its record it is nobody's turn.
func (m turns) WhyClosed(s *State, b *Bidder) Reason {
	if s.Phase == PhaseRunning {
		if _, over := m.follow(s, s.Leader, s.ClosesAt).(*Closed); !over {
			return ReasonNotYourTurn
		}
	}
	return m.timed.WhyClosed(s, b)
}

// Show tells the room the round, whose turn it is, and what everybody of the
// order stands at.
func (m turns) Show(s *State, n *Now) {
	m.timed.Show(s, n)
	if s.OpenedAt == 0 {
		return
	}
	t := s.turns
	n.Turns = &TurnsNow{Round: t.round, Turn: t.turn, Code: t.speaker()}
	for _, code := range t.order[:min(len(t.order), MaxTurnCodes)] {
		line := TurnLine{Code: code, Out: s.byCode[code].Out != ""}
		if !line.Out {
			line.Level = s.byCode[code].Level
		}
		n.Turns.Order = append(n.Turns.Order, line)
	}
	if s.Phase != PhaseRunning && s.Phase != PhasePaused {
		n.Turns.Turn, n.Turns.Code = 0, ""
	}
}

// TurnOpened ends a turn or a pause and begins what follows it (rule RO1).
type TurnOpened struct {
	Round    int               `json:"round"`           // from 1
	Turn     int               `json:"turn"`            // place in the order, from 1; zero: the pause before the round
	Code     ParticipantCode   `json:"code,omitempty"`  // who may bid; empty: nobody, in a pause
	Order    []ParticipantCode `json:"order,omitempty"` // who speaks in the round, with the event that fixes it
	ClosesAt Instant           `json:"closesAt"`        // of the turn or the pause
}

// KindTurnOpened is the kind of TurnOpened.
const KindTurnOpened EventKind = "turn"

// Kind names the event.
func (*TurnOpened) Kind() EventKind { return KindTurnOpened }

// applyTurn begins a turn, or a pause.
func (s *State) applyTurn(e *TurnOpened) {
	t := s.turns
	if e.Turn == 0 || e.Order != nil {
		t.order = e.Order
	}
	t.round, t.turn = e.Round, e.Turn
	s.ClosesAt = e.ClosesAt
}
