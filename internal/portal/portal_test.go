package portal

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"

	"thuoc/internal/clock"
	"thuoc/internal/edition"
	"thuoc/internal/ui"
	"thuoc/internal/ui/htmlcheck"
)

// site is one portal for all tests: building fourteen editions takes two seconds.
var site = sync.OnceValue(func() *Portal {
	p, err := New(Options{Shelf: edition.Embedded(edition.Made{By: "test", Code: "test"}), Today: func() clock.Date { return clock.MustDate("2026-11-22") }})
	if err != nil {
		panic(err)
	}
	return p
})

func bodyOf(s string) *cached { return &cached{body: ui.NewBody("text/html", []byte(s))} }

func get(t *testing.T, address string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	site().ServeHTTP(w, httptest.NewRequest("GET", address, nil))
	return w
}

func page200(t *testing.T, address string) *htmlcheck.Document {
	t.Helper()
	w := get(t, address)
	if w.Code != http.StatusOK {
		t.Fatalf("%s is answered by %d", address, w.Code)
	}
	d, err := htmlcheck.Parse(w.Body.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// kinds are one address of every kind of page, in Vietnamese.
var kinds = []string{
	"/", "/?nam=2022", "/?nam=2022&xem=o-vuong", "/?nam=2022&xem=bang", "/?nam=2022&dg=34", "/?nam=2022&nd=1.1.1", "/?nam=2011&nd=D1",
	"/nhom-ket-qua?nam=2022&tinh=84", "/nhom-ket-qua?nam=2024&sap=vung", "/nhom-ket-qua?nam=2019&nd=D4&dg=34",
	"/ho-so", "/ho-so?dg=34", "/ho-so/tra-vinh?nam=2022", "/ho-so/bac-giang?nam=2022", "/ho-so/ha-noi?nam=2020", "/ho-so/soc-trang?nam=2022",
	"/tinh/vinh-long?nam=2022", "/tinh/bac-ninh?nam=2022", "/tinh/ha-noi", "/noi-dung?nam=2022", "/noi-dung/PAPI?nam=2023", "/noi-dung/D1?nam=2022",
	"/noi-dung/D7?nam=2024&dg=34", "/noi-dung/1.1?nam=2022", "/noi-dung/1.1.1?nam=2022", "/noi-dung/2.1?nam=2015",
	"/so-sanh", "/so-sanh?nam=2022&tinh=84", "/so-sanh?nam=2022&tinh=84&tinh=22", "/so-sanh?nam=2023&tinh=01,31,48,79,92",
	"/chuoi-thoi-gian", "/chuoi-thoi-gian?nd=D6&tinh=84&tinh=01", "/chuoi-thoi-gian?dg=34&tinh=86",
	"/du-lieu-mo", "/phuong-phap", "/hoi-dap", "/tiep-can", "/tim-kiem", "/tim-kiem?q=my+hao", "/tim-kiem?q=tham+nhung",
	"/nhung/ban-do?nam=2022", "/nhung/nhom-ket-qua?nam=2022",
}

// bothLanguages gives the addresses of the pages in both languages, by following the link to the twin.
func bothLanguages(t *testing.T) []string {
	t.Helper()
	all := append([]string(nil), kinds...)
	for _, a := range kinds {
		if strings.HasPrefix(a, "/nhung/") {
			continue
		}
		links := page200(t, a).All("link[rel=alternate]")
		if len(links) != 1 {
			t.Fatalf("%s has %d twins", a, len(links))
		}
		twin, _ := htmlcheck.Attr(links[0], "href")
		back, _ := htmlcheck.Attr(page200(t, twin).All("link[rel=alternate]")[0], "href")
		canonical, _ := htmlcheck.Attr(page200(t, a).All("link[rel=canonical]")[0], "href")
		if back != canonical {
			t.Errorf("%s: the twin %s leads back to %s, not to %s", a, twin, back, canonical)
		}
		all = append(all, twin)
	}
	return all
}

// TestEveryPage holds what every page owes its reader, in both languages.
func TestEveryPage(t *testing.T) {
	for _, a := range bothLanguages(t) {
		w := get(t, a)
		text := w.Body.String()
		d := page200(t, a)
		if _, err := d.One("h1"); err != nil {
			t.Errorf("%s: %v", a, err)
		}
		if _, err := d.One("main"); err != nil {
			t.Errorf("%s: %v", a, err)
		}
		for _, bad := range []string{" style=", "<style", " onclick=", "javascript:", "NaN", "%!", "&lt;svg", "ZgotmplZ", "(no value)"} {
			if strings.Contains(text, bad) {
				i := strings.Index(text, bad)
				t.Errorf("%s holds %q: …%s…", a, bad, text[max(0, i-80):min(len(text), i+40)])
			}
		}
		for _, n := range d.All("script") {
			if src, ok := htmlcheck.Attr(n, "src"); !ok || !strings.HasPrefix(src, "/a/") || htmlcheck.Text(n) != "" {
				t.Errorf("%s: a script that is inline or from elsewhere: %q", a, src)
			}
		}
		for _, name := range []string{"src", "href"} {
			for _, n := range d.All("[" + name + "]") {
				if v, _ := htmlcheck.Attr(n, name); !strings.HasPrefix(v, "/") && !strings.HasPrefix(v, "#") || strings.HasPrefix(v, "//") {
					t.Errorf("%s: %s leads to another host: %s", a, n.Data, v)
				}
			}
		}
		for _, n := range d.All("table") {
			if len(htmlcheck.Within(n, "caption")) != 1 {
				t.Errorf("%s: a table without a caption", a)
			}
		}
		ids := map[string]bool{}
		for _, n := range d.All("[id]") {
			id, _ := htmlcheck.Attr(n, "id")
			if ids[id] {
				t.Errorf("%s: the id %s stands twice", a, id)
			}
			ids[id] = true
		}
		if csp := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'self'") {
			t.Errorf("%s: policy %q", a, csp)
		}
	}
}

// TestLinksLead follows every link of every kind of page once: none is dead.
func TestLinksLead(t *testing.T) {
	if testing.Short() {
		t.Skip("follows some thousand links")
	}
	seen := map[string]bool{}
	for _, a := range kinds {
		for _, n := range page200(t, a).All("a[href]") {
			href, _ := htmlcheck.Attr(n, "href")
			if seen[href] || strings.HasPrefix(href, "#") || strings.Contains(href, ".png") || strings.Contains(href, ".xlsx") {
				continue
			}
			seen[href] = true
			if len(seen)%7 != 0 && !strings.Contains(href, ".csv") { // one in seven: they come from the same few functions
				continue
			}
			if w := get(t, href); w.Code != http.StatusOK {
				t.Errorf("%s leads to %s, which is answered by %d", a, href, w.Code)
			}
		}
	}
}

// TestTraVinh: the page shows the score, its published interval under its true level, the range of ranks, that the group
// is uncertain, and the heir.
func TestTraVinh(t *testing.T) {
	for address, words := range map[string][]string{
		"/ho-so/tra-vinh?nam=2022":       {"40,72", "40,7172", "39,41–42,02", "in là 95%, thật là 90%", "39,16–42,27", "11–61", "chưa chắc", "Tỉnh Vĩnh Long"},
		"/en/profiles/tra-vinh?nam=2022": {"40.72", "40.7172", "39.41–42.02", "printed as 95%, truly 90%", "39.16–42.27", "11–61", "uncertain", "Vinh Long"},
	} {
		d := page200(t, address)
		for _, word := range words {
			if err := d.Has("main", word); err != nil {
				t.Errorf("%s: %v", address, err)
			}
		}
	}
}

// TestHaNoi: the published changes from 2019 to 2020, as the publisher's mark and not as a tested change.
func TestHaNoi(t *testing.T) {
	d := page200(t, "/ho-so/ha-noi?nam=2020")
	for _, word := range []string{"+8,86%", "+7,70%", "+5,19%", "+5,16%"} {
		if err := d.Has(".five", word); err != nil {
			t.Error(err)
		}
	}
	if n := len(d.All(".delta.up")) + len(d.All(".delta.down")); n != 0 {
		t.Errorf("%d changes carry an arrow although no error of 2020 is known", n)
	}
}

// TestMyHao: a former town is found without marks, with where it was and what became of it.
func TestMyHao(t *testing.T) {
	for _, q := range []string{"my+hao", "M%E1%BB%B9+H%C3%A0o", "thi+xa+my+hao"} {
		d := page200(t, "/tim-kiem?q="+q)
		for _, word := range []string{"Thị xã Mỹ Hào", "Hưng Yên", "đến 30/06/2025", "nay là", "Phường Mỹ Hào"} {
			if err := d.Has(".hits li", word); err != nil {
				t.Errorf("%s: %v", q, err)
			}
		}
	}
}

// TestArchipelagos: both stand, with their owner, on every map output.
func TestArchipelagos(t *testing.T) {
	for _, path := range []string{"/", "/ban-do.svg", "/nhung/ban-do"} {
		for _, look := range []string{"ban-do", "o-vuong"} {
			for _, frame := range []string{"63", "34"} {
				address := path + "?nam=2022&xem=" + look + "&dg=" + frame
				body := get(t, address).Body.String()
				for _, want := range []string{"Quần đảo Hoàng Sa", "thành phố Đà Nẵng", "Quần đảo Trường Sa", "tỉnh Khánh Hòa"} {
					if !strings.Contains(body, want) {
						t.Errorf("%s lacks %s", address, want)
					}
				}
			}
		}
	}
}

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

// TestFiles: every figure comes as data and as a picture, and data carry what a reader needs to use them alone.
func TestFiles(t *testing.T) {
	for _, base := range []string{"/ban-do", "/nhom-ket-qua", "/ho-so/tra-vinh", "/tinh/vinh-long", "/noi-dung/D1", "/chuoi-thoi-gian"} {
		for ext, start := range map[string]string{"csv": "year,index,code", "xlsx": "PK", "svg": "<svg", "png": "\x89PNG"} {
			address := base + "." + ext + "?nam=2022"
			w := get(t, address)
			if w.Code != http.StatusOK || !strings.HasPrefix(w.Body.String(), start) {
				t.Errorf("%s is answered by %d, %.20q", address, w.Code, w.Body.String())
			}
			if !regexp.MustCompile(`filename="[a-z0-9.-]+"`).MatchString(w.Header().Get("Content-Disposition")) {
				t.Errorf("%s is called %s", address, w.Header().Get("Content-Disposition"))
			}
		}
	}
	csv := get(t, "/ban-do.csv?nam=2022").Body.String()
	if !strings.Contains(csv, "40.71722681687167") || !strings.Contains(csv, "39.409874") {
		t.Error("the data lack Trà Vinh's score or its printed limit")
	}
}

// TestTitlesClaimNothingUntested: no title of a year without published errors says higher, changed or ahead.
func TestTitlesClaimNothingUntested(t *testing.T) {
	for _, a := range []string{"/?nam=2024", "/nhom-ket-qua?nam=2021", "/ho-so/tra-vinh?nam=2021", "/so-sanh?nam=2024&tinh=84&tinh=22", "/tinh/vinh-long?nam=2024"} {
		for _, n := range page200(t, a).All(".fig-h") {
			text := htmlcheck.Text(n)
			for _, word := range []string{" cao hơn ", "tăng", "giảm"} {
				if strings.Contains(text, word) && !strings.Contains(text, "trung vị") {
					t.Errorf("%s: the title %q claims what no test can support", a, text)
				}
			}
		}
	}
}

// TestCached: the second answer is the first, and a reader who has it is told so.
func TestCached(t *testing.T) {
	first := get(t, "/nhom-ket-qua?nam=2023")
	r := httptest.NewRequest("GET", "/nhom-ket-qua?nam=2023", nil)
	r.Header.Set("If-None-Match", first.Header().Get("ETag"))
	w := httptest.NewRecorder()
	site().ServeHTTP(w, r)
	if w.Code != http.StatusNotModified || w.Body.Len() != 0 {
		t.Errorf("the same page is answered by %d with %d bytes", w.Code, w.Body.Len())
	}
}

// TestCacheForgets: the cache stays within its bound, and what is read again stays.
func TestCacheForgets(t *testing.T) {
	var c cache
	body := strings.Repeat("x", 1<<20)
	for i := range 100 {
		c.put(strings.Repeat("k", i+1), bodyOf(body))
		if _, ok := c.get("k"); !ok {
			t.Fatalf("what is read every time was forgotten after %d others", i)
		}
	}
	total := 0
	for _, m := range []map[string]*cached{c.now, c.before} {
		for _, a := range m {
			total += a.body.Size()
		}
	}
	if total > cacheBytes {
		t.Errorf("the cache holds %d bytes, its bound is %d", total, cacheBytes)
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

// FuzzMarkdown: no text can bring anything into a page that runs or loads.
func FuzzMarkdown(f *testing.F) {
	for _, s := range []string{"# x", "[a](javascript:alert(1))", "<script>alert(1)</script>", "![x](http://a/b.png)", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "[x]: data:text/html,x\n[x]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		html, err := markdown(text)
		if err != nil {
			return
		}
		d, err := htmlcheck.Parse([]byte(html))
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"script", "style", "iframe", "object", "img", "svg", "form"} {
			if len(d.All(bad)) > 0 {
				t.Errorf("%q lets through %s: %s", text, bad, html)
			}
		}
		for _, n := range d.All("[href]") {
			if v, _ := htmlcheck.Attr(n, "href"); strings.HasPrefix(strings.ToLower(strings.TrimSpace(v)), "javascript:") || strings.HasPrefix(strings.ToLower(v), "data:") {
				t.Errorf("%q lets through the link %s", text, v)
			}
		}
	})
}

// BenchmarkCached answers a page that was asked for before. Bound: 50 µs, a hundredth of what a reader may wait.
func BenchmarkCached(b *testing.B) {
	r := httptest.NewRequest("GET", "/nhom-ket-qua?nam=2022", nil)
	r.Header.Set("Accept-Encoding", "br")
	site().ServeHTTP(httptest.NewRecorder(), r)
	for b.Loop() {
		site().ServeHTTP(httptest.NewRecorder(), r)
	}
}

// BenchmarkHome renders the map home. Bound: 50 ms, with its compression.
func BenchmarkHome(b *testing.B) { benchPage(b, "/") }

// BenchmarkProfile renders a province's profile. Bound: 50 ms, with its compression.
func BenchmarkProfile(b *testing.B) { benchPage(b, "/ho-so/tra-vinh") }

func benchPage(b *testing.B, path string) {
	site().ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", path, nil))
	for b.Loop() {
		site().cache = cache{}
		r := httptest.NewRequest("GET", path+"?nam=2022", nil)
		r.Header.Set("Accept-Encoding", "br")
		site().ServeHTTP(httptest.NewRecorder(), r)
	}
}
