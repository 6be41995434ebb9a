package engine

import (
	"fmt"
	"unicode/utf8"
)

// CheckCreated tells whether a session may begin with this record: the rules
// make sense, their hash fits, nobody is admitted twice, and a hidden reserve
// is the one the rules are committed to.
func CheckCreated(c *Created) error {
	if !c.Session.Valid() {
		return fmt.Errorf("session id %q is malformed", c.Session)
	}
	if err := c.Rules.Check(); err != nil {
		return err
	}
	if c.RulesHash != c.Rules.Hash() {
		return fmt.Errorf("session %s: the rules do not have the hash %s", c.Session, c.RulesHash.Short())
	}
	if len(c.Participants) > MaxParticipants {
		return fmt.Errorf("session %s: %d participants, at most %d", c.Session, len(c.Participants), MaxParticipants)
	}
	codes := make(map[ParticipantCode]bool, len(c.Participants))
	holders := make(map[Hash]bool, len(c.Participants))
	for _, p := range c.Participants {
		if p.Code == "" || len(p.Code) > maxCodeBytes || !utf8.ValidString(string(p.Code)) || codes[p.Code] || holders[p.Holder] {
			return fmt.Errorf("session %s: participant %q is malformed or admitted twice", c.Session, p.Code)
		}
		codes[p.Code], holders[p.Holder] = true, true
	}
	if err := c.checkGroup(); err != nil {
		return err
	}
	switch {
	case (c.Secret == nil) != (c.Rules.Reserve == nil):
		return fmt.Errorf("session %s: a reserve and its hash in the rules go together", c.Session)
	case c.Secret != nil && *c.Rules.Reserve != ReserveHash(*c.Secret):
		return fmt.Errorf("session %s: the reserve is not the one in the rules", c.Session)
	case c.Secret != nil && (c.Secret.Reserve < c.Rules.Start || c.Secret.Reserve > c.Rules.AmountCap()):
		return fmt.Errorf("session %s: the reserve lies outside start and cap", c.Session)
	case c.Secret != nil && c.Rules.BuyNow != nil && c.Secret.Reserve > c.Rules.BuyNow.Amount:
		return fmt.Errorf("session %s: it could be bought at once below the reserve", c.Session)
	}
	return nil
}
