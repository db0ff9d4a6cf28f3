package portal

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"thuoc/internal/chart"
	"thuoc/internal/edition"
	"thuoc/internal/gazetteer"
	"thuoc/internal/lang"
	"thuoc/internal/table"
	"thuoc/internal/ui"
)

// profilesPage lists the provinces of a map by region.
type profilesPage struct {
	Title, Lead string
	Frames      []ui.Choice
	Go          ui.Form
	Regions     []regionList
}

// regionList is a region with its provinces.
type regionList struct {
	Name   string
	Places []ui.Link
}

func (p *Portal) profiles(v *view) (*page, error) {
	a := v.atlas()
	chosen, err := v.chosen(a)
	if err != nil {
		return nil, err
	}
	if len(chosen) > 0 {
		return &page{to: v.placeAddress(a, chosen[0], v.year)}, nil
	}
	body := profilesPage{Title: v.t("Province profiles"), Frames: v.frames(), Lead: v.t("Results up to 2024 are of the 63 former provinces. Each of the 34 provinces of today tells what became of its parts."),
		Go: ui.Form{Action: v.bare(), Label: v.t("Go to a province"), Keep: v.keep(keyYear, keyUnit), Selects: []ui.Select{v.unitSelect(a, v.t("Your province"), "", v.t("choose"))}}}
	compare := lang.Collation()
	for _, pl := range v.sorted(a) {
		name := pl.Region.In(v.lang)
		i := slices.IndexFunc(body.Regions, func(r regionList) bool { return r.Name == name })
		if i < 0 {
			body.Regions, i = append(body.Regions, regionList{Name: name}), len(body.Regions)
		}
		body.Regions[i].Places = append(body.Regions[i].Places, ui.Link{Href: v.placeAddress(a, pl, 0), Text: v.name(pl)})
	}
	slices.SortFunc(body.Regions, func(x, y regionList) int { return compare(x.Name, y.Name) })
	return &page{template: "profiles", title: body.Title, desc: body.Lead, nav: "profiles", body: body}, nil
}

// profilePage is one former province in one year.
type profilePage struct {
	Title, Lead   string
	Year          ui.Form
	Compare       string
	Print         string
	Heirs         []ui.Link
	HeirNote      string
	Missing       string
	Stats         []stat
	Topics        *figure
	TopicTable    topicTable
	Parts         []partGroup
	Series        *figure
	BreakList     []breakRow
	Indicators    []indicatorRow
	IndicatorNote string
	Sample        []fact
	Remarks       []string
}

// stat is a figure of the head: a term, its value, and what goes beside it.
type stat struct {
	Term, Value, Aside, Class string
	Big                       bool
	Delta                     *delta
}

type fact struct{ Term, Value string }

// topicTable is a table of topics of one province.
type topicTable struct {
	Caption string
	Rows    []topicRow
}

// topicRow is a dimension of a profile.
type topicRow struct {
	Href, Mark, Name, Value, Low, High string
	Bar                                *drawing
	Group, Class, Sure, Ranks          string
	Delta                              *delta
	Why                                string
}

// partGroup is a dimension's sub-dimensions.
type partGroup struct {
	Mark, Name string
	Table      topicTable
}

// indicatorRow is an indicator of a province beside the median of all; a share is drawn as people of ten too.
type indicatorRow struct {
	Href, Name, Value, Median string
	People                    *drawing
	Remark                    string
}

func (p *Portal) profile(v *view) (*page, error) {
	a := atlases[former]()
	v.frame = former
	place, err := v.place(a)
	if err != nil {
		return nil, err
	}
	c, err := v.content()
	if err != nil {
		return nil, err
	}
	n := c.Root()
	cell := c.Former.Cell(n.Code, place.Code)
	body := profilePage{Title: v.full(place), Year: ui.Form{Action: v.bare(), Label: v.t("Choose a year"), Selects: []ui.Select{v.years()}},
		Compare: v.to("compare", "").with(func(w *view) { w.year, w.units = c.Year, []string{place.Code} }).address(),
		Missing: v.missing(c, place, cell), Lead: v.profileLead(c, place, cell), Stats: v.stats(c, n, cell), Remarks: v.remarksOn(c, place.Code)}
	if s := v.assumption(n, c.Former.Of(n.Code)); s != "" && cell.OK() && cell.Known() {
		body.Remarks = append(body.Remarks, s)
	}
	body.Heirs, body.HeirNote = v.heirs(place)
	body.Topics, body.TopicTable = v.topicsOf(c, a, place)
	body.Parts = v.parts(c, a, place)
	series, err := v.seriesFigure(c, a, n.Code, []gazetteer.Place{place})
	if err != nil {
		return nil, err
	}
	body.Series, body.BreakList = v.finish(series.figure, c), series.breaks
	body.Indicators, body.IndicatorNote = v.indicators(c, place)
	body.Sample = v.sampleFacts(c, cell)
	return &page{template: "profile", title: v.t("%s %d", body.Title, c.Year), name: body.Title, desc: body.Lead, nav: "profiles", figures: []*figure{body.Topics, series.figure}, live: true, body: body,
		crumbs: []ui.Link{{Href: v.to("profiles", "").address(), Text: v.t("Province profiles")}}}, nil
}

// profileLead is the finding of a profile, in a sentence.
func (v *view) profileLead(c *edition.Content, place gazetteer.Place, cell *edition.Cell) string {
	name := v.name(place)
	switch {
	case cell == nil || !cell.OK():
		return v.t("In %d %s has no published composite.", c.Year, name)
	case cell.Known() && cell.Uncertain():
		return v.t("In %d %s scored %s. Its error leaves its group open: %s by the score, truly there with a probability of %s.", c.Year, name,
			v.num(cell.Value), v.groupName(c, cell.Group), v.chance(cell.Sure))
	case cell.Known() && !math.IsNaN(cell.Sure):
		return v.t("In %d %s scored %s and belongs to the group %s with a probability of %s.", c.Year, name, v.num(cell.Value), v.groupName(c, cell.Group), v.chance(cell.Sure))
	}
	return v.t("In %d %s scored %s, group %s by its score. The error of that score was not published.", c.Year, name, v.num(cell.Value), v.groupName(c, cell.Group))
}

// missing says why a province has no composite.
func (v *view) missing(c *edition.Content, place gazetteer.Place, cell *edition.Cell) string {
	if cell == nil || cell.OK() {
		return ""
	}
	if r, ok := c.RemarkOf(cell.Note); ok {
		return r.Text.In(v.lang)
	}
	return v.t("The reason is not known.")
}

// heirs says where the province is now.
func (v *view) heirs(place gazetteer.Place) ([]ui.Link, string) {
	var links []ui.Link
	same := false
	for _, l := range gazetteer.Heirs(place, v.portal.Today()) {
		same = same || l.Place.ID == place.ID
		links = append(links, ui.Link{Href: v.to("province", slug(l.Place)).address(), Text: v.full(l.Place)})
	}
	if same {
		return links, v.t("Not merged on 1 July 2025:")
	}
	return links, v.t("Since 1 July 2025 part of")
}

// stats are the head of a profile: the score, its intervals under their true levels, group, ranks, change.
func (v *view) stats(c *edition.Content, n *edition.Node, cell *edition.Cell) []stat {
	if cell == nil || !cell.OK() {
		return nil
	}
	list := []stat{{Term: v.t("%s (%s)", v.short(n), v.scale(n)), Value: v.num(cell.Value), Aside: v.t("published %s", lang.Number(v.lang, cell.Value, 4)), Big: true}}
	if cell.Known() {
		list = append(list, stat{Term: v.t("Interval at %s", v.level()), Value: v.span(cell.Lo, cell.Hi), Aside: v.t("± %s", v.num(cell.Hi-cell.Value))})
		if cell.Printed() {
			list = append(list, stat{Term: v.t("Published interval"), Value: v.span(cell.PrintedLo, cell.PrintedHi),
				Aside: v.t("printed as %s, truly %s", lang.Percent(v.lang, c.Interval.Label, 0), lang.Percent(v.lang, c.Interval.Level, 0))})
		}
	} else {
		list = append(list, stat{Term: v.t("Interval"), Value: v.t("not known"), Aside: v.t("no error was published")})
	}
	if cell.Group > 0 {
		s := stat{Term: v.t("Group"), Value: v.groupName(c, cell.Group), Class: groupClass(cell)}
		switch {
		case cell.Uncertain():
			s.Aside = v.t("probability %s: uncertain", v.chance(cell.Sure))
		case !math.IsNaN(cell.Sure):
			s.Aside = v.t("probability %s", v.chance(cell.Sure))
		default:
			s.Aside = v.t("by the score alone")
		}
		list = append(list, s)
	}
	if cell.RankLo > 0 {
		list = append(list, stat{Term: v.t("Range of ranks"), Value: v.ranks(cell), Aside: v.t("of %d, at 95%%", cell.Of)})
	}
	if d := v.delta(cell, c); d != nil {
		list = append(list, stat{Term: v.t("Since %d", cell.Change.Year), Delta: d, Aside: d.Aside})
	}
	return list
}

// topicsOf is the dimensions of a province as a figure and as the rows of its table.
func (v *view) topicsOf(c *edition.Content, a *atlas, place gazetteer.Place) (*figure, topicTable) {
	f := v.finish(v.topicsFigure(c, a, place), c)
	return f, topicTable{f.Title, v.topicRows(c, a, place, c.Level("dimension"))}
}

// topicsFigure is the dimensions of a province: rows of a table on the page, one drawing in a file.
func (v *view) topicsFigure(c *edition.Content, a *atlas, place gazetteer.Place) *figure {
	nodes := c.Level("dimension")
	t := v.table(c)
	f := &figure{Figure: ui.Figure{ID: "tung-noi-dung", Title: v.topicsTitle(c, t, place, nodes), Subtitle: v.topicsSubtitle(a, v.anyKnown(t, place, nodes)), Note: v.topicsNote(v.anyKnown(t, place, nodes))},
		records: func() *table.Records {
			r := &table.Records{Header: cellHeader}
			for _, n := range c.Nodes {
				if x := t.Cell(n.Code, place.Code); x != nil {
					r.Rows = append(r.Rows, v.cellRow(c, n, v.name(place), x))
				}
			}
			return r
		}}
	f.scene = func() *chart.Scene {
		var rows []chart.ProfileRow
		for _, n := range nodes {
			x := t.Cell(n.Code, place.Code)
			if x == nil || !x.OK() {
				continue
			}
			groups, others := standing(x, t.Of(n.Code))
			rows = append(rows, chart.ProfileRow{Name: n.Code[1:] + "  " + v.short(n), Text: v.num(x.Value) + " · " + v.groupName(c, x.Group),
				Est: estimate(n, x), Groups: groups, Others: others})
		}
		return chart.Profile("t", rows, fileWidth, f.Title, v.lang)
	}
	return f
}

// topicsTitle says where the province's dimensions lie against the median of the provinces, as far as a test of all of
// them together supports it; where no error was published it says just that. The median is taken as given.
func (v *view) topicsTitle(c *edition.Content, t *edition.Table, place gazetteer.Place, nodes []*edition.Node) string {
	above, below, known := 0, 0, 0
	scored := slices.DeleteFunc(slices.Clone(nodes), func(n *edition.Node) bool {
		x := t.Cell(n.Code, place.Code)
		return x == nil || !x.OK()
	})
	for _, n := range scored {
		x := t.Cell(n.Code, place.Code)
		if !x.Known() {
			continue
		}
		known++
		switch apart := (x.Value - median(t.Of(n.Code))) / x.SE; {
		case apart > critical(len(scored)):
			above++
		case -apart > critical(len(scored)):
			below++
		}
	}
	switch {
	case len(scored) == 0:
		return v.t("No topic has a published score")
	case known == 0:
		return v.t("Scores of %d topics, error not published", len(scored))
	case above+below == 0:
		return v.t("No topic differs from the median beyond its error")
	case above == 0:
		return v.t("%d topics below the median beyond their error, none above", below)
	case below == 0:
		return v.t("%d topics above the median beyond their error, none below", above)
	}
	return v.t("%d topics above the median, %d below, beyond their error", above, below)
}

// anyKnown tells whether the error of one of the nodes is known for a province.
func (v *view) anyKnown(t *edition.Table, place gazetteer.Place, nodes []*edition.Node) bool {
	return slices.ContainsFunc(nodes, func(n *edition.Node) bool {
		x := t.Cell(n.Code, place.Code)
		return x != nil && x.OK() && x.Known()
	})
}

// topicsNote says what the title rests on.
func (v *view) topicsNote(known bool) string {
	if known {
		return v.t("The title tests all topics together at 95% (Bonferroni) against the median as it is.")
	}
	return v.t("No standard error of these values was published: no interval, no range of ranks, nothing called higher or lower.")
}

func (v *view) topicsSubtitle(a *atlas, known bool) string {
	others := len(a.list) - 1
	if !known {
		return v.t("Dot: the province. Bands: the four groups. Ticks: the other %d provinces. Every row has its own scale.", others)
	}
	return v.t("Dot: the province, with its 95%% interval where an error is known. Bands: the four groups. Ticks: the other %d provinces. Every row has its own scale.", others)
}

func median(cells []edition.Cell) float64 {
	var list []float64
	for _, x := range cells {
		if x.OK() {
			list = append(list, x.Value)
		}
	}
	if len(list) == 0 {
		return math.NaN()
	}
	slices.Sort(list)
	return (list[(len(list)-1)/2] + list[len(list)/2]) / 2
}

// barWidth is the width of a bar in a profile's table.
const barWidth = 400

func (v *view) topicRows(c *edition.Content, a *atlas, place gazetteer.Place, nodes []*edition.Node) []topicRow {
	if v.format != "" { // a file or an embedded figure holds no table
		return nil
	}
	t := v.table(c)
	var rows []topicRow
	for _, n := range nodes {
		r := topicRow{Href: v.to("content", n.Code).with(func(w *view) { w.year = c.Year }).address(), Mark: n.Code, Name: n.Names.In(v.lang), Value: "–"}
		if n.Level == "dimension" {
			r.Mark, r.Name = n.Code[1:], v.short(n)
		}
		x := t.Cell(n.Code, place.Code)
		if x == nil || !x.OK() {
			r.Why = v.t("not published")
			rows = append(rows, r)
			continue
		}
		cells := t.Of(n.Code)
		k := count(cells)
		r.Value, r.Delta, r.Ranks = v.value(n, x.Value), v.delta(x, c), v.ranks(x)
		r.Low, r.High = v.value(n, k.low.Value), v.value(n, k.top.Value)
		if x.Group > 0 {
			r.Group, r.Class, r.Sure = v.groupName(c, x.Group), groupClass(x), v.chance(x.Sure)
		}
		d := drawn("", v.bar(n, c, x, cells))
		r.Bar = &d
		rows = append(rows, r)
	}
	return rows
}

// bar draws one province among the others at one node.
func (v *view) bar(n *edition.Node, c *edition.Content, x *edition.Cell, cells []edition.Cell) *chart.Scene {
	groups, others := standing(x, cells)
	return chart.ProfileBar("b"+n.Code, estimate(n, x), groups, others, barWidth, v.sayCell(v.short(n), n, c, x))
}

// standing gives the groups' limits at a node, lowest first, and the values of the other provinces.
func standing(x *edition.Cell, cells []edition.Cell) (groups []chart.Segment, others []float64) {
	limits := map[int]*chart.Segment{}
	for _, o := range cells {
		if !o.OK() {
			continue
		}
		if o.Unit != x.Unit {
			others = append(others, o.Value)
		}
		if o.Group > 0 {
			s := limits[o.Group]
			if s == nil {
				s = &chart.Segment{Lo: o.Value, Hi: o.Value, Fill: chart.Groups[o.Group]}
				limits[o.Group] = s
			}
			s.Lo, s.Hi = min(s.Lo, o.Value), max(s.Hi, o.Value)
		}
	}
	for g := 1; g <= 4; g++ {
		if s := limits[g]; s != nil {
			groups = append(groups, *s)
		}
	}
	return groups, others
}

// parts are the sub-dimensions under their dimensions.
func (v *view) parts(c *edition.Content, a *atlas, place gazetteer.Place) []partGroup {
	var list []partGroup
	for _, n := range c.Level("dimension") {
		if len(n.Parts) > 0 {
			list = append(list, partGroup{n.Code[1:], n.Names.In(v.lang), topicTable{n.Names.In(v.lang), v.topicRows(c, a, place, n.Parts)}})
		}
	}
	return list
}

// indicatorsShown is how many indicators a profile names on either side.
const indicatorsShown = 4

// indicators lists those that lie furthest from the median of the provinces on either side, counted in the spread between
// provinces, among those of which more is better: of some others even the label contradicts the sign they count with.
// Their error is not published, so the page gives both numbers and calls nothing better.
func (v *view) indicators(c *edition.Content, place gazetteer.Place) (list []indicatorRow, note string) {
	type far struct {
		n *edition.Node
		x *edition.Cell
		z float64
	}
	var all []far
	for _, n := range c.Level("indicator") {
		x := c.Former.Cell(n.Code, place.Code)
		if x == nil || !x.OK() || n.Median == nil || n.Idle || n.Direction != "up" || n.Highest == nil || *n.Highest == *n.Lowest {
			continue
		}
		z := (x.Value - *n.Median) / (*n.Highest - *n.Lowest)
		all = append(all, far{n, x, z})
	}
	if len(all) == 0 {
		return nil, v.t("Indicators of %d are not published.", c.Year)
	}
	slices.SortFunc(all, func(p, q far) int { return cmp.Or(cmp.Compare(q.z, p.z), cmp.Compare(p.n.Code, q.n.Code)) })
	row := func(f far) indicatorRow {
		r := indicatorRow{Href: v.to("content", f.n.Code).with(func(w *view) { w.year = c.Year }).address(), Name: f.n.Names.In(v.lang), Value: v.value(f.n, f.x.Value), Median: v.value(f.n, *f.n.Median)}
		if known, ok := c.RemarkOf(f.x.Note); ok {
			r.Remark = known.Text.In(v.lang)
		}
		if isShare(f.n) {
			d := drawn("", chart.People("o"+f.n.Code, f.x.Value, v.t("%d of 10 respondents", chart.OfTen(f.x.Value))))
			r.Name, r.People = shareName(r.Name), &d
		}
		return r
	}
	if cut := 2 * indicatorsShown; len(all) > cut {
		all = slices.Concat(all[:indicatorsShown], all[len(all)-indicatorsShown:])
	}
	for _, f := range all {
		list = append(list, row(f))
	}
	return list, v.t("Beside each: the provinces' median. Only indicators of which more is better. Their error was not published, so this ranks nothing.")
}

func (v *view) sampleFacts(c *edition.Content, cell *edition.Cell) []fact {
	var list []fact
	if cell != nil && cell.N > 0 {
		list = append(list, fact{v.t("Respondents here"), lang.Count(v.lang, cell.N)})
	} else {
		list = append(list, fact{v.t("Respondents here"), v.t("not published")})
	}
	if c.Sample.Respondents > 0 {
		list = append(list, fact{v.t("Nationwide"), lang.Count(v.lang, c.Sample.Respondents)})
	}
	if c.Sample.Communes > 0 {
		list = append(list, fact{v.t("Communes"), lang.Count(v.lang, c.Sample.Communes)})
	}
	if f := c.Sample.Fieldwork.In(v.lang); f != "" {
		list = append(list, fact{v.t("Fieldwork"), f})
	}
	return append(list, fact{v.t("Edition"), c.Edition.Short()})
}

// remarksAbout are the known defects of figures, each with the provinces it is about.
func (v *view) remarksAbout(c *edition.Content, a *atlas, cells []edition.Cell) []absence {
	var keys []string
	names := map[string][]string{}
	known := 0
	for _, x := range cells {
		if !x.OK() {
			continue
		}
		known++
		if _, ok := c.RemarkOf(x.Note); !ok {
			continue
		}
		if names[x.Note] == nil {
			keys = append(keys, x.Note)
		}
		names[x.Note] = append(names[x.Note], v.name(a.byCode[x.Unit]))
	}
	var list []absence
	for _, key := range keys {
		r, _ := c.RemarkOf(key)
		name := strings.Join(names[key], ", ")
		if len(names[key]) == known {
			name = v.t("All provinces")
		}
		list = append(list, absence{name, r.Text.In(v.lang)})
	}
	return list
}

// remarksOn are the known defects of a province's cells. Those of an indicator stand beside it.
func (v *view) remarksOn(c *edition.Content, unit string) []string {
	var keys, list []string
	for _, x := range c.Former.Cells {
		if x.Unit == unit && x.Note != "" && !slices.Contains(keys, x.Note) && c.Node(x.Code).Level != "indicator" {
			keys = append(keys, x.Note)
			if r, ok := c.RemarkOf(x.Note); ok && x.OK() {
				list = append(list, r.Text.In(v.lang))
			}
		}
	}
	return list
}
