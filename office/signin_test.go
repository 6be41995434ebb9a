package office_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"testing"
	"time"

	"gobua/engine"
	"gobua/office"
	"gobua/office/workday"
	"gobua/store/storetest"
)

func TestSigningIn(t *testing.T) {
	h := open(t)
	for _, login := range []string{"an.an", " AN.an "} {
		a, r, err := h.SignIn(background, login, password, from("10.0.0.1:5555"))
		if a != h.an || err != nil || len(r.Token) < 40 || r.ExpiresAt.Sub(h.Now()) != 30*24*time.Hour {
			t.Fatalf("%+v, %+v, %v", a, r, err)
		}
	}
	decomposed := strings.NewReplacer("ậ", "a\u0323\u0302", "ẩ", "a\u0302\u0309").Replace(password)
	if _, _, err := h.SignIn(background, "an.an", decomposed, from("10.0.0.1")); err != nil {
		t.Fatalf("the same password from another keyboard: %v", err)
	}
	for i, c := range [][2]string{
		{"an.an", "sai mật khẩu"}, {"an.an", ""}, {"an.an", strings.Repeat(password, 100)}, {"khong.co", password}, {"có dấu", password},
		{"", ""}, {"an.an\x00", password}, {"an.an' or 1=1 --", password},
	} {
		_, _, err := h.SignIn(background, c[0], c[1], from(fmt.Sprintf("10.0.1.%d", i)))
		wants(t, err, office.ErrBadCredentials)
	}
	_, err := h.Revoke(background, h.admin, h.an.ID)
	check(t, err)
	_, _, err = h.SignIn(background, "an.an", password, from("10.0.0.1"))
	wants(t, err, office.ErrBadCredentials)
}

// Time is not measured here, because other processes have a share in it; the
// memory that a hash fills is, and it takes the time.
func TestNobodyLearnsFromTheCostWhoHasAnAccount(t *testing.T) {
	h := open(t)
	cost := func(login string) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _, err := h.SignIn(background, login, "sai mật khẩu", from("10.0.0.1"))
		wants(t, err, office.ErrBadCredentials)
		runtime.ReadMemStats(&after)
		return (after.TotalAlloc - before.TotalAlloc) >> 20
	}
	for _, login := range []string{"an.an", "nobody.here", "không thể có"} {
		if mib := cost(login); mib < 19 || mib > 25 {
			t.Errorf("%s costs %d MiB, want the 19 of a hash", login, mib)
		}
	}
}

func TestARefreshTokenIsUsedOnce(t *testing.T) {
	h := open(t)
	_, first, err := h.SignIn(background, "an.an", password, from("10.0.0.1"))
	check(t, err)
	_, elsewhere, err := h.SignIn(background, "an.an", password, from("10.0.0.2"))
	check(t, err)
	a, second, err := h.Refresh(background, first.Token)
	if a != h.an || err != nil || second.Token == first.Token {
		t.Fatalf("%+v, %v", a, err)
	}
	_, third, err := h.Refresh(background, second.Token)
	check(t, err)

	h.pass(11 * time.Second)
	_, _, err = h.Refresh(background, first.Token) // a copy of it turns up
	wants(t, err, office.ErrSignedOut)
	_, _, err = h.Refresh(background, third.Token) // the whole family has ended
	wants(t, err, office.ErrSignedOut)
	_, _, err = h.Refresh(background, elsewhere.Token) // the other device has not
	check(t, err)
}

func TestTwoTabsMayRefreshAtOnce(t *testing.T) {
	h := open(t)
	_, first, err := h.SignIn(background, "an.an", password, from("10.0.0.1"))
	check(t, err)
	type answer struct {
		refresh office.Refresh
		err     error
	}
	answers := make(chan answer)
	for range 4 {
		go func() {
			_, r, err := h.Refresh(background, first.Token)
			answers <- answer{r, err}
		}()
	}
	tokens := map[string]bool{}
	for range 4 {
		got := <-answers
		check(t, got.err)
		tokens[got.refresh.Token] = true
	}
	if len(tokens) != 4 {
		t.Fatalf("%d different tokens", len(tokens))
	}
	h.pass(time.Hour)
	for token := range tokens { // whichever the browser has kept is good
		_, _, err := h.Refresh(background, token)
		check(t, err)
	}
}

func TestTheGraceIsNoMultiplier(t *testing.T) {
	h := open(t)
	_, first, err := h.SignIn(background, "an.an", password, from("10.0.0.1"))
	check(t, err)
	for range 8 {
		_, _, err = h.Refresh(background, first.Token)
		check(t, err)
	}
	_, _, err = h.Refresh(background, first.Token)
	wants(t, err, office.ErrSignedOut)
}

func TestALostAnswerDoesNotSignOut(t *testing.T) {
	line := storetest.NewLine(t, storetest.Database(t))
	s := storetest.OpenAt(t, line.DSN)
	storetest.WaitReady(t, s)
	h := openOn(t, s)
	_, first, err := h.SignIn(background, "an.an", password, from("10.0.0.1"))
	check(t, err)
	line.LoseAnswerTo("COMMIT")
	_, _, err = h.Refresh(background, first.Token)
	wants(t, err, office.ErrUnavailable)
	line.Mend()
	_, _, err = h.Refresh(background, first.Token)
	check(t, err)
}

func TestSigningOut(t *testing.T) {
	h := open(t)
	_, first, err := h.SignIn(background, "an.an", password, from("10.0.0.1"))
	check(t, err)
	_, second, err := h.Refresh(background, first.Token)
	check(t, err)
	for range 2 {
		_, err := h.SignOut(background, second.Token)
		check(t, err)
	}
	for _, token := range []string{first.Token, second.Token, "", "x", strings.Repeat("A", 43), strings.Repeat("=", 1000)} {
		_, _, err = h.Refresh(background, token)
		wants(t, err, office.ErrSignedOut)
		_, err := h.SignOut(background, token)
		check(t, err)
	}
}

func TestATokenExpires(t *testing.T) {
	h := open(t)
	_, r, err := h.SignIn(background, "an.an", password, from("10.0.0.1"))
	check(t, err)
	h.pass(30*24*time.Hour - time.Second)
	_, r, err = h.Refresh(background, r.Token)
	check(t, err)
	check(t, h.Tidy(background))
	h.pass(30*24*time.Hour + time.Second)
	_, _, err = h.Refresh(background, r.Token)
	wants(t, err, office.ErrSignedOut)
}

// TestWhoKeepsComingBackIsAskedAgain, at night, and not before: the password and
// the second factor of staff every week, of a bidder every three months.
func TestWhoKeepsComingBackIsAskedAgain(t *testing.T) {
	for login, days := range map[string]int{"an.an": 90, "dau.gia.vien": 7, "quan.tri": 7} {
		t.Run(login, func(t *testing.T) {
			h := open(t)
			_, r, err := h.SignIn(background, login, password, from("10.0.0.1"))
			check(t, err)
			end := workday.DayOf(engine.InstantOf(h.now)).AddDays(days).Start().Add(3 * 3_600_000).Time()
			for h.now.Add(5 * 24 * time.Hour).Before(end) {
				h.pass(5 * 24 * time.Hour)
				_, r, err = h.Refresh(background, r.Token)
				check(t, err)
			}
			if !r.ExpiresAt.Equal(end) {
				t.Errorf("the browser keeps the last token until %s, want %s", r.ExpiresAt, end)
			}
			h.pass(end.Sub(h.now) - time.Second)
			_, r, err = h.Refresh(background, r.Token)
			check(t, err)
			h.pass(time.Second)
			_, _, err = h.Refresh(background, r.Token)
			wants(t, err, office.ErrSignedOut)
		})
	}
}

func TestRevokingEndsSignIns(t *testing.T) {
	h := open(t)
	_, r, err := h.SignIn(background, "an.an", password, from("10.0.0.1"))
	check(t, err)
	_, err = h.Revoke(background, h.admin, h.an.ID)
	check(t, err)
	_, _, err = h.Refresh(background, r.Token)
	wants(t, err, office.ErrSignedOut)
}

func TestOnlySomeDevicesStaySignedIn(t *testing.T) {
	h := open(t)
	var tokens []office.Refresh
	for range 21 {
		_, r, err := h.SignIn(background, "an.an", password, from("10.0.0.1"))
		check(t, err)
		tokens = append(tokens, r)
		h.pass(time.Second)
	}
	_, _, err := h.Refresh(background, tokens[0].Token)
	wants(t, err, office.ErrSignedOut)
	_, _, err = h.Refresh(background, tokens[1].Token)
	check(t, err)
}

func TestGuessingIsSlowedDown(t *testing.T) {
	h := open(t)
	guess := func(login, address string) error {
		_, _, err := h.SignIn(background, login, "đoán mò thôi", from(address))
		return err
	}
	for range 5 {
		wants(t, guess("an.an", "10.0.0.1"), office.ErrBadCredentials)
	}
	throttled, ok := errors.AsType[office.ErrThrottled](guess("an.an", "10.0.0.1:99"))
	if !ok || throttled.RetryAfter <= 0 || throttled.RetryAfter > 30*time.Second {
		t.Fatalf("the sixth guess: %v", throttled)
	}
	// The right password does not help either, there; elsewhere it does.
	_, _, err := h.SignIn(background, "an.an", password, from("10.0.0.1"))
	if _, ok := errors.AsType[office.ErrThrottled](err); !ok {
		t.Fatalf("got %v", err)
	}
	_, _, err = h.SignIn(background, "an.an", password, from("10.0.0.2"))
	check(t, err)
	h.pass(throttled.RetryAfter)
	_, _, err = h.SignIn(background, "an.an", password, from("10.0.0.1"))
	check(t, err)
}

func TestSuccessCostsNothing(t *testing.T) {
	h := open(t)
	for range 8 {
		_, _, err := h.SignIn(background, "binh", password, from("10.0.0.1"))
		check(t, err)
	}
}

func TestARivalCannotLockABidderOut(t *testing.T) {
	h := open(t)
	_, _, err := h.SignIn(background, "an.an", password, from("2001:db8:1:2::7")) // at home, some day before
	check(t, err)
	throttled := false
	for i := range 60 { // a rival with many addresses
		_, _, err := h.SignIn(background, "an.an", "đoán mò thôi", from(fmt.Sprintf("10.9.%d.1", i)))
		if _, ok := errors.AsType[office.ErrThrottled](err); ok {
			throttled = true
		}
	}
	if !throttled {
		t.Fatal("60 guesses from 60 places went through")
	}
	_, _, err = h.SignIn(background, "an.an", password, from("[2001:db8:1:2::8]:443")) // at home again
	check(t, err)
	_, _, err = h.SignIn(background, "binh", password, from("10.9.0.1")) // nobody else is concerned
	check(t, err)
}

func TestHashingIsBounded(t *testing.T) {
	h := open(t)
	h.Office = office.New(h.store, office.Options{Vault: h.vault, Now: h.Now, HashLimit: 1, Log: storetest.Quiet})
	const n = 80 // more than one that hashes and fifty that wait
	answers := make(chan error, n)
	for i := range n {
		go func() {
			login := []string{"binh", "an.an"}[i%2] // one alone would be taken for guessed at
			_, _, err := h.SignIn(background, login, password, from(fmt.Sprintf("10.0.%d.1", i)))
			answers <- err
		}()
	}
	in, turned := 0, 0
	for range n {
		err := <-answers
		if _, ok := errors.AsType[office.ErrRush](err); ok {
			turned++
			continue
		}
		check(t, err)
		in++
	}
	if in == 0 || turned == 0 {
		t.Fatalf("%d let in, %d turned away", in, turned)
	}
	_, _, err := h.SignIn(background, "binh", password, from("10.0.0.1"))
	check(t, err)
}

// TestAGivenPasswordLetsInOnlyToSetAnother, which nobody else knows: whoever opens
// an account for somebody cannot go on acting as them.
func TestAGivenPasswordLetsInOnlyToSetAnother(t *testing.T) {
	const given, own = "được cho hôm nay", "một câu riêng tôi biết"
	h := open(t)
	n := office.NewAccount{Login: "moi.vao", Name: "Vũ Mới Vào", Password: given, Role: engine.RoleClerk}
	made, err := h.CreateAccount(background, h.admin, n)
	check(t, err)
	_, _, err = h.SignInFirst(background, "moi.vao", "không phải", own, from("10.0.0.1"))
	wants(t, err, office.ErrBadCredentials)
	for range 2 {
		_, _, err = h.SignIn(background, "moi.vao", given, from("10.0.0.1"))
		wants(t, err, office.ErrPasswordGiven)
	}
	for password, code := range map[string]string{given: "same_as_old", "1234": "too_short", "Vũ Mới Vào 2026": "only_names"} {
		_, _, err = h.SignInFirst(background, "moi.vao", given, password, from("10.0.0.1"))
		wantsFields(t, err, office.Field{Field: "newPassword", Code: code})
	}
	a, r, err := h.SignInFirst(background, "moi.vao", given, own, from("10.0.0.1"))
	if err != nil || a.ID != made.ID || a.PasswordGiven {
		t.Fatalf("%+v, %v", a, err)
	}
	_, _, err = h.Refresh(background, r.Token)
	check(t, err)
	_, _, err = h.SignInFirst(background, "moi.vao", given, "và một câu khác", from("10.0.0.2"))
	wants(t, err, office.ErrBadCredentials)
	_, _, err = h.SignInFirst(background, "moi.vao", own, "và một câu khác", from("10.0.0.1"))
	check(t, err) // the own one stays
	_, _, err = h.SignIn(background, "moi.vao", own, from("10.0.0.1"))
	check(t, err)
	acts, err := h.Acts(background, h.admin, office.ActQuery{SubjectID: made.ID, Name: "password."})
	if err != nil || len(acts) != 1 || acts[0].AccountID != made.ID {
		t.Errorf("%+v, %v", acts, err)
	}
}

// TestAGivenPasswordIsNoSecondFactor: setting one's own comes before the code, and
// does not take its place.
func TestAGivenPasswordIsNoSecondFactor(t *testing.T) {
	const given, own = "được cho hôm nay", "một câu riêng tôi biết"
	h := open(t)
	h.Office = office.New(h.store, office.Options{Now: h.Now, HashLimit: 2, Vault: h.vault, RequireSecondFactor: true})
	_, err := h.CreateAccount(background, h.admin, office.NewAccount{Login: "moi.vao", Name: "Vũ Mới", Password: given, Role: engine.RoleClerk})
	check(t, err)
	_, _, err = h.SignIn(background, "moi.vao", given, from("10.0.0.1"))
	wants(t, err, office.ErrPasswordGiven)
	_, _, err = h.SignInFirst(background, "moi.vao", given, own, from("10.0.0.1"))
	needed, ok := errors.AsType[office.SecondFactorNeeded](err)
	if !ok || !needed.SetUp {
		t.Fatal(err)
	}
	_, err = h.BeginSetUpBy(background, needed.Challenge, from("10.0.0.1"))
	check(t, err) // it holds the new password's mark
}

// TestAFailedSignInIsALine of the program's log, with the account if there is one,
// and never with what was typed: people type their password into the wrong field.
func TestAFailedSignInIsALine(t *testing.T) {
	h := open(t)
	var lines bytes.Buffer
	o := office.New(h.store, office.Options{Now: h.Now, HashLimit: 2, Log: slog.New(slog.NewTextHandler(&lines, nil))})
	for _, login := range []string{"an.an", "mat.khau.dai"} {
		_, _, err := o.SignIn(background, login, "không phải", from("192.0.2.9"))
		wants(t, err, office.ErrBadCredentials)
	}
	_, _, err := o.SignIn(background, "an.an", password, from("192.0.2.9"))
	check(t, err)
	for _, want := range []string{
		`msg="a password did not let in" account=` + h.an.ID + ` from=192.0.2.9`,
		`msg="a password did not let in" account="" from=192.0.2.9`,
		`msg="signed in" account=` + h.an.ID + ` from=192.0.2.9`,
	} {
		if n := strings.Count(lines.String(), want); n != 1 {
			t.Errorf("%q stands there %d times:\n%s", want, n, &lines)
		}
	}
	for _, typed := range []string{"mat.khau.dai", "không phải", password} {
		if strings.Contains(lines.String(), typed) {
			t.Errorf("%q is in the log", typed)
		}
	}
}

func TestEveryRoleSignsInAsWhatItIs(t *testing.T) {
	h := open(t)
	for login, role := range map[string]engine.Role{
		"quan.tri": engine.RoleAdmin, "dau.gia.vien": engine.RoleAuctioneer, "giam.sat": engine.RoleObserver, "binh": engine.RoleBidder,
	} {
		a, _, err := h.SignIn(background, login, password, from("10.0.0.1"))
		if err != nil || a.Role != role {
			t.Errorf("%s: %+v, %v", login, a, err)
		}
	}
}
