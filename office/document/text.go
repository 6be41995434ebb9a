package document

import (
	"strings"
	"sync"
	"unicode"

	"codeberg.org/go-fonts/liberation/liberationserifregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/unicode/norm"
)

// letters of one kind: a style of the font.
type style string

const (
	plain  style = ""
	bold   style = "B"
	italic style = "I"
)

// span is text in one style. A line feed in it begins a new line.
type span struct {
	text  string
	style style
}

func text(s string) span    { return span{s, plain} }
func strong(s string) span  { return span{s, bold} }
func leaning(s string) span { return span{s, italic} }

// missing stands where the font has no letter, so that nobody overlooks it.
const missing = '□'

var font = sync.OnceValue(func() *sfnt.Font {
	f, err := sfnt.Parse(liberationserifregular.TTF)
	if err != nil {
		panic("document: the embedded font cannot be read: " + err.Error())
	}
	return f
})

// clean brings a text into the form that is printed: composed letters, since
// the font places no marks, no control characters, and a visible sign for what
// the font lacks.
func clean(s string) string {
	f := font()
	var buf sfnt.Buffer
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		case r > 0xFFFF: // the PDF library knows 16-bit codes only
			return missing
		}
		if glyph, err := f.GlyphIndex(&buf, r); err != nil || glyph == 0 {
			return missing
		}
		return r
	}, norm.NFC.String(s))
}

// word is what is not parted unless it is wider than a line. Its pieces may
// have several styles.
type word struct {
	pieces []span
	width  float64
	end    bool // a line feed follows
}

// line is what fits beside each other. The last line of a paragraph is not
// justified.
type line struct {
	words []word
	width float64 // with one space between words
	last  bool
}

// words cuts spans at spaces and line feeds. A no-break space is a letter.
func (p *paper) words(spans []span, size float64) []word {
	var out []word
	glue := false // the next piece belongs to the last word
	for _, s := range spans {
		for n, row := range strings.Split(clean(s.text), "\n") {
			if n > 0 {
				if len(out) == 0 {
					out = append(out, word{})
				}
				out[len(out)-1].end, glue = true, false
			}
			for m, piece := range strings.Split(row, " ") {
				if m > 0 {
					glue = false
				}
				if piece == "" {
					continue
				}
				w := p.width(piece, s.style, size)
				if !glue {
					out = append(out, word{})
				}
				last := &out[len(out)-1]
				last.pieces, last.width = append(last.pieces, span{piece, s.style}), last.width+w
				glue = true
			}
		}
	}
	return out
}

// lines breaks spans into lines. first is how much narrower the first is.
func (p *paper) lines(spans []span, size, width, first float64) []line {
	space := p.width(" ", plain, size)
	out := []line{{}}
	room := width - first
	next := func(last bool) {
		out[len(out)-1].last = last
		out, room = append(out, line{}), width
	}
	for _, w := range p.words(spans, size) {
		for _, part := range p.cut(w, size, width-first) {
			l := &out[len(out)-1]
			if len(l.words) > 0 && l.width+space+part.width > room {
				next(false)
				l = &out[len(out)-1]
			}
			if len(l.words) > 0 {
				l.width += space
			}
			l.words, l.width = append(l.words, part), l.width+part.width
			if part.end {
				next(true)
			}
		}
	}
	if last := out[len(out)-1]; len(last.words) == 0 && len(out) > 1 {
		out = out[:len(out)-1]
	}
	out[len(out)-1].last = true
	return out
}

// cut parts a word that is wider than a line, at any letter.
func (p *paper) cut(w word, size, width float64) []word {
	if w.width <= width {
		return []word{w}
	}
	out := []word{{}}
	for _, piece := range w.pieces {
		for _, r := range piece.text {
			letter := string(r)
			wide := p.width(letter, piece.style, size)
			if last := out[len(out)-1]; last.width+wide > width && len(last.pieces) > 0 {
				out = append(out, word{})
			}
			last := &out[len(out)-1]
			if n := len(last.pieces); n > 0 && last.pieces[n-1].style == piece.style {
				last.pieces[n-1].text += letter
			} else {
				last.pieces = append(last.pieces, span{letter, piece.style})
			}
			last.width += wide
		}
	}
	out[len(out)-1].end = w.end
	return out
}
