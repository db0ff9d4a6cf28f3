package target

import (
	"math"
	"slices"

	"thuoc/internal/fault"
	"thuoc/internal/published"
	"thuoc/internal/score"
)

// Basis is all that is published to answer what a target for one node of PAPI asks: where the provinces stand, how they
// have moved, and the parts of the node.
type Basis struct {
	Year     int
	Def      *score.Definition
	Node     *score.Node
	Standing Standing
	History  []Pair
	Years    []int // the first year of each pair
	ErrorsOf int   // the year whose published errors were the model of the assumed one; 0 = every error is published

	parts []part
}

// part is a part of the node with what is known of it.
type part struct {
	node   *score.Node
	worth  float64
	values []float64
	gains  []float64
}

// yearly are the values of one year by code and unit.
type yearly struct {
	def    *score.Definition
	values map[string][]float64
	errors map[string][]float64
}

// archive reads years of published figures, each once.
type archive struct {
	units []string
	years map[int]*yearly
}

func (a *archive) year(y int) (*yearly, error) {
	if got := a.years[y]; got != nil {
		return got, nil
	}
	entry, ok := score.InForce("papi", y)
	if !ok {
		return nil, fault.New(fault.NotFound, "No definition of PAPI is in force in %d.", y)
	}
	def, err := score.Open(entry.ID)
	if err != nil {
		return nil, err
	}
	figures, err := published.Figures(y, published.Composite, published.Dimension, published.Subdimension)
	if err != nil {
		return nil, err
	}
	got := &yearly{def, map[string][]float64{}, map[string][]float64{}}
	for _, f := range figures {
		i, ok := slices.BinarySearch(a.units, f.Unit)
		if !ok {
			continue
		}
		if got.values[f.Code] == nil {
			got.values[f.Code], got.errors[f.Code] = unknown(len(a.units)), unknown(len(a.units))
		}
		got.values[f.Code][i] = f.Value
		if f.SE > 0 {
			got.errors[f.Code][i] = f.SE
		}
	}
	a.years[y] = got
	return got, nil
}

func unknown(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = math.NaN()
	}
	return out
}

// OfPAPI gathers what is published for a target that starts from a year's results. Errors that were not published are
// assumed: the median of the nearest year that has some for this node, before the year where there is one.
func OfPAPI(year int, code string) (*Basis, error) {
	a := &archive{units: published.Units(), years: map[int]*yearly{}}
	slices.Sort(a.units)
	now, err := a.year(year)
	if err != nil {
		return nil, err
	}
	node := now.def.Node(code)
	if node == nil || now.values[code] == nil {
		return nil, fault.New(fault.NotFound, "%s has no published value in %d; name the composite, a dimension or a sub-dimension.", code, year)
	}
	b := &Basis{Year: year, Def: now.def, Node: node}
	b.Standing = Standing{Units: a.units, Values: now.values[code], SE: now.errors[code]}
	if b.Standing.Assumed, b.ErrorsOf, err = a.assumed(year, code); err != nil {
		return nil, err
	}
	if b.History, b.Years, err = a.history(year, code); err != nil {
		return nil, err
	}
	return b, b.readParts(a, now)
}

// assumed gives the median published error of a node in the nearest year that has some.
func (a *archive) assumed(year int, code string) (median float64, of int, err error) {
	var candidates []int
	for _, y := range published.Years() {
		candidates = append(candidates, y.Year)
	}
	slices.SortStableFunc(candidates, func(x, y int) int { return distance(x, year) - distance(y, year) })
	for _, y := range candidates {
		got, err := a.year(y)
		if err != nil {
			return 0, 0, err
		}
		known := slices.DeleteFunc(slices.Clone(got.errors[code]), math.IsNaN)
		if len(known) == 0 {
			continue
		}
		slices.Sort(known)
		if y == year && len(known) == len(slices.DeleteFunc(slices.Clone(got.values[code]), math.IsNaN)) {
			y = 0
		}
		return known[len(known)/2], y, nil
	}
	return 0, 0, fault.New(fault.NotFound, "No error was ever published for %s; state one to assume.", code)
}

// distance orders years by how near they are, the earlier of two as near ones first.
func distance(y, from int) int {
	if y > from {
		return 2*(y-from) + 1
	}
	return 2 * (from - y)
}

// history follows a node backwards through the versions of the index and takes every two years between which it kept
// its definition. For the composite only the years within a version compare. Movements are taken in points as they were:
// provinces moved by 1.3 to 1.5 points a year under six dimensions and under eight.
func (a *archive) history(year int, code string) (pairs []Pair, first []int, err error) {
	oldest := published.Years()[0].Year
	for y := year; y > oldest; y-- {
		now, err := a.year(y)
		if err != nil {
			return nil, nil, err
		}
		before, err := a.year(y - 1)
		if err != nil {
			return nil, nil, err
		}
		link := score.Comparison{Verdict: score.Same, Was: code}
		if now.def.ID != before.def.ID {
			link = now.def.Compare(code)
		}
		was := before.def.Node(link.Was)
		if was == nil {
			break
		}
		if link.Verdict == score.Same && now.values[code] != nil && before.values[link.Was] != nil {
			pairs = append(pairs, Pair{before.values[link.Was], now.values[code]})
			first = append(first, y-1)
		}
		code = link.Was
	}
	slices.Reverse(pairs)
	slices.Reverse(first)
	return pairs, first, nil
}

// readParts gathers the sub-dimensions beneath the node, or nothing for a sub-dimension itself.
func (b *Basis) readParts(a *archive, now *yearly) error {
	for n, worth := range below(b.Node, 1) {
		values := now.values[n.Code]
		if values == nil {
			continue
		}
		history, _, err := a.history(b.Year, n.Code)
		if err != nil {
			return err
		}
		s := Standing{Units: a.units, Values: values, SE: unknown(len(values))}
		p := part{node: n, worth: worth, values: values}
		if m, err := Learn(s, history); err == nil {
			for _, z := range m.Residuals {
				p.gains = append(p.gains, z*m.Spread)
			}
			slices.Sort(p.gains)
		}
		b.parts = append(b.parts, p)
	}
	return nil
}

// below yields the sub-dimensions beneath a node with what a point of each is worth in the node.
func below(n *score.Node, worth float64) func(func(*score.Node, float64) bool) {
	return func(yield func(*score.Node, float64) bool) {
		for _, p := range n.Parts {
			switch {
			case !p.Counts():
			case published.LevelOf(p.Code) == published.Subdimension:
				if !yield(p, worth*p.Weight) {
					return
				}
			default:
				for q, w := range below(p, worth*p.Weight) {
					if !yield(q, w) {
						return
					}
				}
			}
		}
	}
}

// Levers are the parts that a unit could raise.
func (b *Basis) Levers(unit int) []Lever {
	var levers []Lever
	for _, p := range b.parts {
		if v := p.values[unit]; !math.IsNaN(v) && len(p.gains) > 0 {
			best := slices.Max(slices.DeleteFunc(slices.Clone(p.values), math.IsNaN))
			levers = append(levers, Lever{Code: p.node.Code, Value: v, Best: best, Worth: p.worth, Gains: p.gains})
		}
	}
	return levers
}

// Unit finds a unit among those of the standing; −1 when it is not there.
func (b *Basis) Unit(code string) int { return slices.Index(b.Standing.Units, code) }
