package web

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/task"
)

// mine expects that a role does something to a task of its own place or agency, and is told nothing of another's.
func mine(do account.Action) func(role account.Role, own bool) cell {
	return func(role account.Role, own bool) cell {
		if !(account.Actor{User: "x", Grants: []account.Grant{{Role: role}}}).MayAnywhere(do) {
			return barred
		}
		if own {
			return let
		}
		return hidden
	}
}

func init() { // what the matrix walks of tasks
	about["view"] = func(*matrix, *route, bool) string { return made("view") }
	about["task"] = func(m *matrix, _ *route, own bool) string { return pick(own, m.task, m.farTask) }
	about["request"] = func(m *matrix, _ *route, own bool) string { return pick(own, m.request, m.farRequest) }
	about["evidence"] = func(m *matrix, _ *route, own bool) string { return pick(own, m.evidence, m.farEvidence) }
	for name, do := range map[string]account.Action{"task": account.ReadTasks, "task-edit": account.GiveTask, "task-send": account.DoTask,
		"task-start": account.DoTask, "task-confirm": account.JudgeTask, "task-return": account.JudgeTask, "task-show": account.DoTask,
		"task-ask": account.DoTask, "task-decide": account.GiveTask, "evidence": account.ReadTasks, "evidence-judge": account.JudgeTask} {
		expects[name] = mine(do)
	}
	many := mine(account.ReadTasks)
	expects["task-many"] = func(role account.Role, _ bool) cell { return many(role, true) } // nothing is chosen
	expects["task-view-drop"] = func(account.Role, bool) cell { return hidden }             // there is none
}

// giveTasks gives one task where the matrix' people are and one elsewhere, each with evidence and a request.
func (m *matrix) giveTasks() {
	for _, x := range []struct {
		place, agency, title    string
		task, evidence, request *string
	}{
		{made("province"), made("agency"), "Việc ở gần", &m.task, &m.evidence, &m.request},
		{made("another"), made("far agency"), "Người Ở Xa", &m.farTask, &m.farEvidence, &m.farRequest},
	} {
		*x.task = m.giveTask(task.Task{Place: x.place, Agency: x.agency, Title: x.title})
		ctx, as := m.t.Context(), account.Program("operator", m.today())
		ref, err := m.app.Blobs.Put(ctx, strings.NewReader("%PDF-1.7 "+x.title))
		must(m.t, err)
		must(m.t, m.app.Tasks.Show(ctx, as, task.Evidence{Task: *x.task, Key: "k", Sort: task.File, File: ref.SHA256, Mime: "application/pdf", Size: ref.Size}))
		must(m.t, m.app.Tasks.Request(ctx, as, task.Request{Task: *x.task, Ask: task.Extend, Due: clock.MustDate("2027-01-01"), Reason: "lũ"}))
		p, err := m.app.Tasks.Get(ctx, as, *x.task)
		must(m.t, err)
		*x.evidence, *x.request = p.Evidence[0].ID, p.Requests[0].ID
	}
}

func (h *house) giveTask(t task.Task) string {
	h.t.Helper()
	tasks := []task.Task{t}
	must(h.t, h.app.Tasks.Add(h.t.Context(), account.Program("operator", h.today()), "", tasks))
	return tasks[0].ID
}

// within puts the commune into the province, for rights.
func (h *house) within() {
	h.t.Helper()
	must(h.t, h.db.Update(h.t.Context(), func(q *db.Q) error {
		return account.PutWithin(h.t.Context(), q, made("commune"), made("province"), clock.MustDate("2025-01-01"), clock.Date{})
	}))
}

// part is a file of a form.
type part struct {
	name, file string
	bytes      []byte
}

// sendFiles posts a form with files.
func (p *person) sendFiles(path string, values url.Values, files ...part) answer {
	p.h.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, list := range values {
		for _, s := range list {
			must(p.h.t, w.WriteField(name, s))
		}
	}
	for _, f := range files {
		to, err := w.CreateFormFile(f.name, f.file)
		must(p.h.t, err)
		_, err = to.Write(f.bytes)
		must(p.h.t, err)
	}
	must(p.h.t, w.Close())
	r, err := http.NewRequestWithContext(p.h.t.Context(), "POST", p.h.site.URL+path, &body)
	must(p.h.t, err)
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return p.do(r)
}

func picture(w, h int) image.Image {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		m.Pix[i] = byte(i * 7)
	}
	m.Set(0, 0, color.White)
	return m
}

func jpegOf(t *testing.T, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, jpeg.Encode(&b, m, nil))
	return b.Bytes()
}

// A task goes its whole way by the pages alone, without a script.
func TestATasksWay(t *testing.T) {
	h := one(t)
	h.within()
	h.user("xa@tinh.gov.vn", "Lê Thị Đào", account.Grant{Role: account.CommuneOfficial, Place: made("commune")})
	h.user("so@tinh.gov.vn", "Nguyễn Thị Hoa", account.Grant{Role: account.PlanOwner, Place: made("province")})
	h.user("khac@tinh.gov.vn", "Người Ngoài", account.Grant{Role: account.PlanOwner, Place: made("another")})
	id := h.giveTask(task.Task{Place: made("commune"), Title: "Niêm yết danh sách hộ nghèo", Measure: task.Count, Goal: new(12.0), Due: clock.MustDate("2025-07-05")})
	dao, hoa, other := h.person("xa@tinh.gov.vn"), h.person("so@tinh.gov.vn"), h.person("khac@tinh.gov.vn")
	at := "/app/nhiem-vu/" + id
	send := dao.filled(dao.get(at), "form.send", url.Values{"done": {"7"}, "note": {"Đã niêm yết ở bảy thôn"}, "consent": nil})
	shot := part{"photo", "bang.jpg", jpegOf(t, picture(40, 30))}
	for range 3 { // pressed three times
		if a := dao.sendFiles(at+"/tien-do", send, shot); a.status != http.StatusSeeOther {
			t.Fatalf("sending progress is answered by %d %s", a.status, a.text())
		}
	}
	p := h.taskNow(id)
	if len(p.Evidence) != 1 || len(p.Events) != 1 || *p.Done != 7 || p.State != task.Doing {
		t.Fatalf("after three sendings of one form: %+v", p)
	}
	file := "/app/minh-chung/" + p.Evidence[0].ID
	got := hoa.get(file)
	if _, err := jpeg.Decode(bytes.NewReader(got.body)); err != nil || got.head.Get("X-Content-Type-Options") != "nosniff" ||
		!strings.Contains(got.head.Get("Content-Security-Policy"), "sandbox") || !strings.HasPrefix(got.head.Get("Content-Disposition"), "attachment") {
		t.Errorf("the photo is served with %v, %v", got.head, err)
	}
	if a := other.get(file); a.status != http.StatusForbidden {
		t.Errorf("another province reads the photo: %d", a.status)
	}
	for name, bad := range map[string]part{
		"chương trình": {"file", "a.pdf", []byte("MZ\x90\x00")}, "SVG": {"file", "a.svg", []byte(`<svg onload="alert(1)">`)},
		"Trang web": {"file", "a.pdf", []byte("<!doctype html><script>alert(1)</script>")}, "hỏng": {"photo", "a.jpg", []byte("\xff\xd8\xff\xe0 no picture")},
	} {
		a := dao.sendFiles(at+"/minh-chung", dao.form(at+"/minh-chung", nil), bad)
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.text(), name) {
			t.Errorf("%s: %d, %s", name, a.status, textOf(a.page(t).All("main")[0]))
		}
	}
	dao.sendFiles(at+"/tien-do", dao.filled(dao.get(at), "form.send", url.Values{"done": {"12"}, "submit": {"1"}}))
	if a := hoa.press(at, "/xac-nhan"); a.status != http.StatusConflict {
		t.Errorf("confirming without judged evidence is answered by %d", a.status)
	}
	judge := file + "/danh-gia"
	if a := dao.get(judge); a.status != http.StatusForbidden {
		t.Errorf("judging one's own work is answered by %d", a.status)
	}
	if a := hoa.post(judge, hoa.form(judge, url.Values{"verdict": {"insufficient"}, "reason": {""}})); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a verdict without its reason is answered by %d", a.status)
	}
	if a := hoa.post(judge, hoa.form(judge, url.Values{"verdict": {"sufficient"}, "reason": {""}})); a.status != http.StatusSeeOther {
		t.Errorf("a verdict is answered by %d %s", a.status, a.text())
	}
	if a := hoa.press(at, "/xac-nhan"); a.status != http.StatusSeeOther || h.taskNow(id).State != task.Confirmed {
		t.Errorf("confirming is answered by %d; the task is %s", a.status, h.taskNow(id).State)
	}
	if a := dao.sendFiles(at+"/tien-do", send, shot); a.status != http.StatusSeeOther { // late from a telephone, again
		t.Errorf("what had arrived is answered by %d", a.status)
	}
	if len(h.errs) > 0 {
		t.Error(h.errs)
	}
}

func (h *house) taskNow(id string) task.Page {
	h.t.Helper()
	p, err := h.app.Tasks.Get(h.t.Context(), account.Program("operator", h.today()), id)
	must(h.t, err)
	return p
}

// Pages of tasks, with many and with none, in both languages; steps with many at once.
func TestTaskPages(t *testing.T) {
	h := one(t)
	h.within()
	h.user("so@tinh.gov.vn", "Nguyễn Thị Hoa", account.Grant{Role: account.PlanOwner, Place: made("province")}, account.Grant{Role: account.CommuneOfficial, Place: made("commune")})
	hoa := h.person("so@tinh.gov.vn")
	var ids []string
	for _, many := range []bool{false, true} {
		if many {
			for i := range 60 {
				x := task.Task{Place: made("commune"), Title: "Đối thoại với dân", Code: "1.3; 4.1", Block: "Truyền thông", Effect: new(0.02), Cost: new(12.5)}
				if i%4 > 0 {
					x.Due = clock.MustDate("2025-06-25").Add(i % 30)
				}
				ids = append(ids, h.giveTask(x))
			}
		}
		for _, root := range []string{"/app/nhiem-vu", "/en/app/tasks"} {
			for _, path := range []string{"", "?q=doi+thoai", "?tt=waiting&tre=1&dv=khong+ai", "?han=2025-07-01", map[string]string{"/app/nhiem-vu": "/bang"}[root] + "?theo=block", map[string]string{"/app/nhiem-vu": "/bang", "/en/app/tasks": "/board"}[root],
				map[string]string{"/app/nhiem-vu": "/lich", "/en/app/tasks": "/calendar"}[root], map[string]string{"/app/nhiem-vu": "/giao", "/en/app/tasks": "/give"}[root]} {
				a := hoa.get(root + path)
				if a.status != http.StatusOK || len(a.page(t).All("h1")) != 1 {
					t.Errorf("%s%s is answered by %d %s", root, path, a.status, a.text())
				}
			}
		}
	}
	first := hoa.get("/app/nhiem-vu").page(t)
	next, _ := attr(first.All(".pager a")[0], "href")
	if n := len(first.All(".tk")) + len(hoa.get(next).page(t).All(".tk")); n != 60 {
		t.Errorf("two pages show %d tasks", n)
	}
	many := "/app/nhiem-vu/hang-loat?buoc=start&nv=" + strings.Join(ids[:3], "&nv=")
	if err := hoa.get(many).page(t).Has("main h1", "3"); err != nil {
		t.Error(err)
	}
	late := hoa.form(many, nil)
	if a := hoa.post(many, hoa.form(many, nil)); a.status != http.StatusSeeOther || h.taskNow(ids[2]).State != task.Doing {
		t.Errorf("starting many is answered by %d %s", a.status, a.text())
	}
	if a := hoa.get(many); a.page(t).Has("main h1", "không có nhiệm vụ nào") != nil || a.page(t).Has("main .sec h2", "Giữ nguyên") != nil {
		t.Errorf("tasks that cannot be started again are offered: %s", a.text())
	}
	if a := hoa.post(many, late); a.status != http.StatusConflict && a.status != http.StatusUnprocessableEntity {
		t.Errorf("starting them again is answered by %d", a.status)
	}
	give := "/app/nhiem-vu/giao"
	if a := hoa.post(give, hoa.form(give, url.Values{"title": {""}, "effect": {"nhiều"}, "due": {"mai"}})); a.status != http.StatusUnprocessableEntity || len(a.page(t).All(".note.bad li")) < 3 {
		t.Errorf("a task with three faults is answered by %d %s", a.status, a.text())
	}
	edit := "/app/nhiem-vu/" + ids[10] + "/sua"
	if a := hoa.get(edit); a.status != http.StatusOK {
		t.Errorf("changing is answered by %d", a.status)
	}
	ask := "/app/nhiem-vu/" + ids[11] + "/de-nghi"
	if a := hoa.post(ask, hoa.form(ask, url.Values{"ask": {"extend"}, "due": {"2025-12-01"}, "reason": {"Mưa lũ"}})); a.status != http.StatusSeeOther {
		t.Errorf("asking is answered by %d %s", a.status, a.text())
	}
	h.user("chu@tinh.gov.vn", "Chủ Kế Hoạch", account.Grant{Role: account.PlanOwner, Place: made("province")})
	if err := h.person("chu@tinh.gov.vn").get("/app/viec-cua-toi").page(t).Has("main .list", "Mưa lũ"); err != nil {
		t.Error(err) // what others ask waits for a decision; one's own question does not
	}
	if work := hoa.get("/app/viec-cua-toi").page(t); len(work.All(".tk")) != mostWork || work.Has("main .list", "Mưa lũ") == nil {
		t.Errorf("the work page shows %d tasks to do", len(work.All(".tk")))
	}
	keep := hoa.get("/app/nhiem-vu?khoi=Truy%E1%BB%81n+th%C3%B4ng").page(t).All(".views form.row input")
	values := url.Values{"name": {"Của tôi"}}
	for _, in := range keep {
		name, _ := attr(in, "name")
		if value, ok := attr(in, "value"); ok {
			values.Set(name, value)
		}
	}
	if a := hoa.post("/app/cach-xem-nhiem-vu", values); a.status != http.StatusSeeOther || hoa.get(a.to).page(t).Has(".view a[aria-current]", "Của tôi") != nil {
		t.Errorf("keeping a view is answered by %d %s", a.status, a.to)
	}
	if len(h.errs) > 0 {
		t.Error(h.errs)
	}
}
