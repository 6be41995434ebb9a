package store

import (
	"context"
	"database/sql"

	"gobua/engine"
	"gobua/office"
)

// LotLines implements office.ReportStore. The moment of a lot is the end of its
// last session, else that session's opening, else the end of the auction.
func (s *Store) LotLines(ctx context.Context, centreID string, from, to engine.Instant, after office.LotCursor, limit int) ([]office.LotLine, error) {
	var rows []struct {
		ID         string
		Title      string
		Owner      string
		Status     office.AuctionStatus
		Number     int
		Lot        string
		At         instant
		Outcome    sql.NullString
		Start      sql.NullInt64
		Price      sql.NullInt64
		Registered int
		Present    int
		Bids       int
	}
	err := s.call(ctx, "lot lines", func(ctx context.Context) error {
		return s.db.SelectContext(ctx, &rows, `
			with line as (
				select a.id, a.title, a.owner, a.status, l.number, l.title as lot,
					coalesce(r.ended_at, n.opens_at, a.cancelled_at, a.concluded_at, a.listed_at, a.created_at) as at,
					case when a.status = 'cancelled' then 'cancelled'
						when p.state in ('sold', 'failed', 'cancelled') then p.state
						when p.state is not null then null
						else coalesce(r.outcome, case when r.phase = 'cancelled' then 'cancelled' end) end as outcome,
					case when not l.start_hidden then (l.rules ->> 'start')::bigint end as start,
					coalesce((p.facts #>> '{award,price}')::bigint, r.price) as price,
					coalesce(r.participants, (select count(*) from registrations g where g.lot_id = l.id and g.standing <> 'withdrawn')) as registered,
					coalesce(r.present, 0) as present, coalesce(r.bid_count, 0) as bids
				from auctions a join lots l on l.auction_id = a.id
					left join lateral (select id, opens_at from sessions s where s.lot_id = l.id order by s.run desc limit 1) n on true
					left join results r on r.session_id = n.id
					left join proceedings p on p.lot_id = l.id
				where a.centre_id = $1 and a.rehearsal_of is null and a.status <> 'draft'
			)
			select * from line where at >= $2 and at < $3 and ($4::timestamptz is null or (at, id, number) > ($4, $5::uuid, $6))
			order by at, id, number limit $7`,
			centreID, instant(from), instant(to), instant(after.At), maybe(after.AuctionID), after.Number, limit)
	})
	list := make([]office.LotLine, len(rows))
	for i, r := range rows {
		list[i] = office.LotLine{
			AuctionID: r.ID, Auction: r.Title, Owner: r.Owner, Status: r.Status, Number: r.Number, Lot: r.Lot, At: engine.Instant(r.At),
			Outcome: r.Outcome.String, Start: engine.Dong(r.Start.Int64), Price: engine.Dong(r.Price.Int64),
			Registered: r.Registered, Present: r.Present, Bids: r.Bids,
		}
	}
	return list, err
}
