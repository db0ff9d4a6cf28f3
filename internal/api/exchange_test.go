package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3filter"

	"thuoc/docs/api"
	"thuoc/internal/clock"
	"thuoc/internal/edition"
)

// TestDescriptionBites: an answer with a field too many, too few or of another type is not as described. Without this a
// description that says nothing would pass every test.
func TestDescriptionBites(t *testing.T) {
	for address, spoil := range map[string]func(map[string]any){
		"/editions/2022/figures?code=PAPI&limit=1":  func(m map[string]any) { first(m)["more"] = 1 },
		"/editions/2022/figures?code=PAPI&limit=2":  func(m map[string]any) { delete(first(m), "se") },
		"/editions/2022/figures?code=PAPI&limit=3":  func(m map[string]any) { first(m)["value"] = "40.7" },
		"/editions/2022/changes?code=PAPI&limit=1":  func(m map[string]any) { first(m)["verdict"] = "rose" },
		"/editions?limit=1":                         func(m map[string]any) { first(m)["more"] = 1 },
		"/editions/2022":                            func(m map[string]any) { m["more"] = 1 },
		"/editions/2021":                            func(m map[string]any) { m["sample"].(map[string]any)["respondents"] = 0 },
		"/units/84":                                 func(m map[string]any) { m["more"] = 1 },
		"/units?limit=1":                            func(m map[string]any) { first(m)["life"] = nil },
		"/units?limit=2":                            func(m map[string]any) { delete(m, "next") },
		"/indices/papi-2023":                        func(m map[string]any) { m["root"].(map[string]any)["parts"].([]any)[0].(map[string]any)["more"] = 1 },
		"/figures?code=NONE":                        func(m map[string]any) { m["errors"].([]any)[0].(map[string]any)["more"] = 1 },
		"/editions/2022/cube.json":                  func(m map[string]any) { m["status"].(map[string]any)["0"] = "lost" },
		"/editions/2022/figures?frame=34&code=PAPI": func(m map[string]any) { first(m)["joined"] = map[string]any{"population_year": 2020} },
		"/editions/2022/figures?code=D1&limit=1":    func(m map[string]any) { first(m)["group"].(map[string]any)["probability"] = 2 },
		"/editions/2022/datapackage.json?lang=en":   func(m map[string]any) { m["resources"] = []any{} },
	} {
		r := httptest.NewRequest(http.MethodGet, Prefix+address, nil)
		w := get(t, Prefix+address)
		var m map[string]any
		if err := json.Unmarshal(w.Body.Bytes(), &m); err != nil {
			t.Fatal(err)
		}
		spoil(m)
		body, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		to := operation(r)
		in := &openapi3filter.RequestValidationInput{Request: r, PathParams: to.params, Route: &to.Route}
		out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: w.Code, Header: w.Header()}
		if err := openapi3filter.ValidateResponse(t.Context(), out.SetBodyBytes(body)); err == nil {
			t.Errorf("%s: the spoilt answer passes as described", address)
		}
	}
}

func first(m map[string]any) map[string]any { return m["items"].([]any)[0].(map[string]any) }

// problemRead is a problem as a program reads it.
type problemRead struct {
	Type, Title, Detail, Instance string
	Status                        int
	Errors                        []struct{ Field, Detail, Remedy string }
}

// TestBadQuestions: whatever is wrong is said all at once, by field, in the language asked for.
func TestBadQuestions(t *testing.T) {
	tests := []struct {
		address string
		status  int
		fields  string
		say     map[string]string // part of the answer by language
	}{
		{"/figures?yeer=2022&limit=0&frame=62&code=PAPI", 400, "frame limit yeer", map[string]string{"vi": "Có phải “year”?", "en": "Did you mean “year”?"}},
		{"/figures?year=1999,x", 400, "year year", map[string]string{"vi": "năm 1999", "en": "No results of 1999 are published."}},
		{"/editions/2022/figures?code=9.9.9&unit=99&level=floor", 400, "level code unit", map[string]string{"vi": "30/06/2025", "en": "30 Jun 2025"}},
		{"/editions/2022/figures?cursor=AAAAAAAAAAA", 400, "cursor", map[string]string{"en": "another question"}},
		{"/editions/2022/figures?limit=1001&limit=2", 400, "limit limit", map[string]string{"en": "can be given once"}},
		{"/editions/2022/figures?%zz", 400, "", map[string]string{"en": "cannot be read"}},
		{"/editions/2022/figures?code=", 400, "code", nil},
		{"/editions/2022/changes?verdict=rose", 400, "verdict", map[string]string{"en": "none of: up, down"}},
		{"/units?on=1/7/2025&parent=zz&level=hamlet", 400, "on level parent", map[string]string{"en": "not a date of the form"}},
		{"/units?code=52", 400, "on", map[string]string{"vi": "Mã", "en": "without a date"}},
		{"/search", 400, "q", nil},
		{"/search?q=" + strings.Repeat("x", 201), 400, "q", nil},
		{"/editions?lang=fr", 400, "lang", nil},
		{"/editions/1999", 404, "", map[string]string{"en": "No results of 1999"}},
		{"/editions/ffffffffffffffff", 404, "", map[string]string{"en": "latest"}},
		{"/editions/2022/files/nothing", 404, "", nil},
		{"/indices/hdi", 404, "", map[string]string{"en": "hdi"}},
		{"/units/zzzzz", 404, "", nil},
		{"/nothing", 404, "", map[string]string{"en": Prefix}},
		{"/figures?code=" + strings.Repeat("x", 2000), 414, "", nil},
	}
	for _, tt := range tests {
		for _, l := range []string{"vi", "en"} {
			w := get(t, Prefix+tt.address, "Accept-Language", l+"-XX, fr;q=0.5")
			var p problemRead
			if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
				t.Fatalf("%s: %v", tt.address, err)
			}
			var fields []string
			for _, e := range p.Errors {
				fields = append(fields, e.Field)
			}
			if w.Code != tt.status || p.Status != tt.status || strings.Join(fields, " ") != tt.fields {
				t.Errorf("%s: %d, fields %q; want %d, %q", tt.address, w.Code, fields, tt.status, tt.fields)
			}
			if !strings.Contains(w.Body.String(), tt.say[l]) || w.Header().Get("Content-Language") != l || w.Header().Get("Cache-Control") != "no-store" {
				t.Errorf("%s in %s: %s", tt.address, l, w.Body.String())
			}
		}
	}
}

func TestLanguage(t *testing.T) {
	for header, want := range map[string]string{"": "vi", "fr": "vi", "en": "en", "en-GB,vi;q=0.5": "en", "vi,en;q=0.9": "vi", "fr, en;q=0.1": "en", "!!": "vi"} {
		if got := get(t, Prefix+"/nothing", "Accept-Language", header).Header().Get("Content-Language"); got != want {
			t.Errorf("%q is answered in %s", header, got)
		}
	}
	if got := get(t, Prefix+"/indices/hdi?lang=en", "Accept-Language", "vi").Header().Get("Content-Language"); got != "en" {
		t.Errorf("lang=en is answered in %s", got)
	}
}

// TestPages: the pages of a list make up the whole, forwards and backwards, in the body and in the header.
func TestPages(t *testing.T) {
	whole := read[pageRead[item]](t, get(t, Prefix+"/editions/2022/figures?level=dimension&limit=1000"))
	var units []string
	next, last := Prefix+"/editions/2022/figures?limit=50&level=dimension", ""
	for next != "" {
		w := get(t, next)
		p := read[pageRead[item]](t, w)
		for _, f := range p.Items {
			units = append(units, f.Code+f.Unit)
		}
		if p.Next != nil && !strings.Contains(w.Header().Get("Link"), "<"+*p.Next+`>; rel="next"`) {
			t.Errorf("Link %q, next %q", w.Header().Get("Link"), *p.Next)
		}
		last = next
		next = ""
		if p.Next != nil {
			next = *p.Next
		}
	}
	if len(units) != whole.Total || len(whole.Items) != whole.Total {
		t.Fatalf("%d figures on pages of 50, %d in one, total %d", len(units), len(whole.Items), whole.Total)
	}
	for i, f := range whole.Items {
		if units[i] != f.Code+f.Unit {
			t.Fatalf("figure %d is %s on pages and %s in one", i, units[i], f.Code+f.Unit)
		}
	}
	if p := read[pageRead[item]](t, get(t, last)); p.Previous == nil {
		t.Error("the last page has none before it")
	}
	cursor, _ := url.Parse(last)
	if w := get(t, Prefix+"/editions/2021/figures?limit=50&level=dimension&cursor="+cursor.Query().Get("cursor")); w.Code != http.StatusBadRequest {
		t.Errorf("a cursor of 2022 is taken by 2021: %d", w.Code)
	}
}

// TestTags: one question in any spelling has one tag, another question or edition has another, and who has it is not
// sent it again.
func TestTags(t *testing.T) {
	tag := func(a string, h ...string) string { return get(t, Prefix+a, h...).Header().Get("ETag") }
	a := tag("/figures?year=2021,2022&code=PAPI,D1&unit=84")
	for _, same := range []string{"/figures?unit=84&code=D1&code=PAPI&year=2022,2021,2021&frame=63&limit=100", "/figures?unit=84&code=D1,PAPI&year=2021,2022&lang=en"} {
		if tag(same) != a {
			t.Errorf("%s has another tag", same)
		}
	}
	for _, other := range []string{"/figures?year=2022&code=PAPI,D1&unit=84", "/figures?year=2021,2022&code=PAPI,D1&unit=83", "/figures?year=2021,2022&code=PAPI,D1&unit=86&frame=34"} {
		if tag(other) == a {
			t.Errorf("%s has the same tag", other)
		}
	}
	w := get(t, Prefix+"/figures?year=2021,2022&code=PAPI,D1&unit=84", "If-None-Match", a)
	if w.Code != http.StatusNotModified || w.Body.Len() > 0 {
		t.Errorf("%d with %d bytes", w.Code, w.Body.Len())
	}
	vi, en := get(t, Prefix+"/editions/2022/cube.json", "Accept-Language", "vi"), get(t, Prefix+"/editions/2022/cube.json", "Accept-Language", "en")
	if vi.Header().Get("ETag") == en.Header().Get("ETag") || !slices.Contains(vi.Header().Values("Vary"), "Accept-Language") || en.Header().Get("Content-Language") != "en" {
		t.Errorf("the cube in two languages: %v, %v", vi.Header(), en.Header())
	}
	e, err := shelf.Edition(2022)
	if err != nil {
		t.Fatal(err)
	}
	manifest := get(t, Prefix+"/editions/"+e.ID+"/files/manifest.json")
	if !strings.Contains(manifest.Header().Get("Cache-Control"), "immutable") || strings.Contains(get(t, Prefix+"/editions/2022/manifest").Header().Get("Cache-Control"), "immutable") {
		t.Error("only what an id names may be kept for ever")
	}
	if raw, _ := e.File(edition.ManifestName); !bytes.Equal(raw, manifest.Body.Bytes()) || !bytes.Equal(raw, get(t, Prefix+"/editions/"+e.Short()+"/manifest").Body.Bytes()) {
		t.Error("the manifest is not served byte for byte")
	}
}

func TestMethods(t *testing.T) {
	for _, m := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch} {
		w := ask(t, m, Prefix+"/editions")
		if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != methods || !strings.Contains(w.Body.String(), "Method") {
			t.Errorf("%s: %d %v %s", m, w.Code, w.Header(), w.Body)
		}
	}
	w := ask(t, http.MethodOptions, Prefix+"/figures", "Origin", "https://example.org", "Access-Control-Request-Method", "GET", "Access-Control-Request-Headers", "if-none-match")
	if w.Code != http.StatusNoContent || !strings.Contains(w.Header().Get("Access-Control-Allow-Headers"), "If-None-Match") {
		t.Errorf("preflight: %d %v", w.Code, w.Header())
	}
	h, g := ask(t, http.MethodHead, Prefix+"/editions"), get(t, Prefix+"/editions")
	if h.Body.Len() != 0 || h.Header().Get("ETag") != g.Header().Get("ETag") || h.Header().Get("Content-Length") != fmt.Sprint(g.Body.Len()) {
		t.Errorf("HEAD: %d bytes, %v", h.Body.Len(), h.Header())
	}
}

// TestGreedyClient: who asks too often is told when to come back, and nobody else suffers.
func TestGreedyClient(t *testing.T) {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	a := newAPI(func() time.Time { return at })
	from := func(peer, forwarded string) int {
		r := httptest.NewRequest(http.MethodGet, Prefix+"/nothing", nil)
		r.RemoteAddr = peer
		if forwarded != "" {
			r.Header.Set("X-Forwarded-For", forwarded)
		}
		w := httptest.NewRecorder()
		a.ServeHTTP(w, r)
		if w.Code == http.StatusTooManyRequests {
			if w.Header().Get("Retry-After") != "1" || w.Header().Get("Content-Type") != "application/problem+json" || !strings.Contains(w.Body.String(), "TooMany") {
				t.Errorf("refused by %v %s", w.Header(), w.Body)
			}
		}
		return w.Code
	}
	for range burst {
		if got := from("203.0.113.7:1", ""); got != http.StatusNotFound {
			t.Fatalf("refused early: %d", got)
		}
	}
	for peer, want := range map[[2]string]int{
		{"203.0.113.7:2", ""}:                       429, // another port is the same client
		{"203.0.113.7:2", "198.51.100.1"}:           429, // and a stranger's word is not taken
		{"203.0.113.8:1", ""}:                       404,
		{"127.0.0.1:1", "203.0.113.7"}:              429, // a proxy here names it last
		{"127.0.0.1:1", "203.0.113.7, 203.0.113.9"}: 404,
	} {
		if got := from(peer[0], peer[1]); got != want {
			t.Errorf("%v: %d, want %d", peer, got, want)
		}
	}
	for i := range burst {
		from(fmt.Sprintf("[2001:db8::%x]:1", i), "")
	}
	if from("[2001:db8::ffff]:1", "") != 429 || from("[2001:db8:0:1::1]:1", "") != 404 {
		t.Error("IPv6 clients are not metered by /64")
	}
	if at = at.Add(time.Second); from("203.0.113.7:1", "") != 404 {
		t.Error("not let in after the time given")
	}
}

// TestBrokenEdition: an edition that cannot be read is an error of ours, recorded and without a word of its cause.
func TestBrokenEdition(t *testing.T) {
	e, err := shelf.Edition(2024)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := e.Write(dir); err != nil {
		t.Fatal(err)
	}
	spoilt := bytes.Replace(mustRead(t, filepath.Join(dir, "provinces-63.csv")), []byte("unit,"), []byte("area,"), 1)
	if err := os.WriteFile(filepath.Join(dir, "provinces-63.csv"), spoilt, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := edition.Open(os.DirFS(dir)); err == nil {
		t.Fatal("a damaged edition opens")
	}
	if err := os.WriteFile(filepath.Join(dir, "manifest.json"), resealed(t, dir), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, edition.SealName), []byte(sumOf(mustRead(t, filepath.Join(dir, "manifest.json")))+"  manifest.json\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	broken, err := edition.Open(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	one, err := edition.Shelved([]*edition.Edition{broken})
	if err != nil {
		t.Fatal(err)
	}
	var told error
	a := New(Options{Shelf: one, Now: time.Now, Today: func() clock.Date { return clock.MustDate("2026-01-01") }, Report: func(_ *http.Request, err error) { told = err }})
	w := httptest.NewRecorder()
	a.ServeHTTP(w, httptest.NewRequest(http.MethodGet, Prefix+"/figures", nil))
	if w.Code != 500 || told == nil || strings.Contains(w.Body.String(), "provinces-63") || !strings.Contains(told.Error(), "provinces-63") {
		t.Errorf("%d %s, recorded %v", w.Code, w.Body, told)
	}
}

func mustRead(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// resealed writes a manifest that fits the spoilt file, as a faulty builder would.
func resealed(t *testing.T, dir string) []byte {
	t.Helper()
	var m edition.Manifest
	if err := json.Unmarshal(mustRead(t, filepath.Join(dir, "manifest.json")), &m); err != nil {
		t.Fatal(err)
	}
	for i := range m.Files {
		m.Files[i].SHA256 = sumOf(mustRead(t, filepath.Join(dir, filepath.FromSlash(m.Files[i].Name))))
	}
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// curl is one example of the guide: its options and address.
var curl = regexp.MustCompile(`(?m)^curl (.*?)"http://localhost:8080([^"]*)"(?: *# (\d{3}))?`)

// TestGuide runs every example of docs/api/README.md; one that should not be answered by 200 says so.
func TestGuide(t *testing.T) {
	guide, err := os.ReadFile(filepath.Join("..", "..", "docs", "api", "README.md"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	examples := curl.FindAllStringSubmatch(string(guide), -1)
	if n := strings.Count(string(guide), "\ncurl "); n != len(examples) || n < 8 {
		t.Errorf("%d of %d examples are understood", len(examples), n)
	}
	for _, e := range examples {
		var header []string
		for _, h := range regexp.MustCompile(`-H '([^:]+): ([^']*)'`).FindAllStringSubmatch(e[1], -1) {
			header = append(header, h[1], h[2])
		}
		want := "200"
		if e[3] != "" {
			want = e[3]
		}
		if w := get(t, e[2], header...); fmt.Sprint(w.Code) != want {
			t.Errorf("%s: %d %s", e[0], w.Code, cut(w.Body.String()))
		}
	}
}

// TestServedDescription: what is served is the file.
func TestServedDescription(t *testing.T) {
	if w := get(t, Prefix+"/openapi.yaml"); !bytes.Equal(w.Body.Bytes(), api.OpenAPI) || w.Header().Get("Content-Type") != "application/yaml" {
		t.Errorf("%v", w.Header())
	}
}

// FuzzQuestion: whatever a question says, the answer is one of ours, never a panic or an internal error; and what was
// understood, written canonically, is understood the same.
func FuzzQuestion(f *testing.F) {
	for i, a := range addresses {
		_, query, _ := strings.Cut(a, "?")
		f.Add(uint8(i%len(routes)), query)
	}
	f.Add(uint8(8), "year=2022&year=&code=%00&cursor=%F0%9F%92%A9&limit=-1")
	for _, y := range shelf.Years() {
		if _, err := shelf.Content(y); err != nil {
			f.Fatal(err)
		}
	}
	a, h := own(f)
	in := strings.NewReplacer("{edition}", "2022", "{release}", h.Public.Hash, "{name...}", "content.json", "{index}", "sipas", "{unit}", "84", "{$}", "")
	f.Fuzz(func(t *testing.T, n uint8, query string) {
		to := &routes[int(n)%len(routes)]
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.URL.Path, r.URL.RawQuery = Prefix+in.Replace(to.path), query
		w := httptest.NewRecorder()
		a.ServeHTTP(w, r)
		if w.Code != 200 && w.Code != 400 && w.Code != 414 {
			t.Errorf("%s ? %q is answered by %d", to.path, query, w.Code)
		}
		q := &request{Request: r, api: a, route: to}
		if q.parse(); len(q.faults) > 0 {
			return
		}
		again := &request{Request: httptest.NewRequest(http.MethodGet, "/?"+q.canonical().Encode(), nil), api: site(), route: to}
		if again.parse(); len(again.faults) > 0 || again.canonical().Encode() != q.canonical().Encode() {
			t.Errorf("%q is %q, and that is %q (%v)", query, q.canonical().Encode(), again.canonical().Encode(), again.faults)
		}
	})
}

// BenchmarkCached answers a page of a hundred figures that was asked for before. Bound: 1 ms.
func BenchmarkCached(b *testing.B) { benchmark(b, "/editions/2022/figures?level=dimension", false) }

// BenchmarkFigures makes a page of a thousand figures anew, over all years. Bound: 50 ms.
func BenchmarkFigures(b *testing.B) { benchmark(b, "/figures?limit=1000&level=indicator", true) }

// BenchmarkSeries makes the series of one province anew, over all years. Bound: 10 ms.
func BenchmarkSeries(b *testing.B) { benchmark(b, "/figures?code=PAPI&unit=84", true) }

// BenchmarkCube makes the cube of an edition anew. Bound: 50 ms.
func BenchmarkCube(b *testing.B) { benchmark(b, "/editions/2022/cube.json", true) }

func benchmark(b *testing.B, address string, anew bool) {
	r := httptest.NewRequest(http.MethodGet, Prefix+address, nil)
	r.Header.Set("Accept-Encoding", "gzip")
	site().ServeHTTP(httptest.NewRecorder(), r)
	for b.Loop() {
		if anew {
			site().cache.Forget()
		}
		w := httptest.NewRecorder()
		if site().ServeHTTP(w, r); w.Code != http.StatusOK {
			b.Fatal(w.Code)
		}
	}
}
