package db_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/fault"
)

// things is a schema with one column of each kind.
const things = `
CREATE TABLE thing (
  id   TEXT   PRIMARY KEY,
  name TEXT   NOT NULL UNIQUE,
  n    BIGINT NOT NULL,
  x    DOUBLE,
  b    BYTES,
  yes  BIGINT NOT NULL DEFAULT 0,
  at   BIGINT,
  day  TEXT,
  up   TEXT   REFERENCES thing (id)
) STRICT;`

type thing struct {
	ID   string     `db:"id"`
	Name string     `db:"name"`
	N    int        `db:"n"`
	X    *float64   `db:"x"`
	B    []byte     `db:"b"`
	Yes  bool       `db:"yes"`
	At   time.Time  `db:"at"`
	Day  clock.Date `db:"day"`
	Up   *string    `db:"up"`
}

const selectThings = "SELECT id, name, n, x, b, yes, at, day, up FROM thing ORDER BY id"

func add(ctx context.Context, q *db.Q, t thing) error {
	_, err := q.Exec(ctx, "INSERT INTO thing (id, name, n, x, b, yes, at, day, up) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		t.ID, t.Name, t.N, t.X, t.B, t.Yes, t.At, t.Day, t.Up)
	return err
}

// each runs a test on a fresh database with the table thing, on both engines.
func each(t *testing.T, f func(t *testing.T, ctx context.Context, d *db.DB)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		if err := db.DDL(t.Context(), d, things); err != nil {
			t.Fatal(err)
		}
		f(t, t.Context(), d)
	})
}

func TestEveryKindOfValueComesBack(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, d *db.DB) {
		x, up := 1.0/3, "a"
		want := []thing{
			{ID: "a", Name: "Đống Đa", N: math.MaxInt64, B: []byte{0, 1, 0xff}, Yes: true,
				At: time.Date(2025, 7, 1, 1, 2, 3, 4_000_000, time.UTC), Day: clock.MustDate("2025-07-01"), X: &x},
			{ID: "b", Name: "nothing else", N: -1, Up: &up},
		}
		err := d.Update(ctx, func(q *db.Q) error {
			return errors.Join(add(ctx, q, want[0]), add(ctx, q, want[1]))
		})
		if err != nil {
			t.Fatal(err)
		}
		err = d.View(ctx, func(q *db.Q) error {
			got, err := db.All[thing](ctx, q, selectThings)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// TestAggregates: PostgreSQL gives numeric for sums and means; they must scan all the same.
func TestAggregates(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, d *db.DB) {
		type sums struct {
			Count int     `db:"count"`
			Sum   int64   `db:"sum"`
			Mean  float64 `db:"mean"`
			Last  string  `db:"last"`
		}
		err := d.Update(ctx, func(q *db.Q) error {
			for i := range 4 {
				if err := add(ctx, q, thing{ID: fmt.Sprint(i), Name: fmt.Sprint(i), N: i}); err != nil {
					return err
				}
			}
			got, err := db.One[sums](ctx, q, "SELECT count(*) AS count, sum(n) AS sum, avg(n) AS mean, max(name) AS last FROM thing")
			if want := (sums{4, 6, 1.5, "3"}); got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestScanningFailsLoudly(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, d *db.DB) {
		type narrow struct {
			ID string `db:"id"`
		}
		type wide struct {
			ID    string `db:"id"`
			Other string `db:"other"`
		}
		for name, c := range map[string]struct {
			run  func(q *db.Q) error
			want string
		}{
			"a column without a field": {func(q *db.Q) error {
				_, err := db.All[narrow](ctx, q, "SELECT id, name FROM thing")
				return err
			}, `no field for the column "name"`},
			"a field without a column": {func(q *db.Q) error {
				_, err := db.All[wide](ctx, q, "SELECT id FROM thing")
				return err
			}, `no column for the field "other"`},
			"two columns for a scalar": {func(q *db.Q) error {
				_, err := db.All[string](ctx, q, "SELECT id, name FROM thing")
				return err
			}, "2 columns for one string"},
			"a missing value for a plain field": {func(q *db.Q) error {
				_, err := db.One[string](ctx, q, "SELECT max(id) FROM thing")
				return err
			}, "converting NULL to string"},
			"a statement that is wrong": {func(q *db.Q) error {
				_, err := q.Exec(ctx, "UPDATE nowhere SET n = 1")
				return err
			}, "nowhere"},
		} {
			err := d.Update(ctx, c.run)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: got %v, want %q", name, err, c.want)
			}
			if fault.KindOf(err) != fault.Internal {
				t.Errorf("%s: kind %v, want internal", name, fault.KindOf(err))
			}
		}
	})
}

func TestOneAndMaybe(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, d *db.DB) {
		err := d.Update(ctx, func(q *db.Q) error {
			if _, err := db.One[string](ctx, q, "SELECT id FROM thing"); fault.KindOf(err) != fault.NotFound {
				t.Errorf("One of nothing: %v", err)
			}
			if _, ok, err := db.Maybe[string](ctx, q, "SELECT id FROM thing"); ok || err != nil {
				t.Errorf("Maybe of nothing: %v %v", ok, err)
			}
			return errors.Join(add(ctx, q, thing{ID: "a", Name: "a"}), add(ctx, q, thing{ID: "b", Name: "b"}))
		})
		if err != nil {
			t.Fatalf("finding nothing must not fail a transaction: %v", err)
		}
		err = d.View(ctx, func(q *db.Q) error { _, err := db.One[string](ctx, q, "SELECT id FROM thing"); return err })
		if err == nil || !strings.Contains(err.Error(), "more than one row") {
			t.Errorf("One of two: %v", err)
		}
	})
}

func TestParameters(t *testing.T) {
	type state string
	each(t, func(t *testing.T, ctx context.Context, d *db.DB) {
		for name, c := range map[string]struct {
			arg  any
			want string // of the error; "" means that it is taken
			kind fault.Kind
		}{
			"a named string":  {state("open"), "", 0},
			"a nil pointer":   {(*string)(nil), "", 0},
			"NUL":             {"a\x00b", "UTF-8", fault.Invalid},
			"not UTF-8":       {"\xff", "UTF-8", fault.Invalid},
			"not a number":    {math.NaN(), "not a number", fault.Internal},
			"a slice":         {[]string{"a"}, "cannot be a parameter", fault.Internal},
			"a big unsigned":  {uint64(1), "cannot be a parameter", fault.Internal},
			"a struct":        {struct{}{}, "cannot be a parameter", fault.Internal},
			"a nil interface": {nil, "", 0},
		} {
			err := d.View(ctx, func(q *db.Q) error {
				_, err := db.All[string](ctx, q, "SELECT id FROM thing WHERE name = ? AND n <> ?", c.arg, 3)
				return err
			})
			if c.want == "" && err == nil {
				continue
			}
			if err == nil || c.want == "" && err != nil || !strings.Contains(err.Error(), c.want) || fault.KindOf(err) != c.kind {
				t.Errorf("%s: got %v (%v), want %q (%v)", name, err, fault.KindOf(err), c.want, c.kind)
			}
		}
	})
}

func TestFailedUpdateChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, d *db.DB) {
		stop := errors.New("stop")
		var seen []error
		for _, f := range []func(*db.Q) error{
			func(q *db.Q) error { return errors.Join(add(ctx, q, thing{ID: "a", Name: "a"}), stop) },
			func(q *db.Q) error { // a swallowed failure still fails the whole, on both engines
				add(ctx, q, thing{ID: "a", Name: "a"})
				add(ctx, q, thing{ID: "a", Name: "again"})
				_, err := db.All[string](ctx, q, "SELECT id FROM thing")
				seen = append(seen, err)
				return nil
			},
			func(q *db.Q) error {
				add(ctx, q, thing{ID: "a", Name: "a"})
				for range db.Each[string](ctx, q, "SELECT id FROM thing") {
					_, err := q.Exec(ctx, "DELETE FROM thing")
					return err
				}
				return nil
			},
		} {
			seen = append(seen, d.Update(ctx, f))
		}
		func() {
			defer func() { recover() }()
			d.Update(ctx, func(q *db.Q) error { add(ctx, q, thing{ID: "a", Name: "a"}); panic("defect") })
		}()
		for i, want := range []string{"stop", "after one that failed", "It exists already.", "rows of another are being read"} {
			if seen[i] == nil || !strings.Contains(seen[i].Error(), want) {
				t.Errorf("%d: got %v, want %q", i, seen[i], want)
			}
		}
		err := d.View(ctx, func(q *db.Q) error {
			n, err := db.One[int](ctx, q, "SELECT count(*) FROM thing")
			if n != 0 {
				t.Errorf("%d rows are left of transactions that failed", n)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestKinds(t *testing.T) {
	nowhere := "nowhere"
	each(t, func(t *testing.T, ctx context.Context, d *db.DB) {
		for name, c := range map[string]struct {
			f    func(*db.Q) error
			want fault.Kind
		}{
			"the same id twice": {func(q *db.Q) error {
				return errors.Join(add(ctx, q, thing{ID: "a", Name: "a"}), add(ctx, q, thing{ID: "a", Name: "b"}))
			}, fault.Conflict},
			"the same name twice": {func(q *db.Q) error {
				return errors.Join(add(ctx, q, thing{ID: "a", Name: "a"}), add(ctx, q, thing{ID: "b", Name: "a"}))
			}, fault.Conflict},
			"a reference to nothing": {func(q *db.Q) error { return add(ctx, q, thing{ID: "a", Name: "a", Up: &nowhere}) }, fault.Conflict},
			"a fault of the domain":  {func(*db.Q) error { return fault.New(fault.Gone, "Withdrawn.") }, fault.Gone},
			"any other error":        {func(*db.Q) error { return errors.New("x") }, fault.Internal},
		} {
			if err := d.Update(ctx, c.f); fault.KindOf(err) != c.want {
				t.Errorf("%s: %v is %v, want %v", name, err, fault.KindOf(err), c.want)
			}
		}
	})
}

func TestViewCannotWrite(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, d *db.DB) {
		err := d.View(ctx, func(q *db.Q) error { return add(ctx, q, thing{ID: "a", Name: "a"}) })
		if err == nil {
			t.Error("a View wrote a row")
		}
	})
}

// TestSnapshot: what a View sees does not change while it looks.
func TestSnapshot(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, d *db.DB) {
		err := d.View(ctx, func(q *db.Q) error {
			var counts []int
			for i := range 2 {
				n, err := db.One[int](ctx, q, "SELECT count(*) FROM thing")
				if err != nil {
					return err
				}
				counts = append(counts, n)
				if err := d.Update(ctx, func(w *db.Q) error { return add(ctx, w, thing{ID: fmt.Sprint(i), Name: fmt.Sprint(i)}) }); err != nil {
					return err
				}
			}
			if !slices.Equal(counts, []int{0, 0}) {
				t.Errorf("the snapshot moved: %v", counts)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// TestSerializable: eight writers each check "at most three" and then insert. Under any weaker isolation more than
// three get in (write skew).
func TestSerializable(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, d *db.DB) {
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				err := d.Update(ctx, func(q *db.Q) error {
					n, err := db.One[int](ctx, q, "SELECT count(*) FROM thing")
					if err != nil || n >= 3 {
						return err
					}
					return add(ctx, q, thing{ID: fmt.Sprint(i), Name: fmt.Sprint(i)})
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		err := d.View(ctx, func(q *db.Q) error {
			n, err := db.One[int](ctx, q, "SELECT count(*) FROM thing")
			if n != 3 {
				t.Errorf("%d got in, want 3", n)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// TestTextSortsByBytes: the order of text does not depend on a server's locale.
func TestTextSortsByBytes(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, d *db.DB) {
		err := d.Update(ctx, func(q *db.Q) error {
			for i, name := range []string{"b", "Đ", "B", "đ", "a b", "ab", "_"} {
				if err := add(ctx, q, thing{ID: fmt.Sprint(i), Name: name}); err != nil {
					return err
				}
			}
			got, err := db.All[string](ctx, q, "SELECT name FROM thing ORDER BY name")
			if !slices.IsSorted(got) {
				t.Errorf("not in the order of bytes: %q", got)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestSignals(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, d *db.DB) {
		mine, other := d.Subscribe("work"), d.Subscribe("other")
		d.Update(ctx, func(q *db.Q) error { q.Signal("work"); return errors.New("undone") })
		if len(mine) != 0 {
			t.Error("a transaction that failed gave a signal")
		}
		for range 2 {
			if err := d.Update(ctx, func(q *db.Q) error { q.Signal("work"); q.Signal("work"); return nil }); err != nil {
				t.Fatal(err)
			}
		}
		if len(mine) != 1 || len(other) != 0 {
			t.Errorf("%d and %d signals, want one and none", len(mine), len(other))
		}
	})
}

// TestQueueIsBounded: when the writer is held, waiting Updates give up in words, and too many are refused at once.
func TestQueueIsBounded(t *testing.T) {
	cfg := dbtest.Fresh(t, db.SQLite)
	cfg.Wait = 50 * time.Millisecond
	d := dbtest.Open(t, cfg)
	err := d.Update(t.Context(), func(*db.Q) error {
		var wg sync.WaitGroup
		for range 2 * db.MaxQueue {
			wg.Go(func() {
				if err := d.Update(t.Context(), func(*db.Q) error { return nil }); fault.KindOf(err) != fault.Busy {
					t.Errorf("an Update got through: %v", err)
				}
			})
		}
		wg.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := d.Update(ctx, func(*db.Q) error { return nil }); !errors.Is(err, context.Canceled) {
			t.Errorf("a cancelled Update: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if s := d.Stats(); s.Waiting != 0 {
		t.Errorf("%d still wait", s.Waiting)
	}
}

func TestOverlongUpdatesAreCounted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		for _, took := range []time.Duration{time.Millisecond, 251 * time.Millisecond} {
			if err := d.Update(t.Context(), func(*db.Q) error { c.Advance(took); return nil }); err != nil {
				t.Fatal(err)
			}
		}
		got := d.Stats()
		got.LogBytes, got.Views, got.Viewing = 0, 0, 0
		want := db.Stats{Updates: 2, Overlong: 1, Updating: 252 * time.Millisecond, Longest: 251 * time.Millisecond}
		if got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
}

// BenchmarkCommit: one durable transaction of one row at a time. Bound: 500 a second on a disk that syncs in 1 ms
// (a national round of 14,000 interviews then takes half a minute of writing).
func BenchmarkCommit(b *testing.B) {
	benchEach(b, func(b *testing.B, ctx context.Context, d *db.DB) {
		i := 0
		for b.Loop() {
			i++
			err := d.Update(ctx, func(q *db.Q) error { return add(ctx, q, thing{ID: d.NewID(), Name: fmt.Sprint(i)}) })
			if err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commits/s")
	})
}

// BenchmarkInsert: 1,000 rows in one transaction. Bound: 30 ms on SQLite, 200 ms on PostgreSQL (one round trip a row),
// so that an import in chunks of 1,000 keeps within the 250 ms of an Update.
func BenchmarkInsert(b *testing.B) {
	benchEach(b, func(b *testing.B, ctx context.Context, d *db.DB) {
		for b.Loop() {
			err := d.Update(ctx, func(q *db.Q) error {
				for range 1000 {
					id := q.NewID()
					if err := add(ctx, q, thing{ID: id, Name: id}); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkRead: one row by its key in a View. Bound: 200 µs.
func BenchmarkRead(b *testing.B) {
	benchEach(b, func(b *testing.B, ctx context.Context, d *db.DB) {
		if err := d.Update(ctx, func(q *db.Q) error { return add(ctx, q, thing{ID: "a", Name: "a"}) }); err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			err := d.View(ctx, func(q *db.Q) error {
				_, err := db.One[string](ctx, q, "SELECT name FROM thing WHERE id = ?", "a")
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}

func benchEach(b *testing.B, f func(*testing.B, context.Context, *db.DB)) {
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		b.Run(string(e), func(b *testing.B) {
			d, _ := dbtest.New(b, e)
			if err := db.DDL(b.Context(), d, things); err != nil {
				b.Fatal(err)
			}
			f(b, b.Context(), d)
		})
	}
}
