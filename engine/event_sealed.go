package engine

// KeyTaken makes its sender a keeper of sealed offers, with the public half of
// one key for each round there may be. The private halves are nowhere here.
type KeyTaken struct {
	Publics []Key `json:"publics"`
}

// OfferSealed is a participant's sealed offer of the round. It takes the place
// of an earlier one (rule SE1). The box is bound to the record's command.
type OfferSealed struct {
	Code ParticipantCode `json:"code"`
	Box  []byte          `json:"box"`
}

// OfferTakenBack takes a participant's sealed offer out of the round.
type OfferTakenBack struct {
	Code ParticipantCode `json:"code"`
}

// KeyPresented is the private half of a keeper's key for the round that has
// ended. It opens nothing else.
type KeyPresented struct {
	Round   int `json:"round"` // from 1
	Private Key `json:"private"`
}

// Unsealed begins the opening of a round, once both keys are there. The offers
// that count follow as OfferOpened, worst first.
type Unsealed struct {
	Round int         `json:"round"` // from 1
	Void  []VoidOffer `json:"void,omitempty"`
}

// VoidOffer is a sealed offer that does not count, and why: with lots_taken its
// participant leads or has won as many other lots as they may.
type VoidOffer struct {
	Code ParticipantCode `json:"code"`
	Why  Reason          `json:"why"`
}

// OfferOpened is a sealed offer that counts. Its participant leads after it, at
// Price.
type OfferOpened struct {
	Code   ParticipantCode `json:"code"`
	Amount Dong            `json:"amount"`
	Offer  Seq             `json:"offer"`           // the record with its box
	At     Instant         `json:"at"`              // when that was received: the last change
	Price  Dong            `json:"price"`           // may be less than the amount under the second price and the uniform one
	Units  int             `json:"units,omitempty"` // that are asked for, where several are sold
}

// SealedRoundOpened begins a further round of sealed offers, for Going alone.
type SealedRoundOpened struct {
	Round    int               `json:"round"` // from 2
	ClosesAt Instant           `json:"closesAt"`
	Floor    Dong              `json:"floor"`            // highest offer before; a valid one lies a step above it
	Going    []ParticipantCode `json:"going"`            // in the order of admission, at least two
	RunOff   bool              `json:"runOff,omitempty"` // among those who were tied
}

func (*KeyTaken) Kind() EventKind          { return KindKeyTaken }
func (*OfferSealed) Kind() EventKind       { return KindOfferSealed }
func (*OfferTakenBack) Kind() EventKind    { return KindOfferTakenBack }
func (*KeyPresented) Kind() EventKind      { return KindKeyPresented }
func (*Unsealed) Kind() EventKind          { return KindUnsealed }
func (*OfferOpened) Kind() EventKind       { return KindOfferOpened }
func (*SealedRoundOpened) Kind() EventKind { return KindSealedRoundOpened }
