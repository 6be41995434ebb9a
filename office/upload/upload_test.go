package upload

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const id = "0198c0de-0000-7000-8000-000000000001"

func open(t *testing.T) *Store {
	t.Helper()
	s, err := Open(t.TempDir())
	check(t, err)
	return s
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wants(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got error %v, want %v", err, want)
	}
}

func all(Kept) error { return nil }

// put keeps a content in one go.
func put(t *testing.T, s *Store, content []byte) Kept {
	t.Helper()
	size := int64(len(content))
	check(t, s.Begin(background, id))
	for at := int64(0); at < size; {
		n, err := s.Append(background, id, at, content[at:min(at+ChunkBytes, size)], size)
		check(t, err)
		at = n
	}
	k, err := s.Finish(context.Background(), id, size, nil, all)
	check(t, err)
	check(t, s.Drop(background, id))
	return k
}

func TestAContentGoesOnWhereTheLineBroke(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir)
	check(t, err)
	content := bytes.Repeat([]byte("Gõ Búa\n"), 60_000)
	size, sum := int64(len(content)), sha256.Sum256(content)
	check(t, s.Begin(background, id))
	_, err = s.Append(background, id, 0, content[:ChunkBytes], size)
	check(t, err)

	s, err = Open(dir) // a restart
	check(t, err)
	have, err := s.Received(background, id)
	if err != nil || have != ChunkBytes {
		t.Fatalf("received %d, %v", have, err)
	}
	have, err = s.Append(background, id, 0, content[:ChunkBytes], size) // its answer was lost
	if err != nil || have != ChunkBytes {
		t.Fatalf("the same chunk again: %d, %v", have, err)
	}
	_, err = s.Append(background, id, 2*ChunkBytes, content[:10], size)
	wants(t, err, ErrOffset)
	_, err = s.Append(background, id, ChunkBytes, content[:ChunkBytes+1], size)
	wants(t, err, ErrTooLong)
	_, err = s.Append(background, id, ChunkBytes, content[:ChunkBytes], ChunkBytes+5)
	wants(t, err, ErrTooLong)
	_, err = s.Finish(context.Background(), id, size, sum[:], all)
	wants(t, err, ErrIncomplete)
	for have < size {
		have, err = s.Append(background, id, have, content[have:min(have+ChunkBytes, size)], size)
		check(t, err)
	}
	k, err := s.Finish(context.Background(), id, size, sum[:], all)
	check(t, err)
	if k != (Kept{Hash: sum, Size: size, MediaType: CSV}) {
		t.Fatalf("kept %+v", k)
	}
	f, err := s.Content(background, sum)
	check(t, err)
	defer f.Close()
	got, err := io.ReadAll(f)
	check(t, err)
	if !bytes.Equal(got, content) {
		t.Fatal("the content differs")
	}
	again, err := s.Finish(context.Background(), id, size, nil, all)
	check(t, err)
	if again != k {
		t.Fatalf("finished again: %+v", again)
	}
	check(t, s.Drop(background, id))
	_, err = s.Received(background, id)
	wants(t, err, ErrUnknown)
}

func TestALyingContentIsDropped(t *testing.T) {
	s := open(t)
	no := errors.New("no")
	for name, finish := range map[string]func() error{
		"another hash": func() error { _, err := s.Finish(context.Background(), id, 3, make([]byte, 32), all); return err },
		"refused by owner": func() error {
			_, err := s.Finish(context.Background(), id, 3, nil, func(Kept) error { return no })
			return err
		},
	} {
		check(t, s.Begin(background, id))
		_, err := s.Append(background, id, 0, []byte("abc"), 3)
		check(t, err)
		if err := finish(); !errors.Is(err, no) && !errors.Is(err, ErrOtherHash) {
			t.Fatalf("%s: %v", name, err)
		}
		_, err = s.Received(background, id)
		wants(t, err, ErrUnknown)
	}
	for _, bad := range []string{"../../etc/passwd", "", strings.Repeat(".", 36)} {
		wants(t, s.Begin(background, bad), ErrUnknown)
	}
}

func TestBytesTellWhatAFileIs(t *testing.T) {
	archive := func(names ...string) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for _, n := range names {
			_, err := z.Create(n)
			check(t, err)
		}
		check(t, z.Close())
		return b.Bytes()
	}
	var bomb bytes.Buffer
	check(t, png.Encode(&bomb, image.NewGray(image.Rect(0, 0, 1, 1))))
	binary.BigEndian.PutUint32(bomb.Bytes()[16:], 100_000) // its width; the checksum of the header is wrong, too
	for _, c := range []struct {
		name    string
		content []byte
		want    string
	}{
		{"photo", photo(t, 4, 2), JPEG},
		{"pdf", []byte("%PDF-1.7\n..."), PDF},
		{"html named .jpg", []byte("<!doctype html><script>alert(1)</script>"), ""},
		{"svg", []byte(`<?xml version="1.0"?><svg onload="x"/>`), ""},
		{"svg behind what is not seen", []byte("\ufeff<svg xmlns='http://www.w3.org/2000/svg'/>"), ""},
		{"gif that is a script", []byte("GIF89a/*\x01\x00*/=1;alert(1)"), ""},
		{"rtf", []byte(`{\rtf1\object}`), CSV}, // as text it does nothing, and it is not given out as anything else
		{"tar", append([]byte("a.exe"), make([]byte, 600)...), ""},
		{"gzip", []byte("\x1f\x8b\x08\x00x"), ""},
		{"phar in a photo's name", []byte("<?php __HALT_COMPILER(); ?>"), ""},
		{"jpeg in name only", []byte("\xff\xd8\xff<script>"), ""},
		{"picture that unfolds", bomb.Bytes(), ""},
		{"docx", archive("[Content_Types].xml", "word/document.xml"), DOCX},
		{"xlsx", archive("xl/workbook.xml"), XLSX},
		{"docm", archive("word/document.xml", "word/vbaProject.bin"), ""},
		{"zip", archive("a.exe"), ""},
		{"program", []byte("MZ\x90\x00\x03"), ""},
		{"csv", []byte("ngày,số tiền\n01/02/2026,5000000\n"), CSV},
	} {
		if got := detect(bytes.NewReader(c.content), int64(len(c.content))); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestAPhotoIsMadeSmallUprightAndSilent(t *testing.T) {
	s := open(t)
	plain := photo(t, 1000, 500)
	exif := []byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00GPS: Hà Nội")
	segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(exif)+2))
	lying := append(append(append(append([]byte{}, plain[:2]...), segment...), exif...), plain[2:]...)
	k := put(t, s, lying)
	for range 2 { // made, then read
		small, err := s.Small(context.Background(), k.Hash, 480)
		check(t, err)
		if bytes.Contains(small, []byte("GPS")) {
			t.Fatal("the place is still in the picture")
		}
		p, err := jpeg.Decode(bytes.NewReader(small))
		check(t, err)
		if p.Bounds().Dx() != 240 || p.Bounds().Dy() != 480 {
			t.Fatalf("a photo taken upright is %v", p.Bounds())
		}
	}
	_, err := s.Small(context.Background(), put(t, s, []byte("%PDF-1.7")).Hash, 480)
	wants(t, err, ErrUnknown)
}

func TestWhatIsNotContinuedIsForgotten(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir)
	check(t, err)
	check(t, s.Begin(background, id))
	old := time.Now().Add(-time.Hour)
	check(t, os.Chtimes(filepath.Join(dir, part(id)), old, old))
	check(t, s.Tidy(background, old))
	_, err = s.Received(background, id)
	check(t, err)
	check(t, s.Tidy(background, old.Add(time.Second)))
	_, err = s.Received(background, id)
	wants(t, err, ErrUnknown)
}

func photo(t *testing.T, w, h int) []byte {
	t.Helper()
	p := image.NewRGBA(image.Rect(0, 0, w, h))
	p.Set(0, 0, color.White)
	var b bytes.Buffer
	check(t, jpeg.Encode(&b, p, nil))
	return b.Bytes()
}
