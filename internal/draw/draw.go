// Package draw selects who is inspected, by a lot that nobody can steer and everybody can replay.
//
// It promises that a draw is fixed by its commitment: the frame of units, the facts and the formula of their weights, and
// a secret of 256 bits stand under one hash before the public number is known, and none of them can be exchanged
// afterwards; that the order in which units were entered does not matter; that the same file gives the same selection,
// bit for bit, on every machine, because the selection is made of whole numbers alone; and that a file is read whole or
// refused whole. Selection is successive sampling without replacement: each draw takes one of the units that are left
// with a probability proportional to its weight (Yates and Grundy 1953). docs/draw-format.md tells how to write a program
// of one's own that checks a file. Pure.
package draw

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"thuoc/internal/clock"
	"thuoc/internal/fault"
)

// Bounds of a frame: six times the communes of the country, and sums that stay far below 2⁶⁴.
const (
	MostUnits  = 20_000
	MostWeight = 1_000_000 // of one unit
	mostTerms  = 16
	mostText   = 400 // characters of a name, a source or an identity
)

// SecretSize is the length of a secret in bytes: 256 bits.
const SecretSize = 32

// Term is one fact that makes a unit likelier to be drawn.
type Term struct {
	Key  string // names the fact: "late-tasks"
	Each int64  // what one of it adds to the weight
	Most int64  // how many of it count at most
}

// Formula gives a unit's weight from facts about it: Base + Σ Each × min(fact, Most), over the terms in their order.
// Base is at least 1, so that every unit can be drawn.
type Formula struct {
	Base  int64
	Terms []Term
}

// Weight applies the formula to facts in the order of the terms.
func (f Formula) Weight(facts []int64) int64 {
	w := f.Base
	for i, t := range f.Terms {
		w += t.Each * min(facts[i], t.Most)
	}
	return w
}

// Basis says from which edition of results a fact was read, so that who replays a draw can read it there too.
type Basis struct {
	Key     string // of the term
	Edition string // hash of the edition, in hexadecimal; "" where there was none, and the fact is 0 of every unit
	Period  string // that the edition is of; "" where there was none
	Tested  int64  // of how many units of the frame it tests a change; of the others the fact says 0 because nothing is known
}

// Unit is somebody who can be drawn.
type Unit struct {
	ID    string  // the same thing in every draw of a house, and once in a frame
	Code  string  // the official code on the day of the frame; "" for none
	Name  string  // on the day of the frame
	Facts []int64 // at least 0, one for each term of the formula, as they stood on the day of the frame
}

// The forms of a frame. Files of the first are read and replayed as long as there are any; new frames are of the last.
const (
	firstForm = 1
	LastForm  = 2 // has a theme and the bases of facts
)

// Frame is everything that is fixed beforehand, but the secret.
type Frame struct {
	Form    int        // how it is written: 1 to LastForm
	ID      string     // of the draw
	On      clock.Date // on which the units and the facts stand
	Size    int        // how many units are drawn
	Source  string     // whose public number will be mixed in, said so that nobody can take another
	Day     clock.Date // on which that number becomes known, not before On
	Before  string     // the commitment of the house's draw before this one, in hexadecimal; "" for the first
	Theme   string     // why these units and not all of their kind; "" where all of a kind stand in the frame
	Formula Formula
	Bases   []Basis // of the terms whose facts are read from editions, in the order of the file
	Units   []Unit
}

// Weights gives the weights of the units in their order.
func (f *Frame) Weights() []int64 {
	all := make([]int64, len(f.Units))
	for i, u := range f.Units {
		all[i] = f.Formula.Weight(u.Facts)
	}
	return all
}

// Sort puts the units into the order in which they are hashed and drawn from: by the bytes of their ids.
func (f *Frame) Sort() {
	slices.SortStableFunc(f.Units, func(a, b Unit) int { return cmp.Compare(a.ID, b.ID) })
}

// Check gives all faults of a frame at once. A field of an item is the name of the line in a file; the line of a unit is
// its place in the frame, from 1.
func (f *Frame) Check() error {
	var items []fault.Item
	wrong := func(line int, field string, what, remedy fault.Text) {
		items = append(items, fault.Item{Line: line, Field: field, What: what, Remedy: remedy})
	}
	for field, text := range map[string]string{"draw": f.ID, "number": f.Source} {
		if !plain(text) || text == "" {
			wrong(0, field, fault.T("The text is empty, too long, or has characters that are not printed."), fault.T("Write up to %d characters in one line.", mostText))
		}
	}
	if f.On.IsZero() || f.Day.IsZero() || f.Day.Before(f.On) {
		wrong(0, "date", fault.T("The public number must become known on or after the day of the frame."), fault.T("Choose a later day."))
	}
	if len(f.Units) > MostUnits {
		wrong(0, "unit", fault.T("The frame has over %d units.", MostUnits), fault.T("Divide it."))
	}
	if f.Size < 1 || f.Size > len(f.Units) {
		wrong(0, "size", fault.T("%d units cannot be drawn from %d.", f.Size, len(f.Units)), fault.T("Draw at least one and at most as many as there are."))
	}
	if f.Before != "" && !isHash(f.Before) {
		wrong(0, "before", fault.T("This is no hash."), fault.T("It has 64 digits of 0–9 and a–f."))
	}
	if f.Form < firstForm || f.Form > LastForm || f.Form == firstForm && (f.Theme != "" || len(f.Bases) > 0) {
		wrong(0, "form", fault.T("The frame is of no known form."), fault.T("Use a newer program, or prepare the draw again."))
	}
	if !plain(f.Theme) {
		wrong(0, "theme", fault.T("The text is empty, too long, or has characters that are not printed."), fault.T("Write up to %d characters in one line.", mostText))
	}
	items = append(items, f.baseFaults()...)
	items = append(items, f.Formula.faults()...)
	return fault.Batch(append(items, f.unitFaults()...))
}

// baseFaults are those of what the facts were read from.
func (f *Frame) baseFaults() (items []fault.Item) {
	for i, s := range f.Bases {
		term := slices.ContainsFunc(f.Formula.Terms, func(t Term) bool { return t.Key == s.Key })
		if !term || s.Edition != "" && !isHash(s.Edition) || !plain(s.Period) || s.Tested < 0 || s.Tested > int64(len(f.Units)) {
			items = append(items, fault.Item{Line: i + 1, Field: "basis", What: fault.T("The basis is of no term of the formula, or of no edition."), Remedy: fault.T("Correct the formula.")})
		}
	}
	return items
}

// faults of a formula.
func (f Formula) faults() (items []fault.Item) {
	if f.Base < 1 || f.Base > MostWeight || len(f.Terms) > mostTerms {
		items = append(items, fault.Item{Field: "base", What: fault.T("The weight that every unit has is at least 1."), Remedy: fault.T("Correct the formula.")})
	}
	most, heavy := f.Base, false
	for i, t := range f.Terms {
		bad := !plain(t.Key) || t.Key == "" || t.Each < 0 || t.Most < 0 || t.Each > MostWeight || t.Most > MostWeight
		if !bad {
			most += t.Each * t.Most
		}
		over := most > MostWeight && !heavy
		heavy = heavy || over
		if bad || over || slices.ContainsFunc(f.Terms[:i], func(o Term) bool { return o.Key == t.Key }) {
			items = append(items, fault.Item{Line: i + 1, Field: "term", What: fault.T("The term is named twice, is below 0, or makes weights above %d.", MostWeight), Remedy: fault.T("Correct the formula.")})
		}
	}
	return items
}

// unitFaults are those of the units.
func (f *Frame) unitFaults() (items []fault.Item) {
	seen := make(map[string]bool, len(f.Units))
	for i, u := range f.Units {
		wrong := func(what, remedy fault.Text) {
			items = append(items, fault.Item{Line: i + 1, Field: "unit", What: what, Remedy: remedy})
		}
		if u.ID == "" || u.Name == "" || !plain(u.ID) || !plain(u.Code) || !plain(u.Name) {
			wrong(fault.T("The text is empty, too long, or has characters that are not printed."), fault.T("Write up to %d characters in one line.", mostText))
		}
		if seen[u.ID] {
			wrong(fault.T("The unit stands in the frame twice."), fault.T("Take one of them out."))
		}
		seen[u.ID] = true
		if len(u.Facts) != len(f.Formula.Terms) || slices.ContainsFunc(u.Facts, func(n int64) bool { return n < 0 }) {
			wrong(fault.T("A fact of the unit is missing or below 0."), fault.T("Give one whole number for each term."))
		}
	}
	return items
}

// plain tells whether a text can stand in a file: one line of printed characters.
func plain(s string) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= mostText && strings.TrimSpace(s) == s &&
		!strings.ContainsFunc(s, func(r rune) bool { return r != ' ' && !unicode.IsPrint(r) })
}

// shortestNumber and longestNumber bound a public number in letters and digits.
const (
	shortestNumber = 4
	longestNumber  = 256
)

// Number gives a public number as it is mixed in: its letters a–z and digits, without the blanks, points, commas and
// hyphens that people put between them, in small letters.
func Number(typed string) (string, error) {
	var b strings.Builder
	for _, r := range typed {
		switch {
		case r >= '0' && r <= '9', r >= 'a' && r <= 'z':
			b.WriteRune(r)
		case r >= 'A' && r <= 'Z':
			b.WriteRune(r + 'a' - 'A')
		case unicode.IsSpace(r), strings.ContainsRune(".,-", r):
		default:
			return "", fault.New(fault.Invalid, "“%s” cannot stand in a public number. Write its digits, or letters a–z.", string(r))
		}
	}
	if n := b.Len(); n < shortestNumber || n > longestNumber {
		return "", fault.New(fault.Invalid, "A public number has %d to %d letters or digits.", shortestNumber, longestNumber)
	}
	return b.String(), nil
}
