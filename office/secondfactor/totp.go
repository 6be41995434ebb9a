// Package secondfactor checks the second proof of a staff member: a code of
// six digits that changes every half minute (RFC 6238), or one of ten recovery
// codes on paper. It keeps nothing; how often one may try is the office's
// business.
package secondfactor

import (
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"log/slog"
	"strings"
	"time"
	"unicode"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"
)

// What every authenticator app can do; many ignore any other choice.
const (
	secretBytes  = 20 // as long as the hash
	periodSecond = 30
	skewSteps    = 1 // a phone's clock may be that far off, either way
)

// Secret is shared by the server and the app. It is kept sealed.
type Secret []byte

// NewSecret draws a secret.
func NewSecret() Secret {
	s := make(Secret, secretBytes)
	rand.Read(s)
	return s
}

// String keeps the secret out of logs.
func (Secret) String() string { return "(second factor)" }

// GoString keeps the secret out of logs written with %#v.
func (s Secret) GoString() string { return s.String() }

// LogValue keeps the secret out of structured logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

func (s Secret) base32() string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(s)
}

// Typed is the secret for those who cannot scan: letters and digits in groups
// of four.
func (s Secret) Typed() string {
	var b strings.Builder
	for i, r := range s.base32() {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// URI is what the page shows as a QR code: the issuer is the centre, the
// account the login. It holds the secret.
func URI(issuer, account string, s Secret) (string, error) {
	if len(s) == 0 {
		return "", fmt.Errorf("second factor: no secret")
	}
	// A colon is the border between the two in the label.
	tidy := func(text string) string { return strings.TrimSpace(strings.ReplaceAll(text, ":", " ")) }
	key, err := totp.Generate(totp.GenerateOpts{Issuer: tidy(issuer), AccountName: tidy(account), Secret: s, Period: periodSecond, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
	if err != nil {
		return "", fmt.Errorf("second factor: %w", err)
	}
	return key.URL(), nil
}

// Verify says whether a code is that of now, or of the half minute before or
// after, and which step it is of. lastStep is the step last accepted for this
// secret, 0 if none: a code that was used, or is older than one that was, is
// refused, so that who looked over a shoulder has nothing. The caller keeps the
// step durably, on the condition that the kept one is still smaller, before it
// lets anybody in.
func Verify(s Secret, code string, now time.Time, lastStep int64) (step int64, ok bool) {
	code = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, code)
	current := now.Unix() / periodSecond
	for candidate := current - skewSteps; candidate <= current+skewSteps; candidate++ {
		if candidate < 0 {
			continue
		}
		// All are compared, each in constant time.
		fits, err := hotp.ValidateCustom(code, uint64(candidate), s.base32(), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && fits && candidate > lastStep {
			step, ok = candidate, true
		}
	}
	return step, ok && len(s) > 0
}
