// Package published holds the PAPI results that UNDP, CECODES and VFF-CRT have published, 2011 to 2024, with what is
// known of their error, their samples, their groups, their sources and their defects.
//
// It promises that a value is the published decimal, unrounded; that a cell without a value is not published, never a
// zero, and has a reason only where a source gives one; that an interval carries the coverage it truly has and not the
// label it was printed under; and that a known defect travels with its cell. It judges nothing: scoring, groups of our
// own and comparisons are the business of package score.
//
// Units are the two-digit codes of the 63 provinces before 1 July 2025, as package gazetteer knows them. Codes are "PAPI" (composite), "PAPI_W"
// (weighted composite, 2019), "D1" to "D8", sub-dimensions "1.1", indicators "1.1.1"; they are positions in the
// framework of their year, so that "2.1" of 2015 and of 2019 are different things. The numbers lie in papi.cells, whose
// format package cells describes. Pure.
package published

import (
	_ "embed"
	"iter"
	"math"
	"slices"
	"strings"
	"sync"

	"thuoc/internal/fault"
	"thuoc/internal/published/cells"
	"thuoc/internal/score"
)

//go:generate go run ./gen -from ../../../shared/data -out papi.cells

//go:embed papi.cells
var packed []byte

// file opens the embedded figures on first use. A file that does not open is a defect of the build.
var file = sync.OnceValue(func() *cells.File {
	f, err := cells.Open(packed)
	if err != nil {
		panic(err)
	}
	return f
})

// Level is the depth of a code in the tree of PAPI.
type Level string

// The levels, from the top.
const (
	Composite    Level = "composite"
	Dimension    Level = "dimension"
	Subdimension Level = "subdimension"
	Indicator    Level = "indicator"
)

// levels lists every level from the top.
var levels = []Level{Composite, Dimension, Subdimension, Indicator}

// LevelOf gives the level of a code by its form.
func LevelOf(code string) Level {
	switch strings.Count(code, ".") {
	case 1:
		return Subdimension
	case 2:
		return Indicator
	}
	if strings.HasPrefix(code, "D") {
		return Dimension
	}
	return Composite
}

// groupNames are the printed groups from the highest, as score.Figure names them.
var groupNames = [...]string{"high", "upper-middle", "lower-middle", "low"}

// respondents is the code under which the file holds the people interviewed.
const respondents = "N"

// Figures gives the published figures of a year, those of the named levels or of all when none is named. They are
// sorted by code in the order of the tree (PAPI, D1, 1.1, 1.1.1, …, D2, …), then by unit. Every figure has its source;
// SE, limits, true level, N and group stand where they were published, and Note holds the key of a Remark.
// A year without figures is NotFound.
func Figures(year int, wanted ...Level) ([]score.Figure, error) {
	section, err := section(year)
	if err != nil {
		return nil, err
	}
	n := respondentsIn(section)
	columns := slices.DeleteFunc(section.Columns, func(c cells.Column) bool {
		return c.Code == respondents || len(wanted) > 0 && !slices.Contains(wanted, LevelOf(c.Code))
	})
	total := 0
	for c := range valueColumns(columns) {
		total += c.Len()
	}
	figures := make([]score.Figure, 0, total)
	var values cells.Column // the column whose figures stand at the end of the slice
	for _, c := range columns {
		if c.Kind != cells.Value {
			attach(figures[len(figures)-values.Len():], values, c)
			continue
		}
		values = c
		note := notesOn(year, c.Code)
		for unit, v := range c.All() {
			f := absent(file().Units[unit], c.Code)
			f.Value, f.Status, f.Source, f.Note = v, score.OK, c.Source, note(f.Unit)
			figures = append(figures, f)
		}
	}
	withRespondents(n, figures)
	return figures, nil
}

// section reads a year of the embedded file.
func section(year int) (cells.Section, error) {
	known := file().Years()
	if !slices.Contains(known, year) {
		return cells.Section{}, fault.New(fault.NotFound, "There are no PAPI figures of %d; the years that have figures are %d to %d.",
			year, known[0], known[len(known)-1])
	}
	return file().Section(year)
}

// absent is a figure that is not published, every number unknown.
func absent(unit, code string) score.Figure {
	nan := math.NaN()
	return score.Figure{Unit: unit, Code: code, Value: nan, SE: nan, Lo: nan, Hi: nan, Status: score.NotPublished}
}

// attach puts the numbers of a further column of a code beside its values; the file gives the error before the limits.
// An SE of zero is a cell broken at the source; it is given as printed, because no standard error can be 0 and whoever
// scores says so, and its limits, which equal the value, are left out.
func attach(figures []score.Figure, values, c cells.Column) {
	for unit, v := range c.All() {
		f := &figures[values.Rank(unit)]
		broken := f.SE == 0
		switch c.Kind {
		case cells.SE:
			f.SE = v
		case cells.Variance:
			f.SE = math.Sqrt(v)
		case cells.Lo:
			if !broken {
				f.Lo = v
			}
		case cells.Hi:
			if !broken {
				f.Hi = v
			}
		case cells.Level:
			f.Level = v
		case cells.Group:
			f.Group = groupNames[int(v)-1]
		}
	}
}

// withRespondents gives the unweighted composites the number of people interviewed. Other levels rest on those who
// answered their questions, a number that is not published.
func withRespondents(n map[string]int, figures []score.Figure) {
	for i := range figures {
		if figures[i].Code == "PAPI" {
			figures[i].N = n[figures[i].Unit]
		}
	}
}

// Respondents gives the people interviewed in each province (2022 and 2023; of other years only the national total is
// known, see Sample). Provinces whose results were withheld are among them where the workbook counts them.
func Respondents(year int) (map[string]int, error) {
	section, err := section(year)
	if err != nil {
		return nil, err
	}
	return respondentsIn(section), nil
}

func respondentsIn(section cells.Section) map[string]int {
	n := map[string]int{}
	for _, c := range section.Columns {
		if c.Code == respondents {
			for unit, v := range c.All() {
				n[file().Units[unit]] = int(v)
			}
		}
	}
	return n
}

// Absences gives the cells that have no value although their code was published for other provinces that year, in the
// order of Figures. Status is Suppressed, with the key of the reason in Note, where a source says why; else it is
// NotPublished and nothing more is known.
func Absences(year int) ([]score.Figure, error) {
	section, err := section(year)
	if err != nil {
		return nil, err
	}
	var list []score.Figure
	for c := range valueColumns(section.Columns) {
		for unit, code := range file().Units {
			if c.Has(unit) {
				continue
			}
			f := absent(code, c.Code)
			if f.Note = reasonOf(year, f.Unit); f.Note != "" {
				f.Status = score.Suppressed
			}
			list = append(list, f)
		}
	}
	return list, nil
}

func valueColumns(columns []cells.Column) iter.Seq[cells.Column] {
	return func(yield func(cells.Column) bool) {
		for _, c := range columns {
			if c.Kind == cells.Value && !yield(c) {
				return
			}
		}
	}
}

// Units lists the codes of the 63 provinces the figures speak of, ascending.
func Units() []string { return slices.Clone(file().Units) }
