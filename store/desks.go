package store

import (
	"context"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"gobua/engine"
	"gobua/office"
)

// Desks implements office.DeskStore.
func (s *Store) Desks(ctx context.Context) (office.Desks, error) {
	var places []struct {
		ID        engine.SessionID
		CentreID  string         `db:"centre_id"`
		Observers pq.StringArray `db:"observers"`
	}
	var staff []accountRow
	err := s.read(ctx, "desks", func(ctx context.Context, tx *sqlx.Tx) error {
		places, staff = nil, nil
		err := tx.SelectContext(ctx, &places, `
			select s.id, a.centre_id, array(
				select jsonb_array_elements_text(coalesce(a.sheet #> '{people,observers}', '[]'))
			) as observers
			from sessions s join lots l on l.id = s.lot_id join auctions a on a.id = l.auction_id`)
		if err != nil {
			return err
		}
		return tx.SelectContext(ctx, &staff, `
			select `+accountColumns+` from accounts a where a.centre_id is not null and a.revoked_at is null`)
	})
	a := office.Desks{Staff: accounts(staff)}
	for _, p := range places {
		a.Sessions = append(a.Sessions, office.SessionPlace{Session: p.ID, CentreID: p.CentreID, Observers: p.Observers})
	}
	return a, err
}
