package secondfactor

import (
	"bytes"
	"context"
	"encoding/base32"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"
)

// rfcSecret and the codes are of RFC 6238, appendix B, cut to six digits.
var rfcSecret = Secret("12345678901234567890")

func TestCodesAreThoseOfTheStandard(t *testing.T) {
	for at, code := range map[int64]string{
		59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130",
	} {
		if step, ok := Verify(rfcSecret, code, time.Unix(at, 0), 0); !ok || step != at/30 {
			t.Errorf("at %d: step %d %v", at, step, ok)
		}
	}
}

func TestACodeIsGoodForItsHalfMinuteAndOneEitherSide(t *testing.T) {
	const step, code = 1111111111 / 30, "050471"
	began := time.Unix(step*30, 0)
	tests := []struct {
		name  string
		after time.Duration
		want  bool
	}{
		{"two steps early", -31 * time.Second, false}, {"one step early", -30 * time.Second, true},
		{"begin", 0, true}, {"end", 30*time.Second - 1, true},
		{"one step late", 60*time.Second - 1, true}, {"two steps late", 60 * time.Second, false},
	}
	for _, tt := range tests {
		if got, ok := Verify(rfcSecret, code, began.Add(tt.after), 0); ok != tt.want || ok && got != step {
			t.Errorf("%s: step %d %v", tt.name, got, ok)
		}
	}
	for _, typed := range []string{"050 471", " 050471 ", "050\t471"} {
		if _, ok := Verify(rfcSecret, typed, began, 0); !ok {
			t.Errorf("%q is refused", typed)
		}
	}
	for _, bad := range []string{"", "50471", "0050471", "050472", "o50471", "٠٥٠٤٧١", "-50471"} {
		if _, ok := Verify(rfcSecret, bad, began, 0); ok {
			t.Errorf("%q is taken", bad)
		}
	}
	if _, ok := Verify(nil, code, began, 0); ok {
		t.Error("nobody's secret is taken")
	}
	if _, ok := Verify(rfcSecret, "755224", time.Unix(0, 0), 0); ok {
		t.Error("the step 0 is later than no step") // HOTP of counter 0
	}
}

func TestAUsedStepIsRefusedAndOlderOnesToo(t *testing.T) {
	const step = 1111111111 / 30
	now := time.Unix(step*30, 0)
	if _, ok := Verify(rfcSecret, "050471", now, step-1); !ok {
		t.Error("a fresh code is refused")
	}
	if _, ok := Verify(rfcSecret, "050471", now, step); ok {
		t.Error("a used code is taken")
	}
	if _, ok := Verify(rfcSecret, "081804", now, step); ok {
		t.Error("the code before a used one is taken")
	}
	if step, ok := Verify(rfcSecret, "081804", now, 0); !ok || step != 1111111109/30 {
		t.Error("which it is not without")
	}
}

func TestTheURIIsWhatAppsRead(t *testing.T) {
	s := NewSecret()
	text, err := URI("Trung tâm đấu giá: Bắc Ninh", "ngọc+ánh@x.example", s)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if u.Scheme != "otpauth" || u.Host != "totp" || u.Path != "/Trung tâm đấu giá  Bắc Ninh:ngọc+ánh@x.example" || strings.Contains(text, "+") && !strings.Contains(u.Path, "+") {
		t.Errorf("got %s", text)
	}
	want := map[string]string{"issuer": "Trung tâm đấu giá  Bắc Ninh", "period": "30", "digits": "6", "algorithm": "SHA1", "secret": base32.StdEncoding.EncodeToString(s)}
	for name, value := range want {
		if got := u.Query().Get(name); got != value {
			t.Errorf("%s is %q, want %q", name, got, value)
		}
	}
	if strings.Contains(u.RawQuery, "+") {
		t.Errorf("a blank is written as a plus, which apps show: %s", u.RawQuery)
	}
	for _, bad := range [][2]string{{"", "a"}, {"a", ""}, {":", "a"}} {
		if _, err := URI(bad[0], bad[1], s); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	if _, err := URI("a", "b", nil); err == nil {
		t.Error("no secret is taken")
	}
	if !regexp.MustCompile(`^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$`).MatchString(s.Typed()) {
		t.Errorf("typed %q", s.Typed())
	}
}

func TestASecretIsDrawnAndNotPrinted(t *testing.T) {
	a := NewSecret()
	if len(a) != 20 || bytes.Equal(a, NewSecret()) || bytes.Equal(a, make([]byte, 20)) {
		t.Error("a secret is not drawn")
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("m", "secret", rfcSecret)
	for _, s := range []string{fmt.Sprintf("%v %s %+v %#v", rfcSecret, rfcSecret, rfcSecret, rfcSecret), log.String()} {
		if strings.Contains(s, "1234567890") || strings.Contains(s, "49 50") {
			t.Errorf("prints %s", s)
		}
	}
}

// argon hashes as the office does.
type argon struct{ verified int }

var argonParams = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

func (*argon) Hash(_ context.Context, text string) (string, error) {
	return argon2id.CreateHash(text, argonParams)
}

func (a *argon) Verify(_ context.Context, text, hash string) (bool, error) {
	a.verified++
	if hash == "" {
		return false, nil
	}
	return argon2id.ComparePasswordAndHash(text, hash)
}

func TestARecoveryCodeOpensOnceAndForItsOwnerAlone(t *testing.T) {
	h, ctx := new(argon), context.Background()
	codes := NewRecoveryCodes()
	hashes, err := HashRecoveryCodes(ctx, h, codes)
	if err != nil || len(hashes) != RecoveryCodes {
		t.Fatalf("%d hashes, %v", len(hashes), err)
	}
	for i, code := range codes {
		if strings.Contains(hashes[i], code) {
			t.Error("a hash tells its code")
		}
		if at, err := FindRecoveryCode(ctx, h, code, hashes); err != nil || at != i {
			t.Errorf("code %d: got %d %v", i, at, err)
		}
	}
	if h.verified != RecoveryCodes {
		t.Errorf("%d hashes compared for %d codes", h.verified, RecoveryCodes)
	}
	hashes[3] = "" // as the office does after use
	if _, err := FindRecoveryCode(ctx, h, codes[3], hashes); !errors.Is(err, ErrNoCode) {
		t.Errorf("used: %v", err)
	}
	if _, err := FindRecoveryCode(ctx, h, NewRecoveryCodes()[0], hashes); !errors.Is(err, ErrNoCode) {
		t.Errorf("another's: %v", err)
	}
	if _, err := FindRecoveryCode(ctx, h, codes[9], hashes[:9]); !errors.Is(err, ErrNoCode) {
		t.Errorf("without its hash: %v", err)
	}
	if _, err := HashRecoveryCodes(ctx, h, []string{codes[1], codes[0]}); !errors.Is(err, ErrNoCode) {
		t.Errorf("out of order: %v", err)
	}
	ended := errors.New("busy")
	if _, err := FindRecoveryCode(ctx, busy{ended}, codes[0], hashes); !errors.Is(err, ended) {
		t.Errorf("the hasher's error is lost: %v", err)
	}
	if _, err := HashRecoveryCodes(ctx, busy{ended}, codes); !errors.Is(err, ended) {
		t.Errorf("the hasher's error is lost: %v", err)
	}
}

type busy struct{ err error }

func (b busy) Hash(context.Context, string) (string, error)         { return "", b.err }
func (b busy) Verify(context.Context, string, string) (bool, error) { return false, b.err }

func TestARecoveryCodeMayBeTypedAsPeopleType(t *testing.T) {
	seen := make(map[string]bool)
	for i, code := range NewRecoveryCodes() {
		if !regexp.MustCompile(`^[A-HJK][0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{5}$`).MatchString(code) || seen[code] {
			t.Errorf("code %s", code)
		}
		seen[code] = true
		want := strings.ReplaceAll(code, "-", "")
		for _, typed := range []string{code, want, " " + strings.ToLower(code) + "\n", code[:2] + " " + code[2:], strings.ReplaceAll(strings.ReplaceAll(code, "0", "o"), "1", "l")} {
			if got, at := tidyCode(typed); got != want || at != i {
				t.Errorf("%q: got %s of %d", typed, got, at)
			}
		}
	}
	for _, typed := range []string{"", "A", "A1234-5678", "A1234-56789Z", "Z1234-56789", "11234-56789", "A1234-5678U", "A1234-5678ấ", strings.Repeat("A", 1000)} {
		if _, at := tidyCode(typed); at != -1 {
			t.Errorf("%q is taken", typed)
		}
	}
}
