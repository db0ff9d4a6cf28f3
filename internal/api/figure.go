package api

import (
	"math"
	"slices"

	"thuoc/internal/edition"
	"thuoc/internal/fault"
	"thuoc/internal/gazetteer"
	"thuoc/internal/lang"
)

// figure is one node of one unit in one year.
type figure struct {
	Edition  string      `json:"edition"`
	Year     int         `json:"year"`
	Index    string      `json:"index"`
	Frame    int         `json:"frame"`
	Unit     string      `json:"unit"`
	UnitID   string      `json:"unit_id"`
	Code     string      `json:"code"`
	Level    string      `json:"level"`
	Status   string      `json:"status"`
	Why      *lang.Names `json:"why"`
	Value    number      `json:"value"`
	SE       number      `json:"se"`
	ErrorWhy *lang.Names `json:"error_why"`
	Interval *interval   `json:"interval"`
	Printed  *printed    `json:"printed_interval"`
	N        count       `json:"n"`
	Mark     word        `json:"mark"`
	Group    *grouped    `json:"group"`
	Rank     *rankRange  `json:"rank"`
	Joined   *joined     `json:"joined"`
	Remark   word        `json:"remark"`
	Source   word        `json:"source"`
}

type (
	interval struct {
		Low   float64 `json:"low"`
		High  float64 `json:"high"`
		Level float64 `json:"level"`
	}
	printed struct {
		interval
		Label float64 `json:"label"` // the level its publisher prints over it
	}
	grouped struct {
		ID            string       `json:"id"`
		Probability   number       `json:"probability"`
		Uncertain     bool         `json:"uncertain"`
		Probabilities []groupShare `json:"probabilities"` // null where no error is known
		AssumedSE     *float64     `json:"assumed_se"`    // for the few units whose own is not known
	}
	groupShare struct {
		ID          string  `json:"id"`
		Probability float64 `json:"probability"`
	}
	rankRange struct {
		Low   int     `json:"low"`
		High  int     `json:"high"`
		Of    int     `json:"of"`
		Level float64 `json:"level"`
	}
	joined struct {
		Year  int          `json:"population_year"`
		Parts []partWeight `json:"parts"`
	}
	partWeight struct {
		Unit   string  `json:"unit"` // code of the former province
		People float64 `json:"thousand_people"`
		Weight float64 `json:"weight"` // its share of the people
	}
)

// alternative is the level of a second composite, which stands beside the tree.
const alternative = "alternative"

func levelOf(c *edition.Content, code string) string {
	if n := c.Node(code); n != nil {
		return n.Level
	}
	return alternative
}

// unitIDs gives the lasting ids of a frame's provinces by their codes on the frame's day.
func unitIDs(frame int) map[string]string {
	ids := map[string]string{}
	for _, p := range gazetteer.Provinces(dayOf(frame)) {
		ids[p.Code] = p.ID
	}
	return ids
}

// cellsAsked goes over the cells a question selects, edition by edition, in tree order. It names every level, code and
// unit that is in none of the editions.
func (q *request) cellsAsked(all []*edition.Content, each func(*edition.Content, *edition.Cell)) {
	q.checkCells(all)
	if len(q.faults) > 0 {
		return
	}
	for _, c := range all {
		t := tableOf(c, q.frame)
		for i := 0; i < len(t.Cells); i += len(t.Units) {
			code := t.Cells[i].Code
			if !wanted(q.codes, code) || len(q.levels) > 0 && !slices.Contains(q.levels, levelOf(c, code)) {
				continue
			}
			for j := range t.Units {
				if cell := &t.Cells[i+j]; wanted(q.unitCodes, cell.Unit) {
					each(c, cell)
				}
			}
		}
	}
}

func wanted(list []string, s string) bool { return len(list) == 0 || slices.Contains(list, s) }

// checkCells holds the filters against the editions.
func (q *request) checkCells(all []*edition.Content) {
	levels, codes, units := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, c := range all {
		t := tableOf(c, q.frame)
		for i := 0; i < len(t.Cells); i += len(t.Units) {
			codes[t.Cells[i].Code], levels[levelOf(c, t.Cells[i].Code)] = true, true
		}
		for _, u := range t.Units {
			units[u] = true
		}
	}
	for _, l := range q.levels {
		if !levels[l] {
			q.fault(keyLevel, fault.T("“%s” is no level of these results.", shown(l)))
		}
	}
	for _, code := range q.codes {
		if !codes[code] {
			q.fault(keyCode, fault.T("“%s” is not the code of a topic of these results.", shown(code)))
		}
	}
	for _, u := range q.unitCodes {
		if !units[u] {
			q.fault(keyUnit, fault.T("No province had the code “%s” on %s.", shown(u), dayOf(q.frame)))
		}
	}
}

func (q *request) figures() (*answer, error) {
	all, err := q.contents()
	if err != nil {
		return nil, err
	}
	w := q.window(idsOf(all)...)
	ids := unitIDs(q.frame)
	var items []figure
	q.cellsAsked(all, func(c *edition.Content, cell *edition.Cell) {
		if w.takes() {
			f := figureOf(c, cell, q.frame)
			f.UnitID = ids[cell.Unit]
			items = append(items, f)
		}
	})
	return paged(q, w, items)
}

func figureOf(c *edition.Content, cell *edition.Cell, frame int) figure {
	f := figure{Edition: c.Edition.ID, Year: c.Year, Index: c.Index, Frame: frame, Unit: cell.Unit, Code: cell.Code, Level: levelOf(c, cell.Code),
		Status: string(cell.Status), Why: named(c.Reason(cell.Why)), Value: number(cell.Value), SE: number(cell.SE), ErrorWhy: named(c.Reason(cell.ErrorWhy)),
		N: count(cell.N), Mark: word(cell.Mark), Group: groupOf(c, cell), Remark: word(cell.Note), Source: word(cell.Source)}
	if r, ok := c.RemarkOf(cell.Note); ok && f.Why == nil && !cell.OK() {
		f.Why = named(r.Text) // a cell that was withheld has its reason among the remarks
	}
	if cell.Known() {
		f.Interval = &interval{cell.Lo, cell.Hi, cell.Level}
	}
	if cell.Printed() {
		f.Printed = &printed{interval{cell.PrintedLo, cell.PrintedHi, c.Interval.Level}, c.Interval.Label}
	}
	if cell.RankLo > 0 {
		f.Rank = &rankRange{cell.RankLo, cell.RankHi, cell.Of, c.Rank.Level}
	}
	if frame == present && c.Joined != nil {
		f.Joined = joinedFrom(c.Joined, cell.Unit)
	}
	return f
}

// groupOf gives the group with how sure it is.
func groupOf(c *edition.Content, cell *edition.Cell) *grouped {
	if cell.Group == 0 {
		return nil
	}
	g := &grouped{ID: c.Groups[len(c.Groups)-cell.Group].ID, Probability: number(cell.Sure), Uncertain: cell.Uncertain()}
	for i, p := range cell.Shares {
		g.Probabilities = append(g.Probabilities, groupShare{c.Groups[i].ID, p})
	}
	if n := c.Node(cell.Code); n != nil && n.AssumedSE > 0 && !math.IsNaN(cell.Sure) {
		g.AssumedSE = &n.AssumedSE
	}
	return g
}

// joinedFrom says of what a value of a province of today is made, whether or not all parts had one.
func joinedFrom(note *edition.JoinNote, unit string) *joined {
	j := &joined{Year: note.PopulationYear, Parts: []partWeight{}}
	var people float64
	for _, p := range note.Parts {
		if p.Unit == unit {
			people += p.Thousands
			j.Parts = append(j.Parts, partWeight{Unit: p.Part, People: p.Thousands})
		}
	}
	for i := range j.Parts {
		j.Parts[i].Weight = j.Parts[i].People / people
	}
	return j
}
