package svy

import "slices"

// Stage is one stage of selection as the rows of the data file tell it. Every slice has one entry a row.
type Stage struct {
	// Units names the unit each row was reached through. No Codes: each row is a unit of its own.
	Units Factor
	// Strata names the stratum of the row's unit at this stage; ids of strata count within the unit of the stage
	// above. No Codes: one stratum.
	Strata Factor
	// FPC holds the number of units in the frame of the row's stratum at this stage, or the sampled fraction when
	// ≤ 1; +Inf means as good as infinite. Nil: sampling with replacement, fraction 0.
	FPC []float64
	// Inclusion holds the probability 0 < π ≤ 1 with which the row's unit was drawn without replacement, among those of
	// its stratum and within the unit of the stage above, where units have probabilities of their own (PPS). The
	// variance is then Brewer's, see Var; HartleyRao and JointInclusion give others. 0: with replacement. Nil: none; a
	// stage has this or FPC.
	Inclusion []float64
	// Certain marks rows whose unit was taken with certainty. Such a unit is a stratum of its own, and its units of
	// the next stage are that stratum's PSUs; after the last stage each row is a PSU. Nil: none.
	Certain []bool
}

// Spec describes a sample by its rows. The zero values are a simple random sample with replacement.
type Spec struct {
	Weights []float64 // > 0 and finite, one a row
	Stages  []Stage   // from the first (PSUs) to the last; none: each row is a PSU of one stratum
	// Nest says that PSU ids count within strata. Without it a PSU id found in two strata is a fault. Ids of later
	// stages always count within the unit above.
	Nest bool
	// Lonely says what to do with a stratum of one PSU that is not there by certainty. The zero value fails.
	Lonely Lonely
	// DomainLonely applies the rules LonelyAdjust and LonelyAverage also to strata in which only one PSU has answers
	// of the domain (R: survey.adjust.domain.lonely).
	DomainLonely bool
	// Within names groups of strata that a collapse does not leave, e.g. provinces. No Codes: one group.
	Within Factor
	// Shard says that the rows are one part of a design; lonely PSUs are judged when the parts are merged.
	Shard bool
	// Workers is the number of goroutines of a scan; 0 means GOMAXPROCS. It never changes a bit of any result.
	Workers int
}

// Design is a sample ready for estimation: the tree of strata and units, sorted by label so that the order of rows
// does not matter, and each row's weight and place in the tree. It is immutable and safe for concurrent use.
type Design struct {
	weights []float64
	leaf    []int32 // unit of each row at the deepest level
	levels  []level // strata and units, first stage first; only the stages that add variance
	lonely  Lonely
	domain  bool // DomainLonely
	shard   bool
	workers int
	merged  []Collapse
	cal     *calibrated // nil unless the weights were calibrated
}

// New builds a design. It reports every fault of the specification at once as a *DesignError.
func New(spec Spec) (*Design, error) {
	b := &builder{spec: spec, n: len(spec.Weights)}
	b.checkShapes()
	b.checkWeights()
	if b.failed() {
		return nil, b.err()
	}
	b.cascade()
	levels, leaf := b.tree()
	if b.failed() {
		return nil, b.err()
	}
	d := &Design{
		weights: spec.Weights, leaf: leaf, levels: levels, lonely: spec.Lonely, domain: spec.DomainLonely,
		shard: spec.Shard, workers: spec.Workers, merged: b.merged,
	}
	if spec.Shard {
		return d, nil
	}
	return d, d.settleLonely()
}

// Rows is the number of rows of the data file.
func (d *Design) Rows() int { return len(d.weights) }

// Weight gives the weight of a row.
func (d *Design) Weight(row int) float64 { return d.weights[row] }

// Units is the number of units at the deepest stage that adds variance: the PSUs, unless finite population
// corrections make later stages count. Scores are vectors over these units.
func (d *Design) Units() int { return len(d.last().stratum) }

// Unit gives the unit (0 ≤ unit < Units) of a row.
func (d *Design) Unit(row int) int { return int(d.leaf[row]) }

// PSUs is the number of primary sampling units.
func (d *Design) PSUs() int { return len(d.levels[0].stratum) }

// PSU gives the primary sampling unit (0 ≤ PSU < PSUs) that a unit belongs to.
func (d *Design) PSU(unit int) int {
	for i := len(d.levels) - 1; i > 0; i-- {
		unit = int(d.levels[i].parent[d.levels[i].stratum[unit]])
	}
	return unit
}

// Stratum is a first-stage stratum.
type Stratum struct {
	Label    string
	First, N int     // its PSUs are First..First+N-1
	Fraction float64 // sampled fraction f = n/N of the frame, 0 without FPC
}

// Strata gives the first-stage strata in their order.
func (d *Design) Strata() []Stratum {
	l := &d.levels[0]
	out := make([]Stratum, len(l.fraction))
	for h := range out {
		out[h] = Stratum{l.strata.Label(int32(h)), int(l.first[h]), l.size(h), l.fraction[h]}
	}
	return out
}

// StratumOf gives the first-stage stratum of a PSU.
func (d *Design) StratumOf(psu int) int { return int(d.levels[0].stratum[psu]) }

// PSULabel gives the label of a PSU.
func (d *Design) PSULabel(psu int) string { return d.levels[0].label(psu) }

// Collapses lists the strata that were joined to others because they held a lonely PSU.
func (d *Design) Collapses() []Collapse { return slices.Clone(d.merged) }

// DF is the design's degrees of freedom: PSUs less strata.
func (d *Design) DF() float64 { return float64(d.PSUs() - len(d.levels[0].fraction)) }

func (d *Design) last() *level { return &d.levels[len(d.levels)-1] }

// level is one stage of the sampled tree. Units are numbered so that those of a stratum are neighbours.
type level struct {
	strata   Factor    // labels of the strata; its Codes are 0, 1, 2…
	stratum  []int32   // stratum of each unit
	first    []int32   // first unit of each stratum, and the number of units at the end
	frame    []float64 // FPC as given: units of the frame, the fraction when ≤ 1, 0 without
	fraction []float64 // sampled fraction of each stratum
	group    []string  // group of each first-stage stratum that a collapse does not leave
	parent   []int32   // unit of the level above that holds the stratum; nil at the first stage
	factor   Factor    // labels of the units
	code     []int32   // code of each unit in factor
	pi       []float64 // inclusion probability of each unit, 0 without; nil where no unit has one
	weight   []float64 // product of the fractions above: what the stratum's variance is multiplied by (R: multistage)
	by       []factors // of each stratum
}

// factors are what the sums over a stratum of n units are multiplied by in a variance, made once.
type factors struct {
	scale float64 // weight (1-f) n/(n-1), of the squares of scores; without n/(n-1) where n = 1
	unit  float64 // 1/n
	df    float64 // 1/(n-1), 1 where n = 1
	fair  float64 // 1/(n+1)
}

func (l *level) size(h int) int         { return int(l.first[h+1] - l.first[h]) }
func (l *level) label(unit int) string  { return l.factor.Label(l.code[unit]) }
func (l *level) isLonely(h int) bool    { return l.size(h) == 1 && l.fraction[h] < 1 }
func (l *level) isCertainty(h int) bool { return l.fraction[h] >= 1 }
