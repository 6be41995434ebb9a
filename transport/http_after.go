package transport

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"gobua/engine"
	"gobua/office"
	"gobua/office/table"
)

// AfterAPI is what REST needs of the office once sessions are over.
type AfterAPI interface {
	Outcomes(ctx context.Context, auctionID string) ([]office.LotOutcome, error)
	Proceedings(ctx context.Context, by office.Account, auctionID string) ([]office.ProceedingView, error)
	AfterAlarms(ctx context.Context, by office.Account) ([]office.Alarms, error)

	OwnerConsents(ctx context.Context, by office.Account, lotID string, given bool, w office.Word) (office.Proceeding, error)
	OfferAdjacent(ctx context.Context, by office.Account, lotID string) (office.Proceeding, error)
	RecordRefusal(ctx context.Context, by office.Account, lotID string, unsigned bool, w office.Word) (office.Proceeding, error)
	DisqualifyAfter(ctx context.Context, by office.Account, lotID string, code engine.ParticipantCode, w office.Word) (office.Proceeding, error)
	NotePayment(ctx context.Context, by office.Account, lotID string, amount engine.Dong, reference string) (office.Proceeding, error)

	MinutesFile(ctx context.Context, by office.Account, lotID string, number int) (office.Minutes, error)
	SignMinutes(ctx context.Context, by office.Account, lotID string, s office.Signing) (office.Proceeding, error)
	RefuseToSign(ctx context.Context, by office.Account, lotID string, s office.Signing, reason string) (office.Proceeding, error)

	Deposits(ctx context.Context, by office.Account, auctionID string) ([]office.DepositLine, error)
	RefundFile(ctx context.Context, by office.Account, auctionID string, format table.Format) ([]byte, error)
	MarkRefunded(ctx context.Context, by office.Account, auctionID string, ids []string, reference string) error
	ProposeForfeit(ctx context.Context, by office.Account, registrationID string, ground office.ForfeitGround, reason string) (office.Registration, error)
	DecideForfeit(ctx context.Context, by office.Account, registrationID string, approve bool, reason string) (office.Registration, error)

	MyProceedings(ctx context.Context, by office.Account) ([]office.MyProceeding, error)
	MyMinutes(ctx context.Context, by office.Account, lotID string, number int) (office.Minutes, error)
	ConfirmResult(ctx context.Context, by office.Account, lotID string, s office.Signing) (office.MyProceeding, error)
	RefuseResult(ctx context.Context, by office.Account, lotID, typed, reason string) (office.MyProceeding, error)
	AnswerOffer(ctx context.Context, by office.Account, lotID string, accept bool, proof string) (office.MyProceeding, error)
}

var (
	auctioneers  = []engine.Role{engine.RoleAuctioneer}
	afterActors  = []engine.Role{engine.RoleAuctioneer, engine.RoleClerk}
	moneyKeepers = []engine.Role{engine.RoleAuctioneer, engine.RoleRegistrar, engine.RoleClerk}
	signatories  = []engine.Role{engine.RoleAuctioneer, engine.RoleClerk, engine.RoleObserver}
	proposers    = []engine.Role{engine.RoleAuctioneer, engine.RoleRegistrar, engine.RoleClerk, engine.RoleAdmin}
	deciders     = []engine.Role{engine.RoleAuctioneer, engine.RoleAdmin}
)

// afterRoutes are those of what follows a session. A proceeding is named by its
// lot.
var afterRoutes = []route{
	{method: http.MethodGet, path: "/notices/:id/outcomes", handle: (*HTTP).outcomes, packed: true},
	{method: http.MethodGet, path: "/alarms", who: desk, handle: (*HTTP).alarms},
	{method: http.MethodGet, path: "/auctions/:id/proceedings", who: desk, handle: (*HTTP).proceedings},
	{method: http.MethodPost, path: "/proceedings/:id/consent", who: afterActors, handle: (*HTTP).ownerConsents},
	{method: http.MethodPost, path: "/proceedings/:id/offer", who: auctioneers, handle: (*HTTP).offerAdjacent},
	{method: http.MethodPost, path: "/proceedings/:id/refusal", who: auctioneers, handle: (*HTTP).recordRefusal},
	{method: http.MethodPost, path: "/proceedings/:id/disqualify", who: auctioneers, handle: (*HTTP).disqualifyAfter},
	{method: http.MethodPost, path: "/proceedings/:id/payments", who: moneyKeepers, handle: (*HTTP).notePayment, once: true},
	{method: http.MethodGet, path: "/proceedings/:id/minutes", who: desk, handle: (*HTTP).minutesFile},
	{method: http.MethodPost, path: "/proceedings/:id/sign", who: signatories, handle: (*HTTP).signMinutes},
	{method: http.MethodPost, path: "/proceedings/:id/refuse-to-sign", who: signatories, handle: (*HTTP).refuseToSign},
	{method: http.MethodGet, path: "/auctions/:id/deposits", who: desk, handle: (*HTTP).depositsOf},
	{method: http.MethodGet, path: "/auctions/:id/refunds", who: moneyKeepers, handle: (*HTTP).refundFile},
	{method: http.MethodPost, path: "/auctions/:id/refunds", who: moneyKeepers, handle: (*HTTP).markRefunded},
	{method: http.MethodPost, path: "/registrations/:id/forfeit", who: proposers, handle: (*HTTP).proposeForfeit},
	{method: http.MethodPost, path: "/registrations/:id/forfeit-decision", who: deciders, handle: (*HTTP).decideForfeit},
	{method: http.MethodGet, path: "/my/proceedings", who: bidders, handle: (*HTTP).myProceedings},
	{method: http.MethodGet, path: "/my/proceedings/:id/minutes", who: bidders, handle: (*HTTP).myMinutes},
	{method: http.MethodPost, path: "/my/proceedings/:id/confirm", who: bidders, handle: (*HTTP).confirmResult},
	{method: http.MethodPost, path: "/my/proceedings/:id/refuse", who: bidders, handle: (*HTTP).refuseResult},
	{method: http.MethodPost, path: "/my/proceedings/:id/accept", who: bidders, handle: (*HTTP).acceptOffer},
	{method: http.MethodPost, path: "/my/proceedings/:id/decline", who: bidders, handle: (*HTTP).declineOffer},
}

// listed answers with a list under its name; an empty one is [] and not null.
func listed[T any](c *call, name string, list []T, err error) error {
	if err != nil {
		return err
	}
	if list == nil {
		list = []T{}
	}
	return c.JSON(map[string]any{name: list})
}

// answered answers with what an act made.
func answered[T any](c *call, made T, err error) error {
	if err != nil {
		return err
	}
	return c.JSON(made)
}

// readAct reads the id of the path and a body.
func readAct(c *call, into any) (id string, err error) {
	if id, err = officeID(c); err != nil {
		return "", err
	}
	return id, readJSON(c.Ctx, into)
}

func (h *HTTP) outcomes(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	list, err := h.Office.Outcomes(c.ctx, id)
	return listed(c, "outcomes", list, err)
}

func (h *HTTP) alarms(c *call) error {
	list, err := h.Office.AfterAlarms(c.ctx, actor(c))
	return listed(c, "alarms", list, err)
}

func (h *HTTP) proceedings(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	list, err := h.Office.Proceedings(c.ctx, actor(c), id)
	return listed(c, "proceedings", list, err)
}

func (h *HTTP) ownerConsents(c *call) error {
	var in struct {
		office.Word
		Given bool `json:"given"`
	}
	id, err := readAct(c, &in)
	if err != nil {
		return err
	}
	p, err := h.Office.OwnerConsents(c.ctx, actor(c), id, in.Given, in.Word)
	return answered(c, p, err)
}

func (h *HTTP) offerAdjacent(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	p, err := h.Office.OfferAdjacent(c.ctx, actor(c), id)
	return answered(c, p, err)
}

func (h *HTTP) recordRefusal(c *call) error {
	var in struct {
		office.Word
		Unsigned bool `json:"unsigned"`
	}
	id, err := readAct(c, &in)
	if err != nil {
		return err
	}
	p, err := h.Office.RecordRefusal(c.ctx, actor(c), id, in.Unsigned, in.Word)
	return answered(c, p, err)
}

func (h *HTTP) disqualifyAfter(c *call) error {
	var in struct {
		office.Word
		Code engine.ParticipantCode `json:"code"`
	}
	id, err := readAct(c, &in)
	if err != nil {
		return err
	}
	p, err := h.Office.DisqualifyAfter(c.ctx, actor(c), id, in.Code, in.Word)
	return answered(c, p, err)
}

func (h *HTTP) notePayment(c *call) error {
	var in struct {
		Amount    engine.Dong `json:"amount"`
		Reference string      `json:"reference"`
	}
	id, err := readAct(c, &in)
	if err != nil {
		return err
	}
	p, err := h.Office.NotePayment(c.ctx, actor(c), id, in.Amount, in.Reference)
	return answered(c, p, err)
}

// minutesNumber reads which version is wanted.
func minutesNumber(c *call) (id string, number int, err error) {
	if id, err = officeID(c); err != nil {
		return "", 0, err
	}
	if number, err = strconv.Atoi(c.Query("number")); err != nil || number < 1 {
		return "", 0, &fault{code: codeInvalid, fields: []fieldFault{{Field: "number", Code: "malformed"}}}
	}
	return id, number, nil
}

// sendMinutes sends the very bytes that were signed.
func sendMinutes(c *call, m office.Minutes, err error) error {
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/pdf")
	c.Set(fiber.HeaderContentSecurityPolicy, sandbox)
	c.Set(fiber.HeaderContentDisposition, fmt.Sprintf(`inline; filename="bien-ban-%d.pdf"`, m.Number))
	return c.Send(m.PDF)
}

func (h *HTTP) minutesFile(c *call) error {
	id, number, err := minutesNumber(c)
	if err != nil {
		return err
	}
	m, err := h.Office.MinutesFile(c.ctx, actor(c), id, number)
	return sendMinutes(c, m, err)
}

func (h *HTTP) signMinutes(c *call) error {
	var in office.Signing
	id, err := readAct(c, &in)
	if err != nil {
		return err
	}
	p, err := h.Office.SignMinutes(c.ctx, actor(c), id, in)
	return answered(c, p, err)
}

func (h *HTTP) refuseToSign(c *call) error {
	var in struct {
		Number int         `json:"number"`
		Hash   engine.Hash `json:"hash"`
		Reason string      `json:"reason"`
	}
	id, err := readAct(c, &in)
	if err != nil {
		return err
	}
	p, err := h.Office.RefuseToSign(c.ctx, actor(c), id, office.Signing{Number: in.Number, Hash: in.Hash}, in.Reason)
	return answered(c, p, err)
}

func (h *HTTP) depositsOf(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	list, err := h.Office.Deposits(c.ctx, actor(c), id)
	return listed(c, "deposits", list, err)
}

func (h *HTTP) refundFile(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	format := table.Format(c.Query("format", string(table.XLSX)))
	if format.ContentType() == "" {
		return &fault{code: codeInvalid, fields: []fieldFault{{Field: "format", Code: "unknown"}}}
	}
	file, err := h.Office.RefundFile(c.ctx, actor(c), id, format)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, format.ContentType())
	c.Set(fiber.HeaderContentDisposition, fmt.Sprintf(`attachment; filename="hoan-tien.%s"`, format))
	return c.Send(file)
}

func (h *HTTP) markRefunded(c *call) error {
	var in struct {
		Registrations []string `json:"registrations"`
		Reference     string   `json:"reference"`
	}
	id, err := readAct(c, &in)
	if err != nil {
		return err
	}
	if err := h.Office.MarkRefunded(c.ctx, actor(c), id, in.Registrations, in.Reference); err != nil {
		return err
	}
	list, err := h.Office.Deposits(c.ctx, actor(c), id)
	return listed(c, "deposits", list, err)
}

// forfeited answers with what is decided of one deposit.
func forfeited(c *call, r office.Registration, err error) error {
	return answered(c, struct {
		RegistrationID string              `json:"registrationId"`
		State          office.PaymentState `json:"state"`
		Forfeit        *office.Forfeit     `json:"forfeit"`
	}{r.ID, r.Deposit.State, r.Deposit.Forfeit}, err)
}

func (h *HTTP) proposeForfeit(c *call) error {
	var in struct {
		Ground office.ForfeitGround `json:"ground"`
		Reason string               `json:"reason"`
	}
	id, err := readAct(c, &in)
	if err != nil {
		return err
	}
	r, err := h.Office.ProposeForfeit(c.ctx, actor(c), id, in.Ground, in.Reason)
	return forfeited(c, r, err)
}

func (h *HTTP) decideForfeit(c *call) error {
	var in struct {
		Approve bool   `json:"approve"`
		Reason  string `json:"reason"`
	}
	id, err := readAct(c, &in)
	if err != nil {
		return err
	}
	r, err := h.Office.DecideForfeit(c.ctx, actor(c), id, in.Approve, in.Reason)
	return forfeited(c, r, err)
}

func (h *HTTP) myProceedings(c *call) error {
	list, err := h.Office.MyProceedings(c.ctx, actor(c))
	return listed(c, "proceedings", list, err)
}

func (h *HTTP) myMinutes(c *call) error {
	id, number, err := minutesNumber(c)
	if err != nil {
		return err
	}
	m, err := h.Office.MyMinutes(c.ctx, actor(c), id, number)
	return sendMinutes(c, m, err)
}

func (h *HTTP) confirmResult(c *call) error {
	var in office.Signing
	id, err := readAct(c, &in)
	if err != nil {
		return err
	}
	p, err := h.Office.ConfirmResult(c.ctx, actor(c), id, in)
	return answered(c, p, err)
}

func (h *HTTP) refuseResult(c *call) error {
	var in struct {
		Typed  string `json:"typed"`
		Reason string `json:"reason"`
	}
	id, err := readAct(c, &in)
	if err != nil {
		return err
	}
	p, err := h.Office.RefuseResult(c.ctx, actor(c), id, in.Typed, in.Reason)
	return answered(c, p, err)
}

func (h *HTTP) acceptOffer(c *call) error {
	var in struct {
		Proof string `json:"proof"`
	}
	id, err := readAct(c, &in)
	if err != nil {
		return err
	}
	p, err := h.Office.AnswerOffer(c.ctx, actor(c), id, true, in.Proof)
	return answered(c, p, err)
}

func (h *HTTP) declineOffer(c *call) error {
	id, err := officeID(c)
	if err != nil {
		return err
	}
	p, err := h.Office.AnswerOffer(c.ctx, actor(c), id, false, "")
	return answered(c, p, err)
}
