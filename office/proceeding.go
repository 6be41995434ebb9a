package office

import (
	"cmp"
	"context"
	"slices"

	"gobua/engine"
)

// Proceeding is what follows bidding on one lot: the announced winner confirms
// or refuses, the owner consents to a single bidder, the adjacent bidder is
// asked, the price is paid. It is named by its lot. What has happened stands in
// Steps; its methods are the state machine and touch nothing but the value.
type Proceeding struct {
	LotID      string          `json:"lotId"`
	AuctionID  string          `json:"auctionId"`
	CentreID   string          `json:"-"`
	Version    int             `json:"version"`
	State      ProceedingState `json:"state"`
	DeadlineAt engine.Instant  `json:"deadlineAt,omitempty"` // of what State waits for; zero: it waits without end
	// DepositsDone: the deposits of the lot know what becomes of them.
	DepositsDone bool `json:"depositsDone"`
	// Signed is kept among the signatures together with the change that sets it.
	Signed    *MinutesSignature `json:"-"`
	CreatedAt engine.Instant    `json:"createdAt"`
	ChangedAt engine.Instant    `json:"changedAt"`
	ProceedingFacts
}

// ProceedingState says what a proceeding waits for, or how it ended.
type ProceedingState string

// The states: consent → confirm → sold, or confirm → offer → offered → confirm
// → sold, each with a way to failed.
const (
	ProceedingConsent   ProceedingState = "consent"   // the owner, on a single bidder (Điều 49)
	ProceedingConfirm   ProceedingState = "confirm"   // the winner, to confirm the minutes
	ProceedingOffer     ProceedingState = "offer"     // the auctioneer, to ask the adjacent bidder (Điều 51)
	ProceedingOffered   ProceedingState = "offered"   // the adjacent bidder
	ProceedingSold      ProceedingState = "sold"      // final
	ProceedingFailed    ProceedingState = "failed"    // final
	ProceedingCancelled ProceedingState = "cancelled" // final: the session was cancelled
)

// Final tells whether nothing is waited for any more.
func (s ProceedingState) Final() bool {
	return s == ProceedingSold || s == ProceedingFailed || s == ProceedingCancelled
}

// FailGround is why an auction failed (Điều 52.1, letters a to g).
type FailGround string

// The grounds, a to g.
const (
	FailNobodyRegistered FailGround = "nobody_registered" // a
	FailNoBid            FailGround = "no_bid"            // b
	FailBelowReserve     FailGround = "below_reserve"     // c
	FailNotSigned        FailGround = "not_signed"        // d: the winner did not sign the minutes
	FailWithdrawn        FailGround = "withdrawn"         // đ
	FailRefused          FailGround = "refused"           // e: refused, and no new winner under Điều 51
	FailSingleBidder     FailGround = "single_bidder"     // g: a single bidder, and no sale to that one
)

// failGrounds maps what the engine finds.
var failGrounds = map[engine.Ground]FailGround{
	engine.GroundNoBid: FailNoBid, engine.GroundBelowReserve: FailBelowReserve, engine.GroundWithdrawn: FailWithdrawn,
}

// Award is a bid that won or may win.
type Award struct {
	Code  engine.ParticipantCode `json:"code"`
	Price engine.Dong            `json:"price"`
	BidAt engine.Instant         `json:"bidAt"` // when the system recorded the bid
	Seq   engine.Seq             `json:"seq"`
}

// ProceedingFacts are what else a proceeding knows.
type ProceedingFacts struct {
	Session  engine.SessionID `json:"session,omitempty"` // empty: nobody registered, there was none
	Lot      engine.Lot       `json:"lot"`
	Currency string           `json:"currency"`
	EndedAt  engine.Instant   `json:"endedAt"` // of the announcement
	After    SheetAfter       `json:"after"`   // as frozen when it began
	Award    *Award           `json:"award,omitempty"`
	Awards   []engine.Award   `json:"awards,omitempty"`  // instead of Award, where several units were sold
	Second   bool             `json:"second,omitempty"`  // Award is the adjacent bidder's
	Single   bool             `json:"single,omitempty"`  // one registered, present or bidding
	Runners  []Award          `json:"runners,omitempty"` // the best valid bid of each other bidder, highest first
	Offer    *Award           `json:"offer,omitempty"`
	Ground   FailGround       `json:"ground,omitempty"`
	// Fallen are those who lost the award, an offer or their standing after the
	// session, with the ground of Điều 39.6 on which the deposit is lost, if any.
	Fallen     []Fallen         `json:"fallen,omitempty"`
	Steps      []ProceedingStep `json:"steps"`
	Settlement *Settlement      `json:"settlement,omitempty"` // once sold
}

// Fallen is a participant who will not get the lot, and why.
type Fallen struct {
	Code   engine.ParticipantCode `json:"code"`
	Ground ForfeitGround          `json:"ground,omitempty"`
	Reason string                 `json:"reason,omitempty"`
}

// StepKind names what happened in a proceeding.
type StepKind string

// The kinds of step.
const (
	StepAnnounced    StepKind = "announced" // sold, by the auctioneer in the session
	StepSingle       StepKind = "single"
	StepConsented    StepKind = "consented"
	StepNotConsented StepKind = "not_consented"
	StepConfirmed    StepKind = "confirmed"
	StepRefused      StepKind = "refused"  // the result
	StepUnsigned     StepKind = "unsigned" // the minutes; the same as refusing
	StepExpired      StepKind = "expired"  // no answer in time
	StepOffered      StepKind = "offered"
	StepAccepted     StepKind = "accepted"
	StepDeclined     StepKind = "declined"
	StepDebarred     StepKind = "disqualified"
	StepFailed       StepKind = "failed"
	StepCalledOff    StepKind = "cancelled"
	StepPaid         StepKind = "paid"
)

// inMinutes are the steps that the minutes tell; each makes a new version.
var inMinutes = []StepKind{
	StepAnnounced, StepSingle, StepConsented, StepNotConsented, StepRefused, StepUnsigned, StepExpired, StepOffered,
	StepAccepted, StepDeclined, StepDebarred, StepFailed,
}

// ProceedingStep is one line of the course of a proceeding. By is the account
// of the staff; empty for the program and for participants, who are their code.
type ProceedingStep struct {
	At       engine.Instant         `json:"at"`
	Kind     StepKind               `json:"kind"`
	Code     engine.ParticipantCode `json:"code,omitempty"`
	Price    engine.Dong            `json:"price,omitempty"`
	Ground   FailGround             `json:"ground,omitempty"`
	Reason   string                 `json:"reason,omitempty"`
	Document string                 `json:"document,omitempty"` // number and date of the paper it rests on
	By       string                 `json:"by,omitempty"`
}

// maxRunners is how many bidders below the winner a proceeding remembers: more
// than could fall out one after the other.
const maxRunners = 50

// beginProceeding starts the proceeding of a lot from its session's result.
// after is what the rules sheet says. A stopped session begins none: it is run
// again. reserve is the hidden reserve, zero for none: no adjacent bidder below
// it is asked.
func beginProceeding(r SessionResult, after SheetAfter, reserve engine.Dong) Proceeding {
	p := Proceeding{
		LotID: r.Lot.LotID, AuctionID: r.Lot.AuctionID, Version: 1, CreatedAt: r.EndedAt,
		ProceedingFacts: ProceedingFacts{
			Session: r.Session, Lot: r.Lot, Currency: r.Currency, EndedAt: r.EndedAt, After: after, Steps: []ProceedingStep{},
		},
	}
	if r.Result == nil {
		p.note(ProceedingStep{At: r.EndedAt, Kind: StepCalledOff, Reason: r.Reason})
		p.State = ProceedingCancelled
		return p
	}
	if r.Result.Outcome != engine.OutcomeSold {
		p.fail(r.EndedAt, failGrounds[r.Result.Ground])
		return p
	}
	for _, a := range r.Result.Awards {
		p.note(ProceedingStep{At: r.EndedAt, Kind: StepAnnounced, Code: a.Code, Price: a.Total()})
	}
	if p.Awards = r.Result.Awards; len(p.Awards) == 0 {
		p.Award = &Award{Code: r.Result.Winner, Price: r.Result.Price, BidAt: r.Result.BidAt, Seq: r.Result.BidSeq}
		p.Runners = runners(r.Bids, r.Result.Winner, reserve)
		p.note(ProceedingStep{At: r.EndedAt, Kind: StepAnnounced, Code: p.Award.Code, Price: p.Award.Price})
	}
	if p.Single = r.Participants == 1 || r.Present == 1 || bidders(r.Bids) == 1; !p.Single {
		p.awaitWinners(r.EndedAt)
		return p
	}
	p.note(ProceedingStep{At: r.EndedAt, Kind: StepSingle, Code: r.Result.Winner})
	if after.SingleBidder == SingleNever {
		p.fail(r.EndedAt, FailSingleBidder)
		return p
	}
	// The law gives the owner no time limit, and silence neither sells nor
	// fails: the office is reminded, nothing is decided.
	p.State = ProceedingConsent
	return p
}

// The values of SheetAfter.SingleBidder. Empty means consent: nothing was
// agreed, so the owner is asked.
const (
	SingleConsent = "consent"
	SingleNever   = "never"
)

// beginUnregistered is the proceeding of a lot for which nobody registered, or
// nobody was admitted.
func beginUnregistered(lot engine.Lot, currency string, after SheetAfter, at engine.Instant) Proceeding {
	p := Proceeding{
		LotID: lot.LotID, AuctionID: lot.AuctionID, Version: 1, CreatedAt: at,
		ProceedingFacts: ProceedingFacts{Lot: lot, Currency: currency, EndedAt: at, After: after, Steps: []ProceedingStep{}},
	}
	p.fail(at, FailNobodyRegistered)
	return p
}

// runners returns the best valid bid of each bidder but one, highest first; of
// equal ones the earlier is first.
func runners(bids []ResultBid, without engine.ParticipantCode, reserve engine.Dong) []Award {
	best := map[engine.ParticipantCode]Award{}
	for _, b := range bids {
		if b.Struck || b.Code == without || b.Level < reserve || b.Level <= best[b.Code].Price {
			continue
		}
		best[b.Code] = Award{Code: b.Code, Price: b.Level, BidAt: b.At, Seq: b.Seq}
	}
	list := make([]Award, 0, len(best))
	for _, a := range best {
		list = append(list, a)
	}
	slices.SortFunc(list, func(a, b Award) int {
		return cmp.Or(cmp.Compare(b.Price, a.Price), cmp.Compare(a.Seq, b.Seq))
	})
	return list[:min(len(list), maxRunners)]
}

// bidders counts those who have a valid bid.
func bidders(bids []ResultBid) int {
	codes := map[engine.ParticipantCode]bool{}
	for _, b := range bids {
		if !b.Struck {
			codes[b.Code] = true
		}
	}
	return len(codes)
}

// adjacent returns the adjacent bidder (người trả giá liền kề) who may be asked
// in place of a refused award: the best bid p2 of another eligible bidder, iff
// p2 + deposit ≥ the refused price (rule 14, Điều 51.1), once a lot.
func (p *Proceeding) adjacent() (Award, bool) {
	if !p.After.AdjacentBidder || p.Second || p.Award == nil {
		return Award{}, false
	}
	for _, a := range p.Runners {
		if p.fell(a.Code) {
			continue
		}
		return a, a.Price+p.Lot.Deposit >= p.Award.Price
	}
	return Award{}, false
}

func (p *Proceeding) fell(code engine.ParticipantCode) bool {
	return slices.ContainsFunc(p.Fallen, func(f Fallen) bool { return f.Code == code })
}

func (p *Proceeding) note(s ProceedingStep) { p.Steps = append(p.Steps, s) }

// await waits for something, within the time for answers if the sheet has one.
func (p *Proceeding) await(s ProceedingState, at engine.Instant) {
	p.State, p.DeadlineAt = s, 0
	if p.After.AnswerMs > 0 {
		p.DeadlineAt = at.Add(p.After.AnswerMs)
	}
}

func (p *Proceeding) fail(at engine.Instant, why FailGround) {
	p.State, p.DeadlineAt, p.Ground, p.Offer = ProceedingFailed, 0, why, nil
	p.note(ProceedingStep{At: at, Kind: StepFailed, Ground: why})
}

// MinutesDue is how many facts the minutes have to tell by now. Where there was
// no session there are none.
func (p *Proceeding) MinutesDue() int {
	n := 0
	if p.Session == "" || p.State == ProceedingCancelled {
		return 0
	}
	for _, s := range p.Steps {
		if slices.Contains(inMinutes, s.Kind) {
			n++
		}
	}
	return n
}

// ProceedingQuery says which proceedings are wanted; empty fields ask for
// nothing.
type ProceedingQuery struct {
	AuctionID, CentreID string
	Sessions            []engine.SessionID
	DueBy               engine.Instant // DeadlineAt ≤ DueBy
	Undone              bool           // final, with deposits not done
	Unwritten           bool           // the minutes lack a version
	Limit               int
}

// ProceedingStore keeps proceedings.
type ProceedingStore interface {
	// InsertProceeding keeps a new one, unless the lot has one: then it keeps
	// nothing and returns false.
	InsertProceeding(ctx context.Context, p Proceeding, t Trail) (bool, error)
	// ChangeProceeding locks one, calls change, and keeps what change made of it
	// with one added to its version, and the trail. An error of change keeps
	// nothing and is returned. change may be called more than once.
	ChangeProceeding(ctx context.Context, lotID string, change func(*Proceeding) (Trail, error)) (Proceeding, error)
	Proceeding(ctx context.Context, lotID string) (Proceeding, error)
	// Proceedings returns them by auction and number of the lot.
	Proceedings(ctx context.Context, q ProceedingQuery) ([]Proceeding, error)
	// ResultsToFollow returns sessions whose result, announced or cancelled, has
	// no proceeding yet, oldest first. Rehearsals have none.
	ResultsToFollow(ctx context.Context, limit int) ([]engine.SessionID, error)
	// ConcludeAuction makes a published auction concluded if every lot's
	// proceeding is final, and keeps the trail; else it returns false.
	ConcludeAuction(ctx context.Context, id string, at engine.Instant, t Trail) (bool, error)
}
