package ui

// Choice is one of several values a reader may pick: a chip, a segment, an option of a list.
type Choice struct {
	Href    string // chips and segments: the address of the view with this value
	Value   string // options: what the form sends
	Text    string
	Mark    string // a chip's number
	Aside   string // a segment's smaller words
	Icon    string
	Group   string // options: the heading they stand under
	Current bool
}

// Select is a list in a form that is sent by GET, so that the choice is part of the address.
type Select struct {
	Name, Label string
	Options     []Choice
}

// OptionGroup is a run of options under one heading.
type OptionGroup struct {
	Head    string
	Options []Choice
}

// Groups gives the options by their headings, in their order.
func (s Select) Groups() []OptionGroup {
	var out []OptionGroup
	for _, o := range s.Options {
		if n := len(out); n == 0 || out[n-1].Head != o.Group {
			out = append(out, OptionGroup{Head: o.Group})
		}
		out[len(out)-1].Options = append(out[len(out)-1].Options, o)
	}
	return out
}

// Form is a line of lists with one button. With scripts a choice applies at once.
type Form struct {
	Action, Label string
	Keep          []Choice // values of the view that the form does not ask for
	Selects       []Select
}

// Figure is a drawing or table with what must stand around it.
type Figure struct {
	ID       string
	Title    string // the finding, as far as it is tested
	Subtitle string // measure, scale, year
	Note     string // how to read it, "" for none
	Source   string // source, n and date
	Tools    []Link // downloads and embedding; Text is the format
	Level    int    // of its heading: 2 or 3
}
