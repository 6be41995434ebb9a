package engine

// Method is how a price is found. A method is pure: equal arguments give equal
// events. It reads s and never writes it.
type Method interface {
	// Bid decides PlaceBid and RaiseMaximum of a participant who may bid in a
	// running session, and appends what happens to out. A refusal is an event.
	Bid(s *State, p *Bidder, act Act, now Instant, out []Event) []Event
	// Standing returns leader and price if nobody in `without` had ever bid.
	Standing(s *State, without ParticipantCode) (leader ParticipantCode, price Dong)
}

// Methods is the one place where a method is made known.
var Methods = map[string]Method{}
