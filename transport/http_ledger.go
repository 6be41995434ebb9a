package transport

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/mod/sumdb/tlog"

	"gobua/engine"
	"gobua/engine/ledger"
)

// LedgerAPI is what REST needs of the public log of heads. It asks no office:
// proofs are given while the database is away.
type LedgerAPI interface {
	About() (ledger.About, error)
	Checkpoint() (ledger.SignedCheckpoint, error)
	CheckpointAt(size int64) (ledger.SignedCheckpoint, error)
	Checkpoints(after int64, limit int) ([]ledger.SignedCheckpoint, error)
	Timestamp(size int64) ([]byte, error)
	Tile(t tlog.Tile) ([]byte, error)
	Inclusion(index, size int64) (ledger.Inclusion, error)
	Consistency(from, to int64) (ledger.Consistency, error)
	SessionProof(id engine.SessionID) (ledger.SessionProof, error)
	SessionEntries(id engine.SessionID, from int64, limit int) ([]ledger.SessionEntry, error)
	AddCosignature(signed []byte) error
}

// ledgerRoutes are the proofs as JSON, for browsers. Programs that know
// transparency logs read ledgerPrefix.
var ledgerRoutes = []route{
	{method: http.MethodGet, path: "/log", handle: (*HTTP).logAbout},
	{method: http.MethodGet, path: "/log/checkpoints", handle: (*HTTP).logCheckpoints, packed: true},
	{method: http.MethodGet, path: "/log/checkpoints/:size", handle: (*HTTP).logCheckpoint},
	{method: http.MethodGet, path: "/log/checkpoints/:size/timestamp.tsr", handle: (*HTTP).logTimestamp},
	{method: http.MethodGet, path: "/log/inclusion", handle: (*HTTP).logInclusion},
	{method: http.MethodGet, path: "/log/consistency", handle: (*HTTP).logConsistency},
	{method: http.MethodGet, path: "/log/sessions/:id", handle: (*HTTP).logSession},
	{method: http.MethodGet, path: "/log/sessions/:id/entries", handle: (*HTTP).logEntries, packed: true},
	{method: http.MethodPost, path: "/log/cosignatures", handle: (*HTTP).logCosign},
}

// ledgerPrefix is where the log is read as C2SP tlog-tiles.
const ledgerPrefix = "/log"

// How long an answer may be shown without asking again.
const (
	logNewest  = "public, max-age=2"  // until the next checkpoint
	logDressed = "public, max-age=60" // others may still sign it
	logForever = "public, max-age=31536000, immutable"
)

// maxLogPage is how many checkpoints or entries one answer has.
const maxLogPage = 200

// ledgerRetry is when asking a log that is out of order makes sense again.
const ledgerRetry = 10 * time.Second

// ledgerFault turns an error of the log into its answer.
func ledgerFault(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ledger.ErrNotFound):
		return refuse(codeNotFound)
	case errors.Is(err, ledger.ErrCosignature):
		return &fault{code: codeInvalid, fields: []fieldFault{{Field: "note", Code: "invalid"}}, cause: err}
	case errors.Is(err, ledger.ErrDown):
		return &fault{code: codeBusy, retryAfter: ledgerRetry, cause: err}
	}
	return err
}

// log is the log, or the fault that there is none now.
func (h *HTTP) log() (LedgerAPI, error) {
	if h.Ledger == nil {
		return nil, ledgerFault(ledger.ErrDown)
	}
	return h.Ledger, nil
}

// openToAll lets pages of other sites read an answer: who checks a server must
// not need its page.
func openToAll(c *fiber.Ctx, age string) {
	c.Set(fiber.HeaderAccessControlAllowOrigin, "*")
	c.Set("Cross-Origin-Resource-Policy", "cross-origin")
	c.Set(fiber.HeaderCacheControl, age)
}

// tiles answers what C2SP tlog-tiles asks for.
func (h *HTTP) tiles(c *fiber.Ctx) error {
	if !safeMethod(c.Method()) {
		c.Set(fiber.HeaderAllow, "GET, HEAD")
		return refuse(codeMethodNotAllowed)
	}
	log, err := h.log()
	if err != nil {
		return err
	}
	path := strings.TrimPrefix(c.Path(), ledgerPrefix+"/")
	if path == "checkpoint" {
		newest, err := log.Checkpoint()
		if err != nil {
			return ledgerFault(err)
		}
		openToAll(c, logNewest)
		c.Set(fiber.HeaderContentType, fiber.MIMETextPlainCharsetUTF8)
		return c.SendString(newest.Note)
	}
	tile, ok := ledger.ParseTilePath(path)
	if !ok {
		return refuse(codeNotFound)
	}
	content, err := log.Tile(tile)
	if err != nil {
		return ledgerFault(err)
	}
	openToAll(c, logForever)
	c.Set(fiber.HeaderContentType, fiber.MIMEOctetStream)
	return c.Send(content)
}

// logAnswer answers with what f gets from the log.
func logAnswer[T any](h *HTTP, c *call, age string, f func(LedgerAPI) (T, error)) error {
	log, err := h.log()
	if err != nil {
		return err
	}
	out, err := f(log)
	if err != nil {
		return ledgerFault(err)
	}
	openToAll(c.Ctx, age)
	return c.JSON(out)
}

// logNumber reads a number of the question; absent: otherwise.
func logNumber(c *call, name string, otherwise int64) (int64, error) {
	text := c.Query(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, &fault{code: codeInvalid, fields: []fieldFault{{Field: name, Code: "invalid"}}}
	}
	return n, nil
}

// logSize reads the size in the address.
func logSize(c *call) (int64, error) {
	n, err := strconv.ParseInt(c.Params("size"), 10, 64)
	if err != nil || n < 0 {
		return 0, refuse(codeNotFound)
	}
	return n, nil
}

// logAbout answers whose log it is, with its keys and its newest checkpoint.
func (h *HTTP) logAbout(c *call) error {
	return logAnswer(h, c, logNewest, LedgerAPI.About)
}

// logCheckpoints answers the checkpoints after a size, for those who follow.
func (h *HTTP) logCheckpoints(c *call) error {
	after, err := logNumber(c, "after", -1)
	if err != nil {
		return err
	}
	return logAnswer(h, c, logNewest, func(log LedgerAPI) (map[string][]ledger.SignedCheckpoint, error) {
		found, err := log.Checkpoints(after, maxLogPage)
		return map[string][]ledger.SignedCheckpoint{"checkpoints": found}, err
	})
}

// logCheckpoint answers the checkpoint of one size, with the signatures that
// have come in.
func (h *HTTP) logCheckpoint(c *call) error {
	size, err := logSize(c)
	if err != nil {
		return err
	}
	return logAnswer(h, c, logDressed, func(log LedgerAPI) (ledger.SignedCheckpoint, error) { return log.CheckpointAt(size) })
}

// logTimestamp answers the stamp of RFC 3161 over a checkpoint's text.
func (h *HTTP) logTimestamp(c *call) error {
	size, err := logSize(c)
	if err != nil {
		return err
	}
	log, err := h.log()
	if err != nil {
		return err
	}
	stamp, err := log.Timestamp(size)
	if err != nil {
		return ledgerFault(err)
	}
	openToAll(c.Ctx, logForever)
	c.Set(fiber.HeaderContentType, "application/timestamp-reply")
	c.Set(fiber.HeaderContentDisposition, fmt.Sprintf(`attachment; filename="checkpoint-%d.tsr"`, size))
	return c.Send(stamp)
}

// logInclusion proves that an entry is in a tree.
func (h *HTTP) logInclusion(c *call) error {
	index, err := logNumber(c, "index", 0)
	if err != nil {
		return err
	}
	size, err := logNumber(c, "size", 0)
	if err != nil {
		return err
	}
	age := logForever
	if size == 0 {
		age = logNewest
	}
	return logAnswer(h, c, age, func(log LedgerAPI) (ledger.Inclusion, error) { return log.Inclusion(index, size) })
}

// logConsistency proves that one tree continues another.
func (h *HTTP) logConsistency(c *call) error {
	from, err := logNumber(c, "from", 0)
	if err != nil {
		return err
	}
	to, err := logNumber(c, "to", 0)
	if err != nil {
		return err
	}
	return logAnswer(h, c, logForever, func(log LedgerAPI) (ledger.Consistency, error) { return log.Consistency(from, to) })
}

// logSession proves where a session ended when the log last witnessed it.
func (h *HTTP) logSession(c *call) error {
	id := engine.SessionID(c.Params("id"))
	if !id.Valid() {
		return refuse(codeNotFound)
	}
	return logAnswer(h, c, logNewest, func(log LedgerAPI) (ledger.SessionProof, error) { return log.SessionProof(id) })
}

// logEntries answers what the log says of a session, the oldest first.
func (h *HTTP) logEntries(c *call) error {
	id := engine.SessionID(c.Params("id"))
	if !id.Valid() {
		return refuse(codeNotFound)
	}
	from, err := logNumber(c, "from", 0)
	if err != nil {
		return err
	}
	return logAnswer(h, c, logNewest, func(log LedgerAPI) (map[string][]ledger.SessionEntry, error) {
		found, err := log.SessionEntries(id, from, maxLogPage)
		return map[string][]ledger.SessionEntry{"entries": found}, err
	})
}

// logCosign takes the word of a witness.
func (h *HTTP) logCosign(c *call) error {
	var in struct {
		Note string `json:"note"`
	}
	if err := readJSON(c.Ctx, &in); err != nil {
		return err
	}
	log, err := h.log()
	if err != nil {
		return err
	}
	if err := log.AddCosignature([]byte(in.Note)); err != nil {
		return ledgerFault(err)
	}
	return c.SendStatus(http.StatusNoContent)
}
