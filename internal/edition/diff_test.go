package edition

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/run"
)

// TestDiff shows a reviewer what a correction changes: which cells, from what to what, and whether by more than their
// error; and of another year the same with the error of both.
func TestDiff(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, h *house) {
		first := h.freeze(h.own("2024", ownFigures), "")
		d, err := h.Compare(ctx, h.binh, first.ID)
		if err != nil || d.Before != "" || len(d.Cells) != 0 {
			t.Errorf("the first of its series: %+v, %v", d, err)
		}
		h.publish(first)
		// A of u1 within its interval of 5 ± 0.39, A of u2 far beyond it, u3 is new.
		second := h.freeze(h.own("2024", strings.Replace(strings.Replace(ownFigures, "u1,A,5,", "u1,A,5.1,", 1), "u2,A,7,", "u2,A,9,", 1)+"u3,A,5,,10\nu3,B,5,,10\n"), "nhập lại")
		d, err = h.Compare(ctx, h.binh, second.ID)
		must(t, err)
		got := map[string]string{}
		for _, c := range d.Cells {
			got[c.Unit+" "+c.Code] = string(c.How) + " " + string(c.Beyond)
			if c.How == Changed && slices.Contains(c.Columns, "value") != (c.Old.Value != c.New.Value) {
				t.Errorf("%s %s: columns %v", c.Unit, c.Code, c.Columns)
			}
		}
		for cell, want := range map[string]string{"u1 A": "changed no", "u2 A": "changed yes", "u3 A": "added ", "u3 OWN": "added "} {
			if got[cell] != want {
				t.Errorf("%s is %q, want %q", cell, got[cell], want)
			}
		}
		if d.Before != first.Hash || !d.SamePeriod || !slices.ContainsFunc(d.Files, func(f FileDiff) bool { return f.Name == UnitsTable && f.How == Changed }) ||
			slices.ContainsFunc(d.Files, func(f FileDiff) bool { return f.Name == definitionName }) {
			t.Errorf("%+v", d.Files)
		}
		next := h.freeze(h.own("2025", strings.Replace(ownFigures, "u1,A,5,", "u1,A,5.5,", 1)), "")
		d, err = h.Compare(ctx, h.binh, next.ID)
		must(t, err)
		i := slices.IndexFunc(d.Cells, func(c CellDiff) bool { return c.Unit == "u1" && c.Code == "A" })
		if d.SamePeriod || d.Before != first.Hash || i < 0 || d.Cells[i].Beyond != WithinError { // 0.5 < 1.96 × √(0.2² + 0.2²)
			t.Errorf("against the year before: %+v", d)
		}
	})
}

// TestVerify: a release comes out of its run's inputs again; one cell changed in what was frozen, or in the inputs, is
// named with its file.
func TestVerify(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, h *house) {
		for _, r := range []run.Run{h.published(2020), h.own("2024", ownFigures)} {
			e := h.freeze(r, "")
			must(t, h.Verify(ctx, h.binh, e.ID))
		}
		wants(t, "another province verifies", h.Verify(ctx, h.vinh, h.freeze(h.published(2012), "").ID), fault.Forbidden, "role")

		// Somebody with the keys of the machine freezes a nicer value, with manifest, seal and database to match.
		own, err := h.List(ctx, h.binh, Filter{Source: run.Own})
		must(t, err)
		e, err := h.Store.open(ctx, own[0].Hash)
		must(t, err)
		files := maps.Clone(e.files)
		files[UnitsTable] = bytes.Replace(files[UnitsTable], []byte("u2,A,ok,7,"), []byte("u2,A,ok,9,"), 1)
		forged, err := freeze(e.Manifest, files)
		must(t, err)
		must(t, h.keep(ctx, forged))
		must(t, h.o.DB.Update(ctx, func(q *db.Q) error {
			_, err := q.Exec(ctx, "UPDATE edition SET hash = ? WHERE id = ?", forged.ID, own[0].ID)
			return err
		}))
		err = h.Verify(ctx, h.binh, own[0].ID)
		items := fault.Items(err)
		if len(items) != 1 || items[0].File != UnitsTable || items[0].Field != "value" || !strings.Contains(err.Error(), "A of u2 was frozen as “9” and comes out as “7”") {
			t.Errorf("a forged cell: %v", err)
		}
		wants(t, "without the house", Recompute(forged), fault.NotFound, "Only the house")
	})
}

// TestRecompute: an edition of published figures comes out of the figures inside the program, and a forged one does not.
func TestRecompute(t *testing.T) {
	e, err := Build(2022, made)
	must(t, err)
	must(t, Recompute(e))
	files := maps.Clone(e.files)
	files[textFolder+"faq.vi.md"] = append(slices.Clone(files[textFolder+"faq.vi.md"]), "thêm\n"...)
	files["more.csv"] = []byte("a\n1\n")
	files[PresentTable] = bytes.Replace(files[PresentTable], []byte("\n01,PAPI,ok,"), []byte("\n01,PAPI,ok,9"), 1)
	delete(files, FormerTable)
	forged, err := freeze(Manifest{Format: Format, Index: e.Manifest.Index, Year: 2022}, files)
	must(t, err)
	named := map[string]bool{}
	for _, it := range fault.Items(Recompute(forged)) {
		named[it.File+" "+it.Field] = true
	}
	for _, want := range []string{PresentTable + " value", textFolder + "faq.vi.md ", "more.csv ", FormerTable + " "} {
		if !named[want] {
			t.Errorf("%q is not named: %v", want, named)
		}
	}
	if len(named) != 4 {
		t.Errorf("named are %v", named)
	}
}
