package store

import (
	"context"

	"gobua/office"
)

// HeldOfCancelled implements office.CancelledStore.
func (s *Store) HeldOfCancelled(ctx context.Context, limit int) ([]office.Registration, error) {
	var rows []registrationRow
	err := s.call(ctx, "deposits of cancelled auctions", func(ctx context.Context) error {
		return s.db.SelectContext(ctx, &rows, selectRegistrations+`
			where r.auction_id in (select id from auctions where status = 'cancelled')
				and (d.state in ('received', 'guaranteed') or d.state = 'due' and d.paid > 0)
			order by r.created_at, r.id limit $1`, limit)
	})
	list := make([]office.Registration, len(rows))
	for i := range rows {
		list[i] = rows[i].registration()
	}
	return list, err
}
