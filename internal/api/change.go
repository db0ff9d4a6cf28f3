package api

import (
	"slices"

	"thuoc/internal/edition"
	"thuoc/internal/lang"
	"thuoc/internal/score"
)

// verdicts are what a test may say of a change.
var verdicts = []string{string(score.Rose), string(score.Fell), string(score.NoEvidence), string(score.NotTestable), string(score.NotComparable)}

// change compares a figure with the one of the year before.
type change struct {
	Edition  string      `json:"edition"`
	Year     int         `json:"year"`
	FromYear int         `json:"from_year"`
	Frame    int         `json:"frame"`
	Unit     string      `json:"unit"`
	UnitID   string      `json:"unit_id"`
	Code     string      `json:"code"`
	Level    string      `json:"level"`
	From     number      `json:"from"`
	Value    number      `json:"value"`
	Change   number      `json:"change"`
	Relative number      `json:"relative"`
	SE       number      `json:"se"`
	Verdict  string      `json:"verdict"`
	Why      *lang.Names `json:"why"`
	Five     word        `json:"five_percent_rule"`
	Joined   bool        `json:"joined"`
}

func (q *request) changes() (*answer, error) {
	all, err := q.contents()
	if err != nil {
		return nil, err
	}
	w := q.window(idsOf(all)...)
	ids := unitIDs(q.frame)
	var items []change
	q.cellsAsked(all, func(c *edition.Content, cell *edition.Cell) {
		ch := &cell.Change
		if ch.Year == 0 || !wanted(q.verdict, string(ch.Verdict)) || !w.takes() {
			return
		}
		items = append(items, change{c.Edition.ID, c.Year, ch.Year, q.frame, cell.Unit, ids[cell.Unit], cell.Code, levelOf(c, cell.Code),
			number(ch.From), number(cell.Value), number(ch.Abs), number(ch.Rel), number(ch.SE), string(ch.Verdict), named(c.Reason(ch.Why)), word(ch.Five), q.frame == present})
	})
	return paged(q, w, items)
}

// groupSet is the groups of one node: how they divide the provinces scored.
type groupSet struct {
	Edition   string        `json:"edition"`
	Year      int           `json:"year"`
	Frame     int           `json:"frame"`
	Code      string        `json:"code"`
	Level     string        `json:"level"`
	Groups    []groupLimits `json:"groups"` // best first
	AssumedSE *float64      `json:"assumed_se"`
	Mean      *float64      `json:"mean_of_provinces"`
	Median    *float64      `json:"median_of_provinces"`
	Lowest    *float64      `json:"lowest"`
	Highest   *float64      `json:"highest"`
}

type groupLimits struct {
	ID    string     `json:"id"`
	Names lang.Names `json:"names"`
	Low   *float64   `json:"low"` // null for a group that is empty
	High  *float64   `json:"high"`
	Units int        `json:"units"`
}

func (q *request) groups() (*answer, error) {
	all, err := q.contents()
	if err != nil {
		return nil, err
	}
	q.checkCells(all)
	w := q.window(idsOf(all)...)
	var items []groupSet
	for _, c := range all {
		for _, n := range c.Nodes {
			if n.Limits != nil && wanted(q.codes, n.Code) && wanted(q.levels, n.Level) && w.takes() {
				items = append(items, groupsOf(c, n))
			}
		}
	}
	return paged(q, w, items)
}

func groupsOf(c *edition.Content, n *edition.Node) groupSet {
	g := groupSet{Edition: c.Edition.ID, Year: c.Year, Frame: former, Code: n.Code, Level: n.Level, Mean: n.Mean, Median: n.Median, Lowest: n.Lowest, Highest: n.Highest}
	if n.AssumedSE > 0 {
		g.AssumedSE = &n.AssumedSE
	}
	for i, l := range n.Limits {
		line := groupLimits{ID: c.Groups[i].ID, Names: c.Groups[i].Names, Units: l.Units}
		if l.Units > 0 {
			line.Low, line.High = &l.Lo, &l.Hi
		}
		g.Groups = append(g.Groups, line)
	}
	return g
}

// remark is something known to be wrong, derived or explained in published figures, with the years it is about.
type remark struct {
	Key     string     `json:"key"`
	Kind    string     `json:"kind"`
	Years   []int      `json:"years"`
	Text    lang.Names `json:"text"`
	Sources []string   `json:"sources"`
}

func (q *request) remarks() (*answer, error) {
	all, err := q.contents()
	if err != nil {
		return nil, err
	}
	var found []remark
	for _, c := range all {
		for _, r := range c.Remarks {
			i := slices.IndexFunc(found, func(f remark) bool { return f.Key == r.Key })
			if i < 0 {
				i = len(found)
				found = append(found, remark{r.Key, r.Kind, nil, r.Text, listed(r.Sources)})
			}
			found[i].Years = append(found[i].Years, c.Year)
		}
	}
	return pageOf(q, q.window(idsOf(all)...), found)
}

// source is where figures were taken from.
type source struct {
	Key     string     `json:"key"`
	Title   lang.Names `json:"title"`
	Address string     `json:"address"`
	Years   []int      `json:"years"`
}

func (q *request) sources() (*answer, error) {
	all, err := q.contents()
	if err != nil {
		return nil, err
	}
	var found []source
	for _, c := range all {
		for _, s := range c.Sources {
			i := slices.IndexFunc(found, func(f source) bool { return f.Key == s.Key })
			if i < 0 {
				i = len(found)
				found = append(found, source{s.Key, s.Title, s.Address, nil})
			}
			found[i].Years = append(found[i].Years, c.Year)
		}
	}
	return pageOf(q, q.window(idsOf(all)...), found)
}

// pageOf answers with the page of a whole list.
func pageOf[T any](q *request, w *window, whole []T) (*answer, error) {
	var items []T
	for _, it := range whole {
		if w.takes() {
			items = append(items, it)
		}
	}
	return paged(q, w, items)
}
