package table

import (
	"math"
	"strconv"
	"strings"

	"thuoc/internal/fault"
)

// numbers reads the numeric cells once all rows stand, because the decimal sign is one for the whole file.
func (p *parser) numbers() {
	comma := p.csv.Comma == ';' && p.anyDecimalComma()
	for _, r := range p.Rows {
		for i, c := range p.Columns {
			if c.Kind == Text || r.Text[i] == "" {
				continue
			}
			v, ok := parseNumber(r.Text[i], comma)
			switch {
			case !ok:
				p.Report(r, i, fault.T("“%s” is not a number.", clip(r.Text[i])), numberRemedy(r.Text[i], comma))
			case c.Kind == Integer && (v < 0 || v != math.Trunc(v) || v >= 1e15):
				p.Report(r, i, fault.T("“%s” is not a whole number.", clip(r.Text[i])), fault.T("Write a whole number, such as 240."))
			default:
				r.Num[i] = v
			}
		}
	}
}

func (p *parser) anyDecimalComma() bool {
	for _, r := range p.Rows {
		for i, c := range p.Columns {
			if c.Kind != Text && strings.Contains(r.Text[i], ",") {
				return true
			}
		}
	}
	return false
}

// numberRemedy says how to write the cell: most faulty numbers carry the other language's marks.
func numberRemedy(cell string, comma bool) fault.Text {
	switch {
	case comma && strings.Contains(cell, "."):
		return fault.T("This file uses the decimal comma: write 1234,56 without marks between thousands.")
	case !comma && strings.Contains(cell, ","):
		return fault.T("Write 1234.56 without marks between thousands. A decimal comma is read only in files separated by semicolons.")
	}
	return fault.T("Write a number such as 43.96, or leave the row out.")
}

// parseNumber reads a decimal number with an optional sign and exponent, and nothing else that Go would take for a
// number (hexadecimal, "Inf", "NaN", underscores). The minus may be the typographic one.
func parseNumber(s string, comma bool) (float64, bool) {
	s = strings.Replace(s, "−", "-", 1)
	if comma {
		if strings.Contains(s, ".") {
			return 0, false
		}
		s = strings.Replace(s, ",", ".", 1)
	}
	if strings.Trim(s, "0123456789.eE+-") != "" {
		return 0, false
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil
}

// clip shortens a cell that is quoted in a message.
func clip(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
