package store

import (
	"context"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"gobua/engine"
	"gobua/office"
)

// InsertTick implements office.ReadinessStore.
func (s *Store) InsertTick(ctx context.Context, k office.Tick, t office.Trail) error {
	return s.tx(ctx, "insert tick", func(ctx context.Context, tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, `
			insert into readiness (auction_id, item, ticked, note, by_account, at) values ($1, $2, $3, $4, $5, $6)`,
			k.AuctionID, k.Item, k.Ticked, k.Note, k.By, instant(k.At))
		if err != nil {
			return err
		}
		return leave(ctx, tx, t)
	})
}

// Ticks implements office.ReadinessStore.
func (s *Store) Ticks(ctx context.Context, auctionID string) ([]office.Tick, error) {
	var rows []struct {
		Item   string
		Ticked bool
		Note   string
		By     string `db:"by_account"`
		Name   string
		At     instant
	}
	err := s.call(ctx, "ticks", func(ctx context.Context) error {
		return s.db.SelectContext(ctx, &rows, `
			select distinct on (r.item) r.item, r.ticked, r.note, r.by_account, a.name, r.at
			from readiness r join accounts a on a.id = r.by_account
			where r.auction_id = $1 order by r.item, r.seq desc`, auctionID)
	})
	list := make([]office.Tick, len(rows))
	for i, r := range rows {
		list[i] = office.Tick{
			AuctionID: auctionID, Item: r.Item, Ticked: r.Ticked, Note: r.Note, By: r.By, ByName: r.Name, At: engine.Instant(r.At),
		}
	}
	return list, err
}

// DatabaseTime implements office.ReadinessStore.
func (s *Store) DatabaseTime(ctx context.Context) (engine.Instant, error) {
	var at instant
	err := s.call(ctx, "database time", func(ctx context.Context) error {
		return s.db.GetContext(ctx, &at, `select clock_timestamp()`)
	})
	return engine.Instant(at), err
}

// SignedIn implements office.ReadinessStore.
func (s *Store) SignedIn(ctx context.Context, accounts []string, at engine.Instant) (n int, err error) {
	err = s.call(ctx, "signed in", func(ctx context.Context) error {
		return s.db.GetContext(ctx, &n, `
			select count(distinct s.account_id) from sign_ins s join refresh_tokens t on t.sign_in_id = s.id
			where s.account_id = any($1::uuid[]) and t.expires_at > $2`, pq.Array(accounts), instant(at))
	})
	return n, err
}

// RehearsalOf implements office.ReadinessStore.
func (s *Store) RehearsalOf(ctx context.Context, auctionID string) (id string, done bool, err error) {
	var row struct {
		ID   string
		Done bool
	}
	err = s.call(ctx, "rehearsal", func(ctx context.Context) error {
		return s.db.GetContext(ctx, &row, `
			select a.id, exists (
				select from auctions r join lots l on l.auction_id = r.id join sessions s on s.lot_id = l.id
					join results d on d.session_id = s.id
				where r.rehearsal_of = $1
			) as done
			from auctions a where a.rehearsal_of = $1 order by a.created_at desc, a.id desc limit 1`, auctionID)
	})
	return row.ID, row.Done, err
}
