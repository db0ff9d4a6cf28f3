package db

import (
	"context"
	"slices"

	"thuoc/internal/fault"
)

// Contents hands every row of some tables of a backup to f, table by table: its name, the names of its columns, and the
// values of one row as the engine keeps them (nil, int64, float64, string or []byte), in the order of the first column.
// Each table comes once without a row first. wanted is asked for each table. The slices are reused. It reads SQLite
// files, as Backup writes them.
func (d *DB) Contents(ctx context.Context, wanted func(table string) bool, f func(table string, columns []string, row []any) error) error {
	if d.Engine() != SQLite {
		return fault.New(fault.Invalid, "Only a backup can be read table by table.")
	}
	return d.View(ctx, func(q *Q) error {
		tables, err := tablesOf(ctx, q)
		if err != nil {
			return err
		}
		tables = slices.DeleteFunc(tables, func(t table) bool { return !wanted(t.name) })
		for _, t := range tables {
			rows, err := q.run.QueryContext(ctx, t.selecting()+" ORDER BY 1")
			if err != nil {
				return err
			}
			if err := f(t.name, t.columns, nil); err != nil {
				rows.Close()
				return err
			}
			if err := t.each(rows, func(row []any) error { return f(t.name, t.columns, row) }); err != nil {
				return err
			}
		}
		return nil
	})
}
