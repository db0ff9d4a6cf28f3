package edition

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"thuoc/internal/fault"
	"thuoc/internal/run"
)

// own figures of two units, so that they add up.
const ownFigures = "unit,code,value,se,n\nu1,A,5,0.2,100\nu1,B,6,0.2,100\nu2,A,7,0.3,120\nu2,B,4,0.1,120\n"

// TestEmbargo: nothing of an embargoed edition is in the public folder before its time, also when the clock is set back;
// at its time it is there, once.
func TestEmbargo(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, h *house) {
		shelf := Released(h.dir, nil, func(err error) { t.Error(err) })
		e := h.freeze(h.published(2023), "")
		must(t, h.Approve(ctx, h.binh, h.seen(e.ID), ""))
		at := h.clock.Now().Add(2 * time.Hour)
		must(t, h.Publish(ctx, h.chi, h.seen(e.ID), at, "họp báo 10 giờ"))
		h.drain()
		nothing := func(when string) {
			t.Helper()
			if _, err := shelf.Find(e.Hash); fault.KindOf(err) != fault.NotFound || len(shelf.Years()) != 0 {
				t.Errorf("%s: %v, %v", when, shelf.Years(), err)
			}
			if names, _ := filepath.Glob(h.dir + "/*" + e.Hash[:8] + "*"); len(names) != 0 {
				t.Errorf("%s the folder holds %v", when, names)
			}
			if text, err := os.ReadFile(filepath.Join(h.dir, IndexName)); err == nil && strings.Contains(string(text), e.Hash) {
				t.Errorf("%s the index names it", when)
			}
		}
		nothing("under embargo")
		must(t, h.Shelve(ctx))
		nothing("after shelving")
		must(t, h.liftAtItsTime(ctx, e.ID))
		if r := h.release(e.ID); r.State != Embargoed || !r.PublicFrom.Equal(at) {
			t.Errorf("lifted too early: %+v", r)
		}
		wants(t, "publishing under embargo", h.Publish(ctx, h.chi, h.seen(e.ID), time.Time{}, ""), fault.Conflict, "embargo")
		h.clock.Advance(-24 * time.Hour)
		h.drain()
		nothing("with the clock set back")
		h.clock.Advance(26 * time.Hour)
		h.drain()
		if got, err := shelf.Edition(2023); err != nil || got.ID != e.Hash {
			t.Errorf("at its time: %v", err)
		}
		_, history, err := h.Get(ctx, h.binh, e.ID)
		must(t, err)
		if last := history[len(history)-1]; len(history) != 4 || last.Step != Lift || last.Actor != "system" {
			t.Errorf("the history is %+v", history)
		}
	})
}

// TestEmbargoCalledBack: an embargoed edition that was returned does not become public.
func TestEmbargoCalledBack(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, h *house) {
		e := h.freeze(h.own("2024", ownFigures), "")
		must(t, h.Approve(ctx, h.binh, h.seen(e.ID), ""))
		must(t, h.Publish(ctx, h.chi, h.seen(e.ID), h.clock.Now().Add(time.Hour), ""))
		wants(t, "returning without a word", h.Return(ctx, h.binh, h.seen(e.ID), ""), fault.Invalid, "reason is missing")
		must(t, h.Return(ctx, h.binh, h.seen(e.ID), "sai trọng số"))
		h.clock.Advance(2 * time.Hour)
		h.drain()
		if r := h.release(e.ID); r.State != Returned {
			t.Errorf("it is %s", r.State)
		}
		if _, err := h.Freeze(ctx, h.anna, e.Run, ""); err != nil {
			t.Errorf("a returned run cannot be frozen again: %v", err)
		}
	})
}

// TestCorrectAndWithdraw corrects a public edition, withdraws the correction and publishes again: the shelf says at every
// step what is true, without being opened anew.
func TestCorrectAndWithdraw(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, h *house) {
		shelf := Released(h.dir, Embedded(made), func(err error) { t.Error(err) })
		if len(shelf.Years()) != len(Years()) || shelf.Mark() != "" {
			t.Fatalf("an empty house shows %v", shelf.Years())
		}
		first := h.freeze(h.published(2022), "")
		h.publish(first)
		var marks []string
		shows := func(step, hash string) {
			t.Helper()
			e, err := shelf.Edition(2022)
			if err != nil || e.ID != hash {
				t.Errorf("%s: %v", step, err)
			}
			if slices.Contains(marks, shelf.Mark()) {
				t.Errorf("%s: the mark is that of before", step)
			}
			marks = append(marks, shelf.Mark())
		}
		shows("published", first.Hash)

		h.Store.o.Runs = run.New(run.Options{DB: h.o.DB, Blobs: h.o.Blobs, Log: h.o.Log, Code: "test-2"})
		h.runs = h.Store.o.Runs
		again := h.published(2022) // the same figures by another program are another run
		_, err := h.Freeze(ctx, h.anna, again.ID, "")
		wants(t, "correcting without a word", err, fault.Invalid, "reason is missing")
		second := h.freeze(again, "khoảng tin cậy tính lại")
		if second.Corrects != first.ID {
			t.Errorf("it corrects %q", second.Corrects)
		}
		if e, err := shelf.Edition(2022); err != nil || e.ID != first.Hash {
			t.Errorf("frozen is not public: %v", err)
		}
		h.publish(second)
		shows("corrected", second.Hash)
		if l, ok := shelf.Listed(first.Hash); !ok || l.State != Corrected || l.CorrectedBy != second.Hash || l.Reason != "khoảng tin cậy tính lại" || l.Ended.IsZero() {
			t.Errorf("the corrected one is listed as %+v", l)
		}
		if e, err := shelf.Find(first.Hash[:12]); err != nil || e.ID != first.Hash {
			t.Errorf("the corrected one cannot be read by its hash: %v", err)
		}
		if e, _ := shelf.Edition(2022); e.Manifest.Corrects != first.Hash || e.Manifest.Reason == "" {
			t.Errorf("the correction says %+v", e.Manifest)
		}

		wants(t, "withdrawing without a word", h.Withdraw(ctx, h.chi, h.seen(second.ID), " "), fault.Invalid, "reason is missing")
		wants(t, "the analyst withdraws", h.Withdraw(ctx, h.anna, h.seen(second.ID), "x"), fault.Forbidden, "role")
		must(t, h.Withdraw(ctx, h.chi, h.seen(second.ID), "tên hai tỉnh bị đổi chỗ"))
		h.drain()
		_, err = shelf.Edition(2022)
		wants(t, "withdrawn", err, fault.Gone, "tên hai tỉnh bị đổi chỗ")
		_, err = shelf.Find(second.Hash)
		wants(t, "withdrawn, by its hash", err, fault.Gone, "2025-07-01")
		if slices.Contains(shelf.Years(), 2022) {
			t.Error("the year that was withdrawn is still offered")
		}
		if _, err := os.Stat(filepath.Join(h.dir, second.Hash)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("its files are still there: %v", err)
		}
		third := h.freeze(again, "")
		h.publish(third)
		shows("published again", third.Hash)
	})
}

// TestOwnBesideUNDP: the province's own measure of a year stands under its own source and index, and takes no year of the
// published results.
func TestOwnBesideUNDP(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, h *house) {
		shelf := Released(h.dir, nil, func(err error) { t.Error(err) })
		h.publish(h.freeze(h.published(2024), ""))
		own := h.freeze(h.own("2024", ownFigures), "")
		h.publish(own)
		e, err := shelf.Edition(2024)
		if err != nil || e.Manifest.Whose() != run.UNDP || len(shelf.Years()) != 1 {
			t.Fatalf("2024 is %v, %v", shelf.Years(), err)
		}
		others := shelf.Others()
		if len(others) != 1 || others[0].Hash != own.Hash || others[0].Source != run.Own || others[0].Family != "own" {
			t.Fatalf("beside it stand %+v", others)
		}
		e, err = shelf.Find(own.Hash)
		must(t, err)
		c, err := e.Content()
		must(t, err)
		cell := c.Units.Cell("OWN", "u1")
		if cell == nil || cell.Value != 11 || len(c.Former.Cells)+len(c.Present.Cells) != 0 || c.UnitNames[0].ID != "u1" || len(c.Texts) != 0 {
			t.Errorf("its content is %+v, %+v", cell, c)
		}
		if got, err := h.runs.Get(ctx, h.binh, own.Run); err != nil || got.State != run.Official {
			t.Errorf("its run is %s, %v", got.State, err)
		}
	})
}

// TestSurveyed freezes an edition of answers: its content says how many people answered and how they were sampled, its
// cells bear the errors that follow from it, and it comes out again.
func TestSurveyed(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, h *house) {
		definition, err := os.ReadFile("testdata/own.yaml")
		must(t, err)
		var answers strings.Builder
		answers.WriteString("w,stratum,psu,unit,a,b\n")
		for i := range 160 {
			fmt.Fprintf(&answers, "1.5,s%d,p%d,u%d,%d,%d\n", i/80, i/10, i/80, (i*i*7+i)%11%10+1, i*i%9+1)
		}
		r, err := h.runs.AddComputed(ctx, h.anna, run.Computed{Place: hungYen, Source: run.Own, Period: "2024", Definition: &run.File{Name: "own.yaml", Data: bytes.NewReader(definition)},
			Answers: &run.File{Name: "answers.csv", Data: strings.NewReader(answers.String())}, Survey: &run.Survey{By: "unit", Weights: "w", Strata: "stratum", PSU: []string{"psu"}, Lonely: "fail"}})
		must(t, err)
		e := h.freeze(r, "")
		must(t, h.Verify(ctx, h.binh, e.ID))
		opened, err := h.Edition(ctx, h.binh, e.ID)
		must(t, err)
		c, err := opened.Content()
		must(t, err)
		if c.Survey == nil || *c.Survey != (Survey{Answers: 160, PSUs: 16, Strata: 2, Lonely: "fail", Waves: 1}) {
			t.Errorf("of the sample it says %+v", c.Survey)
		}
		for _, cell := range c.Units.Cells {
			if !cell.Known() || cell.Level != 0.95 || cell.RankLo == 0 {
				t.Errorf("%s %s has no error, level or range of ranks: %+v", cell.Unit, cell.Code, cell)
			}
		}
	})
}

// BenchmarkShelf asks a shelf of a public folder for an edition, as every page does a few times. Bound: 20 µs.
func BenchmarkShelf(b *testing.B) {
	dir := b.TempDir()
	e, err := Build(2024, made)
	if err == nil {
		err = e.Write(filepath.Join(dir, e.ID))
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, IndexName), fmt.Appendf(nil, `{"format": 1, "editions": [{"hash": %q, "state": "public", "source": "undp", "family": "papi", "period": "2024"}]}`, e.ID), 0o644)
	}
	shelf := Released(dir, nil, func(err error) { b.Error(err) })
	for b.Loop() {
		if _, got := shelf.Edition(2024); err != nil || got != nil {
			b.Fatal(err, got)
		}
	}
}

// TestShelfStands: a shelf serves while its index is damaged or the folder away, says so once, and mends itself.
func TestShelfStands(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, h *house) {
		var told []error
		shelf := Released(h.dir, nil, func(err error) { told = append(told, err) })
		e := h.freeze(h.published(2021), "")
		h.publish(e)
		if shelf.Newest() != 2021 {
			t.Fatalf("it holds %v", shelf.Years())
		}
		at := filepath.Join(h.dir, IndexName)
		good, err := os.ReadFile(at)
		must(t, err)
		must(t, os.WriteFile(at, good[:len(good)/2], 0o644))
		for range 3 {
			if _, err := shelf.Edition(2021); err != nil {
				t.Errorf("with half an index: %v", err)
			}
		}
		if len(told) != 1 || fault.KindOf(told[0]) != fault.Invalid {
			t.Errorf("told %v", told)
		}
		must(t, h.Shelve(ctx))
		if _, err := shelf.Edition(2021); err != nil || len(told) != 1 {
			t.Errorf("mended: %v, told %v", err, told)
		}
		fresh := Released(h.dir, nil, nil)
		table := filepath.Join(h.dir, e.Hash, FormerTable)
		data, err := os.ReadFile(table)
		must(t, err)
		data[len(data)/2] ^= 1
		must(t, os.WriteFile(table, data, 0o644))
		if _, err := fresh.Edition(2021); fault.KindOf(err) != fault.Internal {
			t.Errorf("a damaged edition is served: %v", err)
		}
		must(t, h.Shelve(ctx))
		if _, err := fresh.Edition(2021); err != nil {
			t.Errorf("it was written anew: %v", err)
		}
	})
}
