package scenario

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"gobua/engine"
)

// eventText says what happened in one line, seen from the state after it.
func (p *player) eventText(e engine.Event) string {
	switch e := e.(type) {
	case *engine.Opened:
		return "opened: " + until(e.ClosesAt, e.LatestAt)
	case *engine.CheckedIn:
		return fmt.Sprintf("%s is present%s", e.Code, inHall(e.Floor))
	case *engine.BidAccepted:
		if e.Bought != "" {
			return fmt.Sprintf("bought at once: %s", standing(e.Price, e.Leader))
		}
		text := fmt.Sprintf("bid%s: %s stands at %s; %s", inHall(e.Floor), e.Code, money(e.Level), standing(e.Price, e.Leader))
		if e.ClosesAt != 0 {
			text += "; " + until(e.ClosesAt, p.state.LatestAt)
		}
		return text
	case *engine.Raised:
		return fmt.Sprintf("raised: %s has a higher maximum; %s", e.Code, standing(e.Price, e.Code))
	case *engine.AutoRaised:
		return fmt.Sprintf("moved: %s stands at %s, because of %s", e.Code, money(e.Level), e.Cause)
	case *engine.Refused:
		return fmt.Sprintf("refused: %s %s; %s", e.Act, e.Reason, nextText(e.Next))
	case *engine.Extended:
		how := "time " + strconv.Itoa(e.Count)
		if e.Reason != "" {
			how = "by hand, " + quote(e.Reason)
		}
		if e.Cause != nil {
			how += fmt.Sprintf(", with lot %d", e.Cause.Lot)
		}
		return fmt.Sprintf("extended: %s; %s", until(e.ClosesAt, e.LatestAt), how)
	case *engine.Paused:
		return fmt.Sprintf("paused: %s left; %s", length(e.RemainingMs), quote(e.Reason))
	case *engine.Resumed:
		return "resumed: " + until(e.ClosesAt, e.LatestAt)
	case *engine.Stopped:
		return "stopped: " + quote(e.Reason)
	case *engine.Cancelled:
		return "cancelled: " + quote(e.Reason)
	case *engine.Said:
		return "said: " + quote(e.Text)
	case *engine.Withdrawn:
		return fmt.Sprintf("withdrawn: %s is out; %s", e.Code, standing(e.Price, e.Leader))
	case *engine.Disqualified:
		return fmt.Sprintf("disqualified: %s is out; %s; %s", e.Code, standing(e.Price, e.Leader), quote(e.Reason))
	case *engine.OutageCredited:
		return fmt.Sprintf("outage: %s lost since %s; %s", length(e.LostMs), hour(e.From), until(e.ClosesAt, e.LatestAt))
	case *engine.Lowered:
		return fmt.Sprintf("lowered: %s is asked, since %s", money(e.Price), hour(e.Due))
	case *engine.Reopened:
		return fmt.Sprintf("reopened: %s is asked; %s", money(e.Price), until(e.ClosesAt, 0))
	case *engine.RoundOpened:
		from := ""
		if p.state.Rules.Closing.GapMs > 0 {
			from = "from " + hour(e.OpensAt) + " "
		}
		return fmt.Sprintf("round %d: %suntil %s; going on: %s", e.Round, from, hour(e.ClosesAt), codes(e.Going))
	case *engine.KeyTaken:
		return fmt.Sprintf("key taken: %d of 2", p.room.Now.Sealed.Keys)
	case *engine.OfferSealed:
		return fmt.Sprintf("sealed: %s has put an offer in", e.Code)
	case *engine.OfferTakenBack:
		return fmt.Sprintf("taken back: %s has no offer in this round", e.Code)
	case *engine.KeyPresented:
		return fmt.Sprintf("key presented: %d of 2, for round %d", p.room.Now.Sealed.Given, e.Round)
	case *engine.Unsealed:
		text := fmt.Sprintf("unsealed: round %d", e.Round)
		for _, v := range e.Void {
			text += fmt.Sprintf("; void: %s, %s", v.Code, v.Why)
		}
		return text
	case *engine.OfferOpened:
		return fmt.Sprintf("opened: %s offers %s%s, put in at %s; %s", e.Code, money(e.Amount), unitsText(e.Units), hour(e.At), standing(e.Price, e.Code))
	case *engine.PartDeclined:
		return fmt.Sprintf("declined: %s does not take a part; %s; %s", e.Code, standing(e.Price, e.Leader), quote(e.Reason))
	case *engine.SealedRoundOpened:
		name := "round"
		if e.RunOff {
			name = "run-off, round"
		}
		return fmt.Sprintf("%s %d: above %s, until %s; going on: %s", name, e.Round, money(e.Floor), hour(e.ClosesAt), codes(e.Going))
	case *engine.StageOpened:
		what := map[engine.Stage]string{engine.StageOffers: "sealed offers", engine.StageAnswer: "the last word of " + string(e.First)}[e.Stage]
		return fmt.Sprintf("stage: %s, above %s, until %s", what, money(e.Price), hour(e.ClosesAt))
	case *engine.TurnOpened:
		return turnText(e)
	case *engine.Closed:
		if p.underSeal() {
			return "closed: the offers are under seal"
		}
		return "closed: the system proposes: " + resultText(p.state.Proposal())
	case *engine.Announced:
		return "announced: " + resultText(e.Result)
	}
	return p.callText(e)
}

// callText is eventText of what happens only at a lot that is called.
func (p *player) callText(e engine.Event) string {
	switch e := e.(type) {
	case *engine.Asked:
		return fmt.Sprintf("asked: %s; %s", money(e.Price), nextText(p.state.NextMinimum()))
	case *engine.Warned:
		return "warned: the hammer is about to fall"
	case *engine.CallMade:
		return fmt.Sprintf("called: %s; time %d of %d", standing(e.Price, p.state.Leader), e.Count, p.state.Rules.Called.Calls)
	case *engine.Hammered:
		if e.Passed {
			return "passed: " + standing(e.Price, p.state.Leader)
		}
		return "hammer: " + standing(e.Price, p.state.Leader)
	case *engine.Undone:
		how := "undone"
		if e.Asked != 0 {
			how = fmt.Sprintf("undone as #%d asked", e.Asked)
		}
		return fmt.Sprintf("%s: #%d, %s by %s; %s; %s", how, e.Bid, money(e.Amount), e.Code, standing(e.Price, e.Leader), quote(e.Reason))
	case *engine.UndoAsked:
		return fmt.Sprintf("undo asked: #%d, %s by %s; a second person has to confirm it; %s", e.Bid, money(e.Amount), e.Code, quote(e.Reason))
	case *engine.UndoDropped:
		return fmt.Sprintf("undo dropped: the bid of %s by %s stands; %s", money(e.Amount), e.Code, quote(e.Reason))
	case *engine.LotReopened:
		return fmt.Sprintf("reopened: %s; %s", until(e.ClosesAt, 0), quote(e.Reason))
	}
	return string(e.Kind())
}

// plainlyAccepted is a receipt that says no more than the record above it.
const plainlyAccepted = "accepted"

// receiptText is what the sender of a command is told.
func receiptText(r engine.Receipt) string {
	if !r.Accepted {
		text := "refused: " + string(r.Reason)
		if r.Steps > 0 {
			text += fmt.Sprintf(", %s steps above the next minimum", money(r.Steps))
		}
		return text
	}
	text := plainlyAccepted
	switch {
	case r.Act == engine.ActFloorBid:
		text += fmt.Sprintf(": price %s, %s", money(r.Price), nextText(r.Next))
	case r.Act == engine.ActBid || r.Act == engine.ActRaise || r.Act == engine.ActBuy:
		text += fmt.Sprintf(": price %s, %s", money(r.Price), nextText(r.Next))
		if r.Leading {
			text += ", leading"
		} else {
			text += ", outbid at once"
		}
	}
	return text
}

// look shows the public room, or what one participant may know.
func (p *player) look(code engine.ParticipantCode) {
	if code != "" {
		you, ok := p.state.Standing(code)
		if !ok {
			p.say("%s is not admitted", code)
			return
		}
		p.say("%s", standingText(you))
		return
	}
	now := &p.room.Now
	p.say("room: %s; %s; bids: %d%s", now.Phase, standing(now.Price, now.Leader), now.Bids, roomExtras(now))
	for _, r := range p.room.History {
		text := money(r.Level)
		if r.Code != "" {
			text += " " + string(r.Code)
		}
		if r.Fall {
			text += ", asked"
		}
		text += unitsText(r.Units) + inHall(r.Floor)
		if r.Bought {
			text += ", bought at once"
		}
		if r.Auto {
			text += ", moved within a maximum"
		}
		if r.Struck {
			text += ", counts no more"
		}
		p.say("      %s %s", hour(r.At), text)
	}
	for _, m := range p.room.Messages {
		p.say("      %s %s", hour(m.At), quote(m.Text))
	}
}

func roomExtras(now *engine.Now) string {
	var b strings.Builder
	switch now.Phase {
	case engine.PhaseScheduled, engine.PhaseRunning, engine.PhasePaused:
		b.WriteString("; " + nextText(now.Next))
	}
	if now.FallsTo != 0 {
		b.WriteString(", then " + money(now.FallsTo))
	}
	if now.FallsAt != 0 {
		b.WriteString(" at " + hour(now.FallsAt))
	}
	if now.FallsInMs != 0 {
		b.WriteString(" after " + length(now.FallsInMs))
	}
	if now.ClosesAt != 0 {
		b.WriteString("; " + until(now.ClosesAt, now.LatestAt))
	}
	if now.RemainingMs != 0 {
		b.WriteString("; " + length(now.RemainingMs) + " left")
	}
	if now.BuyNow {
		b.WriteString("; can be bought at once")
	}
	if now.Bought {
		b.WriteString("; bought at once")
	}
	if rd := now.Round; rd != nil {
		b.WriteString(roundText(rd))
	}
	if sl := now.Sealed; sl != nil {
		b.WriteString(sealedText(sl))
	}
	if now.Turns != nil {
		b.WriteString(turnsText(now.Turns))
	}
	if now.Called != nil {
		b.WriteString(calledText(now.Called))
	}
	if now.Reserve != "" {
		b.WriteString("; reserve " + string(now.Reserve))
	}
	if now.Reason != "" {
		b.WriteString("; " + quote(now.Reason))
	}
	if now.Result != nil {
		b.WriteString("; " + resultText(*now.Result))
	}
	return b.String()
}

func standingText(you engine.Standing) string {
	words := []string{string(you.Code)}
	add := func(when bool, word string) {
		if when {
			words = append(words, word)
		}
	}
	add(!you.CheckedIn, "not present")
	add(you.Best != 0, "offered "+money(you.Best))
	add(you.Served != 0, fmt.Sprintf("gets %d of %d units", you.Served, you.Units))
	add(you.Leading, "leading")
	add(you.Outbid, "outbid")
	add(you.Won, "won")
	add(you.Out != "", "out: "+string(you.Out))
	add(you.OutReason != "", quote(you.OutReason))
	add(you.Withdrawable, "may withdraw")
	add(you.OfferedAt != 0, "has an offer in since "+hour(you.OfferedAt))
	add(you.NotInRound, "may not bid in this round")
	add(you.GoesOn, "goes on if a round follows")
	add(you.Undone, "last bid undone, may bid again")
	return "sees: " + strings.Join(words, ", ")
}

func roundText(rd *engine.RoundNow) string {
	text := "; main time"
	if rd.Round > 0 {
		text = fmt.Sprintf("; round %d, %d may bid", rd.Round, rd.Going)
	}
	if len(rd.Codes) > 0 {
		text += ": " + codes(rd.Codes)
	}
	if rd.Follows {
		text += "; a round follows"
	}
	return text
}

func sealedText(sl *engine.SealedNow) string {
	text := fmt.Sprintf("; sealed round %d, %d of 2 keys taken", sl.Round, sl.Keys)
	if sl.Given > 0 {
		text += fmt.Sprintf(", %d presented", sl.Given)
	}
	if sl.Opened {
		text += ", opened"
	}
	if sl.Due != "" {
		text += ", due: " + string(sl.Due)
	}
	if u := sl.Units; u != nil {
		text += fmt.Sprintf("; %d units wanted, %d sold to %d", u.Wanted, u.Sold, u.Winners)
		if u.Missed > 0 {
			text += fmt.Sprintf(", the last gets %d of %d", u.Part, u.Part+u.Missed)
		}
	}
	return text
}

func calledText(c *engine.CalledNow) string {
	text := ""
	if c.Asked != 0 {
		text += "; asked for " + money(c.Asked)
	}
	if c.Count > 0 {
		text += fmt.Sprintf("; called %d times", c.Count)
	}
	if c.FreeAt != 0 {
		text += ", again from " + hour(c.FreeAt)
	}
	if c.Warned {
		text += "; fair warning"
	}
	if c.Floor {
		text += "; the leading bid is from the hall"
	}
	if c.Undo != nil {
		text += fmt.Sprintf("; the %s has asked to undo it: %s", c.Undo.Role, quote(c.Undo.Reason))
	}
	return text
}

func unitsText(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" a unit for %d", n)
}

func inHall(floor bool) string {
	if floor {
		return ", in the hall"
	}
	return ""
}

func codes(list []engine.ParticipantCode) string {
	words := make([]string, 0, len(list))
	for _, code := range list {
		words = append(words, string(code))
	}
	return strings.Join(words, " ")
}

func standing(price engine.Dong, leader engine.ParticipantCode) string {
	switch {
	case price == 0:
		return "no price"
	case leader == "":
		return "price " + money(price)
	}
	return fmt.Sprintf("price %s, %s leads", money(price), leader)
}

func nextText(next engine.Dong) string {
	if next == 0 {
		return "no higher bid is possible"
	}
	return "next " + money(next)
}

func resultText(r engine.Result) string {
	if len(r.Awards) > 0 {
		var list []string
		for _, a := range r.Awards {
			part := ""
			if a.Wanted > 0 {
				part = fmt.Sprintf(" of %d wanted", a.Wanted)
			}
			list = append(list, fmt.Sprintf("%s %d%s", a.Code, a.Units, part))
		}
		return fmt.Sprintf("sold at %s a unit: %s", money(r.Price), strings.Join(list, ", "))
	}
	if r.Outcome == engine.OutcomeSold {
		return fmt.Sprintf("sold to %s at %s, offered at %s", r.Winner, money(r.Price), hour(r.BidAt))
	}
	return fmt.Sprintf("%s, %s", r.Outcome, r.Ground)
}

func until(end, latest engine.Instant) string {
	if latest == 0 {
		return "until " + hour(end)
	}
	return fmt.Sprintf("until %s, at latest %s", hour(end), hour(latest))
}

func quote(text string) string { return "“" + text + "”" }

// money writes an amount with commas.
func money(d engine.Dong) string {
	s := strconv.FormatInt(int64(d), 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

var vietnam = time.FixedZone("+07", 7*3600)

// hour writes a moment as the time of day of the story.
func hour(i engine.Instant) string {
	return i.Time().In(vietnam).Format("15:04:05.999")
}

// length writes a length of time in seconds.
func length(d engine.Millis) string {
	return strconv.FormatFloat(float64(d)/1000, 'f', -1, 64) + " s"
}

// underSeal tells whether offers may lie in a session that nobody has opened.
func (p *player) underSeal() bool {
	sealed, hybrid := p.room.Now.Sealed, p.room.Now.Hybrid
	return sealed != nil && !sealed.Opened && (hybrid == nil || hybrid.Stage != engine.StageFalling)
}
