package db_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"thuoc/internal/db"
)

// avoid is what SQL of this house may not say, each with its reason. The patterns meet a statement without its
// comments and with its texts emptied, blanks made single, in lower case.
var avoid = []struct{ pattern, why string }{
	{`\b(i?like|glob|similar to)\b`, "SQLite's LIKE ignores the case of ASCII only: compare a folded column by range, or in Go"},
	{`\b(lower|upper|initcap)\(`, "SQLite leaves Đ Ố Ư as they are: fold in Go"},
	{`\b(greatest|least)\(`, "SQLite has none: decide in Go, or CASE"},
	{`\b(max|min)\([^()]*,`, "PostgreSQL has none of two arguments: decide in Go, or CASE"},
	{`\b(current_timestamp|current_date|current_time|now\(|localtime|strftime\(|datetime\(|julianday\(|unixepoch\(|date_trunc\(|extract\()`, "time is a parameter: Q.Now"},
	{`\b(true|false)\b`, "booleans are 0 and 1"},
	{`::`, "write CAST"},
	{`\( ?values\b`, "SQLite names the columns of VALUES otherwise: SELECT … UNION ALL"},
	{`\bmerge\b`, "SQLite has none: INSERT … ON CONFLICT"},
	{`\bjsonb?_|\bjson\b|->`, "JSON is text, never looked into by SQL"},
	{`\b(generate_series|random|gen_random_uuid|randomblob|setseed)\(`, "made in Go"},
	{`\bset not null\b`, "SQLite cannot: make the table anew"},
	{`\b(listen|notify|advisory\w*|pg_try_advisory\w*|pg_advisory\w*)\b`, "engines that speak PostgreSQL's protocol lack it: poll"},
	{`\b(trigger|sequence|nextval\w*|serial|bigserial|identity|autoincrement|extension)\b`, "not on every engine: do it in Go"},
	{`\b(temp|temporary|unlogged)\b`, "not on every engine: stage in a table"},
	{`\binsert or\b|\breplace into\b|\bupdate or\b`, "SQLite's own: ON CONFLICT"},
	{`\b(ifnull|iif|group_concat|total|printf|format|instr|strpos|typeof|rowid|last_insert_rowid)\b\(?`, "one engine's own"},
	{`\bselect \*|, ?\*|\breturning \*|\.\*`, "columns are listed, so that a new one changes nothing unseen"},
	{`\blimit [^ ]+ ?, ?`, "LIMIT … OFFSET …"},
	{`\boffset\b`, "page by key: (a, b) > (?, ?)"},
	{`\bfor update\b|\bskip locked\b`, "PostgreSQL's own: stands in /*pg … pg*/"},
	{`\b(boolean|integer|int|smallint|real|float|varchar|char|timestamp\w*|numeric|decimal|blob|bytea|jsonb|uuid)\b[^(]`, "columns are TEXT, BIGINT, DOUBLE or BYTES"},
	{"`|\\[", "names stand plain or in \""},
	{`\bpragma\b|\bvacuum\b|\battach\b|\bsqlite_\w+|\bpg_\w+\b|\binformation_schema\b`, "an engine's own"},
}

// engineOwn are the files that speak to one engine alone.
var engineOwn = map[string]bool{
	"backup.go": true, "dialect.go": true, "sqlite.go": true, "postgres.go": true, "migrate.go": true, "facts.go": true, "dbtest.go": true,
}

var rules = func() (all []*regexp.Regexp) {
	for _, a := range avoid {
		all = append(all, regexp.MustCompile(a.pattern))
	}
	return all
}()

// lint gives the reasons against a statement.
func lint(statement string) (why []string) {
	bare := db.Bare(statement)
	for i, rule := range rules {
		if hit := rule.FindString(bare + " "); hit != "" {
			why = append(why, fmt.Sprintf("%q: %s", strings.TrimSpace(hit), avoid[i].why))
		}
	}
	if strings.Contains(bare, "create table") && !strings.Contains(bare, ") strict") {
		why = append(why, "a table is STRICT: SQLite would keep text in a column of numbers")
	}
	return why
}

var looksLikeSQL = regexp.MustCompile(`(?i)^\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH|CREATE|ALTER|DROP|PRAGMA|VACUUM)\s`)

// TestPortableSQL reads every statement of the house, in Go and in migrations.
func TestPortableSQL(t *testing.T) {
	files, _ := filepath.Glob("schema/*.sql")
	n := 0
	for _, file := range files {
		script, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range db.Statements(string(script)) {
			n++
			for _, why := range lint(s) {
				t.Errorf("%s: %s", file, why)
			}
		}
	}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || engineOwn[d.Name()] {
			return err
		}
		for place, s := range sqlOf(t, path) {
			n++
			for _, why := range lint(s) {
				t.Errorf("%s: %s\n\t%s", place, why, s)
			}
		}
		return nil
	})
	if err != nil || n < 10 {
		t.Errorf("%d statements were read (%v): the reader has lost its way", n, err)
	}
}

// sqlOf gives the texts of a Go file that begin like a statement; pieces put together by + are one text.
func sqlOf(t *testing.T, path string) map[string]string {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	ast.Inspect(f, func(n ast.Node) bool {
		e, ok := n.(ast.Expr)
		if !ok {
			return true
		}
		s, ok := textOf(e)
		if !ok {
			return true
		}
		if looksLikeSQL.MatchString(s) {
			found[fset.Position(e.Pos()).String()] = s
		}
		return false
	})
	return found
}

// textOf gives a literal, or a sum with literals in it; what is not a literal is a mark in it.
func textOf(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		return s, err == nil && e.Kind == token.STRING
	case *ast.BinaryExpr:
		a, okA := textOf(e.X)
		b, okB := textOf(e.Y)
		if e.Op != token.ADD || !okA && !okB {
			return "", false
		}
		return a + b, true
	}
	return "?", false
}

// TestLint holds the rules themselves: what must be refused, and what must pass.
func TestLint(t *testing.T) {
	for _, bad := range []string{
		"SELECT a FROM t WHERE a LIKE ?", "SELECT lower(a) FROM t", "SELECT max(a, b) FROM t", "SELECT greatest(a,b) FROM t",
		"UPDATE t SET at = CURRENT_TIMESTAMP", "SELECT a FROM t WHERE b = TRUE", "SELECT a::text FROM t",
		"SELECT a FROM (VALUES (1)) AS v (a)", "MERGE INTO t USING s ON 1 = 1", "SELECT a->>'x' FROM t", "SELECT json_extract(a, '$') FROM t",
		"SELECT n FROM generate_series(1, 3)", "ALTER TABLE t ALTER COLUMN a SET NOT NULL", "LISTEN x", "SELECT pg_advisory_lock(1)",
		"CREATE TRIGGER x", "CREATE TABLE t (id BIGSERIAL) STRICT", "CREATE TEMP TABLE t (a TEXT) STRICT", "INSERT OR IGNORE INTO t (a) VALUES (1)",
		"SELECT ifnull(a, 1) FROM t", "SELECT * FROM t", "SELECT t.* FROM t", "DELETE FROM t RETURNING *", "SELECT a FROM t LIMIT 3, 4",
		"SELECT a FROM t LIMIT ? OFFSET ?", "SELECT a FROM t FOR UPDATE", "CREATE TABLE t (a INTEGER) STRICT", "CREATE TABLE t (a TIMESTAMPTZ NOT NULL) STRICT",
		"CREATE TABLE t (a TEXT)", "SELECT [a] FROM t", "PRAGMA user_version",
	} {
		if len(lint(bad)) == 0 {
			t.Errorf("accepted: %s", bad)
		}
	}
	for _, good := range []string{
		"SELECT count(*) FILTER (WHERE a = 1) AS n, max(b) AS m FROM t", "SELECT 'LIKE true * now()' AS a -- LIKE\n FROM t /* lower( */",
		"UPDATE t SET a = ? WHERE id IN (SELECT id FROM t ORDER BY a NULLS LAST LIMIT ? /*pg FOR UPDATE SKIP LOCKED pg*/) RETURNING id",
		"SELECT a FROM t WHERE (a, b) > (?, ?) AND c IS DISTINCT FROM ? ORDER BY a, b LIMIT ?", "CREATE TABLE t (a TEXT, n BIGINT, x DOUBLE, b BYTES) STRICT",
		"INSERT INTO t (a) VALUES (?), (?) ON CONFLICT (a) DO UPDATE SET n = excluded.n", "SELECT max(coalesce(a, b)) AS m, price * 2 AS p FROM t",
	} {
		if why := lint(good); len(why) > 0 {
			t.Errorf("refused: %s: %q", good, why)
		}
	}
}
