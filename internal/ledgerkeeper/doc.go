// Package ledgerkeeper keeps the public log of all sessions' heads: it writes
// an entry for each head that moved, signs a checkpoint, makes both durable and
// only then shows them to anybody. What an entry and a checkpoint are is
// package engine/ledger.
//
// writer.go decides what is written, append.go makes it durable, read.go
// answers from it. rotation.go, cosignature.go, stamp.go and export.go are what
// happens to a checkpoint beside and after its signing.
//
// Where several equal nodes share the log, it comes from a Chronicle, and then
// only from there: chronicle.go is the port and its messages, follow.go reads it,
// absorb.go makes it the store, together.go holds it against what this node has
// shown, holder.go writes on the node whose turn it is, words.go is what others
// have to say, and bringin.go and leave.go are the way in and out.
package ledgerkeeper
