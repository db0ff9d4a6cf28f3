package edition

import (
	"context"
	"encoding/json"
	"io"
	"strings"
	"sync"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/blob"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/run"
)

// Options are what a store of releases stands on.
type Options struct {
	DB    *db.DB
	Blobs blob.Store
	Log   *audit.Log
	Runs  *run.Store
	Code  string // version of the program, as manifests name it
	Dir   string // the folder of what is public; it exists
}

// Store leads editions from a run to the public. It may be used from several goroutines.
type Store struct {
	o        Options
	shelving sync.Mutex
	step     func(do func() error) error // takes one step on the disk; a test makes it fail
}

// New makes a store of releases.
func New(o Options) *Store {
	return &Store{o: o, step: func(do func() error) error { return do() }}
}

// Filter narrows a list of releases; an empty field does not.
type Filter struct {
	Place, Family, Period, Run string
	Source                     run.Source
	State                      State
	Before                     string // the id of the last release of the page before
	Limit                      int    // 0 = 50
}

// List gives the releases that the actor may read, the newest first.
func (s *Store) List(ctx context.Context, actor account.Actor, f Filter) (all []Release, err error) {
	where, args := actor.Rows(account.ReadEditions, account.Columns{Place: "place"})
	for _, c := range []struct{ test, value string }{
		{"place = ?", f.Place}, {"family = ?", f.Family}, {"period = ?", f.Period}, {"run = ?", f.Run}, {"source = ?", string(f.Source)},
		{"state = ?", string(f.State)}, {"id < ?", f.Before},
	} {
		if c.value != "" {
			where, args = where+" AND "+c.test, append(args, c.value)
		}
	}
	if f.Limit == 0 {
		f.Limit = 50
	}
	err = s.o.DB.View(ctx, func(q *db.Q) error {
		all, err = db.All[Release](ctx, q, "SELECT "+columnsOf+" FROM edition WHERE "+where+" ORDER BY id DESC LIMIT ?", append(args, f.Limit)...)
		return err
	})
	return all, err
}

// Get gives a release with all that happened to it, oldest first.
func (s *Store) Get(ctx context.Context, actor account.Actor, id string) (r Release, history []Event, err error) {
	err = s.o.DB.View(ctx, func(q *db.Q) error {
		if r, err = find(ctx, q, id); err != nil {
			return err
		}
		if err = actor.May(ctx, q, account.ReadEditions, account.Subject{Place: r.Place}); err != nil {
			return err
		}
		history, err = db.All[Event](ctx, q, "SELECT at, actor, office, step, before, after, note FROM edition_event WHERE edition = ? ORDER BY id", id)
		return err
	})
	if err != nil {
		return Release{}, nil, err
	}
	return r, history, nil
}

func find(ctx context.Context, q *db.Q, id string) (Release, error) {
	r, ok, err := db.Maybe[Release](ctx, q, "SELECT "+columnsOf+" FROM edition WHERE id = ?", id)
	if err == nil && !ok {
		err = fault.New(fault.NotFound, "There is no such edition.")
	}
	return r, err
}

// publicOf gives the edition that is public of a key.
func publicOf(ctx context.Context, q *db.Q, place string, source run.Source, family, period string) (Release, bool, error) {
	return db.Maybe[Release](ctx, q, "SELECT "+columnsOf+" FROM edition WHERE place = ? AND source = ? AND family = ? AND period = ? AND state = ?",
		place, source, family, period, Public)
}

// Edition opens the files of a release, each held against the manifest.
func (s *Store) Edition(ctx context.Context, actor account.Actor, id string) (*Edition, error) {
	r, _, err := s.Get(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	return s.open(ctx, r.Hash)
}

// open reads an edition from the file store.
func (s *Store) open(ctx context.Context, hash string) (*Edition, error) {
	manifest, err := s.blob(ctx, hash)
	if err != nil {
		return nil, err
	}
	m, err := readManifest(manifest)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, f := range m.Files {
		data, err := s.blob(ctx, f.SHA256)
		if fault.KindOf(err) == fault.NotFound {
			continue // open names it with all others
		} else if err != nil {
			return nil, err
		}
		files[f.Name] = data
	}
	return open(manifest, files)
}

func (s *Store) blob(ctx context.Context, sum string) ([]byte, error) {
	f, err := s.o.Blobs.Open(ctx, sum)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxFile))
}

// move takes a release one step on its way: the row, the event and the audit's entry.
func (s *Store) move(ctx context.Context, q *db.Q, actor account.Actor, r *Release, do Step, note string) error {
	before := r.State
	after, err := before.After(do)
	if err != nil {
		return err
	}
	r.State, r.Version = after, r.Version+1
	n, err := q.Exec(ctx, "UPDATE edition SET state = ?, reason = ?, public_from = ?, version = ? WHERE id = ? AND version = ?",
		r.State, r.Reason, r.PublicFrom, r.Version, r.ID, r.Version-1)
	if err == nil && n == 0 {
		err = changedMeanwhile()
	}
	if err != nil {
		return err
	}
	return s.happened(ctx, q, actor, *r, do, before, note)
}

// needs is the right by which a step is taken; a correction is taken with the publication of the correcting edition.
var needs = map[Step]account.Action{
	Freeze: account.FreezeEdition, Approve: account.ReviewEdition, Return: account.ReviewEdition, Publish: account.PublishEdition,
	Embargo: account.PublishEdition, Lift: account.PublishEdition, Correct: account.PublishEdition, Withdraw: account.WithdrawEdition,
}

// happened writes an event, with the office in which somebody acted, and the audit's entry.
func (s *Store) happened(ctx context.Context, q *db.Q, actor account.Actor, r Release, do Step, before State, note string) error {
	office, err := actor.As(ctx, q, needs[do], account.Subject{Place: r.Place})
	if err != nil {
		return err
	}
	_, err = q.Exec(ctx, "INSERT INTO edition_event (id, edition, at, actor, office, step, before, after, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		q.NewID(), r.ID, q.Now(), actor.User, office, do, before, r.State, note)
	if err != nil {
		return err
	}
	content, err := json.Marshal(struct {
		Release
		Note string
	}{r, note})
	if err != nil {
		return err
	}
	return s.o.Log.Append(ctx, q, audit.Entry{Actor: actor.User, Action: "edition." + string(do), Object: "edition:" + r.ID, Content: content})
}

func changedMeanwhile() error {
	return fault.New(fault.Conflict, "Somebody changed this edition while you were looking at it. Look at it again.")
}

// said refuses an empty note where people must say why.
func said(field, note string) error {
	if strings.TrimSpace(note) != "" {
		return nil
	}
	return fault.Batch([]fault.Item{{Field: field, What: fault.T("The reason is missing."), Remedy: fault.T("Say in a sentence what is wrong.")}})
}
