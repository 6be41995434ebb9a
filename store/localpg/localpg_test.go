package localpg

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "github.com/lib/pq"
)

// The test binary runs itself again as a program that is going to be killed.
const (
	childDir     = "GOBUA_TEST_LOCALPG_DIR"
	childOutlive = "GOBUA_TEST_LOCALPG_OUTLIVE"
)

// template is a folder that was initialised once; tests copy it, because
// initdb takes seconds.
var template string

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		child(dir)
		return
	}
	os.Exit(withTemplate(m.Run))
}

func withTemplate(run func() int) int {
	base, err := os.MkdirTemp("", "localpg")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(base)
	template = filepath.Join(base, "pg")
	s, _, err := Start(context.Background(), template, quiet)
	if err != nil {
		panic(err)
	}
	s.Stop()
	return run()
}

// child is a program with a private server that does not expect to die.
func child(dir string) {
	outlive = os.Getenv(childOutlive) != ""
	s, dsn, err := Start(context.Background(), dir, quiet)
	if err != nil {
		fmt.Println("error", err)
		return
	}
	fmt.Println("running", s.Pid(), dsn)
	_, _ = io.Copy(io.Discard, os.Stdin) // until the test is gone
	s.Stop()
}

var quiet = slog.New(slog.DiscardHandler)

func fromTemplate(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "pg")
	if out, err := exec.Command("cp", "-a", template, dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return dir
}

func begin(t *testing.T, dir string) (*Server, *sql.DB) {
	t.Helper()
	s, dsn, err := Start(context.Background(), dir, quiet)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	return s, connect(t, dsn)
}

func connect(t *testing.T, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func exec1(t *testing.T, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
}

func count(t *testing.T, db *sql.DB) (n int) {
	t.Helper()
	if err := db.QueryRow(`select count(*) from kept`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// until waits for a condition of another process.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

// gone tells whether a process has ended, even if nobody has asked for its
// exit code yet, as it happens in containers without an init.
func gone(pid int) bool {
	stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return syscall.Kill(pid, 0) == syscall.ESRCH || strings.Contains(string(stat), ") Z ")
}

func TestItKeepsDataAcrossStops(t *testing.T) {
	dir := fromTemplate(t)
	s, db := begin(t, dir)
	exec1(t, db, `create table kept (n int)`)
	exec1(t, db, `insert into kept values (1)`)
	pid := s.Pid()
	s.Stop()
	s.Stop() // harmless
	if !gone(pid) {
		t.Fatal("the server lives on after Stop")
	}
	_, db = begin(t, dir)
	if n := count(t, db); n != 1 {
		t.Fatalf("%d rows kept, want 1", n)
	}
}

func TestTheProgramsRoleOwnsOnlyItsDatabase(t *testing.T) {
	s, db := begin(t, fromTemplate(t))
	var super, createdb bool
	var encoding string
	err := db.QueryRow(`select rolsuper, rolcreatedb, current_setting('server_encoding') from pg_roles where rolname = current_user`).
		Scan(&super, &createdb, &encoding)
	if err != nil || super || createdb || encoding != "UTF8" {
		t.Fatalf("superuser %v, may create databases %v, encoding %s, %v", super, createdb, encoding, err)
	}
	if os.Geteuid() != 0 {
		return
	}
	var st syscall.Stat_t
	if err := syscall.Stat(fmt.Sprintf("/proc/%d", s.Pid()), &st); err != nil || st.Uid == 0 {
		t.Fatalf("the server runs as user %d (%v)", st.Uid, err)
	}
}

func TestNobodyGetsInWithoutThePassword(t *testing.T) {
	dir := fromTemplate(t)
	s, _ := begin(t, dir)
	db := connect(t, s.addr.dsn(adminRole, "postgres", []byte("guessed")))
	if err := db.Ping(); err == nil || !strings.Contains(err.Error(), "password") {
		t.Fatalf("got in: %v", err)
	}
	info, err := os.Stat(filepath.Join(dir, secretName))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("secret: %v, %v", info.Mode(), err)
	}
}

func TestASecondInstanceIsRefused(t *testing.T) {
	dir := fromTemplate(t)
	_, db := begin(t, dir)
	_, _, err := Start(context.Background(), dir, quiet)
	if err == nil || !strings.Contains(err.Error(), "in use by another instance") || !strings.Contains(err.Error(), fmt.Sprint(os.Getpid())) {
		t.Fatalf("second instance: %v", err)
	}
	begin(t, fromTemplate(t)) // beside it, in another folder
	exec1(t, db, `select 1`)  // the first is undisturbed
}

func TestALongPathFallsBackToThePort(t *testing.T) {
	dir := filepath.Join(filepath.Dir(fromTemplate(t)), strings.Repeat("dài", 30))
	if err := os.Rename(filepath.Join(filepath.Dir(dir), "pg"), dir); err != nil {
		t.Fatal(err)
	}
	s, db := begin(t, dir)
	if s.addr.port == 0 {
		t.Fatalf("a socket in %d bytes", len(dir))
	}
	exec1(t, db, `select 1`)
}

func TestAKilledServerIsStartedAgain(t *testing.T) {
	s, db := begin(t, fromTemplate(t))
	exec1(t, db, `create table kept (n int)`)
	for i := 1; i <= 2; i++ {
		exec1(t, db, `insert into kept values (1)`)
		pid := s.Pid()
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		until(t, "another server answers", func() bool { return s.Pid() != pid && db.Ping() == nil })
		if n := count(t, db); n != i {
			t.Fatalf("%d rows kept, want %d", n, i)
		}
	}
}

func TestAKilledBackendIsNotTheEnd(t *testing.T) {
	s, db := begin(t, fromTemplate(t))
	pid := s.Pid()
	var backend int
	if err := db.QueryRow(`select pg_backend_pid()`).Scan(&backend); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(backend, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	until(t, "it answers", func() bool { return db.Ping() == nil })
	if s.Pid() != pid {
		t.Fatal("the whole server was started again")
	}
}

// program starts a child program with a private server.
func program(t *testing.T, dir string, env ...string) (cmd *exec.Cmd, postmaster int, dsn string) {
	t.Helper()
	cmd = exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), append(env, childDir+"="+dir)...)
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscanf(line, "running %d %s", &postmaster, &dsn); err != nil {
		t.Fatalf("%v: %s", err, line)
	}
	return cmd, postmaster, dsn
}

func kill(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
}

func TestItDoesNotOutliveAKilledProgram(t *testing.T) {
	dir := fromTemplate(t)
	cmd, postmaster, dsn := program(t, dir)
	exec1(t, connect(t, dsn), `create table kept as select 1`)
	kill(t, cmd)
	_, db := begin(t, dir) // at once, while the old one is shutting down
	if n := count(t, db); n != 1 {
		t.Fatalf("%d rows kept, want 1", n)
	}
	if !gone(postmaster) {
		t.Fatal("the server outlived the program")
	}
}

func TestAnOrphanIsStopped(t *testing.T) {
	dir := fromTemplate(t)
	cmd, postmaster, dsn := program(t, dir, childOutlive+"=1")
	other := connect(t, dsn)
	exec1(t, other, `create table kept as select 1`)
	kill(t, cmd)
	exec1(t, other, `insert into kept values (2)`) // the orphan really is alive
	s, db := begin(t, dir)
	if s.Pid() == postmaster || !gone(postmaster) {
		t.Fatal("the orphan is still there")
	}
	if n := count(t, db); n != 2 {
		t.Fatalf("%d rows kept, want 2", n)
	}
}

func TestAStalePidFileOfSomebodyElseIsNoObstacle(t *testing.T) {
	dir := fromTemplate(t)
	// As after a reboot: the number belongs to this test now.
	stale := fmt.Sprintf("%d\n%s\n0\n5432\n.\n\n0 0\nready\n", os.Getpid(), filepath.Join(dir, dataName))
	if err := os.WriteFile(filepath.Join(dir, dataName, "postmaster.pid"), []byte(stale), 0o644); err != nil {
		t.Fatal(err)
	}
	begin(t, dir)
}

func TestAnInterruptedInitialisationIsRepeated(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pg")
	if err := os.MkdirAll(filepath.Join(dir, newName, "base"), 0o700); err != nil {
		t.Fatal(err)
	}
	_, db := begin(t, dir)
	exec1(t, db, `select 1`)
}

func TestWhatIsWrongIsSaidInOneLine(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(t *testing.T, dir string)
		want  string
	}{
		{"data of a version that is not installed", func(t *testing.T, dir string) {
			must(t, os.WriteFile(filepath.Join(dir, dataName, "PG_VERSION"), []byte("9\n"), 0o600))
		}, "made by PostgreSQL 9, which is not installed"},
		{"no secret", func(t *testing.T, dir string) {
			must(t, os.Remove(filepath.Join(dir, secretName)))
		}, "restore it from a backup"},
		{"another secret", func(t *testing.T, dir string) {
			must(t, os.WriteFile(filepath.Join(dir, secretName), make([]byte, 32), 0o600))
		}, "do not belong together"},
		{"a setting that is none", func(t *testing.T, dir string) {
			must(t, os.WriteFile(filepath.Join(dir, dataName, "postgresql.conf"), []byte("nonsense = 1\n"), 0o644))
		}, "configuration file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := fromTemplate(t)
			c.spoil(t, dir)
			s, _, err := Start(context.Background(), dir, quiet)
			if err == nil {
				s.Stop()
				t.Fatal("it started")
			}
			if !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Fatalf("got %q, want one line with %q", err, c.want)
			}
		})
	}
}

func TestMissingProgramsAreNamed(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	before := folderPatterns
	folderPatterns = nil
	defer func() { folderPatterns = before }()
	_, _, err := Start(context.Background(), filepath.Join(t.TempDir(), "pg"), quiet)
	if err == nil || !strings.Contains(err.Error(), "install postgresql") || !strings.Contains(err.Error(), "DATABASE_URL") {
		t.Fatalf("got %v", err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
