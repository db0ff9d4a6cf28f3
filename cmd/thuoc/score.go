package main

import (
	"math"
	"slices"
	"strings"

	"thuoc/internal/clock"
	"thuoc/internal/fault"
	"thuoc/internal/gazetteer"
	"thuoc/internal/lang"
	"thuoc/internal/published"
	"thuoc/internal/score"
	"thuoc/internal/table"
)

// The draws behind rank ranges and group probabilities. The seed is fixed, so that the same figures print the same
// ranges; with these draws a probability is within 0.016 of its limit in 95 of 100 seeds, and the command within its
// 0.3 s.
const (
	rankDraws = 4_000
	rankSeed  = 2009 // the year of the first PAPI survey
)

// published families: the indices whose figures come with the program.
const papiFamily = "papi"

func scoreCommand() command {
	return command{
		name:    "score",
		summary: fault.T("score provinces by an index, with the error of every number"),
		detail: fault.T("Without flags: the PAPI results of the newest year whose indicators are published. With --indicators: figures of" +
			" your own, a CSV file with the columns unit, code, value and, where known, se and n. Groups come first and a rank is a" +
			" range, because most neighbours cannot be told apart."),
		examples: []string{
			"thuoc score",
			"thuoc score --year 2019 --compat papi --level composite",
			"thuoc score --unit \"Trà Vinh\" --year 2022",
			"thuoc score --level all --format csv > papi-2023.csv",
			"thuoc score --index my-index.yaml --indicators values.csv",
		},
		setup: func(f *flags) action {
			var o scoreOptions
			index := f.text("index", "NAME|FILE", fault.T("an index that comes with the program (see thuoc index list), or a definition of your own"))
			y := f.year("year", fault.T("the year of the figures"))
			compat := f.text("compat", "NAME", fault.T("print intervals and changes as the publisher does: papi is ±1.644965 SE and the five-per-cent rule"))
			level := f.text("level", "NAME", fault.T("composite, dimension, subdimension, indicator or all; the composite with its dimensions without it"))
			unit := f.text("unit", "NAME|CODE", fault.T("one province, with everything known of it"))
			indicators := f.text("indicators", "FILE", fault.T("figures of your own instead of the published ones; - reads standard input"))
			format := f.format()
			return func(c *call) error {
				o = scoreOptions{path: f.path, index: *index, year: *y, compat: *compat, level: *level, unit: *unit, indicators: *indicators}
				s, err := o.run()
				if err != nil {
					return err
				}
				if *format != formatTable {
					return c.write(*format, nil, s.records)
				}
				for i, p := range s.pages(c.lang) {
					if i > 0 {
						c.out.WriteString("\n\n")
					}
					if err := p.WriteText(c.out); err != nil {
						return err
					}
				}
				return nil
			}
		},
	}
}

// scoreOptions are the flags of the command.
type scoreOptions struct {
	path, index, compat, level, unit, indicators string
	year                                         int
}

// scored is a result and the part of it that was asked for.
type scored struct {
	*score.Result
	level string // the id of a level, "all", or "" for the top two
	unit  string // the code of one unit, or ""
	file  string // the caller's figures, or "" for the published ones
}

func (o scoreOptions) run() (*scored, error) {
	def, year, err := o.definition()
	if err != nil {
		return nil, err
	}
	if err := o.check(def); err != nil {
		return nil, err
	}
	s := &scored{level: o.level, file: o.indicators}
	if s.Result, err = o.compute(def, year); err != nil {
		return nil, err
	}
	if o.unit == "" {
		return s, nil
	}
	s.unit, err = o.oneUnit(s.Result)
	return s, err
}

// definition finds the index and the year. Without --year it is the newest year in force whose indicators are
// published, else the newest that has figures; figures of one's own may go without a year.
func (o scoreOptions) definition() (*score.Definition, int, error) {
	name := o.index
	if name == "" {
		name = papiFamily
	}
	year := o.year
	if year == 0 && name == papiFamily && o.indicators == "" {
		year = newestYear(func(int) bool { return true })
	}
	if year != 0 && name == papiFamily {
		if _, err := published.Figures(year, published.Composite); err != nil && o.indicators == "" {
			return nil, 0, err
		}
	}
	def, err := definitionOf(name, year)
	if err != nil {
		return nil, 0, err
	}
	if year == 0 && o.indicators == "" {
		year = newestYear(def.InForce)
	}
	return def, year, nil
}

// newestYear is the newest year with published figures, and with indicators if there is one, among those that fit; 0
// when none does.
func newestYear(fits func(int) bool) int {
	newest := 0
	for _, y := range slices.Backward(published.Years()) {
		if !fits(y.Year) {
			continue
		}
		if slices.Contains(y.Levels, published.Indicator) {
			return y.Year
		}
		newest = max(newest, y.Year)
	}
	return newest
}

// check holds the flags against the definition.
func (o scoreOptions) check(def *score.Definition) error {
	var levels, compats []string
	for _, l := range def.Levels {
		levels = append(levels, l.ID)
	}
	for _, c := range def.Compat {
		compats = append(compats, c.ID)
	}
	switch {
	case o.level != "" && o.level != "all" && !slices.Contains(levels, o.level):
		return misuse(o.path, fault.T("--%s cannot be “%s”; write %s.", "level", o.level, strings.Join(append(levels, "all"), "|")))
	case o.compat != "" && len(compats) == 0:
		return misuse(o.path, fault.T("The index %s has no other way of printing; leave --compat out.", def.ID))
	case o.compat != "" && !slices.Contains(compats, o.compat):
		return misuse(o.path, fault.T("--%s cannot be “%s”; write %s.", "compat", o.compat, strings.Join(compats, "|")))
	case def.Family != papiFamily && o.indicators == "":
		return misuse(o.path, fault.T("No figures of the index %s come with the program; give yours with --indicators FILE.", def.ID))
	}
	return nil
}

// compute scores the published figures against the year before, or the caller's own.
func (o scoreOptions) compute(def *score.Definition, year int) (*score.Result, error) {
	opt := score.Options{Year: year, Compat: o.compat, Ranks: &score.RankOptions{Draws: rankDraws, Seed: rankSeed}}
	if o.indicators != "" {
		figures, err := readIndicators(o.indicators, def)
		if err != nil {
			return nil, err
		}
		return score.Compute(def, figures, opt)
	}
	figures, err := publishedFigures(def, year)
	if err != nil {
		return nil, err
	}
	if opt.Previous, opt.Between, err = yearBefore(def, year); err != nil {
		return nil, err
	}
	opt.Units, opt.Absent = published.Units(), score.NotPublished
	return score.Compute(def, figures, opt)
}

// publishedFigures gives the published figures of a year and the cells that were withheld, as far as the definition
// knows their codes: a definition of one's own may have fewer.
func publishedFigures(def *score.Definition, year int) ([]score.Figure, error) {
	figures, err := published.Figures(year)
	if err != nil {
		return nil, err
	}
	absences, err := published.Absences(year)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Concat(figures, absences), func(f score.Figure) bool { return !hasCode(def, f.Code) }), nil
}

func hasCode(def *score.Definition, code string) bool {
	return def.Node(code) != nil || slices.ContainsFunc(def.Alternatives, func(a score.Alternative) bool { return a.Code == code })
}

// yearBefore scores the year before, to compare with; nothing when it has no figures or no definition.
func yearBefore(def *score.Definition, year int) (*score.Result, []*score.Definition, error) {
	entry, ok := score.InForce(papiFamily, year-1)
	if !ok || !slices.ContainsFunc(published.Years(), func(y published.Year) bool { return y.Year == year-1 }) {
		return nil, nil, nil
	}
	former := def
	var chain []*score.Definition
	if entry.ID != def.ID {
		var err error
		if former, err = score.Open(entry.ID); err != nil {
			return nil, nil, err
		}
		chain = []*score.Definition{def}
	}
	figures, err := publishedFigures(former, year-1)
	if err != nil {
		return nil, nil, err
	}
	res, err := score.Compute(former, figures, score.Options{Year: year - 1, Units: published.Units(), Absent: score.NotPublished})
	return res, chain, err
}

// oneUnit finds the unit that --unit names among those of the result.
func (o scoreOptions) oneUnit(r *score.Result) (string, error) {
	if slices.Contains(r.Units, o.unit) {
		return o.unit, nil
	}
	day, ok := frames[r.Def.Units]
	if !ok {
		return "", fault.New(fault.NotFound, "%s is not among the units of these figures.", o.unit)
	}
	place, err := findUnit(o.unit, day)
	if err != nil {
		return "", fault.New(fault.NotFound, "%s %s", sentence(err), unitRemedy(o.unit, day))
	}
	if !slices.Contains(r.Units, place.Code) {
		return "", fault.New(fault.NotFound, "%s is not among the units of these figures.", place.Name)
	}
	return place.Code, nil
}

// readIndicators reads the caller's figures: unit, code, value and, where known, se and n.
func readIndicators(name string, def *score.Definition) ([]score.Figure, error) {
	const (
		unit = iota
		code
		value
		se
		n
	)
	t, err := readTable(name, table.Column{Name: "unit"}, table.Column{Name: "code"}, table.Column{Name: "value", Kind: table.Number},
		table.Column{Name: "se", Kind: table.Number, Optional: true}, table.Column{Name: "n", Kind: table.Integer, Optional: true})
	if err != nil {
		return nil, err
	}
	var figures []score.Figure
	for _, r := range t.Rows {
		if day, ok := frames[def.Units]; ok && r.Text[unit] != "" {
			if place, err := findUnit(r.Text[unit], day); err != nil {
				t.Report(r, unit, sentence(err), unitRemedy(r.Text[unit], day))
			} else {
				r.Text[unit] = place.Code
			}
		}
		if r.Text[code] != "" && !hasCode(def, r.Text[code]) {
			t.Report(r, code, fault.T("The index %s has no code “%s”.", def.ID, r.Text[code]), codeRemedy(r.Text[code], def))
		}
		if r.Num[se] < 0 {
			t.Report(r, se, fault.T("A standard error cannot be negative."), fault.T("Leave the cell empty where the error is not known."))
		}
		f := score.Figure{Unit: r.Text[unit], Code: r.Text[code], Value: r.Num[value], SE: r.Num[se], Lo: math.NaN(), Hi: math.NaN(), Status: score.OK}
		if r.Num[n] > 0 {
			f.N = int(r.Num[n])
		}
		figures = append(figures, f)
	}
	t.Unique(unit, code)
	return figures, t.Err()
}

// frames are the sets of provinces that definitions name, each with a day on which it was in force. Units of any other
// frame (districts, hospitals) go by the names their file gives them.
var frames = map[string]clock.Date{"province-63": frameDay, "province-34": gazetteer.Merger}

// codeRemedy says what was probably meant by a code that the index lacks.
func codeRemedy(code string, def *score.Definition) fault.Text {
	var known []string
	for n := range def.Nodes() {
		known = append(known, n.Code)
	}
	if guess := lang.Nearest(code, known); guess != "" {
		return fault.T("Did you mean “%s”?", guess)
	}
	return fault.T("See: thuoc index show %s", def.ID)
}
