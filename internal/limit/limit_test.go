package limit_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"thuoc/internal/fault"
	"thuoc/internal/limit"
)

func TestBody(t *testing.T) {
	for size, want := range map[int]fault.Kind{3 << 20: fault.Internal, 3<<20 + 1: fault.TooLarge} {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(strings.Repeat("x", size)))
		limit.Body(httptest.NewRecorder(), r, 3<<20)
		_, err := io.Copy(io.Discard, r.Body)
		if err = limit.Explain(err); (err != nil) != (want == fault.TooLarge) || err != nil && (fault.KindOf(err) != want || !strings.Contains(err.Error(), "at most 3 MB")) {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
	other := errors.New("other")
	if limit.Explain(other) != other {
		t.Error("another error was changed")
	}
}

// clock is moved by hand.
type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func TestBuckets(t *testing.T) {
	c := &clock{time.Date(2025, 7, 1, 1, 0, 0, 0, time.UTC)}
	b := limit.NewBuckets(6, 3, 100, c.now) // one in ten seconds
	for range 3 {
		if err := b.Take("a"); err != nil {
			t.Fatal(err)
		}
	}
	err := b.Take("a")
	refusal, ok := errors.AsType[*limit.Refusal](err)
	if !ok || refusal.After != 10*time.Second || fault.KindOf(err) != fault.Busy {
		t.Fatalf("got %v", err)
	}
	h := http.Header{}
	if status := refusal.Header(h); status != http.StatusTooManyRequests || h.Get("Retry-After") != "10" {
		t.Errorf("%d %v", status, h)
	}
	if err := b.Take("b"); err != nil {
		t.Errorf("another caller: %v", err)
	}
	c.t = c.t.Add(-time.Hour)
	if err := b.Take("b"); err != nil {
		t.Errorf("a clock that was set back took what was there: %v", err)
	}
	c.t = c.t.Add(time.Hour + 10*time.Second)
	if err := b.Take("a"); err != nil {
		t.Errorf("after the time it was told: %v", err)
	}
	if err := b.Take("a"); err == nil {
		t.Error("refused tries must neither cost nor give tokens")
	}
}

// TestBucketsAreBounded: however many callers come, the first ones are forgotten and the last are not.
func TestBucketsAreBounded(t *testing.T) {
	c := &clock{time.Date(2025, 7, 1, 1, 0, 0, 0, time.UTC)}
	b := limit.NewBuckets(1, 1, 100, c.now)
	for i := range 1000 {
		b.Take(fmt.Sprint(i))
	}
	if b.Take("999") == nil || b.Take("900") == nil {
		t.Error("a caller seen last was forgotten")
	}
	if b.Take("0") != nil {
		t.Error("a caller seen long ago was not forgotten")
	}
	if n := limit.Kept(b); n != 100 {
		t.Errorf("%d callers are remembered", n)
	}
}

// TestShedding fills a gate of 100 with each worth: exports stop at half, pages at three quarters, work at nine tenths,
// and answers have all of it.
func TestShedding(t *testing.T) {
	g := limit.NewGate(100)
	var got []int
	var leaves []func()
	for _, w := range []limit.Worth{limit.Export, limit.Page, limit.Write, limit.Answer} {
		n := len(leaves)
		for {
			leave, err := g.Enter(w)
			if err != nil {
				break
			}
			leaves = append(leaves, leave)
		}
		got = append(got, len(leaves)-n)
	}
	if want := []int{50, 25, 15, 10}; !slices.Equal(got, want) {
		t.Errorf("let in %v, want %v", got, want)
	}
	for _, leave := range leaves {
		leave()
		leave() // twice is once
	}
	if l := g.Load(); l.Inside != 0 || l.Refused != [4]int64{1, 1, 1, 1} {
		t.Errorf("%+v", l)
	}
}

// TestGateHolds: whatever comes and goes at once, no worth ever finds more than its share inside, and the least gate
// lets at least one in.
func TestGateHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.IntRange(1, 20).Draw(t, "most")
		g := limit.NewGate(most)
		var wg sync.WaitGroup
		for i := range 40 {
			wg.Go(func() {
				if leave, err := g.Enter(limit.Worth(i % 4)); err == nil {
					leave()
				}
			})
		}
		wg.Wait()
		leave, err := g.Enter(limit.Export)
		if err != nil {
			t.Fatalf("an empty gate of %d is shut", most)
		}
		leave()
		if g.Load().Inside != 0 {
			t.Fatal("somebody is still inside")
		}
	})
}

func TestGuard(t *testing.T) {
	g := limit.NewGate(1)
	inside, out := make(chan bool), make(chan bool)
	h := g.Guard(func(*http.Request) limit.Worth { return limit.Answer },
		func(w http.ResponseWriter, _ *http.Request, err error) {
			refusal, _ := errors.AsType[*limit.Refusal](err)
			w.WriteHeader(refusal.Header(w.Header()))
		},
		http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { inside <- true; <-out }))
	var wg sync.WaitGroup
	wg.Go(func() { h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/", nil)) })
	<-inside
	after := map[string]bool{}
	for range 20 {
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequest(http.MethodPost, "/", nil))
		if rec.Code != http.StatusServiceUnavailable {
			t.Errorf("status %d", rec.Code)
		}
		after[rec.Header().Get("Retry-After")] = true
	}
	if len(after) < 5 {
		t.Errorf("all are told to come back together: %v", after)
	}
	out <- true
	wg.Wait()
	if g.Load().Inside != 0 {
		t.Error("the request did not leave")
	}
}

// BenchmarkTake: one token among 10,000 callers. Bound: 2 µs, so that a limit costs nothing beside its request.
func BenchmarkTake(b *testing.B) {
	c := &clock{time.Date(2025, 7, 1, 1, 0, 0, 0, time.UTC)}
	buckets := limit.NewBuckets(60, 10, 5_000, c.now)
	var keys []string
	for i := range 10_000 {
		keys = append(keys, fmt.Sprint("10.0.0.", i))
	}
	for i := 0; b.Loop(); i++ {
		buckets.Take(keys[i%len(keys)])
	}
}
