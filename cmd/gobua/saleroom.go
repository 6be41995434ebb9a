package main

import (
	"context"
	"slices"

	"gobua/engine"
	"gobua/engine/actor"
	"gobua/office"
	"gobua/transport"
)

// saleroom joins the registry of sessions and the hub of the feed into what
// REST and the demo ask for.
type saleroom struct {
	*actor.Registry
	commander commander
	hub       *transport.Hub
	office    *office.Office
	kick      func(accountID string)
}

// commander takes commands to whoever decides their session: the registry of
// this process, or the relay of a cluster.
type commander interface {
	Submit(id engine.SessionID, c engine.Command, answer func(engine.Receipt, error))
	Receipts(id engine.SessionID, q engine.Question, answer func([]engine.Receipt, error))
	Create(ctx context.Context, c engine.Created) error
}

// Submit is part of transport.Saleroom.
func (s *saleroom) Submit(id engine.SessionID, c engine.Command, answer func(engine.Receipt, error)) {
	s.commander.Submit(id, c, answer)
}

// Receipts is part of transport.Saleroom.
func (s *saleroom) Receipts(id engine.SessionID, q engine.Question, answer func([]engine.Receipt, error)) {
	s.commander.Receipts(id, q, answer)
}

// Create is part of office.Sessions.
func (s *saleroom) Create(ctx context.Context, c engine.Created) error {
	return s.commander.Create(ctx, c)
}

// CodeOf is part of transport.Saleroom. The record knows a bidder by a
// pseudonym that the office makes with a key outside the database; it does not
// ask the database.
func (s *saleroom) CodeOf(id engine.SessionID, accountID string) (engine.ParticipantCode, bool) {
	return s.Registry.CodeOf(id, s.office.PseudonymIn(id, accountID))
}

// Cards is part of transport.Rooms.
func (s *saleroom) Cards() []transport.SessionCard {
	views := s.Views()
	cards := make([]transport.SessionCard, 0, len(views))
	for _, v := range views {
		cards = append(cards, transport.SessionCard{
			Card: transport.Card{
				Session: v.Room.Session, Lot: v.Room.Lot, Now: v.Room.Now,
				OpensAt: v.Room.Rules.OpensAt, Currency: v.Room.Rules.Currency, Method: v.Room.Rules.Method,
				Units: unitsOf(v.Room.Rules), Take: v.Room.Participants,
			},
			Participants: v.Participants, CheckedIn: v.CheckedIn, Viewers: s.hub.Viewers(v.Room.Session),
		})
	}
	return cards
}

// unitsOf is how many identical units are sold; zero: the lot is sold as one.
func unitsOf(r engine.Rules) int {
	if r.Sealed == nil {
		return 0
	}
	return r.Sealed.Units
}

// head is where a session's record stands, for its room.
func (s *saleroom) head(id engine.SessionID) (engine.Head, bool) {
	v, ok := s.View(id)
	if !ok || v.TellsNoCounts {
		return engine.Head{}, false
	}
	return v.Head, true
}

// Room is part of transport.Rooms.
func (s *saleroom) Room(id engine.SessionID) (epoch string, seq engine.FeedSeq, room engine.Room, ok bool) {
	return s.hub.Room(id)
}

// Rows is part of transport.Rooms.
func (s *saleroom) Rows(id engine.SessionID, before engine.FeedSeq, limit int) ([]engine.Row, bool) {
	v, ok := s.View(id)
	if !ok {
		return nil, false
	}
	end := len(v.Rows)
	if before > 0 {
		end, _ = slices.BinarySearchFunc(v.Rows, before, func(r engine.Row, f engine.FeedSeq) int { return int(r.Feed) - int(f) })
	}
	rows := slices.Clone(v.Rows[max(0, end-limit):end])
	slices.Reverse(rows)
	return rows, true
}

// Kick is part of transport.Rooms.
func (s *saleroom) Kick(accountID string) { s.kick(accountID) }

// Rooms is part of demo.Saleroom.
func (s *saleroom) Rooms() []engine.Room {
	views := s.Views()
	rooms := make([]engine.Room, 0, len(views))
	for _, v := range views {
		rooms = append(rooms, v.Room)
	}
	return rooms
}

// archive hands what the actors extract to the office.
type archive struct{ office *office.Office }

// Deliver is part of actor.Office.
func (a archive) Deliver(ctx context.Context, e engine.Extract) error {
	return a.office.Deliver(ctx, office.ResultOf(e))
}

// Lacks is part of actor.Office.
func (a archive) Lacks(ctx context.Context, ids []engine.SessionID) ([]engine.SessionID, error) {
	return a.office.Lacks(ctx, ids)
}
