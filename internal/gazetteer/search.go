package gazetteer

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"thuoc/internal/clock"
)

// Match is a place that answers a search.
type Match struct {
	Place  Place   // its state on the day, or its last
	Within []Place // what it belongs or belonged to, the nearest first
	Heirs  []Link  // where it is to be found on the day, when it is history
}

// Search finds places by what a person types: names of today and of before the merger, with or without marks, kinds
// ("thi xa my hao"), the beginnings of words ("my h"), and the places around ("my hao hung yen"). Exact names come
// first, then places that are there on the day, then the higher levels. Places not yet on record that day are left out.
func Search(query string, on clock.Date, limit int) []Match {
	q := searchKey(query)
	words := strings.Fields(q)
	if len(words) == 0 {
		return nil
	}
	var hits []hit
	for _, e := range entries() {
		tier := e.tier(q, words)
		if tier == none || on.Before(e.life.Start()) {
			continue
		}
		hits = append(hits, hit{e.id, tier, e.level, e.life.Ended(on)})
	}
	slices.SortFunc(hits, hit.compare)
	var list []Match
	seen := map[string]bool{}
	for _, h := range hits {
		if len(list) == limit {
			break
		}
		if seen[h.id] { // a place that answers to two names
			continue
		}
		seen[h.id] = true
		list = append(list, matchOf(h.id, on))
	}
	return list
}

func matchOf(id string, on clock.Date) Match {
	p, _ := ByID(id, on)
	m := Match{Place: p}
	for parent := p.Parent; parent != ""; {
		above, _ := ByID(parent, on)
		m.Within = append(m.Within, above)
		parent = above.Parent
	}
	if p.Life.Ended(on) {
		m.Heirs = Heirs(p, on)
	}
	return m
}

// hit is a place found, with what decides its place in the list.
type hit struct {
	id     string
	tier   int
	level  Level
	former bool
}

func (h hit) compare(other hit) int {
	rank := func(h hit) int {
		if h.former {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(h.tier, other.tier), cmp.Compare(rank(h), rank(other)),
		cmp.Compare(h.level, other.level), cmp.Compare(h.id, other.id))
}

// entry is a name under which a place is found. Texts are folded, and every word has a space before it.
type entry struct {
	id      string
	level   Level
	life    clock.Span
	name    string   // " mi hao"
	full    string   // " thi xa mi hao"
	english string   // the kind in English, " town"
	aliases []string // further whole names, " tp.hcm"
	context string   // full names of the places it belongs or belonged to: " tinh hung ien"
}

// The tiers of an answer, the best first.
const (
	exact    = iota // the whole name
	prefix          // the name begins so
	inside          // every word is in the name or the kind
	placed          // the whole name, then words of the places around
	anywhere        // some words in the name, the others around
	none
)

// tier tells how well the entry answers a folded query and its words. A word is found where a word begins with it.
func (e entry) tier(q string, words []string) int {
	switch {
	case e.is(q):
		return exact
	case strings.HasPrefix(e.name[1:], q):
		return prefix
	}
	own, around := 0, 0
	for _, w := range words {
		switch {
		case begins(e.full, w) || begins(e.english, w) || slices.ContainsFunc(e.aliases, func(a string) bool { return begins(a, w) }):
			own++
		case begins(e.context, w):
			around++
		default:
			return none
		}
	}
	switch {
	case around == 0:
		return inside
	case strings.HasPrefix(q, e.name[1:]+" ") || strings.HasPrefix(q, e.full[1:]+" "):
		return placed
	case own > 0:
		return anywhere
	}
	return none
}

// is tells whether the query is a whole name: alone, with its kind in either language, or an alias.
func (e entry) is(q string) bool {
	inEnglish, found := strings.CutPrefix(q, e.name[1:])
	return found && (inEnglish == "" || inEnglish == e.english) || q == e.full[1:] ||
		slices.ContainsFunc(e.aliases, func(a string) bool { return q == a[1:] })
}

// begins tells whether a word of the text begins with w.
func begins(text, w string) bool {
	for {
		i := strings.Index(text, w)
		if i < 0 {
			return false
		}
		if i > 0 && text[i-1] == ' ' {
			return true
		}
		text = text[i+1:]
	}
}

// entries are the names of all places, folded on first use.
var entries = sync.OnceValue(foldNames)

func foldNames() []entry {
	r := units()
	list := slices.Grow(provinceEntries(), len(r.before)+len(r.after))
	around := map[string]string{} // words of a province by ID: its names at all times and those of its heir
	for _, e := range list {
		around[e.id] += e.full
	}
	for id := range around {
		if p, _ := ByID(id, unitRecord); p.Life.Ended(Merger) {
			around[id] += around[Heirs(p, Merger)[0].Place.ID]
		}
	}
	kindWords, kindEnglish := map[Kind]string{}, map[Kind]string{}
	for kind, names := range kindNames {
		kindWords[kind], kindEnglish[kind] = " "+searchKey(names.VI), " "+searchKey(names.EN)
	}
	within := make([]string, len(r.before)) // words around the communes of a district
	for _, units := range [][]unit{r.before, r.after} {
		for i := range units {
			u := &units[i]
			e := entry{id: u.id(), level: levelOf(u.code), life: u.life(), name: " " + searchKey(u.name), context: around[u.province]}
			e.full, e.english = kindWords[u.kind]+e.name, kindEnglish[u.kind]
			switch {
			case e.level == DistrictLevel:
				within[i] = e.full + e.context
			case u.district >= 0:
				e.context = within[u.district]
			}
			list = append(list, e)
		}
	}
	return list
}

func provinceEntries() []entry {
	var list []entry
	for _, p := range provinces() {
		for _, state := range p.states {
			e := entry{id: state.ID, level: ProvinceLevel, life: state.Life, name: " " + searchKey(state.Name.VI)}
			e.full, e.english = " "+searchKey(state.Full().VI), " "+searchKey(state.Kind.Names().EN)
			for _, alias := range aliases[state.Code] {
				e.aliases = append(e.aliases, " "+searchKey(alias))
			}
			list = append(list, e)
		}
	}
	return list
}
