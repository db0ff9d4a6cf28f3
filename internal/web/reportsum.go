package web

import (
	"math"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/lang"
	"thuoc/internal/report"
	"thuoc/internal/ui"
)

// sumRow is a consolidated figure.
type sumRow struct {
	Name, Value, Of, Before string
	Sub                     bool
}

// sumUnit is a unit of which somebody should know, with what is told of it.
type sumUnit struct{ Name, Href, Says string }

// contentRow is what was done for one part of the index.
type contentRow struct{ Name, Units, Given, Done, Overdue string }

// sumPage is all reports of a period together, by exception.
type sumPage struct {
	Title, Lead, AsOf        string
	Word                     string // address of the whole as a document; "" for a period that has none
	Sent, Units, Share       int
	States                   []ui.Link // words of states with counts, linking nowhere
	Groups                   []sumGroup
	Figures                  []sumRow
	Measures                 []measuredTable
	Contents                 []contentRow
	Before                   string // the period with which figures are compared
	Kept, InPart, NotKept    int
	Planned                  []passageRow
	Quotes                   []quoteGroup
	Watch, Freeze, List, All string
	Frozen                   []passageRow
	FrozenHash, FrozenAt     string
}

// sumGroup is the units of one exception.
type sumGroup struct {
	Head, None string
	Units      []sumUnit
	More       int
}

// quoteGroup is what units wrote under one heading.
type quoteGroup struct {
	Head string
	Said []sumUnit
}

// mostUnits is how many units a group names before it only counts.
const mostUnits = 12

// periodOf reads the period of the address.
func (v *visit) periodOf() (home string, p report.Period, err error) {
	at, err := v.app.Home(v.ctx())
	if err == nil {
		p, err = report.ParsePeriod(v.arg("period"))
	}
	return at.Place, p, err
}

func (v *visit) sumReports() (*page, error) {
	home, p, err := v.periodOf()
	if err != nil {
		return nil, err
	}
	c, err := v.app.Reports.Sum(v.ctx(), v.actor, home, p)
	if err != nil {
		return nil, err
	}
	body := &sumPage{Word: v.sumWord(p), Title: v.t("Reports together: %s", p.Names().In(v.lang)), Sent: c.Sent, Units: c.Units, Share: 100 * c.Sent / max(1, c.Units),
		AsOf: v.t("As of %s. Figures are those at the end of %s, of the %s units of %s whose report stands.", v.moment(c.AsOf), lang.Date(v.lang, c.Cut), count(v, c.Sent), count(v, c.Units)),
		List: v.at(map[string][]string{keyPeriod: {p.String()}}, "reports-list"), All: v.at(map[string][]string{keyPeriod: {p.String()}}, "reports")}
	for _, s := range report.States {
		if n := c.Standing[s]; n > 0 {
			body.States = append(body.States, ui.Link{Text: v.t("%s: %s", capital(v.text(s.Text())), count(v, n))})
		}
	}
	parts, err := v.homeParts(home)
	if err != nil {
		return nil, err
	}
	v.sumExceptions(body, &c)
	v.sumFigures(body, &c, parts)
	v.sumMeasures(body, &c)
	if v.actorOwns(home) {
		body.Watch, body.Freeze = v.to("report-watch", p.String()), v.to("report-freeze", p.String())
	}
	for _, x := range c.Planned {
		body.Planned = append(body.Planned, passageRow{x.Unit.Name, strings.TrimSpace(x.Title + " " + x.Number + " " + lang.Date(v.lang, x.Date))})
	}
	return &page{template: "report-sum", title: body.Title, crumbs: v.toReports(), nav: "reports", body: body}, v.sumFrozen(body, home, p)
}

// actorOwns tells whether the actor may judge the reports of a home.
func (v *visit) actorOwns(home string) bool {
	may, err := v.may(report.Accept.Needs(), account.Subject{Place: home})
	return err == nil && may
}

// sumExceptions writes who is late, returned, disputed, changed and missing.
func (v *visit) sumExceptions(b *sumPage, c *report.Consolidated) {
	group := func(head, none string, list []report.Exception, says func(report.Exception) string) {
		g := sumGroup{Head: head, None: none, More: max(0, len(list)-mostUnits)}
		for _, x := range list[:min(len(list), mostUnits)] {
			g.Units = append(g.Units, sumUnit{x.Unit.Name, v.to("report", x.Report), says(x)})
		}
		b.Groups = append(b.Groups, g)
	}
	group(v.t("Late (%s)", count(v, len(c.Late))), v.t("Nobody is late."), c.Late, func(x report.Exception) string {
		if x.Sent.IsZero() {
			return v.t("not sent, %d working days late", x.Days)
		}
		return v.t("sent on %s, %d working days late", lang.Date(v.lang, x.Sent), x.Days)
	})
	group(v.t("Not sent, not late yet (%s)", count(v, len(c.Missing))), v.t("Nobody who has time left has still to send."), c.Missing, func(x report.Exception) string { return v.text(x.State.Text()) })
	group(v.t("Disputed (%s)", count(v, len(c.Disputed))), v.t("No figure is disputed."), c.Disputed, func(x report.Exception) string {
		var said []string
		for _, d := range x.Words {
			said = append(said, d.Mark.Names().In(v.lang)+": "+d.Words)
		}
		return strings.Join(said, " · ")
	})
	group(v.t("Returned (%s)", count(v, len(c.Returned))), v.t("None is returned."), c.Returned, func(x report.Exception) string { return v.text(x.State.Text()) })
	changed := sumGroup{Head: v.t("Changed against the period before (%s)", count(v, len(c.Changed))),
		None: v.t("No unit has %d more or fewer overdue tasks, nor a share of done tasks %s points off.", report.ChangedTasks, lang.Number(v.lang, 100*report.ChangedShare, 0))}
	for _, x := range c.Changed {
		changed.Units = append(changed.Units, sumUnit{x.Unit.Name, v.to("report", x.Report),
			v.t("%s: %s of %s, before %s of %s", x.Mark.Names().In(v.lang), count(v, x.Is), count(v, x.Now), count(v, x.Was), count(v, x.Of))})
	}
	b.Groups = append(b.Groups, changed)
}

// sumFigures writes the sums, those by lever, the promises, and what units wrote.
func (v *visit) sumFigures(b *sumPage, c *report.Consolidated, parts map[string]string) {
	b.Before = v.t("Period before")
	if p, err := report.ParsePeriod(c.Against); err == nil {
		b.Before = capital(p.Names().In(v.lang))
	}
	for _, f := range c.Figures {
		row := sumRow{Name: f.Names().In(v.lang), Value: count(v, f.Value), Sub: f.Of != "", Before: "–"}
		if f.Of != "" {
			row.Of = v.t("out of %s", count(v, f.Base))
		}
		if f.HasBefore {
			row.Before = v.t("%s; the same %s units now %s", count(v, f.Before), count(v, f.Compared), count(v, f.Now))
		}
		b.Figures = append(b.Figures, row)
	}
	for _, x := range c.Contents {
		row := contentRow{Name: x.Code, Units: count(v, x.Units), Given: "0", Done: "0", Overdue: "0"}
		if name := parts[x.Code]; name != "" {
			row.Name = name + " (" + x.Code + ")"
		}
		for _, f := range x.Figures {
			switch f.Mark {
			case report.Given:
				row.Given = count(v, f.Value)
			case report.Done:
				row.Done = count(v, f.Value)
			case report.Overdue:
				row.Overdue = count(v, f.Value)
			}
		}
		b.Contents = append(b.Contents, row)
	}
	b.Kept, b.InPart, b.NotKept = c.Kept, c.InPart, c.NotKept
	for _, g := range []struct {
		head string
		said []report.Said
	}{{v.t("Shortcomings"), c.Shortcomings}, {v.t("Causes, in the units' own words"), c.Causes}, {v.t("Proposals"), c.Proposals}} {
		q := quoteGroup{Head: g.head}
		for _, s := range g.said {
			q.Said = append(q.Said, sumUnit{s.Unit.Name, v.to("report", s.Report), s.Text})
		}
		if len(q.Said) > 0 {
			b.Quotes = append(b.Quotes, q)
		}
	}
}

// sumFrozen shows what was frozen last.
func (v *visit) sumFrozen(b *sumPage, home string, p report.Period) error {
	c, ok, err := v.app.Reports.Frozen(v.ctx(), v.actor, home, p)
	if err != nil || !ok {
		return err
	}
	b.FrozenHash, b.FrozenAt = c.Hash, v.t("Frozen %s, over %s of %s units", v.moment(c.AsOf), count(v, c.Sent), count(v, c.Units))
	for _, x := range []passageRow{{v.t("Results"), c.Text.Results}, {v.t("Shortcomings"), c.Text.Shortcomings}, {v.t("Causes"), c.Text.Causes}, {v.t("Proposals"), c.Text.Proposals}} {
		if x.Text != "" {
			b.Frozen = append(b.Frozen, x)
		}
	}
	for _, x := range c.Text.Next {
		b.Frozen = append(b.Frozen, passageRow{v.t("Next step"), x.Text})
	}
	return nil
}

// freezeSum keeps the sum as it is now, with the owner's own words.
func (v *visit) freezeSum() (*page, error) {
	home, p, err := v.periodOf()
	if err != nil {
		return nil, err
	}
	before, _, err := v.app.Reports.Frozen(v.ctx(), v.actor, home, p)
	if err != nil {
		return nil, err
	}
	var next []string
	for _, x := range before.Text.Next {
		next = append(next, x.Text)
	}
	area := func(name, label, value string, optional bool) *ui.Field {
		return &ui.Field{Name: name, Label: label, Kind: "area", Rows: 5, Most: 8000, Value: value, Optional: optional, Wide: true}
	}
	steps := area("next-1", v.t("Next steps"), strings.Join(next, "\n"), true)
	steps.Hint = v.t("One a line.")
	f, err := v.form(v.t("Freeze"), area("results", v.t("Results"), before.Text.Results, false), area("shortcomings", v.t("Shortcomings"), before.Text.Shortcomings, false),
		area("causes", v.t("Causes"), before.Text.Causes, true), area("proposals", v.t("Proposals"), before.Text.Proposals, true), steps)
	if err != nil {
		return nil, err
	}
	f.Cancel = ui.Link{Href: v.to("report-sum", p.String()), Text: v.t("Cancel")}
	title := v.t("Freeze the reports of %s", p.Names().In(v.lang))
	pg := &page{template: "form", title: title, crumbs: append(v.toReports(), ui.Link{Href: v.to("report-sum", p.String()), Text: capital(p.Names().In(v.lang))}), nav: "reports",
		body: formPage{Title: title, Lead: v.t("The figures and the units' words are kept as they are now, under one hash, with your own. Papers are made from what is frozen; what was frozen before stays."), Form: f}}
	return f.send(pg, func() (*page, error) {
		text := report.Narrative{Results: f.get("results"), Shortcomings: f.get("shortcomings"), Causes: f.get("causes"), Proposals: f.get("proposals")}
		for line := range strings.Lines(f.get("next-1")) {
			if line = strings.TrimSpace(line); line != "" {
				text.Next = append(text.Next, report.Promise{Text: line})
			}
		}
		_, err := v.app.Reports.Freeze(v.ctx(), v.actor, home, p, text)
		return v.done(v.to("report-sum", p.String()), "The reports of the period are frozen."), err
	})
}

// signRow is one statistic of the watch.
type signRow struct {
	Unit, Count, Expected, P string
	Out                      bool
}

// signGroup is one sign, the whole first and then the units that stand out.
type signGroup struct {
	Says, Blind string
	Rows        []signRow
	Out         bool
}

// watchPage is what the owner alone sees.
type watchPage struct {
	Title string
	Signs []signGroup
}

func (v *visit) watchReports() (*page, error) {
	home, p, err := v.periodOf()
	if err != nil {
		return nil, err
	}
	c, err := v.app.Reports.Sum(v.ctx(), v.actor, home, p)
	if err != nil {
		return nil, err
	}
	body := watchPage{Title: v.t("Signs to look at: %s", p.Names().In(v.lang))}
	for i, o := range c.Watch {
		if i == 0 || c.Watch[i-1].Sign != o.Sign {
			body.Signs = append(body.Signs, signGroup{Says: v.text(o.Sign.Says()), Blind: v.text(o.Sign.Blind())})
		}
		g := &body.Signs[len(body.Signs)-1]
		row := signRow{Unit: o.Unit.Name, Count: v.t("%s of %s", count(v, o.Count), count(v, o.Of)), Out: o.Out}
		if o.Unit.Name == "" {
			row.Unit = v.t("All units")
		}
		if o.Expected > 0 {
			row.Expected = lang.Number(v.lang, o.Expected, 1)
		}
		if !math.IsNaN(o.P) {
			row.P = lang.Number(v.lang, math.Max(o.P, 0.0001), 4)
		}
		g.Out = g.Out || o.Out
		g.Rows = append(g.Rows, row)
	}
	crumbs := append(v.toReports(), ui.Link{Href: v.to("report-sum", p.String()), Text: capital(p.Names().In(v.lang))})
	return &page{template: "report-watch", title: body.Title, crumbs: crumbs, nav: "reports", body: body}, nil
}
