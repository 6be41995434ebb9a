package chaos_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/google/uuid"

	"gobua/engine"
	"gobua/internal/history"
	"gobua/internal/visitor"
)

// answerWithin is how long a bidder waits before the line is given up and the
// outcome asked for on another one.
const answerWithin = 5 * time.Second

// told is what people were told, and how they fared.
type told struct {
	mu       sync.Mutex
	receipts []receipt
	rows     map[engine.FeedSeq]engine.Row
	twice    []string // what was told in two ways
	history  *history.History

	unknown   int // answers that did not come, or said that nobody knows
	found     int // of those, how many the record had when asked for
	sentAgain int // and how many it had not
	sorry     map[string]int
	lines     int           // lines that were opened
	longest   time.Duration // from the first attempt of a command to its answer
	last      time.Time     // when somebody last got a receipt
	silence   time.Duration // the longest time in which nobody did
}

// receipt is one with whom it was given to.
type receipt struct {
	to *bidder // nil: the auctioneer
	engine.Receipt
}

func newTold() *told {
	return &told{rows: map[engine.FeedSeq]engine.Row{}, sorry: map[string]int{}, history: history.New()}
}

func (k *told) receipt(to *bidder, r engine.Receipt, took time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.receipts = append(k.receipts, receipt{to, r})
	k.longest = max(k.longest, took)
	now := time.Now()
	if !k.last.IsZero() {
		k.silence = max(k.silence, now.Sub(k.last))
	}
	k.last = now
}

func (k *told) room(r engine.Room) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, row := range r.History {
		if before, ok := k.rows[row.Feed]; ok && (before.Level != row.Level || before.Code != row.Code || before.At != row.At) {
			k.twice = append(k.twice, "an update of the room was told in two ways")
		}
		k.rows[row.Feed] = row
	}
}

func (k *told) count(what func(*told)) {
	k.mu.Lock()
	defer k.mu.Unlock()
	what(k)
}

// bids is how many receipts there are so far.
func (k *told) bids() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.receipts)
}

// bidder is one person who bids along whenever somebody else leads. Each
// command keeps its id until its outcome is known, over as many lines as that
// takes.
type bidder struct {
	who     *visitor.Person
	site    *visitor.Site // by which way they come
	ways    []way         // others, one after the other where a line is lost; mostly none
	session engine.SessionID
	heard   *told
	chance  *rand.Rand
	pause   time.Duration // the longest between two bids

	room *visitor.Room
	code engine.ParticipantCode
	open *attempt // whose outcome is not known yet
}

// way is how a person comes to another node.
type way struct {
	who  *visitor.Person
	site *visitor.Site
}

// elsewhere has a bidder try the next way.
func (b *bidder) elsewhere() {
	if len(b.ways) > 0 {
		next := b.ways[0]
		b.ways = append(b.ways[1:], way{b.who, b.site})
		b.who, b.site = next.who, next.site
	}
}

// attempt is a command that was begun and has no answer.
type attempt struct {
	id    engine.CommandID
	do    engine.Act
	begun time.Time
	ask   bool // it may have arrived
}

// run bids until ctx ends; then it still asks what became of the last command,
// as long as after lives.
func (b *bidder) run(ctx, after context.Context) {
	b.command(engine.CheckIn{})
	for after.Err() == nil && (ctx.Err() == nil || b.open != nil) {
		if err := b.sit(ctx, after); err != nil && after.Err() == nil {
			b.elsewhere()
			time.Sleep(time.Duration(100+b.chance.IntN(200)) * time.Millisecond)
		}
	}
}

func (b *bidder) command(do engine.Act) {
	b.open = &attempt{id: uuid.Must(uuid.NewV7()), do: do, begun: time.Now()}
}

// sit opens a line and bids on it until it is of no use any more.
func (b *bidder) sit(ctx, after context.Context) error {
	asking, cancel := context.WithTimeout(after, 2*answerWithin)
	defer cancel()
	token, err := b.who.Token(asking)
	if err != nil {
		return err
	}
	line, err := b.site.Dial(asking)
	if err != nil {
		return err
	}
	defer line.Close()
	b.heard.count(func(k *told) { k.lines++ })
	if _, err := line.Hello(asking, token); err != nil {
		return err
	}
	if b.room == nil {
		room, err := line.Follow(asking, b.session)
		if err != nil {
			return err
		}
		b.room = room
	} else if err := line.FollowOn(asking, b.room); err != nil {
		return err
	}
	for after.Err() == nil && (ctx.Err() == nil || b.open != nil) && line.Err() == nil {
		if err := b.turn(ctx, after, line); err != nil {
			return err
		}
	}
	view, _ := b.room.View()
	b.heard.room(view)
	return line.Err()
}

// turn settles the command under way, or begins one if it is time.
func (b *bidder) turn(ctx, after context.Context, line *visitor.Line) error {
	view, _ := b.room.View()
	b.heard.room(view)
	you, _ := b.room.You()
	if you.Code != "" {
		b.code = you.Code
	}
	if b.open == nil {
		if view.Now.Phase != engine.PhaseRunning || you.Leading {
			time.Sleep(5 * time.Millisecond)
			return nil
		}
		b.command(engine.PlaceBid{Amount: view.Now.Next + engine.Dong(b.chance.IntN(3))*step})
	}
	asking, cancel := context.WithTimeout(after, answerWithin)
	defer cancel()
	r, known, err := b.settle(asking, line)
	if known {
		b.heard.receipt(b, r, time.Since(b.open.begun))
		b.open = nil
	}
	var refused *visitor.Refused
	if errors.As(err, &refused) {
		b.heard.count(func(k *told) { k.sorry[refused.Code]++ })
		switch {
		case refused.Code == "not_active":
			err = line.Take(asking, b.session)
		case refused.Temporary:
			time.Sleep(100 * time.Millisecond)
			err = nil
		}
	}
	if pause := int(b.pause); pause > 0 && ctx.Err() == nil {
		time.Sleep(time.Duration(b.chance.IntN(pause)))
	}
	return err
}

// settle asks for the outcome of the open command if it may have arrived, and
// sends it if it has not.
func (b *bidder) settle(ctx context.Context, line *visitor.Line) (r engine.Receipt, known bool, err error) {
	if bid, ok := b.open.do.(engine.PlaceBid); ok {
		sent := b.heard.history.Call(history.Bid{Session: b.session, By: b.who.Account.Login, ID: b.open.id, Amount: bid.Amount})
		defer func() {
			if known {
				sent.Answered(r)
			}
		}()
	}
	if b.open.ask {
		found, _, err := line.Outcomes(ctx, b.session, []engine.CommandID{b.open.id})
		if err != nil {
			return r, false, err
		}
		if len(found) == 1 {
			b.heard.count(func(k *told) { k.found++ })
			return found[0], true, nil
		}
		b.heard.count(func(k *told) { k.sentAgain++ })
	}
	r, err = line.Do(ctx, b.session, b.open.id, b.open.do)
	if err == nil {
		return r, true, nil
	}
	var refused *visitor.Refused
	certain := errors.As(err, &refused) && refused.Code != "unknown"
	if !certain && !b.open.ask {
		b.heard.count(func(k *told) { k.unknown++ })
	}
	b.open.ask = b.open.ask || !certain
	return r, false, err
}
