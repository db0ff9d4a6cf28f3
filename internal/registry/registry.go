// Package registry keeps what an office's registry keeps of papers: the templates by which a place lays its documents out,
// with the day from which each holds, and the signed files that came back, each with number, day, signer and hash.
//
// It promises that nothing is overwritten: a later template or file supersedes an earlier one, which stays to be read; and
// that which template held on a day has one answer.
package registry

import (
	"context"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// Options is what a Store works with.
type Options struct {
	DB  *db.DB
	Log *audit.Log
}

// Store is the registry of one database.
type Store struct {
	db  *db.DB
	log *audit.Log
}

// New makes a Store.
func New(o Options) *Store { return &Store{db: o.DB, log: o.Log} }

// Kind is what a document is made of.
type Kind string

// The kinds of documents.
const (
	AnyKind      Kind = "" // of a template: all of them
	Plan         Kind = "plan"
	Urging       Kind = "urging"
	Report       Kind = "report"
	Consolidated Kind = "consolidated"
	Decision     Kind = "inspection-decision"
	Record       Kind = "inspection-record" // of one visit
	Conclusion   Kind = "inspection-conclusion"
)

// Kinds are all kinds of documents.
var Kinds = []Kind{Plan, Urging, Report, Consolidated, Decision, Record, Conclusion}

var kindTexts = map[Kind]fault.Text{AnyKind: fault.T("every document"), Plan: fault.T("plan with its assignments"), Urging: fault.T("letter that urges"),
	Report: fault.T("report of a unit"), Consolidated: fault.T("consolidated report"),
	Decision: fault.T("decision to inspect"), Record: fault.T("record of a visit"), Conclusion: fault.T("conclusion of an inspection")}

// Text gives the kind in people's words.
func (k Kind) Text() fault.Text { return kindTexts[k] }

// Known tells whether a template can be for the kind.
func (k Kind) Known() bool { return kindTexts[k].Key != "" }

// Template is a template of a place.
type Template struct {
	ID    string     `db:"id"`
	Place string     `db:"place"` // id
	Kind  Kind       `db:"kind"`
	Since clock.Date `db:"since"` // the first day on which it holds
	Name  string     `db:"name"`  // of the file, as it was sent
	File  string     `db:"file"`  // sha256; "" = back to the program's own template
	Size  int64      `db:"size"`  // bytes
	Actor string     `db:"actor"`
	Added time.Time  `db:"added"`
}

const templateColumns = "id, place, kind, since, name, file, size, actor, added"

// SetTemplate lets a template of a place hold from a day on, which is today or later: what was written before was written
// by the one before.
func (s *Store) SetTemplate(ctx context.Context, actor account.Actor, t Template) (id string, err error) {
	switch {
	case !t.Kind.Known():
		return "", fault.New(fault.Invalid, "“%s” is no kind of document.", string(t.Kind))
	case t.Since.IsZero() || t.Since.Before(actor.Day):
		return "", fault.Batch([]fault.Item{{Field: "since", What: fault.T("The template would hold from a day that is over."), Remedy: fault.T("Write today or a later day.")}})
	}
	err = s.db.Update(ctx, func(q *db.Q) error {
		if err := actor.May(ctx, q, account.SetTemplates, account.Subject{Place: t.Place}); err != nil {
			return err
		}
		id = q.NewID()
		if _, err := q.Exec(ctx, "INSERT INTO paper_template ("+templateColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
			id, t.Place, t.Kind, t.Since, t.Name, t.File, t.Size, actor.User, q.Now()); err != nil {
			return err
		}
		return s.log.Append(ctx, q, audit.Entry{Actor: actor.User, Action: "paper.template", Object: "template:" + id, Content: []byte(t.File)})
	})
	return id, err
}

// Templates lists the templates of a place that the actor may set, the latest first.
func (s *Store) Templates(ctx context.Context, actor account.Actor, place string) (list []Template, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		if err := actor.May(ctx, q, account.SetTemplates, account.Subject{Place: place}); err != nil {
			return err
		}
		list, err = db.All[Template](ctx, q, "SELECT "+templateColumns+" FROM paper_template WHERE place = ? ORDER BY since DESC, id DESC LIMIT 200", place)
		return err
	})
	return list, err
}

// Template reads one.
func (s *Store) Template(ctx context.Context, actor account.Actor, id string) (t Template, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		var ok bool
		if t, ok, err = db.Maybe[Template](ctx, q, "SELECT "+templateColumns+" FROM paper_template WHERE id = ?", id); err != nil || !ok {
			return orNotFound(err, "This template is not there.")
		}
		return actor.May(ctx, q, account.SetTemplates, account.Subject{Place: t.Place})
	})
	return t, err
}

// TemplateOn gives the template that holds for a kind of document of a place on a day: the latest that had begun, one for
// the kind before one for all. A zero Template says that the program's own holds.
func (s *Store) TemplateOn(ctx context.Context, place string, kind Kind, on clock.Date) (t Template, err error) {
	if on.IsZero() {
		return t, fault.New(fault.Internal, "a template is looked up without a day")
	}
	err = s.db.View(ctx, func(q *db.Q) error {
		t, _, err = db.Maybe[Template](ctx, q, "SELECT "+templateColumns+` FROM paper_template WHERE place = ? AND kind IN ('', ?) AND since <= ?
			ORDER BY CASE kind WHEN '' THEN 1 ELSE 0 END, since DESC, id DESC LIMIT 1`, place, kind, on)
		return err
	})
	return t, err
}

// Paper is the signed file of a document.
type Paper struct {
	ID     string     `db:"id"`
	Kind   Kind       `db:"kind"`
	About  string     `db:"about"`  // id of what the document was made of
	Place  string     `db:"place"`  // whose document it is
	Agency string     `db:"agency"` // "" where it is the place's own
	Number string     `db:"number"` // as on the paper: "41/KH-UBND"
	Signed clock.Date `db:"signed"`
	Signer string     `db:"signer"` // post and name, as on the paper
	Name   string     `db:"name"`   // of the file, as it was sent
	File   string     `db:"file"`   // sha256
	Size   int64      `db:"size"`   // bytes
	Actor  string     `db:"actor"`
	Added  time.Time  `db:"added"`
}

const paperColumns = "id, kind, about, place, agency, number, signed, signer, name, file, size, actor, added"

func (p Paper) subject() account.Subject { return account.Subject{Place: p.Place, Agency: p.Agency} }

// Keep keeps a signed file. What was kept before for the same document stays, superseded.
func (s *Store) Keep(ctx context.Context, actor account.Actor, p Paper) (id string, err error) {
	var items []fault.Item
	for _, f := range []struct {
		field, value string
		what         fault.Text
	}{{"number", p.Number, fault.T("The paper has no number.")}, {"signed", p.Signed.String(), fault.T("The date of signing is missing.")}, {"signer", p.Signer, fault.T("The paper has no signer.")}, {"file", p.File, fault.T("The signed file is missing.")}} {
		if f.value == "" {
			items = append(items, fault.Item{Field: f.field, What: f.what, Remedy: fault.T("Write it as it stands on the signed paper.")})
		}
	}
	if !p.Signed.IsZero() && actor.Day.Before(p.Signed) {
		items = append(items, fault.Item{Field: "signed", What: fault.T("The date of signing is still to come."), Remedy: fault.T("Write it as it stands on the signed paper.")})
	}
	if err := fault.Batch(items); err != nil {
		return "", err
	}
	err = s.db.Update(ctx, func(q *db.Q) error {
		if err := actor.May(ctx, q, account.KeepPaper, p.subject()); err != nil {
			return err
		}
		there, err := db.One[int](ctx, q, "SELECT count(*) FROM signed_paper WHERE kind = ? AND about = ? AND file = ? AND number = ?", p.Kind, p.About, p.File, p.Number)
		if err != nil {
			return err
		}
		if there > 0 {
			return fault.New(fault.Conflict, "This very file is kept already under this number.")
		}
		id = q.NewID()
		if _, err := q.Exec(ctx, "INSERT INTO signed_paper ("+paperColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			id, p.Kind, p.About, p.Place, p.Agency, p.Number, p.Signed, p.Signer, p.Name, p.File, p.Size, actor.User, q.Now()); err != nil {
			return err
		}
		return s.log.Append(ctx, q, audit.Entry{Actor: actor.User, Action: "paper.keep", Object: "paper:" + id, Content: []byte(p.File)})
	})
	return id, err
}

// Papers lists the signed files of a document, the one that holds first, of those the actor may read.
func (s *Store) Papers(ctx context.Context, actor account.Actor, kind Kind, about string) (list []Paper, err error) {
	where, args := actor.Rows(account.ReadPapers, account.Columns{Place: "place", Agency: "agency"})
	err = s.db.View(ctx, func(q *db.Q) error {
		list, err = db.All[Paper](ctx, q, "SELECT "+paperColumns+" FROM signed_paper WHERE kind = ? AND about = ? AND "+where+" ORDER BY id DESC LIMIT 200", append([]any{kind, about}, args...)...)
		return err
	})
	return list, err
}

// Paper reads one.
func (s *Store) Paper(ctx context.Context, actor account.Actor, id string) (p Paper, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		var ok bool
		if p, ok, err = db.Maybe[Paper](ctx, q, "SELECT "+paperColumns+" FROM signed_paper WHERE id = ?", id); err != nil || !ok {
			return orNotFound(err, "This paper is not there.")
		}
		return actor.May(ctx, q, account.ReadPapers, p.subject())
	})
	if err != nil {
		return Paper{}, err
	}
	return p, nil
}

func orNotFound(err error, words string) error {
	if err == nil {
		err = fault.New(fault.NotFound, words)
	}
	return err
}
