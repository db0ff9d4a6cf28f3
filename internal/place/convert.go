package place

import (
	"cmp"
	"context"
	"math"
	"slices"

	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/gazetteer"
	"thuoc/internal/lang"
)

// Figure is a value of one place.
type Figure struct {
	Place       string
	Value, SE   float64 // SE not above 0, or NaN: not known
	Respondents float64 // 0: not known
}

// Series is the figures of one time, by the map of a day.
type Series struct {
	On      clock.Date // the day whose map the figures follow
	Year    int        // whose people weigh
	Total   bool       // figures add up; otherwise they are means
	Weight  Weight
	Figures []Figure
}

// Weight says what weighs the parts of a joined figure.
type Weight string

// The weights.
const (
	WeighPeople      Weight = "population"  // counted people, of the nearest year that is known of all parts
	WeighRespondents Weight = "respondents" // those who answered
)

// Converted is a series by the map of another day.
type Converted struct {
	Rows   []ConvertedRow // by code
	People Census         // the count that weighed; zero where none did
}

// ConvertedRow is the figure of one place by the other map, or why there is none.
type ConvertedRow struct {
	Version   Version
	Value, SE float64    // SE holds what the joining adds; NaN: not known
	Why       fault.Text // Key "" where there is a value
}

// Census names one count of people.
type Census struct {
	Year  int
	Basis gazetteer.Basis
}

// Convert gives a series by the map of another day, later or earlier. Means are weighed by people or respondents, totals
// are added and divided by people; a part stands for its whole with the error that this adds (gazetteer.JoinMeans).
// Where a share is unknown, people were not counted or a part has no value, the row says so and has no value.
func (s *Store) Convert(ctx context.Context, in Series, to clock.Date) (out Converted, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		out, err = convert(ctx, q, in, to)
		return err
	})
	return out, err
}

func convert(ctx context.Context, q *db.Q, in Series, to clock.Date) (Converted, error) {
	forward := !to.Before(in.On)
	m, err := readMap(ctx, q, in, to)
	if err != nil {
		return Converted{}, err
	}
	strands := m.strands(in, forward)
	census, people := Census{}, map[string]float64{}
	if in.Weight == WeighPeople || !forward {
		if census, people, err = nearestCensus(ctx, q, in.Year, formersOf(strands)); err != nil {
			return Converted{}, err
		}
	}
	given := gazetteer.Series{Figures: map[string]gazetteer.Measured{}, Total: in.Total}
	for _, f := range in.Figures {
		given.Figures[f.Place] = gazetteer.Measured{Value: f.Value, SE: f.SE, Weight: m.weight(in, f, people, strands, forward)}
	}
	var results map[string]gazetteer.Converted
	if forward {
		results = given.ToHeirs(strands)
	} else {
		results = given.ToFormer(strands, people)
	}
	out := Converted{People: census}
	for id, c := range results {
		row, err := explained(ctx, q, id, c, in.On, to)
		if err != nil {
			return Converted{}, err
		}
		out.Rows = append(out.Rows, row)
	}
	slices.SortFunc(out.Rows, func(a, b ConvertedRow) int { return cmp.Compare(a.Version.Code, b.Version.Code) })
	return out, nil
}

// changes is the lineage between two days.
type changes struct {
	later   map[string][]edge     // by former place
	earlier map[string][]edge     // by heir
	ends    map[string]clock.Date // of places that ended
	last    clock.Date            // the later of the two days
}

func readMap(ctx context.Context, q *db.Q, in Series, to clock.Date) (changes, error) {
	first, last := in.On, to
	if to.Before(in.On) {
		first, last = to, in.On
	}
	m := changes{later: map[string][]edge{}, earlier: map[string][]edge{}, last: last}
	list, err := edges(ctx, q, "e.since > ? AND e.since <= ?", first, last)
	if err != nil {
		return m, err
	}
	for _, e := range list {
		m.later[e.Former] = append(m.later[e.Former], e)
		m.earlier[e.Heir] = append(m.earlier[e.Heir], e)
	}
	m.ends, err = readEnds(ctx, q)
	return m, err
}

// strands follows the lineage of the places of a series to the other day, with all that joins them there.
func (m changes) strands(in Series, forward bool) []gazetteer.Strand {
	asked := map[string]bool{} // the later places the series is about
	for _, f := range in.Figures {
		if !forward {
			asked[f.Place] = true
			continue
		}
		for heir := range m.sharesOf(f.Place, 0) {
			asked[heir] = true
		}
	}
	formers := map[string]bool{}
	for heir := range asked {
		for _, former := range m.formersOf(heir, 0) {
			formers[former] = true
		}
	}
	var list []gazetteer.Strand
	for former := range formers {
		for heir, share := range m.sharesOf(former, 0) {
			if !forward || asked[heir] {
				list = append(list, gazetteer.Strand{Former: former, Heir: heir, Share: share})
			}
		}
	}
	return list
}

// deepest bounds how many changes one place may go through between two days.
const deepest = 50

// sharesOf gives the fractions of the people of a place by where they are on the later day. Of a place that ended and
// left no lineage, as a district did, nobody knows: it stands for itself with an unknown share.
func (m changes) sharesOf(id string, depth int) map[string]float64 {
	next := m.later[id]
	if len(next) == 0 || depth > deepest {
		share := 1.0
		if end, ended := m.ends[id]; ended && !m.last.Before(end) {
			share = math.NaN()
		}
		return map[string]float64{id: share}
	}
	shares := map[string]float64{}
	for _, e := range next {
		own := math.NaN()
		if e.Share != nil {
			own = *e.Share
		}
		for heir, share := range m.sharesOf(e.Heir, depth+1) {
			if own == 0 || share == 0 {
				shares[heir] += 0 // nobody, whatever the other is
			} else {
				shares[heir] += own * share
			}
		}
	}
	return shares
}

// formersOf lists the places of the earlier day that are in a place of the later.
func (m changes) formersOf(id string, depth int) []string {
	before := m.earlier[id]
	if len(before) == 0 || depth > deepest {
		return []string{id}
	}
	var list []string
	for _, e := range before {
		list = append(list, m.formersOf(e.Former, depth+1)...)
	}
	return list
}

func formersOf(strands []gazetteer.Strand) []string {
	var list []string
	for _, t := range strands {
		list = append(list, t.Former)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// weight gives the people or respondents behind a figure. A later place has the people that its parts had.
func (m changes) weight(in Series, f Figure, people map[string]float64, strands []gazetteer.Strand, forward bool) float64 {
	switch {
	case in.Weight == WeighRespondents:
		return f.Respondents
	case forward:
		return people[f.Place]
	}
	sum := 0.0
	for _, t := range strands {
		if t.Heir == f.Place && t.Share != 0 {
			sum += people[t.Former] * t.Share
		}
	}
	return sum
}

// nearestCensus takes the count nearest to a year that is known of the most of the places; of equally near years the
// earlier, of bases the average of the year before the census.
func nearestCensus(ctx context.Context, q *db.Q, year int, places []string) (Census, map[string]float64, error) {
	type line struct {
		Place  string          `db:"place"`
		Year   int             `db:"year"`
		Basis  gazetteer.Basis `db:"basis"`
		People float64         `db:"people"`
	}
	counts := map[Census]map[string]float64{}
	for part := range slices.Chunk(places, 500) {
		var args []any
		for _, id := range part {
			args = append(args, id)
		}
		lines, err := db.All[line](ctx, q, `SELECT p.place, p.year, p.basis, p.people FROM place_people p
			WHERE p.people IS NOT NULL AND p.load`+live+` AND p.place IN (`+db.Marks(len(part))+")", args...)
		if err != nil {
			return Census{}, nil, err
		}
		for _, l := range lines {
			c := Census{l.Year, l.Basis}
			if counts[c] == nil {
				counts[c] = map[string]float64{}
			}
			counts[c][l.Place] = l.People
		}
	}
	best := Census{}
	for c := range counts {
		if best.Year == 0 || compareCensus(c, best, len(counts[c]), len(counts[best]), year) < 0 {
			best = c
		}
	}
	return best, counts[best], nil
}

func compareCensus(a, b Census, na, nb, year int) int {
	rank := map[gazetteer.Basis]int{gazetteer.AverageRevised: 0, gazetteer.Average: 1, gazetteer.Census: 2}
	order := func(c Census) int {
		if r, ok := rank[c.Basis]; ok {
			return r
		}
		return len(rank)
	}
	distance := func(c Census) int { return max(c.Year-year, year-c.Year) }
	return cmp.Or(cmp.Compare(nb, na), cmp.Compare(distance(a), distance(b)), cmp.Compare(a.Year, b.Year),
		cmp.Compare(order(a), order(b)), cmp.Compare(a.Basis, b.Basis))
}

// explained puts a result into words: its place on the other day, and the reason where there is no value.
func explained(ctx context.Context, q *db.Q, id string, c gazetteer.Converted, from, to clock.Date) (ConvertedRow, error) {
	v, err := ByID(ctx, q, id, to)
	if err != nil || c.Reason == gazetteer.Fine {
		return ConvertedRow{Version: v, Value: c.Value, SE: c.SE}, err
	}
	var names lang.Names
	for i, place := range c.Of {
		of, err := ByID(ctx, q, place, from)
		if err != nil {
			return ConvertedRow{}, err
		}
		if i > 0 {
			names.VI, names.EN = names.VI+", ", names.EN+", "
		}
		names.VI, names.EN = names.VI+of.Full().VI, names.EN+of.Full().EN
	}
	why := fault.T("Not converted: %s has no value.", names)
	switch c.Reason {
	case gazetteer.ShareUnknown:
		why = fault.T("Not converted: nobody knows how the people of %s divide.", names)
	case gazetteer.WeightUnknown:
		why = fault.T("Not converted: the people of %s are not known.", names)
	}
	return ConvertedRow{Version: v, Value: math.NaN(), SE: math.NaN(), Why: why}, nil
}
