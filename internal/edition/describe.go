package edition

import (
	"cmp"
	"embed"
	"io/fs"
	"slices"
	"strings"

	"thuoc/internal/published"
	"thuoc/internal/run"
	"thuoc/internal/score"
)

// describe fills in all that is not a cell: the index and the draws.
func (b *builder) describe() {
	c, def := &b.content, b.proper.Def
	c.Year, c.Index, c.Names, c.Comments = b.Year, def.ID, def.Names, def.Comments
	for _, l := range def.Levels {
		c.Levels = append(c.Levels, Level{l.ID, l.Names})
	}
	for _, g := range def.Groups[:min(1, len(def.Groups))] {
		for _, name := range g.Names {
			c.Groups = append(c.Groups, Named{name.ID, name.Names})
		}
	}
	for n := range def.Nodes() {
		c.Nodes = append(c.Nodes, b.node(n))
	}
	b.parents()
	c.Rank = RankNote{cmp.Or(b.Ranks.Level, run.RankLevel), b.Ranks.Draws, b.Ranks.Seed}
}

// describePublished adds what is known of published figures.
func (b *builder) describePublished() {
	b.describe()
	c := &b.content
	for _, y := range published.Years() {
		if y.Year == b.Year {
			c.Derived, c.Scored, c.Least, c.Interval = y.Derived, y.Scored, y.MinAnswers, Interval(y.Interval)
			s := y.Sample
			c.Sample = Sample{s.Respondents, string(s.Basis), s.Provinces, s.Communes, s.Villages, s.Fieldwork, s.Note}
		}
	}
	for _, s := range published.Statistics(b.Year) {
		c.National = append(c.National, National{s.Code, string(s.Measure), s.Value, s.Source})
	}
	for _, r := range published.Remarks() {
		if slices.Contains(r.Years, b.Year) {
			c.Remarks = append(c.Remarks, Remark{r.Key, string(r.Kind), r.Text, r.Sources})
		}
	}
	c.Sources = b.usedSources()
}

func (b *builder) node(n *score.Node) *Node {
	out := &Node{Code: n.Code, Level: n.Level, Names: n.Names, Note: n.Note, Min: n.Scale.Min, Max: n.Scale.Max,
		Mark: string(n.Mark), Direction: string(n.Direction), Idle: n.Weight == 0 && n != b.proper.Def.Root,
		AssumedSE: b.proper.AssumedSE[n.Code]}
	if n.Survey != nil {
		out.Statistic = string(n.Survey.Statistic)
	}
	if b.Former != nil {
		out.Compare = Compare{Verdict: string(score.Same), Was: n.Code}
		if b.Former.Chain != nil {
			v := b.proper.Def.Compare(n.Code)
			out.Compare = Compare{string(v.Verdict), v.Was, v.Reason, v.Because}
		}
	}
	for _, g := range b.proper.Groups[n.Code] {
		if g.Units > 0 {
			out.Limits = append(out.Limits, Limits{g.Lo, g.Hi, g.Units})
		} else {
			out.Limits = append(out.Limits, Limits{})
		}
	}
	if d, ok := b.proper.Stats[n.Code]; ok {
		out.Mean, out.Median, out.Lowest, out.Highest = &d.Mean, &d.Median, &d.Min, &d.Max
	}
	return out
}

// parents writes every node's parent.
func (b *builder) parents() {
	whole := map[string]string{}
	for n := range b.proper.Def.Nodes() {
		for _, p := range n.Parts {
			whole[p.Code] = n.Code
		}
	}
	for _, n := range b.content.Nodes {
		n.Parent = whole[n.Code]
	}
}

// usedSources lists the sources that the year's figures, remarks and sample name.
func (b *builder) usedSources() []Source {
	used := map[string]bool{}
	use := func(keys ...string) {
		for _, k := range keys {
			k, _, _ = strings.Cut(k, "#")
			used[k] = true
		}
	}
	for _, f := range b.Figures {
		use(f.Source)
	}
	for _, n := range b.content.National {
		use(n.Source)
	}
	for _, r := range b.content.Remarks {
		use(r.Sources...)
	}
	var list []Source
	for _, s := range published.Sources() {
		if used[s.Key] {
			list = append(list, Source{s.Key, s.Title, s.Address})
		}
	}
	slices.SortFunc(list, func(a, b Source) int { return cmp.Compare(a.Key, b.Key) })
	return list
}

//go:embed text
var textFiles embed.FS

// texts gives the texts that are frozen with every edition, by "name.lang".
func texts() map[string][]byte {
	out := map[string][]byte{}
	entries, err := fs.ReadDir(textFiles, "text")
	if err != nil {
		panic(err)
	}
	for _, e := range entries {
		data, err := textFiles.ReadFile("text/" + e.Name())
		if err != nil {
			panic(err)
		}
		out[strings.TrimSuffix(e.Name(), ".md")] = data
	}
	return out
}

func cutAffixes(s, prefix, suffix string) (string, bool) {
	s, a := strings.CutPrefix(s, prefix)
	s, b := strings.CutSuffix(s, suffix)
	return s, a && b
}
