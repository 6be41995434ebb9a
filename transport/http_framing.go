package transport

import (
	"bytes"

	"github.com/gofiber/fiber/v2"
)

// wellFramed refuses a request whose end, or whose host, two readers could see
// differently: a proxy in front and this program would then take one person's
// bytes for another one's request (request smuggling, RFC 9112 section 11.2).
// What fasthttp forgives is refused here, and the connection ends with the
// answer, so that what is left of it is never read as a request.
//
// Nobody who speaks to us needs any of it. A body says its length: browsers and
// proxies that buffer do, and a chunked one is 411, which RFC 9112 allows.
func wellFramed(c *fiber.Ctx) error {
	h := &c.Request().Header
	code := misframed(h.RawHeaders())
	if code == "" {
		return c.Next()
	}
	c.Context().SetConnectionClose()
	return refuse(code)
}

// misframed tells by its code what is wrong with the header lines of a request,
// as they came; nothing: "".
func misframed(raw []byte) (code string) {
	hosts := 0
	for line := range bytes.Lines(raw) {
		text, ended := bytes.CutSuffix(line, []byte("\r\n"))
		name, _, _ := bytes.Cut(text, []byte(":"))
		switch {
		case !ended || bytes.ContainsFunc(text, isControl):
			return codeBadRequest
		case len(text) == 0: // the end of the header
		case text[0] == ' ' || text[0] == '\t': // goes on with the line before
			return codeBadRequest
		case bytes.EqualFold(name, []byte(fiber.HeaderTransferEncoding)):
			code = codeLengthRequired
		case bytes.EqualFold(name, []byte(fiber.HeaderHost)):
			hosts++
		}
	}
	if hosts != 1 {
		return codeBadRequest
	}
	return code
}

// isControl tells whether a header line must not hold a byte: all controls but
// the tab (RFC 9110 section 5.5).
func isControl(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }
