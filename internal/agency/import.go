package agency

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/sheet"
)

// kindOfList names lists of agencies in import_batch and import_mapping.
const kindOfList = "agency"

// abandoned is the age at which a batch that never became visible is swept away.
const abandoned = time.Hour

// File is a list of agencies to take in.
type File struct {
	Name    string        // as the person named it
	Content []byte        // XLSX or CSV
	Place   string        // id of the province or commune the list is of
	On      clock.Date    // the day of which it speaks
	Mapping sheet.Mapping // the columns chosen; nil: those remembered, or else found by their headings
}

// Report is what a list holds and would change, or has changed.
type Report struct {
	Batch    string // id; "" when nothing was changed
	Sheet    string
	Header   int           // line of the header
	Mapping  sheet.Mapping // the heading of each field that was found
	Headings []string      // all of the file, to choose from
	Unused   []string      // those that no field took
	Rows     int
	Same     int // rows that change nothing
	Agencies int // that come in
	Confirms int // that the program had offered and the list confirms
	Posts    int // that come in
	Tenures  int // that begin
	Ends     int // tenures that end, because somebody else takes the post
}

// changes tells whether there is anything to do.
func (r Report) changes() bool { return r.Same < r.Rows }

// Import takes a list in: whole, or not at all with every fault by sheet, line and column. What is on record stays: an
// agency found by its name keeps what it is, and only posts and people that are not there come in; where a line says
// otherwise of an agency that somebody confirmed, that is a fault. A new holder of a post that heads an agency ends the
// tenures before. The same file again changes nothing. A dry run says what would come of it and changes nothing.
//
// The lines are staged in small transactions and made visible by one; whoever changes one of the agencies in between
// makes it a Conflict. The report is given with faults too, as far as the file could be read.
func (s *Store) Import(ctx context.Context, actor account.Actor, f File, dry bool) (rep Report, err error) {
	if f.On.IsZero() {
		return rep, errNoDate()
	}
	sheets, err := sheet.Read(bytes.NewReader(f.Content), f.Name)
	if err != nil {
		return rep, err
	}
	var p *planner
	err = s.db.View(ctx, func(q *db.Q) error {
		if err := actor.May(ctx, q, account.ImportAgencies, account.Subject{Place: f.Place}); err != nil {
			return err
		}
		t, err := findTable(ctx, q, actor, f, sheets)
		if err != nil {
			return err
		}
		rep = Report{Sheet: t.Sheet, Header: t.Header, Mapping: t.Mapping, Headings: t.Headings, Unused: t.Unused(), Rows: len(t.Rows)}
		if p, err = newPlanner(ctx, q, f, t); err != nil {
			return err
		}
		return p.plan(ctx, q)
	})
	if err != nil {
		return rep, err
	}
	p.count(&rep)
	if dry || !rep.changes() {
		return rep, s.remember(ctx, actor, f, rep, dry)
	}
	rep.Batch, err = s.take(ctx, actor, f, rep, p.lines)
	return rep, err
}

// findTable finds the list by the columns chosen, or those remembered where the file has them, or by headings.
func findTable(ctx context.Context, q *db.Q, actor account.Actor, f File, sheets []sheet.Sheet) (*sheet.Table, error) {
	if f.Mapping != nil {
		return sheet.Find(f.Name, sheets, Fields, f.Mapping)
	}
	known, err := RememberedMapping(ctx, q, actor, kindOfList)
	if err != nil {
		return nil, err
	}
	if known != nil {
		if t, err := sheet.Find(f.Name, sheets, Fields, known); err == nil {
			return t, nil
		}
	}
	return sheet.Find(f.Name, sheets, Fields, nil)
}

// remember keeps the columns of a file that changes nothing: a dry run says nothing yet of what somebody wants.
func (s *Store) remember(ctx context.Context, actor account.Actor, f File, rep Report, dry bool) error {
	if dry || f.Mapping == nil {
		return nil
	}
	return s.db.Update(ctx, func(q *db.Q) error { return RememberMapping(ctx, q, actor, kindOfList, rep.Mapping) })
}

// take stages the lines and makes them visible.
func (s *Store) take(ctx context.Context, actor account.Actor, f File, rep Report, lines []line) (batch string, err error) {
	if err := s.Sweep(ctx); err != nil {
		return "", err
	}
	sum := sha256.Sum256(f.Content)
	digest := hex.EncodeToString(sum[:])
	err = s.db.Update(ctx, func(q *db.Q) error {
		batch = q.NewID()
		_, err := q.Exec(ctx, `INSERT INTO import_batch (id, kind, actor, place, sha256, "rows", agencies, posts, tenures, added, live)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)`, batch, kindOfList, actor.User, f.Place, digest, rep.Rows, rep.Agencies, rep.Posts, rep.Tenures, q.Now())
		return err
	})
	if err != nil {
		return "", err
	}
	for chunk := range slices.Chunk(lines, 400) {
		if err := s.db.Update(ctx, func(q *db.Q) error { return stage(ctx, q, batch, chunk) }); err != nil {
			return "", err
		}
	}
	err = s.db.Update(ctx, func(q *db.Q) error {
		if err := actor.May(ctx, q, account.ImportAgencies, account.Subject{Place: f.Place}); err != nil {
			return err
		}
		if err := makeVisible(ctx, q, batch); err != nil {
			return err
		}
		if err := RememberMapping(ctx, q, actor, kindOfList, rep.Mapping); err != nil {
			return err
		}
		return s.note(ctx, q, actor, account.ImportAgencies, "batch:"+batch, map[string]any{"sha256": digest, "place": f.Place, "on": f.On,
			"agencies": rep.Agencies, "posts": rep.Posts, "tenures": rep.Tenures})
	})
	if err != nil {
		_ = s.discard(context.WithoutCancel(ctx), batch) // else Sweep does it later; the first error is the one to tell
		return "", err
	}
	return batch, nil
}

// Sweep removes what was staged by imports that were cut off: the lines hold names of people.
func (s *Store) Sweep(ctx context.Context) error {
	var old []string
	err := s.db.View(ctx, func(q *db.Q) (err error) {
		old, err = db.All[string](ctx, q, "SELECT id FROM import_batch WHERE live IS NULL AND added < ?", q.Now().Add(-abandoned))
		return err
	})
	for _, batch := range old {
		if err == nil {
			err = s.discard(ctx, batch)
		}
	}
	return err
}

// discard removes a batch that is not visible.
func (s *Store) discard(ctx context.Context, batch string) error {
	return s.db.Update(ctx, func(q *db.Q) error {
		if _, err := q.Exec(ctx, "DELETE FROM import_line WHERE batch IN (SELECT id FROM import_batch WHERE id = ? AND live IS NULL)", batch); err != nil {
			return err
		}
		_, err := q.Exec(ctx, "DELETE FROM import_batch WHERE id = ? AND live IS NULL", batch)
		return err
	})
}

// Batch is a list that was taken in.
type Batch struct {
	ID       string    `db:"id"`
	Actor    string    `db:"actor"` // id of the account
	SHA256   string    `db:"sha256"`
	Rows     int       `db:"rows"`
	Agencies int       `db:"agencies"` // that came in; so the next two
	Posts    int       `db:"posts"`
	Tenures  int       `db:"tenures"`
	Live     time.Time `db:"live"`
}

// Batches gives the lists taken in for a place, the newest first.
func (s *Store) Batches(ctx context.Context, actor account.Actor, place string) (all []Batch, err error) {
	err = s.db.View(ctx, func(q *db.Q) (err error) {
		where, args := actor.Rows(account.ImportAgencies, account.Columns{Place: "b.place"})
		all, err = db.All[Batch](ctx, q, `SELECT b.id, b.actor, b.sha256, b."rows", b.agencies, b.posts, b.tenures, b.live FROM import_batch b
			WHERE b.live IS NOT NULL AND b.place = ? AND `+where+" ORDER BY b.id DESC LIMIT 100", append([]any{place}, args...)...)
		return err
	})
	return all, err
}

// errMoved is the fault of a list whose ground changed while it was staged.
func errMoved() error {
	return fault.New(fault.Conflict, "Somebody else has changed agencies of this list meanwhile. Nothing was changed; send the file again.")
}
