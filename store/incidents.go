package store

import (
	"context"
	"database/sql"

	"github.com/jmoiron/sqlx"

	"gobua/engine"
	"gobua/office"
)

type incidentRow struct {
	ID         string
	Session    engine.SessionID `db:"session_id"`
	AuctionID  string           `db:"auction_id"`
	Ground     office.IncidentGround
	Sentence   string
	ReportedBy string           `db:"reported_by"`
	StaffRef   string           `db:"staff_ref"`
	ReportedAt instant          `db:"reported_at"`
	Command    engine.CommandID `db:"command"`
	State      office.IncidentState
	EndedAt    instant        `db:"ended_at"`
	SignedBy   sql.NullString `db:"countersigned_by"`
	SignedAt   instant        `db:"countersigned_at"`
	Remark     string
	Reporter   string
	Signer     sql.NullString
}

func (r *incidentRow) incident() office.Incident {
	return office.Incident{
		ID: r.ID, Session: r.Session, AuctionID: r.AuctionID, Ground: r.Ground, Sentence: r.Sentence, ReportedBy: r.ReportedBy,
		StaffRef: r.StaffRef, ReportedAt: engine.Instant(r.ReportedAt), Command: r.Command, State: r.State,
		EndedAt: engine.Instant(r.EndedAt), CountersignedBy: r.SignedBy.String, CountersignedAt: engine.Instant(r.SignedAt),
		Remark: r.Remark, ReporterName: r.Reporter, CountersignerName: r.Signer.String,
	}
}

// selectIncidents reads whole incidents; a condition follows it.
const selectIncidents = `
	select i.id, i.session_id, i.auction_id, i.ground, i.sentence, i.reported_by, i.staff_ref, i.reported_at, i.command, i.state,
		i.ended_at, i.countersigned_by, i.countersigned_at, i.remark, a.name as reporter, o.name as signer
	from incidents i join accounts a on a.id = i.reported_by left join accounts o on o.id = i.countersigned_by `

// InsertIncident implements office.IncidentStore. Two reports at the same
// moment meet at the index: the second waits for the first to commit.
func (s *Store) InsertIncident(ctx context.Context, i office.Incident, t office.Trail) (kept office.Incident, made bool, err error) {
	err = s.tx(ctx, "insert incident", func(ctx context.Context, tx *sqlx.Tx) error {
		done, err := tx.ExecContext(ctx, `
			insert into incidents (id, session_id, auction_id, ground, sentence, reported_by, staff_ref, reported_at, command, state)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
			on conflict (session_id) where state <> 'moot' do nothing`,
			i.ID, i.Session, i.AuctionID, i.Ground, i.Sentence, i.ReportedBy, i.StaffRef, instant(i.ReportedAt), i.Command, i.State)
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		if err != nil {
			return err
		}
		made = n == 1
		var row incidentRow
		if err := tx.GetContext(ctx, &row, selectIncidents+`where i.session_id = $1 and i.state <> 'moot'`, i.Session); err != nil {
			return err
		}
		kept = row.incident()
		if !made {
			return nil
		}
		return leave(ctx, tx, t)
	})
	return kept, made, err
}

// ChangeIncident implements office.IncidentStore.
func (s *Store) ChangeIncident(ctx context.Context, id string, change func(*office.Incident) (office.Trail, error)) (office.Incident, error) {
	var i office.Incident
	var refused error
	err := s.tx(ctx, "change incident", func(ctx context.Context, tx *sqlx.Tx) error {
		refused = nil
		var locked string
		if err := tx.GetContext(ctx, &locked, `select id from incidents where id = $1 for update`, id); err != nil {
			return err
		}
		var row incidentRow
		if err := tx.GetContext(ctx, &row, selectIncidents+`where i.id = $1`, id); err != nil {
			return err
		}
		i = row.incident()
		t, err := change(&i)
		if err != nil {
			refused = err
			return errRefused
		}
		_, err = tx.ExecContext(ctx, `
			update incidents set state = $2, ended_at = $3, countersigned_by = $4, countersigned_at = $5, remark = $6 where id = $1`,
			id, i.State, instant(i.EndedAt), maybe(i.CountersignedBy), instant(i.CountersignedAt), i.Remark)
		if err != nil {
			return err
		}
		return leave(ctx, tx, t)
	})
	if refused != nil {
		return office.Incident{}, refused
	}
	return i, err
}

// Incident implements office.IncidentStore.
func (s *Store) Incident(ctx context.Context, id string) (office.Incident, error) {
	var row incidentRow
	err := s.call(ctx, "incident", func(ctx context.Context) error {
		return s.db.GetContext(ctx, &row, selectIncidents+`where i.id = $1`, id)
	})
	return row.incident(), err
}

// OpenIncidents implements office.IncidentStore.
func (s *Store) OpenIncidents(ctx context.Context, limit int) ([]office.Incident, error) {
	var rows []incidentRow
	err := s.call(ctx, "open incidents", func(ctx context.Context) error {
		return s.db.SelectContext(ctx, &rows, selectIncidents+`where i.state = 'open' order by i.reported_at, i.id limit $1`, limit)
	})
	return incidentsOf(rows), err
}

func incidentsOf(rows []incidentRow) []office.Incident {
	list := make([]office.Incident, len(rows))
	for i := range rows {
		list[i] = rows[i].incident()
	}
	return list
}
