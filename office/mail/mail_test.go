package mail

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net"
	netmail "net/mail"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

var (
	background = context.Background()
	words      mime.WordDecoder
)

// checkWire reads a letter with the standard library, as another mail program
// would, and compares it with what was meant.
func checkWire(t *testing.T, wire string, m Message) {
	t.Helper()
	got, err := netmail.ReadMessage(strings.NewReader(wire))
	if err != nil {
		t.Fatal(err)
	}
	if subject, err := words.DecodeHeader(got.Header.Get("Subject")); err != nil || subject != m.Subject {
		t.Errorf("subject %q %v", subject, err)
	}
	for role, want := range map[string]Address{"From": m.From, "To": m.To} {
		if list, err := got.Header.AddressList(role); err != nil || len(list) != 1 || (Address{list[0].Name, list[0].Address}) != want {
			t.Errorf("%s: %v %v", role, list, err)
		}
	}
	if at, err := got.Header.Date(); err != nil || !at.Equal(m.At) {
		t.Errorf("date %v %v", at, err)
	}
	if id := got.Header.Get("Message-ID"); id != "<"+m.ID+"@bacninh.example>" {
		t.Errorf("id %s", id)
	}
	for i, line := range strings.Split(wire, "\r\n") {
		if len(line) > 998 || strings.ContainsFunc(line, func(r rune) bool { return r > 0x7e || r < ' ' && r != '\t' }) {
			t.Errorf("line %d is not plain ASCII: %q", i, line)
		}
	}
	_, params, err := mime.ParseMediaType(got.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	parts := multipart.NewReader(got.Body, params["boundary"])
	text, err := parts.NextPart() // which undoes quoted-printable
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(text); err != nil || strings.ReplaceAll(string(body), "\r\n", "\n") != m.Text {
		t.Errorf("text %q %v", body, err)
	}
	file, err := parts.NextPart()
	if err != nil {
		t.Fatal(err)
	}
	if name, err := words.DecodeHeader(file.FileName()); err != nil || name != m.Attachments[0].Name {
		t.Errorf("attachment %q %v", name, err)
	}
}

func TestALetterArrivesInVietnameseOverEveryWay(t *testing.T) {
	for _, security := range []Security{StartTLS, TLS, Plain} {
		t.Run(string(security), func(t *testing.T) {
			p := openPost(t, security)
			s := p.sender(t, security, func(o *SMTPOptions) { o.User, o.Password = "trungtam", "mật khẩu" })
			m := invitation()
			if err := s.Send(background, m); err != nil {
				t.Fatal(err)
			}
			if len(p.letters) != 1 || p.from[0] != m.From.Mail || p.to[0] != m.To.Mail || p.user != "trungtam" {
				t.Fatalf("got %d letters, from %v to %v signed in as %q", len(p.letters), p.from, p.to, p.user)
			}
			if p.encrypted[0] != (security != Plain) {
				t.Errorf("encrypted: %v", p.encrypted[0])
			}
			checkWire(t, p.letters[0], m)
		})
	}
}

func TestWhatTheServerRefusesIsSortedByItsAnswer(t *testing.T) {
	answer := func(code int) error { return &smtp.SMTPError{Code: code, Message: "no"} }
	tests := []struct {
		name      string
		refuse    func(*post)
		temporary bool
		code      int
	}{
		{"the mailbox is full", func(p *post) { p.refuseRcpt = answer(452) }, true, 452},
		{"greylisted", func(p *post) { p.refuseRcpt = answer(451) }, true, 451},
		{"no such mailbox", func(p *post) { p.refuseRcpt = answer(550) }, false, 550},
		{"try the content later", func(p *post) { p.refuseData = answer(421) }, true, 421},
		{"the content is refused", func(p *post) { p.refuseData = answer(554) }, false, 554},
		{"our password is wrong", func(p *post) { p.refuseLogin = answer(535) }, true, 535},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := openPost(t, StartTLS)
			tt.refuse(p)
			s := p.sender(t, StartTLS, func(o *SMTPOptions) { o.User, o.Password = "trungtam", "mật khẩu" })
			var f *Failure
			if err := s.Send(background, invitation()); !errors.As(err, &f) || f.Temporary != tt.temporary || f.Code != tt.code {
				t.Fatalf("got %#v", err)
			}
			if len(p.letters) != 0 {
				t.Error("the letter was taken")
			}
		})
	}
}

func TestWhatKeepsUsFromTheServerIsTemporary(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	silent, err := net.Listen("tcp", "127.0.0.1:0") // takes connections, says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	port := func(l net.Listener) int { return l.Addr().(*net.TCPAddr).Port }
	p, q := openPost(t, StartTLS), openPost(t, Plain)
	tests := []struct {
		name string
		s    *SMTP
	}{
		{"nobody there", p.sender(t, StartTLS, func(o *SMTPOptions) { o.Port = port(closed) })},
		{"silence", p.sender(t, StartTLS, func(o *SMTPOptions) { o.Port, o.Timeout = port(silent), 20*time.Millisecond })},
		{"a stranger's certificate", p.sender(t, StartTLS, func(o *SMTPOptions) { o.TLS = nil })},
		{"no encryption offered", q.sender(t, StartTLS, nil)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var f *Failure
			if err := tt.s.Send(background, invitation()); !errors.As(err, &f) || !f.Temporary {
				t.Fatalf("got %#v", err)
			}
		})
	}
	if len(p.letters)+len(q.letters) != 0 {
		t.Error("a letter went out")
	}
	ended, cancel := context.WithCancel(background)
	cancel()
	if err := p.sender(t, StartTLS, nil).Send(ended, invitation()); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end of the context: %v", err)
	}
}

func TestOptionsThatWouldTellThePasswordAreRefused(t *testing.T) {
	for _, o := range []SMTPOptions{
		{Host: "smtp.example", Security: Plain}, {Host: "203.0.113.7", Security: Plain},
		{Host: "smtp.example"}, {Host: "smtp.example", Security: "ssl"}, {Security: TLS}, {Host: "smtp.example", Security: TLS, Port: 70000},
	} {
		if _, err := NewSMTP(o); err == nil {
			t.Errorf("%v is taken", o)
		}
	}
	o := SMTPOptions{Host: "smtp.example", Security: TLS, Port: 465, Password: "bí mật"}
	if s := fmt.Sprintf("%v %+v %#v", o, o, o); strings.Contains(s, "bí mật") {
		t.Errorf("prints %s", s)
	}
}

func TestNoTextBecomesAHeaderAndNoLetterIsOddlyMade(t *testing.T) {
	long := strings.Repeat("a", 300)
	tests := map[string]func(*Message){
		"subject with a line end":    func(m *Message) { m.Subject = "a\r\nBcc: x@y.example" },
		"subject with a bare lf":     func(m *Message) { m.Subject = "a\nb" },
		"subject with a line sep":    func(m *Message) { m.Subject = "a\u2028b" },
		"no subject":                 func(m *Message) { m.Subject = "  " },
		"subject too long":           func(m *Message) { m.Subject = long },
		"name with a line end":       func(m *Message) { m.To.Name = "a\r\nBcc: x@y.example" },
		"sender's name with one":     func(m *Message) { m.From.Name = "a\nb" },
		"name turning the direction": func(m *Message) { m.To.Name = "a\u202eb" },
		"two addresses":              func(m *Message) { m.To.Mail = "a@b.example, c@d.example" },
		"address with a name":        func(m *Message) { m.To.Mail = "A <a@b.example>" },
		"address with a line end":    func(m *Message) { m.To.Mail = "a@b.example\r\nRCPT TO:<c@d.example>" },
		"quoted address":             func(m *Message) { m.To.Mail = `"a b"@b.example` },
		"address literal":            func(m *Message) { m.To.Mail = "a@[127.0.0.1]" },
		"address without a domain":   func(m *Message) { m.To.Mail = "root@localhost" },
		"no address":                 func(m *Message) { m.To = Address{} },
		"reply-to is none":           func(m *Message) { m.ReplyTo.Name = "only a name" },
		"id with a bracket":          func(m *Message) { m.ID = "a>b" },
		"no id":                      func(m *Message) { m.ID = "" },
		"no time":                    func(m *Message) { m.At = time.Time{} },
		"text with a control":        func(m *Message) { m.Text = "a\x00b" },
		"text that is no UTF-8":      func(m *Message) { m.Text = "a\xffb" },
		"text too long":              func(m *Message) { m.Text = strings.Repeat("x", maxTextBytes+1) },
		"attachment with a path":     func(m *Message) { m.Attachments[0].Name = "../a.pdf" },
		"attachment with a line end": func(m *Message) { m.Attachments[0].Name = "a\r\nX: b" },
		"attachment of no type":      func(m *Message) { m.Attachments[0].Type = "pdf\r\nX: y" },
		"attachments too big":        func(m *Message) { m.Attachments[0].Content = make([]byte, maxAttachmentBytes+1) },
		"attachments too many":       func(m *Message) { m.Attachments = make([]Attachment, maxAttachments+1) },
	}
	folder, err := OpenFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range tests {
		t.Run(name, func(t *testing.T) {
			m := invitation()
			spoil(&m)
			var f *Failure
			if err := folder.Send(background, m); !errors.Is(err, ErrBadMessage) || !errors.As(err, &f) || f.Temporary {
				t.Fatalf("got %v", err)
			}
		})
	}
	if list, err := folder.List("", 10); err != nil || len(list) != 0 {
		t.Errorf("written nevertheless: %v %v", list, err)
	}
}

func TestAFolderKeepsLettersThatAnyMailProgramReads(t *testing.T) {
	path := filepath.Join(t.TempDir(), "letters")
	folder, err := OpenFolder(path)
	if err != nil {
		t.Fatal(err)
	}
	m := invitation()
	m.ReplyTo = Address{"Văn thư", "vanthu@bacninh.example"}
	for range 2 { // again, as after a lost answer: still one letter
		if err := folder.Send(background, m); err != nil {
			t.Fatal(err)
		}
	}
	list, err := folder.List("", 10)
	if err != nil || len(list) != 1 {
		t.Fatalf("got %v %v", list, err)
	}
	e := list[0]
	wire, err := os.ReadFile(filepath.Join(path, e.Name))
	if err != nil {
		t.Fatal(err)
	}
	checkWire(t, string(wire), m)
	if e.Subject != m.Subject || e.To != m.To || !e.At.Equal(m.At) || e.Bytes != int64(len(wire)) {
		t.Errorf("listed as %+v", e)
	}
	got, err := folder.Read(e.Name)
	if err != nil {
		t.Fatal(err)
	}
	if !got.At.Equal(m.At) {
		t.Errorf("read with time %v", got.At)
	}
	got.At, got.ID = m.At, m.ID
	if !reflect.DeepEqual(got, m) {
		t.Errorf("read as %+v", got)
	}
	info, err := os.Stat(filepath.Join(path, e.Name))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode: %v %v", info.Mode(), err)
	}
	for _, name := range []string{"", "../" + e.Name, "000000000000000-x.eml", "/etc/passwd"} {
		if _, err := folder.Read(name); !errors.Is(err, ErrNotFound) {
			t.Errorf("%q: got %v", name, err)
		}
	}
}

func TestAFolderListsTheNewestFirstAndPageByPage(t *testing.T) {
	path := t.TempDir()
	folder, err := OpenFolder(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		m := invitation()
		m.Attachments = nil
		m.ID, m.Subject, m.At = fmt.Sprint("m", i), fmt.Sprint("Thư ", i), m.At.Add(time.Duration(i)*time.Minute)
		if err := folder.Send(background, m); err != nil {
			t.Fatal(err)
		}
	}
	for _, stray := range []string{".tmp-1", "notes.txt"} {
		if err := os.WriteFile(filepath.Join(path, stray), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var seen []string
	for before := ""; ; {
		page, err := folder.List(before, 2)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		for _, e := range page {
			seen, before = append(seen, e.Subject), e.Name
			if m, err := folder.Read(e.Name); err != nil || m.Text != invitation().Text || len(m.Attachments) != 0 {
				t.Errorf("%s: read as %+v %v", e.Name, m, err)
			}
		}
	}
	if want := []string{"Thư 4", "Thư 3", "Thư 2", "Thư 1", "Thư 0"}; !reflect.DeepEqual(seen, want) {
		t.Errorf("got %v", seen)
	}
}
