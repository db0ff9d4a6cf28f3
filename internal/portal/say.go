package portal

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"thuoc/internal/chart"
	"thuoc/internal/edition"
	"thuoc/internal/lang"
	"thuoc/internal/score"
)

// value writes a value in the scale of its node: shares as per cent, everything else with two decimals.
func (v *view) value(n *edition.Node, x float64) string {
	if isShare(n) {
		return lang.Percent(v.lang, x, 0)
	}
	return lang.Number(v.lang, x, 2)
}

// isShare tells a node whose values are shares of people, 0 to 1.
func isShare(n *edition.Node) bool { return n.Statistic == "proportion" && n.Max <= 1 }

// drawnBy is what a node's values are multiplied by where they are drawn: shares by 100, so that an axis counts in per
// cent as the words do.
func drawnBy(n *edition.Node) float64 {
	if isShare(n) {
		return 100
	}
	return 1
}

// apart writes how far two values of a node lie from each other.
func (v *view) apart(n *edition.Node, lo, hi float64) string {
	if isShare(n) {
		return v.t("%s percentage points", lang.Number(v.lang, (hi-lo)*100, 0))
	}
	return v.t("%s points", lang.Number(v.lang, hi-lo, 2))
}

func (v *view) num(x float64) string { return lang.Number(v.lang, x, 2) }

// span writes an interval.
func (v *view) span(lo, hi float64) string { return lang.Range(v.lang, lo, hi, 2) }

// scale says a node's scale for a subtitle: "scale 10–80".
func (v *view) scale(n *edition.Node) string {
	switch {
	case n.Max <= n.Min:
		return ""
	case isShare(n):
		return v.t("share of respondents in per cent")
	}
	return v.t("scale %s", lang.Range(v.lang, n.Min, n.Max, scaleDecimals(n)))
}

func scaleDecimals(n *edition.Node) int {
	if n.Min == math.Trunc(n.Min) && n.Max == math.Trunc(n.Max) {
		return 0
	}
	return 2
}

// measure names what is measured, its scale and year: the first half of every subtitle.
func (v *view) measure(n *edition.Node, year int) string {
	s := v.short(n)
	if n.Level == "subdimension" || n.Level == "indicator" {
		s = n.Code + " " + n.Names.In(v.lang)
	}
	if scale := v.scale(n); scale != "" {
		return v.t("%s %d, %s", s, year, scale)
	}
	return v.t("%s %d", s, year)
}

// level is the level of every interval drawn.
func (v *view) level() string { return lang.Percent(v.lang, 0.95, 0) }

// chance writes a probability from draws: never 0 or 100 %, which no number of draws can show.
func (v *view) chance(p float64) string {
	switch {
	case p >= 0.995:
		return "> " + lang.Percent(v.lang, 0.99, 0)
	case p < 0.005:
		return "< " + lang.Percent(v.lang, 0.01, 0)
	}
	return lang.Percent(v.lang, p, 0)
}

// ranks writes a range of ranks, a dash where no error is known.
func (v *view) ranks(c *edition.Cell) string {
	if c.RankLo == 0 {
		return "–"
	}
	return lang.Range(v.lang, float64(c.RankLo), float64(c.RankHi), 0)
}

// sayCell is one unit in a sentence, for those who hear a drawing: name, value, interval, group and how sure it is.
func (v *view) sayCell(name string, n *edition.Node, content *edition.Content, c *edition.Cell) string {
	if c == nil || !c.OK() {
		return v.t("%s: not published", name)
	}
	parts := []string{v.t("%s: %s", name, v.value(n, c.Value))}
	if c.Known() {
		parts = append(parts, v.t("95%% interval %s", v.span(c.Lo, c.Hi)))
	}
	if c.Group > 0 {
		parts = append(parts, v.t("group %s", v.groupName(content, c.Group)))
	}
	if c.Uncertain() {
		parts = append(parts, v.t("group uncertain"))
	}
	return strings.Join(parts, ", ")
}

// groupName names a group by its number, 1 the lowest.
func (v *view) groupName(c *edition.Content, group int) string {
	if group == 0 || group > len(c.Groups) {
		return ""
	}
	return c.Groups[len(c.Groups)-group].Names.In(v.lang)
}

// estimate is a cell for drawing; the publisher's own limits are drawn within the proper ones.
func estimate(n *edition.Node, c *edition.Cell) chart.Estimate {
	e := chart.Estimate{Value: c.Value * drawnBy(n), SE: c.SE * drawnBy(n)}
	if c.Known() && c.Printed() {
		e.Printed = (c.PrintedHi - c.PrintedLo) / 2 / c.SE
	}
	return e
}

// groupClass is the class of a group's swatch.
func groupClass(c *edition.Cell) string {
	class := "g" + string(rune('0'+c.Group))
	if c.Uncertain() {
		class += " unsure"
	}
	return class
}

// delta is a change as a page shows it.
type delta struct {
	Class string // up, down, flat
	Icon  string
	Text  string
	Aside string // what may be said of it
	Five  string // by the publisher's rule of five per cent
}

// delta says how a cell changed since the year before. An arrow stands only where the test supports it.
func (v *view) delta(c *edition.Cell, content *edition.Content) *delta {
	ch := c.Change
	if ch.Year == 0 || !c.OK() {
		return nil
	}
	if math.IsNaN(ch.Abs) {
		return &delta{Class: "flat", Text: "–", Aside: v.why(content, ch)}
	}
	d := &delta{Class: "flat", Icon: "equal-approximately", Text: lang.Signed(v.lang, ch.Abs, 2)}
	switch ch.Verdict {
	case score.Rose:
		d.Class, d.Icon, d.Aside = "up", "arrow-up", v.t("beyond its error")
	case score.Fell:
		d.Class, d.Icon, d.Aside = "down", "arrow-down", v.t("beyond its error")
	case score.NoEvidence:
		d.Aside = v.t("within its error")
	default:
		d.Icon, d.Aside = "", v.t("error not known")
	}
	if ch.Five == score.Rose || ch.Five == score.Fell {
		d.Five = v.t("%s%%, PAPI's 5%% mark", lang.Signed(v.lang, ch.Rel*100, 2))
	}
	return d
}

// why says why two years are not compared.
func (v *view) why(content *edition.Content, ch edition.Change) string {
	if ch.Verdict == score.NotComparable {
		return v.t("not comparable with %d", ch.Year)
	}
	return content.Reason(ch.Why).In(v.lang)
}

// counts is what a node's cells say together.
type counts struct {
	scored, known, unsure, rose, fell, tested int
	top, low                                  *edition.Cell
	from                                      *edition.Cell // the lowest that its own remark does not call a mistake of the print
}

// zeros is the remark on values printed as 0 where most likely none was measured.
const zeros = "papi-2022-zeros"

func count(cells []edition.Cell) counts {
	var n counts
	for i := range cells {
		c := &cells[i]
		if !c.OK() {
			continue
		}
		n.scored++
		if c.Known() {
			n.known++
		}
		if c.Uncertain() {
			n.unsure++
		}
		switch c.Change.Verdict {
		case score.Rose:
			n.rose++
			n.tested++
		case score.Fell:
			n.fell++
			n.tested++
		case score.NoEvidence:
			n.tested++
		}
		if n.top == nil || c.Value > n.top.Value {
			n.top = c
		}
		if n.low == nil || c.Value < n.low.Value {
			n.low = c
		}
		if c.Note != zeros && (n.from == nil || c.Value < n.from.Value) {
			n.from = c
		}
	}
	return n
}

// finding is the title of a figure over all provinces of a node. Where errors are known it says how far they blur the
// groups; where none was published it states the ends of the scale and that their error is unknown.
func (v *view) finding(a *atlas, n *edition.Node, cells []edition.Cell) string {
	k := count(cells)
	switch {
	case k.scored == 0:
		return v.t("No province has a value")
	case k.known > 0 && k.unsure > 0:
		return v.t("%s of %s provinces: group uncertain", lang.Count(v.lang, k.unsure), lang.Count(v.lang, k.scored))
	case k.known > 0:
		if clear, all := neighbours(cells); 2*clear > all {
			return v.t("%d of %d neighbours differ beyond their error", clear, all)
		}
		return v.t("Neighbours mostly cannot be told apart")
	}
	return v.t("From %s (%s) to %s (%s), error unknown", v.value(n, k.from.Value), v.name(a.byCode[k.from.Unit]), v.value(n, k.top.Value), v.name(a.byCode[k.top.Unit]))
}

// neighbours counts, in the order of values, how many provinces of known error differ from the next one.
func neighbours(cells []edition.Cell) (clear, all int) {
	var known []*edition.Cell
	for i := range cells {
		if cells[i].OK() && cells[i].Known() {
			known = append(known, &cells[i])
		}
	}
	slices.SortFunc(known, func(a, b *edition.Cell) int { return cmp.Compare(a.Value, b.Value) })
	for i := 1; i < len(known); i++ {
		all++
		if contrast(known[i], known[i-1], 1).clear {
			clear++
		}
	}
	return clear, all
}

// assumption says what the probabilities of groups assume for the few provinces whose error is not known; empty when it
// is known of all.
func (v *view) assumption(n *edition.Node, cells []edition.Cell) string {
	if n.AssumedSE == 0 {
		return ""
	}
	k := count(cells)
	return v.t("An assumption: %d provinces carry no usable error. Probabilities of groups take theirs as the median, %s; ranges of ranks leave room for them.", k.scored-k.known, v.num(n.AssumedSE))
}

// errorNote says what is drawn of the error of these cells, and what not.
func (v *view) errorNote(content *edition.Content, cells []edition.Cell) string {
	k := count(cells)
	switch {
	case k.known == 0:
		return v.t("No standard error of these values was published: no interval, no range of ranks, nothing called higher or lower.")
	case content.Interval.Level > 0 && v.frame != present:
		return v.t("Intervals are 95%% (± 1.96 SE). The published files print “%s” for ± 1.645 SE, which is %s.",
			lang.Percent(v.lang, content.Interval.Label, 0), lang.Percent(v.lang, content.Interval.Level, 0))
	}
	return v.t("Intervals are at %s (± 1.96 SE).", v.level())
}

// joinNote says whose a joined value is.
func (v *view) joinNote(c *edition.Content) string {
	if c.Joined == nil {
		return ""
	}
	return v.t("Values of the 34 provinces are joined by this site, not by UNDP: means of the former provinces weighted by the average population of %d. Groups are four equal parts of them.", c.Joined.PopulationYear)
}
