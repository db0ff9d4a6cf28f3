package edition

import (
	"slices"
	"sync"

	"thuoc/internal/fault"
)

// Shelf holds the editions of a place by year, one a year. It may be used from several goroutines.
type Shelf struct {
	years []int // ascending
	take  map[int]func() (*Edition, error)
}

// Embedded is the shelf of everything inside the program; an edition is built when it is first asked for, and kept.
func Embedded(made Made) *Shelf {
	s := &Shelf{years: Years(), take: map[int]func() (*Edition, error){}}
	for _, y := range s.years {
		s.take[y] = sync.OnceValues(func() (*Edition, error) { return Build(y, made) })
	}
	return s
}

// Shelved is a shelf of editions that were opened from files; two of one year do not go together.
func Shelved(all []*Edition) (*Shelf, error) {
	s := &Shelf{take: map[int]func() (*Edition, error){}}
	for _, e := range all {
		y := e.Manifest.Year
		if s.take[y] != nil {
			return nil, fault.New(fault.Conflict, "There are two editions of %d; keep one of them.", y)
		}
		s.years = append(s.years, y)
		s.take[y] = func() (*Edition, error) { return e, nil }
	}
	if len(s.years) == 0 {
		return nil, fault.New(fault.NotFound, "There is no edition here: the folder has no %s.", ManifestName)
	}
	slices.Sort(s.years)
	return s, nil
}

// Years lists the years on the shelf, ascending.
func (s *Shelf) Years() []int { return slices.Clone(s.years) }

// Newest is the latest year.
func (s *Shelf) Newest() int { return s.years[len(s.years)-1] }

// Edition gives the edition of a year; NotFound for a year that is not on the shelf.
func (s *Shelf) Edition(year int) (*Edition, error) {
	take, ok := s.take[year]
	if !ok {
		return nil, fault.New(fault.NotFound, "No results of %d are published.", year)
	}
	return take()
}

// Open opens every edition, several at once. Whoever needs many years waits for a fraction of what they take one after
// the other; what cannot be opened is told when it is asked for.
func (s *Shelf) Open() {
	var group sync.WaitGroup
	for _, year := range s.years {
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
