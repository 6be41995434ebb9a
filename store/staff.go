package store

import (
	"context"

	"gobua/office"
)

// Staff implements office.StaffStore.
func (s *Store) Staff(ctx context.Context, centreID string, limit int) ([]office.Account, error) {
	var rows []accountRow
	err := s.call(ctx, "staff", func(ctx context.Context) error {
		return s.db.SelectContext(ctx, &rows, `
			select `+accountColumns+` from accounts a
			where a.centre_id = $1 and a.revoked_at is null order by a.name, a.login limit $2`, centreID, limit)
	})
	return accounts(rows), err
}
