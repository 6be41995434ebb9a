package engine_test

import (
	"math"

	"gobua/engine"
)

// world is a random auction: people, staff and clock do what they like, and
// after every command everything that must always hold is looked at.
type world struct {
	*sale
	dice     *dice
	oracle   oracle
	reserve  engine.Dong   // hidden, zero: none
	mirror   *engine.State // the same records; shows whether Decide wrote into the state
	sent     []engine.Command
	outcomes map[outcomeKey]string
	moves    []move
}

type outcomeKey struct {
	by engine.ParticipantCode // empty: staff
	id engine.CommandID
}

// move is what happened, to be done again elsewhere.
type move struct {
	at  engine.Instant
	cmd engine.Command
}

var people = []engine.ParticipantCode{"M-101", "M-202", "M-303", "M-404", "M-505", "M-606"}

// dice turns bytes into choices: a seed's in the test, the fuzzer's in the fuzz
// target. When the bytes are used up the auction is over.
type dice struct{ bytes []byte }

// n is a number from 0 to k-1.
func (d *dice) n(k int) int {
	n := 0
	for size := k - 1; size > 0 && len(d.bytes) > 0; size >>= 8 {
		n, d.bytes = n<<8|int(d.bytes[0]), d.bytes[1:]
	}
	return n % k
}

func (d *dice) between(low, high int) int { return low + d.n(high-low+1) }

func (d *dice) dong(low, high int) engine.Dong { return engine.Dong(d.between(low, high)) }

// one in k times.
func (d *dice) once(k int) bool { return d.n(k) == k-1 }

func pick[T any](d *dice, list ...T) T { return list[d.n(len(list))] }

func newWorld(t reporter, d *dice) *world {
	return newWorldUnder(t, d, drawAnyRules(d))
}

func newWorldUnder(t reporter, d *dice, rules engine.Rules) *world {
	reserve := engine.Dong(0)
	if err := rules.Check(); err != nil {
		t.Fatal(err)
	}
	if d.once(3) && rules.Method == "ascending" {
		reserve = min(rules.AmountCap(), rules.Start+d.dong(0, 3000))
		if rules.Proxy && d.once(2) {
			rules.ReserveKind = engine.ReserveReveal
		}
	}
	if rules.Method == "ascending" && rules.Closing.Kind != engine.ClosingRounds && d.once(3) {
		drawBuyNow(d, &rules, reserve)
	}
	w := &world{
		sale: newSale(t, rules, reserve, people...), dice: d, mirror: new(engine.State), outcomes: map[outcomeKey]string{},
		oracle: newOracle(rules, reserve), reserve: reserve,
	}
	w.mirror.Apply(w.records[0])
	if d.once(8) {
		return w // nobody is present, nothing is open
	}
	for _, code := range people[d.n(3):] {
		w.take(engine.Command{ID: w.id(), By: bidder(code), Do: engine.CheckIn{}})
	}
	w.now = opensAt
	w.take(engine.Command{ID: w.id(), By: theAuctioneer, Do: engine.Open{}})
	return w
}

// drawAnyRules draws a sheet of any method; most rules are of the first.
func drawAnyRules(d *dice) engine.Rules {
	switch {
	case d.once(3):
		return drawFallingRules(d)
	case d.once(4):
		return drawGongRules(d)
	case d.once(4):
		return drawTurnRules(d)
	}
	if d.once(4) {
		return drawCalledRules(d)
	}
	return drawRules(d)
}

func drawGongRules(d *dice) engine.Rules {
	r := plain()
	r.Method, r.Start, r.Step.Amount = "gong", d.dong(1, 2000), d.dong(1, 200)
	r.Gong = &engine.Gong{SilenceMs: pick[engine.Millis](d, 5*second, 20*second, 3*minute)}
	r.BiddingMs = r.Gong.SilenceMs + pick[engine.Millis](d, 0, 1, minute, 10*minute)
	if d.once(5) {
		r.Cap = r.Start + r.Step.Amount + d.dong(0, 3000)
	}
	if d.once(2) {
		r.Opening = engine.OpeningByAuctioneer
	}
	r.ConfirmAbove = d.n(2) * d.between(1, 5)
	r.MinIntervalMs = engine.Millis(d.n(2) * 1000)
	r.RecoveryMinMs = engine.Millis(d.n(60_000))
	r.HideCodes = d.once(2)
	return r
}

func drawTurnRules(d *dice) engine.Rules {
	r := turnRules(d.between(1, 4))
	r.Start, r.Step.Amount = d.dong(1, 2000), d.dong(1, 200)
	r.Turns.TurnMs = pick[engine.Millis](d, 5*second, 20*second, minute)
	r.Turns.PauseMs = pick[engine.Millis](d, 5*second, 20*second)
	r.BiddingMs = r.Turns.PauseMs
	if d.once(5) {
		r.Cap = r.Start + d.dong(0, 3000)
	}
	if d.once(2) {
		r.Opening = engine.OpeningByAuctioneer
	}
	r.ConfirmAbove = d.n(2) * d.between(1, 5)
	r.RecoveryMinMs = engine.Millis(d.n(60_000))
	return r
}

func drawFallingRules(d *dice) engine.Rules {
	fall := &engine.Descent{EveryMs: pick[engine.Millis](d, 1000, 1500, 30_000, 5*minute), Preceding: d.once(2)}
	r := falling(d.dong(2, 3000), fall)
	fall.Floor = d.dong(1, int(r.Start)-1)
	if least := engine.Dong(10_000); d.once(2) && r.Start*1000 >= least {
		fall.BasisPoints = int64(d.between(int((least+r.Start-1)/r.Start), 10_000))
	} else {
		fall.Amount = (r.Start-fall.Floor)/engine.MaxFalls + d.dong(1, 300)
	}
	if d.once(2) {
		r.Opening = engine.OpeningByAuctioneer
	}
	r.RecoveryMinMs = engine.Millis(d.n(60_000))
	r.HideCodes = d.once(2)
	r.BiddingMs = fall.Span(r.Start)
	return r
}

func drawRules(d *dice) engine.Rules {
	r := plain()
	r.Start = d.dong(1, 2000)
	r.Proxy = d.n(3) > 0
	switch d.n(3) {
	case 0:
		r.Step = engine.Step{Kind: engine.StepFixed, Amount: d.dong(1, 200)}
	case 1:
		r.Step = engine.Step{Kind: engine.StepBands, Bands: []engine.Band{
			{From: d.dong(0, 1), Step: d.dong(1, 10)}, {From: d.dong(2, 1500), Step: d.dong(1, 100)}, {From: d.dong(1501, 4000), Step: d.dong(1, 300)},
		}}
	case 2:
		r.Step = engine.Step{Kind: engine.StepPercent, Amount: d.dong(1, 50), BasisPoints: int64(d.between(1, 2000))}
	}
	if d.once(5) {
		r.Cap = r.Start + d.dong(0, 5000)
	}
	r.Closing.Kind = pick(d, engine.ClosingReset, engine.ClosingAdd, engine.ClosingFixed)
	if r.Closing.Kind != engine.ClosingFixed {
		r.Closing.WindowMs = engine.Millis(d.between(1, 200_000))
		r.Closing.ByMs = engine.Millis(d.between(1, 200_000))
		r.Closing.MaxCount = d.n(2) * d.between(1, 3)
		r.Closing.MaxTotalMs = engine.Millis(d.n(2) * d.between(1, 300_000))
	}
	if d.once(2) {
		r.Opening = engine.OpeningByAuctioneer
	}
	r.BiddingMs = pick(d, 60*minute, 60*minute, 60*minute, 10*minute, 10*minute, minute, 1)
	r.ConfirmAbove = d.n(2) * d.between(1, 5)
	r.MinIntervalMs = engine.Millis(d.n(2) * 1000)
	r.RecoveryMinMs = engine.Millis(d.n(60_000))
	r.HideCodes = d.once(2)
	if d.once(3) {
		drawRounds(d, &r)
	}
	return r
}

// drawBuyNow offers to sell at once, where the cap leaves room for it.
func drawBuyNow(d *dice, r *engine.Rules, reserve engine.Dong) {
	b := &engine.BuyNow{Amount: max(r.Start+r.Step.At(r.Start), reserve) + d.dong(0, 2000)}
	b.Until = pick(d, engine.BuyNowFirstBid, engine.BuyNowShare, engine.BuyNowEnd, engine.BuyNowReserve)
	switch {
	case b.Amount > r.AmountCap():
		return
	case b.Until == engine.BuyNowReserve && reserve == 0:
		b.Until = engine.BuyNowEnd
	case b.Until == engine.BuyNowShare:
		b.BasisPoints = int64(d.between(1, 9999))
	}
	r.BuyNow = b
}

// drawRounds makes it a sale with rounds, short enough to come to them.
func drawRounds(d *dice, r *engine.Rules) {
	by := d.between(1, 40_000)
	r.Proxy, r.BiddingMs = false, pick(d, minute, 10*second, 2*minute)
	r.Closing = engine.Closing{
		Kind: engine.ClosingRounds, ByMs: engine.Millis(by), WindowMs: engine.Millis(pick(d, by, d.between(1, by))),
		MaxCount: d.between(1, 6), MaxTotalMs: engine.Millis(d.n(2) * d.between(1, 200_000)), GapMs: engine.Millis(d.n(2) * d.between(1, 5000)),
	}
}

// move lets time pass and somebody do something.
func (w *world) move() {
	w.now = w.now.Add(pick[engine.Millis](w.dice, 0, 0, 1, 400, 1000, 1000, 5000, 20_000))
	oneIn := pick(w.dice, 60, 8)
	if due := engine.Deadline(w.state); due > w.now && w.dice.once(oneIn) {
		w.now = due.Add(pick[engine.Millis](w.dice, -1, 0, 1))
	}
	w.now = max(w.now, w.state.LastAt)
	w.take(w.draw())
}

func (w *world) take(c engine.Command) {
	w.moves = append(w.moves, move{w.now, c})
	w.check(c)
}

// draw makes a command: often one that fits, sometimes any, sometimes an old
// one again.
func (w *world) draw() engine.Command {
	d := w.dice
	c := engine.Command{ID: w.id(), By: bidder(pick(d, people...))}
	switch n := d.n(32); {
	case n < 14:
		amount, confirm := w.amount(w.oracle.minimum())
		c.Do = engine.PlaceBid{Amount: amount, Confirm: confirm}
	case n < 17:
		c.Do = engine.RaiseMaximum{Amount: w.state.Rules.Start}
		if list := w.oracle.maxima(); len(list) > 0 && !d.once(4) {
			c.By = bidder(list[0].by)
			amount, confirm := w.amount(list[0].amount + 1)
			c.Do = engine.RaiseMaximum{Amount: amount, Confirm: confirm}
		}
	case n < 18 && w.state.Rules.BuyNow != nil && d.once(3):
		c.Do = engine.Buy{Amount: w.state.Rules.BuyNow.Amount + pick[engine.Dong](d, 0, 0, 0, 1)}
	case n < 18:
		c.Do = engine.CheckIn{}
	case n < 21:
		return engine.Command{By: engine.System, Do: engine.Tick{}}
	case n < 22 && d.once(2):
		return engine.Command{By: engine.System, Do: engine.CreditOutage{From: w.now.Add(-engine.Millis(d.n(100_000)))}}
	case n < 23:
		if d.once(4) && w.state.Leader != "" {
			c.By = bidder(w.state.Leader)
		}
		c.Do = engine.Withdraw{Confirm: pick(d, engine.ParticipantCode(c.By.Ref), "X")}
	case n < 27:
		c.By = engine.Actor{Role: engine.RoleAuctioneer, Ref: pick(d, "DGV-01", "DGV-02")}
		c.Do = w.act()
	case n < 30 && len(w.sent) > 0:
		return pick(d, w.sent...)
	default:
		c.By.Role = pick(d, engine.RoleSpectator, engine.RoleObserver, engine.RoleAdmin, engine.RoleBidder, engine.RoleAuctioneer, engine.RoleClerk)
		c.By.Ref = pick(d, "M-101", "X", "")
		c.Do = pick(d, allActs()...)
		if do := c.Do.ActName(); do == engine.ActStop || do == engine.ActCancel {
			c.Do = engine.Tick{} // those that end everything are drawn by act
		}
		if d.once(2) && len(w.sent) > 0 {
			c.ID = pick(d, w.sent...).ID
		}
	}
	return c
}

// amount draws an offer around what is needed, and what is typed again.
func (w *world) amount(least engine.Dong) (amount, confirm engine.Dong) {
	d, rules := w.dice, w.state.Rules
	step := w.oracle.step(max(w.state.Price, rules.Start))
	switch d.n(14) {
	case 0:
		amount = least - 1
	case 1:
		amount = rules.AmountCap() + d.dong(0, 1)
	case 2:
		amount = pick[engine.Dong](d, 0, -1, 1, rules.Start, engine.MaxDong, engine.MaxDong+1, math.MaxInt64, math.MinInt64)
	case 3:
		amount = least + d.dong(0, 999)
	case 4, 5:
		amount = least
		if list := w.oracle.maxima(); len(list) > 0 {
			amount = list[0].amount // a tie
		}
	default:
		amount = least + step*d.dong(0, 8)
		if rules.Step.Kind == engine.StepFixed {
			amount += ((rules.Start-amount)%step + step) % step // onto the grid
		}
	}
	return amount, pick(d, amount, amount, amount, 0, amount+1)
}

// act draws what an auctioneer may do, seldom what ends everything.
func (w *world) act() engine.Act {
	d := w.dice
	code := pick(d, append(people, "X")...)
	text := pick(d, "Fire alarm", "Mất điện", "x", "", " ", "\xff")
	if w.state.Rules.Called != nil && d.n(4) > 0 {
		return w.callingAct()
	}
	p := w.state.Proposal()
	switch d.n(16) {
	case 0, 1:
		return engine.Open{}
	case 2:
		return engine.Pause{Reason: text}
	case 3, 4, 5, 6:
		return engine.Resume{Reason: pick(d, "", text)}
	case 7, 8:
		return engine.Extend{By: pick[engine.Millis](d, -1, 999, 1000, 60_000, 86_400_001), Reason: text}
	case 9:
		return engine.Say{Text: text}
	case 10:
		if d.once(2) {
			return engine.Disqualify{Code: code, Reason: text}
		}
	case 11, 12:
		announce := engine.Announce{Winner: p.Winner, Price: p.Price}
		if units := w.state.Now().Sealed; units != nil && units.Units != nil {
			announce.Changes = units.Units.Changes
		}
		return announce
	case 13:
		return engine.Announce{Winner: code, Price: p.Price}
	}
	if d.once(4) {
		return pick[engine.Act](d, engine.Stop{Reason: text}, engine.Cancel{Reason: text})
	}
	return engine.Say{Text: text}
}
