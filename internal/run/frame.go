package run

import (
	"errors"

	"thuoc/internal/clock"
	"thuoc/internal/fault"
	"thuoc/internal/gazetteer"
	"thuoc/internal/lang"
)

// Days gives the sets of provinces that index definitions name, each with a day on which it was in force. Units of any
// other frame (districts, hospitals) go by the names their file gives them.
var Days = map[string]clock.Date{"province-63": clock.MustDate("2024-12-31"), "province-34": gazetteer.Merger}

// Frame finds and names the units of an index.
type Frame struct {
	day   clock.Date            // zero for a frame that the gazetteer does not know
	names map[string]lang.Names // by code
	found map[string]Finding    // by word: a file names the same unit on many rows
}

// Finding is what a word names: a unit, or none, with what is wrong and what was probably meant.
type Finding struct {
	Code         string
	What, Remedy fault.Text
}

// NewFrame makes the frame of an index by the name its definition gives it, "province-63".
func NewFrame(units string) *Frame {
	f := &Frame{day: Days[units], names: map[string]lang.Names{}, found: map[string]Finding{}}
	for _, p := range gazetteer.Provinces(f.day) {
		f.names[p.Code] = p.Name
	}
	return f
}

// Provinces tells whether the units are provinces.
func (f *Frame) Provinces() bool { return len(f.names) > 0 }

// Name names a unit; one that is no province goes by its code.
func (f *Frame) Name(code string) lang.Names {
	if n, ok := f.names[code]; ok {
		return n
	}
	return lang.Names{VI: code, EN: code}
}

// Find gives the unit that a person named, by code or by name in either language. Where units are no provinces, every
// word is a unit. It is false, with the fault, for a word that names none.
func (f *Frame) Find(word string) (Finding, bool) {
	if !f.Provinces() {
		return Finding{Code: word}, true
	}
	got, before := f.found[word]
	if !before {
		got = f.look(word)
		f.found[word] = got
	}
	return got, got.Code != ""
}

func (f *Frame) look(word string) Finding {
	code := word
	if len(word) == 1 && word[0] >= '1' && word[0] <= '9' {
		code = "0" + word // Excel takes the zero off
	}
	if _, ok := f.names[code]; ok {
		return Finding{Code: code}
	}
	p, err := gazetteer.ProvinceByName(word, f.day)
	if e, ok := errors.AsType[*fault.Error](err); ok {
		return Finding{What: e.Text, Remedy: f.remedy(word)}
	}
	return Finding{Code: p.Code}
}

// remedy says what was probably meant by a word that names no unit.
func (f *Frame) remedy(word string) fault.Text {
	var known []string
	for _, p := range gazetteer.Provinces(f.day) {
		known = append(known, p.Name.VI)
	}
	if guess := lang.Nearest(word, known); guess != "" {
		return fault.T("Did you mean “%s”?", guess)
	}
	return fault.T("Write a province's name or two-digit code; see: thuoc data provinces --on %s", f.day.String())
}
