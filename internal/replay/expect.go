package replay

import (
	"fmt"

	"github.com/google/uuid"

	"gobua/engine"
)

// Outcome is how an auction ended, by the rules alone or on a server.
type Outcome struct {
	Price   engine.Dong // zero: nobody's bid was taken
	Winner  string      // the recorded name
	Maximum engine.Dong // the winner's; only Expect can know it
	Refused map[engine.Reason]int
}

// Expect runs a recording through the rules in memory, with a hidden reserve
// if it is not zero. Its error means that the recording makes no auction.
func Expect(r *Recording, reserve engine.Dong) (Outcome, error) {
	const opensAt, bidding = engine.Instant(1), engine.Millis(24 * 3600 * 1000)
	out := Outcome{Refused: make(map[engine.Reason]int)}
	created := &engine.Created{Session: engine.NewSessionID([12]byte{}), Rules: rulesOf(r, opensAt, bidding)}
	if reserve != 0 {
		created.Secret = &engine.Secret{Reserve: reserve}
		hash := engine.ReserveHash(*created.Secret)
		created.Rules.Reserve = &hash
	}
	created.RulesHash = created.Rules.Hash()
	for _, name := range r.Bidders() {
		created.Participants = append(created.Participants, engine.Participant{
			Code: engine.ParticipantCode(name), Holder: engine.HolderOf(created.Session, name)})
	}
	if err := engine.CheckCreated(created); err != nil {
		return out, fmt.Errorf("auction %s: %w", r.ID, err)
	}
	room := table{at: opensAt}
	room.state.Apply(engine.Record{Seq: 1, At: opensAt, By: engine.System, Event: created})
	room.do(engine.Actor{Role: engine.RoleAuctioneer}, engine.Open{})
	for _, p := range created.Participants {
		room.do(engine.Actor{Role: engine.RoleBidder, Ref: string(p.Code)}, engine.CheckIn{})
	}
	for _, b := range r.Bids {
		if reason := room.bid(engine.ParticipantCode(b.Bidder), b.Maximum); reason != "" {
			out.Refused[reason]++
		}
	}
	out.Price, out.Winner = room.state.Price, string(room.state.Leader)
	if leader := room.state.Bidder(room.state.Leader); leader != nil {
		out.Maximum = leader.Best
	}
	return out, nil
}

// table is a session in memory. It has the shortest way from a command to its
// consequences; an actor does the same with a journal in between.
type table struct {
	state engine.State
	at    engine.Instant
	cmds  uint32
}

// bid places a maximum, as a raise if the bidder already leads, and returns why
// it was refused, empty: it was not.
func (t *table) bid(code engine.ParticipantCode, maximum engine.Dong) engine.Reason {
	by := engine.Actor{Role: engine.RoleBidder, Ref: string(code)}
	var act engine.Act = engine.PlaceBid{Amount: maximum}
	if t.state.Leader == code {
		act = engine.RaiseMaximum{Amount: maximum}
	}
	for _, e := range t.do(by, act) {
		if refused, ok := e.(*engine.Refused); ok {
			return refused.Reason
		}
	}
	return ""
}

func (t *table) do(by engine.Actor, act engine.Act) []engine.Event {
	t.at++
	t.cmds++
	c := engine.Command{ID: uuid.UUID{12: byte(t.cmds >> 24), 13: byte(t.cmds >> 16), 14: byte(t.cmds >> 8), 15: byte(t.cmds)}, By: by, Do: act}
	events, err := engine.Decide(&t.state, c, t.at, nil)
	if err != nil {
		panic(fmt.Sprintf("replay: %s in memory: %v", act.ActName(), err)) // everybody is admitted and no id is used twice
	}
	for _, e := range events {
		t.state.Apply(t.state.Record(c, t.at, e))
	}
	return events
}

// InferReserve finds the hidden reserve that a recording betrays: its closing
// price is the winner's whole maximum, and no runner-up explains it. Zero:
// none.
func InferReserve(r *Recording) (engine.Dong, error) {
	without, err := Expect(r, 0)
	if err != nil || without.Price == r.Closing || without.Maximum != r.Closing {
		return 0, err
	}
	return r.Closing, nil
}
