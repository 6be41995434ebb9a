// Package ledgerkeeper keeps the public log of all sessions' heads: it writes
// an entry for each head that moved, signs a checkpoint, makes both durable and
// only then shows them to anybody. What an entry and a checkpoint are is
// package engine/ledger.
//
// writer.go decides what is written, append.go makes it durable, read.go
// answers from it. rotation.go, cosignature.go, stamp.go and export.go are what
// happens to a checkpoint beside and after its signing.
package ledgerkeeper
