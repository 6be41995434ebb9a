package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"

	"gobua/engine"
	"gobua/office"
)

// InsertArchive implements office.ArchiveStore.
func (s *Store) InsertArchive(ctx context.Context, a office.Archive, t office.Trail) error {
	err := s.tx(ctx, "insert archive", func(ctx context.Context, tx *sqlx.Tx) error {
		// Who approves a disposal waits for this, or is waited for.
		var approved bool
		err := tx.GetContext(ctx, &approved, `
			select coalesce(bool_or(coalesce(approved, false)), false) from (select approved from disposals where auction_id = $1 for share) d`, a.AuctionID)
		switch {
		case err != nil:
			return err
		case approved:
			return office.ErrWrongState
		}
		_, err = tx.ExecContext(ctx, `
			insert into archives (auction_id, number, hash, manifest_hash, size, entries, reason, sealed_by, sealed_at, keep_until)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
			a.AuctionID, a.Number, hash(a.Hash), hash(a.ManifestHash), a.Size, a.Entries, a.Reason, maybe(a.SealedBy),
			instant(a.SealedAt), instant(a.KeepUntil))
		if err != nil {
			return err
		}
		if a.Staged != "" {
			if err := replaceBlob(ctx, tx, archiveSpace, a.Staged, a.ArchiveName()); err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, `
			update auctions set status = 'archived', version = version + 1 where id = $1 and status = 'concluded'`, a.AuctionID)
		if err != nil {
			return err
		}
		return leave(ctx, tx, t)
	})
	if violates(err, "archives_pkey") {
		return office.ErrEditedMeanwhile
	}
	return err
}

// Archives implements office.ArchiveStore.
func (s *Store) Archives(ctx context.Context, auctionID string) ([]office.Archive, error) {
	var rows []struct {
		Number       int
		Hash         hash
		ManifestHash hash `db:"manifest_hash"`
		Size         int64
		Entries      int
		Reason       string
		SealedBy     sql.NullString `db:"sealed_by"`
		Name         sql.NullString
		SealedAt     instant `db:"sealed_at"`
		KeepUntil    instant `db:"keep_until"`
	}
	err := s.call(ctx, "archives", func(ctx context.Context) error {
		return s.db.SelectContext(ctx, &rows, `
			select v.number, v.hash, v.manifest_hash, v.size, v.entries, v.reason, v.sealed_by, a.name, v.sealed_at, v.keep_until
			from archives v left join accounts a on a.id = v.sealed_by where v.auction_id = $1 order by v.number`, auctionID)
	})
	list := make([]office.Archive, len(rows))
	for i, r := range rows {
		list[i] = office.Archive{
			AuctionID: auctionID, Number: r.Number, Hash: engine.Hash(r.Hash), ManifestHash: engine.Hash(r.ManifestHash), Size: r.Size,
			Entries: r.Entries, Reason: r.Reason, SealedBy: r.SealedBy.String, SealedByName: r.Name.String,
			SealedAt: engine.Instant(r.SealedAt), KeepUntil: engine.Instant(r.KeepUntil),
		}
	}
	return list, err
}

// ToSeal implements office.ArchiveStore.
func (s *Store) ToSeal(ctx context.Context, centreID string, before engine.Instant, limit int) ([]string, error) {
	var ids []string
	err := s.call(ctx, "to seal", func(ctx context.Context) error {
		return s.db.SelectContext(ctx, &ids, `
			select a.id from auctions a
			where a.centre_id = $1 and a.rehearsal_of is null and a.status in ('concluded', 'cancelled')
				and coalesce(a.concluded_at, a.cancelled_at) < $2
				and not exists (select from archives v where v.auction_id = a.id)
				and not exists (
					select from registrations r join payments p on p.registration_id = r.id
					where r.auction_id = a.id and p.state = 'refund_due')
			order by coalesce(a.concluded_at, a.cancelled_at), a.id limit $3`, centreID, instant(before), limit)
	})
	return ids, err
}

// conditions collects what a search asks for.
type conditions struct {
	where []string
	args  []any
}

// ask adds a condition; each ? of it stands for arg.
func (c *conditions) ask(condition string, arg any) {
	c.args = append(c.args, arg)
	c.where = append(c.where, strings.ReplaceAll(condition, "?", fmt.Sprintf("$%d", len(c.args))))
}

// FindArchives implements office.ArchiveStore.
func (s *Store) FindArchives(ctx context.Context, q office.ArchiveQuery) ([]office.ArchiveRow, error) {
	var c conditions
	c.ask("a.centre_id = ?", q.CentreID)
	for _, word := range q.Words {
		c.ask("a.search like ?", "%"+likeEscaper.Replace(word)+"%")
	}
	if q.Winner != "" {
		// Of several units the first winner is in r.winner, all of them in r.awards.
		c.ask(`exists (select from lots l join sessions s on s.lot_id = l.id join results r on r.session_id = s.id
			where l.auction_id = a.id and (r.winner = ? or exists (select from json_array_elements(r.awards) w where w->>'code' = ?)))`, q.Winner)
	}
	if q.From != 0 {
		c.ask("v.sealed_at >= ?", instant(q.From))
	}
	if q.To != 0 {
		c.ask("v.sealed_at < ?", instant(q.To))
	}
	switch q.Outcome {
	case "":
	case "cancelled":
		c.where = append(c.where, "a.status = 'cancelled'")
	default:
		c.ask("a.status <> 'cancelled' and (sold.n > 0) = ?", q.Outcome == "sold")
	}
	if q.ExpiredAt != 0 {
		c.ask("v.keep_until <= ?", instant(q.ExpiredAt))
	}
	if q.After != "" {
		c.ask("(v.sealed_at, a.id) < (select max(x.sealed_at), ?::uuid from archives x where x.auction_id = ?::uuid)", q.After)
	}
	c.args = append(c.args, q.Limit)
	var rows []archiveRow
	err := s.call(ctx, "find archives", func(ctx context.Context) error {
		return s.db.SelectContext(ctx, &rows, selectArchives+strings.Join(c.where, " and ")+
			fmt.Sprintf(` order by v.sealed_at desc, a.id desc limit $%d`, len(c.args)), c.args...)
	})
	list := make([]office.ArchiveRow, len(rows))
	for i, r := range rows {
		list[i] = office.ArchiveRow{
			AuctionID: r.ID, Title: r.Title, Owner: r.Owner, Status: r.Status, Lots: r.Lots, Sold: r.Sold, Number: r.Number,
			Hash: engine.Hash(r.Hash), Size: r.Size, SealedAt: engine.Instant(r.SealedAt), KeepUntil: engine.Instant(r.KeepUntil),
			Held: r.Held, Disposal: r.Disposal,
		}
	}
	return list, err
}

type archiveRow struct {
	ID        string
	Title     string
	Owner     string
	Status    office.AuctionStatus
	Lots      int
	Sold      int
	Number    int
	Hash      hash
	Size      int64
	SealedAt  instant `db:"sealed_at"`
	KeepUntil instant `db:"keep_until"`
	Held      bool
	Disposal  string
}

// selectArchives joins each auction with its newest file.
const selectArchives = `
	select a.id, a.title, a.owner, a.status, (select count(*) from lots l where l.auction_id = a.id) as lots, sold.n as sold,
		v.number, v.hash, v.size, v.sealed_at, v.keep_until,
		exists (select from legal_holds h where h.auction_id = a.id and h.lifted_at is null) as held,
		coalesce((select case when d.done_at is not null then 'done' else 'proposed' end
			from disposals d where d.auction_id = a.id and coalesce(d.approved, true)), '') as disposal
	from archives v join auctions a on a.id = v.auction_id
		cross join lateral (
			select count(*) as n from lots l join sessions s on s.lot_id = l.id join results r on r.session_id = s.id
			where l.auction_id = a.id and r.outcome = 'sold') as sold
	where v.number = (select max(w.number) from archives w where w.auction_id = v.auction_id) and `
