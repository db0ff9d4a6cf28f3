// Package agency keeps who carries the work of a place: agencies, their posts, the people who held them, and what
// became of an agency that was merged or divided.
//
// It promises that nothing is found by name without a date; that an agency keeps its identity while its name and parent
// change, and its history when it ends; that the head of an agency on a day is whoever exercised the post that day,
// holding it or acting; that a name of a person stands in one table, from which it can be erased while the tenures stay;
// that a start nobody knows is kept as such; that two who change the same agency at once notice; and that a list from a
// file is taken in whole or not at all.
package agency

import (
	"context"
	"encoding/json"
	"slices"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/job"
	"thuoc/internal/lang"
)

// Options is what a Store works with.
type Options struct {
	DB  *db.DB
	Log *audit.Log
}

// Store is the agencies of one database.
type Store struct {
	db  *db.DB
	log *audit.Log
}

// New makes a Store.
func New(o Options) *Store { return &Store{db: o.DB, log: o.Log} }

// Bloc is the kind of body an agency is, by which plans address them.
type Bloc string

// The blocs.
const (
	Department  Bloc = "department"   // sở, ban, ngành: professional agencies of the province
	Locality    Bloc = "locality"     // people's committees of communes; of districts until 30/06/2025
	ServiceUnit Bloc = "service_unit" // public-service units
	Front       Bloc = "front"        // the Fatherland Front and mass organisations
	Party       Bloc = "party"        // bodies of the Party, which plans name as coordinators
)

// Blocs are all blocs in the order of lists.
var Blocs = []Bloc{Department, Locality, ServiceUnit, Front, Party}

var blocNames = map[Bloc]lang.Names{
	Department:  {VI: "Sở, ngành", EN: "Departments"},
	Locality:    {VI: "Địa phương", EN: "Localities"},
	ServiceUnit: {VI: "Đơn vị sự nghiệp", EN: "Public-service units"},
	Front:       {VI: "Mặt trận và đoàn thể", EN: "Fatherland Front and mass organisations"},
	Party:       {VI: "Cơ quan Đảng", EN: "Party bodies"},
}

// Known tells whether a bloc exists.
func (b Bloc) Known() bool { return slices.Contains(Blocs, b) }

// Names gives the bloc's name in both languages.
func (b Bloc) Names() lang.Names { return blocNames[b] }

// Agency is what an agency was on a day.
type Agency struct {
	ID        string
	Place     string // id of the place it serves
	Bloc      Bloc
	Name      string
	Parent    string     // id of the agency it belongs to; "" for none
	Law       string     // the document by which it became so; "" where none is on record
	Since     clock.Date // the first day of this name and parent; zero where the start is not known
	KnownOn   clock.Date // where the start is not known: the first day on record
	Until     clock.Date // the last day of this name and parent; zero while they hold
	Ended     clock.Date // the last day of the agency; zero while it has no end
	EndedLaw  string     // the document that closed it
	Confirmed bool       // false: offered by the program and not yet looked at by anybody
	Version   int64      // counts changes; whoever changes the agency says which they saw
}

// Presumed tells that a day is before the first record of an agency whose start is not known: it may have been so.
func (a Agency) Presumed(on clock.Date) bool { return a.Since.IsZero() && on.Before(a.KnownOn) }

// row is an Agency as it is stored.
type row struct {
	ID        string     `db:"id"`
	Place     string     `db:"place"`
	Bloc      Bloc       `db:"bloc"`
	Ended     clock.Date `db:"until"`
	EndedLaw  string     `db:"until_law"`
	Confirmed bool       `db:"confirmed"`
	Version   int64      `db:"version"`
	Since     clock.Date `db:"since"`
	Known     bool       `db:"known"`
	Name      string     `db:"name"`
	Parent    string     `db:"parent"`
	Law       string     `db:"law"`
	Next      clock.Date `db:"next"` // the first day of the version after this
}

func (r row) agency() Agency {
	a := Agency{ID: r.ID, Place: r.Place, Bloc: r.Bloc, Name: r.Name, Parent: r.Parent, Law: r.Law, KnownOn: r.Since,
		Until: r.Ended, Ended: r.Ended, EndedLaw: r.EndedLaw, Confirmed: r.Confirmed, Version: r.Version}
	if r.Known {
		a.Since, a.KnownOn = r.Since, clock.Date{}
	}
	if !r.Next.IsZero() {
		a.Until = r.Next.Add(-1)
	}
	return a
}

const selectAgency = `SELECT a.id, a.place, a.bloc, a.until, a.until_law, a.confirmed, a.version, v.since, v.known, v.name,
	v.parent, v.law, (SELECT min(w.since) FROM agency_version w WHERE w.agency = v.agency AND w.since > v.since) AS next
	FROM agency a JOIN agency_version v ON v.agency = a.id WHERE `

// onDay is the condition under which a row of selectAgency is what an agency was on a day, given twice before and once
// after: the last version that had begun, or the first of an agency whose start is not known.
const onDay = `(v.since <= ? AND NOT EXISTS (SELECT 1 FROM agency_version w WHERE w.agency = a.id AND w.since > v.since AND w.since <= ?)
	OR v.known = 0 AND v.since > ?) AND (a.until IS NULL OR a.until >= ?)`

func days(on clock.Date) []any { return []any{on, on, on, on} }

// agencies gives what agencies were on a day, by a further condition.
func agencies(ctx context.Context, q *db.Q, on clock.Date, where string, args ...any) ([]Agency, error) {
	if on.IsZero() {
		return nil, errNoDate()
	}
	var all []Agency
	for r, err := range db.Each[row](ctx, q, selectAgency+onDay+" AND "+where+" ORDER BY a.id", append(days(on), args...)...) {
		if err != nil {
			return nil, err
		}
		all = append(all, r.agency())
	}
	return all, nil
}

// On gives what an agency was on a day.
func On(ctx context.Context, q *db.Q, id string, on clock.Date) (Agency, error) {
	found, err := agencies(ctx, q, on, "a.id = ?", id)
	if err != nil {
		return Agency{}, err
	}
	if len(found) == 0 {
		return Agency{}, errGone()
	}
	return found[0], nil
}

// Named finds the agency that serves a place and bore a name on a day; marks, case and blanks do not count.
func Named(ctx context.Context, q *db.Q, place, name string, on clock.Date) (Agency, error) {
	found, err := agencies(ctx, q, on, "a.place = ? AND v.key = ?", place, lang.Fold(name))
	if err != nil {
		return Agency{}, err
	}
	if len(found) == 0 {
		return Agency{}, fault.New(fault.NotFound, "There is no agency “%s” here on %s.", name, on)
	}
	return found[0], nil
}

// last gives the newest version of an agency, whether it has ended or not.
func last(ctx context.Context, q *db.Q, id string) (Agency, error) {
	r, ok, err := db.Maybe[row](ctx, q, selectAgency+`a.id = ? AND NOT EXISTS
		(SELECT 1 FROM agency_version w WHERE w.agency = a.id AND w.since > v.since)`, id)
	if err == nil && !ok {
		err = errGone()
	}
	return r.agency(), err
}

// start is the first day of which a version speaks.
func (a Agency) start() clock.Date {
	if a.Since.IsZero() {
		return a.KnownOn
	}
	return a.Since
}

func errGone() error { return fault.New(fault.NotFound, "There is no such agency on that day.") }

func errNoDate() error {
	return fault.New(fault.Invalid, "Say on which day: agencies change their names and come to an end.")
}

// today is the civil day of a transaction in Vietnam.
func today(q *db.Q) clock.Date { return clock.Of(q.Now().In(job.VietnamTime)) }

// subject is the agency as a question of rights sees it.
func (a Agency) subject() account.Subject { return account.Subject{Place: a.Place, Agency: a.ID} }

// note writes the audit of a change; content holds ids and facts of agencies, never of people.
func (s *Store) note(ctx context.Context, q *db.Q, actor account.Actor, do account.Action, object string, content any) error {
	b, err := json.Marshal(content)
	if err != nil {
		return err
	}
	return s.log.Append(ctx, q, audit.Entry{Actor: actor.User, Action: string(do), Object: object, Content: b})
}
