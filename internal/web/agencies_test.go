package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"thuoc/internal/account"
)

// An agency is added, gets a post and a head, another name, and a heir; each step keeps what was before.
func TestLifeOfAnAgency(t *testing.T) {
	h := one(t)
	h.settle()
	h.user("noivu@tinh.gov.vn", "Nguyễn Thị Hoa", account.Grant{Role: account.PlanOwner, Place: made("province")})
	owner := h.person("noivu@tinh.gov.vn")
	send := func(path string, values url.Values) answer {
		t.Helper()
		a := owner.post(path, owner.form(path, values))
		if a.status != http.StatusSeeOther {
			t.Fatalf("%s is answered by %d %s", path, a.status, a.text())
		}
		return a
	}
	if a := owner.post("/app/co-quan/moi", owner.form("/app/co-quan/moi", url.Values{"name": {""}, "bloc": {"none"}, "since": {"xưa"}})); a.status != http.StatusUnprocessableEntity {
		t.Errorf("an empty agency is answered by %d", a.status)
	}
	at := send("/app/co-quan/moi", url.Values{"name": {"Sở Thử nghiệm"}, "bloc": {"department"}, "since": {"2010-01-01"}}).to
	heir := send("/app/co-quan/moi", url.Values{"name": {"Sở Kế thừa"}, "bloc": {"department"}, "since": {"2024-01-01"}}).to
	send(at+"/chuc-vu/moi", url.Values{"title": {"Giám đốc"}, "head": {"1"}, "since": {""}})
	var appoint string
	for _, a := range owner.get(at).page(t).All("a") {
		if href, _ := attr(a, "href"); strings.HasSuffix(href, "/bo-nhiem") {
			appoint = href
		}
	}
	send(appoint, url.Values{"name": {"Trần Thị Trước"}, "capacity": {"holder"}, "since": {"2015-01-01"}})
	send(appoint, url.Values{"name": {"Lê Văn Sau"}, "capacity": {"holder"}, "since": {"2020-01-01"}})
	for day, head := range map[string]string{"2016-05-01": "Trần Thị Trước", "2021-05-01": "Lê Văn Sau"} {
		if err := owner.get(at+"?ngay="+day).page(t).Has("main dl", head); err != nil {
			t.Error(err)
		}
	}
	stale := owner.form(at+"/doi-ten", url.Values{"name": {"Sở Tên Khác"}, "since": {"2022-01-01"}, "law": {"QĐ 1"}})
	send(at+"/doi-ten", url.Values{"name": {"Sở Tên Mới"}, "since": {"2022-01-01"}, "law": {"QĐ 2"}})
	if a := owner.post(at+"/doi-ten", stale); a.status != http.StatusConflict || a.page(t).Has(".note.warn", "Người khác") != nil {
		t.Errorf("a change of what somebody else has changed is answered by %d %s", a.status, a.text())
	}
	if err := owner.get(at+"?ngay=2021-12-31").page(t).Has("h1", "Sở Thử nghiệm"); err != nil {
		t.Error(err)
	}
	send(at+"/ke-thua", url.Values{"heirs": {heir[strings.LastIndex(heir, "/")+1:]}, "since": {"2025-03-01"}, "law": {"NQ 3"}})
	d := owner.get(at).page(t)
	for selector, want := range map[string]string{".note.warn": "28/02/2025", ".list": "Sở Kế thừa", "h1": "Sở Tên Mới"} {
		if err := d.Has(selector, want); err != nil {
			t.Error(err)
		}
	}
	if err := owner.get(heir).page(t).Has(".list", "Sở Tên Mới"); err != nil {
		t.Error(err)
	}
}

// What the program offers waits unconfirmed until somebody has looked at each.
func TestUsualAgenciesAreConfirmed(t *testing.T) {
	h := one(t)
	h.settle()
	h.user("noivu@tinh.gov.vn", "Nguyễn Thị Hoa", account.Grant{Role: account.PlanOwner, Place: made("province")})
	owner := h.person("noivu@tinh.gov.vn")
	a := owner.press("/app/co-quan", made("province")+"/co-quan-thuong-co")
	unconfirmed := owner.get(a.to).page(t).All("tbody .acts a")
	if len(unconfirmed) < 10 {
		t.Fatalf("%d agencies wait to be confirmed", len(unconfirmed))
	}
	form, _ := attr(unconfirmed[0], "href")
	if a := owner.post(form, owner.form(form, url.Values{"name": {"Sở Có Tên Riêng"}})); a.status != http.StatusSeeOther {
		t.Fatalf("confirming is answered by %d %s", a.status, a.text())
	}
	second, _ := attr(unconfirmed[1], "href")
	if a := owner.press(strings.TrimSuffix(second, "/xac-nhan"), "/bo/1"); a.status != http.StatusSeeOther {
		t.Fatalf("dismissing is answered by %d %s", a.status, a.text())
	}
	if n := len(owner.get(a.to).page(t).All("tbody .acts a")); n > len(unconfirmed)-2 {
		t.Errorf("%d of %d are left after two were looked at", n, len(unconfirmed))
	}
}
