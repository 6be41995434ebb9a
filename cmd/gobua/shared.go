package main

import "gobua/transport"

// once is who remembers answers to repeated requests besides this process.
func (s *server) once() transport.OnceAPI {
	if !s.set.shared {
		return nil
	}
	return s.office
}

// signedOut kills the tokens of sign-ins that ended, and cuts who still speaks
// under one.
func (s *server) signedOut(ids []string) {
	s.tokens.SignedOut(ids)
	s.gateway.CutDead()
}
