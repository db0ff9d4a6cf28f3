package job_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/fault"
	"thuoc/internal/job"
)

// note is a job that writes down that it ran.
type note struct {
	Text string `json:"text"`
}

func (note) Kind() string { return "test.note" }

// tick is a job without args, for schedules.
type tick struct{}

func (tick) Kind() string { return "test.tick" }

// book is where jobs write down that they ran.
type book struct {
	mu    sync.Mutex
	lines []string
}

func (b *book) write(s string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lines = append(b.lines, s)
	return len(b.lines)
}

func (b *book) read() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.lines)
}

var quiet = slog.New(slog.DiscardHandler)

// runner gives a runner whose notes are written into the book.
func runner(d *db.DB, b *book) *job.Runner {
	r := job.New(d, quiet, 2)
	job.Handle(r, job.DefaultRetry, func(_ context.Context, n note) error { b.write(n.Text); return nil })
	return r
}

func add(t *testing.T, d *db.DB, args job.Args, options ...job.Option) {
	t.Helper()
	if err := d.Update(t.Context(), func(q *db.Q) error { return job.Add(t.Context(), q, args, options...) }); err != nil {
		t.Fatal(err)
	}
}

func drain(t *testing.T, r *job.Runner) int {
	t.Helper()
	n, err := r.Drain(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func look(t *testing.T, d *db.DB) (s job.State) {
	t.Helper()
	err := d.View(t.Context(), func(q *db.Q) (err error) { s, err = job.Look(t.Context(), q); return err })
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAJobIsOfItsTransaction(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		var b book
		stop := errors.New("stop")
		err := d.Update(t.Context(), func(q *db.Q) error {
			return errors.Join(job.Add(t.Context(), q, note{"undone"}), stop)
		})
		if !errors.Is(err, stop) {
			t.Fatal(err)
		}
		add(t, d, note{"done"})
		if n := drain(t, runner(d, &b)); n != 1 || !slices.Equal(b.read(), []string{"done"}) {
			t.Errorf("%d runs: %q", n, b.read())
		}
		if s := look(t, d); s != (job.State{}) {
			t.Errorf("left: %+v", s)
		}
	})
}

func TestOrderAndTime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		var b book
		add(t, d, note{"later"}, job.At(clock.Now().Add(time.Hour)))
		for i := range 12 {
			add(t, d, note{fmt.Sprintf("%02d", i)})
		}
		r := runner(d, &b)
		drain(t, r)
		if got := b.read(); len(got) != 12 || !slices.IsSorted(got) {
			t.Errorf("not in the order they were added: %q", got)
		}
		if s := look(t, d); s.Later != 1 {
			t.Errorf("%+v", s)
		}
		clock.Advance(time.Hour)
		drain(t, r)
		if got := b.read(); got[len(got)-1] != "later" {
			t.Errorf("%q", got)
		}
	})
}

func TestOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		var b book
		add(t, d, note{"first"}, job.Once("score 7"), job.At(clock.Now().Add(time.Hour)))
		add(t, d, note{"second"}, job.Once("score 7"))
		add(t, d, note{"third"}, job.Once("score 7"), job.At(clock.Now().Add(2*time.Hour)))
		add(t, d, note{"other"}, job.Once("score 8"))
		r := job.New(d, quiet, 1)
		job.Handle(r, job.DefaultRetry, func(ctx context.Context, n note) error {
			if b.write(n.Text) == 1 { // asked for again while it runs
				add(t, d, note{"again"}, job.Once("score 7"))
			}
			return nil
		})
		drain(t, r)
		if want := []string{"third", "other", "again"}; !slices.Equal(b.read(), want) {
			t.Errorf("ran %q, want %q", b.read(), want)
		}
	})
}

func TestRetryAndDeadLetters(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		var at []time.Time
		well := false
		r := job.New(d, quiet, 1)
		job.Handle(r, job.Retry{Attempts: 3, First: time.Minute, Most: 2 * time.Minute}, func(_ context.Context, n note) error {
			at = append(at, clock.Now())
			switch {
			case well:
				return nil
			case n.Text == "panic":
				panic("a defect")
			}
			return errors.New("no luck")
		})
		add(t, d, note{"panic"}, job.Once("k"))
		for range 200 {
			drain(t, r)
			clock.Advance(3 * time.Second)
		}
		if len(at) != 3 {
			t.Fatalf("ran at %v, want three times", at)
		}
		for i, least := range []time.Duration{time.Minute, 2 * time.Minute} { // a fifth more at most, and the step
			if gap := at[i+1].Sub(at[i]); gap < least || gap > least*6/5+3*time.Second {
				t.Errorf("the wait after failure %d is %v", i+1, gap)
			}
		}
		letters := dead(t, d)
		if len(letters) != 1 || !strings.Contains(letters[0].Error, "a defect") || letters[0].Attempts != 3 || look(t, d).Dead != 1 {
			t.Fatalf("%+v", letters)
		}
		well = true
		err := d.Update(t.Context(), func(q *db.Q) error { return job.Revive(t.Context(), q, letters[0].ID) })
		if err != nil || drain(t, r) != 1 || len(dead(t, d)) != 0 {
			t.Errorf("a revived job: %v", err)
		}
		well = false
		add(t, d, note{"x"}, job.Once("k"))
		for range 20 {
			drain(t, r)
			clock.Advance(time.Minute)
		}
		well = true
		add(t, d, note{"asked for again"}, job.Once("k")) // revives the dead one of its key
		if drain(t, r) != 1 || len(dead(t, d)) != 0 {
			t.Error("a dead job that is asked for again must run")
		}
	})
}

func dead(t *testing.T, d *db.DB) (all []job.Letter) {
	t.Helper()
	err := d.View(t.Context(), func(q *db.Q) (err error) { all, err = job.Dead(t.Context(), q, 10); return err })
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestPermanentFailures(t *testing.T) {
	type renamed struct {
		note
		Gone string `json:"gone"`
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		r := job.New(d, quiet, 1)
		job.Handle(r, job.DefaultRetry, func(_ context.Context, n note) error {
			return job.Permanent(errors.New("hopeless"))
		})
		add(t, d, note{"x"})
		add(t, d, renamed{Gone: "a field nobody reads any more"})
		drain(t, r)
		letters := dead(t, d)
		if len(letters) != 2 || letters[0].Attempts != 1 {
			t.Fatalf("%+v", letters)
		}
		err := d.Update(t.Context(), func(q *db.Q) error {
			return errors.Join(job.Discard(t.Context(), q, letters[0].ID), job.Discard(t.Context(), q, letters[1].ID))
		})
		if err != nil || look(t, d).Dead != 0 {
			t.Errorf("discarding: %v", err)
		}
		for _, f := range []func(context.Context, *db.Q, string) error{job.Revive, job.Discard} {
			if err := d.Update(t.Context(), func(q *db.Q) error { return f(t.Context(), q, "x") }); fault.KindOf(err) != fault.NotFound {
				t.Errorf("a job that is not there: %v", err)
			}
		}
	})
}

// TestVanished: a job during which the program dies each time becomes a dead letter and does not kill it for ever.
func TestVanished(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		var b book
		add(t, d, note{"kills"})
		for range job.DefaultRetry.Attempts + 1 {
			job.Claim(t.Context(), runner(d, &b), 10)
			clock.Advance(61 * time.Second)
		}
		drain(t, runner(d, &b))
		if letters := dead(t, d); len(letters) != 1 || !strings.Contains(letters[0].Error, "stopped") || len(b.read()) != 0 {
			t.Errorf("%+v %q", letters, b.read())
		}
	})
}

// TestLeases: what a runner that died held is taken over when its lease ends and not before; also when the clock was
// set back; and what it writes afterwards changes nothing.
func TestLeases(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		var b book
		add(t, d, note{"x"})
		first, second := runner(d, &b), runner(d, &b)
		lost := job.Claim(t.Context(), first, 10)
		if len(lost) != 1 || drain(t, second) != 0 {
			t.Fatal("a held job was taken over")
		}
		clock.Advance(59 * time.Second)
		if drain(t, second) != 0 {
			t.Fatal("a held job was taken over before its lease ended")
		}
		clock.Advance(2 * time.Second)
		taken := job.Claim(t.Context(), second, 10)
		if len(taken) != 1 {
			t.Fatal("a job whose lease ended was not taken over")
		}
		if err := job.Settle(t.Context(), first, lost[0], nil); err != nil || look(t, d).Running != 1 {
			t.Errorf("the first runner settled the second's job: %v", err)
		}
		clock.Advance(-24 * time.Hour)
		add(t, d, note{"y"})
		if got := job.Claim(t.Context(), first, 10); len(got) != 1 {
			t.Errorf("after the clock was set back: %d claimed", len(got))
		}
	})
}

// TestRenewal: a job that runs for longer than a lease keeps it; one whose lease goes to another all the same is told to
// stop, and its end changes nothing.
func TestRenewal(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		var b book
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		began, told := make(chan bool), make(chan error, 1)
		r := job.New(d, quiet, 1)
		job.SetRenewal(r, 5*time.Millisecond)
		job.Handle(r, job.DefaultRetry, func(inner context.Context, n note) error {
			began <- true
			<-inner.Done()
			told <- context.Cause(inner)
			return inner.Err()
		})
		add(t, d, note{"long"})
		var wg sync.WaitGroup
		wg.Go(func() { r.Run(ctx) })
		<-began
		for range 3 {
			clock.Advance(50 * time.Second)
			until(t, "the lease is renewed", func() bool { return leaseOf(t, d) == clock.Now().Add(60*time.Second).UnixMilli() })
			if got := job.Claim(t.Context(), runner(d, &b), 10); len(got) > 0 {
				t.Fatal("a job that runs was taken over")
			}
		}
		err := d.Update(t.Context(), func(q *db.Q) error {
			_, err := q.Exec(t.Context(), "UPDATE job SET holder = 'another'")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := <-told; err == nil || !strings.Contains(err.Error(), "another runner") {
			t.Errorf("told %v", err)
		}
		cancel()
		wg.Wait()
		if s := look(t, d); s.Running != 1 {
			t.Errorf("it settled another's job: %+v", s)
		}
	})
}

// until waits for something that another goroutine does.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for range 2000 {
		if done() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("never: " + what)
}

func leaseOf(t *testing.T, d *db.DB) (lease int64) {
	t.Helper()
	err := d.View(t.Context(), func(q *db.Q) (err error) {
		lease, err = db.One[int64](t.Context(), q, "SELECT lease FROM job")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return lease
}

// TestDrainTwice: it finds a handler that minds being run twice.
func TestDrainTwice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		var b book
		add(t, d, note{"x"})
		if n, err := runner(d, &b).DrainTwice(t.Context()); n != 1 || err != nil || len(b.read()) != 2 {
			t.Errorf("%d jobs, ran %q: %v", n, b.read(), err)
		}
	})
}

// TestClockSetBack: work waits at most for what the clock lost; a lease from the future does not hold for a day.
func TestClockSetBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		var b book
		clock.Advance(time.Hour)
		add(t, d, note{"x"}, job.At(dbtest.Start))
		job.Claim(t.Context(), runner(d, &b), 10)
		clock.Advance(-time.Hour)
		if drain(t, runner(d, &b)) != 1 {
			t.Error("a lease given by a clock an hour ahead still holds")
		}
	})
}

func TestCron(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		var b book
		fails := 0
		r := job.New(d, quiet, 1)
		job.Handle(r, job.Retry{Attempts: 2, First: time.Minute, Most: time.Minute}, func(context.Context, tick) error {
			b.write(clock.Now().In(job.VietnamTime).Format("02 15:04"))
			if fails > 0 {
				fails--
				return errors.New("no luck")
			}
			return nil
		})
		r.Cron(tick{}, job.Daily(6, 30))
		other := job.New(d, quiet, 1)
		job.Handle(other, job.DefaultRetry, func(context.Context, tick) error { return nil })
		other.Cron(tick{}, job.Daily(6, 30))
		step := func(d time.Duration) { drain(t, r); clock.Advance(d) }
		drain(t, other)
		step(22 * time.Hour)           // 1 July, 8:00: the next time is tomorrow
		step(time.Hour)                // 2 July, 6:00
		step(3 * 24 * time.Hour)       // 2 July, 7:00: runs, late
		step(time.Hour)                // 5 July: runs once for three missed days
		fails = 2                      //
		step(24*time.Hour - time.Hour) // nothing
		step(2 * time.Minute)          // 6 July, 7:00: fails
		step(24 * time.Hour)           // fails for good
		step(time.Hour)                // 7 July
		if want := []string{"02 07:00", "05 07:00", "06 07:00", "06 07:02", "07 07:02"}; !slices.Equal(b.read(), want) {
			t.Errorf("ran at %q, want %q", b.read(), want)
		}
		if s := look(t, d); s.Dead != 0 || s.Later != 1 {
			t.Errorf("a schedule must not die: %+v", s)
		}
	})
}

func TestSchedules(t *testing.T) {
	at := func(s string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04:05", s, job.VietnamTime)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, c := range []struct {
		name        string
		s           job.Schedule
		after, want string
	}{
		{"later today", job.Daily(6, 30), "2025-12-31 06:29:59", "2025-12-31 06:30:00"},
		{"not the same moment again", job.Daily(6, 30), "2025-12-31 06:30:00", "2026-01-01 06:30:00"},
		{"leap day", job.Daily(0, 0), "2028-02-28 12:00:00", "2028-02-29 00:00:00"},
		{"every hour", job.Every(time.Hour), "2025-07-01 08:00:00", "2025-07-01 09:00:00"},
		{"every ten minutes", job.Every(10 * time.Minute), "2025-07-01 08:19:59", "2025-07-01 08:20:00"},
	} {
		if got := c.s(at(c.after)); !got.Equal(at(c.want)) {
			t.Errorf("%s: %v, want %s", c.name, got.In(job.VietnamTime), c.want)
		}
	}
}

// TestUnknownKindsWait: an older program beside a newer one leaves the newer one's work alone.
func TestUnknownKindsWait(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		var b book
		add(t, d, tick{})
		if drain(t, runner(d, &b)) != 0 || look(t, d).Waiting != 1 {
			t.Error("a job of an unknown kind was taken")
		}
	})
}

// TestRunners: four runners, as on four machines, share a thousand jobs; none is lost and none is done twice.
func TestRunners(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		const n = 1000
		err := d.Update(t.Context(), func(q *db.Q) error {
			for i := range n {
				if err := job.Add(t.Context(), q, note{fmt.Sprint(i)}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		var b book
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var wg sync.WaitGroup
		for range 4 {
			r := job.New(d, quiet, 4)
			job.Handle(r, job.DefaultRetry, func(_ context.Context, nt note) error {
				if b.write(nt.Text) == n {
					cancel()
				}
				return nil
			})
			wg.Go(func() {
				if err := r.Run(ctx); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		got := b.read()
		slices.Sort(got)
		if len(got) != n || len(slices.Compact(got)) != n {
			t.Errorf("%d runs of %d jobs", len(got), n)
		}
		if s := look(t, d); s != (job.State{}) {
			t.Errorf("left: %+v", s)
		}
	})
}

// TestStop: a runner that is told to stop lets the running job end, gives back what it has not started, and counts
// neither as a failure.
func TestStop(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		for i := range 3 {
			add(t, d, note{fmt.Sprint(i)})
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var runs atomic.Int32
		r := job.New(d, quiet, 1)
		job.Handle(r, job.DefaultRetry, func(inner context.Context, n note) error {
			runs.Add(1)
			cancel()
			return inner.Err() // the job's own context goes on
		})
		if err := r.Run(ctx); err != nil {
			t.Fatal(err)
		}
		if s := look(t, d); runs.Load() != 1 || s.Waiting != 2 || s.Running != 0 {
			t.Errorf("%d runs, %+v", runs.Load(), s)
		}
		var b book
		if drain(t, runner(d, &b)) != 2 {
			t.Errorf("what was given back did not run: %q", b.read())
		}
	})
}

// TestWakeUp: a running runner sees work of its own process long before it polls.
func TestWakeUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		ran := make(chan string, 1)
		r := job.New(d, quiet, 1)
		job.Handle(r, job.DefaultRetry, func(_ context.Context, n note) error { ran <- n.Text; return nil })
		var wg sync.WaitGroup
		wg.Go(func() { r.Run(ctx) })
		for i := range 3 {
			add(t, d, note{fmt.Sprint(i)})
			select {
			case <-ran:
			case <-time.After(10 * time.Second):
				t.Fatal("nothing woke it")
			}
		}
		cancel()
		wg.Wait()
	})
}

// TestAnyOrder: whatever the order of asking, running, failing, dying and waiting, each key that was asked for is run
// after it was last asked for, and nothing is left.
func TestAnyOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		rapid.Check(t, func(rt *rapid.T) {
			asked, ran := map[string]int{}, map[string]int{}
			fail := false
			r := job.New(d, quiet, 1)
			job.Handle(r, job.Retry{Attempts: 1000, First: time.Second, Most: time.Second}, func(_ context.Context, n note) error {
				if fail {
					return errors.New("no luck")
				}
				var key string
				var version int
				fmt.Sscanf(n.Text, "%s %d", &key, &version)
				ran[key] = version
				return nil
			})
			for range rapid.IntRange(1, 12).Draw(rt, "steps") {
				switch rapid.SampledFrom([]string{"ask", "run", "fail", "die", "wait"}).Draw(rt, "step") {
				case "ask":
					key := rapid.SampledFrom([]string{"a", "b"}).Draw(rt, "key")
					asked[key]++
					add(t, d, note{fmt.Sprint(key, " ", asked[key])}, job.Once(key))
				case "run":
					drain(t, r)
				case "fail":
					fail = true
					drain(t, r)
					fail = false
				case "die":
					job.Claim(t.Context(), job.Twin(r), 1)
				case "wait":
					clock.Advance(time.Duration(rapid.Int64Range(0, 90).Draw(rt, "seconds")) * time.Second)
				}
			}
			clock.Advance(2 * time.Minute)
			drain(t, r)
			for key, version := range asked {
				if ran[key] != version {
					rt.Errorf("%s was asked for %d times and last ran as of %d", key, version, ran[key])
				}
			}
			if s := look(t, d); s != (job.State{}) {
				rt.Errorf("left: %+v", s)
			}
		})
	})
}

// BenchmarkJobs: trivial jobs through one runner of four workers. Bound: 1,000 a second.
func BenchmarkJobs(b *testing.B) {
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		b.Run(string(e), func(b *testing.B) {
			d, _ := dbtest.New(b, e)
			for done := 0; done < b.N; done += 1000 {
				err := d.Update(b.Context(), func(q *db.Q) error {
					for range min(1000, b.N-done) {
						if err := job.Add(b.Context(), q, note{}); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			ctx, cancel := context.WithCancel(b.Context())
			defer cancel()
			var n atomic.Int64
			r := job.New(d, quiet, 4)
			job.Handle(r, job.DefaultRetry, func(context.Context, note) error {
				if n.Add(1) == int64(b.N) {
					cancel()
				}
				return nil
			})
			b.ResetTimer()
			if err := r.Run(ctx); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
		})
	}
}
