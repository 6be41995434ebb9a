package upload

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"iter"
	"os"
	"path/filepath"

	"golang.org/x/image/draw"

	"gobua/internal/durable"
)

// Widths are the sizes pictures are made smaller to, in pixels of the longer
// side: in a list, on a page, in full.
var Widths = []int{160, 480, 1280}

const smallQuality = 80 // of the JPEG

// Small returns a kept picture as a JPEG whose longer side has at most width
// pixels, upright, without what a camera writes beside the picture (place,
// time, owner). It is made once and then read. ErrUnknown: no such picture.
func (s *Store) Small(ctx context.Context, hash [32]byte, width int) ([]byte, error) {
	path := filepath.Join(s.small, fmt.Sprintf("%s-%d", hex.EncodeToString(hash[:]), width))
	if b, err := os.ReadFile(path); err == nil {
		return b, nil
	}
	leave, err := s.turn(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	if b, err := os.ReadFile(path); err == nil { // made while we waited
		return b, nil
	}
	content, err := s.read(ctx, kept(hash))
	if err != nil {
		return nil, err
	}
	out, err := smaller(content, width)
	if err != nil {
		return nil, err
	}
	return out, durable.WriteFile(path, out)
}

// PhotoSide is the longer side of a photo that is kept for everybody, in
// pixels.
const PhotoSide = 1600

// smaller makes a picture a JPEG whose longer side has at most side pixels,
// upright, with nothing beside the picture. ErrUnknown: it is no picture.
func smaller(content []byte, side int) ([]byte, error) {
	if picture(bytes.NewReader(content), int64(len(content)), JPEG) == "" {
		return nil, ErrUnknown // or one that would unfold to too much
	}
	full, _, err := image.Decode(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnknown, err)
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, upright(shrink(full, side), orientation(content)), &jpeg.Options{Quality: smallQuality}); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// shrink scales a picture down, never up, onto white. The library's good
// scalers keep a table of floats as high as the whole source, which for a
// large photo is hundreds of megabytes; so whole blocks of pixels are averaged
// first, a strip at a time, and the library does the rest, less than a half.
func shrink(full image.Image, side int) *image.RGBA {
	w, h := full.Bounds().Dx(), full.Bounds().Dy()
	longer := max(w, h)
	small := blocks(full, max(1, longer/side))
	if longer <= side {
		return small
	}
	out := image.NewRGBA(image.Rect(0, 0, max(w*side/longer, 1), max(h*side/longer, 1)))
	draw.ApproxBiLinear.Scale(out, out.Rect, small, small.Rect, draw.Src, nil)
	return out
}

// blocks averages n × n pixels into one, on white.
func blocks(full image.Image, n int) *image.RGBA {
	b := full.Bounds()
	wide, high := min(n, b.Dx()), min(n, b.Dy())
	out := image.NewRGBA(image.Rect(0, 0, b.Dx()/wide, b.Dy()/high))
	strip := image.NewRGBA(image.Rect(0, 0, b.Dx(), high))
	for y := range out.Rect.Dy() {
		draw.Draw(strip, strip.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
		draw.Draw(strip, strip.Rect, full, image.Pt(b.Min.X, b.Min.Y+y*high), draw.Over)
		for x := range out.Rect.Dx() {
			red, green, blue, count := 0, 0, 0, wide*high
			for dy := range high {
				for i := strip.PixOffset(x*wide, dy); i < strip.PixOffset(x*wide, dy)+4*wide; i += 4 {
					red, green, blue = red+int(strip.Pix[i]), green+int(strip.Pix[i+1]), blue+int(strip.Pix[i+2])
				}
			}
			out.SetRGBA(x, y, color.RGBA{uint8(red / count), uint8(green / count), uint8(blue / count), 255})
		}
	}
	return out
}

// upright turns a picture the way its orientation (1 to 8, as in EXIF) says it
// is meant.
func upright(p *image.RGBA, orientation int) *image.RGBA {
	if orientation < 2 || orientation > 8 {
		return p
	}
	w, h := p.Bounds().Dx(), p.Bounds().Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if orientation >= 5 { // lies on its side
		out = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			to := [...]image.Point{
				2: {w - 1 - x, y}, 3: {w - 1 - x, h - 1 - y}, 4: {x, h - 1 - y}, 5: {y, x},
				6: {h - 1 - y, x}, 7: {h - 1 - y, w - 1 - x}, 8: {y, w - 1 - x},
			}[orientation]
			out.SetRGBA(to.X, to.Y, p.RGBAAt(x, y))
		}
	}
	return out
}

// orientation reads tag 0x0112 of a JPEG's EXIF; 1 if there is none.
func orientation(jpg []byte) int {
	exif := exifOf(jpg)
	if len(exif) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.BigEndian
	if string(exif[:2]) == "II" {
		order = binary.LittleEndian
	}
	at := int64(order.Uint32(exif[4:]))
	if at+2 > int64(len(exif)) {
		return 1
	}
	for i := range int64(order.Uint16(exif[at:])) {
		entry := at + 2 + i*12
		if entry+12 > int64(len(exif)) {
			break
		}
		if order.Uint16(exif[entry:]) == 0x0112 {
			return int(order.Uint16(exif[entry+8:]))
		}
	}
	return 1
}

// exifOf returns the TIFF structure of the first EXIF segment of a JPEG.
func exifOf(jpg []byte) []byte {
	r := bytes.NewReader(jpg)
	for marker := range jpegSegments(r) {
		body := make([]byte, min(marker.size, r.Len()))
		if _, err := io.ReadFull(r, body); err != nil {
			return nil
		}
		if rest, ok := bytes.CutPrefix(body, []byte("Exif\x00\x00")); ok && marker.kind == 0xe1 {
			return rest
		}
	}
	return nil
}

// jpegMarker begins a segment of a JPEG; size is that of what comes behind it.
type jpegMarker struct {
	kind byte
	size int
}

// jpegSegments goes through the segments before the picture itself; r stands at
// the content of each.
func jpegSegments(r io.ReadSeeker) iter.Seq[jpegMarker] {
	return func(yield func(jpegMarker) bool) {
		next := int64(2)
		for {
			var segment struct {
				Marker, Size uint16
			}
			if _, err := r.Seek(next, io.SeekStart); err != nil {
				return
			}
			if err := binary.Read(r, binary.BigEndian, &segment); err != nil || segment.Marker>>8 != 0xff || segment.Size < 2 {
				return
			}
			if kind := byte(segment.Marker); kind < 0xc0 || kind >= 0xd0 && kind <= 0xda || kind == 0xff {
				return // the picture, or a mark without a size, behind which others may read on otherwise
			}
			next += 2 + int64(segment.Size)
			if !yield(jpegMarker{byte(segment.Marker), int(segment.Size) - 2}) {
				return
			}
		}
	}
}
