package frontend

import (
	"regexp"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// plainHost is what a Host header may look like before it is repeated in a
// policy: a name or an address with an optional port, nothing with a space or
// a semicolon in it.
var plainHost = regexp.MustCompile(`^(\[[0-9a-fA-F:.]+\]|[0-9A-Za-z.-]+)(:\d{1,5})?$`)

// The page on which a session is verified, and the worker in which that happens.
// A page that starts a worker needs a name under which it may do so, and only the
// worker compiles WebAssembly. So no other page can do either.
const (
	verifierPage   = "/kiem-chung"
	verifierWorker = "js/verify/worker.js"

	ordinary     = "'none'"
	withVerifier = "verifier" // as in js/verify/engine.js

	workerPolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
)

// policy is the Content-Security-Policy of the page. Older Safari does not
// match 'self' with a WebSocket address, so the host is named; with both
// schemes, because behind a proxy the program cannot know which one the
// browser used (a page loaded over TLS cannot open ws: anyway). trustedTypes are
// the names under which addresses of scripts may be made.
func policy(host, trustedTypes string) string {
	connect := "'self'"
	if plainHost.MatchString(host) {
		connect += " wss://" + host + " ws://" + host
	}
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self'",
		"img-src 'self' blob:",
		"font-src 'self'",
		"connect-src " + connect,
		"manifest-src 'self'",
		"base-uri 'none'",
		"form-action 'self'",
		"frame-ancestors 'none'",
		"require-trusted-types-for 'script'",
		"trusted-types " + trustedTypes,
	}, "; ")
}

// secure sets the headers that every answer of the page carries.
func secure(c *fiber.Ctx, trustedTypes string) {
	c.Set(fiber.HeaderContentSecurityPolicy, policy(string(c.Request().Host()), trustedTypes))
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderReferrerPolicy, "same-origin")
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
}

// notFound is a plain page in the reader's language, with the page's style
// sheet and no script.
func (s *Site) notFound(c *fiber.Ctx) error {
	c.Status(fiber.StatusNotFound)
	c.Set(fiber.HeaderContentType, "text/html; charset=utf-8")
	c.Vary(fiber.HeaderAcceptLanguage)
	words := notFoundVi
	if c.AcceptsLanguages("vi", "en") == "en" {
		words = notFoundEn
	}
	return c.SendString(`<!doctype html><html lang="` + words.lang + `"><head><meta charset="utf-8" />` +
		`<meta name="viewport" content="width=device-width, initial-scale=1" />` +
		`<title>` + words.title + `</title><link rel="icon" href="/_/` + s.Version() + `/icon.svg" />` +
		`<link rel="stylesheet" href="/_/` + s.Version() + `/css/base.css" />` +
		`<link rel="stylesheet" href="/_/` + s.Version() + `/css/parts.css" /></head>` +
		`<body><main class="plain"><h1>` + words.title + `</h1><p>` + words.text + `</p><p><a href="/">` +
		words.back + `</a></p></main></body></html>`)
}

type notFoundWords struct{ lang, title, text, back string }

var (
	notFoundVi = notFoundWords{
		"vi", "Không có trang này",
		"Địa chỉ có thể đã gõ sai, hoặc trang đã được gỡ. Hãy kiểm tra lại đường dẫn trong thông báo đấu giá.",
		"Về trang chủ",
	}
	notFoundEn = notFoundWords{
		"en", "There is no such page",
		"The address may be mistyped, or the page has been removed. Please check the link in the auction notice.",
		"Go to the start page",
	}
)
