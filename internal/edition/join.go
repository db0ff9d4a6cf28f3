package edition

import (
	"math"
	"slices"

	"thuoc/internal/clock"
	"thuoc/internal/fault"
	"thuoc/internal/gazetteer"
	"thuoc/internal/lang"
	"thuoc/internal/run"
	"thuoc/internal/score"
	"thuoc/svy"
)

// FormerDay is the last day of the 63 provinces; a former table is read by the map of that day, a present one by that of
// gazetteer.Merger.
var FormerDay = clock.MustDate("2025-06-30")

// population is the people of a former province that weigh it in a joined value.
type population struct {
	year  int
	basis gazetteer.Basis
	of    map[string]float64 // thousands, by the former province's code
}

// populationFor takes the average population of the nearest year that is known of all 63 provinces, the earlier of two
// that are equally near. False where none is known.
func populationFor(year int) (population, bool) {
	for distance := range 20 {
		for _, y := range []int{year - distance, year + distance} {
			for _, basis := range []gazetteer.Basis{gazetteer.AverageRevised, gazetteer.Average} {
				if p, ok := populationOf(y, basis); ok {
					return p, true
				}
			}
		}
	}
	return population{}, false
}

func populationOf(year int, basis gazetteer.Basis) (population, bool) {
	p := population{year, basis, map[string]float64{}}
	for _, place := range gazetteer.Provinces(FormerDay) {
		n, ok := gazetteer.PopulationOf(place, year, basis)
		if !ok {
			return p, false
		}
		p.of[place.Code] = n.Thousands
	}
	return p, true
}

// parts lists what each province of today is made of.
func (p population) parts() []Part {
	var list []Part
	for _, place := range gazetteer.Provinces(gazetteer.Merger) {
		for _, part := range partsOf(place) {
			list = append(list, Part{place.Code, part.Code, p.of[part.Code]})
		}
	}
	return list
}

// join makes the table of the 34 provinces. It is our joining and not the publisher's: the mean of the parts weighted by
// population, with the error that follows from theirs.
func (b *builder) join() error {
	people, ok := populationFor(b.Year)
	if !ok {
		return fault.New(fault.NotFound, "No population of the former provinces is known near %d.", b.Year)
	}
	b.content.Joined = &JoinNote{
		PopulationYear: people.year,
		Basis:          lang.Names{VI: "dân số trung bình năm", EN: "average population of the year"},
		Source:         lang.Names{VI: "Cục Thống kê", EN: "National Statistics Office"},
		Parts:          people.parts(),
	}
	def := joinedDefinition(b.proper.Def)
	opt := score.Options{Year: b.Year, Units: presentCodes(), Absent: score.NotPublished,
		Ranks: &score.RankOptions{Draws: run.RankDraws, Seed: run.RankSeed, Level: run.RankLevel}}
	if b.Former != nil {
		before, ok := populationFor(b.Former.Year)
		if !ok {
			before = people
		}
		previous, err := score.Compute(joinedDefinition(b.Former.Def), joined(b.Former.Result, before),
			score.Options{Year: b.Former.Year, Units: presentCodes(), Absent: score.NotPublished})
		if err != nil {
			return err
		}
		opt.Previous, opt.Between = previous, b.Former.Chain
	}
	res, err := score.Compute(def, joined(b.proper, people), opt)
	if err != nil {
		return err
	}
	b.content.Present = b.joinedCells(res)
	return nil
}

// joinedDefinition is the index for 34 provinces: the same tree without its indicators, whose denominators are not the
// whole people, and four groups as equal as can be.
func joinedDefinition(def *score.Definition) *score.Definition {
	d := *def
	d.Units = "province-34"
	d.Alternatives = nil
	n := len(presentCodes())
	var sizes []int
	last := 0
	for _, cut := range append(svy.EqualGroups(n, 4), n) {
		sizes = append(sizes, cut-last)
		last = cut
	}
	d.Groups = slices.Clone(def.Groups)
	for i := range d.Groups {
		d.Groups[i].Cut = score.Cut{Method: score.ByRank, Sizes: sizes, TieUp: true}
	}
	return &d
}

func presentCodes() []string {
	var codes []string
	for _, p := range gazetteer.Provinces(gazetteer.Merger) {
		codes = append(codes, p.Code)
	}
	return codes
}

// joined makes the figures of the 34 by gazetteer.JoinMeans: the parts, whole provinces, were sampled independently. A
// province with an unscored part has no figure; one with a part of unknown error has no error.
func joined(res *score.Result, people population) []score.Figure {
	var list []score.Figure
	for _, place := range gazetteer.Provinces(gazetteer.Merger) {
		for n := range res.Def.Nodes() {
			if n.Leaf() && n.Survey != nil {
				continue
			}
			if f, ok := joinedFigure(res, n.Code, place, people); ok {
				list = append(list, f)
			}
		}
	}
	return list
}

func joinedFigure(res *score.Result, code string, place gazetteer.Place, people population) (score.Figure, bool) {
	f := score.Figure{Unit: place.Code, Code: code, Lo: math.NaN(), Hi: math.NaN(), Status: score.OK}
	var pieces []gazetteer.Piece
	answers := true
	for _, part := range partsOf(place) {
		row, ok := res.Row(code, part.Code)
		if !ok || !row.OK() {
			return f, false
		}
		pieces = append(pieces, gazetteer.Piece{Value: row.Value, SE: row.SE, Weight: people.of[part.Code], Share: 1, Within: 1})
		f.N += row.N
		answers = answers && row.N > 0
	}
	f.Value, f.SE = gazetteer.JoinMeans(pieces, 0)
	if !answers {
		f.N = 0
	}
	return f, true
}

// partsOf lists the former provinces of a province; one that was not merged is its own only part.
func partsOf(place gazetteer.Place) []gazetteer.Place {
	var parts []gazetteer.Place
	for _, l := range gazetteer.Parts(place) {
		parts = append(parts, l.Place)
	}
	if parts == nil {
		if own, ok := gazetteer.ByID(place.ID, FormerDay); ok {
			parts = append(parts, own)
		}
	}
	return parts
}

// joinedCells turns the joined result into cells; indicators have none, and a refusal names the part that has no score.
func (b *builder) joinedCells(res *score.Result) Table {
	t := Table{at: map[string]int{}}
	for _, row := range res.Rows {
		if n := res.Def.Node(row.Code); n == nil || n.Leaf() && n.Survey != nil {
			continue
		}
		c := b.cell(row, res)
		if !c.OK() {
			c.Why = b.refusal(row.Code, row.Unit)
		} else {
			c.Why, c.Mark = "", ""
		}
		t.add(c)
	}
	return t
}

// refusal says which parts keep a province from a joined value.
func (b *builder) refusal(code, unit string) string {
	place, err := gazetteer.ProvinceByCode(unit, gazetteer.Merger)
	if err != nil {
		return ""
	}
	var vi, en string
	for _, part := range partsOf(place) {
		if row, ok := b.proper.Row(code, part.Code); !ok || !row.OK() {
			vi, en = joinNames(vi, part.Name.VI), joinNames(en, part.Name.EN)
		}
	}
	return b.say(fault.T("Not joined: no score of %s was published.", lang.Names{VI: vi, EN: en}))
}

func joinNames(list, name string) string {
	if list == "" {
		return name
	}
	return list + ", " + name
}
