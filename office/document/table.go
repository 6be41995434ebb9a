package document

import "math"

// column of a table. The widths of a table's columns are shares of the page.
type column struct {
	title string
	share float64
	align byte // of the cells: 'L', 'C' or 'R'; titles are centred
}

const cellPad = 1.3

// row of a table.
type row struct {
	cells []string
	bold  bool
}

// table draws rows under a head that is repeated on every page. A row stays on
// one page unless it is taller than one.
func (p *paper) table(columns []column, rows []row) {
	total := 0.0
	for _, c := range columns {
		total += c.share
	}
	widths := make([]float64, len(columns))
	titles := row{bold: true}
	for n, c := range columns {
		widths[n] = c.share / total * textWidth
		titles.cells = append(titles.cells, c.title)
	}
	head := p.cells(titles, widths)
	drawHead := func() {
		centred := make([]column, len(columns))
		for n := range centred {
			centred[n].align = 'C'
		}
		p.drawRow(head, centred, widths, tallest(head), true)
	}
	first := true
	for _, r := range rows {
		cells := p.cells(r, widths)
		if first {
			p.need(rowHeight(tallest(head)) + rowHeight(min(tallest(cells), 4)))
			drawHead()
			first = false
		}
		for left := tallest(cells); left > 0; {
			fits := int((p.bottom() - p.y - 2*cellPad) / cellLine)
			whole := int((p.bottom() - topMargin - rowHeight(tallest(head)) - 2*cellPad) / cellLine)
			if fits < left && (left <= whole || fits < 1) {
				p.page()
				drawHead()
				continue
			}
			n := min(fits, left)
			var part [][]line
			part, cells = split(cells, n)
			p.drawRow(part, columns, widths, n, false)
			left -= n
		}
	}
	if first {
		p.need(rowHeight(tallest(head)))
		drawHead()
	}
	p.gap(2.5)
}

const cellLine = tableSize * mmPerPoint * cellSpacing

func rowHeight(lines int) float64 { return float64(lines)*cellLine + 2*cellPad }

func (p *paper) cells(r row, widths []float64) [][]line {
	out := make([][]line, len(widths))
	for n := range widths {
		s := span{style: plain}
		if r.bold {
			s.style = bold
		}
		if n < len(r.cells) {
			s.text = r.cells[n]
		}
		out[n] = p.lines([]span{s}, tableSize, widths[n]-2*cellPad, 0)
	}
	return out
}

func tallest(cells [][]line) int {
	n := 0
	for _, c := range cells {
		n = max(n, len(c))
	}
	return n
}

// split parts the first n lines of every cell from the rest.
func split(cells [][]line, n int) (part, rest [][]line) {
	for _, c := range cells {
		k := min(n, len(c))
		part, rest = append(part, c[:k]), append(rest, c[k:])
	}
	return part, rest
}

func (p *paper) drawRow(cells [][]line, columns []column, widths []float64, lines int, head bool) {
	height := rowHeight(lines)
	p.pdf.SetLineWidth(0.2)
	x := leftMargin
	for n, c := range cells {
		if head {
			p.pdf.SetFillColor(236, 236, 236)
			p.pdf.Rect(x, p.y, widths[n], height, "FD")
		} else {
			p.pdf.Rect(x, p.y, widths[n], height, "D")
		}
		y := p.y + cellPad
		if head {
			y += math.Max(0, float64(lines-len(c))) * cellLine / 2
		}
		for _, l := range c {
			p.draw(l, x+cellPad, y, widths[n]-2*cellPad, tableSize, cellLine, columns[n].align)
			y += cellLine
		}
		x += widths[n]
	}
	p.y += height
}
