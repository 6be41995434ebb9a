package store

import (
	"context"

	"github.com/jmoiron/sqlx"

	"gobua/engine"
	"gobua/office"
)

// InsertPortalUpload implements office.PortalStore.
func (s *Store) InsertPortalUpload(ctx context.Context, auctionID string, u office.PortalUpload, t office.Trail) error {
	return s.tx(ctx, "insert portal upload", func(ctx context.Context, tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, `
			insert into portal_uploads (auction_id, status, link, by_account, at) values ($1, $2, $3, $4, $5)`,
			auctionID, u.Status, u.Link, u.By, instant(u.At))
		if err != nil {
			return err
		}
		return leave(ctx, tx, t)
	})
}

// PortalUploads implements office.PortalStore.
func (s *Store) PortalUploads(ctx context.Context, auctionID string, limit int) ([]office.PortalUpload, error) {
	var rows []struct {
		Status office.PortalStatus
		Link   string
		By     string `db:"by_account"`
		Name   string
		At     instant
	}
	err := s.call(ctx, "portal uploads", func(ctx context.Context) error {
		return s.db.SelectContext(ctx, &rows, `
			select p.status, p.link, p.by_account, a.name, p.at from portal_uploads p join accounts a on a.id = p.by_account
			where p.auction_id = $1 order by p.seq desc limit $2`, auctionID, limit)
	})
	list := make([]office.PortalUpload, len(rows))
	for i, r := range rows {
		list[i] = office.PortalUpload{Status: r.Status, Link: r.Link, By: r.By, ByName: r.Name, At: engine.Instant(r.At)}
	}
	return list, err
}
