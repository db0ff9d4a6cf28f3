// Package lang speaks Vietnamese and English: names in both, numbers and dates as each language writes them, sorting
// and searching that know Vietnamese letters, and the catalogue of sentences.
//
// It promises that one value is written one way in one language everywhere, and that machine output never passes
// through it. Pure.
package lang

// Lang is a language of the interface.
type Lang string

// The languages: Vietnamese first, English beside it.
const (
	Vi Lang = "vi"
	En Lang = "en"
)

// Parse reads a language's code, "vi" or "en".
func Parse(code string) (Lang, bool) {
	l := Lang(code)
	return l, l == Vi || l == En
}

// Names is a name in both languages.
type Names struct {
	VI string `yaml:"vi" json:"vi"`
	EN string `yaml:"en" json:"en"`
}

// In gives the name in a language.
func (n Names) In(l Lang) string {
	if l == En {
		return n.EN
	}
	return n.VI
}
