package web

import (
	"net/http"
	"strconv"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/fault"
	"thuoc/internal/follow"
	"thuoc/internal/lang"
	"thuoc/internal/registry"
	"thuoc/internal/sheet"
	"thuoc/internal/ui"
	"thuoc/internal/workday"
)

// urgingRoutes are the routes of letters that urge.
var urgingRoutes = []route{
	{name: "urgings", method: http.MethodGet, vi: "don-doc", en: "urging-letters", needs: account.ReadFollowing, handle: (*visit).urgings},
	{name: "urging-new", method: http.MethodGet, vi: "don-doc/moi", en: "urging-letters/new", needs: account.WriteUrging, handle: (*visit).urge},
	{name: "urging-new", method: http.MethodPost, vi: "don-doc/moi", en: "urging-letters/new", needs: account.WriteUrging, handle: (*visit).urge},
	{name: "urging", method: http.MethodGet, vi: "don-doc/{urging}", en: "urging-letters/{urging}", needs: account.ReadFollowing, handle: (*visit).urging},
	{name: "urging-issue", method: http.MethodGet, vi: "don-doc/{urging}/phat-hanh", en: "urging-letters/{urging}/issue", needs: account.WriteUrging, handle: (*visit).issueUrging},
	{name: "urging-issue", method: http.MethodPost, vi: "don-doc/{urging}/phat-hanh", en: "urging-letters/{urging}/issue", needs: account.WriteUrging, upload: 20 << 20, handle: (*visit).issueUrging},
	{name: "urging-reply", method: http.MethodGet, vi: "don-doc/{urging}/tra-loi", en: "urging-letters/{urging}/reply", needs: account.DoTask, handle: (*visit).replyUrging},
	{name: "urging-reply", method: http.MethodPost, vi: "don-doc/{urging}/tra-loi", en: "urging-letters/{urging}/reply", needs: account.DoTask, handle: (*visit).replyUrging},
	{name: "urging-settle", method: http.MethodPost, vi: "don-doc/{urging}/xong", en: "urging-letters/{urging}/settle", needs: account.WriteUrging, handle: (*visit).settleUrging},
}

var urgingBadges = map[follow.UrgingState]badge{
	follow.Drafted: {"", "", "pencil"}, follow.Issued: {"", "lua", "clock"}, follow.Answered: {"", "cham", "inbox"}, follow.Settled: {"", "ngoc", "circle-check"},
}

// urgingRow is a letter of a list.
type urgingRow struct {
	Href, Unit, Number, Due, Late string
	State                         badge
}

func (v *visit) urgingRows(list []follow.Urging) ([]urgingRow, error) {
	rows := make([]urgingRow, len(list))
	for i, u := range list {
		unit, err := v.unitOf(account.Subject{Place: u.Place, Agency: u.Agency})
		if err != nil {
			return nil, err
		}
		rows[i] = urgingRow{Href: v.to("urging", u.ID), Unit: unit, Number: u.Number, Due: lang.Date(v.lang, u.Due), State: urgingBadges[u.State].said(v, u.State.Text())}
		if u.State == follow.Issued && u.Due.Before(v.actor.Day) {
			rows[i].Late = v.t("%d days late", days(u.Due, v.actor.Day))
		}
	}
	return rows, nil
}

// urgingsPage is the letters, what waits first.
type urgingsPage struct {
	Title, Following string
	Rows             []urgingRow
}

func (v *visit) urgings() (*page, error) {
	list, err := v.app.Follow.Urgings(v.ctx(), v.actor, mostFollowed)
	if err != nil {
		return nil, err
	}
	body := &urgingsPage{Title: v.t("Letters that urge"), Following: v.to("following")}
	if body.Rows, err = v.urgingRows(list); err != nil {
		return nil, err
	}
	return &page{template: "urgings", title: body.Title, crumbs: v.toFollowing(), nav: "following", body: body}, nil
}

func (v *visit) toUrgings() []ui.Link {
	return append(v.toFollowing(), ui.Link{Href: v.to("urgings"), Text: v.t("Letters that urge")})
}

// urgedRow is a task that a letter names.
type urgedRow struct{ Title, Href, Due, Late string }

// urgingPage is a letter with what it speaks of.
type urgingPage struct {
	Title, AsOf, Due, Words          string
	Number, Signed, Signer, Paper    string
	Answer, Answerer, Answered, Late string
	State                            badge
	Rows                             []urgedRow
	Issue, Reply                     string
	Word                             string // address of the letter as a document
	Settle                           *ui.Act
}

func (v *visit) urging() (*page, error) {
	u, err := v.app.Follow.Urging(v.ctx(), v.actor, v.arg("urging"))
	if err != nil {
		return nil, err
	}
	unit, err := v.unitOf(account.Subject{Place: u.Place, Agency: u.Agency})
	if err != nil {
		return nil, err
	}
	body := &urgingPage{Title: v.t("Letter to %s", unit), AsOf: lang.Date(v.lang, u.AsOf), Due: lang.Date(v.lang, u.Due), Words: u.Words, State: urgingBadges[u.State].said(v, u.State.Text()),
		Number: u.Number, Signer: u.Signer, Paper: u.Paper, Answer: u.Answer}
	if v.byRole(account.ReadPapers) {
		body.Word = v.to("paper", "urging", u.ID)
	}
	if !u.Signed.IsZero() {
		body.Signed = lang.Date(v.lang, u.Signed)
	}
	if u.State == follow.Issued && u.Due.Before(v.actor.Day) {
		body.Late = v.t("%d days late", days(u.Due, v.actor.Day))
	}
	if u.Answer != "" {
		names, err := v.app.Accounts.Names(v.ctx(), u.Answerer)
		if err != nil {
			return nil, err
		}
		body.Answerer, body.Answered = names[u.Answerer], v.moment(u.Answered)
	}
	for _, t := range u.Items {
		body.Rows = append(body.Rows, urgedRow{t.Title, v.to("task", t.Task), lang.Date(v.lang, t.Due), v.t("%d working days", t.Late)})
	}
	switch {
	case u.Write && u.State == follow.Drafted:
		body.Issue = v.to("urging-issue", u.ID)
	case u.Reply && u.State == follow.Issued:
		body.Reply = v.to("urging-reply", u.ID)
	case u.Write && u.State == follow.Answered:
		act := v.act(v.t("The answer suffices"), "circle-check", "primary", "urging-settle", u.ID)
		act.Hidden = []ui.Choice{{Mark: versionField, Value: strconv.Itoa(u.Rev)}}
		body.Settle = &act
	}
	return &page{template: "urging", title: body.Title, crumbs: v.toUrgings(), nav: "following", body: body}, nil
}

// urge drafts a letter to the unit of the address about what it is late with.
func (v *visit) urge() (*page, error) {
	on := account.Subject{Agency: v.ask(keyAgency), Place: v.ask(keyPlace)}
	if on.Agency != "" {
		on.Place = ""
	}
	if on == (account.Subject{}) {
		return nil, fault.New(fault.NotFound, "Choose the unit from the list of what is late.")
	}
	unit, err := v.unitOf(on)
	if err != nil {
		return nil, err
	}
	issuer, err := v.placeField(v.t("Who writes"), account.WriteUrging)
	if err != nil {
		return nil, err
	}
	due, _ := workday.Add(v.actor.Day, 5)
	f, err := v.form(v.t("Draft the letter"), issuer, &ui.Field{Name: "due", Label: v.t("Answer until"), Kind: "date", Value: due.String()},
		&ui.Field{Name: "words", Label: v.t("What is asked for"), Kind: "area", Rows: 5, Most: 4000, Wide: true, Value: v.t("Please review the late tasks named here, finish them, and report the results with evidence; of what cannot be finished, say why and until when it will be.")})
	if err != nil {
		return nil, err
	}
	f.Cancel = ui.Link{Href: v.to("following"), Text: v.t("Cancel")}
	title := v.t("Letter to %s", unit)
	pg := &page{template: "form", title: title, crumbs: v.toUrgings(), nav: "following", body: formPage{Title: title, Lead: v.t("It names every task the unit is late with today; the list is kept as it stands now."), Form: f}}
	return f.send(pg, func() (*page, error) {
		u := follow.Urging{Agency: on.Agency, Place: on.Place, Issuer: f.get("issuer"), Words: f.get("words")}
		u.Due, _ = clock.ParseDate(f.get("due"))
		id, err := v.app.Follow.Urge(v.ctx(), v.actor, u)
		return v.done(v.to("urging", id), "The letter is drafted."), err
	})
}

// urgingForm makes a page with one form about a letter, for whoever may send it.
func (v *visit) urgingForm(may func(*follow.UrgingPage) bool, title, submit string, fields ...*ui.Field) (*follow.UrgingPage, *form, *page, error) {
	u, err := v.app.Follow.Urging(v.ctx(), v.actor, v.arg("urging"))
	if err == nil && !may(&u) {
		err = forbidden()
	}
	if err != nil {
		return nil, nil, nil, err
	}
	f, err := v.form(submit, fields...)
	if err != nil {
		return nil, nil, nil, err
	}
	f.editing(strconv.Itoa(u.Rev))
	f.Cancel = ui.Link{Href: v.to("urging", u.ID), Text: v.t("Cancel")}
	return &u, f, &page{template: "form", title: title, crumbs: v.toUrgings(), nav: "following", body: formPage{Title: title, Form: f}}, nil
}

func (v *visit) issueUrging() (*page, error) {
	u, f, pg, err := v.urgingForm(func(u *follow.UrgingPage) bool { return u.Write }, v.t("Enter the signed letter"), v.t("Enter the signed letter"),
		&ui.Field{Name: "number", Label: v.t("Number and sign"), Hint: v.t("As on the paper: 88/SNV-CCHC."), Kind: "text", Most: 60},
		&ui.Field{Name: "signed", Label: v.t("Date of signing"), Kind: "date"},
		&ui.Field{Name: "signer", Label: v.t("Post that signed"), Kind: "text", Most: 200},
		&ui.Field{Name: "paper", Label: v.t("The signed file"), Hint: v.t("PDF, at most 20 MB."), Kind: "file", Accept: "application/pdf", Optional: true})
	if err != nil {
		return nil, err
	}
	return f.send(pg, func() (*page, error) {
		letter := follow.Urging{ID: u.ID, Number: f.get("number"), Signer: f.get("signer")}
		letter.Rev, _ = strconv.Atoi(f.Version)
		letter.Signed, _ = sheet.ParseDate(f.get("signed"))
		var err error
		if letter.Paper, err = v.signedFile("paper"); err != nil {
			return nil, err
		}
		return v.done(v.to("urging", u.ID), "The letter is out; it waits for the unit's answer."), v.app.Follow.Issue(v.ctx(), v.actor, letter)
	})
}

// signedFile keeps the signed paper of a form and gives its SHA-256; "" where none was chosen.
func (v *visit) signedFile(field string) (string, error) {
	var p registry.Paper
	err := v.takeSigned(field, &p)
	return p.File, err
}

func (v *visit) replyUrging() (*page, error) {
	u, f, pg, err := v.urgingForm(func(u *follow.UrgingPage) bool { return u.Reply }, v.t("Answer the letter"), v.t("Send the answer"),
		&ui.Field{Name: "answer", Label: v.t("Answer"), Hint: v.t("What was done, and until when the rest will be."), Kind: "area", Rows: 6, Most: 4000, Wide: true})
	if err != nil {
		return nil, err
	}
	return f.send(pg, func() (*page, error) {
		rev, _ := strconv.Atoi(f.Version)
		return v.done(v.to("urging", u.ID), "The answer is sent."), v.app.Follow.Reply(v.ctx(), v.actor, u.ID, rev, f.get("answer"))
	})
}

func (v *visit) settleUrging() (*page, error) {
	return v.once(func() (*page, error) {
		rev, _ := strconv.Atoi(v.r.PostForm.Get(versionField))
		return v.done(v.to("urging", v.arg("urging")), "Noted."), v.app.Follow.Settle(v.ctx(), v.actor, v.arg("urging"), rev)
	})
}
