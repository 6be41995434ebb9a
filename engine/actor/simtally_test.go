package actor

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"gobua/engine"
)

// spread lives through seeds, as many at once as there are processors, until one
// of them fails.
func spread(t *testing.T, first, runs uint64, live func(t *testing.T, seed uint64)) {
	if runs > enough {
		defer debug.SetGCPercent(debug.SetGCPercent(1600)) // worlds are short-lived; the collector would take a fifth
	}
	var next atomic.Uint64
	next.Store(first)
	t.Run("worlds", func(t *testing.T) {
		for i := range runtime.GOMAXPROCS(0) {
			t.Run(strconv.Itoa(i), func(t *testing.T) {
				t.Parallel()
				defer func() {
					if t.Failed() {
						next.Store(first + runs)
					}
				}()
				for seed := next.Add(1) - 1; seed < first+runs; seed = next.Add(1) - 1 {
					live(t, seed)
					if seed%50_000 == 0 {
						fmt.Fprintf(os.Stderr, "seed %d\n", seed)
					}
				}
			})
		}
	})
}

// tally is what happened in all worlds that were lived through.
type tally struct {
	mu   sync.Mutex
	seen map[string]int
}

// add lives through a seed and counts what happened.
func (y *tally) add(t *testing.T, seed uint64) {
	w := simulate(t, seed, (*Actor).turn)
	if w.violation != "" {
		again := traced(t, seed)
		if again.violation != w.violation {
			t.Errorf("seed %d lived through something else when it was traced: %s", seed, again.violation)
		}
		tail := again.trace[max(0, len(again.trace)-25):]
		t.Fatalf("seed %d: %s\n%s\nreplay with GOBUA_SIM_SEED=%d go test -run TestSimulation ./engine/actor", seed, w.violation, strings.Join(tail, "\n"), seed)
	}
	y.mu.Lock()
	defer y.mu.Unlock()
	w.count(y.seen)
}

// String lists what was seen, one kind a line.
func (y *tally) String() string {
	var lines []string
	for what, n := range y.seen {
		lines = append(lines, fmt.Sprintf("%10d  %s", n, what))
	}
	slices.SortFunc(lines, func(a, b string) int { return strings.Compare(a[12:], b[12:]) })
	return strings.Join(lines, "\n")
}

// count adds up what happened in a world: sessions by kind, faults, records by
// kind, and answers.
func (w *world) count(seen map[string]int) {
	seen["worlds"]++
	for what, n := range w.faults {
		seen["fault: "+what] += n
	}
	for _, room := range w.rooms {
		seen["session: "+kindOf(&room.rules)]++
		for _, r := range room.records {
			seen["record: "+string(r.Event.Kind())]++
			if e, ok := r.Event.(*engine.Extended); ok && e.Cause != nil {
				seen["extended with the group"]++
			}
		}
		for _, c := range room.calls {
			switch {
			case c.err != nil:
				seen["answer: unknown"]++
			case c.answered == 0:
				seen["answer: lost in a crash"]++
			case c.receipt.Accepted:
				seen["answer: accepted"]++
			default:
				seen["answer: "+string(c.receipt.Reason)]++
			}
		}
	}
}

// kindOf names a session's rules in a few words.
func kindOf(r *engine.Rules) string {
	words := []string{r.Method}
	add := func(is bool, word string) {
		if is {
			words = append(words, word)
		}
	}
	add(r.Closing.Kind == engine.ClosingRounds, "rounds")
	add(r.Proxy, "maxima")
	add(r.BuyNow != nil, "buy now")
	add(r.Sealed != nil && r.Sealed.Units > 0, "units")
	add(r.Group != nil, "in a group")
	return strings.Join(words, ", ")
}
