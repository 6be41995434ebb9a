package store

import (
	"context"

	"github.com/jmoiron/sqlx"

	"gobua/engine"
	"gobua/office"
)

type centreRow struct {
	ID        string
	Host      bool
	Version   int
	Name      string
	Facts     document[office.CentreFacts]
	CreatedAt instant `db:"created_at"`
}

func (r *centreRow) centre() office.Centre {
	return office.Centre{
		ID: r.ID, Host: r.Host, Version: r.Version, Name: r.Name, CreatedAt: engine.Instant(r.CreatedAt), CentreFacts: r.Facts.v,
	}
}

const centreColumns = `id, host, version, name, facts, created_at`

// Centres implements office.CentreStore.
func (s *Store) Centres(ctx context.Context) ([]office.Centre, error) {
	var rows []centreRow
	err := s.call(ctx, "centres", func(ctx context.Context) error {
		return s.db.SelectContext(ctx, &rows, `select `+centreColumns+` from centres order by host desc, created_at, id`)
	})
	list := make([]office.Centre, len(rows))
	for i := range rows {
		list[i] = rows[i].centre()
	}
	return list, err
}

// Centre implements office.CentreStore.
func (s *Store) Centre(ctx context.Context, id string) (office.Centre, error) {
	var row centreRow
	err := s.call(ctx, "centre", func(ctx context.Context) error {
		return s.db.GetContext(ctx, &row, `select `+centreColumns+` from centres where id = $1`, id)
	})
	return row.centre(), err
}

// InsertCentre implements office.CentreStore.
func (s *Store) InsertCentre(ctx context.Context, c office.Centre, t office.Trail) error {
	return s.tx(ctx, "insert centre", func(ctx context.Context, tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, `
			insert into centres (id, version, name, facts, created_at) values ($1, $2, $3, $4, $5)`,
			c.ID, c.Version, c.Name, document[office.CentreFacts]{c.CentreFacts}, instant(c.CreatedAt))
		if err != nil {
			return err
		}
		return leave(ctx, tx, t)
	})
}

// UpdateCentre implements office.CentreStore.
func (s *Store) UpdateCentre(ctx context.Context, c office.Centre, t office.Trail) error {
	return s.tx(ctx, "update centre", func(ctx context.Context, tx *sqlx.Tx) error {
		var version int
		if err := tx.GetContext(ctx, &version, `select version from centres where id = $1 for update`, c.ID); err != nil {
			return err
		}
		if version != c.Version {
			return office.ErrEditedMeanwhile
		}
		_, err := tx.ExecContext(ctx, `update centres set version = version + 1, name = $2, facts = $3 where id = $1`,
			c.ID, c.Name, document[office.CentreFacts]{c.CentreFacts})
		if err != nil {
			return err
		}
		return leave(ctx, tx, t)
	})
}
