package demo

import (
	"crypto/sha256"
	"time"

	"gobua/engine"
	"gobua/engine/sealing"
	"gobua/office"
)

// How long the demo's officers leave to people what has to be done with keys.
const (
	keysAfter    = 10 * time.Minute // in a lot whose keys a visitor may want to take
	visitorsOpen = 2 * time.Minute  // and present once the offers are in
	openAfter    = 20 * time.Second // elsewhere
	roundAfter   = time.Minute      // to begin a further round of offers
	giveUpAfter  = 30 * time.Minute // where the other key never comes
)

// leavesKeys tells whether the keys of a lot are left to visitors for a while.
func leavesKeys(r *engine.Rules) bool { return r.Method == "sealed" && r.Sealed.Rounds > 1 }

// takeKeys has an officer take a key while one is to be had. Keys that were
// taken before a restart are the same again.
func (d *Demo) takeKeys(room engine.Room) {
	if n := room.Now.Sealed; n == nil || n.Keys == 2 {
		return
	}
	if leavesKeys(&room.Rules) && time.Since(room.Rules.OpensAt.Time()) < keysAfter {
		return
	}
	for _, o := range d.officers {
		if d.once(step{session: room.Session, what: "take", who: o.ID}) {
			keys := sealing.PublicKeys(secretOf(o), room.Session, room.Rules.Sealed.Keys())
			d.submit(room.Session, actorOf(o), engine.TakeKey{Publics: keys})
			return
		}
	}
}

// open has the officers present their keys, one after the other, and begins
// the round that follows by the rules.
func (d *Demo) open(room engine.Room, over time.Duration) {
	n, wait := room.Now.Sealed, openAfter
	if leavesKeys(&room.Rules) {
		wait = visitorsOpen
	}
	switch {
	case n.Due != "" && over > roundAfter:
		if d.once(step{session: room.Session, what: "round", round: n.Round}) {
			d.submit(room.Session, actorOf(d.staff), engine.OpenRound{})
		}
	case n.Opened || over < wait:
	case over > giveUpAfter:
		if d.once(step{session: room.Session, what: "stop"}) {
			d.submit(room.Session, actorOf(d.staff), engine.Stop{Reason: "Không đủ hai khóa để mở phiếu"})
		}
	default:
		for i, o := range d.officers {
			key := engine.PresentKey{Private: sealing.PrivateKey(secretOf(o), room.Session, n.Round)}
			if over > wait+time.Duration(i)*openAfter && d.once(step{session: room.Session, what: "present", round: n.Round, who: o.ID}) {
				d.submit(room.Session, actorOf(o), key)
			}
		}
	}
}

// awaitsOpening tells whether a session that is over holds offers that nobody
// has opened, or has a round to come. Where a falling price was accepted by
// nobody there are none.
func awaitsOpening(now engine.Now) bool {
	if now.Sealed == nil || now.Hybrid != nil && now.Hybrid.Stage == engine.StageFalling {
		return false
	}
	return !now.Sealed.Opened || now.Sealed.Due != ""
}

// secretOf is what an officer of the demo keeps on paper. It is made of what
// stands in the README, so that the demo knows it after a restart, and protects
// as little as the password of the account.
func secretOf(o office.Account) (secret [sealing.SecretBytes]byte) {
	sum := sha256.Sum256([]byte(Password + "/" + o.Login))
	copy(secret[:], sum[:])
	return secret
}

func actorOf(a office.Account) engine.Actor { return engine.Actor{Role: a.Role, Ref: a.StaffRef} }
