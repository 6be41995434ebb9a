package storetest

import (
	"database/sql"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"gobua/engine"
	"gobua/office"
)

// What the archive is made of: titles with their folded words, as the office
// would have written them.
var (
	archiveThings = [][3]string{
		{"land", "Quyền sử dụng đất thửa số", "quyen su dung dat thua so"},
		{"house", "Nhà ở và đất tại thửa số", "nha o va dat tai thua so"},
		{"car", "Xe ô tô Toyota Vios thanh lý số", "xe o to toyota vios thanh ly so"},
		{"plate", "Biển số xe ô tô", "bien so xe o to"},
		{"goods", "Lô vật tư thu hồi số", "lo vat tu thu hoi so"},
	}
	archivePlaces = [][2]string{
		{"Xã An Khánh, Thành phố Hà Nội", "xa an khanh thanh pho ha noi"},
		{"Phường Đông Kinh, tỉnh Lạng Sơn", "phuong dong kinh tinh lang son"},
		{"Phường Hải Châu, thành phố Đà Nẵng", "phuong hai chau thanh pho da nang"},
		{"Xã Thạnh Phú, tỉnh Vĩnh Long", "xa thanh phu tinh vinh long"},
	}
)

// FillArchive keeps n archived auctions of three lots each, one an hour back
// from now, and the last hundredth of them still listed. They are written past
// the office, because through it they would take minutes.
func FillArchive(t testing.TB, db *sql.DB, by office.Account, n int, now time.Time) {
	t.Helper()
	tx, err := db.Begin()
	check(t, err)
	auctions, err := tx.Prepare(`copy auctions (id, status, version, title, centre, owner, place, created_by, created_at,
		published_by, published_at, centre_id, sheet, search, listed_at, concluded_at, kinds, opens_at) from stdin`)
	check(t, err)
	ids := make([]string, n)
	for i := range n {
		ids[i] = uuid.Must(uuid.NewV7()).String()
		at := now.Add(-time.Duration(i) * time.Hour)
		thing, place := archiveThings[i%len(archiveThings)], archivePlaces[i/7%len(archivePlaces)]
		number := fmt.Sprint(i)
		window := fmt.Sprintf(`{"windows":{"dossier":{"from":%d,"to":%d}}}`, at.UnixMilli(), at.Add(24*time.Hour).UnixMilli())
		_, err := auctions.Exec(ids[i], "draft", 1, thing[1]+" "+number, "Trung tâm", "Cục Thi hành án dân sự", place[0], by.ID,
			at, by.ID, at.Add(time.Hour), office.HostCentre, window, thing[2]+" "+number+" cuc thi hanh an dan su\n"+place[1], at, at.Add(48*time.Hour),
			pq.Array([]string{thing[0]}), at.Add(36*time.Hour))
		check(t, err)
	}
	_, err = auctions.Exec()
	check(t, err)
	check(t, auctions.Close())
	lots, err := tx.Prepare("copy lots (id, auction_id, number, kind, title, detail, place, deposit, rules) from stdin")
	check(t, err)
	for i, id := range ids {
		thing := archiveThings[i%len(archiveThings)]
		for number := 1; number <= 3; number++ {
			_, err := lots.Exec(uuid.NewString(), id, number, thing[0], fmt.Sprintf("%s %d, lô %d", thing[1], i, number), "Nguyên trạng", "", 8_000_000, `{"opensAt":1}`)
			check(t, err)
		}
	}
	_, err = lots.Exec()
	check(t, err)
	check(t, lots.Close())
	_, err = tx.Exec(`insert into rules_versions (auction_id, number, sheet, hash, changes, made_by, made_at)
		select id, 1, '{}', sha256('{}'), '[]', created_by, listed_at from auctions where status = 'draft'`)
	check(t, err)
	_, err = tx.Exec(`update auctions set status = case when listed_at > $1 then 'listed' else 'archived' end where status = 'draft'`,
		engine.InstantOf(now.Add(-time.Duration(n/100)*time.Hour)).Time())
	check(t, err)
	check(t, tx.Commit())
	for _, table := range []string{"auctions", "lots"} {
		_, err = db.Exec(`vacuum analyze ` + table)
		check(t, err)
	}
}
