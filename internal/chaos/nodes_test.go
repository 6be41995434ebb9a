//go:build (chaos || partitions) && linux

package chaos_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"gobua/engine"
	"gobua/internal/natsnode"
	"gobua/internal/natsnode/natsnodetest"
	"gobua/internal/visitor"
	"gobua/internal/visitor/visitortest"
	"gobua/store/localpg/localpgtest"
)

// fair is a sale at three nodes of one cluster, each at its own place in a town.
// Two people bid at each node and one spectator follows there. The sale's own
// program is the first node.
type fair struct {
	*sale
	town  *town
	nodes []*program
	sites []*visitor.Site
	eyes  []*visitortest.Spectator // by node
	db    *line                    // the way of all nodes to the database
}

// atNode is the node whose bidder b is; see fair.
func atNode(bidder int) int { return bidder % 3 }

// openFair starts three nodes and a session, and returns once people bid.
// roaming lets everybody go to the next node when a line is lost.
func openFair(t *testing.T, bidding time.Duration, roaming bool) *fair {
	t.Helper()
	w := newTown(t, 3) // waits until there is room for it, so before what has an end
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	f := &fair{sale: &sale{T: t, ctx: ctx, heard: newTold(), office: &officeServer{localpgtest.New(t)}}, town: w}
	f.dsn = f.office.DSN // past the line that may be cut
	f.db = newLineAt(t, f.town.address(people), "unix", f.office.socket(t))
	f.start()
	for _, p := range f.nodes {
		f.sites = append(f.sites, site(t, p.addr))
	}
	f.staff = f.signIn(f.sites[0], "dgv")
	var admitted []visitor.Participant
	for i, login := range bidderLogins {
		b := &bidder{heard: f.heard, chance: rand.New(rand.NewPCG(seed, uint64(i))), pause: 250 * time.Millisecond}
		for n := range f.nodes {
			at := f.sites[(atNode(i)+n)%3]
			if n == 0 {
				b.site, b.who = at, f.signIn(at, login)
			} else if roaming {
				b.ways = append(b.ways, way{f.signIn(at, login), at})
			}
		}
		f.bidders = append(f.bidders, b)
		admitted = append(admitted, visitor.Participant{AccountID: b.who.Account.ID})
	}
	f.session = f.publish(admitted, bidding)
	for i := range f.nodes {
		sites := []*visitor.Site{f.sites[i]}
		if roaming {
			sites = append(sites, f.sites[(i+1)%3], f.sites[(i+2)%3])
		}
		eye := visitortest.Watch(f.session, sites...)
		t.Cleanup(eye.Close)
		f.eyes = append(f.eyes, eye)
	}
	f.bid()
	f.await(engine.PhaseRunning)
	f.eventually("the spectators are in the room", func() bool {
		return !slices.ContainsFunc(f.eyes, func(eye *visitortest.Spectator) bool { seq, _ := eye.At(); return seq == 0 })
	})
	f.began = time.Now()
	f.bidsGoOn(2 * len(f.bidders))
	return f
}

// start starts the nodes, which share one database and the same keys, and waits
// until all are ready.
func (f *fair) start() {
	t := f.T
	t.Helper()
	authority := natsnodetest.NewAuthority(t)
	var routes []string
	for i := range 3 {
		routes = append(routes, f.town.address(i)+":6222")
	}
	for i := range 3 {
		files := authority.Issue(t, natsnode.RoleNode, net.ParseIP(f.town.address(i)))
		p := newProgram(t, t.TempDir(), "--database-url", f.db.dsn(f.dsn), "--drain", "10s", "--metrics-from", f.town.address(people)+"/32")
		p.addr, p.within = f.town.address(i)+":8080", f.town.within(i)
		if i == 0 { // a first start alone makes the keys, which the others get
			p.flags = append(p.flags, "--demo", "off")
			p.start()
			p.stop()
		} else {
			copyKeys(t, filepath.Join(f.nodes[0].data, "keys"), filepath.Join(p.data, "keys"))
		}
		p.flags = append(p.flags, "--second-factor", "off", "--demo", []string{"on", "off", "off"}[i],
			"--cluster", fmt.Sprintf("n%d", i+1), "--cluster-listen", routes[i], "--cluster-routes", strings.Join(routes, ","),
			"--cluster-tls-cert", files.Certificate, "--cluster-tls-key", files.Key, "--cluster-tls-ca", files.Authority)
		f.nodes = append(f.nodes, p)
	}
	f.program = f.nodes[0]
	for _, p := range f.nodes {
		p.begin()
	}
	for _, p := range f.nodes {
		p.eventually("the node is ready", func() bool { return strings.HasPrefix(p.readyz(), "200") })
	}
}

// copyKeys copies key files as an operator does.
func copyKeys(t *testing.T, from, to string) {
	t.Helper()
	err := os.MkdirAll(to, 0o700)
	if err == nil {
		err = fs.WalkDir(os.DirFS(from), ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := os.ReadFile(filepath.Join(from, name))
			if err == nil {
				err = os.WriteFile(filepath.Join(to, name), b, 0o600)
			}
			return err
		})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// crash kills the program once; it is started again.
func (p *program) crash() {
	p.t.Helper()
	before := p.starts.Load()
	p.signal(syscall.SIGKILL)
	p.eventually("the program was started again", func() bool { return p.starts.Load() > before })
}

// nodeStatus is what the tests read of /status.
type nodeStatus struct {
	Nodes    []struct{ Live, Draining bool }
	Units    []struct{ Serving bool }
	Wrong    []string
	Sessions []struct {
		Session engine.SessionID
		Node    string
	}
}

// tells is what a node tells of itself; empty while it does not answer.
func (p *program) tells() (s nodeStatus) {
	client := http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	r, err := client.Get("http://" + p.addr + "/status")
	if err != nil {
		return s
	}
	defer r.Body.Close()
	if err := json.NewDecoder(r.Body).Decode(&s); err != nil {
		return nodeStatus{}
	}
	return s
}

// owner is the node that decides the session, as a node says it; -1: none.
func (f *fair) owner(asked int) int {
	for _, one := range f.nodes[asked].tells().Sessions {
		if one.Session == f.session && one.Node != "" {
			return int(one.Node[1] - '1')
		}
	}
	return -1
}

// settledOwner waits until all nodes live and everything is served, and tells
// who decides the session, and the two others.
func (f *fair) settledOwner() (owner, second, third int) {
	f.T.Helper()
	f.eventually("three nodes serve everything", func() bool {
		s := f.nodes[0].tells()
		for _, n := range s.Nodes {
			if !n.Live || n.Draining {
				return false
			}
		}
		for _, u := range s.Units {
			if !u.Serving {
				return false
			}
		}
		owner = f.owner(0)
		return len(s.Nodes) == 3 && len(s.Units) > 0 && owner >= 0
	})
	return owner, (owner + 1) % 3, (owner + 2) % 3
}

// receiptsAt is how many receipts with a record the people at some nodes have.
func (f *fair) receiptsAt(nodes ...int) (n int) {
	at := map[*bidder]bool{}
	for i, b := range f.bidders {
		for _, node := range nodes {
			at[b] = at[b] || atNode(i) == node
		}
	}
	f.heard.mu.Lock()
	defer f.heard.mu.Unlock()
	for _, r := range f.heard.receipts {
		if r.Seq > 0 && at[r.to] {
			n++
		}
	}
	return n
}

// bidsGoOnAt waits until the people at some nodes have so many more receipts.
func (f *fair) bidsGoOnAt(more int, nodes ...int) {
	f.T.Helper()
	before := f.receiptsAt(nodes...)
	f.eventually(fmt.Sprintf("bids go on at %v", nodes), func() bool { return f.receiptsAt(nodes...) >= before+more })
}

// finish is the end of every fair: as that of a sale, with the record of each
// node, and what the spectators were told.
func (f *fair) finish() {
	f.T.Helper()
	room := f.await(engine.PhaseClosed)
	f.leave()
	f.announce(room)
	f.finishAnnounced(room)
}

func (f *fair) finishAnnounced(room engine.Room) {
	f.T.Helper()
	f.eventually("the result is in the office", func() bool { return f.hasResult(f.dsn) })
	record := f.publicRecord()
	f.eachSawThis(room)
	last, _ := f.eyes[0].At()
	for i, eye := range f.eyes {
		f.eventually("every spectator has been told the end", func() bool { seq, _ := eye.At(); return seq >= last })
		eye.Close()
		told, _ := eye.Told()
		if len(told) < int(last)/2 {
			f.Errorf("the spectator of node %d was told %d of %d updates one by one: nothing is compared", i+1, len(told), last)
		}
	}
	f.report(room.Now.LostMs)
	heard := visitortest.Heard{Rows: f.heard.rows, Spectators: f.eyes}
	for _, r := range f.heard.receipts {
		heard.Receipts = append(heard.Receipts, r.Receipt)
	}
	for _, p := range f.nodes {
		if status := p.stop(); status != 0 {
			f.Errorf("a node ended with status %d", status)
		}
	}
	for _, p := range f.nodes {
		if price, bids := visitortest.CheckJournal(f.T, p.data, f.session, heard, 1); price != room.Now.Price || bids != room.Now.Bids {
			f.Errorf("a record ends with %d after %d bids, the room was told %d after %d", price, bids, room.Now.Price, room.Now.Bids)
		}
	}
	f.judgeProof(record)
	f.judgeHistory()
	f.judgeOffice(room)
	if f.heard.bids() < 3*len(f.bidders) {
		f.Errorf("only %d receipts: nobody was bidding, so nothing was tested", f.heard.bids())
	}
}

// toldToBeCut waits until the viewers of a node are told that it is cut off, and
// since when.
func (f *fair) toldToBeCut(node int, cut time.Time) {
	f.T.Helper()
	f.eventually("its viewers are told that the node is cut off", func() bool { return f.eyes[node].Beat().Cut })
	beat := f.eyes[node].Beat()
	f.note("node %d: its viewers were told %.1f s after the cut", node+1, beat.At.Sub(cut).Seconds())
	if since := beat.Behind.Time(); since.Before(cut.Add(-settling)) || since.After(beat.At) {
		f.T.Errorf("they are told %v after the cut that it has been so since %v after it", beat.At.Sub(cut), since.Sub(cut))
	}
}

// toldNothing waits until the viewers of a node are told that it knows the newest.
func (f *fair) toldNothing(node int, mended time.Time) {
	f.T.Helper()
	f.eventually("its viewers are told that the node knows the newest", func() bool {
		beat := f.eyes[node].Beat()
		return beat.At.After(mended) && beat.Behind == 0 && !beat.Cut
	})
	f.note("node %d: its viewers were told %.1f s after that it is over", node+1, f.eyes[node].Beat().At.Sub(mended).Seconds())
}
