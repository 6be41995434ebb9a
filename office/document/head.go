package document

import (
	"strings"

	"gobua/engine"
)

// Centre is the organisation that issues a document.
type Centre struct {
	Superior string // "Sở Tư pháp tỉnh Lạng Sơn"; may be empty
	Name     string
	Address  string
	Phone    string
	Email    string
	Site     string // address of its auction site
}

func (c Centre) contact() string {
	var parts []string
	for _, p := range [][2]string{{"Địa chỉ: ", c.Address}, {"Điện thoại: ", unbroken(c.Phone)}, {"Thư điện tử: ", c.Email}, {"Trang đấu giá: ", c.Site}} {
		if p[1] != "" {
			parts = append(parts, p[0]+p[1])
		}
	}
	return strings.Join(parts, ". ")
}

// unbroken keeps a number on one line.
func unbroken(s string) string { return strings.ReplaceAll(s, " ", "\u00a0") }

// Head is what every document begins with.
type Head struct {
	Centre   Centre
	Number   string // "15/TB-TTĐG"; empty: documents without a number
	Place    string // of the date line, "Lạng Sơn"
	IssuedAt engine.Instant
}

// Party is the owner of what is sold.
type Party struct{ Name, Address string }

func (o Party) text() string {
	if o.Address == "" {
		return o.Name
	}
	return o.Name + ", địa chỉ: " + o.Address
}

// national draws the two columns every official document begins with: who
// issues it and its number on the left, State and motto on the right.
func (p *paper) national(h Head) {
	const gutter, left = 4.0, 66.0
	right := textWidth - left - gutter
	rightX := leftMargin + left + gutter
	y := p.y
	leftY := y
	if h.Centre.Superior != "" {
		leftY = p.block(leftMargin, leftY, left, 12, text(strings.ToUpper(h.Centre.Superior)))
	}
	leftY = p.block(leftMargin, leftY, left, 12, strong(strings.ToUpper(h.Centre.Name)))
	p.pdf.SetLineWidth(0.25)
	p.pdf.Line(leftMargin+left*0.33, leftY+0.8, leftMargin+left*0.67, leftY+0.8)

	rightY := p.block(rightX, y, right, 12, strong("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"))
	const motto = "Độc lập - Tự do - Hạnh phúc"
	rightY = p.block(rightX, rightY, right, bodySize, strong(motto))
	half := p.width(motto, bold, bodySize) / 2
	p.pdf.Line(rightX+right/2-half, rightY+0.8, rightX+right/2+half, rightY+0.8)

	leftY, rightY = leftY+2.2, rightY+2.2
	if h.Number != "" {
		leftY = p.block(leftMargin, leftY, left, bodySize, text("Số: "+h.Number))
	}
	date := dated(h.IssuedAt)
	if h.Place != "" {
		date = h.Place + ", " + date
	}
	rightY = p.block(rightX, rightY, right, bodySize, leaning(date))
	p.y = max(leftY, rightY) + 5
}

// title sets the name of the document and what it is about.
func (p *paper) title(name, subject string) {
	p.set(form{size: 15, align: 'C', after: 0.6}, strong(strings.ToUpper(name)))
	if subject != "" {
		p.set(form{size: 14, align: 'C'}, strong(subject))
	}
	width := textWidth * 0.22
	p.need(4)
	p.pdf.SetLineWidth(0.25)
	p.pdf.Line(leftMargin+(textWidth-width)/2, p.y+0.2, leftMargin+(textWidth+width)/2, p.y+0.2)
	p.gap(4)
}

// SignedHow is how somebody stood to a document.
type SignedHow string

// The ways of signing.
const (
	SignedPending      SignedHow = ""              // not yet
	SignedSecondFactor SignedHow = "second_factor" // staff, by their second factor
	SignedOnSite       SignedHow = "on_site"       // confirmed by a button on the site
	SignedDigital      SignedHow = "digital"       // by a certificate of a signature provider
	SignedRefused      SignedHow = "refused"
	SignedApart        SignedHow = "apart" // electronically, bound to the hash of the very file and kept beside it
)

// Signature is one block at the foot of a document.
type Signature struct {
	Role        string // "Đấu giá viên"
	Name        string
	Reference   string // licence number or participant's code
	How         SignedHow
	At          engine.Instant
	Consequence string // of a refusal, in a sentence
}

func (s Signature) statement() string {
	switch s.How {
	case SignedSecondFactor:
		return "Đã ký, xác thực bằng yếu tố thứ hai, lúc " + toSecond(s.At)
	case SignedOnSite:
		return "Đã xác nhận trên trang đấu giá trực tuyến lúc " + toSecond(s.At)
	case SignedDigital:
		return "Đã ký số lúc " + toSecond(s.At)
	case SignedApart:
		return "Ký điện tử, gắn với mã băm SHA-256 của tệp này; chữ ký được lưu cùng biên bản"
	case SignedRefused:
		out := "Từ chối ký lúc " + toSecond(s.At)
		if s.Consequence != "" {
			out += ". Hậu quả: " + s.Consequence
		}
		return out
	default:
		return "(chưa ký)"
	}
}

// close sets the last paragraph and keeps it with the first signatures, so that
// nobody signs a page with nothing on it.
func (p *paper) close(list []Signature, last ...span) {
	height := float64(len(p.lines(last, bodySize, textWidth, firstIndent)))*bodySize*mmPerPoint*bodySpacing + 6
	p.need(height + p.firstSigned(list))
	p.say(last...)
	p.signatures(list)
}

// firstSigned is how high the first pair of signatures is.
func (p *paper) firstSigned(list []Signature) float64 {
	height := 0.0
	for _, s := range list[:min(2, len(list))] {
		height = max(height, p.signatureHeight(s, signatureWidth))
	}
	return height
}

const (
	signatureGutter = 6.0
	signatureWidth  = (textWidth - signatureGutter) / 2
)

// signatures draws blocks two by two. A pair is never parted.
func (p *paper) signatures(list []Signature) {
	p.gap(3)
	const gutter, width = signatureGutter, signatureWidth
	for len(list) > 0 {
		pair := list[:min(2, len(list))]
		list = list[len(pair):]
		height := 0.0
		for _, s := range pair {
			height = max(height, p.signatureHeight(s, width))
		}
		p.need(height)
		for n, s := range pair {
			x := leftMargin + float64(n)*(width+gutter)
			if len(pair) == 1 {
				x = leftMargin + width + gutter // a lone signature stands on the right
			}
			y := p.y
			for _, part := range s.parts() {
				y = p.block(x, y, width, part.size, part.span) + part.after
			}
		}
		p.gap(height + 8)
	}
}

type signaturePart struct {
	size, after float64
	span        span
}

func (s Signature) parts() []signaturePart {
	name := s.Name
	if s.Reference != "" {
		name += "\n(" + s.Reference + ")"
	}
	return []signaturePart{
		{bodySize, 1.5, strong(strings.ToUpper(s.Role))},
		{tableSize, 4, leaning(s.statement())},
		{bodySize, 0, strong(name)},
	}
}

func (p *paper) signatureHeight(s Signature, width float64) float64 {
	height := 0.0
	for _, part := range s.parts() {
		height += float64(len(p.lines([]span{part.span}, part.size, width, 0)))*part.size*mmPerPoint*cellSpacing + part.after
	}
	return height
}
