package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/edition"
	"thuoc/internal/fault"
	"thuoc/internal/run"
	"thuoc/internal/ui"
)

var runRoutes = []route{
	{name: "runs", method: http.MethodGet, vi: "lan-tinh", en: "runs", needs: account.ReadRuns, handle: (*visit).runs},
	{name: "run-published", method: http.MethodGet, vi: "lan-tinh/so-da-cong-bo", en: "runs/published", needs: account.AddRun, handle: (*visit).addPublished},
	{name: "run-published", method: http.MethodPost, vi: "lan-tinh/so-da-cong-bo", en: "runs/published", needs: account.AddRun, handle: (*visit).addPublished},
	{name: "run", method: http.MethodGet, vi: "lan-tinh/{run}", en: "runs/{run}", needs: account.ReadRuns, handle: (*visit).run},
	{name: "run-recompute", method: http.MethodPost, vi: "lan-tinh/{run}/tinh-lai", en: "runs/{run}/recompute", needs: account.ReadRuns, handle: (*visit).recompute},
	{name: "run-withdraw", method: http.MethodGet, vi: "lan-tinh/{run}/thu-hoi", en: "runs/{run}/withdraw", needs: account.AddRun, handle: (*visit).withdrawRun},
	{name: "run-withdraw", method: http.MethodPost, vi: "lan-tinh/{run}/thu-hoi", en: "runs/{run}/withdraw", needs: account.AddRun, handle: (*visit).withdrawRun},
}

// runStates are the states of a run in people's words, with their badges.
var runStates = map[run.State]struct {
	name fault.Text
	kind string
}{
	run.Provisional: {fault.T("provisional"), "lua"},
	run.Official:    {fault.T("official"), "ngoc"},
	run.Withdrawn:   {fault.T("withdrawn as wrong"), "son"},
}

// The query keys of the list and of the results of a run.
const (
	keySource = "nguon"
	keyDepth  = "bac"
)

// runsPage lists runs. Measures of different sources never stand in one table.
type runsPage struct {
	Title                    string
	To                       string
	Source, State            ui.Select
	Filtered                 bool
	Parts                    []runsPart
	Older                    string
	Published, Own, Editions string // addresses; "" for who may not
}

// runsPart is the runs of one source.
type runsPart struct {
	Source string
	Rows   []runRow
}

// runRow is a run of the list.
type runRow struct{ Href, Name, State, Kind, When, Code string }

func (v *visit) runs() (*page, error) {
	f := run.Filter{Source: run.Source(v.ask(keySource)), State: run.State(v.ask(keyState)), Before: v.ask(keyBefore), Limit: perPage + 1}
	if _, ok := sourceNames[f.Source]; !ok {
		f.Source = ""
	}
	if _, ok := runStates[f.State]; !ok {
		f.State = ""
	}
	list, err := v.app.Runs.List(v.ctx(), v.actor, f)
	if err != nil {
		return nil, err
	}
	body := runsPage{Title: v.t("Runs"), To: v.to("runs"), Source: v.sourceSelect(f.Source), State: v.runStateSelect(f.State), Filtered: f.Source != "" || f.State != ""}
	if len(list) > perPage {
		list = list[:perPage]
		q := v.r.URL.Query()
		q.Set(keyBefore, list[perPage-1].ID)
		body.Older = v.at(q, "runs")
	}
	for _, s := range []run.Source{run.Own, run.Self, run.UNDP} {
		part := runsPart{Source: capital(v.text(sourceNames[s]))}
		for _, r := range list {
			if r.Source == s {
				part.Rows = append(part.Rows, runRow{v.to("run", r.ID), v.runName(r), v.text(runStates[r.State].name), runStates[r.State].kind, v.moment(r.Added), r.Code})
			}
		}
		if part.Rows != nil {
			body.Parts = append(body.Parts, part)
		}
	}
	if v.byRole(account.AddRun) {
		body.Published, body.Own = v.to("run-published"), v.to("run-own")
	}
	return &page{template: "runs", title: body.Title, nav: "runs", body: body}, nil
}

func (v *visit) sourceSelect(current run.Source) ui.Select {
	s := ui.Select{Name: keySource, Label: v.t("Whose measure"), Options: []ui.Choice{{Text: v.t("All sources"), Current: current == ""}}}
	for _, x := range []run.Source{run.Own, run.Self, run.UNDP} {
		s.Options = append(s.Options, ui.Choice{Value: string(x), Text: v.text(sourceNames[x]), Current: x == current})
	}
	return s
}

func (v *visit) runStateSelect(current run.State) ui.Select {
	s := ui.Select{Name: keyState, Label: v.t("State"), Options: []ui.Choice{{Text: v.t("All states"), Current: current == ""}}}
	for _, x := range []run.State{run.Provisional, run.Official, run.Withdrawn} {
		s.Options = append(s.Options, ui.Choice{Value: string(x), Text: v.text(runStates[x].name), Current: x == current})
	}
	return s
}

func (v *visit) toRuns() []ui.Link { return []ui.Link{{Href: v.to("runs"), Text: v.t("Runs")}} }

func (v *visit) toRun(r run.Run) []ui.Link {
	return append(v.toRuns(), ui.Link{Href: v.to("run", r.ID), Text: v.runName(r)})
}

// runPage is one run with its results.
type runPage struct {
	Title       string
	Index       string
	Run         run.Run
	State, Kind string
	Source      string
	Added       string // when and by whom
	Inputs      []sizedFile
	Survey      []fact // how the answers were sampled
	Editions    []editionRow
	Freeze      string // addresses of what may be done; "" = not now or not by this person
	Withdraw    string
	Recompute   ui.Act
	Check       *verified
	Results     resultsTable
}

func (v *visit) run() (*page, error) {
	r, err := v.app.Runs.Get(v.ctx(), v.actor, v.arg("run"))
	if err != nil {
		return nil, err
	}
	in, err := v.app.Runs.Inputs(v.ctx(), r)
	if err != nil {
		return nil, err
	}
	names, err := v.app.Accounts.Called(v.ctx(), r.AddedBy)
	if err != nil {
		return nil, err
	}
	def, err := v.definition(r.ID)
	if err != nil {
		return nil, err
	}
	body := runPage{Title: v.runName(r), Index: def.Names.In(v.lang), Run: r, State: v.text(runStates[r.State].name), Kind: runStates[r.State].kind, Source: v.text(sourceNames[r.Source]),
		Added: v.moment(r.Added) + " · " + v.calledBy(names, r.AddedBy), Recompute: v.act(v.t("Compute it again"), "shield-check", "", "run-recompute", r.ID)}
	for _, f := range in.Files {
		body.Inputs = append(body.Inputs, sizedFile{f.Name, v.text(inputRoles[f.Role]), v.bytes(f.Bytes), f.SHA256})
	}
	if in.Survey != nil {
		body.Survey = v.surveyFacts(in.Survey)
	}
	if body.Results, err = v.results(r, in); err != nil {
		return nil, err
	}
	if err := v.offerRun(&body); err != nil {
		return nil, err
	}
	return &page{template: "run", title: body.Title, crumbs: v.toRuns(), nav: "runs", body: body}, nil
}

// offerRun lists the editions of the run, and gives the page what may be done to it by this person.
func (v *visit) offerRun(p *runPage) error {
	list, err := v.app.Editions.List(v.ctx(), v.actor, edition.Filter{Run: p.Run.ID})
	if err != nil {
		return err
	}
	under := false // an edition is on its way or public
	for _, e := range list {
		p.Editions = append(p.Editions, v.editionRow(e))
		under = under || !slices.Contains([]edition.State{edition.Returned, edition.Corrected, edition.Withdrawn}, e.State)
	}
	if p.Run.State == run.Withdrawn {
		return nil
	}
	if !under && v.byRole(account.FreezeEdition) {
		p.Freeze = v.to("edition-freeze", p.Run.ID)
	}
	if v.byRole(account.AddRun) {
		p.Withdraw = v.to("run-withdraw", p.Run.ID)
	}
	return nil
}

// recompute computes a run again and says on its page what differs; it changes nothing.
func (v *visit) recompute() (*page, error) {
	check, err := v.app.Runs.Recompute(v.ctx(), v.actor, v.arg("run"))
	if err != nil {
		return nil, err
	}
	pg, err := v.run()
	if err != nil {
		return nil, err
	}
	body := pg.body.(runPage)
	body.Check = &verified{Same: check.Same, Hash: check.Is}
	for _, d := range check.Differences {
		body.Check.Findings = append(body.Check.Findings, v.text(d.Text()))
	}
	if check.More > 0 {
		body.Check.Findings = append(body.Check.Findings, v.t("%s more cells differ.", count(v, check.More)))
	}
	pg.body = body
	return pg, nil
}

// surveyFacts say how answers were sampled.
func (v *visit) surveyFacts(s *run.Survey) []fact {
	list := func(names []string) string {
		if len(names) == 0 {
			return "–"
		}
		return strings.Join(names, ", ")
	}
	facts := []fact{{v.t("Column of units"), s.By}, {v.t("Column of weights"), s.Weights}, {v.t("Column of strata"), list(strings.Fields(s.Strata))},
		{v.t("Columns of sampling units"), list(s.PSU)}, {v.t("Columns of frame sizes"), list(s.FPC)}, {v.t("Stratum of a single sampling unit"), v.text(lonelyNames[s.Lonely])}}
	if s.Nest {
		facts = append(facts, fact{v.t("Ids of sampling units"), v.t("count within strata")})
	}
	return facts
}

// lonelyNames are the rules for a stratum of a single sampling unit in people's words.
var lonelyNames = map[string]fault.Text{
	"fail":      fault.T("is a fault"),
	"certainty": fault.T("counts as taken for certain"),
	"remove":    fault.T("adds nothing to the error"),
	"adjust":    fault.T("is held against the mean of all"),
	"average":   fault.T("takes the mean error of the other strata"),
	"collapse":  fault.T("is joined to the neighbouring stratum"),
}

// inputRoles are the roles of a run's files in people's words.
var inputRoles = map[string]fault.Text{
	run.Definition:       fault.T("definition of the index"),
	run.AnswersFile:      fault.T("file of answers"),
	run.FormerAnswers:    fault.T("answers of the year before"),
	run.FiguresFile:      fault.T("figures"),
	run.FormerDefinition: fault.T("definition of the index of the year before"),
	run.FormerFigures:    fault.T("figures of the year before"),
}

// withdrawRun says that a run was found wrong.
func (v *visit) withdrawRun() (*page, error) {
	r, err := v.app.Runs.Get(v.ctx(), v.actor, v.arg("run"))
	if err != nil {
		return nil, err
	}
	f, err := v.form(v.t("Withdraw"), &ui.Field{Name: "reason", Label: v.t("Reason"), Hint: v.t("It stands beside every edition that was made of the run."), Kind: "area", Most: mostNote, Wide: true})
	if err != nil {
		return nil, err
	}
	f.Danger, f.Cancel = true, ui.Link{Href: v.to("run", r.ID), Text: v.t("Cancel")}
	now := strconv.Itoa(r.Version)
	f.editing(now)
	title := v.t("Withdraw the run %s", v.runName(r))
	pg := &page{template: "form", title: title, crumbs: v.toRun(r), nav: "runs", body: formPage{Title: title, Form: f,
		Lead: v.t("The run is kept with the reason, and nothing is frozen or published of it any more. Editions that are public stay until they are corrected or withdrawn themselves.")}}
	pg, err = f.send(pg, func() (*page, error) {
		version, err := strconv.Atoi(f.Version)
		if err != nil {
			version = -1 // no version has it: a conflict
		}
		return v.done(v.to("run", r.ID), "The run is withdrawn."), v.app.Runs.Withdraw(v.ctx(), v.actor, r.ID, version, f.get("reason"))
	})
	if err == nil && f.Clash != "" {
		f.editing(now)
	}
	return pg, err
}

// addPublished adds a year whose figures come with the program.
func (v *visit) addPublished() (*page, error) {
	year := &ui.Field{Name: "year", Label: v.t("Year"), Kind: "select", Options: []ui.Choice{{Text: v.t("Choose…")}}}
	years := run.PublishedYears()
	for i := range years {
		text := strconv.Itoa(years[len(years)-1-i])
		year.Options = append(year.Options, ui.Choice{Value: text, Text: text})
	}
	f, err := v.form(v.t("Add"), year)
	if err != nil {
		return nil, err
	}
	f.Cancel = ui.Link{Href: v.to("runs"), Text: v.t("Cancel")}
	title := v.t("Add published PAPI figures")
	pg := &page{template: "form", title: title, crumbs: v.toRuns(), nav: "runs", body: formPage{Title: title, Form: f,
		Lead: v.t("The figures that UNDP and its partners published come with the program. As a run they can be frozen into an edition of this house.")}}
	return f.send(pg, func() (*page, error) {
		n, err := strconv.Atoi(f.get("year"))
		if err != nil {
			return nil, fault.Batch([]fault.Item{{Field: "year", What: fault.T("Nothing is chosen."), Remedy: fault.T("Choose a year.")}})
		}
		home, err := v.app.Home(v.ctx())
		if err != nil {
			return nil, err
		}
		r, err := v.app.Runs.AddPublished(v.ctx(), v.actor, home.Place, n)
		if err != nil {
			return nil, err
		}
		return v.done(v.to("run", r.ID), "The figures of %d stand here as a run.", n), nil
	})
}
