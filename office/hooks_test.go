package office_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gobua/engine"
	"gobua/office"
	"gobua/office/webhook"
)

// receiver is another program that is told of events.
type receiver struct {
	mu     sync.Mutex
	status int
	told   []*http.Request
	bodies []string
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	body, _ := io.ReadAll(q.Body)
	r.told, r.bodies = append(r.told, q), append(r.bodies, string(body))
	w.WriteHeader(r.status)
}

// signedBy computes the signature as the standard has it, independently.
func signedBy(secret, body string, q *http.Request) bool {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		return false
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(q.Header.Get("webhook-id") + "." + q.Header.Get("webhook-timestamp") + "." + body))
	return strings.Contains(q.Header.Get("webhook-signature"), "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
}

func withHooks(t *testing.T) (*house, *receiver, string) {
	t.Helper()
	h := open(t)
	h.Office = office.New(h.store, office.Options{Now: h.Now, Vault: h.vault, Sessions: h.desk, LocalHooks: true})
	r := &receiver{status: http.StatusNoContent}
	s := httptest.NewServer(r)
	t.Cleanup(s.Close)
	return h, r, s.URL
}

// TestAHookIsToldOfWhatHappens, signed, once, and only of what it asked for.
func TestAHookIsToldOfWhatHappens(t *testing.T) {
	h, r, url := withHooks(t)
	hook, err := h.AddHook(background, h.admin, office.NewHook{URL: url, Kinds: []string{"auction.published"}})
	check(t, err)
	_, err = h.AddHook(background, h.admin, office.NewHook{URL: url + "/other", Kinds: []string{"session.rerun"}})
	check(t, err)
	a := h.publish(t)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			if _, err := h.SendEvents(background); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if len(r.told) != 1 || !signedBy(hook.Secret, r.bodies[0], r.told[0]) {
		t.Fatalf("%d events, signed: %v", len(r.told), r.bodies)
	}
	var e struct {
		Type      string
		Timestamp time.Time
		Data      struct{ Auction string }
	}
	check(t, json.Unmarshal([]byte(r.bodies[0]), &e))
	if e.Type != "auction.published" || e.Data.Auction != a.ID || e.Timestamp.UnixMilli() != h.Now().UnixMilli() {
		t.Fatalf("%s", r.bodies[0])
	}
	list, err := h.Deliveries(background, h.admin, hook.ID)
	if err != nil || len(list) != 1 || list[0].Outcome != webhook.Delivered || list[0].SettledAt == 0 || len(list[0].Log) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	wants(t, h.RetryDelivery(background, h.admin, hook.ID, list[0].EventID), office.ErrWrongState)
}

// TestAHookIsTriedAgain with growing pauses, until it is given up; a person may
// have it tried again.
func TestAHookIsTriedAgain(t *testing.T) {
	h, r, url := withHooks(t)
	r.status = http.StatusInternalServerError
	hook, err := h.AddHook(background, h.admin, office.NewHook{URL: url})
	check(t, err)
	check(t, h.TestHook(background, h.admin, hook.ID))
	began := h.Now()
	var d office.Delivery
	for d.SettledAt == 0 {
		_, err := h.SendEvents(background)
		check(t, err)
		list, err := h.Deliveries(background, h.admin, hook.ID)
		check(t, err)
		d = list[0]
		if d.Status != 500 || d.Outcome != webhook.ServerError {
			t.Fatalf("%+v", d)
		}
		if d.NextAt != 0 {
			h.pass(d.NextAt.Time().Sub(h.Now()))
		}
	}
	if took := h.Now().Sub(began); took < 24*time.Hour || len(r.told) != d.Tries || len(d.Log) != d.Tries {
		t.Fatalf("given up after %v and %d tries: %+v", took, d.Tries, d)
	}
	r.status = http.StatusOK
	check(t, h.RetryDelivery(background, h.admin, hook.ID, d.EventID))
	_, err = h.SendEvents(background)
	check(t, err)
	list, err := h.Deliveries(background, h.admin, hook.ID)
	if err != nil || list[0].Outcome != webhook.Delivered || len(list[0].Log) != d.Tries+1 {
		t.Fatalf("%+v, %v", list, err)
	}
}

// TestAReplacedSecretSignsForADay, and the new one at once.
func TestAReplacedSecretSignsForADay(t *testing.T) {
	h, r, url := withHooks(t)
	old, err := h.AddHook(background, h.admin, office.NewHook{URL: url})
	check(t, err)
	fresh, err := h.ReplaceHookSecret(background, h.admin, old.ID)
	check(t, err)
	for i, both := range []bool{true, false} {
		check(t, h.TestHook(background, h.admin, old.ID))
		_, err = h.SendEvents(background)
		check(t, err)
		if !signedBy(fresh.Secret, r.bodies[i], r.told[i]) || signedBy(old.Secret, r.bodies[i], r.told[i]) != both {
			t.Fatalf("event %d: old secret signs: want %v", i, both)
		}
		h.pass(25 * time.Hour)
	}
}

// TestAHookThatIsGoneEnds: an answer 410 is taken at its word.
func TestAHookThatIsGoneEnds(t *testing.T) {
	h, r, url := withHooks(t)
	r.status = http.StatusGone
	hook, err := h.AddHook(background, h.admin, office.NewHook{URL: url})
	check(t, err)
	check(t, h.TestHook(background, h.admin, hook.ID))
	_, err = h.SendEvents(background)
	check(t, err)
	list, err := h.Hooks(background, h.admin)
	if err != nil || list[0].EndedAt == 0 || list[0].EndedWhy != "gone" {
		t.Fatalf("%+v, %v", list, err)
	}
	wants(t, h.TestHook(background, h.admin, hook.ID), office.ErrWrongState)
}

// TestWhoMayHaveHooks: admins, of their own centre, at addresses that may be told.
func TestWhoMayHaveHooks(t *testing.T) {
	h := open(t)
	for _, by := range []office.Account{h.auctioneer, h.registrar, h.clerk, h.observer, h.an} {
		_, err := h.AddHook(background, by, office.NewHook{URL: "https://a.example"})
		wants(t, err, office.ErrForbidden)
	}
	for _, url := range []string{"", "http://a.example", "http://127.0.0.1:1", "https://u:p@a.example", "ftp://a.example", "https://a.example/#x"} {
		_, err := h.AddHook(background, h.admin, office.NewHook{URL: url, Kinds: []string{"auction.sold"}})
		wantsFields(t, err, office.Field{Field: "url", Code: "malformed"}, office.Field{Field: "kinds.0", Code: "unknown"})
	}
	hook, err := h.AddHook(background, h.admin, office.NewHook{URL: "https://a.example/x"})
	check(t, err)
	other := office.Centre{ID: "0198c0de-0000-7000-8000-000000000077", Version: 1, Name: "Trung tâm khác", CreatedAt: 1}
	check(t, h.store.InsertCentre(background, other, office.Trail{}))
	stranger := office.Account{ID: "0198c0de-0000-4000-8000-000000000078", Login: "quan.tri.2", Name: "Khác", Role: engine.RoleAdmin, CreatedAt: 1, CentreID: other.ID}
	check(t, h.store.InsertAccount(background, stranger, hashed(), "", office.Trail{}))
	_, err = h.Deliveries(background, stranger, hook.ID)
	wants(t, err, office.ErrNotFound)
	_, err = h.EndHook(background, stranger, hook.ID)
	wants(t, err, office.ErrNotFound)
}

// TestEveryEventIsOffered: what the office tells can be chosen for a hook, and
// nothing else can.
func TestEveryEventIsOffered(t *testing.T) {
	files, err := filepath.Glob("*.go")
	check(t, err)
	told := map[string]bool{"hook.test": true}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		check(t, err)
		for _, m := range regexp.MustCompile(`\.\s*tell\([^"]*"([a-z_.]+)"`).FindAllSubmatch(text, -1) {
			told[string(m[1])] = true
		}
	}
	for kind := range told {
		if !slices.Contains(office.EventKinds, kind) {
			t.Errorf("%s is told and cannot be chosen", kind)
		}
	}
	for _, kind := range office.EventKinds {
		if !told[kind] {
			t.Errorf("%s can be chosen and is never told", kind)
		}
	}
}
