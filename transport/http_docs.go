package transport

import (
	"github.com/gofiber/fiber/v2"

	api "gobua/docs/api"
)

// docsAge is how long a browser may keep the documentation.
const docsAge = "public, max-age=300"

// registerDocs serves the API's description to programs and to people. The
// page is made here, at the start, so that a broken file cannot surprise later.
func registerDocs(app *fiber.App) {
	page, policy := api.Page()
	app.Get("/api", func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderContentSecurityPolicy, policy)
		c.Set(fiber.HeaderCacheControl, docsAge)
		c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
		return c.Send(page)
	})
	app.Get("/api/openapi.yaml", func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderCacheControl, docsAge)
		c.Set(fiber.HeaderContentType, "application/yaml; charset=utf-8")
		return c.Send(api.YAML)
	})
}
