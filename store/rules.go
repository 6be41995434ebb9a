package store

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"gobua/engine"
	"gobua/office"
)

// ChangeAuction implements office.RulesStore.
func (s *Store) ChangeAuction(ctx context.Context, id string, change func(*office.Auction) (office.Trail, error)) (office.Auction, error) {
	var a office.Auction
	var refused error
	err := s.tx(ctx, "change auction", func(ctx context.Context, tx *sqlx.Tx) error {
		refused = nil
		// The lock comes in a statement of its own: one that waits for it would
		// see the lots as they were before it waited.
		var locked string
		if err := tx.GetContext(ctx, &locked, `select id from auctions where id = $1 for update`, id); err != nil {
			return err
		}
		var err error
		if a, err = getAuction(ctx, tx, id); err != nil {
			return err
		}
		open := a.Status == office.StatusDraft || a.Status == office.StatusListed
		version := a.Version + 1
		t, err := change(&a)
		if err != nil {
			refused = err
			return errRefused
		}
		a.Version = version
		if open {
			if err := replaceParts(ctx, tx, a); err != nil {
				return err
			}
		}
		if err := keepAuction(ctx, tx, a); err != nil {
			return err
		}
		if a.NewRules != nil {
			if err := insertRules(ctx, tx, a.ID, a.NewRules); err != nil {
				return err
			}
		}
		if err := leave(ctx, tx, t); err != nil {
			return err
		}
		a, err = getAuction(ctx, tx, id)
		return err
	})
	switch {
	case refused != nil:
		return office.Auction{}, refused
	case breaks(err, "registrations_lot_id_fkey"): // somebody has just registered for a lot that was to go
		return office.Auction{}, office.ErrEditedMeanwhile
	}
	return a, err
}

// breaks tells whether err is the named foreign key.
func breaks(err error, constraint string) bool {
	e, ok := errors.AsType[*pq.Error](err)
	return ok && e.Constraint == constraint
}

// keepAuction writes everything of an auction that stands in its own row.
func keepAuction(ctx context.Context, tx *sqlx.Tx, a office.Auction) error {
	_, err := tx.ExecContext(ctx, `
		update auctions set version = $2, status = $3, title = $4, centre = $5, owner = $6, place = $7, sheet = $8,
			search = coalesce(nullif($9, ''), search),
			listed_at = $10, published_at = $11, concluded_at = $12, cancelled_at = $13, cancel_reason = $14
		where id = $1`,
		a.ID, a.Version, a.Status, a.Title, a.Centre, a.Owner, a.Place, document[office.Sheet]{a.Sheet}, a.Search,
		instant(a.ListedAt), instant(a.PublishedAt), instant(a.ConcludedAt), instant(a.CancelledAt), a.CancelReason)
	return err
}

func insertRules(ctx context.Context, tx *sqlx.Tx, auctionID string, v *office.RulesVersion) error {
	_, err := tx.ExecContext(ctx, `
		insert into rules_versions (auction_id, number, sheet, hash, notice, changes, made_by, made_at)
		select $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, $6, $7 from rules_versions where auction_id = $1`,
		auctionID, string(v.Sheet), hash(v.Hash), v.Notice, document[[]office.Change]{v.Changes}, v.MadeBy, instant(v.MadeAt))
	return err
}

// RulesVersions implements office.RulesStore.
func (s *Store) RulesVersions(ctx context.Context, auctionID string) ([]office.RulesVersion, error) {
	var rows []struct {
		Number  int
		Sheet   json.RawMessage
		Hash    hash
		Notice  string
		Changes document[[]office.Change]
		MadeBy  string  `db:"made_by"`
		MadeAt  instant `db:"made_at"`
	}
	err := s.call(ctx, "rules versions", func(ctx context.Context) error {
		return s.db.SelectContext(ctx, &rows, `
			select number, sheet, hash, notice, changes, made_by, made_at from rules_versions
			where auction_id = $1 order by number`, auctionID)
	})
	list := make([]office.RulesVersion, len(rows))
	for i, r := range rows {
		list[i] = office.RulesVersion{
			AuctionID: auctionID, Number: r.Number, Sheet: r.Sheet, Hash: engine.Hash(r.Hash), Notice: r.Notice,
			Changes: r.Changes.v, MadeBy: r.MadeBy, MadeAt: engine.Instant(r.MadeAt),
		}
	}
	return list, err
}
