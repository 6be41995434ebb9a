package transport

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"gobua/office"
	"gobua/office/feed"
	"gobua/office/upload"
)

// PublicAPI is what the public list and the feeds need of the office.
type PublicAPI interface {
	PublicAuctions(ctx context.Context, q office.PublicQuery) (office.PublicPage, error)
	FeedNotices(ctx context.Context, site string) ([]feed.Notice, office.Centre, error)
	UpcomingNotices(ctx context.Context, site string) ([]feed.Notice, office.Centre, error)
	FeedNotice(ctx context.Context, site, id string) (feed.Notice, office.Centre, error)
	NoticePaper(ctx context.Context, site, id string) ([]byte, error)
	RulesPaper(ctx context.Context, site, id string) ([]byte, error)
}

// publicRoutes are for everybody, people and programs.
var publicRoutes = []route{
	{method: http.MethodGet, path: "/notices", handle: (*HTTP).publicList, packed: true},
	{method: http.MethodGet, path: "/feeds/notices.atom", handle: (*HTTP).atomFeed, packed: true},
	{method: http.MethodGet, path: "/feeds/notices.ics", handle: (*HTTP).calendar, packed: true},
	{method: http.MethodGet, path: "/notices/:id/notice.ics", handle: (*HTTP).noticeCalendar, packed: true},
	{method: http.MethodGet, path: "/notices/:id/portal.json", handle: (*HTTP).noticePortal, packed: true},
	{method: http.MethodGet, path: "/notices/:id/ocds.json", handle: (*HTTP).noticeOCDS, packed: true},
	{method: http.MethodGet, path: "/notices/:id/notice.pdf", handle: (*HTTP).noticePaper},
	{method: http.MethodGet, path: "/notices/:id/rules.pdf", handle: (*HTTP).rulesPaper},
}

// How long what is public may be shown without asking again: a list for
// seconds, a feed for a minute.
const (
	listAge = "public, max-age=5"
	feedAge = time.Minute
)

// publicList answers a page of the public list. The same page is not sent
// twice: its ETag leaves out the moment.
func (h *HTTP) publicList(c *call) error {
	page, err := h.Office.PublicAuctions(c.ctx, office.PublicQuery{
		Text: c.Query("q"), Place: c.Query("place"), Kind: c.Query("kind"), State: office.PublicState(c.Query("state")),
		From: c.Query("from"), To: c.Query("to"), Centre: c.Query("centre"), After: c.Query("after"),
	})
	if err != nil {
		return err
	}
	now := page.Now
	page.Now = 0
	same, err := json.Marshal(page)
	if err != nil {
		return err
	}
	if seen(c, same, listAge) {
		return c.SendStatus(http.StatusNotModified)
	}
	page.Now = now
	return c.JSON(page)
}

// seen sets the headers of a public answer and tells whether the reader has it.
func seen(c *call, content []byte, age string) bool {
	sum := sha256.Sum256(content)
	tag := `W/"` + hex.EncodeToString(sum[:12]) + `"` // weak: it may be sent packed or not
	c.Set(fiber.HeaderETag, tag)
	c.Set(fiber.HeaderCacheControl, age)
	return c.Get(fiber.HeaderIfNoneMatch) == tag
}

// siteHost is what a Host header may look like before it is repeated in a
// feed.
var siteHost = regexp.MustCompile(`^(\[[0-9a-fA-F:.]+\]|[0-9A-Za-z.-]{1,253})(:\d{1,5})?$`)

// site is the address under which the reader sees this installation.
func (h *HTTP) site(c *call) (string, error) {
	host := string(c.Request().Host())
	if !siteHost.MatchString(host) {
		return "", refuse(codeBadRequest)
	}
	if h.TrustedProxies.Secure(c.Ctx) {
		return "https://" + host, nil
	}
	return "http://" + host, nil
}

// rendering is how one feed is made: what is in it, and how it is written.
type rendering struct {
	mediaType string
	notices   func(ctx context.Context, site string) ([]feed.Notice, office.Centre, error)
	write     func(w io.Writer, site, self string, centre office.Centre, notices []feed.Notice) error
}

func (h *HTTP) atomFeed(c *call) error {
	return h.render(c, rendering{feed.AtomType, h.Office.FeedNotices,
		func(w io.Writer, site, self string, centre office.Centre, notices []feed.Notice) error {
			return feed.Atom(w, channel(site, self, centre), notices)
		}})
}

func (h *HTTP) calendar(c *call) error {
	return h.render(c, rendering{feed.ICalendarType, h.Office.UpcomingNotices, writeCalendar})
}

func (h *HTTP) noticeCalendar(c *call) error {
	return h.renderOne(c, feed.ICalendarType, writeCalendar)
}

func (h *HTTP) noticePortal(c *call) error {
	return h.renderOne(c, fiber.MIMEApplicationJSON, func(w io.Writer, _, _ string, _ office.Centre, notices []feed.Notice) error {
		return feed.Portal(w, notices[0].UpdatedAt, notices)
	})
}

func (h *HTTP) noticeOCDS(c *call) error {
	return h.renderOne(c, fiber.MIMEApplicationJSON, func(w io.Writer, site, self string, centre office.Centre, notices []feed.Notice) error {
		publisher := feed.Publisher{Name: centre.Name, URL: site + "/", Prefix: h.OCIDPrefix, PackageURL: self}
		return feed.OCDS(w, publisher, notices[0].UpdatedAt, notices)
	})
}

func writeCalendar(w io.Writer, site, self string, centre office.Centre, notices []feed.Notice) error {
	return feed.ICalendar(w, channel(site, self, centre), notices)
}

func channel(site, self string, centre office.Centre) feed.Channel {
	return feed.Channel{
		Title: "Đấu giá tài sản – " + centre.Name, Publisher: centre.Name, URL: site + "/cuoc-dau-gia", SelfURL: self,
		UpdatedAt: centre.CreatedAt,
	}
}

// renderOne renders the notice that the path names.
func (h *HTTP) renderOne(c *call, mediaType string, write func(io.Writer, string, string, office.Centre, []feed.Notice) error) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	return h.render(c, rendering{mediaType, func(ctx context.Context, site string) ([]feed.Notice, office.Centre, error) {
		n, centre, err := h.Office.FeedNotice(ctx, site, id)
		return []feed.Notice{n}, centre, err
	}, write})
}

func (h *HTTP) noticePaper(c *call) error { return h.paper(c, "thong-bao-", h.Office.NoticePaper) }

func (h *HTTP) rulesPaper(c *call) error { return h.paper(c, "quy-che-", h.Office.RulesPaper) }

// paper answers with a document to print. The name under which it is kept
// tells the auction.
func (h *HTTP) paper(c *call, name string, print func(ctx context.Context, site, id string) ([]byte, error)) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	site, err := h.site(c)
	if err != nil {
		return err
	}
	err = h.answerRendered(c, site, upload.PDF, func() ([]byte, error) { return print(c.ctx, site, id) })
	if err == nil {
		c.Set(fiber.HeaderContentDisposition, fmt.Sprintf(`inline; filename="%s%s.pdf"`, name, id))
	}
	return err
}

// render answers with a feed.
func (h *HTTP) render(c *call, r rendering) error {
	site, err := h.site(c)
	if err != nil {
		return err
	}
	return h.answerRendered(c, site, r.mediaType, func() ([]byte, error) {
		notices, centre, err := r.notices(c.ctx, site)
		if err != nil {
			return nil, err
		}
		var b bytes.Buffer
		err = r.write(&b, site, site+c.Path(), centre, notices)
		return b.Bytes(), err
	})
}

// answerRendered answers with what is made once a minute, however many ask.
func (h *HTTP) answerRendered(c *call, site, mediaType string, render func() ([]byte, error)) error {
	body, err := h.feeds.get(site+c.Path(), h.Now(), render)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, mediaType)
	if seen(c, body, fmt.Sprintf("public, max-age=%d", int(feedAge.Seconds()))) {
		return c.SendStatus(http.StatusNotModified)
	}
	return c.Send(body)
}

// rendered keeps what was rendered for a minute, by its address.
type rendered struct {
	mu   sync.Mutex
	kept recent[string, *rendition]
}

// rendition is one rendering; it is made under its lock, by whoever comes
// first.
type rendition struct {
	mu   sync.Mutex
	at   time.Time
	body []byte
}

// maxRendered bounds the memory: most are some kB, the largest feed 500 kB.
const maxRendered = 100

func (r *rendered) get(key string, now time.Time, render func() ([]byte, error)) ([]byte, error) {
	r.mu.Lock()
	if r.kept.limit == 0 {
		r.kept.limit = maxRendered
	}
	one, ok := r.kept.get(key)
	if !ok {
		one = new(rendition)
		r.kept.put(key, one)
	}
	r.mu.Unlock()
	one.mu.Lock()
	defer one.mu.Unlock()
	if one.body != nil && now.Sub(one.at) < feedAge {
		return one.body, nil
	}
	body, err := render()
	if err != nil {
		return nil, err
	}
	one.at, one.body = now, body
	return body, nil
}
