package scenario

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"gobua/engine"
)

// readTurns reads "3 rounds turn 2m pause 2m".
func readTurns(t *engine.Turns, values []string) (err error) {
	if len(values) != 6 || values[1] != "rounds" || values[2] != "turn" || values[4] != "pause" {
		return errors.New("want N rounds turn TIME pause TIME")
	}
	if t.Rounds, err = strconv.Atoi(values[0]); err != nil {
		return err
	}
	if t.TurnMs, err = millis(values[3]); err != nil {
		return err
	}
	t.PauseMs, err = millis(values[5])
	return err
}

// turnText is the record that begins a turn or a pause.
func turnText(e *engine.TurnOpened) string {
	text := fmt.Sprintf("round %d, turn %d: %s", e.Round, e.Turn, e.Code)
	if e.Turn == 0 {
		text = fmt.Sprintf("pause before round %d", e.Round)
	}
	text += ", until " + hour(e.ClosesAt)
	if len(e.Order) > 0 {
		text += "; in the order " + codes(e.Order)
	}
	return text
}

// turnsText is where a room of turns stands.
func turnsText(n *engine.TurnsNow) string {
	text := fmt.Sprintf("; round %d", n.Round)
	if n.Code != "" {
		text += fmt.Sprintf(", turn of %s", n.Code)
	}
	lines := make([]string, 0, len(n.Order))
	for _, line := range n.Order {
		switch {
		case line.Out:
			lines = append(lines, string(line.Code)+" is out")
		case line.Level == 0:
			lines = append(lines, string(line.Code)+" has no offer")
		default:
			lines = append(lines, string(line.Code)+" "+money(line.Level))
		}
	}
	if len(lines) > 0 {
		text += ": " + strings.Join(lines, "; ")
	}
	return text
}
