package place

import (
	"context"

	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/gazetteer"
)

// People is one count of the people of a place.
type People struct {
	Year       int                  `db:"year"`
	Basis      gazetteer.Basis      `db:"basis"`
	People     *int                 `db:"people"`  // nil: not known
	Printed    *int                 `db:"printed"` // what the source prints, where that is not People
	Confidence gazetteer.Confidence `db:"confidence"`
	Source     string               `db:"source"` // a key of gazetteer.Sources
	Dated      clock.Date           `db:"dated"`  // of the source; zero where only the year is known
}

// PeopleOf lists what is known of the people of a place, by year. Counts of different bases are not one series.
func PeopleOf(ctx context.Context, q *db.Q, id string) ([]People, error) {
	return db.All[People](ctx, q, `SELECT p.year, p.basis, p.people, p.printed, p.confidence, p.source, p.dated FROM place_people p
		WHERE p.place = ? AND p.load`+live+` ORDER BY p.year, p.basis`, id)
}

// Area is the area of a place of today.
type Area struct {
	KM2      float64 `db:"km2"` // 0: not known
	Measured bool    `db:"measured"`
	Source   string  `db:"source"`
}

// AreaOf gives the area of a place; zero where it is not known.
func AreaOf(ctx context.Context, q *db.Q, id string) (Area, error) {
	a, _, err := db.Maybe[Area](ctx, q, "SELECT a.km2, a.measured, a.source FROM place_area a WHERE a.place = ? AND a.load"+live, id)
	return a, err
}
