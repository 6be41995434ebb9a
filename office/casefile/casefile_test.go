package casefile

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// sample is a small file with an entry in each way of keeping it.
func sample(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	w := NewWriter(&b, "a-1", "Lúa gạo", "Trung tâm")
	for _, e := range [][2]string{
		{"notice/auction.json", `{"title":"Lúa gạo"}`},
		{"files/photo/1-ảnh.jpg", strings.Repeat("\xff\xd8 ảnh ", 500)},
		{"identities/registrations.json", `["Nguyễn Văn An"]`},
		{"identities/files/2.pdf", "%PDF-1.7"},
	} {
		_, err := w.Add(e[0], "thử", strings.NewReader(e[1]))
		check(t, err)
	}
	_, _, err := w.Close()
	check(t, err)
	return b.Bytes()
}

func find(t *testing.T, file []byte) Report {
	t.Helper()
	r, err := Check(bytes.NewReader(file), int64(len(file)))
	check(t, err)
	return r
}

func TestTheSameFactsGiveTheSameBytes(t *testing.T) {
	if !bytes.Equal(sample(t), sample(t)) {
		t.Fatal("two files of the same facts differ")
	}
}

func TestTheManifestHasTheHashOfEveryEntry(t *testing.T) {
	file := sample(t)
	r := find(t, file)
	if !r.Whole() || r.Entries != 5 || r.Reduced != 0 || r.File != sha256.Sum256(file) {
		t.Fatalf("%+v", r)
	}
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	check(t, err)
	for _, f := range z.File {
		in, err := f.Open()
		check(t, err)
		b, err := io.ReadAll(in)
		check(t, err)
		if f.Name == ManifestName {
			var m Manifest
			check(t, json.Unmarshal(b, &m))
			if !slices.IsSortedFunc(m.Entries, func(a, b Entry) int { return strings.Compare(a.Name, b.Name) }) || m.AuctionID != "a-1" {
				t.Fatalf("%+v", m)
			}
			continue
		}
		i := slices.IndexFunc(r.Content.Entries, func(e Entry) bool { return e.Name == f.Name })
		if i < 0 || r.Content.Entries[i].SHA256 != sha256.Sum256(b) || r.Content.Entries[i].Size != int64(len(b)) {
			t.Errorf("%s is not in the manifest as it is", f.Name)
		}
	}
}

// TestAFlippedByteIsFoundAndNamed: wherever in a content it is.
func TestAFlippedByteIsFoundAndNamed(t *testing.T) {
	whole := sample(t)
	z, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
	check(t, err)
	for _, f := range z.File {
		at, err := f.DataOffset()
		check(t, err)
		spoilt := bytes.Clone(whole)
		spoilt[at+int64(f.CompressedSize64)/2] ^= 1
		r := find(t, spoilt)
		if len(r.Trouble) == 0 || r.Trouble[0].Name != f.Name {
			t.Errorf("%s: %+v", f.Name, r.Trouble)
		}
	}
}

// TestNoByteCanBeFlippedUnseen: what no entry holds is covered by the hash of
// the whole.
func TestNoByteCanBeFlippedUnseen(t *testing.T) {
	whole := sample(t)
	before := find(t, whole).File
	for i := range whole {
		spoilt := bytes.Clone(whole)
		spoilt[i] ^= 0x10
		if find(t, spoilt).File == before {
			t.Fatalf("byte %d", i)
		}
	}
}

// rewrite copies a file and lets change leave entries out or add some.
func rewrite(t *testing.T, file []byte, skip string, add ...string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	check(t, err)
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	for _, f := range z.File {
		if f.Name != skip {
			check(t, out.Copy(f))
		}
	}
	for _, name := range add {
		w, err := out.Create(name)
		check(t, err)
		_, err = w.Write([]byte("x"))
		check(t, err)
	}
	check(t, out.Close())
	return b.Bytes()
}

func TestWhatIsMissingOrAddedIsNamed(t *testing.T) {
	whole := sample(t)
	for _, c := range []struct {
		name string
		file []byte
		want Trouble
	}{
		{"left out", rewrite(t, whole, "notice/auction.json"), Trouble{"notice/auction.json", Missing}},
		{"one of the identities left out", rewrite(t, whole, "identities/files/2.pdf"), Trouble{"identities/files/2.pdf", Missing}},
		{"added", rewrite(t, whole, "", "minutes/x.pdf"), Trouble{"minutes/x.pdf", Unlisted}},
		{"twice", rewrite(t, whole, "", ReadmeName), Trouble{ReadmeName, Unlisted}},
		{"out of the folder", rewrite(t, whole, "", "../x"), Trouble{"../x", BadName}},
		{"no manifest", rewrite(t, whole, ManifestName), Trouble{ManifestName, NoListing}},
		{"cut off", whole[:len(whole)/2], Trouble{"", Unread}},
		{"no ZIP", []byte("PK"), Trouble{"", Unread}},
	} {
		if r := find(t, c.file); len(r.Trouble) != 1 || r.Trouble[0] != c.want {
			t.Errorf("%s: %+v", c.name, r.Trouble)
		}
	}
}

func TestIdentitiesCanBeTakenOutWhole(t *testing.T) {
	whole := sample(t)
	var b bytes.Buffer
	check(t, Without(&b, bytes.NewReader(whole), int64(len(whole)), Identities))
	r := find(t, b.Bytes())
	if !r.Whole() || r.Reduced != 2 || r.Entries != 3 || r.Manifest != find(t, whole).Manifest {
		t.Fatalf("%+v", r)
	}
	if bytes.Contains(b.Bytes(), []byte("%PDF")) {
		t.Fatal("a personal file is still there")
	}
}

func TestHostileNames(t *testing.T) {
	w := NewWriter(io.Discard, "a", "b", "c")
	for _, name := range []string{
		"", "/etc/passwd", "..", "../x", "a/../../x", "a//b", "a/", "a\\b", "C:x", "a\x00b", "a\nb", "a\u202egpj.exe", "a\xff", "manifest.json",
		"MANIFEST.json", strings.Repeat("a", 401),
	} {
		if _, err := w.Add(name, "", strings.NewReader("")); !errors.Is(err, ErrName) {
			t.Errorf("%q: %v", name, err)
		}
	}
	_, err := w.Add("x/Ảnh.jpg", "", strings.NewReader(""))
	check(t, err)
	if _, err := w.Add("x/ảnh.jpg", "", strings.NewReader("")); !errors.Is(err, ErrName) {
		t.Errorf("a name that differs in case alone: %v", err)
	}
	for in, want := range map[string]string{
		"hợp đồng.pdf": "hợp đồng.pdf", "../../x.pdf": "_.._x.pdf", "a:b|c?.jpg": "a_b_c_.jpg", "": "_", "...": "_", "\u202egpj.exe": "_gpj.exe",
		strings.Repeat("ấ", 100) + ".pdf": strings.Repeat("ấ", 76) + ".pdf", "a\xffb": "a_b", "con\n.txt": "con_.txt",
	} {
		got := SafePart(in)
		if got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
		if !validName("files/" + got) {
			t.Errorf("%q cannot be an entry", got)
		}
	}
}

// endless gives n bytes that do not compress.
type endless struct{ left, state int64 }

func (e *endless) Read(b []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n := int(min(int64(len(b)), e.left))
	for i := range n {
		e.state = e.state*6364136223846793005 + 1442695040888963407
		b[i] = byte(e.state >> 56)
	}
	e.left -= int64(n)
	return n, nil
}

// bigEntry writes and checks a file with one entry, and returns how many bytes
// were allocated altogether.
func bigEntry(t testing.TB, name string, size int64) uint64 {
	t.Helper()
	file, err := os.Create(t.TempDir() + "/big.zip")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	w := NewWriter(file, "a", "b", "c")
	_, err = w.Add(name, "lớn", &endless{left: size, state: 1})
	if err == nil {
		_, _, err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	end, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Check(file, end)
	if err != nil || !r.Whole() {
		t.Fatalf("%+v, %v", r, err)
	}
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestMemoryDoesNotGrowWithTheFile: all that is ever allocated for 200 MB, not
// only what is held at once, is less than 4 MB.
func TestMemoryDoesNotGrowWithTheFile(t *testing.T) {
	for _, name := range []string{"files/photo.jpg", "sessions/record.json"} {
		size := int64(200 << 20)
		if name != "files/photo.jpg" {
			size = 20 << 20 // compressing takes ten times as long
		}
		if used := bigEntry(t, name, size); used > 4<<20 {
			t.Errorf("%s: %d bytes allocated for %d", name, used, size)
		}
	}
}

func BenchmarkBigFile(b *testing.B) {
	b.SetBytes(200 << 20)
	for b.Loop() {
		b.ReportMetric(float64(bigEntry(b, "files/photo.jpg", 200<<20)), "B-allocated/op")
	}
}
