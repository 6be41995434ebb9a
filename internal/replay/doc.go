// Package replay runs recorded auctions again: through the rules alone
// (Expect), and through a running server the way people would (Run), with
// sign-in, check-in and bids over WebSockets. Then it compares what they
// closed at with what is on record.
//
// The records are those of eBay as it was: a bid is a maximum, the price is
// what the runner-up made it, and the end is fixed.
package replay
