package score

import (
	"math"

	"thuoc/internal/fault"
	"thuoc/svy"
)

// propagate gives a computed node its standard error from its parts, SE² = Σ (slope·SE)², where that is known: one part
// carries all the error, or the caller states that the parts are independent. Registers and criteria carry no sampling
// error. Nothing is invented: indicators of one survey vary together, and without their covariance the error of a sum is
// not known.
func (c *computation) propagate(nodes []*Node, row *Row, parts []*Row, slopes []float64) {
	var variance float64
	errors := 0
	for i, p := range parts {
		if !p.OK() || slopes[i] == 0 {
			continue
		}
		switch {
		case p.SE > 0:
			variance += slopes[i] * slopes[i] * p.SE * p.SE
			errors++
		case !nodes[i].sampled():
		default:
			return
		}
	}
	switch {
	case errors == 1, errors > 1 && c.opt.Independent:
		row.SE = math.Sqrt(variance)
	case errors > 1:
		row.ErrorWhy = fault.T("The errors of its parts are known, but not how they vary together.")
	}
}

// sampled tells whether a node's value may carry a sampling error.
func (n *Node) sampled() bool {
	if n.Leaf() {
		return n.Administrative == nil && n.Criterion == nil
	}
	for _, p := range n.Parts {
		if p.sampled() {
			return true
		}
	}
	return false
}

// interval gives the row its limits: under a compatibility the printed ones, or those its multiplier makes; otherwise
// value ± z·SE at 95 %, by Student's t where the degrees of freedom are known.
func (c *computation) interval(row *Row, fig *Figure) {
	if !row.OK() {
		row.SE = math.NaN()
		return
	}
	printed := fig != nil && fig.Hi > fig.Lo
	switch {
	case c.compat != nil && printed:
		row.Interval = Interval{fig.Lo, fig.Hi, c.compat.Level}
		if fig.Level > 0 {
			row.Interval.Level = fig.Level
		}
	case math.IsNaN(row.SE) && fig != nil && fig.SE == 0:
		row.ErrorWhy = fault.T("A standard error of 0 cannot be: it is taken as unknown.")
	case math.IsNaN(row.SE):
		if row.ErrorWhy.Key == "" {
			row.ErrorWhy = fault.T("No standard error was published.")
		}
	case c.compat != nil:
		half := c.compat.Multiplier * row.SE
		row.Interval = Interval{row.Value - half, row.Value + half, c.compat.Level}
	case row.linear != nil && !(row.DF > 0):
		row.ErrorWhy = fault.T("Too few sampling units answered to know the error.")
	default:
		half := c.critical(row) * row.SE
		row.Interval = Interval{row.Value - half, row.Value + half, properLevel}
	}
}

// critical gives the two-sided critical value of the row's error at the proper level: Student's t where it was estimated
// from answers. A result has few different degrees of freedom, and each costs: they are remembered.
func (c *computation) critical(row *Row) float64 {
	if row.linear == nil {
		return normalQuantile(properLevel)
	}
	t, ok := c.t[row.DF]
	if !ok {
		t = svy.TQuantile(properLevel, row.DF)
		c.t[row.DF] = t
	}
	return t
}

// normalQuantile gives z so that a normal variable lies within ±z with probability level: 1.959964 for 0.95.
func normalQuantile(level float64) float64 { return math.Sqrt2 * math.Erfinv(level) }
