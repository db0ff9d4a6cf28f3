package portal

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"thuoc/internal/ui/htmlcheck"
)

// TestAskedWrongly: what does not exist is answered in words, with the right status, in the language of the address.
func TestAskedWrongly(t *testing.T) {
	for address, want := range map[string]struct {
		code int
		says string
	}{
		"/khong-co":                        {404, "Không có trang nào"},
		"/en/nothing":                      {404, "There is no page"},
		"/?nam=1999":                       {404, "1999"},
		"/en/?nam=1999":                    {404, "1999"},
		"/?nam=abc":                        {400, "abc"},
		"/?nam=-1":                         {400, "-1"},
		"/?nd=D9&nam=2024":                 {404, "D9"},
		"/?nd=<script>":                    {400, "<script>"},
		"/?dg=35":                          {400, "35"},
		"/ho-so/atlantis":                  {404, "atlantis"},
		"/tinh/tra-vinh":                   {404, "tra-vinh"},
		"/noi-dung/9.9?nam=2022":           {404, "9.9"},
		"/so-sanh?tinh=99":                 {404, "99"},
		"/so-sanh?tinh=01,04,06,08,10,11":  {400, "5"},
		"/so-sanh?tinh=x":                  {400, "x"},
		"/?%zz":                            {400, ""},
		"/ban-do.csv?hinh=x":               {404, "x"},
		"/ban-do?nd=1.1.1&nam=2022&dg=34":  {404, "34"},
		"/an-ban/x/figures.csv":            {404, ""},
		"/?q=" + strings.Repeat("a", 3000): {414, ""},
		"/tim-kiem?q=" + strings.Repeat("a", 300): {400, "200"},
	} {
		w := get(t, address)
		if w.Code != want.code {
			t.Errorf("%s is answered by %d, want %d", address, w.Code, want.code)
		}
		d, err := htmlcheck.Parse(w.Body.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Has("main", want.says); err != nil {
			t.Errorf("%s: %v", address, err)
		}
		if w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: an error is kept: %s", address, w.Header().Get("Cache-Control"))
		}
	}
	w := httptest.NewRecorder()
	site().ServeHTTP(w, httptest.NewRequest("POST", "/", nil))
	if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") == "" {
		t.Errorf("a POST is answered by %d", w.Code)
	}
}

// TestIndicatorsLeadToNoMissingMap: an indicator is not joined for the 34 provinces, and no page of one leads there.
func TestIndicatorsLeadToNoMissingMap(t *testing.T) {
	for _, page := range []string{"/ban-do?nam=2022&nd=1.1.1", "/nhom-ket-qua?nam=2024&nd=1.2.1", "/chuoi-thoi-gian?nd=1.2.1"} {
		d, err := htmlcheck.Parse(get(t, page).Body.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		switches := 0
		for _, a := range d.All("a[href]") {
			href := attr(t, a, "href")
			if !strings.Contains(href, "dg=34") {
				continue
			}
			switches++
			if code := get(t, href).Code; code != 200 {
				t.Errorf("%s leads to %s, which is answered by %d", page, href, code)
			}
		}
		if switches == 0 {
			t.Errorf("%s has no switch to the 34 provinces", page)
		}
	}
}

// FuzzAddress: whatever an address says, the answer is a whole page with a status of its own choosing, never a panic or
// an internal error.
func FuzzAddress(f *testing.F) {
	for _, a := range kinds {
		path, query, _ := strings.Cut(a, "?")
		f.Add(path, query)
	}
	f.Add("/en//..//", "nam=2022&nam=&nd=%00")
	f.Add("/ban-do.csv", "hinh=%F0%9F%92%A9")
	f.Fuzz(func(t *testing.T, path, query string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.URL.Path, r.URL.RawQuery = path, query
		w := httptest.NewRecorder()
		site().ServeHTTP(w, r)
		if w.Code >= 500 {
			t.Errorf("%q ? %q is answered by %d", path, query, w.Code)
		}
	})
}
