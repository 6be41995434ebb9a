package transport

import (
	"errors"
	"net/http"

	"gobua/engine"
	"gobua/office"
)

// maxAccountsFound is what a person can read through; a longer query finds less.
const maxAccountsFound = 50

// accountJSON is an account as its owner sees it.
type accountJSON struct {
	ID       string      `json:"id"`
	Login    string      `json:"login,omitempty"` // absent while the office is closed
	Name     string      `json:"name"`
	Role     engine.Role `json:"role"`
	StaffRef string      `json:"staffRef,omitempty"`
	CentreID string      `json:"centreId,omitempty"` // of staff
	Email    string      `json:"email,omitempty"`
}

// accountRow is an account as those see it who admit and revoke.
type accountRow struct {
	accountJSON
	Revoked  bool                `json:"revoked"`
	Observer office.ObserverKind `json:"observer,omitempty"`
}

// participationJSON is a session its reader is admitted to.
type participationJSON struct {
	office.Participation
	Phase engine.Phase `json:"phase,omitempty"` // absent: the session is not loaded here
}

func accountOf(a office.Account) accountJSON {
	return accountJSON{ID: a.ID, Login: a.Login, Name: a.Name, Role: a.Role, StaffRef: a.StaffRef, CentreID: a.CentreID, Email: a.Email}
}

func rowOf(a office.Account) accountRow { return accountRow{accountOf(a), a.Revoked, a.Observer} }

// actor names who acts to the office, which looks the account up again: a
// token is minutes old, and what changes the office must not rest on it.
func actor(c *call) office.Account {
	return office.Account{ID: c.by.Account, Name: c.by.Name, Role: c.by.Role, StaffRef: c.by.Ref, Origin: c.from}
}

// me answers who the reader is. While the office is closed it says what the
// token says, so that somebody who is bidding is still known to the page.
func (h *HTTP) me(c *call) error {
	var out struct {
		Account        accountJSON         `json:"account"`
		Participations []participationJSON `json:"participations"`
		Partial        bool                `json:"partial,omitempty"`
	}
	out.Participations = []participationJSON{}
	account, err := h.Office.Account(c.ctx, c.by.Account)
	var list []office.Participation
	if err == nil {
		list, err = h.Office.Participations(c.ctx, c.by.Account)
	}
	switch {
	case errors.Is(err, office.ErrUnavailable):
		out.Account = accountJSON{ID: c.by.Account, Name: c.by.Name, Role: c.by.Role, StaffRef: c.by.Ref}
		out.Partial = true
		return c.JSON(out)
	case errors.Is(err, office.ErrNotFound), err == nil && account.Revoked:
		return refuse(codeUnauthorized)
	case err != nil:
		return err
	}
	out.Account = accountOf(account)
	for _, p := range list {
		j := participationJSON{Participation: p}
		if _, _, room, ok := h.Rooms.Room(p.Session); ok {
			j.Phase = room.Now.Phase
		}
		out.Participations = append(out.Participations, j)
	}
	return c.JSON(out)
}

func (h *HTTP) accounts(c *call) error {
	found, err := h.Office.FindAccounts(c.ctx, actor(c), c.Query("query"), maxAccountsFound)
	if err != nil {
		return err
	}
	rows := make([]accountRow, 0, len(found))
	for _, a := range found {
		rows = append(rows, rowOf(a))
	}
	return c.JSON(map[string]any{"accounts": rows})
}

func (h *HTTP) createAccount(c *call) error {
	var in office.NewAccount
	if err := readJSON(c.Ctx, &in); err != nil {
		return err
	}
	made, err := h.Office.CreateAccount(c.ctx, actor(c), in)
	if err != nil {
		return err
	}
	return c.Status(http.StatusCreated).JSON(rowOf(made))
}

// revokeAccount ends an account: first durably, then its tokens, then its
// connections, so that nothing can come back in between.
func (h *HTTP) revokeAccount(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	gone, err := h.Office.Revoke(c.ctx, actor(c), id)
	if err != nil {
		return err
	}
	h.Tokens.Revoke(gone.ID, h.Now())
	h.Rooms.Kick(gone.ID)
	return c.JSON(rowOf(gone))
}

// officeID reads an id of the office from the path. What cannot be one is
// unknown, and does not reach the database.
func officeID(c *call) (string, error) {
	id := c.Params("id")
	if !plainName(id) {
		return "", refuse(codeNotFound)
	}
	return id, nil
}
