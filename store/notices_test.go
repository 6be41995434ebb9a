package store_test

import (
	"database/sql/driver"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gobua/engine"
	"gobua/office"
	"gobua/store"
	"gobua/store/localpg"
	"gobua/store/storetest"
)

var archiveNow = time.Date(2026, 11, 26, 8, 0, 0, 0, time.UTC)

// publicQueries are what visitors ask most.
var publicQueries = []struct {
	name string
	q    office.NoticeQuery
}{
	{"first page", office.NoticeQuery{}},
	{"page in the middle", office.NoticeQuery{AfterAt: engine.InstantOf(archiveNow.Add(-5000 * time.Hour)), AfterID: "ffffffff-ffff-ffff-ffff-ffffffffffff"}},
	{"two words", office.NoticeQuery{Words: []string{"bien", "so"}}},
	{"one auction by its number", office.NoticeQuery{Words: []string{"bien", "8888"}}},
	{"nothing found", office.NoticeQuery{Words: []string{"khongco"}}},
	{"kind and place", office.NoticeQuery{Kind: "land", PlaceWords: []string{"lang", "son"}}},
	{"dossiers taken now", office.NoticeQuery{State: office.PublicOpen}},
	{"a month of the archive", office.NoticeQuery{State: office.PublicOver, From: engine.InstantOf(archiveNow.Add(-5000 * time.Hour)), To: engine.InstantOf(archiveNow.Add(-4280 * time.Hour))}},
}

func asked(q office.NoticeQuery) office.NoticeQuery {
	q.Now, q.Limit, q.CountCap, q.Lots = engine.InstantOf(archiveNow), 21, office.PublicCountCap, 3
	return q
}

// The first page and those after it come from an index in their order: no
// statement reads all auctions, nor the lots of more than a page.
func TestThePublicListIsFoundByIndex(t *testing.T) {
	dsn := storetest.Database(t)
	s := storetest.OpenAt(t, dsn)
	storetest.WaitReady(t, s)
	db := storetest.Connect(t, dsn)
	storetest.FillArchive(t, db, storetest.AddAccount(t, s, "quan.tri", engine.RoleAdmin), 3000, archiveNow)
	for _, c := range publicQueries[:5] {
		for what, statement := range map[string]func(office.NoticeQuery) (string, []any){"page": store.NoticePage, "count": store.NoticeCount} {
			text, args := statement(asked(c.q))
			for i := range args {
				if v, ok := args[i].(driver.Valuer); ok {
					args[i], _ = v.Value()
				}
			}
			rows, err := db.Query("explain (analyze, costs off) "+text, args...)
			if err != nil {
				t.Fatal(err)
			}
			var plan []string
			for rows.Next() {
				var line string
				if err := rows.Scan(&line); err != nil {
					t.Fatal(err)
				}
				plan = append(plan, line)
			}
			if err := rows.Err(); err != nil {
				t.Fatal(err)
			}
			whole := strings.Join(plan, "\n")
			if strings.Contains(whole, "Seq Scan on auctions") || strings.Contains(whole, "Seq Scan on lots") {
				t.Errorf("%s, %s reads everything:\n%s", c.name, what, whole)
			}
			if what == "page" && c.q.Words == nil && !strings.Contains(whole, "auctions_public") {
				t.Errorf("%s does not follow the index:\n%s", c.name, whole)
			}
		}
	}
}

// 10,000 archived auctions of three lots: what one visitor's question costs
// the database, count included.
func BenchmarkPublicList(b *testing.B) {
	dsn := storetest.Database(b)
	s := storetest.OpenAt(b, dsn)
	storetest.WaitReady(b, s)
	storetest.FillArchive(b, storetest.Connect(b, dsn), storetest.AddAccount(b, s, "quan.tri", engine.RoleAdmin), 10_000, archiveNow)
	for _, c := range publicQueries {
		b.Run(strings.ReplaceAll(c.name, " ", "-"), func(b *testing.B) {
			took := make([]time.Duration, 0, b.N)
			found := 0
			for b.Loop() {
				began := time.Now()
				rows, count, err := s.Notices(b.Context(), asked(c.q))
				if err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(began))
				found = max(count, len(rows))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
			b.ReportMetric(float64(found), "found")
		})
	}
}

// Fills the private database of a server that is not running with the archive
// of BenchmarkPublicList. GOBUA_FILL names the server's data folder.
func BenchmarkFillArchive(b *testing.B) {
	data := os.Getenv("GOBUA_FILL")
	if data == "" {
		b.Skip("GOBUA_FILL names no data folder")
	}
	server, dsn, err := localpg.Start(b.Context(), filepath.Join(data, "postgres"), storetest.Quiet)
	if err != nil {
		b.Fatal(err)
	}
	defer server.Stop()
	s := storetest.OpenAt(b, dsn)
	storetest.WaitReady(b, s)
	by := storetest.AddAccount(b, s, "archive", engine.RoleAdmin)
	storetest.FillArchive(b, storetest.Connect(b, dsn), by, 10_000, time.Now())
}
