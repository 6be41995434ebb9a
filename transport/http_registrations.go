package transport

import (
	"context"
	"net/http"

	"gobua/engine"
	"gobua/office"
	"gobua/office/bank"
)

// RegistrationsAPI is what registrations and their money need of the office.
type RegistrationsAPI interface {
	Register(ctx context.Context, by office.Account, auctionID, lotID string) (office.OwnRegistration, error)
	MyRegistrations(ctx context.Context, by office.Account) ([]office.OwnRegistration, error)
	MyRegistration(ctx context.Context, by office.Account, id string) (office.OwnRegistration, error)
	EditRegistration(ctx context.Context, by office.Account, id string, version int, form office.DossierForm) (office.OwnRegistration, error)
	SubmitRegistration(ctx context.Context, by office.Account, id string, version int) (office.OwnRegistration, error)
	WithdrawRegistration(ctx context.Context, by office.Account, id, reason string) (office.OwnRegistration, error)
	MarkSent(ctx context.Context, by office.Account, id string, kind office.PaymentKind) (office.OwnRegistration, error)
	Registrations(ctx context.Context, by office.Account, auctionID string) ([]office.DeskRegistration, error)
	RegisterAtCounter(ctx context.Context, by office.Account, auctionID string, form office.CounterForm) (office.DeskRegistration, error)
	DecideRegistration(ctx context.Context, by office.Account, id string, d office.Decision) (office.DeskRegistration, error)
	TakeCash(ctx context.Context, by office.Account, id string, kind office.PaymentKind, amount engine.Dong) (office.DeskRegistration, office.Receipt, error)
	AcceptGuarantee(ctx context.Context, by office.Account, id, note string) (office.DeskRegistration, error)
	Waive(ctx context.Context, by office.Account, id string, kind office.PaymentKind, reason string) (office.DeskRegistration, error)
	ImportStatement(ctx context.Context, by office.Account, auctionID, fileID string) (office.Statement, error)
	ConfirmStatement(ctx context.Context, by office.Account, id string, byHand []office.Assignment) (office.Statement, error)
	Statement(ctx context.Context, by office.Account, id string) (office.Statement, error)
	Statements(ctx context.Context, by office.Account, auctionID string) ([]office.Statement, error)
}

// registrarDesk are those who may see who has registered. An administrator
// keeps accounts and sees no bidders.
var registrarDesk = []engine.Role{engine.RoleRegistrar}

var registrationRoutes = []route{
	{method: http.MethodPost, path: "/registrations", who: bidders, handle: (*HTTP).register, once: true},
	{method: http.MethodGet, path: "/registrations/mine", who: bidders, handle: (*HTTP).myRegistrations},
	{method: http.MethodGet, path: "/registrations/:id", who: bidders, handle: (*HTTP).myRegistration},
	{method: http.MethodPut, path: "/registrations/:id", who: bidders, handle: (*HTTP).editRegistration},
	{method: http.MethodPost, path: "/registrations/:id/submit", who: bidders, handle: (*HTTP).submitRegistration, once: true},
	{method: http.MethodPost, path: "/registrations/:id/withdraw", who: bidders, handle: (*HTTP).withdrawRegistration, once: true},
	{method: http.MethodPost, path: "/registrations/:id/sent", who: bidders, handle: (*HTTP).markSent, once: true},
	{method: http.MethodGet, path: "/banks", handle: (*HTTP).banks, packed: true},
	{method: http.MethodGet, path: "/auctions/:id/registrations", who: registrarDesk, handle: (*HTTP).registrations},
	{method: http.MethodPost, path: "/auctions/:id/registrations", who: registrarDesk, handle: (*HTTP).registerAtCounter, once: true},
	{method: http.MethodPost, path: "/registrations/:id/decide", who: registrarDesk, handle: (*HTTP).decideRegistration, once: true},
	{method: http.MethodPost, path: "/registrations/:id/cash", who: registrarDesk, handle: (*HTTP).takeCash, once: true},
	{method: http.MethodPost, path: "/registrations/:id/guarantee", who: registrarDesk, handle: (*HTTP).acceptGuarantee, once: true},
	{method: http.MethodPost, path: "/registrations/:id/waive", who: registrarDesk, handle: (*HTTP).waive, once: true},
	{method: http.MethodGet, path: "/auctions/:id/statements", who: registrarDesk, handle: (*HTTP).statements},
	{method: http.MethodPost, path: "/auctions/:id/statements", who: registrarDesk, handle: (*HTTP).importStatement, once: true},
	{method: http.MethodGet, path: "/statements/:id", who: registrarDesk, handle: (*HTTP).statement},
	{method: http.MethodPost, path: "/statements/:id/confirm", who: registrarDesk, handle: (*HTTP).confirmStatement, once: true},
}

// take reads the id of a path and a body.
func take(c *call, into any) (id string, err error) {
	if id, err = officeID(c); err != nil {
		return "", err
	}
	return id, readJSON(c.Ctx, into)
}

// answerOr writes an answer, or what went wrong.
func answerOr(c *call, status int, v any, err error) error {
	if err != nil {
		return err
	}
	return c.Status(status).JSON(v)
}

// banks lists the banks of Viet Nam that take transfers, to choose from.
func (h *HTTP) banks(c *call) error {
	return c.JSON(map[string]any{"banks": bank.Banks()})
}

func (h *HTTP) register(c *call) error {
	var in struct {
		AuctionID string `json:"auctionId"`
		LotID     string `json:"lotId"`
	}
	if err := readJSON(c.Ctx, &in); err != nil {
		return err
	}
	r, err := h.Office.Register(c.ctx, actor(c), in.AuctionID, in.LotID)
	return answerOr(c, http.StatusCreated, r, err)
}

func (h *HTTP) myRegistrations(c *call) error {
	list, err := h.Office.MyRegistrations(c.ctx, actor(c))
	return answerOr(c, http.StatusOK, map[string]any{"registrations": list}, err)
}

func (h *HTTP) myRegistration(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	r, err := h.Office.MyRegistration(c.ctx, actor(c), id)
	return answerOr(c, http.StatusOK, r, err)
}

func (h *HTTP) editRegistration(c *call) error {
	var in struct {
		Version int `json:"version"`
		office.DossierForm
	}
	id, err := take(c, &in)
	if err != nil {
		return err
	}
	r, err := h.Office.EditRegistration(c.ctx, actor(c), id, in.Version, in.DossierForm)
	return answerOr(c, http.StatusOK, r, err)
}

func (h *HTTP) submitRegistration(c *call) error {
	var in struct {
		Version int `json:"version"`
	}
	id, err := take(c, &in)
	if err != nil {
		return err
	}
	r, err := h.Office.SubmitRegistration(c.ctx, actor(c), id, in.Version)
	return answerOr(c, http.StatusOK, r, err)
}

func (h *HTTP) withdrawRegistration(c *call) error {
	var in struct {
		Reason string `json:"reason"`
	}
	id, err := take(c, &in)
	if err != nil {
		return err
	}
	r, err := h.Office.WithdrawRegistration(c.ctx, actor(c), id, in.Reason)
	return answerOr(c, http.StatusOK, r, err)
}

func (h *HTTP) markSent(c *call) error {
	var in struct {
		Payment office.PaymentKind `json:"payment"`
	}
	id, err := take(c, &in)
	if err != nil {
		return err
	}
	r, err := h.Office.MarkSent(c.ctx, actor(c), id, in.Payment)
	return answerOr(c, http.StatusOK, r, err)
}

func (h *HTTP) registrations(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	list, err := h.Office.Registrations(c.ctx, actor(c), id)
	return answerOr(c, http.StatusOK, map[string]any{"registrations": list}, err)
}

func (h *HTTP) registerAtCounter(c *call) error {
	var in office.CounterForm
	id, err := take(c, &in)
	if err != nil {
		return err
	}
	r, err := h.Office.RegisterAtCounter(c.ctx, actor(c), id, in)
	return answerOr(c, http.StatusCreated, r, err)
}

func (h *HTTP) decideRegistration(c *call) error {
	var in office.Decision
	id, err := take(c, &in)
	if err != nil {
		return err
	}
	r, err := h.Office.DecideRegistration(c.ctx, actor(c), id, in)
	return answerOr(c, http.StatusOK, r, err)
}

func (h *HTTP) takeCash(c *call) error {
	var in struct {
		Payment office.PaymentKind `json:"payment"`
		Amount  engine.Dong        `json:"amount"`
	}
	id, err := take(c, &in)
	if err != nil {
		return err
	}
	r, receipt, err := h.Office.TakeCash(c.ctx, actor(c), id, in.Payment, in.Amount)
	return answerOr(c, http.StatusOK, map[string]any{"registration": r, "receipt": receipt}, err)
}

func (h *HTTP) acceptGuarantee(c *call) error {
	var in struct {
		Note string `json:"note"`
	}
	id, err := take(c, &in)
	if err != nil {
		return err
	}
	r, err := h.Office.AcceptGuarantee(c.ctx, actor(c), id, in.Note)
	return answerOr(c, http.StatusOK, r, err)
}

func (h *HTTP) waive(c *call) error {
	var in struct {
		Payment office.PaymentKind `json:"payment"`
		Reason  string             `json:"reason"`
	}
	id, err := take(c, &in)
	if err != nil {
		return err
	}
	r, err := h.Office.Waive(c.ctx, actor(c), id, in.Payment, in.Reason)
	return answerOr(c, http.StatusOK, r, err)
}

func (h *HTTP) statements(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	list, err := h.Office.Statements(c.ctx, actor(c), id)
	return answerOr(c, http.StatusOK, map[string]any{"statements": list}, err)
}

func (h *HTTP) importStatement(c *call) error {
	var in struct {
		FileID string `json:"fileId"`
	}
	id, err := take(c, &in)
	if err != nil {
		return err
	}
	s, err := h.Office.ImportStatement(c.ctx, actor(c), id, in.FileID)
	return answerOr(c, http.StatusCreated, s, err)
}

func (h *HTTP) statement(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	s, err := h.Office.Statement(c.ctx, actor(c), id)
	return answerOr(c, http.StatusOK, s, err)
}

func (h *HTTP) confirmStatement(c *call) error {
	var in struct {
		Assign []office.Assignment `json:"assign"`
	}
	id, err := take(c, &in)
	if err != nil {
		return err
	}
	s, err := h.Office.ConfirmStatement(c.ctx, actor(c), id, in.Assign)
	return answerOr(c, http.StatusOK, s, err)
}
