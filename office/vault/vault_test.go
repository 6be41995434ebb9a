package vault

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func load(t *testing.T, folder string) *Vault {
	t.Helper()
	v, err := Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestWhatIsSealedOpensForItsContextAlone(t *testing.T) {
	v := load(t, t.TempDir())
	plain := []byte("Đỗ Thị Ngọc Ánh, 001085012345")
	sealed := v.Seal("admission/s-1", plain)
	if bytes.Contains(sealed, plain[:8]) {
		t.Fatal("the text can be read")
	}
	if got := len(sealed) - len(plain); got != Overhead {
		t.Errorf("overhead %d, want %d", got, Overhead)
	}
	if got, err := v.Open("admission/s-1", sealed); err != nil || !bytes.Equal(got, plain) {
		t.Fatalf("got %q %v", got, err)
	}
	for _, context := range []string{"admission/s-2", "admission/s-", "", "Admission/s-1"} {
		if _, err := v.Open(context, sealed); !errors.Is(err, ErrBroken) {
			t.Errorf("context %q: got %v", context, err)
		}
	}
	if bytes.Equal(sealed, v.Seal("admission/s-1", plain)) {
		t.Error("equal texts can be recognised")
	}
	if got, err := v.Open("empty", v.Seal("empty", nil)); err != nil || len(got) != 0 {
		t.Errorf("an empty text: %q %v", got, err)
	}
}

func TestEveryChangedBitAndEveryCutIsNoticed(t *testing.T) {
	v := load(t, t.TempDir())
	sealed := v.Seal("c", []byte("thông tin cá nhân"))
	for i := range sealed {
		for bit := range 8 {
			bad := bytes.Clone(sealed)
			bad[i] ^= 1 << bit
			if _, err := v.Open("c", bad); !errors.Is(err, ErrBroken) {
				t.Fatalf("byte %d bit %d: got %v", i, bit, err)
			}
		}
		if _, err := v.Open("c", sealed[:i]); !errors.Is(err, ErrBroken) {
			t.Fatalf("cut to %d bytes: got %v", i, err)
		}
	}
	if _, err := v.Open("c", append(sealed, 0)); !errors.Is(err, ErrBroken) {
		t.Errorf("a byte more: got %v", err)
	}
	if other := load(t, t.TempDir()); func() bool { _, err := other.Open("c", sealed); return err == nil }() {
		t.Error("another installation opens it")
	}
}

func TestANewKeySealsAndTheOldOnesStillOpen(t *testing.T) {
	folder := t.TempDir()
	before := load(t, folder)
	old := before.Seal("c", []byte("cũ"))
	if id, err := AddKey(folder); err != nil || id != 2 {
		t.Fatalf("got key %d %v", id, err)
	}
	after := load(t, folder)
	if got, err := after.Open("c", old); err != nil || string(got) != "cũ" {
		t.Fatalf("the old value: %q %v", got, err)
	}
	renewed := after.Seal("c", []byte("mới"))
	if before.Stale(old) || !after.Stale(old) || after.Stale(renewed) {
		t.Error("which values are of an older key is told wrongly")
	}
	if _, err := before.Open("c", renewed); !errors.Is(err, ErrBroken) {
		t.Errorf("a process with the old key alone: %v", err)
	}
	if !bytes.Equal(before.Mac("id", "001"), after.Mac("id", "001")) || before.Pseudonym("a") != after.Pseudonym("a") || before.Mark() != after.Mark() {
		t.Error("what rows are found by has changed with the key")
	}
	if err := os.Remove(pathOf(folder, 1)); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(folder); err == nil {
		t.Error("a missing key goes unnoticed")
	}
}

func TestAKeyThatOthersMayReadIsRefused(t *testing.T) {
	folder := t.TempDir()
	load(t, folder)
	path := filepath.Join(folder, "vault-001")
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("the key file: %v %v", info, err)
	}
	for _, mode := range []os.FileMode{0o644, 0o640, 0o604} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(folder); err == nil || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("mode %#o: %v", mode, err)
		}
	}
	if err := os.WriteFile(path, []byte("abc"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(folder); err == nil || !strings.Contains(err.Error(), "damaged") || strings.Contains(err.Error(), "delete") {
		t.Errorf("a damaged key: %v", err)
	}
	if _, err := Load(filepath.Join(folder, "missing")); err == nil {
		t.Error("a missing folder is no error")
	}
}

func TestTheNumbersOfKeysEnd(t *testing.T) {
	folder := t.TempDir()
	for _, tt := range []struct{ name, want string }{{"vault-255", "all 255"}, {"vault-256", "end at 255"}} {
		if err := os.WriteFile(filepath.Join(folder, tt.name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := AddKey(folder); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func TestAMacFindsATextInItsContextAlone(t *testing.T) {
	v, other := load(t, t.TempDir()), load(t, t.TempDir())
	mac := v.Mac("person/national-id", "001085012345")
	if len(mac) != 32 || !bytes.Equal(mac, v.Mac("person/national-id", "001085012345")) {
		t.Fatal("the same text is not found again")
	}
	for name, m := range map[string][]byte{
		"text": v.Mac("person/national-id", "001085012346"), "context": v.Mac("organisation/tax-code", "001085012345"),
		"border": v.Mac("person/national-id0", "01085012345"), "key": other.Mac("person/national-id", "001085012345"),
	} {
		if bytes.Equal(mac, m) {
			t.Errorf("another %s has the same hash", name)
		}
	}
	alias := v.Pseudonym("0197")
	if !regexp.MustCompile(`^[a-z2-7]{26}$`).MatchString(alias) || alias != v.Pseudonym("0197") || alias == v.Pseudonym("0198") || alias == other.Pseudonym("0197") {
		t.Errorf("pseudonym %q", alias)
	}
	if v.Mark() == other.Mark() {
		t.Error("two installations have the same mark")
	}
}

func TestAVaultIsNotPrinted(t *testing.T) {
	v := load(t, t.TempDir())
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("m", "vault", v)
	for _, s := range []string{fmt.Sprintf("%v %s %+v %#v", v, v, v, v), log.String()} {
		if strings.Count(s, "(vault)") == 0 || strings.Contains(s, "mac") {
			t.Errorf("prints %s", s)
		}
	}
}
