package main

import (
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"strconv"

	"gobua/office/mail"
)

// smtpOptions understands the address of a mail server, or returns nil. A
// server on this machine may be spoken to in the clear, any other not.
func smtpOptions(address string) *mail.SMTPOptions {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Path != "" && u.Path != "/" || u.RawQuery != "" {
		return nil
	}
	o := &mail.SMTPOptions{Host: u.Hostname(), User: u.User.Username()}
	o.Password, _ = u.User.Password()
	switch {
	case u.Scheme == "smtps":
		o.Security = mail.TLS
	case u.Scheme == "smtp" && isLoopback(o.Host):
		o.Security = mail.Plain
	case u.Scheme == "smtp":
		o.Security = mail.StartTLS
	default:
		return nil
	}
	if port := u.Port(); port != "" {
		if o.Port, err = strconv.Atoi(port); err != nil || !isPort(port) {
			return nil
		}
	}
	return o
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// postman is who takes the letters out.
func (set *checked) postman() (mail.Sender, error) {
	if set.smtp != nil {
		return mail.NewSMTP(*set.smtp)
	}
	folder, err := mail.OpenFolder(filepath.Join(set.data, "mail"))
	if err != nil {
		return nil, fmt.Errorf("folder of the letters: %w", err)
	}
	return folder, nil
}
