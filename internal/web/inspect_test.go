package web

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/draw"
	"thuoc/internal/gazetteer"
	"thuoc/internal/inspect"
	"thuoc/internal/place"
)

func init() { // what the matrix walks of inspections
	near := func(at func(x *inspected) string) func(*matrix, *route, bool) string {
		return func(m *matrix, _ *route, own bool) string { return at(pick(own, &m.inspected, &m.farInspected)) }
	}
	about["inspection"] = near(func(x *inspected) string { return x.id })
	about["member"] = func(*matrix, *route, bool) string { return made("member") }
	about["visit"] = near(func(x *inspected) string { return x.visit })
	about["photo"] = near(func(x *inspected) string { return x.photo })
	about["finding"] = near(func(x *inspected) string { return x.finding })
	about["shown"] = near(func(x *inspected) string { return x.shown })
	about["draw"] = func(m *matrix, _ *route, _ bool) string { return m.inspected.draw }
	for _, name := range []string{"inspection", "visit", "visit-photo", "finding", "finding-file"} {
		expects[name] = placed(account.ReadInspections)
	}
	for _, name := range []string{"inspection-edit", "inspection-open", "inspection-cancel", "inspection-join", "inspection-leave", "inspection-unit", "inspection-themes"} {
		expects[name] = mine(account.PlanInspection)
	}
	expects["inspection-conclude"] = mine(account.ConcludeInspection)
	expects["draw-prepare"] = mine(account.PrepareDraw)
	expects["finding-again"], expects["finding-verify"] = mine(account.PlanInspection), mine(account.VerifyFinding)
	for _, name := range []string{"draw-seal", "draw-number", "draw-take", "draw-drop"} {
		expects[name] = mine(account.SealDraw)
	}
	// nobody of the matrix is in a team, the inspection is planned and not drawn, and only the unit remedies its finding
	for _, name := range []string{"draw", "draw-announce", "visit-begin", "visit-send", "visit-record", "finding-add"} {
		expects[name] = func(account.Role, bool) cell { return hidden }
	}
	expects["finding-remedy"] = func(role account.Role, own bool) cell {
		if own && (role == account.CommuneChair || role == account.CommuneOfficial) {
			return let
		}
		return hidden
	}
}

// placed expects that whoever holds a role over a place reads what lies in it, and that everybody else is let in by what is
// their own, of which there is nothing here.
func placed(do account.Action) func(account.Role, bool) cell {
	return func(role account.Role, own bool) cell {
		agency := role == account.LeadHead || role == account.LeadDrafter || role == account.Coordinator || role == account.ServiceUnit
		if own && !agency && slices.Contains(do.Holders(), role) {
			return let
		}
		return hidden
	}
}

// inspected is an inspection with what there is of it.
type inspected struct{ id, visit, photo, finding, shown, draw string }

// inspectPlace holds an inspection of a place, by a team that asks, finds, and records.
func (m *matrix) inspectPlace(where, ward, title, member string) (x inspected) {
	ctx, as, store := m.t.Context(), account.Program("operator", m.today()), m.app.Inspections
	id, err := store.Create(ctx, as, inspect.Inspection{Kind: inspect.Planned, Place: where, Title: title, Decision: "1/QĐ", Decided: m.today(), Signer: "Chủ tịch", Since: m.today(), Until: m.today().Add(30)})
	must(m.t, err)
	list, err := store.Write(ctx, as, inspect.Checklist{Place: where, Theme: "Một cửa", Since: m.today(), Items: []inspect.Item{{Sort: inspect.YesNo, Text: "Có niêm yết?"}, {Sort: inspect.Photo, Text: "Ảnh"}}})
	must(m.t, err)
	must(m.t, store.Choose(ctx, as, id, []string{list}))
	must(m.t, store.Join(ctx, as, inspect.Member{Inspection: id, User: member, Post: "Trưởng đoàn", Chief: true}))
	must(m.t, store.AddUnit(ctx, as, id, inspect.Unit{Place: ward}, m.today()))
	must(m.t, store.Open(ctx, as, id))
	x.id = id
	x.visit, err = store.Begin(ctx, as, id, inspect.Unit{Place: ward})
	must(m.t, err)
	ref, err := m.app.Blobs.Put(ctx, strings.NewReader("jpeg "+title))
	must(m.t, err)
	must(m.t, store.Send(ctx, as, inspect.Sheet{Visit: x.visit, Key: "k", Answers: []inspect.Answer{{Item: list + ":2", File: ref.SHA256, Size: ref.Size}}}))
	v, err := store.GetVisit(ctx, as, x.visit)
	must(m.t, err)
	x.photo = v.Answers[1].Photos[0].ID
	x.finding, err = store.AddFinding(ctx, as, inspect.Finding{Visit: x.visit, Words: title, Remedy: "Niêm yết", Due: clock.MustDate("2025-07-31")})
	must(m.t, err)
	must(m.t, store.Take(ctx, as, inspect.Move{Finding: x.finding, Rev: 1, Step: inspect.Remedy, Note: "Đã làm", Proofs: inspect.Proofs{File: ref.SHA256, Mime: "image/jpeg", Size: ref.Size}}))
	must(m.t, store.Take(ctx, account.Program("checker", m.today()), inspect.Move{Finding: x.finding, Rev: 2, Step: inspect.Fail, Note: "Chưa đủ"}))
	f, err := store.GetFinding(ctx, as, x.finding)
	must(m.t, err)
	x.shown = f.Events[1].ID
	return x
}

func (m *matrix) inspect() {
	chief := m.user("doan@tinh.gov.vn", "Người Của Đoàn", account.Grant{Role: account.Analyst, Place: made("province")}, account.Grant{Role: account.Analyst, Place: made("another")})
	m.inspected, m.farInspected = m.inspectPlace(made("province"), made("ward"), "Kiểm tra ở gần", chief), m.inspectPlace(made("another"), made("far ward"), "Người Ở Xa", chief)
	m.inspected.draw = made("no draw")
}

// surprise is a house over an invented province with a surprise inspection, drawn, and people of every role.
type surprise struct {
	*house
	id     string
	drawn  []inspect.Drawn
	others []string // communes that were not drawn
	names  map[string]string
}

const inventedHome = "98"

func newSurprise(t *testing.T) *surprise {
	t.Helper()
	s := &surprise{house: one(t), names: map[string]string{}}
	ctx, as := t.Context(), account.Program("operator", s.today())
	in := place.Invention{Code: inventedHome, Name: "Mẫu", Since: clock.MustDate("2025-01-01"), Law: "1"}
	for n, name := range []string{"Quýt Vàng", "Cau Xanh", "Bưởi Hồng", "Mận Tím", "Lê Trắng", "Đào Phai", "Sen Cạn", "Trúc Đào"} {
		code := inventedHome + string([]byte{'0', '0', byte('1' + n)})
		in.Parts = append(in.Parts, place.InventedPart{Code: code, Name: name, Type: gazetteer.Commune})
		s.names[code] = name
	}
	places := place.New(place.Options{DB: s.db, Log: logOf(t), Invents: true})
	_, err := places.Invent(ctx, as, in)
	must(t, err)
	s.app.Places = places
	s.app.Home = func(ctx context.Context) (place.Version, error) { return places.ByID(ctx, inventedHome, s.today()) }
	for login, g := range map[string]account.Grant{"chu@t.vn": {Role: account.PlanOwner, Place: inventedHome}, "phochu@t.vn": {Role: account.ProvincialChair, Place: inventedHome},
		"truong@t.vn": {Role: account.Inspector, Place: inventedHome}, "mattran@t.vn": {Role: account.FrontMonitor, Place: inventedHome},
		"phantich@t.vn": {Role: account.Analyst, Place: inventedHome}, "xa@t.vn": {Role: account.CommuneChair, Place: inventedHome + "001"}} {
		s.user(login, "Người "+login[:3], g)
	}
	return s
}

// drawIt goes all the way by the pages, as officials do: one prepares, another seals, one enters the number, another draws.
func (s *surprise) drawIt() {
	t := s.t
	t.Helper()
	owner, chair := s.person("chu@t.vn"), s.person("phochu@t.vn")
	_, err := s.app.Inspections.Write(t.Context(), account.Program("operator", s.today()), inspect.Checklist{Place: inventedHome, Theme: "Một cửa", Since: s.today(),
		Items: []inspect.Item{{Sort: inspect.YesNo, Text: "Có niêm yết?"}, {Sort: inspect.Number, Text: "Số hồ sơ trễ"}, {Sort: inspect.Photo, Text: "Ảnh bảng"}}})
	must(t, err)
	a := owner.post("/app/kiem-tra/moi", owner.form("/app/kiem-tra/moi", url.Values{"kind": {"surprise"}, "title": {"Kiểm tra đột xuất bộ phận một cửa"},
		"decision": {"41/QĐ-UBND"}, "decided": {s.today().String()}, "signer": {"Chủ tịch UBND tỉnh"}}))
	at, ok := a.to, a.status == http.StatusSeeOther
	if !ok {
		t.Fatalf("the inspection is not prepared: %d %s", a.status, a.text())
	}
	s.id = at[strings.LastIndex(at, "/")+1:]
	send := func(p *person, path string, values url.Values) {
		t.Helper()
		if a := p.post(at+path, p.form(at+path, values)); a.status != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", path, a.status, a.text())
		}
	}
	themes := owner.get(at + "/chuyen-de").page(t).All("input[name=themes]")
	list, _ := attr(themes[0], "value")
	send(owner, "/chuyen-de", url.Values{"themes": {list}})
	send(owner, "/doan", url.Values{"who": {"Người tru"}, "post": {"Trưởng đoàn"}, "chief": {"1"}})
	send(owner, "/boc-tham/danh-sach", url.Values{"size": {"3"}, "day": {s.today().Add(1).String()}})
	if a := chair.press(at+"/boc-tham", "/niem-phong"); a.status != http.StatusSeeOther {
		t.Fatalf("not sealed: %d", a.status)
	}
	s.clock.Advance(24 * time.Hour)
	owner, chair = s.person("chu@t.vn"), s.person("phochu@t.vn")
	send(owner, "/boc-tham/con-so", url.Values{"number": {"04719"}})
	send(chair, "/boc-tham/rut", url.Values{"number": {"04.719"}})
	s.drawn, err = s.app.Inspections.DrawnUnits(t.Context(), s.actorOf("truong@t.vn"), s.id)
	must(t, err)
	for code := range s.names {
		if !slices.ContainsFunc(s.drawn, func(d inspect.Drawn) bool { return d.Place == code }) {
			s.others = append(s.others, code)
		}
	}
}

func logOf(t *testing.T) *audit.Log {
	t.Helper()
	log, err := audit.New(key)
	must(t, err)
	return log
}

func (h *house) actorOf(login string) account.Actor {
	h.t.Helper()
	_, actor, err := h.app.Accounts.SignIn(h.t.Context(), account.Credentials{Login: login, Password: secret})
	must(h.t, err)
	return actor
}

// Until it is announced no page and no file tells whom the lot fell on: whatever the program answers to anybody but the
// team, pages, workbooks, documents, the log and its search among it, says as much of a unit that was drawn as of one that
// was not; and so does every table of the database, after reminders went out.
func TestNobodyIsToldWhatWasDrawn(t *testing.T) {
	s := newSurprise(t)
	s.drawIt()
	_, err := s.app.Follow.Remind(t.Context(), s.today())
	must(t, err)
	pages := s.everyAddress()
	for _, login := range []string{"chu@t.vn", "phochu@t.vn", "mattran@t.vn", "phantich@t.vn", "xa@t.vn", "quantri@tinh.gov.vn", ""} {
		p, answered := s.nobody(), 0
		if login != "" {
			p = s.person(login)
		}
		for _, path := range pages {
			a := p.get(path)
			if a.status == http.StatusOK {
				answered++
			}
			s.tellsNothing(opened(t, a), login+" on "+path)
		}
		if least := map[string]int{"": 5, "xa@t.vn": 20}[login]; answered < cmp.Or(least, 30) {
			t.Errorf("%q was answered only %d of %d addresses", login, answered, len(pages))
		}
	}
	must(t, s.db.View(t.Context(), func(q *db.Q) error {
		tables, err := db.All[string](t.Context(), q, "SELECT name FROM sqlite_master WHERE type = 'table'")
		must(t, err)
		for _, table := range tables {
			columns, err := db.All[string](t.Context(), q, "SELECT name FROM pragma_table_info('"+table+"')")
			must(t, err)
			rows, err := db.All[string](t.Context(), q, `SELECT CAST(coalesce("`+strings.Join(columns, `", '') || ' ' || coalesce("`)+`", '') AS TEXT) FROM `+table)
			must(t, err)
			s.tellsNothing(strings.Join(rows, "\n"), "table "+table)
		}
		return nil
	}))
	text := s.person("truong@t.vn").get("/app/kiem-tra/" + s.id).text()
	for _, d := range s.drawn {
		if !strings.Contains(text, s.names[d.Place]) {
			t.Errorf("the team is not told of %s", d.Name)
		}
	}
	if len(s.errs) > 0 {
		t.Error(s.errs)
	}
}

// everyAddress is every address that can be read with what there is: the inspection, its draw, each commune, some words to
// be searched.
func (s *surprise) everyAddress() (all []string) {
	known := map[string][]string{"inspection": {s.id}, "draw": {s.drawID(s.t)}, "about": {s.id}, "sort": {"inspection-decision", "inspection-conclusion"}, "place": {inventedHome}}
	for code := range s.names {
		known["place"] = append(known["place"], code)
	}
	for _, r := range table {
		if r.method != http.MethodGet || r.name == "sign-out" {
			continue
		}
		paths := []string{"/app/" + r.vi}
		for name, values := range known {
			var filled []string
			for _, path := range paths {
				for _, value := range values {
					if at := strings.Replace(path, "{"+name+"}", value, 1); !slices.Contains(filled, at) {
						filled = append(filled, at)
					}
				}
			}
			paths = filled
		}
		for _, path := range paths {
			if !strings.Contains(path, "{") {
				all = append(all, path)
			}
		}
	}
	return append(all, "/app/dia-danh?q=xa", "/app/nhat-ky?q=inspection", "/app/nhat-ky?q="+s.id, "/app/kiem-tra?tt=open")
}

// opened gives what an answer says, of archives as workbooks and documents are everything in them.
func opened(t *testing.T, a answer) string {
	t.Helper()
	if !bytes.HasPrefix(a.body, []byte("PK")) {
		return a.text()
	}
	z, err := zip.NewReader(bytes.NewReader(a.body), int64(len(a.body)))
	must(t, err)
	var all strings.Builder
	for _, f := range z.File {
		r, err := f.Open()
		must(t, err)
		_, err = io.Copy(&all, r)
		must(t, err)
		must(t, r.Close())
	}
	return all.String()
}

// tellsNothing fails where a text speaks more of one commune than of another. A page of one commune is compared without it;
// the commune that somebody has a role in is left out, for it stands in lists of people.
func (s *surprise) tellsNothing(text, where string) {
	s.t.Helper()
	counts := map[int][]string{}
	for code, name := range s.names {
		if strings.Contains(where, code) || code == inventedHome+"001" {
			continue
		}
		n := strings.Count(text, name) + strings.Count(text, code)
		counts[n] = append(counts[n], name)
	}
	if len(counts) > 1 {
		s.t.Errorf("%s speaks of communes so often: %v", where, counts)
	}
}

func (s *surprise) drawID(t *testing.T) string {
	t.Helper()
	all, err := s.app.Inspections.Sealings(t.Context(), "")
	must(t, err)
	return all[0].ID
}

// Announced, the proof is everybody's, without signing in: the file holds against the commitment of before.
func TestTheProofIsEverybodys(t *testing.T) {
	s := newSurprise(t)
	s.drawIt()
	before := s.nobody().get("/app/boc-tham").text()
	chief := s.person("truong@t.vn")
	if a := chief.press("/app/kiem-tra/"+s.id+"/boc-tham", "/cong-bo"); a.status != http.StatusSeeOther {
		t.Fatalf("not announced: %d %s", a.status, a.text())
	}
	at := "/app/boc-tham/" + s.drawID(t)
	file := s.nobody().get(at + "/tep")
	p, err := draw.Parse("f", file.body)
	must(t, err)
	if !strings.Contains(before, p.Commitment) || !draw.Holds(p.Verify(p.Commitment)) || len(p.Drawn) != 3 {
		t.Error("the file does not hold against the commitment that was public before")
	}
	page := s.nobody().get(at)
	for _, d := range s.drawn {
		if !strings.Contains(page.text(), d.Name) {
			t.Errorf("the public page does not name %s", d.Name)
		}
	}
}

// A visit by the pages: begun, answered by the form and again by the queue, a finding, the record, the remedy with a photo,
// the verification by another.
func TestAVisitByThePages(t *testing.T) {
	s := newSurprise(t)
	s.drawIt()
	chief, at := s.person("truong@t.vn"), "/app/kiem-tra/"+s.id
	a := chief.press(at, "/bat-dau")
	if a.status != http.StatusSeeOther {
		t.Fatalf("not begun: %d %s", a.status, a.text())
	}
	visit := a.to
	sheet := chief.filled(chief.get(visit), "form.send", nil)
	for name := range sheet {
		if strings.HasSuffix(name, ":2") {
			sheet.Set(name, "1250")
		}
		if strings.HasSuffix(name, ":1") {
			sheet.Set(name, "no")
		}
	}
	sheet.Set("note", "Bảng niêm yết bị che")
	photo := []part{{"photo", "anh.jpg", jpegOf(t, picture(40, 30))}}
	if a := chief.sendFiles(visit+"/gui", sheet, photo...); a.status != http.StatusSeeOther {
		t.Fatalf("not sent: %d %s", a.status, a.text())
	}
	for range 2 { // the queue of a telephone, which has heard no answer
		r, err := http.NewRequestWithContext(t.Context(), "POST", s.site.URL+visit+"/gui", strings.NewReader(sheet.Encode()))
		must(t, err)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("Accept", "application/json")
		var said sendAnswer
		must(t, json.Unmarshal(chief.do(r).body, &said))
		if said.State != isSent {
			t.Errorf("the queue is told %+v", said)
		}
	}
	// What the form shows, sent again, is what was answered: 1250, and never 1,25.
	if a := chief.sendFiles(visit+"/gui", chief.filled(chief.get(visit), "form.send", url.Values{"note": {"Gửi lại"}})); a.status != http.StatusSeeOther {
		t.Fatalf("not sent again: %d %s", a.status, a.text())
	}
	page := chief.get(visit)
	if n := strings.Count(page.text(), "Bảng niêm yết bị che"); n != 1 || !strings.Contains(page.text(), `value="1250"`) || !strings.Contains(page.text(), "/app/anh-kiem-tra/") {
		t.Errorf("the answers stand %d times: %s", n, page.text())
	}
	entry := func(p *person, path string, values url.Values) answer {
		t.Helper()
		a := p.post(path, p.form(path, values))
		if a.status != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", path, a.status, a.text())
		}
		return a
	}
	entry(chief, visit+"/ton-tai", url.Values{"words": {"Không niêm yết thủ tục"}, "remedy": {"Niêm yết đủ thủ tục"}})
	entry(chief, visit+"/bien-ban", url.Values{"present": {"Bà Đào"}, "words": {"Đã kiểm tra."}, "signer": {"Trưởng đoàn"}})
	found, err := s.app.Inspections.Findings(t.Context(), account.Program("operator", s.today()), inspect.Filter{})
	must(t, err)
	unit := found[0].Place
	s.user("donvi@t.vn", "Người Đơn Vị", account.Grant{Role: account.CommuneChair, Place: unit})
	owner, own := s.person("donvi@t.vn"), "/app/ton-tai/"+found[0].ID
	sent := owner.form(own+"/khac-phuc", url.Values{"note": {"Đã niêm yết"}})
	if a := owner.sendFiles(own+"/khac-phuc", sent); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a remedy that nothing shows is taken: %d", a.status)
	}
	if a := owner.sendFiles(own+"/khac-phuc", owner.form(own+"/khac-phuc", url.Values{"note": {"Đã niêm yết"}}), photo...); a.status != http.StatusSeeOther {
		t.Fatalf("the remedy is not taken: %d %s", a.status, a.text())
	}
	if a := owner.get(own + "/xac-minh"); a.status != http.StatusForbidden {
		t.Errorf("the owner may verify: %d", a.status)
	}
	entry(s.person("chu@t.vn"), own+"/xac-minh", url.Values{"verdict": {"close"}})
	if a := owner.get(own); !strings.Contains(a.text(), "đã xác minh và đóng") {
		t.Errorf("the finding is not closed: %s", a.text())
	}
	for sort, about := range map[string]string{"inspection-decision": s.id, "inspection-record": strings.TrimPrefix(visit, "/app/luot-kiem-tra/"), "inspection-conclusion": s.id} {
		if file := s.person("chu@t.vn").get("/app/van-ban/" + sort + "/" + about + "/tai-ve"); !bytes.HasPrefix(file.body, []byte("PK")) {
			t.Errorf("%s does not come as a document: %d %s", sort, file.status, file.text())
		}
	}
	if book := s.person("chu@t.vn").get("/app/kiem-tra/tai-xuong"); !bytes.HasPrefix(book.body, []byte("PK")) {
		t.Error("the list does not come as a workbook")
	}
	if len(s.errs) > 0 {
		t.Error(s.errs)
	}
}

// The first load of the screens stays within the budget of a page.
func TestInspectionPagesAreLight(t *testing.T) {
	h := one(t)
	for _, path := range []string{"/app/kiem-tra", "/app/boc-tham"} {
		if n := h.weigh(path); n > 75<<10 {
			t.Errorf("%s weighs %d bytes", path, n)
		}
	}
}
