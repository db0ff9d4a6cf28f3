// Package inspect keeps inspections: planned, by surprise and again; who was in the team, on which basis, what was asked,
// what was found, whose it is to remedy, and who verified that.
//
// It promises that an inspection and its findings move only along their stated ways; that nobody inspects their own unit
// and nobody verifies their own remedy; that what a surprise draw selected is known to the team alone, and stands nowhere,
// until a visit begins or the draw is announced; that a draw is fixed by one person and another before its public number
// is known, and opened by one and another; that what a telephone sends twice arrives once; and that what was answered,
// recorded and concluded is superseded and never overwritten. What is open stays in the lists until somebody else than
// its owner has closed it.
package inspect

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
	"io"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/agency"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/edition"
	"thuoc/internal/fault"
	"thuoc/internal/job"
)

// Options is what a Store works with.
type Options struct {
	DB     *db.DB
	Log    *audit.Log
	Key    []byte    // at least 32 random bytes, kept outside the database: seals the secrets of draws
	Random io.Reader // where secrets come from

	Editions *edition.Store // where results that fell are read
}

// Store is the inspections of one database.
type Store struct {
	db     *db.DB
	log    *audit.Log
	seal   cipher.AEAD
	random io.Reader

	editions *edition.Store
}

// New makes a Store.
func New(o Options) (*Store, error) {
	if len(o.Key) < sha256.Size {
		return nil, fmt.Errorf("inspect: the key has %d bytes, %d are needed", len(o.Key), sha256.Size)
	}
	sealing, err := hkdf.Key(sha256.New, o.Key, nil, "thuoc draw secret", sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("inspect: %w", err)
	}
	block, err := aes.NewCipher(sealing)
	if err != nil {
		return nil, fmt.Errorf("inspect: %w", err)
	}
	seal, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("inspect: %w", err)
	}
	return &Store{db: o.DB, log: o.Log, seal: seal, random: o.Random, editions: o.Editions}, nil
}

// Kind is how an inspection comes about.
type Kind string

// The kinds.
const (
	Planned  Kind = "planned"
	Surprise Kind = "surprise" // whom it visits is drawn, and not told before
	Again    Kind = "again"    // of what was not remedied
)

// Joined is with which checks an inspection is held together.
type Joined string

// The checks that an inspection may be joined to.
const (
	Alone      Joined = ""
	Reform     Joined = "reform"      // of administrative reform
	PublicDuty Joined = "public-duty" // of how officials do their duty
	Both       Joined = "both"
)

// Inspection is one inspection with its basis.
type Inspection struct {
	ID       string     `db:"id"`
	Kind     Kind       `db:"kind"`
	Joined   Joined     `db:"joined"`
	Place    string     `db:"place"`    // id of the place within which it inspects
	Plan     string     `db:"plan"`     // id of the plan whose carrying out it checks; "" for none
	Parent   string     `db:"parent"`   // id of the inspection that this one is held again of
	Title    string     `db:"title"`    //
	Decision string     `db:"decision"` // number of the decision it rests on: "41/QĐ-UBND"; "" until there is one
	Decided  clock.Date `db:"decided"`  // its date
	Signer   string     `db:"signer"`   // who signed it, with their post
	Since    clock.Date `db:"since"`    // the days between which it visits
	Until    clock.Date `db:"until"`
	State    State      `db:"state"`
	Rev      int        `db:"rev"`
	At       time.Time  `db:"at"`
	Actor    string     `db:"actor"`
}

const columns = "i.id, i.kind, i.joined, i.place, i.plan, i.parent, i.title, i.decision, i.decided, i.signer, i.since, i.until, i.state, i.rev, i.at, i.actor"

// check gives all faults of an inspection's own fields.
func (i *Inspection) check() error {
	var items []fault.Item
	wrong := func(field string, what, remedy fault.Text) {
		items = append(items, fault.Item{Field: field, What: what, Remedy: remedy})
	}
	if i.Title == "" {
		wrong("title", fault.T("The inspection has no title."), fault.T("Write what is inspected, without naming who."))
	}
	if i.Kind != Planned && i.Kind != Surprise && i.Kind != Again {
		wrong("kind", fault.T("“%s” is no kind of inspection.", string(i.Kind)), fault.T("Choose one of the list."))
	}
	if i.Joined != Alone && i.Joined != Reform && i.Joined != PublicDuty && i.Joined != Both {
		wrong("joined", fault.T("“%s” is no check that inspections are joined to.", string(i.Joined)), fault.T("Choose one of the list."))
	}
	if i.Since.IsZero() || i.Until.IsZero() || i.Until.Before(i.Since) {
		wrong("until", fault.T("The inspection ends before it begins, or a day is missing."), fault.T("Write the first and the last day of the visits."))
	}
	return fault.Batch(items)
}

// based tells whether the inspection rests on a decision.
func (i *Inspection) based() error {
	if i.Decision == "" || i.Decided.IsZero() || i.Signer == "" {
		return fault.New(fault.Conflict, "An inspection rests on a decision: write its number, date and signer first.")
	}
	return nil
}

// Unit is who is inspected: an agency, or the place itself.
type Unit struct {
	Place  string `db:"place"`  // id
	Agency string `db:"agency"` // id; "" for the place
}

// unit says whose place an agency is of, and refuses a unit that is not of the place within which is inspected.
func (i *Inspection) unit(ctx context.Context, q *db.Q, u Unit) (Unit, error) {
	if u.Agency != "" {
		a, err := agency.On(ctx, q, u.Agency, today(q))
		if err != nil {
			return u, err
		}
		u.Place = a.Place
	}
	if u.Place == "" {
		return u, fault.New(fault.Invalid, "Choose the unit.")
	}
	within, err := db.One[int](ctx, q, "SELECT count(*) FROM within WHERE place = ? AND ancestor = ? AND since <= ? AND (until IS NULL OR until >= ?)", u.Place, i.Place, today(q), today(q))
	if err == nil && within == 0 && u.Place != i.Place {
		err = fault.New(fault.Forbidden, "The unit is not of the place that inspects.")
	}
	return u, err
}

// planned refuses a plan of another place.
func (i *Inspection) planned(ctx context.Context, q *db.Q) error {
	if i.Plan == "" {
		return nil
	}
	there, err := db.One[int](ctx, q, "SELECT count(*) FROM plan WHERE id = ? AND place = ?", i.Plan, i.Place)
	if err == nil && there == 0 {
		err = fault.New(fault.NotFound, "The plan is not there, or is of another place.")
	}
	return err
}

// subject is what rights to what a unit is to do are asked about.
func (u Unit) subject() account.Subject { return account.Subject{Place: u.Place, Agency: u.Agency} }

// today is the day of the transaction in Việt Nam.
func today(q *db.Q) clock.Date { return dayOf(q.Now()) }

// dayOf is the day of a moment in Việt Nam.
func dayOf(t time.Time) clock.Date { return clock.Of(t.In(job.VietnamTime)) }

func errGone() error { return fault.New(fault.NotFound, "This inspection is not there.") }

// find reads an inspection.
func find(ctx context.Context, q *db.Q, id string) (*Inspection, error) {
	i, ok, err := db.Maybe[Inspection](ctx, q, "SELECT "+columns+" FROM inspection i WHERE i.id = ?", id)
	if err == nil && !ok {
		err = errGone()
	}
	return &i, err
}

// subject is what rights to an inspection are asked about: whoever is in its team has it as their own.
func (i *Inspection) subject(ctx context.Context, q *db.Q, actor account.Actor) (account.Subject, error) {
	on := account.Subject{Place: i.Place}
	in, err := inTeam(ctx, q, i.ID, actor.User)
	if in {
		on.User = actor.User
	}
	return on, err
}

// may asks the table of rights about an inspection.
func (i *Inspection) may(ctx context.Context, q *db.Q, actor account.Actor, do account.Action) error {
	on, err := i.subject(ctx, q, actor)
	if err != nil {
		return err
	}
	return actor.May(ctx, q, do, on)
}

// can is may as a question.
func (i *Inspection) can(ctx context.Context, q *db.Q, actor account.Actor, do account.Action) (bool, error) {
	err := i.may(ctx, q, actor, do)
	if fault.KindOf(err) == fault.Forbidden {
		return false, nil
	}
	return err == nil, err
}

// change runs one change of an inspection: right, change, history, audit.
func (s *Store) change(ctx context.Context, actor account.Actor, id string, do account.Action, did, note string, f func(*db.Q, *Inspection) error) error {
	return s.db.Update(ctx, func(q *db.Q) error {
		i, err := find(ctx, q, id)
		if err != nil {
			return err
		}
		if err := i.may(ctx, q, actor, do); err != nil {
			return err
		}
		if err := f(q, i); err != nil {
			return err
		}
		return s.tell(ctx, q, actor, id, did, note)
	})
}

// remember keeps a step in the inspection's history.
func remember(ctx context.Context, q *db.Q, actor account.Actor, id, did, note string) error {
	_, err := q.Exec(ctx, "INSERT INTO inspection_event (id, inspection, at, actor, did, note) VALUES (?, ?, ?, ?, ?, ?)", q.NewID(), id, q.Now(), actor.User, did, note)
	return err
}

// tell keeps a step in the inspection's history and in the audit log.
func (s *Store) tell(ctx context.Context, q *db.Q, actor account.Actor, id, did, note string) error {
	if err := remember(ctx, q, actor, id, did, note); err != nil {
		return err
	}
	return s.log.Append(ctx, q, audit.Entry{Actor: actor.User, Action: "inspection." + did, Object: "inspection:" + id, Content: []byte(note)})
}
