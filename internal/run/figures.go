package run

import (
	"math"
	"slices"

	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/score"
	"thuoc/internal/table"
)

// FigureColumns are the columns of a table of one's own figures: unit, code, value and, where known, se and n.
func FigureColumns() []table.Column {
	return []table.Column{{Name: "unit"}, {Name: "code"}, {Name: "value", Kind: table.Number},
		{Name: "se", Kind: table.Number, Optional: true}, {Name: "n", Kind: table.Integer, Optional: true}}
}

// Figures takes the figures from a table of FigureColumns. Their source is name. The error holds every fault of the table.
func Figures(t *table.Table, name string, def *score.Definition, units *Frame) ([]score.Figure, error) {
	const (
		unit = iota
		code
		value
		se
		n
	)
	var figures []score.Figure
	for _, r := range t.Rows {
		if r.Text[unit] != "" {
			got, ok := units.Find(r.Text[unit])
			if ok {
				r.Text[unit] = got.Code
			} else {
				t.Report(r, unit, got.What, got.Remedy)
			}
		}
		if r.Text[code] != "" && !HasCode(def, r.Text[code]) {
			t.Report(r, code, fault.T("The index %s has no code “%s”.", def.ID, r.Text[code]), CodeRemedy(r.Text[code], def))
		}
		if r.Num[se] < 0 {
			t.Report(r, se, fault.T("A standard error cannot be negative."), fault.T("Leave the cell empty where the error is not known."))
		}
		f := score.Figure{Unit: r.Text[unit], Code: r.Text[code], Value: r.Num[value], SE: r.Num[se], Lo: math.NaN(), Hi: math.NaN(), Status: score.OK, Source: name}
		if r.Num[n] > 0 {
			f.N = int(r.Num[n])
		}
		figures = append(figures, f)
	}
	t.Unique(unit, code)
	return figures, t.Err()
}

// HasCode tells whether a code is a node of an index or an alternative of one.
func HasCode(def *score.Definition, code string) bool {
	return def.Node(code) != nil || slices.ContainsFunc(def.Alternatives, func(a score.Alternative) bool { return a.Code == code })
}

// CodeRemedy says what was probably meant by a code that the index lacks.
func CodeRemedy(code string, def *score.Definition) fault.Text {
	var known []string
	for n := range def.Nodes() {
		known = append(known, n.Code)
	}
	if guess := lang.Nearest(code, known); guess != "" {
		return fault.T("Did you mean “%s”?", guess)
	}
	return fault.T("See: thuoc index show %s", def.ID)
}
