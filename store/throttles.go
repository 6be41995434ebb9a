package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"gobua/engine"
	"gobua/office"
)

// columnsOf turns debts into columns for unnest.
func columnsOf(debts []office.Debt) (who pq.ByteaArray, everyMs pq.Int64Array, unlessKnown pq.BoolArray) {
	for _, d := range debts {
		who, everyMs, unlessKnown = append(who, d.Who[:]), append(everyMs, d.Every.Milliseconds()), append(unlessKnown, d.UnlessKnown)
	}
	return who, everyMs, unlessKnown
}

// placesOf is the kind of the rows that say where somebody has signed in.
func placesOf(kind string) string { return kind + "/places" }

// CountAttempt implements office.ThrottleStore. Adding locks the rows until the
// verdict, so that many at once are counted one after the other.
func (s *Store) CountAttempt(ctx context.Context, kind string, now engine.Instant, known [16]byte, debts []office.Debt) (counted []office.Debt, wait time.Duration, err error) {
	who, everyMs, unless := columnsOf(debts)
	err = s.tx(ctx, "count attempt", func(ctx context.Context, tx *sqlx.Tx) error {
		counted, wait = nil, 0
		var rows []struct {
			Who   []byte
			Until instant
		}
		err := tx.SelectContext(ctx, &rows, `
			insert into throttles as t (kind, who, until)
			select $1, d.who, $2::timestamptz + d.every * interval '1 ms'
			from unnest($3::bytea[], $4::bigint[], $5::boolean[]) as d (who, every, unless)
			where not (d.unless and exists (select from throttles k where k.kind = $6 and k.who = $7)) order by d.who
			on conflict (kind, who) do update set until = greatest(t.until, $2) + (excluded.until - $2)
			returning t.who, t.until`,
			kind, instant(now), who, everyMs, unless, placesOf(kind), known[:])
		if err != nil {
			return err
		}
		until := make(map[[16]byte]engine.Instant, len(rows))
		for _, r := range rows {
			until[[16]byte(r.Who)] = engine.Instant(r.Until)
		}
		for _, d := range debts {
			at, counts := until[d.Who]
			if counts {
				counted = append(counted, d)
				wait = max(wait, at.Time().Sub(now.Time())-time.Duration(d.Burst)*d.Every)
			}
		}
		if wait > 0 {
			return errRefused // and nothing is added
		}
		return nil
	})
	if wait > 0 {
		return nil, wait, nil
	}
	return counted, 0, err
}

// ForgiveAttempt implements office.ThrottleStore. Rows are locked in the order
// in which CountAttempt does.
func (s *Store) ForgiveAttempt(ctx context.Context, kind string, now engine.Instant, known [16]byte, debts []office.Debt) error {
	who, everyMs, _ := columnsOf(debts)
	return s.tx(ctx, "forgive attempt", func(ctx context.Context, tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, `
			with d as (
				select t.who, d.every from throttles t join unnest($2::bytea[], $3::bigint[]) as d (who, every) on d.who = t.who
				where t.kind = $1 order by t.who for update of t
			)
			update throttles t set until = t.until - d.every * interval '1 ms' from d where t.kind = $1 and t.who = d.who`,
			kind, who, everyMs)
		if err != nil || known == ([16]byte{}) {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			insert into throttles (kind, who, until) values ($1, $2, $3) on conflict (kind, who) do update set until = excluded.until`,
			placesOf(kind), known[:], instant(now))
		return err
	})
}

// TidyThrottles implements office.ThrottleStore. Rows that somebody is counting
// are left to the next time: to wait for one while others wait for those that
// are locked already would be a deadlock.
func (s *Store) TidyThrottles(ctx context.Context, now, since engine.Instant) error {
	return s.call(ctx, "tidy throttles", func(ctx context.Context) error {
		_, err := s.db.ExecContext(ctx, `
			with over as (
				select kind, who from throttles where until < $1 and (kind not like '%/places' or until < $2) for update skip locked
			)
			delete from throttles t using over where t.kind = over.kind and t.who = over.who`, instant(now), instant(since))
		return err
	})
}
