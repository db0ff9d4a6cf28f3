package main

import (
	"errors"

	"thuoc/internal/clock"
	"thuoc/internal/fault"
	"thuoc/internal/gazetteer"
	"thuoc/internal/lang"
)

// days gives the sets of provinces that index definitions name, each with a day on which it was in force. Units of any
// other frame (districts, hospitals) go by the names their file gives them.
var days = map[string]clock.Date{"province-63": clock.MustDate("2024-12-31"), "province-34": gazetteer.Merger}

// papiFrame is the frame of the published figures: the 63 provinces before the merger.
const papiFrame = "province-63"

// frame finds and names the units of an index.
type frame struct {
	day   clock.Date            // zero for a frame that the gazetteer does not know
	names map[string]lang.Names // by code
	found map[string]finding    // by word: a file names the same unit on many rows
}

// finding is what a word names: a unit, or none, with what is wrong and what was probably meant.
type finding struct {
	code         string
	what, remedy fault.Text
}

func newFrame(units string) *frame {
	f := &frame{day: days[units], names: map[string]lang.Names{}, found: map[string]finding{}}
	for _, p := range gazetteer.Provinces(f.day) {
		f.names[p.Code] = p.Name
	}
	return f
}

// provinces tells whether the units are provinces.
func (f *frame) provinces() bool { return len(f.names) > 0 }

// name names a unit; one that is no province goes by its code.
func (f *frame) name(code string) lang.Names {
	if n, ok := f.names[code]; ok {
		return n
	}
	return lang.Names{VI: code, EN: code}
}

// find gives the unit that a person named, by code or by name in either language. Where units are no provinces, every
// word is a unit. It is false, with the fault, for a word that names none.
func (f *frame) find(word string) (finding, bool) {
	if !f.provinces() {
		return finding{code: word}, true
	}
	got, before := f.found[word]
	if !before {
		got = f.look(word)
		f.found[word] = got
	}
	return got, got.code != ""
}

func (f *frame) look(word string) finding {
	code := word
	if len(word) == 1 && word[0] >= '1' && word[0] <= '9' {
		code = "0" + word // Excel takes the zero off
	}
	if _, ok := f.names[code]; ok {
		return finding{code: code}
	}
	p, err := gazetteer.ProvinceByName(word, f.day)
	if e, ok := errors.AsType[*fault.Error](err); ok {
		return finding{what: e.Text, remedy: f.remedy(word)}
	}
	return finding{code: p.Code}
}

// remedy says what was probably meant by a word that names no unit.
func (f *frame) remedy(word string) fault.Text {
	var known []string
	for _, p := range gazetteer.Provinces(f.day) {
		known = append(known, p.Name.VI)
	}
	if guess := lang.Nearest(word, known); guess != "" {
		return fault.T("Did you mean “%s”?", guess)
	}
	return fault.T("Write a province's name or two-digit code; see: thuoc data provinces --on %s", f.day.String())
}

// findAll finds several units; the items hold the words that name none.
func (f *frame) findAll(words []string) (codes []string, items []fault.Item) {
	for _, w := range words {
		got, ok := f.find(w)
		if !ok {
			items = append(items, fault.Item{Field: "--unit", What: got.what, Remedy: got.remedy})
			continue
		}
		codes = append(codes, got.code)
	}
	return codes, items
}
