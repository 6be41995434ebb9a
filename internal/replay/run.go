package replay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"gobua/engine"
	"gobua/internal/visitor"
)

// Options of a run.
type Options struct {
	Server       string        // http://127.0.0.1:8080
	Login        string        // of an administrator
	Password     string        // the bidders' passwords are derived from it
	File         string        // recordings, see Read
	InferReserve bool          // give auctions the hidden reserve their record betrays
	Bidding      time.Duration // bidding time of each auction; zero: DefaultBidding
	AtOnce       int           // auctions running at the same time; zero: as many as there are places
}

// DefaultBidding is the shortest time a server publishes auctions with unless
// it is told otherwise.
const DefaultBidding = time.Minute

// bidShare is the part of the bidding time into which the recorded time is
// compressed. The rest is for a machine that is slow at the wrong moment: a
// bid that comes after the end would make another auction of it.
const bidShare = 0.8

// publishedAtOnce bounds the requests that wait for a server which takes so
// many a second of one address.
const publishedAtOnce = 8

// Summary is what came out.
type Summary struct {
	Usable     int // auctions that were run
	Matched    int // of them, closed at the recorded price
	TooLow     int // recorded bids that were refused as too low
	Refused    map[engine.Reason]int
	Bids       int
	Mismatches []Mismatch
	Unusable   []Unusable
}

// Mismatch is an auction that closed at another price than the recorded one.
type Mismatch struct {
	ID             string
	Recorded, Ours engine.Dong
	Why            string // our guess
}

// Run runs the recordings of a file through a server and compares. It blocks
// until all auctions are announced, which takes little more than the bidding
// time, and prints progress and result to out. The error means that it could
// not be carried through; another price is no error.
func Run(ctx context.Context, o Options, out io.Writer) (Summary, error) {
	if o.Bidding == 0 {
		o.Bidding = DefaultBidding
	}
	if o.Bidding < time.Second || o.Bidding > 24*time.Hour {
		return Summary{}, fmt.Errorf("bidding time %v: want one second to one day", o.Bidding)
	}
	recordings, unusable, err := readRecordings(o.File)
	if err != nil {
		return Summary{}, err
	}
	site, err := visitor.NewSite(o.Server)
	if err != nil {
		return Summary{}, err
	}
	defer site.Close()
	r := &run{Options: o, site: site, recordings: recordings, title: filepath.Base(o.File),
		office: make(chan struct{}, publishedAtOnce)}
	fmt.Fprintf(out, "%d auctions with %d bids in %s, %d more are incomplete there\n", len(recordings), r.countBids(), r.title, len(unusable))
	stop := r.report(out)
	outcomes, err := r.all(ctx)
	stop()
	switch {
	case ctx.Err() != nil:
		return Summary{}, fmt.Errorf("interrupted: %w", ctx.Err())
	case err != nil:
		return Summary{}, explain(err, o)
	}
	sum := summarize(recordings, outcomes)
	sum.Unusable = unusable
	sum.print(out)
	return sum, nil
}

func readRecordings(file string) ([]Recording, []Unusable, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	recordings, unusable, err := Read(f)
	if err == nil && len(recordings) == 0 {
		err = fmt.Errorf("%s holds no usable auction", file)
	}
	return recordings, unusable, err
}

// run is one run of all recordings.
type run struct {
	Options
	site       *visitor.Site
	recordings []Recording
	title      string
	crew       *crew
	office     chan struct{} // holds one for each auction that is being published

	signedIn, opened, closed, announced, bids, refused atomic.Int64
}

func (r *run) countBids() (n int) {
	for i := range r.recordings {
		n += len(r.recordings[i].Bids)
	}
	return n
}

// all runs every recording. The first failure ends the others.
func (r *run) all(ctx context.Context) ([]ran, error) {
	admin, err := r.site.SignIn(ctx, r.Login, r.Password)
	if err != nil {
		return nil, err
	}
	if r.crew, err = r.gather(ctx, admin); err != nil {
		return nil, err
	}
	defer r.crew.close()
	outcomes := make([]ran, len(r.recordings))
	group, ctx := errgroup.WithContext(ctx)
	if r.AtOnce > 0 {
		group.SetLimit(r.AtOnce)
	}
	for i := range r.recordings {
		group.Go(func() (err error) {
			outcomes[i], err = r.one(ctx, i)
			if err != nil {
				return fmt.Errorf("auction %s: %w", r.recordings[i].ID, err)
			}
			return nil
		})
	}
	return outcomes, group.Wait()
}

// explain adds what to do about a failure that has a common cause.
func explain(err error, o Options) error {
	var answer *visitor.APIError
	if errors.As(err, &answer) {
		for _, f := range answer.Fields {
			if strings.HasSuffix(f.Field, "biddingMs") {
				return fmt.Errorf("%w\nthe server publishes no auctions of %v: start it with --min-bidding %v, or replay with a longer --bidding", err, o.Bidding, o.Bidding)
			}
		}
	}
	return err
}

// report prints progress every few seconds until the returned function is
// called, which waits for the last line.
func (r *run) report(out io.Writer) (stop func()) {
	quit, done := make(chan struct{}), make(chan struct{})
	last := ""
	line := func() {
		n := len(r.recordings)
		now := fmt.Sprintf("%4d people signed in, %d of %d auctions opened, %d closed, %d announced, %d bids, %d refused\n",
			r.signedIn.Load(), r.opened.Load(), n, r.closed.Load(), r.announced.Load(), r.bids.Load(), r.refused.Load())
		if now != last {
			io.WriteString(out, now)
			last = now
		}
	}
	go func() {
		defer close(done)
		tick := time.NewTicker(2 * time.Second)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				line()
			case <-quit:
				line()
				return
			}
		}
	}()
	return func() { close(quit); <-done }
}
