package edition

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path"
	"slices"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/job"
	"thuoc/internal/lang"
	"thuoc/internal/place"
	"thuoc/internal/run"
)

// IndexName is the file of a public folder that lists what is public, corrected or withdrawn. Beside it stands a folder
// for every edition that can be read, named by its hash.
const IndexName = "public.json"

// Listing is an edition as a public folder lists it.
type Listing struct {
	Hash        string     `json:"hash"`
	State       State      `json:"state"` // public, corrected or withdrawn
	Source      run.Source `json:"source"`
	Place       string     `json:"place"`
	Family      string     `json:"family"`
	Index       string     `json:"index"`
	Period      string     `json:"period"`
	Name        lang.Names `json:"name"`                   // of the index
	PlaceName   lang.Names `json:"place_name"`             // on the day it became public
	Since       time.Time  `json:"since"`                  // when it became public
	Corrects    string     `json:"corrects,omitempty"`     // hash of the one it took the place of
	CorrectedBy string     `json:"corrected_by,omitempty"` // hash of the one that took its place
	Ended       time.Time  `json:"ended,omitzero"`         // when it was corrected or withdrawn
	Reason      string     `json:"reason,omitempty"`       // why: of a public one what it corrects, else what ended it
	Steps       []Taken    `json:"steps,omitempty"`        // how it came to be public, and what came after, oldest first
}

// Taken is a step on the way of an edition as the public is told of it: by the office that took it and nobody's name.
type Taken struct {
	Step   Step       `json:"step"`
	At     time.Time  `json:"at"`
	Office lang.Names `json:"office,omitzero"` // zero for the program, and where it was not kept
}

// Own tells whether the house made it of its own: everything but the published PAPI results.
func (l Listing) Own() bool { return !l.papi() }

// Decided gives the last step that ended an edition, or made it public.
func (l Listing) Decided() Taken {
	for _, t := range slices.Backward(l.Steps) {
		if t.Step != Lift {
			return t
		}
	}
	return Taken{}
}

// index is the file as it is written.
type index struct {
	Format   int       `json:"format"`
	Editions []Listing `json:"editions"` // in the order in which they were frozen
}

// Shelve makes the public folder what the database says: every public and every corrected edition in its folder, then
// the index, then nothing any more of what was withdrawn. It may be run at any time and again: a try that was cut short
// leaves the folder as it was for readers, and the next one finishes it.
func (s *Store) Shelve(ctx context.Context) error {
	s.shelving.Lock()
	defer s.shelving.Unlock()
	all, err := s.listings(ctx)
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(s.o.Dir)
	if err != nil {
		return err
	}
	defer root.Close()
	w := writer{root, s.step}
	for _, l := range all {
		if l.State == Withdrawn {
			continue
		}
		if err := s.shelveOne(ctx, w, l.Hash); err != nil {
			return err
		}
	}
	text, err := json.MarshalIndent(index{Format, all}, "", " ")
	if err != nil {
		return err
	}
	if err := w.replace(IndexName, append(text, '\n')); err != nil {
		return err
	}
	for _, l := range all {
		if l.State == Withdrawn {
			if err := w.remove(l.Hash); err != nil {
				return err
			}
		}
	}
	return nil
}

// listings reads what is or was public.
func (s *Store) listings(ctx context.Context) ([]Listing, error) {
	var rows []Release
	var steps []happening
	places := map[string]lang.Names{}
	err := s.o.DB.View(ctx, func(q *db.Q) (err error) {
		rows, err = db.All[Release](ctx, q, "SELECT "+columnsOf+" FROM edition WHERE state IN (?, ?, ?) ORDER BY id", Public, Corrected, Withdrawn)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if places[r.ID], err = called(ctx, q, r.Place, clock.Of(r.PublicFrom.In(job.VietnamTime))); err != nil {
				return err
			}
		}
		steps, err = db.All[happening](ctx, q, `SELECT v.edition, v.at, v.office, v.step, v.after FROM edition_event v JOIN edition e ON e.id = v.edition
			WHERE e.state IN (?, ?, ?) ORDER BY v.id`, Public, Corrected, Withdrawn)
		return err
	})
	if err != nil {
		return nil, err
	}
	all := make([]Listing, len(rows))
	at := map[string]int{}
	for i, r := range rows {
		at[r.ID] = i
		all[i] = Listing{Hash: r.Hash, State: r.State, Source: r.Source, Place: r.Place, Family: r.Family, Index: r.Index, Period: r.Period,
			Name: s.nameOf(ctx, r), PlaceName: places[r.ID], Since: r.PublicFrom, Reason: r.Reason}
	}
	for i, r := range rows {
		if old, ok := at[r.Corrects]; ok {
			all[i].Corrects, all[old].CorrectedBy = all[old].Hash, all[i].Hash
			if all[old].State == Corrected {
				all[old].Reason = r.Reason
			}
		}
	}
	for _, h := range steps {
		l := &all[at[h.Edition]]
		l.Steps = append(l.Steps, Taken{h.Step, h.At, officeOf(h.Office)})
		if h.After == Corrected || h.After == Withdrawn {
			l.Ended = h.At
		}
	}
	return all, nil
}

// happening is a step of an edition's history as the public is told of it.
type happening struct {
	Edition string       `db:"edition"`
	At      time.Time    `db:"at"`
	Office  account.Role `db:"office"`
	Step    Step         `db:"step"`
	After   State        `db:"after"`
}

// officeOf names an office in both languages; none is nameless.
func officeOf(r account.Role) lang.Names {
	if !r.Known() {
		return lang.Names{}
	}
	return lang.Names{VI: lang.Translate(lang.Vi, r.Text()), EN: lang.Translate(lang.En, r.Text())}
}

// called names a place with its kind on a day. One that is not on record goes by its id.
func called(ctx context.Context, q *db.Q, id string, on clock.Date) (lang.Names, error) {
	v, err := place.ByID(ctx, q, id, on)
	if fault.KindOf(err) == fault.NotFound {
		return lang.Names{VI: id, EN: id}, nil
	}
	return v.Full(), err
}

// nameOf is what an edition is the edition of. One whose files are damaged goes by the id of its index: Shelve says what
// is damaged.
func (s *Store) nameOf(ctx context.Context, r Release) lang.Names {
	var c struct {
		Names lang.Names `json:"names"`
	}
	e, err := s.open(ctx, r.Hash)
	if err != nil || json.Unmarshal(e.files[contentName], &c) != nil {
		return lang.Names{VI: r.Index, EN: r.Index}
	}
	return c.Names
}

// shelveOne writes an edition into its folder. One that is there already, whole, is left.
func (s *Store) shelveOne(ctx context.Context, w writer, hash string) error {
	if dir, err := fs.Sub(w.root.FS(), hash); err == nil {
		if e, err := Open(dir); err == nil && e.ID == hash {
			return nil
		}
	}
	e, err := s.open(ctx, hash)
	if err != nil {
		return err
	}
	return w.folder(e)
}

// writer writes into a public folder in an order that a power cut cannot harm. Every step it takes on the disk goes
// through step.
type writer struct {
	root *os.Root
	step func(do func() error) error
}

// folder writes an edition under a draft's name, syncs its files and its folders, and gives it its name.
func (w writer) folder(e *Edition) error {
	draft := ".draft-" + e.ID
	if err := w.step(func() error { return w.root.RemoveAll(draft) }); err != nil {
		return err
	}
	dirs := []string{draft}
	if err := w.step(func() error { return w.root.Mkdir(draft, 0o755) }); err != nil {
		return err
	}
	for _, f := range append(slices.Clone(e.Manifest.Files), File{Name: ManifestName}, File{Name: SealName}) {
		name := path.Join(draft, f.Name)
		if dir := path.Dir(name); !slices.Contains(dirs, dir) {
			if err := w.step(func() error { return w.root.MkdirAll(dir, 0o755) }); err != nil {
				return err
			}
			dirs = append(dirs, dir)
		}
		data, _ := e.File(f.Name)
		if err := w.step(func() error { return w.write(name, data) }); err != nil {
			return err
		}
	}
	for _, dir := range slices.Backward(dirs) {
		if err := w.step(func() error { return w.sync(dir) }); err != nil {
			return err
		}
	}
	if err := w.remove(e.ID); err != nil { // a damaged one
		return err
	}
	if err := w.step(func() error { return w.root.Rename(draft, e.ID) }); err != nil {
		return err
	}
	return w.step(func() error { return w.sync(".") })
}

// replace puts a file in place of what was there, in one step. One that is the same is left.
func (w writer) replace(name string, data []byte) error {
	if was, err := fs.ReadFile(w.root.FS(), name); err == nil && bytes.Equal(was, data) {
		return nil
	}
	draft := ".draft-" + name
	if err := w.step(func() error { return w.write(draft, data) }); err != nil {
		return err
	}
	if err := w.step(func() error { return w.root.Rename(draft, name) }); err != nil {
		return err
	}
	return w.step(func() error { return w.sync(".") })
}

// remove takes a folder away: first its name, then its files, so that no reader finds half of it.
func (w writer) remove(name string) error {
	draft := ".gone-" + name
	if _, err := w.root.Lstat(name); err == nil {
		if err := w.step(func() error { return w.root.RemoveAll(draft) }); err != nil {
			return err
		}
		if err := w.step(func() error { return w.root.Rename(name, draft) }); err != nil {
			return err
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if _, err := w.root.Lstat(draft); err != nil {
		return nil // nothing was left of an earlier try
	}
	if err := w.step(func() error { return w.root.RemoveAll(draft) }); err != nil {
		return err
	}
	return w.step(func() error { return w.sync(".") })
}

// write writes a file and syncs it.
func (w writer) write(name string, data []byte) error {
	f, err := w.root.OpenFile(name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// sync makes the names in a folder durable.
func (w writer) sync(dir string) error {
	f, err := w.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
