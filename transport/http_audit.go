package transport

import (
	"context"
	"net/http"
	"strconv"

	"gobua/engine"
	"gobua/office"
)

// AuditAPI is what the audit log and the letters over HTTP need of the office.
type AuditAPI interface {
	Acts(ctx context.Context, by office.Account, q office.ActQuery) ([]office.Act, error)
	CheckActs(ctx context.Context, by office.Account) (office.ActChain, error)
	Letters(ctx context.Context, by office.Account, q office.LetterQuery) ([]office.Letter, error)
	Letter(ctx context.Context, by office.Account, id string) (office.Letter, error)
	RetryLetter(ctx context.Context, by office.Account, id string) (office.Letter, error)
}

// auditRoutes let staff read what was done, and what was written to whom.
var auditRoutes = []route{
	{method: http.MethodGet, path: "/acts", who: auditors, handle: (*HTTP).acts},
	{method: http.MethodGet, path: "/acts/chain", who: auditors, handle: (*HTTP).actChain},
	{method: http.MethodGet, path: "/letters", who: editors, handle: (*HTTP).letters},
	{method: http.MethodGet, path: "/letters/:id", who: editors, handle: (*HTTP).letter},
	{method: http.MethodPost, path: "/letters/:id/retry", who: editors, handle: (*HTTP).retryLetter},
}

var auditors = []engine.Role{engine.RoleAdmin, engine.RoleAuctioneer, engine.RoleObserver}

func (h *HTTP) acts(c *call) error {
	q := office.ActQuery{
		AuctionID: c.Query("auction"), AccountID: c.Query("account"), Name: c.Query("name"), SubjectID: c.Query("subject"),
	}
	from, err := wholeQuery(c, "from")
	if err != nil {
		return err
	}
	to, err := wholeQuery(c, "to")
	if err != nil {
		return err
	}
	before, err := wholeQuery(c, "before")
	if err != nil {
		return err
	}
	q.From, q.To, q.Before = engine.Instant(from), engine.Instant(to), before
	list, err := h.Office.Acts(c.ctx, actor(c), q)
	if err != nil {
		return err
	}
	return c.JSON(map[string]any{"acts": list})
}

// wholeQuery reads a whole number of the address; absent is zero.
func wholeQuery(c *call, name string) (uint64, error) {
	s := c.Query(name)
	if s == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(s, 10, 53)
	if err != nil {
		return 0, &fault{code: codeInvalid, fields: []fieldFault{{Field: name, Code: "wrong_type"}}}
	}
	return n, nil
}

func (h *HTTP) actChain(c *call) error {
	chain, err := h.Office.CheckActs(c.ctx, actor(c))
	if err != nil {
		return err
	}
	return c.JSON(chain)
}

func (h *HTTP) letters(c *call) error {
	before, err := wholeQuery(c, "before")
	if err != nil {
		return err
	}
	list, err := h.Office.Letters(c.ctx, actor(c), office.LetterQuery{
		AuctionID: c.Query("auction"), Unsent: c.Query("unsent") == "1", Before: engine.Instant(before),
	})
	if err != nil {
		return err
	}
	return c.JSON(map[string]any{"letters": list})
}

func (h *HTTP) letter(c *call) error { return h.oneLetter(c, h.Office.Letter) }

func (h *HTTP) retryLetter(c *call) error { return h.oneLetter(c, h.Office.RetryLetter) }

func (h *HTTP) oneLetter(c *call, do func(context.Context, office.Account, string) (office.Letter, error)) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	l, err := do(c.ctx, actor(c), id)
	if err != nil {
		return err
	}
	return c.JSON(l)
}
