package web

import (
	"crypto/rand"
	"errors"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/fault"
	"thuoc/internal/inspect"
	"thuoc/internal/lang"
	"thuoc/internal/registry"
	"thuoc/internal/ui"
)

func (v *visit) beginVisit() (*page, error) {
	return v.once(func() (*page, error) {
		u := inspect.Unit{Place: v.r.PostForm.Get("place"), Agency: v.r.PostForm.Get("agency")}
		id, err := v.app.Inspections.Begin(v.ctx(), v.actor, v.arg("inspection"), u)
		if err != nil {
			return nil, err
		}
		return v.done(v.to("visit", id), "The visit has begun."), nil
	})
}

// visitPage is a visit to a unit, with its checklist.
type visitPage struct {
	Title, Inspection, Href, Began string
	Action, Key, Seen, Back, ID    string
	Head                           string // what was wrong
	Clash, Do, Taken               bool
	Themes                         []themeAnswers
	Photos                         []ui.Choice // the questions that a photo answers
	Note                           string
	Notes                          []noteRow
	Findings, Rechecks             []findingRow
	Record                         *paperRow
	WriteRecord, Add               string
	Word                           string // address of the record as a document; "" while there is none
	Asked, Answered                int
}

// themeAnswers are the questions of a checklist with what stands as their answers.
type themeAnswers struct {
	Theme string
	Rows  []answerRow
}

type answerRow struct {
	Name, Text, Value, Says string
	YesNo, Number, Words    bool
	Yes, No                 bool
	Photos                  []string
	By                      string // who answered, and when
}

type noteRow struct{ Text, By, Photo string }

func (v *visit) unitVisit() (*page, error) {
	p, err := v.app.Inspections.GetVisit(v.ctx(), v.actor, v.arg("visit"))
	if err != nil {
		return nil, err
	}
	body, err := v.visitBody(&p)
	if err != nil {
		return nil, err
	}
	return v.visitAs(&p, body), nil
}

func (v *visit) visitAs(p *inspect.VisitPage, body *visitPage) *page {
	return &page{template: "inspection-visit", title: body.Title, crumbs: append(v.toInspections(), ui.Link{Href: body.Href, Text: body.Inspection}), nav: "inspections", body: body, keep: true}
}

func (v *visit) visitBody(p *inspect.VisitPage) (*visitPage, error) {
	unit, err := v.inspectedName(p.Unit)
	if err != nil {
		return nil, err
	}
	body := &visitPage{ID: p.ID, Title: unit, Inspection: p.Inspection.Title, Href: v.to("inspection", p.Inspection.ID), Began: v.moment(p.Began), Action: v.to("visit-send", p.ID),
		Key: rand.Text(), Seen: p.Last, Back: v.to("visit", p.ID), Do: p.Do}
	var ids []string
	for _, a := range p.Answers {
		ids = append(ids, a.Answer.Actor)
	}
	for _, n := range p.Notes {
		ids = append(ids, n.Actor)
	}
	who, err := v.calledAs(ids)
	if err != nil {
		return nil, err
	}
	for _, a := range p.Answers {
		v.visitAnswer(body, a, who)
	}
	for _, n := range p.Notes {
		row := noteRow{Text: n.Value, By: who(n.Actor) + ", " + v.moment(n.At)}
		if n.File != "" {
			row.Photo = v.to("visit-photo", n.ID)
		}
		body.Notes = append(body.Notes, row)
	}
	if body.Findings, err = v.findingRows(p.Findings); err != nil {
		return nil, err
	}
	if body.Rechecks, err = v.findingRows(p.Rechecks); err != nil {
		return nil, err
	}
	if p.Paper != nil {
		body.Record = v.paperRow(p.Paper)
		papers, err := v.may(account.ReadPapers, account.Subject{Place: p.Inspection.Place})
		if err != nil {
			return nil, err
		}
		if papers {
			body.Word = v.to("paper", string(registry.Record), p.ID)
		}
	}
	if p.Do {
		body.WriteRecord, body.Add = v.to("visit-record", p.ID), v.to("finding-add", p.ID)
	}
	return body, nil
}

// visitAnswer writes one question.
func (v *visit) visitAnswer(body *visitPage, a inspect.Answered, who func(string) string) {
	if n := len(body.Themes); n == 0 || body.Themes[n-1].Theme != a.Theme {
		body.Themes = append(body.Themes, themeAnswers{Theme: a.Theme})
	}
	at := &body.Themes[len(body.Themes)-1]
	row := answerRow{Name: "a-" + a.Key, Text: a.Text, Value: a.Answer.Value, Says: a.Answer.Value, YesNo: a.Sort == inspect.YesNo, Number: a.Sort == inspect.Number, Words: a.Sort == inspect.Words,
		Yes: a.Answer.Value == "yes", No: a.Answer.Value == "no"}
	switch {
	case row.Yes:
		row.Says = v.t("Yes")
	case row.No:
		row.Says = v.t("No")
	case row.Number && row.Value != "":
		if n, err := strconv.ParseFloat(row.Value, 64); err == nil {
			row.Says = plainNumber(v.lang, n)
			row.Value = lang.Entry(v.lang, n)
		}
	}
	if a.Answer.ID != "" {
		row.By = who(a.Answer.Actor) + ", " + v.moment(a.Answer.At)
	}
	for _, photo := range a.Photos {
		row.Photos = append(row.Photos, v.to("visit-photo", photo.ID))
	}
	body.Asked++
	if row.Value != "" || len(row.Photos) > 0 {
		body.Answered++
	}
	if a.Sort == inspect.Photo {
		body.Photos = append(body.Photos, ui.Choice{Value: a.Key, Text: a.Text})
	}
	at.Rows = append(at.Rows, row)
}

// sendVisit takes answers, from the plain form and from the queue of a browser: whichever sends, and however often.
func (v *visit) sendVisit() (*page, error) {
	form := v.r.PostForm
	if owner := form.Get(ownerKey); owner != "" && owner != v.actor.User {
		v.answerJSON(http.StatusForbidden, sendAnswer{State: isOther})
		return &page{written: true}, nil
	}
	p, err := v.app.Inspections.GetVisit(v.ctx(), v.actor, v.arg("visit"))
	if err != nil {
		return nil, err
	}
	sheet, err := v.visitSheet(&p)
	if err == nil {
		err = v.app.Inspections.Send(v.ctx(), v.actor, sheet)
	}
	if err == nil {
		return v.sent(v.t("The answers are sent.")), nil
	}
	e, worded := errors.AsType[*fault.Error](err)
	clash := fault.KindOf(err) == fault.Conflict
	if v.queued() && clash && worded {
		v.answerJSON(http.StatusConflict, sendAnswer{State: isClash, Words: v.text(e.Text), Over: p.Do})
		return &page{written: true}, nil
	}
	if v.queued() || !worded || fault.KindOf(err) != fault.Invalid && !clash {
		return nil, err
	}
	body, err := v.visitBody(&p)
	if err != nil {
		return nil, err
	}
	body.Head, body.Clash, body.Note, body.Taken = v.text(e.Text), clash, form.Get("note"), form.Get("consent") != ""
	for t := range body.Themes {
		for i := range body.Themes[t].Rows {
			if row := &body.Themes[t].Rows[i]; form.Has(row.Name) {
				row.Value = form.Get(row.Name)
				row.Yes, row.No = row.Value == "yes", row.Value == "no"
			}
		}
	}
	pg := v.visitAs(&p, body)
	pg.status = status[fault.KindOf(e)]
	return pg, nil
}

// visitSheet reads the form. What is left empty stays as it was; a photo answers the question it was taken for.
func (v *visit) visitSheet(p *inspect.VisitPage) (inspect.Sheet, error) {
	form := v.r.PostForm
	sheet := inspect.Sheet{Visit: p.ID, Key: form.Get("key"), Seen: form.Get("seen")}
	for _, a := range p.Answers {
		value := strings.TrimSpace(form.Get("a-" + a.Key))
		if a.Sort == inspect.Photo || value == "" {
			continue
		}
		if a.Sort == inspect.Number {
			n, err := v.number(value)
			if err != nil {
				return sheet, err
			}
			value = strconv.FormatFloat(n, 'f', -1, 64)
		}
		sheet.Answers = append(sheet.Answers, inspect.Answer{Item: a.Key, Value: value})
	}
	if note := strings.TrimSpace(form.Get("note")); note != "" {
		sheet.Answers = append(sheet.Answers, inspect.Answer{Value: note})
	}
	photos, err := v.photos()
	for _, e := range photos {
		sheet.Answers = append(sheet.Answers, inspect.Answer{Item: form.Get("of"), File: e.File, Size: e.Size, Taken: e.Taken})
	}
	return sheet, err
}

// handOut gives a kept file: a browser saves it, or shows a picture; it runs nothing of it.
func (v *visit) handOut(sha256, kind, name string, at time.Time) (*page, error) {
	file, err := v.app.Blobs.Open(v.ctx(), sha256)
	if err != nil {
		return nil, err
	}
	defer file.Close() // it was only read
	h := v.w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	http.ServeContent(v.w, v.r, "", at, file)
	return &page{written: true}, nil
}

func (v *visit) visitPhoto() (*page, error) {
	a, err := v.app.Inspections.Exhibit(v.ctx(), v.actor, v.arg("photo"))
	if err != nil {
		return nil, err
	}
	return v.handOut(a.File, "image/jpeg", "kiem-tra-"+a.ID[:8]+".jpg", a.At)
}

// visitToDo reads the visit of the address, for its team.
func (v *visit) visitToDo() (*inspect.VisitPage, []ui.Link, string, error) {
	p, err := v.app.Inspections.GetVisit(v.ctx(), v.actor, v.arg("visit"))
	if err == nil && !p.Do {
		err = forbidden()
	}
	if err != nil {
		return nil, nil, "", err
	}
	unit, err := v.inspectedName(p.Unit)
	return &p, append(v.toInspections(), ui.Link{Href: v.to("inspection", p.Inspection.ID), Text: p.Inspection.Title}, ui.Link{Href: v.to("visit", p.ID), Text: unit}), unit, err
}

func (v *visit) recordVisit() (*page, error) {
	p, crumbs, unit, err := v.visitToDo()
	if err != nil {
		return nil, err
	}
	return v.entryPage(v.t("Record of the visit"), unit, v.t("Save the record"), v.to("visit", p.ID), crumbs, v.paperFields(inspect.RecordPaper, p.Paper), func(f *form) (*page, error) {
		x := inspect.Paper{Visit: p.ID}
		if err := f.paper(&x); err != nil {
			return nil, err
		}
		return v.done(v.to("visit", p.ID), "The record is written."), v.app.Inspections.Record(v.ctx(), v.actor, x)
	})
}
