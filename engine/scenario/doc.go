// Package scenario reads stories of auctions written so that a lawyer can
// check them, plays them by the rules, and writes under each line what
// happened. A story is right if playing it changes nothing in it.
//
// The form is described in engine/testdata/scenarios/README.md. Like the rules
// themselves the package is pure: a story always plays the same.
package scenario
