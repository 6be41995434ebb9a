package transport

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"gobua/engine"
	"gobua/office"
)

// ArchiveAPI is what sealed files and complaints over HTTP need of the office.
type ArchiveAPI interface {
	CaseFile(ctx context.Context, by office.Account, auctionID string) (office.CaseFile, error)
	Seal(ctx context.Context, by office.Account, auctionID, reason string) (office.Archive, error)
	CheckArchive(ctx context.Context, by office.Account, auctionID string, number int) (office.ArchiveCheck, error)
	ReadArchive(ctx context.Context, by office.Account, auctionID string, number int, identities bool, reason string) (io.ReadCloser, int64, error)
	PlaceHold(ctx context.Context, by office.Account, auctionID, reason string) (office.Hold, error)
	LiftHold(ctx context.Context, by office.Account, auctionID, reason string) (office.Hold, error)
	ProposeDisposal(ctx context.Context, by office.Account, auctionID, reason string) (office.Disposal, error)
	DecideDisposal(ctx context.Context, by office.Account, auctionID string, approve bool, remark string) (office.Disposal, error)
	FindArchives(ctx context.Context, by office.Account, s office.ArchiveSearch) ([]office.ArchiveRow, error)
	Retention(ctx context.Context, by office.Account) (office.KeepRules, error)
	SetRetention(ctx context.Context, by office.Account, k office.KeepRules) (office.KeepRules, error)

	FileComplaint(ctx context.Context, by office.Account, auctionID string, n office.NewComplaint) (office.Complaint, error)
	ComplaintCount(ctx context.Context, auctionID string) (office.ComplaintCount, error)
	Complaints(ctx context.Context, by office.Account, auctionID string) ([]office.Complaint, error)
	AnswerComplaint(ctx context.Context, by office.Account, id string, upheld bool, answer string) (office.Complaint, error)
}

var (
	sealers   = []engine.Role{engine.RoleAuctioneer, engine.RoleRegistrar, engine.RoleClerk, engine.RoleAdmin}
	examiners = []engine.Role{engine.RoleAuctioneer, engine.RoleRegistrar, engine.RoleClerk}
)

// archiveRoutes seal, check, give out, keep and dispose of the files of
// auctions, and take complaints.
var archiveRoutes = []route{
	{method: http.MethodGet, path: "/archive", who: desk, handle: (*HTTP).archives},
	{method: http.MethodGet, path: "/archive/settings", who: desk, handle: (*HTTP).retention},
	{method: http.MethodPut, path: "/archive/settings", who: admins, handle: (*HTTP).setRetention},
	{method: http.MethodGet, path: "/auctions/:id/casefile", who: desk, handle: (*HTTP).caseFile},
	{method: http.MethodPost, path: "/auctions/:id/casefile", who: sealers, handle: (*HTTP).seal, once: true},
	{method: http.MethodGet, path: "/auctions/:id/casefile/:number/check", who: desk, handle: (*HTTP).checkArchive},
	{method: http.MethodPost, path: "/auctions/:id/casefile/:number/file", who: desk, handle: (*HTTP).readArchive},
	{method: http.MethodPost, path: "/auctions/:id/hold", who: conductors, handle: (*HTTP).placeHold},
	{method: http.MethodPost, path: "/auctions/:id/hold/lift", who: admins, handle: (*HTTP).liftHold},
	{method: http.MethodPost, path: "/auctions/:id/disposal", who: editors, handle: (*HTTP).proposeDisposal},
	{method: http.MethodPost, path: "/auctions/:id/disposal/decide", who: editors, handle: (*HTTP).decideDisposal},
	{method: http.MethodGet, path: "/auctions/:id/complaints", who: desk, handle: (*HTTP).complaints},
	{method: http.MethodPost, path: "/complaints/:id/answer", who: examiners, handle: (*HTTP).answerComplaint},
	{method: http.MethodGet, path: "/notices/:id/complaints", handle: (*HTTP).complaintCount},
	{method: http.MethodPost, path: "/notices/:id/complaints", handle: (*HTTP).fileComplaint},
}

// longCall is how long reading and writing whole files may take.
const longCall = 5 * time.Minute

func longer(c *call) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(c.ctx), longCall)
}

// sendJSON sends a value, or passes the error on.
func sendJSON[T any](c *call, v T, err error) error {
	if err != nil {
		return err
	}
	return c.JSON(v)
}

func (h *HTTP) archives(c *call) error {
	from, err := wholeQuery(c, "from")
	if err != nil {
		return err
	}
	to, err := wholeQuery(c, "to")
	if err != nil {
		return err
	}
	found, err := h.Office.FindArchives(c.ctx, actor(c), office.ArchiveSearch{
		Words: c.Query("q"), Winner: engine.ParticipantCode(c.Query("winner")), From: engine.Instant(from), To: engine.Instant(to),
		Outcome: c.Query("outcome"), Expired: c.Query("expired") == "1", After: c.Query("after"),
	})
	return sendJSON(c, map[string]any{"archives": found}, err)
}

func (h *HTTP) retention(c *call) error {
	k, err := h.Office.Retention(c.ctx, actor(c))
	return sendJSON(c, k, err)
}

func (h *HTTP) setRetention(c *call) error {
	var in office.KeepRules
	if err := readJSON(c.Ctx, &in); err != nil {
		return err
	}
	k, err := h.Office.SetRetention(c.ctx, actor(c), in)
	return sendJSON(c, k, err)
}

func (h *HTTP) caseFile(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	f, err := h.Office.CaseFile(c.ctx, actor(c), id)
	return sendJSON(c, f, err)
}

// giveReason reads the id of the path and a body with a reason.
func giveReason(c *call) (id, reason string, err error) {
	var in struct {
		Reason string `json:"reason"`
	}
	if id, err = officeID(c); err == nil {
		err = readJSON(c.Ctx, &in)
	}
	return id, in.Reason, err
}

func (h *HTTP) seal(c *call) error {
	id, reason, err := giveReason(c)
	if err != nil {
		return err
	}
	ctx, cancel := longer(c)
	defer cancel()
	a, err := h.Office.Seal(ctx, actor(c), id, reason)
	return sendJSON(c, a, err)
}

// fileNumber reads the auction and the number of a file in the path.
func fileNumber(c *call) (string, int, error) {
	id, err := officeID(c)
	if err != nil {
		return "", 0, err
	}
	n, err := strconv.Atoi(c.Params("number"))
	if err != nil || n < 1 {
		return "", 0, refuse(codeNotFound)
	}
	return id, n, nil
}

func (h *HTTP) checkArchive(c *call) error {
	id, number, err := fileNumber(c)
	if err != nil {
		return err
	}
	ctx, cancel := longer(c)
	defer cancel()
	found, err := h.Office.CheckArchive(ctx, actor(c), id, number)
	return sendJSON(c, found, err)
}

func (h *HTTP) readArchive(c *call) error {
	var in struct {
		Identities bool   `json:"identities"`
		Reason     string `json:"reason"`
	}
	id, number, err := fileNumber(c)
	if err != nil {
		return err
	}
	if err := readJSON(c.Ctx, &in); err != nil {
		return err
	}
	file, size, err := h.Office.ReadArchive(c.ctx, actor(c), id, number, in.Identities, in.Reason)
	if err != nil {
		return err
	}
	part := "khong-danh-tinh"
	if in.Identities {
		part = "day-du"
	}
	c.Set(fiber.HeaderContentType, "application/zip")
	c.Set(fiber.HeaderContentDisposition, fmt.Sprintf(`attachment; filename="ho-so-%s-%d-%s.zip"`, id, number, part))
	return c.SendStream(&patient{file, c.Context().Conn(), time.Now}, int(size)) // which closes it
}

func (h *HTTP) placeHold(c *call) error {
	id, reason, err := giveReason(c)
	if err != nil {
		return err
	}
	hold, err := h.Office.PlaceHold(c.ctx, actor(c), id, reason)
	return sendJSON(c, hold, err)
}

func (h *HTTP) liftHold(c *call) error {
	id, reason, err := giveReason(c)
	if err != nil {
		return err
	}
	hold, err := h.Office.LiftHold(c.ctx, actor(c), id, reason)
	return sendJSON(c, hold, err)
}

func (h *HTTP) proposeDisposal(c *call) error {
	id, reason, err := giveReason(c)
	if err != nil {
		return err
	}
	d, err := h.Office.ProposeDisposal(c.ctx, actor(c), id, reason)
	return sendJSON(c, d, err)
}

func (h *HTTP) decideDisposal(c *call) error {
	var in struct {
		Approve bool   `json:"approve"`
		Remark  string `json:"remark"`
	}
	id, err := officeID(c)
	if err != nil {
		return err
	}
	if err := readJSON(c.Ctx, &in); err != nil {
		return err
	}
	ctx, cancel := longer(c)
	defer cancel()
	d, err := h.Office.DecideDisposal(ctx, actor(c), id, in.Approve, in.Remark)
	return sendJSON(c, d, err)
}

func (h *HTTP) complaints(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	found, err := h.Office.Complaints(c.ctx, actor(c), id)
	return sendJSON(c, map[string]any{"complaints": found}, err)
}

func (h *HTTP) answerComplaint(c *call) error {
	var in struct {
		Upheld bool   `json:"upheld"`
		Answer string `json:"answer"`
	}
	id, err := officeID(c)
	if err != nil {
		return err
	}
	if err := readJSON(c.Ctx, &in); err != nil {
		return err
	}
	one, err := h.Office.AnswerComplaint(c.ctx, actor(c), id, in.Upheld, in.Answer)
	return sendJSON(c, one, err)
}

func (h *HTTP) complaintCount(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	n, err := h.Office.ComplaintCount(c.ctx, id)
	return sendJSON(c, n, err)
}

func (h *HTTP) fileComplaint(c *call) error {
	var in office.NewComplaint
	id, err := officeID(c)
	if err != nil {
		return err
	}
	by, err := h.reader(c)
	if err != nil {
		return err
	}
	by.Origin = c.from
	if err := readJSON(c.Ctx, &in); err != nil {
		return err
	}
	one, err := h.Office.FileComplaint(c.ctx, by, id, in)
	if err != nil {
		return err
	}
	return c.Status(http.StatusCreated).JSON(one)
}
