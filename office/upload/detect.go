package upload

import (
	"archive/zip"
	"bytes"
	"image"
	"image/color"
	_ "image/jpeg" // decoders of the pictures we take
	_ "image/png"
	"io"
	"unicode/utf8"

	_ "golang.org/x/image/webp" // phones send it
)

// The media types that are recognised. What is none of them has none.
const (
	JPEG = "image/jpeg"
	PNG  = "image/png"
	WebP = "image/webp"
	PDF  = "application/pdf"
	DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	CSV  = "text/csv" // text in UTF-8 without markup
)

// What a picture may unfold to: 40 million pixels are the largest photo of a
// common phone, and four bytes each are what most kinds take. One is unfolded at a
// time.
const (
	maxPixels       = 40_000_000
	maxPictureBytes = 4 * maxPixels
)

var magics = []struct{ prefix, media string }{
	{"\xff\xd8\xff", JPEG},
	{"\x89PNG\r\n\x1a\n", PNG},
	{"%PDF-", PDF},
	{"PK\x03\x04", "zip"},
}

// detect tells what a content is by its bytes alone. Names and claims say
// nothing.
func detect(r io.ReaderAt, size int64) string {
	head := make([]byte, min(size, 512))
	if _, err := r.ReadAt(head, 0); err != nil && err != io.EOF {
		return ""
	}
	for _, m := range magics {
		if !bytes.HasPrefix(head, []byte(m.prefix)) {
			continue
		}
		switch m.media {
		case "zip":
			return officeDocument(r, size)
		case PDF:
			return PDF
		}
		return picture(r, size, m.media)
	}
	switch {
	case len(head) > 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP":
		return picture(r, size, WebP)
	case plainText(r, size):
		return CSV
	}
	return ""
}

// picture returns media if its header can be read and it is not too large.
func picture(r io.ReaderAt, size int64, media string) string {
	c, _, err := image.DecodeConfig(io.NewSectionReader(r, 0, size))
	if err != nil || c.Width <= 0 || c.Height <= 0 || int64(c.Width)*int64(c.Height) > maxPixels {
		return ""
	}
	if float64(c.Width)*float64(c.Height)*bytesPerPixel(r, size, c, media) > maxPictureBytes {
		return ""
	}
	return media
}

// bytesPerPixel is what the decoder needs for each pixel: twice as much where a
// colour has 16 bits, and for a JPEG that comes in several passes also the numbers
// of all passes, of four bytes.
func bytesPerPixel(r io.ReaderAt, size int64, c image.Config, media string) float64 {
	if media == JPEG {
		return jpegBytesPerPixel(io.NewSectionReader(r, 0, size))
	}
	if c.ColorModel == color.RGBA64Model || c.ColorModel == color.NRGBA64Model {
		return 8
	}
	return 4
}

// jpegBytesPerPixel reads the segment that says how a picture was taken apart; what
// has none is not decoded either.
func jpegBytesPerPixel(r io.ReadSeeker) float64 {
	const mostJPEG = 20 // four colours in full, in passes
	for marker := range jpegSegments(r) {
		if marker.kind < 0xc0 || marker.kind > 0xc2 {
			continue
		}
		body := make([]byte, marker.size)
		if _, err := io.ReadFull(r, body); err != nil || len(body) < 6 || len(body) < 6+3*int(body[5]) {
			return mostJPEG
		}
		total, widest, highest := 0.0, 1.0, 1.0
		for i := range int(body[5]) {
			h, v := float64(body[7+3*i]>>4), float64(body[7+3*i]&15)
			total, widest, highest = total+h*v, max(widest, h), max(highest, v)
		}
		each := 1.0
		if marker.kind == 0xc2 {
			each = 5
		}
		return each * total / (widest * highest)
	}
	return mostJPEG
}

// officeDocument tells texts and tables of an office program from other
// archives, and from those with programs in them.
func officeDocument(r io.ReaderAt, size int64) string {
	z, err := zip.NewReader(r, size)
	if err != nil || len(z.File) > 10_000 {
		return ""
	}
	media := ""
	for _, f := range z.File {
		switch {
		case bytes.HasSuffix(bytes.ToLower([]byte(f.Name)), []byte("vbaproject.bin")):
			return ""
		case f.Name == "word/document.xml":
			media = DOCX
		case f.Name == "xl/workbook.xml":
			media = XLSX
		}
	}
	return media
}

// maxTextBytes is the longest text that is read through: a year of a bank's
// statements.
const maxTextBytes = 8 << 20

// plainText tells whether a content is text in UTF-8 without anything a
// browser might take for markup.
func plainText(r io.ReaderAt, size int64) bool {
	if size > maxTextBytes {
		return false
	}
	text := make([]byte, size)
	if _, err := r.ReadAt(text, 0); err != nil && err != io.EOF {
		return false
	}
	if !utf8.Valid(text) || bytes.ContainsAny(text, "<\x00") {
		return false
	}
	return !bytes.ContainsFunc(text, func(c rune) bool { return c < ' ' && c != '\n' && c != '\r' && c != '\t' })
}
