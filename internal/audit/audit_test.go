package audit_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"thuoc/internal/audit"
	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/fault"
	"thuoc/internal/job"
	"thuoc/internal/lang"
	"thuoc/internal/mail"
)

var quiet = slog.New(slog.DiscardHandler)

func newLog(t testing.TB) *audit.Log {
	t.Helper()
	l, err := audit.New([]byte(strings.Repeat("k", 32)))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// write appends n entries.
func write(t testing.TB, d *db.DB, n int) {
	t.Helper()
	l := newLog(t)
	err := d.Update(t.Context(), func(q *db.Q) error {
		for i := range n {
			e := audit.Entry{Actor: "system", Action: "test.write", Object: fmt.Sprintf("thing:%d", i), Content: []byte("same")}
			if err := l.Append(t.Context(), q, e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func sealAll(t testing.TB, d *db.DB) int {
	t.Helper()
	n, err := audit.Seal(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func verify(t testing.TB, d *db.DB, anchors ...audit.Head) audit.Report {
	t.Helper()
	r, err := audit.Verify(t.Context(), d, anchors...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// tamper changes the table behind the log's back.
func tamper(t testing.TB, d *db.DB, statements ...string) {
	t.Helper()
	err := d.Update(t.Context(), func(q *db.Q) error {
		for _, s := range statements {
			if _, err := q.Exec(t.Context(), s); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func texts(r audit.Report) (all []string) {
	for _, f := range r.Findings {
		all = append(all, f.String())
	}
	return all
}

func TestAnEntryIsOfItsTransaction(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		l := newLog(t)
		d.Update(t.Context(), func(q *db.Q) error {
			return errors.Join(l.Append(t.Context(), q, audit.Entry{Actor: "system", Action: "a.b", Object: "x"}), errors.New("undone"))
		})
		if n := sealAll(t, d); n != 0 {
			t.Errorf("%d entries of a change that was undone", n)
		}
	})
}

// TestVerifyFindsEveryMutation does to the log what somebody with the database's password could do.
func TestVerifyFindsEveryMutation(t *testing.T) {
	const n = 120 // more than one page
	edit := func(column, value string) []string {
		return []string{"UPDATE audit SET " + column + " = " + value + " WHERE seq = 110"}
	}
	changed := []string{"Entry 110 is not what was sealed: it was changed or moved."}
	for name, c := range map[string]struct {
		do   []string
		want []string
	}{
		"nothing":          {nil, nil},
		"the actor":        {edit("actor", "'other'"), changed},
		"the action":       {edit("action", "'other'"), changed},
		"the object":       {edit("object", "'other'"), changed},
		"the time":         {edit("at", "at + 1"), changed},
		"the id":           {edit("id", "'other'"), changed},
		"the digest":       {edit("digest", "hash"), changed},
		"a boundary moved": {[]string{"UPDATE audit SET actor = 'systemt', action = 'est.write' WHERE seq = 110"}, changed},
		"the hash": {edit("hash", "digest"), []string{
			"Entry 110 is not what was sealed: it was changed or moved.", "Entry 111 is not what was sealed: it was changed or moved."}},
		"one removed":       {[]string{"DELETE FROM audit WHERE seq = 5"}, []string{"Entry 5 is missing."}},
		"three removed":     {[]string{"DELETE FROM audit WHERE seq BETWEEN 5 AND 7"}, []string{"The entries 5 to 7 are missing."}},
		"the first removed": {[]string{"DELETE FROM audit WHERE seq = 1"}, []string{"Entry 1 is missing."}},
		"unsealed":          {[]string{"UPDATE audit SET seq = NULL, hash = NULL WHERE seq = 5"}, []string{"Entry 5 is missing."}},
		"two exchanged": {[]string{"UPDATE audit SET seq = -1 WHERE seq = 5", "UPDATE audit SET seq = 5 WHERE seq = 90", "UPDATE audit SET seq = 90 WHERE seq = -1"},
			[]string{"Entry 5 is not what was sealed: it was changed or moved.", "Entry 6 is not what was sealed: it was changed or moved.",
				"Entry 90 is not what was sealed: it was changed or moved.", "Entry 91 is not what was sealed: it was changed or moved."}},
		"one removed and the rest moved up": {[]string{"DELETE FROM audit WHERE seq = 118", "UPDATE audit SET seq = 118 WHERE seq = 119", "UPDATE audit SET seq = 119 WHERE seq = 120"},
			[]string{"Entry 118 is not what was sealed: it was changed or moved.", "Entry 119 is not what was sealed: it was changed or moved.",
				"The log ends at entry 119; an anchor shows that it had reached 120. Its end was cut off."}},
		"the end cut off": {[]string{"DELETE FROM audit WHERE seq > 115"},
			[]string{"The log ends at entry 115; an anchor shows that it had reached 120. Its end was cut off."}},
		"everything removed": {[]string{"DELETE FROM audit"},
			[]string{"The log ends at entry 0; an anchor shows that it had reached 120. Its end was cut off."}},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
				write(t, d, n)
				sealAll(t, d)
				anchor := verify(t, d).Head
				if anchor.Seq != n {
					t.Fatalf("the head is %v", anchor)
				}
				tamper(t, d, c.do...)
				report, err := audit.VerifyBy(t.Context(), d, 50, anchor)
				if got := texts(report); err != nil || !slices.Equal(got, c.want) {
					t.Errorf("found %q, want %q (%v)", got, c.want, err)
				}
			})
		})
	}
}

// TestRewrittenLog: who changes an entry and computes every hash after it anew is found by an anchor from outside, and
// by that alone.
func TestRewrittenLog(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		write(t, d, 10)
		sealAll(t, d)
		anchor := verify(t, d).Head
		write(t, d, 5)
		sealAll(t, d)
		tamper(t, d, "UPDATE audit SET actor = 'other' WHERE seq = 3", "UPDATE audit SET seq = NULL, hash = NULL")
		sealAll(t, d)
		if got := verify(t, d); len(got.Findings) != 0 || got.Head.Seq != 15 {
			t.Errorf("without an anchor: %q", texts(got))
		}
		want := []string{"Entry 10 does not lead to the anchor: the log up to there was written anew."}
		if got := texts(verify(t, d, anchor)); !slices.Equal(got, want) {
			t.Errorf("found %q, want %q", got, want)
		}
	})
}

// TestAnyTampering: whatever single change to a sealed row, with an anchor at the end nothing passes.
func TestAnyTampering(t *testing.T) {
	d, _ := dbtest.New(t, db.SQLite)
	write(t, d, 20)
	sealAll(t, d)
	anchor := verify(t, d).Head
	tamper(t, d, "CREATE TABLE kept AS SELECT id, at, actor, action, object, digest, seq, hash FROM audit")
	rapid.Check(t, func(t *rapid.T) {
		seq := rapid.IntRange(1, 20).Draw(t, "seq")
		change := rapid.SampledFrom([]string{
			"UPDATE audit SET actor = actor || 'x' WHERE seq = %d", "UPDATE audit SET at = at - 1 WHERE seq = %d",
			"DELETE FROM audit WHERE seq = %d", "DELETE FROM audit WHERE seq >= %d", "UPDATE audit SET seq = seq + 100 WHERE seq = %d",
			"UPDATE audit SET hash = digest WHERE seq = %d", "UPDATE audit SET hash = NULL WHERE seq = %d",
		}).Draw(t, "change")
		defer func() {
			d.Update(context.Background(), func(q *db.Q) error {
				q.Exec(context.Background(), "DELETE FROM audit")
				_, err := q.Exec(context.Background(), "INSERT INTO audit SELECT id, at, actor, action, object, digest, seq, hash FROM kept")
				return err
			})
		}()
		err := d.Update(context.Background(), func(q *db.Q) error {
			_, err := q.Exec(context.Background(), fmt.Sprintf(change, seq))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		report, err := audit.Verify(context.Background(), d, anchor)
		if err != nil || len(report.Findings) == 0 {
			t.Fatalf("not found (%v)", err)
		}
	})
}

func TestSealers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		const n = 200
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var sealers, writers sync.WaitGroup
		for range 3 { // as on three machines
			sealers.Go(func() { audit.Run(ctx, d, quiet) })
		}
		for range 4 {
			writers.Go(func() {
				for range n / 4 {
					write(t, d, 1)
				}
			})
		}
		writers.Wait()
		cancel()
		sealers.Wait()
		sealAll(t, d)
		if r := verify(t, d); len(r.Findings) > 0 || r.Head.Seq != n || r.Unsealed != 0 {
			t.Errorf("%+v %q", r.Head, texts(r))
		}
	})
}

func TestDigests(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		write(t, d, 2)
		rows := list(t, d, audit.Filter{Limit: 10})
		l := newLog(t)
		if string(rows[0].Digest) == string(rows[1].Digest) {
			t.Error("equal contents have equal digests: the log tells who shares what")
		}
		if !l.Confirms(rows[0], []byte("same")) || l.Confirms(rows[0], []byte("other")) {
			t.Error("an entry must confirm its content and no other")
		}
		other, _ := audit.New([]byte(strings.Repeat("o", 32)))
		if other.Confirms(rows[0], []byte("same")) {
			t.Error("a digest was made without the key")
		}
	})
	if _, err := audit.New(make([]byte, 31)); err == nil {
		t.Error("a short key was taken")
	}
}

func list(t *testing.T, d *db.DB, f audit.Filter) (rows []audit.Row) {
	t.Helper()
	err := d.View(t.Context(), func(q *db.Q) (err error) { rows, err = audit.List(t.Context(), q, f); return err })
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// TestNothingPersonal: what could be a name, an address or a number of a person is refused.
func TestNothingPersonal(t *testing.T) {
	d, _ := dbtest.New(t, db.SQLite)
	l := newLog(t)
	ok := audit.Entry{Actor: d.NewID(), Action: "edition.publish", Object: "edition:papi-2024.1"}
	for _, c := range []struct {
		change func(*audit.Entry)
		fine   bool
	}{
		{func(e *audit.Entry) {}, true},
		{func(e *audit.Entry) { e.Actor = "system" }, true},
		{func(e *audit.Entry) { e.Object = "account:" + d.NewID() }, true},
		{func(e *audit.Entry) { e.Object = "blob:" + strings.Repeat("0123456789abcdef", 4) }, true},
		{func(e *audit.Entry) { e.Actor = "" }, false},
		{func(e *audit.Entry) { e.Actor = "Nguyễn Văn A" }, false},
		{func(e *audit.Entry) { e.Actor = "nguyen van a" }, false},
		{func(e *audit.Entry) { e.Object = "account:a@example.vn" }, false},
		{func(e *audit.Entry) { e.Object = "account:0912345678" }, false},
		{func(e *audit.Entry) { e.Object = "citizen:001085012345" }, false},
		{func(e *audit.Entry) { e.Action = "Edition.Publish" }, false},
		{func(e *audit.Entry) { e.Object = strings.Repeat("a", 200) }, false},
	} {
		e := ok
		c.change(&e)
		err := d.Update(t.Context(), func(q *db.Q) error { return l.Append(t.Context(), q, e) })
		if (err == nil) != c.fine {
			t.Errorf("%+v: %v", e, err)
		}
		if err != nil && strings.Contains(err.Error(), "0912345678") {
			t.Errorf("the error repeats what must not be written: %v", err)
		}
	}
}

func TestList(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		write(t, d, 5)
		clock.Advance(time.Second)
		write(t, d, 5)
		page := list(t, d, audit.Filter{Limit: 4})
		next := list(t, d, audit.Filter{Limit: 100, Before: page[3].ID})
		if len(page) != 4 || len(next) != 6 || page[0].Object != "thing:4" || next[5].Object != "thing:0" {
			t.Errorf("%d and %d entries", len(page), len(next))
		}
		if got := list(t, d, audit.Filter{Object: "thing:3", Actor: "system", Action: "test.write", Limit: 10}); len(got) != 2 {
			t.Errorf("%d entries about thing 3, want 2", len(got))
		}
		if got := list(t, d, audit.Filter{Actor: "nobody", Limit: 10}); len(got) != 0 {
			t.Errorf("%d entries of nobody", len(got))
		}
	})
}

func TestHeadText(t *testing.T) {
	d, _ := dbtest.New(t, db.SQLite)
	write(t, d, 1)
	sealAll(t, d)
	head := verify(t, d).Head
	if back, err := audit.ParseHead(" " + head.String() + "\n"); err != nil || back != head {
		t.Errorf("%v: %v %v", head, back, err)
	}
	for _, bad := range []string{"", "1", "1:", "1:ab", "-1:" + strings.Repeat("a", 64), "x:" + strings.Repeat("a", 64), "1:" + strings.Repeat("g", 64)} {
		if _, err := audit.ParseHead(bad); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// letters is a sender that keeps what it was given.
type letters struct{ got []mail.Letter }

func (l *letters) Send(_ context.Context, _ string, m mail.Letter) error {
	l.got = append(l.got, m)
	return nil
}

// TestAnchorsAreMailed: once a day, whatever runs twice; and what was mailed verifies.
func TestAnchorsAreMailed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		to := "auditor@example.vn"
		post := &letters{}
		r := job.New(d, quiet, 1)
		mail.Register(r, d, post)
		audit.Register(r, d, lang.En, func(context.Context, *db.Q) (string, error) { return to, nil })
		for range 3 {
			write(t, d, 3)
			for range 2 {
				if _, err := r.DrainTwice(t.Context()); err != nil {
					t.Fatal(err)
				}
				if err := audit.MailHead(t.Context(), d, to); err != nil { // a second run on the same day
					t.Fatal(err)
				}
			}
			clock.Advance(24 * time.Hour)
		}
		r.DrainTwice(t.Context())
		if len(post.got) != 4 {
			t.Fatalf("%d letters on four days", len(post.got))
		}
		_, rest, _ := strings.Cut(post.got[3].Body, "Anchor: ")
		anchor, err := audit.ParseHead(strings.Fields(rest)[0])
		if err != nil || anchor.Seq != 9 || post.got[3].To != to {
			t.Fatalf("%v %v", anchor, err)
		}
		if r := verify(t, d, anchor); len(r.Findings) > 0 {
			t.Errorf("%q", texts(r))
		}
		to = ""
		clock.Advance(24 * time.Hour)
		r.DrainTwice(t.Context())
		if len(post.got) != 4 {
			t.Error("a letter went to nobody")
		}
	})
}

// BenchmarkAppend: entries in transactions of one. Bound: 500 a second on a disk that syncs in 1 ms.
func BenchmarkAppend(b *testing.B) {
	d, _ := dbtest.New(b, db.SQLite)
	for b.Loop() {
		write(b, d, 1)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}

// BenchmarkVerify: a log of 50,000 entries. Bound: 2 s.
func BenchmarkVerify(b *testing.B) {
	d, _ := dbtest.New(b, db.SQLite)
	for range 50 {
		write(b, d, 1000)
	}
	sealAll(b, d)
	for b.Loop() {
		if r := verify(b, d); r.Head.Seq != 50_000 || len(r.Findings) > 0 {
			b.Fatal(r)
		}
	}
}
