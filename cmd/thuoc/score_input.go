package main

import (
	"math"

	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/score"
	"thuoc/internal/table"
)

// readIndicators reads the caller's figures: unit, code, value and, where known, se and n.
func readIndicators(name string, def *score.Definition, units *frame) ([]score.Figure, error) {
	const (
		unit = iota
		code
		value
		se
		n
	)
	t, err := readTable(name, table.Column{Name: "unit"}, table.Column{Name: "code"}, table.Column{Name: "value", Kind: table.Number},
		table.Column{Name: "se", Kind: table.Number, Optional: true}, table.Column{Name: "n", Kind: table.Integer, Optional: true})
	if err != nil {
		return nil, err
	}
	var figures []score.Figure
	for _, r := range t.Rows {
		if r.Text[unit] != "" {
			got, ok := units.find(r.Text[unit])
			if ok {
				r.Text[unit] = got.code
			} else {
				t.Report(r, unit, got.what, got.remedy)
			}
		}
		if r.Text[code] != "" && !hasCode(def, r.Text[code]) {
			t.Report(r, code, fault.T("The index %s has no code “%s”.", def.ID, r.Text[code]), codeRemedy(r.Text[code], def))
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

// codeRemedy says what was probably meant by a code that the index lacks.
func codeRemedy(code string, def *score.Definition) fault.Text {
	var known []string
	for n := range def.Nodes() {
		known = append(known, n.Code)
	}
	if guess := lang.Nearest(code, known); guess != "" {
		return fault.T("Did you mean “%s”?", guess)
	}
	return fault.T("See: thuoc index show %s", def.ID)
}
