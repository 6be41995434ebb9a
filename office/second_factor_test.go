package office_test

import (
	"context"
	"encoding/base32"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"gobua/office"
)

// codeAt is what an app shows at a moment.
func codeAt(t *testing.T, typed string, at time.Time) string {
	t.Helper()
	secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ReplaceAll(typed, " ", ""))
	check(t, err)
	code, err := totp.GenerateCodeCustom(base32.StdEncoding.EncodeToString(secret), at, totp.ValidateOpts{Period: 30, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
	check(t, err)
	return code
}

// withFactor sets up a second factor and returns its secret and codes on paper.
func (h *house) withFactor(t *testing.T, a office.Account) (typed string, recovery []string) {
	t.Helper()
	set, err := h.BeginSecondFactor(background, a, password, "")
	check(t, err)
	recovery, err = h.ConfirmSecondFactor(background, a, codeAt(t, set.Typed, h.Now()))
	check(t, err)
	return set.Typed, recovery
}

// challenged signs in with a password and returns what is asked next.
func (h *house) challenged(t *testing.T, login string) office.SecondFactorNeeded {
	t.Helper()
	_, _, err := h.SignIn(background, login, password, from("10.0.0.1"))
	needed, ok := errors.AsType[office.SecondFactorNeeded](err)
	if !ok {
		t.Fatalf("got %v", err)
	}
	return needed
}

func TestASignInInTwoSteps(t *testing.T) {
	h := open(t)
	typed, _ := h.withFactor(t, h.auctioneer)
	needed := h.challenged(t, "dau.gia.vien")
	if needed.SetUp {
		t.Error("asked to set up what is set up")
	}
	_, err := h.BeginSetUpBy(background, needed.Challenge, from("10.0.0.1"))
	wants(t, err, office.ErrForbidden) // a stolen password must not replace the phone
	_, _, _, err = h.SignInSecond(background, needed.Challenge, "000000", from("10.0.0.1"))
	wants(t, err, office.ErrBadCode)
	h.pass(time.Minute)
	code := codeAt(t, typed, h.Now())
	a, r, recovery, err := h.SignInSecond(background, needed.Challenge, code, from("10.0.0.1"))
	if err != nil || a.ID != h.auctioneer.ID || recovery != nil {
		t.Fatalf("%+v, %v, %v", a, recovery, err)
	}
	_, _, err = h.Refresh(background, r.Token)
	check(t, err)
	_, _, _, err = h.SignInSecond(background, needed.Challenge, code, from("10.0.0.1"))
	wants(t, err, office.ErrBadCode) // who looked over the shoulder
}

// A code is that of now or of the half minute before or after, and none that is
// older than one that was used.
func TestCodesAtTheEdgeOfTheirTime(t *testing.T) {
	h := open(t)
	typed, _ := h.withFactor(t, h.auctioneer)
	h.pass(5 * time.Minute)
	at := h.Now() // at the beginning of a step
	for _, c := range []struct {
		of   time.Duration
		want error
	}{
		{-31 * time.Second, office.ErrBadCode}, {60 * time.Second, office.ErrBadCode},
		{-30 * time.Second, nil}, {-30 * time.Second, office.ErrBadCode}, {0, nil}, {30 * time.Second, nil}, {0, office.ErrBadCode},
	} {
		err := h.CheckSecondFactor(background, h.auctioneer.ID, codeAt(t, typed, at.Add(c.of)))
		if !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.of, err, c.want)
		}
	}
}

func TestOfManyWithOneCodeOneIsLetIn(t *testing.T) {
	h := open(t)
	typed, recovery := h.withFactor(t, h.auctioneer)
	h.pass(time.Minute)
	for _, code := range []string{codeAt(t, typed, h.Now()), recovery[4]} {
		errs := make(chan error, 4)
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() { errs <- h.CheckSecondFactor(background, h.auctioneer.ID, code) })
		}
		wg.Wait()
		in := 0
		for range 4 {
			if <-errs == nil {
				in++
			}
		}
		if in != 1 {
			t.Errorf("%d were let in with one code", in)
		}
		h.pass(5 * time.Minute)
	}
}

func TestARecoveryCodeLetsInOnce(t *testing.T) {
	h := open(t)
	_, recovery := h.withFactor(t, h.auctioneer)
	if len(recovery) != 10 {
		t.Fatalf("%d codes", len(recovery))
	}
	needed := h.challenged(t, "dau.gia.vien")
	_, _, _, err := h.SignInSecond(background, needed.Challenge, strings.ToLower(recovery[3]), from("10.0.0.1"))
	check(t, err)
	_, _, _, err = h.SignInSecond(background, needed.Challenge, recovery[3], from("10.0.0.1"))
	wants(t, err, office.ErrBadCode)
	state, err := h.SecondFactor(background, h.auctioneer)
	if err != nil || !state.Set || state.RecoveryLeft != 9 {
		t.Fatalf("%+v, %v", state, err)
	}
	acts, err := h.store.Acts(background, office.ActQuery{Name: "second_factor.recover", Limit: 5})
	if err != nil || len(acts) != 1 {
		t.Errorf("the log says %+v, %v", acts, err)
	}
}

func TestAChallengeEndsWithItsTimeAndWithThePassword(t *testing.T) {
	h := open(t)
	typed, _ := h.withFactor(t, h.auctioneer)
	needed := h.challenged(t, "dau.gia.vien")
	h.pass(10*time.Minute - time.Millisecond)
	_, _, _, err := h.SignInSecond(background, needed.Challenge, "000000", from("10.0.0.1"))
	wants(t, err, office.ErrBadCode)
	h.pass(time.Millisecond)
	_, _, _, err = h.SignInSecond(background, needed.Challenge, codeAt(t, typed, h.Now()), from("10.0.0.1"))
	wants(t, err, office.ErrSignedOut)
	needed = h.challenged(t, "dau.gia.vien")
	_, err = h.ChangePassword(background, h.auctioneer, password, "một mật khẩu khác", "")
	check(t, err)
	_, _, _, err = h.SignInSecond(background, needed.Challenge, codeAt(t, typed, h.Now()), from("10.0.0.1"))
	wants(t, err, office.ErrSignedOut)
	for _, bad := range []string{"", "x", needed.Challenge[:20], needed.Challenge + "AA"} {
		_, _, _, err = h.SignInSecond(background, bad, "000000", from("10.0.0.1"))
		wants(t, err, office.ErrSignedOut)
	}
}

// Where the centre wants a second factor, staff without one sets it up while
// signing in; bidders go on without.
func TestACentreWantsASecondFactor(t *testing.T) {
	h := open(t)
	centre, err := h.store.Centre(background, office.HostCentre)
	check(t, err)
	edit := office.CentreEdit{Version: centre.Version, Name: centre.Name, CentreFacts: centre.CentreFacts}
	edit.SecondFactor = office.SecondFactorOn
	_, err = h.EditCentre(background, h.admin, office.HostCentre, edit)
	check(t, err)
	_, _, err = h.SignIn(background, "an.an", password, from("10.0.0.1"))
	check(t, err)
	needed := h.challenged(t, "dau.gia.vien")
	if !needed.SetUp {
		t.Fatal("nothing to set up")
	}
	_, _, _, err = h.SignInSecond(background, needed.Challenge, "123456", from("10.0.0.1"))
	wants(t, err, office.ErrWrongState)
	set, err := h.BeginSetUpBy(background, needed.Challenge, from("10.0.0.1"))
	check(t, err)
	_, _, _, err = h.SignInSecond(background, needed.Challenge, "000000", from("10.0.0.1"))
	wants(t, err, office.ErrBadCode)
	_, _, recovery, err := h.SignInSecond(background, needed.Challenge, codeAt(t, set.Typed, h.Now()), from("10.0.0.1"))
	if err != nil || len(recovery) != 10 {
		t.Fatalf("%d codes, %v", len(recovery), err)
	}
	_, err = h.BeginSetUpBy(background, needed.Challenge, from("10.0.0.1"))
	wants(t, err, office.ErrWrongState) // the challenge must not set up another one
	h.pass(time.Minute)
	err = h.RemoveSecondFactor(background, h.auctioneer, password, codeAt(t, set.Typed, h.Now()))
	wants(t, err, office.ErrForbidden)
	state, err := h.SecondFactor(background, h.auctioneer)
	if err != nil || !state.Required || !state.Set {
		t.Errorf("%+v, %v", state, err)
	}
}

func TestTheInstallationWantsASecondFactorUnlessTheCentreDoesNot(t *testing.T) {
	h := open(t)
	h.Office = office.New(h.store, office.Options{Now: h.desk.Now, Vault: h.vault, RequireSecondFactor: true, HashLimit: 2})
	if !h.challenged(t, "dau.gia.vien").SetUp {
		t.Fatal("staff is let in without")
	}
	centre, err := h.store.Centre(background, office.HostCentre)
	check(t, err)
	centre.SecondFactor = office.SecondFactorOff
	check(t, h.store.UpdateCentre(background, centre, office.Trail{}))
	_, _, err = h.SignIn(background, "dau.gia.vien", password, from("10.0.0.1"))
	check(t, err)
}

func TestAnotherPhoneNeedsThePasswordAndTheOldOne(t *testing.T) {
	h := open(t)
	typed, _ := h.withFactor(t, h.auctioneer)
	h.pass(time.Minute)
	_, err := h.BeginSecondFactor(background, h.auctioneer, "sai mật khẩu", codeAt(t, typed, h.Now()))
	wants(t, err, office.ErrBadCredentials)
	_, err = h.BeginSecondFactor(background, h.auctioneer, password, "")
	wants(t, err, office.ErrBadCode)
	set, err := h.BeginSecondFactor(background, h.auctioneer, password, codeAt(t, typed, h.Now()))
	check(t, err)
	_, err = h.ConfirmSecondFactor(background, h.auctioneer, codeAt(t, typed, h.Now()))
	wants(t, err, office.ErrBadCode)
	_, err = h.ConfirmSecondFactor(background, h.auctioneer, codeAt(t, set.Typed, h.Now()))
	check(t, err)
	_, err = h.ConfirmSecondFactor(background, h.auctioneer, codeAt(t, set.Typed, h.Now()))
	wants(t, err, office.ErrWrongState)
}

func TestALostSecondFactorIsTakenOffByAnAdminOfTheCentre(t *testing.T) {
	h := open(t)
	h.withFactor(t, h.auctioneer)
	err := h.DropSecondFactor(background, h.admin, h.auctioneer.ID, "")
	wantsFields(t, err, office.Field{Field: "reason", Code: "missing"})
	err = h.DropSecondFactor(background, h.registrar, h.auctioneer.ID, "Mất máy")
	wants(t, err, office.ErrForbidden)
	err = h.DropSecondFactor(background, h.admin, h.admin.ID, "Mất máy")
	wants(t, err, office.ErrForbidden)
	check(t, h.DropSecondFactor(background, h.admin, h.auctioneer.ID, "Mất máy, đã gặp"))
	_, _, err = h.SignIn(background, "dau.gia.vien", password, from("10.0.0.1"))
	check(t, err)
	err = h.CheckSecondFactor(background, h.auctioneer.ID, "000000")
	wants(t, err, office.ErrNoSecondFactor)
}

func TestGuessingCodesIsSlowedDown(t *testing.T) {
	h := open(t)
	typed, _ := h.withFactor(t, h.auctioneer)
	needed := h.challenged(t, "dau.gia.vien")
	h.pass(time.Minute)
	var wait office.ErrThrottled
	for i := range 20 {
		_, _, _, err := h.SignInSecond(context.Background(), needed.Challenge, "000000", from("10.0.0.1"))
		if errors.As(err, &wait) {
			if i != 5 {
				t.Errorf("%d codes were tried", i)
			}
			break
		}
	}
	if wait.RetryAfter <= 0 {
		t.Fatal("codes may be tried without end")
	}
	_, _, _, err := h.SignInSecond(background, needed.Challenge, codeAt(t, typed, h.Now()), from("10.0.0.1"))
	if !errors.As(err, &wait) {
		t.Errorf("the right one slips through: %v", err)
	}
	h.pass(wait.RetryAfter)
	_, _, _, err = h.SignInSecond(background, needed.Challenge, codeAt(t, typed, h.Now()), from("10.0.0.1"))
	check(t, err)
}
