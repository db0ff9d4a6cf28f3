package db_test

import (
	"slices"
	"testing"

	"thuoc/internal/db"
)

func TestTranslation(t *testing.T) {
	for _, c := range []struct{ name, in, postgres string }{
		{"parameters are numbered", "SELECT ? WHERE a = ?", "SELECT $1 WHERE a = $2"},
		{"not in a text", "SELECT '?''?', ?", "SELECT '?''?', $1"},
		{"not in a name", `SELECT "a?" , ?`, `SELECT "a?" , $1`},
		{"not in a comment", "SELECT ? -- ?\n, ? /* ? */", "SELECT $1 -- ?\n, $2 /* ? */"},
		{"PostgreSQL's own", "LIMIT ? /*pg FOR UPDATE SKIP LOCKED pg*/)", "LIMIT $1 FOR UPDATE SKIP LOCKED )"},
		{"Vietnamese", "SELECT 'Đống Đa?' , ?", "SELECT 'Đống Đa?' , $1"},
	} {
		if got := db.PostgresQuery(c.in); got != c.postgres {
			t.Errorf("%s: got %q, want %q", c.name, got, c.postgres)
		}
	}
}

func TestTypes(t *testing.T) {
	const in = "CREATE TABLE t (a BYTES, b DOUBLE, c BIGINT, d TEXT CHECK (CAST(c AS TEXT) <> 'BIGINT')) STRICT -- BYTES"
	if got, want := db.SQLiteDDL(in), "CREATE TABLE t (a BLOB, b REAL, c INTEGER, d TEXT CHECK (CAST(c AS TEXT) <> 'BIGINT')) STRICT -- BYTES"; got != want {
		t.Errorf("SQLite: %s", got)
	}
	if got, want := db.PostgresDDL(in), `CREATE TABLE t (a BYTEA, b DOUBLE PRECISION, c BIGINT, d TEXT COLLATE "C" CHECK (CAST(c AS TEXT) <> 'BIGINT'))  -- BYTES`; got != want {
		t.Errorf("PostgreSQL: %s", got)
	}
}

func TestStatements(t *testing.T) {
	got := db.Statements("-- one;\nA ';' b;\n; /* ; */\n C -- ;\n;--end")
	if want := []string{"-- one;\nA ';' b", "/* ; */\n C -- ;"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// FuzzLex: the tokens of a text put together are the text, whatever the text.
func FuzzLex(f *testing.F) {
	for _, s := range []string{"", "?", "'", `"`, "/*", "--", "a->>'b'", "SELECT 'it''s' /*pg x pg*/;", "đ?\x00\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		whole, n := db.Lexed(s)
		if whole != s || n > len(s) {
			t.Errorf("%q came back as %q in %d tokens", s, whole, n)
		}
	})
}
