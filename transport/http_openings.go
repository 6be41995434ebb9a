package transport

import (
	"context"
	"net/http"
	"strings"

	"gobua/engine"
	"gobua/office"
)

// OpeningAPI is what REST needs of the office to open who bid under a code.
type OpeningAPI interface {
	Openings(ctx context.Context, by office.Account, auctionID string) ([]office.OpeningView, error)
	AskOpening(ctx context.Context, by office.Account, session engine.SessionID, code engine.ParticipantCode, reason string) (office.OpeningView, error)
	DecideOpening(ctx context.Context, by office.Account, auctionID, id string, approve bool, remark string) (office.OpeningView, error)
	UseOpening(ctx context.Context, by office.Account, auctionID, id string) (office.OpeningView, office.Account, error)
}

// codeOpeners ask who bid under a code, and approve that another one sees it.
var codeOpeners = []engine.Role{engine.RoleAuctioneer, engine.RoleRegistrar}

var openingRoutes = []route{
	{method: http.MethodGet, path: "/auctions/:id/openings", who: codeOpeners, handle: (*HTTP).openings},
	{method: http.MethodPost, path: "/sessions/:id/openings", who: codeOpeners, handle: (*HTTP).askOpening, once: true},
	{method: http.MethodPost, path: "/auctions/:id/openings/:opening/decide", who: codeOpeners, handle: (*HTTP).decideOpening},
	{method: http.MethodPost, path: "/auctions/:id/openings/:opening/use", who: codeOpeners, handle: (*HTTP).useOpening},
}

func (h *HTTP) openings(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	list, err := h.Office.Openings(c.ctx, actor(c), id)
	return listed(c, "openings", list, err)
}

func (h *HTTP) askOpening(c *call) error {
	var in struct {
		Code   engine.ParticipantCode `json:"code"`
		Reason string                 `json:"reason"`
	}
	id, err := readAct(c, &in)
	if err != nil {
		return err
	}
	p, err := h.Office.AskOpening(c.ctx, actor(c), engine.SessionID(id), in.Code, in.Reason)
	return answered(c, p, err)
}

func (h *HTTP) decideOpening(c *call) error {
	var in struct {
		Approve bool   `json:"approve"`
		Remark  string `json:"remark"`
	}
	id, err := readAct(c, &in)
	if err != nil {
		return err
	}
	p, err := h.Office.DecideOpening(c.ctx, actor(c), id, strings.Clone(c.Params("opening")), in.Approve, in.Remark)
	return answered(c, p, err)
}

func (h *HTTP) useOpening(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	p, who, err := h.Office.UseOpening(c.ctx, actor(c), id, strings.Clone(c.Params("opening")))
	if err != nil {
		return err
	}
	return c.JSON(map[string]any{"opening": p, "account": map[string]string{"id": who.ID, "login": who.Login, "name": who.Name}})
}
