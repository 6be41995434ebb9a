package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"gobua/engine"
	"gobua/office"
)

type auctionRow struct {
	ID           string
	Status       office.AuctionStatus
	Version      int
	Title        string
	Centre       string
	Owner        string
	Place        string
	CreatedAt    instant `db:"created_at"`
	CentreID     string  `db:"centre_id"`
	Sheet        document[office.Sheet]
	ListedAt     instant `db:"listed_at"`
	PublishedAt  instant `db:"published_at"`
	ConcludedAt  instant `db:"concluded_at"`
	CancelledAt  instant `db:"cancelled_at"`
	CancelReason string  `db:"cancel_reason"`
	RehearsalOf  string  `db:"rehearsal_of"`
	Participants int
}

const auctionColumns = `a.id, a.status, a.version, a.title, a.centre, a.owner, a.place, a.created_at, a.centre_id, a.sheet,
	a.listed_at, a.published_at, a.concluded_at, a.cancelled_at, a.cancel_reason, coalesce(a.rehearsal_of::text, '') as rehearsal_of,
	(select count(*) from auction_participants p where p.auction_id = a.id) as participants`

func (r *auctionRow) auction() office.Auction {
	return office.Auction{
		ID: r.ID, Status: r.Status, Version: r.Version, CreatedAt: engine.Instant(r.CreatedAt), ParticipantCount: r.Participants,
		CentreID: r.CentreID, ListedAt: engine.Instant(r.ListedAt), PublishedAt: engine.Instant(r.PublishedAt),
		ConcludedAt: engine.Instant(r.ConcludedAt), CancelledAt: engine.Instant(r.CancelledAt), CancelReason: r.CancelReason,
		RehearsalOf: r.RehearsalOf,
		AuctionDraft: office.AuctionDraft{
			Title: r.Title, Centre: r.Centre, Owner: r.Owner, Place: r.Place,
			Lots: []office.LotDraft{}, Participants: []office.Participant{}, Sheet: r.Sheet.v,
		},
	}
}

// InsertAuction implements office.AuctionStore.
func (s *Store) InsertAuction(ctx context.Context, a office.Auction, by string, key office.IdempotencyKey, t office.Trail) (string, error) {
	var id string
	err := s.tx(ctx, "insert auction", func(ctx context.Context, tx *sqlx.Tx) error {
		id = a.ID
		_, err := tx.ExecContext(ctx, `
			insert into auctions (id, status, version, title, centre, owner, place, created_by, created_at, centre_id, sheet, search, rehearsal_of)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
			a.ID, a.Status, a.Version, a.Title, a.Centre, a.Owner, a.Place, by, instant(a.CreatedAt), a.CentreID,
			document[office.Sheet]{a.Sheet}, a.Search, maybe(a.RehearsalOf))
		if err != nil {
			return err
		}
		if err := insertParts(ctx, tx, a); err != nil {
			return err
		}
		if key.Key != "" {
			_, err = tx.ExecContext(ctx, `
				insert into idempotency_keys (account_id, key, request_hash, auction_id, created_at) values ($1, $2, $3, $4, $5)`,
				key.AccountID, key.Key, hash(key.RequestHash), a.ID, instant(key.At))
			if err != nil {
				return err
			}
		}
		return leave(ctx, tx, t)
	})
	if violates(err, "idempotency_keys_pkey") { // a repetition, perhaps at the same moment
		return s.madeBefore(ctx, key)
	}
	return id, err
}

// madeBefore finds what a repeated request has made.
func (s *Store) madeBefore(ctx context.Context, key office.IdempotencyKey) (string, error) {
	var row struct {
		AuctionID   string `db:"auction_id"`
		RequestHash hash   `db:"request_hash"`
	}
	err := s.call(ctx, "idempotency key", func(ctx context.Context) error {
		return s.db.GetContext(ctx, &row, `
			select auction_id, request_hash from idempotency_keys where account_id = $1 and key = $2`, key.AccountID, key.Key)
	})
	if err == nil && row.RequestHash != hash(key.RequestHash) {
		err = office.ErrKeyReused
	}
	return row.AuctionID, err
}

// UpdateAuction implements office.AuctionStore.
func (s *Store) UpdateAuction(ctx context.Context, a office.Auction, t office.Trail) error {
	return s.tx(ctx, "update auction", func(ctx context.Context, tx *sqlx.Tx) error {
		if err := lockDraft(ctx, tx, a.ID, a.Version); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `
			update auctions set version = version + 1, title = $2, centre = $3, owner = $4, place = $5, sheet = $6, search = $7
			where id = $1`,
			a.ID, a.Title, a.Centre, a.Owner, a.Place, document[office.Sheet]{a.Sheet}, a.Search)
		if err != nil {
			return err
		}
		if err := replaceParts(ctx, tx, a); err != nil {
			return err
		}
		return leave(ctx, tx, t)
	})
}

// replaceParts makes lots and participants those of a.
func replaceParts(ctx context.Context, tx *sqlx.Tx, a office.Auction) error {
	ids := make([]string, len(a.Lots))
	for i, lot := range a.Lots {
		ids[i] = lot.ID
	}
	_, err := tx.ExecContext(ctx, `delete from lots where auction_id = $1 and id <> all($2::uuid[])`, a.ID, pq.Array(ids))
	if err != nil {
		return err
	}
	if _, err = tx.ExecContext(ctx, `delete from auction_participants where auction_id = $1`, a.ID); err != nil {
		return err
	}
	return insertParts(ctx, tx, a)
}

// lockDraft keeps others from changing an auction until the transaction ends,
// if it still is the draft of this version.
func lockDraft(ctx context.Context, tx *sqlx.Tx, id string, version int) error {
	return lockVersion(ctx, tx, id, version, office.StatusDraft)
}

// lockVersion is lockDraft for an auction in one of some states.
func lockVersion(ctx context.Context, tx *sqlx.Tx, id string, version int, states ...office.AuctionStatus) error {
	var row struct {
		Status  office.AuctionStatus
		Version int
	}
	err := tx.GetContext(ctx, &row, `select status, version from auctions where id = $1 for update`, id)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return office.ErrNotFound
	case err != nil:
		return err
	case !slices.Contains(states, row.Status):
		return office.ErrPublished
	case row.Version != version:
		return office.ErrEditedMeanwhile
	}
	return nil
}

// insertParts keeps lots, new or known, and participants, and with the auction
// what the public list asks of its lots.
func insertParts(ctx context.Context, tx *sqlx.Tx, a office.Auction) error {
	for _, lot := range a.Lots {
		_, err := tx.ExecContext(ctx, `
			insert into lots (id, auction_id, number, kind, title, detail, place, deposit, rules, start_hidden, reserve_salt)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
			on conflict (id) do update set number = excluded.number, kind = excluded.kind, title = excluded.title,
				detail = excluded.detail, place = excluded.place, deposit = excluded.deposit, rules = excluded.rules,
				start_hidden = excluded.start_hidden, reserve_salt = excluded.reserve_salt
			where lots.auction_id = excluded.auction_id`,
			lot.ID, a.ID, lot.Number, lot.Kind, lot.Title, lot.Detail, lot.Place, lot.Deposit,
			document[office.RulesDraft]{lot.Rules}, lot.StartHidden, maybeHash(lot.ReserveSalt))
		if err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, `
		update auctions a set kinds = l.kinds, opens_at = l.opens_at
		from (
			select coalesce(array_agg(distinct kind), '{}') as kinds,
				to_timestamp(min(nullif((rules ->> 'opensAt')::bigint, 0)) / 1000.0) as opens_at
			from lots where auction_id = $1
		) l
		where a.id = $1`, a.ID)
	if err != nil {
		return err
	}
	ids := make([]string, len(a.Participants))
	for i, p := range a.Participants {
		ids[i] = p.AccountID
	}
	_, err = tx.ExecContext(ctx, `
		insert into auction_participants (auction_id, account_id, position)
		select $1, id, position from unnest($2::uuid[]) with ordinality as listed (id, position)`, a.ID, pq.Array(ids))
	return err
}

// Auction implements office.AuctionStore.
func (s *Store) Auction(ctx context.Context, id string) (office.Auction, error) {
	var a office.Auction
	err := s.read(ctx, "auction", func(ctx context.Context, tx *sqlx.Tx) (err error) {
		a, err = getAuction(ctx, tx, id)
		return err
	})
	return a, err
}

// getAuction reads an auction with its lots and participants.
func getAuction(ctx context.Context, tx *sqlx.Tx, id string) (office.Auction, error) {
	var row auctionRow
	if err := tx.GetContext(ctx, &row, `select `+auctionColumns+` from auctions a where a.id = $1`, id); err != nil {
		return office.Auction{}, err
	}
	list := []office.Auction{row.auction()}
	if err := addLots(ctx, tx, list); err != nil {
		return office.Auction{}, err
	}
	err := tx.SelectContext(ctx, &list[0].Participants, `
		select p.account_id as accountid, a.login, a.name
		from auction_participants p join accounts a on a.id = p.account_id
		where p.auction_id = $1 order by p.position`, id)
	return list[0], err
}

// Auctions implements office.AuctionStore.
func (s *Store) Auctions(ctx context.Context, q office.AuctionQuery) ([]office.Auction, error) {
	var list []office.Auction
	err := s.read(ctx, "auctions", func(ctx context.Context, tx *sqlx.Tx) error {
		var rows []auctionRow
		err := tx.SelectContext(ctx, &rows, `
			select `+auctionColumns+` from auctions a
			where ($1::uuid is null or a.centre_id = $1) and ($2 = '' or coalesce(a.sheet #> '{people,observers}', '[]') ? $2)
			order by a.created_at desc, a.id desc limit $3`, maybe(q.CentreID), q.Observer, q.Limit)
		if err != nil {
			return err
		}
		list = make([]office.Auction, len(rows))
		for i := range rows {
			list[i] = rows[i].auction()
		}
		return addLots(ctx, tx, list)
	})
	return list, err
}

// addLots reads the lots of several auctions at once. A published lot has the
// rules of its session, which are the frozen ones.
func addLots(ctx context.Context, tx *sqlx.Tx, list []office.Auction) error {
	ids := make([]string, len(list))
	at := make(map[string]int, len(list))
	for i := range list {
		ids[i] = list[i].ID
		at[list[i].ID] = i
	}
	var rows []struct {
		ID        string
		AuctionID string `db:"auction_id"`
		Number    int
		Kind      string
		Title     string
		Detail    string
		Place     string
		Deposit   engine.Dong
		Rules     document[office.RulesDraft]
		Session   sql.NullString
		Hidden    bool
		Salt      []byte
	}
	err := tx.SelectContext(ctx, &rows, `
		select l.id, l.auction_id, l.number, l.kind, l.title, l.detail, l.place, l.deposit,
			coalesce(s.rules, l.rules::json) as rules, s.id as session, l.start_hidden as hidden, l.reserve_salt as salt
		from lots l left join lateral (
			select id, rules from sessions where lot_id = l.id order by run desc limit 1
		) s on true
		where l.auction_id = any($1::uuid[]) order by l.auction_id, l.number`, pq.Array(ids))
	if err != nil {
		return err
	}
	for _, r := range rows {
		a := &list[at[r.AuctionID]]
		lot := office.LotDraft{
			ID: r.ID, Number: r.Number, Kind: r.Kind, Title: r.Title, Detail: r.Detail, Place: r.Place,
			Deposit: r.Deposit, Rules: r.Rules.v, Session: engine.SessionID(r.Session.String), StartHidden: r.Hidden,
		}
		copy(lot.ReserveSalt[:], r.Salt)
		a.Lots = append(a.Lots, lot)
	}
	return nil
}
