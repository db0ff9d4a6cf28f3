package score

import (
	"embed"
	"slices"
	"strings"

	"thuoc/internal/fault"
)

//go:embed definitions/*.yaml
var files embed.FS

// Schema is the JSON Schema (draft 2020-12) of the definition format. It says what a file looks like; Load also checks
// what a schema cannot say (references, sums, order).
//
//go:embed index.schema.json
var Schema []byte

// Entry says of a shipped definition when it is in force, so that the right file is found without reading them all.
type Entry struct {
	ID, Family  string
	First, Last int // Last 0 = still in force
}

// shipped repeats what the files say; a test holds it to them.
var shipped = []Entry{
	{"papi-2011", "papi", 2011, 2015},
	{"papi-2016", "papi", 2016, 2017},
	{"papi-2018", "papi", 2018, 2018},
	{"papi-2019", "papi", 2019, 2019},
	{"papi-2020", "papi", 2020, 2020},
	{"papi-2021", "papi", 2021, 2021},
	{"papi-2022", "papi", 2022, 2022},
	{"papi-2023", "papi", 2023, 2024},
	{"par-index-2012", "par-index", 2012, 2015},
	{"par-index", "par-index", 2022, 2030},
	{"sipas", "sipas", 2017, 0},
}

// Shipped lists the definitions that come with the program.
func Shipped() []Entry { return slices.Clone(shipped) }

// InForce finds the shipped definition of a family for a year.
func InForce(family string, year int) (Entry, bool) {
	i := slices.IndexFunc(shipped, func(e Entry) bool {
		return e.Family == family && year >= e.First && (e.Last == 0 || year <= e.Last)
	})
	if i < 0 {
		return Entry{}, false
	}
	return shipped[i], true
}

// Source gives the YAML of a shipped definition.
func Source(id string) ([]byte, error) {
	data, err := files.ReadFile("definitions/" + id + ".yaml")
	if err != nil || !slices.ContainsFunc(shipped, func(e Entry) bool { return e.ID == id }) {
		var ids []string
		for _, e := range shipped {
			ids = append(ids, e.ID)
		}
		return nil, fault.New(fault.NotFound, "There is no index %q; there are: %s.", id, strings.Join(ids, ", "))
	}
	return data, nil
}

// Open loads a shipped definition.
func Open(id string) (*Definition, error) {
	data, err := Source(id)
	if err != nil {
		return nil, err
	}
	return Load(id+".yaml", data)
}

// Chain loads the shipped definitions from the one after `from` up to `to`, oldest first: what Options.Between needs to
// compare two versions that do not follow each other. It is empty when to does not descend from from.
func Chain(from, to string) ([]*Definition, error) {
	var chain []*Definition
	for id := to; id != from; {
		d, err := Open(id)
		if err != nil {
			return nil, err
		}
		chain = append(chain, d)
		if d.Bridge == nil {
			return nil, nil
		}
		id = d.Bridge.Former
	}
	slices.Reverse(chain)
	return chain, nil
}
