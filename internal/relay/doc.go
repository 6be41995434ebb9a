// Package relay brings commands to the process that decides their session, and
// its answers back. It is the saleroom of a cluster as one node sees it: who
// uses it does not notice where a session is decided.
//
// A command is brought again, under the same id, until it has an answer: to
// the new owner when the old one is gone, and also when an answer was lost or
// the owner itself does not know. That does no harm, because an id has one
// outcome, which is part of the session's record. After Patience it is given
// up: engine.ErrBusy if no owner can have had it, else ErrUnknownOutcome.
package relay
