package web

import (
	"net/http"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/fault"
	"thuoc/internal/run"
	"thuoc/internal/ui"
)

// mostAnswers bounds a form with files of answers, in bytes: 100,000 people with 600 answers each.
const mostAnswers = 256 << 20

var computeRoutes = []route{
	{name: "run-own", method: http.MethodGet, vi: "lan-tinh/tinh-moi", en: "runs/compute", needs: account.AddRun, handle: (*visit).addComputed},
	{name: "run-own", method: http.MethodPost, vi: "lan-tinh/tinh-moi", en: "runs/compute", needs: account.AddRun, upload: mostAnswers, handle: (*visit).addComputed},
}

// computedFields ask for what an index is computed from. Their names are those by which a run names its faults.
func (v *visit) computedFields() []*ui.Field {
	source := &ui.Field{Name: "source", Label: v.t("Whose measure"), Kind: "radio", Value: string(run.Own)}
	for _, s := range []run.Source{run.Own, run.Self} {
		source.Options = append(source.Options, ui.Choice{Value: string(s), Text: v.text(sourceNames[s])})
	}
	lonely := &ui.Field{Name: "lonely", Label: v.t("A stratum of a single sampling unit"), Kind: "select", Value: "fail"}
	for _, rule := range run.LonelyRules {
		lonely.Options = append(lonely.Options, ui.Choice{Value: rule, Text: v.text(lonelyNames[rule])})
	}
	file := func(name, label, hint, kinds string, optional bool) *ui.Field {
		return &ui.Field{Name: name, Label: label, Hint: hint, Kind: "file", Accept: kinds, Optional: optional}
	}
	column := func(name, label, hint string) *ui.Field {
		return &ui.Field{Name: name, Label: label, Hint: hint, Most: 200, Optional: true, Complete: "off"}
	}
	list := []*ui.Field{source,
		{Name: "period", Label: v.t("Period"), Hint: v.t("The year, 2024, or a part of it, 2024-q3."), Most: 13, Complete: "off"},
		file("definition", v.t("Definition of the index"), v.t("YAML; check it first if it is new."), ".yaml,.yml", false),
		file("answers", v.t("Answers"), v.t("CSV, one row a person. Names and addresses do not belong into it."), ".csv", true),
		file("before", v.t("Answers of the year before"), v.t("CSV of the same columns, where changes are to be tested."), ".csv", true),
		file("figures", v.t("Figures"), v.t("CSV of registers beside the answers, or instead of them: unit, code, value, se, n."), ".csv", true),
		column("by", v.t("Column of units"), v.t("The province, district or office of each person.")), column("weights", v.t("Column of weights"), ""),
		column("strata", v.t("Column of strata"), ""), column("psu", v.t("Columns of sampling units"), v.t("By stage, with commas between them.")),
		column("fpc", v.t("Columns of frame sizes"), v.t("By stage, with commas between them.")),
		{Name: "nest", Label: v.t("Ids of sampling units count within strata"), Kind: "check", Optional: true}, lonely}
	list[2].Head, list[6].Head = v.t("Files"), v.t("How the answers were sampled")
	return list
}

// addComputed computes an index from files. Whatever is wrong with them is said at once, and then nothing of them is kept.
func (v *visit) addComputed() (*page, error) {
	f, err := v.form(v.t("Compute"), v.computedFields()...)
	if err != nil {
		return nil, err
	}
	f.Cancel = ui.Link{Href: v.to("runs"), Text: v.t("Cancel")}
	title := v.t("Compute an index")
	pg := &page{template: "form", title: title, crumbs: v.toRuns(), nav: "runs", body: formPage{Title: title, Form: f,
		Lead: v.t("The files are kept under their hashes, so that the run can be computed again. Who may see runs sees their names, not their rows.")}}
	pg, err = f.send(pg, func() (*page, error) {
		in, err := f.computed()
		if err != nil {
			return nil, err
		}
		r, err := v.app.Runs.AddComputed(v.ctx(), v.actor, in)
		if err != nil {
			return nil, plain(err)
		}
		return v.done(v.to("run", r.ID), "The run is computed and kept."), nil
	})
	if err == nil && f.Head != "" {
		f.Head += ". " + v.t("The files must be chosen again: a browser does not keep them.")
	}
	return pg, err
}

// computed reads the form.
func (f *form) computed() (run.Computed, error) {
	home, err := f.v.app.Home(f.v.ctx())
	if err != nil {
		return run.Computed{}, err
	}
	in := run.Computed{Place: home.Place, Source: run.Source(f.get("source")), Period: f.get("period")}
	var items []fault.Item
	for _, x := range []struct {
		field string
		to    **run.File
	}{{"definition", &in.Definition}, {"answers", &in.Answers}, {"before", &in.Former}, {"figures", &in.Figures}} {
		switch up, err := f.v.upload(x.field); {
		case fault.KindOf(err) == fault.Invalid && err != nil:
			items = append(items, fault.Items(err)...)
		case err != nil:
			return in, err
		case up != nil:
			*x.to = &run.File{Name: up.name, Data: up}
		}
	}
	if in.Answers != nil || f.get("by")+f.get("weights") != "" {
		in.Survey = &run.Survey{By: f.get("by"), Weights: f.get("weights"), Strata: f.get("strata"), PSU: columnsOf(f.get("psu")), FPC: columnsOf(f.get("fpc")),
			Nest: f.get("nest") != "", Lonely: f.get("lonely")}
	}
	return in, fault.Batch(items)
}

// columnsOf splits a list of columns.
func columnsOf(text string) (names []string) {
	for name := range strings.SplitSeq(text, ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// plainRemedies say in the words of a form what the remedies of the console say by its commands and flags.
var plainRemedies = map[string]fault.Text{
	"If ids count within strata, add --nest.":                                      fault.T("If ids count within strata, tick that they do."),
	"Choose a rule with --lonely: %s.":                                             fault.T("Choose another rule for such a stratum."),
	"It could be joined to the stratum “%s”: --lonely collapse; other rules: %s.":  fault.T("Choose another rule for such a stratum."),
	"See: thuoc index show %s":                                                     fault.T("The codes stand in the tree of the index."),
	"Write a province's name or two-digit code; see: thuoc data provinces --on %s": fault.T("Write a province's name or its two-digit code."),
}

// plain gives an error with remedies that a person without a console can follow.
func plain(err error) error {
	items := fault.Items(err)
	for i := range items {
		if other, ok := plainRemedies[items[i].Remedy.Key]; ok {
			items[i].Remedy = other
		}
	}
	return err
}
