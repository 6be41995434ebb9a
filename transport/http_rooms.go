package transport

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"gobua/engine"
	"gobua/office"
)

// How much the public lists carry. The rest is found by its address.
const (
	maxLive    = 200
	maxSoon    = 100
	maxResults = 50
	maxRows    = 100
)

// ResultCard is a session that is over, in a list.
type ResultCard struct {
	Session  engine.SessionID `json:"session"`
	Lot      engine.Lot       `json:"lot"`
	Result   *engine.Result   `json:"result"` // null: stopped or cancelled
	Phase    engine.Phase     `json:"phase"`
	Reason   string           `json:"reason"`
	ClosedAt engine.Instant   `json:"closedAt,omitempty"` // absent: bidding never began
	Bids     int              `json:"bids"`
	Currency string           `json:"currency"`
}

func (h *HTTP) instant() engine.Instant { return engine.InstantOf(h.Now()) }

func (h *HTTP) time(c *call) error {
	return c.JSON(map[string]engine.Instant{"now": h.instant()})
}

// home is what a newcomer sees. Live and soon come from the loaded sessions;
// results from the office as it last answered, and from loaded sessions that
// it has not been told of yet. So it is whole while the office is closed.
func (h *HTTP) home(c *call) error {
	live, soon, over := []Card{}, []Card{}, []Card{}
	for _, card := range h.Rooms.Cards() {
		switch phase := card.Now.Phase; {
		case phase.Final() && card.Lot.Rehearsal: // nothing came of it
		case phase.Final():
			over = append(over, card.Card)
		case phase == engine.PhaseScheduled:
			soon = append(soon, card.Card)
		default:
			live = append(live, card.Card)
		}
	}
	slices.SortFunc(live, func(a, b Card) int {
		return cmp.Or(cmp.Compare(endOf(a), endOf(b)), cmp.Compare(a.Session, b.Session))
	})
	slices.SortFunc(soon, func(a, b Card) int {
		return cmp.Or(cmp.Compare(a.OpensAt, b.OpensAt), cmp.Compare(a.Session, b.Session))
	})
	return c.JSON(struct {
		Now     engine.Instant `json:"now"`
		Live    []Card         `json:"live"`
		Soon    []Card         `json:"soon"`
		Results []ResultCard   `json:"results"`
	}{h.instant(), first(live, maxLive), first(soon, maxSoon), withResultsOf(over, h.results.get(c.ctx))})
}

// endOf sorts sessions whose clock runs before those whose clock stands.
func endOf(c Card) engine.Instant {
	if c.Now.ClosesAt == 0 {
		return engine.Instant(1 << 62)
	}
	return c.Now.ClosesAt
}

func first[T any](list []T, n int) []T { return list[:min(len(list), n)] }

// withResultsOf adds loaded sessions that are over to the office's list, which
// wins where both have one, latest first.
func withResultsOf(over []Card, known []ResultCard) []ResultCard {
	out := slices.Clone(known)
	has := make(map[engine.SessionID]bool, len(known))
	for _, r := range known {
		has[r.Session] = true
	}
	for _, card := range over {
		if has[card.Session] {
			continue
		}
		out = append(out, ResultCard{
			Session: card.Session, Lot: card.Lot, Result: card.Now.Result, Phase: card.Now.Phase,
			Reason: card.Now.Reason, ClosedAt: card.Now.ClosesAt, Bids: card.Now.Bids, Currency: card.Currency,
		})
	}
	slices.SortStableFunc(out, func(a, b ResultCard) int { return cmp.Compare(b.ClosedAt, a.ClosedAt) })
	if out == nil {
		out = []ResultCard{}
	}
	return first(out, maxResults)
}

// session answers the whole public room. Its tag is the feed position, so a
// page that asks again gets the body only if something happened.
func (h *HTTP) session(c *call) error {
	epoch, seq, room, ok := h.Rooms.Room(engine.SessionID(c.Params("id")))
	if !ok {
		return refuse(codeUnknownSession)
	}
	tag := fmt.Sprintf(`W/"%s.%d"`, epoch, seq)
	c.Set(fiber.HeaderETag, tag)
	c.Set(fiber.HeaderCacheControl, "no-cache")
	if c.Get(fiber.HeaderIfNoneMatch) == tag {
		c.Status(http.StatusNotModified)
		return nil
	}
	return c.JSON(struct {
		Epoch string         `json:"epoch"`
		Seq   engine.FeedSeq `json:"seq"`
		Now   engine.Instant `json:"now"`
		Room  engine.Room    `json:"room"`
	}{epoch, seq, h.instant(), room})
}

func (h *HTTP) rows(c *call) error {
	var before uint64
	if s := c.Query("before"); s != "" {
		var err error
		if before, err = strconv.ParseUint(s, 10, 53); err != nil {
			return &fault{code: codeInvalid, fields: []fieldFault{{Field: "before", Code: "wrong_type"}}}
		}
	}
	rows, ok := h.Rooms.Rows(engine.SessionID(c.Params("id")), engine.FeedSeq(before), maxRows)
	if !ok {
		return refuse(codeUnknownSession)
	}
	if rows == nil {
		rows = []engine.Row{}
	}
	return c.JSON(map[string]any{"rows": rows})
}

func (h *HTTP) deskSessions(c *call) error {
	cards := slices.DeleteFunc(h.Rooms.Cards(), func(s SessionCard) bool { return !h.Office.MayAttend(c.by.Account, s.Session) })
	slices.SortFunc(cards, func(a, b SessionCard) int {
		return cmp.Or(cmp.Compare(a.OpensAt, b.OpensAt), cmp.Compare(a.Session, b.Session))
	})
	if cards == nil {
		cards = []SessionCard{}
	}
	return c.JSON(struct {
		Now      engine.Instant `json:"now"`
		Sessions []SessionCard  `json:"sessions"`
	}{h.instant(), cards})
}

const (
	// resultsAge is how old the list of results on the front page may be. What
	// ends in between is shown from the loaded sessions.
	resultsAge = 2 * time.Second
	// resultsWait is how long the front page waits for the office.
	resultsWait = time.Second
)

// resultCards is the office's list of results as it last answered.
type resultCards struct {
	office OfficeAPI
	now    func() time.Time
	log    *slog.Logger

	loading sync.Mutex // held by the one who asks the office
	mu      sync.Mutex
	cards   []ResultCard
	asked   time.Time
}

// get returns the list. One caller at a time asks the office for a newer one;
// meanwhile the others take what is there.
func (r *resultCards) get(ctx context.Context) []ResultCard {
	cards, asked := r.last()
	if r.now().Sub(asked) < resultsAge {
		return cards
	}
	if asked.IsZero() {
		r.loading.Lock() // nothing is there yet
	} else if !r.loading.TryLock() {
		return cards
	}
	defer r.loading.Unlock()
	if cards, asked = r.last(); r.now().Sub(asked) < resultsAge {
		return cards
	}
	ctx, cancel := context.WithTimeout(ctx, resultsWait)
	defer cancel()
	list, err := r.office.Results(ctx, maxResults)
	if err != nil {
		r.log.WarnContext(ctx, "the list of results is the last known one", "cause", err)
	} else {
		cards = resultCardsOf(list)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cards, r.asked = cards, r.now()
	return cards
}

func (r *resultCards) last() ([]ResultCard, time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.cards, r.asked
}

func resultCardsOf(list []office.SessionResult) []ResultCard {
	cards := make([]ResultCard, 0, len(list))
	for _, s := range list {
		cards = append(cards, ResultCard{
			Session: s.Session, Lot: s.Lot, Result: s.Result, Phase: s.Phase, Reason: s.Reason,
			ClosedAt: s.ClosedAt, Bids: s.BidCount, Currency: s.Currency,
		})
	}
	return cards
}
