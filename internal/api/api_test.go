package api

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"thuoc/docs/api"
	"thuoc/internal/clock"
	"thuoc/internal/edition"
	"thuoc/internal/gazetteer"
)

var shelf = edition.Embedded(edition.Made{By: "test", Code: "test"})

// newAPI makes an API on 1 January 2026 whose clock stands where now says.
func newAPI(now func() time.Time) *API { return apiOf(shelf, now) }

func apiOf(shelf *edition.Shelf, now func() time.Time) *API {
	return New(Options{Shelf: shelf, Now: now, Today: func() clock.Date { return clock.MustDate("2026-01-01") },
		Report: func(r *http.Request, err error) { panic(fmt.Sprintf("%s: %v", r.URL, err)) }})
}

// site is shared: its clock goes so fast that no test meets the limit of requests.
var site = sync.OnceValue(func() *API {
	var mu sync.Mutex
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	return newAPI(func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		at = at.Add(time.Minute)
		return at
	})
})

var document = sync.OnceValue(func() *openapi3.T {
	doc, err := openapi3.NewLoader().LoadFromData(api.OpenAPI)
	if err != nil {
		panic(err)
	}
	return doc
})

// answered counts the routes that answered with 200, by path and language.
var answered sync.Map

// get asks and holds the question, if it succeeded, and the answer to the description.
func get(t testing.TB, address string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	return ask(t, http.MethodGet, address, header...)
}

func ask(t testing.TB, method, address string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	return askOf(t, site(), method, address, header...)
}

// askOf asks an API of other editions than those inside the program.
func askOf(t testing.TB, a *API, method, address string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, address, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	if w.Header().Get("Access-Control-Allow-Origin") != "*" || w.Header().Get("Access-Control-Allow-Credentials") != "" {
		t.Errorf("%s: open to other sites by %v", address, w.Header())
	}
	if method == http.MethodGet {
		hold(t, r, w)
	}
	return w
}

// hold validates one exchange against the description.
func hold(t testing.TB, r *http.Request, w *httptest.ResponseRecorder) {
	t.Helper()
	to := operation(r)
	if to == nil {
		if w.Code != http.StatusNotFound || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s is no route and is answered by %d", r.URL, w.Code)
		}
		return
	}
	in := &openapi3filter.RequestValidationInput{Request: r, PathParams: to.params, Route: &to.Route, QueryParams: r.URL.Query(), Options: &openapi3filter.Options{SkipSettingDefaults: true}}
	if w.Code == http.StatusOK {
		if err := openapi3filter.ValidateRequest(t.Context(), in); err != nil {
			t.Errorf("%s was answered, but the description does not know it: %v", r.URL, err)
		}
		answered.Store(to.Path+" "+string(languageOf(r)), true)
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: w.Code, Header: w.Header(), Options: &openapi3filter.Options{IncludeResponseStatus: true}}
	if strings.Contains(w.Header().Get("Content-Type"), "json") {
		out.SetBodyBytes(w.Body.Bytes())
	} else {
		out.Body, out.Options.ExcludeResponseBody = io.NopCloser(strings.NewReader("")), true
	}
	if err := openapi3filter.ValidateResponse(t.Context(), out); err != nil {
		t.Errorf("%s: the answer %d is not as described: %v", r.URL, w.Code, cut(err.Error()))
	}
}

func cut(s string) string { return s[:min(len(s), 1500)] }

// found is the operation of a request with its path parameters.
type described struct {
	routers.Route
	params map[string]string
}

// operation finds the operation of a request by the pattern that the program itself matched.
func operation(r *http.Request) *described {
	_, pattern := site().mux.Handler(r) // every API has the same routes
	path := described31(strings.TrimPrefix(pattern, Prefix))
	if pattern == Prefix {
		path = "/"
	}
	doc := document()
	item := doc.Paths.Value(path)
	if pattern == "/" || item == nil {
		return nil
	}
	d := &described{Route: routers.Route{Spec: doc, Path: path, PathItem: item, Method: http.MethodGet, Operation: item.Get}, params: map[string]string{}}
	probe := http.NewServeMux()
	probe.HandleFunc(pattern, func(_ http.ResponseWriter, r *http.Request) {
		for _, name := range []string{"edition", "release", "name", "index", "unit"} {
			if v := r.PathValue(name); v != "" {
				d.params[name] = v
			}
		}
	})
	probe.ServeHTTP(httptest.NewRecorder(), r)
	return d
}

// described31 writes a pattern of ServeMux as OpenAPI has it.
func described31(pattern string) string {
	return strings.NewReplacer("{$}", "", "...}", "}").Replace(pattern)
}

func read[T any](t testing.TB, w *httptest.ResponseRecorder) T {
	t.Helper()
	var v T
	if w.Code != http.StatusOK {
		t.Fatalf("status %d: %s", w.Code, cut(w.Body.String()))
	}
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// item is a figure or a change, as far as the tests read it.
type item struct {
	Edition, Unit, Code, Status, Verdict, Level string
	UnitID                                      string `json:"unit_id"`
	Year, Frame                                 int
	Value, SE, Change                           *float64
	Why                                         *struct{ VI, EN string }
	ErrorWhy                                    *struct{ VI, EN string } `json:"error_why"`
	Interval                                    *struct{ Low, High, Level float64 }
	Printed                                     *struct{ Low, High, Level, Label float64 } `json:"printed_interval"`
	N                                           *int
	Mark, Source                                *string
	Five                                        *string `json:"five_percent_rule"`
	Relative                                    *float64
	Group                                       *struct {
		ID            string
		Probability   *float64
		Uncertain     bool
		Probabilities []struct{ Probability float64 }
	}
	Rank   *struct{ Low, High, Of int }
	Joined json.RawMessage
}

type pageRead[T any] struct {
	Total          int
	Previous, Next *string
	Items          []T
}

// TestDescriptionIsWhole: the description is a valid one, and it and the routes name the same addresses.
func TestDescriptionIsWhole(t *testing.T) {
	doc := document()
	if err := doc.Validate(t.Context(), openapi3.IsOpenAPI31OrLater()); err != nil {
		t.Error(err)
	}
	here := map[string]bool{}
	for _, r := range routes {
		path := described31(r.path)
		here[path] = true
		item := doc.Paths.Value(path)
		if item == nil || item.Get == nil {
			t.Errorf("docs/api/openapi.yaml lacks the route %s", path)
			continue
		}
		takes := map[string]bool{keyLang: true}
		for _, key := range r.takes {
			takes[key] = true
		}
		for _, p := range item.Get.Parameters {
			if !takes[p.Value.Name] {
				t.Errorf("%s: the description has the parameter %q, the route does not take it", path, p.Value.Name)
			}
			delete(takes, p.Value.Name)
		}
		if len(takes) > 0 {
			t.Errorf("%s takes %v, the description does not say so", path, takes)
		}
	}
	for path := range doc.Paths.Map() {
		if !here[path] {
			t.Errorf("docs/api/openapi.yaml has %s, which is no route", path)
		}
	}
}

// addresses has every route at least once.
var addresses = []string{
	"", "/", "/openapi.yaml", "/catalogue.jsonld", "/editions", "/editions?limit=3", "/editions/2022", "/editions/latest", "/editions/2011", "/editions/2022/manifest", "/editions/2022/files",
	"/editions/2022/files/content.json", "/editions/2022/files/provinces-63.csv", "/editions/2022/files/text/methods.vi.md", "/editions/2022/files/definition.yaml",
	"/editions/2022/figures?level=composite", "/editions/2022/figures?level=composite,dimension&unit=84&frame=63", "/editions/2022/figures?frame=34&code=PAPI&limit=1000",
	"/editions/2019/figures?level=alternative", "/editions/2020/changes?unit=01&level=dimension", "/editions/2023/changes?frame=34&code=PAPI", "/editions/2022/groups", "/editions/2022/groups?level=dimension",
	"/editions/2022/remarks", "/editions/2022/sources", "/editions/2022/datapackage.json", "/editions/2022/cube.json", "/editions/2022/cube.json?frame=34",
	"/figures?unit=84&code=PAPI", "/figures?year=2021&year=2022,2023&unit=01&code=D1", "/changes?year=2023&verdict=up,down", "/groups?code=PAPI", "/remarks", "/remarks?year=2015", "/sources",
	"/indices", "/indices/papi-2011", "/indices/papi-2019", "/indices/papi-2023", "/indices/par-index", "/indices/par-index-2012", "/indices/sipas", "/indices/papi-2023/definition.yaml",
	"/units", "/units?on=2025-06-30", "/units?on=2025-06-30&code=52", "/units?on=2025-07-01&code=52,86", "/units?on=2025-06-30&level=district&limit=1000", "/units?on=2025-06-30&parent=33",
	"/units?level=commune&limit=2", "/units?parent=33&on=2025-06-30&level=commune&limit=5", "/units/84", "/units/84?on=2022-01-01", "/units/86.2025", "/units/01", "/units/323?on=2025-07-01",
	"/search?q=my+hao", "/search?q=giao+duc&limit=5", "/search?q=zzzz",
}

// TestEveryRoute asks every route in both languages; get holds each exchange to the description.
func TestEveryRoute(t *testing.T) {
	for _, a := range addresses {
		for _, l := range []string{"vi", "en"} {
			w := get(t, Prefix+a, "Accept-Language", l)
			if w.Code != http.StatusOK {
				t.Errorf("%s: %d %s", a, w.Code, cut(w.Body.String()))
			}
			if w.Header().Get("ETag") == "" || !strings.Contains(w.Header().Get("Cache-Control"), "max-age") || w.Header().Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%s: headers %v", a, w.Header())
			}
		}
	}
	askReleases(t)
	for _, r := range routes {
		for _, l := range []string{"vi", "en"} {
			if _, ok := answered.Load(described31(r.path) + " " + l); !ok {
				t.Errorf("no test asks %s in %q", r.path, l)
			}
		}
	}
}

// TestTraVinh2022 follows one figure to the program that reads it: value, published interval under its true level and
// its label, range of ranks, uncertain group, and the heir of the province.
func TestTraVinh2022(t *testing.T) {
	p := read[pageRead[item]](t, get(t, Prefix+"/editions/2022/figures?unit=84&code=PAPI"))
	if p.Total != 1 {
		t.Fatalf("%d figures", p.Total)
	}
	f := p.Items[0]
	switch {
	case f.Value == nil || fmt.Sprintf("%.4f", *f.Value) != "40.7172":
		t.Errorf("value %v", f.Value)
	case fmt.Sprintf("%.4f %.4f %v %v", f.Printed.Low, f.Printed.High, f.Printed.Level, f.Printed.Label) != "39.4099 42.0246 0.9 0.95":
		t.Errorf("printed %+v", f.Printed)
	case f.Interval.Level != 0.95 || f.Interval.Low >= f.Printed.Low:
		t.Errorf("interval %+v", f.Interval)
	case f.Rank.High != 61 || f.Rank.Low > 20 || !f.Group.Uncertain || len(f.Group.Probabilities) != 4:
		t.Errorf("ranks %+v, group %+v", f.Rank, f.Group)
	case f.Source == nil || f.UnitID != "84" || string(f.Joined) != "null":
		t.Errorf("source %v, unit %v, joined %s", f.Source, f.UnitID, f.Joined)
	}
	u := read[struct {
		There bool
		Heirs []struct {
			Share string
			Unit  struct{ Code, ID string }
		}
	}](t, get(t, Prefix+"/units/84?on=2025-07-01"))
	if u.There || len(u.Heirs) != 1 || u.Heirs[0].Unit.Code != "86" || u.Heirs[0].Unit.ID != "86.2025" {
		t.Errorf("Trà Vinh since the merger: %+v", u)
	}
}

// TestNothingWithoutItsReason: every figure of every year has an error or says why not, and a value or says why not; a
// joined one says of what it is made.
func TestNothingWithoutItsReason(t *testing.T) {
	for _, frame := range []string{"63", "34"} {
		next := Prefix + "/figures?level=composite,dimension&limit=1000&frame=" + frame
		seen := 0
		for next != "" {
			p := read[pageRead[item]](t, get(t, next))
			for _, f := range p.Items {
				seen++
				has := f.Status == "ok" || f.Status == "partial"
				var parts struct {
					Parts []struct{ Weight float64 }
				}
				json.Unmarshal(f.Joined, &parts)
				sum := 0.0
				for _, p := range parts.Parts {
					sum += p.Weight
				}
				switch {
				case has != (f.Value != nil), !has && f.SE != nil, (f.SE != nil) != (f.Interval != nil), f.SE == nil && f.Rank != nil:
					t.Errorf("%d %s %s: %+v", f.Year, f.Unit, f.Code, f)
				case !has && f.Why == nil && f.Status != "not-published":
					t.Errorf("%d %s %s has no value (%s) and no reason", f.Year, f.Unit, f.Code, f.Status)
				case has && f.SE == nil && f.ErrorWhy == nil:
					t.Errorf("%d %s %s has no error and no reason", f.Year, f.Unit, f.Code)
				case frame == "34" && (sum < 1-1e-9 || sum > 1+1e-9):
					t.Errorf("%d %s: weights of the parts sum to %v", f.Year, f.Unit, sum)
				case frame == "63" && has && f.Source == nil:
					t.Errorf("%d %s %s has no source", f.Year, f.Unit, f.Code)
				}
			}
			next = ""
			if p.Next != nil {
				next = *p.Next
			} else if seen != p.Total {
				t.Errorf("frame %s: %d figures on the pages, the total is %d", frame, seen, p.Total)
			}
		}
	}
}

// TestRefusedJoining: a province with an unscored part has no joined value, and the part is named in both languages.
func TestRefusedJoining(t *testing.T) {
	f := read[pageRead[item]](t, get(t, Prefix+"/editions/2022/figures?frame=34&unit=24&code=PAPI")).Items[0]
	if f.Value != nil || f.Why == nil || !strings.Contains(f.Why.VI, "Bắc Giang") || !strings.Contains(f.Why.EN, "Bac Giang") {
		t.Errorf("Bắc Ninh of 2022: %+v %+v", f.Value, f.Why)
	}
}

// TestHaNoi2020 holds the published changes of Hà Nội, which no test supports.
func TestHaNoi2020(t *testing.T) {
	p := read[pageRead[item]](t, get(t, Prefix+"/editions/2020/changes?unit=01&code=D7,D4,D6"))
	want := map[string]string{"D7": "0.0886 up", "D4": "0.0770 up", "D6": "-0.0320 still"}
	for _, c := range p.Items {
		got := fmt.Sprintf("%.4f %s", *c.Relative, *c.Five)
		if c.Code == "D6" {
			got = fmt.Sprintf("%.3f0 %s", *c.Relative, *c.Five)
		}
		if got != want[c.Code] || c.Verdict != "not-testable" || c.Why == nil {
			t.Errorf("%s: %s, %s", c.Code, got, c.Verdict)
		}
	}
	if len(p.Items) != 3 {
		t.Errorf("%d changes", len(p.Items))
	}
}

// TestMyHao: a former town is found without marks, with its heirs.
func TestMyHao(t *testing.T) {
	f := read[struct {
		Places []struct {
			Unit  struct{ Kind, Level string }
			Heirs []struct{ Unit struct{ Level string } }
		}
	}](t, get(t, Prefix+"/search?q=my+hao&on=2026-01-01"))
	for _, p := range f.Places {
		if p.Unit.Kind == "town" && p.Unit.Level == "district" && len(p.Heirs) > 0 {
			return
		}
	}
	t.Errorf("found %+v", f.Places)
}

// TestCodesHaveDates: code 52 is two provinces, and says nothing without a day.
func TestCodesHaveDates(t *testing.T) {
	for on, want := range map[string]string{"2025-06-30": "Bình Định", "2025-07-01": "Gia Lai"} {
		p := read[pageRead[struct{ Name struct{ VI string } }]](t, get(t, Prefix+"/units?code=52&on="+on))
		if len(p.Items) != 1 || p.Items[0].Name.VI != want {
			t.Errorf("52 on %s is %+v", on, p.Items)
		}
	}
	if w := get(t, Prefix+"/units?code=52"); w.Code != http.StatusBadRequest {
		t.Errorf("a code without a date is answered by %d", w.Code)
	}
	for on, want := range map[string]int{"2025-06-30": 63, "2025-07-01": 34} {
		if got := read[pageRead[item]](t, get(t, Prefix+"/units?on="+on)).Total; got != want || got != len(gazetteer.Provinces(clock.MustDate(on))) {
			t.Errorf("%d provinces on %s", got, on)
		}
	}
	for on, want := range map[string]int{"2025-06-30": 10_035, "2025-07-01": 3_321} {
		if got := read[pageRead[item]](t, get(t, Prefix+"/units?level=commune&limit=1&on="+on)).Total; got != want {
			t.Errorf("%d communes on %s, want %d", got, on, want)
		}
	}
}
