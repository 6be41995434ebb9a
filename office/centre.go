package office

import (
	"context"

	"gobua/engine"
)

// HostCentre is the first centre of an installation, made with the database.
// Its administrators may found others.
const HostCentre = "00000000-0000-4000-8000-000000000001"

// Centre is an auction organisation (tổ chức hành nghề đấu giá tài sản). Every
// auction and every member of the staff belongs to one.
type Centre struct {
	ID        string         `json:"id"`
	Host      bool           `json:"host,omitempty"`
	Version   int            `json:"version"`
	Name      string         `json:"name"`
	CreatedAt engine.Instant `json:"createdAt"`
	CentreFacts
}

// CentreFacts are what a centre says of itself in public, and its settings.
type CentreFacts struct {
	Address  string      `json:"address,omitempty"`
	Phone    string      `json:"phone,omitempty"`
	Email    string      `json:"email,omitempty"` // also the sender of its letters
	TaxCode  string      `json:"taxCode,omitempty"`
	Licence  string      `json:"licence,omitempty"`  // registration certificate
	SealFile string      `json:"sealFile,omitempty"` // id of an uploaded picture
	Bank     BankAccount `json:"bank,omitzero"`      // the separate account for deposits (Điều 39)
	Keep     KeepRules   `json:"keep,omitzero"`
	// SecondFactor says whether staff must have one: SecondFactorOn or
	// SecondFactorOff; empty leaves it to the installation.
	SecondFactor string `json:"secondFactor,omitempty"`
}

// The settings of CentreFacts.SecondFactor.
const (
	SecondFactorOn  = "on"
	SecondFactorOff = "off"
)

// BankAccount is where deposits go or refunds come from.
type BankAccount struct {
	BIN    string `json:"bin,omitempty"` // of the bank, as NAPAS numbers them: "970436"
	Number string `json:"number,omitempty"`
	Holder string `json:"holder,omitempty"`
	Branch string `json:"branch,omitempty"`
}

// CentreStore keeps centres.
type CentreStore interface {
	// Centres returns all of them, the host first.
	Centres(ctx context.Context) ([]Centre, error)
	Centre(ctx context.Context, id string) (Centre, error)
	InsertCentre(ctx context.Context, c Centre, t Trail) error
	// UpdateCentre replaces name and facts and adds one to the version, which
	// must be c.Version, else ErrEditedMeanwhile.
	UpdateCentre(ctx context.Context, c Centre, t Trail) error
}
