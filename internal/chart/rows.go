package chart

// rowLayout lays out figures of named rows: a name, a drawing on a common scale, a text. On a narrow sheet the drawing
// stands under its name.
type rowLayout struct {
	width, rowH, names, texts float64
	stacked                   bool
	top                       float64 // room above the first row, for an axis
}

// narrowRows is the width under which a row's drawing stands under its name.
const narrowRows = 480

// newRows measures the names and texts that each yields.
func newRows(width, rowH float64, each func(yield func(name, text string, strong bool))) rowLayout {
	r := rowLayout{width: width, rowH: rowH, stacked: width < narrowRows}
	if r.stacked {
		r.rowH += 24
	}
	each(func(name, text string, strong bool) {
		r.names = max(r.names, TextWidth(name, 13, strong))
		r.texts = max(r.texts, TextWidth(text, 13, true))
	})
	r.names = min(r.names, width*0.42)
	return r
}

func (r rowLayout) y(i int) float64            { return r.top + float64(i)*r.rowH }
func (r rowLayout) height(n int) float64       { return r.y(n) + 6 }
func (r rowLayout) scale(lo, hi float64) Scale { return Scale{lo, hi, r.bar().From, r.bar().To} }

// bar is the room of a row's drawing, from left to right.
func (r rowLayout) bar() Scale {
	if r.stacked {
		return Scale{From: 6, To: r.width - 6}
	}
	return Scale{From: r.names + 18, To: r.width - r.texts - 18}
}

// mid is the middle line of a row's drawing.
func (r rowLayout) mid(i int) float64 {
	if r.stacked {
		return r.y(i) + 33
	}
	return r.y(i) + r.rowH/2
}

// clear is the height of a row's drawing that lines of a grid may take without crossing the row's texts.
func (r rowLayout) clear(i int) (top, foot float64) {
	if r.stacked {
		return r.mid(i) - 9, r.mid(i) + 9
	}
	return r.mid(i) - r.rowH/2, r.mid(i) + r.rowH/2
}

// label sets the name, shortened to its room, and the text of a row.
func (r rowLayout) label(i int, name, body string, strong bool) []mark {
	y := r.y(i) + r.rowH/2 + 4.5
	room := r.names
	if r.stacked {
		y, room = r.y(i)+15, r.width-r.texts-12
	}
	return []mark{
		text{at: at{0, y}, body: Shorten(name, 13, strong, room), size: 13, bold: strong, role: Ink},
		text{at: at{r.width, y}, body: body, size: 13, bold: true, anchor: end, role: Ink},
	}
}
