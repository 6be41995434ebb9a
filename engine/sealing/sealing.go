// Package sealing is the chance that sealed offers need: the rules, which have
// none, decide about boxes that were sealed here. The owner of a session seals
// an offer right before it is decided.
package sealing

import (
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/hpke"
	"crypto/sha256"
	"fmt"

	"gobua/engine"
)

// Decide is engine.Decide for the owner of a session: an offer that the rules
// take is sealed then, so that one that they refuse, or that comes again, costs
// its owner no more than another command.
func Decide(s *engine.State, c engine.Command, at engine.Instant, out []engine.Event) ([]engine.Event, error) {
	offer, ok := c.Do.(engine.PutOffer)
	if _, _, keyed := s.SealRound(); !ok || !keyed {
		return engine.Decide(s, c, at, out)
	}
	offer.Box = make([]byte, s.Rules.Sealed.BoxLength()) // stands in for one that is sealed
	unsealed := c
	unsealed.Do = offer
	events, err := engine.Decide(s, unsealed, at, out)
	for _, e := range events[len(out):] {
		if taken, ok := e.(*engine.OfferSealed); ok {
			taken.Box = Seal(s, c).Do.(engine.PutOffer).Box
		}
	}
	return events, err
}

// Seal puts the box into an offer, sealed with both keys of the present round.
// Any other command, and an offer that no key is there for, comes back as it
// was: the rules refuse it.
func Seal(s *engine.State, c engine.Command) engine.Command {
	offer, ok := c.Do.(engine.PutOffer)
	if !ok {
		return c
	}
	round, publics, ok := s.SealRound()
	if !ok {
		return c
	}
	kem, kdf, aead := engine.SealSuite()
	box := s.OfferOf(offer).Plain()
	for keeper, public := range publics { // the inner seal first
		to, err := kem.NewPublicKey(public[:])
		if err == nil {
			info := engine.OfferContext(s.Session, round, engine.ParticipantCode(c.By.Ref), c.ID, keeper)
			box, err = hpke.Seal(to, kdf, aead, info, box)
		}
		if err != nil {
			panic("an offer cannot be sealed: " + err.Error()) // the rules take only keys that seal
		}
	}
	offer.Box = box
	c.Do = offer
	return c
}

// SecretBytes is the length of the secret that an officer keeps on paper.
const SecretBytes = 20

// PrivateKey derives the key of one round, from 1, from an officer's secret.
// The page does the same; the server never has the secret. Who knows the key of
// a round knows nothing of the secret and of other rounds.
func PrivateKey(secret [SecretBytes]byte, session engine.SessionID, round int) engine.Key {
	info := fmt.Sprintf("gobua sealed round\n%s\n%d", session, round)
	b, err := hkdf.Key(sha256.New, secret[:], nil, info, len(engine.Key{}))
	if err != nil {
		panic("a key cannot be derived: " + err.Error()) // 32 bytes always can
	}
	return engine.Key(b)
}

// PublicKeys are the public halves for rounds 1 to n: what an officer takes.
func PublicKeys(secret [SecretBytes]byte, session engine.SessionID, n int) []engine.Key {
	keys := make([]engine.Key, n)
	for i := range keys {
		private := PrivateKey(secret, session, i+1)
		k, err := ecdh.X25519().NewPrivateKey(private[:])
		if err != nil {
			panic("no private key: " + err.Error()) // any 32 bytes are one
		}
		keys[i] = engine.Key(k.PublicKey().Bytes())
	}
	return keys
}
