package place

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"thuoc/internal/account"
	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/fault"
	"thuoc/internal/gazetteer"
	"thuoc/internal/sheet"
)

var operator = account.Program("operator", merger)

// communes writes the communes of 1 July 2025 as an office would keep them, of one province or ("") of all.
func communes(of string, change func(row []string)) sheet.Sheet {
	s := sheet.Sheet{Name: "Xã", Rows: [][]string{{"DANH MỤC XÃ, PHƯỜNG, ĐẶC KHU"}, {"STT", "Mã xã", "Tên", "Loại", "Mã tỉnh", "Từ ngày", "Văn bản"}}}
	for rec := range gazetteer.Records() {
		p := rec.States[len(rec.States)-1]
		if p.Level != gazetteer.CommuneLevel || !p.State.To.IsZero() {
			continue
		}
		p, _ = gazetteer.ByID(p.ID, merger)
		province, _ := gazetteer.ByID(p.Parent, merger)
		if of != "" && of != province.Code {
			continue
		}
		row := []string{"", p.Code, p.Full().VI, p.Kind.Names().VI, province.Code, "01/07/2025", "Quyết định 19/2025/QĐ-TTg"}
		if change != nil {
			change(row)
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}

// stamp is what the places of a database are.
func stamp(t testing.TB, d *db.DB) string {
	t.Helper()
	text, err := read(t.Context(), d, func(q *db.Q) (text string, err error) {
		for _, table := range tables {
			n, err := db.One[int](t.Context(), q, "SELECT count(*) FROM "+table.name)
			if err != nil {
				return "", err
			}
			text += fmt.Sprint(table.name, " ", n, "; ")
		}
		return text, nil
	})
	must(t, err)
	return text
}

// Of 3,321 communes with five faults, the five are named and nothing is changed.
func TestImportNamesAllFaults(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		s := newStore(t, d)
		must(t, s.Seed(t.Context(), system))
		before := stamp(t, d)
		list := communes("", nil)
		if len(list.Rows) != 3321+2 {
			t.Fatalf("%d rows", len(list.Rows))
		}
		list.Rows[100][1] = "97"             // a code that lost its zeros
		list.Rows[500][3] = "thị trấn"       // a kind that there is no more
		list.Rows[1000][4] = "64"            // the code that Gia Lai had until the merger
		list.Rows[2000][5] = "31/06/2025"    // no day
		list.Rows[3000][1] = list.Rows[5][1] // a code twice
		var file bytes.Buffer
		must(t, sheet.Write(&file, []sheet.Sheet{list}))
		sheets, err := sheet.Read(&file, "xa.xlsx")
		must(t, err)
		for _, dryRun := range []bool{true, false} {
			_, err := s.Import(t.Context(), operator, "xa.xlsx", sheets, nil, dryRun)
			var got []string
			for _, item := range fault.Items(err) {
				got = append(got, fmt.Sprintf("%s!%d:%d %s", item.Sheet, item.Line, item.Column, item.Field))
			}
			want := []string{"Xã!101:2 Mã xã", "Xã!501:4 Loại", "Xã!1001:5 Mã tỉnh", "Xã!2001:6 Từ ngày", "Xã!3001:2 Mã xã"}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%v: %s", err, diff)
			}
			if after := stamp(t, d); after != before {
				t.Errorf("before %s, after %s", before, after)
			}
		}
	})
}

// A table that says what is so already changes nothing; one that says something new is seen whole.
func TestImport(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clk *dbtest.Clock) {
		s := seeded(t, d, "33", "34", "22")
		clk.Advance(600 * 24 * time.Hour)
		hungYen := func(change func([]string)) []sheet.Sheet { return []sheet.Sheet{communes("33", change)} }
		before := stamp(t, d)
		plan, err := s.Import(t.Context(), operator, "xa.csv", hungYen(nil), nil, false)
		must(t, err)
		if len(plan) != 104 || slices.ContainsFunc(plan, func(p Planned) bool { return p.Effect != Keeps }) || stamp(t, d) != before {
			t.Errorf("the same list changes something: %+v", plan)
		}

		sheets := hungYen(func(r []string) {
			switch r[1] {
			case "12103":
				r[2], r[5], r[6] = "Thử Nghiệm", "2026-10-05", law
			case "12133":
				r[4], r[5], r[6] = "22", "05/10/2026", law
			}
		})
		rows := &sheets[0].Rows
		*rows = append(*rows, []string{"", "12104", "Phường Mới", "Phường", "33", "05/10/2026", law})
		moved := at(t, s, "12133", "2025-07-01")
		for _, dryRun := range []bool{true, false} {
			plan, err = s.Import(t.Context(), operator, "xa.csv", sheets, nil, dryRun)
			must(t, err)
			if v, err := s.At(t.Context(), "12104", now); (fault.KindOf(err) == fault.NotFound) != dryRun {
				t.Errorf("dry run %v: %+v, %v", dryRun, v, err)
			}
		}
		effects := map[Effect]int{}
		for _, p := range plan {
			effects[p.Effect]++
		}
		if diff := cmp.Diff(map[Effect]int{Adds: 1, Changes: 2, Keeps: 102}, effects); diff != "" {
			t.Error(diff)
		}
		if v := at(t, s, "12103", "2026-11-22"); v.Name != "Thử Nghiệm" || v.Law != law {
			t.Errorf("got %+v", v)
		}
		if v := at(t, s, "12103", "2026-10-04"); v.Name == "Thử Nghiệm" {
			t.Errorf("got %+v", v)
		}
		must(t, d.View(t.Context(), func(q *db.Q) error {
			return another.May(t.Context(), q, account.ChangePosts, account.Subject{Place: moved.Place})
		}))
	})
}

// Each row is held to what is there, to who imports it, and to the other rows.
func TestImportRefuses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clk *dbtest.Clock) {
		s := seeded(t, d, "33", "22")
		clk.Advance(600 * 24 * time.Hour)
		waiting := at(t, s, "11980", "2025-07-01")
		_, err := s.Propose(t.Context(), operator, Proposal{Kind: Rename, On: now, Law: law, Places: []string{waiting.Place}, Name: "Chờ"})
		must(t, err)
		twin := at(t, s, "12133", "2025-07-01")
		list := sheet.Sheet{Rows: [][]string{
			{"Code", "Name", "Type", "Province code", "Since", "Legal document"},
			{"12999", twin.Name, twin.Type.Names().VI, "33", "05/10/2026", law},     // there already
			{"12103", "Sớm", "phường", "33", "01/07/2025", law},                     // would overwrite
			{waiting.Code, "Chờ", waiting.Type.Names().VI, "33", "05/10/2026", law}, // somebody's change
			{"06733", "Ngoài", "xã", "22", "05/10/2026", law},                       // another province
			{"12133", "", twin.Type.Names().VI, "33", "05/10/2026", law},            // no name
			{"12998", "Một", "ward", "33", "05/10/2026", law},                       // twins of each other
			{"12997", "Một", "phường", "33", "05/10/2026", law},
		}}
		_, err = s.Import(t.Context(), owner, "xa.csv", []sheet.Sheet{list}, nil, false)
		var got []string
		for _, item := range fault.Items(err) {
			got = append(got, fmt.Sprint(item.Line, " ", item.Field))
		}
		if diff := cmp.Diff([]string{"2 Name", "3 Since", "4 Code", "5 Province code", "6 Name", "8 Name"}, got); diff != "" {
			t.Errorf("%v: %s", err, diff)
		}
		if _, err := s.Import(t.Context(), person("x", account.Interviewer, "33.2025"), "xa.csv", []sheet.Sheet{list}, nil, true); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("an interviewer imports: %v", err)
		}
	})
}

// An import that was planned before somebody else's change is not taken in.
func TestImportSeesOthers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clk *dbtest.Clock) {
		s := seeded(t, d, "33")
		clk.Advance(600 * 24 * time.Hour)
		x, err := s.indexNow(t.Context())
		must(t, err)
		v := at(t, s, "12103", "2025-07-01")
		after := v
		after.Name, after.Since = "Mới", now
		twoStep(t, s, Proposal{Kind: Rename, On: merger.Add(10), Law: law, Places: []string{v.Place}, Name: "Khác"})
		before := stamp(t, d)
		err = s.takeIn(t.Context(), operator, x, []Planned{{Effect: Changes, Before: v, After: after}})
		if fault.KindOf(err) != fault.Conflict || stamp(t, d) != before {
			t.Errorf("%v; before %s, after %s", err, before, stamp(t, d))
		}
	})
}

// BenchmarkImport takes in 3,321 communes that all change. Bound: 5 s, as for a list of 5,000 rows.
func BenchmarkImport(b *testing.B) {
	list := []sheet.Sheet{communes("", func(r []string) { r[2], r[5], r[6] = r[2]+" Mới", "05/10/2026", law })}
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		b.Run(string(e), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				d, clk := dbtest.New(b, e)
				clk.Advance(600 * 24 * time.Hour)
				s := newStore(b, d)
				must(b, s.Seed(context.Background(), system))
				b.StartTimer()
				if _, err := s.Import(context.Background(), operator, "xa.xlsx", list, nil, false); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
