package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/edition"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/run"
	"thuoc/internal/ui"
)

var editionRoutes = []route{
	{name: "editions", method: http.MethodGet, vi: "an-ban", en: "editions", needs: account.ReadEditions, handle: (*visit).editions},
	{name: "edition", method: http.MethodGet, vi: "an-ban/{edition}", en: "editions/{edition}", needs: account.ReadEditions, handle: (*visit).edition},
	{name: "edition-diff", method: http.MethodGet, vi: "an-ban/{edition}/khac-biet", en: "editions/{edition}/differences", needs: account.ReadEditions, handle: (*visit).editionDiff},
	{name: "edition-freeze", method: http.MethodGet, vi: "lan-tinh/{run}/dong-bang", en: "runs/{run}/freeze", needs: account.FreezeEdition, handle: (*visit).freezeEdition},
	{name: "edition-freeze", method: http.MethodPost, vi: "lan-tinh/{run}/dong-bang", en: "runs/{run}/freeze", needs: account.FreezeEdition, handle: (*visit).freezeEdition},
	{name: "edition-verify", method: http.MethodPost, vi: "an-ban/{edition}/kiem-tra", en: "editions/{edition}/verify", needs: account.ReadEditions, handle: (*visit).verifyEdition},
	{name: "edition-review", method: http.MethodGet, vi: "an-ban/{edition}/tham-dinh", en: "editions/{edition}/review", needs: account.ReviewEdition, handle: (*visit).reviewEdition},
	{name: "edition-review", method: http.MethodPost, vi: "an-ban/{edition}/tham-dinh", en: "editions/{edition}/review", needs: account.ReviewEdition, handle: (*visit).reviewEdition},
	{name: "edition-publish", method: http.MethodGet, vi: "an-ban/{edition}/cong-bo", en: "editions/{edition}/publish", needs: account.PublishEdition, fresh: true, handle: (*visit).publishEdition},
	{name: "edition-publish", method: http.MethodPost, vi: "an-ban/{edition}/cong-bo", en: "editions/{edition}/publish", needs: account.PublishEdition, handle: (*visit).publishEdition},
	{name: "edition-withdraw", method: http.MethodGet, vi: "an-ban/{edition}/thu-hoi", en: "editions/{edition}/withdraw", needs: account.WithdrawEdition, fresh: true, handle: (*visit).withdrawEdition},
	{name: "edition-withdraw", method: http.MethodPost, vi: "an-ban/{edition}/thu-hoi", en: "editions/{edition}/withdraw", needs: account.WithdrawEdition, handle: (*visit).withdrawEdition},
}

// editionStates are the states of an edition in people's words, with their badges.
var editionStates = map[edition.State]struct {
	name fault.Text
	kind string
}{
	edition.Frozen:    {fault.T("frozen, waits for a review"), "lua"},
	edition.Returned:  {fault.T("returned"), ""},
	edition.Reviewed:  {fault.T("reviewed, waits for publication"), "cham"},
	edition.Embargoed: {fault.T("under embargo"), "cham"},
	edition.Public:    {fault.T("public"), "ngoc"},
	edition.Corrected: {fault.T("corrected by a later one"), ""},
	edition.Withdrawn: {fault.T("withdrawn from the public"), "son"},
}

// sourceNames say whose measure it is.
var sourceNames = map[run.Source]fault.Text{
	run.UNDP: fault.T("published by UNDP"),
	run.Own:  fault.T("the province's own survey"),
	run.Self: fault.T("a score of one's own work"),

	edition.OfPlan: fault.T("commitments and progress of a plan"),
}

// editionsPage lists editions.
type editionsPage struct {
	Title    string
	To       string
	State    ui.Select
	Filtered bool
	Rows     []editionRow
	Older    string
	Runs     string
}

// editionRow is an edition of the list.
type editionRow struct {
	Href, Name, Source, Hash string
	State, Kind              string
	When                     string
}

func (v *visit) editions() (*page, error) {
	f := edition.Filter{State: edition.State(v.ask(keyState)), Before: v.ask(keyBefore), Limit: perPage + 1}
	if _, ok := editionStates[f.State]; !ok {
		f.State = ""
	}
	list, err := v.app.Editions.List(v.ctx(), v.actor, f)
	if err != nil {
		return nil, err
	}
	body := editionsPage{Title: v.t("Editions"), To: v.to("editions"), State: v.editionStateSelect(f.State), Filtered: f.State != "", Runs: v.to("runs")}
	if len(list) > perPage {
		list = list[:perPage]
		q := v.r.URL.Query()
		q.Set(keyBefore, list[perPage-1].ID)
		body.Older = v.at(q, "editions")
	}
	for _, r := range list {
		body.Rows = append(body.Rows, v.editionRow(r))
	}
	return &page{template: "editions", title: body.Title, nav: "editions", body: body}, nil
}

func (v *visit) editionRow(r edition.Release) editionRow {
	return editionRow{Href: v.to("edition", r.ID), Name: v.editionName(r), Source: v.text(sourceNames[r.Source]), Hash: r.Hash[:12],
		State: v.text(editionStates[r.State].name), Kind: editionStates[r.State].kind, When: v.moment(r.Frozen)}
}

func (v *visit) editionStateSelect(current edition.State) ui.Select {
	s := ui.Select{Name: keyState, Label: v.t("State"), Options: []ui.Choice{{Text: v.t("All states"), Current: current == ""}}}
	for _, x := range edition.States {
		s.Options = append(s.Options, ui.Choice{Value: string(x), Text: v.text(editionStates[x].name), Current: x == current})
	}
	return s
}

// editionPage is one edition.
type editionPage struct {
	Title       string
	Index       string
	Release     edition.Release
	State, Kind string
	Source      string
	Frozen      string // when and by whom
	From        string // public from
	Run, Diff   string // addresses
	Plan        string // address of the plan it was frozen from; "" for one of a run
	Pledge      *pledgeView
	Corrects    ui.Link
	CorrectedBy ui.Link
	Doubt       string // why the run it was made of was withdrawn
	Code        string // version of the program that froze it
	Events      []eventRow
	Files       []sizedFile
	Review      string // addresses of what may be done; "" = not now or not by this person
	Publish     string
	Withdraw    string
	Verify      ui.Act
	Verified    *verified
}

// sizedFile is a file of an edition or an input of a run.
type sizedFile struct{ Name, Role, Size, Hash string }

// verified is what computing an edition again found.
type verified struct {
	Same     bool
	Hash     string // of what came out
	Findings []string
}

// eventRow is a step in a history.
type eventRow struct{ When, Who, What, Note string }

func (v *visit) edition() (*page, error) {
	r, history, err := v.app.Editions.Get(v.ctx(), v.actor, v.arg("edition"))
	if err != nil {
		return nil, err
	}
	e, err := v.app.Editions.Edition(v.ctx(), v.actor, r.ID)
	if err != nil {
		return nil, err
	}
	body := editionPage{Title: v.editionName(r), Release: r, State: v.text(editionStates[r.State].name), Kind: editionStates[r.State].kind,
		Source: v.text(sourceNames[r.Source]), Code: e.Manifest.Code,
		Verify: v.act(v.t("Compute it again"), "shield-check", "", "edition-verify", r.ID)}
	if r.Plan == "" { // the scores of a run are held against those of the edition before
		body.Diff = v.to("edition-diff", r.ID)
	}
	if err := v.origin(&body, e); err != nil {
		return nil, err
	}
	if !r.PublicFrom.IsZero() {
		body.From = v.moment(r.PublicFrom)
	}
	for _, f := range e.Manifest.Files {
		body.Files = append(body.Files, sizedFile{Name: f.Name, Size: v.bytes(int64(f.Bytes)), Hash: head(f.SHA256)})
	}
	if body.Events, err = v.events(history); err != nil {
		return nil, err
	}
	body.Frozen = body.Events[0].When + " · " + body.Events[0].Who
	if err := v.neighbours(&body); err != nil {
		return nil, err
	}
	v.offerEdition(&body)
	return &page{template: "edition", title: body.Title, crumbs: v.toEditions(), nav: "editions", body: body}, nil
}

// origin is what the edition was frozen from: a run, of which it is told where it was withdrawn, or a plan, of which it
// is shown what the public would read.
func (v *visit) origin(p *editionPage, e *edition.Edition) error {
	if p.Release.Plan != "" {
		c, err := e.Commitments()
		if err == nil {
			p.Index, p.Plan, p.Pledge = c.Plan.Title, v.to("plan", p.Release.Plan), v.pledgeView(c)
		}
		return err
	}
	of, err := v.app.Runs.Get(v.ctx(), v.actor, p.Release.Run)
	if err != nil {
		return err
	}
	def, err := v.definition(of.ID)
	if err != nil {
		return err
	}
	p.Index, p.Run = def.Names.In(v.lang), v.to("run", of.ID)
	if of.State == run.Withdrawn {
		p.Doubt = of.Reason
	}
	return nil
}

// neighbours leads to the edition that this one corrects, and to the one that corrects it.
func (v *visit) neighbours(p *editionPage) error {
	r := p.Release
	same, err := v.app.Editions.List(v.ctx(), v.actor, edition.Filter{Place: r.Place, Source: r.Source, Family: r.Family, Period: r.Period})
	for _, x := range same {
		link := ui.Link{Href: v.to("edition", x.ID), Text: x.Hash[:12]}
		switch {
		case x.ID == r.Corrects:
			p.Corrects = link
		case x.Corrects == r.ID && x.State != edition.Returned:
			p.CorrectedBy = link
		}
	}
	return err
}

// events names the steps of a history and who took them.
func (v *visit) events(history []edition.Event) ([]eventRow, error) {
	ids := make([]string, len(history))
	for i, h := range history {
		ids[i] = h.Actor
	}
	names, err := v.app.Accounts.Called(v.ctx(), ids...)
	if err != nil {
		return nil, err
	}
	rows := make([]eventRow, len(history))
	for i, h := range history {
		rows[i] = eventRow{v.moment(h.At), v.calledBy(names, h.Actor), v.text(editionSteps[h.Step]), h.Note}
	}
	return rows, nil
}

// editionSteps are what happened, in people's words.
var editionSteps = map[edition.Step]fault.Text{
	edition.Freeze:   fault.T("frozen"),
	edition.Approve:  fault.T("approved"),
	edition.Return:   fault.T("returned"),
	edition.Publish:  fault.T("published"),
	edition.Embargo:  fault.T("to be public from a time on"),
	edition.Lift:     fault.T("became public"),
	edition.Correct:  fault.T("corrected by a later edition"),
	edition.Withdraw: fault.T("withdrawn from the public"),
}

// offerEdition gives the page what may be done to the edition by this person. Whoever froze it is not offered what another
// person must do.
func (v *visit) offerEdition(p *editionPage) {
	r := p.Release
	may := func(step edition.Step, do account.Action) bool {
		_, err := r.State.After(step)
		return err == nil && v.byRole(do)
	}
	if may(edition.Return, account.ReviewEdition) {
		p.Review = v.to("edition-review", r.ID)
	}
	if may(edition.Publish, account.PublishEdition) && r.FrozenBy != v.actor.User && p.Doubt == "" {
		p.Publish = v.to("edition-publish", r.ID)
	}
	if may(edition.Withdraw, account.WithdrawEdition) {
		p.Withdraw = v.to("edition-withdraw", r.ID)
	}
}

// calledBy is the name of who did something: a person, an erased account, or the program itself.
func (v *visit) calledBy(names map[string]string, actor string) string {
	switch {
	case names[actor] != "":
		return names[actor]
	case !strings.Contains(actor, "-"):
		return v.t("the program")
	}
	return v.t("Erased account %s", actor[:8])
}

func (v *visit) toEditions() []ui.Link {
	return []ui.Link{{Href: v.to("editions"), Text: v.t("Editions")}}
}

func (v *visit) toEdition(r edition.Release) []ui.Link {
	return append(v.toEditions(), ui.Link{Href: v.to("edition", r.ID), Text: v.editionName(r)})
}

// verifyEdition computes an edition again and says on its page what differs; it changes nothing.
func (v *visit) verifyEdition() (*page, error) {
	err := v.app.Editions.Verify(v.ctx(), v.actor, v.arg("edition"))
	e, worded := errors.AsType[*fault.Error](err)
	if err != nil && (!worded || e.Kind == fault.NotFound || e.Kind == fault.Forbidden) {
		return nil, err
	}
	pg, failed := v.edition()
	if failed != nil {
		return nil, failed
	}
	body := pg.body.(editionPage)
	body.Verified = &verified{Same: err == nil}
	if err != nil {
		body.Verified.Findings = append(body.Verified.Findings, v.text(e.Text))
		for _, it := range e.Items {
			body.Verified.Findings = append(body.Verified.Findings, strings.TrimSpace(it.Place()+" "+v.text(it.What)))
		}
	}
	pg.body = body
	return pg, nil
}

// diffPage shows a reviewer how an edition differs from the former one.
type diffPage struct {
	Title       string
	None, First bool
	Same        bool // of the same period
	Count       string
	Beyond      string // how many values changed beyond their error
	Cells       []cellRow
	More        string // how many cells are not listed
	Files       []fileRow
	Before      string
}

// cellRow is a cell that differs.
type cellRow struct {
	Unit, Code, Name, How string
	Old, New, Change      string
	Beyond, Kind          string
}

// fileRow is a file that differs.
type fileRow struct{ Name, How, Old, New string }

// mostCells is how many differing cells a page lists, the largest changes beyond their error first.
const mostCells = 300

func (v *visit) editionDiff() (*page, error) {
	r, _, err := v.app.Editions.Get(v.ctx(), v.actor, v.arg("edition"))
	if err != nil {
		return nil, err
	}
	d, err := v.app.Editions.Compare(v.ctx(), v.actor, r.ID)
	if err != nil {
		return nil, err
	}
	def, err := v.definition(r.Run)
	if err != nil {
		return nil, err
	}
	body := diffPage{Title: v.t("What differs from the former edition"), First: d.Before == "", Same: d.SamePeriod, None: len(d.Cells)+len(d.Files) == 0}
	if !body.First {
		body.Before = d.Before[:12]
	}
	slices.SortStableFunc(d.Cells, func(a, b edition.CellDiff) int { return weight(b) - weight(a) })
	labels, frame, beyond := v.labels(def), run.NewFrame(def.Units), 0
	for i, c := range d.Cells {
		if c.Beyond == edition.BeyondError {
			beyond++
		}
		if i < mostCells {
			row := v.cellRow(c)
			if row.Unit, err = v.unitName(frame, c.Unit); err != nil {
				return nil, err
			}
			row.Name = labels[c.Code]
			body.Cells = append(body.Cells, row)
		}
	}
	body.Count, body.Beyond = count(v, len(d.Cells)), count(v, beyond)
	if more := len(d.Cells) - mostCells; more > 0 {
		body.More = v.t("%s further cells differ; the files of both editions hold them all.", count(v, more))
	}
	for _, f := range d.Files {
		body.Files = append(body.Files, fileRow{f.Name, v.text(hows[f.How]), head(f.Old), head(f.New)})
	}
	return &page{template: "edition-diff", title: body.Title, crumbs: v.toEdition(r), nav: "editions", body: body}, nil
}

var hows = map[edition.How]fault.Text{edition.Added: fault.T("added"), edition.Removed: fault.T("removed"), edition.Changed: fault.T("changed")}

// weight puts first what a reviewer must see first.
func weight(c edition.CellDiff) int {
	switch {
	case c.Beyond == edition.BeyondError:
		return 3
	case c.How != edition.Changed:
		return 2
	case c.Beyond == edition.NotKnown:
		return 1
	}
	return 0
}

func (v *visit) cellRow(c edition.CellDiff) cellRow {
	row := cellRow{Code: c.Code, How: v.text(hows[c.How])}
	if c.Old != nil {
		row.Old = lang.Number(v.lang, c.Old.Value, 4)
	}
	if c.New != nil {
		row.New = lang.Number(v.lang, c.New.Value, 4)
	}
	if c.Old != nil && c.New != nil {
		row.Change = lang.Signed(v.lang, c.New.Value-c.Old.Value, 4)
	}
	switch c.Beyond {
	case edition.BeyondError:
		row.Beyond, row.Kind = v.t("beyond its error"), "lua"
	case edition.WithinError:
		row.Beyond = v.t("within its error")
	case edition.NotKnown:
		row.Beyond = v.t("error not known")
	}
	return row
}

// head is the beginning of a hash.
func head(sum string) string { return sum[:min(12, len(sum))] }
