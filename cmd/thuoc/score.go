package main

import (
	"cmp"
	"slices"
	"strings"

	"thuoc/internal/fault"
	"thuoc/internal/published"
	"thuoc/internal/run"
	"thuoc/internal/score"
	"thuoc/internal/table"
)

// published families: the indices whose figures come with the program.
const papiFamily = "papi"

func scoreCommand() command {
	return command{
		name:    "score",
		summary: fault.T("score provinces by an index, with the error of every number"),
		detail: fault.T("Without flags: the PAPI results of the newest year whose indicators are published. With --indicators: figures of" +
			" your own, a CSV file with the columns unit, code, value and, where known, se and n. With --data: answers, from which" +
			" every leaf that names its variable is estimated; errors then follow from the sample at every level. Groups come first" +
			" and a rank is a range, because most neighbours cannot be told apart."),
		examples: []string{
			"thuoc score",
			"thuoc score --year 2019 --compat papi --level composite",
			"thuoc score --unit \"Trà Vinh\" --year 2022",
			"thuoc score --code D1 --year 2023 --base 2021 --compat papi",
			"thuoc score --level all --format csv > papi-2023.csv",
			"thuoc score --index my-index.yaml --indicators values.csv",
			"thuoc score --index my-survey.yaml --data y2.csv --previous y1.csv --weights w --strata s --psu p --by prov --lonely collapse",
		},
		setup: func(f *flags) action {
			index := f.text("index", "NAME|FILE", fault.T("an index that comes with the program (see thuoc index list), or a definition of your own"))
			y := f.year("year", fault.T("the year of the figures"))
			base := f.year("base", fault.T("the year to compare with; the year before without it"))
			compat := f.text("compat", "NAME", fault.T("print intervals and changes as the publisher does: papi is ±1.644965 SE and the five-per-cent rule"))
			level := f.text("level", "NAME", fault.T("composite, dimension, subdimension, indicator or all; the composite with its dimensions without it"))
			code := f.text("code", "CODE", fault.T("one node of the index, such as D6 or 1.1, with its change against the year before"))
			unit := f.text("unit", "NAME|CODE", fault.T("one province, with everything known of it"))
			indicators := f.text("indicators", "FILE", fault.T("figures of your own instead of the published ones; - reads standard input"))
			answers := f.answersFlags()
			format := f.format()
			return func(c *call) error {
				o := scoreOptions{path: f.path, index: *index, year: *y, base: *base, compat: *compat, level: *level,
					code: *code, unit: *unit, indicators: *indicators, answersOptions: answers()}
				s, err := o.run()
				if err == nil && o.out != "" {
					err = s.writeFolder(o.out)
				}
				switch {
				case err != nil:
					return err
				case *format == formatTable:
					return c.writePages(s.pages(c.lang))
				}
				return c.writeRecords(*format, s.records())
			}
		},
	}
}

// scoreOptions are the flags of the command.
type scoreOptions struct {
	path, index, compat, level, code, unit, indicators string
	year, base                                         int
	answersOptions
}

// own tells whether the figures are the caller's, not the published ones.
func (o scoreOptions) own() bool { return o.indicators != "" || o.data != "" }

// scored is a result and the part of it that was asked for.
type scored struct {
	*score.Result
	frame  *run.Frame
	level  string        // the id of a level, "all", or "" for the top two
	code   string        // the code of one node, or ""
	unit   string        // the code of one unit, or ""
	file   string        // the caller's files, or "" for the published figures
	sample *run.Surveyed // of the caller's answers, or nil
}

func (o scoreOptions) run() (*scored, error) {
	def, year, err := o.definition()
	if err != nil {
		return nil, err
	}
	if err := o.check(def); err != nil {
		return nil, err
	}
	s := &scored{frame: run.NewFrame(def.Units), level: o.level, code: o.code}
	s.file = strings.Join(slices.DeleteFunc([]string{o.data, o.indicators}, func(f string) bool { return f == "" }), ", ")
	if o.own() && o.data == "" {
		s.level = cmp.Or(o.level, "all") // which of the levels have values is for the file to say
	}
	if err := o.compute(def, year, s); err != nil {
		return nil, err
	}
	if o.unit == "" {
		return s, nil
	}
	s.unit, err = s.oneUnit(o.unit)
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
	if year == 0 && name == papiFamily && !o.own() {
		year = newestYear(func(int) bool { return true })
	}
	if year != 0 && name == papiFamily && !o.own() {
		if _, err := published.Respondents(year); err != nil {
			return nil, 0, err // it lists the years, which "not in force" would not
		}
	}
	def, err := definitionOf(name, year)
	if err != nil {
		return nil, 0, err
	}
	if year == 0 && !o.own() && def.Family == papiFamily {
		if year = newestYear(def.InForce); year == 0 {
			return nil, 0, fault.New(fault.NotFound, "No figures were published of the years in which %s is in force, %s.", def.ID, inForce(def))
		}
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
	case o.base != 0 && o.own():
		return misuse(o.path, fault.T("--base compares published figures; leave it out with --indicators and --data."))
	case o.code != "" && !run.HasCode(def, o.code):
		return fault.New(fault.NotFound, "The index %s has no code “%s”. %s", def.ID, o.code, run.CodeRemedy(o.code, def))
	case def.Family != papiFamily && !o.own():
		return misuse(o.path, fault.T("No figures of the index %s come with the program; give yours with --indicators FILE or --data FILE.", def.ID))
	}
	return o.answersOptions.check(o.path)
}

// compute scores the published figures against those of a former year, or the caller's own.
func (o scoreOptions) compute(def *score.Definition, year int, s *scored) (err error) {
	opt := score.Options{Year: year, Compat: o.compat, Ranks: &score.RankOptions{Draws: run.RankDraws, Seed: run.RankSeed}}
	var figures []score.Figure
	if o.indicators != "" {
		if figures, err = readIndicators(o.indicators, def, s.frame); err != nil {
			return err
		}
	}
	switch {
	case o.data != "":
		opt.Ranks.Levels = o.rankLevels(def)
		return o.scoreAnswers(def, figures, opt, s)
	case o.indicators == "":
		if figures, err = publishedFigures(def, year); err != nil {
			return err
		}
		if opt.Previous, opt.Between, err = o.former(def, year); err != nil {
			return err
		}
		opt.Units, opt.Absent = published.Units(), score.NotPublished
	}
	s.Result, err = score.Compute(def, figures, opt)
	return err
}

// rankLevels are the levels whose ranks are drawn where every level has errors: the upper two, and the one asked for.
func (o scoreOptions) rankLevels(def *score.Definition) []string {
	levels := []string{o.level}
	if n := def.Node(o.code); n != nil {
		levels = append(levels, n.Level)
	}
	for _, l := range def.Levels[:min(2, len(def.Levels))] {
		levels = append(levels, l.ID)
	}
	return levels
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
	return slices.DeleteFunc(slices.Concat(figures, absences), func(f score.Figure) bool { return !run.HasCode(def, f.Code) }), nil
}

// former scores the year to compare with, and lists the versions of the index in between. Without --base it is the year
// before, and nothing when that has no figures.
func (o scoreOptions) former(def *score.Definition, year int) (*score.Result, []*score.Definition, error) {
	base := cmp.Or(o.base, year-1)
	figures, err := published.Figures(base)
	entry, ok := score.InForce(papiFamily, base)
	switch {
	case o.base == 0 && (err != nil || !ok):
		return nil, nil, nil
	case err != nil:
		return nil, nil, err
	}
	former, err := score.Open(entry.ID)
	if err != nil {
		return nil, nil, err
	}
	res, err := score.Compute(former, figures, score.Options{Year: base, Units: published.Units(), Absent: score.NotPublished})
	if err != nil {
		return nil, nil, err
	}
	between, err := versionsBetween(former, def)
	return res, between, err
}

// versionsBetween lists the versions of an index after former up to def itself, oldest first.
func versionsBetween(former, def *score.Definition) ([]*score.Definition, error) {
	if former.ID == def.ID {
		return nil, nil
	}
	if def.Bridge == nil {
		return []*score.Definition{def}, nil
	}
	chain, err := score.Chain(former.ID, def.Bridge.Former)
	return append(chain, def), err
}

// oneUnit finds the unit that --unit names among those of the result.
func (s *scored) oneUnit(word string) (string, error) {
	got, ok := s.frame.Find(word)
	switch {
	case !ok:
		return "", fault.New(fault.NotFound, "%s %s", got.What, got.Remedy)
	case !slices.Contains(s.Units, got.Code):
		return "", fault.New(fault.NotFound, "%s is not among the units of these figures.", s.frame.Name(got.Code))
	}
	return got.Code, nil
}

// rows gives the rows that were asked for, in the order of the tree.
func (s *scored) rows() []score.Row {
	var rows []score.Row
	for _, r := range s.Rows {
		if s.wants(r) && (s.unit == "" || r.Unit == s.unit) {
			rows = append(rows, r)
		}
	}
	return rows
}

// wants tells whether a row's node was asked for. Unless a code or level is named it is the top two levels, and for one
// unit the top three.
func (s *scored) wants(r score.Row) bool {
	switch {
	case s.code != "":
		return r.Code == s.code
	case s.level != "":
		return s.level == "all" || s.level == r.Level
	}
	depth := slices.IndexFunc(s.Def.Levels, func(l score.Level) bool { return l.ID == r.Level })
	return depth < 2 || depth == 2 && s.unit != ""
}

// records writes the rows that were asked for.
func (s *scored) records() *table.Records { return run.Records(s.Result, s.frame, s.rows()) }
