package office_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"gobua/office"
)

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
