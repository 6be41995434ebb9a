package officetest

import (
	"encoding/base32"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"gobua/engine"
)

// A device that is ended from another one is out at once, with the access token
// it still holds.
func TestAnEndedDeviceIsOutAtOnce(t *testing.T) {
	h := open(t)
	admin := h.signIn("admin")
	here := h.account(admin, "duc", "Nguyễn Đình Đức", engine.RoleBidder)
	there, third := h.signIn("duc"), h.signIn("duc")
	var list struct {
		SignIns []struct {
			ID      string
			Current bool
		}
	}
	there.ask("GET", "/me/sign-ins", nil).into(200, &list)
	if len(list.SignIns) != 3 {
		t.Fatalf("%+v", list)
	}
	for _, s := range list.SignIns {
		if s.Current {
			here.ask("POST", "/me/sign-ins/"+s.ID+"/end", nil).into(204, nil)
			admin.ask("POST", "/me/sign-ins/"+s.ID+"/end", nil).refused(404, "not_found")
		}
	}
	there.ask("GET", "/me", nil).refused(401, "unauthorized")
	there.ask("POST", "/auth/refresh", nil).refused(401, "signed_out")
	third.ask("GET", "/me", nil).into(200, nil)
	here.ask("POST", "/me/sign-ins/end-others", nil).into(204, nil)
	third.ask("GET", "/me", nil).refused(401, "unauthorized")
	here.enter(here.ask("POST", "/auth/refresh", nil))
	here.ask("GET", "/me", nil).into(200, nil)
}

func TestAnotherPasswordEndsTheTokensOfOtherDevices(t *testing.T) {
	h := open(t)
	here, there := h.signIn("admin"), h.signIn("admin")
	if got := here.ask("POST", "/me/password", map[string]string{"old": "sai-mat-khau", "password": "mot-mat-khau-khac"}).refused(422, "invalid"); got != "old wrong_password" {
		t.Errorf("a wrong password: %s", got)
	}
	here.ask("POST", "/me/password", map[string]string{"old": password, "password": "mot-mat-khau-khac"}).into(204, nil)
	there.ask("GET", "/me", nil).refused(401, "unauthorized")
	here.ask("GET", "/me", nil).into(200, nil)
}

// The password is answered with a challenge, the challenge and a code with a
// sign-in.
func TestASignInInTwoRequests(t *testing.T) {
	h := open(t)
	p := h.signIn("admin")
	var set struct{ Typed string }
	p.ask("POST", "/me/second-factor", map[string]string{"password": password}).into(200, &set)
	var codes struct{ RecoveryCodes []string }
	p.ask("POST", "/me/second-factor/confirm", map[string]string{"code": appCode(t, set.Typed, h.now())}).into(200, &codes)
	var step struct{ SecondFactor, Challenge string }
	again := h.visitor()
	again.ask("POST", "/auth/login", map[string]string{"login": "admin", "password": password}).into(202, &step)
	if step.SecondFactor != "second_factor_needed" || again.refreshCookie() != "" {
		t.Fatalf("%+v", step)
	}
	again.ask("POST", "/auth/second-factor", map[string]string{"challenge": step.Challenge, "code": "000000"}).refused(422, "bad_code")
	again.enter(again.ask("POST", "/auth/second-factor", map[string]string{"challenge": step.Challenge, "code": codes.RecoveryCodes[0]}))
	again.ask("GET", "/me", nil).into(200, nil)
}

// Whoever asks for a letter is answered the same.
func TestAskingForALetterIsAnsweredTheSame(t *testing.T) {
	h := open(t)
	for _, login := range []string{"admin", "nobody", "nobody@example.vn", "", strings.Repeat("x", 300)} {
		got := h.visitor().ask("POST", "/auth/forgot", map[string]string{"login": login})
		got.into(204, nil)
		if len(got.body) != 0 {
			t.Errorf("%q: %s", login, got.body)
		}
	}
	h.visitor().ask("POST", "/auth/reset", map[string]string{"token": "x", "password": "mot-mat-khau-khac"}).refused(404, "not_found")
}

// appCode is what an authenticator app shows.
func appCode(t *testing.T, typed string, at time.Time) string {
	t.Helper()
	secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ReplaceAll(typed, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	code, err := totp.GenerateCodeCustom(base32.StdEncoding.EncodeToString(secret), at, totp.ValidateOpts{Period: 30, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
	if err != nil {
		t.Fatal(err)
	}
	return code
}
