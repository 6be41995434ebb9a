package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Security is how the way to the server is kept from others' eyes.
type Security string

// The ways to a server. Plain is for a server on this machine alone.
const (
	StartTLS Security = "starttls" // port 587; a server without it is refused
	TLS      Security = "tls"      // port 465
	Plain    Security = "none"
)

// SMTPOptions name a mail server and our access to it.
type SMTPOptions struct {
	Host     string
	Port     int // 0: the usual one of the security
	Security Security
	User     string // empty: without signing in
	Password string
	Timeout  time.Duration // of each step; 0: 20 s
	// TLS overrides how the server's certificate is checked; nil: the roots of
	// the system.
	TLS *tls.Config
}

// String keeps the password out of logs.
func (o SMTPOptions) String() string { return fmt.Sprintf("%s:%d (%s)", o.Host, o.Port, o.Security) }

// GoString keeps the password out of logs written with %#v.
func (o SMTPOptions) GoString() string { return o.String() }

// SMTP sends through a mail server, one connection a letter. Its methods may
// be called from any goroutine.
type SMTP struct {
	options []gomail.Option
	host    string
}

// NewSMTP checks the options and connects to nobody yet.
func NewSMTP(o SMTPOptions) (*SMTP, error) {
	if o.Timeout == 0 {
		o.Timeout = 20 * time.Second
	}
	options := []gomail.Option{gomail.WithTimeout(o.Timeout), gomail.WithoutNoop(), gomail.WithoutRset()}
	usual := 0
	switch o.Security {
	case StartTLS:
		usual, options = 587, append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case TLS:
		usual, options = 465, append(options, gomail.WithSSL())
	case Plain:
		if ip := net.ParseIP(o.Host); o.Host != "localhost" && !ip.IsLoopback() {
			return nil, fmt.Errorf("mail server %s: without encryption only a server on this machine may be used", o.Host)
		}
		usual, options = 25, append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		return nil, fmt.Errorf("mail server %s: security %q is none of starttls, tls, none", o.Host, o.Security)
	}
	if o.Port == 0 {
		o.Port = usual
	}
	options = append(options, gomail.WithPort(o.Port))
	if o.TLS != nil {
		options = append(options, gomail.WithTLSConfig(o.TLS))
	}
	if o.User != "" {
		auth := gomail.SMTPAuthAutoDiscover
		if o.Security == Plain { // to this machine; else it refuses without TLS
			auth = gomail.SMTPAuthPlainNoEnc
		}
		options = append(options, gomail.WithSMTPAuth(auth), gomail.WithUsername(o.User), gomail.WithPassword(o.Password))
	}
	s := &SMTP{options, o.Host}
	if _, err := gomail.NewClient(s.host, s.options...); err != nil {
		return nil, fmt.Errorf("mail server %s: %w", o, err)
	}
	return s, nil
}

// Send gives a letter to the server. It blocks, each step at most for the
// timeout; the end of ctx ends the dialling.
func (s *SMTP) Send(ctx context.Context, m Message) error {
	letter, err := compose(&m)
	if err != nil {
		return err
	}
	client, err := gomail.NewClient(s.host, s.options...)
	if err != nil {
		return &Failure{Temporary: true, Err: err} // it was good in NewSMTP
	}
	err = client.DialAndSendWithContext(ctx, letter)
	if letter.IsDelivered() {
		// The server has it. A farewell that went wrong is no reason to send
		// it twice.
		return nil
	}
	return failure(err)
}

// failure sorts what the library reports. Only an answer of the server to the
// letter itself is for good; whatever came before concerns our access.
func failure(err error) error {
	var refused *gomail.SendError
	if errors.As(err, &refused) {
		code := refused.ErrorCode()
		return &Failure{Temporary: code < 500, Code: code, Err: err}
	}
	var answer *textproto.Error
	if errors.As(err, &answer) {
		return &Failure{Temporary: true, Code: answer.Code, Err: err}
	}
	return &Failure{Temporary: true, Err: err}
}
