package document

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"time"

	"codeberg.org/go-fonts/liberation/liberationserifbold"
	"codeberg.org/go-fonts/liberation/liberationserifitalic"
	"codeberg.org/go-fonts/liberation/liberationserifregular"
	"codeberg.org/go-pdf/fpdf"

	"gobua/engine"
)

// The page of Decree 30/2020/NĐ-CP, Annex I: A4, letters of 13 points, margins
// of 30 mm left and 20 mm on the other sides. Lengths are millimetres, letters
// points.
const (
	pageWidth    = 210.0
	pageHeight   = 297.0
	leftMargin   = 30.0
	rightMargin  = 20.0
	topMargin    = 20.0
	bottomMargin = 22.0
	textWidth    = pageWidth - leftMargin - rightMargin

	bodySize    = 13.0
	tableSize   = 11.0
	footSize    = 10.0
	firstIndent = 10.0

	mmPerPoint  = 25.4 / 72
	bodySpacing = 1.25 // line height in sizes of the letters
	cellSpacing = 1.16
	headingKeep = 32.0 // a heading is not left alone at the foot of a page
)

// Attachment is a file carried inside a PDF.
type Attachment struct {
	Name        string // "dien-bien.json"
	Description string
	Content     []byte
}

// about is what a PDF says of itself outside its pages.
type about struct {
	title  string
	author string
	at     engine.Instant // of issue; also the date of the file, so that the same document gives the same bytes
	foot   string         // left in the foot of every page
	files  []Attachment
}

// paper is a PDF that is being written, top to bottom.
type paper struct {
	pdf    *fpdf.Fpdf
	y      float64
	loaded map[style]bool
	style  style
	size   float64
	widths map[style]map[rune]float64 // of letters at one point
}

var fonts = map[style][]byte{
	plain:  liberationserifregular.TTF,
	bold:   liberationserifbold.TTF,
	italic: liberationserifitalic.TTF,
}

// write makes a PDF: body fills the pages, and then every page gets its foot,
// because only then their number is known.
func write(a about, body func(p *paper)) ([]byte, error) {
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetCatalogSort(true)
	title, author := oneLine(a.title), oneLine(a.author)
	pdf.SetTitle(title, true)
	pdf.SetAuthor(author, true)
	pdf.SetCreator("Gõ Búa", true)
	pdf.SetProducer("Gõ Búa", true)
	pdf.SetLang("vi-VN")
	pdf.SetCreationDate(a.at.Time().In(zone))
	pdf.SetModificationDate(a.at.Time().In(zone))
	pdf.SetXmpMetadata(metadata(title, author, a.at))
	var files []fpdf.Attachment
	for _, f := range a.files {
		files = append(files, fpdf.Attachment{Content: f.Content, Filename: f.Name, Description: f.Description})
	}
	pdf.SetAttachments(files)

	p := &paper{pdf: pdf, loaded: map[style]bool{}, widths: map[style]map[rune]float64{}}
	p.page()
	body(p)
	p.feet(a.foot)
	var out bytes.Buffer
	if err := pdf.Output(&out); err != nil {
		return nil, fmt.Errorf("document: %q: %w", title, err)
	}
	return out.Bytes(), nil
}

func (p *paper) page() {
	p.pdf.AddPage()
	p.y = topMargin
	p.size = 0 // a new page knows no font
}

func (p *paper) bottom() float64 { return pageHeight - bottomMargin }

// need turns the page unless so many millimetres are left.
func (p *paper) need(height float64) {
	if p.y+height > p.bottom() {
		p.page()
	}
}

func (p *paper) gap(height float64) { p.y += height }

func (p *paper) font(s style, size float64) {
	if p.style == s && p.size == size {
		return
	}
	p.load(s)
	p.pdf.SetFont("serif", string(s), size)
	p.style, p.size = s, size
}

// load embeds a font when it is first used.
func (p *paper) load(s style) {
	if !p.loaded[s] {
		p.pdf.AddUTF8FontFromBytes("serif", string(s), bytes.Clone(fonts[s]))
		p.loaded[s] = true
	}
}

// width of a text that has been cleaned.
func (p *paper) width(text string, s style, size float64) float64 {
	known := p.widths[s]
	if known == nil {
		known = map[rune]float64{}
		p.widths[s] = known
	}
	sum := 0.0
	for _, r := range text {
		w, ok := known[r]
		if !ok {
			p.font(s, size)
			w = float64(p.pdf.GetStringSymbolWidth(string(r))) / 1000 * mmPerPoint
			known[r] = w
		}
		sum += w * size
	}
	return sum
}

// form is how a paragraph is set.
type form struct {
	size  float64 // 0: bodySize
	align byte    // 'L', 'C', 'R' or 'J' (both sides); 0: 'J'
	first float64 // indent of the first line
	after float64 // space below; 0: 1.6 mm
}

// say sets a paragraph of body text with an indented first line.
func (p *paper) say(spans ...span) { p.set(form{first: firstIndent}, spans...) }

// heading sets a bold line and keeps it with what follows.
func (p *paper) heading(title string) {
	p.need(headingKeep)
	p.gap(1.4)
	p.set(form{align: 'L', first: firstIndent}, strong(title))
}

// set sets a paragraph and breaks it over pages where it must.
func (p *paper) set(f form, spans ...span) {
	if f.size == 0 {
		f.size = bodySize
	}
	if f.align == 0 {
		f.align = 'J'
	}
	if f.after == 0 {
		f.after = 1.6
	}
	height := f.size * mmPerPoint * bodySpacing
	for n, l := range p.lines(spans, f.size, textWidth, f.first) {
		p.need(height)
		x, width := leftMargin, textWidth
		if n == 0 {
			x, width = x+f.first, width-f.first
		}
		p.draw(l, x, p.y, width, f.size, height, f.align)
		p.y += height
	}
	p.y += f.after
}

// draw puts one line into a box. Spaces are written too, so that whoever
// copies the text gets them.
func (p *paper) draw(l line, x, y, width, size, height float64, align byte) {
	space := p.width(" ", plain, size)
	switch {
	case align == 'C':
		x += (width - l.width) / 2
	case align == 'R':
		x += width - l.width
	case align == 'J' && !l.last && len(l.words) > 1:
		if more := (width - l.width) / float64(len(l.words)-1); more < 2*space { // wider gaps before a long address look torn
			space += more
		}
	}
	base := y + (height+size*mmPerPoint*0.66)/2
	for n, w := range l.words {
		for m, piece := range w.pieces {
			letters := piece.text
			if m == len(w.pieces)-1 && n < len(l.words)-1 {
				letters += " "
			}
			p.font(piece.style, size)
			p.pdf.Text(x, base, letters)
			x += p.width(piece.text, piece.style, size)
		}
		x += space
	}
}

// block draws centred lines into a column at a height of the page and returns
// the height below them. It does not turn the page.
func (p *paper) block(x, y, width, size float64, spans ...span) float64 {
	height := size * mmPerPoint * cellSpacing
	for _, l := range p.lines(spans, size, width, 0) {
		p.draw(l, x, y, width, size, height, 'C')
		y += height
	}
	return y
}

// feet writes "Trang x/y" under every page.
func (p *paper) feet(foot string) {
	pages := p.pdf.PageCount()
	for n := 1; n <= pages; n++ {
		p.pdf.SetPage(n)
		p.pdf.SetFillColor(0, 0, 0)            // of letters too; the page may have ended in a table's grey
		p.pdf.SetFont("serif", "", footSize+1) // SetFont writes nothing when it changes nothing
		p.style, p.size = plain, footSize+1
		y, height := pageHeight-14.0, footSize*mmPerPoint*bodySpacing
		p.pdf.SetLineWidth(0.15)
		p.pdf.Line(leftMargin, y-1, pageWidth-rightMargin, y-1)
		number := fmt.Sprintf("Trang %d/%d", n, pages)
		numberWidth := p.width(number, plain, footSize) + 6
		left := p.lines([]span{text(oneLine(foot))}, footSize, textWidth-numberWidth, 0)
		p.draw(left[0], leftMargin, y, textWidth-numberWidth, footSize, height, 'L')
		right := p.lines([]span{text(number)}, footSize, textWidth, 0)
		p.draw(right[0], leftMargin, y, textWidth, footSize, height, 'R')
	}
}

func oneLine(s string) string { return strings.Join(strings.Fields(clean(s)), " ") }

// metadata is the XMP packet: the same title, language and date as in the
// PDF's own fields, for archives. It claims no PDF/A level: the library writes
// no file identifier, which every level asks for.
func metadata(title, author string, at engine.Instant) []byte {
	esc := func(s string) string {
		var out strings.Builder
		xml.EscapeText(&out, []byte(s)) //nolint:errcheck // a Builder takes everything
		return out.String()
	}
	when := at.Time().In(zone).Format(time.RFC3339)
	return []byte(`<?xpacket begin="` + "\ufeff" + `" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">` + esc(title) + `</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>` + esc(author) + `</rdf:li></rdf:Seq></dc:creator>
<dc:language><rdf:Bag><rdf:li>vi-VN</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>` + when + `</xmp:CreateDate><xmp:ModifyDate>` + when + `</xmp:ModifyDate>
<xmp:CreatorTool>Gõ Búa</xmp:CreatorTool><pdf:Producer>Gõ Búa</pdf:Producer>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>`)
}
