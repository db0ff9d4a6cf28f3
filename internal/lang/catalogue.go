package lang

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"thuoc/internal/clock"
	"thuoc/internal/fault"
	"thuoc/locale"
)

// entry is what a catalogue holds for a key: the sentence and, where the language has one, its singular.
type entry struct {
	Other string `json:"other"`
	One   string `json:"one"`
}

// UnmarshalJSON reads an entry: a plain string is the sentence for any number.
func (e *entry) UnmarshalJSON(b []byte) error {
	if b[0] == '"' {
		return json.Unmarshal(b, &e.Other)
	}
	type plain entry
	return json.Unmarshal(b, (*plain)(e))
}

// catalogues are read on first use: a command that prints Vietnamese never pays for English.
var catalogues = map[Lang]func() map[string]entry{
	Vi: sync.OnceValue(func() map[string]entry { return parse(locale.VI) }),
	En: sync.OnceValue(func() map[string]entry { return parse(locale.EN) }),
}

// parse reads an embedded catalogue; a broken one is a defect of the build.
func parse(b []byte) map[string]entry {
	var m map[string]entry
	if err := json.Unmarshal(b, &m); err != nil {
		panic("locale: " + err.Error())
	}
	return m
}

// Translate writes a sentence in a language. Arguments that are themselves texts, names or dates are written in that
// language too. A sentence that the catalogue lacks stays English; a test sees to it that there is none.
func Translate(l Lang, t fault.Text) string {
	format := t.Key
	if catalogue, ok := catalogues[l]; ok {
		if e, ok := catalogue()[t.Key]; ok {
			format = e.form(t)
		}
	}
	if len(t.Args) == 0 {
		return format
	}
	args := make([]any, len(t.Args))
	for i, a := range t.Args {
		args[i] = inLanguage(l, a)
	}
	return fmt.Sprintf(format, args...)
}

// form picks the singular when the first whole number of the text is 1 and the language has a singular.
func (e entry) form(t fault.Text) string {
	other := e.Other
	if other == "" {
		other = t.Key
	}
	if e.One == "" {
		return other
	}
	for _, a := range t.Args {
		if n, ok := a.(int); ok {
			if n == 1 {
				return e.One
			}
			return other
		}
	}
	return other
}

func inLanguage(l Lang, a any) any {
	switch a := a.(type) {
	case fault.Text:
		return Translate(l, a)
	case Names:
		return a.In(l)
	case clock.Date:
		return Date(l, a)
	}
	return a
}

// Explain writes an error in a language: its sentence, then a line for every fault with its place, what is wrong and
// what to do. The cause is not shown.
func Explain(l Lang, e *fault.Error) string {
	var b strings.Builder
	b.WriteString(Translate(l, e.Text))
	for _, it := range e.Items {
		b.WriteString("\n")
		if p := it.Place(); p != "" {
			b.WriteString(p + ": ")
		}
		if it.Field != "" {
			b.WriteString(it.Field + ": ")
		}
		b.WriteString(Translate(l, it.What))
		if it.Remedy.Key != "" {
			b.WriteString(" " + Translate(l, it.Remedy))
		}
	}
	return b.String()
}
