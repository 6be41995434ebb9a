package office_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/google/uuid"

	"gobua/engine"
	"gobua/office"
	"gobua/office/blob"
	"gobua/office/vault"
	"gobua/store/storetest"
)

func TestMain(m *testing.M) {
	if dsn := os.Getenv(victimVariable); dsn != "" {
		beKilled(dsn)
	}
	storetest.Main(m)
}

var background = context.Background()

// house is an office on a real database, with a clock that stands still until
// it is moved.
type house struct {
	*office.Office
	*desk
	store              office.Store
	admin, auctioneer  office.Account
	registrar, clerk   office.Account
	vault              *vault.Vault
	observer, an, binh office.Account
	archive            string // folder of the sealed files
}

// desk holds the clock and the engine's side.
type desk struct {
	mu      sync.Mutex
	now     time.Time
	created map[engine.SessionID]engine.Created
	refuse  error // what Create answers
}

func (d *desk) Now() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now
}

func (d *desk) pass(by time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now = d.now.Add(by)
}

func (d *desk) failing(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.refuse = err
}

// Create is idempotent, as the engine's registry is.
func (d *desk) Create(_ context.Context, c engine.Created) error {
	if err := engine.CheckCreated(&c); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.refuse != nil {
		return d.refuse
	}
	if old, ok := d.created[c.Session]; ok && old.RulesHash != c.RulesHash {
		return errors.New("other rules")
	}
	d.created[c.Session] = c
	return nil
}

func (d *desk) sessions() []engine.SessionID {
	d.mu.Lock()
	defer d.mu.Unlock()
	var ids []engine.SessionID
	for id := range d.created {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

const password = "mật khẩu dài"

func open(t *testing.T) *house {
	t.Helper()
	return openOn(t, storetest.Open(t))
}

func openOn(t *testing.T, s office.Store) *house {
	t.Helper()
	h := &house{
		store: s,
		desk:  &desk{now: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC), created: map[engine.SessionID]engine.Created{}},
	}
	h.vault, h.archive = keys(t), t.TempDir()
	h.Office = office.New(s, office.Options{Now: h.desk.Now, Sessions: h.desk, HashLimit: 2, Vault: h.vault, Files: storetest.Files(t), Archive: blob.NewFolder(h.archive), Log: storetest.Quiet})
	h.admin = h.account(t, "quan.tri", "Quản Trị", engine.RoleAdmin)
	h.auctioneer = h.account(t, "dau.gia.vien", "Lê Đấu Giá", engine.RoleAuctioneer)
	h.observer = h.account(t, "giam.sat", "Giám Sát", engine.RoleObserver)
	h.registrar = h.account(t, "ho.so", "Vũ Hồ Sơ", engine.RoleRegistrar)
	h.clerk = h.account(t, "thu.ky", "Trịnh Thư Ký", engine.RoleClerk)
	h.an = h.account(t, "an.an", "Nguyễn Văn Ấn", engine.RoleBidder)
	h.binh = h.account(t, "binh", "Đỗ Thị Bình", engine.RoleBidder)
	return h
}

// keys returns a vault of its own.
func keys(t *testing.T) *vault.Vault {
	t.Helper()
	v, err := vault.Load(t.TempDir())
	check(t, err)
	return v
}

// hashed is the hash of password, made once: it is meant to be slow.
var hashed = sync.OnceValue(func() string {
	hash, err := argon2id.CreateHash(password, &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32})
	if err != nil {
		panic(err)
	}
	return hash
})

func (h *house) account(t *testing.T, login, name string, role engine.Role) office.Account {
	t.Helper()
	a := office.Account{ID: uuid.NewString(), Login: login, Name: name, Role: role, CreatedAt: engine.InstantOf(h.Now()), CentreID: storetest.CentreOf(role)}
	check(t, h.store.InsertAccount(background, a, hashed(), login, office.Trail{}))
	return a
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wants(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got error %v, want %v", err, want)
	}
}

// wantsFields fails unless err names exactly these faults.
func wantsFields(t *testing.T, err error, want ...office.Field) {
	t.Helper()
	invalid, ok := errors.AsType[*office.Invalid](err)
	if !ok {
		t.Fatalf("got %v, want faults %v", err, want)
	}
	got := slices.Clone(invalid.Fields)
	byName := func(a, b office.Field) int {
		if a.Field+a.Code < b.Field+b.Code {
			return -1
		}
		return 1
	}
	slices.SortFunc(got, byName)
	slices.SortFunc(want, byName)
	if !slices.Equal(got, want) {
		t.Fatalf("got  %v\nwant %v", got, want)
	}
}

// from is a device at an address.
func from(address string) office.Device {
	return office.Device{Address: address, Agent: "Chrome · Android"}
}

// cutLink finds the token of a link in a letter.
func cutLink(body string) (before, token string, found bool) {
	before, token, found = strings.Cut(body, "https://daugia.example.vn/dat-lai-mat-khau#")
	token, _, _ = strings.Cut(token, "\n")
	return before, token, found
}
