package web

import (
	"strings"
	"testing"

	"thuoc/internal/account"
)

// TestOnlyADemoTells: who there is to be, the login filled in and the words that all is invented stand in a house for
// trying, and in no other, whatever an address asks.
func TestOnlyADemoTells(t *testing.T) {
	h := one(t)
	const path = Root + "/dang-nhap?ten=analyst%40tinh-mau.example"
	const filled, banner, secret = `value="analyst@tinh-mau.example"`, "Dữ liệu giả định", "mot hai ba bon"
	tells := func(page string) (n int) {
		for _, s := range []string{filled, banner, secret} {
			n += min(1, strings.Count(page, s))
		}
		return n
	}
	if n := tells(h.nobody().get(path).text()); n != 0 {
		t.Errorf("a real house tells %d things of a demo", n)
	}
	h.app.Demo = &Demo{Password: secret, Logins: []DemoLogin{{account.Analyst, "analyst@tinh-mau.example"}}}
	a := h.nobody().get(path)
	if n := tells(a.text()); n != 3 {
		t.Errorf("the sign-in page of a demo tells %d things of 3", n)
	}
	a.page(t)
	if !strings.Contains(a.text(), `href="/app/dang-nhap?ten=analyst%40tinh-mau.example`) {
		t.Error("no link takes a role to try")
	}
	for _, path := range []string{Root + "/viec-cua-toi", EnglishRoot + "/my-work", Root + "/nguoi-dung", Root + "/khong-co"} {
		if !strings.Contains(h.admin.get(path).text(), banner) {
			t.Errorf("%s does not say that all is invented", path)
		}
	}
}
