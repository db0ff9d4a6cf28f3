package web

import (
	"strconv"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/report"
	"thuoc/internal/ui"
)

// owedRow is a rule of the calendar.
type owedRow struct {
	Kind, Who, Cut, Due, Roll, Since, Law string
	Now                                   bool
	Next                                  string // the days of the period that runs
	Doubt                                 bool   // a holiday of that year is not decided yet
}

// lawRow is a document that sets a cut-off, or once set a day for sending.
type lawRow struct{ Kind, Says, Text, Since, Source, Sure string }

// dutiesPage is the calendar of reports.
type dutiesPage struct {
	Title     string
	Set       string
	Rules     []owedRow
	Laws      []lawRow
	Occasions []lawRow
}

// suresOf are how sure facts are, in people's words.
var suresOf = map[report.Sureness]fault.Text{report.Sourced: fault.T("from a source"), report.Inferred: fault.T("partly inferred"), report.Old: fault.T("one province's former rule"), report.Unconfirmed: fault.T("not confirmed")}

func (v *visit) reportCalendar() (*page, error) {
	home, err := v.app.Home(v.ctx())
	if err != nil {
		return nil, err
	}
	rules, err := v.app.Reports.Rules(v.ctx(), v.actor, home.Place)
	if err != nil {
		return nil, err
	}
	body := dutiesPage{Title: v.t("Report calendar")}
	if v.actorSets(home.Place) {
		body.Set = v.to("report-rule")
	}
	seen := map[string]bool{}
	for _, r := range rules {
		row, err := v.owedRow(r)
		if err != nil {
			return nil, err
		}
		duty := string(r.Kind) + string(r.Who) + r.Agency
		if begun := !v.actor.Day.Before(r.Since); begun && !seen[duty] {
			seen[duty], row.Now = true, true
		}
		body.Rules = append(body.Rules, row)
	}
	for _, l := range report.Laws {
		row := lawRow{Kind: l.Kind.Names().In(v.lang), Text: l.Text.In(v.lang), Source: l.Source, Sure: v.text(suresOf[l.Sure])}
		if row.Says = v.t("cut-off on day %d", l.Cut); l.Cut == 0 {
			row.Says = v.t("sent by day %d", l.Due)
		}
		if !l.Since.IsZero() {
			row.Since = lang.Date(v.lang, l.Since)
		}
		body.Laws = append(body.Laws, row)
	}
	for _, o := range report.Occasions() {
		body.Occasions = append(body.Occasions, lawRow{Kind: o.When, Says: o.Names.In(v.lang), Text: o.Who, Source: o.Source, Sure: v.text(suresOf[o.Sure])})
	}
	return &page{template: "report-calendar", title: body.Title, crumbs: v.toReports(), nav: "reports", body: body}, nil
}

// actorSets tells whether the actor may set the calendar of a home.
func (v *visit) actorSets(home string) bool {
	may, err := v.may(account.SetCalendar, account.Subject{Place: home})
	return err == nil && may
}

func (v *visit) owedRow(r report.Rule) (row owedRow, err error) {
	row = owedRow{Kind: r.Kind.Names().In(v.lang), Who: capital(v.text(ruleWords.who[r.Who])), Since: lang.Date(v.lang, r.Since), Law: r.Law}
	if r.Agency != "" {
		names, err := v.app.Agencies.Names(v.ctx(), v.actor.Day, r.Agency)
		if err != nil {
			return row, err
		}
		row.Who = names[r.Agency]
	}
	if !r.Owes {
		row.Cut = v.t("nothing is owed")
		return row, nil
	}
	row.Cut, row.Due, row.Roll = strconv.Itoa(r.Cut), strconv.Itoa(r.Due), v.text(ruleWords.roll[r.Roll])
	if r.Back > 0 {
		row.Cut = v.t("%d of the month before the last", r.Cut)
	}
	if r.Kind == report.Half {
		row.Kind += " (" + v.text(ruleWords.halves[r.Second]) + ")"
	}
	if p, ok := r.PeriodAt(r.Kind, v.actor.Day); ok {
		if !r.For(p) {
			p = p.Next()
		}
		first, last := r.Span(p)
		due, sure := r.DueDay(p)
		row.Doubt = sure > 0
		row.Next = v.t("%s: %s to %s, sent by %s", capital(p.Names().In(v.lang)), lang.Date(v.lang, first), lang.Date(v.lang, last), lang.Date(v.lang, due))
	}
	return row, nil
}

// setReportRule sets a rule of the calendar.
func (v *visit) setReportRule() (*page, error) {
	home, err := v.app.Home(v.ctx())
	if err != nil {
		return nil, err
	}
	f, err := v.form(v.t("Set it"), v.ruleFields()...)
	if err != nil {
		return nil, err
	}
	f.Cancel = ui.Link{Href: v.to("report-calendar"), Text: v.t("Cancel")}
	title := v.t("Set a report of the calendar")
	pg := &page{template: "form", title: title, crumbs: append(v.toReports(), ui.Link{Href: v.to("report-calendar"), Text: v.t("Report calendar")}), nav: "reports",
		body: formPage{Title: title, Lead: v.t("A period whose last month begins on the day or later follows it. What held before stays readable and governs the periods before."), Form: f}}
	return f.send(pg, func() (*page, error) {
		r, err := f.rule(home.Place)
		if err != nil {
			return nil, err
		}
		return v.done(v.to("report-calendar"), "The calendar is set."), v.app.Reports.SetRule(v.ctx(), v.actor, r)
	})
}

// rule reads the fields of ruleFields.
func (f *form) rule(home string) (r report.Rule, err error) {
	var faults []fault.Item
	whole := func(name string) int {
		n, err := strconv.Atoi(f.get(name))
		if err != nil && f.get(name) != "" {
			faults = append(faults, fault.Item{Field: name, What: fault.T("“%s” is not a number.", f.get(name)), Remedy: fault.T("Write a number from 1 to 31; 31 is the month's last day.")})
		}
		return n
	}
	r = report.Rule{Home: home, Kind: report.Kind(f.get("kind")), Who: report.Who(f.get("who")), Owes: f.get("owes") != "no", Second: f.get("halves") == "both", Since: f.date("since", &faults), Law: f.get("law"),
		Days: report.Days{Cut: whole("cut"), Back: whole("back"), Due: whole("due"), Roll: report.Roll(f.get("roll"))}}
	if r.Who == report.OneAgency {
		var g account.Grant
		over, err := f.scoped(&g)
		if err != nil {
			return r, err
		}
		faults = append(faults, over...)
		r.Agency = g.Agency
	}
	return r, fault.Batch(faults)
}

// ruleWords are what a rule's choices are called.
var ruleWords = struct {
	who    map[report.Who]fault.Text
	roll   map[report.Roll]fault.Text
	halves map[bool]fault.Text
}{
	map[report.Who]fault.Text{report.Departments: fault.T("departments of the province"), report.Communes: fault.T("communes"), report.ServiceUnits: fault.T("public-service units"),
		report.FrontBodies: fault.T("the Fatherland Front and mass organisations"), report.OneAgency: fault.T("one agency")},
	map[report.Roll]fault.Text{report.RollNext: fault.T("the next working day"), report.RollBefore: fault.T("the last working day before"), report.RollStay: fault.T("it stays")},
	map[bool]fault.Text{false: fault.T("of the first half; the year's report tells the second"), true: fault.T("of both halves")},
}

// ruleFields ask for a rule, filled with the national cut-off.
func (v *visit) ruleFields() []*ui.Field {
	kind := &ui.Field{Name: "kind", Label: v.t("Which report"), Kind: "select", Value: string(report.Quarter)}
	for _, k := range report.Kinds {
		kind.Options = append(kind.Options, ui.Choice{Value: string(k), Text: k.Names().In(v.lang)})
	}
	who := &ui.Field{Name: "who", Label: v.t("Who owes it"), Kind: "select", Value: string(report.Departments)}
	for _, w := range report.Whos {
		who.Options = append(who.Options, ui.Choice{Value: string(w), Text: capital(v.text(ruleWords.who[w]))})
	}
	roll := &ui.Field{Name: "roll", Label: v.t("When the last day is a day of rest"), Hint: v.t("Tết, holidays and swapped days count as offices have them."), Kind: "select", Value: string(report.RollNext)}
	for _, r := range report.Rolls {
		roll.Options = append(roll.Options, ui.Choice{Value: string(r), Text: capital(v.text(ruleWords.roll[r]))})
	}
	scope := v.scopeFields()
	scope[2].Hint = v.t("For one agency: type a part of its name.")
	halves := &ui.Field{Name: "halves", Label: v.t("Half-year reports"), Hint: v.t("For half-year reports alone."), Kind: "select", Value: "first",
		Options: []ui.Choice{{Value: "first", Text: capital(v.text(ruleWords.halves[false]))}, {Value: "both", Text: capital(v.text(ruleWords.halves[true]))}}}
	return []*ui.Field{kind, halves, who, scope[2], scope[3],
		{Name: "owes", Label: v.t("From that day on"), Kind: "radio", Value: "yes", Options: []ui.Choice{{Value: "yes", Text: v.t("the report is owed")}, {Value: "no", Text: v.t("nothing is owed any more")}}},
		{Name: "cut", Label: v.t("Cut-off: day of the month"), Hint: v.t("The figures are those at its end; 31 is the month's last day."), Kind: "text", Mode: "numeric", Most: 2, Value: "14", Head: v.t("Days")},
		{Name: "back", Label: v.t("Of which month"), Kind: "select", Value: "0", Options: []ui.Choice{{Value: "0", Text: v.t("the period's last month")}, {Value: "1", Text: v.t("the month before that")}}},
		{Name: "due", Label: v.t("Last day for sending: day of the month"), Hint: v.t("A day that is not after the cut-off is one of the month after."), Kind: "text", Mode: "numeric", Most: 2, Value: "21"},
		roll,
		{Name: "since", Label: v.t("Holds from"), Kind: "date", Value: clock.Date{Year: v.actor.Day.Year, Month: v.actor.Day.Month, Day: 1}.String(), Head: v.t("By which document")},
		{Name: "law", Label: v.t("Document"), Hint: v.t("Number, date, who signed it."), Kind: "text", Most: 200, Wide: true}}
}
