package run

import (
	"slices"

	"thuoc/internal/published"
	"thuoc/internal/score"
)

// Family is the index whose published figures come with the program.
const Family = "papi"

// The draws behind ranges of ranks and probabilities of groups. The seed is fixed, so that the same figures give the
// same ranges; with these draws a probability is within 0.016 of its limit in 95 of 100 seeds.
const (
	RankDraws = 4_000
	RankSeed  = 2009 // the year of the first PAPI survey
	RankLevel = 0.95
)

// Computation is a result with what it was computed from.
type Computation struct {
	Source  Source
	Year    int    // 0 = not dated
	Period  string // "2024"
	Def     *score.Definition
	YAML    []byte // the text of Def
	Figures []score.Figure
	Former  *Former // of published figures: the year before; nil where nothing was published of it
	Frame   *Frame
	Sample  *Surveyed // of answers; nil without
	Ranks   score.RankOptions
	Result  *score.Result
}

// Former is the year before published figures, to compare with.
type Former struct {
	Year    int
	Figures []score.Figure
	Def     *score.Definition
	YAML    []byte
	Chain   []*score.Definition // versions of the index after Def up to the present one
	Result  *score.Result
}

// PublishedYears lists the years whose figures come with the program under a definition, ascending.
func PublishedYears() []int {
	var years []int
	for _, y := range published.Years() {
		if _, ok := score.InForce(Family, y.Year); ok {
			years = append(years, y.Year)
		}
	}
	return years
}

// Published scores the published figures of a year, with its changes against the year before. The year is one of
// PublishedYears.
func Published(year int) (*Computation, error) {
	c := &Computation{Source: UNDP, Year: year}
	var err error
	if c.Def, c.YAML, c.Figures, err = publishedYear(year); err != nil {
		return nil, err
	}
	if slices.Contains(PublishedYears(), year-1) {
		c.Former = &Former{Year: year - 1}
		if c.Former.Def, c.Former.YAML, c.Former.Figures, err = publishedYear(year - 1); err != nil {
			return nil, err
		}
	}
	return c, c.compute()
}

// publishedYear gives the definition in force, the published figures of a year and the cells that were withheld.
func publishedYear(year int) (*score.Definition, []byte, []score.Figure, error) {
	entry, _ := score.InForce(Family, year)
	def, err := score.Open(entry.ID)
	if err != nil {
		return nil, nil, nil, err
	}
	yaml, err := score.Source(entry.ID)
	if err != nil {
		return nil, nil, nil, err
	}
	have, err := published.Figures(year)
	if err != nil {
		return nil, nil, nil, err
	}
	absent, err := published.Absences(year)
	return def, yaml, slices.Concat(have, absent), err
}

// compute scores published figures.
func (c *Computation) compute() (err error) {
	c.Frame = NewFrame(c.Def.Units)
	c.Ranks = score.RankOptions{Draws: RankDraws, Seed: RankSeed, Level: RankLevel}
	if f := c.Former; f != nil {
		if f.Def.ID != c.Def.ID {
			f.Chain = []*score.Definition{c.Def}
		}
		f.Result, err = score.Compute(f.Def, f.Figures, score.Options{Year: f.Year, Units: published.Units(), Absent: score.NotPublished})
		if err != nil {
			return err
		}
	}
	opt := c.Options()
	opt.Ranks = &c.Ranks
	c.Result, err = score.Compute(c.Def, c.Figures, opt)
	return err
}

// Options are those of published figures, without draws.
func (c *Computation) Options() score.Options {
	opt := score.Options{Year: c.Year, Units: published.Units(), Absent: score.NotPublished}
	if c.Former != nil {
		opt.Previous, opt.Between = c.Former.Result, c.Former.Chain
	}
	return opt
}

// Records are all rows of the result, for programs.
func (c *Computation) Records() []byte {
	return encodeRecords(Records(c.Result, c.Frame, c.Result.Rows))
}
