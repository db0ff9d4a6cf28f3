package web

import (
	"thuoc/internal/lang"
	"thuoc/internal/report"
	"thuoc/internal/run"
	"thuoc/internal/score"
)

// measuredRow is what was measured for a part of an index.
type measuredRow struct {
	Name, Value, Rests, Was, Change, Says string // Rests: the error and the people it rests on
	Strong                                bool
}

// measuredTable is one measure of an index with where it was asked.
type measuredTable struct {
	Head, Asked, About, Was string
	Areas                   []passageRow // Head: the place, Text: how many answered
	Rows                    []measuredRow
	Hash                    string // of the edition
}

// sumMeasures shows the newest public results, each measure in a table of its own: no change is told that was not tested, and
// no cause of any.
func (v *visit) sumMeasures(b *sumPage, c *report.Consolidated) {
	for _, m := range c.Measures {
		t := measuredTable{Head: v.measureName(m), Hash: m.Edition, Was: m.Was}
		t.About = v.t("Results of %s.", m.Unit)
		if !m.Public.IsZero() {
			t.About += " " + v.t("Public since %s.", lang.Date(v.lang, m.Public))
		}
		if m.Answers > 0 {
			t.Asked = v.t("%s people answered, in %s primary sampling units of %s strata.", count(v, m.Answers), count(v, m.PSUs), count(v, m.Strata))
			if m.Waves == 2 {
				t.Asked = v.t("%s people answered; this survey and the former one together: %s primary sampling units of %s strata.", count(v, m.Answers), count(v, m.PSUs), count(v, m.Strata))
			}
		}
		if when := m.Fieldwork.In(v.lang); when != "" {
			t.Asked += " " + v.t("Fieldwork: %s.", when)
		}
		for _, a := range m.Areas {
			says := v.t("number of people not published")
			if a.N > 0 {
				says = v.t("%s people answered", count(v, a.N))
			}
			t.Areas = append(t.Areas, passageRow{a.Name, says})
		}
		for _, r := range m.Parts {
			t.Rows = append(t.Rows, v.measuredRow(r))
		}
		b.Measures = append(b.Measures, t)
	}
}

// measureName is a measure by whose it is, the index and the period.
func (v *visit) measureName(m report.Measure) string {
	switch {
	case m.Source == run.UNDP:
		return v.t("PAPI survey of %s", m.Period)
	case m.Own:
		return v.t("The province's own survey of %s: %s", m.Period, m.Index.In(v.lang))
	}
	return v.t("Self-assessment of %s: %s", m.Period, m.Index.In(v.lang))
}

func (v *visit) measuredRow(r report.Result) measuredRow {
	row := measuredRow{Name: r.Names.In(v.lang) + " (" + r.Code + ")", Value: "–", Was: "–", Change: "–", Strong: r.Depth < 2}
	if r.Value == nil {
		row.Says = r.Why.In(v.lang)
		return row
	}
	number := func(x *float64) string {
		if x == nil {
			return "–"
		}
		return lang.Number(v.lang, *x, 2)
	}
	row.Value, row.Was = number(r.Value), number(r.Was)
	if row.Rests = v.t("error not published"); r.SE != nil {
		row.Rests = v.t("standard error %s", number(r.SE))
	}
	if r.N > 0 {
		row.Rests += "; n = " + count(v, r.N)
	}
	if r.Change != nil {
		row.Change = lang.Signed(v.lang, *r.Change, 2)
	}
	switch {
	case r.Says == score.Rose:
		row.Says = v.t("rose, beyond its error")
	case r.Says == score.Fell:
		row.Says = v.t("fell, beyond its error")
	case r.Says == score.NoEvidence:
		row.Says = v.t("no evidence of a change")
	case r.Says == score.NotComparable:
		row.Says = v.t("not comparable")
	case r.Was != nil:
		row.Says = v.t("not tested")
	default:
		row.Says = v.t("nothing to compare with")
	}
	return row
}
