package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"gobua/engine"
	"gobua/office"
)

type resultRow struct {
	Session      engine.SessionID `db:"session_id"`
	Lot          document[engine.Lot]
	RulesHash    hash `db:"rules_hash"`
	Currency     string
	Phase        engine.Phase
	OpenedAt     instant `db:"opened_at"`
	ClosedAt     instant `db:"closed_at"`
	EndedAt      instant `db:"ended_at"`
	Outcome      sql.NullString
	Winner       sql.NullString
	Price        sql.NullInt64
	WinBidAt     instant       `db:"win_bid_at"`
	WinBidSeq    sql.NullInt64 `db:"win_bid_seq"`
	Ground       engine.Ground
	Reason       string
	Participants int
	Present      int
	CheckIns     document[[]engine.Arrival] `db:"check_ins"`
	BidCount     int                        `db:"bid_count"`
	HeadSeq      engine.Seq                 `db:"head_seq"`
	HeadHash     hash                       `db:"head_hash"`
	Outs         document[[]office.ResultOut]
	Course       document[[]engine.Moment]
	Calls        document[[]office.ResultCall]
	Awards       document[[]engine.Award]
}

const resultColumns = `session_id, lot, rules_hash, currency, phase, opened_at, closed_at, ended_at, outcome, winner, price,
	win_bid_at, win_bid_seq, ground, reason, participants, present, check_ins, bid_count, head_seq, head_hash, outs, calls, awards`

func (r *resultRow) result() office.SessionResult {
	out := office.SessionResult{
		Session: r.Session, Lot: r.Lot.v, RulesHash: engine.Hash(r.RulesHash), Currency: r.Currency, Phase: r.Phase,
		OpenedAt: engine.Instant(r.OpenedAt), ClosedAt: engine.Instant(r.ClosedAt), EndedAt: engine.Instant(r.EndedAt),
		Reason: r.Reason, Participants: r.Participants, Present: r.Present, BidCount: r.BidCount,
		Head: engine.Head{Seq: r.HeadSeq, Hash: engine.Hash(r.HeadHash)}, Outs: r.Outs.v,
	}
	if len(r.Calls.v) > 0 {
		out.Calls = r.Calls.v
	}
	if len(out.Outs) == 0 {
		out.Outs = nil
	}
	if len(r.Course.v) > 0 {
		out.Course = r.Course.v
	}
	if len(r.CheckIns.v) > 0 {
		out.CheckIns = r.CheckIns.v
	}
	if r.Outcome.Valid {
		out.Result = &engine.Result{
			Outcome: engine.Outcome(r.Outcome.String), Winner: engine.ParticipantCode(r.Winner.String),
			Price: engine.Dong(r.Price.Int64), BidAt: engine.Instant(r.WinBidAt), BidSeq: engine.Seq(r.WinBidSeq.Int64), Ground: r.Ground,
		}
		if len(r.Awards.v) > 0 {
			out.Result.Awards = r.Awards.v
		}
	}
	return out
}

// InsertResult implements office.ResultStore. Two deliveries at the same
// moment meet at the primary key: the second waits for the first to commit.
func (s *Store) InsertResult(ctx context.Context, r office.SessionResult, at engine.Instant) error {
	return s.tx(ctx, "insert result", func(ctx context.Context, tx *sqlx.Tx) error {
		var result engine.Result
		if r.Result != nil {
			result = *r.Result
		}
		checkIns := r.CheckIns
		if checkIns == nil {
			checkIns = []engine.Arrival{}
		}
		done, err := tx.ExecContext(ctx, `
			insert into results (`+resultColumns+`, course, delivered_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26)
			on conflict (session_id) do nothing`,
			r.Session, document[engine.Lot]{r.Lot}, hash(r.RulesHash), r.Currency, r.Phase,
			instant(r.OpenedAt), instant(r.ClosedAt), instant(r.EndedAt),
			maybe(result.Outcome), maybe(result.Winner), maybeInt(result.Price), instant(result.BidAt), maybeInt(result.BidSeq),
			result.Ground, r.Reason, r.Participants, r.Present,
			document[[]engine.Arrival]{checkIns}, len(r.Bids), r.Head.Seq, hash(r.Head.Hash),
			document[[]office.ResultOut]{append([]office.ResultOut{}, r.Outs...)}, document[[]office.ResultCall]{append([]office.ResultCall{}, r.Calls...)},
			document[[]engine.Award]{append([]engine.Award{}, result.Awards...)},
			document[[]engine.Moment]{append([]engine.Moment{}, r.Course...)}, instant(at))
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return sameResult(ctx, tx, r, err)
		}
		return insertBids(ctx, tx, r)
	})
}

// sameResult tells whether the result that is kept is r.
func sameResult(ctx context.Context, tx *sqlx.Tx, r office.SessionResult, err error) error {
	if err != nil {
		return err
	}
	var row struct {
		Seq  engine.Seq `db:"head_seq"`
		Hash hash       `db:"head_hash"`
	}
	if err := tx.GetContext(ctx, &row, `select head_seq, head_hash from results where session_id = $1`, r.Session); err != nil {
		return err
	}
	if kept := (engine.Head{Seq: row.Seq, Hash: engine.Hash(row.Hash)}); kept != r.Head {
		return &office.ResultConflict{Session: r.Session, Kept: kept, Delivered: r.Head}
	}
	return nil
}

// bidBatch is how many bids one statement carries, about 1 MB.
const bidBatch = 10_000

func insertBids(ctx context.Context, tx *sqlx.Tx, r office.SessionResult) error {
	for first := 0; first < len(r.Bids); first += bidBatch {
		batch := r.Bids[first:min(first+bidBatch, len(r.Bids))]
		n := len(batch)
		seqs, levels, units := make([]int64, n), make([]int64, n), make([]int64, n)
		times, codes := make([]string, n), make([]string, n)
		autos, strucks, floors := make([]bool, n), make([]bool, n), make([]bool, n)
		for i, b := range batch {
			seqs[i], levels[i], units[i], codes[i] = int64(b.Seq), int64(b.Level), int64(b.Units), string(b.Code)
			times[i] = b.At.Time().Format(time.RFC3339Nano)
			autos[i], strucks[i], floors[i] = b.Auto, b.Struck, b.Floor
		}
		_, err := tx.ExecContext(ctx, `
			insert into result_bids (session_id, ordinal, seq, at, code, level, auto, struck, floor, units)
			select $1, $2 + ordinal, seq, at, code, level, auto, struck, floor, units
			from unnest($3::bigint[], $4::timestamptz[], $5::text[], $6::bigint[], $7::boolean[], $8::boolean[], $9::boolean[], $10::int[])
				with ordinality as bid (seq, at, code, level, auto, struck, floor, units, ordinal)`,
			r.Session, first, pq.Array(seqs), pq.Array(times), pq.Array(codes), pq.Array(levels), pq.Array(autos), pq.Array(strucks), pq.Array(floors), pq.Array(units))
		if err != nil {
			return err
		}
	}
	return nil
}

// Result implements office.ResultStore.
func (s *Store) Result(ctx context.Context, id engine.SessionID) (office.SessionResult, error) {
	var row resultRow
	var bids []struct {
		Seq    engine.Seq
		At     instant
		Code   engine.ParticipantCode
		Level  engine.Dong
		Auto   bool
		Struck bool
		Floor  bool
		Units  int
	}
	err := s.call(ctx, "result", func(ctx context.Context) error {
		// Two statements see the same: a result and its bids never change.
		if err := s.db.GetContext(ctx, &row, `select `+resultColumns+`, course from results where session_id = $1`, id); err != nil {
			return err
		}
		return s.db.SelectContext(ctx, &bids, `
			select seq, at, code, level, auto, struck, floor, units from result_bids where session_id = $1 order by ordinal`, id)
	})
	if err != nil {
		return office.SessionResult{}, err
	}
	r := row.result()
	for _, b := range bids {
		r.Bids = append(r.Bids, office.ResultBid{
			Seq: b.Seq, At: engine.Instant(b.At), Code: b.Code, Level: b.Level, Auto: b.Auto, Struck: b.Struck, Floor: b.Floor, Units: b.Units,
		})
	}
	return r, nil
}

// HasResult implements office.ResultStore.
func (s *Store) HasResult(ctx context.Context, id engine.SessionID) (bool, error) {
	var there bool
	err := s.call(ctx, "has result", func(ctx context.Context) error {
		return s.db.GetContext(ctx, &there, `select exists (select from results where session_id = $1)`, id)
	})
	return there, err
}

// LackingResults implements office.ResultStore.
func (s *Store) LackingResults(ctx context.Context, ids []engine.SessionID) (lacking []engine.SessionID, err error) {
	err = s.call(ctx, "lacking results", func(ctx context.Context) error {
		return s.db.SelectContext(ctx, &lacking, `
			select id from unnest($1::text[]) id where not exists (select from results where session_id = id) order by id`, pq.Array(ids))
	})
	return lacking, err
}

// Results implements office.ResultStore.
func (s *Store) Results(ctx context.Context, limit int) ([]office.SessionResult, error) {
	var rows []resultRow
	err := s.call(ctx, "results", func(ctx context.Context) error {
		return s.db.SelectContext(ctx, &rows, `
			select `+resultColumns+` from results where (lot ->> 'rehearsal') is distinct from 'true' order by ended_at desc, session_id limit $1`, limit)
	})
	list := make([]office.SessionResult, len(rows))
	for i := range rows {
		list[i] = rows[i].result()
	}
	return list, err
}
