package edition

import (
	"fmt"
	"math"
	"slices"

	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/score"
)

// cells turns a result into frozen cells. five is the same result by the publisher's way of printing: it gives the
// printed limits and the verdicts of the rule of five per cent; nil where there is no such way.
func (b *builder) cells(proper, five *score.Result) Table {
	t := Table{at: map[string]int{}}
	from := b.sources()
	for _, row := range proper.Rows {
		c := b.cell(row, proper)
		c.Source = from[[2]string{row.Code, row.Unit}]
		if five != nil {
			if r, ok := five.Row(row.Code, row.Unit); ok {
				b.printed(&c, r)
			}
		}
		t.add(c)
	}
	return t
}

func (b *builder) cell(row score.Row, res *score.Result) Cell {
	c := Cell{Unit: row.Unit, Code: row.Code, Status: row.Status, Value: row.Value, SE: row.SE, Lo: row.Interval.Lo, Hi: row.Interval.Hi,
		Level: row.Interval.Level, PrintedLo: math.NaN(), PrintedHi: math.NaN(), N: row.N, Mark: row.Mark, Sure: math.NaN(),
		Rank: row.Rank, Of: row.RankedOf, RankLo: row.RankLo, RankHi: row.RankHi,
		Why: b.say(row.Why), Note: row.Note, Change: Change{From: math.NaN(), Abs: math.NaN(), Rel: math.NaN(), SE: math.NaN()}}
	if !row.Interval.Known() {
		c.Lo, c.Hi, c.Level, c.SE = math.NaN(), math.NaN(), math.NaN(), math.NaN()
		if row.OK() {
			c.ErrorWhy = b.say(row.ErrorWhy)
		}
	}
	c.group(row, res.Groups[row.Code])
	if ch := row.Change; ch != nil {
		c.Change = Change{Year: ch.Year, From: ch.From, Abs: ch.Abs, Rel: ch.Rel, SE: ch.SE, Verdict: ch.Verdict, Why: b.say(ch.Why)}
		if ch.Verdict == score.NotComparable && ch.Reason != (lang.Names{}) {
			c.Change.Why = b.sayNames(ch.Reason)
		}
	}
	return c
}

// group places the cell among the groups and says how sure that is, where the draws could tell.
func (c *Cell) group(row score.Row, groups []score.GroupLimits) {
	i := slices.IndexFunc(groups, func(g score.GroupLimits) bool { return row.Group != nil && g.ID == row.Group.ID })
	if i < 0 {
		return
	}
	c.Group = len(groups) - i
	if row.GroupShare != nil {
		c.Sure, c.Shares = row.GroupShare[i], row.GroupShare
	}
}

// printed adds what the publisher's way of printing gives.
func (b *builder) printed(c *Cell, row score.Row) {
	if row.Interval.Known() {
		c.PrintedLo, c.PrintedHi = row.Interval.Lo, row.Interval.Hi
	}
	if row.Change != nil {
		c.Change.Five = row.Change.Verdict
	}
}

// sources gives the source of every figure by code and unit.
func (b *builder) sources() map[[2]string]string {
	from := make(map[[2]string]string, len(b.Figures))
	for _, f := range b.Figures {
		from[[2]string{f.Code, f.Unit}] = f.Source
	}
	return from
}

// say keeps a sentence once, in both languages, and gives its id.
func (b *builder) say(t fault.Text) string {
	if t.Key == "" {
		return ""
	}
	return b.sayNames(lang.Names{VI: lang.Translate(lang.Vi, t), EN: lang.Translate(lang.En, t)})
}

func (b *builder) sayNames(n lang.Names) string {
	id, ok := b.said[n]
	if !ok {
		id = fmt.Sprintf("r%d", len(b.said)+1)
		b.said[n] = id
		b.content.Sentence = append(b.content.Sentence, Named{id, n})
	}
	return id
}
