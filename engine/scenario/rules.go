package scenario

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"gobua/engine"
)

// defaults is the rules sheet of a story that says nothing of it: open for a
// quarter of an hour from nine o'clock, fixed end.
func defaults() engine.Rules {
	return engine.Rules{
		Method: "ascending", Currency: "VND",
		Closing: engine.Closing{Kind: engine.ClosingFixed}, Opening: engine.OpeningByClock,
		OpensAt: monday.Add(9 * 3600 * 1000), BiddingMs: 15 * 60 * 1000,
	}
}

// rule reads one line of the rules sheet: a word and its values.
func (p *parser) rule(key string, values []string) (err error) {
	if len(values) == 0 {
		return errors.New("a rule needs a value")
	}
	r, first := &p.rules, values[0]
	if p.given {
		if err := p.mayFollow(key, values); err != nil {
			return err
		}
	}
	switch key {
	case "people":
		for _, code := range values {
			p.people = append(p.people, engine.ParticipantCode(code))
		}
		return nil
	case "step":
		return readStep(&r.Step, values)
	case "closing":
		return readClosing(&r.Closing, values)
	case "falls":
		r.Method, r.Descent = "descending", new(engine.Descent)
		return readDescent(r.Descent, values)
	case "sealed":
		r.Method, r.Sealed = "sealed", new(engine.Sealed)
		return readSealed(r.Sealed, values)
	case "then":
		r.Method, r.Hybrid = "hybrid", new(engine.Hybrid)
		r.Sealed = &engine.Sealed{Pricing: engine.PricingFirst, Rounds: 1}
		return readHybrid(r.Hybrid, values)
	case "calls":
		r.Method, r.Called = "called", new(engine.Called)
		return readCalled(r.Called, values)
	case "reserve":
		return p.readReserve(values)
	case "extends-with":
		r.Group = &engine.Group{Extends: true}
		if name := strings.Join(values, " "); name != "sale" {
			r.Group.Name = name
		}
		return nil
	case "gong":
		r.Method, r.Gong = "gong", new(engine.Gong)
		r.Gong.SilenceMs, err = millis(values[0])
		return errors.Join(err, nothing(strings.Join(values[1:], " ")))
	case "turns":
		r.Method, r.Turns = "turns", new(engine.Turns)
		return readTurns(r.Turns, values)
	case "buy-now":
		r.BuyNow = new(engine.BuyNow)
		return readBuyNow(r.BuyNow, values)
	}
	if len(values) > 1 {
		return errors.New("one value is enough")
	}
	switch key {
	case "currency":
		r.Currency = first
	case "start":
		r.Start, err = dong(first)
	case "cap":
		r.Cap, err = dong(first)
	case "amounts":
		r.Proxy, err = either(first, "maxima", "prices")
	case "codes":
		r.HideCodes, err = either(first, "hidden", "shown")
	case "opens":
		r.OpensAt, err = p.clock(first)
	case "opening":
		r.Opening = engine.Opening(first)
	case "bidding":
		r.BiddingMs, err = millis(first)
	case "confirm-above":
		r.ConfirmAbove, err = strconv.Atoi(first)
	case "interval":
		r.MinIntervalMs, err = millis(first)
	case "recovery":
		r.RecoveryMinMs, err = millis(first)
	default:
		return errors.New("unknown rule")
	}
	return err
}

// mayFollow tells whether a line may stand in a story whose rules come from
// outside: what they do not tell, who takes part and how high a hidden reserve
// is, of which they hold the hash alone.
func (p *parser) mayFollow(key string, values []string) error {
	switch {
	case key == "people":
		return nil
	case key != "reserve":
		return errors.New("the rules are given, a story to them has none of its own")
	case p.rules.Reserve == nil:
		return errors.New("the rules that are given have no reserve")
	case len(values) > 1:
		return errors.New("the rules that are given say what a reserve reveals; one value is enough")
	}
	return nil
}

func either(word, yes, no string) (bool, error) {
	if word != yes && word != no {
		return false, fmt.Errorf("want %s or %s", yes, no)
	}
	return word == yes, nil
}

// readReserve reads "N" or "N reveal".
func (p *parser) readReserve(values []string) (err error) {
	p.reserve, err = dong(values[0])
	if len(values) > 1 && values[1] == string(engine.ReserveReveal) {
		p.rules.ReserveKind, values = engine.ReserveReveal, values[1:]
	}
	return errors.Join(err, nothing(strings.Join(values[1:], " ")))
}

// readBuyNow reads "N until first_bid", "N until reserve", "N until end" or
// "N until P%".
func readBuyNow(b *engine.BuyNow, values []string) (err error) {
	if len(values) != 3 || values[1] != "until" {
		return errors.New("want N until WHAT")
	}
	if b.Amount, err = dong(values[0]); err != nil {
		return err
	}
	b.Until = engine.BuyNowUntil(values[2])
	if percent, ok := strings.CutSuffix(values[2], "%"); ok {
		b.Until = engine.BuyNowShare
		b.BasisPoints, err = basisPoints(percent)
	}
	return err
}

// readStep reads "N", "P% least N", or a table "FROM:STEP FROM:STEP …".
func readStep(s *engine.Step, values []string) (err error) {
	if percent, ok := strings.CutSuffix(values[0], "%"); ok {
		if len(values) != 3 || values[1] != "least" {
			return errors.New("want P% least N")
		}
		s.Kind = engine.StepPercent
		if s.BasisPoints, err = basisPoints(percent); err == nil {
			s.Amount, err = dong(values[2])
		}
		return err
	}
	if !strings.Contains(values[0], ":") {
		s.Kind = engine.StepFixed
		s.Amount, err = dong(values[0])
		return errors.Join(err, nothing(strings.Join(values[1:], " ")))
	}
	s.Kind = engine.StepBands
	for _, v := range values {
		from, step, _ := strings.Cut(v, ":")
		var b engine.Band
		if b.From, err = dong(from); err == nil {
			b.Step, err = dong(step)
		}
		if err != nil {
			return err
		}
		s.Bands = append(s.Bands, b)
	}
	return nil
}

// basisPoints reads a percentage with at most two decimals.
func basisPoints(text string) (int64, error) {
	whole, part, _ := strings.Cut(text, ".")
	n, err := strconv.ParseInt(whole+(part + "00")[:max(2, len(part))], 10, 64)
	if err != nil || len(part) > 2 {
		return 0, fmt.Errorf("%q is no percentage", text)
	}
	return n, nil
}

// readClosing reads "fixed", or "reset 30s window 1m" with "count N" and
// "total 5m" after it; "add" and "rounds" like "reset", "rounds" with "gap 5s".
func readClosing(c *engine.Closing, values []string) (err error) {
	c.Kind = engine.ClosingKind(values[0])
	if c.Kind == engine.ClosingFixed {
		return nothing(strings.Join(values[1:], " "))
	}
	if len(values)%2 != 0 {
		return errors.New("want reset TIME window TIME …")
	}
	if c.ByMs, err = millis(values[1]); err != nil {
		return err
	}
	for i := 2; i < len(values) && err == nil; i += 2 {
		switch v := values[i+1]; values[i] {
		case "window":
			c.WindowMs, err = millis(v)
		case "count":
			c.MaxCount, err = strconv.Atoi(v)
		case "total":
			c.MaxTotalMs, err = millis(v)
		case "gap":
			c.GapMs, err = millis(v)
		default:
			err = fmt.Errorf("%q is unknown", values[i])
		}
	}
	return err
}

// readDescent reads "N every 1m to FLOOR" or "P% every 1m to FLOOR", and
// "preceding" behind it.
func readDescent(d *engine.Descent, values []string) (err error) {
	if n := len(values); n == 6 && values[5] == "preceding" {
		d.Preceding, values = true, values[:5]
	}
	if len(values) != 5 || values[1] != "every" || values[3] != "to" {
		return errors.New("want N every TIME to FLOOR")
	}
	if percent, ok := strings.CutSuffix(values[0], "%"); ok {
		d.BasisPoints, err = basisPoints(percent)
	} else {
		d.Amount, err = dong(values[0])
	}
	if err == nil {
		d.EveryMs, err = millis(values[2])
	}
	if err == nil {
		d.Floor, err = dong(values[4])
	}
	return err
}

// readSealed reads "first", "second" or "uniform", and behind it "rounds N",
// "run-offs N", "each 5m" and "units N".
func readSealed(r *engine.Sealed, values []string) (err error) {
	r.Pricing, r.Rounds = engine.Pricing(values[0]), 1
	if len(values)%2 != 1 {
		return errors.New("want first rounds N run-offs N each TIME")
	}
	for i := 1; i < len(values) && err == nil; i += 2 {
		switch v := values[i+1]; values[i] {
		case "rounds":
			r.Rounds, err = strconv.Atoi(v)
		case "run-offs":
			r.RunOffs, err = strconv.Atoi(v)
		case "each":
			r.RoundMs, err = millis(v)
		case "units":
			r.Units, err = strconv.Atoi(v)
		default:
			err = fmt.Errorf("%q is unknown", values[i])
		}
	}
	return err
}

// readCalled reads "N", with "every 2s" and "early" behind it.
func readCalled(c *engine.Called, values []string) (err error) {
	if n := len(values) - 1; n > 0 && values[n] == "early" {
		c.EarlyHammer, values = true, values[:n]
	}
	if c.Calls, err = strconv.Atoi(values[0]); err != nil {
		return fmt.Errorf("%q is no number of calls", values[0])
	}
	if len(values) == 3 && values[1] == "every" {
		c.CallEveryMs, err = millis(values[2])
		return err
	}
	return nothing(strings.Join(values[1:], " "))
}

// create makes the first record of the rules that were read.
func (p *parser) create() (engine.Created, error) {
	c := engine.Created{Session: engine.NewSessionID([12]byte{}), Rules: p.rules}
	c.Lot = engine.Lot{AuctionID: "story", LotID: "story", Number: 1, Kind: "goods", Title: "A story"}
	if d := p.rules.Descent; d != nil && !p.given {
		c.Rules.BiddingMs = d.Span(p.rules.Start) // nothing else would be taken
	}
	if p.rules.Reserve != nil && p.reserve == 0 {
		return c, errors.New("the rules that are given hide a reserve: the story needs a line “reserve N”")
	}
	if p.reserve != 0 {
		c.Secret = &engine.Secret{Reserve: p.reserve}
		hash := engine.ReserveHash(*c.Secret)
		c.Rules.Reserve = &hash
	}
	c.RulesHash = c.Rules.Hash()
	for _, code := range p.people {
		c.Participants = append(c.Participants, engine.Participant{Code: code, Holder: engine.HolderOf(c.Session, string(code))})
	}
	return c, engine.CheckCreated(&c)
}

// readHybrid reads "offers 10m answer 3m", which stands behind a line of falls.
func readHybrid(h *engine.Hybrid, values []string) (err error) {
	if len(values) != 4 || values[0] != "offers" || values[2] != "answer" {
		return errors.New("want offers TIME answer TIME")
	}
	if h.OffersMs, err = millis(values[1]); err == nil {
		h.AnswerMs, err = millis(values[3])
	}
	return err
}
