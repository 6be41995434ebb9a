//go:build race

package testbinary

// raced tells whether this binary has the race detector.
const raced = true
