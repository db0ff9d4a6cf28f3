package svy

import (
	"errors"
	"fmt"
	"math"
)

// ProvinceClass is a size class of provinces: how many there are, their frame, and the sample taken in each.
type ProvinceClass struct {
	Name      string
	Provinces int
	Frame     int // districts of a province, on average
	Districts int // sampled, the capital district among them
	Answers   int // people interviewed in a village
}

// Simulation describes a made-up country and the survey taken in it, so that the truth behind the answers is known:
// what a design, a variance or an interval delivers can then be counted.
//
// The country is people in villages in communes in districts in provinces; one district of a province is its capital,
// one commune of a district and one village of a commune the seat. An item's answer is a step function (0/1, a scale,
// 0 to 10) or, for amounts, the exponential of a latent number
//
//	item + province + seats + district + commune + village + person
//
// whose parts are normal: a person's own has variance 1, the others those of Components and Province. Half of each
// part (Common) is shared by all items, the rest the item's own. From wave to wave the people are others and the areas
// correlate; each province drifts by Change.
//
// The sample is that of PAPI (papi.org.vn, "mẫu khảo sát"): the capital district for certain and others with
// probability proportional to size, in each the seat commune for certain and one more by size, in each the seat
// village for certain and one more by size, in each as many people at random. Draws by size are systematic over a
// random order, so that inclusion probabilities are exact.
type Simulation struct {
	Classes     []ProvinceClass
	Items       int        // five twelfths 0/1, five twelfths 1…3 to 1…5, one eighth 0…10, the rest amounts
	Components  [3]float64 // variances of the effects of districts, communes and villages
	Spread      float64    // standard deviation over provinces of the logarithm of their components; 0: the same everywhere
	Province    float64    // variance of the province effects
	Seat        float64    // what a capital district, a seat commune and a seat village each add
	Common      float64    // share of every variance that all items have in common, 0…1
	Missing     float64    // mean share of answers missing: none in every sixth item, much in every sixth
	Tilt        float64    // slope of the logit of missing on the person's own latent part; 0: missing at random
	Waves       int        // waves of the panel of areas
	Keep        [3]float64 // probability that districts, a commune, a village drawn by size stay from wave to wave
	Correlation float64    // of an area's effects in neighbouring waves
	Change      float64    // standard deviation of a province's drift from wave to wave
	Seed        uint64     // of the country
}

// PAPISimulation is a country and a survey like PAPI's: 63 provinces in the three classes of its sample, 828 villages,
// 13,632 people. The variance components are ours: PAPI publishes none.
func PAPISimulation() Simulation {
	return Simulation{
		Classes: []ProvinceClass{
			{Name: "large", Provinces: 2, Frame: 26, Districts: 6, Answers: 24},
			{Name: "medium", Provinces: 4, Frame: 22, Districts: 6, Answers: 16},
			{Name: "small", Provinces: 57, Frame: 10, Districts: 3, Answers: 16},
		},
		Items: 120, Components: [3]float64{0.05, 0.03, 0.05}, Province: 0.05, Seat: 0.1, Common: 0.5,
		Missing: 0.12, Waves: 2, Keep: [3]float64{1, 1, 0.95}, Correlation: 0.7, Change: 0.15, Seed: 1,
	}
}

// maxSimulatedRows bounds a simulation, so that a slip of the keyboard cannot ask for more than a machine has.
const maxSimulatedRows = 20_000_000

func (s Simulation) check() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf("svy: simulation: "+format, args...)) }
	rows := 0
	for _, c := range s.Classes {
		if c.Provinces < 1 || c.Districts < 2 || c.Frame < c.Districts || c.Answers < 1 {
			bad("class %q has %d provinces of %d districts, %d sampled, and %d answers a village", c.Name, c.Provinces, c.Frame, c.Districts, c.Answers)
			continue
		}
		rows += c.Provinces * c.Districts * 4 * c.Answers
	}
	if len(s.Classes) == 0 || s.Items < 1 || s.Waves < 1 {
		bad("%d classes, %d items, %d waves: at least one of each", len(s.Classes), s.Items, s.Waves)
	}
	if rows > maxSimulatedRows {
		bad("%d people are more than %d", rows, maxSimulatedRows)
	}
	atLeast := func(what string, v float64) {
		if !(v >= 0) || math.IsInf(v, 1) {
			bad("%s is %g", what, v)
		}
	}
	for _, v := range s.Components {
		atLeast("a variance component", v)
	}
	atLeast("the spread", s.Spread)
	atLeast("the variance between provinces", s.Province)
	atLeast("the change", s.Change)
	share := func(what string, v float64) {
		if !(v >= 0 && v <= 1) {
			bad("%s is %g, not between 0 and 1", what, v)
		}
	}
	share("the common part", s.Common)
	share("the correlation", s.Correlation)
	for _, v := range s.Keep {
		share("the share of units kept", v)
	}
	if !(s.Missing >= 0 && s.Missing <= 0.4) {
		bad("the share missing is %g, not between 0 and 0.4", s.Missing)
	}
	if math.IsNaN(s.Tilt+s.Seat) || math.IsInf(s.Tilt+s.Seat, 0) {
		bad("tilt %g, seat %g", s.Tilt, s.Seat)
	}
	return errors.Join(errs...)
}

// itemKind is how an item turns a latent number into an answer.
type itemKind struct {
	name      string
	intercept float64
	cuts      []float64 // the answer is low + the number of cuts below the latent number; nil for an amount
	low       float64
	missing   float64 // share
}

// amountLevel and amountSpread make amounts of about a hundred with a heavy tail.
const amountLevel, amountSpread = 4.6, 0.6

func (s Simulation) item(j int) itemKind {
	_, frac := math.Modf(float64(j) * math.Phi)
	k := itemKind{name: fmt.Sprintf("q%03d", j+1), intercept: -1.2 + 2.4*frac, missing: 0.9 * s.Missing}
	switch j % 6 {
	case 0:
		k.missing = 0
	case 5:
		k.missing = 2.4 * s.Missing
	}
	levels := 0
	switch at := (float64(j) + 0.5) / float64(s.Items); {
	case at < 5.0/12:
		k.cuts = []float64{0}
	case at < 10.0/12:
		levels, k.low = 3+j%3, 1
	case at < 23.0/24:
		levels = 11
	}
	for i := 1; i < levels; i++ {
		k.cuts = append(k.cuts, normalQuantile(float64(i)/float64(levels)))
	}
	return k
}

// expect is the expected answer of a person whose latent number is normal around m with variance 1.
func (k *itemKind) expect(m float64) float64 {
	if k.cuts == nil {
		return math.Exp(amountLevel + amountSpread*m + amountSpread*amountSpread/2)
	}
	sum := k.low
	for _, c := range k.cuts {
		sum += 0.5 * math.Erfc((c-m)/math.Sqrt2)
	}
	return sum
}

// code is the answer as a code of the item's column: 1 for the lowest, so that 0 can stand for missing.
func (k *itemKind) code(latent float64) uint8 {
	c := uint8(1)
	for _, cut := range k.cuts {
		if latent > cut {
			c++
		}
	}
	return c
}

// column makes room for the answers of so many rows.
func (k *itemKind) column(rows int) Column {
	if k.cuts == nil {
		return Column{Name: k.name, Floats: make([]float64, 0, rows)}
	}
	c := Column{Name: k.name, Codes: make([]uint8, 0, rows), Values: []float64{math.NaN()}}
	for i := range len(k.cuts) + 1 {
		c.Values = append(c.Values, k.low+float64(i))
	}
	return c
}
