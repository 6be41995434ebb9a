package engine

// Hybrid is how long the stages of a session take that follow a falling price
// (rule SE3): sealed offers above the accepted price, and the answer of who had
// accepted it. Descent says how the price falls, Sealed has one round at the
// first price, Step is by how much an offer must lie above the price before.
type Hybrid struct {
	OffersMs Millis `json:"offersMs"` // for sealed offers of everybody else
	AnswerMs Millis `json:"answerMs"` // for the answer of who had accepted
}

// Stage is the part of a hybrid session that it is in.
type Stage string

// The stages, in their order.
const (
	StageFalling Stage = ""       // the price falls until somebody accepts it
	StageOffers  Stage = "offers" // everybody else may offer more, under seal
	StageAnswer  Stage = "answer" // who had accepted may go above the highest offer
)

// StageOpened begins the next stage of a session that has them (rule SE3).
type StageOpened struct {
	Stage    Stage           `json:"stage"`
	ClosesAt Instant         `json:"closesAt"`
	First    ParticipantCode `json:"first"` // who accepted the falling price
	Price    Dong            `json:"price"` // what has to be beaten
}

func (*StageOpened) Kind() EventKind { return KindStageOpened }

// Limits of a stage: a sealed offer is typed and read again, and more than a day
// wants a session of its own.
const (
	minStageMs = Millis(10_000)
	maxStageMs = Millis(24 * 3600 * 1000)
)

// hybrid is what a state keeps of the stages.
type hybrid struct {
	stage Stage
	first ParticipantCode // who accepted the falling price
}

func (h *Hybrid) problems(r *Rules) (ps []Problem) {
	bad := func(when bool, field, code string) {
		if when {
			ps = append(ps, Problem{field, code})
		}
	}
	bad(h.OffersMs < minStageMs || h.OffersMs > maxStageMs, "hybrid.offersMs", "out_of_range")
	bad(h.AnswerMs < minStageMs || h.AnswerMs > maxStageMs, "hybrid.answerMs", "out_of_range")
	// Fixed steps are a grid above the start, and offers lie below it.
	bad(r.Step.Kind == StepFixed, "step.kind", "not_with_method")
	if s := r.Sealed; s != nil {
		bad(s.Pricing != PricingFirst, "sealed.pricing", "not_with_method")
		bad(s.Rounds != 1, "sealed.rounds", "not_with_method")
		bad(s.RunOffs != 0, "sealed.runOffs", "not_with_method") // two more keys and a third closing for a tie that the order of receipt decides
	}
	return ps
}

// mayHoldOffers tells whether sealed offers could be put in: not where a price
// fell that nobody accepted.
func (s *State) mayHoldOffers() bool { return s.hybrid == nil || s.hybrid.stage != StageFalling }

// applyStage begins the next stage.
func (s *State) applyStage(e *StageOpened) {
	s.hybrid.stage, s.hybrid.first = e.Stage, e.First
	s.Phase, s.ClosesAt, s.ClosedAt = PhaseRunning, e.ClosesAt, 0
	if e.Stage == StageOffers {
		s.sealed.floor = e.Price
	}
}
