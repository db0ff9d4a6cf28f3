package web

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/plan"
	"thuoc/internal/reference"
	"thuoc/internal/sheet"
	"thuoc/internal/task"
)

// planners is a house before the merger, with somebody who writes the plans of all provinces.
func planners(t *testing.T) (*house, *person) {
	t.Helper()
	h := inCountry(t, "2025-06-02T02:00:00Z")
	provinces, err := h.app.Places.Children(t.Context(), "", h.today())
	must(t, err)
	var grants []account.Grant
	for _, p := range provinces {
		grants = append(grants, account.Grant{Role: account.PlanOwner, Place: p.Place})
	}
	h.user("noivu@bo.gov.vn", "Nguyễn Thị Hoa", grants...)
	return h, h.person("noivu@bo.gov.vn")
}

// planOf begins a plan and gives its id.
func (h *house) planOf(code string, year int) string {
	h.t.Helper()
	id, err := h.app.Plans.Create(h.t.Context(), account.Program("operator", h.today()),
		plan.Plan{Head: plan.Head{Place: h.placeID(code, fmt.Sprintf("%d-01-01", year)), Kind: plan.Scheme, Title: "Kế hoạch PAPI", Year: year, Until: year}})
	must(h.t, err)
	return id
}

func realFile(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(reference.Path(t, "data/"+name))
	must(t, err)
	return content
}

// takeIn sends a file and takes in what was looked through; it gives the page it leads to.
func (p *person) takeIn(t *testing.T, at string, values url.Values, name string, content []byte) answer {
	t.Helper()
	sent := p.upload(at, values, name, content)
	if sent.status != http.StatusSeeOther {
		t.Fatalf("%s is answered by %d: %s", name, sent.status, sent.text())
	}
	took := p.press(sent.to, "/nhap")
	if took.status != http.StatusSeeOther {
		t.Fatalf("%s: taking in is answered by %d: %s", name, took.status, took.text())
	}
	return p.get(took.to)
}

// The real tables of targets load through the page as they are, and again they would change nothing.
func TestRealTargetsAreTakenIn(t *testing.T) {
	h, owner := planners(t)
	for _, c := range []struct{ file, place, seen string }{
		{"plan_dongthap_2022.csv", "87", "44,13"}, {"plan_dongthap_2024.csv", "87", "42,41"}, {"plan_langson_2024.csv", "20", "D8"}, {"plan_targets_other.csv", "", "179/KH-UBND"},
	} {
		values := url.Values{"place": {""}, "title": {""}}
		if c.place != "" {
			values = url.Values{"place": {h.placeID(c.place, "2022-01-01")}, "title": {"Kế hoạch PAPI " + c.file}}
		}
		a := owner.takeIn(t, "/app/nhap-ke-hoach", values, c.file, realFile(t, c.file))
		if err := a.page(t).Has("main", c.seen); err != nil {
			t.Errorf("%s: %v", c.file, err)
		}
		again := owner.upload("/app/nhap-ke-hoach", values, c.file, realFile(t, c.file))
		if n := len(owner.get(again.to).page(t).All(`form.act[action$="/nhap"]`)); n != 0 {
			t.Errorf("%s would change something again", c.file)
		}
	}
	own := owner.get("/app/ke-hoach").page(t)
	if n := len(own.All("tbody tr")); n != 14 {
		t.Errorf("%d plans are listed, want 3 and the 11 of the list", n)
	}
	if len(h.errs) > 0 {
		t.Error(h.errs)
	}
}

// A real plan's page holds its numbers against the PAPI that was published, and says of every target that it can what it
// is worth by chance alone: of Hà Nội's five ranks, about half.
func TestRealPlansSayWhatTheyAreWorth(t *testing.T) {
	h, owner := planners(t)
	for _, file := range []string{"plan_dongthap_2022.csv", "plan_dongthap_2024.csv"} {
		a := owner.takeIn(t, "/app/nhap-ke-hoach", url.Values{"place": {h.placeID("87", "2022-01-01")}, "title": {file}}, file, realFile(t, file))
		if err := a.page(t).Has("main", "Đối chiếu với: điểm PAPI năm"); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		if n := len(a.page(t).All(".note.warn li")); n != 0 {
			t.Errorf("%s: %d contradictions are told of a plan that has none", file, n)
		}
	}
	wrong := strings.Replace(string(realFile(t, "plan_dongthap_2022.csv")), "4.57,2022", "4.75,2022", 1)
	a := owner.takeIn(t, "/app/nhap-ke-hoach", url.Values{"place": {h.placeID("87", "2022-01-01")}, "title": {"Sai"}}, "sai.csv", []byte(wrong))
	if n := len(a.page(t).All(".note.warn li")); n != 1 {
		t.Errorf("%d contradictions are told of a wrong baseline", n)
	}
	owner.takeIn(t, "/app/nhap-ke-hoach", url.Values{"place": {""}}, "o.csv", realFile(t, "plan_targets_other.csv"))
	all, err := h.app.Plans.List(t.Context(), account.Program("operator", h.today()), plan.Filter{Place: h.placeID("01", "2021-01-01"), Year: 2021})
	must(t, err)
	seen := false
	for _, head := range all {
		text := textOf(owner.get("/app/ke-hoach/" + head.ID).page(t).All("main")[0])
		if strings.Contains(text, "ít nhất 5") || strings.Contains(text, "5 bậc") {
			seen = true
			if !regexp.MustCompile(`riêng do may rủi: (4[5-9]|5\d|60) ?%`).MatchString(text) {
				t.Errorf("five ranks are shown as %s", text)
			}
		}
	}
	if !seen {
		t.Error("no plan of Hà Nội aims at five ranks")
	}
	if len(h.errs) > 0 {
		t.Error(h.errs)
	}
}

// The real lists of tasks load through the page as they are, into the plan that is chosen; what is shown goes out as a
// workbook, and taken in again it would change nothing.
func TestRealTasksAreTakenIn(t *testing.T) {
	h, owner := planners(t)
	for _, c := range []struct {
		file, place string
		year, tasks int
	}{
		{"plan_hanoi_2021.csv", "01", 2021, 37}, {"plan_hcmc_2024.csv", "79", 2024, 12}, {"plan_travinh_2023.csv", "84", 2023, 7},
		{"plan_myhao_2021.csv", "328", 2021, 8}, {"plan_gialai_ddci.csv", "64", 2023, 9},
	} {
		id := h.planOf(c.place, c.year)
		values := url.Values{keyPlan: {id}}
		owner.takeIn(t, "/app/nhap-nhiem-vu", values, c.file, realFile(t, c.file))
		tasks, err := h.app.Tasks.List(t.Context(), account.Program("operator", h.today()), task.Filter{Plan: id, Limit: 100})
		must(t, err)
		if len(tasks) != c.tasks {
			t.Errorf("%s: %d tasks came in, want %d", c.file, len(tasks), c.tasks)
		}
		book := owner.get("/app/nhiem-vu/xuat?kh=" + id)
		sheets, err := sheet.Read(bytes.NewReader(book.body), "x.xlsx")
		must(t, err)
		if len(sheets[0].Rows) != c.tasks+1 {
			t.Errorf("%s: the workbook has %d rows", c.file, len(sheets[0].Rows))
		}
		again := owner.upload("/app/nhap-nhiem-vu", values, "x.xlsx", book.body)
		if a := owner.get(again.to); a.status != 200 || len(a.page(t).All(`form.act[action$="/nhap"]`)) != 0 {
			t.Errorf("%s: what went out would change something: %d %s", c.file, a.status, a.text())
		}
	}
	if len(h.errs) > 0 {
		t.Error(h.errs)
	}
}

// A list that takes long is followed on a page of its own, which asks again by itself until it is done. A list with faults names them by row and column and changes nothing.
func TestALongListIsFollowed(t *testing.T) {
	h, owner := planners(t)
	id := h.planOf("01", 2026)
	var text strings.Builder
	text.WriteString("Nhiệm vụ,Chủ trì,Thời hạn\n")
	for i := range 5000 {
		fmt.Fprintf(&text, "Nhiệm vụ số %d,Sở Nội vụ,quý IV/2026\n", i)
	}
	values := url.Values{keyPlan: {id}}
	sent := owner.upload("/app/nhap-nhiem-vu", values, "dai.csv", []byte(text.String()))
	w := waiting{}
	for _, f := range h.app.tray.files {
		w = f
	}
	hold, begun := make(chan struct{}), make(chan struct{})
	h.app.tray.take(w.id, func(g *taking) (checked, error) {
		g.tell(1500, 5000)
		close(begun)
		<-hold
		p, err := h.app.Plans.Get(t.Context(), account.Program("operator", h.today()), id)
		if err != nil {
			return checked{}, err
		}
		_, err = h.app.Tasks.Import(t.Context(), account.Program("operator", h.today()), task.ListFile{Name: w.name, Content: w.content, Plan: id, Place: p.Place, On: p.Day(), Year: 2026, Tell: g.tell}, false)
		return checked{to: "/app/nhiem-vu?kh=" + id}, err
	})
	<-begun
	follow := owner.get(sent.to)
	if err := follow.page(t).Has("main", "1.500 trên 5.000"); err != nil || follow.head.Get("Refresh") == "" {
		t.Errorf("the page of what goes on: %v", err)
	}
	close(hold)
	took := owner.get(sent.to)
	for range 100 {
		if took.status == http.StatusSeeOther {
			break
		}
		time.Sleep(50 * time.Millisecond)
		took = owner.get(sent.to)
	}
	tasks, err := h.app.Tasks.List(t.Context(), account.Program("operator", h.today()), task.Filter{Plan: id, Limit: 9000})
	must(t, err)
	if len(tasks) != 5000 || !strings.HasPrefix(took.to, "/app/nhiem-vu?") {
		t.Errorf("%d tasks came in, led to %s", len(tasks), took.to)
	}
	bad := owner.upload("/app/nhap-nhiem-vu", values, "sai.csv", []byte("Nhiệm vụ,Cách đo,Thời hạn\nMới,cân,\n,,quý I\n"))
	if err := bad.page(t).Has(".faults", "Dòng 2, cột B"); err != nil || bad.status != http.StatusUnprocessableEntity {
		t.Errorf("%d %v", bad.status, err)
	}
	if err := bad.page(t).Has(".faults", "Dòng 3, cột A"); err != nil {
		t.Error(err)
	}
}

// Who does not write plans has no door to send them by, and nobody takes tasks into a plan of another province.
func TestDoorsOfPlansAreBarred(t *testing.T) {
	h := inCountry(t, "2026-11-22T02:00:00Z")
	other := h.planOf("12", 2026)
	owner := h.as(t, "noivu@tinh.gov.vn", account.Grant{Role: account.PlanOwner, Place: h.placeID("33", "2026-11-22")})
	if a := owner.upload("/app/nhap-nhiem-vu", url.Values{keyPlan: {other}}, "x.csv", []byte("Nhiệm vụ\nMột\n")); a.status != http.StatusForbidden && a.status != http.StatusNotFound {
		t.Errorf("tasks of another province: %d", a.status)
	}
	if a := owner.upload("/app/nhap-ke-hoach", url.Values{"place": {""}}, "x.csv", []byte("Địa phương,Năm,Mã,Mục tiêu\nLai Châu,2026,D1,5\n")); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a plan of another province: %d", a.status)
	}
	front := h.as(t, "mat@tinh.gov.vn", account.Grant{Role: account.FrontMonitor, Place: h.placeID("33", "2026-11-22")})
	for _, door := range []string{"/app/nhap-ke-hoach", "/app/nhap-nhiem-vu"} {
		if a := front.get(door); a.status != http.StatusForbidden {
			t.Errorf("%s is open to the Front: %d", door, a.status)
		}
	}
}
