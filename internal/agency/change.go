package agency

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
)

// longestText is the most characters of a name, a title or the number of a document.
const longestText = 200

// tidy gives a name in the form that is kept: composed letters, single blanks.
func tidy(s string) string { return strings.Join(strings.Fields(norm.NFC.String(s)), " ") }

// form gathers the faults of what somebody filled in.
type form struct{ faults []fault.Item }

func (f *form) add(field string, what, remedy fault.Text) {
	f.faults = append(f.faults, fault.Item{Field: field, What: what, Remedy: remedy})
}

// text brings a text to the form that is kept and reports one that cannot be.
func (f *form) text(field string, s *string, needed bool) {
	*s = tidy(*s)
	switch {
	case *s == "" && needed:
		f.add(field, fault.T("This is missing."), fault.T("Fill it in."))
	case utf8.RuneCountInString(*s) > longestText || strings.ContainsFunc(*s, unicode.IsControl):
		f.add(field, fault.T("This is too long or has signs that are no letters."), fault.T("Write at most %d characters.", longestText))
	}
}

// Addition is an agency to add.
type Addition struct {
	Place  string // id of the place it serves
	Bloc   Bloc
	Name   string
	Parent string     // id of the agency it belongs to; "" for none
	Since  clock.Date // the first day; zero where it is not known, and today is then the first day on record
	Law    string     // the document by which it was set up
}

// Add adds an agency and gives its id.
func (s *Store) Add(ctx context.Context, actor account.Actor, n Addition) (id string, err error) {
	var f form
	f.text("name", &n.Name, true)
	f.text("law", &n.Law, false)
	if !n.Bloc.Known() {
		f.add("bloc", fault.T("This bloc is not known."), fault.T("Choose one of the list."))
	}
	if n.Place == "" {
		f.add("place", fault.T("This is missing."), fault.T("Fill it in."))
	}
	if err := fault.Batch(f.faults); err != nil {
		return "", err
	}
	err = s.db.Update(ctx, func(q *db.Q) error {
		if err := actor.May(ctx, q, account.ChangeAgency, account.Subject{Place: n.Place}); err != nil {
			return err
		}
		since := n.Since
		if since.IsZero() {
			since = today(q)
		}
		if err := parentFits(ctx, q, "", n.Parent, since); err != nil {
			return err
		}
		if err := nameFree(ctx, q, "", n.Place, n.Name, since); err != nil {
			return err
		}
		id = q.NewID()
		if err := insert(ctx, q, id, n, since, !n.Since.IsZero(), true); err != nil {
			return err
		}
		return s.note(ctx, q, actor, account.ChangeAgency, "agency:"+id, n)
	})
	return id, err
}

// insert writes a new agency with its first version.
func insert(ctx context.Context, q *db.Q, id string, n Addition, since clock.Date, known, confirmed bool) error {
	if _, err := q.Exec(ctx, `INSERT INTO agency (id, place, bloc, until, until_law, confirmed, version) VALUES (?, ?, ?, NULL, '', ?, 1)`,
		id, n.Place, n.Bloc, confirmed); err != nil {
		return err
	}
	_, err := q.Exec(ctx, `INSERT INTO agency_version (agency, since, known, name, key, parent, law) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		id, since, known, n.Name, lang.Fold(n.Name), n.Parent, n.Law)
	return err
}

// nameFree refuses a name that another agency of the place bears from a day on or later.
func nameFree(ctx context.Context, q *db.Q, id, place, name string, since clock.Date) error {
	n, err := db.One[int](ctx, q, `SELECT count(*) FROM agency a JOIN agency_version v ON v.agency = a.id
		WHERE a.place = ? AND v.key = ? AND a.id <> ? AND (a.until IS NULL OR a.until >= ?)
		AND NOT EXISTS (SELECT 1 FROM agency_version w WHERE w.agency = a.id AND w.since > v.since AND w.since <= ?)`,
		place, lang.Fold(name), id, since, since)
	if err == nil && n > 0 {
		return fault.New(fault.Conflict, "There is an agency “%s” here already.", name)
	}
	return err
}

// parentFits refuses a parent that does not exist on the day or that belongs to the agency itself, at any depth.
func parentFits(ctx context.Context, q *db.Q, id, parent string, on clock.Date) error {
	for up, depth := parent, 0; up != ""; depth++ {
		if up == id || depth == 16 {
			return fault.New(fault.Invalid, "An agency cannot belong to itself, nor to one that belongs to it.")
		}
		a, err := On(ctx, q, up, on)
		if err != nil {
			return err
		}
		up = a.Parent
	}
	return nil
}

// Revision is what an agency becomes on a day.
type Revision struct {
	Name   string     // "" keeps it
	Parent *string    // id of the agency it belongs to from then on, "" for none; nil keeps it
	Since  clock.Date // the first day
	Law    string     // the document
}

// Revise gives an agency another name or parent from a day on; what it was before stays on record. seen is the version
// that the actor looked at.
func (s *Store) Revise(ctx context.Context, actor account.Actor, id string, seen int64, r Revision) error {
	var f form
	f.text("name", &r.Name, false)
	f.text("law", &r.Law, true)
	if r.Since.IsZero() {
		f.add("since", fault.T("This is missing."), fault.T("Fill it in."))
	}
	if err := fault.Batch(f.faults); err != nil {
		return err
	}
	return s.change(ctx, actor, account.ChangeAgency, id, seen, r, func(q *db.Q, a Agency) error {
		if !a.start().Before(r.Since) || !a.Ended.IsZero() && a.Ended.Before(r.Since) {
			return fault.New(fault.Invalid, "The change must lie after %s, when the agency last changed, and before its end.", a.start())
		}
		name, parent := a.Name, a.Parent
		if r.Name != "" {
			name = r.Name
		}
		if r.Parent != nil {
			parent = *r.Parent
		}
		if err := parentFits(ctx, q, id, parent, r.Since); err != nil {
			return err
		}
		if err := nameFree(ctx, q, id, a.Place, name, r.Since); err != nil {
			return err
		}
		_, err := q.Exec(ctx, `INSERT INTO agency_version (agency, since, known, name, key, parent, law) VALUES (?, ?, 1, ?, ?, ?, ?)`,
			id, r.Since, name, lang.Fold(name), parent, r.Law)
		return err
	})
}

// change is the frame of every change of one agency: the right, the version seen, the change, the audit. f gets the
// newest version of the agency.
func (s *Store) change(ctx context.Context, actor account.Actor, do account.Action, id string, seen int64, content any, f func(*db.Q, Agency) error) error {
	return s.db.Update(ctx, func(q *db.Q) error {
		a, err := last(ctx, q, id)
		if err != nil {
			return err
		}
		if err := actor.May(ctx, q, do, a.subject()); err != nil {
			return err
		}
		if err := take(ctx, q, id, seen); err != nil {
			return err
		}
		if err := f(q, a); err != nil {
			return err
		}
		return s.note(ctx, q, actor, do, "agency:"+id, content)
	})
}

// take moves an agency on to its next version, unless somebody else has changed it since it was seen.
func take(ctx context.Context, q *db.Q, id string, seen int64) error {
	n, err := q.Exec(ctx, "UPDATE agency SET version = version + 1 WHERE id = ? AND version = ?", id, seen)
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, "Somebody else has changed this agency meanwhile. Look at it again and repeat your change.")
	}
	return err
}

// Confirm says that an agency the program offered exists; name is its name as it is written here, "" where it was right.
func (s *Store) Confirm(ctx context.Context, actor account.Actor, id string, seen int64, name string) error {
	var f form
	f.text("name", &name, false)
	if err := fault.Batch(f.faults); err != nil {
		return err
	}
	return s.change(ctx, actor, account.ChangeAgency, id, seen, name, func(q *db.Q, a Agency) error {
		if a.Confirmed {
			return fault.New(fault.Conflict, "This agency is confirmed already.")
		}
		if name != "" {
			if err := nameFree(ctx, q, id, a.Place, name, a.start()); err != nil {
				return err
			}
			if _, err := q.Exec(ctx, "UPDATE agency_version SET name = ?, key = ? WHERE agency = ? AND since = ?",
				name, lang.Fold(name), id, a.start()); err != nil {
				return err
			}
		}
		_, err := q.Exec(ctx, "UPDATE agency SET confirmed = 1 WHERE id = ?", id)
		return err
	})
}

// Dismiss removes an agency that the program offered and that does not exist here. One that has posts or was confirmed
// is closed instead.
func (s *Store) Dismiss(ctx context.Context, actor account.Actor, id string, seen int64) error {
	return s.change(ctx, actor, account.ChangeAgency, id, seen, "dismissed", func(q *db.Q, a Agency) error {
		used, err := db.One[int](ctx, q, `SELECT (SELECT count(*) FROM post WHERE agency = ?)
			+ (SELECT count(*) FROM agency_version WHERE parent = ?)
			+ (SELECT count(*) FROM succession WHERE confirmed = 1 AND (former = ? OR heir = ?)) AS n`, id, id, id, id)
		if err != nil {
			return err
		}
		if a.Confirmed || used > 0 {
			return fault.New(fault.Conflict, "This agency is in use. Close it on a day instead.")
		}
		if _, err := q.Exec(ctx, "DELETE FROM succession WHERE former = ? OR heir = ?", id, id); err != nil {
			return err
		}
		if _, err := q.Exec(ctx, "DELETE FROM agency_version WHERE agency = ?", id); err != nil {
			return err
		}
		_, err = q.Exec(ctx, "DELETE FROM agency WHERE id = ?", id)
		return err
	})
}

// Closing is the end of an agency.
type Closing struct {
	Until clock.Date // its last day
	Law   string     // the document
}

// Close ends an agency, its posts and the tenures of who held them.
func (s *Store) Close(ctx context.Context, actor account.Actor, id string, seen int64, c Closing) error {
	var f form
	f.text("law", &c.Law, true)
	if c.Until.IsZero() {
		f.add("until", fault.T("This is missing."), fault.T("Fill it in."))
	}
	if err := fault.Batch(f.faults); err != nil {
		return err
	}
	return s.change(ctx, actor, account.ChangeAgency, id, seen, c, func(q *db.Q, a Agency) error { return end(ctx, q, a, c) })
}

// end ends an agency and what hangs on it.
func end(ctx context.Context, q *db.Q, a Agency, c Closing) error {
	if !a.Ended.IsZero() {
		return fault.New(fault.Conflict, "“%s” ended on %s already.", a.Name, a.Ended)
	}
	if c.Until.Before(a.start()) {
		return fault.New(fault.Invalid, "“%s” cannot end before %s, when it last changed.", a.Name, a.start())
	}
	children, err := db.One[int](ctx, q, `SELECT count(*) FROM agency_version v JOIN agency a ON a.id = v.agency WHERE v.parent = ?
		AND (a.until IS NULL OR a.until > ?) AND NOT EXISTS (SELECT 1 FROM agency_version w WHERE w.agency = a.id AND w.since > v.since)`, a.ID, c.Until)
	if err != nil {
		return err
	}
	if children > 0 {
		return fault.New(fault.Conflict, "Agencies still belong to “%s” after that day. Give them another parent first, or close them.", a.Name)
	}
	if _, err := q.Exec(ctx, "UPDATE agency SET until = ?, until_law = ? WHERE id = ?", c.Until, c.Law, a.ID); err != nil {
		return err
	}
	if _, err := q.Exec(ctx, "UPDATE post SET until = ? WHERE agency = ? AND (until IS NULL OR until > ?)", c.Until, a.ID, c.Until); err != nil {
		return err
	}
	_, err = q.Exec(ctx, `UPDATE tenure SET until = ?, until_law = ? WHERE (until IS NULL OR until > ?)
		AND post IN (SELECT id FROM post WHERE agency = ?)`, c.Until, c.Law, c.Until, a.ID)
	return err
}
