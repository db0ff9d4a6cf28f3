package place

import (
	"context"
	"slices"
	"strings"

	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/gazetteer"
)

// The kinds of load.
const (
	fromGazetteer = "gazetteer"
	fromTable     = "import"
	fromChange    = "change"
)

// chunk is how many rows one transaction of a load writes, so that nobody waits for long.
const chunk = 500

// tables are those a load writes to, each with its columns but load, in the order in which they refer to each other.
var tables = []struct{ name, columns string }{
	{"place", "id, level"},
	{"place_version", "place, since, known, code, level, kind, name, parent, law, key, aliases"},
	{"place_end", "place, since, law"},
	{"place_alias", "code, place"},
	{"place_edge", "former, heir, since, part, share, basis, source"},
	{"place_people", "place, year, basis, people, printed, confidence, source, dated"},
	{"place_area", "place, km2, measured, source"},
}

// batch is rows by table, each in the order of the table's columns.
type batch map[string][][]any

func (b batch) add(table string, values ...any) { b[table] = append(b[table], values) }

// addVersion adds what a place is from the start of v on. aliases are further names it is found under.
func (b batch) addVersion(v Version, aliases ...string) {
	for i, alias := range aliases {
		aliases[i] = gazetteer.SearchKey(alias)
	}
	b.add("place_version", v.Place, v.start(), !v.Since.IsZero(), v.Code, v.Level, v.Type, v.Name, v.Parent, v.Law,
		gazetteer.SearchKey(v.Name), strings.Join(aliases, "\n"))
}

// openLoad begins a load: its rows do not count before goLive.
func openLoad(ctx context.Context, q *db.Q, id, kind, actor string) error {
	_, err := q.Exec(ctx, `INSERT INTO place_load (id, kind, actor, added) VALUES (?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET actor = excluded.actor, added = excluded.added`, id, kind, actor, q.Now())
	return err
}

// goLive lets the rows of a load count.
func goLive(ctx context.Context, q *db.Q, id string) error {
	n, err := q.Exec(ctx, "UPDATE place_load SET live = ? WHERE id = ? AND live IS NULL", q.Now(), id)
	if err == nil && n != 1 {
		err = fault.New(fault.Conflict, "Somebody else is loading places at this moment. Try again in a minute.")
	}
	return err
}

// write writes a batch in one transaction. What is there already stays; the number is of the rows that are new.
func (b batch) write(ctx context.Context, q *db.Q, load string) (n int64, err error) {
	for _, t := range tables {
		written, err := writeRows(ctx, q, t.name, t.columns, b[t.name], load)
		if err != nil {
			return 0, err
		}
		n += written
	}
	return n, nil
}

func writeRows(ctx context.Context, q *db.Q, table, columns string, rows [][]any, load string) (int64, error) {
	if len(rows) == 0 {
		return 0, nil
	}
	args := make([]any, 0, len(rows)*(len(rows[0])+1))
	for _, r := range rows {
		args = append(append(args, r...), load)
	}
	one := "(" + db.Marks(len(rows[0])+1) + "),"
	return q.Exec(ctx, "INSERT INTO "+table+" ("+columns+", load) VALUES "+
		strings.TrimSuffix(strings.Repeat(one, len(rows)), ",")+" ON CONFLICT DO NOTHING", args...)
}

// stage writes a batch of any size in transactions of some hundred rows, and gives how many rows are new.
func (s *Store) stage(ctx context.Context, b batch, load string) (n int64, err error) {
	for _, t := range tables {
		for rows := range slices.Chunk(b[t.name], chunk) {
			err := s.db.Update(ctx, func(q *db.Q) error {
				written, err := writeRows(ctx, q, t.name, t.columns, rows, load)
				n += written
				return err
			})
			if err != nil {
				return 0, err
			}
		}
	}
	return n, nil
}

// count gives the rows that a load has.
func count(ctx context.Context, q *db.Q, load string) (n int64, err error) {
	for _, t := range tables {
		rows, err := db.One[int64](ctx, q, "SELECT count(*) FROM "+t.name+" WHERE load = ?", load)
		if err != nil {
			return 0, err
		}
		n += rows
	}
	return n, nil
}

// sweep removes what loads left that were never finished, in transactions of some hundred rows. It goes by table, because
// rows of one may refer to rows of another.
func (s *Store) sweep(ctx context.Context, loads ...string) error {
	for i := len(tables) - 1; i >= 0; i-- {
		for _, load := range loads {
			if err := s.sweepTable(ctx, tables[i].name, tables[i].columns, load); err != nil {
				return err
			}
		}
	}
	return s.db.Update(ctx, func(q *db.Q) error {
		for _, load := range loads {
			if _, err := q.Exec(ctx, "DELETE FROM place_load WHERE id = ? AND live IS NULL", load); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Store) sweepTable(ctx context.Context, table, columns, load string) error {
	first, _, _ := strings.Cut(columns, ",")
	for left := int64(1); left > 0; {
		err := s.db.Update(ctx, func(q *db.Q) (err error) {
			left, err = q.Exec(ctx, "DELETE FROM "+table+" WHERE load = ? AND load NOT"+live+" AND "+first+
				" IN (SELECT "+first+" FROM "+table+" WHERE load = ? LIMIT ?)", load, load, chunk)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
