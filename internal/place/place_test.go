package place

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/fault"
	"thuoc/internal/gazetteer"
)

var (
	dayBefore = clock.MustDate("2025-06-30")
	merger    = clock.MustDate("2025-07-01")
	now       = clock.MustDate("2026-11-22")
	system    = account.Program("system", merger)
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newStore(t testing.TB, d *db.DB) *Store {
	t.Helper()
	log, err := audit.New(make([]byte, 32))
	must(t, err)
	return New(Options{DB: d, Log: log})
}

// seeded gives a store with the provinces of some codes, then and now, and all that lies in them.
func seeded(t testing.TB, d *db.DB, codes ...string) *Store {
	t.Helper()
	s := newStore(t, d)
	must(t, s.seed(t.Context(), system, strings.Repeat("a", 64), func(p gazetteer.Place) bool { return slices.Contains(codes, p.Code) }))
	return s
}

func at(t testing.TB, s *Store, code, on string) Version {
	t.Helper()
	v, err := s.At(t.Context(), code, clock.MustDate(on))
	must(t, err)
	return v
}

// The whole gazetteer goes in, and comes out as it is.
func TestSeedHoldsTheGazetteer(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		s := newStore(t, d)
		must(t, s.Seed(t.Context(), system))
		for _, tt := range []struct {
			on                             clock.Date
			provinces, districts, communes int
		}{{dayBefore, 63, 696, 10035}, {merger, 34, 0, 3321}, {now, 34, 0, 3321}} {
			got := countLevels(t, d, tt.on)
			want := map[gazetteer.Level]int{1: tt.provinces, 2: tt.districts, 3: tt.communes}
			if tt.districts == 0 {
				delete(want, 2)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: %s", tt.on, diff)
			}
		}
		numbers := map[string]int{
			"SELECT count(*) FROM place_edge WHERE length(former) >= 5 OR length(former) = 3": 10570,
			"SELECT count(*) FROM place_edge WHERE length(former) = 2":                        63,
			"SELECT count(*) FROM place_people WHERE year < 2025":                             888,
			"SELECT count(*) FROM place_people WHERE year = 2025 AND dated = '2025-07-17'":    3321,
			"SELECT count(people) FROM place_people WHERE dated = '2025-07-17'":               2805,
			"SELECT count(*) FROM place_area":                                                 3355,
		}
		for sql, want := range numbers {
			if got, err := read(t.Context(), d, func(q *db.Q) (int, error) { return db.One[int](t.Context(), q, sql) }); err != nil || got != want {
				t.Errorf("%s: %d, want %d (%v)", sql, got, want, err)
			}
		}
		compareWithGazetteer(t, s)
	})
}

func countLevels(t *testing.T, d *db.DB, on clock.Date) map[gazetteer.Level]int {
	t.Helper()
	type line struct {
		Level gazetteer.Level `db:"level"`
		N     int             `db:"n"`
	}
	lines, err := read(t.Context(), d, func(q *db.Q) ([]line, error) {
		return db.All[line](t.Context(), q, "SELECT v.level, count(*) AS n FROM place_version v WHERE "+inForce+" GROUP BY v.level", on, on, on)
	})
	must(t, err)
	got := map[gazetteer.Level]int{}
	for _, l := range lines {
		got[l.Level] = l.N
	}
	return got
}

// compareWithGazetteer looks up a sample of places on several days.
func compareWithGazetteer(t *testing.T, s *Store) {
	t.Helper()
	i := 0
	for rec := range gazetteer.Records() {
		i++
		if i%41 != 0 && rec.States[0].Level != gazetteer.ProvinceLevel {
			continue
		}
		for _, on := range []clock.Date{clock.MustDate("2025-03-01"), dayBefore, merger, now} {
			want, known := gazetteer.ByID(rec.States[0].ID, on)
			if !known || !want.State.Holds(on) {
				continue
			}
			got, err := s.At(t.Context(), want.Code, on)
			if err != nil || got.Place != want.ID || got.Name != want.Name.VI || got.Type != want.Kind || got.Parent != want.Parent ||
				got.Since != want.State.From || got.KnownOn != want.State.Known || got.Until != want.State.To.Add(-1) || got.Full() != want.Full() {
				t.Fatalf("%s on %s: got %+v (%v), want %+v", want.Code, on, got, err, want)
			}
		}
	}
}

// A code is not a place: the same code on two days may be two.
func TestCodesNeedADay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		s := seeded(t, d, "52", "64", "22", "33", "34", "46")
		for _, tt := range []struct{ code, on, id, full string }{
			{"52", "2025-06-30", "52", "Tỉnh Bình Định"},
			{"52", "2025-07-01", "52.2025", "Tỉnh Gia Lai"},
			{"06970", "2025-06-30", "06970", "Thị trấn Ba Chẽ"},
			{"06970", "2025-07-01", "06978.2025", "Xã Ba Chẽ"},
			{"06978", "2025-07-01", "06978.2025", "Xã Ba Chẽ"},
			{"22", "2026-08-31", "22", "Tỉnh Quảng Ninh"},
			{"22", "2026-09-01", "22", "Thành phố Quảng Ninh"},
			{"46", "2024-12-31", "46", "Tỉnh Thừa Thiên Huế"},
			{"46", "2025-01-01", "46", "Thành phố Huế"},
		} {
			if v := at(t, s, tt.code, tt.on); v.Place != tt.id || v.Full().VI != tt.full {
				t.Errorf("%s on %s: %s %s, want %s %s", tt.code, tt.on, v.Place, v.Full().VI, tt.id, tt.full)
			}
		}
		for _, tt := range []struct{ code, on string }{{"64", "2025-07-01"}, {"328", "2025-07-01"}, {"99999", "2026-01-01"}} {
			if v, err := s.At(t.Context(), tt.code, clock.MustDate(tt.on)); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s on %s is %+v (%v)", tt.code, tt.on, v, err)
			}
		}
	})
}

// Mỹ Hào at 19/02/2021 opens as a town of Hưng Yên, with a start nobody knows, and shows its heirs of today.
func TestMyHao(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clk *dbtest.Clock) {
		s := seeded(t, d, "33", "34")
		clk.Advance(500 * 24 * 3600e9)
		then := clock.MustDate("2021-02-19")
		found, err := s.Search(t.Context(), Query{Text: "mỹ hào", On: then, Level: gazetteer.DistrictLevel, Limit: 3})
		must(t, err)
		if len(found) != 1 || !found[0].Version.Presumed(then) {
			t.Fatalf("found %+v", found)
		}
		p, err := s.Page(t.Context(), found[0].Version.Place, then)
		must(t, err)
		if p.Version.Full().VI != "Thị xã Mỹ Hào" || p.Around[0].Full().VI != "Tỉnh Hưng Yên" || p.Version.KnownOn != clock.MustDate("2025-03-01") ||
			p.Version.Until != dayBefore || !p.Version.Ends {
			t.Errorf("got %+v", p.Version)
		}
		var heirs []string
		for _, l := range p.Heirs {
			heirs = append(heirs, l.Version.Full().VI+" "+string(l.Part))
		}
		if diff := cmp.Diff([]string{"Phường Mỹ Hào part", "Phường Thượng Hồng part", "Phường Đường Hào part"}, heirs); diff != "" {
			t.Error(diff)
		}
	})
}

func TestOrigins(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		s := seeded(t, d, "33", "34")
		list, err := s.Origins(t.Context(), "33.2025")
		must(t, err)
		var names []string
		for _, l := range list {
			names = append(names, l.Version.Full().VI+" "+string(l.Part)+" "+l.Source)
		}
		want := []string{"Tỉnh Hưng Yên whole Nghị quyết 202/2025/QH15", "Tỉnh Thái Bình whole Nghị quyết 202/2025/QH15"}
		if diff := cmp.Diff(want, names); diff != "" {
			t.Error(diff)
		}
	})
}

// What was cut off half-way, by this program or by another version of it, is not seen, and is begun again.
func TestSeedBeginsAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		s := newStore(t, d)
		some := func(p gazetteer.Place) bool { return p.Code == "33" }
		ours := strings.Repeat("a", 64)
		for cut := range tables {
			for _, digest := range []string{ours, strings.Repeat("b", 64)} {
				rows, _ := embedded(some)
				for _, t := range tables[cut+1:] {
					delete(rows, t.name)
				}
				last := tables[cut].name
				rows[last] = rows[last][:len(rows[last])/2]
				load := fromGazetteer + ":" + digest
				must(t, d.Update(t.Context(), func(q *db.Q) error { return openLoad(t.Context(), q, load, fromGazetteer, "system") }))
				if _, err := s.stage(t.Context(), rows, load); err != nil {
					t.Fatal(err)
				}
				if v, err := s.At(t.Context(), "33", now); fault.KindOf(err) != fault.NotFound {
					t.Errorf("half a load is seen: %+v (%v)", v, err)
				}
				must(t, s.sweepUnfinished(t.Context(), fromGazetteer, 0))
				if n, err := read(t.Context(), d, func(q *db.Q) (int64, error) { return count(t.Context(), q, load) }); err != nil || n != 0 {
					t.Errorf("cut in %s: %d rows are left (%v)", last, n, err)
				}
				must(t, d.Update(t.Context(), func(q *db.Q) error { return openLoad(t.Context(), q, load, fromGazetteer, "system") }))
				if _, err := s.stage(t.Context(), rows, load); err != nil {
					t.Fatal(err)
				}
			}
		}
		for range 2 {
			must(t, s.seed(t.Context(), system, ours, some))
		}
		if v := at(t, s, "33", "2026-11-22"); v.Full().VI != "Tỉnh Hưng Yên" {
			t.Errorf("got %+v", v)
		}
	})
}

func TestSeedNeedsARight(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		s := newStore(t, d)
		owner := account.Actor{User: "u", Day: merger, Grants: []account.Grant{{Role: account.PlanOwner, Place: "33"}}}
		if err := s.Seed(t.Context(), owner); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("a plan owner seeds: %v", err)
		}
	})
}

// Rights know which commune lies in which province, then and now.
func TestSeedTellsRights(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		s := seeded(t, d, "33", "34")
		commune := at(t, s, "12103", "2025-06-30")
		may := func(province string, on clock.Date, id string) error {
			a := account.Actor{User: "u", Day: on, Grants: []account.Grant{{Role: account.PlanOwner, Place: province}}}
			return d.View(t.Context(), func(q *db.Q) error {
				return a.May(t.Context(), q, account.ChangePosts, account.Subject{Place: id})
			})
		}
		must(t, may("33", dayBefore, commune.Place))
		must(t, may("328", dayBefore, commune.Place))
		must(t, may("33.2025", merger, at(t, s, "12103", "2025-07-01").Place))
		if err := may("33", merger, commune.Place); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("the former province still has its commune: %v", err)
		}
	})
}

func answers(t testing.TB, s *Store, ask Query) (list []string) {
	t.Helper()
	matches, err := s.Search(t.Context(), ask)
	must(t, err)
	for _, m := range matches {
		text := m.Version.Full().VI
		for _, a := range m.Around {
			text += ", " + a.Full().VI
		}
		if m.Former {
			text += " (former)"
		}
		list = append(list, text)
	}
	return list
}

func TestSearch(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		s := seeded(t, d, "33", "34", "79", "46", "48")
		const town = "Thị xã Mỹ Hào, Tỉnh Hưng Yên (former)"
		for _, tt := range []struct {
			text, on string
			level    gazetteer.Level
			want     []string // the first answers
		}{
			{"my hao", "2026-11-22", 0, []string{"Phường Mỹ Hào, Tỉnh Hưng Yên", town}},
			{"Mĩ Hào", "2026-11-22", 0, []string{"Phường Mỹ Hào, Tỉnh Hưng Yên", town}},
			{"thị xã mỹ hào", "2026-11-22", 0, []string{town}},
			{"my hao hung yen", "2026-11-22", 0, []string{"Phường Mỹ Hào, Tỉnh Hưng Yên", town}},
			{"my hao", "2025-06-30", 0, []string{"Thị xã Mỹ Hào, Tỉnh Hưng Yên"}},
			{"my hao", "2026-11-22", gazetteer.CommuneLevel, []string{"Phường Mỹ Hào, Tỉnh Hưng Yên"}},
			{"My Hao town", "2026-11-22", 0, []string{town}},
			{"tp.hcm", "2026-11-22", 0, []string{"Thành phố Hồ Chí Minh"}},
			{"Ho Chi Minh City", "2026-11-22", 0, []string{"Thành phố Hồ Chí Minh"}},
			{"phuong 1 quan 3", "2025-06-30", 0, []string{"Phường 1, Quận 3, Thành phố Hồ Chí Minh"}},
			{"huế", "2020-01-01", 0, []string{"Tỉnh Thừa Thiên Huế"}},
			{"huế", "2026-11-22", 0, []string{"Thành phố Huế"}},
			{"hoang sa", "2026-11-22", 0, []string{"Đặc khu Hoàng Sa, Thành phố Đà Nẵng", "Huyện Hoàng Sa, Thành phố Đà Nẵng (former)"}},
		} {
			got := answers(t, s, Query{Text: tt.text, On: clock.MustDate(tt.on), Level: tt.level, Limit: len(tt.want)})
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s on %s: %s", tt.text, tt.on, diff)
			}
		}
		for _, nothing := range []string{"", "  ", "atlantis", "hung yen atlantis", "%", "' OR 1"} {
			if got := answers(t, s, Query{Text: nothing, On: now, Limit: 5}); got != nil {
				t.Errorf("%q finds %v", nothing, got)
			}
		}
	})
}

// engines are those a benchmark can reach.
func engines(b *testing.B, f func(b *testing.B, d *db.DB)) {
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		b.Run(string(e), func(b *testing.B) {
			d, _ := dbtest.New(b, e)
			f(b, d)
		})
	}
}

// BenchmarkSeed loads all places. Bound: 5 s on SQLite, and no transaction over 250 ms.
func BenchmarkSeed(b *testing.B) {
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		b.Run(string(e), func(b *testing.B) {
			longest := time.Duration(0)
			for b.Loop() {
				cfg := dbtest.Fresh(b, e)
				cfg.Now = time.Now // so that the transactions are timed
				d := dbtest.Open(b, cfg)
				must(b, newStore(b, d).Seed(context.Background(), system))
				longest = max(longest, d.Stats().Longest)
			}
			b.ReportMetric(float64(longest.Milliseconds()), "ms/longest-update")
		})
	}
}

// BenchmarkIndex reads the index for searching, as the first search after a change does. Bound: 250 ms.
func BenchmarkIndex(b *testing.B) {
	engines(b, func(b *testing.B, d *db.DB) {
		s := newStore(b, d)
		must(b, s.Seed(context.Background(), system))
		for b.Loop() {
			s.index = nil
			if _, err := s.indexNow(context.Background()); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkPage reads all that is shown of a place. Bound: 20 ms.
func BenchmarkPage(b *testing.B) {
	engines(b, func(b *testing.B, d *db.DB) {
		s := newStore(b, d)
		must(b, s.Seed(context.Background(), system))
		for _, id := range []string{"328", "33.2025", "00004.2025"} {
			b.Run(id, func(b *testing.B) {
				for b.Loop() {
					if _, err := s.Page(context.Background(), id, now); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	})
}

// BenchmarkSearch looks through all places. Bound: 20 ms a search.
func BenchmarkSearch(b *testing.B) {
	engines(b, func(b *testing.B, d *db.DB) {
		s := newStore(b, d)
		must(b, s.Seed(context.Background(), system))
		if _, err := s.indexNow(context.Background()); err != nil {
			b.Fatal(err)
		}
		for _, text := range []string{"my hao", "my hao hung yen", "phuong 1 quan 3", "xa", "tan thanh long an", "zzz"} {
			b.Run(text, func(b *testing.B) {
				for b.Loop() {
					if _, err := s.Search(context.Background(), Query{Text: text, On: now, Limit: 20}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	})
}
