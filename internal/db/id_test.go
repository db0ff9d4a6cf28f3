package db_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
)

// TestIDsNeverGoBack: however the clock jumps, an id made later sorts later.
func TestIDsNeverGoBack(t *testing.T) {
	d, clock := dbtest.New(t, db.SQLite)
	last := d.NewID()
	rapid.Check(t, func(t *rapid.T) {
		clock.Advance(time.Duration(rapid.Int64Range(-1e12, 1e12).Draw(t, "jump")))
		for range rapid.SampledFrom([]int{1, 10, 5000}).Draw(t, "burst") {
			id := d.NewID()
			if id <= last || !db.ValidID(id) {
				t.Fatalf("%s after %s", id, last)
			}
			last = id
		}
	})
}

func TestValidID(t *testing.T) {
	for id, want := range map[string]bool{
		"0197c3a8-5d00-7abc-8def-0123456789ab":          true,
		"0197C3A8-5D00-7ABC-8DEF-0123456789AB":          false,
		"0197c3a8-5d00-4abc-8def-0123456789ab":          false,
		"urn:uuid:0197c3a8-5d00-7abc-8def-0123456789ab": false,
		"":                              false,
		"1; DROP TABLE job; -- a b c d": false,
	} {
		if got := db.ValidID(id); got != want {
			t.Errorf("%q: %v", id, got)
		}
	}
}
