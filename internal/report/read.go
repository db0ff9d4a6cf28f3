package report

import (
	"context"
	"slices"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// Page is one report with all that belongs to it.
type Page struct {
	Report
	Live     bool      // the figures are those of now: they are frozen after the cut-off
	Rows     []Row     // what the figures count
	Figures  []Figure  //
	Before   []Figure  // of the period before, where its figures are frozen
	Against  string    // that period, as it is kept; "" for none
	Promised []Promise // what was promised last time
	Entry    Entry     // what is written, as it was saved or sent last
	Versions []Version // all that was saved and sent, the oldest first
	Files    []File
	Events   []Event
	Lines    []Line
	Replies  []Reply
	Can      map[Step]bool // what the actor may do and the state allows
}

// File is a paper attached to a report.
type File struct {
	ID     string    `db:"id"`
	Report string    `db:"report"`
	At     time.Time `db:"at"`
	Actor  string    `db:"actor"`
	Name   string    `db:"name"`
	File   string    `db:"file"` // sha256 of the bytes
	Mime   string    `db:"mime"`
	Size   int64     `db:"size"`
}

const fileColumns = "id, report, at, actor, name, file, mime, size"

// Get reads a report.
func (s *Store) Get(ctx context.Context, actor account.Actor, id string) (p Page, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		r, err := find(ctx, q, id)
		if err != nil {
			return err
		}
		if err := actor.May(ctx, q, account.ReadReports, r.subject()); err != nil {
			return err
		}
		p = Page{Report: *r}
		if err := s.figures(ctx, q, &p); err != nil {
			return err
		}
		if err := p.written(ctx, q); err != nil {
			return err
		}
		if p.Events, err = db.All[Event](ctx, q, "SELECT id, at, actor, did, reasons, note, version FROM report_event WHERE report = ? ORDER BY id", id); err != nil {
			return err
		}
		if p.Lines, err = linesOf(ctx, q, id); err != nil {
			return err
		}
		if p.Replies, err = repliesOf(ctx, q, id); err != nil {
			return err
		}
		return p.allow(ctx, q, actor)
	})
	return p, err
}

// figures reads the frozen rows, or those of now while the period lasts, and counts them.
func (s *Store) figures(ctx context.Context, q *db.Q, p *Page) (err error) {
	if p.Frozen.IsZero() {
		p.Live = true
		at := q.Now()
		if end := endOf(p.Cut); end.Before(at) {
			at = end
		}
		p.Rows, err = s.rowsOf(ctx, q, p.Unit, Span{p.From, p.Cut, at})
	} else {
		p.Rows, err = frozenRows(ctx, q, p.ID)
	}
	if err != nil {
		return err
	}
	p.Figures = Figures(p.Rows)
	for _, was := range p.Period().compared() {
		before, ok, err := db.Maybe[string](ctx, q, "SELECT id FROM report r WHERE r.place = ? AND r.agency = ? AND r.kind = ? AND r.period = ? AND r.frozen IS NOT NULL",
			p.Place, p.Agency, p.Kind, was.String())
		if err != nil {
			return err
		}
		if ok {
			rows, err := frozenRows(ctx, q, before)
			p.Before, p.Against = Figures(rows), was.String()
			return err
		}
	}
	return nil
}

// written reads what people wrote and attached.
func (p *Page) written(ctx context.Context, q *db.Q) (err error) {
	if p.Promised, err = promisesBefore(ctx, q, &p.Report); err != nil {
		return err
	}
	if p.Versions, err = db.All[Version](ctx, q, "SELECT "+versionColumns+" FROM report_version WHERE report = ? ORDER BY id", p.ID); err != nil {
		return err
	}
	if n := len(p.Versions); n > 0 {
		if p.Entry, err = p.Versions[n-1].Entry(); err != nil {
			return err
		}
	}
	p.Files, err = db.All[File](ctx, q, "SELECT "+fileColumns+" FROM report_file WHERE report = ? ORDER BY id", p.ID)
	return err
}

// allow asks what the actor may do in this state.
func (p *Page) allow(ctx context.Context, q *db.Q, actor account.Actor) error {
	p.Can = map[Step]bool{}
	own := apart(ctx, q, actor, &p.Report)
	if own != nil && fault.KindOf(own) != fault.Forbidden {
		return own
	}
	for step, w := range ways {
		if !p.State.Allows(step) || w.another && own != nil {
			continue
		}
		err := actor.May(ctx, q, w.do, p.subject())
		if err != nil && fault.KindOf(err) != fault.Forbidden {
			return err
		}
		p.Can[step] = err == nil
	}
	return nil
}

// SentVersion is the version that was sent last; ok is false where none was.
func (p *Page) SentVersion() (v Version, ok bool) {
	for _, v = range slices.Backward(p.Versions) {
		if !v.Sent.IsZero() {
			return v, true
		}
	}
	return Version{}, false
}

// Verify computes the hash of the kept rows again and tells whether it is the one that was frozen.
func (p *Page) Verify() bool { return p.Live || hashOf(p.Rows) == p.Hash }

// AttachFile adds a paper to a report that is being written.
func (s *Store) AttachFile(ctx context.Context, actor account.Actor, f File, rev int) error {
	return s.step(ctx, actor, f.Report, rev, Attach, func(q *db.Q, r *Report) error {
		if _, err := q.Exec(ctx, "INSERT INTO report_file ("+fileColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			q.NewID(), r.ID, q.Now(), actor.User, f.Name, f.File, f.Mime, f.Size); err != nil {
			return err
		}
		return s.did(ctx, q, actor, r.ID, string(Attach), event{content: []byte(f.File)})
	})
}

// FindFile gives an attached paper to whoever may read its report.
func (s *Store) FindFile(ctx context.Context, actor account.Actor, id string) (f File, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		found, ok, err := db.Maybe[File](ctx, q, "SELECT "+fileColumns+" FROM report_file WHERE id = ?", id)
		if err == nil && !ok {
			err = fault.New(fault.NotFound, "This file is not there.")
		}
		if err != nil {
			return err
		}
		r, err := find(ctx, q, found.Report)
		if err != nil {
			return err
		}
		f = found
		return actor.May(ctx, q, account.ReadReports, r.subject())
	})
	if err != nil {
		return File{}, err
	}
	return f, nil
}

// Filter narrows a list of reports; an empty field does not.
type Filter struct {
	Home          string
	Kind          Kind
	Period        string
	States        []State
	Place, Agency string
	DueFrom       clock.Date // due on this day or after
	DueBy         clock.Date // due on this day or before
	Late          clock.Date // overdue on this day, or sent late
	Do            account.Action
	After         string // id of the last one of the page before
	Limit         int    // 0 = 50
}

// List gives the reports that an actor may read, or do something else to, by id: those opened last come first.
func (s *Store) List(ctx context.Context, actor account.Actor, f Filter) (all []Report, err error) {
	if f.Do == "" {
		f.Do = account.ReadReports
	}
	may, args := actor.Rows(f.Do, account.Columns{Place: "r.place", Agency: "r.agency"})
	where := db.Only(may, args...)
	where.If(f.Home != "", "r.home = ?", f.Home)
	where.If(f.Kind != "", "r.kind = ?", f.Kind)
	where.If(f.Period != "", "r.period = ?", f.Period)
	where.If(f.Place != "", "r.place = ?", f.Place)
	where.If(f.Agency != "", "r.agency = ?", f.Agency)
	where.If(!f.DueFrom.IsZero(), "r.due >= ?", f.DueFrom)
	where.If(!f.DueBy.IsZero(), "r.due <= ?", f.DueBy)
	where.If(!f.Late.IsZero(), "r.state <> ? AND (r.sent IS NULL AND r.due < ? OR r.sent >= r.late)", Void, f.Late)
	where.If(f.After != "", "r.id < ?", f.After)
	db.In(where, "r.state", f.States)
	if f.Limit <= 0 {
		f.Limit = 50
	}
	err = s.db.View(ctx, func(q *db.Q) error {
		all, err = db.All[Report](ctx, q, "SELECT "+columns+" FROM report r WHERE "+where.String()+" ORDER BY r.id DESC LIMIT ?", where.Args(f.Limit)...)
		return err
	})
	return all, err
}

// openStates are the states in which the unit is to write or send.
var openStates = []State{Due, Draft, Returned}

// soon is how many days before its last day a report is shown as work.
const soon = 14

// Mine gives the reports that the actor's unit is to send: those returned, those whose figures are frozen, and those due
// within two weeks of a day.
func (s *Store) Mine(ctx context.Context, actor account.Actor, on clock.Date, limit int) ([]Report, error) {
	all, err := s.List(ctx, actor, Filter{Do: account.WriteReport, States: openStates, DueBy: on.Add(soon), Limit: limit})
	slices.SortStableFunc(all, func(a, b Report) int { return a.Due.Compare(b.Due) })
	return all, err
}

// ToJudge gives the reports that wait to be accepted or returned by the actor.
func (s *Store) ToJudge(ctx context.Context, actor account.Actor, limit int) ([]Report, error) {
	return s.List(ctx, actor, Filter{Do: account.JudgeReport, States: []State{Sent}, Limit: limit})
}

// Owed gives the reports of all calendars that are not sent and due between two days: whom to remind. It asks no right.
func Owed(ctx context.Context, q *db.Q, from, to clock.Date) ([]Report, error) {
	return db.All[Report](ctx, q, "SELECT "+columns+" FROM report r WHERE r.state IN (?, ?, ?) AND r.due >= ? AND r.due <= ? ORDER BY r.due, r.id", Due, Draft, Returned, from, to)
}

// Periods gives the periods of a calendar for which reports were opened, the newest first.
func (s *Store) Periods(ctx context.Context, actor account.Actor, home string) (all []Period, err error) {
	where, args := actor.Rows(account.ReadReports, account.Columns{Place: "r.place", Agency: "r.agency"})
	err = s.db.View(ctx, func(q *db.Q) error {
		labels, err := db.All[string](ctx, q, "SELECT period FROM report r WHERE home = ? AND "+where+" GROUP BY period, cut ORDER BY cut DESC", append([]any{home}, args...)...)
		for _, label := range labels {
			p, err := ParsePeriod(label)
			if err != nil {
				return err
			}
			if !slices.Contains(all, p) {
				all = append(all, p)
			}
		}
		return err
	})
	return all, err
}
