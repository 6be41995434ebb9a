package store

import (
	"context"
	"database/sql"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"gobua/engine"
	"gobua/office"
)

// PublishAuction implements office.AuctionStore.
func (s *Store) PublishAuction(ctx context.Context, p office.Publication) error {
	return s.tx(ctx, "publish auction", func(ctx context.Context, tx *sqlx.Tx) error {
		if err := lockVersion(ctx, tx, p.AuctionID, p.Version, office.StatusDraft, office.StatusListed); err != nil {
			return err
		}
		if err := sameRegistrations(ctx, tx, p); err != nil {
			return err
		}
		// From here on the reserve stands only in the session.
		_, err := tx.ExecContext(ctx, `update lots set rules = rules - 'reserveAmount' where auction_id = $1`, p.AuctionID)
		if err != nil {
			return err
		}
		for i := range p.Sessions {
			if err := insertSession(ctx, tx, &p.Sessions[i], 1, p.At); err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, `
			update auctions set status = 'published', version = version + 1, published_by = $2, published_at = $3 where id = $1`,
			p.AuctionID, p.By, instant(p.At))
		if err != nil {
			return err
		}
		return leave(ctx, tx, p.Trail)
	})
}

// sameRegistrations refuses a publication whose admissions were made from other
// registrations than there are now, and locks those.
func sameRegistrations(ctx context.Context, tx *sqlx.Tx, p office.Publication) error {
	if p.Registrations == nil {
		return nil
	}
	var rows []struct {
		ID      string
		Version int
	}
	err := tx.SelectContext(ctx, &rows, `select id, version from registrations where auction_id = $1 order by id for share`, p.AuctionID)
	if err != nil {
		return err
	}
	if len(rows) != len(p.Registrations) {
		return office.ErrEditedMeanwhile
	}
	for _, r := range rows {
		if p.Registrations[r.ID] != r.Version {
			return office.ErrEditedMeanwhile
		}
	}
	return nil
}

func insertSession(ctx context.Context, tx *sqlx.Tx, f *office.FrozenSession, run int, at engine.Instant) error {
	c := &f.Created
	var reserve sql.NullInt64
	var salt []byte
	if c.Secret != nil {
		reserve = maybeInt(c.Secret.Reserve)
		salt = c.Secret.Salt[:]
	}
	_, err := tx.ExecContext(ctx, `
		insert into sessions (id, lot_id, run, lot, rules, rules_hash, reserve, reserve_salt, opens_at, published_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		c.Session, c.Lot.LotID, run, document[engine.Lot]{c.Lot}, document[engine.Rules]{c.Rules}, hash(c.RulesHash),
		reserve, salt, instant(c.Rules.OpensAt), instant(at))
	if err != nil {
		return err
	}
	finders, sealed := make([][]byte, len(f.Admissions)), make([][]byte, len(f.Admissions))
	for i, a := range f.Admissions {
		finders[i], sealed[i] = a.Finder, a.Sealed
	}
	_, err = tx.ExecContext(ctx, `
		insert into admissions (session_id, finder, sealed)
		select $1, finder, sealed from unnest($2::bytea[], $3::bytea[]) as admitted (finder, sealed)`,
		c.Session, pq.Array(finders), pq.Array(sealed))
	return err
}

// Pending implements office.AuctionStore.
func (s *Store) Pending(ctx context.Context, auctionID string, limit int) ([]engine.SessionID, error) {
	var ids []engine.SessionID
	err := s.call(ctx, "pending sessions", func(ctx context.Context) error {
		return s.db.SelectContext(ctx, &ids, `
			select s.id from sessions s join lots l on l.id = s.lot_id
			where s.handed_over_at is null and ($1 = '' or l.auction_id::text = $1)
			order by s.published_at, l.number, s.id limit $2`, auctionID, limit)
	})
	return ids, err
}

// Frozen implements office.AuctionStore.
func (s *Store) Frozen(ctx context.Context, id engine.SessionID) (engine.Created, error) {
	var row struct {
		Lot       document[engine.Lot]
		Rules     document[engine.Rules]
		RulesHash hash `db:"rules_hash"`
		Reserve   sql.NullInt64
		Salt      []byte `db:"reserve_salt"`
	}
	err := s.call(ctx, "frozen session", func(ctx context.Context) error {
		return s.db.GetContext(ctx, &row, `select lot, rules, rules_hash, reserve, reserve_salt from sessions where id = $1`, id)
	})
	if err != nil {
		return engine.Created{}, err
	}
	c := engine.Created{Session: id, Lot: row.Lot.v, Rules: row.Rules.v, RulesHash: engine.Hash(row.RulesHash)}
	if row.Reserve.Valid {
		c.Secret = &engine.Secret{Reserve: engine.Dong(row.Reserve.Int64)}
		copy(c.Secret.Salt[:], row.Salt) // 32 bytes, by constraint
	}
	return c, nil
}

// MarkHandedOver implements office.AuctionStore.
func (s *Store) MarkHandedOver(ctx context.Context, id engine.SessionID, at engine.Instant) error {
	return s.call(ctx, "mark session handed over", func(ctx context.Context) error {
		_, err := s.db.ExecContext(ctx, `
			update sessions set handed_over_at = $2 where id = $1 and handed_over_at is null`, id, instant(at))
		return err
	})
}

// Participations implements office.AuctionStore.
func (s *Store) Participations(ctx context.Context, finder []byte, limit int) ([]office.SealedParticipation, error) {
	var rows []struct {
		Session  engine.SessionID
		Sealed   []byte
		Title    string
		OpensAt  instant `db:"opens_at"`
		Auction  string
		Practice bool
	}
	err := s.call(ctx, "participations", func(ctx context.Context) error {
		return s.db.SelectContext(ctx, &rows, `
			select s.id as session, a.sealed, s.lot ->> 'title' as title, s.opens_at,
				s.lot ->> 'auctionId' as auction, coalesce((s.lot ->> 'rehearsal')::boolean, false) as practice
			from admissions a join sessions s on s.id = a.session_id
			where a.finder = $1 order by s.opens_at desc, s.id limit $2`, finder, limit)
	})
	list := make([]office.SealedParticipation, len(rows))
	for i, r := range rows {
		list[i] = office.SealedParticipation{
			Session: r.Session, Sealed: r.Sealed, LotTitle: r.Title, OpensAt: engine.Instant(r.OpensAt),
			AuctionID: r.Auction, Rehearsal: r.Practice,
		}
	}
	return list, err
}

// Admissions implements office.AuctionStore.
func (s *Store) Admissions(ctx context.Context, id engine.SessionID) ([][]byte, error) {
	var list [][]byte
	err := s.call(ctx, "admissions", func(ctx context.Context) error {
		return s.db.SelectContext(ctx, &list, `select sealed from admissions where session_id = $1`, id)
	})
	return list, err
}

// VaultMark implements office.AuctionStore.
func (s *Store) VaultMark(ctx context.Context, mark string) (kept string, err error) {
	err = s.tx(ctx, "vault mark", func(ctx context.Context, tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, `insert into vault_mark (mark) values ($1) on conflict do nothing`, mark); err != nil {
			return err
		}
		return tx.GetContext(ctx, &kept, `select mark from vault_mark`)
	})
	return kept, err
}
