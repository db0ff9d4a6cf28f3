package edition

import (
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"slices"
	"sync"

	"thuoc/internal/clock"
	"thuoc/internal/fault"
	"thuoc/internal/job"
	"thuoc/internal/lang"
)

// mostListed bounds the index of a public folder, in bytes: 10,000 editions.
const mostListed = 8 << 20

// Released is the shelf of a public folder. It reads files and nothing else, so it serves while the database is away,
// and sees at once what Shelve changes: the index is looked at whenever something is asked. Years of which the house
// released nothing come from beneath, which may be nil; a year that the house withdrew does not.
//
// An index that cannot be read leaves what was read before; report, which may be nil, is told.
func Released(dir string, beneath *Shelf, report func(error)) *Shelf {
	f := &folder{dir: dir, open: map[string]func() (*Edition, error){}, report: report}
	if f.report == nil {
		f.report = func(error) {}
	}
	f.beneath = &rack{take: map[int]func() (*Edition, error){}}
	if beneath != nil {
		f.beneath = beneath.rack()
	}
	f.last = f.beneath
	return &Shelf{f.look}
}

// folder watches a public folder.
type folder struct {
	dir     string
	beneath *rack
	report  func(error)

	mu   sync.RWMutex
	seen fs.FileInfo // of the index that last was made of; nil before
	last *rack
	open map[string]func() (*Edition, error) // by hash: opened once, whatever the index says later
}

// look gives what the folder holds now.
func (f *folder) look() *rack {
	info, err := os.Stat(f.dir + "/" + IndexName)
	f.mu.RLock()
	last, known := f.last, err == nil && f.seen != nil && same(info, f.seen)
	f.mu.RUnlock()
	if known || errors.Is(err, fs.ErrNotExist) {
		return last
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if err != nil {
		f.report(err)
		return f.last
	}
	if f.seen != nil && same(info, f.seen) {
		return f.last
	}
	f.seen = info // one that cannot be read is reported once
	all, mark, err := f.read()
	if err != nil {
		f.report(err)
		return f.last
	}
	f.last = f.rackOf(all, mark)
	return f.last
}

func (f *folder) read() ([]Listing, string, error) {
	data, err := os.ReadFile(f.dir + "/" + IndexName)
	if err != nil {
		return nil, "", err
	}
	if len(data) > mostListed {
		return nil, "", fault.New(fault.TooLarge, "%s is over %d MB.", IndexName, mostListed>>20)
	}
	var in index
	if err := json.Unmarshal(data, &in); err != nil || in.Format != Format {
		return nil, "", &fault.Error{Kind: fault.Invalid, Text: fault.T("%s cannot be read. Restore it from a backup.", IndexName), Err: err}
	}
	return in.Editions, hash(data)[:12], nil
}

// rackOf lays what the house released over what is beneath. Of a year that was withdrawn and published again, the
// public edition holds.
func (f *folder) rackOf(all []Listing, mark string) *rack {
	r := &rack{take: maps.Clone(f.beneath.take), gone: map[int]error{}, all: all, byID: map[string]func() (*Edition, error){}, mark: mark}
	for _, l := range all {
		if l.State != Withdrawn {
			r.byID[l.Hash] = f.opener(l.Hash)
		}
		if year, ok := l.year(); ok && l.State == Withdrawn {
			delete(r.take, year)
			r.gone[year] = withdrawn(l)
		}
	}
	for _, l := range all {
		if year, ok := l.year(); ok && l.State == Public {
			r.take[year] = r.byID[l.Hash]
		}
	}
	r.years = slices.Sorted(maps.Keys(r.take))
	return r
}

// opener opens an edition when it is first asked for and keeps it. What could not be opened is tried again the next
// time: its folder may have been mended.
func (f *folder) opener(hash string) func() (*Edition, error) {
	if open := f.open[hash]; open != nil {
		return open
	}
	var mu sync.Mutex
	var kept *Edition
	f.open[hash] = func() (*Edition, error) {
		mu.Lock()
		defer mu.Unlock()
		if kept != nil {
			return kept, nil
		}
		e, err := Open(os.DirFS(f.dir + "/" + hash))
		if err == nil && e.ID != hash {
			err = fault.New(fault.Invalid, "The folder %s holds another edition.", hash)
		}
		if err != nil {
			return nil, &fault.Error{Kind: fault.Internal, Text: fault.T("The edition is damaged and is not served."), Err: err}
		}
		kept = e
		return e, nil
	}
	return f.open[hash]
}

// withdrawn says that an edition is gone, since when, who decided it and why.
func withdrawn(l Listing) error {
	if by := l.Decided(); by.Step == Withdraw && by.Office != (lang.Names{}) {
		return fault.New(fault.Gone, "The edition of %s was withdrawn on %s. It was decided by: %s. The reason: %s", l.Period, clock.Of(l.Ended.In(job.VietnamTime)), by.Office, l.Reason)
	}
	return fault.New(fault.Gone, "The edition of %s was withdrawn on %s. The reason: %s", l.Period, clock.Of(l.Ended.In(job.VietnamTime)), l.Reason)
}

func same(a, b fs.FileInfo) bool {
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}
