package office_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"gobua/engine"
	"gobua/office"
	"gobua/office/mail"
)

// postOffice takes letters, or refuses them.
type postOffice struct {
	mu    sync.Mutex
	fail  error
	taken []mail.Message
}

func (p *postOffice) Send(_ context.Context, m mail.Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fail != nil {
		return p.fail
	}
	p.taken = append(p.taken, m)
	return nil
}

// write keeps a letter to somebody, as an act of the office would.
func (h *house) write(t *testing.T, to office.Account) {
	t.Helper()
	now := engine.InstantOf(h.Now())
	check(t, h.store.KeepTrail(background, office.Trail{At: now, Mails: []office.Mail{
		{CentreID: office.HostCentre, AccountID: to.ID, Kind: "greeting", Subject: "Chào ông Ấn", Body: "Kính gửi…"},
	}}))
}

func withPost(t *testing.T, p *postOffice) (*house, office.Account) {
	t.Helper()
	h := open(t)
	h.Office = office.New(h.store, office.Options{Now: h.Now, Vault: h.vault, Postman: p, MailFrom: mail.Address{Mail: "gui@trungtam.example"}})
	an, err := h.CreateAccount(background, h.admin, office.NewAccount{
		Login: "co.thu", Name: "Người Có Thư", Password: password, Role: engine.RoleBidder, Email: "co.thu@example.com",
	})
	check(t, err)
	return h, an
}

// TestALetterIsSentOnce, to the address of the account, in the centre's name.
func TestALetterIsSentOnce(t *testing.T) {
	p := new(postOffice)
	h, an := withPost(t, p)
	h.write(t, an)
	h.write(t, h.binh) // has no address: reached on the page alone
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if _, err := h.SendLetters(background); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if len(p.taken) != 1 {
		t.Fatalf("%d letters", len(p.taken))
	}
	m := p.taken[0]
	if m.To != (mail.Address{Name: "Người Có Thư", Mail: "co.thu@example.com"}) || m.From.Mail != "gui@trungtam.example" || m.From.Name == "" || m.Check() != nil {
		t.Fatalf("%+v", m)
	}
	list, err := h.Letters(background, h.registrar, office.LetterQuery{})
	if err != nil || len(list) != 1 || list[0].SentAt == 0 || list[0].Body != "" {
		t.Fatalf("%+v, %v", list, err)
	}
}

// TestALetterIsTriedAgainAndThenGivenUp: pauses grow, a refusal for good ends
// it at once, and staff can try again.
func TestALetterIsTriedAgainAndThenGivenUp(t *testing.T) {
	p := &postOffice{fail: &mail.Failure{Temporary: true, Code: 451, Err: errors.New("bận")}}
	h, an := withPost(t, p)
	h.write(t, an)
	began := h.Now()
	tries := 0
	for ; ; tries++ {
		_, err := h.SendLetters(background)
		check(t, err)
		list, err := h.Letters(background, h.admin, office.LetterQuery{Unsent: true})
		check(t, err)
		if list[0].Tries != tries+1 || list[0].Trouble == "" {
			t.Fatalf("%+v", list[0])
		}
		if list[0].NextAt == 0 {
			break
		}
		h.pass(list[0].NextAt.Time().Sub(h.Now()))
	}
	if took := h.Now().Sub(began); tries != 8 || took < 2*24*time.Hour {
		t.Fatalf("given up after %d tries and %v", tries, took)
	}
	list, err := h.Letters(background, h.admin, office.LetterQuery{})
	check(t, err)
	id := list[0].ID
	p.fail = &mail.Failure{Code: 550, Err: errors.New("không có hộp thư này")}
	l, err := h.RetryLetter(background, h.registrar, id)
	if err != nil || l.NextAt == 0 || l.Body == "" {
		t.Fatalf("%+v, %v", l, err)
	}
	_, err = h.RetryLetter(background, h.registrar, id)
	wants(t, err, office.ErrWrongState)
	_, err = h.SendLetters(background)
	check(t, err)
	if l, err = h.Letter(background, h.admin, id); err != nil || l.NextAt != 0 || l.SentAt != 0 || l.Tries != 1 {
		t.Fatalf("a refusal for good: %+v, %v", l, err)
	}
	_, err = h.Letter(background, h.an, id)
	wants(t, err, office.ErrForbidden)
}
