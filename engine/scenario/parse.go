package scenario

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gobua/engine"
)

// monday is the beginning of the day on which a story plays whose rules are its
// own: Monday, 5 January 2026, in Việt Nam.
const monday = engine.Instant(1_767_546_000_000)

// dayOf is the beginning of a moment's day in Việt Nam.
func dayOf(i engine.Instant) engine.Instant {
	const day = 24 * 3600 * 1000
	return i - ((i-monday)%day+day)%day
}

type parser struct {
	rules    engine.Rules
	given    bool // rules come from outside; the story has none of its own
	midnight engine.Instant
	reserve  engine.Dong
	people   []engine.ParticipantCode
	lines    []line
	last     engine.Instant
	auto     int // commands that were given an id of their own
	others   int // extensions of other lots of the group so far
	errs     []error
}

// line reads one line that is not indented.
func (p *parser) line(l *line) error {
	if l.text == "" || strings.HasPrefix(l.text, "#") {
		return nil
	}
	first, rest, _ := strings.Cut(l.text, " ")
	if !strings.Contains(first, ":") {
		return p.rule(first, strings.Fields(rest))
	}
	at, err := p.clock(first)
	if err != nil {
		return err
	}
	if at < p.last {
		return errors.New("time runs backwards")
	}
	p.last = at
	l.step = &step{at: at}
	return p.step(l.step, strings.TrimSpace(rest))
}

// step reads who does what.
func (p *parser) step(s *step, text string) error {
	text, label, err := p.label(text)
	if err != nil {
		return err
	}
	who, what, _ := strings.Cut(text, " ")
	what = strings.TrimSpace(what)
	switch who {
	case "":
		return errors.New("somebody must do something")
	case "clock":
		s.cmd = engine.Command{By: engine.System, Do: engine.Tick{}}
		return nothing(what)
	case "outage":
		since, err := p.clock(strings.TrimPrefix(what, "since "))
		s.cmd = engine.Command{By: engine.System, Do: engine.CreditOutage{From: since}}
		return err
	case "lot":
		s.cmd, err = p.follow(s.at, what)
		return err
	case room:
		s.show = true
		return nothing(what)
	}
	by := actor(who)
	if what == "looks" {
		s.show, s.look = true, engine.ParticipantCode(by.Ref)
		return nil
	}
	do, err := act(what)
	s.cmd = engine.Command{ID: commandID(label), By: by, Do: do}
	switch what {
	case "take-key", "present-key":
		s.key, err = what, nil // which one, the session says
	}
	return err
}

// follow reads "N extended until TIME": a bid for another lot of the group has
// moved its end. Each is one more extension of the group.
func (p *parser) follow(at engine.Instant, text string) (c engine.Command, err error) {
	number, until, ok := strings.Cut(text, " extended until ")
	if !ok {
		return c, errors.New("want lot N extended until TIME")
	}
	p.others++
	x := engine.Extension{At: at, Count: p.others, Cause: engine.Cause{Session: "st0ry0000000", Seq: 1}}
	if x.Cause.Lot, err = strconv.Atoi(number); err != nil {
		return c, err
	}
	x.ClosesAt, err = p.clock(until)
	return engine.Command{By: engine.System, Do: engine.Follow{Extension: x}}, err
}

// label finds the name of a command's id, "(id x)" at the end of a line. A
// command without one has an id of its own.
func (p *parser) label(text string) (rest, label string, err error) {
	if !strings.HasSuffix(text, ")") {
		p.auto++
		return text, "command " + strconv.Itoa(p.auto), nil
	}
	i := strings.LastIndex(text, "(id ")
	if i < 0 {
		return text, "", errors.New("want (id NAME) at the end")
	}
	return strings.TrimSpace(text[:i]), "named " + text[i+len("(id "):len(text)-1], nil
}

// commandID makes an id of a label, in the form of a UUID of version 7.
func commandID(label string) (id engine.CommandID) {
	sum := sha256.Sum256([]byte(label))
	copy(id[:], sum[:])
	id[6], id[8] = id[6]&0x0f|0x70, id[8]&0x3f|0x80
	return id
}

// actor is who a word at the beginning of a step means.
func actor(who string) engine.Actor {
	role, ref, _ := strings.Cut(who, "/")
	switch engine.Role(role) {
	case engine.RoleAuctioneer, engine.RoleClerk, engine.RoleObserver, engine.RoleAdmin, engine.RoleSpectator:
		return engine.Actor{Role: engine.Role(role), Ref: ref}
	}
	return engine.Actor{Role: engine.RoleBidder, Ref: who}
}

// act reads what a person does.
func act(text string) (engine.Act, error) {
	verb, rest, _ := strings.Cut(text, " ")
	rest = strings.TrimSpace(rest)
	first, tail, _ := strings.Cut(rest, " ")
	tail = strings.TrimSpace(tail)
	switch verb {
	case "check-in":
		return engine.CheckIn{}, nothing(rest)
	case "bid":
		amount, confirm, err := amounts(rest)
		return engine.PlaceBid{Amount: amount, Confirm: confirm}, err
	case "raise":
		amount, confirm, err := amounts(rest)
		return engine.RaiseMaximum{Amount: amount, Confirm: confirm}, err
	case "offer":
		return offer(rest)
	case "decline":
		return engine.Decline{Code: engine.ParticipantCode(first), Reason: tail}, nil
	case "take-back":
		return engine.TakeOfferBack{}, nothing(rest)
	case "open-round":
		return engine.OpenRound{}, nothing(rest)
	case "buy":
		amount, err := dong(rest)
		return engine.Buy{Amount: amount}, err
	case "withdraw":
		return engine.Withdraw{Confirm: engine.ParticipantCode(rest)}, nil
	case "open":
		return engine.Open{}, nothing(rest)
	case "pause":
		return engine.Pause{Reason: rest}, nil
	case "resume":
		return engine.Resume{Reason: rest}, nil
	case "stop":
		return engine.Stop{Reason: rest}, nil
	case "cancel":
		return engine.Cancel{Reason: rest}, nil
	case "say":
		return engine.Say{Text: rest}, nil
	case "extend":
		by, err := millis(first)
		return engine.Extend{By: by, Reason: tail}, err
	case "disqualify":
		return engine.Disqualify{Code: engine.ParticipantCode(first), Reason: tail}, nil
	case "announce":
		if rest == "nobody" {
			return engine.Announce{}, nil
		}
		return announcement(engine.ParticipantCode(first), tail)
	}
	return callingAct(verb, rest)
}

// callingAct reads what is done only at a lot that is called.
func callingAct(verb, rest string) (engine.Act, error) {
	first, tail, _ := strings.Cut(rest, " ")
	code := engine.ParticipantCode(first)
	switch verb {
	case "ask":
		price, err := dong(rest)
		return engine.Ask{Price: price}, err
	case "floor-bid":
		amount, confirm, err := amounts(strings.TrimSpace(tail))
		return engine.FloorBid{Code: code, Amount: amount, Confirm: confirm}, err
	case "floor-check-in":
		return engine.FloorCheckIn{Code: code}, nothing(tail)
	case "warn":
		return engine.Warn{}, nothing(rest)
	case "call":
		price, err := dong(rest)
		return engine.Call{Price: price}, err
	case "hammer":
		price, err := dong(rest)
		return engine.Hammer{Price: price}, err
	case "pass":
		price, err := dong(rest)
		return engine.Pass{Price: price}, err
	case "undo":
		price, why, _ := strings.Cut(strings.TrimSpace(tail), " ")
		amount, err := dong(price)
		return engine.Undo{Code: code, Amount: amount, Reason: strings.TrimSpace(why)}, err
	case "confirm-undo":
		amount, err := dong(strings.TrimSpace(tail))
		return engine.ConfirmUndo{Code: code, Amount: amount}, err
	case "drop-undo":
		price, why, _ := strings.Cut(strings.TrimSpace(tail), " ")
		amount, err := dong(price)
		return engine.DropUndo{Code: code, Amount: amount, Reason: strings.TrimSpace(why)}, err
	case "reopen":
		return engine.Reopen{Reason: rest}, nil
	case "reopen-after-next":
		return engine.Reopen{Reason: rest, LaterOpened: true}, nil
	}
	return nil, fmt.Errorf("nobody knows how to %q", verb)
}

// offer reads "N" or "N confirm N", and "for UNITS" behind it.
func offer(text string) (engine.Act, error) {
	text, units, several := strings.Cut(text, " for ")
	var o engine.PutOffer
	var err error
	if o.Amount, o.Confirm, err = amounts(text); err == nil && several {
		o.Units, err = strconv.Atoi(units)
	}
	return o, err
}

// announcement reads "N" or "N changed TIMES".
func announcement(winner engine.ParticipantCode, text string) (engine.Act, error) {
	text, times, changed := strings.Cut(text, " changed ")
	a := engine.Announce{Winner: winner}
	var err error
	if a.Price, err = dong(text); err == nil && changed {
		a.Changes, err = strconv.Atoi(times)
	}
	return a, err
}

// amounts reads "N" or "N confirm N".
func amounts(text string) (amount, confirm engine.Dong, err error) {
	first, again, typed := strings.Cut(text, " confirm ")
	if amount, err = dong(first); err == nil && typed {
		confirm, err = dong(again)
	}
	return amount, confirm, err
}

// dong reads an amount in the smallest unit, with or without commas.
func dong(text string) (engine.Dong, error) {
	n, err := strconv.ParseInt(strings.ReplaceAll(text, ",", ""), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is no amount", text)
	}
	return engine.Dong(n), nil
}

// millis reads a length of time such as 30s, 15m, 1h30m or 250ms.
func millis(text string) (engine.Millis, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d%time.Millisecond != 0 {
		return 0, fmt.Errorf("%q is no length of time", text)
	}
	return engine.Millis(d.Milliseconds()), nil
}

// clock reads hh:mm:ss with or without milliseconds.
func (p *parser) clock(text string) (engine.Instant, error) {
	t, err := time.Parse("15:04:05", text)
	if err != nil || t.Nanosecond()%int(time.Millisecond) != 0 {
		return 0, fmt.Errorf("%q is no time of day", text)
	}
	day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	return p.midnight.Add(engine.Millis(t.Sub(day).Milliseconds())), nil
}

func nothing(rest string) error {
	if rest != "" {
		return fmt.Errorf("%q is too much", rest)
	}
	return nil
}
