package run

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/blob"
	"thuoc/internal/clock"
	"thuoc/internal/column"
	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/fault"
	"thuoc/internal/score"
)

const home = "province-1"

func analyst(place string) account.Actor {
	return account.Actor{User: "anna", Day: clock.MustDate("2025-07-01"), Grants: []account.Grant{{Role: account.Analyst, Place: place}}}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func each(t *testing.T, f func(t *testing.T, ctx context.Context, s *Store)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		dir := filepath.Join(t.TempDir(), "blobs")
		must(t, blob.CreateDisk(dir))
		disk, err := blob.OpenDisk(dir, c.Now())
		must(t, err)
		t.Cleanup(func() { disk.Close() })
		log, err := audit.New(bytes.Repeat([]byte{7}, 32))
		must(t, err)
		f(t, t.Context(), New(Options{DB: d, Blobs: disk, Log: log, Code: "test"}))
	})
}

// answers invents a survey of two districts: 8 PSUs of 10 people in each of 4 strata.
func answers(shift int) string {
	var b strings.Builder
	b.WriteString("w,stratum,psu,unit,v1,v2,v3\n")
	for i := range 320 {
		stratum := i / 80
		fmt.Fprintf(&b, "%d.5,s%d,p%d,u%d,%d,%d,%d\n", 10+i%3, stratum, i/10, stratum/2, (i*7+shift)%2, (i*i+shift)%5+1, (i/3+shift)%2)
	}
	return b.String()
}

const definition = `format: 1
id: test-2024
family: test
names: {vi: "Thử", en: "Test"}
years: [2020, 2030]
units: any
sources: ["invented"]
levels:
  - {id: composite, names: {vi: "Tổng", en: "All"}}
  - {id: dimension, names: {vi: "Phần", en: "Part"}}
change:
  - {id: tested, rule: tested, level: 0.95}
tree:
  code: T
  names: {vi: "Chỉ số", en: "Index"}
  scale: [2, 20]
  aggregate: {method: sum}
  parts:
    - {code: A, names: {vi: "A", en: "A"}, scale: [1, 10], survey: {statistic: mean, variable: v2}}
    - {code: B, names: {vi: "B", en: "B"}, scale: [1, 10], survey: {statistic: mean, variable: v3}}
`

func file(name, text string) *File { return &File{name, strings.NewReader(text)} }

func computed() Computed {
	return Computed{Place: home, Source: Own, Period: "2024", Definition: file("test.yaml", definition), Answers: file("y2.csv", answers(1)), Former: file("y1.csv", answers(0)),
		Survey: &Survey{By: "unit", Weights: "w", Strata: "stratum", PSU: []string{"psu"}, Lonely: "fail"}}
}

// TestComputed follows a run from its files to its results, which are those of the computation without a house.
func TestComputed(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *Store) {
		r, err := s.AddComputed(ctx, analyst(home), computed())
		must(t, err)
		again, err := s.AddComputed(ctx, analyst(home), computed())
		must(t, err)
		if r.ID != again.ID || r.State != Provisional || r.Index != "test-2024" || r.Family != "test" {
			t.Errorf("%+v, again %+v", r, again)
		}
		def, err := score.Load("test.yaml", []byte(definition))
		must(t, err)
		a := Answers{By: "unit", Sample: Sample{Weights: "w", Strata: "stratum", PSU: []string{"psu"}}}
		want, err := a.Want(def)
		must(t, err)
		y2, err := column.Read(strings.NewReader(answers(1)), "y2.csv", want)
		must(t, err)
		y1, err := column.Read(strings.NewReader(answers(0)), "y1.csv", want)
		must(t, err)
		res, _, err := a.Score(def, NewFrame("any"), column.Stack(y2, y1), nil,
			score.Options{Year: 2024, Ranks: &score.RankOptions{Draws: RankDraws, Seed: RankSeed, Levels: []string{"composite", "dimension"}}})
		must(t, err)
		kept, err := readBlob(ctx, s.o.Blobs.Open, r.Results)
		must(t, err)
		if d := cmp.Diff(string(encodeRecords(Records(res, NewFrame("any"), res.Rows))), string(kept)); d != "" {
			t.Errorf("the results are not those of the computation: %s", d)
		}
		values, err := s.Results(ctx, r)
		must(t, err)
		if len(values) != 6 {
			t.Fatalf("%d results", len(values))
		}
		v := values[0]
		if v.Code != "T" || v.Source != Own || v.Unit != "u0" || !(v.SE > 0) || values[2].N != 160 || v.DF != 14 || v.IntervalAt != 0.95 || !(v.Lo < v.Value && v.Value < v.Hi) || v.Verdict == "" {
			t.Errorf("a value without what must be said with it: %+v", v)
		}
		check, err := s.Recompute(ctx, analyst(home), r.ID)
		if err != nil || !check.Same {
			t.Errorf("computed again: %+v, %v", check, err)
		}
	})
}

// TestDifferenceIsNamed: a run whose kept results are not what its inputs give says which cell differs.
func TestDifferenceIsNamed(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *Store) {
		r, err := s.AddComputed(ctx, analyst(home), computed())
		must(t, err)
		kept, err := readBlob(ctx, s.o.Blobs.Open, r.Results)
		must(t, err)
		ref, err := s.o.Blobs.Put(ctx, bytes.NewReader(bytes.Replace(kept, []byte(",u1,u1,dimension,B,"), []byte(",u1,u1,dimension,B,9"), 1)))
		must(t, err)
		must(t, s.o.DB.Update(ctx, func(q *db.Q) error {
			_, err := q.Exec(ctx, "UPDATE run SET results = ? WHERE id = ?", ref.SHA256, r.ID)
			return err
		}))
		check, err := s.Recompute(ctx, analyst(home), r.ID)
		must(t, err)
		if check.Same || len(check.Differences) != 1 || check.Differences[0].Code != "B" || check.Differences[0].Unit != "u1" || check.Differences[0].Column != "value" {
			t.Errorf("%+v", check)
		}
	})
}

// TestPublishedComesBack: kept figures give the results of the figures inside the program, to the last bit.
func TestPublishedComesBack(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *Store) {
		for _, year := range []int{2011, 2019} {
			r, err := s.AddPublished(ctx, analyst(home), home, year)
			must(t, err)
			c, err := Published(year)
			must(t, err)
			if got := hash(c.Records()); got != r.Results || r.State != Official || r.Source != UNDP {
				t.Errorf("%d: %+v, computed from the program %s", year, r, got)
			}
		}
		if _, err := s.AddPublished(ctx, analyst(home), home, 2010); fault.KindOf(err) != fault.NotFound {
			t.Errorf("2010: %v", err)
		}
	})
}

// TestFaults: what is wrong is said at once, and nothing is added.
func TestFaults(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *Store) {
		for name, c := range map[string]struct {
			actor  account.Actor
			change func(*Computed)
			kind   fault.Kind
			faults int
		}{
			"everything is missing": {analyst(home), func(c *Computed) { *c = Computed{Place: home} }, fault.Invalid, 4},
			"another province":      {analyst("province-2"), func(*Computed) {}, fault.Forbidden, 0},
			"a broken index":        {analyst(home), func(c *Computed) { c.Definition = file("a.yaml", "format: 1\nid: x\n") }, fault.Invalid, -1},
			"faulty answers in both files": {analyst(home), func(c *Computed) {
				c.Answers = file("y2.csv", strings.Replace(answers(1), "10.5", "", 1))
				c.Former = file("y1.csv", strings.Replace(answers(0), "11.5", "x", 1))
			}, fault.Invalid, 2},
			"a period":            {analyst(home), func(c *Computed) { c.Period = "năm nay" }, fault.Invalid, 1},
			"published as own":    {analyst(home), func(c *Computed) { c.Source = UNDP }, fault.Invalid, 1},
			"no rule of that":     {analyst(home), func(c *Computed) { c.Survey.Lonely = "guess" }, fault.Invalid, 0},
			"a year not in force": {analyst(home), func(c *Computed) { c.Period = "2019" }, fault.Invalid, 0},
		} {
			in := computed()
			c.change(&in)
			_, err := s.AddComputed(ctx, c.actor, in)
			if n := len(fault.Items(err)); fault.KindOf(err) != c.kind || c.faults >= 0 && n != c.faults || c.faults < 0 && n == 0 {
				t.Errorf("%s: %v (%v, %d faults)", name, err, fault.KindOf(err), n)
			}
		}
		all, err := s.List(ctx, analyst(home), Filter{})
		if err != nil || len(all) != 0 {
			t.Errorf("%d runs were added, %v", len(all), err)
		}
		for ref := range s.o.Blobs.All(ctx) {
			t.Errorf("a failed run left the file %s of %d bytes", ref.SHA256, ref.Size)
		}
	})
}

// TestWithdraw: a run that was found wrong stays, with the reason, and goes no further; sources do not meet in a list.
func TestWithdraw(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *Store) {
		own, err := s.AddComputed(ctx, analyst(home), computed())
		must(t, err)
		_, err = s.AddPublished(ctx, analyst(home), home, 2024)
		must(t, err)
		all, err := s.List(ctx, analyst(home), Filter{Source: Own})
		if err != nil || len(all) != 1 || all[0].ID != own.ID {
			t.Errorf("own runs: %+v, %v", all, err)
		}
		if other, err := s.List(ctx, analyst("province-2"), Filter{}); err != nil || len(other) != 0 {
			t.Errorf("another province sees %+v, %v", other, err)
		}
		if _, err := s.Get(ctx, analyst("province-2"), own.ID); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("another province reads: %v", err)
		}
		if err := s.Withdraw(ctx, analyst(home), own.ID, 1, " "); fault.KindOf(err) != fault.Invalid {
			t.Errorf("without a reason: %v", err)
		}
		if err := s.Withdraw(ctx, analyst(home), own.ID, 7, "sai"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("as nobody has seen it: %v", err)
		}
		must(t, s.Withdraw(ctx, analyst(home), own.ID, 1, "trọng số sai"))
		if err := s.Withdraw(ctx, analyst(home), own.ID, 1, "trọng số sai"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("twice: %v", err)
		}
		r, err := s.Get(ctx, analyst(home), own.ID)
		if err != nil || r.State != Withdrawn || r.Reason != "trọng số sai" || r.Version != 2 {
			t.Errorf("%+v, %v", r, err)
		}
		if err := s.o.DB.Update(ctx, func(q *db.Q) error { return SettleIn(ctx, q, own.ID) }); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a withdrawn run becomes official: %v", err)
		}
	})
}
