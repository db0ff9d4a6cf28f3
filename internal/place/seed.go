package place

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/gazetteer"
)

// Seed puts the places that come with the program into the database: provinces, districts, communes, their lineage and
// people. It does so once; a second call finds them there. It writes in small transactions and makes all of it visible
// in one, so that a seeding that was cut off leaves nothing to be seen and is begun again. The actor needs the right to
// import places everywhere.
func (s *Store) Seed(ctx context.Context, actor account.Actor) error {
	return s.seed(ctx, actor, gazetteer.Digest(), func(gazetteer.Place) bool { return true })
}

// seed loads the places that belong to provinces that are wanted.
func (s *Store) seed(ctx context.Context, actor account.Actor, digest string, wanted func(gazetteer.Place) bool) error {
	load := fromGazetteer + ":" + digest
	there := false
	err := s.db.View(ctx, func(q *db.Q) (err error) {
		if err := actor.May(ctx, q, account.ImportPlaces, account.Subject{}); err != nil {
			return err
		}
		there, err = isLive(ctx, q, load)
		return err
	})
	if err != nil || there {
		return err
	}
	if err := s.sweepUnfinished(ctx, fromGazetteer, 0); err != nil {
		return err
	}
	rows, lying := embedded(wanted)
	err = s.db.Update(ctx, func(q *db.Q) error { return openLoad(ctx, q, load, fromGazetteer, actor.User) })
	if err != nil {
		return err
	}
	n, err := s.stage(ctx, rows, load)
	if err != nil {
		return err
	}
	if err := s.stageWithin(ctx, lying); err != nil {
		return err
	}
	err = s.db.Update(ctx, func(q *db.Q) error {
		if found, err := count(ctx, q, load); err != nil || found != n {
			return cmp.Or(err, error(fault.New(fault.Conflict, "Somebody else is loading places at this moment. Try again in a minute.")))
		}
		if err := goLive(ctx, q, load); err != nil {
			return err
		}
		return s.log.Append(ctx, q, audit.Entry{Actor: actor.User, Action: "place.seed", Object: load, Content: []byte(digest)})
	})
	return s.warmed(ctx, err)
}

// warmed reads the index after places were added. That it cannot be read is the next search's concern: the places are
// there.
func (s *Store) warmed(ctx context.Context, err error) error {
	if err == nil {
		_ = s.Warm(ctx)
	}
	return err
}

func isLive(ctx context.Context, q *db.Q, load string) (bool, error) {
	n, err := db.One[int](ctx, q, "SELECT count(*) FROM place_load WHERE id = ? AND live IS NOT NULL", load)
	return n > 0, err
}

// sweepUnfinished removes the loads of a kind that were begun some time ago and never went live.
func (s *Store) sweepUnfinished(ctx context.Context, kind string, older time.Duration) error {
	var left []string
	err := s.db.View(ctx, func(q *db.Q) (err error) {
		left, err = db.All[string](ctx, q, "SELECT id FROM place_load WHERE kind = ? AND live IS NULL AND added <= ?",
			kind, q.Now().Add(-older))
		return err
	})
	if err != nil || len(left) == 0 {
		return err
	}
	return s.sweep(ctx, left...)
}

// stageWithin writes down for questions of rights what lies within what. Rows about places that are not visible yet
// grant nothing.
func (s *Store) stageWithin(ctx context.Context, list []account.Within) error {
	for part := range slices.Chunk(list, chunk) {
		if err := s.db.Update(ctx, func(q *db.Q) error { return account.PutWithinAll(ctx, q, part) }); err != nil {
			return err
		}
	}
	return nil
}

// embedded gives the rows of the gazetteer.
func embedded(wanted func(gazetteer.Place) bool) (batch, []account.Within) {
	l := loader{rows: batch{}, wanted: map[string]bool{}, above: map[string]string{}}
	for rec := range gazetteer.Records() {
		first := rec.States[0]
		if first.Level == gazetteer.ProvinceLevel && wanted(first) || l.wanted[first.Parent] {
			l.wanted[first.ID] = true
			l.record(rec)
		}
	}
	for e := range gazetteer.Edges() {
		if l.wanted[e.Former] && l.wanted[e.Heir] {
			l.edge(e)
		}
	}
	for c := range gazetteer.CommuneCounts() {
		if l.wanted[c.ID] {
			l.count(c)
		}
	}
	return l.rows, l.lying
}

// loader collects the rows of the gazetteer.
type loader struct {
	rows   batch
	lying  []account.Within
	wanted map[string]bool   // by id
	above  map[string]string // the province of a district
}

func (l *loader) record(rec gazetteer.Record) {
	first, last := rec.States[0], rec.States[len(rec.States)-1]
	l.rows.add("place", first.ID, first.Level)
	var names []string
	if first.Level == gazetteer.ProvinceLevel {
		names = gazetteer.NameAliases(first.Code)
		l.province(last)
	}
	for i, p := range rec.States {
		l.rows.addVersion(Version{Place: p.ID, Code: p.Code, Level: p.Level, Type: p.Kind, Name: p.Name.VI, Parent: p.Parent,
			Since: p.State.From, KnownOn: p.State.Known, Law: rec.Laws[i]}, names...)
		l.within(p)
	}
	if !last.State.To.IsZero() {
		l.rows.add("place_end", last.ID, last.State.To, rec.End)
	}
	if alias, ok := gazetteer.CodeAliases()[last.Code]; ok && last.State.To.IsZero() {
		l.rows.add("place_alias", alias, last.ID)
	}
}

// within notes what a state of a place lies in.
func (l *loader) within(p gazetteer.Place) {
	if p.Level == gazetteer.DistrictLevel {
		l.above[p.ID] = p.Parent
	}
	for above := p.Parent; above != ""; above = l.above[above] {
		l.lying = append(l.lying, account.Within{Place: p.ID, Ancestor: above, Since: p.State.Start(), Until: p.State.To.Add(-1)})
	}
}

// province adds the people and the area of a province.
func (l *loader) province(p gazetteer.Place) {
	for _, n := range gazetteer.Populations(p) {
		if n.Confidence == gazetteer.Summed && p.Life.From == gazetteer.Merger && n.Year < gazetteer.Merger.Year {
			continue // the sum of its former provinces, which have their own rows
		}
		people := math.Round(n.Thousands * 1000)
		l.rows.add("place_people", p.ID, n.Year, n.Basis, int64(people), nil, n.Confidence, sourceOf(n), censusDay(n))
	}
	if km2, known := gazetteer.Area(p); known {
		l.rows.add("place_area", p.ID, km2, false, "P7")
	}
}

func sourceOf(n gazetteer.Population) string {
	if len(n.Sources) == 0 {
		return ""
	}
	return n.Sources[0]
}

// censusDay is the day on which a census counted; other numbers are of a year.
func censusDay(n gazetteer.Population) clock.Date {
	switch n.Basis {
	case gazetteer.Census:
		return clock.Date{Year: n.Year, Month: time.April, Day: 1}
	case gazetteer.Resolution:
		return clock.MustDate("2025-06-12") // resolution 202/2025/QH15
	}
	return clock.Date{}
}

// count adds the people and the area of a commune.
func (l *loader) count(c gazetteer.CommuneCount) {
	l.rows.add("place_people", c.ID, gazetteer.CountsOn.Year, gazetteer.Rearrangement, known(c.People), known(c.Printed),
		c.Confidence, gazetteer.CountsSource, gazetteer.CountsOn)
	l.rows.add("place_area", c.ID, c.Area, c.Measured, gazetteer.AreaSource)
}

// known is nothing for a number that is not known.
func known(n int) any {
	if n == 0 {
		return nil
	}
	return n
}

// edge adds a line of the lineage. Where the law says all or nobody the share of people follows from it.
func (l *loader) edge(e gazetteer.Edge) {
	var share any
	basis := Unknown
	switch e.Share {
	case gazetteer.Whole, gazetteer.AllPeople:
		share, basis = 1.0, ByLaw
	case gazetteer.AreaOnly:
		share, basis = 0.0, ByLaw
	}
	l.rows.add("place_edge", e.Former, e.Heir, e.On, e.Share, share, basis, e.Source)
}
