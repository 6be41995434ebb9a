package transport

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"gobua/office"
	"gobua/office/blob"
	"gobua/office/upload"
)

// FilesAPI is what files over HTTP need of the office.
type FilesAPI interface {
	BeginUpload(ctx context.Context, by office.Account, n office.NewFile) (office.Upload, error)
	Upload(ctx context.Context, by office.Account, id string) (office.Upload, error)
	AppendUpload(ctx context.Context, by office.Account, id string, offset int64, chunk []byte) (office.Upload, error)
	FinishUpload(ctx context.Context, by office.Account, id, hash string) (office.File, error)
	ReadFile(ctx context.Context, by office.Account, id string) (office.File, blob.Content, error)
	FilePicture(ctx context.Context, by office.Account, id string, width int) (office.File, []byte, error)
	WithdrawFile(ctx context.Context, by office.Account, id, reason string) (office.File, error)
	OrderFiles(ctx context.Context, by office.Account, auctionID string, ids []string) ([]office.File, error)
	AuctionFiles(ctx context.Context, by office.Account, auctionID string) ([]office.File, error)
	NoticeFiles(ctx context.Context, auctionID string) ([]office.File, error)
	RegistrationFiles(ctx context.Context, by office.Account, registrationID string) ([]office.File, error)
}

// fileRoutes take files in, in chunks, and give them out.
var fileRoutes = []route{
	{method: http.MethodPost, path: "/files", who: signedIn, handle: (*HTTP).beginUpload},
	{method: http.MethodGet, path: "/files/:id/upload", who: signedIn, handle: (*HTTP).upload},
	{method: http.MethodPut, path: "/files/:id/upload", who: signedIn, handle: (*HTTP).appendUpload},
	{method: http.MethodPost, path: "/files/:id/finish", who: signedIn, handle: (*HTTP).finishUpload},
	{method: http.MethodPost, path: "/files/:id/withdraw", who: signedIn, handle: (*HTTP).withdrawFile},
	{method: http.MethodGet, path: "/files/:id", handle: (*HTTP).file},
	{method: http.MethodGet, path: "/auctions/:id/files", who: desk, handle: (*HTTP).auctionFiles},
	{method: http.MethodPut, path: "/auctions/:id/files", who: editors, handle: (*HTTP).orderFiles},
	{method: http.MethodGet, path: "/registrations/:id/files", who: signedIn, handle: (*HTTP).registrationFiles},
	{method: http.MethodGet, path: "/notices/:id/files", handle: (*HTTP).noticeFiles, packed: true},
}

// uploadJSON is how far an upload is.
type uploadJSON struct {
	ID       string `json:"id"`
	Size     int64  `json:"size"`
	Received int64  `json:"received"`
	Chunk    int    `json:"chunk"` // longest chunk that is taken
}

func answerUpload(c *call, status int, u office.Upload) error {
	return c.Status(status).JSON(uploadJSON{ID: u.ID, Size: u.Size, Received: u.Received, Chunk: upload.ChunkBytes})
}

func (h *HTTP) beginUpload(c *call) error {
	var in office.NewFile
	if err := readJSON(c.Ctx, &in); err != nil {
		return err
	}
	u, err := h.Office.BeginUpload(c.ctx, actor(c), in)
	if err != nil {
		return err
	}
	return answerUpload(c, http.StatusCreated, u)
}

func (h *HTTP) upload(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	u, err := h.Office.Upload(c.ctx, actor(c), id)
	if err != nil {
		return err
	}
	return answerUpload(c, http.StatusOK, u)
}

// appendUpload takes a chunk as it is: the body is bytes of the file and
// nothing else.
func (h *HTTP) appendUpload(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	offset, err := strconv.ParseInt(c.Query("offset"), 10, 64)
	switch {
	case err != nil || offset < 0:
		return &fault{code: codeInvalid, fields: []fieldFault{{Field: "offset", Code: "malformed"}}}
	case c.Get(fiber.HeaderContentType) != fiber.MIMEOctetStream || c.Get(fiber.HeaderContentEncoding) != "":
		return refuse(codeNotBytes)
	case len(c.Request().Body()) > upload.ChunkBytes:
		return refuse(codeTooLarge)
	}
	u, err := h.Office.AppendUpload(c.ctx, actor(c), id, offset, c.Request().Body())
	if err != nil {
		return err
	}
	return answerUpload(c, http.StatusOK, u)
}

func (h *HTTP) finishUpload(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	var in struct {
		Hash string `json:"hash"`
	}
	if err := readJSON(c.Ctx, &in); err != nil {
		return err
	}
	f, err := h.Office.FinishUpload(c.ctx, actor(c), id, in.Hash)
	if err != nil {
		return err
	}
	return c.JSON(f)
}

func (h *HTTP) withdrawFile(c *call) error {
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
	f, err := h.Office.WithdrawFile(c.ctx, actor(c), id, in.Reason)
	if err != nil {
		return err
	}
	return c.JSON(f)
}

// listFiles answers with the files of whatever the path names.
func listFiles(c *call, list func(id string) ([]office.File, error)) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	files, err := list(id)
	if err != nil {
		return err
	}
	if files == nil {
		files = []office.File{}
	}
	return c.JSON(map[string]any{"files": files})
}

func (h *HTTP) auctionFiles(c *call) error {
	return listFiles(c, func(id string) ([]office.File, error) { return h.Office.AuctionFiles(c.ctx, actor(c), id) })
}

func (h *HTTP) registrationFiles(c *call) error {
	return listFiles(c, func(id string) ([]office.File, error) { return h.Office.RegistrationFiles(c.ctx, actor(c), id) })
}

func (h *HTTP) noticeFiles(c *call) error {
	return listFiles(c, func(id string) ([]office.File, error) { return h.Office.NoticeFiles(c.ctx, id) })
}

func (h *HTTP) orderFiles(c *call) error {
	var in struct {
		Files []string `json:"files"`
	}
	if err := readJSON(c.Ctx, &in); err != nil {
		return err
	}
	return listFiles(c, func(id string) ([]office.File, error) { return h.Office.OrderFiles(c.ctx, actor(c), id, in.Files) })
}

// reader returns who asks at a route that is open to everybody: the bearer of
// a token, or nobody. A token that is no longer good is refused, so that the
// page renews it instead of taking a private file for a missing one.
func (h *HTTP) reader(c *call) (office.Account, error) {
	if c.Get(fiber.HeaderAuthorization) == "" {
		return office.Account{}, nil
	}
	p, err := h.principal(c.Ctx)
	if err != nil {
		return office.Account{}, err
	}
	c.by = p
	c.Locals(localAccount, p.Account)
	return actor(c), nil
}

// file gives out a file, or with ?size= a picture made smaller. Whatever it
// is, a browser shows it without scripts, forms or an origin of ours.
func (h *HTTP) file(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	by, err := h.reader(c)
	if err != nil {
		return err
	}
	if size := c.Query("size"); size != "" {
		return h.picture(c, by, id, size)
	}
	f, content, err := h.Office.ReadFile(c.ctx, by, id)
	if err != nil {
		return err
	}
	if fresh(c, f, by, "") {
		content.Close()
		return c.SendStatus(http.StatusNotModified)
	}
	c.Set(fiber.HeaderContentDisposition, disposition(f))
	c.Set(fiber.HeaderContentType, f.MediaType)
	return c.SendStream(&patient{content, c.Context().Conn(), time.Now}, int(f.Size)) // which closes it
}

// patient is a content on its way to a slow reader: it may take longer than
// writeTimeout, as long as each piece of it does not.
type patient struct {
	content io.ReadCloser
	conn    interface{ SetWriteDeadline(time.Time) error }
	now     func() time.Time
}

func (p *patient) Read(b []byte) (int, error) {
	if err := p.conn.SetWriteDeadline(p.now().Add(writeTimeout)); err != nil {
		return 0, err
	}
	return p.content.Read(b)
}

func (p *patient) Close() error { return p.content.Close() }

func (h *HTTP) picture(c *call, by office.Account, id, size string) error {
	width, err := strconv.Atoi(size)
	if err != nil {
		return &fault{code: codeInvalid, fields: []fieldFault{{Field: "size", Code: "malformed"}}}
	}
	f, small, err := h.Office.FilePicture(c.ctx, by, id, width)
	if err != nil {
		return err
	}
	if fresh(c, f, by, "-"+size) {
		return c.SendStatus(http.StatusNotModified)
	}
	c.Set(fiber.HeaderContentType, upload.JPEG)
	return c.Send(small)
}

// sandbox lets a browser show a file and nothing else happen in it.
const sandbox = "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"

// publicFileAge is how long a file may be shown without asking: a withdrawn
// one is gone after that.
const publicFileAge = "public, max-age=60"

// fresh sets the headers of a file and tells whether the reader has it.
func fresh(c *call, f office.File, by office.Account, suffix string) bool {
	tag := `"` + hex.EncodeToString(f.Hash[:]) + suffix + `"`
	c.Set(fiber.HeaderETag, tag)
	c.Set(fiber.HeaderContentSecurityPolicy, sandbox)
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	if by.ID == "" {
		c.Set(fiber.HeaderCacheControl, publicFileAge)
	}
	return slices.Contains(strings.Split(strings.ReplaceAll(c.Get(fiber.HeaderIfNoneMatch), " ", ""), ","), tag)
}

// shownInline are the types a browser may show in a tab; others it keeps.
var shownInline = []string{upload.PDF, upload.JPEG, upload.PNG, upload.WebP}

// disposition names a file for whoever keeps it. The ending is the one of its
// type, whatever the name says.
func disposition(f office.File) string {
	how := "attachment"
	if slices.Contains(shownInline, f.MediaType) {
		how = "inline"
	}
	name := f.Name
	if ending := endings[f.MediaType]; !slices.ContainsFunc(ending, func(e string) bool { return strings.HasSuffix(strings.ToLower(name), e) }) {
		name += ending[0]
	}
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || strings.ContainsRune(`"\/%;`, r) {
			return '_'
		}
		return r
	}, name)
	return fmt.Sprintf(`%s; filename="%s"; filename*=UTF-8''%s`, how, plain, strings.ReplaceAll(url.QueryEscape(name), "+", "%20"))
}

var endings = map[string][]string{
	upload.PDF: {".pdf"}, upload.JPEG: {".jpg", ".jpeg"}, upload.PNG: {".png"}, upload.WebP: {".webp"},
	upload.DOCX: {".docx"}, upload.XLSX: {".xlsx"}, upload.CSV: {".csv", ".txt"},
}
