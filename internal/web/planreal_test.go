package web

import (
	"archive/zip"
	"bytes"
	"io"
	"net/url"
	"strings"
	"testing"

	"thuoc/internal/account"
	"thuoc/internal/agency"
	"thuoc/internal/clock"
	"thuoc/internal/commitment"
	"thuoc/internal/edition"
	"thuoc/internal/plan"
	"thuoc/internal/ui/htmlcheck"
)

// office puts an agency on record with a head who has held the post since a day; without a title there is no post.
func (h *house) office(place, name, title, person string) string {
	h.t.Helper()
	ctx, operator := h.t.Context(), account.Program("operator", h.today())
	id, err := h.app.Agencies.Add(ctx, operator, agency.Addition{Place: place, Bloc: agency.Department, Name: name, Since: clock.MustDate("2008-08-01")})
	must(h.t, err)
	if title == "" {
		return id
	}
	a, err := h.app.Agencies.Get(ctx, operator, id, h.today())
	must(h.t, err)
	post, err := h.app.Agencies.AddPost(ctx, operator, id, a.Version, agency.NewPost{Title: title, Head: true})
	must(h.t, err)
	if person != "" {
		_, err = h.app.Agencies.Appoint(ctx, operator, post, a.Version+1, agency.Appointment{Name: person, Capacity: agency.Holder, Since: clock.MustDate("2023-02-01")})
		must(h.t, err)
	}
	return id
}

// rows gives the cells of a page's tables, row by row.
func rows(t *testing.T, a answer) (all [][]string) {
	t.Helper()
	for _, tr := range a.page(t).All("tbody tr") {
		var cells []string
		for _, tag := range []string{"th", "td"} {
			for _, c := range htmlcheck.Within(tr, tag) {
				cells = append(cells, plainText(htmlcheck.Text(c)))
			}
		}
		all = append(all, cells)
	}
	return all
}

func plainText(s string) string { return strings.Join(strings.Fields(s), " ") }

// The heads of whom TP.HCM's plan speaks in words answer by post for every part that somebody leads, with their tenure
// where they are known, on the plan's page and in the appendix of assignments; nobody is made up.
func TestHeadsAnswerForTheirParts(t *testing.T) {
	h, owner := planners(t)
	city := h.placeID("79", "2022-01-01")
	h.office(city, "Sở Tư pháp", "", "")
	h.office(city, "Sở Y tế", "Giám đốc", "Lê Thị Giả Định")
	id := h.planOf("79", 2024)
	sent := owner.upload("/app/nhap-nhiem-vu", url.Values{keyPlan: {id}}, "plan_hcmc_2024.csv", realFile(t, "plan_hcmc_2024.csv"))
	owner.has(sent.to, "main", "Người đứng đầu chịu trách nhiệm về D1, D2")
	owner.takeIn(t, "/app/nhap-nhiem-vu", url.Values{keyPlan: {id}}, "plan_hcmc_2024.csv", realFile(t, "plan_hcmc_2024.csv"))
	by := map[string]string{}
	for _, cells := range rows(t, owner.get("/app/ke-hoach/"+id)) {
		if len(cells) == 4 && strings.Contains(cells[1], "chủ trì") {
			by[strings.Fields(cells[0])[0]] = cells[2]
		}
	}
	if len(by) < 3 || !strings.HasPrefix(by["1.1"], "Người đứng đầu (") || by["6.1"] != "Giám đốc Lê Thị Giả Định, từ 01/02/2023" {
		t.Errorf("by part there answer %v", by)
	}
	_, err := h.app.Plans.ConfirmOffered(t.Context(), account.Program("operator", h.today()), id)
	must(t, err)
	paper := owner.get("/app/van-ban/plan/" + id + "/tai-ve")
	if text := wordsOf(t, paper.body); !strings.Contains(text, "(Giám đốc Lê Thị Giả Định, từ 01/02/2023)") {
		t.Errorf("the appendix does not say who answers: %d", paper.status)
	}
	if len(h.errs) > 0 {
		t.Error(h.errs)
	}
}

// wordsOf gives the XML of a Word document.
func wordsOf(t *testing.T, file []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	must(t, err)
	f, err := z.Open("word/document.xml")
	must(t, err)
	b, err := io.ReadAll(f)
	must(t, err)
	return string(b)
}

// Hà Nội's plan stands on its page in three blocs with their twenty tasks, beside the city's own lines and the nine
// departments that lead by name, and the list narrows to a bloc.
func TestHanoiStandsInItsBlocs(t *testing.T) {
	h, owner := planners(t)
	nine := []string{"Giáo dục và Đào tạo", "Thông tin và Truyền thông", "Lao động - Thương binh và Xã hội", "Tài nguyên và Môi trường", "Y tế", "Tài chính", "Công Thương", "Xây dựng", "Giao thông vận tải"}
	for _, name := range nine {
		h.office(h.placeID("01", "2021-01-01"), "Sở "+name, "Giám đốc", "")
	}
	id := h.planOf("01", 2021)
	owner.takeIn(t, "/app/nhap-nhiem-vu", url.Values{keyPlan: {id}}, "plan_hanoi_2021.csv", realFile(t, "plan_hanoi_2021.csv"))
	page := owner.get("/app/ke-hoach/" + id).page(t)
	for _, c := range []struct{ heading, bloc, says string }{
		{"Khối sở, ngành", "Sở, ngành", "6 nhiệm vụ"}, {"Khối quận, huyện, thị xã", "Địa phương", "11 nhiệm vụ"}, {"Khối đơn vị sự nghiệp", "Đơn vị sự nghiệp", "3 nhiệm vụ"},
		{"Phân cấp", "", "1 nhiệm vụ"}, {"Sở được giao chủ trì", "", "9 nhiệm vụ"},
	} {
		found := false
		for _, block := range page.All("section div") {
			text := plainText(htmlcheck.Text(block))
			found = found || strings.HasPrefix(text, c.heading) && strings.Contains(text, c.says) && strings.Contains(text, c.bloc)
		}
		if !found {
			t.Errorf("%s of the bloc %q with %s is not shown", c.heading, c.bloc, c.says)
		}
	}
	for _, name := range nine {
		if err := page.Has(".tks", "Sở "+name); err != nil {
			t.Error(err)
		}
	}
	narrowed := func(bloc string) int {
		return len(owner.get("/app/nhiem-vu?kh=" + id + "&nhom=" + bloc).page(t).All("li.tk"))
	}
	if n := narrowed("locality"); n != 11 {
		t.Errorf("%d tasks of the localities, want 11", n)
	}
	given := owner.fill(t, "/app/ke-hoach/"+id+"/khoi-nhiem-vu?khoi="+url.QueryEscape("Sở được giao chủ trì chỉ số nội dung/thành phần (2020)"), url.Values{"bloc": {"department"}})
	if n := narrowed("department"); given.status != 303 || n != 15 {
		t.Errorf("given by hand (%d) the departments have %d tasks, want 6 and 9", given.status, n)
	}
	if len(h.errs) > 0 {
		t.Error(h.errs)
	}
}

// What Lạng Sơn keeps and what it fixes is on its page exactly what rose and what fell by the published scores.
func TestLangSonKeepsWhatRose(t *testing.T) {
	h, owner := planners(t)
	at := h.placeID("20", "2022-01-01")
	a := owner.takeIn(t, "/app/nhap-ke-hoach", url.Values{"place": {at}, "title": {"Kế hoạch 105"}}, "plan_langson_2024.csv", realFile(t, "plan_langson_2024.csv"))
	lists := map[string]string{}
	for _, cells := range rows(t, a) {
		if len(cells) == 6 {
			lists[strings.Fields(cells[0])[0]] = cells[4]
		}
	}
	all, err := h.app.Plans.List(t.Context(), account.Program("operator", h.today()), plan.Filter{Place: at})
	must(t, err)
	held := 0
	for _, cells := range rows(t, owner.get("/app/ke-hoach/"+all[0].ID+"/can-gi")) { // the page chooses province and year by the plan
		if len(cells) != 6 {
			continue
		}
		held++
		if code := strings.Fields(cells[0])[0]; lists[code] == "" || lists[code] != cells[3] {
			t.Errorf("%s: the plan says %q, the scores say %q", code, lists[code], cells[3])
		}
	}
	if held != 8 || lists["D1"] != "khắc phục" || lists["D8"] != "giữ" {
		t.Errorf("%d dimensions are held against each other: %v", held, lists)
	}
}

// Mỹ Hào's plan is of a town of its time, on a scale that nobody published; Bình Định's is of four indices.
func TestPlansOfTheirOwnScales(t *testing.T) {
	h, owner := planners(t)
	owner.takeIn(t, "/app/nhap-ke-hoach", url.Values{"place": {""}}, "o.csv", realFile(t, "plan_targets_other.csv"))
	page := func(place string, year int) string {
		t.Helper()
		all, err := h.app.Plans.List(t.Context(), account.Program("operator", h.today()), plan.Filter{Place: place, Year: year})
		must(t, err)
		if len(all) != 1 {
			t.Fatalf("%d plans of %s", len(all), place)
		}
		return plainText(textOf(owner.get("/app/ke-hoach/" + all[0].ID).page(t).All("main")[0]))
	}
	town := page(h.placeID("328", "2021-02-19"), 2021)
	for _, says := range []string{"Mỹ Hào", "41/KH-UBND ngày 19/02/2021", "74,12", "first of 10", "Chưa công bố thang điểm của bộ chỉ số này"} {
		if !strings.Contains(town, says) {
			t.Errorf("the town's plan does not say %q: %s", says, town)
		}
	}
	if strings.Contains(town, "may rủi") {
		t.Error("a chance is computed on a scale nobody published")
	}
	several := page(h.placeID("52", "2023-01-01"), 2023)
	for _, says := range []string{"PCI", "SIPAS", "PAR Index", "trung bình cao", "hạng 20"} {
		if !strings.Contains(several, says) {
			t.Errorf("the plan of four indices does not say %q: %s", says, several)
		}
	}
}

// Trà Vinh's three indices stand on its page, and an agency that leads adds its remedial plan to it and nobody else's.
func TestTraVinhIsRemediedByItsLeads(t *testing.T) {
	h, owner := planners(t)
	own, id := h.office(h.placeID("84", "2022-01-01"), "Sở Nội vụ", "Giám đốc", ""), h.planOf("84", 2023)
	owner.takeIn(t, "/app/nhap-nhiem-vu", url.Values{keyPlan: {id}}, "plan_travinh_2023.csv", realFile(t, "plan_travinh_2023.csv"))
	for _, says := range []string{"PAR Index", "PAPI", "SIPAS", "Cơ quan phụ trách tiêu chí lập kế hoạch khắc phục"} {
		owner.has("/app/ke-hoach/"+id, ".tks", says)
	}
	must(t, h.app.Plans.Ask(t.Context(), account.Program("operator", h.today()), id, []plan.Duty{{Code: "D5", Agency: own, Part: plan.Lead}}))
	head := h.as(t, "giamdoc@tv.gov.vn", account.Grant{Role: account.LeadHead, Agency: own})
	list := []byte("Khối,Mã,Nhiệm vụ,Chủ trì,Thời hạn\nKhắc phục,D5,Rút ngắn thời gian trả kết quả,Sở Nội vụ,quý IV/2023\n")
	head.takeIn(t, "/app/nhap-nhiem-vu", url.Values{keyPlan: {id}}, "khac-phuc.csv", list)
	owner.has("/app/ke-hoach/"+id, ".tks", "Rút ngắn thời gian trả kết quả")
	if a := head.upload("/app/nhap-nhiem-vu", url.Values{keyPlan: {id}}, "x.csv", []byte("Nhiệm vụ,Chủ trì\nViệc của người khác,sở khác\n")); a.status == 303 {
		t.Errorf("tasks of others are answered by %d", a.status)
	}
	if len(h.errs) > 0 {
		t.Error(h.errs)
	}
}

// The office chooses who is named as answering: posts unless it says otherwise, and people only with the reason.
func TestWhoIsNamedIsChosen(t *testing.T) {
	h := one(t)
	h.settle()
	operator, second := account.Program("operator", h.today()), account.Program("second", h.today())
	id, err := h.app.Plans.Create(t.Context(), operator, plan.Plan{Head: plan.Head{Place: made("province"), Kind: plan.Scheme, Title: "Kế hoạch", Year: 2025, Until: 2025}})
	must(t, err)
	leads := h.office(made("province"), "Sở Dân số", "Giám đốc", "Lê Thị Giả Định")
	must(t, h.app.Plans.Ask(t.Context(), operator, id, []plan.Duty{{Code: "D1", Agency: leads, Part: plan.Lead}}))
	must(t, h.app.Plans.Go(t.Context(), operator, plan.Move{Plan: id, Rev: 1, To: plan.Submitted}))
	must(t, h.app.Plans.Go(t.Context(), second, plan.Move{Plan: id, Rev: 2, To: plan.Approved}))
	must(t, h.app.Plans.Go(t.Context(), second, plan.Move{Plan: id, Rev: 3, To: plan.Issued, Number: "1/KH-UBND", Signed: h.today(), Signer: "Chủ tịch", Paper: "ff"}))
	for _, c := range []struct {
		naming       commitment.Naming
		post, person string
	}{{commitment.Naming{}, "Giám đốc", ""}, {commitment.Naming{Who: edition.NamesNobody}, "", ""}, {commitment.Naming{Who: edition.NamesPeople, Basis: "Quyết định số 5"}, "Giám đốc", "Lê Thị Giả Định"}} {
		got, err := h.app.Pledges.Gather(t.Context(), operator, id, c.naming)
		must(t, err)
		if lead := got.Parts[0].Lead; lead.Post != c.post || lead.Person != c.person || got.NamedBy != c.naming.Basis {
			t.Errorf("%+v names %+v by %q", c.naming, lead, got.NamedBy)
		}
	}
	owner := h.as(t, "chu@tinh.gov.vn", account.Grant{Role: account.PlanOwner, Place: made("province")})
	at := "/app/ke-hoach/" + id + "/cong-bo-tien-do"
	if a := owner.fill(t, at, url.Values{"naming": {"people"}}); a.status != 422 {
		t.Errorf("people are named without a reason: %d", a.status)
	}
	a := owner.fill(t, at, url.Values{"naming": {"people"}, "naming_basis": {"Quyết định số 5"}})
	if a.status != 303 {
		t.Fatalf("with a reason it is answered by %d %s", a.status, a.text())
	}
	owner.has(a.to, "main", "Giám đốc Lê Thị Giả Định")
	owner.has(a.to, "main", "Quyết định số 5")
}
