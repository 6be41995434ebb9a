package transport

import (
	"cmp"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"gobua/engine"
	"gobua/office"
)

// The refresh cookie. No script can read it, no other site can send it, and
// only the three routes below ever get it. Over TLS it has a name that browsers
// take from nobody who speaks without.
const (
	refreshCookie = "gobua_refresh"
	securePrefix  = "__Secure-"
	refreshPath   = apiPrefix + "/auth"
)

// refreshName is the name of the cookie on the line a request came over.
func (h *HTTP) refreshName(c *fiber.Ctx) string {
	if h.TrustedProxies.Secure(c) {
		return securePrefix + refreshCookie
	}
	return refreshCookie
}

// signedInJSON answers login and refresh.
type signedInJSON struct {
	Token     string         `json:"token"`
	ExpiresAt engine.Instant `json:"expiresAt"`
	Account   accountJSON    `json:"account"`
	// RecoveryCodes of a second factor that was just set up; shown once.
	RecoveryCodes []string `json:"recoveryCodes,omitempty"`
}

// principal reads and checks the bearer token of a request.
func (h *HTTP) principal(c *fiber.Ctx) (Principal, error) {
	scheme, token, _ := strings.Cut(c.Get(fiber.HeaderAuthorization), " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return Principal{}, refuse(codeUnauthorized)
	}
	return h.Tokens.Parse(token)
}

func (h *HTTP) login(c *call) error {
	var in struct {
		Login       string `json:"login"`
		Password    string `json:"password"`
		NewPassword string `json:"newPassword"` // one's own, for one that was given
		Place       string `json:"place"`
	}
	if err := readJSON(c.Ctx, &in); err != nil {
		return err
	}
	from := device(c)
	from.Since = h.Tokens.placeSince(in.Place, in.Login)
	account, refresh, err := h.Office.SignInFirst(c.ctx, in.Login, in.Password, in.NewPassword, from)
	if rush, sent := errors.AsType[office.ErrRush](err); sent {
		f := officeFault(rush)
		f.place, err = h.Tokens.issuePlace(in.Login, rush.Since)
		return cmp.Or[error](err, f)
	}
	if err != nil {
		return nextStep(c, err)
	}
	return h.signedIn(c, account, refresh, nil)
}

func (h *HTTP) refresh(c *call) error {
	if err := h.notForged(c.Ctx); err != nil {
		return err
	}
	account, refresh, err := h.Office.Refresh(c.ctx, c.Cookies(h.refreshName(c.Ctx)))
	if errors.Is(err, office.ErrSignedOut) {
		h.setRefreshCookie(c, office.Refresh{})
	}
	if err != nil {
		return err
	}
	return h.signedIn(c, account, refresh, nil)
}

// logout drops the cookie whatever the office says, and kills the access tokens
// of the sign-in; if the office is closed the answer tells that the token itself
// could not be taken back.
func (h *HTTP) logout(c *call) error {
	if err := h.notForged(c.Ctx); err != nil {
		return err
	}
	h.setRefreshCookie(c, office.Refresh{})
	if token := c.Cookies(h.refreshName(c.Ctx)); token != "" {
		signIn, err := h.Office.SignOut(c.ctx, token)
		if err != nil && !errors.Is(err, office.ErrSignedOut) {
			return err
		}
		if signIn != "" {
			h.Tokens.Revoke(signIn, h.Now())
		}
	}
	c.Status(http.StatusNoContent)
	return nil
}

// notForged refuses a request that a foreign page could have caused. These
// routes act on a cookie alone, so they want something a foreign page cannot
// add: our own origin, or a header that needs a CORS permission nobody has.
func (h *HTTP) notForged(c *fiber.Ctx) error {
	if c.Get("X-Gobua") == "1" || c.Get(fiber.HeaderOrigin) != "" && h.ownOrigin(c) {
		return nil
	}
	return refuse(codeHeaderMissing)
}

func (h *HTTP) signedIn(c *call, a office.Account, r office.Refresh, recovery []string) error {
	token, expiresAt, err := h.Tokens.Issue(Bearer{Account: a.ID, Name: a.Name, Ref: a.StaffRef, Role: a.Role, SignIn: r.SignIn})
	if err != nil {
		return err
	}
	h.setRefreshCookie(c, r)
	return c.JSON(signedInJSON{token, engine.InstantOf(expiresAt), accountOf(a), recovery})
}

// setRefreshCookie sends a refresh token to the browser, or with the zero one
// makes it forget the one it has.
func (h *HTTP) setRefreshCookie(c *call, r office.Refresh) {
	cookie := &fiber.Cookie{
		Name: h.refreshName(c.Ctx), Value: r.Token, Path: refreshPath, Expires: r.ExpiresAt,
		HTTPOnly: true, SameSite: fiber.CookieSameSiteStrictMode,
		Secure: h.TrustedProxies.Secure(c.Ctx),
	}
	if r.Token == "" {
		cookie.Expires = time.Unix(1, 0)
	}
	c.Cookie(cookie)
}
