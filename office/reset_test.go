package office_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"gobua/engine"
	"gobua/office"
)

// resetsKept is a store that remembers the letters with links: the database has
// only the hashes of what they say.
type resetsKept struct {
	office.Store
	mu      sync.Mutex
	letters []office.Mail
}

func (s *resetsKept) InsertReset(ctx context.Context, r office.PasswordReset, most int, since engine.Instant, t office.Trail) error {
	s.mu.Lock()
	s.letters = append(s.letters, t.Mails...)
	s.mu.Unlock()
	return s.Store.InsertReset(ctx, r, most, since, t)
}

// token is that of the last letter.
func (s *resetsKept) token(t *testing.T) string {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.letters) == 0 {
		t.Fatal("no letter")
	}
	_, after, found := cutLink(s.letters[len(s.letters)-1].Body)
	if !found {
		t.Fatalf("no link in %s", s.letters[len(s.letters)-1].Body)
	}
	return after
}

func (h *house) withLetters(t *testing.T) *resetsKept {
	t.Helper()
	kept := &resetsKept{Store: h.store}
	h.Office = office.New(kept, office.Options{Now: h.desk.Now, Vault: h.vault, HashLimit: 2, Site: "https://daugia.example.vn"})
	h.giveEmail(t, h.an, "an@example.vn")
	return kept
}

func TestAPasswordIsSetWithALink(t *testing.T) {
	h := open(t)
	letters := h.withLetters(t)
	_, signedIn, err := h.SignIn(background, "an.an", password, from("10.0.0.1"))
	check(t, err)
	check(t, h.ForgotPassword(background, " AN@example.vn ", "10.0.0.1"))
	token := letters.token(t)
	_, _, err = h.ResetPassword(background, token, "ngắn", "10.0.0.1")
	wantsFields(t, err, office.Field{Field: "password", Code: "too_short"})
	a, ended, err := h.ResetPassword(background, token, "một mật khẩu khác", "10.0.0.1")
	if err != nil || a.ID != h.an.ID || len(ended) != 1 || ended[0] != signedIn.SignIn {
		t.Fatalf("%+v, %v, %v", a, ended, err)
	}
	_, _, err = h.Refresh(background, signedIn.Token)
	wants(t, err, office.ErrSignedOut)
	_, _, err = h.SignIn(background, "an.an", password, from("10.0.0.1"))
	wants(t, err, office.ErrBadCredentials)
	_, _, err = h.SignIn(background, "an.an", "một mật khẩu khác", from("10.0.0.1"))
	check(t, err)
	_, _, err = h.ResetPassword(background, token, "lại một cái khác", "10.0.0.1")
	wants(t, err, office.ErrNotFound) // it serves once
}

func TestALinkEndsToTheMillisecond(t *testing.T) {
	h := open(t)
	letters := h.withLetters(t)
	for _, c := range []struct {
		after time.Duration
		want  error
	}{{30*time.Minute - time.Millisecond, nil}, {30 * time.Minute, office.ErrNotFound}} {
		check(t, h.ForgotPassword(background, "an.an", "10.0.0.1"))
		token := letters.token(t)
		h.pass(c.after)
		_, _, err := h.ResetPassword(background, token, "một mật khẩu khác", "10.0.0.1")
		if !errors.Is(err, c.want) {
			t.Errorf("after %s: %v, want %v", c.after, err, c.want)
		}
	}
}

func TestOfManyWithOneLinkOneSetsThePassword(t *testing.T) {
	h := open(t)
	letters := h.withLetters(t)
	check(t, h.ForgotPassword(background, "an.an", "10.0.0.1"))
	token := letters.token(t)
	errs := make(chan error, 4)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			_, _, err := h.ResetPassword(background, token, "một mật khẩu khác", "10.0.0.1")
			errs <- err
		})
	}
	wg.Wait()
	done := 0
	for range 4 {
		if <-errs == nil {
			done++
		}
	}
	if done != 1 {
		t.Errorf("%d set it", done)
	}
}

// TestNobodyOfTheStaffReadsTheLinkOfAReset: who reads it is let in as somebody
// else. That there is such a letter may be seen.
func TestNobodyOfTheStaffReadsTheLinkOfAReset(t *testing.T) {
	h := open(t)
	letters := h.withLetters(t)
	h.giveEmail(t, h.auctioneer, "dgv@example.vn")
	for _, login := range []string{h.auctioneer.Login, "an.an"} {
		check(t, h.ForgotPassword(background, login, "10.0.0.1"))
	}
	token := letters.token(t)
	kept, err := h.store.Letters(background, office.LetterQuery{Limit: 50})
	check(t, err)
	secret := 0
	for _, l := range kept {
		if l.Kind != "password_reset" {
			continue
		}
		secret++
		for _, by := range []office.Account{h.admin, h.auctioneer, h.registrar} {
			read, err := h.Letter(background, by, l.ID)
			if err == nil && read.Body != "" || err != nil && !errors.Is(err, office.ErrNotFound) {
				t.Errorf("%s reads %q, %v", by.Role, read.Body, err)
			}
			again, err := h.RetryLetter(background, by, l.ID)
			if err == nil && again.Body != "" {
				t.Errorf("%s reads %q when it is tried again", by.Role, again.Body)
			}
		}
	}
	if secret != 2 || token == "" {
		t.Errorf("%d letters with links are kept", secret)
	}
	acts, err := h.Acts(background, h.admin, office.ActQuery{Limit: 50})
	check(t, err)
	for _, act := range acts {
		if strings.Contains(string(act.After)+string(act.Before)+act.Reason, token) {
			t.Errorf("the link is in the log: %+v", act)
		}
	}
}

// TestLinksThatAreNoneCostLittle: each costs a hash, and who is signing in waits
// for those. A link that works is not counted, also where many were none.
func TestLinksThatAreNoneCostLittle(t *testing.T) {
	h := open(t)
	letters := h.withLetters(t)
	check(t, h.ForgotPassword(background, "an.an", "10.0.0.1"))
	token, hashed := letters.token(t), 0
	var wait office.ErrThrottled
	for range 40 {
		_, _, err := h.ResetPassword(background, strings.Repeat("A", 43), "một mật khẩu khác", "10.0.0.1")
		if errors.Is(err, office.ErrNotFound) {
			hashed++
		} else if !errors.As(err, &wait) {
			t.Fatal(err)
		}
	}
	if hashed != 10 {
		t.Errorf("%d of 40 links that were none were hashed for", hashed)
	}
	_, _, err := h.ResetPassword(background, token, "một mật khẩu khác", "10.0.0.2")
	check(t, err) // elsewhere it works
	h.pass(wait.RetryAfter)
	_, _, err = h.ResetPassword(background, strings.Repeat("A", 43), "một mật khẩu khác", "10.0.0.1")
	wants(t, err, office.ErrNotFound)
}

// Who asks learns nothing: neither whether there is an account, nor whether it
// has an address, nor that it had its letters for this hour.
func TestAskingForALinkTellsNothing(t *testing.T) {
	h := open(t)
	letters := h.withLetters(t)
	for _, login := range []string{"an.an", "an@example.vn", "binh", "nobody", "", "\x00", "ai@dau.vn"} {
		check(t, h.ForgotPassword(background, login, "10.0.0.1"))
	}
	for range 3 {
		check(t, h.ForgotPassword(background, "an.an", "10.0.0.1"))
	}
	mails := 0
	for _, m := range letters.letters {
		if m.AccountID != h.an.ID {
			t.Errorf("a letter to %s", m.AccountID)
		}
		mails++
	}
	acts, err := h.store.Acts(background, office.ActQuery{Name: "password.forgot", Limit: 20})
	if err != nil || len(acts) != 3 || mails != 5 {
		t.Errorf("%d letters were kept of %d, %v", len(acts), mails, err)
	}
	var wait office.ErrThrottled
	if err := h.ForgotPassword(background, "an.an", "10.0.0.1"); !errors.As(err, &wait) {
		t.Errorf("one place asks without end: %v", err)
	}
	check(t, h.ForgotPassword(background, "an.an", "10.0.0.2"))
}

func TestAnotherPasswordEndsTheOtherDevices(t *testing.T) {
	h := open(t)
	letters := h.withLetters(t)
	_, here, err := h.SignIn(background, "an.an", password, from("10.0.0.1"))
	check(t, err)
	_, there, err := h.SignIn(background, "an.an", password, from("10.0.0.2"))
	check(t, err)
	check(t, h.ForgotPassword(background, "an.an", "10.0.0.9"))
	_, err = h.ChangePassword(background, h.an, "sai mật khẩu", "một mật khẩu khác", here.SignIn)
	wants(t, err, office.ErrBadCredentials)
	_, err = h.ChangePassword(background, h.an, password, password, here.SignIn)
	wantsFields(t, err, office.Field{Field: "password", Code: "same_as_old"})
	ended, err := h.ChangePassword(background, h.an, password, "một mật khẩu khác", here.SignIn)
	if err != nil || len(ended) != 1 || ended[0] != there.SignIn {
		t.Fatalf("%v, %v", ended, err)
	}
	_, _, err = h.Refresh(background, here.Token)
	check(t, err)
	_, _, err = h.Refresh(background, there.Token)
	wants(t, err, office.ErrSignedOut)
	_, _, err = h.ResetPassword(background, letters.token(t), "của kẻ khác đây", "10.0.0.9")
	wants(t, err, office.ErrNotFound) // a link that somebody else asked for
}

func TestDevicesAreListedAndEnded(t *testing.T) {
	h := open(t)
	_, first, err := h.SignIn(background, "an.an", password, office.Device{Address: "10.0.0.1", Agent: "Chrome · Android"})
	check(t, err)
	h.pass(time.Minute)
	_, second, err := h.SignIn(background, "an.an", password, office.Device{Address: "10.0.0.2", Agent: "Firefox · Windows"})
	check(t, err)
	_, other, err := h.SignIn(background, "binh", password, from("10.0.0.3"))
	check(t, err)
	h.pass(time.Minute)
	_, first, err = h.Refresh(background, first.Token)
	check(t, err)
	list, err := h.SignIns(background, h.an, first.SignIn)
	check(t, err)
	if len(list) != 2 || !list[0].Current || list[0].Agent != "Chrome · Android" || list[0].SeenAt != engine.InstantOf(h.Now()) ||
		list[1].Current || list[1].Address != "10.0.0.2" {
		t.Fatalf("%+v", list)
	}
	_, err = h.EndSignIns(background, h.an, other.SignIn, first.SignIn)
	wants(t, err, office.ErrNotFound) // another's
	ended, err := h.EndSignIns(background, h.an, "", first.SignIn)
	if err != nil || len(ended) != 1 || ended[0] != second.SignIn {
		t.Fatalf("%v, %v", ended, err)
	}
	_, _, err = h.Refresh(background, second.Token)
	wants(t, err, office.ErrSignedOut)
	_, err = h.EndSignIns(background, h.an, first.SignIn, first.SignIn)
	check(t, err)
	_, _, err = h.Refresh(background, first.Token)
	wants(t, err, office.ErrSignedOut)
}

// TestAnAdminEndsTheSignInsOfALostDevice: of staff of the centre and of bidders,
// with a reason, which the log keeps; and signing in goes on working.
func TestAnAdminEndsTheSignInsOfALostDevice(t *testing.T) {
	h := open(t)
	_, lost, err := h.SignIn(background, "an.an", password, from("10.0.0.1"))
	check(t, err)
	_, other, err := h.SignIn(background, "binh", password, from("10.0.0.3"))
	check(t, err)
	_, err = h.EndSignInsOf(background, h.admin, h.an.ID, " ")
	wantsFields(t, err, office.Field{Field: "reason", Code: "missing"})
	for _, by := range []office.Account{h.auctioneer, h.registrar, h.observer, h.binh, h.an} {
		_, err = h.EndSignInsOf(background, by, h.an.ID, "Mất máy")
		wants(t, err, office.ErrForbidden)
	}
	_, err = h.EndSignInsOf(background, h.admin, h.admin.ID, "Mất máy")
	wants(t, err, office.ErrForbidden)
	_, err = h.EndSignInsOf(background, h.admin, "ai đó", "Mất máy")
	wants(t, err, office.ErrNotFound)
	second := office.Centre{ID: "0198c0de-0000-7000-8000-00000000000a", Version: 1, Name: "Trung tâm hai", CreatedAt: 1}
	check(t, h.store.InsertCentre(background, second, office.Trail{}))
	colleague, err := h.CreateAccount(background, h.admin, office.NewAccount{
		Login: "quan.tri.2", Name: "Quản trị hai", Password: password, Role: engine.RoleAdmin, CentreID: second.ID,
	})
	check(t, err)
	_, err = h.EndSignInsOf(background, colleague, h.auctioneer.ID, "Mất máy")
	wants(t, err, office.ErrNotFound)

	ended, err := h.EndSignInsOf(background, h.admin, h.an.ID, "Mất máy, đã gọi")
	if err != nil || len(ended) != 1 || ended[0] != lost.SignIn {
		t.Fatalf("%v, %v", ended, err)
	}
	_, _, err = h.Refresh(background, lost.Token)
	wants(t, err, office.ErrSignedOut)
	_, _, err = h.Refresh(background, other.Token)
	check(t, err)
	_, _, err = h.SignIn(background, "an.an", password, from("10.0.0.1"))
	check(t, err)
	acts, err := h.Acts(background, h.admin, office.ActQuery{SubjectID: h.an.ID, Name: "sign_in."})
	if err != nil || len(acts) != 1 || acts[0].AccountID != h.admin.ID || acts[0].Reason != "Mất máy, đã gọi" {
		t.Fatalf("%+v, %v", acts, err)
	}
}
