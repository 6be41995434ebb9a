package transport

import (
	"net/http"
	"slices"

	"gobua/office"
)

func (h *HTTP) auctions(c *call) error {
	list, err := h.Office.Auctions(c.ctx, actor(c))
	if err != nil {
		return err
	}
	if list == nil {
		list = []office.Auction{}
	}
	for i := range list {
		hideReserves(c, &list[i])
	}
	return c.JSON(map[string]any{"auctions": list})
}

func (h *HTTP) createAuction(c *call) error {
	var in office.AuctionDraft
	if err := readJSON(c.Ctx, &in); err != nil {
		return err
	}
	made, err := h.Office.CreateAuction(c.ctx, actor(c), in, c.Get(idempotencyHeader))
	if err != nil {
		return err
	}
	return c.Status(http.StatusCreated).JSON(made)
}

func (h *HTTP) auction(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	found, err := h.Office.AuctionFor(c.ctx, actor(c), id)
	if err != nil {
		return err
	}
	hideReserves(c, &found)
	return c.JSON(found)
}

// hideReserves takes the hidden reserves out of a draft for whoever does not
// prepare it. A published auction has none: only their hashes are left.
func hideReserves(c *call, a *office.Auction) {
	if slices.Contains(editors, c.by.Role) {
		return
	}
	for i := range a.Lots {
		a.Lots[i].Rules.ReserveAmount = 0
	}
}

// updateAuction takes back what auction gave, edited: what the office adds to
// a draft may come along and is ignored, but for the version.
func (h *HTTP) updateAuction(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	var in office.Auction
	if err := readJSON(c.Ctx, &in); err != nil {
		return err
	}
	if in.Version <= 0 {
		return missing("version")
	}
	saved, err := h.Office.UpdateAuction(c.ctx, actor(c), id, in.Version, in.AuctionDraft)
	if err != nil {
		return err
	}
	return c.JSON(saved)
}

func (h *HTTP) publishAuction(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	var in struct {
		Version int `json:"version"`
	}
	if err := readJSON(c.Ctx, &in); err != nil {
		return err
	}
	if in.Version <= 0 {
		return missing("version")
	}
	published, err := h.Office.Publish(c.ctx, actor(c), id, in.Version)
	if err != nil {
		return err
	}
	return c.JSON(published)
}

func missing(field string) error {
	return &fault{code: codeInvalid, fields: []fieldFault{{Field: field, Code: "missing"}}}
}
