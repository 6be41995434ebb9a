package replay

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"gobua/engine"
)

// Recording is one auction as it was recorded.
type Recording struct {
	ID       string
	Item     string
	Duration time.Duration
	Open     engine.Dong // start price in cents
	Closing  engine.Dong // what it is said to have sold for, in cents
	Bids     []RecordedBid
}

// RecordedBid is one bid: somebody named a maximum some time after the start.
type RecordedBid struct {
	After   time.Duration
	Bidder  string
	Maximum engine.Dong // in cents
}

// Bidders lists who bid, in the order of their first bid.
func (r *Recording) Bidders() []string {
	var names []string
	for _, b := range r.Bids {
		if !slices.Contains(names, b.Bidder) {
			names = append(names, b.Bidder)
		}
	}
	return names
}

// Unusable is an auction that the file records only in part.
type Unusable struct {
	ID   string
	Line int // of its first row that does not do
	Why  string
}

// Limits of a file of recordings: far above what is known to exist, so that a
// wrong file is noticed before it fills a server.
const (
	maxFileBytes  = 64 << 20
	maxRecordings = 10_000
)

// columns a file must have, in any order.
var columns = []string{"auction_id", "item", "duration_days", "open_bid", "bid_time_days", "bidder", "max_bid", "closing_price"}

// Read reads a file with one bid per row, money in dollars, times in days since
// the start. An auction with a row that is incomplete or contradicts the others
// is left out as a whole and named. The error is of the file: it cannot be
// read, or is none of this kind.
func Read(r io.Reader) ([]Recording, []Unusable, error) {
	limited := &io.LimitedReader{R: r, N: maxFileBytes + 1}
	in := csv.NewReader(limited)
	in.FieldsPerRecord = -1
	in.ReuseRecord = true
	header, err := in.Read()
	if err != nil {
		return nil, nil, fmt.Errorf("recordings: first line: %w", err)
	}
	at, err := locate(header)
	if err != nil {
		return nil, nil, err
	}
	b := builder{byID: make(map[string]int), unusable: make(map[string]Unusable)}
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, fmt.Errorf("recordings: %w", err)
		}
		line, _ := in.FieldPos(0)
		b.add(line, row, at)
		if len(b.recordings) > maxRecordings {
			return nil, nil, fmt.Errorf("recordings: more than %d auctions", maxRecordings)
		}
	}
	if limited.N <= 0 {
		return nil, nil, fmt.Errorf("recordings: more than %d bytes", maxFileBytes)
	}
	recordings, unusable := b.done()
	return recordings, unusable, nil
}

// locate finds each column in the header.
func locate(header []string) (map[string]int, error) {
	at := make(map[string]int, len(columns))
	for i, name := range header {
		at[strings.TrimSpace(strings.TrimPrefix(name, "\ufeff"))] = i
	}
	var missing []string
	for _, c := range columns {
		if _, ok := at[c]; !ok {
			missing = append(missing, c)
		}
	}
	if missing != nil {
		return nil, fmt.Errorf("recordings: the first line must name the columns %s; missing: %s",
			strings.Join(columns, ", "), strings.Join(missing, ", "))
	}
	return at, nil
}

// builder gathers rows into recordings, in the order of their first row.
type builder struct {
	recordings []Recording
	byID       map[string]int
	unusable   map[string]Unusable
	order      []string // of unusable
}

func (b *builder) add(line int, row []string, at map[string]int) {
	cell := func(name string) string {
		if i := at[name]; i < len(row) {
			return strings.TrimSpace(row[i])
		}
		return ""
	}
	id := cell("auction_id")
	one, bid, why := parseRow(cell)
	i, known := b.byID[id]
	switch {
	case id == "":
		why = "auction_id is missing"
	case why == "" && known && !sameAuction(&b.recordings[i], &one):
		why = "item, duration, open_bid or closing_price differ from the row before"
	}
	if why != "" {
		b.leaveOut(id, line, why)
		return
	}
	if !known {
		one.ID = id
		b.byID[id] = len(b.recordings)
		b.recordings = append(b.recordings, one)
		i = b.byID[id]
	}
	b.recordings[i].Bids = append(b.recordings[i].Bids, bid)
}

func (b *builder) leaveOut(id string, line int, why string) {
	if _, ok := b.unusable[id]; ok {
		return
	}
	b.unusable[id] = Unusable{ID: id, Line: line, Why: why}
	b.order = append(b.order, id)
}

func (b *builder) done() ([]Recording, []Unusable) {
	usable := make([]Recording, 0, len(b.recordings))
	for _, r := range b.recordings {
		if _, out := b.unusable[r.ID]; out {
			continue
		}
		slices.SortStableFunc(r.Bids, func(x, y RecordedBid) int { return int(min(max(x.After-y.After, -1), 1)) })
		usable = append(usable, r)
	}
	left := make([]Unusable, 0, len(b.order))
	for _, id := range b.order {
		left = append(left, b.unusable[id])
	}
	return usable, left
}

func sameAuction(a, b *Recording) bool {
	return a.Item == b.Item && a.Duration == b.Duration && a.Open == b.Open && a.Closing == b.Closing
}

// parseRow reads one row; why says what is wrong with it, empty: nothing.
func parseRow(cell func(string) string) (r Recording, bid RecordedBid, why string) {
	note := func(name string, err error) {
		if err != nil && why == "" {
			why = name + " " + err.Error()
		}
	}
	var err error
	r.Item = cell("item")
	r.Duration, err = parseDays(cell("duration_days"))
	note("duration_days", err)
	r.Open, err = parseCents(cell("open_bid"))
	note("open_bid", err)
	r.Closing, err = parseCents(cell("closing_price"))
	note("closing_price", err)
	bid.After, err = parseDays(cell("bid_time_days"))
	note("bid_time_days", err)
	bid.Maximum, err = parseCents(cell("max_bid"))
	note("max_bid", err)
	if bid.Bidder = cell("bidder"); bid.Bidder == "" {
		note("bidder", errors.New("is missing"))
	}
	return r, bid, why
}

// parseDays reads a number of days.
func parseDays(s string) (time.Duration, error) {
	if s == "" {
		return 0, errors.New("is missing")
	}
	days, err := strconv.ParseFloat(s, 64)
	if err != nil || !(days >= 0 && days <= 366) {
		return 0, fmt.Errorf("is %q, want a number of days", s)
	}
	return time.Duration(days * 24 * float64(time.Hour)), nil
}

// parseCents reads dollars with at most two decimals, without a float on the
// way: 100.1 − 10.2 must be 89.9 (ST-27).
func parseCents(s string) (engine.Dong, error) {
	if s == "" {
		return 0, errors.New("is missing")
	}
	whole, fraction, _ := strings.Cut(s, ".")
	for len(fraction) < 2 {
		fraction += "0"
	}
	cents, err := strconv.ParseUint(whole+fraction, 10, 63)
	if err != nil || whole == "" || len(fraction) > 2 || cents == 0 || engine.Dong(cents) > engine.MaxDong {
		return 0, fmt.Errorf("is %q, want dollars and cents", s)
	}
	return engine.Dong(cents), nil
}
