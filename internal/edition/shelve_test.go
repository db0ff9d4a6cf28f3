package edition

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/fault"
)

// TestShelveErrors lets every step that Shelve takes on the disk fail in turn, once before it had its effect and once
// after. Whatever happens, readers see the public folder of before or of after and never half of one; what is listed
// opens; nothing of a withdrawn edition is listed; and the next try finishes the work.
func TestShelveErrors(t *testing.T) {
	d, clock := dbtest.New(t, db.SQLite)
	h := newHouse(t, d, clock)
	ctx := t.Context()
	gone := h.freeze(h.own("2023", ownFigures), "")
	h.publish(gone)
	first := h.freeze(h.own("2024", ownFigures), "")
	h.publish(first)
	before := copyOf(t, h.dir)
	second := h.freeze(h.own("2024", strings.Replace(ownFigures, "u1,A,5,", "u1,A,5.1,", 1)), "sửa phần A")
	must(t, h.Approve(ctx, h.binh, h.seen(second.ID), ""))
	must(t, h.Publish(ctx, h.chi, h.seen(second.ID), h.clock.Now(), ""))
	must(t, h.Withdraw(ctx, h.chi, h.seen(gone.ID), "sai mẫu"))

	broken := errors.New("the disk is broken")
	shelve := func(dir string, failAt int, persisted bool) (steps int, err error) {
		s := &Store{o: h.o, step: func(do func() error) error {
			steps++
			switch {
			case steps != failAt:
				return do()
			case persisted:
				must(t, do())
			}
			return broken
		}}
		s.o.Dir = dir
		return steps, s.Shelve(ctx)
	}
	clean := copyOf(t, before)
	if _, err := shelve(clean, 0, false); err != nil {
		t.Fatal(err)
	}
	steps, _ := shelve(copyOf(t, before), 0, false)
	if steps < 15 {
		t.Errorf("only %d steps are made to fail", steps)
	}
	for at := range steps {
		for _, persisted := range []bool{false, true} {
			name := fmt.Sprintf("step %d of %d, persisted %t", at+1, steps, persisted)
			dir := copyOf(t, before)
			reader := Released(dir, nil, func(err error) { t.Errorf("%s: %v", name, err) })
			_, err := shelve(dir, at+1, persisted)
			if !errors.Is(err, broken) {
				t.Fatalf("%s: %v", name, err)
			}
			looksWhole(t, name, reader, first.Hash, second.Hash, gone.Hash)
			if _, err := shelve(dir, 0, false); err != nil {
				t.Fatalf("%s, the next try: %v", name, err)
			}
			if got, want := listOf(t, dir), listOf(t, clean); got != want {
				t.Errorf("%s: after the next try the folder holds\n%s\nwant\n%s", name, got, want)
			}
		}
	}
}

// looksWhole holds a public folder to one of two states: before the correction and the withdrawal, or after both.
func looksWhole(t *testing.T, name string, s *Shelf, first, second, gone string) {
	t.Helper()
	corrected, _ := s.Listed(first)
	_, errFirst := s.Find(first)
	_, errSecond := s.Find(second)
	_, errGone := s.Find(gone)
	if errFirst != nil {
		t.Errorf("%s: the first edition cannot be read: %v", name, errFirst)
	}
	switch corrected.State {
	case Public:
		if fault.KindOf(errSecond) != fault.NotFound || errGone != nil {
			t.Errorf("%s: the folder of before: %v, %v", name, errSecond, errGone)
		}
	case Corrected:
		if errSecond != nil || fault.KindOf(errGone) != fault.Gone {
			t.Errorf("%s: the folder of after: %v, %v", name, errSecond, errGone)
		}
	default:
		t.Errorf("%s: the first edition is %q", name, corrected.State)
	}
}

func copyOf(t *testing.T, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "public")
	must(t, os.CopyFS(to, os.DirFS(dir)))
	return to
}

// listOf names every file of a folder with its size.
func listOf(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	must(t, filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		fmt.Fprintln(&b, strings.TrimPrefix(path, dir), hash(data))
		return err
	}))
	return b.String()
}
