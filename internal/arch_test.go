package internal_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// edges is the plan of the house: every package, the packages of the house it may import, and why. Imports go down
// only. A package that is not here fails the test, so a new one arrives with its reason.
var edges = map[string]struct {
	floor int
	may   []string
	why   string
}{
	"thuoc/svy":             {0, nil, "public library: stands alone"},
	"thuoc/internal/fault":  {0, nil, "the vocabulary of errors, below everyone"},
	"thuoc/internal/clock":  {0, nil, "civil dates"},
	"thuoc/locale":          {0, nil, "the sentences of the interface, embedded"},
	"thuoc/internal/lang":   {0, []string{"thuoc/internal/fault", "thuoc/internal/clock", "thuoc/locale"}, "writes faults, numbers and dates in a language"},
	"thuoc/internal/column": {0, []string{"thuoc/internal/fault", "thuoc/svy"}, "reads large files of answers into svy's columns"},
	"thuoc/internal/table":  {0, []string{"thuoc/internal/fault"}, "reads people's CSV files, writes tables"},
	"thuoc/internal/sheet": {0, []string{"thuoc/internal/fault", "thuoc/internal/clock", "thuoc/internal/lang", "thuoc/internal/table"},
		"reads and writes people's workbooks; CSV by table's strict reader, headings in both languages"},
	"thuoc/internal/chart": {0, []string{"thuoc/internal/geo", "thuoc/internal/lang"}, "draws maps laid out by geo; writes ticks in a language"},
	"thuoc/internal/geo":   {0, []string{"thuoc/internal/fault", "thuoc/internal/lang", "thuoc/internal/clock"}, "boundaries and tile maps: faults of imported files, names, dates of force"},
	"thuoc/internal/score": {0, []string{"thuoc/internal/fault", "thuoc/internal/lang", "thuoc/svy"}, "definitions and scoring; ranks come from svy"},

	"thuoc/internal/upload":  {0, []string{"thuoc/internal/fault"}, "looks at what people send: photos made anew, papers that run nothing"},
	"thuoc/internal/docx":    {0, []string{"thuoc/internal/fault", "thuoc/internal/clock"}, "writes office documents by the decree; templates are refused in words"},
	"thuoc/internal/workday": {0, []string{"thuoc/internal/clock", "thuoc/internal/lang"}, "the working days of Vietnamese offices"},

	"thuoc/internal/target": {0, []string{"thuoc/internal/fault", "thuoc/internal/score", "thuoc/internal/published"},
		"what a promise is worth: the history is that of published scores"},

	"thuoc/internal/limit": {1, []string{"thuoc/internal/fault"}, "bounds what one caller takes"},
	"thuoc/docs/api":       {0, nil, "the contract of the API, embedded"},
	"thuoc/internal/api": {3, []string{"thuoc/docs/api", "thuoc/internal/clock", "thuoc/internal/edition", "thuoc/internal/fault", "thuoc/internal/gazetteer",
		"thuoc/internal/lang", "thuoc/internal/limit", "thuoc/internal/run", "thuoc/internal/score", "thuoc/internal/ui"}, "published results for programs; bodies and their tags come from ui"},
	"thuoc/internal/reference": {9, nil, "only tests import it: it may touch the file system"},

	"thuoc/internal/db":        {1, []string{"thuoc/internal/fault", "thuoc/internal/clock"}, "the one door to storage; dates are values of its columns"},
	"thuoc/internal/db/dbtest": {9, []string{"thuoc/internal/db"}, "only tests import it: a fresh database a test"},
	"thuoc/internal/blob":      {1, []string{"thuoc/internal/fault"}, "files by what is in them"},
	"thuoc/internal/job":       {1, []string{"thuoc/internal/fault", "thuoc/internal/db"}, "work in the database, added in the caller's transaction"},
	"thuoc/internal/mail":      {1, []string{"thuoc/internal/fault", "thuoc/internal/db", "thuoc/internal/job"}, "letters queued in the database, sent by a job"},
	"thuoc/internal/audit": {1, []string{"thuoc/internal/fault", "thuoc/internal/db", "thuoc/internal/job", "thuoc/internal/lang", "thuoc/internal/mail"},
		"the log and its chain; its head is mailed every day, in a language"},

	"thuoc/internal/account/totp":     {0, nil, "codes of authenticator apps"},
	"thuoc/internal/account/password": {0, []string{"thuoc/internal/fault", "thuoc/internal/lang"}, "hashes, and what is guessed first; words are folded as people search"},
	"thuoc/internal/account/oidctest": {9, nil, "only tests import it: a house that vouches for people"},
	"thuoc/internal/account": {2, []string{"thuoc/internal/account/password", "thuoc/internal/account/totp", "thuoc/internal/fault", "thuoc/internal/clock", "thuoc/internal/db", "thuoc/internal/job", "thuoc/internal/audit", "thuoc/internal/mail", "thuoc/internal/lang", "thuoc/internal/limit"},
		"who may do what: accounts, roles and the table of rights"},

	"thuoc/internal/place": {2, []string{"thuoc/internal/fault", "thuoc/internal/clock", "thuoc/internal/lang", "thuoc/internal/db", "thuoc/internal/job", "thuoc/internal/audit",
		"thuoc/internal/gazetteer", "thuoc/internal/account", "thuoc/internal/sheet"}, "places in the database, seeded from the gazetteer; changes are a matter of rights"},

	"thuoc/internal/agency": {2, []string{"thuoc/internal/fault", "thuoc/internal/clock", "thuoc/internal/lang", "thuoc/internal/db", "thuoc/internal/job", "thuoc/internal/audit",
		"thuoc/internal/account", "thuoc/internal/place", "thuoc/internal/gazetteer", "thuoc/internal/sheet"},
		"who carries the work of a place; lists come in from workbooks"},

	"thuoc/internal/plan": {2, []string{"thuoc/internal/fault", "thuoc/internal/clock", "thuoc/internal/lang", "thuoc/internal/db", "thuoc/internal/audit", "thuoc/internal/account", "thuoc/internal/place",
		"thuoc/internal/agency", "thuoc/internal/gazetteer", "thuoc/internal/sheet", "thuoc/internal/score", "thuoc/internal/target"},
		"plans and who answers for what; targets are target's, tables come in from workbooks and name places and parts of an index"},

	"thuoc/internal/task": {2, []string{"thuoc/internal/fault", "thuoc/internal/clock", "thuoc/internal/db", "thuoc/internal/audit", "thuoc/internal/account", "thuoc/internal/lang",
		"thuoc/internal/place", "thuoc/internal/agency", "thuoc/internal/gazetteer", "thuoc/internal/sheet", "thuoc/internal/workday"},
		"tasks and what is shown for them; lists come in from workbooks, name agencies and places, and write deadlines in words"},

	"thuoc/internal/draw": {0, []string{"thuoc/internal/fault", "thuoc/internal/clock"}, "draws by lot that anybody can replay: whole numbers and hashes alone"},

	"thuoc/internal/report": {2, []string{"thuoc/internal/fault", "thuoc/internal/clock", "thuoc/internal/lang", "thuoc/internal/workday", "thuoc/internal/db", "thuoc/internal/job", "thuoc/internal/audit",
		"thuoc/internal/account", "thuoc/internal/place", "thuoc/internal/agency", "thuoc/internal/plan", "thuoc/internal/task", "thuoc/internal/sheet", "thuoc/internal/edition", "thuoc/internal/run", "thuoc/internal/score"},
		"periodic reports: figures from tasks and evidence, units from agencies and places, plans that were issued, lists as workbooks; sums tell what public editions measured, in run's sources and score's verdicts"},

	"thuoc/internal/follow": {2, []string{"thuoc/internal/fault", "thuoc/internal/clock", "thuoc/internal/lang", "thuoc/internal/db", "thuoc/internal/job", "thuoc/internal/audit", "thuoc/internal/mail",
		"thuoc/internal/account", "thuoc/internal/agency", "thuoc/internal/task", "thuoc/internal/workday"},
		"urging and orders: reminds of tasks in letters, by working days; the time zone is job's"},

	"thuoc/internal/inspect": {2, []string{"thuoc/internal/fault", "thuoc/internal/clock", "thuoc/internal/lang", "thuoc/internal/db", "thuoc/internal/audit", "thuoc/internal/job", "thuoc/internal/account",
		"thuoc/internal/draw", "thuoc/internal/workday", "thuoc/internal/place", "thuoc/internal/agency", "thuoc/internal/task", "thuoc/internal/sheet", "thuoc/internal/plan", "thuoc/internal/edition", "thuoc/internal/score"},
		"inspections and what they found; surprises are drawn by draw from places and agencies, with the late tasks and the fallen results of each; the time zone is job's"},

	"thuoc/internal/registry": {2, []string{"thuoc/internal/fault", "thuoc/internal/clock", "thuoc/internal/db", "thuoc/internal/audit", "thuoc/internal/account"},
		"templates of places by their days, and the signed files that came back"},
	"thuoc/internal/draft": {2, []string{"thuoc/internal/fault", "thuoc/internal/db", "thuoc/internal/job"}, "what somebody entered and has not sent, and that what they sent is taken once"},
	"thuoc/internal/upkeep": {2, []string{"thuoc/internal/fault", "thuoc/internal/db", "thuoc/internal/job", "thuoc/internal/audit", "thuoc/internal/mail", "thuoc/internal/account"},
		"what an administrator sees of the machine and mends, with its rights and its audit"},
	"thuoc/internal/web": {3, []string{"thuoc/internal/inspect", "thuoc/internal/draw", "thuoc/internal/commitment", "thuoc/internal/ui", "thuoc/internal/fault", "thuoc/internal/clock", "thuoc/internal/lang", "thuoc/internal/limit", "thuoc/internal/published", "thuoc/internal/job", "thuoc/internal/audit",
		"thuoc/internal/account", "thuoc/internal/account/password", "thuoc/internal/score", "thuoc/internal/gazetteer", "thuoc/internal/place", "thuoc/internal/agency", "thuoc/internal/run", "thuoc/internal/edition", "thuoc/internal/draft", "thuoc/internal/upkeep",
		"thuoc/internal/blob", "thuoc/internal/target", "thuoc/internal/plan", "thuoc/internal/sheet", "thuoc/internal/task", "thuoc/internal/follow", "thuoc/internal/report", "thuoc/internal/upload", "thuoc/internal/workday",
		"thuoc/internal/docx", "thuoc/internal/paper", "thuoc/internal/registry"},
		"the working app: puts what the stores decide into pages; the time zone is job's, what a password must be is password's"},

	"thuoc/internal/paper": {3, []string{"thuoc/internal/docx", "thuoc/internal/clock", "thuoc/internal/lang", "thuoc/internal/plan", "thuoc/internal/target", "thuoc/internal/task", "thuoc/internal/report",
		"thuoc/internal/agency", "thuoc/internal/follow", "thuoc/internal/inspect", "thuoc/internal/job", "thuoc/internal/run", "thuoc/internal/score"}, "lays values of the domain out as office documents, results in run's sources and score's verdicts; asks no store"},

	"thuoc/internal/ui/htmlcheck": {9, nil, "only tests import it: what a page must hold"},
	"thuoc/internal/ui":           {3, []string{"thuoc/internal/fault", "thuoc/internal/clock", "thuoc/internal/lang"}, "the look of the house: layout, tokens, bytes"},
	"thuoc/internal/portal": {3, []string{"thuoc/internal/ui", "thuoc/internal/edition", "thuoc/internal/run", "thuoc/internal/chart", "thuoc/internal/geo", "thuoc/internal/gazetteer",
		"thuoc/internal/score", "thuoc/internal/table", "thuoc/internal/fault", "thuoc/internal/clock", "thuoc/internal/lang"},
		"public pages: figures from editions only, whose measure it is in run's words, places from the gazetteer, verdicts and statuses in score's words"},
	"thuoc/internal/site": {3, []string{"thuoc/internal/fault"}, "asks a handler and hands files over; knows no page"},
	"thuoc/internal/app": {4, []string{"thuoc/internal/inspect", "thuoc/internal/commitment", "thuoc/internal/portal", "thuoc/internal/api", "thuoc/internal/geo", "thuoc/internal/edition", "thuoc/internal/ui", "thuoc/internal/clock",
		"thuoc/internal/account", "thuoc/internal/place", "thuoc/internal/agency", "thuoc/internal/run", "thuoc/internal/draft", "thuoc/internal/upkeep", "thuoc/internal/web", "thuoc/internal/demo", "thuoc/internal/plan", "thuoc/internal/task", "thuoc/internal/follow", "thuoc/internal/registry", "thuoc/internal/inspect", "thuoc/internal/report",
		"thuoc/internal/fault", "thuoc/internal/lang", "thuoc/internal/gazetteer", "thuoc/internal/db", "thuoc/internal/blob", "thuoc/internal/job", "thuoc/internal/audit", "thuoc/internal/mail"},
		"puts the house together and runs it: knows every room"},
	"thuoc/internal/demo": {4, []string{"thuoc/internal/inspect", "thuoc/internal/commitment", "thuoc/internal/account", "thuoc/internal/account/password", "thuoc/internal/agency", "thuoc/internal/audit", "thuoc/internal/blob", "thuoc/internal/clock", "thuoc/internal/db",
		"thuoc/internal/edition", "thuoc/internal/fault", "thuoc/internal/follow", "thuoc/internal/gazetteer", "thuoc/internal/job", "thuoc/internal/place", "thuoc/internal/plan", "thuoc/internal/report", "thuoc/internal/run",
		"thuoc/internal/docx", "thuoc/internal/registry", "thuoc/internal/target", "thuoc/internal/task", "thuoc/internal/workday", "thuoc/svy"},
		"furnishes a house for trying: acts through every store; answers are simulated by svy, the time zone is job's"},
	"thuoc/internal/run": {2, []string{"thuoc/internal/fault", "thuoc/internal/lang", "thuoc/internal/clock", "thuoc/internal/table", "thuoc/internal/column", "thuoc/internal/score",
		"thuoc/internal/published", "thuoc/internal/gazetteer", "thuoc/internal/db", "thuoc/internal/blob", "thuoc/internal/audit", "thuoc/internal/account", "thuoc/svy"},
		"computations with their inputs: scores from answers through svy's designs, units named by the gazetteer"},
	"thuoc/internal/commitment": {2, []string{"thuoc/internal/fault", "thuoc/internal/clock", "thuoc/internal/lang", "thuoc/internal/db", "thuoc/internal/job", "thuoc/internal/account", "thuoc/internal/agency",
		"thuoc/internal/place", "thuoc/internal/plan", "thuoc/internal/task", "thuoc/internal/run", "thuoc/internal/edition", "thuoc/internal/target"},
		"what a plan promised and how far it has come, gathered for an edition"},
	"thuoc/internal/edition/editiontest": {9, []string{"thuoc/internal/account", "thuoc/internal/audit", "thuoc/internal/blob", "thuoc/internal/clock", "thuoc/internal/db", "thuoc/internal/db/dbtest",
		"thuoc/internal/edition", "thuoc/internal/job", "thuoc/internal/lang", "thuoc/internal/plan", "thuoc/internal/run"}, "only tests import it: a house whose own editions went every way"},
	"thuoc/internal/edition": {2, []string{"thuoc/internal/table", "thuoc/internal/fault", "thuoc/internal/clock", "thuoc/internal/lang", "thuoc/internal/score", "thuoc/internal/published",
		"thuoc/internal/gazetteer", "thuoc/internal/db", "thuoc/internal/blob", "thuoc/internal/job", "thuoc/internal/audit", "thuoc/internal/account", "thuoc/internal/place", "thuoc/internal/run", "thuoc/svy"},
		"freezes runs and lets two people publish them; tells the public which place made them; ranks and equal groups of joined provinces come from svy"},

	"thuoc/cmd/thuoc": {5, []string{"thuoc/internal/clock", "thuoc/internal/fault", "thuoc/internal/lang", "thuoc/internal/table",
		"thuoc/internal/score", "thuoc/internal/published", "thuoc/internal/gazetteer", "thuoc/internal/column", "thuoc/internal/run", "thuoc/internal/edition", "thuoc/internal/app", "thuoc/internal/audit", "thuoc/internal/account", "thuoc/internal/agency", "thuoc/internal/place", "thuoc/internal/sheet", "thuoc/internal/site", "thuoc/internal/geo", "thuoc/internal/target", "thuoc/internal/plan", "thuoc/internal/task", "thuoc/internal/sheet", "thuoc/internal/draw", "thuoc/internal/docx", "thuoc/svy"}, "the program: reads arguments and files, calls, prints"},
	"thuoc/internal/gazetteer": {0, []string{"thuoc/internal/fault", "thuoc/internal/clock", "thuoc/internal/lang"},
		"places by code or name on a date, and what became of them"},
	"thuoc/internal/gazetteer/gen": {9, nil, "a command that writes the table of places from the source CSVs; nothing imports it"},
	"thuoc/internal/published": {0, []string{"thuoc/internal/fault", "thuoc/internal/lang", "thuoc/internal/score", "thuoc/internal/published/cells"},
		"published figures in the shape every figure has"},
	"thuoc/internal/published/cells": {0, nil, "a file format: exact decimals by unit, code and year"},
	"thuoc/internal/published/gen":   {9, []string{"thuoc/internal/published/cells"}, "a command that packs the source CSVs; nothing imports it"},

	"thuoc/test/program": {9, nil, "only tests import it: builds and runs the real program"},
	"thuoc/test/e2e":     {9, nil, "tests in a real browser; nothing imports it"},
	"thuoc/test/load":    {9, []string{"thuoc/test/program", "thuoc/internal/app", "thuoc/internal/audit", "thuoc/internal/db", "thuoc/internal/account", "thuoc/internal/agency", "thuoc/internal/clock", "thuoc/internal/place", "thuoc/internal/plan", "thuoc/internal/task"}, "a command that measures pages from the outside, and fills a house for it"},
	"thuoc/test/badday":  {9, nil, "tests of the real program's bad days; nothing imports it"},
}

// pureBans are the imports floor 0 must not have, each with its reason.
var pureBans = map[string]string{
	"database/sql": "pure packages hold no storage",
	"net/http":     "pure packages speak no protocol",
	"os":           "files, environment and arguments belong to the doors",
	"math/rand":    "use math/rand/v2 with a seed from the caller",
	"log":          "pure packages return, they do not talk",
	"log/slog":     "pure packages return, they do not talk",
}

// pureCalls are selectors floor 0 must not use: hidden inputs make a result that cannot be recomputed.
var pureCalls = map[string]string{
	"time.Now":         "the clock is an argument",
	"time.Since":       "the clock is an argument",
	"rand.Int":         "the seed is an argument",
	"rand.IntN":        "the seed is an argument",
	"rand.Float64":     "the seed is an argument",
	"rand.NormFloat64": "the seed is an argument",
	"rand.Shuffle":     "the seed is an argument",
	"rand.Perm":        "the seed is an argument",
}

// hiddenInputs are selectors that nothing below the doors may use: the clock and the environment are handed in.
var hiddenInputs = map[string]string{
	"time.Now":     "the clock is a field Now func() time.Time",
	"time.Since":   "the clock is a field Now func() time.Time",
	"time.Until":   "the clock is a field Now func() time.Time",
	"os.Getenv":    "settings are read by app alone",
	"os.LookupEnv": "settings are read by app alone",
}

// storage are the imports that belong to db alone, so that an engine can be exchanged in one package.
var storage = []string{"database/sql", "modernc.org/sqlite", "github.com/jackc/pgx/v5", "github.com/jackc/pgx/v5/stdlib"}

// sqlText is what a statement begins with; only packages with rows of their own, on the floors 1 and 2, write SQL.
var sqlText = regexp.MustCompile(`^\s*(SELECT\s|INSERT INTO\s|UPDATE\s+\w+\s+SET\s|DELETE FROM\s|CREATE (TABLE|INDEX)\s)`)

type pkg struct {
	ImportPath, Dir, Doc string
	GoFiles, Imports     []string
}

func list(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Dir,Doc,GoFiles,Imports", "thuoc/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	dec := json.NewDecoder(bytes.NewReader(out))
	for {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		if len(p.GoFiles) > 0 {
			all = append(all, p)
		}
	}
}

func TestFloors(t *testing.T) {
	for _, p := range list(t) {
		e, ok := edges[p.ImportPath]
		if !ok {
			t.Errorf("%s is not in the plan of the house (internal/arch_test.go): add it with its floor, edges and reason", p.ImportPath)
			continue
		}
		for _, imp := range p.Imports {
			if strings.HasPrefix(imp, "thuoc/") && !slices.Contains(e.may, imp) {
				t.Errorf("%s must not import %s (%s)", p.ImportPath, imp, e.why)
			}
			if imp == "thuoc/internal/reference" {
				t.Errorf("%s imports the reference finder: that is for tests", p.ImportPath)
			}
			if slices.Contains(storage, imp) && !strings.HasPrefix(p.ImportPath, "thuoc/internal/db") {
				t.Errorf("%s must not import %s: storage is opened by db alone", p.ImportPath, imp)
			}
			if why, bad := pureBans[imp]; bad && e.floor == 0 {
				t.Errorf("%s is pure and must not import %s: %s", p.ImportPath, imp, why)
			}
		}
	}
}

// TestEdgesGoDown holds the table itself to the rule: nothing may be allowed upward.
func TestEdgesGoDown(t *testing.T) {
	for path, e := range edges {
		for _, to := range e.may {
			if target, ok := edges[to]; !ok {
				t.Errorf("%s may import %s, which is not in the table", path, to)
			} else if target.floor > e.floor {
				t.Errorf("%s (floor %d) may import %s (floor %d): imports go down", path, e.floor, to, target.floor)
			}
		}
	}
}

func TestPackagesSayWhatTheyPromise(t *testing.T) {
	for _, p := range list(t) {
		if len(strings.Fields(p.Doc)) < 5 {
			t.Errorf("%s has no package comment that says what it promises", p.ImportPath)
		}
	}
}

func TestSource(t *testing.T) {
	for _, p := range list(t) {
		for _, name := range p.GoFiles {
			fset := token.NewFileSet()
			path := filepath.Join(p.Dir, name)
			f, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			if n := fset.File(f.Pos()).LineCount(); n > 600 {
				t.Errorf("%s has %d lines; a file over 600 is two", path, n)
			}
			ast.Inspect(f, func(n ast.Node) bool { checkNode(t, fset, edges[p.ImportPath].floor, n); return true })
		}
	}
}

func checkNode(t *testing.T, fset *token.FileSet, floor int, n ast.Node) {
	t.Helper()
	switch n := n.(type) {
	case *ast.InterfaceType:
		if n.Methods.NumFields() > 4 {
			t.Errorf("%s: an interface of %d methods; 4 is the most", fset.Position(n.Pos()), n.Methods.NumFields())
		}
	case *ast.BasicLit:
		if s, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING && sqlText.MatchString(s) && floor != 1 && floor != 2 && floor != 9 {
			t.Errorf("%s: SQL on floor %d: it stands beside the rules of its noun", fset.Position(n.Pos()), floor)
		}
	case *ast.SelectorExpr:
		x, ok := n.X.(*ast.Ident)
		if !ok {
			return
		}
		name := x.Name + "." + n.Sel.Name
		if why, bad := pureCalls[name]; bad && floor == 0 {
			t.Errorf("%s: %s in a pure package: %s", fset.Position(n.Pos()), name, why)
		} else if why, bad := hiddenInputs[name]; bad && floor < 3 {
			t.Errorf("%s: %s below the doors: %s", fset.Position(n.Pos()), name, why)
		}
	}
}
