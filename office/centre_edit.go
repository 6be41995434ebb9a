package office

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"gobua/engine"
)

// CentreEdit is what an admin writes of a centre.
type CentreEdit struct {
	Version int    `json:"version"`
	Name    string `json:"name"`
	CentreFacts
}

// NewCentre is what is needed to found a centre: its name and its first admin.
type NewCentre struct {
	Name  string     `json:"name"`
	Admin NewAccount `json:"admin"` // role and centre are filled in
}

// How much a centre may say of itself.
const (
	maxCentreNameRunes = 300
	maxCentres         = 200
)

// PublicCentres returns what everybody may know of the centres, the host first.
func (o *Office) PublicCentres(ctx context.Context) ([]PublicCentre, error) {
	all, err := o.store.Centres(ctx)
	list := make([]PublicCentre, len(all))
	for i, c := range all {
		list[i] = publicCentre(c)
	}
	return list, err
}

// Centres returns the centres that the acting member of the staff may see in
// full: the own one, and of the others, for an admin of the host, their public
// facts.
func (o *Office) Centres(ctx context.Context, by Account) ([]Centre, error) {
	by, err := o.authorize(ctx, by, staffRoles...)
	if err != nil {
		return nil, err
	}
	all, err := o.store.Centres(ctx)
	if err != nil {
		return nil, err
	}
	list := []Centre{}
	for _, c := range all {
		switch {
		case c.ID == by.CentreID:
			list = append(list, c)
		case by.CentreID == HostCentre && by.Role == engine.RoleAdmin:
			list = append(list, Centre{
				ID: c.ID, Version: c.Version, Name: c.Name, CreatedAt: c.CreatedAt,
				CentreFacts: CentreFacts{Address: c.Address, Phone: c.Phone, Email: c.Email, SealFile: c.SealFile},
			})
		}
	}
	return list, nil
}

// FoundCentre makes another centre with its first admin. Only an admin of the
// host centre may. *Invalid; ErrLoginTaken: the centre is not made either.
func (o *Office) FoundCentre(ctx context.Context, by Account, n NewCentre) (Centre, error) {
	by, err := o.authorize(ctx, by, engine.RoleAdmin)
	if err != nil {
		return Centre{}, err
	}
	if by.CentreID != HostCentre {
		return Centre{}, ErrForbidden
	}
	id, err := uuid.NewRandomFromReader(o.rand)
	if err != nil {
		return Centre{}, fmt.Errorf("random bytes: %w", err)
	}
	c := Centre{ID: id.String(), Version: 1, Name: n.Name, CreatedAt: engine.InstantOf(o.now())}
	n.Admin.Role, n.Admin.CentreID, n.Admin.Given = engine.RoleAdmin, c.ID, true
	var f, ofAdmin faults
	f.text("name", &c.Name, maxCentreNameRunes, true)
	admin := o.checkAccount(&ofAdmin, &n.Admin)
	for _, fault := range ofAdmin {
		f.add("admin."+fault.Field, fault.Code)
	}
	if err := f.err(); err != nil {
		return Centre{}, err
	}
	all, err := o.store.Centres(ctx)
	if err != nil {
		return Centre{}, err
	}
	if len(all) >= maxCentres {
		return Centre{}, &Invalid{[]Field{{"name", "too_many"}}}
	}
	// The login first: a centre without an admin would be of use to nobody.
	if _, _, err := o.store.AccountByLogin(ctx, admin.Login); !errors.Is(err, ErrNotFound) {
		if err == nil {
			err = ErrLoginTaken
		}
		return Centre{}, err
	}
	trail := o.act(by, "centre.found", "centre", c.ID, nil, map[string]string{"name": c.Name})
	if err := o.store.InsertCentre(ctx, c, trail); err != nil {
		return Centre{}, err
	}
	if _, err := o.keepAccount(ctx, by, admin, n.Admin.Password, "account.open"); err != nil {
		return Centre{}, err
	}
	return c, nil
}

// EditCentre changes the facts of the acting admin's own centre. *Invalid;
// ErrEditedMeanwhile; ErrNotFound: it is another's.
func (o *Office) EditCentre(ctx context.Context, by Account, id string, e CentreEdit) (Centre, error) {
	by, err := o.authorizeAt(ctx, by, id, engine.RoleAdmin)
	if err != nil {
		return Centre{}, err
	}
	old, err := o.store.Centre(ctx, id)
	if err != nil {
		return Centre{}, err
	}
	c := old
	c.Version, c.Name, c.CentreFacts = e.Version, e.Name, e.CentreFacts
	var f faults
	f.text("name", &c.Name, maxCentreNameRunes, true)
	checkCentre(&f, &c.CentreFacts)
	if err := f.err(); err != nil {
		return Centre{}, err
	}
	trail := o.act(by, "centre.edit", "centre", id, CentreEdit{old.Version, old.Name, old.CentreFacts}, CentreEdit{c.Version, c.Name, c.CentreFacts})
	if err := o.store.UpdateCentre(ctx, c, trail); err != nil {
		return Centre{}, err
	}
	c.Version++
	return c, nil
}

func checkCentre(f *faults, c *CentreFacts) {
	f.text("address", &c.Address, maxAddressRunes, false)
	f.email("email", &c.Email)
	f.text("licence", &c.Licence, 200, false)
	if c.Phone != "" {
		f.text("phone", &c.Phone, 60, false) // may be several, with extensions
	}
	if c.TaxCode = tidyNumber(c.TaxCode); c.TaxCode != "" {
		f.add("taxCode", taxCodeCode(c.TaxCode))
	}
	f.when(c.SealFile != "" && !validID(c.SealFile), "sealFile", "unknown")
	f.when(c.SecondFactor != "" && c.SecondFactor != SecondFactorOn && c.SecondFactor != SecondFactorOff, "secondFactor", "unknown")
	b := &c.Bank
	b.BIN, b.Number = tidyNumber(b.BIN), tidyNumber(b.Number)
	f.when(b.BIN != "" && (!onlyDigits(b.BIN) || len(b.BIN) != 6), "bank.bin", "malformed")
	f.text("bank.number", &b.Number, 30, b.BIN != "")
	f.text("bank.holder", &b.Holder, 120, b.BIN != "")
	f.text("bank.branch", &b.Branch, 200, false)
}
