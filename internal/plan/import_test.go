package plan_test

import (
	"bytes"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/fault"
	"thuoc/internal/gazetteer"
	"thuoc/internal/lang"
	"thuoc/internal/plan"
	"thuoc/internal/published"
	"thuoc/internal/reference"
	"thuoc/internal/score"
	"thuoc/internal/sheet"
	"thuoc/internal/target"
)

var operator = account.Program("operator", clock.MustDate("2025-06-30"))

// seedPlaces writes a slice of the gazetteer as package place keeps it: the provinces before the merger, and Mỹ Hào.
func seedPlaces(t testing.TB, d *db.DB) {
	t.Helper()
	before := clock.MustDate("2021-02-19")
	places := gazetteer.Provinces(before)
	places = append(places, gazetteer.Search("Mỹ Hào Hưng Yên", gazetteer.Merger.Add(-1), 1)[0].Place)
	must(t, d.Update(t.Context(), func(q *db.Q) error {
		if _, err := q.Exec(t.Context(), "INSERT INTO place_load (id, kind, actor, added, live) VALUES ('test', 'test', 'system', 0, 0)"); err != nil {
			return err
		}
		for _, p := range places {
			if _, err := q.Exec(t.Context(), "INSERT INTO place (id, level, load) VALUES (?, ?, 'test')", p.ID, int(p.Level)); err != nil {
				return err
			}
			if _, err := q.Exec(t.Context(), `INSERT INTO place_version (place, since, known, code, level, kind, name, parent, law, key, aliases, load)
				VALUES (?, ?, 0, ?, ?, ?, ?, ?, '', ?, '', 'test')`, p.ID, clock.MustDate("2004-01-01"), p.Code, int(p.Level), string(p.Kind), p.Name.VI, p.Parent, gazetteer.SearchKey(p.Name.VI)); err != nil {
				return err
			}
		}
		return nil
	}))
}

// provinceID gives the id under which a province was seeded.
func provinceID(t testing.TB, name string) string {
	t.Helper()
	p, err := gazetteer.ProvinceByName(name, clock.MustDate("2021-02-19"))
	must(t, err)
	return p.ID
}

func realTable(t testing.TB, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(reference.Path(t, "data/"+name))
	must(t, err)
	return content
}

// load takes a real table in for a province and gives the plan, after it was taken in twice.
func (h house) load(t *testing.T, name string, usual plan.Head) *plan.Plan {
	t.Helper()
	f := plan.File{Name: name, Content: realTable(t, name), Usual: usual}
	dry, err := h.Import(t.Context(), operator, f, true)
	must(t, err)
	rep, err := h.Import(t.Context(), operator, f, false)
	must(t, err)
	if len(dry.Plans) != 1 || len(rep.Plans) != 1 || !dry.Plans[0].New || dry.Plans[0].ID != "" || dry.Plans[0].Added != rep.Rows {
		t.Fatalf("the dry run said %+v, the import %+v", dry, rep)
	}
	again, err := h.Import(t.Context(), operator, f, false)
	must(t, err)
	if got := again.Plans[0]; got.New || got.Same != rep.Rows || got.ID != rep.Plans[0].ID {
		t.Errorf("taken in again it makes %+v", got)
	}
	p, err := h.Get(t.Context(), operator, rep.Plans[0].ID)
	must(t, err)
	return p
}

// publishedIn gives the published scores of a province in a year.
func publishedIn(t *testing.T, year int, unit string) func(string) (float64, bool) {
	t.Helper()
	figures, err := published.Figures(year)
	must(t, err)
	return func(code string) (float64, bool) {
		i := slices.IndexFunc(figures, func(f score.Figure) bool { return f.Code == code && f.Unit == unit })
		if i < 0 {
			return 0, false
		}
		return figures[i].Value, true
	}
}

// The targets of Đồng Tháp add up, and target minus change is the score that was published, through the plan as it is kept.
func TestDongThapLoadsAndAddsUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h := open(t, d)
		seedPlaces(t, d)
		for _, c := range []struct {
			file       string
			base, year int
		}{{"plan_dongthap_2022.csv", 2021, 2022}, {"plan_dongthap_2024.csv", 2023, 2024}} {
			p := h.load(t, c.file, plan.Head{Place: provinceID(t, "Đồng Tháp")})
			if p.Year != c.year || p.BaseYear != c.base || p.State != plan.Draft || len(p.Bases) != 1 {
				t.Errorf("%s: the plan is %+v with bases %v", c.file, p.Head, p.Bases)
			}
			total, parts := p.Lines("papi", "PAPI")
			if len(parts) != 8 || math.IsNaN(total.Target) {
				t.Fatalf("%s: total %+v and %d parts", c.file, total, len(parts))
			}
			printed := 0
			for _, l := range append(parts, total) {
				if !math.IsNaN(l.Change) {
					printed++
				}
			}
			if items := target.Check(total, parts, publishedIn(t, c.base, "87")); len(items) > 0 || printed != 9 {
				t.Errorf("%s: %d changes printed; contradictions: %v", c.file, printed, items)
			}
		}
		held, err := h.List(t.Context(), operator, plan.Filter{Year: 2022})
		must(t, err)
		p, err := h.Get(t.Context(), operator, held[0].ID)
		must(t, err)
		if a := p.Aims[7]; a.Code != "D7" || a.Kind != target.Hold || *a.Value != 4.73 {
			t.Errorf("D7 is held at 4.73, kept as %+v", a)
		}
	})
}

// The lists of Lạng Sơn, as they are kept, are what the offices' rule makes of 2022 and 2023.
func TestLangSonLoadsWithItsLists(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h := open(t, d)
		seedPlaces(t, d)
		p := h.load(t, "plan_langson_2024.csv", plan.Head{Place: provinceID(t, "Lạng Sơn")})
		want := map[string]target.Sorting{}
		for _, f := range target.Focus(comparedWith(t, 2023), "dimension", "20") {
			want[f.Row.Code] = f.Office
		}
		got := map[string]target.Sorting{}
		for _, a := range p.Aims {
			got[a.Code] = a.Sorting
			if a.Kind != "" {
				t.Errorf("%s is only sorted, kept as %+v", a.Code, a)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("the plan's lists are not the computed ones: %s", diff)
		}
		total, parts := p.Lines("papi", "PAPI")
		if items := target.Check(total, parts, publishedIn(t, 2023, "20")); len(items) > 0 {
			t.Errorf("baselines: %v", items)
		}
	})
}

func comparedWith(t *testing.T, year int) *score.Result {
	t.Helper()
	compute := func(y int, opt score.Options) *score.Result {
		entry, _ := score.InForce("papi", y)
		def, err := score.Open(entry.ID)
		must(t, err)
		figures, err := published.Figures(y)
		must(t, err)
		opt.Year, opt.Units, opt.Absent = y, published.Units(), score.NotPublished
		r, err := score.Compute(def, figures, opt)
		must(t, err)
		return r
	}
	return compute(year, score.Options{Previous: compute(year-1, score.Options{})})
}

// The list of targets of many plans makes each plan for its own place, of its day, with every kind of target.
func TestTargetsOfManyPlansLoad(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h := open(t, d)
		seedPlaces(t, d)
		f := plan.File{Name: "plan_targets_other.csv", Content: realTable(t, "plan_targets_other.csv")}
		rep, err := h.Import(t.Context(), operator, f, false)
		must(t, err)
		again, err := h.Import(t.Context(), operator, f, false)
		must(t, err)
		aims, same := 0, 0
		byTitle := map[string]*plan.Plan{}
		for i, taken := range rep.Plans {
			aims, same = aims+taken.Added, same+again.Plans[i].Same
			byTitle[taken.Title+" "+taken.Place], err = h.Get(t.Context(), operator, taken.ID)
			must(t, err)
		}
		if len(rep.Plans) != 11 || aims != 16 || same != 16 {
			t.Errorf("%d plans with %d targets, %d the same when taken in again; want 11, 16, 16", len(rep.Plans), aims, same)
		}
		find := func(title, at string) *plan.Plan {
			for _, p := range byTitle {
				if p.Title == title && p.Place == at {
					return p
				}
			}
			t.Fatalf("no plan %q of %s", title, at)
			return nil
		}
		hanoi := find("179/KH-UBND", provinceID(t, "Hà Nội"))
		if a := hanoi.Aims[0]; a.Kind != target.Rank || *a.Rank != 23 || a.Year != 2026 || hanoi.Until != 2026 || hanoi.Signed.String() != "2021-08-04" {
			t.Errorf("rank 23 by the end of the term is kept as %+v of %+v", a, hanoi.Head)
		}
		city := find("2844/QĐ-UBND", provinceID(t, "TP. Hồ Chí Minh"))
		if len(city.Aims) != 2 || city.Kind != plan.Decision || city.Aims[0].Word != "trung bình cao" || city.Aims[1].Word != "cao" || city.Aims[1].Year != 2022 {
			t.Errorf("the decision of the city holds %+v", city.Aims)
		}
		several := find("PAPI 2023", provinceID(t, "Bình Định"))
		words := map[string]string{}
		for _, a := range several.Aims {
			words[a.Family+" "+string(a.Kind)] = a.Word
		}
		want := map[string]string{"papi group": "trung bình cao", "papi rank": "≤ 20 rank of 63", "pci points": "> 68.5", "sipas points": "≥ 85 %", "par-index points": "≥ 87 %"}
		if diff := cmp.Diff(want, words); diff != "" {
			t.Errorf("four indices in one plan: %s", diff)
		}
	})
}

// Mỹ Hào was a district town on the day of its plan. Its index is the province's own, of a scale nobody published: it is a
// family of its own, and no chance is ever computed for it.
func TestMyHaoIsAPlanOfItsTime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h := open(t, d)
		seedPlaces(t, d)
		rep, err := h.Import(t.Context(), operator, plan.File{Name: "plan_targets_other.csv", Content: realTable(t, "plan_targets_other.csv")}, false)
		must(t, err)
		last := rep.Plans[len(rep.Plans)-1]
		p, err := h.Get(t.Context(), operator, last.ID)
		must(t, err)
		town, ok := gazetteer.ByID(p.Place, clock.MustDate("2021-02-19"))
		if !ok || town.Level != gazetteer.DistrictLevel || town.Name.VI != "Mỹ Hào" || p.Signed.String() != "2021-02-19" {
			t.Fatalf("the plan is of %+v on %s", town, p.Signed)
		}
		a := p.Aims[0]
		if a.Family != "papi-district" || a.Baseline == nil || *a.Baseline != 74.12 || !strings.Contains(a.Note, "first of 10") || a.Kind != "" {
			t.Errorf("its result of 2020 is kept as %+v", a)
		}
		if total, parts := p.Lines("papi", "PAPI"); total.Code != "" || len(parts) != 0 {
			t.Errorf("it is taken for PAPI: %+v %+v", total, parts)
		}
		if _, err := target.OfPAPI(2020, a.Code); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a chance is computed on a scale nobody published: %v", err)
		}
	})
}

// Of sixty-three provinces Hà Nội stood at rank 48; by luck alone five ranks are as likely as not.
func TestFiveRanksHaveTheirChance(t *testing.T) {
	b, err := target.OfPAPI(2020, "PAPI")
	must(t, err)
	m, err := target.Learn(b.Standing, b.History)
	must(t, err)
	r, err := m.Imagine(b.Standing, target.Draws, 1).Reach(target.Target{Kind: target.Gain, Place: 5}, b.Unit("01"))
	must(t, err)
	if luck := r.Chance(0); r.Rank != 43 || luck < 0.45 || luck > 0.6 {
		t.Errorf("rank %d by luck alone in %.2f of futures; want rank 43 in about half", r.Rank, luck)
	}
	if next, err := target.OfPAPI(2021, "PAPI"); err != nil || next.Standing.Rank(next.Unit("01")) != 9 {
		t.Errorf("it came to rank 9: %v", err)
	}
}

// What was exported and is taken in again changes nothing, in both languages, through the bytes of a workbook.
func TestAnExportedPlanChangesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h := open(t, d)
		seedPlaces(t, d)
		_, err := h.Import(t.Context(), operator, plan.File{Name: "o.csv", Content: realTable(t, "plan_targets_other.csv")}, false)
		must(t, err)
		p := h.load(t, "plan_dongthap_2022.csv", plan.Head{Place: provinceID(t, "Đồng Tháp"), Title: "=HYPERLINK(\"http://x\")"})
		seat(t, d, "agency-there", p.Place)
		must(t, h.Ask(t.Context(), operator, p.ID, []plan.Duty{{Code: "6.1", Agency: "agency-there", Part: plan.Lead, Words: "+1 giường bệnh"}}))
		all, err := h.List(t.Context(), operator, plan.Filter{})
		must(t, err)
		for _, head := range all {
			for _, l := range []lang.Lang{lang.Vi, lang.En} {
				sheets, err := h.Export(t.Context(), operator, head.ID, l)
				must(t, err)
				var book bytes.Buffer
				must(t, sheet.Write(&book, sheets))
				back, err := sheet.Read(bytes.NewReader(book.Bytes()), "x.xlsx")
				must(t, err)
				if len(back) != 3 || back[0].Rows[1][4] != head.Title {
					t.Errorf("%s: the workbook holds %v", head.Title, back)
				}
				for _, chosen := range []string{"", head.ID} {
					rep, err := h.Import(t.Context(), operator, plan.File{Name: "x.xlsx", Content: book.Bytes(), Plan: chosen}, true)
					if err != nil {
						t.Fatalf("%s in %v: %v", head.Title, l, err)
					}
					if got := rep.Plans[0]; len(rep.Plans) != 1 || got.New || got.Added+got.Changed > 0 || got.ID != head.ID {
						t.Errorf("%s in %v: taken in again it makes %+v", head.Title, l, rep.Plans)
					}
				}
			}
		}
	})
}

// Every fault of a table is told by its cell, and nothing of it is written; what was chosen for a column is remembered.
func TestFaultsOfATableOfTargets(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h := open(t, d)
		seedPlaces(t, d)
		text := "Địa phương,Năm kế hoạch,Mã,Mục tiêu,Mức tăng,Phân loại,Loại mục tiêu\n" +
			"Đồng Tháp,2022,D1,4.83,+0.26,raise,\n" +
			"Đồng Thap X,2022,D1,4.83,,,\n" + // no such place
			"Đồng Tháp,22,D2,5,,,\n" + // no year
			"Đồng Tháp,2022,D9,5,,,\n" + // no such dimension
			"Đồng Tháp,2022,D3,,nhiều,,\n" + // no number
			"Đồng Tháp,2022,D4,,,tốt hơn,\n" + // no mode
			"Đồng Tháp,2022,D5,mười,,,rank\n" + // no rank
			"Đồng Tháp,2022,D6,5,,,hope\n" + // no kind
			"Đồng Tháp,2022,D1,4.9,,,\n" + // again
			"Đồng Tháp,2022,,5,,,\n" // of nothing
		_, err := h.Import(t.Context(), operator, plan.File{Name: "x.csv", Content: []byte(text)}, false)
		var cells []string
		for _, it := range fault.Items(err) {
			cells = append(cells, fault.Letters(it.Column)+string(rune('0'+it.Line%10)))
		}
		if diff := cmp.Diff([]string{"A3", "B4", "C5", "E6", "F7", "D8", "G9", "D0", "C1"}, cells); diff != "" {
			t.Errorf("cells at fault: %s\n%v", diff, err)
		}
		all, err := h.List(t.Context(), operator, plan.Filter{})
		must(t, err)
		if len(all) != 0 {
			t.Errorf("%d plans were written", len(all))
		}
		own := plan.File{Name: "x.csv", Content: []byte("Phần,Phấn đấu đạt\nD1,\"4,83\"\n"), Usual: plan.Head{Place: province, Year: 2026},
			Mapping: sheet.Mapping{"code": "Phần", "target": "Phấn đấu đạt"}}
		_, err = h.Import(t.Context(), h.owner, own, false)
		must(t, err)
		own.Mapping = nil
		rep, err := h.Import(t.Context(), h.owner, own, true)
		must(t, err)
		if rep.Plans[0].Same != 1 {
			t.Errorf("with the columns remembered the file makes %+v", rep.Plans)
		}
		_, err = h.Import(t.Context(), h.foreign, own, true)
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("another province may write here: %v", err)
		}
	})
}
