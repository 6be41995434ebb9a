package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"gobua/engine"
	"gobua/office"
	"gobua/office/webhook"
)

type hookRow struct {
	ID           string
	CentreID     string `db:"centre_id"`
	URL          string
	Kinds        pq.StringArray
	SealedSecret []byte  `db:"sealed_secret"`
	SealedOld    []byte  `db:"sealed_old"`
	OldUntil     instant `db:"old_until"`
	CreatedAt    instant `db:"created_at"`
	EndedAt      instant `db:"ended_at"`
	EndedWhy     string  `db:"ended_why"`
}

const hookColumns = `id, centre_id, url, kinds, sealed_secret, sealed_old, old_until, created_at, ended_at, ended_why`

func (r *hookRow) hook() office.Hook {
	return office.Hook{
		ID: r.ID, CentreID: r.CentreID, URL: r.URL, Kinds: append([]string{}, r.Kinds...), SealedSecret: r.SealedSecret,
		SealedOld: r.SealedOld, OldUntil: engine.Instant(r.OldUntil), CreatedAt: engine.Instant(r.CreatedAt),
		EndedAt: engine.Instant(r.EndedAt), EndedWhy: r.EndedWhy,
	}
}

// InsertHook implements office.HookStore.
func (s *Store) InsertHook(ctx context.Context, h office.Hook, t office.Trail) error {
	return s.tx(ctx, "insert hook", func(ctx context.Context, tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, `
			insert into hooks (id, centre_id, url, kinds, sealed_secret, created_at) values ($1, $2, $3, $4, $5, $6)`,
			h.ID, h.CentreID, h.URL, pq.Array(h.Kinds), h.SealedSecret, instant(h.CreatedAt))
		if err != nil {
			return err
		}
		return leave(ctx, tx, t)
	})
}

// UpdateHook implements office.HookStore.
func (s *Store) UpdateHook(ctx context.Context, h office.Hook, t office.Trail) error {
	return s.tx(ctx, "update hook", func(ctx context.Context, tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, `
			update hooks set kinds = $2, sealed_secret = $3, sealed_old = $4, old_until = $5, ended_at = $6, ended_why = $7
			where id = $1`,
			h.ID, pq.Array(h.Kinds), h.SealedSecret, h.SealedOld, instant(h.OldUntil), instant(h.EndedAt), h.EndedWhy)
		if err != nil {
			return err
		}
		return leave(ctx, tx, t)
	})
}

// Hook implements office.HookStore.
func (s *Store) Hook(ctx context.Context, id string) (office.Hook, error) {
	var row hookRow
	err := s.call(ctx, "hook", func(ctx context.Context) error {
		return s.db.GetContext(ctx, &row, `select `+hookColumns+` from hooks where id = $1`, id)
	})
	return row.hook(), err
}

// Hooks implements office.HookStore.
func (s *Store) Hooks(ctx context.Context, centreID string) ([]office.Hook, error) {
	var rows []hookRow
	err := s.call(ctx, "hooks", func(ctx context.Context) error {
		return s.db.SelectContext(ctx, &rows, `
			select `+hookColumns+` from hooks where centre_id = $1 order by created_at desc, id`, centreID)
	})
	list := make([]office.Hook, len(rows))
	for i := range rows {
		list[i] = rows[i].hook()
	}
	return list, err
}

type deliveryRow struct {
	HookID    string `db:"hook_id"`
	EventID   string `db:"event_id"`
	Kind      string
	AuctionID string `db:"auction_id"`
	At        instant
	NextAt    instant `db:"next_at"`
	Tries     int
	Outcome   webhook.Class
	Status    int
	SettledAt instant `db:"settled_at"`
	Body      []byte
}

const deliveryColumns = `d.hook_id, d.event_id, e.kind, coalesce(e.auction_id::text, '') as auction_id, e.at, d.next_at, d.tries,
	d.outcome, d.status, d.settled_at, e.body`

func (r *deliveryRow) delivery() office.Delivery {
	return office.Delivery{
		HookID: r.HookID, EventID: r.EventID, Kind: r.Kind, AuctionID: r.AuctionID, At: engine.Instant(r.At),
		NextAt: engine.Instant(r.NextAt), Tries: r.Tries, Outcome: r.Outcome, Status: r.Status,
		SettledAt: engine.Instant(r.SettledAt), Body: r.Body,
	}
}

// EndHook implements office.HookStore.
func (s *Store) EndHook(ctx context.Context, id string, at engine.Instant, why string) error {
	return s.call(ctx, "end hook", func(ctx context.Context) error {
		_, err := s.db.ExecContext(ctx, `update hooks set ended_at = $2, ended_why = $3 where id = $1 and ended_at is null`,
			id, instant(at), why)
		return err
	})
}

// ClaimDeliveries implements office.HookStore. Several instances may claim at
// the same time: each skips what another holds. What is on its way to a hook
// that has ended stays where it is. The deliveries are read by a statement of
// its own, which sees all that was settled under the claim before.
func (s *Store) ClaimDeliveries(ctx context.Context, claim string, life time.Duration, now engine.Instant, hooks, each int) ([]office.Delivery, error) {
	var rows []deliveryRow
	err := s.tx(ctx, "claim deliveries", func(ctx context.Context, tx *sqlx.Tx) error {
		rows = nil
		var ids []string
		err := tx.SelectContext(ctx, &ids, `
			with free as (
				select h.id from hooks h
				where h.ended_at is null and (h.claim is null or h.claimed_until < now())
					and exists (select from hook_deliveries d where d.hook_id = h.id and d.next_at <= $1)
				order by (select min(d.next_at) from hook_deliveries d where d.hook_id = h.id), h.id limit $2 for update skip locked
			)
			update hooks set claim = $3, claimed_until = now() + $4 * interval '1 ms' where id in (select id from free) returning id`,
			instant(now), hooks, claim, life.Milliseconds())
		if err != nil || len(ids) == 0 {
			return err
		}
		return tx.SelectContext(ctx, &rows, `
			select `+deliveryColumns+` from unnest($1::uuid[]) as claimed (id)
				cross join lateral (
					select d.* from hook_deliveries d join events e on e.id = d.event_id
					where d.hook_id = claimed.id and d.next_at <= $2 order by e.at, d.event_id limit $3
				) d join events e on e.id = d.event_id
			order by e.at, d.event_id`, pq.Array(ids), instant(now), each)
	})
	list := make([]office.Delivery, len(rows))
	for i := range rows {
		list[i] = rows[i].delivery()
		list[i].Claim = claim
	}
	return list, err
}

// SettleDelivery implements office.HookStore.
func (s *Store) SettleDelivery(ctx context.Context, d office.Delivery, try office.DeliveryTry) error {
	return s.tx(ctx, "settle delivery", func(ctx context.Context, tx *sqlx.Tx) error {
		// Two that settle the same, because one claim lapsed, number their lines one
		// after the other.
		_, err := tx.ExecContext(ctx, `select from hook_deliveries where hook_id = $1 and event_id = $2 for update`, d.HookID, d.EventID)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			update hook_deliveries set next_at = $3, tries = $4, outcome = $5, status = $6, settled_at = $7
			where hook_id = $1 and event_id = $2 and outcome <> $8
				and ($5 = $8 or exists (select from hooks h where h.id = $1 and h.claim = $9))`,
			d.HookID, d.EventID, instant(d.NextAt), d.Tries, d.Outcome, d.Status, instant(d.SettledAt), webhook.Delivered, d.Claim)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			insert into hook_tries (hook_id, event_id, number, at, outcome, status, took_ms)
			select $1, $2, count(*) + 1, $3, $4, $5, $6 from hook_tries where hook_id = $1 and event_id = $2`,
			d.HookID, d.EventID, instant(try.At), try.Outcome, try.Status, try.TookMs)
		return err
	})
}

// Deliveries implements office.HookStore.
func (s *Store) Deliveries(ctx context.Context, hookID string, limit int) ([]office.Delivery, error) {
	var rows []deliveryRow
	var tries []struct {
		EventID string `db:"event_id"`
		At      instant
		Outcome webhook.Class
		Status  int
		TookMs  int64 `db:"took_ms"`
	}
	err := s.read(ctx, "deliveries", func(ctx context.Context, tx *sqlx.Tx) error {
		err := tx.SelectContext(ctx, &rows, `
			select `+deliveryColumns+` from hook_deliveries d join events e on e.id = d.event_id
			where d.hook_id = $1 order by e.at desc, d.event_id desc limit $2`, hookID, limit)
		if err != nil {
			return err
		}
		ids := make([]string, len(rows))
		for i := range rows {
			ids[i] = rows[i].EventID
		}
		return tx.SelectContext(ctx, &tries, `
			select event_id, at, outcome, status, took_ms from hook_tries
			where hook_id = $1 and event_id = any($2::uuid[]) order by number desc`, hookID, pq.Array(ids))
	})
	list := make([]office.Delivery, len(rows))
	at := make(map[string]int, len(rows))
	for i := range rows {
		list[i] = rows[i].delivery()
		at[rows[i].EventID] = i
	}
	for _, t := range tries {
		d := &list[at[t.EventID]]
		d.Log = append(d.Log, office.DeliveryTry{At: engine.Instant(t.At), Outcome: t.Outcome, Status: t.Status, TookMs: t.TookMs})
	}
	return list, err
}

// RetryDelivery implements office.HookStore.
func (s *Store) RetryDelivery(ctx context.Context, hookID, eventID string, at engine.Instant, t office.Trail) error {
	return s.tx(ctx, "retry delivery", func(ctx context.Context, tx *sqlx.Tx) error {
		done, err := tx.ExecContext(ctx, `
			update hook_deliveries set next_at = $3, tries = 0, settled_at = null
			where hook_id = $1 and event_id = $2 and next_at is null and outcome <> $4`,
			hookID, eventID, instant(at), webhook.Delivered)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil {
			return err
		} else if n == 0 {
			return office.ErrWrongState
		}
		return leave(ctx, tx, t)
	})
}

// TellHook implements office.HookStore.
func (s *Store) TellHook(ctx context.Context, hookID string, e office.Event, t office.Trail) error {
	return s.tx(ctx, "tell hook", func(ctx context.Context, tx *sqlx.Tx) error {
		id, err := uuid.NewV7()
		if err != nil {
			return fmt.Errorf("random bytes: %w", err)
		}
		_, err = tx.ExecContext(ctx, `insert into events (id, centre_id, kind, body, at) values ($1, $2, $3, $4, $5)`,
			id, e.CentreID, e.Kind, document[any]{e.Body}, instant(t.At))
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `insert into hook_deliveries (hook_id, event_id, next_at) values ($1, $2, $3)`,
			hookID, id, instant(t.At))
		if err != nil {
			return err
		}
		return leave(ctx, tx, t)
	})
}
