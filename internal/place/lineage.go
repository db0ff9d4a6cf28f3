package place

import (
	"cmp"
	"context"
	"slices"

	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/gazetteer"
)

// Basis says what the share of people in an edge is known from.
type Basis string

// The bases.
const (
	ByLaw        Basis = "law"        // the law says all or nobody
	ByPopulation Basis = "population" // counted people
	ByVillages   Basis = "villages"   // villages and hamlets that went
	ByArea       Basis = "area"       // area, as a stand-in for people
	ByCommunes   Basis = "communes"   // what became of the communes of a district
	Unknown      Basis = "unknown"    // some, nobody says how many
)

// Link joins a place to one that it became or came from.
type Link struct {
	Version Version         // of the other place
	Part    gazetteer.Share // of the former place, in the words of the law
	Share   *float64        // the fraction of the former place's people; nil where it is not known
	Basis   Basis
	Source  string
	On      clock.Date // the day of the change
}

// edge is a line of the lineage.
type edge struct {
	Former string          `db:"former"`
	Heir   string          `db:"heir"`
	Since  clock.Date      `db:"since"`
	Part   gazetteer.Share `db:"part"`
	Share  *float64        `db:"share"`
	Basis  Basis           `db:"basis"`
	Source string          `db:"source"`
}

// edges reads the lineage that a condition on e names, without the places that went on.
func edges(ctx context.Context, q *db.Q, where string, args ...any) ([]edge, error) {
	return db.All[edge](ctx, q, `SELECT e.former, e.heir, e.since, e.part, e.share, e.basis, e.source FROM place_edge e
		WHERE e.former <> e.heir AND e.load`+live+` AND `+where+` ORDER BY e.since, e.former, e.heir`, args...)
}

// Heirs lists the places of a day that hold the territory of a place: itself while it is there, then what it became, and
// what that became in turn. The heirs of a district are those of its communes. Shares multiply along the way.
func Heirs(ctx context.Context, q *db.Q, id string, on clock.Date) ([]Link, error) {
	return heirs(ctx, q, id, on, map[string]bool{})
}

func heirs(ctx context.Context, q *db.Q, id string, on clock.Date, passed map[string]bool) ([]Link, error) {
	v, err := ByID(ctx, q, id, on)
	if err != nil || passed[id] {
		return nil, err
	}
	if !v.Over(on) {
		all := 1.0
		return []Link{{Version: v, Part: gazetteer.Whole, Share: &all, Basis: ByLaw}}, nil
	}
	passed[id] = true
	defer delete(passed, id)
	list, err := edges(ctx, q, "e.former = ?", id)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return heirsOfParts(ctx, q, v, on, passed)
	}
	var found []Link
	for _, e := range list {
		later, err := heirs(ctx, q, e.Heir, on, passed)
		if err != nil {
			return nil, err
		}
		for _, l := range later {
			found = addLink(found, e.then(l))
		}
	}
	byCode(found)
	return found, nil
}

// heirsOfParts gives the heirs of a place that has none of its own: those of what lay within it on its last day.
func heirsOfParts(ctx context.Context, q *db.Q, v Version, on clock.Date, passed map[string]bool) ([]Link, error) {
	parts, err := Children(ctx, q, v.Place, v.Until)
	if err != nil {
		return nil, err
	}
	var found []Link
	for _, p := range parts {
		list, err := heirs(ctx, q, p.Place, on, passed)
		if err != nil {
			return nil, err
		}
		for _, l := range list {
			found = addLink(found, Link{Version: l.Version, Part: gazetteer.Part, Basis: ByCommunes, Source: l.Source, On: v.Until.Add(1)})
		}
	}
	if len(found) == 1 {
		all := 1.0
		found[0].Part, found[0].Share = gazetteer.Whole, &all
	}
	byCode(found)
	return found, nil
}

// then continues an edge by what became of its heir.
func (e edge) then(later Link) Link {
	l := Link{Version: later.Version, Part: e.Part, Share: product(e.Share, later.Share), Basis: e.Basis, Source: e.Source, On: e.Since}
	if e.Part == gazetteer.Whole && later.Part != gazetteer.Whole {
		l.Part, l.Basis, l.Source, l.On = later.Part, later.Basis, later.Source, later.On
	}
	return l
}

func product(a, b *float64) *float64 {
	if a == nil || b == nil {
		return nil
	}
	p := *a * *b
	return &p
}

// addLink adds a link; two ways into the same place are one, whose share is the sum.
func addLink(list []Link, l Link) []Link {
	i := slices.IndexFunc(list, func(known Link) bool { return known.Version.Place == l.Version.Place })
	if i < 0 {
		return append(list, l)
	}
	if list[i].Share != nil && l.Share != nil {
		sum := *list[i].Share + *l.Share
		list[i].Share = &sum
	} else {
		list[i].Share = nil
	}
	return list
}

func byCode(list []Link) {
	slices.SortFunc(list, func(a, b Link) int { return cmp.Compare(a.Version.Code, b.Version.Code) })
}

// Origins lists the places that a place was made of, as they were on their last day, by code. A place that did not
// begin by a change on record has none.
func Origins(ctx context.Context, q *db.Q, id string) ([]Link, error) {
	list, err := edges(ctx, q, "e.heir = ?", id)
	if err != nil {
		return nil, err
	}
	var found []Link
	for _, e := range list {
		v, err := ByID(ctx, q, e.Former, e.Since.Add(-1))
		if err != nil {
			return nil, err
		}
		found = append(found, Link{Version: v, Part: e.Part, Share: e.Share, Basis: e.Basis, Source: e.Source, On: e.Since})
	}
	byCode(found)
	return found, nil
}

// Heirs is the function Heirs in a transaction of its own.
func (s *Store) Heirs(ctx context.Context, id string, on clock.Date) ([]Link, error) {
	return read(ctx, s.db, func(q *db.Q) ([]Link, error) { return Heirs(ctx, q, id, on) })
}

// Origins is the function Origins in a transaction of its own.
func (s *Store) Origins(ctx context.Context, id string) ([]Link, error) {
	return read(ctx, s.db, func(q *db.Q) ([]Link, error) { return Origins(ctx, q, id) })
}
