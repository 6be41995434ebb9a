package actor

import (
	"context"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gobua/engine"
)

// simulate lives through one seed with a way to work through letters, and
// returns the world as it was at its end, or when something was violated.
func simulate(t *testing.T, seed uint64, turn turnFunc) *world {
	t.Helper()
	return live(t, seed, turn, (*group).work, false)
}

// simulateGroup is simulate with a way in which sessions that are sold together
// work through their letters.
func simulateGroup(t *testing.T, seed uint64, turn turnFunc, work groupFunc) *world {
	t.Helper()
	return live(t, seed, turn, work, false)
}

// traced is simulate for production's own ways, with a trace of what happens. A
// trace takes as long as all the rest, and a seed always lives through the same,
// so it is made when there is something to look at.
func traced(t *testing.T, seed uint64) *world {
	t.Helper()
	return live(t, seed, (*Actor).turn, (*group).work, true)
}

func live(t *testing.T, seed uint64, turn turnFunc, work groupFunc, traced bool) (w *world) {
	t.Helper()
	synctest.Test(t, func(*testing.T) {
		w = newWorld(seed, turn, traced)
		w.groupWork = work
		for _, room := range w.rooms {
			w.arrive(room)
		}
		for range 400 {
			if w.violation == "" {
				w.act()
			}
		}
		w.calm = true
		for _, room := range w.rooms {
			if w.violation == "" {
				w.finish(room)
			}
		}
		if w.violation == "" && !w.torn {
			w.prove()
		}
	})
	return w
}

// act lets one thing happen.
func (w *world) act() {
	room := pick(w, w.rooms...)
	switch n := w.rng.IntN(1000); {
	case n < 480:
		w.somebodyActs(room)
	case n < 780:
		w.serve(room)
	case n < 930:
		w.pass(time.Duration(w.rng.IntN(pick(w, 2, 50, 2000))) * time.Millisecond)
	case n < 945:
		w.passToDeadline(room)
	case n < 980:
		w.resend(room)
	case n < 986:
		w.crash()
	case n < 990:
		w.freeze()
	default:
		w.ask(room)
	}
}

// passToDeadline lets time pass to a millisecond around a session's next
// deadline, which is where it matters who comes first.
func (w *world) passToDeadline(room *simRoom) {
	due := engine.Deadline(&room.past.state)
	if left := due.Sub(w.now()); due != 0 && left > 0 {
		w.pass(time.Duration(left+engine.Millis(w.rng.IntN(3)-1)) * time.Millisecond)
	}
}

// arrive checks most people in.
func (w *world) arrive(room *simRoom) {
	for _, code := range room.codes {
		if w.ids++; !w.one(6) {
			w.send(room, engine.Command{ID: cmdID(w.ids), By: engine.Actor{Role: engine.RoleBidder, Ref: string(code)}, Do: engine.CheckIn{}})
		}
	}
}

func (w *world) somebodyActs(room *simRoom) {
	w.ids++
	s := &room.past.state // what people may have seen
	cmd := engine.Command{ID: cmdID(w.ids), By: engine.Actor{Role: engine.RoleBidder, Ref: string(pick(w, room.codes...))}}
	amount := w.someAmount(room)
	switch n := w.rng.IntN(100); {
	case room.rules.Descent != nil && s.Leader != "" && n < 50: // or nothing more would ever happen
		cmd.By.Ref = string(s.Leader)
		cmd.Do = engine.Withdraw{Confirm: s.Leader}
	case n < 5:
		cmd.Do = engine.CheckIn{}
	case n < 85:
		cmd.Do = engine.PlaceBid{Amount: amount, Confirm: pick(w, 0, amount, amount)}
	case n < 92:
		cmd.By.Ref = string(s.Leader)
		cmd.Do = engine.RaiseMaximum{Amount: amount + 50, Confirm: amount + 50}
	case n < 93:
		cmd.Do = engine.Withdraw{Confirm: engine.ParticipantCode(cmd.By.Ref)}
	default:
		cmd.By = engine.Actor{Role: engine.RoleAuctioneer, Ref: "CC-1"}
		cmd.Do = w.someConduct(room)
	}
	if room.rules.Sealed != nil {
		w.sealedAct(room, &cmd)
	}
	if b := room.rules.BuyNow; b != nil && w.market.IntN(10) == 0 {
		cmd.Do = engine.Buy{Amount: b.Amount}
	}
	if room.rules.Called != nil && w.hall.IntN(3) == 0 {
		cmd.By = engine.Actor{Role: engine.RoleAuctioneer, Ref: "CC-1"}
		cmd.Do = w.someCalling(room)
		if _, seconds := cmd.Do.(engine.Seconding); seconds && w.hall.IntN(4) > 0 {
			cmd.By = engine.Actor{Role: engine.RoleClerk, Ref: "TK-2"}
		}
	}
	w.send(room, cmd)
}

func (w *world) someAmount(room *simRoom) engine.Dong {
	s := &room.past.state
	switch {
	case room.rules.Descent != nil && s.Head.Seq == 0: // nothing has been told yet
		return room.rules.Start
	case room.rules.Descent != nil:
		return s.NextMinimum() + engine.Dong(pick(w, 0, 0, 7, -7, 10, -10, 1)) // also what was asked before, or is not yet
	case s.Price == 0:
		return room.rules.Start + engine.Dong(pick(w, 0, 10, 40, -1))
	}
	return room.rules.NextMinimum(s.Price) + engine.Dong(pick(w, 0, 0, 0, 0, 10, 10, 20, 25, 50, 500, -10, 3))
}

func (w *world) someConduct(room *simRoom) engine.Act {
	switch w.rng.IntN(40) {
	case 0:
		return engine.Stop{Reason: "sự cố"}
	case 1:
		return engine.Cancel{Reason: "rút tài sản"}
	case 2:
		return engine.Disqualify{Code: pick(w, room.codes...), Reason: "thông đồng"}
	}
	return pick[engine.Act](w,
		engine.Open{}, engine.Open{}, engine.Pause{Reason: "mất điện"}, engine.Resume{}, engine.Resume{}, engine.Resume{},
		engine.Extend{By: 5000, Reason: "mạng chậm"}, engine.Say{Text: "Còn ai trả nữa không?"},
		announcement(&room.past.state))
}

// someCalling is an act that only a lot that is called has.
func (w *world) someCalling(room *simRoom) engine.Act {
	s := &room.past.state
	code := room.codes[w.hall.IntN(len(room.codes))]
	acts := []engine.Act{
		engine.FloorBid{Code: code, Amount: w.someAmount(room)}, engine.FloorCheckIn{Code: code}, engine.Ask{Price: w.someAmount(room)},
		engine.Warn{}, engine.Call{Price: s.Price}, engine.Call{Price: s.Price}, engine.Hammer{Price: s.Price}, engine.Pass{Price: s.Price},
		engine.Undo{Code: s.Leader, Amount: s.Price, Reason: "nghe nhầm"}, engine.Reopen{Reason: "nghe nhầm"},
	}
	switch { // an undo by two takes many acts in a row and would hardly ever come about
	case s.Head.Seq == 0 || s.Leader == "" || w.hall.IntN(2) == 0:
	case s.Now().Called == nil:
	case s.Now().Called.Undo != nil:
		acts = []engine.Act{
			engine.ConfirmUndo{Code: s.Leader, Amount: s.Price}, engine.ConfirmUndo{Code: s.Leader, Amount: s.Price},
			engine.DropUndo{Code: s.Leader, Amount: s.Price, Reason: "nghe đúng"},
		}
	case s.Now().Called.Final:
		acts = []engine.Act{engine.Undo{Code: s.Leader, Amount: s.Price, Reason: "nghe nhầm"}}
	default:
		acts = []engine.Act{engine.Call{Price: s.Price}}
	}
	return acts[w.hall.IntN(len(acts))]
}

// resend sends an old command again, now and then with another content.
func (w *world) resend(room *simRoom) {
	if len(room.calls) == 0 {
		return
	}
	cmd := pick(w, room.calls...).cmd
	if bid, ok := cmd.Do.(engine.PlaceBid); ok && w.one(5) {
		cmd.Do = engine.PlaceBid{Amount: bid.Amount + 10}
	}
	w.send(room, cmd)
}

// ask asks for the outcome of the last commands of a participant, as a page
// does after a reconnect, and now and then for those that are not known to be
// dropped.
func (w *world) ask(room *simRoom) {
	code := pick(w, room.codes...)
	var cmds []engine.CommandID
	for _, c := range slices.Backward(room.calls) {
		if engine.ParticipantCode(c.cmd.By.Ref) == code && len(cmds) < 16 {
			cmds = append(cmds, c.cmd.ID)
		}
	}
	drop := w.line.IntN(2) == 0
	r := Registry{actors: map[engine.SessionID]*Actor{room.id: room.actor}}
	r.Receipts(room.id, engine.Question{Code: code, Commands: cmds, Drop: drop}, func(found []engine.Receipt, err error) {
		for _, receipt := range found {
			room.answered(&call{cmd: engine.Command{ID: receipt.Cmd}, received: w.now(), receipt: receipt, err: err})
			cmds = slices.DeleteFunc(cmds, func(id engine.CommandID) bool { return id == receipt.Cmd })
		}
		for _, id := range cmds {
			room.dropped[id] = room.dropped[id] || drop && err == nil
		}
	})
}

// finish lets a session come to its end on a disk that works, and compares
// everything a last time.
func (w *world) finish(room *simRoom) {
	w.serve(room)
	for range 60 { // rounds in which six have a turn each take many steps
		if w.violation != "" {
			return
		}
		w.drive(room)
	}
	if s := &room.past.state; openingTorn(room) {
		return // a journal that breaks its promise to keep a batch whole, see journal.Tear
	} else if !s.Phase.Final() {
		w.fail("session %s cannot be brought to its end: it is %s", room.id, s.Phase)
	} else if s.Phase == engine.PhaseAnnounced && room.closed != 1 {
		w.fail("session %s was announced and closed %d times", room.id, room.closed)
	}
	if n := len(room.waits); n > 0 {
		w.fail("session %s left %d commands without an answer", room.id, n)
	}
	for _, c := range room.lastCalls() {
		first, recorded := room.receipts[c.cmd.ID]
		again := w.send(room, c.cmd)
		w.serve(room)
		if recorded && !sameReceipt(&again.receipt, &first) && again.receipt.Reason != engine.ReasonCommandReused {
			w.fail("asked at the end, %v is\n%+v, at first it was\n%+v", c, again.receipt, first)
		}
	}
	fresh, err := room.actor.recover(context.Background())
	if err != nil {
		w.fail("session %s cannot be read back at the end: %v", room.id, err)
		return
	}
	if !sameRoom(&fresh.room, &room.room) || !sameRoom(&fresh.room, &room.actor.view.Load().Room) {
		w.fail("session %s was told\n%+v, the journal has\n%+v", room.id, room.room, fresh.room)
	}
}

// drive does what brings a session nearer to its announcement.
func (w *world) drive(room *simRoom) {
	s := &room.past.state
	if room.rules.Sealed != nil {
		w.driveSealed(room)
	}
	w.ids++
	cmd := engine.Command{ID: cmdID(w.ids), By: engine.Actor{Role: engine.RoleAuctioneer, Ref: "CC-1"}}
	switch s.Phase {
	case engine.PhaseScheduled:
		w.pass(max(0, time.Until(room.rules.OpensAt.Time())))
		cmd.Do = engine.Open{}
	case engine.PhaseRunning:
		w.pass(max(0, time.Until(s.ClosesAt.Time())))
		cmd.Do = engine.Say{Text: "Hết giờ"}
	case engine.PhasePaused:
		cmd.Do = engine.Resume{}
	case engine.PhaseClosed:
		cmd.Do = announcement(s)
	default:
		return
	}
	w.send(room, cmd)
	w.serve(room)
}

// lastCalls returns one call for each command whose outcome the session still
// remembers: each sender's last hundred.
func (r *simRoom) lastCalls() (last []*call) {
	byRef := map[string][]*call{}
	seen := map[engine.CommandID]bool{}
	for _, c := range r.calls {
		if !seen[c.cmd.ID] {
			seen[c.cmd.ID] = true
			byRef[c.cmd.By.Ref] = append(byRef[c.cmd.By.Ref], c)
		}
	}
	for _, ref := range append([]string{"CC-1"}, codesOf(r)...) {
		calls := byRef[ref]
		last = append(last, calls[max(0, len(calls)-100):]...)
	}
	return last
}

func codesOf(r *simRoom) (codes []string) {
	for _, code := range r.codes {
		codes = append(codes, string(code))
	}
	return codes
}

// setting reads a number from the environment.
func setting(t *testing.T, name string, otherwise uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s=%s is no number", name, text)
	}
	return n
}

// enough seeds to have seen everything.
const enough = 250

// TestSimulation lives through many seeds, as many at once as there are
// processors: GOBUA_SIM_RUNS says how many, GOBUA_SIM_FROM which is the first,
// GOBUA_SIM_SEED replays one and prints everything that happened.
func TestSimulation(t *testing.T) {
	if seed := setting(t, "GOBUA_SIM_SEED", 0); seed != 0 {
		w := traced(t, seed)
		t.Log(strings.Join(w.trace, "\n"))
		if w.violation != "" {
			t.Fatal(w.violation)
		}
		return
	}
	runs, first := setting(t, "GOBUA_SIM_RUNS", enough), max(1, setting(t, "GOBUA_SIM_FROM", 1))
	all, began := &tally{seen: map[string]int{}}, time.Now()
	spread(t, first, runs, all.add)
	for kind := range engine.Events {
		if runs >= enough && !t.Failed() && all.seen["record: "+string(kind)] == 0 {
			t.Errorf("nothing of kind %q happened in %d seeds", kind, runs)
		}
	}
	for _, what := range []string{"extended with the group", "answer: lots_taken", "answer: over_limit", "session: gong", "session: ascending, buy now"} {
		if runs >= enough && !t.Failed() && all.seen[what] == 0 {
			t.Errorf("%q did not happen in %d seeds", what, runs)
		}
	}
	t.Logf("seeds %d to %d in %v\n%s", first, first+runs-1, time.Since(began).Round(time.Second), all)
}
