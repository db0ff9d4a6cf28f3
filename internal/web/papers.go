package web

import (
	"bytes"
	"cmp"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/docx"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/paper"
	"thuoc/internal/plan"
	"thuoc/internal/registry"
	"thuoc/internal/sheet"
	"thuoc/internal/ui"
	"thuoc/internal/upload"
)

var paperRoutes = []route{
	{name: "paper", method: http.MethodGet, vi: "van-ban/{sort}/{about}", en: "papers/{sort}/{about}", needs: account.ReadPapers, handle: (*visit).paperPreview},
	{name: "paper-file", method: http.MethodGet, vi: "van-ban/{sort}/{about}/tai-ve", en: "papers/{sort}/{about}/download", needs: account.ReadPapers, handle: (*visit).paperFile},
	{name: "paper-keep", method: http.MethodGet, vi: "van-ban/{sort}/{about}/ban-ky", en: "papers/{sort}/{about}/signed", needs: account.KeepPaper, handle: (*visit).keepPaper},
	{name: "paper-keep", method: http.MethodPost, vi: "van-ban/{sort}/{about}/ban-ky", en: "papers/{sort}/{about}/signed", needs: account.KeepPaper, upload: mostSent, handle: (*visit).keepPaper},
	{name: "paper-issued", method: http.MethodGet, vi: "van-ban-ban-hanh/{issuedplan}", en: "issued-papers/{issuedplan}", needs: account.ReadPapers, handle: (*visit).issuedFile},
	{name: "paper-signed", method: http.MethodGet, vi: "ban-ky/{paper}", en: "signed-papers/{paper}", needs: account.ReadPapers, handle: (*visit).keptFile},

	{name: "templates", method: http.MethodGet, vi: "mau-van-ban", en: "document-templates", needs: account.SetTemplates, handle: (*visit).templates},
	{name: "templates", method: http.MethodPost, vi: "mau-van-ban", en: "document-templates", needs: account.SetTemplates, upload: mostSent, handle: (*visit).templates},
	{name: "template-default", method: http.MethodGet, vi: "mau-van-ban/mac-dinh", en: "document-templates/default", needs: account.SetTemplates, handle: (*visit).defaultTemplate},
	{name: "template", method: http.MethodGet, vi: "mau-van-ban/{template}", en: "document-templates/{template}", needs: account.SetTemplates, handle: (*visit).templateFile},
}

// madePaper is a document that is made of something, with whose it is.
type madePaper struct {
	kind          registry.Kind
	about         string // what the address names
	key           string // what signed files are kept under; "" = the same
	place, agency string
	on            clock.Date // the day by which its template is chosen
	doc           *docx.Document
	back          string     // the name of what it is made of
	plan          *plan.Plan // of a plan: its issued paper is a signed file too
}

// The query keys of a document: how it is signed, and by whom.
const (
	keySigns  = "ky"
	keySigner = "ten"
)

// madePaper makes the document that the address names. Documents are Vietnamese, whatever the page is.
func (v *visit) madePaper() (*madePaper, error) {
	vi := *v
	vi.lang = lang.Vi
	makers := map[registry.Kind]func(*visit, string) (*madePaper, error){registry.Plan: (*visit).planPaper, registry.Urging: (*visit).urgingPaper,
		registry.Report: (*visit).reportPaper, registry.Consolidated: (*visit).sumPaper,
		registry.Decision: (*visit).decisionPaper, registry.Record: (*visit).recordPaper, registry.Conclusion: (*visit).conclusionPaper}
	kind := registry.Kind(v.arg("sort"))
	makeOf, ok := makers[kind]
	if !ok {
		return nil, fault.New(fault.NotFound, "There is no page at this address.")
	}
	m, err := makeOf(&vi, v.arg("about"))
	if err != nil {
		return nil, err
	}
	m.kind, m.about = kind, v.arg("about")
	m.key = cmp.Or(m.key, m.about)
	return m, nil
}

// committee is the people's committee of a place as an office that issues documents.
func (v *visit) committee(place string, on clock.Date) (paper.Office, error) {
	p, err := v.app.Places.ByID(v.ctx(), place, on)
	if fault.KindOf(err) == fault.NotFound {
		p, err = v.app.Places.ByID(v.ctx(), place, v.actor.Day)
	}
	if fault.KindOf(err) == fault.NotFound {
		return paper.Office{Issuer: "Ủy ban nhân dân", Symbol: "UBND", Signing: v.signing()}, nil
	}
	full := []rune(p.Full().VI)
	if len(full) > 0 {
		full[0] = []rune(strings.ToLower(string(full[0])))[0]
	}
	return paper.Office{Issuer: "Ủy ban nhân dân " + string(full), Symbol: "UBND", Place: p.Name, Signing: v.signing()}, err
}

// signing is how the people's committee signs, as the query says.
func (v *visit) signing() docx.Signing {
	s := docx.Signing{Body: "Ủy ban nhân dân", Position: "Chủ tịch", Name: v.ask(keySigner)}
	if v.ask(keySigns) == "pho" {
		s.Instead, s.For, s.Position = docx.Deputy, "Chủ tịch", "Phó Chủ tịch"
	}
	return s
}

// agencyOn names an agency as it was on a day, or is today.
func (v *visit) agencyOn(id string, on clock.Date) (string, error) {
	a, err := v.app.Agencies.Get(v.ctx(), account.Program("names", v.actor.Day), id, on)
	if fault.KindOf(err) == fault.NotFound {
		return "", nil
	}
	return a.Name, err
}

// planPaper makes the document of a plan with its assignments and tasks.
func (v *visit) planPaper(id string) (*madePaper, error) {
	p, err := v.app.Plans.Get(v.ctx(), v.actor, id)
	if err != nil {
		return nil, err
	}
	on := p.Day()
	w := paper.PlanPaper{Plan: p, Agencies: map[string]string{}, Beside: map[string][]string{}, Answers: map[string]string{}}
	if w.Office, err = v.committee(p.Place, on); err != nil {
		return nil, err
	}
	w.Office.Recipients = []string{"Các cơ quan, đơn vị, địa phương được phân công (để thực hiện)"}
	if w.Parts, err = v.partNames(p.Edition); err != nil {
		return nil, err
	}
	if v.byRole(account.ReadTasks) {
		if err := v.planTasks(&w); err != nil {
			return nil, err
		}
	}
	ids := []string{p.Agency}
	p.Duties = slices.DeleteFunc(p.Duties, func(d plan.Duty) bool { return d.Offered }) // nobody was asked by them
	var posts []string
	for _, d := range p.Duties {
		ids, posts = append(ids, d.Agency), append(posts, d.Post)
	}
	by, err := v.app.Agencies.Answering(v.ctx(), p.Answering(v.actor.Day), distinct(posts)...)
	if err != nil {
		return nil, err
	}
	written := visit{app: v.app, lang: lang.Vi} // the document is in Vietnamese for whoever takes it
	for _, d := range p.Duties {
		w.Answers[d.ID] = written.answers(by[d.Post])
	}
	for _, t := range w.Tasks {
		ids = append(ids, t.Agency)
	}
	if err := v.nameAgencies(w.Agencies, on, ids...); err != nil {
		return nil, err
	}
	if err := v.planBaseline(&w); err != nil {
		return nil, err
	}
	return &madePaper{place: p.Place, agency: p.Agency, on: v.actor.Day, doc: paper.Plan(w), back: p.Title, plan: p}, nil
}

func (v *visit) nameAgencies(named map[string]string, on clock.Date, ids ...string) error {
	for _, id := range ids {
		if _, done := named[id]; done || id == "" {
			continue
		}
		name, err := v.agencyOn(id, on)
		if err != nil {
			return err
		}
		named[id] = name
	}
	return nil
}

// urgingPaper makes the document of a letter that urges.
func (v *visit) urgingPaper(id string) (*madePaper, error) {
	u, err := v.app.Follow.Urging(v.ctx(), v.actor, id)
	if err != nil {
		return nil, err
	}
	office, err := v.committee(u.Issuer, u.AsOf)
	if err != nil {
		return nil, err
	}
	unit, err := v.agencyOn(u.Agency, u.AsOf)
	if u.Agency == "" {
		var to paper.Office
		to, err = v.committee(u.Place, u.AsOf)
		unit = to.Issuer
	}
	if err != nil {
		return nil, err
	}
	return &madePaper{place: u.Issuer, on: v.actor.Day, doc: paper.Letter(u, office, unit), back: unit}, nil
}

// paperPage shows what a document holds before it is taken.
type paperPage struct {
	Title    string
	Lead     string
	Facts    []ui.Choice // Text: what, Aside: which
	Outline  []string
	Annexes  []ui.Choice // Text: the title, Aside: how many rows
	Action   string
	Signs    ui.Select
	Signer   string
	File     string // address of the Word file
	Template string
	Papers   []signedRow
	Keep     string
}

// signedRow is a signed file.
type signedRow struct {
	Href, Number, Signed, Signer string
	Who, When, Hash              string
	Holds                        bool // not superseded
}

func (v *visit) paperPreview() (*page, error) {
	m, err := v.madePaper()
	if err != nil {
		return nil, err
	}
	d := m.doc
	query := url.Values{keySigns: {v.ask(keySigns)}, keySigner: {v.ask(keySigner)}}
	body := paperPage{Title: v.t("Document: %s", v.text(m.kind.Text())), Action: v.to("paper", string(m.kind), m.about), File: v.at(query, "paper-file", string(m.kind), m.about), Signer: v.ask(keySigner),
		Signs: ui.Select{Name: keySigns, Label: v.t("Signed by"), Options: []ui.Choice{{Value: "truong", Text: v.t("the chair"), Current: v.ask(keySigns) != "pho"}, {Value: "pho", Text: v.t("a vice-chair in the chair's place (KT.)"), Current: v.ask(keySigns) == "pho"}}}}
	body.Facts = v.paperFacts(d)
	for _, b := range d.Body {
		if p, ok := b.(docx.Paragraph); ok && (p.Style == docx.Heading || p.Style == docx.Subheading) {
			body.Outline = append(body.Outline, p.Text)
		}
	}
	for _, a := range d.Annexes {
		body.Annexes = append(body.Annexes, ui.Choice{Text: a.Title, Aside: v.t("%d rows", a.Rows())})
	}
	if body.Template, err = v.templateName(m); err != nil {
		return nil, err
	}
	if body.Papers, err = v.signedRows(m); err != nil {
		return nil, err
	}
	may, err := v.may(account.KeepPaper, account.Subject{Place: m.place, Agency: m.agency})
	if may {
		body.Keep = v.to("paper-keep", string(m.kind), m.about)
	}
	return &page{template: "paper", title: body.Title, crumbs: v.toPaper(m), nav: m.nav(), body: body}, err
}

// nav is the entry of the navigation that a document belongs to.
func (m *madePaper) nav() string {
	switch m.kind {
	case registry.Urging:
		return "following"
	case registry.Plan:
		return "plans"
	}
	return "work"
}

// toPaper is the way to a document.
func (v *visit) toPaper(m *madePaper) []ui.Link {
	switch m.kind {
	case registry.Plan:
		return append(v.toPlans(), ui.Link{Href: v.to("plan", m.about), Text: m.back})
	case registry.Urging:
		return append(v.toFollowing(), ui.Link{Href: v.to("urging", m.about), Text: m.back})
	}
	return nil
}

func (v *visit) paperFacts(d *docx.Document) []ui.Choice {
	facts := []ui.Choice{{Text: v.t("Issued by"), Aside: d.Issuer}, {Text: v.t("Number and sign"), Aside: cmp.Or(d.Number, "…") + "/" + d.Symbol}}
	if !d.Date.IsZero() {
		facts = append(facts, ui.Choice{Text: v.t("Date of the document"), Aside: lang.Date(v.lang, d.Date)})
	}
	facts = append(facts, ui.Choice{Text: v.t("About"), Aside: strings.TrimSpace(cmp.Or(d.Kind, "Công văn") + ": " + d.Subject)})
	if len(d.Grounds) > 0 {
		facts = append(facts, ui.Choice{Text: v.t("What it rests on"), Aside: strings.Join(d.Grounds, "; ")})
	}
	return facts
}

// templateOf opens the template that a document is laid out by.
func (v *visit) templateOf(m *madePaper) (*docx.Template, error) {
	t, err := v.app.Registry.TemplateOn(v.ctx(), m.place, m.kind, m.on)
	if err != nil {
		return nil, err
	}
	if t.File == "" {
		return docx.Open(docx.Default())
	}
	data, err := v.blob(t.File)
	if err != nil {
		return nil, err
	}
	return docx.Open(data)
}

func (v *visit) templateName(m *madePaper) (string, error) {
	t, err := v.app.Registry.TemplateOn(v.ctx(), m.place, m.kind, m.on)
	if err != nil || t.File == "" {
		return v.t("the program's own, by Decree 30/2020"), err
	}
	return v.t("%s, since %s", t.Name, lang.Date(v.lang, t.Since)), nil
}

// blob reads a file of bounded size.
func (v *visit) blob(sum string) ([]byte, error) {
	f, err := v.app.Blobs.Open(v.ctx(), sum)
	if err != nil {
		return nil, err
	}
	defer f.Close() // it was only read
	var b bytes.Buffer
	_, err = b.ReadFrom(f)
	return b.Bytes(), err
}

const wordMime = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

func (v *visit) paperFile() (*page, error) {
	m, err := v.madePaper()
	if err != nil {
		return nil, err
	}
	t, err := v.templateOf(m)
	if err != nil {
		return nil, err
	}
	name := "van-ban-" + string(m.kind) + "-" + v.actor.Day.String() + ".docx"
	return v.word(name, t.Write(m.doc))
}

// word answers with a Word file.
func (v *visit) word(name string, data []byte) (*page, error) {
	v.w.Header().Set("Content-Type", wordMime)
	v.w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	_, err := v.w.Write(data)
	return &page{written: true}, err
}

// signedRows lists the signed files of a document.
func (v *visit) signedRows(m *madePaper) (rows []signedRow, err error) {
	list, err := v.app.Registry.Papers(v.ctx(), v.actor, m.kind, m.key)
	if err != nil {
		return nil, err
	}
	var who []string
	for _, p := range list {
		who = append(who, p.Actor)
	}
	called, err := v.app.Accounts.Called(v.ctx(), who...)
	for i, p := range list {
		rows = append(rows, signedRow{Href: v.to("paper-signed", p.ID), Number: p.Number, Signed: lang.Date(v.lang, p.Signed), Signer: p.Signer,
			Who: cmp.Or(called[p.Actor], v.t("an erased account")), When: v.moment(p.Added), Hash: p.File, Holds: i == 0})
	}
	if err == nil && m.plan != nil && m.plan.Paper != "" && !slices.ContainsFunc(list, func(p registry.Paper) bool { return p.File == m.plan.Paper }) {
		var issued signedRow
		if issued, err = v.issuedRow(m.plan); err == nil {
			issued.Holds = len(rows) == 0
			rows = append(rows, issued)
		}
	}
	return rows, err
}

// issuedRow is the signed file with which a plan was issued.
func (v *visit) issuedRow(p *plan.Plan) (row signedRow, err error) {
	events, _, err := v.app.Plans.History(v.ctx(), v.actor, p.ID)
	if err != nil {
		return row, err
	}
	row = signedRow{Href: v.to("paper-issued", p.ID), Number: p.Number, Signed: lang.Date(v.lang, p.Signed), Signer: p.Signer, Hash: p.Paper}
	for _, e := range slices.Backward(events) {
		if e.Now == plan.Issued && e.Was != plan.Issued {
			called, err := v.app.Accounts.Called(v.ctx(), e.Actor)
			row.Who, row.When = cmp.Or(called[e.Actor], v.t("an erased account")), v.moment(e.At)
			return row, err
		}
	}
	return row, nil
}

// issuedFile gives the signed file with which a plan was issued.
func (v *visit) issuedFile() (*page, error) {
	p, err := v.app.Plans.Get(v.ctx(), v.actor, v.arg("issuedplan"))
	if err != nil {
		return nil, err
	}
	switch may, err := v.may(account.ReadPapers, account.Subject{Place: p.Place, Agency: p.Agency}); {
	case err != nil:
		return nil, err
	case !may || p.Paper == "":
		return nil, fault.New(fault.NotFound, "This paper is not there.")
	}
	return v.signedPDF(p.Number, p.Paper, time.Time{})
}

// keepPaper takes the signed file of a document in.
func (v *visit) keepPaper() (*page, error) {
	m, err := v.madePaper()
	if err != nil {
		return nil, err
	}
	switch may, err := v.may(account.KeepPaper, account.Subject{Place: m.place, Agency: m.agency}); {
	case err != nil:
		return nil, err
	case !may:
		return nil, fault.New(fault.Forbidden, "Your role does not allow this here.")
	}
	f, err := v.form(v.t("Keep the signed file"),
		&ui.Field{Name: "number", Label: v.t("Number and sign"), Hint: v.t("As on the paper: 41/KH-UBND."), Kind: "text", Most: 60},
		&ui.Field{Name: "signed", Label: v.t("Date of signing"), Kind: "date"},
		&ui.Field{Name: "signer", Label: v.t("Post that signed"), Kind: "text", Most: 200},
		&ui.Field{Name: "file", Label: v.t("The signed file"), Hint: v.t("PDF, at most 20 MB."), Kind: "file", Accept: "application/pdf"})
	if err != nil {
		return nil, err
	}
	f.Cancel = ui.Link{Href: v.to("paper", string(m.kind), m.about), Text: v.t("Cancel")}
	title := v.t("The signed file comes back")
	pg := &page{template: "form", title: title, crumbs: v.toPaper(m), nav: m.nav(), body: formPage{Title: title, Lead: v.t("What was kept before for this document stays, superseded. Whether a digital signature in the file is valid is not checked here."), Form: f}}
	return f.send(pg, func() (*page, error) {
		p := registry.Paper{Kind: m.kind, About: m.key, Place: m.place, Agency: m.agency, Number: f.get("number"), Signer: f.get("signer")}
		p.Signed, _ = sheet.ParseDate(f.get("signed"))
		if err := v.takeSigned("file", &p); err != nil {
			return nil, err
		}
		_, err := v.app.Registry.Keep(v.ctx(), v.actor, p)
		return v.done(v.to("paper", string(m.kind), m.about), "The signed file is kept."), err
	})
}

// takeSigned looks at the signed file and keeps its bytes. That it is missing is said by the registry.
func (v *visit) takeSigned(field string, p *registry.Paper) error {
	u, err := v.upload(field)
	if err != nil || u == nil {
		return err
	}
	defer u.Close() // it was only read
	name, data, err := u.all(upload.MostBytes)
	if err != nil {
		return err
	}
	if err := upload.Signed(data); err != nil {
		return blamed(field, err)
	}
	ref, err := v.app.Blobs.Put(v.ctx(), bytes.NewReader(data))
	p.Name, p.File, p.Size = name, ref.SHA256, ref.Size
	return err
}

// blamed hangs a fault on a field of a form.
func blamed(field string, err error) error {
	e, ok := err.(*fault.Error)
	if !ok || len(e.Items) > 0 {
		return err
	}
	return fault.Batch([]fault.Item{{Field: field, What: e.Text}})
}

// keptFile gives a signed file, to be saved and not shown: what it holds is somebody else's.
func (v *visit) keptFile() (*page, error) {
	p, err := v.app.Registry.Paper(v.ctx(), v.actor, v.arg("paper"))
	if err != nil {
		return nil, err
	}
	return v.signedPDF(p.Number, p.File, p.Added)
}

// signedPDF answers with a signed file; added is when it came, zero where that is not known.
func (v *visit) signedPDF(number, sum string, added time.Time) (*page, error) {
	file, err := v.app.Blobs.Open(v.ctx(), sum)
	if err != nil {
		return nil, err
	}
	defer file.Close() // it was only read
	h := v.w.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": fmt.Sprintf("%s-%s.pdf", strings.ReplaceAll(number, "/", "-"), sum[:8])}))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	http.ServeContent(v.w, v.r, "", added, file)
	return &page{written: true}, nil
}
