package transport

import (
	"context"
	"net/http"

	"gobua/office"
)

// HooksAPI is what webhooks over HTTP need of the office.
type HooksAPI interface {
	Hooks(ctx context.Context, by office.Account) ([]office.Hook, error)
	AddHook(ctx context.Context, by office.Account, n office.NewHook) (office.Hook, error)
	ReplaceHookSecret(ctx context.Context, by office.Account, id string) (office.Hook, error)
	EndHook(ctx context.Context, by office.Account, id string) (office.Hook, error)
	TestHook(ctx context.Context, by office.Account, id string) error
	Deliveries(ctx context.Context, by office.Account, id string) ([]office.Delivery, error)
	RetryDelivery(ctx context.Context, by office.Account, id, eventID string) error
}

// hookRoutes let an admin say which other programs are told of what happens.
var hookRoutes = []route{
	{method: http.MethodGet, path: "/hooks", who: admins, handle: (*HTTP).hooks},
	{method: http.MethodPost, path: "/hooks", who: admins, handle: (*HTTP).addHook, once: true},
	{method: http.MethodPost, path: "/hooks/:id/secret", who: admins, handle: (*HTTP).replaceHookSecret, once: true},
	{method: http.MethodPost, path: "/hooks/:id/end", who: admins, handle: (*HTTP).endHook},
	{method: http.MethodPost, path: "/hooks/:id/test", who: admins, handle: (*HTTP).testHook, once: true},
	{method: http.MethodGet, path: "/hooks/:id/deliveries", who: admins, handle: (*HTTP).deliveries},
	{method: http.MethodPost, path: "/hooks/:id/retry", who: admins, handle: (*HTTP).retryDelivery},
}

func (h *HTTP) hooks(c *call) error {
	list, err := h.Office.Hooks(c.ctx, actor(c))
	if err != nil {
		return err
	}
	return c.JSON(map[string]any{"hooks": list, "kinds": office.EventKinds})
}

func (h *HTTP) addHook(c *call) error {
	var in office.NewHook
	if err := readJSON(c.Ctx, &in); err != nil {
		return err
	}
	made, err := h.Office.AddHook(c.ctx, actor(c), in)
	if err != nil {
		return err
	}
	return c.Status(http.StatusCreated).JSON(made)
}

func (h *HTTP) replaceHookSecret(c *call) error { return h.changeHook(c, h.Office.ReplaceHookSecret) }

func (h *HTTP) endHook(c *call) error { return h.changeHook(c, h.Office.EndHook) }

func (h *HTTP) changeHook(c *call, do func(context.Context, office.Account, string) (office.Hook, error)) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	changed, err := do(c.ctx, actor(c), id)
	if err != nil {
		return err
	}
	return c.JSON(changed)
}

func (h *HTTP) testHook(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	if err := h.Office.TestHook(c.ctx, actor(c), id); err != nil {
		return err
	}
	return c.Status(http.StatusAccepted).JSON(map[string]string{"hook": id})
}

func (h *HTTP) deliveries(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	list, err := h.Office.Deliveries(c.ctx, actor(c), id)
	if err != nil {
		return err
	}
	return c.JSON(map[string]any{"deliveries": list})
}

func (h *HTTP) retryDelivery(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	var in struct {
		Event string `json:"event"`
	}
	if err := readJSON(c.Ctx, &in); err != nil {
		return err
	}
	if err := h.Office.RetryDelivery(c.ctx, actor(c), id, in.Event); err != nil {
		return err
	}
	return c.Status(http.StatusAccepted).JSON(map[string]string{"hook": id})
}
