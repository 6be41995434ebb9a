package load

import (
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

const (
	// stripes keep thousands of readers from waiting for each other.
	stripes = 8
	// Latencies are kept from one microsecond to two minutes with three
	// digits; what is longer counts as two minutes.
	longest = 2 * time.Minute
	digits  = 3
)

// meter gathers what happens. Its methods may be called from any goroutine.
type meter struct{ stripe [stripes]stripe }

// stripe is what some of the lines saw.
type stripe struct {
	mu       sync.Mutex
	late     *hdrhistogram.Histogram // due → sent: the generator's own fault
	receipt  *hdrhistogram.Histogram // due → receipt at the bidder
	carried  *hdrhistogram.Histogram // sent → receipt: without the generator's own share
	seen     *hdrhistogram.Histogram // due → update at a spectator
	told     *hdrhistogram.Histogram // received by the server → update at a spectator
	closed   *hdrhistogram.Histogram // end of a session → its close at a spectator
	outcomes map[string]int64

	sent, answered        int64
	gaps, snapshots, lost int64
}

func newMeter() *meter {
	m := new(meter)
	for i := range m.stripe {
		s := &m.stripe[i]
		for _, h := range []**hdrhistogram.Histogram{&s.late, &s.receipt, &s.carried, &s.seen, &s.told, &s.closed} {
			*h = hdrhistogram.New(1, longest.Microseconds(), digits)
		}
		s.outcomes = make(map[string]int64)
	}
	return m
}

// note changes the stripe of line i.
func (m *meter) note(i int, change func(*stripe)) {
	s := &m.stripe[i%stripes]
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

// record keeps a latency within the range of a histogram.
func record(h *hdrhistogram.Histogram, d time.Duration) {
	us := min(max(d.Microseconds(), 1), longest.Microseconds())
	if err := h.RecordValue(us); err != nil {
		panic("latency out of the histogram's range: " + err.Error()) // it was just brought into it
	}
}

// sum joins the stripes.
func (m *meter) sum() *stripe {
	total := &newMeter().stripe[0]
	for i := range m.stripe {
		s := &m.stripe[i]
		s.mu.Lock()
		total.late.Merge(s.late)
		total.receipt.Merge(s.receipt)
		total.carried.Merge(s.carried)
		total.seen.Merge(s.seen)
		total.told.Merge(s.told)
		total.closed.Merge(s.closed)
		for k, n := range s.outcomes {
			total.outcomes[k] += n
		}
		total.sent += s.sent
		total.answered += s.answered
		total.gaps += s.gaps
		total.snapshots += s.snapshots
		total.lost += s.lost
		s.mu.Unlock()
	}
	return total
}

// Latencies are percentiles in milliseconds.
type Latencies struct {
	Count int64   `json:"count"`
	Mean  float64 `json:"mean"`
	P50   float64 `json:"p50"`
	P90   float64 `json:"p90"`
	P99   float64 `json:"p99"`
	P999  float64 `json:"p999"`
	Max   float64 `json:"max"`
}

func latencies(h *hdrhistogram.Histogram) Latencies {
	if h.TotalCount() == 0 {
		return Latencies{}
	}
	ms := func(us int64) float64 { return float64(us) / 1000 }
	return Latencies{
		Count: h.TotalCount(), Mean: ms(int64(h.Mean())),
		P50: ms(h.ValueAtQuantile(50)), P90: ms(h.ValueAtQuantile(90)), P99: ms(h.ValueAtQuantile(99)),
		P999: ms(h.ValueAtQuantile(99.9)), Max: ms(h.Max()),
	}
}

// Result is what a load prints.
type Result struct {
	Server     string  `json:"server"`
	Rate       float64 `json:"rate"`
	Bidders    int     `json:"bidders"`
	Spectators int     `json:"spectators"`
	Sessions   int     `json:"sessions"`
	Seconds    float64 `json:"seconds"`

	Bids struct {
		Planned    int64 `json:"planned"`
		Sent       int64 `json:"sent"`
		Answered   int64 `json:"answered"`
		Unanswered int64 `json:"unanswered"` // no answer with their number came
		InRooms    int64 `json:"inRooms"`    // accepted, by what the rooms show afterwards
	} `json:"bids"`
	// Outcomes counts answers: accepted, a reason of refusal, or "err" and the
	// code of a request that was not carried out.
	Outcomes map[string]int64 `json:"outcomes"`
	// All in milliseconds. The first three count from the moment at which the
	// bid was due; acceptToSeen from the server's stamp of whole milliseconds.
	SendDelay    Latencies `json:"sendDelay"` // due → sent: the generator's own share
	BidToReceipt Latencies `json:"bidToReceipt"`
	// SentToReceipt is BidToReceipt from when the bid is written to its line, for
	// comparing with what a line and a disk take. Whoever is late hides nothing in
	// BidToReceipt and everything here.
	SentToReceipt Latencies `json:"sentToReceipt"`
	BidToSeen     Latencies `json:"bidToSeen"`
	AcceptToSeen  Latencies `json:"acceptToSeen"`
	// EndToSeen is from the published end of a session to its close at a
	// spectator. Without ToTheEnd there is none.
	EndToSeen Latencies `json:"endToSeen"`
	Feed      struct {
		Updates   int64 `json:"updates"`   // that came at spectators
		Gaps      int64 `json:"gaps"`      // numbers skipped without a snapshot: lost
		Snapshots int64 `json:"snapshots"` // that stood for updates a spectator was too slow for
		Lost      int64 `json:"linesLost"` // connections that ended early
		Behind    int64 `json:"behind"`    // spectators that did not come to the last update of their room
	} `json:"feed"`
}
