package ui

// EntryForm is a form in which somebody enters something. It is sent by POST; what is wrong comes back all at once, with
// everything that was entered still in it.
type EntryForm struct {
	ID       string
	Action   string
	Key      string // makes a second sending of the same form harmless
	Version  string // of what is edited, so that two who edit at once notice
	Fields   []*Field
	Submit   string
	Icon     string
	Danger   bool // the button cannot be undone
	Cancel   Link
	Save     string // address to which the script saves drafts; "" = not kept
	Restored string // the notice that a draft was put back
	Discard  Act    // drops the draft and begins anew
	Faults   []Link // the head of an answer to faults: each leads to its field
	Head     string // the sentence above the faults
	Clash    string // somebody else changed it first: who and when, in words
	Multiple bool   // holds files
}

// Field is one entry of a form.
type Field struct {
	Name, Label, Hint string
	Kind              string // an input's type, or area, select, radio, check, checks
	Value             string
	Chosen            []string // of checks: the values that are ticked
	Options           []Choice // of select, radio and checks
	Optional          bool     // most entries are needed; what is not says so
	Secret            bool     // never kept in a draft, never sent back
	Complete          string   // what the browser may fill in
	Mode              string   // which keyboard a phone shows
	Accept            string   // of a file: its kinds
	Most              int      // length, in characters; 0 = no bound of its own
	Rows              int      // of an area
	Head              string   // begins a section of the form
	Faults            []string // what is wrong with it
	Now               string   // what somebody else has stored meanwhile, where it differs
	Wide              bool     // takes the whole width
}

// At is the id of the field's input, to which a fault leads.
func (f *Field) At() string { return "f-" + f.Name }

// Described lists the ids of what explains the field, for a screen reader.
func (f *Field) Described() string {
	s := ""
	if f.Hint != "" {
		s = f.At() + "-h"
	}
	if len(f.Faults) > 0 {
		s += " " + f.At() + "-e"
	}
	if f.Now != "" {
		s += " " + f.At() + "-n"
	}
	return s
}

// Has tells whether a choice of the field is made.
func (f *Field) Has(value string) bool {
	if f.Kind != "checks" {
		return f.Value == value
	}
	for _, v := range f.Chosen {
		if v == value {
			return true
		}
	}
	return false
}

// Groups gives the options of a list by their headings.
func (f *Field) Groups() []OptionGroup { return Select{Options: f.Options}.Groups() }

// Set puts values into the field.
func (f *Field) Set(values []string) {
	f.Chosen = values
	if f.Value = ""; len(values) > 0 {
		f.Value = values[0]
	}
}
