package edition

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"math"
	"slices"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/db"
)

// How tells what became of a cell or a file.
type How string

// The ways.
const (
	Added   How = "added"
	Removed How = "removed"
	Changed How = "changed"
)

// Beyond tells whether a value changed by more than its error explains.
type Beyond string

// The answers. An error that is not known answers nothing.
const (
	BeyondError Beyond = "yes"
	WithinError Beyond = "no"
	NotKnown    Beyond = "unknown"
)

// Diff is what a reviewer must see: how an edition differs from the former one of its series.
type Diff struct {
	Before, After string // ids; Before is empty where there is no former edition
	SamePeriod    bool   // Before is of the same period: After corrects it
	Cells         []CellDiff
	Files         []FileDiff // texts and the index among them
}

// CellDiff is a cell that differs.
type CellDiff struct {
	Table, Unit, Code string
	How               How
	Columns           []string // of Columns that differ; nil unless Changed
	Old, New          *Cell    // nil where there is none
	Beyond            Beyond   // "" where there are not two values
}

// FileDiff is a file that differs.
type FileDiff struct {
	Name     string
	How      How
	Old, New string // SHA-256
}

// DiffOf tells how an edition differs from a former one. Of the same period, a value changed beyond its error when it
// left the interval that was printed with the former; of another, when the difference exceeds 1.96 of its standard
// error, the two taken as independent samples.
func DiffOf(before, after *Edition) (Diff, error) {
	d := Diff{Before: before.ID, After: after.ID, SamePeriod: before.Manifest.period() == after.Manifest.period()}
	if after.Manifest.Source == OfPlan {
		d.files(before.Manifest.Files, after.Manifest.Files)
		return d, nil
	}
	old, err := before.Content()
	if err != nil {
		return d, err
	}
	now, err := after.Content()
	if err != nil {
		return d, err
	}
	was := old.tables()
	for _, t := range now.tables() {
		i := slices.IndexFunc(was, func(w namedTable) bool { return w.name == t.name })
		if i >= 0 {
			d.cells(t.name, was[i].Table, t.Table)
		}
	}
	d.files(before.Manifest.Files, after.Manifest.Files)
	return d, nil
}

// period names the period of an edition that was built without a house too.
func (m Manifest) period() string { return cmp.Or(m.Period, yearText(m.Year)) }

// namedTable is a table of cells with the name of its file.
type namedTable struct {
	name string
	*Table
}

// tables lists the tables an edition has.
func (c *Content) tables() (list []namedTable) {
	for _, t := range []namedTable{{FormerTable, &c.Former}, {PresentTable, &c.Present}, {UnitsTable, &c.Units}} {
		if len(t.Cells) > 0 {
			list = append(list, t)
		}
	}
	return list
}

// cells compares two tables cell by cell, as their files are written.
func (d *Diff) cells(name string, before, after *Table) {
	for i := range after.Cells {
		now := &after.Cells[i]
		old := before.Cell(now.Code, now.Unit)
		if old == nil {
			d.Cells = append(d.Cells, CellDiff{Table: name, Unit: now.Unit, Code: now.Code, How: Added, New: now})
		} else if names := differing(old, now); names != nil {
			d.Cells = append(d.Cells, CellDiff{name, now.Unit, now.Code, Changed, names, old, now, d.beyond(old, now)})
		}
	}
	for i := range before.Cells {
		if old := &before.Cells[i]; after.Cell(old.Code, old.Unit) == nil {
			d.Cells = append(d.Cells, CellDiff{Table: name, Unit: old.Unit, Code: old.Code, How: Removed, Old: old})
		}
	}
}

// differing lists the columns in which two cells differ.
func differing(a, b *Cell) (names []string) {
	was, is := record(a), record(b)
	for i, name := range columns {
		if was[i] != is[i] {
			names = append(names, name)
		}
	}
	return names
}

func (d *Diff) beyond(old, now *Cell) Beyond {
	if !old.OK() || !now.OK() {
		return ""
	}
	if d.SamePeriod {
		return within(old.Known() && !math.IsNaN(old.Lo), old.Lo <= now.Value && now.Value <= old.Hi)
	}
	return within(old.Known() && now.Known(), math.Abs(now.Value-old.Value) <= 1.959964*math.Hypot(old.SE, now.SE))
}

func within(known, inside bool) Beyond {
	switch {
	case !known:
		return NotKnown
	case inside:
		return WithinError
	}
	return BeyondError
}

// files compares two lists of files by name and hash.
func (d *Diff) files(before, after []File) {
	was := map[string]File{}
	for _, f := range before {
		was[f.Name] = f
	}
	for _, f := range after {
		old, ok := was[f.Name]
		delete(was, f.Name)
		switch {
		case !ok:
			d.Files = append(d.Files, FileDiff{f.Name, Added, "", f.SHA256})
		case old.SHA256 != f.SHA256:
			d.Files = append(d.Files, FileDiff{f.Name, Changed, old.SHA256, f.SHA256})
		}
	}
	for _, f := range before {
		if _, left := was[f.Name]; left {
			d.Files = append(d.Files, FileDiff{f.Name, Removed, f.SHA256, ""})
		}
	}
}

// Compare tells how a release differs from the former edition of its series: the one it corrects, else the one of the
// latest period before its own that is public. Without one the difference is empty and Before too.
func (s *Store) Compare(ctx context.Context, actor account.Actor, id string) (Diff, error) {
	r, _, err := s.Get(ctx, actor, id)
	if err != nil {
		return Diff{}, err
	}
	former, err := s.former(ctx, r)
	if err != nil || former == "" {
		return Diff{After: r.Hash}, err
	}
	after, err := s.open(ctx, r.Hash)
	if err != nil {
		return Diff{}, err
	}
	before, err := s.open(ctx, former)
	if err != nil {
		return Diff{}, err
	}
	return DiffOf(before, after)
}

// former gives the hash of the edition that a release is compared with.
func (s *Store) former(ctx context.Context, r Release) (hash string, err error) {
	err = s.o.DB.View(ctx, func(q *db.Q) error {
		if r.Corrects != "" {
			old, err := find(ctx, q, r.Corrects)
			hash = old.Hash
			return err
		}
		hash, _, err = db.Maybe[string](ctx, q, `SELECT hash FROM edition WHERE place = ? AND source = ? AND family = ? AND state = ? AND period < ?
			ORDER BY period DESC LIMIT 1`, r.Place, r.Source, r.Family, Public, r.Period)
		return err
	})
	return hash, err
}

// lineOf is the first line in which two texts differ, from 1.
func lineOf(a, b []byte) int {
	line := 1
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return line
		}
		if a[i] == '\n' {
			line++
		}
	}
	return line
}

// rowsOf reads a table of cells as texts, by code and unit.
func rowsOf(data []byte) (map[[2]string][]string, error) {
	lines, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil || len(lines) == 0 || strings.Join(lines[0], " ") != strings.Join(columns, " ") {
		return nil, cmp.Or(err, csv.ErrFieldCount)
	}
	rows := make(map[[2]string][]string, len(lines))
	for _, l := range lines[1:] {
		rows[[2]string{l[1], l[0]}] = l
	}
	return rows, nil
}
