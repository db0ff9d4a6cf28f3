package app

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"thuoc/internal/account"
	"thuoc/internal/db"
)

// TestExport: every table of the schema is said to be open, of people, or never in an export; an export holds nothing of
// a person, unless it was asked for, and never a secret.
func TestExport(t *testing.T) {
	h := openHouse(t, newHouse(t))
	copied := filepath.Join(t.TempDir(), "copy.db")
	if err := h.DB.Backup(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	cfg := h.config.database()
	cfg.URL = copied
	d, err := db.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	secret := map[string]bool{}
	err = d.Contents(t.Context(), func(string) bool { return true }, func(table string, _ []string, _ []any) error {
		openness, said := tables[table]
		if !said {
			t.Errorf("the table %s is not in the list of export.go: may others have it?", table)
		}
		secret[table] = openness == never
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for table := range tables {
		if _, there := secret[table]; !there {
			t.Errorf("there is no table %s", table)
		}
	}
	link, err := h.Accounts.First(t.Context(), account.Person{Name: "Chim Hoàng Yến", Email: "canary@example.vn"})
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{"csv", "json"} {
		for _, people := range []bool{false, true} {
			to := filepath.Join(t.TempDir(), "out")
			rows, err := h.Export(t.Context(), to, format, people)
			if err != nil || rows == 0 {
				t.Fatalf("%d rows, %v", rows, err)
			}
			if sings(t, to, "Chim Hoàng Yến") != people || sings(t, to, "canary@example.vn") != people || sings(t, to, filepath.Base(link)) {
				t.Errorf("%s, people %v: the canary sings where it must not, or not where it must", format, people)
			}
			if _, err := h.Export(t.Context(), to, format, people); err == nil {
				t.Error("an export over another")
			}
		}
	}
}

// sings tells whether a text stands in any file of a folder.
func sings(t *testing.T, dir, text string) (found bool) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(filepath.Join(dir, path))
		found = found || bytes.Contains(b, []byte(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
