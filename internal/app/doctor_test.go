package app

import (
	"context"
	"crypto/rand"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"iter"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/job"
)

var quiet = slog.New(slog.DiscardHandler)

// newHouse founds a house for a test.
func newHouse(t *testing.T) Config {
	t.Helper()
	clock := dbtest.ClockAt(dbtest.Start)
	c, err := Configure(func(s Setting) string { return map[string]string{"data": filepath.Join(t.TempDir(), "data")}[s.Name] }, clock.Now, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c.Program, c.SMTP, c.Auditor = "test", "smtp://mail.example.vn", "auditor@example.vn"
	c.URL, _ = url.Parse("https://thuoc.example.vn")
	found(t, c)
	return c
}

// found makes a house without the places of the country, which no test here asks for.
func found(t *testing.T, c Config) {
	t.Helper()
	begun, err := c.Found("33", dateOf("2025-07-01"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := c.beginning(begun)
	if err == nil {
		err = f.furnish()
	}
	if err == nil {
		err = f.makeKeys(func(b []byte) error { _, err := rand.Read(b); return err })
	}
	if err == nil {
		err = c.makeFiles(f)
	}
	if err == nil {
		err = c.makeDatabase(t.Context(), f)
	}
	if err == nil {
		err = f.finish(unfinishedName)
	}
	if err != nil {
		t.Fatal(err)
	}
	h := openHouse(t, c)
	if _, err := audit.Seal(t.Context(), h.DB); err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.Backup(t.Context(), c.Backups, false); err != nil {
		t.Fatal(err)
	}
	h.Close()
}

func openHouse(t *testing.T, c Config) *House {
	t.Helper()
	h, err := Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

// wellMachine is a machine on which nothing is wrong.
func wellMachine() Machine {
	return Machine{
		Disk:      func(string) (Disk, error) { return Disk{Free: 50 << 30, Total: 100 << 30}, nil },
		SameDisk:  func(string, string) (bool, error) { return false, nil },
		OpenFiles: func() uint64 { return 65536 },
		Memory:    func() uint64 { return 1 << 30 },
	}
}

// ill is what is done to a house, its settings and its machine, so that the doctor finds one thing.
type ill struct {
	finding string // the key of the sentence
	check   string
	grade   Grade
	do      func(t *testing.T, c *Config, m *Machine)
}

// aged moves the house's clock.
func aged(d time.Duration) func(*testing.T, *Config, *Machine) {
	return func(_ *testing.T, c *Config, _ *Machine) {
		now := c.Now
		c.Now = func() time.Time { return now().Add(d) }
	}
}

// inside does something in the database.
func inside(do func(ctx context.Context, h *House, q *db.Q) error) func(*testing.T, *Config, *Machine) {
	return func(t *testing.T, c *Config, _ *Machine) {
		h, err := Open(t.Context(), *c)
		if err != nil {
			t.Fatal(err)
		}
		defer h.Close()
		if err := h.DB.Update(t.Context(), func(q *db.Q) error { return do(t.Context(), h, q) }); err != nil {
			t.Fatal(err)
		}
	}
}

// late does one thing and then the other.
func late(steps ...func(*testing.T, *Config, *Machine)) func(*testing.T, *Config, *Machine) {
	return func(t *testing.T, c *Config, m *Machine) {
		for _, step := range steps {
			step(t, c, m)
		}
	}
}

// something is a job that nobody runs.
type something struct{}

func (something) Kind() string { return "test.something" }

var ills = []ill{
	{"The database lies on a network file system (%s), whose locks cannot be relied on.", "disk", Fault, func(_ *testing.T, _ *Config, m *Machine) {
		m.Disk = func(string) (Disk, error) { return Disk{Kind: "nfs", Network: true, Free: 50, Total: 100}, nil }
	}},
	{"Only %d %% of the disk is free (%d MB).", "disk", Warning, func(_ *testing.T, _ *Config, m *Machine) {
		m.Disk = func(string) (Disk, error) { return Disk{Free: 9 << 20, Total: 100 << 20}, nil }
	}},
	{"The disk is full (%d MB are free): nothing more can be stored.", "disk", Fault, func(_ *testing.T, _ *Config, m *Machine) {
		m.Disk = func(string) (Disk, error) { return Disk{Free: 1 << 20, Total: 100 << 30}, nil }
	}},
	{"Others on this machine may read %s (mode %s).", "modes", Fault, func(t *testing.T, c *Config, _ *Machine) {
		os.Chmod(filepath.Join(c.Data, keysName, auditKey), 0o644)
	}},
	{"The clock was set back: the audit log has an entry of %s.", "clock", Fault, aged(-48 * time.Hour)},
	{"%d entries of the audit log wait to be sealed.", "audit", Warning, late(inside(func(ctx context.Context, h *House, q *db.Q) error {
		return h.Log.Append(ctx, q, audit.Entry{Actor: "operator", Action: "test.write", Object: "thing"})
	}), aged(time.Hour))},
	{"The head of the audit log is not sent to anybody outside: a log that only its owner can check proves little.", "audit", Warning,
		func(_ *testing.T, c *Config, _ *Machine) { c.Auditor = "" }},
	{"%d jobs have failed for good.", "jobs", Warning, func(t *testing.T, c *Config, _ *Machine) {
		inside(func(ctx context.Context, h *House, q *db.Q) error { return job.Add(ctx, q, something{}) })(t, c, nil)
		h, err := Open(t.Context(), *c)
		if err != nil {
			t.Fatal(err)
		}
		defer h.Close()
		r := job.New(h.DB, quiet, 1)
		job.Handle(r, job.DefaultRetry, func(context.Context, something) error { return job.Permanent(errors.New("no")) })
		if _, err := r.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
	}},
	{"A job has been due for %d minutes.", "jobs", Warning, late(inside(func(ctx context.Context, h *House, q *db.Q) error {
		return job.Add(ctx, q, something{})
	}), aged(time.Hour))},
	{"There is no backup in %s.", "backups", Warning, func(_ *testing.T, c *Config, _ *Machine) { c.Backups = filepath.Join(c.Data, "nowhere") }},
	{"The newest backup is %d hours old.", "backups", Warning, aged(37 * time.Hour)},
	{"The backups lie on the disk that they are to save.", "backups", Warning, func(_ *testing.T, _ *Config, m *Machine) {
		m.SameDisk = func(string, string) (bool, error) { return true, nil }
	}},
	{"No mail server is set: invitations and reminders are only noted in the log.", "mail", Warning, func(_ *testing.T, c *Config, _ *Machine) { c.SMTP = "" }},
	{"The address at which people reach the program is not set: links in letters cannot be right.", "address", Warning,
		func(_ *testing.T, c *Config, _ *Machine) { c.URL = nil }},
	{"People reach the program without TLS: passwords can be read on the way.", "address", Fault,
		func(_ *testing.T, c *Config, _ *Machine) { c.URL, _ = url.Parse("http://thuoc.example.vn") }},
	{"The system allows only %d open files.", "limits", Warning, func(_ *testing.T, _ *Config, m *Machine) { m.OpenFiles = func() uint64 { return 1024 } }},
	{"The system allows only %d MB of memory.", "limits", Warning, func(_ *testing.T, _ *Config, m *Machine) { m.Memory = func() uint64 { return 64 << 20 } }},
	{"The log of the database has grown to %d MB.", "database", Warning, longLog},
	{"There is no folder %s. Check the name; a new one is made with: thuoc init", "folder", Fault, func(_ *testing.T, c *Config, _ *Machine) { c.Data += "x" }},
	{"The database file is damaged. Stop the program and restore the newest backup.", "database", Fault, func(t *testing.T, c *Config, _ *Machine) {
		b, err := os.ReadFile(filepath.Join(c.Data, databaseName))
		if err == nil {
			err = os.WriteFile(filepath.Join(c.Data, databaseName), append(b[:100:100], make([]byte, len(b)-100)...), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}},
	{"The key %s is missing. Put it back from where the keys are kept apart from the backups.", "database", Fault, func(_ *testing.T, c *Config, _ *Machine) {
		os.Remove(filepath.Join(c.Data, keysName, auditKey))
	}},
}

// asked are the findings of a house that cannot be opened.
var asked = []ill{
	{"Name the data folder: --data DIR, or the variable THUOC_DATA.", "folder", Fault, func(_ *testing.T, c *Config, _ *Machine) { c.Data = "" }},
	{"The folder %s is no data folder of this program. Check the name; a new one is made with: thuoc init", "folder", Fault, renamed("other.json")},
	{"The set-up of %s was cut short. Finish it with the same thuoc init, or remove the folder.", "folder", Fault, renamed(unfinishedName)},
	{"The restore into %s was cut short. Remove the folder, empty the database where it is on a server, and restore again.", "folder", Fault, renamed(restoringName)},
	{"%s cannot be read. Restore it from a backup.", "folder", Fault, written(foundingName, "{")},
	{"The data folder is of a newer program (form %d, this program knows %d). Use the newer program.", "folder", Fault, written(foundingName, `{"format": 99, "id": "x"}`)},
	{"The folder %s cannot be used: %s. Look at its rights and its disk.", "folder", Fault, func(t *testing.T, c *Config, _ *Machine) {
		path := filepath.Join(c.Data, foundingName)
		if err := errors.Join(os.Remove(path), os.Mkdir(path, 0o700)); err != nil {
			t.Fatal(err)
		}
	}},
	{"It cannot be used: %s.", "disk", Fault, func(_ *testing.T, _ *Config, m *Machine) {
		m.Disk = func(string) (Disk, error) { return Disk{}, os.ErrPermission }
	}},
	{"There is no database at %s. Check the folder; a new one is made with: thuoc init", "database", Fault, func(t *testing.T, c *Config, _ *Machine) {
		if err := os.Remove(filepath.Join(c.Data, databaseName)); err != nil {
			t.Fatal(err)
		}
	}},
	{"%s is not a database of this program. Check the folder.", "database", Fault, written(databaseName, "somebody else's")},
	{"The database is empty. Set it up with: thuoc init", "database", Fault, migrations("DELETE FROM migration")},
	{"The database is older (schema %d) than this program (schema %d). Bring it up with: thuoc migrate (it makes a backup first)", "database", Fault,
		migrations("DELETE FROM migration WHERE version > 1")},
	{"The database is newer (schema %d) than this program (schema %d). Use the newer program, or restore the backup made before the upgrade.", "database", Fault,
		migrations("INSERT INTO migration (version, name, sum, floor, at) VALUES (9000, '9000_future.sql', 'x', 9000, 0)")},
	{"The migration %s of this database is not the one this program knows. Use the program that made it.", "database", Fault,
		migrations("UPDATE migration SET sum = 'x' WHERE version = 1")},
	{"The database is not that of the data folder %s. Check --data and --db.", "database", Fault, written(foundingName, `{"format": 1, "id": "another"}`)},
	{"The key %s is not that of this house. Put the right one back from where the keys are kept.", "database", Fault,
		written(filepath.Join(keysName, auditKey), strings.Repeat("k", keySize))},
}

// renamed gives the founding another name.
func renamed(to string) func(*testing.T, *Config, *Machine) {
	return func(t *testing.T, c *Config, _ *Machine) {
		if err := os.Rename(filepath.Join(c.Data, foundingName), filepath.Join(c.Data, to)); err != nil {
			t.Fatal(err)
		}
	}
}

// written writes a file of the data folder anew.
func written(name, text string) func(*testing.T, *Config, *Machine) {
	return func(t *testing.T, c *Config, _ *Machine) {
		if err := os.WriteFile(filepath.Join(c.Data, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// migrations changes what the database says of its migrations.
func migrations(statement string) func(*testing.T, *Config, *Machine) {
	return inside(func(ctx context.Context, _ *House, q *db.Q) error {
		_, err := q.Exec(ctx, statement)
		return err
	})
}

// elsewhere are the findings that this test cannot provoke on SQLite in a folder, with the test that does.
var elsewhere = map[string]string{
	"The database confirms before it is on disk (%s).":               "TestDoctorOnServer",
	"The clocks of this machine and of the database differ by %d s.": "TestDoctorOnServer",
}

// TestDoctorFindsNothing: of a house that is well it says so, part by part.
func TestDoctorFindsNothing(t *testing.T) {
	c := newHouse(t)
	for _, f := range Examine(t.Context(), c, wellMachine()) {
		if f.Grade != Fine || f.Remedy.Key != "" {
			t.Errorf("%s: %s: %s", f.Check, f.Grade, f.Seen)
		}
	}
}

// TestDoctorOfAnOpenHouse: the working pages are told what the command tells.
func TestDoctorOfAnOpenHouse(t *testing.T) {
	c := newHouse(t)
	c.Auditor = ""
	h, err := Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	if diff := cmp.Diff(Examine(t.Context(), c, wellMachine()), h.Examine(t.Context(), wellMachine())); diff != "" {
		t.Error(diff)
	}
	if x := h.health(t.Context()); x.Backup.IsZero() || len(x.Findings) == 0 {
		t.Errorf("the pages are told %+v", x)
	}
}

// TestDoctorFinds: each illness is found, with its grade and a remedy.
func TestDoctorFinds(t *testing.T) {
	for _, i := range slices.Concat(ills, asked) {
		t.Run(i.finding, func(t *testing.T) {
			t.Parallel()
			c, m := newHouse(t), wellMachine()
			i.do(t, &c, &m)
			all := Examine(t.Context(), c, m)
			at := slices.IndexFunc(all, func(f Finding) bool { return f.Seen.Key == i.finding })
			if at < 0 {
				t.Fatalf("not found among %v", all)
			}
			f := all[at]
			if f.Check != i.check || f.Grade != i.grade {
				t.Errorf("found as %s %s", f.Check, f.Grade)
			}
			if f.Remedy.Key == "" && !remedy.MatchString(f.Seen.Key) {
				t.Error("it does not say what to do")
			}
		})
	}
}

// remedy is a word with which a sentence says what to do.
var remedy = regexp.MustCompile(`\b(Bring|Check|Finish|Look|Name|Put|Remove|Restore|Set|Stop|Use)\b`)

// TestEveryRefusalIsProvoked reads the functions with which a house is opened: each fault they can word stands in the
// tables above.
func TestEveryRefusalIsProvoked(t *testing.T) {
	provoked := map[string]bool{}
	for _, i := range slices.Concat(ills, asked) {
		provoked[i.finding] = true
	}
	n := 0
	for file, functions := range map[string][]string{
		"folder.go": {"OpenFolder", "parseFounding", "notFounded", "folderFault", "key"}, "house.go": {"recognise"},
		"../db/sqlite.go": {"connectSQLite", "checkOwner"}, "../db/migrate.go": {"knows", "fits"},
	} {
		source, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range source.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || !slices.Contains(functions, fn.Name.Name) {
				continue
			}
			for key := range worded(fn) {
				if n++; !provoked[key] {
					t.Errorf("%s: nothing provokes %q", fn.Name, key)
				}
			}
		}
	}
	if n < 15 {
		t.Errorf("only %d refusals were read from the source", n)
	}
}

// worded gives the sentences of the faults that a function makes.
func worded(fn *ast.FuncDecl) iter.Seq[string] {
	return func(yield func(string) bool) {
		ast.Inspect(fn, func(node ast.Node) bool {
			call, ok := node.(*ast.CallExpr)
			if !ok {
				return true
			}
			of, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if pkg, ok := of.X.(*ast.Ident); !ok || pkg.Name != "fault" || of.Sel.Name != "New" && of.Sel.Name != "T" {
				return true
			}
			key := ""
			ast.Inspect(call.Args[map[string]int{"T": 0, "New": 1}[of.Sel.Name]], func(part ast.Node) bool { // the parts of a long one are joined
				if text, ok := part.(*ast.BasicLit); ok {
					s, _ := strconv.Unquote(text.Value)
					key += s
				}
				return true
			})
			return yield(key)
		})
	}
}

// TestEveryFindingIsProvoked reads the doctor's own source: what it can find that is not well stands in the table above
// and has a remedy.
func TestEveryFindingIsProvoked(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "doctor.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	provoked := map[string]bool{}
	for _, i := range ills {
		provoked[i.finding] = true
	}
	n := 0
	ast.Inspect(file, func(node ast.Node) bool {
		call, ok := node.(*ast.CallExpr)
		if !ok || len(call.Args) != 4 {
			return true
		}
		grade, _ := call.Args[1].(*ast.Ident)
		if fn, ok := call.Fun.(*ast.SelectorExpr); !ok || fn.Sel.Name != "note" || grade == nil || grade.Name == "Fine" {
			return true
		}
		n++
		seen := call.Args[2].(*ast.CallExpr).Args[0].(*ast.BasicLit)
		key, _ := strconv.Unquote(seen.Value)
		if !provoked[key] && elsewhere[key] == "" {
			t.Errorf("nothing provokes %q", key)
		}
		if _, empty := call.Args[3].(*ast.CompositeLit); empty {
			t.Errorf("%q has no remedy", key)
		}
		return true
	})
	if n < 15 {
		t.Errorf("only %d findings were read from the source", n)
	}
}

// TestDoctorOnServer: the test server does not sync, and a clock ahead of it is one of two that differ.
func TestDoctorOnServer(t *testing.T) {
	cfg := dbtest.Empty(t, db.Postgres)
	c, err := Configure(func(s Setting) string {
		return map[string]string{"data": filepath.Join(t.TempDir(), "data"), "db": cfg.URL}[s.Name]
	}, func() time.Time { return time.Now().Add(time.Minute) }, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	found(t, c)
	var seen []string
	for _, f := range Examine(t.Context(), c, wellMachine()) {
		seen = append(seen, f.Seen.Key)
	}
	for key := range elsewhere {
		if !slices.Contains(seen, key) {
			t.Errorf("not found: %s", key)
		}
	}
}

func dateOf(text string) clock.Date { return clock.MustDate(text) }

// longLog puts a long file in the place of SQLite's log, as a reader that never ends would leave one. Its header is not
// a log's, so that SQLite makes it anew when it writes.
func longLog(t *testing.T, c *Config, _ *Machine) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(c.Data, databaseName+"-wal"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(filepath.Join(c.Data, databaseName+"-wal"), logBound+1<<20); err != nil {
		t.Fatal(err)
	}
}
