package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"

	"gobua/engine"
	"gobua/office"
)

type noticeRow struct {
	ID           string
	Status       office.AuctionStatus
	Title        string
	Owner        string
	Place        string
	CentreID     string  `db:"centre_id"`
	PublicAt     instant `db:"public_at"`
	OpensAt      instant `db:"opens_at"`
	DossierFrom  int64   `db:"dossier_from"`
	DossierTo    int64   `db:"dossier_to"`
	CancelReason string  `db:"cancel_reason"`
	LotCount     int     `db:"lot_count"`
	Lots         document[[]office.PublicLotName]
	Photo        string
}

func (r *noticeRow) notice() office.NoticeRow {
	return office.NoticeRow{
		Status: r.Status, CentreID: r.CentreID,
		PublicCard: office.PublicCard{
			ID: r.ID, Title: r.Title, Owner: r.Owner, Place: r.Place, ListedAt: engine.Instant(r.PublicAt),
			OpensAt: engine.Instant(r.OpensAt), DossierFrom: engine.Instant(r.DossierFrom), DossierTo: engine.Instant(r.DossierTo),
			CancelReason: r.CancelReason, LotCount: r.LotCount, Lots: r.Lots.v, Photo: r.Photo,
		},
	}
}

// stateConditions say which auctions belong to a group; ? is now.
var stateConditions = map[office.PublicState]string{
	office.PublicOpen:      "a.status = 'listed' and extract(epoch from ?::timestamptz) * 1000 between a.dossier_from and a.dossier_to - 1",
	office.PublicUpcoming:  "a.status in ('listed', 'published') and a.opens_at > ?",
	office.PublicRunning:   "a.status = 'published' and a.opens_at <= ?",
	office.PublicOver:      "a.status in ('concluded', 'archived') and ?::timestamptz is not null",
	office.PublicCancelled: "a.status = 'cancelled' and ?::timestamptz is not null",
}

// noticeConditions turns a query into SQL and its arguments.
func noticeConditions(q office.NoticeQuery) (string, []any) {
	where, args := []string{"a.public_at is not null"}, []any{}
	ask := func(condition string, arg any) {
		args = append(args, arg)
		where = append(where, strings.ReplaceAll(condition, "?", fmt.Sprintf("$%d", len(args))))
	}
	if len(q.Words) > 0 {
		ask("a.words @@ ?::tsquery", beginnings(q.Words))
	}
	if len(q.PlaceWords) > 0 {
		ask("a.place_words @@ ?::tsquery", beginnings(q.PlaceWords))
	}
	if q.Kind != "" {
		ask("a.kinds @> array[?]", q.Kind)
	}
	if q.State != "" {
		ask(stateConditions[q.State], instant(q.Now))
	}
	if q.From != 0 {
		ask("a.opens_at >= ?", instant(q.From))
	}
	if q.To != 0 {
		ask("a.opens_at < ?", instant(q.To))
	}
	if q.CentreID != "" {
		ask("a.centre_id = ?", q.CentreID)
	}
	return strings.Join(where, " and "), args
}

// beginnings is a text search for all of the words, each as a beginning. The
// office has cut them into letters and digits, so nothing in them is an
// operator.
func beginnings(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = "'" + w + "':*"
	}
	return strings.Join(quoted, " & ")
}

// noticePage is the statement that finds a page, with its arguments. The page
// is found on the narrow columns first; what a card shows is read for its rows
// alone.
func noticePage(q office.NoticeQuery) (string, []any) {
	where, args := noticeConditions(q)
	if q.AfterID != "" {
		args = append(args, instant(q.AfterAt), q.AfterID)
		where += fmt.Sprintf(" and (a.public_at, a.id) < ($%d, $%d)", len(args)-1, len(args))
	}
	args = append(args, q.Limit, q.Lots)
	return `
		with page as materialized (
			select a.id, a.status, a.title, a.owner, a.place, a.centre_id, a.public_at, a.opens_at,
				coalesce(a.dossier_from, 0) as dossier_from, coalesce(a.dossier_to, 0) as dossier_to, a.cancel_reason
			from auctions a where ` + where + fmt.Sprintf(`
			order by a.public_at desc, a.id desc limit $%d
		)
		select p.*,
			(select count(*) from lots l where l.auction_id = p.id) as lot_count,
			(select coalesce(json_agg(json_build_object('number', l.number, 'kind', l.kind, 'title', l.title) order by l.number), '[]')
				from (select number, kind, title from lots where auction_id = p.id order by number limit $%d) l) as lots,
			coalesce((select f.id::text from files f where f.auction_id = p.id and f.purpose = 'photo' and f.public and f.withdrawn_at is null
				order by f.lot_id nulls first, f.position, f.id limit 1), '') as photo
		from page p order by p.public_at desc, p.id desc`, len(args)-1, len(args)), args
}

// noticeCount is the statement that counts what fits, up to one more than the
// cap, with its arguments.
func noticeCount(q office.NoticeQuery) (string, []any) {
	where, args := noticeConditions(q)
	args = append(args, q.CountCap+1)
	return `select count(*) from (select 1 from auctions a where ` + where + fmt.Sprintf(` limit $%d) found`, len(args)), args
}

// Notices implements office.PublicStore.
func (s *Store) Notices(ctx context.Context, q office.NoticeQuery) ([]office.NoticeRow, int, error) {
	var rows []noticeRow
	count := 0
	err := s.read(ctx, "notices", func(ctx context.Context, tx *sqlx.Tx) error {
		page, args := noticePage(q)
		if err := tx.SelectContext(ctx, &rows, page, args...); err != nil || q.CountCap == 0 {
			return err
		}
		counting, args := noticeCount(q)
		return tx.GetContext(ctx, &count, counting, args...)
	})
	list := make([]office.NoticeRow, len(rows))
	for i := range rows {
		list[i] = rows[i].notice()
	}
	return list, count, err
}
