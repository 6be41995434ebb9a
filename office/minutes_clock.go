package office

import (
	"fmt"

	"gobua/engine"
)

// courseClock knows, while the course of a session is told, what its clock
// counts down to. That is the end of the bidding only where nothing else moves
// on before: with turns it is the end of one bidder's turn or of a pause, with
// the gong that of a silence, with stages that of the stage.
type courseClock struct {
	rules *engine.Rules
	turn  engine.Moment // the last that began a turn or a pause; zero: the pause before the first round
	stage engine.Stage
}

// follow takes the clock over a moment.
func (c *courseClock) follow(m engine.Moment) {
	switch m.Kind {
	case engine.KindTurnOpened:
		c.turn = m
	case engine.KindStageOpened:
		c.stage = m.Stage
	}
}

// until says what lasts until an instant, which stands at the end.
func (c *courseClock) until(end string) string {
	switch {
	case c.rules.Turns != nil && c.turn.Code == "":
		return fmt.Sprintf("nghỉ trước vòng %d đến %s", max(c.turn.Round, 1), end)
	case c.rules.Turns != nil:
		return fmt.Sprintf("lượt của người có mã số %s muộn nhất đến %s", c.turn.Code, end)
	case c.rules.Gong != nil:
		return "kết thúc nếu không ai trả giá cho đến " + end
	case c.rules.Called != nil:
		return "thời gian trả giá muộn nhất đến " + end
	case c.rules.Hybrid != nil:
		return map[engine.Stage]string{
			engine.StageFalling: "giá giảm muộn nhất đến ", engine.StageOffers: "thời gian bỏ phiếu đến ", engine.StageAnswer: "thời gian trả lời cuối cùng đến ",
		}[c.stage] + end
	}
	return "thời gian trả giá đến " + end
}
