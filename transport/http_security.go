package transport

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/mileusna/useragent"

	"gobua/engine"
	"gobua/office"
)

// SecurityAPI is what REST needs of the office about passwords, second factors
// and devices.
type SecurityAPI interface {
	BeginSetUpBy(ctx context.Context, challenge string, from office.Device) (office.SecondFactorSetUp, error)
	SignInSecond(ctx context.Context, challenge, code string, from office.Device) (office.Account, office.Refresh, []string, error)
	ForgotPassword(ctx context.Context, loginOrEmail, remoteAddr string) error
	ResetPassword(ctx context.Context, token, password, remoteAddr string) (office.Account, []string, error)
	ChangePassword(ctx context.Context, by office.Account, old, password, keep string) ([]string, error)
	SecondFactor(ctx context.Context, by office.Account) (office.SecondFactorState, error)
	BeginSecondFactor(ctx context.Context, by office.Account, password, code string) (office.SecondFactorSetUp, error)
	ConfirmSecondFactor(ctx context.Context, by office.Account, code string) ([]string, error)
	RemoveSecondFactor(ctx context.Context, by office.Account, password, code string) error
	SignIns(ctx context.Context, by office.Account, current string) ([]office.SignInPlace, error)
	EndSignIns(ctx context.Context, by office.Account, id, current string) ([]string, error)
	EndSignInsOf(ctx context.Context, by office.Account, accountID, reason string) ([]string, error)
}

// securityRoutes are those by which people keep their account to themselves.
var securityRoutes = []route{
	{method: http.MethodPost, path: "/auth/set-up", handle: (*HTTP).setUpBy},
	{method: http.MethodPost, path: "/auth/second-factor", handle: (*HTTP).secondStep},
	{method: http.MethodPost, path: "/auth/forgot", handle: (*HTTP).forgot},
	{method: http.MethodPost, path: "/auth/reset", handle: (*HTTP).reset},
	{method: http.MethodPost, path: "/me/password", who: signedIn, handle: (*HTTP).changePassword},
	{method: http.MethodGet, path: "/me/second-factor", who: signedIn, handle: (*HTTP).secondFactor},
	{method: http.MethodPost, path: "/me/second-factor", who: signedIn, handle: (*HTTP).beginSecondFactor},
	{method: http.MethodPost, path: "/me/second-factor/confirm", who: signedIn, handle: (*HTTP).confirmSecondFactor},
	{method: http.MethodPost, path: "/me/second-factor/remove", who: signedIn, handle: (*HTTP).removeSecondFactor},
	{method: http.MethodGet, path: "/me/sign-ins", who: signedIn, handle: (*HTTP).signIns},
	{method: http.MethodPost, path: "/me/sign-ins/end-others", who: signedIn, handle: (*HTTP).endOtherSignIns},
	{method: http.MethodPost, path: "/me/sign-ins/:id/end", who: signedIn, handle: (*HTTP).endSignIn},
	{method: http.MethodPost, path: "/accounts/:id/sign-out", who: admins, handle: (*HTTP).endSignInsOf},
}

// device is from where a request comes, as its owner will recognise it.
func device(c *call) office.Device {
	ua := useragent.Parse(strings.Clone(c.Get("User-Agent")))
	var parts []string
	for _, part := range []string{ua.Name, ua.OS} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return office.Device{Address: c.from, Agent: strings.Join(parts, " · ")}
}

// secondStepJSON answers a sign-in whose second step is missing.
type secondStepJSON struct {
	SecondFactor string         `json:"secondFactor"` // second_factor_needed or second_factor_set_up
	Challenge    string         `json:"challenge"`
	ExpiresAt    engine.Instant `json:"expiresAt"`
}

// nextStep answers a sign-in that is not done yet, or returns the error.
func nextStep(c *call, err error) error {
	needed, ok := errors.AsType[office.SecondFactorNeeded](err)
	if !ok {
		return err
	}
	out := secondStepJSON{"second_factor_needed", needed.Challenge, engine.InstantOf(needed.ExpiresAt)}
	if needed.SetUp {
		out.SecondFactor = "second_factor_set_up"
	}
	return c.Status(http.StatusAccepted).JSON(out)
}

func (h *HTTP) setUpBy(c *call) error {
	var in struct {
		Challenge string `json:"challenge"`
	}
	if err := readJSON(c.Ctx, &in); err != nil {
		return err
	}
	set, err := h.Office.BeginSetUpBy(c.ctx, in.Challenge, device(c))
	if err != nil {
		return err
	}
	return c.JSON(set)
}

func (h *HTTP) secondStep(c *call) error {
	var in struct {
		Challenge string `json:"challenge"`
		Code      string `json:"code"`
	}
	if err := readJSON(c.Ctx, &in); err != nil {
		return err
	}
	account, refresh, codes, err := h.Office.SignInSecond(c.ctx, in.Challenge, in.Code, device(c))
	if err != nil {
		return err
	}
	return h.signedIn(c, account, refresh, codes)
}

// forgotTakes is how long an answer to who forgot a password takes: longer than a
// letter is written, which only those are who have an account.
const forgotTakes = 300 * time.Millisecond

// forgot answers the same, and after the same time, whether there is such an
// account or not.
func (h *HTTP) forgot(c *call) error {
	began := h.Now()
	var in struct {
		Login string `json:"login"`
	}
	if err := readJSON(c.Ctx, &in); err != nil {
		return err
	}
	if err := h.Office.ForgotPassword(c.ctx, in.Login, c.from); err != nil {
		return err
	}
	h.wait(c.ctx, began.Add(forgotTakes).Sub(h.Now()))
	c.Status(http.StatusNoContent)
	return nil
}

func (h *HTTP) reset(c *call) error {
	var in struct {
		Token    string `json:"token"`
		Password string `json:"password"`
	}
	if err := readJSON(c.Ctx, &in); err != nil {
		return err
	}
	account, ended, err := h.Office.ResetPassword(c.ctx, in.Token, in.Password, c.from)
	if err != nil {
		return err
	}
	h.cutOff(account.ID, ended)
	c.Status(http.StatusNoContent)
	return nil
}

// cutOff kills the tokens of sign-ins that ended, and then their connections.
func (h *HTTP) cutOff(accountID string, signIns []string) {
	for _, id := range signIns {
		h.Tokens.Revoke(id, h.Now())
	}
	if len(signIns) > 0 {
		h.Rooms.Kick(accountID)
	}
}

func (h *HTTP) changePassword(c *call) error {
	var in struct {
		Old      string `json:"old"`
		Password string `json:"password"`
	}
	if err := readJSON(c.Ctx, &in); err != nil {
		return err
	}
	ended, err := h.Office.ChangePassword(c.ctx, actor(c), in.Old, in.Password, c.by.SignIn)
	if err != nil {
		return ownPassword(err)
	}
	h.cutOff(c.by.Account, ended)
	c.Status(http.StatusNoContent)
	return nil
}

// ownPassword says of a wrong password of somebody who is signed in that the
// field is wrong, and not that they are not who they are.
func ownPassword(err error) error {
	if errors.Is(err, office.ErrBadCredentials) {
		return &fault{code: codeInvalid, fields: []fieldFault{{Field: "old", Code: "wrong_password"}}}
	}
	return err
}

func (h *HTTP) secondFactor(c *call) error {
	state, err := h.Office.SecondFactor(c.ctx, actor(c))
	if err != nil {
		return err
	}
	return c.JSON(state)
}

// proofBody is what is asked once more before a second factor changes.
type proofBody struct {
	Password string `json:"password"`
	Code     string `json:"code"`
}

func (h *HTTP) beginSecondFactor(c *call) error {
	var in proofBody
	if err := readJSON(c.Ctx, &in); err != nil {
		return err
	}
	set, err := h.Office.BeginSecondFactor(c.ctx, actor(c), in.Password, in.Code)
	if err != nil {
		return ownPassword(err)
	}
	return c.JSON(set)
}

func (h *HTTP) confirmSecondFactor(c *call) error {
	var in struct {
		Code string `json:"code"`
	}
	if err := readJSON(c.Ctx, &in); err != nil {
		return err
	}
	codes, err := h.Office.ConfirmSecondFactor(c.ctx, actor(c), in.Code)
	if err != nil {
		return err
	}
	return c.JSON(map[string]any{"recoveryCodes": codes})
}

func (h *HTTP) removeSecondFactor(c *call) error {
	var in proofBody
	if err := readJSON(c.Ctx, &in); err != nil {
		return err
	}
	if err := h.Office.RemoveSecondFactor(c.ctx, actor(c), in.Password, in.Code); err != nil {
		return ownPassword(err)
	}
	c.Status(http.StatusNoContent)
	return nil
}

func (h *HTTP) signIns(c *call) error {
	list, err := h.Office.SignIns(c.ctx, actor(c), c.by.SignIn)
	if err != nil {
		return err
	}
	return c.JSON(map[string]any{"signIns": list})
}

func (h *HTTP) endOtherSignIns(c *call) error { return h.endSignIns(c, "") }

func (h *HTTP) endSignIn(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	return h.endSignIns(c, id)
}

func (h *HTTP) endSignIns(c *call, id string) error {
	ended, err := h.Office.EndSignIns(c.ctx, actor(c), id, c.by.SignIn)
	if err != nil {
		return err
	}
	h.cutOff(c.by.Account, ended)
	c.Status(http.StatusNoContent)
	return nil
}

func (h *HTTP) endSignInsOf(c *call) error {
	id, reason, err := idAndReason(c)
	if err != nil {
		return err
	}
	ended, err := h.Office.EndSignInsOf(c.ctx, actor(c), id, reason)
	if err != nil {
		return err
	}
	h.cutOff(id, ended)
	return c.JSON(map[string]int{"ended": len(ended)})
}
