package transport

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"gobua/engine"
	"gobua/office"
)

// ListingAPI is the office's part in making an auction public.
type ListingAPI interface {
	List(ctx context.Context, by office.Account, id string, version int) (office.Auction, error)
	CheckList(ctx context.Context, by office.Account, id string, version int) error
	Amend(ctx context.Context, by office.Account, id string, version int, d office.AuctionDraft, notice string) (office.Auction, error)
	Cancel(ctx context.Context, by office.Account, id, reason string) (office.Auction, error)
	RulesVersions(ctx context.Context, auctionID string) ([]office.RulesVersion, error)
	Suggest(w office.Wish) (office.Suggestion, error)
	Staff(ctx context.Context, by office.Account) ([]office.Account, error)
	Notice(ctx context.Context, id string) (office.PublicAuction, error)
	NoticeRules(ctx context.Context, id string, number int) (office.RulesVersion, error)
}

// listingRoutes make an auction public and show it to everybody.
var listingRoutes = []route{
	{method: http.MethodPost, path: "/auctions/suggest", who: editors, handle: (*HTTP).suggest},
	{method: http.MethodPost, path: "/auctions/:id/list", who: editors, handle: (*HTTP).listAuction, once: true},
	{method: http.MethodPost, path: "/auctions/:id/amend", who: editors, handle: (*HTTP).amendAuction, once: true},
	{method: http.MethodPost, path: "/auctions/:id/cancel", who: editors, handle: (*HTTP).cancelAuction, once: true},
	{method: http.MethodGet, path: "/auctions/:id/versions", who: desk, handle: (*HTTP).rulesVersions},
	{method: http.MethodGet, path: "/staff", who: editors, handle: (*HTTP).staff},
	{method: http.MethodGet, path: "/notices/:id", handle: (*HTTP).notice, packed: true},
	{method: http.MethodGet, path: "/notices/:id/rules/:number", handle: (*HTTP).noticeRules, packed: true},
}

// suggest reckons the windows of an auction by the law. It changes nothing.
func (h *HTTP) suggest(c *call) error {
	var in office.Wish
	if err := readJSON(c.Ctx, &in); err != nil {
		return err
	}
	out, err := h.Office.Suggest(in)
	if err != nil {
		return err
	}
	return c.JSON(out)
}

func (h *HTTP) listAuction(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	var in struct {
		Version int  `json:"version"`
		Check   bool `json:"check"` // only tell whether it could be listed
	}
	if err := readJSON(c.Ctx, &in); err != nil {
		return err
	}
	if in.Version <= 0 {
		return missing("version")
	}
	if in.Check {
		if err := h.Office.CheckList(c.ctx, actor(c), id, in.Version); err != nil {
			return err
		}
		return c.SendStatus(http.StatusNoContent)
	}
	listed, err := h.Office.List(c.ctx, actor(c), id, in.Version)
	if err != nil {
		return err
	}
	return c.JSON(listed)
}

// amendAuction takes the whole draft of a listed auction, edited, and what the
// public is told of it.
func (h *HTTP) amendAuction(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	var in struct {
		Version int                 `json:"version"`
		Notice  string              `json:"notice"`
		Auction office.AuctionDraft `json:"auction"`
	}
	if err := readJSON(c.Ctx, &in); err != nil {
		return err
	}
	if in.Version <= 0 {
		return missing("version")
	}
	amended, err := h.Office.Amend(c.ctx, actor(c), id, in.Version, in.Auction, in.Notice)
	if err != nil {
		return err
	}
	return c.JSON(amended)
}

func (h *HTTP) cancelAuction(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	var in struct {
		Reason string `json:"reason"`
	}
	if err := readJSON(c.Ctx, &in); err != nil {
		return err
	}
	cancelled, err := h.Office.Cancel(c.ctx, actor(c), id, in.Reason)
	if err != nil {
		return err
	}
	return c.JSON(cancelled)
}

func (h *HTTP) rulesVersions(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	if _, err := h.Office.AuctionFor(c.ctx, actor(c), id); err != nil {
		return err
	}
	versions, err := h.Office.RulesVersions(c.ctx, id)
	if err != nil {
		return err
	}
	public := make([]office.PublicVersion, len(versions))
	for i, v := range versions {
		public[i] = v.Public()
	}
	return c.JSON(map[string]any{"versions": public})
}

// staff lists who of the own centre may be put in charge of an auction.
func (h *HTTP) staff(c *call) error {
	list, err := h.Office.Staff(c.ctx, actor(c))
	if err != nil {
		return err
	}
	rows := make([]staffRow, len(list))
	for i, a := range list {
		rows[i] = staffRow{ID: a.ID, Name: a.Name, Role: a.Role, StaffRef: a.StaffRef, Observer: a.Observer}
	}
	return c.JSON(map[string]any{"staff": rows})
}

// staffRow is a member of the staff to choose.
type staffRow struct {
	ID       string              `json:"id"`
	Name     string              `json:"name"`
	Role     engine.Role         `json:"role"`
	StaffRef string              `json:"staffRef,omitempty"`
	Observer office.ObserverKind `json:"observer,omitempty"`
}

// notice is the public notice. Its tag is the hash of what is sent, which
// changes with the clock only where a stage or a deadline passes.
func (h *HTTP) notice(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	found, err := h.Office.Notice(c.ctx, id)
	if err != nil {
		return err
	}
	body, err := json.Marshal(found)
	if err != nil {
		return err
	}
	return sendTagged(c, body)
}

// noticeRules sends the rules of a version byte by byte as they were hashed:
// the SHA-256 of the body is the hash in the notice.
func (h *HTTP) noticeRules(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	number, err := strconv.Atoi(c.Params("number"))
	if err != nil {
		return refuse(codeNotFound)
	}
	found, err := h.Office.NoticeRules(c.ctx, id, number)
	if err != nil {
		return err
	}
	return sendTagged(c, found.Sheet)
}

// sendTagged sends JSON under the tag of its content, or 304.
func sendTagged(c *call, body []byte) error {
	sum := sha256.Sum256(body)
	tag := fmt.Sprintf(`W/"%x"`, sum[:12])
	c.Set(fiber.HeaderETag, tag)
	c.Set(fiber.HeaderCacheControl, "no-cache")
	if c.Get(fiber.HeaderIfNoneMatch) == tag {
		c.Status(http.StatusNotModified)
		return nil
	}
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	return c.Send(body)
}
