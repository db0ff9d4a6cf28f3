package run

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/blob"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/score"
)

// Options are what a store of runs stands on.
type Options struct {
	DB    *db.DB
	Blobs blob.Store
	Log   *audit.Log
	Code  string // version of the program, part of the key of what it computes
}

// Store keeps runs. It may be used from several goroutines.
type Store struct{ o Options }

// New makes a store of runs.
func New(o Options) *Store { return &Store{o} }

// Run is one computation.
type Run struct {
	ID      string    `db:"id"`
	Place   string    `db:"place"`  // id of the place in whose house it stands
	Source  Source    `db:"source"` // whose measure it is
	Family  string    `db:"family"` // of the index
	Index   string    `db:"index_id"`
	Period  string    `db:"period"`  // "2024"
	Inputs  string    `db:"inputs"`  // SHA-256 of the list of its inputs
	Results string    `db:"results"` // SHA-256 of its results, CSV as of thuoc score
	Code    string    `db:"code"`    // version of the program that computed it
	Seed    int64     `db:"seed"`
	State   State     `db:"state"`
	Reason  string    `db:"reason"`  // why it was withdrawn
	Version int       `db:"version"` // rises with every change
	Added   time.Time `db:"added"`
	AddedBy string    `db:"added_by"` // id of an account, or the name of a program
}

const columns = "id, place, source, family, index_id, period, inputs, results, code, seed, state, reason, version, added, added_by"

// Year is the year of the period.
func (r Run) Year() int { return yearOf(r.Period) }

// File is a file that somebody hands in.
type File struct {
	Name string // as the person named it
	Data io.Reader
}

// Computed tells what to compute. A nil file is one that there is not.
type Computed struct {
	Place      string // id of the place in whose house the run stands
	Source     Source // Own or Self
	Period     string // "2024", or a part of a year such as "2024-q3"
	Definition *File  // the index, YAML
	Answers    *File  // one row a person, CSV; with Survey
	Former     *File  // the answers of the year before, of the same columns
	Figures    *File  // figures of registers beside the answers, or instead of them: unit, code, value, se, n
	Survey     *Survey
	Seed       uint64 // of the draws behind ranges of ranks; 0 = RankSeed
}

// check holds what was handed in against what a run needs, and names every fault.
func (c Computed) check() error {
	var items []fault.Item
	add := func(field string, what, remedy fault.Text) {
		items = append(items, fault.Item{Field: field, What: what, Remedy: remedy})
	}
	if c.Source != Own && c.Source != Self {
		add("source", fault.T("A computed run is the province's own or a score of one's own work."), fault.T("Published figures come with the program; choose their year instead."))
	}
	if !periodPattern.MatchString(c.Period) {
		add("period", fault.T("“%s” is not a period.", c.Period), fault.T("Write the year, 2024, or a part of it, 2024-q3."))
	}
	if c.Definition == nil {
		add("definition", fault.T("The index is missing."), fault.T("Add the definition of the index, a YAML file."))
	}
	switch {
	case c.Answers == nil && c.Figures == nil:
		add("answers", fault.T("There is nothing to compute from."), fault.T("Add a file of answers, a file of figures, or both."))
	case c.Answers != nil && c.Survey == nil:
		add("survey", fault.T("It is not said how the answers were sampled."), fault.T("Name the columns of units, weights, strata and sampling units."))
	case c.Answers == nil && (c.Former != nil || c.Survey != nil):
		add("answers", fault.T("The answers of this year are missing."), fault.T("Add a file of answers."))
	}
	if c.Survey != nil && c.Survey.Weights == "" {
		add("weights", fault.T("The column of weights is missing."), fault.T("Name it."))
	}
	if c.Survey != nil && c.Survey.By == "" {
		add("by", fault.T("The column of units is missing."), fault.T("Name it."))
	}
	return fault.Batch(items)
}

// AddPublished adds the published PAPI figures of a year as a run of a place's house. They are official from the start.
// The same figures by the same code are the same run, which is given back.
func (s *Store) AddPublished(ctx context.Context, actor account.Actor, place string, year int) (Run, error) {
	if !slices.Contains(PublishedYears(), year) {
		return Run{}, fault.New(fault.NotFound, "No results of %d are published.", year)
	}
	if err := s.may(ctx, actor, account.AddRun, place); err != nil {
		return Run{}, err
	}
	c, err := Published(year)
	if err != nil {
		return Run{}, err
	}
	in := &Inputs{Format: inputsFormat, Source: UNDP, Index: c.Def.ID, Period: strconv.Itoa(year), Ranks: Ranks{RankDraws, RankSeed}}
	files := []given{{Definition, &File{c.Def.ID + ".yaml", bytes.NewReader(c.YAML)}}, {FiguresFile, &File{"papi-" + in.Period + ".csv", bytes.NewReader(encodeFigures(c.Figures))}}}
	if f := c.Former; f != nil {
		files = append(files, given{FormerDefinition, &File{f.Def.ID + ".yaml", bytes.NewReader(f.YAML)}},
			given{FormerFigures, &File{"papi-" + strconv.Itoa(f.Year) + ".csv", bytes.NewReader(encodeFigures(f.Figures))}})
	}
	return s.add(ctx, actor, place, in, files, Official)
}

// AddComputed computes a run from files and adds it. Every fault of every file comes back at once, and then nothing is
// added. The same inputs by the same code are the same run, which is given back.
func (s *Store) AddComputed(ctx context.Context, actor account.Actor, c Computed) (Run, error) {
	if err := s.may(ctx, actor, account.AddRun, c.Place); err != nil {
		return Run{}, err
	}
	if err := c.check(); err != nil {
		return Run{}, err
	}
	if c.Seed == 0 {
		c.Seed = RankSeed
	}
	in := &Inputs{Format: inputsFormat, Source: c.Source, Period: c.Period, Survey: c.Survey, Ranks: Ranks{RankDraws, c.Seed}}
	return s.add(ctx, actor, c.Place, in, []given{{Definition, c.Definition}, {AnswersFile, c.Answers}, {FormerAnswers, c.Former}, {FiguresFile, c.Figures}}, Provisional)
}

// given is a file in its role.
type given struct {
	role string
	file *File
}

// add computes from the files, keeps them, and writes the run down. Of files that no run comes of nothing is kept.
func (s *Store) add(ctx context.Context, actor account.Actor, place string, in *Inputs, files []given, state State) (Run, error) {
	var stage staging
	defer stage.close()
	for _, g := range files {
		if g.file == nil {
			continue
		}
		ref, err := stage.add(g.file.Data)
		if err != nil {
			return Run{}, err
		}
		in.Files = append(in.Files, Input{g.role, g.file.Name, ref.SHA256, ref.Size})
	}
	c, err := compute(ctx, stage.open, in)
	if err != nil {
		return Run{}, err
	}
	if err := stage.keep(ctx, s.o.Blobs); err != nil {
		return Run{}, err
	}
	in.Index = c.Def.ID
	inputs, err := in.encode()
	if err != nil {
		return Run{}, err
	}
	r := Run{Place: place, Source: in.Source, Family: c.Def.Family, Index: c.Def.ID, Period: in.Period, Code: s.o.Code, Seed: int64(in.Ranks.Seed),
		State: state, Version: 1, AddedBy: actor.User}
	for _, kept := range []struct {
		data []byte
		sum  *string
	}{{inputs, &r.Inputs}, {c.Records(), &r.Results}} {
		ref, err := s.o.Blobs.Put(ctx, bytes.NewReader(kept.data))
		if err != nil {
			return Run{}, err
		}
		*kept.sum = ref.SHA256
	}
	err = s.o.DB.Update(ctx, func(q *db.Q) error {
		if err := actor.May(ctx, q, account.AddRun, account.Subject{Place: place}); err != nil {
			return err
		}
		r.ID, r.Added = q.NewID(), q.Now()
		n, err := q.Exec(ctx, `INSERT INTO run (`+columns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (place, inputs, code) DO NOTHING`,
			r.ID, r.Place, r.Source, r.Family, r.Index, r.Period, r.Inputs, r.Results, r.Code, r.Seed, r.State, r.Reason, r.Version, r.Added, r.AddedBy)
		if err != nil {
			return err
		}
		if n == 0 {
			r, err = db.One[Run](ctx, q, "SELECT "+columns+" FROM run WHERE place = ? AND inputs = ? AND code = ?", r.Place, r.Inputs, r.Code)
			return err
		}
		return s.record(ctx, q, actor, account.AddRun, r)
	})
	return r, err
}

// record writes the audit's entry of a change of a run.
func (s *Store) record(ctx context.Context, q *db.Q, actor account.Actor, do account.Action, r Run) error {
	content, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return s.o.Log.Append(ctx, q, audit.Entry{Actor: actor.User, Action: string(do), Object: "run:" + r.ID, Content: content})
}

func (s *Store) may(ctx context.Context, actor account.Actor, do account.Action, place string) error {
	return s.o.DB.View(ctx, func(q *db.Q) error { return actor.May(ctx, q, do, account.Subject{Place: place}) })
}

// Filter narrows a list of runs; an empty field does not.
type Filter struct {
	Place, Family, Period string
	Source                Source
	State                 State
	Before                string // the id of the last run of the page before
	Limit                 int    // 0 = 50
}

// List gives the runs that the actor may read, the newest first.
func (s *Store) List(ctx context.Context, actor account.Actor, f Filter) (all []Run, err error) {
	where, args := actor.Rows(account.ReadRuns, account.Columns{Place: "place"})
	for _, c := range []struct{ test, value string }{
		{"place = ?", f.Place}, {"family = ?", f.Family}, {"period = ?", f.Period}, {"source = ?", string(f.Source)}, {"state = ?", string(f.State)}, {"id < ?", f.Before},
	} {
		if c.value != "" {
			where, args = where+" AND "+c.test, append(args, c.value)
		}
	}
	if f.Limit == 0 {
		f.Limit = 50
	}
	err = s.o.DB.View(ctx, func(q *db.Q) error {
		all, err = db.All[Run](ctx, q, "SELECT "+columns+" FROM run WHERE "+where+" ORDER BY id DESC LIMIT ?", append(args, f.Limit)...)
		return err
	})
	return all, err
}

// Get gives a run; what the actor may not read is Forbidden.
func (s *Store) Get(ctx context.Context, actor account.Actor, id string) (r Run, err error) {
	err = s.o.DB.View(ctx, func(q *db.Q) error {
		if r, err = Find(ctx, q, id); err != nil {
			return err
		}
		return actor.May(ctx, q, account.ReadRuns, account.Subject{Place: r.Place})
	})
	if err != nil {
		return Run{}, err
	}
	return r, nil
}

// Find gives a run by its id inside a transaction.
func Find(ctx context.Context, q *db.Q, id string) (Run, error) {
	r, ok, err := db.Maybe[Run](ctx, q, "SELECT "+columns+" FROM run WHERE id = ?", id)
	if err == nil && !ok {
		err = fault.New(fault.NotFound, "There is no such run.")
	}
	return r, err
}

// Inputs lists what a run was computed from.
func (s *Store) Inputs(ctx context.Context, r Run) (*Inputs, error) {
	data, err := readBlob(ctx, s.o.Blobs.Open, r.Inputs)
	if err != nil {
		return nil, err
	}
	return decodeInputs(data)
}

// Definition gives the index that a run was computed by, as the run kept it.
func (s *Store) Definition(ctx context.Context, in *Inputs) (*score.Definition, error) {
	def, _, err := reader{ctx, s.o.Blobs.Open, in}.definition(Definition)
	return def, err
}

// Withdraw says that a run was found wrong. It is kept with the reason and never frozen again; editions made of it stay
// as they are until they are corrected or withdrawn themselves. version is the one the actor has seen.
func (s *Store) Withdraw(ctx context.Context, actor account.Actor, id string, version int, reason string) error {
	if strings.TrimSpace(reason) == "" {
		return fault.Batch([]fault.Item{{Field: "reason", What: fault.T("The reason is missing."), Remedy: fault.T("Say in a sentence what is wrong.")}})
	}
	return s.o.DB.Update(ctx, func(q *db.Q) error {
		r, err := Find(ctx, q, id)
		if err != nil {
			return err
		}
		if err := actor.May(ctx, q, account.AddRun, account.Subject{Place: r.Place}); err != nil {
			return err
		}
		if r.State, err = r.State.After(Retire); err != nil {
			return err
		}
		if r.Version != version {
			return fault.New(fault.Conflict, "Somebody changed this run while you were looking at it. Look at it again.")
		}
		r.Reason = reason
		if _, err := q.Exec(ctx, "UPDATE run SET state = ?, reason = ?, version = version + 1 WHERE id = ?", r.State, r.Reason, r.ID); err != nil {
			return err
		}
		return s.record(ctx, q, actor, "run.withdraw", r)
	})
}

// SettleIn makes a run official in the transaction that publishes an edition of it.
func SettleIn(ctx context.Context, q *db.Q, id string) error {
	r, err := Find(ctx, q, id)
	if err != nil {
		return err
	}
	state, err := r.State.After(Settle)
	if err != nil || state == r.State {
		return err
	}
	_, err = q.Exec(ctx, "UPDATE run SET state = ?, version = version + 1 WHERE id = ?", state, id)
	return err
}

// Compute computes a run again from the inputs it kept. It tells nothing of whether the result is the same: see
// Recompute.
func (s *Store) Compute(ctx context.Context, r Run) (*Computation, error) {
	in, err := s.Inputs(ctx, r)
	if err != nil {
		return nil, err
	}
	return compute(ctx, s.o.Blobs.Open, in)
}

// Value is one result of a run: its key, the value and what must be said with it. What is not known is NaN, 0 or "".
type Value struct {
	Source      Source
	Period      string
	Unit, Code  string
	UnitName    string // in Vietnamese
	Level       string // of the index
	Value       float64
	Status      score.Status
	Why         string // in English: why there is no value, or a partial one
	N           int
	SE, DF      float64
	Lo, Hi      float64 // at IntervalAt
	IntervalAt  float64 // 0.95
	RankLo      int
	RankHi      int
	Change      float64
	Verdict     score.Verdict
	ErrorWhyNot string // in English: why there is no error
}

// Results gives the kept results of a run, node by node.
func (s *Store) Results(ctx context.Context, r Run) ([]Value, error) {
	data, err := readBlob(ctx, s.o.Blobs.Open, r.Results)
	if err != nil {
		return nil, err
	}
	rows, err := resultRows(data)
	if err != nil {
		return nil, err
	}
	values := make([]Value, len(rows))
	for i, row := range rows {
		if values[i], err = row.value(r); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// hash is the name of a file in the file store.
func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
