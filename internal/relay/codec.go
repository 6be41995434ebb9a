package relay

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	"gobua/engine"
	"gobua/engine/actor"
)

// acts are what may be asked for through another node: everything that people
// do. What the system does is its owner's alone.
var acts = actTypes(
	engine.CheckIn{}, engine.PlaceBid{}, engine.RaiseMaximum{}, engine.Withdraw{}, engine.Buy{},
	engine.PutOffer{}, engine.TakeOfferBack{}, engine.TakeKey{}, engine.PresentKey{}, engine.OpenRound{},
	engine.Open{}, engine.Pause{}, engine.Resume{}, engine.Stop{}, engine.Extend{}, engine.Say{},
	engine.Disqualify{}, engine.Cancel{}, engine.Announce{}, engine.Decline{},
	engine.Ask{}, engine.FloorBid{}, engine.FloorCheckIn{}, engine.Warn{}, engine.Call{}, engine.Hammer{}, engine.Pass{},
	engine.Undo{}, engine.ConfirmUndo{}, engine.DropUndo{}, engine.Reopen{},
)

func actTypes(all ...engine.Act) map[engine.ActName]reflect.Type {
	types := make(map[engine.ActName]reflect.Type, len(all))
	for _, a := range all {
		types[a.ActName()] = reflect.TypeOf(a)
	}
	return types
}

// commandJSON is a command on its way between two nodes, which run the same
// program or two releases that follow each other.
type commandJSON struct {
	Session engine.SessionID `json:"session"`
	ID      engine.CommandID `json:"id"`
	By      engine.Actor     `json:"by"`
	Act     engine.ActName   `json:"act"`
	Do      json.RawMessage  `json:"do"`
}

func encodeCommand(id engine.SessionID, c engine.Command) ([]byte, error) {
	if acts[c.Do.ActName()] == nil {
		return nil, fmt.Errorf("relay: %s is for no other node", c.Do.ActName())
	}
	do, err := json.Marshal(c.Do)
	if err != nil {
		return nil, fmt.Errorf("relay: %s: %w", c.Do.ActName(), err)
	}
	return json.Marshal(commandJSON{id, c.ID, c.By, c.Do.ActName(), do})
}

func decodeCommand(b []byte) (engine.SessionID, engine.Command, error) {
	var in commandJSON
	if err := json.Unmarshal(b, &in); err != nil {
		return "", engine.Command{}, fmt.Errorf("relay: no command: %w", err)
	}
	t := acts[in.Act]
	switch {
	case t == nil:
		return "", engine.Command{}, fmt.Errorf("relay: %q is nothing to ask another node for", in.Act)
	case !in.Session.Valid():
		return "", engine.Command{}, errors.New("relay: a command for no session")
	case in.By.Role == engine.System.Role:
		return "", engine.Command{}, errors.New("relay: the system's commands are their owner's")
	}
	do := reflect.New(t)
	if err := json.Unmarshal(in.Do, do.Interface()); err != nil {
		return "", engine.Command{}, fmt.Errorf("relay: %s: %w", in.Act, err)
	}
	return in.Session, engine.Command{ID: in.ID, By: in.By, Do: do.Elem().Interface().(engine.Act)}, nil
}

// questionJSON asks what became of commands.
type questionJSON struct {
	Session engine.SessionID `json:"session"`
	engine.Question
}

// answerJSON is what the owner says. Exactly one of the others stands beside an
// empty Failure, or none.
type answerJSON struct {
	Failure  failure          `json:"failure,omitempty"`
	Text     string           `json:"text,omitempty"` // with failedToCreate
	Receipt  *engine.Receipt  `json:"receipt,omitempty"`
	Receipts []engine.Receipt `json:"receipts,omitempty"`
}

// failure names an error between two nodes.
type failure string

const (
	failedBusy      failure = "busy"
	failedElsewhere failure = "elsewhere"
	failedUnknown   failure = "unknown"
	failedNoSession failure = "no_session"
	failedToCreate  failure = "not_created"
	failedToRead    failure = "unreadable" // the other node did not understand
)

var failures = map[failure]error{
	failedBusy: engine.ErrBusy, failedElsewhere: actor.ErrElsewhere,
	failedUnknown: engine.ErrUnknownOutcome, failedNoSession: engine.ErrNoSession,
}

// failureOf names an error; what has no name is as good as unknown.
func failureOf(err error) failure {
	if err == nil {
		return ""
	}
	for name, is := range failures {
		if errors.Is(err, is) {
			return name
		}
	}
	return failedUnknown
}

// err is the error that an answer brings.
func (a *answerJSON) err() error {
	switch a.Failure {
	case "":
		return nil
	case failedToCreate:
		return errors.New(a.Text)
	}
	if err := failures[a.Failure]; err != nil {
		return err
	}
	return fmt.Errorf("%w: the other node says %q", engine.ErrUnknownOutcome, a.Failure)
}
