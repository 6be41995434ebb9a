package load

import (
	"context"
	"fmt"
	"time"

	"gobua/engine"
)

// result looks at the rooms, ends the sessions, hangs up and counts.
func (l *load) result(ctx context.Context) (Result, error) {
	r := Result{
		Server: l.Server, Rate: l.Rate, Bidders: l.Bidders, Spectators: l.Spectators, Sessions: l.Sessions,
		Seconds: l.Duration.Seconds(),
	}
	reached := make([]engine.FeedSeq, len(l.sessions))
	for i, session := range l.sessions {
		room, seq, err := l.site.RoomAt(ctx, session)
		if err != nil {
			return r, err
		}
		reached[i] = seq
		r.Bids.InRooms += int64(room.Now.Bids)
	}
	r.Feed.Behind = l.awaitSpectators(ctx, reached)
	l.hangUp()
	for _, s := range l.spectators {
		r.Feed.Updates += s.updates
		s.resolve()
	}
	sum := l.meter.sum()
	r.Outcomes = sum.outcomes
	r.SendDelay, r.BidToReceipt, r.SentToReceipt = latencies(sum.late), latencies(sum.receipt), latencies(sum.carried)
	r.BidToSeen, r.AcceptToSeen, r.EndToSeen = latencies(sum.seen), latencies(sum.told), latencies(sum.closed)
	r.Bids.Planned, r.Bids.Sent, r.Bids.Answered = int64(l.plan.bids), sum.sent, sum.answered
	r.Bids.Unanswered = sum.sent - sum.answered
	r.Feed.Gaps, r.Feed.Snapshots, r.Feed.Lost = sum.gaps, sum.snapshots, sum.lost
	return r, l.end(ctx)
}

// awaitSpectators waits until all have heard what the rooms have shown, but not
// for ever, and returns how many have not.
func (l *load) awaitSpectators(ctx context.Context, reached []engine.FeedSeq) (behind int64) {
	for end := time.Now().Add(answerWait); ; {
		behind = 0
		for _, s := range l.spectators {
			if s.reached.Load() < uint64(reached[s.session]) {
				behind++
			}
		}
		if behind == 0 || time.Now().After(end) || !sleep(ctx, 50*time.Millisecond) {
			return behind
		}
	}
}

// end cancels the sessions that the clock has not ended.
func (l *load) end(ctx context.Context) error {
	if l.ToTheEnd {
		return nil
	}
	for _, session := range l.sessions {
		if _, err := l.auctioneer.Do(ctx, session, engine.Cancel{Reason: "Hết đợt đo tải · The load is over"}); err != nil {
			return fmt.Errorf("cancel session %s: %w", session, err)
		}
	}
	return nil
}
