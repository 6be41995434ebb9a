// Package mail sends the letters of the office: by SMTP, or into a folder
// where staff can read them while no server is named. What a letter says, and
// when it is tried again, is the office's business.
package mail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	netmail "net/mail"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	gomail "github.com/wneessen/go-mail"
	"golang.org/x/text/unicode/norm"
)

// Sender hands a letter on. Send blocks; it returns nil when somebody else has
// taken the letter over for good, else a *Failure.
type Sender interface {
	Send(ctx context.Context, m Message) error
}

// Address is a mailbox with the name shown beside it, which may be empty.
type Address struct{ Name, Mail string }

// Message is one letter to one person: participants must not see each other.
type Message struct {
	// ID is made once by the office and kept over all attempts, so that a
	// letter that arrives twice can be recognised: [A-Za-z0-9.-], 1 to 64.
	ID   string
	At   time.Time // when the office wrote it
	From Address   // the centre's
	To   Address
	// ReplyTo is where answers go; the zero value: to From.
	ReplyTo     Address
	Subject     string // one line
	Text        string // plain text, lines ended by \n
	Attachments []Attachment
}

// Attachment is a file in a letter.
type Attachment struct {
	Name    string // as the reader sees it
	Type    string // "application/pdf"
	Content []byte
}

// What a letter may be. Most servers take 25 MB after encoding, which adds a
// third.
const (
	maxNameRunes       = 120
	maxSubjectRunes    = 200
	maxTextBytes       = 256 << 10
	maxAttachments     = 10
	maxAttachmentBytes = 15 << 20 // of all together
)

// Failure says why a letter was not taken.
type Failure struct {
	// Temporary: the same letter may be taken later. What is wrong with the
	// server or with our access to it is temporary too, since it is not the
	// letter's fault; what the server has against the letter is for good.
	Temporary bool
	Code      int // of the server's answer, 0 if it gave none
	Err       error
}

func (f *Failure) Error() string { return "mail: " + f.Err.Error() }

// Unwrap gives the cause.
func (f *Failure) Unwrap() error { return f.Err }

// ErrBadMessage is the cause of a failure of a letter that cannot be sent by
// anybody; the text beside it says which part is at fault.
var ErrBadMessage = errors.New("not a letter")

func bad(part string, args ...any) error {
	return &Failure{Err: fmt.Errorf("%w: %s", ErrBadMessage, fmt.Sprintf(part, args...))}
}

var (
	idForm   = regexp.MustCompile(`^[A-Za-z0-9.-]{1,64}$`)
	typeForm = regexp.MustCompile(`^[a-z]+/[a-z0-9.+-]{1,100}$`)
)

// ValidAddress says whether a mailbox can be written to: name@domain in ASCII,
// at most 254 bytes, no comments, quotes or routes.
func ValidAddress(mailbox string) bool {
	parsed, err := netmail.ParseAddress(mailbox)
	if err != nil || parsed.Address != mailbox || len(mailbox) > 254 {
		return false
	}
	local, domain, _ := strings.Cut(mailbox, "@")
	odd := func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),:;<>@[\]`, r) }
	return len(local) <= 64 && !strings.ContainsFunc(local, odd) && !strings.ContainsFunc(domain, odd) && strings.Contains(domain, ".")
}

// oneLine says whether a text fits in a header: no line ends, which would
// begin another header, nor anything else that is not seen.
func oneLine(s string, maxRunes int) bool {
	hidden := func(r rune) bool {
		return unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
	}
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= maxRunes && !strings.ContainsFunc(s, hidden)
}

// Check says what keeps a letter from being sent, as a *Failure that is
// permanent. Every sender does it first.
func (m *Message) Check() error {
	if !idForm.MatchString(m.ID) {
		return bad("id %q", m.ID)
	}
	if m.At.IsZero() {
		return bad("no time")
	}
	for _, a := range []struct {
		role string
		Address
		may bool
	}{{"from", m.From, false}, {"to", m.To, false}, {"reply-to", m.ReplyTo, true}} {
		if a.may && a.Address == (Address{}) {
			continue
		}
		if !ValidAddress(a.Mail) || !oneLine(a.Name, maxNameRunes) {
			return bad("address %s", a.role)
		}
	}
	if strings.TrimSpace(m.Subject) == "" || !oneLine(m.Subject, maxSubjectRunes) {
		return bad("subject")
	}
	control := func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }
	if len(m.Text) > maxTextBytes || !utf8.ValidString(m.Text) || strings.ContainsFunc(m.Text, control) {
		return bad("text")
	}
	return m.checkAttachments()
}

func (m *Message) checkAttachments() error {
	if len(m.Attachments) > maxAttachments {
		return bad("%d attachments", len(m.Attachments))
	}
	total := 0
	for i, a := range m.Attachments {
		if a.Name == "" || !oneLine(a.Name, maxNameRunes) || strings.ContainsAny(a.Name, `/\`) {
			return bad("name of attachment %d", i)
		}
		if !typeForm.MatchString(a.Type) {
			return bad("type of attachment %d", i)
		}
		total += len(a.Content)
	}
	if total > maxAttachmentBytes {
		return bad("attachments of %d bytes", total)
	}
	return nil
}

// compose checks a letter and writes it in the form of the mail.
func compose(m *Message) (*gomail.Msg, error) {
	if err := m.Check(); err != nil {
		return nil, err
	}
	out := gomail.NewMsg(gomail.WithCharset(gomail.CharsetUTF8), gomail.WithNoDefaultUserAgent())
	out.FromMailAddress(m.From.header())
	out.ToMailAddress(m.To.header())
	if m.ReplyTo != (Address{}) {
		out.ReplyToMailAddress(m.ReplyTo.header())
	}
	_, domain, _ := strings.Cut(m.From.Mail, "@")
	out.SetMessageIDWithValue(m.ID + "@" + domain)
	out.SetDateWithValue(m.At)
	// Answering machines stay silent (RFC 3834).
	out.SetGenHeader("Auto-Submitted", "auto-generated")
	out.Subject(norm.NFC.String(m.Subject))
	out.SetBodyString(gomail.TypeTextPlain, norm.NFC.String(m.Text))
	for _, a := range m.Attachments {
		err := out.AttachReader(norm.NFC.String(a.Name), bytes.NewReader(a.Content), gomail.WithFileContentType(gomail.ContentType(a.Type)))
		if err != nil {
			return nil, bad("attachment %s: %v", a.Name, err)
		}
	}
	return out, nil
}

func (a Address) header() *netmail.Address {
	return &netmail.Address{Name: norm.NFC.String(a.Name), Address: a.Mail}
}
