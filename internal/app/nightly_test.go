package app

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestSurplus: with a backup every night for two years, a week of days, a month of weeks and a year of months stay.
func TestSurplus(t *testing.T) {
	last := time.Date(2027, 3, 31, 19, 10, 0, 0, time.UTC) // 02:10 on 1 April in Hà Nội
	var made []time.Time
	for i := range 730 {
		made = append(made, last.AddDate(0, 0, -i))
	}
	gone := surplus(made)
	var kept []string
	for _, m := range made {
		if !slices.Contains(gone, m) {
			kept = append(kept, m.In(hanoi).Format("2006-01-02"))
		}
	}
	want := []string{"2027-04-01", "2027-03-31", "2027-03-30", "2027-03-29", "2027-03-28", "2027-03-27", "2027-03-26", // days
		"2027-03-21", "2027-03-14", // the newest of further weeks, which begin on Mondays
		"2027-02-28", "2027-01-31", "2026-12-31", "2026-11-30", "2026-10-31", "2026-09-30", "2026-08-31", "2026-07-31", "2026-06-30", "2026-05-31"}
	if !slices.Equal(kept, want) {
		t.Errorf("kept\n%v\nwant\n%v", kept, want)
	}
}

// TestSurplusKeepsTheNewest: whatever backups there are, the newest stays, at most 23 do, and to thin out what was
// thinned out removes nothing more.
func TestSurplusKeepsTheNewest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var made []time.Time
		for _, h := range rapid.SliceOfNDistinct(rapid.IntRange(0, 24*800), 1, 60, rapid.ID[int]).Draw(t, "hours") {
			made = append(made, time.Unix(int64(h)*3600, 0))
		}
		gone := surplus(made)
		var kept []time.Time
		for _, m := range made {
			if !slices.Contains(gone, m) {
				kept = append(kept, m)
			}
		}
		newest := slices.MaxFunc(made, time.Time.Compare)
		if !slices.Contains(kept, newest) || len(kept) > keptDays+keptWeeks+keptMonths || len(surplus(kept)) > 0 {
			t.Fatalf("of %v stay %v", made, kept)
		}
	})
}

// TestCutShort: what a killed backup, or a killed migration's, left behind goes after a day; what may still be written, what
// is whole and what is nobody's of ours stays.
func TestCutShort(t *testing.T) {
	now := time.Date(2026, 3, 10, 19, 10, 0, 0, time.UTC)
	dir := t.TempDir()
	h := &House{config: Config{Backups: filepath.Join(dir, "nightly"), Now: func() time.Time { return now }}, Folder: Folder{Dir: dir}}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	own := h.path(backupsName)
	must(errors.Join(os.MkdirAll(own, 0o700), os.MkdirAll(h.config.Backups, 0o700)))
	const old, fresh = "20260309T190959", "20260309T191001"
	var want []string
	for name, stays := range map[string]bool{
		"before-0017-" + old + ".123Z.db.part": false, "before-0017-" + old + ".123Z.db.part-wal": false, "before-0017-" + fresh + ".123Z.db.part": true,
		"before-0016-" + old + ".123Z.db": true, "before-old.db.part": true, "thuoc.db.part": true,
	} {
		must(os.WriteFile(filepath.Join(own, name), []byte("x"), 0o600))
		if stays {
			want = append(want, name)
		}
	}
	for name, stays := range map[string]bool{"thuoc-" + old + "Z.part": false, "thuoc-" + fresh + "Z.part": true} {
		must(os.MkdirAll(filepath.Join(h.config.Backups, name, "blobs"), 0o700))
		if stays {
			want = append(want, name)
		}
	}
	must(h.thinOut())
	var left []string
	for _, at := range []string{own, h.config.Backups} {
		entries, err := os.ReadDir(at)
		must(err)
		for _, e := range entries {
			left = append(left, e.Name())
		}
	}
	slices.Sort(left)
	slices.Sort(want)
	if !slices.Equal(left, want) {
		t.Errorf("left are %v, want %v", left, want)
	}
}
