package gazetteer

import (
	"cmp"
	"maps"
	"math"
	"slices"
)

// Piece is what one place gives to a figure by another map.
type Piece struct {
	Value  float64
	SE     float64 // not above 0, or NaN: not known
	Weight float64 // people or respondents behind Value
	Share  float64 // the fraction of them that belongs to the figure
	Within float64 // the fraction that Weight·Share is of the place Value speaks of: 1 where all of it belongs
}

// JoinMeans joins the means of independent pieces: Σ w·v / Σ w with w = Weight·Share. Its variance is Σ w²·(SE² + e) /
// (Σ w)², where e is what the joining adds: the mean of a part is stood in for by that of the whole. When a place is made
// of a part with fraction s and a rest, whose means vary independently with the variance spread² that places have among
// each other, the part differs from the whole by (1−s) times the difference of the two: e = 2·spread²·(1−s)². A piece of
// unknown SE makes the SE unknown (NaN).
func JoinMeans(pieces []Piece, spread float64) (value, se float64) {
	var sum, variance, weight float64
	for _, p := range pieces {
		w, own := p.Weight*p.Share, p.SE
		if !(own > 0) {
			own = math.NaN() // unknown stays unknown through the sum
		}
		sum, variance, weight = sum+w*p.Value, variance+w*w*own*own, weight+w
		if p.Within < 1 {
			variance += w * w * 2 * spread * spread * (1 - p.Within) * (1 - p.Within)
		}
	}
	return sum / weight, math.Sqrt(variance) / weight
}

// Strand is how much of the people of a former place are in a later one, over all changes between two days.
type Strand struct {
	Former, Heir string
	Share        float64 // fraction of the former place's people; NaN: some, nobody knows how many
}

// Measured is a figure of one place: a mean (a score), or a total (a number of cases).
type Measured struct {
	Value  float64
	SE     float64 // not above 0, or NaN: not known
	Weight float64 // people or respondents of the place; 0: not known
}

// Converted is a figure by the other map, or why there is none.
type Converted struct {
	Value, SE float64
	Reason    Reason
	Of        []string // the places that the reason is about, by ID
}

// Reason says why a figure cannot be converted.
type Reason uint8

// The reasons.
const (
	Fine          Reason = iota
	ValueMissing         // a part has no value
	ShareUnknown         // nobody knows how many people of a part belong
	WeightUnknown        // the people of a part are not known
)

// Series is the figures of one time and one map, by place.
type Series struct {
	Figures map[string]Measured
	Total   bool // figures add up; otherwise they are means
}

// ToHeirs gives the series by the later map, from strands that hold every former place of the heirs asked for. A former
// place that is not in the series has no value.
func (s Series) ToHeirs(strands []Strand) map[string]Converted {
	groups := group(strands, func(t Strand) string { return t.Heir })
	return s.convert(groups, func(t Strand) (Piece, Converted) {
		f, ok := s.Figures[t.Former]
		single := len(groups[t.Heir]) == 1 && !s.Total || t.Share == 1 && s.Total // needs no people
		switch {
		case !ok:
			return Piece{}, refused(ValueMissing, t.Former)
		case math.IsNaN(t.Share):
			return Piece{}, refused(ShareUnknown, t.Former)
		case !(f.Weight > 0) && !single:
			return Piece{}, refused(WeightUnknown, t.Former)
		}
		return Piece{Value: f.Value, SE: f.SE, Weight: f.Weight, Share: t.Share, Within: t.Share}, Converted{}
	})
}

// ToFormer gives the series by the earlier map. people are those of the former places: they say what part of an heir
// each was. Within an heir nothing is known to differ, so each part takes its figure, with the error that this adds.
func (s Series) ToFormer(strands []Strand, people map[string]float64) map[string]Converted {
	byHeir := group(strands, func(t Strand) string { return t.Heir })
	return s.convert(group(strands, func(t Strand) string { return t.Former }), func(t Strand) (Piece, Converted) {
		f, ok := s.Figures[t.Heir]
		part, no := partOf(t, byHeir[t.Heir], people)
		switch {
		case !ok:
			return Piece{}, refused(ValueMissing, t.Heir)
		case math.IsNaN(t.Share):
			return Piece{}, refused(ShareUnknown, t.Former)
		case no.Reason != Fine:
			return Piece{}, no
		case s.Total && part < 1 && !(f.Weight > 0):
			return Piece{}, refused(WeightUnknown, t.Heir)
		case s.Total:
			return Piece{Value: f.Value, SE: f.SE, Weight: f.Weight, Share: part, Within: part}, Converted{}
		}
		return Piece{Value: f.Value, SE: f.SE, Weight: 1, Share: t.Share, Within: part}, Converted{}
	})
}

// partOf gives the fraction of an heir's people that came from one former place.
func partOf(t Strand, all []Strand, people map[string]float64) (float64, Converted) {
	if len(all) == 1 {
		return 1, Converted{}
	}
	var sum float64
	var unknown, uncounted []string
	for _, other := range all {
		if math.IsNaN(other.Share) {
			unknown = append(unknown, other.Former)
		}
		if !(people[other.Former] > 0) {
			uncounted = append(uncounted, other.Former)
		}
		sum += people[other.Former] * other.Share
	}
	switch {
	case unknown != nil:
		return 0, refused(ShareUnknown, unknown...)
	case uncounted != nil:
		return 0, refused(WeightUnknown, uncounted...)
	}
	return people[t.Former] * t.Share / sum, Converted{}
}

func refused(reason Reason, of ...string) Converted {
	return Converted{Value: math.NaN(), SE: math.NaN(), Reason: reason, Of: of}
}

// group sorts strands with people by one of their ends.
func group(strands []Strand, end func(Strand) string) map[string][]Strand {
	groups := map[string][]Strand{}
	for _, t := range strands {
		if t.Share != 0 { // area without people
			groups[end(t)] = append(groups[end(t)], t)
		}
	}
	for _, list := range groups {
		slices.SortFunc(list, func(a, b Strand) int {
			return cmp.Or(cmp.Compare(a.Former, b.Former), cmp.Compare(a.Heir, b.Heir))
		})
	}
	return groups
}

// convert makes the figure of every group of strands, or says what keeps it from one: the first reason, with all the
// places it is about.
func (s Series) convert(groups map[string][]Strand, piece func(Strand) (Piece, Converted)) map[string]Converted {
	spread := s.spread()
	result := map[string]Converted{}
	for to, list := range groups {
		var pieces []Piece
		var no Converted
		for _, t := range list {
			p, c := piece(t)
			switch {
			case c.Reason == Fine:
				pieces = append(pieces, p)
			case no.Reason == Fine || c.Reason < no.Reason:
				no = c
			case c.Reason == no.Reason:
				no.Of = append(no.Of, c.Of...)
			}
		}
		if no.Reason != Fine {
			slices.Sort(no.Of)
			no.Of = slices.Compact(no.Of)
			result[to] = no
			continue
		}
		result[to] = s.join(pieces, spread)
	}
	return result
}

// join makes one figure of its pieces. A total is the sum of what each piece gives; its error grows as that of a mean
// does, by the rate per head.
func (s Series) join(pieces []Piece, spread float64) Converted {
	if !s.Total {
		if len(pieces) == 1 {
			pieces[0].Weight, pieces[0].Share = 1, 1 // no weighing
		}
		value, se := JoinMeans(pieces, spread)
		return Converted{Value: value, SE: se}
	}
	var sum, variance float64
	for _, p := range pieces {
		own := p.SE
		if !(own > 0) {
			own = math.NaN()
		}
		sum, variance = sum+p.Share*p.Value, variance+p.Share*p.Share*own*own
		if p.Within < 1 {
			part := p.Weight * p.Share * spread * (1 - p.Within)
			variance += 2 * part * part
		}
	}
	return Converted{Value: sum, SE: math.Sqrt(variance)}
}

// spread is the standard deviation that the places have among each other beyond their own errors, by the method of
// moments: the variance of the values less the mean of the squared errors, never below zero. Of totals it is that of
// the rates per head.
func (s Series) spread() float64 {
	var n, sum, squares, errors float64
	for _, id := range slices.Sorted(maps.Keys(s.Figures)) {
		f := s.Figures[id]
		if s.Total {
			if !(f.Weight > 0) {
				continue
			}
			f.Value, f.SE = f.Value/f.Weight, f.SE/f.Weight
		}
		n, sum, squares = n+1, sum+f.Value, squares+f.Value*f.Value
		if f.SE > 0 {
			errors += f.SE * f.SE
		}
	}
	if n < 2 {
		return 0
	}
	mean := sum / n
	return math.Sqrt(max(0, (squares-n*mean*mean)/(n-1)-errors/n))
}
