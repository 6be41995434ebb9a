//go:build chaos && linux

package chaos_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// disk is a file system of its own, in a file, that may be filled, frozen and
// broken without harming anybody.
type disk struct {
	t      *testing.T
	image  string
	folder string // where it is mounted
	loop   string // the name of its device, loop0
}

// run runs a program of the system, which must work.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v: %s\nFaults of the disk need Linux, root, mount, mkfs.ext4, e2fsck, fsfreeze and strace: apt-get install util-linux e2fsprogs strace, "+
			"then make chaos as root.", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// newDisk makes and mounts one with so many MiB.
func newDisk(t *testing.T, mib int64) *disk {
	t.Helper()
	base := t.TempDir()
	d := &disk{t: t, image: filepath.Join(base, "image"), folder: filepath.Join(base, "disk")}
	f, err := os.Create(d.image)
	if err == nil {
		err = f.Truncate(mib << 20)
	}
	if err == nil {
		err = f.Close()
	}
	if err == nil {
		err = os.Mkdir(d.folder, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	run(t, "mkfs.ext4", "-q", d.image)
	d.mount()
	t.Cleanup(func() {
		_ = exec.Command("fsfreeze", "-u", d.folder).Run() // if it is frozen
		_ = exec.Command("umount", "-l", d.folder).Run()   // if it is mounted
	})
	return d
}

func (d *disk) mount() {
	d.t.Helper()
	run(d.t, "mount", "-o", "loop,errors=remount-ro", d.image, d.folder)
	d.loop = filepath.Base(strings.TrimSpace(run(d.t, "findmnt", "-n", "-o", "SOURCE", d.folder)))
}

// fail makes the file system find an error in itself, which makes it read-only
// at once, as ext4 does on a dying disk.
func (d *disk) fail() {
	d.t.Helper()
	if err := os.WriteFile("/sys/fs/ext4/"+d.loop+"/trigger_fs_error", []byte("chaos"), 0o200); err != nil {
		d.t.Fatal(err)
	}
}

// repair is what an administrator does with such a disk; nobody may use it.
func (d *disk) repair() {
	d.t.Helper()
	run(d.t, "umount", d.folder)
	out, err := exec.Command("e2fsck", "-fy", d.image).CombinedOutput()
	var ended *exec.ExitError
	if err != nil && (!errors.As(err, &ended) || ended.ExitCode() > 1) { // 1: errors were corrected
		d.t.Fatalf("e2fsck: %v: %s", err, out)
	}
	d.mount()
}

// freeze has every write wait; thaw ends it.
func (d *disk) freeze() { run(d.t, "fsfreeze", "-f", d.folder) }
func (d *disk) thaw()   { run(d.t, "fsfreeze", "-u", d.folder) }
