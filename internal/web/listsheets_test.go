package web

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"thuoc/internal/account"
	"thuoc/internal/sheet"
)

func init() {
	about["listed"] = func(*matrix, *route, bool) string { return "places" } // a list everybody may read; the rights of each are tested below
}

// Every list goes out as a workbook, by its own rights and filter, whole and with the moment it was taken.
func TestListsGoOutAsWorkbooks(t *testing.T) {
	h := one(t)
	m := newMatrix(h)
	m.plan(true)
	owner := h.as(t, "chu@tinh.gov.vn", account.Grant{Role: account.PlanOwner, Place: made("province")})
	admin := h.admin
	read := func(p *person, path string) []sheet.Sheet {
		t.Helper()
		a := p.get(path)
		if a.status != 200 {
			t.Fatalf("%s: %d %s", path, a.status, a.text())
		}
		sheets, err := sheet.Read(bytes.NewReader(a.body), "list.xlsx")
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		return sheets
	}
	for name := range listSheets {
		p := owner
		if !slices.Contains(routeOf(name).needs.Holders(), account.PlanOwner) {
			p = admin
			if a := owner.get("/app/tai-danh-sach/" + name); a.status != 403 {
				t.Errorf("%s is given to somebody who may not read it: %d", name, a.status)
			}
			if a := owner.get(routeOf(name).path("vi")); strings.Contains(string(a.body), "Tải danh sách (XLSX)") {
				t.Errorf("the refusal of %s offers its workbook", name)
			}
		}
		sheets := read(p, "/app/tai-danh-sach/"+name)
		if len(sheets) != 2 || len(sheets[0].Rows[0]) != len(listSheets[name].heads) {
			t.Errorf("%s: %d sheets", name, len(sheets))
		}
		if about := sheets[1].Rows; about[1][0] != "Tại thời điểm" && about[1][1] == "" {
			t.Errorf("%s does not say when it was taken: %v", name, about)
		}
		if err := p.get(routeOf(name).path("vi")).page(t).Has("main a", "Tải danh sách (XLSX)"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if rows := read(admin, "/app/tai-danh-sach/users?q=g%E1%BA%A7n")[0].Rows; len(rows) != 2 || rows[1][0] != "Người Ở Gần" {
		t.Errorf("the filter is not applied: %v", rows)
	}
	for i := range perPage + 3 {
		h.user(strings.Repeat("a", i+1)+"@tinh.gov.vn", "Người Nhiều", account.Grant{Role: account.CommuneOfficial, Place: made("province")})
	}
	if rows := read(admin, "/app/tai-danh-sach/users?q=nhi%E1%BB%81u")[0].Rows; len(rows) != perPage+4 {
		t.Errorf("%d rows of people, want all %d and a head", len(rows), perPage+3)
	}
	openedInOffice(t, admin.get("/app/tai-danh-sach/users?q=nhi%E1%BB%81u").body)
}

// openedInOffice opens a workbook in LibreOffice and finds its rows.
func openedInOffice(t *testing.T, book []byte) {
	t.Helper()
	office, err := exec.LookPath("soffice")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("LibreOffice is needed: apt-get install libreoffice-calc")
		}
		t.Log("LibreOffice is not installed: the workbook is not opened")
		return
	}
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "list.xlsx"), book, 0o600))
	out, err := exec.CommandContext(t.Context(), office, "-env:UserInstallation=file://"+dir+"/profile", "--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76", "--outdir", dir, filepath.Join(dir, "list.xlsx")).CombinedOutput()
	if err != nil {
		t.Fatalf("LibreOffice: %v\n%s", err, out)
	}
	csv, err := os.ReadFile(filepath.Join(dir, "list.csv"))
	must(t, err)
	if n := strings.Count(string(csv), "Người Nhiều"); n != perPage+3 {
		t.Errorf("LibreOffice reads %d rows: %.200s", n, csv)
	}
}
