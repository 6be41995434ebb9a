package transport

import (
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"gobua/engine"
)

const (
	placeAudience = "gobua-line" // so that no place is an access token, nor the other way round
	// placeLife bounds the line: who does not come again for so long has left it.
	placeLife = 10 * time.Minute
)

// placeClaims is the body of a place in the line of those who sign in.
type placeClaims struct {
	jwt.RegisteredClaims
	Since engine.Instant `json:"since"`
}

// issuePlace signs that somebody who would sign in under a login came first at
// a time, and was sent away because too many others wait. It says nothing of
// the login, which need not exist.
func (t *AccessTokens) issuePlace(login string, since time.Time) (string, error) {
	now := t.now()
	place, err := jwt.NewWithClaims(jwt.SigningMethodHS256, placeClaims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: tokenIssuer, Audience: jwt.ClaimStrings{placeAudience}, Subject: login,
			ExpiresAt: jwt.NewNumericDate(now.Add(placeLife)),
		},
		Since: engine.InstantOf(since),
	}).SignedString(t.key)
	if err != nil {
		return "", fmt.Errorf("sign a place in line: %w", err)
	}
	return place, nil
}

// placeSince is when the holder of a place came first; zero if it is none of
// ours, too old, or of another login: they have then just come.
func (t *AccessTokens) placeSince(place, login string) (since time.Time) {
	if place == "" || len(place) > maxTokenBytes {
		return since
	}
	var c placeClaims
	_, err := jwt.ParseWithClaims(place, &c, func(*jwt.Token) (any, error) { return t.key, nil },
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), jwt.WithIssuer(tokenIssuer), jwt.WithAudience(placeAudience),
		jwt.WithSubject(login), jwt.WithExpirationRequired(), jwt.WithTimeFunc(t.now), jwt.WithStrictDecoding())
	if err != nil {
		return since
	}
	return c.Since.Time()
}
