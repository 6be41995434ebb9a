package history_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"gobua/engine"
	"gobua/internal/history"
)

var sheet = history.Sheet{Start: 1000, Step: 100}

// lived is the history of an auction that did what it should: bids overlap, some
// are sent twice before their answer, some are asked for again, some never get
// an answer, whether or not they were taken.
func lived(seed uint64, bids int) []history.Call {
	chance := rand.New(rand.NewPCG(seed, 0))
	var calls []history.Call
	now := int64(0)
	for i := range 2 {
		session := engine.NewSessionID([12]byte{byte(i + 1)})
		var price engine.Dong
		leader, seq, least := "", engine.Seq(1), sheet.Start
		for n := range bids {
			now += 10
			b := history.Bid{Session: session, By: fmt.Sprint("person ", chance.IntN(4)), ID: engine.CommandID{0: byte(i), 1: byte(n >> 8), 2: byte(n)}}
			b.Amount = least + engine.Dong(chance.IntN(4)-1)*sheet.Step
			r := engine.Receipt{Cmd: b.ID, Act: engine.ActBid}
			switch {
			case b.By == leader:
				r.Reason = engine.ReasonOwnLead
			case b.Amount < least && leader == "":
				r.Reason = engine.ReasonBelowStart
			case b.Amount < least:
				r.Reason = engine.ReasonTooLow
			default:
				r.Accepted, r.Leading = true, true
				price, leader = b.Amount, b.By
				least = price + sheet.Step
			}
			seq += engine.Seq(1 + chance.IntN(3)) // other records lie between
			r.Seq, r.Price = seq, price
			c := history.Call{Bid: b, Sent: now - chance.Int64N(35), Back: now + chance.Int64N(35), Receipt: r}
			lost := history.Call{Bid: b, Sent: c.Sent - 1, Back: 1<<63 - 1}
			again := history.Call{Bid: b, Sent: c.Back + chance.Int64N(500), Receipt: r}
			again.Back = again.Sent + chance.Int64N(35)
			switch chance.IntN(10) {
			case 0:
				calls = append(calls, lost)
			case 1:
				calls = append(calls, lost, c)
			case 2:
				calls = append(calls, c, again)
			default:
				calls = append(calls, c)
			}
		}
	}
	slices.SortStableFunc(calls, func(a, b history.Call) int { return int(a.Sent - b.Sent) })
	return calls
}

func TestAnAuctionThatDidRightIsExplained(t *testing.T) {
	for seed := range uint64(50) {
		if err := history.Check(lived(seed, 150), sheet, time.Minute); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}

// accepted is the place of a bid that was accepted and answered.
func accepted(t *testing.T, calls []history.Call, also func(history.Call) bool) int {
	t.Helper()
	for i := len(calls) / 4; i < len(calls); i++ {
		if c := calls[i]; c.Receipt.Accepted && (also == nil || also(c)) {
			return i
		}
	}
	t.Fatal("there is none")
	return 0
}

// TestPlantedFaultsAreFound: what a server that errs would have people see.
func TestPlantedFaultsAreFound(t *testing.T) {
	for name, plant := range map[string]func(t *testing.T, calls []history.Call) []history.Call{
		"an acceptance became a refusal": func(t *testing.T, calls []history.Call) []history.Call {
			r := &calls[accepted(t, calls, func(c history.Call) bool {
				return !slices.ContainsFunc(calls, func(o history.Call) bool { // which would explain it
					return o.Session == c.Session && o.Amount == c.Amount && o.ID != c.ID && o.Receipt.Cmd != o.ID
				})
			})].Receipt
			r.Accepted, r.Leading, r.Reason = false, false, engine.ReasonTooLow
			return calls
		},
		"another price was told": func(t *testing.T, calls []history.Call) []history.Call {
			calls[accepted(t, calls, nil)].Receipt.Price += sheet.Step
			return calls
		},
		"a refusal became an acceptance": func(t *testing.T, calls []history.Call) []history.Call {
			i := slices.IndexFunc(calls, func(c history.Call) bool {
				return c.Receipt.Reason == engine.ReasonTooLow && slices.ContainsFunc(calls, func(o history.Call) bool { // which it would undercut
					return o.Session == c.Session && o.Receipt.Accepted && o.Amount >= c.Amount && o.Receipt.Seq < c.Receipt.Seq
				})
			})
			r := &calls[i].Receipt
			r.Accepted, r.Leading, r.Reason, r.Price = true, true, "", calls[i].Amount
			return calls
		},
		"an acceptance was lost: the next bid got its price": func(t *testing.T, calls []history.Call) []history.Call {
			first := calls[accepted(t, calls, nil)]
			second := first
			second.ID, second.By = engine.CommandID{9: 9}, "somebody else"
			second.Receipt.Cmd, second.Receipt.Seq = second.ID, first.Receipt.Seq+1
			second.Sent, second.Back = first.Back+1, first.Back+2
			return append(calls, second)
		},
		"a record's number was given twice": func(t *testing.T, calls []history.Call) []history.Call {
			i := accepted(t, calls, nil)
			later := accepted(t, calls, func(c history.Call) bool {
				return c.Session == calls[i].Session && c.Sent > calls[i].Back && c.Receipt.Seq > calls[i].Receipt.Seq
			})
			calls[later].Receipt.Seq = calls[i].Receipt.Seq
			return calls
		},
		"a bid was taken twice": func(t *testing.T, calls []history.Call) []history.Call {
			c := calls[accepted(t, calls, nil)]
			c.Sent, c.Back = c.Back+1, c.Back+2
			c.Receipt.Seq++
			return append(calls, c)
		},
		"asked again, it was another answer": func(t *testing.T, calls []history.Call) []history.Call {
			c := calls[accepted(t, calls, nil)]
			c.Sent, c.Back = c.Back+1, c.Back+2
			c.Receipt = engine.Receipt{Cmd: c.ID, Act: engine.ActBid, Seq: c.Receipt.Seq + 1, Reason: engine.ReasonTooLow, Price: c.Receipt.Price}
			return append(calls, c)
		},
		"accepted after the end": func(t *testing.T, calls []history.Call) []history.Call {
			c := calls[accepted(t, calls, nil)]
			c.ID, c.By = engine.CommandID{9: 9}, "somebody else"
			c.Receipt = engine.Receipt{Cmd: c.ID, Act: engine.ActBid, Seq: 1, Reason: engine.ReasonClosed}
			c.Sent, c.Back = calls[0].Sent-2, calls[0].Sent-1
			return append([]history.Call{c}, calls...)
		},
		"an answer came before its cause": func(t *testing.T, calls []history.Call) []history.Call {
			i := accepted(t, calls, func(c history.Call) bool { return c.Receipt.Seq > 20 })
			calls[i].Sent, calls[i].Back = -100, -99
			return calls
		},
	} {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(50) {
				err := history.Check(plant(t, lived(seed, 60)), sheet, time.Minute)
				var v *history.Violation
				if !errors.As(err, &v) || len(v.Around) == 0 {
					t.Fatalf("seed %d: %v", seed, err)
				}
			}
		})
	}
}

// TestNeverAnsweredMayBeEither: a bid without an answer explains a price that
// nobody else named, and one that nothing came of explains itself.
func TestNeverAnsweredMayBeEither(t *testing.T) {
	h := history.New()
	session := engine.NewSessionID([12]byte{1})
	bid := func(n byte, by string, amount engine.Dong) *history.Call {
		return h.Call(history.Bid{Session: session, By: by, ID: engine.CommandID{15: n}, Amount: amount})
	}
	answer := func(c *history.Call, seq engine.Seq, price engine.Dong, why engine.Reason) {
		c.Answered(engine.Receipt{Cmd: c.ID, Act: engine.ActBid, Seq: seq, Price: price, Reason: why, Accepted: why == "", Leading: why == ""})
	}
	bid(1, "A", 1000)
	bid(2, "B", 5000)
	answer(bid(3, "C", 1000), 4, 1000, engine.ReasonTooLow)
	answer(bid(4, "C", 1100), 5, 1100, "")
	if err := h.Check(sheet, time.Minute); err != nil {
		t.Fatal(err)
	}
	answer(bid(5, "A", 1100), 6, 4000, engine.ReasonTooLow) // nobody bid 4,000
	if err := h.Check(sheet, time.Minute); err == nil {
		t.Fatal("a price from nowhere was explained")
	}
}
