// Package engine is the rules of a live auction and nothing else.
//
// A session (phiên, the timed bidding event of one lot) is a State. Decide
// says which events a Command causes at a moment; Apply makes a Record of an
// event part of the State. Neither does I/O, reads a clock, draws a random
// number or starts a goroutine, so the same records always give the same
// winner: on the server, after a crash, and in a stranger's browser.
//
//	Command ──Decide──► Event ──Record──► journal ──Apply──► State ──► Room, Standing, Desk
//
// How a price is found is a Method, one file each: method_ascending.go (the
// highest bid) and method_descending.go (the first who accepts a falling
// price). Who may do what in which phase is decide.go. What each audience may
// see is a type of its own in room.go, so that a hidden amount cannot be sent
// to the wrong one. chain.go links records by hash.
//
// The State belongs to one goroutine, its actor (package engine/actor). What
// has been published is never changed.
package engine
