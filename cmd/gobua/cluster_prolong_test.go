package main

import (
	"context"
	"time"

	"github.com/google/uuid"

	"gobua/engine"
	"gobua/internal/visitor"
)

// The auctioneer of a contest gives it a few seconds more whenever so little is
// left, so that it lasts as long as a machine needs for what is done to the
// nodes, and not longer.
const (
	contestLeft = 8 * time.Second
	contestMore = 5 * time.Second
)

// prolong is that auctioneer, with a seat at each node, until ctx ends. Each
// extension is asked of one node after the other until one has answered.
func (f *contest) prolong(ctx context.Context, staff []*visitor.Person) {
	var seats []*visitor.Seat
	rooms := make([]*visitor.Room, len(staff))
	for i, who := range staff {
		seats = append(seats, who.Seat())
		defer seats[i].Close()
		var err error
		if rooms[i], err = seats[i].Follow(ctx, f.session); err != nil {
			return // ctx has ended
		}
	}
	for turn := 0; ctx.Err() == nil; time.Sleep(100 * time.Millisecond) {
		if closes, running := latest(rooms); !running || time.Until(closes) > contestLeft {
			continue
		}
		for id := uuid.Must(uuid.NewV7()); ctx.Err() == nil; turn++ {
			soon, cancel := context.WithTimeout(ctx, 2*time.Second)
			_, err := seats[turn%len(seats)].DoAs(soon, f.session, id, engine.Extend{By: millis(contestMore), Reason: "Máy chủ hỏng"})
			cancel()
			if err == nil {
				break
			}
		}
	}
}

// latest is the end of the session as the best informed of some rooms has it. A
// room whose node is away is behind, and an end only moves away.
func latest(rooms []*visitor.Room) (closes time.Time, running bool) {
	for _, r := range rooms {
		view, _ := r.View()
		if end := view.Now.ClosesAt.Time(); view.Now.Phase == engine.PhaseRunning && end.After(closes) {
			closes, running = end, true
		}
	}
	return closes, running
}
