package office_test

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gobua/engine"
	"gobua/office"
	"gobua/office/mail"
	"gobua/office/vault"
	"gobua/store"
	"gobua/store/storetest"
)

// The tests of this file run several programs on one database: offices with
// stores of their own, or a process that is killed.

// many is a house and further programs on its database. All have the same keys
// and the same clock, which stands still until it is moved.
type many struct {
	*house
	dsn string
	raw *sql.DB
}

func openMany(t *testing.T) *many {
	t.Helper()
	dsn := storetest.Migrated(t)
	s := storetest.OpenAt(t, dsn)
	storetest.WaitReady(t, s)
	return &many{house: openOn(t, s), dsn: dsn, raw: storetest.Connect(t, dsn)}
}

// program starts one more office.
func (m *many) program(t *testing.T, o office.Options) *office.Office {
	t.Helper()
	s := storetest.OpenAt(t, m.dsn)
	storetest.WaitReady(t, s)
	o.Now, o.Vault, o.Log, o.HashLimit = m.Now, m.vault, storetest.Quiet, 2
	if o.Sessions == nil {
		o.Sessions = m.desk
	}
	return office.New(s, o)
}

// do changes the database behind everybody's back.
func (m *many) do(t *testing.T, statement string, args ...any) {
	t.Helper()
	_, err := m.raw.Exec(statement, args...)
	check(t, err)
}

// count asks the database for a number.
func (m *many) count(t *testing.T, query string, args ...any) (n int) {
	t.Helper()
	check(t, m.raw.QueryRow(query, args...).Scan(&n))
	return n
}

// together runs something in every program at the same time.
func together(t *testing.T, programs []*office.Office, do func(*office.Office) error) {
	t.Helper()
	var wg sync.WaitGroup
	for _, p := range programs {
		wg.Go(func() {
			if err := do(p); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func (m *many) letters(t *testing.T, n int) {
	t.Helper()
	an, err := m.CreateAccount(background, m.admin, office.NewAccount{
		Login: "co.thu", Name: "Người Có Thư", Password: password, Role: engine.RoleBidder, Email: "co.thu@example.com",
	})
	check(t, err)
	for range n {
		m.write(t, an)
	}
}

// TestManyProgramsSendALetterOnce.
func TestManyProgramsSendALetterOnce(t *testing.T) {
	m := openMany(t)
	const letters = 170 // more than three batches
	m.letters(t, letters)
	p := new(postOffice)
	programs := make([]*office.Office, 3)
	for i := range programs {
		programs[i] = m.program(t, office.Options{Postman: p, MailFrom: mail.Address{Mail: "gui@trungtam.example"}})
	}
	together(t, programs, func(o *office.Office) error {
		for {
			if sent, err := o.SendLetters(background); err != nil || sent == 0 {
				return err
			}
		}
	})
	ids := map[string]bool{}
	for _, l := range p.taken {
		ids[l.ID] = true
	}
	if len(p.taken) != letters || len(ids) != letters {
		t.Fatalf("%d letters were sent, %d of them different", len(p.taken), len(ids))
	}
	if n := m.count(t, `select count(*) from mails where sent_at is null or claim is not null`); n != 0 {
		t.Fatalf("%d are not settled", n)
	}
}

// stuck takes letters and does not come back before it is told to.
type stuck struct {
	taken chan string
	back  chan error
}

func (s *stuck) Send(_ context.Context, m mail.Message) error {
	s.taken <- m.ID
	return <-s.back
}

// TestAProgramThatWakesAfterItsClaimDoesNoHarm: another one has sent the letter
// meanwhile, and so it stays, whatever the first says of its own try.
func TestAProgramThatWakesAfterItsClaimDoesNoHarm(t *testing.T) {
	for name, says := range map[string]error{"failed": errors.New("đứt đường truyền"), "sent": nil} {
		t.Run(name, func(t *testing.T) {
			m := openMany(t)
			m.letters(t, 1)
			slow := &stuck{make(chan string), make(chan error)}
			sleeper := m.program(t, office.Options{Postman: slow, MailFrom: mail.Address{Mail: "gui@trungtam.example"}})
			p := new(postOffice)
			other := m.program(t, office.Options{Postman: p, MailFrom: mail.Address{Mail: "gui@trungtam.example"}})
			ended := make(chan error, 1)
			go func() {
				_, err := sleeper.SendLetters(background)
				ended <- err
			}()
			id := <-slow.taken
			sent, err := other.SendLetters(background)
			if err != nil || sent != 0 {
				t.Fatalf("%d letters are sent that another program has, %v", sent, err)
			}
			m.do(t, `update mails set claimed_until = now() - interval '1 second'`)
			sent, err = other.SendLetters(background)
			if err != nil || sent != 1 || p.taken[0].ID != id {
				t.Fatalf("%d letters, %v, %v", sent, p.taken, err)
			}
			slow.back <- says
			check(t, <-ended)
			l, err := m.Letter(background, m.admin, id)
			if err != nil || l.SentAt == 0 || l.NextAt != 0 || l.Trouble != "" || l.Tries != 1 {
				t.Fatalf("%+v, %v", l, err)
			}
		})
	}
}

// TestASuccessIsKeptAlsoAfterTheClaim: the sleeper's letter has arrived, and the
// program that took it over has not tried yet.
func TestASuccessIsKeptAlsoAfterTheClaim(t *testing.T) {
	m := openMany(t)
	m.letters(t, 1)
	now := engine.InstantOf(m.Now())
	const first, second = "0198c0de-0000-7000-8000-000000000001", "0198c0de-0000-7000-8000-000000000002"
	mine, err := m.store.ClaimLetters(background, first, time.Minute, now, 10)
	if err != nil || len(mine) != 1 {
		t.Fatal(mine, err)
	}
	m.do(t, `update mails set claimed_until = now() - interval '1 second'`)
	theirs, err := m.store.ClaimLetters(background, second, time.Minute, now, 10)
	if err != nil || len(theirs) != 1 {
		t.Fatal(theirs, err)
	}
	sent, failed := mine[0], theirs[0]
	sent.SentAt, sent.NextAt, sent.Tries = now, 0, 1
	check(t, m.store.SettleLetter(background, sent))
	failed.NextAt, failed.Tries, failed.Trouble = now+60_000, 1, "bận"
	check(t, m.store.SettleLetter(background, failed))
	l, err := m.store.Letter(background, sent.ID)
	if err != nil || l.SentAt != now || l.NextAt != 0 || l.Trouble != "" {
		t.Fatalf("%+v, %v", l, err)
	}
}

// tell writes events for a hook, as acts of the office would.
func (m *many) tell(t *testing.T, hook string, n int) {
	t.Helper()
	for range n {
		m.pass(time.Millisecond)
		check(t, m.TestHook(background, m.admin, hook))
	}
}

// events are the ids of a hook's events, in their order.
func (m *many) events(t *testing.T, hook string) (ids []string) {
	t.Helper()
	rows, err := m.raw.Query(`select event_id from hook_deliveries d join events e on e.id = d.event_id where hook_id = $1 order by e.at, e.id`, hook)
	check(t, err)
	defer rows.Close()
	for rows.Next() {
		var id string
		check(t, rows.Scan(&id))
		ids = append(ids, id)
	}
	check(t, rows.Err())
	return ids
}

// TestManyProgramsTellAHookOnceAndInOrder.
func TestManyProgramsTellAHookOnceAndInOrder(t *testing.T) {
	m := openMany(t)
	hooks, servers := make([]office.Hook, 2), make([]*receiver, 2)
	programs := make([]*office.Office, 3)
	for i := range programs {
		programs[i] = m.program(t, office.Options{LocalHooks: true})
	}
	for i := range hooks {
		servers[i] = &receiver{status: http.StatusNoContent}
		s := httptest.NewServer(servers[i])
		t.Cleanup(s.Close)
		var err error
		hooks[i], err = programs[0].AddHook(background, m.admin, office.NewHook{URL: s.URL})
		check(t, err)
		m.tell(t, hooks[i].ID, 50)
	}
	together(t, programs, func(o *office.Office) error {
		for m.count(t, `select count(*) from hook_deliveries where settled_at is null`) > 0 {
			if _, err := o.SendEvents(background); err != nil {
				return err
			}
		}
		return nil
	})
	for i, hook := range hooks {
		var told []string
		for _, q := range servers[i].told {
			told = append(told, q.Header.Get("webhook-id"))
		}
		if want := m.events(t, hook.ID); len(want) != 50 || !slices.Equal(told, want) {
			t.Fatalf("told %d\n%v\nwant %d\n%v", len(told), told, len(want), want)
		}
	}
}

// TestAnEventThatFailsHoldsUpNoneBehindIt, and comes again by itself.
func TestAnEventThatFailsHoldsUpNoneBehindIt(t *testing.T) {
	m := openMany(t)
	r := &refusesFirst{}
	s := httptest.NewServer(r)
	t.Cleanup(s.Close)
	o := m.program(t, office.Options{LocalHooks: true})
	hook, err := o.AddHook(background, m.admin, office.NewHook{URL: s.URL})
	check(t, err)
	m.tell(t, hook.ID, 3)
	_, err = o.SendEvents(background)
	check(t, err)
	m.pass(time.Hour)
	_, err = o.SendEvents(background)
	check(t, err)
	if e := m.events(t, hook.ID); !slices.Equal(r.told, []string{e[0], e[1], e[2], e[0]}) {
		t.Fatalf("%v of %v", r.told, e)
	}
}

// refusesFirst is a receiver that is not well when it is told something first.
type refusesFirst struct {
	mu   sync.Mutex
	told []string
}

func (r *refusesFirst) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.told = append(r.told, q.Header.Get("webhook-id")); len(r.told) == 1 {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
}

// victimVariable makes this test binary a program on the database that it names,
// which sends letters and events until it is killed in the middle of the first.
const victimVariable = "OFFICE_TEST_VICTIM"

// inTheMiddle is what the victim says when it has begun and not ended.
const inTheMiddle = "in the middle"

func beKilled(dsn string) {
	s, err := store.Open(background, dsn, store.Options{Log: storetest.Quiet})
	if err != nil {
		panic(err)
	}
	for s.Ready(background) != nil {
		time.Sleep(5 * time.Millisecond)
	}
	keys, err := vault.Load(os.Getenv("OFFICE_TEST_KEYS"))
	if err != nil {
		panic(err)
	}
	slow := &stuck{make(chan string), nil} // a nil channel: it never comes back
	o := office.New(s, office.Options{Postman: slow, MailFrom: mail.Address{Mail: "gui@trungtam.example"}, LocalHooks: true, Vault: keys, Log: storetest.Quiet})
	go o.RunEvents(background)
	go o.RunLetters(background)
	for {
		fmt.Println(inTheMiddle, <-slow.taken)
	}
}

// killInTheMiddle runs a program until `reached` and kills it.
func (m *many) killInTheMiddle(t *testing.T, keys string, reached func(said *bufio.Scanner)) {
	t.Helper()
	program, err := os.Executable()
	check(t, err)
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), victimVariable+"="+m.dsn, "OFFICE_TEST_KEYS="+keys)
	out, err := cmd.StdoutPipe()
	check(t, err)
	cmd.Stderr = os.Stderr
	check(t, cmd.Start())
	reached(bufio.NewScanner(out))
	check(t, cmd.Process.Kill())
	_, _ = io.Copy(io.Discard, out)
	if cmd.Wait() == nil {
		t.Fatal("it ended by itself")
	}
}

// TestAKilledProgramHoldsUpNothingForLong: what it had begun is done by another
// one, half a minute later at the latest.
func TestAKilledProgramHoldsUpNothingForLong(t *testing.T) {
	m := openMany(t)
	folder := t.TempDir()
	keys, err := vault.Load(folder)
	check(t, err)
	m.vault = keys
	p := new(postOffice)
	o := m.program(t, office.Options{Postman: p, MailFrom: mail.Address{Mail: "gui@trungtam.example"}, LocalHooks: true})
	m.desk.mu.Lock()
	m.desk.now = time.Now() // the killed one has no other clock
	m.desk.mu.Unlock()
	r := &holdsOn{begun: make(chan string, 8), last: make(chan struct{})}
	s := httptest.NewServer(r)
	t.Cleanup(s.Close)
	hook, err := o.AddHook(background, m.admin, office.NewHook{URL: s.URL})
	check(t, err)
	check(t, o.TestHook(background, m.admin, hook.ID))
	m.letters(t, 3)

	m.killInTheMiddle(t, folder, func(said *bufio.Scanner) {
		<-r.begun
		if !said.Scan() {
			t.Fatal("it said nothing")
		}
	})
	close(r.last)
	for _, claimed := range []string{`mails where sent_at is null`, `hooks where true`} {
		if n := m.count(t, `select count(*) from `+claimed+` and claimed_until between now() and now() + interval '30 seconds'`); n == 0 {
			t.Fatalf("nothing of %s is claimed", claimed)
		}
	}
	sent, err := o.SendLetters(background)
	if err != nil || sent != 0 {
		t.Fatalf("%d letters are sent before the claim is over, %v", sent, err)
	}
	m.do(t, `update mails set claimed_until = now() - interval '1 second' where claim is not null`)
	m.do(t, `update hooks set claimed_until = now() - interval '1 second' where claim is not null`)
	sent, err = o.SendLetters(background)
	if err != nil || sent != 3 {
		t.Fatalf("%d letters are sent, %v", sent, err)
	}
	told, err := o.SendEvents(background)
	if err != nil || told != 1 {
		t.Fatalf("%d events are told, %v", told, err)
	}
}

// holdsOn keeps those who tell it something waiting until its last channel is closed.
type holdsOn struct {
	begun chan string
	last  chan struct{}
}

func (h *holdsOn) ServeHTTP(_ http.ResponseWriter, q *http.Request) {
	h.begun <- q.Header.Get("webhook-id")
	<-h.last
}

// TestAClaimOfANameIsOnes, until it ends or lapses.
func TestAClaimOfANameIsOnes(t *testing.T) {
	m := openMany(t)
	const first, second = "0198c0de-0000-7000-8000-000000000001", "0198c0de-0000-7000-8000-000000000002"
	take := func(claim string, want bool) {
		t.Helper()
		if ours, err := m.store.Claim(background, "hồ sơ", claim, time.Minute); err != nil || ours != want {
			t.Fatalf("claimed: %v, want %v, %v", ours, want, err)
		}
	}
	take(first, true)
	take(second, false)
	take(first, true) // again
	m.do(t, `update claims set claimed_until = now() - interval '1 second'`)
	take(second, true)
	check(t, m.store.RenewClaim(background, office.ClaimedName, first, time.Minute)) // too late: nothing
	check(t, m.store.EndClaim(background, office.ClaimedName, first))
	take(first, false)
	check(t, m.store.EndClaim(background, office.ClaimedName, second))
	take(first, true)
}

// TestACodeIsTakenOnceByAllPrograms: each code of an app signs in once, whoever
// is shown it, and wrong ones are counted together.
func TestACodeIsTakenOnceByAllPrograms(t *testing.T) {
	m := openMany(t)
	programs := make([]*office.Office, 3)
	for i := range programs {
		programs[i] = m.program(t, office.Options{})
	}
	typed, _ := m.withFactor(t, m.an)
	m.pass(time.Minute) // past the code of the set-up
	code := codeAt(t, typed, m.Now())
	var taken atomic.Int64
	together(t, programs, func(o *office.Office) error {
		switch err := o.CheckSecondFactor(background, m.an.ID, code); {
		case err == nil:
			taken.Add(1)
			return nil
		case errors.Is(err, office.ErrBadCode):
			return nil
		default:
			return err
		}
	})
	if n := taken.Load(); n != 1 {
		t.Fatalf("the code was taken %d times", n)
	}
}
