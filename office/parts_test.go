package office

import (
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gobua/engine"
)

func TestFolding(t *testing.T) {
	for in, want := range map[string]string{
		"Đặng Thị Ấu": "dang thi au", "ĐĐđđ": "dddd", "ƯƠNG ươNG": "uong uong", "Tra\u0302\u0300n": "tran", "ỵỹỷ": "yyy", "Straße 65A-123.45": "straße 65a-123.45",
	} {
		if got := fold(in); got != want {
			t.Errorf("%q folds to %q, want %q", in, got, want)
		}
	}
}

// TestPasswordsThatAreGuessedFirstAreRefused, and nothing is asked of a password
// but that it is long enough and not one of them.
func TestPasswordsThatAreGuessedFirstAreRefused(t *testing.T) {
	if n := len(commonPasswords()); n < 3000 {
		t.Fatalf("only %d passwords are known", n)
	}
	for password, want := range map[string]string{
		"12345678": "too_common", "Password1": "too_common", "QWERTYUIOP": "too_common", "matkhau123": "too_common", "anhyeuem": "too_common",
		"zzzzzzzzzzzz": "too_common", "ấấấấấấấấ": "too_common", "1234567": "too_short",
		"mot-mat-khau": "", "gò búa gỗ lim": "", "        a": "", "tám ký tự": "", strings.Repeat("dài ", 32): "", strings.Repeat("x", 129): "too_long",
	} {
		if got := passwordCode(password); got != want {
			t.Errorf("%q: %q, want %q", password, got, want)
		}
	}
}

// TestAPasswordIsMoreThanANameThatIsKnown: of the trade, of the house's address, of
// the account.
func TestAPasswordIsMoreThanANameThatIsKnown(t *testing.T) {
	o := &Office{site: "https://daugia.langson.gov.vn"}
	lan := Account{Login: "lan.nguyen", Name: "Nguyễn Thị Lan", Email: "ntlan86@example.vn"}
	for password, want := range map[string]string{
		"gobua2026": "only_names", "GoBua@2026!": "only_names", "Đấu giá 2026": "only_names", "quantri-daugia": "only_names",
		"langson2026": "only_names", "nguyen lan 86": "only_names", "Lan.Nguyễn-1986": "only_names", "ntlan86@example.vn": "only_names",
		"12345678": "too_common", "gobua": "too_short",
		"lan can cau": "", "gò búa gỗ lim": "", "daugia bien xanh": "", "mot-mat-khau": "", "3.14159265": "", "nguyenbinhminh": "",
	} {
		if got := o.ownPasswordCode(password, lan); got != want {
			t.Errorf("%q: %q, want %q", password, got, want)
		}
	}
}

// TestNamesHoldNothingUnseen: what staff read is what is there. What nobody can
// see is taken out, what would turn or break the line is refused.
func TestNamesHoldNothingUnseen(t *testing.T) {
	for in, want := range map[string]string{
		"Nguyễn\u200b Văn\u00ad An\ufeff": "Nguyễn Văn An", "An\u2060\u200d": "An", "\u2063Trần\U000E0041": "Trần", "\u200b \u200c": "",
		"Tra\u0302\u0300n": "Trần",
	} {
		if got := tidyText(in); got != want || textCode(got, 100, false) != "" {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
	for _, in := range []string{
		"An\r\nBcc: x@y.vn", "An\x1b[31m", "An\x00", "gnp.\u202eexe", "\u2066An\u2069", "An\u200fB", "An\u2028Bình", "An\u2029Bình", "An\x9b2J", "An\xff\u200b",
	} {
		if got := tidyText(in); textCode(got, 100, false) != "malformed" {
			t.Errorf("%q is kept as %q", in, got)
		}
	}
	var f faults
	text := "một\r\nhai\u2028ba\u2029bốn"
	if f.lines("x", &text, 100); text != "một\nhai\nba\nbốn" || f.err() != nil {
		t.Errorf("%q, %v", text, f.err())
	}
}

func TestCodesAreDifferentAndShort(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.OneOf(rapid.IntRange(0, 50), rapid.IntRange(890, 910), rapid.Just(engine.MaxParticipants)).Draw(t, "n")
		var seed [32]byte
		copy(seed[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "seed"))
		length := len("M-733")
		if n > 900 {
			length = len("M-73312")
		}
		seen := map[engine.ParticipantCode]bool{}
		for _, code := range drawCodes(n, seed) {
			if seen[code] || len(code) != length || code[2] == '0' {
				t.Fatalf("code %s", code)
			}
			seen[code] = true
		}
		if len(seen) != n {
			t.Fatalf("%d codes for %d", len(seen), n)
		}
	})
}

func TestSharesAreExact(t *testing.T) {
	amount := rapid.Int64Range(0, int64(engine.MaxDong))
	rapid.Check(t, func(t *rapid.T) {
		part, whole := amount.Draw(t, "part"), amount.Draw(t, "whole")
		points := rapid.Int64Range(0, 10_000).Draw(t, "points")
		want := new(big.Int).Mul(big.NewInt(part), big.NewInt(10_000)).Cmp(new(big.Int).Mul(big.NewInt(whole), big.NewInt(points)))
		if got := compareShare(engine.Dong(part), engine.Dong(whole), points); got != want {
			t.Fatalf("%d against %d points of %d: got %d, want %d", part, points, whole, got, want)
		}
	})
}

func TestPlaces(t *testing.T) {
	for a, b := range map[string]string{
		"10.0.0.1": "10.0.0.1:80", "::ffff:10.0.0.1": "10.0.0.1", "2001:db8::1": "[2001:db8::2]:443", "fe80::1%eth0": "fe80::2", "": "nonsense",
	} {
		if place(a) != place(b) {
			t.Errorf("%q and %q are two places", a, b)
		}
	}
	for a, b := range map[string]string{"10.0.0.1": "10.0.0.2", "2001:db8::1": "2001:db8:0:1::1", "": "10.0.0.1"} {
		if place(a) == place(b) {
			t.Errorf("%q and %q are one place", a, b)
		}
	}
}

func TestTheThrottleIsBounded(t *testing.T) {
	refused := map[debtKey]refusal{}
	now := time.Unix(1_790_000_000, 0)
	for i := range 20_000 {
		makeRoom(refused)
		refused[debtKey{login: fmt.Sprint("login", i)}] = refusal{again: now}
	}
	if len(refused) > maxTracked {
		t.Fatalf("%d are remembered, bound %d", len(refused), maxTracked)
	}
}

func TestRotationDecides(t *testing.T) {
	const now = engine.Instant(1_790_000_000_000)
	next := RefreshToken{Hash: engine.Hash{1}, IssuedAt: now, ExpiresAt: now + 1000}
	fresh := RefreshToken{Hash: engine.Hash{2}, SignIn: "f", AccountID: "a", BeganAt: now - 1, ExpiresAt: now + 1}
	used := func(ago time.Duration, uses int) RefreshToken {
		t := fresh
		t.UsedAt, t.Uses = engine.InstantOf(now.Time().Add(-ago)), uses
		return t
	}
	expired := fresh
	expired.ExpiresAt = now
	old := fresh // of a time when a sign-in had no end
	old.BeganAt = engine.InstantOf(now.Time().AddDate(0, 0, -bidderSignInDays-1))
	for name, c := range map[string]struct {
		token   RefreshToken
		account Account
		end     bool
	}{
		"first use":          {fresh, Account{}, false},
		"within the grace":   {used(refreshGrace, 1), Account{}, false},
		"after the grace":    {used(refreshGrace+time.Millisecond, 1), Account{}, true},
		"too often":          {used(0, maxGraceUses), Account{}, true},
		"expired":            {expired, Account{}, true},
		"began long ago":     {old, Account{Role: engine.RoleBidder}, true},
		"account is revoked": {fresh, Account{Revoked: true}, true},
	} {
		r, err := rotate(c.token, c.account, next)
		if r.End != c.end || (err != nil) != c.end || (r.Next == nil) != c.end {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
		if r.Next != nil && (r.Next.SignIn != "f" || r.Used.Uses != c.token.Uses+1 || r.Used.UsedAt == 0) {
			t.Errorf("%s: %+v", name, r)
		}
	}
}
