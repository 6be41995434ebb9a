package localpg

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// What lies in the folder.
const (
	dataName   = "data"     // the database cluster
	newName    = "data.new" // one that is being made
	lockName   = "lock"     // held by the program that uses the folder
	secretName = "secret"   // 32 random bytes from which the passwords are derived
	pwName     = "initdb.pw"
)

// folder is a locked folder and the user its server runs as.
type folder struct {
	path string
	lock *os.File
	root *os.File            // the folder itself, handed to children that cannot reach its path
	cred *syscall.Credential // nil: as this process
	user string
}

// openFolder makes and locks the folder.
func openFolder(path string) (*folder, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	f := &folder{path: path}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, err
	}
	if err := f.chooseUser(); err != nil {
		return nil, err
	}
	if f.cred != nil {
		if err := os.Chown(path, int(f.cred.Uid), int(f.cred.Gid)); err != nil {
			return nil, err
		}
	}
	if err := f.takeLock(); err != nil {
		return nil, err
	}
	if f.root, err = os.Open(path); err != nil {
		f.close()
		return nil, err
	}
	return f, nil
}

// chooseUser finds whom to run the server as. PostgreSQL refuses root; its data
// must belong to the user it runs as, so data that is there decides.
func (f *folder) chooseUser() error {
	owner, there := ownerOf(f.data())
	self := uint32(os.Geteuid())
	if self != 0 {
		f.user = strconv.Itoa(int(self))
		if there && owner.Uid != self {
			return fmt.Errorf("%s belongs to user id %d, this program runs as %d: run it as that user or as root", f.data(), owner.Uid, self)
		}
		return nil
	}
	if there && owner.Uid != 0 {
		f.cred, f.user = owner, strconv.Itoa(int(owner.Uid))
		return nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err := errors.Join(err1, err2); err != nil {
			return err
		}
		f.cred, f.user = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, name
		return nil
	}
	return errors.New("it cannot run as root, and there is no user postgres or nobody to run as: run this program as an ordinary user")
}

func ownerOf(path string) (*syscall.Credential, bool) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, false
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return nil, false
	}
	return &syscall.Credential{Uid: st.Uid, Gid: st.Gid}, true
}

// takeLock refuses a folder that another program uses. The lock goes with the
// process, however it ends.
func (f *folder) takeLock() error {
	lock, err := os.OpenFile(filepath.Join(f.path, lockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		holder, _ := os.ReadFile(lock.Name())
		lock.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return fmt.Errorf("%s is in use by another instance of this program (process %s): stop it, or choose another data folder",
				f.path, bytes.TrimSpace(holder))
		}
		return fmt.Errorf("%s cannot be locked: %w", f.path, err)
	}
	f.lock = lock
	if err := lock.Truncate(0); err != nil {
		return err
	}
	_, err = lock.WriteAt(fmt.Appendf(nil, "%d\n", os.Getpid()), 0)
	return err
}

func (f *folder) close() {
	for _, file := range []*os.File{f.root, f.lock} {
		if file != nil {
			file.Close()
		}
	}
}

func (f *folder) data() string { return filepath.Join(f.path, dataName) }

// dataVersion is the major version that made the data, "" if there is none.
func (f *folder) dataVersion() string {
	b, err := os.ReadFile(filepath.Join(f.data(), "PG_VERSION"))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}

// byDescriptor tells whether children reach the folder by descriptor 3 instead
// of its path. Somebody else than root often cannot walk the path, for example
// through /root; a descriptor opened before needs no walking.
func (f *folder) byDescriptor() bool { return f.cred != nil && runtime.GOOS == "linux" }

// seen is the folder's path as children see it.
func (f *folder) seen() string {
	if f.byDescriptor() {
		return "/proc/self/fd/3"
	}
	return f.path
}

// command is a process that runs as the folder's user and sees the folder.
func (f *folder) command(path string, args ...string) *exec.Cmd {
	cmd := exec.Command(path, args...)
	cmd.Env = environment()
	cmd.Dir = "/" // the caller's working folder may be out of bounds for the other user
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: f.cred}
	if f.byDescriptor() {
		cmd.ExtraFiles = []*os.File{f.root}
	}
	return cmd
}

// secret reads the folder's secret, and makes it the first time.
func (f *folder) secret() ([]byte, error) {
	path := filepath.Join(f.path, secretName)
	b, err := os.ReadFile(path)
	switch {
	case err == nil && len(b) == 32:
		return b, nil
	case err == nil:
		return nil, fmt.Errorf("%s is damaged: restore it from a backup", path)
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	case f.dataVersion() != "":
		return nil, fmt.Errorf("%s is missing, without it nobody can sign in to the data beside it: restore it from a backup", path)
	}
	b = make([]byte, 32)
	rand.Read(b) // never fails
	return b, writeSynced(path, b)
}

// initialise makes the database cluster. It is made aside and renamed when it
// is whole, so that a crash in between leaves nothing half made.
func (f *folder) initialise(ctx context.Context, bin binaries, secret []byte) error {
	pw := filepath.Join(f.path, pwName)
	if err := os.WriteFile(pw, []byte(password(secret, adminRole)+"\n"), 0o600); err != nil {
		return err
	}
	defer os.Remove(pw)
	if f.cred != nil {
		if err := os.Chown(pw, int(f.cred.Uid), int(f.cred.Gid)); err != nil {
			return err
		}
	}
	// Letters are only folded in Go, so the locale matters to people with a
	// psql, and the plain one will do where there is no other.
	var err error
	for _, ctype := range []string{"C.UTF-8", "C"} {
		if err = f.initdb(ctx, bin, ctype); err == nil {
			break
		}
	}
	if err != nil {
		return err
	}
	if err := os.Rename(filepath.Join(f.path, newName), f.data()); err != nil {
		return err
	}
	return f.root.Sync()
}

func (f *folder) initdb(ctx context.Context, bin binaries, ctype string) error {
	if err := os.RemoveAll(filepath.Join(f.path, newName)); err != nil {
		return err
	}
	cmd := f.command(bin.path("initdb"), "-D", filepath.Join(f.seen(), newName), "-U", adminRole,
		"--pwfile", filepath.Join(f.seen(), pwName), "-A", "scram-sha-256", "-E", "UTF8",
		"--locale=C", "--lc-ctype="+ctype, "--data-checksums")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	// The thread must outlive the process, see supervise.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	dieWithParent(cmd.SysProcAttr, syscall.SIGKILL)
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			return fmt.Errorf("initdb: %w: %s", err, lastLine(out.String()))
		}
		return nil
	case <-ctx.Done():
		_ = cmd.Process.Kill()
		<-ended
		return fmt.Errorf("initdb: %w", ctx.Err())
	}
}

func writeSynced(path string, b []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(b)
	return errors.Join(err, file.Sync(), file.Close())
}

func lastLine(s string) string {
	s = strings.TrimSpace(s)
	return s[strings.LastIndexByte(s, '\n')+1:]
}
