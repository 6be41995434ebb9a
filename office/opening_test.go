package office_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"gobua/engine"
	"gobua/office"
	"gobua/store/storetest"
)

// over is an office with a session that is over, and the code under which An bid.
func over(t *testing.T) (h *house, a office.Auction, code engine.ParticipantCode) {
	t.Helper()
	h = open(t)
	a = h.publish(t)
	mine, err := h.Participations(background, h.an.ID)
	check(t, err)
	for _, m := range mine {
		if m.Session == a.Lots[0].Session {
			code = m.Code
		}
	}
	check(t, h.Deliver(background, storetest.Sold(a.Lots[0].Session, 3)))
	return h, a, code
}

const why = "Người tham gia khiếu nại"

// TestWhoBidIsKnownOnlyAfterTheEnd: before, nobody can even ask.
func TestWhoBidIsKnownOnlyAfterTheEnd(t *testing.T) {
	h := open(t)
	a := h.publish(t)
	session := a.Lots[0].Session
	mine, err := h.Participations(background, h.an.ID)
	check(t, err)
	code := mine[0].Code
	if mine[0].Session != session {
		code = mine[1].Code
	}
	_, err = h.AskOpening(background, h.auctioneer, session, code, why)
	wants(t, err, office.ErrTooEarly)
	check(t, h.Deliver(background, storetest.Sold(session, 3)))
	for _, by := range []office.Account{h.observer, h.an, h.admin, h.clerk} {
		_, err = h.AskOpening(background, by, session, code, "Tò mò")
		wants(t, err, office.ErrForbidden)
		_, err = h.Openings(background, by, a.ID)
		wants(t, err, office.ErrForbidden)
	}
	_, err = h.AskOpening(background, h.auctioneer, session, code, " ")
	wantsFields(t, err, office.Field{Field: "reason", Code: "missing"})
	for _, other := range []engine.SessionID{"x", "000000000009"} {
		_, err = h.AskOpening(background, h.auctioneer, other, code, why)
		wants(t, err, office.ErrNotFound)
	}
	_, err = h.AskOpening(background, h.auctioneer, session, "M-1", why)
	wants(t, err, office.ErrNotFound)
}

// TestOpeningACodeTakesTwoPeople: one asks, another approves, who asked looks
// once, and each step is in the log.
func TestOpeningACodeTakesTwoPeople(t *testing.T) {
	h, a, code := over(t)
	session := a.Lots[0].Session
	asked, err := h.AskOpening(background, h.auctioneer, session, code, why)
	check(t, err)
	if asked.State != office.OpeningWaiting || !asked.Mine || asked.MayDecide {
		t.Fatalf("%+v", asked)
	}
	_, _, err = h.UseOpening(background, h.auctioneer, a.ID, asked.ID)
	wants(t, err, office.ErrWrongState) // nobody has approved it
	for _, by := range []office.Account{h.auctioneer, h.admin, h.clerk, h.observer, h.an} {
		_, err = h.DecideOpening(background, by, a.ID, asked.ID, true, "")
		wants(t, err, office.ErrForbidden)
	}
	_, err = h.DecideOpening(background, h.registrar, a.ID, "0198c0de-0000-7000-8000-000000000000", true, "")
	wants(t, err, office.ErrNotFound)
	list, err := h.Openings(background, h.registrar, a.ID)
	check(t, err)
	if len(list) != 1 || !list[0].MayDecide || list[0].Mine || list[0].AskedByName != h.auctioneer.Name || list[0].Reason != why {
		t.Fatalf("the second person reads %+v", list)
	}
	approved, err := h.DecideOpening(background, h.registrar, a.ID, asked.ID, true, "")
	check(t, err)
	if approved.State != office.OpeningApproved || approved.DecidedByName != h.registrar.Name {
		t.Fatalf("%+v", approved)
	}
	_, err = h.DecideOpening(background, h.registrar, a.ID, asked.ID, false, "Nghĩ lại")
	wants(t, err, office.ErrWrongState)
	_, _, err = h.UseOpening(background, h.registrar, a.ID, asked.ID)
	wants(t, err, office.ErrForbidden) // who approves sees nothing
	used, who, err := h.UseOpening(background, h.auctioneer, a.ID, asked.ID)
	check(t, err)
	if who.ID != h.an.ID || used.State != office.OpeningUsed {
		t.Fatalf("%s, %+v", who.Name, used)
	}
	_, who, err = h.UseOpening(background, h.auctioneer, a.ID, asked.ID)
	wants(t, err, office.ErrWrongState) // once
	if who.ID != "" {
		t.Errorf("the second look names %s", who.Name)
	}
	acts, err := h.store.Acts(background, office.ActQuery{Name: "identity.", Limit: 10})
	check(t, err)
	want := []struct {
		name, by, reason string
	}{{"identity.open", h.auctioneer.ID, why}, {"identity.open_approve", h.registrar.ID, ""}, {"identity.open_ask", h.auctioneer.ID, why}}
	if len(acts) != len(want) {
		t.Fatalf("%d acts: %+v", len(acts), acts)
	}
	for i, w := range want {
		if acts[i].Name != w.name || acts[i].AccountID != w.by || acts[i].Reason != w.reason || acts[i].AuctionID != a.ID {
			t.Errorf("act %d is %+v, want %+v", i, acts[i], w)
		}
		if strings.Contains(string(acts[i].After), h.an.ID) || strings.Contains(string(acts[i].After), h.an.Name) {
			t.Errorf("the log names the bidder: %s", acts[i].After)
		}
	}
}

// TestARefusedOpeningNamesNobody and needs a word.
func TestARefusedOpeningNamesNobody(t *testing.T) {
	h, a, code := over(t)
	asked, err := h.AskOpening(background, h.registrar, a.Lots[0].Session, code, why)
	check(t, err)
	_, err = h.DecideOpening(background, h.auctioneer, a.ID, asked.ID, false, " ")
	wantsFields(t, err, office.Field{Field: "remark", Code: "missing"})
	refused, err := h.DecideOpening(background, h.auctioneer, a.ID, asked.ID, false, "Khiếu nại đã được rút")
	check(t, err)
	if refused.State != office.OpeningRefused || refused.Remark != "Khiếu nại đã được rút" {
		t.Fatalf("%+v", refused)
	}
	_, _, err = h.UseOpening(background, h.registrar, a.ID, asked.ID)
	wants(t, err, office.ErrWrongState)
}

// TestAnOpeningExpires: the request, and the approval.
func TestAnOpeningExpires(t *testing.T) {
	h, a, code := over(t)
	ask := func() string {
		p, err := h.AskOpening(background, h.auctioneer, a.Lots[0].Session, code, why)
		check(t, err)
		return p.ID
	}
	first, second := ask(), ask()
	h.desk.pass(office.DefaultOpeningLife - time.Second)
	_, err := h.DecideOpening(background, h.registrar, a.ID, second, true, "")
	check(t, err)
	h.desk.pass(time.Second)
	_, err = h.DecideOpening(background, h.registrar, a.ID, first, true, "")
	wants(t, err, office.ErrTooLate)
	h.desk.pass(office.DefaultOpeningLife)
	_, _, err = h.UseOpening(background, h.auctioneer, a.ID, second)
	wants(t, err, office.ErrTooLate)
	list, err := h.Openings(background, h.auctioneer, a.ID)
	check(t, err)
	for _, p := range list {
		if p.State != office.OpeningExpired {
			t.Errorf("%+v", p)
		}
	}
}

// TestNobodyMakesTheSecondPersonTheyNeed: an account made after the auction was
// published takes part only once it is a week old.
func TestNobodyMakesTheSecondPersonTheyNeed(t *testing.T) {
	h, a, code := over(t)
	h.desk.pass(time.Second)
	fresh := h.account(t, "moi.den", "Người Mới", engine.RoleRegistrar)
	_, err := h.AskOpening(background, fresh, a.Lots[0].Session, code, why)
	wants(t, err, office.ErrForbidden)
	ask := func() string {
		p, err := h.AskOpening(background, h.auctioneer, a.Lots[0].Session, code, why)
		check(t, err)
		return p.ID
	}
	_, err = h.DecideOpening(background, fresh, a.ID, ask(), true, "")
	wants(t, err, office.ErrForbidden)
	h.desk.pass(7 * 24 * time.Hour)
	_, err = h.DecideOpening(background, fresh, a.ID, ask(), true, "")
	check(t, err)
}

// TestNobodyTakesTheSecondPersonOver: an administrator who gives an account of
// the staff another address, and so gets the link that sets its password, or takes
// its second factor off, has no second person for a week, and both addresses have
// been written to. A name put right changes nothing.
func TestNobodyTakesTheSecondPersonOver(t *testing.T) {
	for name, take := range map[string]func(*testing.T, *house, office.Account){
		"address": func(t *testing.T, h *house, of office.Account) {
			_, err := h.EditAccount(background, h.admin, of.ID, office.AccountEdit{Name: of.Name, StaffRef: of.StaffRef, Email: "ke.gian@example.vn"})
			check(t, err)
		},
		"reference": func(t *testing.T, h *house, of office.Account) {
			_, err := h.EditAccount(background, h.admin, of.ID, office.AccountEdit{Name: of.Name, StaffRef: "99/TP", Email: of.Email})
			check(t, err)
		},
		"second factor": func(t *testing.T, h *house, of office.Account) {
			check(t, h.store.ChangeSecondFactor(background, of.ID, func(f *office.SecondFactor) (office.Trail, error) {
				f.Sealed, f.CreatedAt, f.ConfirmedAt = []byte("sealed"), engine.InstantOf(h.Now()), engine.InstantOf(h.Now())
				return office.Trail{}, nil
			}))
			check(t, h.DropSecondFactor(background, h.admin, of.ID, "Mất máy"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := open(t)
			victim := h.account(t, "nguoi.hai", "Người Hai", engine.RoleRegistrar)
			victim.Email, victim.StaffRef = "hai@example.vn", "12/TP"
			check(t, h.store.UpdateAccount(background, victim, "nguoi hai", office.Trail{}))
			h.desk.pass(time.Second)
			a := h.publish(t)
			mine, err := h.Participations(background, h.an.ID)
			check(t, err)
			code, session := mine[0].Code, mine[0].Session
			check(t, h.Deliver(background, storetest.Sold(session, 3)))
			ask := func() string {
				p, err := h.AskOpening(background, h.auctioneer, session, code, why)
				check(t, err)
				return p.ID
			}
			h.desk.pass(time.Second)
			_, err = h.EditAccount(background, h.admin, victim.ID, office.AccountEdit{Name: "Người Thứ Hai", StaffRef: victim.StaffRef, Email: victim.Email})
			check(t, err)
			_, err = h.DecideOpening(background, victim, a.ID, ask(), true, "")
			check(t, err)
			take(t, h, victim)
			_, err = h.DecideOpening(background, victim, a.ID, ask(), true, "")
			wants(t, err, office.ErrForbidden)
			_, err = h.AskOpening(background, victim, session, code, why)
			wants(t, err, office.ErrForbidden)
			h.desk.pass(7 * 24 * time.Hour)
			_, err = h.DecideOpening(background, victim, a.ID, ask(), true, "")
			check(t, err)
			if name != "address" {
				return
			}
			letters, err := h.store.Letters(background, office.LetterQuery{CentreID: office.HostCentre, Limit: 50})
			check(t, err)
			told := map[string]int{}
			for _, l := range letters {
				if l.Kind == "address_changed" {
					told[l.Address]++
				}
			}
			if told["hai@example.vn"] != 1 || told["ke.gian@example.vn"] != 1 || len(told) != 2 {
				t.Errorf("told are %v", told)
			}
		})
	}
}

// TestWhoMayApproveIsWrittenTo, and who asked when it is decided. Who has the
// address or the reference of who asked is no second person.
func TestWhoMayApproveIsWrittenTo(t *testing.T) {
	h, a, code := over(t)
	add := func(login, email, ref string, role engine.Role) office.Account {
		one := office.Account{
			ID: uuid.NewString(), Login: "nguoi." + login, Name: "Người " + login, Role: role, Email: email, StaffRef: ref,
			CreatedAt: engine.InstantOf(h.Now()), CentreID: office.HostCentre,
		}
		check(t, h.store.InsertAccount(background, one, hashed(), "nguoi."+login, office.Trail{}))
		return one
	}
	asker := add("mot", "mot@example.com", "12/TP", engine.RoleAuctioneer)
	second := add("hai", "hai@example.com", "", engine.RoleRegistrar)
	sameRef := add("ba", "ba@example.com", "12/TP", engine.RoleAuctioneer)
	sameAddress := add("bon", "mot@example.com", "", engine.RoleRegistrar)
	add("nam", "nam@example.com", "", engine.RoleClerk)
	h.desk.pass(7 * 24 * time.Hour)
	fresh := add("sau", "sau@example.com", "", engine.RoleRegistrar)
	h.desk.pass(time.Second)
	asked, err := h.AskOpening(background, asker, a.Lots[0].Session, code, why)
	check(t, err)
	for _, by := range []office.Account{sameRef, sameAddress, fresh} {
		_, err = h.DecideOpening(background, by, a.ID, asked.ID, true, "")
		wants(t, err, office.ErrForbidden)
	}
	_, err = h.DecideOpening(background, second, a.ID, asked.ID, true, "")
	check(t, err)
	letters, err := h.store.Letters(background, office.LetterQuery{AuctionID: a.ID, Limit: 50})
	check(t, err)
	to := map[string][]string{}
	for _, l := range letters {
		if !strings.HasPrefix(l.Kind, "opening_") {
			continue
		}
		to[l.Kind] = append(to[l.Kind], l.Name)
		whole, err := h.store.Letter(background, l.ID)
		check(t, err)
		if strings.Contains(whole.Body, h.an.Name) {
			t.Errorf("a letter names the bidder: %s", whole.Body)
		}
	}
	if len(to["opening_asked"]) != 1 || to["opening_asked"][0] != second.Name || len(to["opening_decided"]) != 1 || to["opening_decided"][0] != asker.Name {
		t.Errorf("written to %v", to)
	}
}
