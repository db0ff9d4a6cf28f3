package target

import (
	"slices"
	"sync"

	"thuoc/internal/fault"
	"thuoc/internal/published"
	"thuoc/internal/score"
)

// ofPAPI reads one year of published figures for units in ascending order.
func ofPAPI(units []string, y int) (*Measured, error) {
	entry, ok := score.InForce("papi", y)
	if !ok {
		return nil, fault.New(fault.NotFound, "No definition of PAPI is in force in %d.", y)
	}
	def, err := score.Open(entry.ID)
	if err != nil {
		return nil, err
	}
	figures, err := published.Figures(y, published.Composite, published.Dimension, published.Subdimension)
	if err != nil {
		return nil, err
	}
	got := &Measured{Year: y, Def: def}
	for _, f := range figures {
		if i, ok := slices.BinarySearch(units, f.Unit); ok {
			got.Put(f.Code, i, len(units), f.Value, f.SE)
		}
	}
	return got, nil
}

// OfPAPI gathers what is published for a target that starts from a year's results. Errors that were not published are
// assumed: the median of the nearest year that has some for this node, before the year where there is one.
func OfPAPI(year int, code string) (*Basis, error) {
	years, err := papi()
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(years, func(m *Measured) bool { return m.Year == year })
	if at < 0 {
		return nil, fault.New(fault.NotFound, "No definition of PAPI is in force in %d.", year)
	}
	return basis(papiUnits(), years, at, code)
}

// papi reads all published years once; nobody changes them.
var papi = sync.OnceValues(func() (years []*Measured, err error) {
	for _, y := range published.Years() {
		m, err := ofPAPI(papiUnits(), y.Year)
		if err != nil {
			return nil, err
		}
		years = append(years, m)
	}
	return years, nil
})

// papiUnits are the units of PAPI in ascending order.
var papiUnits = sync.OnceValue(func() []string { return slices.Sorted(slices.Values(published.Units())) })
