package score

import "math"

// combined is a whole made from its parts, with the slope of the whole in each part's own value.
type combined struct {
	value  float64
	slopes []float64
}

// rescale takes a part's value onto the whole's scale: (value, slope). Without rescaling it is the value itself.
//
//	onto = lo + (hi − lo)·(x − min)/(max − min), min and max swapped where less is better
func (n *Node) rescale(p *Node, x float64) (value, slope float64) {
	if !n.Aggregate.Rescale {
		return x, 1
	}
	from, to := p.Goalposts.Min, p.Goalposts.Max
	if p.Direction == Down {
		from, to = to, from
	}
	slope = (n.Scale.Max - n.Scale.Min) / (to - from)
	return n.Scale.Min + slope*(x-from), slope
}

// combine makes a whole from the values of its parts, which stand in their order; NaN for a part that is absent and
// is to be left out. Answers are the parts' numbers of answers, needed only by a pooled mean. The result is NaN when
// nothing is left to combine.
func (n *Node) combine(x []float64, answers []int) combined {
	agg := n.Aggregate
	values, slopes, weights := make([]float64, len(x)), make([]float64, len(x)), make([]float64, len(x))
	var total, absent float64
	for i, p := range n.Parts {
		if math.IsNaN(x[i]) || !p.Counts() {
			absent += p.Weight
			continue
		}
		values[i], slopes[i] = n.rescale(p, x[i])
		weights[i] = p.Weight
		if agg.Answers {
			weights[i] = float64(answers[i])
		}
		total += weights[i]
	}
	if agg.Method == Geometric {
		return geometricMean(values, slopes, weights, total)
	}
	divisor := agg.divisor(total, absent)
	out := combined{slopes: slopes}
	for i, v := range values {
		out.value += weights[i] * v
		slopes[i] *= weights[i] / divisor
	}
	out.value = agg.Constant + out.value/divisor
	return out
}

// divisor gives what the weighted sum is divided by. Where parts are left out, those that are there carry their weight.
func (a Aggregation) divisor(total, absent float64) float64 {
	whole := a.Divisor
	switch {
	case a.Answers, a.Method == Arithmetic && a.Divisor == 0:
		return total
	case a.Method != Arithmetic:
		whole = 1
	}
	if absent == 0 {
		return whole
	}
	return whole * total / (total + absent)
}

// geometricMean is exp(Σ w·ln v / Σ w); its slope in v is mean·w/(Σ w·v). It is NaN for a value that is not above 0.
func geometricMean(values, slopes, weights []float64, total float64) combined {
	var logs float64
	for i, v := range values {
		if weights[i] != 0 {
			logs += weights[i] * math.Log(v)
		}
	}
	out := combined{value: math.Exp(logs / total), slopes: slopes}
	for i, v := range values {
		if weights[i] != 0 {
			slopes[i] *= out.value * weights[i] / (total * v)
		}
	}
	return out
}
