// Package webhook tells other programs of the centre's auctions, in the form
// of https://www.standardwebhooks.com. What is told to whom, and the log of
// deliveries, is the office's business.
package webhook

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// secretPrefix begins every secret, so that one found in a text is recognised.
const secretPrefix = "whsec_"

// A secret has 24 to 64 bytes (standard); ours have 32.
const (
	secretBytes    = 32
	minSecretBytes = 24
	maxSecretBytes = 64
)

// Errors of what an administrator enters.
var (
	ErrBadSecret = errors.New("webhook: not a secret of the form whsec_…")
	ErrBadURL    = errors.New("webhook: not an address that may be told")
)

// Secret signs what one endpoint is told. Its owner sees it once.
type Secret string

// String keeps the secret out of logs.
func (Secret) String() string { return "(webhook secret)" }

// GoString keeps the secret out of logs written with %#v.
func (s Secret) GoString() string { return s.String() }

// LogValue keeps the secret out of structured logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// NewSecret draws a secret.
func NewSecret() Secret {
	raw := make([]byte, secretBytes)
	rand.Read(raw)
	return Secret(secretPrefix + base64.StdEncoding.EncodeToString(raw))
}

func (s Secret) key() ([]byte, error) {
	text, found := strings.CutPrefix(string(s), secretPrefix)
	raw, err := base64.StdEncoding.DecodeString(text)
	if !found || err != nil || len(raw) < minSecretBytes || len(raw) > maxSecretBytes {
		return nil, ErrBadSecret
	}
	return raw, nil
}

// Sign returns the signature header of a message for the secrets of an
// endpoint: two while the old one is being replaced, else one.
func Sign(id string, at time.Time, body []byte, secrets ...Secret) (string, error) {
	if id == "" || strings.Contains(id, ".") {
		return "", fmt.Errorf("webhook: id %q", id) // a dot would move the border between id and time
	}
	signatures := make([]string, len(secrets))
	for i, secret := range secrets {
		key, err := secret.key()
		if err != nil {
			return "", err
		}
		h := hmac.New(sha256.New, key)
		fmt.Fprintf(h, "%s.%d.", id, at.Unix())
		h.Write(body)
		signatures[i] = "v1," + base64.StdEncoding.EncodeToString(h.Sum(nil))
	}
	return strings.Join(signatures, " "), nil
}

// maxURLBytes is what the column holds.
const maxURLBytes = 2000

// CheckURL says whether an endpoint may be entered: HTTPS, no user, no
// fragment. With local set, http to this machine may be, too. Where the name
// leads is looked at again at every delivery.
func CheckURL(text string, local bool) error {
	u, err := url.Parse(text)
	if err != nil || len(text) > maxURLBytes || u.Hostname() == "" || u.User != nil || u.Fragment != "" || u.Opaque != "" {
		return ErrBadURL
	}
	switch {
	case u.Scheme == "https":
		return nil
	case u.Scheme == "http" && local && thisMachine(u.Hostname()):
		return nil
	}
	return ErrBadURL
}

func thisMachine(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}

// schedule is what the standard suggests to wait after each failed attempt.
var schedule = []time.Duration{
	5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour,
	10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
}

// Backoff is how long to wait after the attempt of that number (from 1) has
// failed; false: give up. All attempts together take a little over three days.
func Backoff(attempt int) (wait time.Duration, again bool) {
	if attempt < 1 || attempt > len(schedule) {
		return 0, false
	}
	return schedule[attempt-1], true
}
