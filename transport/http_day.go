package transport

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"gobua/engine"
	"gobua/office"
)

// DayAPI is what REST needs of the office on the day of the sale: sessions,
// presence, the checklist, incidents, re-runs, rehearsals.
type DayAPI interface {
	Sessions(ctx context.Context, auctionID string) ([]office.SessionOfAuction, error)
	AdmissionState(ctx context.Context, by office.Account, auctionID string) (*office.AdmissionState, error)
	Readiness(ctx context.Context, by office.Account, auctionID string) ([]office.ReadinessItem, error)
	TickReadiness(ctx context.Context, by office.Account, auctionID, item string, ticked bool, note string) error
	Presence(ctx context.Context, by office.Account, id engine.SessionID) ([]office.Attendance, error)
	OwnPresence(ctx context.Context, id engine.SessionID, code engine.ParticipantCode) (office.Attendance, error)
	Absent(ctx context.Context, id engine.SessionID) ([]office.Absence, error)
	ReportIncident(ctx context.Context, by office.Account, id engine.SessionID, ground office.IncidentGround, sentence string) (office.Incident, error)
	Countersign(ctx context.Context, by office.Account, id, remark string) (office.Incident, error)
	Rerun(ctx context.Context, by office.Account, id engine.SessionID, opensAt engine.Instant, reason string) (office.SessionOfAuction, error)
	Rehearse(ctx context.Context, by office.Account, auctionID string, opensAt engine.Instant) (office.Auction, error)
	Rehearsals(ctx context.Context, by office.Account, auctionID string) ([]office.SessionOfAuction, error)
	Aftermath(ctx context.Context, id engine.SessionID) (office.Aftermath, error)
}

var (
	conductors = []engine.Role{engine.RoleAuctioneer, engine.RoleAdmin}
	checkers   = []engine.Role{engine.RoleAuctioneer, engine.RoleRegistrar, engine.RoleClerk, engine.RoleAdmin}
	observers  = []engine.Role{engine.RoleObserver}
)

// dayRoutes are those of the day of the sale.
var dayRoutes = []route{
	{method: http.MethodGet, path: "/auctions/:id/day", who: desk, handle: (*HTTP).day},
	{method: http.MethodPost, path: "/auctions/:id/readiness", who: checkers, handle: (*HTTP).tickReadiness, once: true},
	{method: http.MethodPost, path: "/auctions/:id/rehearsals", who: editors, handle: (*HTTP).rehearse, once: true},
	{method: http.MethodGet, path: "/sessions/:id/presence", who: desk, handle: (*HTTP).presence},
	{method: http.MethodGet, path: "/sessions/:id/presence/mine", who: bidders, handle: (*HTTP).ownPresence},
	{method: http.MethodGet, path: "/sessions/:id/aftermath", handle: (*HTTP).aftermath},
	{method: http.MethodPost, path: "/sessions/:id/incident", who: conductors, handle: (*HTTP).reportIncident, once: true},
	{method: http.MethodPost, path: "/sessions/:id/rerun", who: conductors, handle: (*HTTP).rerun, once: true},
	{method: http.MethodPost, path: "/incidents/:id/countersign", who: observers, handle: (*HTTP).countersign, once: true},
}

// runJSON is a session of an auction with what its loaded room says now.
type runJSON struct {
	office.SessionOfAuction
	Now engine.Phase `json:"now,omitempty"` // absent: the session is not loaded here
}

func (h *HTTP) runs(list []office.SessionOfAuction) []runJSON {
	out := make([]runJSON, len(list))
	for i, s := range list {
		out[i].SessionOfAuction = s
		if _, _, room, ok := h.Rooms.Room(s.Session); ok {
			out[i].Now = room.Now.Phase
		}
	}
	return out
}

// day answers the sessions of an auction, its rehearsals and its checklist.
func (h *HTTP) day(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	ready, err := h.Office.Readiness(c.ctx, actor(c), id)
	if err != nil {
		return err
	}
	sessions, err := h.Office.Sessions(c.ctx, id)
	if err != nil {
		return err
	}
	rehearsals, err := h.Office.Rehearsals(c.ctx, actor(c), id)
	if err != nil {
		return err
	}
	admission, err := h.Office.AdmissionState(c.ctx, actor(c), id)
	if err != nil {
		return err
	}
	return c.JSON(struct {
		Now        engine.Instant         `json:"now"`
		Admission  *office.AdmissionState `json:"admission,omitempty"` // while people register
		Sessions   []runJSON              `json:"sessions"`
		Rehearsals []runJSON              `json:"rehearsals"`
		Readiness  []office.ReadinessItem `json:"readiness"`
	}{h.instant(), admission, h.runs(sessions), h.runs(rehearsals), ready})
}

func (h *HTTP) tickReadiness(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	var in struct {
		Item   string `json:"item"`
		Ticked bool   `json:"ticked"`
		Note   string `json:"note"`
	}
	if err := readJSON(c.Ctx, &in); err != nil {
		return err
	}
	if err := h.Office.TickReadiness(c.ctx, actor(c), id, in.Item, in.Ticked, in.Note); err != nil {
		return err
	}
	ready, err := h.Office.Readiness(c.ctx, actor(c), id)
	if err != nil {
		return err
	}
	return c.JSON(map[string]any{"readiness": ready})
}

func (h *HTTP) rehearse(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	var in struct {
		OpensAt engine.Instant `json:"opensAt"`
	}
	if err := readJSON(c.Ctx, &in); err != nil {
		return err
	}
	made, err := h.Office.Rehearse(c.ctx, actor(c), id, in.OpensAt)
	if err != nil {
		return err
	}
	return c.Status(http.StatusCreated).JSON(made)
}

// presence answers who of the participants is there, by code. Once the result
// is kept it also says who never was.
func (h *HTTP) presence(c *call) error {
	id := engine.SessionID(c.Params("id"))
	list, err := h.Office.Presence(c.ctx, actor(c), id)
	if err != nil {
		return err
	}
	out := struct {
		Now          engine.Instant      `json:"now"`
		Participants []office.Attendance `json:"participants"`
		Absent       []office.Absence    `json:"absent,omitempty"` // absent itself while that is open
	}{Now: h.instant(), Participants: list}
	if absent, err := h.Office.Absent(c.ctx, id); err == nil {
		out.Absent = absent
	}
	return c.JSON(out)
}

// ownPresence answers what was seen of the reader.
func (h *HTTP) ownPresence(c *call) error {
	id := engine.SessionID(c.Params("id"))
	code, ok := h.Rooms.CodeOf(id, c.by.Account)
	if !ok {
		return refuse(codeNotFound)
	}
	own, err := h.Office.OwnPresence(c.ctx, id, code)
	if err != nil {
		return err
	}
	return c.JSON(struct {
		Now engine.Instant `json:"now"`
		office.Attendance
	}{h.instant(), own})
}

// aftermath answers what the public may know of a session beyond its room: the
// incident that stopped it, and the run that replaces it.
func (h *HTTP) aftermath(c *call) error {
	found, err := h.aftermaths.get(c.ctx, engine.SessionID(strings.Clone(c.Params("id"))))
	if err != nil {
		return err
	}
	return c.JSON(found)
}

const (
	// aftermathAge is how old an answer may be: every spectator of a session asks
	// when it is stopped, and now and then until it runs again.
	aftermathAge = 2 * time.Second
	// aftermathKeys is how many sessions are remembered, twice as many at most.
	aftermathKeys = 256
)

// aftermathBook remembers what became of sessions for a moment.
type aftermathBook struct {
	office OfficeAPI
	now    func() time.Time
	mu     sync.Mutex
	book   recent[engine.SessionID, *knownAftermath]
}

// knownAftermath is the last answer for one session; mu is held while the
// office is asked, so that the others wait for that answer.
type knownAftermath struct {
	mu    sync.Mutex
	asked time.Time
	found office.Aftermath
}

func newAftermathBook(o OfficeAPI, now func() time.Time) *aftermathBook {
	return &aftermathBook{office: o, now: now, book: recent[engine.SessionID, *knownAftermath]{limit: aftermathKeys}}
}

func (b *aftermathBook) get(ctx context.Context, id engine.SessionID) (office.Aftermath, error) {
	if !id.Valid() {
		return office.Aftermath{}, office.ErrNotFound
	}
	b.mu.Lock()
	known, ok := b.book.get(id)
	if !ok {
		known = new(knownAftermath)
		b.book.put(id, known)
	}
	b.mu.Unlock()
	known.mu.Lock()
	defer known.mu.Unlock()
	if !known.asked.IsZero() && b.now().Sub(known.asked) < aftermathAge {
		return known.found, nil
	}
	found, err := b.office.Aftermath(ctx, id)
	if err == nil {
		known.found, known.asked = found, b.now()
	}
	return found, err
}

func (h *HTTP) reportIncident(c *call) error {
	var in struct {
		Ground   office.IncidentGround `json:"ground"`
		Sentence string                `json:"sentence"`
	}
	if err := readJSON(c.Ctx, &in); err != nil {
		return err
	}
	made, err := h.Office.ReportIncident(c.ctx, actor(c), engine.SessionID(c.Params("id")), in.Ground, in.Sentence)
	if err != nil {
		return err
	}
	return c.JSON(made)
}

func (h *HTTP) rerun(c *call) error {
	var in struct {
		OpensAt engine.Instant `json:"opensAt"`
		Reason  string         `json:"reason"`
	}
	if err := readJSON(c.Ctx, &in); err != nil {
		return err
	}
	made, err := h.Office.Rerun(c.ctx, actor(c), engine.SessionID(c.Params("id")), in.OpensAt, in.Reason)
	if err != nil {
		return err
	}
	return c.Status(http.StatusCreated).JSON(h.runs([]office.SessionOfAuction{made})[0])
}

func (h *HTTP) countersign(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	var in struct {
		Remark string `json:"remark"`
	}
	if err := readJSON(c.Ctx, &in); err != nil {
		return err
	}
	signed, err := h.Office.Countersign(c.ctx, actor(c), id, in.Remark)
	if err != nil {
		return err
	}
	return c.JSON(signed)
}
