package upload

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
)

// page is the smallest PDF of one page, with more in its catalogue and more
// objects, which are numbered from 4.
func page(catalogue string, more ...string) []byte {
	objects := append([]string{
		"<</Type/Catalog/Pages 2 0 R" + catalogue + ">>",
		"<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Resources<<>>>>",
	}, more...)
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	table := fmt.Sprintf("xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for i, object := range objects {
		table += fmt.Sprintf("%010d 00000 n \n", b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	start := b.Len()
	fmt.Fprintf(&b, "%strailer\n<</Size %d/Root 1 0 R/ID[<00112233445566778899aabbccddeeff><00112233445566778899aabbccddeeff>]>>\nstartxref\n%d\n%%%%EOF\n", table, len(objects)+1, start)
	return b.Bytes()
}

// packed is the same page with its objects compressed, so that no word of them
// can be found in the bytes. catalogue and more must not refer to streams.
func packed(t *testing.T, catalogue string, more ...string) []byte {
	t.Helper()
	objects := append([]string{
		"<</Type/Catalog/Pages 2 0 R" + catalogue + ">>",
		"<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Resources<<>>>>",
	}, more...)
	var numbers, bodies string
	var table bytes.Buffer // rows of: kind, position or stream, index
	row := func(kind byte, a uint32, b byte) {
		table.WriteByte(kind)
		check(t, binary.Write(&table, binary.BigEndian, a))
		table.WriteByte(b)
	}
	last := len(objects) + 1 // of the stream of objects
	row(0, 0, 0)
	for i, object := range objects {
		numbers += fmt.Sprintf("%d %d ", i+1, len(bodies))
		bodies += object + "\n"
		row(2, uint32(last), byte(i))
	}
	var b bytes.Buffer
	stream := func(number int, head string, content []byte) {
		var z bytes.Buffer
		w := zlib.NewWriter(&z)
		_, err := w.Write(content)
		check(t, errors.Join(err, w.Close()))
		fmt.Fprintf(&b, "%d 0 obj\n<<%s/Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream\nendobj\n", number, head, z.Len(), z.Bytes())
	}
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	row(1, uint32(b.Len()), 0)
	stream(last, fmt.Sprintf("/Type/ObjStm/N %d/First %d", len(objects), len(numbers)), []byte(numbers+bodies))
	start := b.Len()
	row(1, uint32(start), 0)
	stream(last+1, fmt.Sprintf("/Type/XRef/Size %d/W[1 4 1]/Root 1 0 R/ID[<00112233><00112233>]", last+2), table.Bytes())
	fmt.Fprintf(&b, "startxref\n%d\n%%%%EOF\n", start)
	return b.Bytes()
}

func archiveOf(t *testing.T, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, n := range names {
		_, err := z.Create(n)
		check(t, err)
	}
	check(t, z.Close())
	return b.Bytes()
}

func TestAPDFThatRunsSomethingIsFound(t *testing.T) {
	const js = "/OpenAction<</Type/Action/S/JavaScript/JS(app.alert\\(1\\))>>"
	hidden := packed(t, "/OpenAction 4 0 R", "<</Type/Action/S/JavaScript/JS(app.alert\\(1\\))>>")
	if bytes.Contains(hidden, []byte("Script")) {
		t.Fatal("the script is not hidden")
	}
	var locked bytes.Buffer
	check(t, api.Encrypt(bytes.NewReader(page("")), &locked, model.NewAESConfiguration("", "owner", 256)))
	var shut bytes.Buffer
	check(t, api.Encrypt(bytes.NewReader(page("")), &shut, model.NewAESConfiguration("user", "owner", 256)))
	tests := []struct {
		name    string
		content []byte
		want    string
	}{
		{"plain", page(""), ""},
		{"plain and packed", packed(t, ""), ""},
		{"opens at a page", page("/OpenAction[3 0 R/Fit]"), ""},
		{"link to a site", page("", "<</Type/Annot/Subtype/Link/A<</S/URI/URI(https://example.vn)>>>>"), ""},
		{"script", page(js), ActiveContent},
		{"script in another object", page("/OpenAction 4 0 R", "<</S/JavaScript/JS(1)>>"), ActiveContent},
		{"script with an escaped name", page("/OpenAction<</S/J#61vaScript/J#53(1)>>"), ActiveContent},
		{"script among the names", page("/Names<</J#61vaScript<</Names[(a) 4 0 R]>>>>", "<</Kind/x>>"), ActiveContent},
		{"script that is packed", hidden, ActiveContent},
		{"program", page("/OpenAction<</S/L#61unch/F(calc.exe)>>"), ActiveContent},
		{"form that is sent", page("", "<</A<</S/SubmitForm/F(https://example.vn)>>>>"), ActiveContent},
		{"form with its own language", page("/AcroForm<</XFA[(a) 4 0 R]>>", "<<>>"), ActiveContent},
		{"deep in arrays", page("/Z[[[[<</S/Launch>>]]]]"), ActiveContent},
		{"locked against changes", locked.Bytes(), Encrypted},
		{"with a password", shut.Bytes(), Encrypted},
		{"cut", page("")[:120], Damaged},
		{"only its name", []byte("%PDF-1.7"), Damaged},
		{"nested without end", page("/Z" + strings.Repeat("[", 5000) + strings.Repeat("]", 5000)), Damaged},
		{"an archive behind it", append(page(""), archiveOf(t, "a.exe")...), TwoTypes},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := inspect(tt.content, PDF); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestAPictureThatIsHalfThereOrTwoThingsIsFound(t *testing.T) {
	noisy := image.NewRGBA(image.Rect(0, 0, 200, 200))
	for i := range noisy.Pix {
		noisy.Pix[i] = byte(i * i >> 3)
	}
	var portrait bytes.Buffer
	check(t, png.Encode(&portrait, noisy))
	shot := photo(t, 64, 64)
	comment := []byte("<html><script>alert(1)</script>")
	spoken := append(append([]byte{0xff, 0xd8, 0xff, 0xfe, 0, byte(len(comment) + 2)}, comment...), shot[2:]...)
	tests := []struct {
		name    string
		content []byte
		media   string
		want    string
	}{
		{"jpeg", shot, JPEG, ""},
		{"png", portrait.Bytes(), PNG, ""},
		{"half a png", portrait.Bytes()[:portrait.Len()/2], PNG, Damaged},
		{"half a jpeg", shot[:len(shot)-20], JPEG, Damaged},
		{"jpeg and archive", append(bytes.Clone(shot), archiveOf(t, "a.class")...), JPEG, TwoTypes},
		{"jpeg and page", spoken, JPEG, TwoTypes},
		{"jpeg and pdf", append([]byte{0xff, 0xd8, 0xff, 0xfe, 0, 8, '%', 'P', 'D', 'F', '-', '1'}, shot[2:]...), JPEG, TwoTypes},
	}
	for _, tt := range tests {
		if media := detect(bytes.NewReader(tt.content), int64(len(tt.content))); media != tt.media {
			t.Errorf("%s is taken for %q", tt.name, media)
		}
		if got := inspect(tt.content, tt.media); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestAPictureTooLargeByItsHeaderIsNotUnpacked(t *testing.T) {
	var b bytes.Buffer
	check(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, 1, 1))))
	huge := b.Bytes()
	binary.BigEndian.PutUint32(huge[16:], 30_000)
	binary.BigEndian.PutUint32(huge[20:], 30_000)
	binary.BigEndian.PutUint32(huge[29:], crc32.ChecksumIEEE(huge[12:29])) // a header that is right
	if c, err := png.DecodeConfig(bytes.NewReader(huge)); err != nil || c.Width != 30_000 {
		t.Fatal(c, err)
	}
	if got := detect(bytes.NewReader(huge), int64(len(huge))); got != "" {
		t.Errorf("taken for %q", got)
	}
	if _, err := smaller(huge, 480); !errors.Is(err, ErrUnknown) {
		t.Errorf("made smaller: %v", err)
	}
}

// TestAPictureThatUnfoldsToMoreThanItsPixelsIsFound: 16 bits a colour take twice
// the memory, and a JPEG in passes keeps the numbers of all of them.
func TestAPictureThatUnfoldsToMoreThanItsPixelsIsFound(t *testing.T) {
	var b bytes.Buffer
	check(t, png.Encode(&b, image.NewNRGBA64(image.Rect(0, 0, 1, 1))))
	deep := func(width, height uint32) []byte {
		p := bytes.Clone(b.Bytes())
		binary.BigEndian.PutUint32(p[16:], width)
		binary.BigEndian.PutUint32(p[20:], height)
		binary.BigEndian.PutUint32(p[29:], crc32.ChecksumIEEE(p[12:29]))
		return p
	}
	frame := func(kind byte, width, height uint16, sampling byte) []byte {
		p := []byte{0xff, 0xd8, 0xff, 0xe0, 0, 4, 'x', 'x', 0xff, kind, 0, 17, 8}
		p = binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(p, height), width)
		return append(p, 3, 1, sampling, 0, 2, 0x11, 0, 3, 0x11, 0, 0xff, 0xda, 0, 2)
	}
	for name, c := range map[string]struct {
		content []byte
		want    string
	}{
		"16 bits, 20 million pixels": {deep(5000, 4000), PNG},
		"16 bits, 21 million pixels": {deep(5250, 4000), ""},
		"a photo of 40 million":      {frame(0xc0, 8000, 5000, 0x22), JPEG},
		"in passes, 20 million":      {frame(0xc2, 5000, 4000, 0x22), JPEG},
		"in passes, 25 million":      {frame(0xc2, 5000, 5000, 0x22), ""},
		"in passes, all colours":     {frame(0xc2, 4000, 3000, 0x11), ""},
	} {
		if got := detect(bytes.NewReader(c.content), int64(len(c.content))); got != c.want {
			t.Errorf("%s: taken for %q, want %q", name, got, c.want)
		}
	}
}

func TestADocumentThatUnfoldsIsFound(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("xl/workbook.xml")
	check(t, err)
	for block := make([]byte, 1<<20); err == nil && b.Len() < 1<<18; {
		_, err = w.Write(block)
	}
	check(t, err)
	check(t, z.Close())
	if got := inspect(b.Bytes(), XLSX); got != TooLarge {
		t.Errorf("%d bytes: got %q", b.Len(), got)
	}
	if got := inspect(archiveOf(t, "xl/workbook.xml"), XLSX); got != "" {
		t.Errorf("got %q", got)
	}
}

func TestAPhotoForEverybodyIsKeptSilent(t *testing.T) {
	s := open(t)
	exif := []byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00GPS: Hà Nội")
	plain := photo(t, 2000, 1000)
	segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(exif)+2))
	content := append(append(append(bytes.Clone(plain[:2]), segment...), exif...), plain[2:]...)
	check(t, s.Begin(background, id))
	size := int64(len(content))
	_, err := s.Append(background, id, 0, content, size)
	check(t, err)
	var asked Kept
	first, err := s.FinishPhoto(context.Background(), id, size, nil, func(k Kept) error { asked = k; return nil })
	check(t, err)
	again, err := s.FinishPhoto(context.Background(), id, size, nil, all)
	check(t, err)
	if asked.Size != size || asked.MediaType != JPEG || asked.Fault != "" || again != first || first.Hash == asked.Hash {
		t.Errorf("asked of %+v, kept %+v and %+v", asked, first, again)
	}
	file, err := s.Content(background, first.Hash)
	check(t, err)
	defer file.Close()
	kept, err := io.ReadAll(file)
	check(t, err)
	p, err := jpeg.Decode(bytes.NewReader(kept))
	check(t, err)
	if bytes.Contains(kept, []byte("GPS")) || int64(len(kept)) != first.Size || p.Bounds().Dx() != 800 || p.Bounds().Dy() != 1600 {
		t.Errorf("kept %v of %d bytes", p.Bounds(), len(kept))
	}
	if _, err := s.Content(background, asked.Hash); !errors.Is(err, ErrUnknown) {
		t.Errorf("the original is kept: %v", err)
	}
}

func TestShrinkingKeepsWhatIsInThePicture(t *testing.T) {
	// Left half red, right half see-through, which becomes white.
	full := image.NewNRGBA(image.Rect(3, 5, 3+1001, 5+500))
	for y := 5; y < 505; y++ {
		for x := 3; x < 503; x++ {
			full.Set(x, y, color.NRGBA{200, 0, 0, 255})
		}
	}
	for _, side := range []int{2000, 1001, 700, 480, 160, 1} {
		p := shrink(full, side)
		want := image.Rect(0, 0, min(side, 1001), max(1, min(side, 1001)*500/1001))
		if p.Rect != want {
			t.Errorf("%d: got %v, want %v", side, p.Rect, want)
		}
		if side < 160 {
			continue
		}
		left, right := p.RGBAAt(p.Rect.Dx()/4, p.Rect.Dy()/2), p.RGBAAt(p.Rect.Dx()*3/4, p.Rect.Dy()/2)
		if left != (color.RGBA{200, 0, 0, 255}) || right != (color.RGBA{255, 255, 255, 255}) {
			t.Errorf("%d: got %v and %v", side, left, right)
		}
	}
}

// FuzzInspect: no content makes the office panic, and what is refused for
// being two things is never one with nothing in it.
func FuzzInspect(f *testing.F) {
	f.Add(page(""))
	f.Add(page("/OpenAction<</S/JavaScript/JS(1)>>"))
	f.Add([]byte("%PDF-1.7\n..."))
	f.Add([]byte("\xff\xd8\xff<script>"))
	f.Add([]byte("\x89PNG\r\n\x1a\n"))
	f.Add([]byte("RIFF\x00\x00\x00\x00WEBPVP8 "))
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte("ngày,số tiền\n01/02/2026,5000000\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		media := detect(bytes.NewReader(content), int64(len(content)))
		fault := inspect(content, media)
		if media == "" && fault != "" {
			t.Errorf("unknown, and %s", fault)
		}
		if media == CSV && bytes.ContainsRune(content, '<') {
			t.Error("markup is taken for a table")
		}
		for _, known := range []string{PDF, JPEG, PNG, WebP, DOCX, XLSX} {
			inspect(content[:min(len(content), 4<<10)], known)
		}
		if o := orientation(content); o < 0 || o > 1<<16 {
			t.Errorf("turned by %d", o)
		}
	})
}
