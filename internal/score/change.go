package score

import (
	"math"

	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/svy"
)

// compare holds every row against the former result.
func (c *computation) compare() {
	prev := c.opt.Previous
	if prev == nil {
		return
	}
	rule := c.rule()
	for i := range c.res.Rows {
		row := &c.res.Rows[i]
		bridge := c.bridge(row.Code)
		was, ok := prev.Row(bridge.Was, row.Unit)
		change := &Change{Year: prev.Year, Code: bridge.Was, From: math.NaN(), Abs: math.NaN(), Rel: math.NaN(), SE: math.NaN(), P: math.NaN(), PFamily: math.NaN()}
		row.Change = change
		if ok {
			change.From = was.Value
		}
		switch {
		case bridge.Verdict != Same:
			change.Verdict, change.Reason, change.Why = NotComparable, bridge.Reason, bridgeWhy(bridge)
		case !ok:
			change.Verdict, change.Why = NotComparable, fault.T("The former version has no such node.")
		case !row.OK() || !was.OK():
			change.Verdict, change.Why = NotTestable, fault.T("One of the two years has no value.")
		default:
			change.Abs = row.Value - was.Value
			change.Rel = change.Abs / was.Value
			if !change.testSampled(row, &was, c.opt.Estimates, prev.estimates) && row.SE > 0 && was.SE > 0 {
				change.SE = math.Hypot(row.SE, was.SE)
			}
			change.judge(rule, row, &was)
		}
	}
	c.judgeFamilies(rule)
}

// tested stands for the verdict of a test until its family is known.
const tested Verdict = "tested"

// judgeFamilies gives the verdict of tests through shared units, node by node over all units: with 63 tests three would
// come out at 5 % by chance alone.
func (c *computation) judgeFamilies(rule ChangeRule) {
	family := map[string][]*Change{}
	for i := range c.res.Rows {
		if row := &c.res.Rows[i]; !math.IsNaN(row.Change.P) {
			family[row.Code] = append(family[row.Code], row.Change)
		}
	}
	for _, changes := range family {
		p := make([]float64, len(changes))
		for i, ch := range changes {
			p[i] = ch.P
		}
		for i, adjusted := range svy.BenjaminiHochberg(p) {
			ch := changes[i]
			if ch.PFamily = adjusted; ch.Verdict == tested {
				ch.Verdict = verdict(ch.Abs, adjusted < 1-rule.Level, NoEvidence)
			}
		}
	}
}

func bridgeWhy(b Comparison) fault.Text {
	if b.Because != "" {
		return fault.T("It is built on %s, which changed in between.", b.Because)
	}
	return fault.T("The definition changed in between.")
}

// rule gives the change rule in use: the compatibility's, else the first tested one; a test at 95 % when there is none.
func (c *computation) rule() ChangeRule {
	if c.compat != nil {
		return *c.def.change(c.compat.Change)
	}
	for _, r := range c.def.Changes {
		if r.Tested {
			return r
		}
	}
	return ChangeRule{ID: "tested", Tested: true, Level: properLevel}
}

// bridge follows a code back through the versions to the former result; the worst verdict on the way holds.
func (c *computation) bridge(code string) Comparison {
	chain := c.opt.Between
	if chain == nil && c.def.ID != c.opt.Previous.Def.ID {
		chain = []*Definition{c.def}
	}
	out := Comparison{Verdict: Same, Was: code}
	former := c.opt.Previous.Def.ID
	for i := len(chain) - 1; i >= 0; i-- {
		d := chain[i]
		step := d.Compare(out.Was)
		if rank(step.Verdict) > rank(out.Verdict) {
			out.Verdict, out.Reason, out.Because = step.Verdict, step.Reason, step.Because
		}
		out.Was = step.Was
		former = d.ID
		if d.Bridge != nil {
			former = d.Bridge.Former
		}
	}
	if former != c.opt.Previous.Def.ID {
		out.Verdict = Broken
		out.Reason = lang.Names{
			VI: "Không có cầu nối giữa hai phiên bản của bộ chỉ số.",
			EN: "Nothing bridges the two versions of the index.",
		}
	}
	return out
}

// judge gives the verdict by the rule. A test without the answers takes the two years as independent, because
// covariances between years are not published: |Δ| > z·√(SE² + SE²). One with them waits for its family.
func (ch *Change) judge(rule ChangeRule, row, was *Row) {
	ch.Rule = rule.ID
	switch {
	case !rule.holds(row.Level):
		ch.Verdict, ch.Why = NotTestable, fault.T("The rule %s does not hold for this level.", rule.ID)
	case !rule.Tested && was.Value <= 0:
		ch.Verdict, ch.Why = NotTestable, fault.T("The former value is not above 0.")
	case !rule.Tested:
		ch.Verdict = verdict(ch.Abs, math.Abs(ch.Rel) >= rule.Threshold, Stood)
	case math.IsNaN(ch.SE):
		ch.Verdict, ch.Why = NotTestable, fault.T("The error of one of the two years is not known.")
	case !math.IsNaN(ch.P):
		ch.Verdict = tested
		ch.Why = fault.T("The test goes through the sampling units that both years share and allows for testing all units at once.")
	default:
		ch.Verdict = verdict(ch.Abs, math.Abs(ch.Abs) > normalQuantile(rule.Level)*ch.SE, NoEvidence)
		ch.Why = fault.T("The test takes the two years as independent.")
	}
}

func verdict(difference float64, changed bool, otherwise Verdict) Verdict {
	switch {
	case !changed:
		return otherwise
	case difference > 0:
		return Rose
	default:
		return Fell
	}
}

func (r ChangeRule) holds(level string) bool {
	if len(r.Levels) == 0 {
		return true
	}
	for _, l := range r.Levels {
		if l == level {
			return true
		}
	}
	return false
}
