package transport

import (
	"context"
	"net/http"

	"gobua/engine"
	"gobua/office"
)

// PeopleAPI is what REST needs of the office about centres and identities.
type PeopleAPI interface {
	PublicCentres(ctx context.Context) ([]office.PublicCentre, error)
	Centres(ctx context.Context, by office.Account) ([]office.Centre, error)
	FoundCentre(ctx context.Context, by office.Account, n office.NewCentre) (office.Centre, error)
	EditCentre(ctx context.Context, by office.Account, id string, e office.CentreEdit) (office.Centre, error)
	EditAccount(ctx context.Context, by office.Account, id string, e office.AccountEdit) (office.Account, error)
	DropSecondFactor(ctx context.Context, by office.Account, id, reason string) error
	Join(ctx context.Context, n office.NewBidder, remoteAddr string) (office.Account, error)
	OwnIdentity(ctx context.Context, by office.Account) (office.OwnIdentity, error)
	IdentityFiles(ctx context.Context, by office.Account, accountID string) ([]office.File, error)
	SubmitIdentity(ctx context.Context, by office.Account, n office.NewIdentity) (office.OwnIdentity, error)
	FindIdentities(ctx context.Context, by office.Account, state office.IdentityState, query string) ([]office.ExaminedIdentity, error)
	ExamineIdentity(ctx context.Context, by office.Account, accountID string) (office.ExaminedIdentity, error)
	DecideIdentity(ctx context.Context, by office.Account, accountID string, version int, verified bool, reason string) (office.ExaminedIdentity, error)
	RevealIdentity(ctx context.Context, by office.Account, accountID, reason string) (office.ExaminedIdentity, error)
	// MayAttend must not block.
	MayAttend(accountID string, id engine.SessionID) bool
}

// verifiers examine identities.
var verifiers = []engine.Role{engine.RoleRegistrar}

// peopleRoutes are those of centres and identities.
var peopleRoutes = []route{
	{method: http.MethodGet, path: "/centres", handle: (*HTTP).centres, packed: true},
	{method: http.MethodGet, path: "/desk/centres", who: desk, handle: (*HTTP).deskCentres},
	{method: http.MethodPost, path: "/desk/centres", who: admins, handle: (*HTTP).foundCentre, once: true},
	{method: http.MethodPut, path: "/desk/centres/:id", who: admins, handle: (*HTTP).editCentre},
	{method: http.MethodPut, path: "/accounts/:id", who: admins, handle: (*HTTP).editAccount},
	{method: http.MethodPost, path: "/accounts/:id/drop-second-factor", who: admins, handle: (*HTTP).dropSecondFactor},
	{method: http.MethodPost, path: "/join", handle: (*HTTP).join},
	{method: http.MethodGet, path: "/me/identity", who: bidders, handle: (*HTTP).ownIdentity},
	{method: http.MethodPut, path: "/me/identity", who: bidders, handle: (*HTTP).submitIdentity},
	{method: http.MethodGet, path: "/me/identity/files", who: bidders, handle: (*HTTP).ownIdentityFiles},
	{method: http.MethodGet, path: "/identities/:id/files", who: verifiers, handle: (*HTTP).identityFiles},
	{method: http.MethodGet, path: "/identities", who: verifiers, handle: (*HTTP).identities},
	{method: http.MethodGet, path: "/identities/:id", who: verifiers, handle: (*HTTP).identity},
	{method: http.MethodPost, path: "/identities/:id/decide", who: verifiers, handle: (*HTTP).decideIdentity},
	{method: http.MethodPost, path: "/identities/:id/reveal", who: verifiers, handle: (*HTTP).revealIdentity},
}

func (h *HTTP) centres(c *call) error {
	list, err := h.Office.PublicCentres(c.ctx)
	if err != nil {
		return err
	}
	return c.JSON(map[string]any{"centres": list})
}

func (h *HTTP) deskCentres(c *call) error {
	list, err := h.Office.Centres(c.ctx, actor(c))
	if err != nil {
		return err
	}
	return c.JSON(map[string]any{"centres": list})
}

func (h *HTTP) foundCentre(c *call) error {
	var in office.NewCentre
	if err := readJSON(c.Ctx, &in); err != nil {
		return err
	}
	made, err := h.Office.FoundCentre(c.ctx, actor(c), in)
	if err != nil {
		return err
	}
	return c.Status(http.StatusCreated).JSON(made)
}

func (h *HTTP) editCentre(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	var in office.CentreEdit
	if err := readJSON(c.Ctx, &in); err != nil {
		return err
	}
	if in.Version <= 0 {
		return missing("version")
	}
	saved, err := h.Office.EditCentre(c.ctx, actor(c), id, in)
	if err != nil {
		return err
	}
	return c.JSON(saved)
}

func (h *HTTP) editAccount(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	var in office.AccountEdit
	if err := readJSON(c.Ctx, &in); err != nil {
		return err
	}
	saved, err := h.Office.EditAccount(c.ctx, actor(c), id, in)
	if err != nil {
		return err
	}
	return c.JSON(rowOf(saved))
}

// idAndReason reads the request of an act that needs a reason and nothing else.
func idAndReason(c *call) (id, reason string, err error) {
	if id, err = officeID(c); err != nil {
		return "", "", err
	}
	var in struct {
		Reason string `json:"reason"`
	}
	if err := readJSON(c.Ctx, &in); err != nil {
		return "", "", err
	}
	return id, in.Reason, nil
}

func (h *HTTP) dropSecondFactor(c *call) error {
	id, reason, err := idAndReason(c)
	if err != nil {
		return err
	}
	if err := h.Office.DropSecondFactor(c.ctx, actor(c), id, reason); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

func (h *HTTP) join(c *call) error {
	var in office.NewBidder
	if err := readJSON(c.Ctx, &in); err != nil {
		return err
	}
	made, err := h.Office.Join(c.ctx, in, c.from)
	if err != nil {
		return err
	}
	return c.Status(http.StatusCreated).JSON(accountOf(made))
}

func (h *HTTP) ownIdentity(c *call) error {
	own, err := h.Office.OwnIdentity(c.ctx, actor(c))
	if err != nil {
		return err
	}
	return c.JSON(own)
}

func (h *HTTP) submitIdentity(c *call) error {
	var in office.NewIdentity
	if err := readJSON(c.Ctx, &in); err != nil {
		return err
	}
	kept, err := h.Office.SubmitIdentity(c.ctx, actor(c), in)
	if err != nil {
		return err
	}
	return c.JSON(kept)
}

func (h *HTTP) ownIdentityFiles(c *call) error { return h.answerIdentityFiles(c, c.by.Account) }

func (h *HTTP) identityFiles(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	return h.answerIdentityFiles(c, id)
}

func (h *HTTP) answerIdentityFiles(c *call, id string) error {
	files, err := h.Office.IdentityFiles(c.ctx, actor(c), id)
	if err != nil {
		return err
	}
	if files == nil {
		files = []office.File{}
	}
	return c.JSON(map[string]any{"files": files})
}

func (h *HTTP) identities(c *call) error {
	list, err := h.Office.FindIdentities(c.ctx, actor(c), office.IdentityState(c.Query("state")), c.Query("query"))
	if err != nil {
		return err
	}
	return c.JSON(map[string]any{"identities": list})
}

func (h *HTTP) identity(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	found, err := h.Office.ExamineIdentity(c.ctx, actor(c), id)
	if err != nil {
		return err
	}
	return c.JSON(found)
}

func (h *HTTP) decideIdentity(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	var in struct {
		Version  int    `json:"version"`
		Verified bool   `json:"verified"`
		Reason   string `json:"reason"`
	}
	if err := readJSON(c.Ctx, &in); err != nil {
		return err
	}
	decided, err := h.Office.DecideIdentity(c.ctx, actor(c), id, in.Version, in.Verified, in.Reason)
	if err != nil {
		return err
	}
	return c.JSON(decided)
}

func (h *HTTP) revealIdentity(c *call) error {
	id, reason, err := idAndReason(c)
	if err != nil {
		return err
	}
	shown, err := h.Office.RevealIdentity(c.ctx, actor(c), id, reason)
	if err != nil {
		return err
	}
	return c.JSON(shown)
}
