package ui

import (
	"html/template"
	"math"

	"thuoc/internal/clock"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
)

// functions are what templates of a language may call. Numbers and dates reach a page only through them.
func functions(l lang.Lang) template.FuncMap {
	return template.FuncMap{
		"t":      speaker(l).t,
		"text":   func(t fault.Text) string { return lang.Translate(l, t) },
		"name":   func(n lang.Names) string { return n.In(l) },
		"num":    func(v float64, decimals int) string { return lang.Number(l, v, decimals) },
		"signed": func(v float64, decimals int) string { return lang.Signed(l, v, decimals) },
		"pct":    func(v float64, decimals int) string { return lang.Percent(l, v, decimals) },
		"span":   func(lo, hi float64, decimals int) string { return lang.Range(l, lo, hi, decimals) },
		"count":  func(n int) string { return lang.Count(l, n) },
		"date":   func(d clock.Date) string { return lang.Date(l, d) },
		"known":  func(v float64) bool { return !math.IsNaN(v) },
		"icon":   icon,
		"asset":  AssetPath,
		"is":     func(code string) bool { return string(l) == code },
	}
}

// speaker speaks a language to templates.
type speaker lang.Lang

// t writes a sentence of the catalogue: {{t "English sentence" args}}.
func (s speaker) t(key string, args ...any) string {
	return lang.Translate(lang.Lang(s), fault.T(key, args...))
}

// icon draws a symbol of a sprite beside words; it says nothing to a screen reader. Like AssetPath it panics on a name
// that is none.
func icon(name string) template.HTML {
	at, ok := assets().icon[name]
	if !ok {
		panic("ui: no icon " + name)
	}
	return template.HTML(`<svg class="i" aria-hidden="true"><use href="` + at + `"/></svg>`)
}
