package score

import (
	"cmp"
	"regexp"
	"slices"

	"github.com/goccy/go-yaml/ast"

	"thuoc/internal/fault"
)

// Format is the version of the definition format this package reads.
const Format = 1

// Load reads a definition from YAML. Name is how the person named the file. Every fault of the file is in the error at
// once, with its line, column, field and remedy; the definition is nil then. The format is described in
// docs/index-format.md and by Schema.
func Load(name string, data []byte) (*Definition, error) {
	r := &reader{file: name}
	var d *Definition
	if top := r.parse(data); top != nil {
		d = r.definition(top)
	}
	if len(r.items) > 0 {
		slices.SortStableFunc(r.items, func(a, b fault.Item) int {
			return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Field, b.Field))
		})
		return nil, fault.Batch(r.items)
	}
	return d, nil
}

var (
	idPattern   = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	codePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$`)
)

func (r *reader) definition(top ast.Node) *Definition {
	o, ok := r.object(top, "", "format", "id", "family", "names", "comments", "years", "units", "sources", "levels", "tolerance",
		"missing_codes", "suppress", "compat", "change", "groups", "bridge", "alternatives", "tree")
	if !ok {
		return nil
	}
	if o.need("format") && o.whole("format", Format, 1, 1000) != Format {
		r.items = nil // the rest follows rules that this program does not know
		o.wrong("format", fault.T("This version of the format is not known."), fault.T("This program reads format %d.", Format))
		return nil
	}
	d := &Definition{
		ID:           o.id("id"),
		Family:       o.id("family"),
		Names:        o.names("names", true),
		Comments:     o.names("comments", false),
		Units:        o.id("units"),
		Sources:      o.texts("sources"),
		Tolerance:    o.number("tolerance", 1e-6, 0, 1),
		MissingCodes: o.numbers("missing_codes"),
	}
	d.First, d.Last = o.years("years")
	d.readLevels(o)
	if o.has("suppress") {
		if s, ok := o.child("suppress", "answers_below"); ok {
			d.AnswersBelow = s.whole("answers_below", 0, 1, 10000)
		}
	}
	d.readTree(o)
	d.readAlternatives(o)
	d.readChanges(o)
	d.readCompat(o)
	d.readGroups(o)
	d.readBridge(o)
	return d
}

// years reads [first, last]; without a last year the definition is still in force.
func (o object) years(key string) (first, last int) {
	if !o.need(key) {
		return 0, 0
	}
	years := o.numbers(key)
	if years == nil {
		return 0, 0
	}
	for _, y := range years {
		if y != float64(int(y)) || y < 1900 || y > 2200 {
			o.wrong(key, fault.T("This is no year."), fault.T("Write [first, last], or [first] while it is in force."))
			return 0, 0
		}
	}
	switch {
	case len(years) == 1:
		return int(years[0]), 0
	case len(years) == 2 && years[0] <= years[1]:
		return int(years[0]), int(years[1])
	}
	o.wrong(key, fault.T("The years are not in order."), fault.T("Write [first, last], or [first] while it is in force."))
	return 0, 0
}

func (d *Definition) readLevels(o object) {
	if !o.need("levels") {
		return
	}
	for _, l := range o.objects("levels", "id", "names") {
		id := l.id("id")
		if d.level(id) >= 0 {
			l.wrong("id", fault.T("The level stands twice."), fault.T("Give each level its own id."))
		}
		d.Levels = append(d.Levels, Level{id, l.names("names", true)})
	}
}

// level gives the depth of a level, −1 when there is none of that id.
func (d *Definition) level(id string) int {
	return slices.IndexFunc(d.Levels, func(l Level) bool { return l.ID == id })
}

// levels reads a list of level ids.
func (d *Definition) levels(o object, key string) []string {
	ids := o.texts(key)
	for _, id := range ids {
		if d.level(id) < 0 {
			o.wrong(key, fault.T("There is no level %q.", id), fault.T("Name levels of this file."))
		}
	}
	return ids
}

func (d *Definition) readAlternatives(o object) {
	for _, a := range o.objects("alternatives", "code", "names", "scale", "constant", "weights") {
		alt := Alternative{Code: a.code("code"), Names: a.names("names", true), Scale: a.span("scale"), Constant: a.number("constant", 0, -1e9, 1e9)}
		taken := d.byCode[alt.Code] != nil || slices.ContainsFunc(d.Alternatives, func(x Alternative) bool { return x.Code == alt.Code })
		if taken {
			a.wrong("code", fault.T("The code stands twice."), fault.T("Give each node its own code."))
		}
		alt.Weights = a.terms("weights")
		for _, t := range alt.Weights {
			if d.byCode[t.Code] == nil {
				a.wrong("weights", fault.T("There is no node %q.", t.Code), fault.T("Name nodes of this tree."))
			}
		}
		d.Alternatives = append(d.Alternatives, alt)
	}
}

// terms reads a mapping from codes to coefficients, in the order of the file.
func (o object) terms(key string) []Term {
	if !o.need(key) {
		return nil
	}
	m, ok := o.value(key).(*ast.MappingNode)
	if !ok || len(m.Values) == 0 {
		o.wrong(key, fault.T("Weights are expected here."), fault.T("Write them like {D1: 0.5, D2: 1.5}."))
		return nil
	}
	var out []Term
	for _, p := range m.Values {
		code := p.Key.GetToken().Value
		v, ok := numberOf(p.Value)
		switch {
		case !ok:
			o.r.add(p.Value, o.field(key)+"."+code, fault.T("A number is expected here."), fault.T("Write it without quotes, with a decimal point."))
		case slices.ContainsFunc(out, func(t Term) bool { return t.Code == code }):
			o.r.add(p.Key, o.field(key)+"."+code, fault.T("The key stands twice."), fault.T("Keep one of the two."))
		default:
			out = append(out, Term{code, v})
		}
	}
	return out
}

func (d *Definition) readChanges(o object) {
	for _, c := range o.objects("change", "id", "rule", "threshold", "level", "levels") {
		rule := ChangeRule{ID: c.id("id"), Tested: c.choice("rule", "tested", "relative") == "tested", Levels: d.levels(c, "levels")}
		if rule.Tested {
			c.refuse("threshold", "rule: relative")
			rule.Level = c.number("level", 0.95, 0.5, 0.9999)
		} else {
			c.refuse("level", "rule: tested")
			c.need("threshold")
			rule.Threshold = c.number("threshold", 0.05, 1e-6, 10)
		}
		if d.change(rule.ID) != nil {
			c.wrong("id", fault.T("The rule stands twice."), fault.T("Give each rule its own id."))
		}
		d.Changes = append(d.Changes, rule)
	}
}

// refuse adds a fault when a key stands that has a meaning only beside another.
func (o object) refuse(key, beside string) {
	if o.has(key) {
		o.wrong(key, fault.T("The key has no meaning here."), fault.T("It belongs to %s; remove it or change that.", beside))
	}
}

func (d *Definition) change(id string) *ChangeRule {
	if i := slices.IndexFunc(d.Changes, func(c ChangeRule) bool { return c.ID == id }); i >= 0 {
		return &d.Changes[i]
	}
	return nil
}

func (d *Definition) readCompat(o object) {
	for _, c := range o.objects("compat", "id", "multiplier", "level", "printed_level", "change") {
		for _, key := range []string{"multiplier", "level", "change"} {
			c.need(key)
		}
		compat := Compat{
			ID:           c.id("id"),
			Multiplier:   c.number("multiplier", 1, 0.01, 10),
			Level:        c.number("level", 0.9, 0.5, 0.9999),
			PrintedLevel: c.number("printed_level", 0, 0.5, 0.9999),
			Change:       c.text("change", false),
		}
		if compat.Change != "" && d.change(compat.Change) == nil {
			c.wrong("change", fault.T("There is no change rule %q.", compat.Change), fault.T("Name a rule of this file."))
		}
		d.Compat = append(d.Compat, compat)
	}
}

// id reads an identifier of small letters, digits and hyphens.
func (o object) id(key string) string {
	s := o.text(key, true)
	if s != "" && !idPattern.MatchString(s) {
		o.wrong(key, fault.T("This is no identifier."), fault.T("Use small letters, digits and hyphens, like papi-2023."))
	}
	return s
}

// code reads the code of a node.
func (o object) code(key string) string {
	s := o.text(key, true)
	if s != "" && !codePattern.MatchString(s) {
		o.wrong(key, fault.T("This is no code of a node."), fault.T("Use up to 32 letters, digits, points, hyphens and underscores, like D1 or 1.1.2."))
	}
	return s
}
