package score

import "math"

// CriterionRule turns a fact into points.
type CriterionRule string

// The rules of a scored criterion. Points never leave 0..maximum.
const (
	Appraised  CriterionRule = "appraised"   // no rule: the figure is the points an appraiser gave
	YesNo      CriterionRule = "yes-no"      // the maximum for 1 (yes), 0 for 0 (no)
	Share      CriterionRule = "share"       // maximum · share / target
	ShareSteps CriterionRule = "share-steps" // the points of the highest step whose threshold the share reaches
	DaysLate   CriterionRule = "days-late"   // maximum − days late · points a day
	Count      CriterionRule = "count"       // points for each, from 0; with negative points, off the maximum
)

// Criterion is a leaf that is scored: at most Points, by a rule from a fact.
type Criterion struct {
	Points float64
	Rule   CriterionRule
	Each   float64 // DaysLate: points lost a day; Count: points for each one, negative to take off
	Target float64 // Share: the share that earns the maximum
	Steps  []Step  // ShareSteps, highest first
}

// Step gives points from a share on.
type Step struct{ From, Points float64 }

// Score turns a fact into points: 0 or 1, a share 0..1, days late (0 = on time), a count. Under Appraised the fact is
// the points. It is false for a fact the rule does not know (a share above 1, half a day is fine, −1 days is not).
func (c *Criterion) Score(fact float64) (float64, bool) {
	if math.IsNaN(fact) || fact < 0 {
		return 0, false
	}
	switch c.Rule {
	case YesNo:
		return c.Points * fact, fact == 0 || fact == 1
	case Share:
		return math.Min(c.Points, c.Points*fact/c.Target), fact <= 1
	case ShareSteps:
		for _, s := range c.Steps {
			if fact >= s.From {
				return s.Points, fact <= 1
			}
		}
		return 0, true
	case DaysLate:
		return math.Max(0, c.Points-fact*c.Each), true
	case Count:
		if c.Each < 0 {
			return math.Max(0, c.Points+fact*c.Each), true
		}
		return math.Min(c.Points, fact*c.Each), true
	default:
		return fact, fact <= c.Points
	}
}
