//go:build !unix

package transport

// passes: what is used up where is only known of Unix.
func passes(error) bool { return false }
