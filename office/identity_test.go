package office_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"gobua/engine"
	"gobua/office"
	"gobua/store/storetest"
)

const nationalID = "001190005678"

func aPerson() office.NewIdentity {
	return office.NewIdentity{
		Kind: office.Person, Name: "Nguyễn Thị Ánh", IdentityFacts: office.IdentityFacts{
			Number: "001 190 005 678", Born: "1990-05-17", Address: "12 Lê Lợi, Huế", Phone: "0912 345 678",
		},
	}
}

func anOrganisation() office.NewIdentity {
	return office.NewIdentity{
		Kind: office.Organisation, Name: "Công ty Sông Hương", IdentityFacts: office.IdentityFacts{
			Number: "0100109106-001", Address: "1 Hùng Vương, Huế", Phone: "+84 234 3822 222",
			Representative: &office.Representative{Name: "Lê Văn Cường", Number: "046085000001", Attorney: true},
		},
	}
}

func TestAnIdentityIsSubmittedAndVerified(t *testing.T) {
	h := open(t)
	h.giveEmail(t, h.an, "an@example.vn")
	who, err := h.IdentityOf(background, h.an.ID)
	if err != nil || who.Submitted || who.Verified {
		t.Fatalf("before: %+v, %v", who, err)
	}
	_, err = h.OwnIdentity(background, h.an)
	wants(t, err, office.ErrNotFound)
	own, err := h.SubmitIdentity(background, h.an, aPerson())
	check(t, err)
	if own.State != office.IdentitySubmitted || own.Number != nationalID || own.Version != 1 || own.Phone != "0912345678" {
		t.Fatalf("%+v", own)
	}
	waiting, err := h.FindIdentities(background, h.registrar, office.IdentitySubmitted, "anh nguyen")
	check(t, err)
	if len(waiting) != 1 || waiting[0].Number != "••••5678" || waiting[0].Age != 36 || waiting[0].Login != "an.an" {
		t.Fatalf("%+v", waiting)
	}
	_, err = h.DecideIdentity(background, h.registrar, h.an.ID, 1, false, " ")
	wantsFields(t, err, office.Field{Field: "reason", Code: "missing"})
	_, err = h.DecideIdentity(background, h.registrar, h.an.ID, 2, true, "")
	wants(t, err, office.ErrEditedMeanwhile)
	_, err = h.DecideIdentity(background, h.registrar, h.an.ID, 1, true, "")
	check(t, err)
	_, err = h.DecideIdentity(background, h.registrar, h.an.ID, 2, true, "")
	wants(t, err, office.ErrWrongState)
	who, err = h.IdentityOf(background, h.an.ID)
	if err != nil || !who.Verified || who.Name != "Nguyễn Thị Ánh" || who.Masked != "••••5678" || len(who.Mac) != 32 {
		t.Fatalf("%+v, %v", who, err)
	}
	if a, err := h.Account(background, h.an.ID); err != nil || a.Name != "Nguyễn Thị Ánh" {
		t.Errorf("the account is still called %s, %v", a.Name, err)
	}

	changed := aPerson()
	changed.Version, changed.Number = 2, "001190005679"
	_, err = h.SubmitIdentity(background, h.an, changed)
	wantsFields(t, err, office.Field{Field: "number", Code: "fixed"})
	changed.Number, changed.Address = nationalID, "Số 1 Đống Đa, Huế"
	own, err = h.SubmitIdentity(background, h.an, changed)
	if err != nil || own.State != office.IdentitySubmitted {
		t.Fatalf("a change is not examined again: %+v, %v", own, err)
	}
}

func TestOnlyRegistrarsExamineIdentities(t *testing.T) {
	h := open(t)
	_, err := h.SubmitIdentity(background, h.an, aPerson())
	check(t, err)
	for _, by := range []office.Account{h.admin, h.auctioneer, h.clerk, h.observer, h.binh, {}} {
		_, e1 := h.FindIdentities(background, by, "", "")
		_, e2 := h.ExamineIdentity(background, by, h.an.ID)
		_, e3 := h.DecideIdentity(background, by, h.an.ID, 1, true, "")
		_, e4 := h.RevealIdentity(background, by, h.an.ID, "Xem")
		for _, err := range []error{e1, e2, e3, e4} {
			wants(t, err, office.ErrForbidden)
		}
	}
	_, err = h.SubmitIdentity(background, h.registrar, aPerson())
	wants(t, err, office.ErrForbidden)
	_, err = h.IdentityFiles(background, h.binh, h.an.ID)
	wants(t, err, office.ErrNotFound)
}

// The number in full is told only by an act that gives a reason, and the act is
// in the log before.
func TestAWholeNumberIsARecordedAct(t *testing.T) {
	h := open(t)
	_, err := h.SubmitIdentity(background, h.an, aPerson())
	check(t, err)
	_, err = h.RevealIdentity(background, h.registrar, h.an.ID, "")
	wantsFields(t, err, office.Field{Field: "reason", Code: "missing"})
	shown, err := h.RevealIdentity(background, h.registrar, h.an.ID, "Đối chiếu bản gốc")
	if err != nil || shown.Number != nationalID {
		t.Fatalf("%+v, %v", shown, err)
	}
	acts, err := h.store.Acts(background, office.ActQuery{Name: "identity.reveal", Limit: 10})
	if err != nil || len(acts) != 1 || acts[0].Reason != "Đối chiếu bản gốc" || acts[0].SubjectID != h.an.ID {
		t.Fatalf("%+v, %v", acts, err)
	}
}

// One account a legal person, however many try at the same moment.
func TestALegalPersonHasOneAccount(t *testing.T) {
	h := open(t)
	people := make([]office.Account, 8)
	for i := range people {
		people[i] = h.account(t, "nguoi."+string(rune('a'+i)), "Người", engine.RoleBidder)
	}
	errs := make(chan error, len(people))
	var wg sync.WaitGroup
	for i, p := range people {
		wg.Go(func() {
			n := anOrganisation()
			if i%2 == 0 {
				n.Number = "0100109106" // the head office is the same legal person
			}
			_, err := h.SubmitIdentity(background, p, n)
			errs <- err
		})
	}
	wg.Wait()
	kept := 0
	for range people {
		if err := <-errs; err == nil {
			kept++
		} else {
			wantsFields(t, err, office.Field{Field: "number", Code: "taken"})
		}
	}
	if kept != 1 {
		t.Fatalf("%d accounts are one organisation", kept)
	}
}

// Who types a stranger's number and is rejected does not keep the stranger out.
func TestARejectedNumberIsFreeAgain(t *testing.T) {
	h := open(t)
	_, err := h.SubmitIdentity(background, h.binh, aPerson())
	check(t, err)
	_, err = h.SubmitIdentity(background, h.an, aPerson())
	wantsFields(t, err, office.Field{Field: "number", Code: "taken"})
	_, err = h.DecideIdentity(background, h.registrar, h.binh.ID, 1, false, "Giấy tờ của người khác")
	check(t, err)
	_, err = h.SubmitIdentity(background, h.an, aPerson())
	check(t, err)
	again := aPerson()
	again.Version = 2
	_, err = h.SubmitIdentity(background, h.binh, again)
	wantsFields(t, err, office.Field{Field: "number", Code: "taken"})
}

func TestAllMistakesOfAnIdentityAreNamedAtOnce(t *testing.T) {
	h := open(t)
	_, err := h.SubmitIdentity(background, h.an, office.NewIdentity{Kind: office.Person, IdentityFacts: office.IdentityFacts{Born: "17/05/1990", Phone: "x"}})
	wantsFields(t, err, office.Field{Field: "name", Code: "missing"}, office.Field{Field: "address", Code: "missing"},
		office.Field{Field: "phone", Code: "malformed"}, office.Field{Field: "born", Code: "malformed"}, office.Field{Field: "number", Code: "not_an_id"})
	n := anOrganisation()
	n.Representative = nil
	_, err = h.SubmitIdentity(background, h.an, n)
	wantsFields(t, err, office.Field{Field: "representative.name", Code: "missing"})
	n.Representative = &office.Representative{Number: "1"}
	_, err = h.SubmitIdentity(background, h.an, n)
	wantsFields(t, err, office.Field{Field: "representative.name", Code: "missing"}, office.Field{Field: "representative.number", Code: "not_an_id"})
	_, err = h.SubmitIdentity(background, h.an, office.NewIdentity{Kind: "robot"})
	wantsFields(t, err, office.Field{Field: "kind", Code: "unknown"})
}

// The same person is found behind two accounts: as the bidder, and as who acts
// for another one.
func TestRepresentativesAreComparable(t *testing.T) {
	h := open(t)
	person := aPerson()
	person.Number, person.Born = "046085000001", "1985-01-01"
	_, err := h.SubmitIdentity(background, h.an, person)
	check(t, err)
	_, err = h.SubmitIdentity(background, h.binh, anOrganisation())
	check(t, err)
	one, err := h.IdentityOf(background, h.an.ID)
	check(t, err)
	other, err := h.IdentityOf(background, h.binh.ID)
	check(t, err)
	if !bytes.Equal(one.Mac, other.RepresentativeMac) || bytes.Equal(one.Mac, other.Mac) || other.RepresentativeName != "Lê Văn Cường" {
		t.Errorf("%+v, %+v", one, other)
	}
}

// A national id stands in no log, no act, no letter, and no column.
func TestANationalIDStaysSealed(t *testing.T) {
	s := storetest.Open(t)
	h := openOn(t, s)
	var log bytes.Buffer
	h.Office = office.New(h.store, office.Options{Now: h.desk.Now, Vault: h.vault, Log: slog.New(slog.NewTextHandler(&log, nil)), HashLimit: 2})
	h.giveEmail(t, h.an, "an@example.vn")
	_, err := h.SubmitIdentity(background, h.an, aPerson())
	check(t, err)
	_, err = h.DecideIdentity(background, h.registrar, h.an.ID, 1, false, "Ảnh mờ")
	check(t, err)
	_, err = h.RevealIdentity(background, h.registrar, h.an.ID, "Đối chiếu")
	check(t, err)
	acts, err := h.store.ActsFrom(background, 1, 100)
	check(t, err)
	kept, err := h.store.Identity(background, h.an.ID)
	check(t, err)
	for name, v := range map[string]any{"acts": acts, "row": kept} {
		text, err := json.Marshal(v)
		check(t, err)
		if strings.Contains(string(text), nationalID) || strings.Contains(string(text), "Lê Lợi") {
			t.Errorf("%s tell: %s", name, text)
		}
	}
	if bytes.Contains(kept.Sealed, []byte(nationalID)) || strings.Contains(log.String(), nationalID) {
		t.Error("the number is readable")
	}
}

// Asking for many numbers is slowed down: each answer says whether there is
// such an account.
func TestTryingNumbersIsSlowedDown(t *testing.T) {
	h := open(t)
	for range 10 {
		n := aPerson()
		n.Version = 7 // never the right one, so nothing is kept
		_, err := h.SubmitIdentity(background, h.an, n)
		wants(t, err, office.ErrEditedMeanwhile)
	}
	_, err := h.SubmitIdentity(background, h.an, aPerson())
	var wait office.ErrThrottled
	if !errors.As(err, &wait) {
		t.Fatalf("got %v", err)
	}
	h.pass(wait.RetryAfter)
	_, err = h.SubmitIdentity(background, h.an, aPerson())
	check(t, err)
}

func TestANewcomerOpensAnAccount(t *testing.T) {
	h := open(t)
	n := office.NewBidder{Login: "Moi.Den", Name: "Phạm Mới", Password: password, Email: "Moi@Example.vn", Consent: true}
	a, err := h.Join(background, n, "10.0.0.9")
	check(t, err)
	if a.Role != engine.RoleBidder || a.Login != "moi.den" || a.Email != "moi@example.vn" || a.ConsentAt != engine.InstantOf(h.Now()) || a.CentreID != "" {
		t.Fatalf("%+v", a)
	}
	_, err = h.Join(background, n, "10.0.0.9")
	wants(t, err, office.ErrLoginTaken)
	_, err = h.Join(background, office.NewBidder{Login: "x", Password: "ngắn"}, "10.0.0.9")
	wantsFields(t, err, office.Field{Field: "login", Code: "malformed"}, office.Field{Field: "name", Code: "missing"},
		office.Field{Field: "password", Code: "too_short"}, office.Field{Field: "email", Code: "missing"}, office.Field{Field: "consent", Code: "missing"})
	_, _, err = h.SignIn(background, "moi.den", password, from("10.0.0.9"))
	check(t, err)
}

func TestOnePlaceOpensOnlySoManyAccounts(t *testing.T) {
	h := open(t)
	var wait office.ErrThrottled
	for range 30 {
		n := office.NewBidder{Login: "an.an", Name: "Ai", Password: password, Email: "a@b.vn", Consent: true}
		if _, err := h.Join(background, n, "10.0.0.9"); errors.As(err, &wait) {
			break
		}
	}
	if wait.RetryAfter <= 0 || wait.RetryAfter > time.Minute {
		t.Fatalf("told to wait %s", wait.RetryAfter)
	}
}

func (h *house) giveEmail(t *testing.T, a office.Account, address string) {
	t.Helper()
	a.Email = address
	check(t, h.store.UpdateAccount(background, a, a.Login, office.Trail{}))
}

// staffOf makes a member of the staff of another centre.
func (h *house) staffOf(t *testing.T, centreID, login string, role engine.Role) office.Account {
	t.Helper()
	a := office.Account{ID: uuid.NewString(), Login: login, Name: login, Role: role, CentreID: centreID, CreatedAt: engine.InstantOf(h.Now())}
	check(t, h.store.InsertAccount(background, a, hashed(), login, office.Trail{}))
	return a
}
