package edition

import (
	"encoding/json"
	"fmt"
	"slices"

	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/run"
	"thuoc/internal/score"
)

// The names of the tables of cells, as Columns describes them.
const (
	FormerTable  = "provinces-63.csv" // the 63 provinces before 1 July 2025
	PresentTable = "provinces-34.csv" // the 34 provinces since, joined
	UnitsTable   = "units.csv"        // of the province's own measure
)

// The names of the other frozen files.
const (
	contentName    = "content.json"
	definitionName = "definition.yaml"
	textFolder     = "text/"
)

// Years lists the years an edition can be built of from the figures inside the program, ascending.
func Years() []int { return run.PublishedYears() }

// Build freezes the published results of a year: every figure with its error, group, range of ranks and change against
// the year before; the 34 provinces joined from the 63; the index, the sources and what is known to be wrong.
func Build(year int, made Made) (*Edition, error) {
	if !slices.Contains(Years(), year) {
		return nil, fault.New(fault.NotFound, "No results of %d are published.", year)
	}
	c, err := run.Published(year)
	if err != nil {
		return nil, err
	}
	files, err := filesOf(c)
	if err != nil {
		return nil, err
	}
	return freeze(Manifest{Format: Format, Index: c.Def.ID, Year: year, MadeBy: made.By, Code: made.Code}, files)
}

// filesOf renders a computation: the same computation gives the same bytes.
func filesOf(c *run.Computation) (map[string][]byte, error) {
	b := &builder{Computation: c, proper: c.Result, said: map[lang.Names]string{}}
	if c.Source == run.UNDP {
		return b.published()
	}
	return b.own()
}

// published renders published figures.
func (b *builder) published() (map[string][]byte, error) {
	c := b.Computation
	opt := c.Options()
	opt.Compat = publishersWay(c.Def)
	var err error
	if b.five, err = score.Compute(c.Def, c.Figures, opt); err != nil {
		return nil, err
	}
	b.content.Former = b.cells(b.proper, b.five)
	if err := b.join(); err != nil {
		return nil, err
	}
	b.describePublished()
	files, err := b.files()
	if err != nil {
		return nil, err
	}
	files[FormerTable], files[PresentTable] = encode(b.content.Former.Cells), encode(b.content.Present.Cells)
	for name, text := range texts() {
		files[textFolder+name+".md"] = text
	}
	return files, nil
}

// own renders the province's own measure: one table of its units, and nothing of what is said of PAPI.
func (b *builder) own() (map[string][]byte, error) {
	b.content.Units = b.cells(b.proper, nil)
	b.describe()
	for _, code := range b.proper.Units {
		b.content.UnitNames = append(b.content.UnitNames, Named{code, b.Frame.Name(code)})
	}
	if s := b.Sample; s != nil {
		b.content.Survey = &Survey{s.Rows, s.PSUs, s.Strata, s.Lonely.String(), s.Waves}
	}
	files, err := b.files()
	if err != nil {
		return nil, err
	}
	files[UnitsTable] = encode(b.content.Units.Cells)
	return files, nil
}

// builder gathers the content of one year.
type builder struct {
	*run.Computation
	proper, five *score.Result // with tested changes; with the publisher's intervals and rule of change
	content      Content
	said         map[lang.Names]string
}

// publishersWay names the definition's compatibility: how its publisher prints intervals and calls changes.
func publishersWay(def *score.Definition) string {
	if len(def.Compat) == 0 {
		return ""
	}
	return def.Compat[0].ID
}

// files renders what every edition has: the content and the index.
func (b *builder) files() (map[string][]byte, error) {
	text, err := json.MarshalIndent(&b.content, "", " ")
	return map[string][]byte{contentName: append(text, '\n'), definitionName: b.YAML}, err
}

// parse reads the files of an edition: what Build wrote, and nothing else, reaches a page.
func parse(e *Edition) (*Content, error) {
	if e.Manifest.Source == OfPlan {
		return nil, fmt.Errorf("edition: %s holds commitments and no index", e.Short())
	}
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
	tables := map[string]*Table{FormerTable: &c.Former, PresentTable: &c.Present}
	if e.Manifest.Whose() != run.UNDP {
		tables = map[string]*Table{UnitsTable: &c.Units}
	}
	for name, t := range tables {
		var err error
		if *t, err = decode(name, e.files[name]); err != nil {
			return nil, err
		}
	}
	for name, data := range e.files {
		if text, ok := cutAffixes(name, textFolder, ".md"); ok {
			c.Texts[text] = string(data)
		}
	}
	return c, nil
}
