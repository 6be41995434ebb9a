package document

import (
	"testing"

	"golang.org/x/image/font/sfnt"
)

func checkLetters(t *testing.T, s style, ttf []byte, letters string) {
	t.Helper()
	f, err := sfnt.Parse(ttf)
	if err != nil {
		t.Fatal(err)
	}
	var buf sfnt.Buffer
	for _, r := range letters {
		if glyph, err := f.GlyphIndex(&buf, r); err != nil || glyph == 0 {
			t.Errorf("style %q has no %c", s, r)
		}
	}
}
