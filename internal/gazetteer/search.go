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
	var list []Match
	for _, id := range Find(entries(), query, on, 0, limit) {
		list = append(list, matchOf(id, on))
	}
	return list
}

// Find gives the IDs of the places among entries that answer a query, as Search does; with a level, of that level alone.
// It needs no database, so that one rule finds the places that came with the program and those that were added.
func Find(entries []Entry, query string, on clock.Date, level Level, limit int) []string {
	q := SearchKey(query)
	words := strings.Fields(q)
	if len(words) == 0 || len(words) > maxWords || limit <= 0 {
		return nil
	}
	var hits []hit
	for i := range entries {
		e := &entries[i]
		if level != 0 && e.Level != level || !e.Life.From.IsZero() && on.Before(e.Life.From) {
			continue
		}
		if tier := e.tier(q, words); tier != none {
			hits = append(hits, hit{e.ID, tier, e.Level, e.Life.Ended(on)})
		}
	}
	slices.SortFunc(hits, hit.compare)
	var list []string
	seen := map[string]bool{}
	for _, h := range hits {
		if len(list) == limit {
			break
		}
		if !seen[h.id] { // a place may answer to two names
			seen[h.id] = true
			list = append(list, h.id)
		}
	}
	return list
}

// maxWords bounds a query: no name with all the places around has more.
const maxWords = 24

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

// Entry is a name under which a place is found. Texts are folded, and every word has a space before it.
type Entry struct {
	ID      string
	Level   Level
	Life    clock.Span // a place is left out before From
	name    string     // " mi hao"
	full    string     // " thi xa mi hao"
	english string     // the kind in English, " town"
	aliases []string   // further whole names, " tp.hcm"
	context string     // full names of the places it belongs or belonged to: " tinh hung ien"
}

// NewEntry makes an entry from folded names (SearchKey): the name without its kind, further whole names, and the full
// names of the places around.
func NewEntry(id string, level Level, life clock.Span, kind Kind, key string, aliases []string, around string) Entry {
	words := kindWords()[kind]
	e := Entry{ID: id, Level: level, Life: life, name: " " + key, full: words.vi + " " + key, english: words.en, context: around}
	for _, alias := range aliases {
		e.aliases = append(e.aliases, " "+alias)
	}
	return e
}

// Full is the folded name with its kind, a space before every word.
func (e Entry) Full() string { return e.full }

// kindWords are the folded words of the kinds, a space before each.
var kindWords = sync.OnceValue(func() map[Kind]struct{ vi, en string } {
	all := map[Kind]struct{ vi, en string }{}
	for kind, names := range kindNames {
		all[kind] = struct{ vi, en string }{" " + SearchKey(names.VI), " " + SearchKey(names.EN)}
	}
	return all
})

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
func (e *Entry) tier(q string, words []string) int {
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
func (e *Entry) is(q string) bool {
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

func foldNames() []Entry {
	r := units()
	list := slices.Grow(provinceEntries(), len(r.before)+len(r.after))
	around := map[string]string{} // words of a province by ID: its names at all times and those of its heir
	for _, e := range list {
		around[e.ID] += e.full
	}
	for id := range around {
		if p, _ := ByID(id, unitRecord); p.Life.Ended(Merger) {
			around[id] += around[Heirs(p, Merger)[0].Place.ID]
		}
	}
	within := make([]string, len(r.before)) // words around the communes of a district
	for _, units := range [][]unit{r.before, r.after} {
		for i := range units {
			u := &units[i]
			context := around[u.province]
			if u.district >= 0 {
				context = within[u.district]
			}
			e := NewEntry(u.id(), LevelOf(u.code), onRecord(u.life()), u.kind, SearchKey(u.name), nil, context)
			if e.Level == DistrictLevel {
				within[i] = e.full + context
			}
			list = append(list, e)
		}
	}
	return list
}

// onRecord lets a life begin with the first day on record: what was before is not searched for here.
func onRecord(life clock.Span) clock.Span { return clock.Span{From: life.Start(), To: life.To} }

func provinceEntries() []Entry {
	var list []Entry
	for _, p := range provinces() {
		for _, state := range p.states {
			var names []string
			for _, alias := range aliases[state.Code] {
				names = append(names, SearchKey(alias))
			}
			list = append(list, NewEntry(state.ID, ProvinceLevel, onRecord(state.Life), state.Kind, SearchKey(state.Name.VI), names, ""))
		}
	}
	return list
}
