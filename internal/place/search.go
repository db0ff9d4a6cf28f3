package place

import (
	"context"
	"slices"
	"strings"

	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/gazetteer"
)

// Query is a search for places.
type Query struct {
	Text  string
	On    clock.Date
	Level gazetteer.Level // 0: all
	Limit int
}

// Match is a place that answers a search.
type Match struct {
	Version Version   // on the day, or the last before
	Around  []Version // what it lies or lay in, the nearest first
	Former  bool      // it was not there any more on the day
}

// Search finds places by what a person types: names on the day and former ones, with or without marks and kinds ("thi
// xa my hao"), the beginnings of words, and the names of the places around ("my hao hung yen"). Whole names come
// first, then places that are there on the day, then the higher levels. Places that are known to have begun later are
// left out.
//
// It looks through an index in memory, which is read from the database again when places have been added; see Warm.
func (s *Store) Search(ctx context.Context, ask Query) ([]Match, error) {
	x, err := s.indexNow(ctx)
	if err != nil {
		return nil, err
	}
	var list []Match
	for _, id := range gazetteer.Find(x.entries, ask.Text, ask.On, ask.Level, ask.Limit) {
		v := x.version(id, ask.On)
		m := Match{Version: v, Former: v.Over(ask.On)}
		for above := v.Parent; above != ""; above = m.Around[len(m.Around)-1].Parent {
			m.Around = append(m.Around, x.version(above, ask.On))
		}
		list = append(list, m)
	}
	return list, nil
}

// index is all versions of all places, folded for searching. It is never changed once it is made.
type index struct {
	loads    int // how many loads were live
	versions map[string][]Version
	entries  []gazetteer.Entry
}

// version gives the version of a place on a day, or the last before, or else the first.
func (x *index) version(id string, on clock.Date) Version { return versionOn(x.versions[id], on) }

// indexNow gives the index of the places as they stand. Loads only ever come to be live, so their number tells whether
// there is something new.
func (s *Store) indexNow(ctx context.Context) (*index, error) {
	var x *index
	err := s.db.View(ctx, func(q *db.Q) error {
		n, err := db.One[int](ctx, q, "SELECT count(live) FROM place_load")
		if err != nil {
			return err
		}
		s.reading.Lock()
		defer s.reading.Unlock()
		if x = s.index; x == nil || x.loads != n {
			if x, err = readIndex(ctx, q); err == nil {
				x.loads = n
				s.index = x
			}
		}
		return err
	})
	return x, err
}

// Warm reads the index for searching where it is not up to date, so that the next search need not. A program does so
// when it starts; whoever adds places does so afterwards.
func (s *Store) Warm(ctx context.Context) error {
	_, err := s.indexNow(ctx)
	return err
}

// found is a version with the folded names under which it is found.
type found struct {
	row
	Key     string `db:"key"`
	Aliases string `db:"aliases"`
}

func readIndex(ctx context.Context, q *db.Q) (*index, error) {
	ends, err := readEnds(ctx, q)
	if err != nil {
		return nil, err
	}
	rows, err := db.All[found](ctx, q, `SELECT v.place, v.since, v.known, v.code, v.level, v.kind, v.name, v.parent, v.law,
		v.key, v.aliases, NULL AS next, NULL AS ended FROM place_version v WHERE v.load`+live+` ORDER BY v.level, v.place, v.since`)
	if err != nil {
		return nil, err
	}
	x := &index{versions: make(map[string][]Version, len(rows)), entries: make([]gazetteer.Entry, 0, len(rows))}
	for i := range rows {
		if i+1 < len(rows) && rows[i+1].Place == rows[i].Place {
			rows[i].Next = rows[i+1].Since
		} else {
			rows[i].Ended = ends[rows[i].Place]
		}
		x.versions[rows[i].Place] = append(x.versions[rows[i].Place], rows[i].version())
	}
	x.fold(rows)
	return x, nil
}

func readEnds(ctx context.Context, q *db.Q) (map[string]clock.Date, error) {
	type end struct {
		Place string     `db:"place"`
		Since clock.Date `db:"since"`
	}
	ends := map[string]clock.Date{}
	for e, err := range db.Each[end](ctx, q, "SELECT e.place, e.since FROM place_end e WHERE e.load"+live) {
		if err != nil {
			return nil, err
		}
		ends[e.Place] = e.Since
	}
	return ends, nil
}

// fold makes an entry of every version. Rows come with the higher levels first, so that what lies around is folded
// before what lies within.
func (x *index) fold(rows []found) {
	around := map[string]string{} // by place: its names, and those of what it lies in
	for _, r := range rows {
		list := x.versions[r.Place]
		last := list[len(list)-1]
		life := clock.Span{From: list[0].Since, Known: list[0].KnownOn}
		if last.Ends {
			life.To = last.Until.Add(1)
		}
		var aliases []string
		if r.Aliases != "" {
			aliases = strings.Split(r.Aliases, "\n")
		}
		e := gazetteer.NewEntry(r.Place, r.Level, life, r.Kind, r.Key, aliases, around[r.Parent])
		x.entries = append(x.entries, e)
		if r.Level < gazetteer.CommuneLevel {
			around[r.Place] += e.Full() + around[r.Parent]
		}
	}
}

// versionOn picks the version of a day out of a history, or the last before, or else the first.
func versionOn(history []Version, on clock.Date) Version {
	i, _ := slices.BinarySearchFunc(history, on, func(v Version, day clock.Date) int {
		if v.start().Compare(day) <= 0 {
			return -1
		}
		return 1
	})
	return history[max(i-1, 0)]
}
