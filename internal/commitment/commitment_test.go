package commitment_test

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/commitment"
	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/edition"
	"thuoc/internal/fault"
	"thuoc/internal/gazetteer"
	"thuoc/internal/plan"
	"thuoc/internal/run"
	"thuoc/internal/target"
	"thuoc/internal/task"
)

var day = clock.MustDate("2026-06-15")

// Two of the house acting by itself, since nobody approves what they submitted.
var first, second = account.Program("first", day), account.Program("second", day)

// posts names nobody but by their posts.
var posts = commitment.Naming{Who: edition.NamesPosts}

// house is some provinces of the country, with plans.
type house struct {
	*commitment.Store
	t     *testing.T
	db    *db.DB
	plans *plan.Store
	tasks *task.Store
}

func open(t *testing.T, d *db.DB) *house {
	t.Helper()
	log, err := audit.New(bytes.Repeat([]byte{1}, 32))
	must(t, err)
	plans := plan.New(plan.Options{DB: d, Log: log})
	h := &house{commitment.New(commitment.Options{DB: d, Plans: plans, Editions: edition.New(edition.Options{DB: d, Log: log, Code: "test", Dir: t.TempDir()})}),
		t, d, plans, task.New(task.Options{DB: d, Log: log})}
	h.do("INSERT INTO place_load (id, kind, actor, added, live) VALUES ('test', 'test', 'system', 0, 0)")
	for _, p := range gazetteer.Provinces(day) {
		since := clock.MustDate("2004-01-01")
		if strings.HasSuffix(p.ID, ".2025") {
			since = edition.FormerDay.Add(1)
		}
		h.do("INSERT INTO place (id, level, load) VALUES (?, ?, 'test')", p.ID, int(p.Level))
		h.do(`INSERT INTO place_version (place, since, known, code, level, kind, name, parent, law, key, aliases, load)
			VALUES (?, ?, 1, ?, ?, ?, ?, '', '', ?, '', 'test')`, p.ID, since, p.Code, int(p.Level), string(p.Kind), p.Name.VI, gazetteer.SearchKey(p.Name.VI))
	}
	return h
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (h *house) do(text string, args ...any) {
	h.t.Helper()
	must(h.t, h.db.Update(h.t.Context(), func(q *db.Q) error {
		_, err := q.Exec(h.t.Context(), text, args...)
		return err
	}))
}

// province gives the id of a province of today.
func (h *house) province(name string) string {
	h.t.Helper()
	p, err := gazetteer.ProvinceByName(name, day)
	must(h.t, err)
	return p.ID
}

// issue writes a plan and issues it.
func (h *house) issue(p plan.Plan) string {
	h.t.Helper()
	ctx := h.t.Context()
	if p.Title == "" {
		p.Title = "Kế hoạch nâng cao PAPI"
	}
	p.Kind, p.Year, p.Until = plan.Scheme, 2026, 2026
	id, err := h.plans.Create(ctx, first, p)
	must(h.t, err)
	for i, m := range []plan.Move{{To: plan.Submitted}, {To: plan.Approved}, {To: plan.Issued, Number: "41/KH-UBND", Signed: day, Signer: "Chủ tịch UBND tỉnh", Paper: "ab"}} {
		who := first
		if i > 0 {
			who = second
		}
		is, err := h.plans.Get(ctx, who, id)
		must(h.t, err)
		m.Plan, m.Rev = id, is.Rev
		must(h.t, h.plans.Go(ctx, who, m))
	}
	return id
}

func (h *house) gather(id string) *edition.Commitments {
	h.t.Helper()
	c, err := h.Gather(h.t.Context(), first, id, posts)
	must(h.t, err)
	return c
}

// TestOfPAPI: a target of PAPI stands beside the newest published value of its province with its error, and the chance that
// it comes true by itself is that of the province's own history. A province that began since has the joined value of those
// it was made of, never that of the former one that bore its code, and no history of its own to compute a chance from.
func TestOfPAPI(t *testing.T) {
	years := run.PublishedYears()
	base := years[len(years)-1]
	built, err := edition.Build(base, edition.Made{})
	must(t, err)
	content, err := built.Content()
	must(t, err)
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h := open(t, d)
		aims := []plan.Aim{{Family: "papi", Code: "PAPI", Kind: target.Points, Value: new(45.0)}, {Family: "papi", Code: "PAPI", Kind: target.Gain, Rank: new(5)},
			{Family: "papi", Code: "D1", Kind: target.Hold}, {Family: "papi", Code: "PAPI", Kind: target.Group, Word: "cao nhất"}, {Family: "own", Code: "X", Kind: target.Points, Value: new(1.0)}}
		for name, joined := range map[string]bool{"Nghệ An": false, "Gia Lai": true, "Hưng Yên": true} {
			c := h.gather(h.issue(plan.Plan{Head: plan.Head{Place: h.province(name), BaseYear: base}, Aims: aims}))
			own, err := gazetteer.ProvinceByName(name, day)
			must(t, err)
			table := &content.Former
			if joined {
				table = &content.Present
			}
			for i, code := range []string{"PAPI", "PAPI", "D1"} {
				want, got := table.Cell(code, own.Code), c.Targets[i].Latest
				switch {
				case want == nil || !want.OK():
					if got != nil {
						t.Errorf("%s, %s: %+v, where nothing can be said", name, code, got)
					}
				case got == nil || got.Value != want.Value || want.Known() && (got.SE == nil || *got.SE != want.SE || *got.Lo >= got.Value || *got.Hi <= got.Value):
					t.Errorf("%s, %s: measured %+v, want %v ± %v", name, code, got, want.Value, want.SE)
				}
				if luck := c.Targets[i].Luck; joined != (luck == nil) {
					t.Errorf("%s, %s: the chance by luck is %v", name, code, luck)
				} else if luck != nil && (math.IsNaN(*luck) || *luck < 0 || *luck > 1) {
					t.Errorf("%s, %s: a chance of %v", name, code, *luck)
				}
			}
			if other := content.Former.Cell("PAPI", own.Code); joined && c.Targets[0].Latest != nil && c.Targets[0].Latest.Value == other.Value {
				t.Errorf("%s has the value of the former province of its code", name)
			}
			if c.Targets[3].Luck != nil || c.Targets[4].Latest != nil || c.Targets[4].Luck != nil {
				t.Errorf("%s: of a group, or of what was never measured, it says %+v %+v", name, c.Targets[3], c.Targets[4])
			}
			again := h.gather(c.Plan.ID)
			if !joined && *again.Targets[0].Luck != *c.Targets[0].Luck {
				t.Error("the same futures give another chance")
			}
		}
	})
}

// TestNobodyIsNamed: a text that names somebody on record is refused with its place, whatever marks stand around the name
// and however it is written, and nothing is frozen; a post in its place goes through.
func TestNobodyIsNamed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h := open(t, d)
		at := h.province("Nghệ An")
		h.do("INSERT INTO account (id, state, added) VALUES ('u', 'active', 0)")
		h.do("INSERT INTO person (user_id, name, email, phone, version, folded, sort) VALUES ('u', 'Trần Thị Mai Hoa', NULL, NULL, 1, '', ?)", []byte{1})
		h.do("INSERT INTO official (id, account, name) VALUES ('o', NULL, 'Nguyễn Văn Ánh')")
		for text, field := range map[string]string{
			"Kế hoạch do Nguyễn Văn Ánh chủ trì": "title", "Kế hoạch (Nguyễn Văn Ánh, Giám đốc)": "title", "Phân công: NGUYỄN VĂN ÁNH.": "title",
			"Ban chỉ đạo – trần thị mai hoa; tổ giúp việc": "title",
		} {
			id := h.issue(plan.Plan{Head: plan.Head{Place: at, Title: text}})
			_, err := h.Take(t.Context(), first, id, posts, clock.Date{}, "")
			if items := fault.Items(err); len(items) != 1 || items[0].Field != field {
				t.Errorf("%s: %v", text, err)
			}
		}
		id := h.issue(plan.Plan{Head: plan.Head{Place: at, Title: "Kế hoạch của Trần Thị Mai, Giám đốc Sở"}, // another's name
			Bases: []plan.Basis{{Issuer: "Ông Nguyễn Văn Ánh", Number: "1/CTr", Dated: day, Title: "Chương trình"}}})
		must(t, h.tasks.Add(t.Context(), first, id, []task.Task{{Place: at, Title: "Giao bà Trần Thị Mai Hoa rà soát"}, {Place: at, Title: "Niêm yết", Product: "Báo cáo (Nguyễn Văn Ánh)"}, {Place: at, Title: "Đối thoại", Who: "Nguyễn Văn Ánh"}}))
		_, err := h.Take(t.Context(), first, id, posts, clock.Date{}, "")
		var fields []string
		for _, it := range fault.Items(err) {
			fields = append(fields, it.Field)
		}
		if slices.Sort(fields); !slices.Equal(fields, []string{"basis", "task", "task", "task"}) {
			t.Errorf("refused are %v: %v", fields, err)
		}
		if n := h.count("SELECT count(*) FROM edition"); n != 0 {
			t.Errorf("%d editions are frozen of what was refused", n)
		}
	})
}

// TestOnlyWhatWasIssued: a draft has promised nothing, and another province's plan is not there to be taken.
func TestOnlyWhatWasIssued(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h := open(t, d)
		at := h.province("Nghệ An")
		draft, err := h.plans.Create(t.Context(), first, plan.Plan{Head: plan.Head{Place: at, Kind: plan.Scheme, Title: "Dự thảo", Year: 2026, Until: 2026}})
		must(t, err)
		_, err = h.Gather(t.Context(), first, draft, posts)
		if fault.KindOf(err) != fault.Conflict {
			t.Errorf("of a draft: %v", err)
		}
		issued := h.issue(plan.Plan{Head: plan.Head{Place: at}})
		foreign := account.Actor{User: "u", Day: day, Grants: []account.Grant{{Role: account.PlanOwner, Place: h.province("Hà Nội")}}}
		reader := account.Actor{User: "v", Day: day, Grants: []account.Grant{{Role: account.FrontMonitor, Place: at}}}
		for _, who := range []account.Actor{foreign, reader} {
			if _, err := h.Gather(t.Context(), who, issued, posts); fault.KindOf(err) != fault.Forbidden {
				t.Errorf("%s gathers it: %v", who.User, err)
			}
		}
		if c := h.gather(issued); c.Plan.Number != "41/KH-UBND" || c.PlaceName.VI != "tỉnh Nghệ An" && c.PlaceName.VI != "Tỉnh Nghệ An" {
			t.Errorf("gathered %+v of %+v", c.Plan, c.PlaceName)
		}
	})
}

func (h *house) count(text string) (n int) {
	h.t.Helper()
	must(h.t, h.db.View(h.t.Context(), func(q *db.Q) (err error) {
		n, err = db.One[int](h.t.Context(), q, text)
		return err
	}))
	return n
}
