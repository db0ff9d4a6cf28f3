package edition

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/run"
)

// Recompute builds an edition of published figures again from the figures inside this program and holds every file
// against the one that was frozen. The error names every file, and in a table of cells every cell, that comes out
// otherwise. An edition of a plan is counted again from the tasks it holds. An edition of another measure can only be recomputed by the house that keeps its answers.
func Recompute(e *Edition) error {
	m := e.Manifest
	if m.Source == OfPlan {
		return e.recount()
	}
	if m.Whose() != run.UNDP {
		return fault.New(fault.NotFound, "The edition %s is not of published figures. Only the house that keeps its answers can recompute it.", e.Short())
	}
	again, err := Build(m.Year, Made{})
	if err != nil {
		return err
	}
	return e.against(again.files)
}

// Verify computes a release again from the inputs of its run, as they stand in the file store, and holds the results and
// every file against what was frozen. The error names every file and cell that comes out otherwise.
func (s *Store) Verify(ctx context.Context, actor account.Actor, id string) error {
	r, _, err := s.Get(ctx, actor, id)
	if err != nil {
		return err
	}
	e, err := s.open(ctx, r.Hash)
	if err != nil {
		return err
	}
	if r.Plan != "" {
		return e.recount()
	}
	var of run.Run
	if err := s.o.DB.View(ctx, func(q *db.Q) error { of, err = run.Find(ctx, q, r.Run); return err }); err != nil {
		return err
	}
	if ref := e.Manifest.Run; ref == nil || *ref != (RunRef{of.ID, of.Inputs, of.Results, of.Code}) {
		return fault.Batch([]fault.Item{{File: ManifestName, Field: "run", What: fault.T("The manifest names other inputs or results than the run has."), Remedy: restore}})
	}
	c, check, err := s.o.Runs.Again(ctx, of)
	if err != nil {
		return err
	}
	if !check.Same {
		return notSame(check)
	}
	files, err := filesOf(c)
	if err != nil {
		return err
	}
	return e.against(files)
}

// mostNamed is how many differences of one file are named.
const mostNamed = 20

// against holds the frozen files against those of another computation.
func (e *Edition) against(files map[string][]byte) error {
	var items []fault.Item
	for _, name := range slices.Sorted(maps.Keys(files)) {
		frozen, ok := e.files[name]
		switch {
		case !ok:
			items = append(items, fault.Item{File: name, What: fault.T("The file is missing."), Remedy: restore})
		case hash(frozen) != hash(files[name]):
			items = append(items, differences(name, frozen, files[name])...)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(e.files)) {
		if _, ok := files[name]; !ok {
			items = append(items, fault.Item{File: name, What: fault.T("The figures make no such file.")})
		}
	}
	if len(items) == 0 {
		return nil
	}
	return &fault.Error{Kind: fault.Invalid, Items: items,
		Text: fault.T("The edition %s does not come out the same when it is computed again. It was frozen by the program %s.", e.Short(), e.Manifest.Code)}
}

// differences names what differs in one file: cells of a table, else the first line.
func differences(name string, frozen, again []byte) []fault.Item {
	was, err := rowsOf(frozen)
	is, errAgain := rowsOf(again)
	if !strings.HasSuffix(name, ".csv") || err != nil || errAgain != nil {
		return []fault.Item{{File: name, Line: lineOf(frozen, again), What: fault.T("From here on the file comes out otherwise.")}}
	}
	var items []fault.Item
	add := func(column string, what fault.Text) {
		items = append(items, fault.Item{File: name, Field: column, What: what})
	}
	all := maps.Clone(was)
	maps.Copy(all, is)
	for _, k := range slices.SortedFunc(maps.Keys(all), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) }) {
		switch old, now := was[k], is[k]; {
		case old == nil:
			add("", fault.T("%s of %s was not frozen.", k[0], k[1]))
		case now == nil:
			add("", fault.T("%s of %s does not come out any more.", k[0], k[1]))
		default:
			for i, column := range columns {
				if old[i] != now[i] {
					add(column, fault.T("%s of %s was frozen as “%s” and comes out as “%s”.", k[0], k[1], old[i], now[i]))
				}
			}
		}
	}
	if more := len(items) - mostNamed; more > 0 {
		items = append(items[:mostNamed], fault.Item{File: name, What: fault.T("and %d more cells", more)})
	}
	return items
}

func yearText(year int) string { return strconv.Itoa(year) }
