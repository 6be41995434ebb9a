package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"gobua/engine"
	"gobua/office"
)

type sessionRow struct {
	Session      engine.SessionID
	AuctionID    string `db:"auction_id"`
	CentreID     string `db:"centre_id"`
	AuctionTitle string `db:"auction_title"`
	LotID        string `db:"lot_id"`
	LotNumber    int    `db:"lot_number"`
	LotTitle     string `db:"lot_title"`
	Run          int
	Newest       bool
	OpensAt      instant `db:"opens_at"`
	HandedOver   bool    `db:"handed_over"`
	Participants int
	Phase        engine.Phase
	Rehearsal    bool
}

func (r *sessionRow) session() office.SessionOfAuction {
	return office.SessionOfAuction{
		Session: r.Session, AuctionID: r.AuctionID, CentreID: r.CentreID, AuctionTitle: r.AuctionTitle, LotID: r.LotID,
		LotNumber: r.LotNumber, LotTitle: r.LotTitle, Run: r.Run, Newest: r.Newest, OpensAt: engine.Instant(r.OpensAt),
		HandedOver: r.HandedOver, Participants: r.Participants, Phase: r.Phase, Rehearsal: r.Rehearsal,
	}
}

// selectSessions reads sessions with what they belong to; a condition follows.
const selectSessions = `
	select s.id as session, l.auction_id, a.centre_id, a.title as auction_title, l.id as lot_id, l.number as lot_number,
		l.title as lot_title, s.run, s.opens_at, s.handed_over_at is not null as handed_over,
		not exists (select from sessions n where n.lot_id = l.id and n.run > s.run) as newest,
		(select count(*) from admissions m where m.session_id = s.id) as participants,
		coalesce((select phase from results r where r.session_id = s.id), '') as phase, a.rehearsal_of is not null as rehearsal
	from sessions s join lots l on l.id = s.lot_id join auctions a on a.id = l.auction_id `

// SessionsOf implements office.RunStore.
func (s *Store) SessionsOf(ctx context.Context, auctionID string) ([]office.SessionOfAuction, error) {
	return s.sessionsWhere(ctx, `where l.auction_id = $1 order by l.number, s.run`, auctionID)
}

// SessionOf implements office.RunStore.
func (s *Store) SessionOf(ctx context.Context, id engine.SessionID) (office.SessionOfAuction, error) {
	list, err := s.sessionsWhere(ctx, `where s.id = $1`, string(id))
	if err != nil {
		return office.SessionOfAuction{}, err
	}
	if len(list) == 0 {
		return office.SessionOfAuction{}, office.ErrNotFound
	}
	return list[0], nil
}

func (s *Store) sessionsWhere(ctx context.Context, condition, arg string) ([]office.SessionOfAuction, error) {
	var list []office.SessionOfAuction
	err := s.read(ctx, "sessions of an auction", func(ctx context.Context, tx *sqlx.Tx) error {
		var rows []sessionRow
		if err := tx.SelectContext(ctx, &rows, selectSessions+condition, arg); err != nil {
			return err
		}
		list = make([]office.SessionOfAuction, len(rows))
		at := make(map[engine.SessionID]int, len(rows))
		ids := make([]string, len(rows))
		for i := range rows {
			list[i] = rows[i].session()
			at[list[i].Session], ids[i] = i, string(list[i].Session)
		}
		var incidents []incidentRow
		err := tx.SelectContext(ctx, &incidents, selectIncidents+`where i.session_id = any($1) and i.state <> 'moot'`, pq.Array(ids))
		for _, found := range incidentsOf(incidents) {
			list[at[found.Session]].Incident = &found
		}
		return err
	})
	return list, err
}

// InsertRun implements office.RunStore.
func (s *Store) InsertRun(ctx context.Context, f office.FrozenSession, after engine.SessionID, t office.Trail) error {
	err := s.tx(ctx, "insert run", func(ctx context.Context, tx *sqlx.Tx) error {
		var newest struct {
			ID  engine.SessionID
			Run int
		}
		err := tx.GetContext(ctx, &newest, `select id, run from sessions where lot_id = $1 order by run desc limit 1`, f.Created.Lot.LotID)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return office.ErrNotFound
		case err != nil:
			return err
		case newest.ID != after:
			return office.ErrEditedMeanwhile
		}
		if err := insertSession(ctx, tx, &f, newest.Run+1, t.At); err != nil {
			return err
		}
		return leave(ctx, tx, t)
	})
	if violates(err, "sessions_lot_id_run_key") { // another one at the same moment
		return office.ErrEditedMeanwhile
	}
	return err
}

// Unregistered implements office.RunStore.
func (s *Store) Unregistered(ctx context.Context, limit int) ([]office.LotRef, error) {
	var list []office.LotRef
	err := s.call(ctx, "lots without participants", func(ctx context.Context) error {
		return s.db.SelectContext(ctx, &list, `
			select l.id, l.auction_id as auctionid from lots l join auctions a on a.id = l.auction_id
			where a.status = 'published' and a.rehearsal_of is null
				and not exists (select from sessions s where s.lot_id = l.id)
				and not exists (select from proceedings p where p.lot_id = l.id)
			order by l.auction_id, l.number limit $1`, limit)
	})
	return list, err
}
