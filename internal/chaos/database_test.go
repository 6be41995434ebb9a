package chaos_test

import (
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"gobua/engine"
	"gobua/store/localpg/localpgtest"
)

// officeServer is the database of the office, which things are done to.
type officeServer struct{ *localpgtest.Server }

// processes are the server of the office and all its children.
func (o *officeServer) processes(t *testing.T) (pids []int) {
	t.Helper()
	postmaster := strconv.Itoa(o.Run.Pid())
	pids = append(pids, o.Run.Pid())
	all, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range all {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		_, after, _ := strings.Cut(string(text), ") ") // the name before may have blanks
		fields := strings.Fields(after)
		if len(fields) > 1 && fields[1] == postmaster {
			pid, _ := strconv.Atoi(strings.Split(path, "/")[2]) // the pattern has digits there
			pids = append(pids, pid)
		}
	}
	return pids
}

// freeze stops the whole database as it stands, or lets it go on. Whoever asks
// it hears nothing, not even a refusal.
func (o *officeServer) freeze(t *testing.T, s syscall.Signal) {
	t.Helper()
	for _, pid := range o.processes(t) {
		if err := syscall.Kill(pid, s); err != nil && pid == o.Run.Pid() {
			t.Fatal(err)
		}
	}
}

// TestTheDatabaseIsFrozen through the close and the announcement: it takes
// connections and says nothing. Bidding, the close and the announcement do not
// wait for it, and the result is there once it goes on.
func TestTheDatabaseIsFrozen(t *testing.T) {
	t.Parallel()
	s := openSale(t, plan{bidding: 6 * time.Second})
	s.office.freeze(t, syscall.SIGSTOP)
	thaw := func() { s.office.freeze(t, syscall.SIGCONT) }
	t.Cleanup(func() {
		if s.office.Run != nil {
			thaw()
		}
	})
	got := s.receiptsWithin(2 * time.Second)
	s.note("%d receipts in 2 s of a frozen database", got)
	if got == 0 {
		t.Error("bidding waits for the database")
	}
	room := s.await(engine.PhaseClosed)
	if r := s.readyz(); !strings.HasPrefix(r, "200") {
		t.Errorf("the program is not ready without its office: %s", r)
	}
	s.leave()
	s.announce(room)
	thaw()
	s.finishAnnounced(room)
}

// TestTheDatabaseIsRestartedWhileResultsAreOnTheirWay: it is killed as often as
// it comes back while the announcement is made and the result is delivered.
func TestTheDatabaseIsRestartedWhileResultsAreOnTheirWay(t *testing.T) {
	t.Parallel()
	s := openSale(t, plan{bidding: 4 * time.Second})
	room := s.await(engine.PhaseClosed)
	s.leave()
	killed := make(chan int)
	go func() {
		kills := 0
		for began := time.Now(); time.Since(began) < 2*time.Second; time.Sleep(20 * time.Millisecond) {
			if pid := s.office.Run.Pid(); pid != 0 && syscall.Kill(pid, syscall.SIGKILL) == nil {
				kills++
			}
		}
		killed <- kills
	}()
	s.announce(room)
	kills := <-killed
	failed := strings.Count(s.said.String(), "results wait for the office")
	s.note("%d kills, %d rounds of delivery failed", kills, failed)
	if failed == 0 {
		t.Error("no delivery met a database that was gone, so nothing was tested")
	}
	s.finishAnnounced(room)
}

// TestTheDatabaseFailsOverToAStandbyThatLags: the office took the result, and
// the machine that took it is lost before its standby heard of it. The result
// comes again, from the journal.
func TestTheDatabaseFailsOverToAStandbyThatLags(t *testing.T) {
	t.Parallel()
	primary := &officeServer{localpgtest.New(t)}
	n := newLine(t, "unix", primary.socket(t))
	s := openSale(t, plan{bidding: 5 * time.Second, dsn: n.dsn(primary.DSN)})
	standby := primary.fork(t, n)
	room := s.await(engine.PhaseClosed)
	s.leave()
	s.announce(room)
	s.eventually("the primary has the result", func() bool { return s.hasResult(s.dsn) })
	s.eventually("nothing waits", func() bool {
		waiting, ok := s.metric("gobua_results_waiting")
		return ok && waiting == 0
	})
	primary.Stop()
	s.eventually("the program notices", func() bool { return strings.Contains(s.readyz(), `"office":"closed"`) })
	standby.Start()
	n.lead("unix", standby.socket(t))
	if s.hasResult(s.dsn) {
		t.Fatal("the standby did not lag, so nothing was tested")
	}
	s.finishAnnounced(room)
}

// socket is where the server listens.
func (o *officeServer) socket(t *testing.T) string {
	t.Helper()
	u, err := url.Parse(o.DSN)
	if err != nil || u.Query().Get("port") == "" {
		t.Fatalf("address %s, %v", o.DSN, err)
	}
	return filepath.Join(u.Query().Get("host"), ".s.PGSQL."+u.Query().Get("port"))
}

// dsn is a database as seen through a line.
func (n *line) dsn(direct string) string {
	n.t.Helper()
	u, err := url.Parse(direct)
	if err != nil {
		n.t.Fatal(err)
	}
	host, port, _ := strings.Cut(n.addr(), ":")
	q := u.Query()
	q.Set("host", host)
	q.Set("port", port)
	u.RawQuery = q.Encode()
	return u.String()
}

// fork copies the server's data as it is now, to be started later: what a
// standby has that then hears no more. The server is away for a moment.
func (o *officeServer) fork(t *testing.T, n *line) *officeServer {
	t.Helper()
	folder, err := os.MkdirTemp("", "pg")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	o.Stop()
	if err := copyOwned(folder, o.Folder); err != nil {
		t.Fatal(err)
	}
	o.Start()
	n.cut()
	return &officeServer{localpgtest.In(t, folder)}
}

// copyOwned copies a folder with owners and rights, which PostgreSQL insists on.
func copyOwned(to, from string) error {
	return filepath.WalkDir(from, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		switch {
		case d.IsDir():
			if err := os.MkdirAll(target, 0o700); err != nil {
				return err
			}
		case info.Mode().IsRegular():
			text, err := os.ReadFile(path)
			if err == nil {
				err = os.WriteFile(target, text, 0o600)
			}
			if err != nil {
				return err
			}
		default:
			return nil // a socket
		}
		owner := info.Sys().(*syscall.Stat_t)
		if err := os.Chown(target, int(owner.Uid), int(owner.Gid)); err != nil {
			return err
		}
		return os.Chmod(target, info.Mode().Perm())
	})
}
