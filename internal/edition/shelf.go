package edition

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"thuoc/internal/fault"
	"thuoc/internal/run"
)

// Shelf holds the editions that are shown: the published PAPI results by year, one a year, and by their ids everything
// that may be read. It may be used from several goroutines.
type Shelf struct {
	rack func() *rack // what it holds now
}

// rack is what a shelf holds at a moment. It does not change.
type rack struct {
	years []int // ascending
	take  map[int]func() (*Edition, error)
	gone  map[int]error // why a year that was shown is not any more
	all   []Listing     // what the house released, of every source; nil where no house did
	byID  map[string]func() (*Edition, error)
	mark  string
}

func fixed(r *rack) *Shelf {
	r.years = slices.Sorted(maps.Keys(r.take))
	return &Shelf{func() *rack { return r }}
}

// Embedded is the shelf of everything inside the program; an edition is built when it is first asked for, and kept.
func Embedded(made Made) *Shelf {
	r := &rack{take: map[int]func() (*Edition, error){}}
	for _, y := range Years() {
		r.take[y] = sync.OnceValues(func() (*Edition, error) { return Build(y, made) })
	}
	return fixed(r)
}

// Shelved is a shelf of editions that were opened from files; two of one year do not go together.
func Shelved(all []*Edition) (*Shelf, error) {
	r := &rack{take: map[int]func() (*Edition, error){}}
	for _, e := range all {
		y := e.Manifest.Year
		if r.take[y] != nil {
			return nil, fault.New(fault.Conflict, "There are two editions of %d; keep one of them.", y)
		}
		r.take[y] = func() (*Edition, error) { return e, nil }
	}
	if len(r.take) == 0 {
		return nil, fault.New(fault.NotFound, "There is no edition here: the folder has no %s.", ManifestName)
	}
	return fixed(r), nil
}

// Years lists the years on the shelf, ascending.
func (s *Shelf) Years() []int { return slices.Clone(s.rack().years) }

// Newest is the latest year; 0 while the shelf is empty.
func (s *Shelf) Newest() int {
	years := s.rack().years
	if len(years) == 0 {
		return 0
	}
	return years[len(years)-1]
}

// Edition gives the edition of a year; Gone, with the reason, for one that was withdrawn, NotFound for any other year
// that is not on the shelf.
func (s *Shelf) Edition(year int) (*Edition, error) {
	r := s.rack()
	if take, ok := r.take[year]; ok {
		return take()
	}
	if err, ok := r.gone[year]; ok {
		return nil, err
	}
	return nil, fault.New(fault.NotFound, "No results of %d are published.", year)
}

// Find gives an edition by its id, or by enough of the id's beginning: one that is shown, one of another source, or one
// that was corrected. One that was withdrawn is Gone, with the reason.
func (s *Shelf) Find(id string) (*Edition, error) {
	r := s.rack()
	for _, l := range r.all {
		if strings.HasPrefix(l.Hash, id) {
			if l.State == Withdrawn {
				return nil, withdrawn(l)
			}
			return r.byID[l.Hash]()
		}
	}
	for _, year := range slices.Backward(r.years) {
		if e, err := r.take[year](); err != nil {
			return nil, err
		} else if strings.HasPrefix(e.ID, id) {
			return e, nil
		}
	}
	return nil, fault.New(fault.NotFound, "There is no edition “%s”.", id)
}

// Listed tells what the house says of an edition; false for one that no house released.
func (s *Shelf) Listed(id string) (Listing, bool) {
	all := s.rack().all
	i := slices.IndexFunc(all, func(l Listing) bool { return l.Hash == id })
	if i < 0 {
		return Listing{}, false
	}
	return all[i], true
}

// OfYear tells what the house says of the edition that is shown of a year; false where no house released it.
func (s *Shelf) OfYear(year int) (Listing, bool) {
	for _, l := range s.rack().all {
		if y, ok := l.year(); ok && y == year && l.State == Public {
			return l, true
		}
	}
	return Listing{}, false
}

// Released lists what the house made of its own, measures and commitments, public, corrected or withdrawn.
func (s *Shelf) Released() (own []Listing) {
	for _, l := range s.rack().all {
		if l.Own() {
			own = append(own, l)
		}
	}
	return own
}

// Commitments lists the editions of plans, public, corrected or withdrawn.
func (s *Shelf) Commitments() (list []Listing) {
	for _, l := range s.rack().all {
		if l.Source == OfPlan {
			list = append(list, l)
		}
	}
	return list
}

// Others lists what the house measured of its own, public, corrected or withdrawn: each stands under its own source and
// index, and never in one column with the published PAPI results.
func (s *Shelf) Others() (others []Listing) {
	for _, l := range s.rack().all {
		if l.Own() && l.Source != OfPlan {
			others = append(others, l)
		}
	}
	return others
}

// Mark names what the shelf holds now: it changes when an edition becomes public, is corrected or is withdrawn. Whoever
// keeps what was made of a shelf keeps it under the mark.
func (s *Shelf) Mark() string { return s.rack().mark }

// Open opens every edition, several at once. Whoever needs many years waits for a fraction of what they take one after
// the other; what cannot be opened is told when it is asked for.
func (s *Shelf) Open() {
	var group sync.WaitGroup
	for _, year := range s.Years() {
		group.Go(func() { s.Content(year) })
	}
	group.Wait()
}

// Content gives what the edition of a year says.
func (s *Shelf) Content(year int) (*Content, error) {
	e, err := s.Edition(year)
	if err != nil {
		return nil, err
	}
	return e.Content()
}

// year is the year that an edition takes on the shelf of the published PAPI results.
func (l Listing) year() (int, bool) {
	year, err := strconv.Atoi(l.Period)
	return year, err == nil && l.papi()
}

// papi tells whether an edition is one of the published PAPI results.
func (l Listing) papi() bool {
	return cmp.Or(l.Source, run.UNDP) == run.UNDP && l.Family == run.Family
}
