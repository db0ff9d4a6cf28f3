package web

import (
	"archive/zip"
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/sheet"
)

// upload sends a form with a file.
func (p *person) upload(path string, values url.Values, name string, content []byte) answer {
	p.h.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for k, list := range values {
		must(p.h.t, w.WriteField(k, list[0]))
	}
	f, err := w.CreateFormFile("file", name)
	must(p.h.t, err)
	_, err = f.Write(content)
	must(p.h.t, err)
	must(p.h.t, w.Close())
	r, err := http.NewRequestWithContext(p.h.t.Context(), "POST", p.h.site.URL+path, &b)
	must(p.h.t, err)
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return p.do(r)
}

// communes is the table of all communes of a day, as an office would send it.
func (h *house) communes(on string) sheet.Sheet {
	h.t.Helper()
	day := clock.MustDate(on)
	s := sheet.Sheet{Rows: [][]string{{"Mã", "Tên", "Loại", "Mã tỉnh", "Từ ngày", "Văn bản"}}}
	provinces, err := h.app.Places.Children(h.t.Context(), "", day)
	must(h.t, err)
	for _, p := range provinces {
		communes, err := h.app.Places.Children(h.t.Context(), p.Place, day)
		must(h.t, err)
		for _, c := range communes {
			s.Rows = append(s.Rows, []string{c.Code, c.Name, c.Type.Names().VI, p.Code, fmt.Sprintf("%02d/%02d/%04d", day.Day, day.Month, day.Year), "Nghị quyết"})
		}
	}
	return s
}

func csvOf(t *testing.T, s sheet.Sheet) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, sheet.WriteCSV(&b, s))
	return b.Bytes()
}

// state is how many versions of places and entries of the log there are.
func (h *house) state() (versions, entries int) {
	h.t.Helper()
	must(h.t, h.db.View(h.t.Context(), func(q *db.Q) (err error) {
		if versions, err = db.One[int](h.t.Context(), q, "SELECT count(*) FROM place_version"); err == nil {
			entries, err = db.One[int](h.t.Context(), q, "SELECT count(*) FROM audit WHERE action = 'place.import'")
		}
		return err
	}))
	return versions, entries
}

// A file of all 3,321 communes with five planted faults names the five, by row and column, and changes nothing.
func TestFiveFaultsIn3321Communes(t *testing.T) {
	h := inCountry(t, "2026-11-22T02:00:00Z")
	s := h.communes("2026-11-22")
	if len(s.Rows) != 1+3321 {
		t.Fatalf("there are %d communes", len(s.Rows)-1)
	}
	planted := []struct {
		row, column int
		value, at   string
	}{
		{12, 0, "1210x", "Dòng 13, cột A"}, {801, 1, "", "Dòng 802, cột B"}, {1500, 2, "quận", "Dòng 1501, cột C"},
		{2222, 3, "99", "Dòng 2223, cột D"}, {3321, 4, "31/02/2027", "Dòng 3322, cột E"},
	}
	for _, p := range planted {
		s.Rows[p.row][p.column] = p.value
	}
	s.Rows[5][1] = "Tên mới" // a row that would change something
	versions, entries := h.state()
	a := h.admin.upload("/app/nhap-danh-sach/place", nil, "xa.csv", csvOf(t, s))
	if a.status != http.StatusUnprocessableEntity {
		t.Fatalf("the file is answered by %d %s", a.status, a.text())
	}
	rows := a.page(t).All(".faults tbody tr")
	if len(rows) != len(planted) {
		t.Errorf("%d faults are named", len(rows))
	}
	for i, p := range planted {
		if i < len(rows) && !strings.Contains(textOf(rows[i]), p.at) {
			t.Errorf("the fault at %s is told as %q", p.at, textOf(rows[i]))
		}
	}
	if err := a.page(t).Has(".note.bad", "5 lỗi"); err != nil {
		t.Error(err)
	}
	if len(a.page(t).All(`form.act[action$="/nhap"]`)) != 0 {
		t.Error("a file with faults can be taken in")
	}
	if v, e := h.state(); v != versions || e != entries {
		t.Errorf("%d versions and %d entries were written", v-versions, e-entries)
	}
}

// A file without faults shows what it would change, and is taken in when that is confirmed: once.
func TestCommunesAreTakenIn(t *testing.T) {
	h := inCountry(t, "2026-11-22T02:00:00Z")
	s := h.communes("2026-12-01")
	s.Rows[0] = []string{"Số hiệu", "Tên", "Loại", "Mã tỉnh", "Từ ngày", "Văn bản"}
	for i, row := range s.Rows {
		if row[0] == "12103" {
			s.Rows[i][1] = "Bần Yên Nhân"
		}
	}
	a := h.admin.upload("/app/nhap-danh-sach/place", nil, "xa.csv", csvOf(t, s))
	if a.status != http.StatusUnprocessableEntity || a.page(t).Has(".faults", "Số hiệu") != nil {
		t.Fatalf("a file without its column is answered by %d %s", a.status, a.text())
	}
	choose := a.page(t).All("form.columns")
	action, _ := attr(choose[0], "action")
	values := h.admin.filled(a, "form.columns", url.Values{"cot.code": {"Số hiệu"}, "cot.name": {"Tên"}, "cot.type": {"Loại"},
		"cot.province": {"Mã tỉnh"}, "cot.since": {"Từ ngày"}, "cot.law": {"Văn bản"}})
	if a = h.admin.post(action, values); a.status != http.StatusSeeOther {
		t.Fatalf("choosing columns is answered by %d %s", a.status, a.text())
	}
	check := a.to
	if err := h.admin.get(check).page(t).Has("main", "Phường Bần Yên Nhân"); err != nil {
		t.Error(err)
	}
	versions, _ := h.state()
	if a = h.admin.press(check, "/nhap"); a.status != http.StatusSeeOther {
		t.Fatalf("taking in is answered by %d %s", a.status, a.text())
	}
	for late := time.Now().Add(time.Minute); (a.to == check || a.status == http.StatusOK) && time.Now().Before(late); a = h.admin.get(check) {
		time.Sleep(50 * time.Millisecond) // on a busy machine it takes longer than the answer waits
	}
	if v, e := h.state(); v != versions+1 || e != 1 {
		t.Errorf("%d versions and %d entries were written", v-versions, e)
	}
	if a := h.admin.get(check); a.status != http.StatusGone {
		t.Errorf("a file that was taken in is answered by %d", a.status)
	}
	again := h.admin.upload("/app/nhap-danh-sach/place", nil, "xa.csv", csvOf(t, s))
	if again.status != http.StatusSeeOther {
		t.Errorf("the columns are not remembered: %d", again.status)
	}
}

// Hostile and hapless files are answered in words.
func TestHostileFiles(t *testing.T) {
	h := one(t)
	h.settle()
	h.user("noivu@tinh.gov.vn", "Nguyễn Thị Hoa", account.Grant{Role: account.PlanOwner, Place: made("province")})
	owner := h.person("noivu@tinh.gov.vn")
	bomb := func() []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for _, name := range []string{"[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"} {
			w, err := z.Create(name)
			must(t, err)
			for range 60 {
				_, err = w.Write(make([]byte, 1<<20))
				must(t, err)
			}
		}
		must(t, z.Close())
		return b.Bytes()
	}()
	for name, c := range map[string]struct {
		content []byte
		status  int
	}{
		"bomb.xlsx": {bomb, http.StatusRequestEntityTooLarge},
		"big.csv":   {bytes.Repeat([]byte("a,b\n"), 17<<18+1<<16), http.StatusRequestEntityTooLarge},
		"form.pdf":  {[]byte("%PDF-1.7 rest"), http.StatusUnprocessableEntity},
		"old.xls":   {append([]byte("\xd0\xcf\x11\xe0"), make([]byte, 600)...), http.StatusUnprocessableEntity},
		"pic.svg":   {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), http.StatusUnprocessableEntity},
		"none.csv":  {nil, http.StatusUnprocessableEntity},
		"cmd.csv":   {[]byte("Mã,Tên,Loại,Mã tỉnh,Từ ngày,Văn bản\n=cmd|'/c calc'!A1,A,xã,33,01/01/2026,Luật\n"), http.StatusUnprocessableEntity},
	} {
		a := owner.upload("/app/nhap-danh-sach/place", nil, name, c.content)
		if a.status != c.status {
			t.Errorf("%s is answered by %d, want %d: %s", name, a.status, c.status, a.text())
		}
		if strings.Contains(a.text(), "<script>alert") {
			t.Errorf("%s is sent back as it came", name)
		}
	}
	if a := owner.upload("/app/nhap-danh-sach/place", nil, "x.csv", []byte("Mã,Tên,Loại,Mã tỉnh,Từ ngày,Văn bản\n11296,Bến Bính,phường,31,01/01/2026,Luật\n")); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a table of another province is answered by %d", a.status)
	}
	if len(h.errs) > 0 {
		t.Error(h.errs)
	}
}

// The agencies of a list come in with their posts and heads, and what the program offered is confirmed by it.
func TestAgenciesAreTakenIn(t *testing.T) {
	h := inCountry(t, "2026-11-22T02:00:00Z")
	province := h.placeID("33", "2026-11-22")
	h.user("noivu@tinh.gov.vn", "Nguyễn Thị Hoa", account.Grant{Role: account.PlanOwner, Place: province})
	owner := h.person("noivu@tinh.gov.vn")
	if a := owner.press("/app/co-quan", province+"/co-quan-thuong-co"); a.status != http.StatusSeeOther {
		t.Fatalf("offering is answered by %d", a.status)
	}
	list := "Tên cơ quan,Khối,Chức vụ,Họ và tên,Giữ chức vụ từ ngày\nSở Nội vụ,Sở ngành,Giám đốc,Trần Thị Mẫu,01/03/2025\nVăn phòng Thử,Đơn vị sự nghiệp,Giám đốc,Lê Văn Thử,01/04/2025\n"
	values := url.Values{"where": {"Tỉnh Hưng Yên"}, "place": {""}, "on": {"2026-11-22"}}
	bad := owner.upload("/app/nhap-danh-sach/agency", values, "bad.csv", []byte(strings.Replace(list, "01/04/2025", "hôm qua", 1)))
	if bad.status != http.StatusUnprocessableEntity || bad.page(t).Has(".faults", "Dòng 3, cột E") != nil {
		t.Errorf("a list with a fault is answered by %d %s", bad.status, bad.text())
	}
	a := owner.upload("/app/nhap-danh-sach/agency", values, "co-quan.csv", []byte(list))
	if a.status != http.StatusSeeOther {
		t.Fatalf("the list is answered by %d %s", a.status, a.text())
	}
	if got := owner.press(a.to, "/nhap"); got.status != http.StatusSeeOther {
		t.Fatalf("taking in is answered by %d %s", got.status, got.text())
	}
	d := owner.get("/app/co-quan?q=so+noi+vu").page(t)
	if err := d.Has("tbody", "Trần Thị Mẫu"); err != nil {
		t.Error(err)
	}
	if len(d.All("tbody .badge.lua")) != 0 {
		t.Error("an agency of the list is still unconfirmed")
	}
	if err := owner.get("/app/nhap-danh-sach").page(t).Has("tbody", "Nguyễn Thị Hoa"); err != nil {
		t.Error(err)
	}
	h.user("laichau@tinh.gov.vn", "Lò Văn Xa", account.Grant{Role: account.PlanOwner, Place: h.placeID("12", "2026-11-22")})
	if a := h.person("laichau@tinh.gov.vn").upload("/app/nhap-danh-sach/agency", values, "co-quan.csv", []byte(list)); a.status != http.StatusForbidden {
		t.Errorf("the owner of another province is answered by %d", a.status)
	}
}

// A template is a workbook that the import itself reads.
func TestTemplates(t *testing.T) {
	h := one(t)
	for _, l := range lists {
		a := h.admin.get("/app/nhap-danh-sach/" + l.key + "/mau")
		sheets, err := sheet.Read(bytes.NewReader(a.body), "mau.xlsx")
		if err != nil {
			t.Fatal(err)
		}
		for i, f := range l.fields {
			if got := sheets[0].Rows[0][i]; !strings.HasPrefix(got, f.Head.VI) {
				t.Errorf("%s: column %d is called %q, want %q", l.key, i, got, f.Head.VI)
			}
		}
	}
}
