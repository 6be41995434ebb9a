package officetest

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"gobua/engine"
	"gobua/internal/clock"
	"gobua/office"
	"gobua/store/storetest"
)

// sale is a published auction of one lot with those who run it and take part.
type sale struct {
	*house
	admin, auctioneer, registrar, observer, duc, an *person
	auction                                         office.Auction
	session                                         engine.SessionID
}

func openSale(t *testing.T) *sale {
	t.Helper()
	s := &sale{house: open(t)}
	s.admin = s.signIn("admin")
	s.auctioneer = s.account(s.admin, "dau-gia-vien", "Lê Thị Bình", engine.RoleAuctioneer)
	s.registrar = s.account(s.admin, "ho-so", "Võ Thị Hạnh", engine.RoleRegistrar)
	s.observer = s.account(s.admin, "giam-sat", "Phạm Công", engine.RoleObserver)
	s.duc = s.account(s.admin, "duc", "Nguyễn Đình Đức", engine.RoleBidder)
	s.an = s.account(s.admin, "an.tran", "Trần Văn An", engine.RoleBidder)
	var a office.Auction
	s.auctioneer.ask("POST", "/auctions", draft(s.soon(10), s.duc, s.an)).into(201, &a)
	s.auctioneer.ask("POST", "/auctions/"+a.ID+"/publish", map[string]int{"version": a.Version}).into(200, &s.auction)
	s.session = s.auction.Lots[0].Session
	return s
}

func (s *sale) phase() engine.Phase {
	v, ok := s.registry.View(s.session)
	if !ok {
		s.t.Fatal("the session is not served")
	}
	return v.Room.Now.Phase
}

// untilKept waits for the session's result to reach the office.
func (s *sale) untilKept() {
	s.t.Helper()
	storetest.Until(s.t, func() error {
		kept, err := s.store.HasResult(s.t.Context(), s.session)
		if err != nil {
			return err
		}
		return errorIf(!kept, "the result is not kept yet")
	})
}

func incident(ground, sentence string) map[string]string {
	return map[string]string{"ground": ground, "sentence": sentence}
}

func TestAnIncidentStopsTheSessionOnceHoweverOftenItIsReported(t *testing.T) {
	s := openSale(t)
	path := "/sessions/" + string(s.session) + "/incident"
	s.auctioneer.ask("POST", path, incident("bad_weather", " ")).refused(422, "invalid")
	s.duc.ask("POST", path, incident("cannot_bid", "Mất mạng")).refused(403, "forbidden")
	if s.phase() != engine.PhaseScheduled {
		t.Fatal("a refused report stopped the session")
	}
	ids := make(chan string, 8)
	var clicks sync.WaitGroup
	for i := range 8 {
		who := []*person{s.auctioneer, s.admin}[i%2]
		clicks.Go(func() {
			var made office.Incident
			who.ask("POST", path, incident("cannot_bid", "Mất đường truyền tại hội trường")).into(200, &made)
			ids <- made.ID
		})
	}
	clicks.Wait()
	close(ids)
	var all []string
	for id := range ids {
		all = append(all, id)
	}
	slices.Sort(all)
	if all = slices.Compact(all); len(all) != 1 {
		t.Fatalf("eight clicks made %d incidents", len(all))
	}
	if s.phase() != engine.PhaseStopped {
		t.Fatalf("the session is %s", s.phase())
	}
	if n := s.acts("incident.report"); n != 1 {
		t.Errorf("%d reports in the log, want 1", n)
	}
	if n := s.acts("incident.stopped"); n != 1 {
		t.Errorf("%d stops in the log, want 1", n)
	}
	var public office.Aftermath
	s.visitor().ask("GET", "/sessions/"+string(s.session)+"/aftermath", nil).into(200, &public)
	if public.Stopped == nil || public.Stopped.Ground != office.GroundCannotBid || public.Stopped.Sentence == "" || public.Next != nil {
		t.Errorf("the public reads %+v", public)
	}

	sign := "/incidents/" + all[0] + "/countersign"
	s.auctioneer.ask("POST", sign, map[string]string{}).refused(403, "forbidden")
	var signed office.Incident
	s.observer.ask("POST", sign, map[string]string{"remark": "Tôi chứng kiến"}).into(200, &signed)
	s.observer.ask("POST", sign, map[string]string{"remark": "khác"}).into(200, &signed)
	if signed.CountersignerName != "Phạm Công" || signed.Remark != "Tôi chứng kiến" {
		t.Errorf("signed: %+v", signed)
	}
	other := s.account(s.admin, "giam-sat-2", "Vũ Hai", engine.RoleObserver)
	other.ask("POST", sign, map[string]string{}).refused(409, "wrong_state")
}

// acts counts lines of the audit log by name.
func (s *sale) acts(name string) (n int) {
	s.t.Helper()
	list, err := s.store.Acts(s.t.Context(), office.ActQuery{Name: name, Limit: 100})
	if err != nil {
		s.t.Fatal(err)
	}
	return len(list)
}

// An incident whose row is kept is carried out by whoever comes after.
func TestAnIncidentSurvivesTheProcessBetweenRowAndStop(t *testing.T) {
	for name, meanwhile := range map[string]func(*sale, office.Incident){
		"the stop was never asked for": func(*sale, office.Incident) {},
		"the stop happened, but nobody knew": func(s *sale, i office.Incident) {
			s.submit(i.Command, engine.Stop{Reason: i.Sentence})
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := openSale(t)
			i := s.rowOnly("Máy chủ hỏng")
			meanwhile(s, i)
			for range 2 {
				if err := s.office.Reconcile(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			got, err := s.store.Incident(t.Context(), i.ID)
			if err != nil || got.State != office.IncidentStopped || got.EndedAt == 0 || s.phase() != engine.PhaseStopped {
				t.Fatalf("%+v, %v; the session is %s", got, err, s.phase())
			}
			if n := s.acts("incident.stopped"); n != 1 {
				t.Errorf("%d stops in the log, want 1", n)
			}
		})
	}
	t.Run("the session had ended before", func(t *testing.T) {
		s := openSale(t)
		i := s.rowOnly("Máy chủ hỏng")
		s.submit(uuid.Must(uuid.NewV7()), engine.Cancel{Reason: "Người có tài sản rút"})
		if err := s.office.Reconcile(t.Context()); err != nil {
			t.Fatal(err)
		}
		got, err := s.store.Incident(t.Context(), i.ID)
		if err != nil || got.State != office.IncidentMoot {
			t.Fatalf("%+v, %v", got, err)
		}
		s.auctioneer.ask("POST", "/sessions/"+string(s.session)+"/incident", incident("cannot_bid", "Muộn")).refused(409, "wrong_state")
	})
}

// rowOnly keeps an incident as a process does that dies right after.
func (s *sale) rowOnly(sentence string) office.Incident {
	s.t.Helper()
	i, made, err := s.store.InsertIncident(s.t.Context(), office.Incident{
		ID: uuid.NewString(), Session: s.session, AuctionID: s.auction.ID, Ground: office.GroundCannotBid, Sentence: sentence,
		ReportedBy: s.auctioneer.id, ReportedAt: engine.InstantOf(s.now()), Command: uuid.Must(uuid.NewV7()), State: office.IncidentOpen,
	}, office.Trail{})
	if err != nil || !made {
		s.t.Fatal(made, err)
	}
	return i
}

func (s *sale) submit(id engine.CommandID, do engine.Act) {
	s.t.Helper()
	answer := make(chan error, 1)
	s.registry.Submit(s.session, engine.Command{ID: id, By: engine.Actor{Role: engine.RoleAuctioneer}, Do: do},
		func(r engine.Receipt, err error) {
			if err == nil {
				err = errorIf(!r.Accepted, string(r.Reason))
			}
			answer <- err
		})
	if err := <-answer; err != nil {
		s.t.Fatal(err)
	}
}

func TestARerunAdmitsExactlyTheSame(t *testing.T) {
	s := openSale(t)
	rerun := "/sessions/" + string(s.session) + "/rerun"
	at := s.soon(30)
	body := map[string]any{"opensAt": at, "reason": "Tổ chức lại sau sự cố"}
	s.auctioneer.ask("POST", rerun, body).refused(409, "wrong_state")
	s.auctioneer.ask("POST", "/sessions/"+string(s.session)+"/incident", incident("wrong_time", "Đồng hồ sai")).into(200, nil)
	s.untilKept()
	s.account(s.admin, "moi", "Người Mới", engine.RoleBidder) // comes too late
	s.auctioneer.ask("POST", rerun, map[string]any{"opensAt": 1, "reason": ""}).refused(422, "invalid")
	s.duc.ask("POST", rerun, body).refused(403, "forbidden")

	var next, again office.SessionOfAuction
	s.auctioneer.ask("POST", rerun, body).into(201, &next)
	s.auctioneer.ask("POST", rerun, body).into(201, &again)
	if next.Session == s.session || next.Run != 2 || again.Session != next.Session || int64(next.OpensAt) != at || !next.HandedOver {
		t.Fatalf("run %+v, again %+v", next, again)
	}
	// As if the process had been killed between the row and the hand-over.
	if _, err := storetest.Connect(t, s.line.DSN).Exec(`update sessions set handed_over_at = null where id = $1`, next.Session); err != nil {
		t.Fatal(err)
	}
	s.auctioneer.ask("POST", rerun, body).into(201, &again)
	if again.Session != next.Session || !again.HandedOver {
		t.Errorf("asked again after a kill: %+v", again)
	}
	s.auctioneer.ask("POST", rerun, map[string]any{"opensAt": at + 1, "reason": "Khác"}).refused(409, "edited_meanwhile")

	old, _ := s.registry.View(s.session)
	now, ok := s.registry.View(next.Session)
	if !ok || now.Participants != old.Participants || now.Participants != 2 {
		t.Fatalf("participants: %d then, %d now", old.Participants, now.Participants)
	}
	rules := now.Room.Rules
	rules.OpensAt = old.Room.Rules.OpensAt
	if rules.Hash() != old.Room.RulesHash {
		t.Error("the rules differ by more than the opening")
	}
	for _, p := range []*person{s.duc, s.an} {
		before, in := s.registry.CodeOf(s.session, s.office.PseudonymIn(s.session, p.id))
		after, still := s.registry.CodeOf(next.Session, s.office.PseudonymIn(next.Session, p.id))
		if !in || !still || before != after {
			t.Errorf("code %s (%v) became %s (%v)", before, in, after, still)
		}
	}
	var a office.Auction
	s.auctioneer.ask("GET", "/auctions/"+s.auction.ID, nil).into(200, &a)
	if a.Lots[0].Session != next.Session {
		t.Error("the lot does not show its newest run")
	}
	var first, second office.Aftermath
	s.visitor().ask("GET", "/sessions/"+string(s.session)+"/aftermath", nil).into(200, &first)
	s.visitor().ask("GET", "/sessions/"+string(next.Session)+"/aftermath", nil).into(200, &second)
	var notice office.PublicAuction
	s.visitor().ask("GET", "/notices/"+s.auction.ID, nil).into(200, &notice)
	if len(notice.Stops) != 1 || notice.Stops[0].Session != s.session || notice.Stops[0].Next == nil || notice.Stops[0].Next.Session != next.Session {
		t.Errorf("the notice says %+v", notice.Stops)
	}
	if first.Next == nil || first.Next.Session != next.Session || len(second.Earlier) != 1 || second.Earlier[0].Session != s.session {
		t.Errorf("before: %+v, after: %+v", first, second)
	}
}

func TestARehearsalIsMarkedAndNeverAResult(t *testing.T) {
	s := openSale(t)
	path := "/auctions/" + s.auction.ID + "/rehearsals"
	s.observer.ask("POST", path, map[string]any{"opensAt": s.soon(5)}).refused(403, "forbidden")
	if got := s.auctioneer.ask("POST", path, map[string]any{"opensAt": 1}).refused(422, "invalid"); got != "opensAt past" {
		t.Error(got)
	}
	var practice office.Auction
	s.auctioneer.ask("POST", path, map[string]any{"opensAt": s.soon(5)}).into(201, &practice)
	if practice.RehearsalOf != s.auction.ID || practice.Lots[0].Deposit != 0 || practice.Lots[0].Rules.Reserve != nil {
		t.Fatalf("%+v", practice)
	}
	s.auctioneer.ask("POST", "/auctions/"+practice.ID+"/rehearsals", map[string]any{"opensAt": s.soon(5)}).refused(409, "wrong_state")
	v, ok := s.registry.View(practice.Lots[0].Session)
	if !ok || !v.Room.Lot.Rehearsal || v.Participants != 2 {
		t.Fatalf("the room: %+v", v)
	}
	var me struct{ Participations []office.Participation }
	s.duc.ask("GET", "/me", nil).into(200, &me)
	if len(me.Participations) != 2 || me.Participations[0].Rehearsal == me.Participations[1].Rehearsal {
		t.Errorf("the bidder's sessions: %+v", me.Participations)
	}

	real := s.session
	for _, s.session = range []engine.SessionID{practice.Lots[0].Session, real} {
		s.submit(uuid.Must(uuid.NewV7()), engine.Cancel{Reason: "Hết giờ"})
		s.untilKept()
	}
	var home struct {
		Results []struct{ Session engine.SessionID }
	}
	s.visitor().ask("GET", "/home", nil).into(200, &home)
	if len(home.Results) != 1 || home.Results[0].Session != real {
		t.Errorf("results: %+v", home.Results)
	}
	var day struct {
		Sessions, Rehearsals []office.SessionOfAuction
		Readiness            []office.ReadinessItem
	}
	s.auctioneer.ask("GET", "/auctions/"+s.auction.ID+"/day", nil).into(200, &day)
	if len(day.Rehearsals) != 1 || len(day.Sessions) != 1 || state(day.Readiness, "rehearsal") != office.Ready {
		t.Errorf("the day: %+v", day)
	}
}

func state(items []office.ReadinessItem, name string) office.ReadinessState {
	for _, i := range items {
		if i.Name == name {
			return i.State
		}
	}
	return ""
}

func TestTheChecklistSaysWhatTheProgramSeesAndWhatPeopleTick(t *testing.T) {
	s := openSale(t)
	var day struct{ Readiness []office.ReadinessItem }
	ask := func() []office.ReadinessItem {
		s.observer.ask("GET", "/auctions/"+s.auction.ID+"/day", nil).into(200, &day)
		return day.Readiness
	}
	for name, want := range map[string]office.ReadinessState{
		"database": office.Ready, "clock": office.Ready, "journal": office.Ready, "sessions": office.Ready, "codes": office.Ready,
		"rehearsal": office.NotReady, "observers": office.NoMatter, "staff": office.NotReady, "backup": office.NotReady,
	} {
		if got := state(ask(), name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	s.forward(time.Second)
	if got := state(ask(), "clock"); got != office.NotReady {
		t.Errorf("a clock that is a second off is %s", got)
	}
	if got := state(ask(), "server_clock"); got != office.NotReady {
		t.Errorf("a clock that nobody vouches for is %s", got)
	}
	s.clock.Store(&clock.Status{Synchronised: true, Good: true, Offset: -3 * time.Millisecond, Error: 18 * time.Millisecond})
	if got := state(ask(), "server_clock"); got != office.Ready {
		t.Errorf("a good clock is %s", got)
	}
	tick := "/auctions/" + s.auction.ID + "/readiness"
	s.observer.ask("POST", tick, map[string]any{"item": "staff", "ticked": true}).refused(403, "forbidden")
	s.auctioneer.ask("POST", tick, map[string]any{"item": "database", "ticked": true}).refused(422, "invalid")
	for _, ticked := range []bool{true, false, true} {
		s.auctioneer.ask("POST", tick, map[string]any{"item": "staff", "ticked": ticked, "note": "đủ người"}).into(200, nil)
		if got := state(ask(), "staff"); (got == office.Ready) != ticked {
			t.Errorf("ticked %v: %s", ticked, got)
		}
	}
	if n := s.acts("readiness.tick"); n != 3 {
		t.Errorf("%d ticks in the log, want 3", n)
	}
}
