package edition

import (
	"encoding/json"
	"fmt"
	"slices"

	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/published"
	"thuoc/internal/score"
)

// family is the index whose published figures come with the program.
const family = "papi"

// The draws behind ranges of ranks and probabilities of groups: fixed, so that the same figures freeze to the same
// bytes, and the same as those of the command line.
const (
	rankDraws = 4_000
	rankSeed  = 2009 // the year of the first PAPI survey
	rankLevel = 0.95
)

// The names of the tables of cells, as Columns describes them.
const (
	FormerTable  = "provinces-63.csv" // the 63 provinces before 1 July 2025
	PresentTable = "provinces-34.csv" // the 34 provinces since, joined
)

// The names of the other frozen files.
const (
	contentName    = "content.json"
	definitionName = "definition.yaml"
	textFolder     = "text/"
)

// Years lists the years an edition can be built of from the figures inside the program, ascending.
func Years() []int {
	var years []int
	for _, y := range published.Years() {
		if _, ok := score.InForce(family, y.Year); ok {
			years = append(years, y.Year)
		}
	}
	return years
}

// Build freezes the published results of a year: every figure with its error, group, range of ranks and change against
// the year before; the 34 provinces joined from the 63; the index, the sources and what is known to be wrong.
func Build(year int, made Made) (*Edition, error) {
	if !slices.Contains(Years(), year) {
		return nil, fault.New(fault.NotFound, "No results of %d are published.", year)
	}
	b := &builder{year: year, said: map[lang.Names]string{}}
	if err := b.compute(); err != nil {
		return nil, err
	}
	b.content.Former = b.cells(b.proper, b.five)
	if err := b.join(); err != nil {
		return nil, err
	}
	files, err := b.files()
	if err != nil {
		return nil, err
	}
	return freeze(b.proper.Def.ID, year, made, files)
}

// builder gathers the content of one year.
type builder struct {
	year         int
	figures      []score.Figure
	proper, five *score.Result // with tested changes; with the publisher's intervals and rule of change
	content      Content
	said         map[lang.Names]string
	before       *former
}

// former is the year before, to compare with.
type former struct {
	year    int
	figures []score.Figure
	def     *score.Definition
	chain   []*score.Definition
	result  *score.Result
}

func (b *builder) compute() error {
	entry, _ := score.InForce(family, b.year)
	def, err := score.Open(entry.ID)
	if err != nil {
		return err
	}
	if b.figures, err = figures(def, b.year); err != nil {
		return err
	}
	if b.before, err = yearBefore(def, b.year); err != nil {
		return err
	}
	opt := score.Options{Year: b.year, Units: published.Units(), Absent: score.NotPublished}
	b.before.into(&opt)
	five := opt
	five.Compat = publishersWay(def)
	if b.five, err = score.Compute(def, b.figures, five); err != nil {
		return err
	}
	opt.Ranks = &score.RankOptions{Draws: rankDraws, Seed: rankSeed, Level: rankLevel}
	b.proper, err = score.Compute(def, b.figures, opt)
	return err
}

// publishersWay names the definition's compatibility: how its publisher prints intervals and calls changes.
func publishersWay(def *score.Definition) string {
	if len(def.Compat) == 0 {
		return ""
	}
	return def.Compat[0].ID
}

// figures gives the published figures of a year and the cells that were withheld.
func figures(def *score.Definition, year int) ([]score.Figure, error) {
	have, err := published.Figures(year)
	if err != nil {
		return nil, err
	}
	absent, err := published.Absences(year)
	if err != nil {
		return nil, err
	}
	return slices.Concat(have, absent), nil
}

// yearBefore scores the year before; nil where nothing was published of it.
func yearBefore(def *score.Definition, year int) (*former, error) {
	entry, ok := score.InForce(family, year-1)
	if !ok || !slices.Contains(Years(), year-1) {
		return nil, nil
	}
	f := &former{year: year - 1, def: def}
	var err error
	if entry.ID != def.ID {
		if f.def, err = score.Open(entry.ID); err != nil {
			return nil, err
		}
		f.chain = []*score.Definition{def}
	}
	if f.figures, err = figures(f.def, f.year); err != nil {
		return nil, err
	}
	f.result, err = score.Compute(f.def, f.figures, score.Options{Year: f.year, Units: published.Units(), Absent: score.NotPublished})
	return f, err
}

func (f *former) into(opt *score.Options) {
	if f != nil {
		opt.Previous, opt.Between = f.result, f.chain
	}
}

// files renders the content.
func (b *builder) files() (map[string][]byte, error) {
	b.describe()
	text, err := json.MarshalIndent(&b.content, "", " ")
	if err != nil {
		return nil, err
	}
	definition, err := score.Source(b.proper.Def.ID)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{
		contentName:    append(text, '\n'),
		FormerTable:    encode(b.content.Former.Cells),
		PresentTable:   encode(b.content.Present.Cells),
		definitionName: definition,
	}
	for name, text := range texts() {
		files[textFolder+name+".md"] = text
	}
	return files, nil
}

// parse reads the files of an edition: what Build wrote, and nothing else, reaches a page.
func parse(e *Edition) (*Content, error) {
	c := &Content{Edition: e, Texts: map[string]string{}, node: map[string]*Node{}, said: map[string]lang.Names{}}
	if err := json.Unmarshal(e.files[contentName], c); err != nil {
		return nil, fmt.Errorf("edition: %s: %w", contentName, err)
	}
	if len(c.Nodes) == 0 {
		return nil, fmt.Errorf("edition: %s holds no index", contentName)
	}
	for _, n := range c.Nodes {
		c.node[n.Code] = n
		if p := c.node[n.Parent]; p != nil {
			p.Parts = append(p.Parts, n)
		}
	}
	for _, s := range c.Sentence {
		c.said[s.ID] = s.Names
	}
	var err error
	if c.Former, err = decode(FormerTable, e.files[FormerTable]); err != nil {
		return nil, err
	}
	if c.Present, err = decode(PresentTable, e.files[PresentTable]); err != nil {
		return nil, err
	}
	for name, data := range e.files {
		if text, ok := cutAffixes(name, textFolder, ".md"); ok {
			c.Texts[text] = string(data)
		}
	}
	return c, nil
}
