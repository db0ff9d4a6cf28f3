package portal

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"thuoc/internal/clock"
	"thuoc/internal/edition"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/ui"
)

// vietnam is the time in which a publication bears its date: Việt Nam has no summer time.
var vietnam = time.FixedZone("UTC+7", 7*60*60)

func (v *view) day(t time.Time) string { return lang.Date(v.lang, clock.Of(t.In(vietnam))) }

// ownsPage lists what this house made of its own and released.
type ownsPage struct {
	Title, Lead string
	Pledges     []ownLine // of plans, the newest of each first
	Public      []ownLine
	Gone        []ownLine // withdrawn: why, when and by which office, and no figure
}

// ownLine is an edition of the list.
type ownLine struct {
	Href, Name, Place, Period, Since string
	Corrects                         string // since when and why, where it took the place of another
	Ended, By, Reason                string // of one that was withdrawn
}

func (p *Portal) owns(v *view) (*page, error) {
	body := ownsPage{Title: v.t("Results and commitments of the province"),
		Lead: v.t("What the province promised and how far it has come, and what it measured itself: under its own index, never in one column with the published PAPI results.")}
	for _, l := range slices.Backward(p.Shelf.Released()) {
		line := v.ownLine(l)
		switch {
		case l.State == edition.Withdrawn:
			body.Gone = append(body.Gone, line)
		case l.State == edition.Public && l.Source == edition.OfPlan:
			body.Pledges = append(body.Pledges, line)
		case l.State == edition.Public:
			body.Public = append(body.Public, line)
		}
	}
	return &page{template: "owns", title: body.Title, desc: body.Lead, nav: "owns", body: body}, nil
}

func (v *view) ownLine(l edition.Listing) ownLine {
	line := ownLine{Name: l.Name.In(v.lang), Place: l.PlaceName.In(v.lang), Period: l.Period, Since: v.day(l.Since)}
	switch {
	case l.State == edition.Withdrawn:
		line.Ended, line.By, line.Reason = v.day(l.Ended), v.office(l.Decided()), l.Reason
		return line
	case l.Corrects != "":
		line.Corrects = l.Reason
	}
	line.Href = v.ownAddress(l.Hash)
	return line
}

// ownAddress is the page of an edition of the house's own.
func (v *view) ownAddress(hash string) string {
	if l, ok := v.portal.Shelf.Listed(hash); ok && l.Source == edition.OfPlan {
		return v.pledgeAddress(hash)
	}
	return v.to("own", hash[:12]).address()
}

// office names who took a step: an office, never a person.
func (v *view) office(t edition.Taken) string {
	return cmp.Or(t.Office.In(v.lang), v.t("office not recorded"))
}

// listed finds an own edition by the beginning of its hash in the address.
func (v *view) listed() (*edition.Content, edition.Listing, error) {
	none := fault.New(fault.NotFound, "There is no edition “%s”.", shorten(v.arg))
	if len(v.arg) < 12 || strings.Trim(v.arg, "0123456789abcdef") != "" {
		return nil, edition.Listing{}, none
	}
	e, err := v.portal.Shelf.Find(v.arg)
	if err != nil {
		return nil, edition.Listing{}, err
	}
	l, ok := v.portal.Shelf.Listed(e.ID)
	if !ok || !l.Own() || l.Source == edition.OfPlan {
		return nil, l, none
	}
	c, err := e.Content()
	return c, l, err
}

// ownPage is one edition of the house's own: of one unit all its parts, of several units one part of all.
type ownPage struct {
	Title, Lead string
	Stats       []stat
	Units       ui.Form
	Figure      *figure
	Table       ownTable
	Method      []fact
	Notes       []string
	Steps       []ownStep
	Others      []ownLine // the editions of the same period before and after
	Hash        string
	Inputs      string
	Verify      []string
	Files       []fileRow
}

// ownTable is the table of the figure: parts of the index, or units.
type ownTable struct {
	Caption, First string
	Ranked, Tested bool
	Rows           []ownRow
}

// ownRow is a value with all that must be said with it.
type ownRow struct {
	Href, Mark, Name, Class string
	Value, SE, Span, N      string
	Ranks, Status           string
	Delta                   *delta
}

// ownStep is how the edition came to be public, step by step.
type ownStep struct{ When, What, Who string }

func (p *Portal) own(v *view) (*page, error) {
	c, l, err := v.listed()
	if err != nil {
		return nil, err
	}
	if v.arg != l.Hash[:12] {
		return &page{to: v.with(func(w *view) { w.arg = l.Hash[:12] }).address()}, nil
	}
	unit, node, err := v.ownSubject(c)
	if err != nil {
		return nil, err
	}
	body := ownPage{Title: v.t("%s, %s", c.Names.In(v.lang), l.Period), Lead: v.ownLead(c, l), Stats: v.ownStats(c, unit, node),
		Units: v.ownForm(c, unit, node), Method: v.ownMethod(c), Notes: v.ownNotes(c), Steps: v.ownSteps(l), Others: v.ownOthers(l),
		Hash: l.Hash, Verify: []string{"thuoc edition verify " + l.Hash[:12]}}
	if ref := c.Edition.Manifest.Run; ref != nil {
		body.Inputs = ref.Inputs
	}
	if unit != "" {
		body.Figure, body.Table = v.partsOf(c, l, unit)
	} else {
		body.Figure, body.Table = v.unitsOf(c, l, node)
	}
	body.Files = v.filesOf(c.Edition)
	return &page{template: "own", title: body.Title, desc: body.Lead, nav: "owns", figures: []*figure{body.Figure}, body: body, live: true, cautions: v.cautions(l),
		others: v.forms("/releases/"+l.Hash, "", "/figures"), crumbs: []ui.Link{{Href: v.to("owns", "").address(), Text: v.t("Own results")}}}, nil
}

// ownSubject is what the address asks of an edition: all parts of one unit, or all units at one part. With a single unit
// there is but the first; with several the address that leaves it open asks for the whole of all.
func (v *view) ownSubject(c *edition.Content) (unit string, n *edition.Node, err error) {
	n = c.Root()
	if v.part != "" {
		if n = c.Node(v.part); n == nil {
			return "", nil, fault.New(fault.NotFound, "The index of this edition has no part %s.", v.part)
		}
	}
	switch units := c.Units.Units; {
	case v.unit != "" && !slices.Contains(units, v.unit):
		return "", nil, fault.New(fault.NotFound, "This edition has no unit %s.", v.unit)
	case v.unit != "":
		return v.unit, c.Root(), nil
	case len(units) == 1:
		return units[0], c.Root(), nil
	}
	return "", n, nil
}

// ownForm chooses among units and parts; nothing where there is but one unit.
func (v *view) ownForm(c *edition.Content, unit string, n *edition.Node) ui.Form {
	f := ui.Form{Action: v.bare(), Label: v.t("Choose what to see")}
	if len(c.Units.Units) < 2 {
		return f
	}
	units := ui.Select{Name: keyOwnUnit, Label: v.t("Unit"), Options: []ui.Choice{{Text: v.t("all units"), Current: unit == ""}}}
	for _, u := range c.UnitNames {
		units.Options = append(units.Options, ui.Choice{Value: u.ID, Text: u.Names.In(v.lang), Current: u.ID == unit})
	}
	f.Selects = []ui.Select{units}
	if unit == "" {
		parts := ui.Select{Name: keyPart, Label: v.t("Part of the index")}
		for _, m := range c.Nodes {
			parts.Options = append(parts.Options, ui.Choice{Value: m.Code, Text: m.Code + " " + m.Names.In(v.lang), Current: m == n})
		}
		f.Selects = append(f.Selects, parts)
	}
	return f
}

// cautions say what must stand wherever figures of an edition are shown: that it was corrected, by which, or what it
// corrects itself.
func (v *view) cautions(l edition.Listing) (all []ui.Caution) {
	link := func(hash, text string) ui.Link {
		to, ok := v.portal.Shelf.Listed(hash)
		switch {
		case !ok || to.State == edition.Withdrawn:
			return ui.Link{}
		case to.Own():
			return ui.Link{Href: v.ownAddress(hash), Text: text}
		}
		return ui.Link{Href: v.to("file", hash+"/"+edition.ManifestName).address(), Text: text}
	}
	if l.State == edition.Corrected {
		all = append(all, ui.Caution{Head: v.t("This edition was corrected on %s.", v.day(l.Ended)), Text: v.t("Do not use its figures any more. The reason: %s", l.Reason),
			Link: link(l.CorrectedBy, v.t("Open the edition that corrects it"))})
	} else if l.Corrects != "" {
		all = append(all, ui.Caution{Head: v.t("These figures of %s correct a former edition.", l.Period), Text: v.t("Public since %s. The reason: %s", v.day(l.Since), l.Reason),
			Link: link(l.Corrects, v.t("Open the former edition"))})
	}
	return all
}

// ownOthers are the other editions of the same measure and period: what was corrected or withdrawn before and after.
func (v *view) ownOthers(l edition.Listing) (lines []ownLine) {
	for _, o := range v.portal.Shelf.Others() {
		if o.Hash != l.Hash && o.Place == l.Place && o.Source == l.Source && o.Family == l.Family && o.Period == l.Period {
			line := v.ownLine(o)
			line.Name, line.Reason = o.Hash[:12], o.Reason
			if o.State == edition.Corrected {
				line.Ended, line.By = v.day(o.Ended), v.office(o.Decided())
			}
			lines = append(lines, line)
		}
	}
	return lines
}

// steps of an edition in the words of a public record.
var stepNames = map[edition.Step]fault.Text{
	edition.Freeze: fault.T("Results computed again and frozen"), edition.Approve: fault.T("Reviewed by a second person"), edition.Publish: fault.T("Published"),
	edition.Embargo: fault.T("Publication decided, with a date"), edition.Lift: fault.T("Became public on its date"), edition.Correct: fault.T("Corrected by a later edition"),
	edition.Withdraw: fault.T("Withdrawn"),
}

func (v *view) ownSteps(l edition.Listing) (steps []ownStep) {
	for _, t := range l.Steps {
		s := ownStep{When: v.day(t.At), What: lang.Translate(v.lang, stepNames[t.Step]), Who: v.office(t)}
		if t.Step == edition.Lift {
			s.Who = v.t("the program")
		}
		steps = append(steps, s)
	}
	return steps
}

// filesOf lists the frozen files of an edition.
func (v *view) filesOf(e *edition.Edition) (files []fileRow) {
	for _, f := range append([]edition.File{{Name: edition.ManifestName}, {Name: edition.SealName}}, e.Manifest.Files...) {
		data, _ := e.File(f.Name)
		files = append(files, fileRow{Href: v.to("file", e.ID+"/"+f.Name).address(), Name: f.Name, Size: v.bytes(len(data)), Sum: f.SHA256})
	}
	return files
}
