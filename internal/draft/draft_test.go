package draft

import (
	"bytes"
	"errors"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/fault"
)

const someone, another, place = "0197c2a0-0000-7000-8000-000000000001", "0197c2a0-0000-7000-8000-000000000002", "/app/nguoi-dung/moi"

func each(t *testing.T, f func(t *testing.T, s *Store, clock *dbtest.Clock)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		s, err := New(d, bytes.Repeat([]byte{7}, 32))
		must(t, err)
		must(t, d.Update(t.Context(), func(q *db.Q) error {
			for _, id := range []string{someone, another} {
				if _, err := q.Exec(t.Context(), "INSERT INTO account (id, state, added) VALUES (?, 'active', ?)", id, q.Now()); err != nil {
					return err
				}
			}
			return nil
		}))
		f(t, s, clock)
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// What was entered is there again for its person alone, and not readable in the database.
func TestKeep(t *testing.T) {
	each(t, func(t *testing.T, s *Store, clock *dbtest.Clock) {
		want := url.Values{"name": {"Nguyễn Thị Hoa"}, "role": {"a", "b"}}
		must(t, s.Keep(t.Context(), someone, place, url.Values{"name": {"Ng"}}))
		clock.Advance(time.Minute)
		must(t, s.Keep(t.Context(), someone, place, want))
		got, ok, err := s.Find(t.Context(), someone, place)
		must(t, err)
		if diff := cmp.Diff(want, got.Values); !ok || diff != "" || !got.Saved.Equal(clock.Now()) {
			t.Errorf("found %v, saved %v: %s", ok, got.Saved, diff)
		}
		if _, ok, err := s.Find(t.Context(), another, place); ok || err != nil {
			t.Errorf("somebody else finds it: %v, %v", ok, err)
		}
		must(t, s.db.View(t.Context(), func(q *db.Q) error {
			body, err := db.One[[]byte](t.Context(), q, "SELECT body FROM draft")
			if bytes.Contains(body, []byte("Nguy")) {
				t.Error("the draft is readable in the database")
			}
			return err
		}))
		must(t, s.Drop(t.Context(), someone, place))
		if _, ok, _ := s.Find(t.Context(), someone, place); ok {
			t.Error("a dropped draft is still there")
		}
		if err := s.Keep(t.Context(), someone, place, url.Values{"x": {strings.Repeat("x", mostBytes)}}); fault.KindOf(err) != fault.TooLarge {
			t.Errorf("a draft over the bound: %v", err)
		}
	})
}

// A row moved to another person opens for nobody.
func TestMovedDraftStaysShut(t *testing.T) {
	each(t, func(t *testing.T, s *Store, _ *dbtest.Clock) {
		must(t, s.Keep(t.Context(), someone, place, url.Values{"name": {"x"}}))
		must(t, s.db.Update(t.Context(), func(q *db.Q) error {
			_, err := q.Exec(t.Context(), "UPDATE draft SET user_id = ?", another)
			return err
		}))
		if _, ok, err := s.Find(t.Context(), another, place); ok || err != nil {
			t.Errorf("the moved draft opens: %v, %v", ok, err)
		}
	})
}

// Of a person's drafts the newest are kept, and what is old goes by itself.
func TestDraftsGiveWay(t *testing.T) {
	each(t, func(t *testing.T, s *Store, clock *dbtest.Clock) {
		for i := range mostDrafts + 3 {
			clock.Advance(time.Second)
			must(t, s.Keep(t.Context(), someone, strings.Repeat("x", i+1), url.Values{"n": {"1"}}))
		}
		must(t, s.Keep(t.Context(), another, "y", url.Values{"n": {"1"}}))
		count := func() (n int) {
			must(t, s.db.View(t.Context(), func(q *db.Q) (err error) {
				n, err = db.One[int](t.Context(), q, "SELECT count(*) FROM draft")
				return err
			}))
			return n
		}
		if n := count(); n != mostDrafts+1 {
			t.Errorf("%d drafts are kept, want %d", n, mostDrafts+1)
		}
		if _, ok, _ := s.Find(t.Context(), someone, "x"); ok {
			t.Error("the oldest is still there")
		}
		clock.Advance(keepFor + time.Hour)
		must(t, s.sweep(t.Context()))
		must(t, s.sweep(t.Context()))
		if n := count(); n != 0 {
			t.Errorf("%d drafts outlive their time", n)
		}
	})
}

// A form sent many times at once is done once, and everybody is led to the same place.
func TestOnce(t *testing.T) {
	each(t, func(t *testing.T, s *Store, _ *dbtest.Clock) {
		must(t, s.Keep(t.Context(), someone, place, url.Values{"name": {"x"}}))
		f, err := s.Read(s.Key(someone, place))
		must(t, err)
		if f.User != someone || f.Address != place {
			t.Errorf("the key is read as %+v", f)
		}
		var mu sync.Mutex
		done := 0
		send := func() (string, error) {
			return s.Once(t.Context(), f, func() (string, error) {
				mu.Lock()
				defer mu.Unlock()
				done++
				return "/app/there", nil
			})
		}
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if to, err := send(); err != nil || to != "/app/there" {
					t.Errorf("led to %q, %v", to, err)
				}
			})
		}
		all.Wait()
		if done != 1 {
			t.Errorf("done %d times", done)
		}
		if _, ok, _ := s.Find(t.Context(), someone, place); ok {
			t.Error("what was sent is still a draft")
		}
	})
}

// A refused form may be sent again; one that was cut off is not done again in silence.
func TestOnceAfterRefusalAndCrash(t *testing.T) {
	each(t, func(t *testing.T, s *Store, _ *dbtest.Clock) {
		f, err := s.Read(s.Key(someone, place))
		must(t, err)
		refused := fault.New(fault.Invalid, "The input has faults; nothing was changed.")
		if _, err := s.Once(t.Context(), f, func() (string, error) { return "", refused }); !errors.Is(err, refused) {
			t.Errorf("refused by %v", err)
		}
		if to, err := s.Once(t.Context(), f, func() (string, error) { return "/app/x", nil }); err != nil || to != "/app/x" {
			t.Errorf("sent again: %q, %v", to, err)
		}
		g, err := s.Read(s.Key(someone, place))
		must(t, err)
		if _, first, err := s.claim(t.Context(), g); !first || err != nil { // and then the machine stopped
			t.Fatal(first, err)
		}
		_, err = s.Once(t.Context(), g, func() (string, error) { t.Error("done again"); return "", nil })
		if fault.KindOf(err) != fault.Conflict {
			t.Errorf("after a crash: %v", err)
		}
	})
}

// What was done is done, though the database goes away before that is written down: the sender is led on.
func TestDoneThoughNotWrittenDown(t *testing.T) {
	each(t, func(t *testing.T, s *Store, _ *dbtest.Clock) {
		f, err := s.Read(s.Key(someone, place))
		must(t, err)
		to, err := s.Once(t.Context(), f, func() (string, error) { return "/done", s.db.Close() })
		if to != "/done" || err == nil {
			t.Errorf("it leads to %q, %v", to, err)
		}
	})
}

// A key that was made up, altered or is too old opens nothing.
func TestKeysAreOurs(t *testing.T) {
	each(t, func(t *testing.T, s *Store, clock *dbtest.Clock) {
		key := s.Key(someone, place)
		for _, bad := range []string{"", "x", key[:len(key)-2], "A" + key[1:], key + "AA"} {
			if f, err := s.Read(bad); fault.KindOf(err) != fault.Invalid || f.User != "" {
				t.Errorf("%q is read as %+v, %v", bad, f, err)
			}
		}
		clock.Advance(sentFor + time.Hour)
		if f, err := s.Read(key); fault.KindOf(err) != fault.Gone || f.User != someone {
			t.Errorf("an old key is read as %+v, %v", f, err)
		}
	})
}
