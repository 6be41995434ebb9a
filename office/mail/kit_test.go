package mail

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// post is a mail server in this process that keeps what it takes.
type post struct {
	port        int
	trust       *tls.Config
	mu          sync.Mutex
	from, to    []string
	letters     []string
	encrypted   []bool
	user        string
	refuseRcpt  error
	refuseData  error
	refuseLogin error
}

type postSession struct {
	*post
	conn *smtp.Conn
}

func (s postSession) Reset()                   {}
func (s postSession) Logout() error            { return nil }
func (s postSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s postSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.refuseLogin != nil {
			return s.refuseLogin
		}
		if password != "mật khẩu" {
			return errors.New("wrong password")
		}
		s.user = user
		return nil
	}), nil
}

func (s postSession) Mail(from string, _ *smtp.MailOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.from = append(s.from, from)
	return nil
}

func (s postSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.to = append(s.to, to)
	return s.refuseRcpt
}

func (s postSession) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuseData != nil {
		return s.refuseData
	}
	_, encrypted := s.conn.TLSConnectionState()
	s.letters, s.encrypted = append(s.letters, string(text)), append(s.encrypted, encrypted)
	return nil
}

// openPost starts a mail server for the time of a test.
func openPost(t *testing.T, security Security) *post {
	t.Helper()
	certificate, roots := selfSigned(t)
	p := &post{trust: &tls.Config{RootCAs: roots, ServerName: "127.0.0.1"}}
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return postSession{p, c}, nil }))
	server.Domain, server.ErrorLog = "post.example", log.New(io.Discard, "", 0)
	server.AllowInsecureAuth = security == Plain
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.port = listener.Addr().(*net.TCPAddr).Port
	switch config := (&tls.Config{Certificates: []tls.Certificate{certificate}}); security {
	case StartTLS:
		server.TLSConfig = config
	case TLS:
		listener = tls.NewListener(listener, config)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close(); <-done })
	return p
}

func (p *post) sender(t *testing.T, security Security, change func(*SMTPOptions)) *SMTP {
	t.Helper()
	o := SMTPOptions{Host: "127.0.0.1", Port: p.port, Security: security, TLS: p.trust}
	if change != nil {
		change(&o)
	}
	s, err := NewSMTP(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func selfSigned(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}

// invitation is a letter as the office writes them.
func invitation() Message {
	return Message{
		ID: "01972f3e-7c1a", At: time.Date(2026, 11, 26, 9, 30, 0, 0, time.FixedZone("", 7*3600)),
		From:    Address{"Trung tâm Dịch vụ đấu giá tài sản tỉnh Bắc Ninh", "daugia@bacninh.example"},
		To:      Address{"Đỗ Thị Ngọc Ánh", "anh@thu.example"},
		Subject: "Mời tham gia phiên đấu giá quyền sử dụng đất số 12/2026 vào lúc 9 giờ 30 phút ngày 02 tháng 12 năm 2026",
		Text:    "Kính gửi bà Ánh,\n\nPhiên đấu giá mở lúc 9:30.\n.\nMã số tham gia: xem trong tài khoản.\n",
		Attachments: []Attachment{
			{"Biên bản đấu giá.pdf", "application/pdf", []byte("%PDF-1.7\r\n\x00\xff\n")},
		},
	}
}
