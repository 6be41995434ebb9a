// Package ledger is the public log of all sessions' heads: what its entries
// look like, how its checkpoints are signed, and how anybody checks that it
// only ever grew. It is pure: no I/O, clock or chance, and it compiles to
// WebAssembly, so a stranger's browser judges by the same code.
//
// The tree is that of RFC 6962, the checkpoints are those of C2SP
// tlog-checkpoint, read as C2SP tlog-tiles, cosigned as C2SP tlog-cosignature
// says. docs/ledger.md describes all of it for other languages.
package ledger
