package transport

import (
	"context"
	"errors"
	"math"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"gobua/office"
)

// fault is an error that already knows its answer. Handlers return it; only
// the error handler of the app writes it. The cause is for the log and is
// never sent: driver texts and paths stay inside.
type fault struct {
	code       string // a key of answers
	fields     []fieldFault
	retryAfter time.Duration
	place      string // in the line of those who sign in
	cause      error
}

// fieldFault says what is wrong with one field of a body.
type fieldFault struct {
	Field   string `json:"field"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

func (f *fault) Error() string {
	if f.cause != nil {
		return f.code + ": " + f.cause.Error()
	}
	return f.code
}

func (f *fault) Unwrap() error { return f.cause }

// refuse returns the fault of a code.
func refuse(code string) error { return &fault{code: code} }

// problem is the body of every answer that is not what was asked for.
type problem struct {
	Error struct {
		Code     string       `json:"code"`
		Message  string       `json:"message"`
		Fields   []fieldFault `json:"fields,omitempty"`
		Incident string       `json:"incident,omitempty"`
		Place    string       `json:"place,omitempty"`
	} `json:"error"`
}

// writeFault answers a request with a fault, in the reader's language.
func writeFault(c *fiber.Ctx, f *fault) error {
	a, known := answers[f.code]
	if !known {
		panic("no answer is written for code " + f.code) // a bug: the table is incomplete
	}
	english := readsEnglish(c.Get(fiber.HeaderAcceptLanguage))
	var p problem
	p.Error.Code = f.code
	p.Error.Message = pick(english, a.vi, a.en)
	p.Error.Place = f.place
	for _, field := range f.fields {
		s, ok := fieldSentences[field.Code]
		if !ok {
			s = fieldSentenceElse
		}
		field.Message = pick(english, s.vi, s.en)
		p.Error.Fields = append(p.Error.Fields, field)
	}
	if f.code == codeInternal {
		p.Error.Incident = requestID(c)
	}
	if f.retryAfter > 0 {
		seconds := int(math.Ceil(f.retryAfter.Seconds()))
		c.Set(fiber.HeaderRetryAfter, strconv.Itoa(seconds))
	}
	if a.status == fiber.StatusUnauthorized && f.code != codeBadCredentials {
		c.Set(fiber.HeaderWWWAuthenticate, "Bearer")
	}
	c.Set(fiber.HeaderContentLanguage, pick(english, "vi", "en"))
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Vary(fiber.HeaderAcceptLanguage)
	return c.Status(a.status).JSON(p)
}

func pick(english bool, vi, en string) string {
	if english {
		return en
	}
	return vi
}

// faultOf finds the answer to an error: a fault says it itself, the office and
// the router have a table each, anything else is our own failure.
func faultOf(err error) *fault {
	var f *fault
	if errors.As(err, &f) {
		return f
	}
	if f := officeFault(err); f != nil {
		return f
	}
	var ours *fiber.Error
	if !errors.As(err, &ours) {
		return &fault{code: codeInternal, cause: err}
	}
	if code, ok := routerCodes[ours.Code]; ok {
		return &fault{code: code}
	}
	if ours.Code >= fiber.StatusInternalServerError {
		return &fault{code: codeInternal, cause: err}
	}
	return &fault{code: codeBadRequest, cause: err}
}

// routerCodes turns what the router, the server and the gateway refuse by
// status alone into our codes.
var routerCodes = map[int]string{
	fiber.StatusUnauthorized:                codeUnauthorized,
	fiber.StatusForbidden:                   codeForbidden,
	fiber.StatusNotFound:                    codeNotFound,
	fiber.StatusMethodNotAllowed:            codeMethodNotAllowed,
	fiber.StatusRequestTimeout:              codeTimeout,
	fiber.StatusRequestEntityTooLarge:       codeTooLarge,
	fiber.StatusUpgradeRequired:             codeUpgradeRequired,
	fiber.StatusTooManyRequests:             codeRate,
	fiber.StatusRequestHeaderFieldsTooLarge: codeHeadersTooLarge,
	fiber.StatusServiceUnavailable:          codeBusy,
}

// officeCodes turns the office's answers into codes.
var officeCodes = map[error]string{
	office.ErrNotFound:        codeNotFound,
	office.ErrForbidden:       codeForbidden,
	office.ErrBadCredentials:  codeBadCredentials,
	office.ErrPasswordGiven:   codePasswordGiven,
	office.ErrSignedOut:       codeSignedOut,
	office.ErrLoginTaken:      codeLoginTaken,
	office.ErrEditedMeanwhile: codeEditedMeanwhile,
	office.ErrPublished:       codeAlreadyPublished,
	office.ErrRegistered:      codeRegistered,
	office.ErrBadCode:         codeBadCode,
	office.ErrNoSecondFactor:  codeNoSecondFactor,
	office.ErrWrongState:      codeWrongState,
	office.ErrTooLate:         codeTooLate,
	office.ErrTooEarly:        codeTooEarly,
	office.ErrTooMany:         codeTooMany,
	office.ErrKeyReused:       codeIdempotencyReused,
	ErrTokenExpired:           codeTokenExpired,
	ErrTokenInvalid:           codeUnauthorized,
}

// officeRetry is when asking a closed office again makes sense; the wiring
// looks for the database about as often.
const officeRetry = 5 * time.Second

// officeFault returns the answer to an error of the office or of a token, or
// nil if the error is neither.
func officeFault(err error) *fault {
	if errors.Is(err, office.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded) {
		return &fault{code: codeOfficeClosed, retryAfter: officeRetry, cause: err}
	}
	var throttled office.ErrThrottled
	if errors.As(err, &throttled) {
		return &fault{code: codeThrottled, retryAfter: throttled.RetryAfter}
	}
	if rush, ok := errors.AsType[office.ErrRush](err); ok {
		return &fault{code: codeRush, retryAfter: rush.RetryAfter}
	}
	var invalid *office.Invalid
	if errors.As(err, &invalid) {
		f := &fault{code: codeInvalid}
		for _, field := range invalid.Fields {
			f.fields = append(f.fields, fieldFault{Field: field.Field, Code: field.Code})
		}
		return f
	}
	for known, code := range officeCodes {
		if errors.Is(err, known) {
			return &fault{code: code}
		}
	}
	return nil
}
