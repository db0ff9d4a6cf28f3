package agency

import (
	"context"
	"strings"

	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/lang"
)

// line is what one row of a list makes: it is stored in import_line until the list becomes visible.
type line struct {
	line int

	agency     string // id
	seen       int64  // the version of an agency that exists; 0 of one that comes in
	addAgency  bool
	confirm    bool
	place      string
	bloc       Bloc
	name       string
	parent     string
	since      clock.Date
	known      bool
	law        string
	post       string // id; "" without one
	addPost    bool
	title      string
	head       bool
	tenure     string
	addTenure  bool
	official   string
	person     string
	capacity   Capacity
	held       clock.Date
	heldKnown  bool
	heldLaw    string
	ends       clock.Date // the last day of whoever held the post before; zero where nobody ends
	endsTenure int        // how many
}

// idle tells that a line changes nothing.
func (l line) idle() bool { return !l.addAgency && !l.confirm && !l.addPost && !l.addTenure }

const lineColumns = `batch, line, agency, seen, add_agency, confirm, place, bloc, name, key, parent, since, known, law,
	add_post, post, title, title_key, head, add_tenure, tenure, official, person, capacity, held, held_known, held_law, ends`

func (l line) values(batch string) []any {
	return []any{batch, l.line, l.agency, l.seen, l.addAgency, l.confirm, l.place, l.bloc, l.name, lang.Fold(l.name), l.parent, l.since.String(), l.known, l.law,
		l.addPost, l.post, l.title, lang.Fold(l.title), l.head, l.addTenure, l.tenure, l.official, l.person, l.capacity, l.held.String(), l.heldKnown, l.heldLaw, l.ends}
}

// stage writes lines where nobody sees them; those that change nothing are left out.
func stage(ctx context.Context, q *db.Q, batch string, lines []line) error {
	var args []any
	n := 0
	for _, l := range lines {
		if !l.idle() {
			args = append(args, l.values(batch)...)
			n++
		}
	}
	if n == 0 {
		return nil
	}
	marks := "(" + db.Marks(len(args)/n) + ")"
	_, err := q.Exec(ctx, "INSERT INTO import_line ("+lineColumns+") VALUES "+strings.TrimSuffix(strings.Repeat(marks+",", n), ","), args...)
	return err
}

// still are questions whose answer is 0 while the agencies of a batch are as they were when it was planned: none of
// them changed, and none has taken a name that comes in.
var still = []string{
	`SELECT count(*) FROM import_line l WHERE l.batch = ? AND l.seen > 0
		AND NOT EXISTS (SELECT 1 FROM agency a WHERE a.id = l.agency AND a.version = l.seen)`,
	`SELECT count(*) FROM import_line l JOIN agency_version v ON v.key = l.key JOIN agency a ON a.id = v.agency AND a.place = l.place
		WHERE l.batch = ? AND l.add_agency = 1 AND (a.until IS NULL OR a.until >= l.since)`,
}

// steps make the lines of a batch visible, in this order.
var steps = []string{
	`INSERT INTO agency (id, place, bloc, until, until_law, confirmed, version)
		SELECT agency, place, bloc, NULL, '', 1, 1 FROM import_line WHERE batch = ? AND add_agency = 1`,
	`INSERT INTO agency_version (agency, since, known, name, key, parent, law)
		SELECT agency, since, known, name, key, parent, law FROM import_line WHERE batch = ? AND add_agency = 1`,
	`UPDATE agency_version SET known = 1, since = (SELECT l.since FROM import_line l WHERE l.batch = ? AND l.confirm = 1 AND l.known = 1 AND l.agency = agency_version.agency)
		WHERE known = 0 AND agency IN (SELECT agency FROM import_line WHERE batch = ? AND confirm = 1 AND known = 1)`,
	`UPDATE agency_version SET law = (SELECT l.law FROM import_line l WHERE l.batch = ? AND l.confirm = 1 AND l.agency = agency_version.agency)
		WHERE law = '' AND agency IN (SELECT agency FROM import_line WHERE batch = ? AND confirm = 1)`,
	`UPDATE agency SET confirmed = 1 WHERE id IN (SELECT agency FROM import_line WHERE batch = ? AND confirm = 1)`,
	`INSERT INTO post (id, agency, title, key, head, since, until)
		SELECT post, agency, title, title_key, head, NULL, NULL FROM import_line WHERE batch = ? AND add_post = 1`,
	`UPDATE tenure SET until_law = (SELECT l.held_law FROM import_line l WHERE l.batch = ? AND l.ends IS NOT NULL AND l.post = tenure.post),
		until = (SELECT l.ends FROM import_line l WHERE l.batch = ? AND l.ends IS NOT NULL AND l.post = tenure.post)
		WHERE EXISTS (SELECT 1 FROM import_line l WHERE l.batch = ? AND l.ends IS NOT NULL AND l.post = tenure.post AND (tenure.until IS NULL OR tenure.until > l.ends))`,
	`INSERT INTO official (id, account, name)
		SELECT official, NULL, person FROM import_line WHERE batch = ? AND add_tenure = 1`,
	`INSERT INTO tenure (id, post, official, capacity, since, known, until, law, until_law)
		SELECT tenure, post, official, capacity, held, held_known, NULL, held_law, '' FROM import_line WHERE batch = ? AND add_tenure = 1`,
	`UPDATE agency SET version = version + 1 WHERE id IN (SELECT agency FROM import_line WHERE batch = ? AND seen > 0)`,
	`DELETE FROM import_line WHERE batch = ?`,
}

// makeVisible makes a batch part of what is on record.
func makeVisible(ctx context.Context, q *db.Q, batch string) error {
	for _, question := range still {
		n, err := db.One[int](ctx, q, question, batch)
		if err != nil {
			return err
		}
		if n > 0 {
			return errMoved()
		}
	}
	for _, step := range steps {
		args := make([]any, strings.Count(step, "?"))
		for i := range args {
			args[i] = batch
		}
		if _, err := q.Exec(ctx, step, args...); err != nil {
			return err
		}
	}
	n, err := q.Exec(ctx, "UPDATE import_batch SET live = ? WHERE id = ? AND live IS NULL", q.Now(), batch)
	if err == nil && n == 0 {
		return errMoved() // it was swept away
	}
	return err
}
