package web

import (
	"bytes"
	"cmp"
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/sheet"
	"thuoc/internal/ui"
)

// mostUpload bounds a form with a list: a little more than package sheet takes, so that it is the one to say so.
const mostUpload = 17 << 20

// importRoutes are the screens on which lists are taken in.
var importRoutes = []route{
	{name: "imports", method: http.MethodGet, vi: "nhap-danh-sach", en: "lists", needs: account.ImportAgencies, handle: (*visit).imports},
	{name: "import", method: http.MethodGet, vi: "nhap-danh-sach/{list}", en: "lists/{list}", needs: account.ImportAgencies, handle: (*visit).sendList},
	{name: "import", method: http.MethodPost, vi: "nhap-danh-sach/{list}", en: "lists/{list}", needs: account.ImportAgencies, upload: mostUpload, handle: (*visit).sendList},
	{name: "import-template", method: http.MethodGet, vi: "nhap-danh-sach/{list}/mau", en: "lists/{list}/template", needs: account.ImportAgencies, handle: (*visit).importTemplate},
	{name: "import-check", method: http.MethodGet, vi: "nhap-danh-sach/{list}/{file}", en: "lists/{list}/{file}", needs: account.ImportAgencies, handle: (*visit).checkFile},
	{name: "import-columns", method: http.MethodPost, vi: "nhap-danh-sach/{list}/{file}/cot", en: "lists/{list}/{file}/columns", needs: account.ImportAgencies, handle: (*visit).chooseColumns},
	{name: "import-take", method: http.MethodPost, vi: "nhap-danh-sach/{list}/{file}/nhap", en: "lists/{list}/{file}/take", needs: account.ImportAgencies, handle: (*visit).takeFile},
}

// importsPage shows what can be taken in, and what was.
type importsPage struct {
	Title   string
	Lists   []importCard
	Batches []batchRow
}

// importCard is a kind of list.
type importCard struct{ Title, Lead, Href, Template string }

func (v *visit) importCard(l *importList) importCard {
	return importCard{v.text(l.title), v.text(l.lead), v.listTo(l, ""), v.listTo(l, "-template")}
}

// batchRow is a list that was taken in.
type batchRow struct{ When, Who, Place, What, Sum string }

func (v *visit) imports() (*page, error) {
	body := importsPage{Title: v.t("Take in lists")}
	for i := range lists {
		l := &lists[i]
		body.Lists = append(body.Lists, v.importCard(l))
	}
	for i := range planLists {
		if l := &planLists[i]; v.byRole(routeOf(l.door).needs) {
			body.Lists = append(body.Lists, v.importCard(l))
		}
	}
	provinces, err := v.provinces(account.ImportAgencies, "")
	if err != nil {
		return nil, err
	}
	for _, p := range provinces {
		batches, err := v.app.Agencies.Batches(v.ctx(), v.actor, p.Place)
		if err != nil {
			return nil, err
		}
		for _, b := range batches {
			called, err := v.app.Accounts.Called(v.ctx(), b.Actor)
			if err != nil {
				return nil, err
			}
			body.Batches = append(body.Batches, batchRow{v.moment(b.Live), v.either(called[b.Actor] != "", called[b.Actor], v.t("an erased account")), p.Full().In(v.lang),
				v.t("%d rows: %d agencies, %d posts, %d tenures came in", b.Rows, b.Agencies, b.Posts, b.Tenures), b.SHA256[:12]})
		}
	}
	return &page{template: "imports", title: body.Title, nav: "imports", body: body}, nil
}

// list is the kind of list that the address names, or the one that the route is there for.
func (v *visit) list() (*importList, error) {
	for i := range planLists {
		if door := planLists[i].door; strings.HasPrefix(v.route.name, door) {
			return &planLists[i], nil
		}
	}
	for i := range lists {
		if lists[i].key == v.arg("list") {
			return &lists[i], nil
		}
	}
	return nil, fault.New(fault.NotFound, "There is no page at this address.")
}

func (v *visit) toImports() []ui.Link {
	return []ui.Link{{Href: v.to("imports"), Text: v.t("Take in lists")}}
}

// listTo gives the address of a step of taking a list in: "" to send it, "-check", "-columns", "-take", "-template".
func (v *visit) listTo(l *importList, step string, file ...string) string {
	return v.to(l.route(step), l.args(file...)...)
}

// route names the route of a step.
func (l *importList) route(step string) string {
	if l.door != "" {
		return l.door + step
	}
	return "import" + step
}

// args are what the address of a step names.
func (l *importList) args(file ...string) []string {
	if l.door != "" {
		return file
	}
	return append([]string{l.key}, file...)
}

// nav is the entry of the navigation that a list belongs to.
func (l *importList) nav() string {
	if l.door != "" {
		return l.next
	}
	return "imports"
}

// crumbs are the way to a list.
func (l *importList) crumbs(v *visit) []ui.Link {
	switch l.door {
	case planDoor:
		return v.toPlans()
	case taskDoor:
		return v.toTasks()
	}
	return v.toImports()
}

// sendList takes a file in and looks through it. That changes nothing, so the same file may be sent twice.
func (v *visit) sendList() (*page, error) {
	l, err := v.list()
	if err != nil {
		return nil, err
	}
	fields := []*ui.Field{{Name: "file", Label: v.t("The file"), Hint: v.t("XLSX or CSV (UTF-8), at most 16 MB. Nothing is changed before you confirm."), Kind: "file", Accept: ".xlsx,.csv"}}
	if l.ofPlace {
		fields = append(fields, v.scopeFields()[:2]...)
		fields = append(fields, &ui.Field{Name: "on", Label: v.t("The list is of the day"), Kind: "date", Value: v.actor.Day.String()})
		fields[1].Optional, fields[1].Hint = false, v.t("The province or commune whose agencies the list holds.")
		if provinces, err := v.provinces(account.ImportAgencies, ""); err != nil {
			return nil, err
		} else if len(provinces) == 1 {
			fields[1].Value = provinces[0].Full().In(v.lang)
		}
	}
	if l.ask != nil {
		more, err := l.ask(v)
		if err != nil {
			return nil, err
		}
		fields = append(fields, more...)
	}
	f, err := v.form(v.t("Look through the file"), fields...)
	if err != nil {
		return nil, err
	}
	crumbs := l.crumbs(v)
	f.Cancel = ui.Link{Href: crumbs[0].Href, Text: v.t("Cancel")}
	title := v.text(l.title)
	pg := &page{template: "form", title: title, crumbs: crumbs, nav: l.nav(), body: formPage{Title: title, Lead: v.text(l.lead), Form: f,
		More: ui.Link{Href: v.listTo(l, "-template"), Text: v.t("Template (XLSX)")}}}
	if !v.posted() {
		return pg, nil
	}
	w, err := f.file(l)
	switch {
	case fault.KindOf(err) == fault.Invalid && err != nil:
		f.blame(err)
		pg.status = http.StatusUnprocessableEntity
		return pg, nil
	case err != nil:
		return nil, err
	}
	w.id = v.app.tray.put(w, v.app.Now())
	checked, err := v.look(l, w)
	if err != nil {
		return nil, err
	}
	if checked.status == 0 {
		return &page{to: v.listTo(l, "-check", w.id)}, nil
	}
	return checked, nil
}

// file reads what was sent. A file that is no list at all is a fault of the form.
func (f *form) file(l *importList) (w waiting, err error) {
	v := f.v
	var faults []fault.Item
	w = waiting{user: v.actor.User, list: l.key, on: v.actor.Day}
	if l.ofPlace {
		w.on = f.date("on", &faults)
		if w.on.IsZero() {
			w.on = v.actor.Day
		}
		if err := f.placed(&w.place, &faults); err != nil {
			return w, err
		}
	}
	if l.read != nil {
		if err := l.read(f, &w, &faults); err != nil {
			return w, err
		}
	}
	sent, err := v.upload("file")
	if err != nil {
		return w, err
	}
	if sent == nil {
		faults = append(faults, fault.Item{Field: "file", What: fault.T("No file was chosen."), Remedy: fault.T("Choose the file again: a browser never keeps it.")})
		return w, fault.Batch(faults)
	}
	defer sent.Close()
	if w.name, w.content, err = sent.all(mostUpload); err != nil {
		return w, err
	}
	if _, err := sheet.Read(bytes.NewReader(w.content), w.name); err != nil {
		return w, err
	}
	return w, fault.Batch(faults)
}

// listPage is what was found in a file, before anything is changed.
type listPage struct {
	Title, File string
	Facts       []fact
	Faults      []listFault
	FaultHead   string
	Heads       []string // of the preview
	Preview     [][]string
	Effects     []effectRow
	Columns     columnsForm
	Unused      []string
	Take        *ui.Act
	Again       string // address for another file
}

// listFault is a fault of a file.
type listFault struct{ At, Column, What, Remedy string }

// effectRow is what a row of a file does.
type effectRow struct{ Line, Effect, Before, After string }

// columnsForm asks which column holds what.
type columnsForm struct {
	Action string
	Fields []*ui.Field
	Open   bool
}

// look runs through a file and makes the page of what it found: with faults its status says that it cannot be taken in.
func (v *visit) look(l *importList, w waiting) (*page, error) {
	found, err := l.run(v, w, true)
	kind := fault.KindOf(err)
	if err != nil && kind != fault.Invalid {
		return nil, err
	}
	body := listPage{Title: v.t("Look through: %s", v.text(l.title)), File: w.name, Facts: found.facts, Effects: found.effects, Unused: found.unused, Again: v.listTo(l, "")}
	body.Columns = v.columns(l, w, found)
	body.Heads, body.Preview = v.preview(l, w, found.mapping)
	pg := &page{template: "import", title: body.Title, crumbs: append(l.crumbs(v), ui.Link{Href: body.Again, Text: v.text(l.title)}), nav: l.nav()}
	if err != nil {
		body.Faults, body.FaultHead = v.listFaults(err)
		body.Columns.Open = len(found.mapping) == 0
		pg.status = http.StatusUnprocessableEntity
	} else if found.changes {
		act := v.act(v.t("Take all of it in"), "check", "primary", l.route("-take"), l.args(w.id)...)
		body.Take = &act
	}
	pg.body = body
	return pg, nil
}

// listFaults writes the faults of a file by row and column.
func (v *visit) listFaults(err error) (rows []listFault, head string) {
	e := faultOf(err)
	for _, it := range e.Items {
		row := listFault{Column: it.Field, What: lang.Translate(v.lang, it.What), Remedy: lang.Translate(v.lang, it.Remedy)}
		switch {
		case it.Line > 0 && it.Column > 0:
			row.At = v.t("Row %d, column %s", it.Line, fault.Letters(it.Column))
		case it.Line > 0:
			row.At = v.t("Row %d", it.Line)
		}
		if it.Sheet != "" && row.At != "" {
			row.At = it.Sheet + " · " + row.At
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		rows = []listFault{{What: v.text(e.Text)}}
	}
	return rows, v.t("%d faults: nothing was changed", len(rows))
}

// mostPreview is how many rows a preview shows.
const mostPreview = 12

// preview shows how the first rows were understood.
func (v *visit) preview(l *importList, w waiting, m sheet.Mapping) (heads []string, rows [][]string) {
	sheets, err := sheet.Read(bytes.NewReader(w.content), w.name)
	if err != nil || len(m) == 0 {
		return nil, nil
	}
	t, err := sheet.Find(w.name, sheets, l.fields, m)
	if err != nil {
		return nil, nil
	}
	heads = []string{v.t("Row")}
	for _, f := range l.fields {
		if t.Has(f.Key) {
			heads = append(heads, f.Head.In(v.lang))
		}
	}
	for _, r := range t.Rows[:min(len(t.Rows), mostPreview)] {
		row := []string{strconv.Itoa(r.Line)}
		for _, f := range l.fields {
			if t.Has(f.Key) {
				row = append(row, t.Text(r, f.Key))
			}
		}
		rows = append(rows, row)
	}
	return heads, rows
}

// columns asks which heading of the file holds each field.
func (v *visit) columns(l *importList, w waiting, found checked) columnsForm {
	c := columnsForm{Action: v.listTo(l, "-columns", w.id)}
	chosen := found.mapping
	if len(chosen) == 0 {
		chosen = w.mapping
	}
	for _, f := range l.fields {
		x := &ui.Field{Name: "cot." + f.Key, Label: f.Head.In(v.lang), Kind: "select", Value: chosen[f.Key], Optional: !f.Needed, Options: []ui.Choice{{Text: v.t("not in the file")}}}
		for _, h := range found.headings {
			if h != "" {
				x.Options = append(x.Options, ui.Choice{Value: h, Text: h})
			}
		}
		c.Fields = append(c.Fields, x)
	}
	return c
}

// inTray finds the file that the address names.
func (v *visit) inTray() (*importList, waiting, error) {
	l, err := v.list()
	if err != nil {
		return nil, waiting{}, err
	}
	w, err := v.app.tray.get(v.arg("file"), v.actor.User, l.key, v.app.Now())
	return l, w, err
}

// checkFile shows what a file holds, or how far it has been taken in.
func (v *visit) checkFile() (*page, error) {
	l, w, err := v.inTray()
	if err != nil {
		return nil, err
	}
	if w.taking != nil {
		return v.taken(l, w, 0)
	}
	pg, err := v.look(l, w)
	if err == nil {
		pg.status = 0 // nothing was sent that could be wrong
	}
	return pg, err
}

// chooseColumns looks through the file again with the columns that somebody chose.
func (v *visit) chooseColumns() (*page, error) {
	l, w, err := v.inTray()
	if err != nil {
		return nil, err
	}
	w.mapping = sheet.Mapping{}
	for _, f := range l.fields {
		w.mapping[f.Key] = v.r.PostForm.Get("cot." + f.Key)
	}
	v.app.tray.choose(w.id, w.mapping)
	pg, err := v.look(l, w)
	if err == nil && pg.status == 0 {
		return &page{to: v.listTo(l, "-check", w.id)}, nil
	}
	return pg, err
}

// takeFile takes the file in, whole. It goes on when whoever sent it looks no longer.
func (v *visit) takeFile() (*page, error) {
	l, w, err := v.inTray()
	if err != nil {
		return nil, err
	}
	return v.once(func() (*page, error) {
		later, file := *v, w
		later.r = v.r.WithContext(context.WithoutCancel(v.ctx()))
		w.taking = v.app.tray.take(w.id, func(t *taking) (checked, error) {
			file.taking = t
			return l.run(&later, file, false)
		})
		return v.taken(l, w, v.app.tray.patience)
	})
}

// taken says what came of taking a file in, or how far it is. What has turned wrong since the file was looked through
// shows on the page of the check.
func (v *visit) taken(l *importList, w waiting, wait time.Duration) (*page, error) {
	select {
	case <-w.taking.ended:
	case <-time.After(wait):
		if v.posted() {
			return &page{to: v.listTo(l, "-check", w.id)}, nil
		}
		return v.takingPage(l, w), nil
	}
	found, err := w.taking.found, w.taking.err
	if err != nil {
		v.app.tray.retry(w.id)
		if fault.KindOf(err) != fault.Invalid {
			return nil, err
		}
		return &page{to: v.listTo(l, "-check", w.id)}, nil
	}
	v.app.tray.drop(w.id)
	return &page{to: cmp.Or(found.to, v.to(l.next)), flash: &ui.Notice{Kind: "done", Text: v.t("The list is taken in.") + " " + found.said}}, nil
}

// takingPage follows a file that is being taken in; the browser asks again by itself.
type takingPage struct {
	Title, File, Said string
	Done, Of          int64
}

func (v *visit) takingPage(l *importList, w waiting) *page {
	v.w.Header().Set("Refresh", "1")
	body := takingPage{Title: v.t("Taking in: %s", v.text(l.title)), File: w.name, Done: w.taking.done.Load(), Of: w.taking.of.Load()}
	body.Said = v.t("The file is being read.")
	if body.Of > 0 {
		body.Said = v.t("%s of %s rows are written. They are seen together once the last one is.", count(v, int(body.Done)), count(v, int(body.Of)))
	}
	return &page{template: "taking", title: body.Title, crumbs: l.crumbs(v), nav: l.nav(), body: body}
}

func (v *visit) importTemplate() (*page, error) {
	l, err := v.list()
	if err != nil {
		return nil, err
	}
	return v.workbook(l.fileName, l.template(v))
}

// workbook answers with sheets as a file.
func (v *visit) workbook(name string, sheets []sheet.Sheet) (*page, error) {
	var b bytes.Buffer
	if err := sheet.Write(&b, sheets); err != nil {
		return nil, err
	}
	v.w.Header().Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	v.w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	_, err := v.w.Write(b.Bytes())
	return &page{written: true}, err
}
