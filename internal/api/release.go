package api

import (
	"slices"
	"time"

	"thuoc/internal/edition"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
)

// releaseLine is an edition that the house made of its own. Of one that was withdrawn nothing is left but why, when and
// by which office.
type releaseLine struct {
	ID          string      `json:"id"`
	Href        word        `json:"href"` // null of a withdrawn one
	State       string      `json:"state"`
	Source      string      `json:"source"`
	Place       string      `json:"place"`
	PlaceName   lang.Names  `json:"place_name"`
	Family      string      `json:"family"`
	Index       string      `json:"index"`
	Name        lang.Names  `json:"name"`
	Period      string      `json:"period"`
	Since       time.Time   `json:"public_since"`
	Corrects    word        `json:"corrects"`
	CorrectedBy word        `json:"corrected_by"`
	Ended       *time.Time  `json:"ended"`
	Reason      word        `json:"reason"`
	DecidedBy   *lang.Names `json:"decided_by"` // the office that ended it
}

func releaseOf(l edition.Listing) releaseLine {
	r := releaseLine{ID: l.Hash, State: string(l.State), Source: string(l.Source), Place: l.Place, PlaceName: l.PlaceName, Family: l.Family, Index: l.Index,
		Name: l.Name, Period: l.Period, Since: l.Since, Corrects: word(l.Corrects), CorrectedBy: word(l.CorrectedBy), Reason: word(l.Reason)}
	if l.State != edition.Withdrawn {
		r.Href = word(releaseAddress(l.Hash))
	}
	if !l.Ended.IsZero() {
		r.Ended, r.DecidedBy = &l.Ended, named(l.Decided().Office)
	}
	return r
}

func releaseAddress(hash string) string { return Prefix + "/releases/" + hash }

// releases lists what the house released of its own, the newest first.
func (q *request) releases() (*answer, error) {
	w := q.window(q.api.Shelf.Mark())
	var items []releaseLine
	for _, l := range slices.Backward(q.api.Shelf.Released()) {
		if w.takes() {
			items = append(items, releaseOf(l))
		}
	}
	return paged(q, w, items)
}

// releaseAsked finds the edition of the address among those of the house's own; Gone, with the reason, for one that was
// withdrawn.
func (q *request) releaseAsked() (*edition.Content, edition.Listing, error) {
	name := q.PathValue("release")
	none := fault.New(fault.NotFound, "There is no release “%s”. Name it by its id.", shown(name))
	if !idForm.MatchString(name) {
		return nil, edition.Listing{}, none
	}
	e, err := q.api.Shelf.Find(name)
	if err != nil {
		if fault.KindOf(err) == fault.NotFound {
			err = none
		}
		return nil, edition.Listing{}, err
	}
	l, ok := q.api.Shelf.Listed(e.ID)
	if !ok || !l.Own() {
		return nil, l, none
	}
	if l.Source == edition.OfPlan { // its content is its files
		return &edition.Content{Edition: e}, l, nil
	}
	c, err := e.Content()
	return c, l, err
}

// releaseWhole is all a release says but its figures.
type releaseWhole struct {
	releaseLine
	Comments lang.Names    `json:"comments"`
	Units    []idNames     `json:"units"`
	Nodes    []releaseNode `json:"nodes"`
	Survey   *survey       `json:"survey"`
	Inputs   word          `json:"inputs_sha256"`
	Code     string        `json:"code_version"`
	Steps    []releaseStep `json:"steps"`
	Figures  string        `json:"figures"`
	Files    []fileLine    `json:"files"`
}

type (
	releaseNode struct {
		Code   string     `json:"code"`
		Parent word       `json:"parent"`
		Level  string     `json:"level"`
		Names  lang.Names `json:"names"`
		Min    float64    `json:"scale_min"`
		Max    float64    `json:"scale_max"`
	}
	survey struct {
		Answers int `json:"answers"`
		PSUs    int `json:"sampled_areas"`
		Strata  int `json:"strata"`
		Waves   int `json:"waves"`
	}
	releaseStep struct {
		Step   string      `json:"step"`
		At     time.Time   `json:"at"`
		Office *lang.Names `json:"office"`
	}
)

func (q *request) release() (*answer, error) {
	c, l, err := q.releaseAsked()
	if err != nil {
		return nil, err
	}
	at := releaseAddress(l.Hash)
	whole := releaseWhole{releaseLine: releaseOf(l), Comments: c.Comments, Units: []idNames{}, Nodes: []releaseNode{}, Code: c.Edition.Manifest.Code, Figures: at + "/figures", Files: releaseFiles(c.Edition)}
	for _, u := range c.UnitNames {
		whole.Units = append(whole.Units, idNames(u))
	}
	for _, n := range c.Nodes {
		whole.Nodes = append(whole.Nodes, releaseNode{n.Code, word(n.Parent), n.Level, n.Names, n.Min, n.Max})
	}
	if s := c.Survey; s != nil {
		whole.Survey = &survey{s.Answers, s.PSUs, s.Strata, s.Waves}
	}
	if ref := c.Edition.Manifest.Run; ref != nil {
		whole.Inputs = word(ref.Inputs)
	}
	for _, t := range l.Steps {
		whole.Steps = append(whole.Steps, releaseStep{string(t.Step), t.At, named(t.Office)})
	}
	whole.Steps = listed(whole.Steps)
	n, err := q.json(whole)
	if err == nil {
		q.successor(n, l)
		n.location = at
	}
	return n, err
}

// successor names the edition that corrects this one, as RFC 5829 has it.
func (q *request) successor(n *answer, l edition.Listing) {
	if l.CorrectedBy == "" {
		return
	}
	if n.link != "" {
		n.link += ", "
	}
	n.link += "<" + releaseAddress(l.CorrectedBy) + `>; rel="successor-version"`
}

// releaseFiles are the frozen files under a release's own address.
func releaseFiles(e *edition.Edition) []fileLine {
	files := filesOf(e)
	for i := range files {
		files[i].Href = releaseAddress(e.ID) + "/files/" + files[i].Name
	}
	return files
}

// releaseFigure is one part of the index in one unit, with all that must be said with it.
type releaseFigure struct {
	Edition  string         `json:"edition"`
	State    string         `json:"state"` // of the edition: the figures of a corrected one are not to be used
	Period   string         `json:"period"`
	Index    string         `json:"index"`
	Unit     string         `json:"unit"`
	Code     string         `json:"code"`
	Status   string         `json:"status"`
	Why      *lang.Names    `json:"why"`
	Value    number         `json:"value"`
	SE       number         `json:"se"`
	ErrorWhy *lang.Names    `json:"error_why"`
	Interval *interval      `json:"interval"`
	N        count          `json:"n"`
	Rank     *rankRange     `json:"rank"`
	Change   *releaseChange `json:"change"`
}

// releaseChange compares a figure with the period before; verdict is that of the test.
type releaseChange struct {
	Year    int    `json:"from_year"`
	Value   number `json:"change"`
	SE      number `json:"se"`
	Verdict word   `json:"verdict"`
}

func (q *request) releaseFigures() (*answer, error) {
	c, l, err := q.releaseAsked()
	if err != nil {
		return nil, err
	}
	w := q.window(l.Hash, string(l.State))
	var items []releaseFigure
	for i := range c.Units.Cells {
		x := &c.Units.Cells[i]
		if !wanted(q.codes, x.Code) || !wanted(q.unitCodes, x.Unit) || !w.takes() {
			continue
		}
		items = append(items, releaseFigureOf(c, l, x))
	}
	n, err := paged(q, w, items)
	if err == nil {
		q.successor(n, l)
	}
	return n, err
}

func releaseFigureOf(c *edition.Content, l edition.Listing, x *edition.Cell) releaseFigure {
	f := releaseFigure{Edition: l.Hash, State: string(l.State), Period: l.Period, Index: c.Index, Unit: x.Unit, Code: x.Code, Status: string(x.Status),
		Why: named(c.Reason(x.Why)), Value: number(x.Value), SE: number(x.SE), ErrorWhy: named(c.Reason(x.ErrorWhy)), N: count(x.N)}
	if x.Known() {
		f.Interval = &interval{x.Lo, x.Hi, x.Level}
	}
	if x.RankLo > 0 && x.Of > 1 {
		f.Rank = &rankRange{x.RankLo, x.RankHi, x.Of, c.Rank.Level}
	}
	if ch := x.Change; ch.Year > 0 {
		f.Change = &releaseChange{ch.Year, number(ch.Abs), number(ch.SE), word(ch.Verdict)}
	}
	return f
}

// releaseFile gives a frozen file of a release. Its bytes can never be others.
func (q *request) releaseFile() (*answer, error) {
	c, l, err := q.releaseAsked()
	if err != nil {
		return nil, err
	}
	n, err := frozenFile(c.Edition, q.PathValue("name"))
	if err == nil {
		q.successor(n, l)
	}
	return n, err
}
