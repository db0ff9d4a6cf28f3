package web

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// endings says, of an action that the code puts together from a beginning and a value, where its values stand: in the
// constants of a type, as an argument of calls, or as literals in a table.
var endings = map[string][]string{
	"directive.":    {"follow: arg noteDirective 4", "follow: table directiveWays"},
	"draw.":         {"inspect: arg step 4"},
	"duty.":         {"plan: const DutyState"},
	"edition.":      {"edition: const Step"},
	"evidence.":     {"task: const Verdict"},
	"finding.":      {"inspect: arg happen 4", "inspect: const Step"},
	"inspection.":   {"inspect: arg tell 4", "inspect: arg change 4", "inspect: const PaperKind"},
	"meeting.":      {"follow: const MeetingState"},
	"place_change.": {"place: const State"},
	"plan.":         {"plan: const State"},
	"report.":       {"report: arg did 4", "report: const Step"},
	"request.":      {"task: var decision"},
	"task.":         {"task: const Step"},
}

// never are values of those constants with which nothing is ever written: where a thing begins.
var never = []string{"meeting.planned", "place_change.proposed"}

// given are the functions that are handed a whole action, with the number of the argument.
var given = map[string]int{"account: audit": 3, "agency: note": 3, "run: record": 3, "follow: moveUrging": 4, "task: change": 4, "upkeep: mend": 3}

// action is how an action is written.
var action = regexp.MustCompile(`^[a-z_]+\.[a-z-]+$`)

// TestEveryDeedHasWords reads out of the program's sources every action that it writes into the log: the page of the log
// says each in words.
func TestEveryDeedHasWords(t *testing.T) {
	src := readSources(t)
	all := map[string]bool{}
	note := func(where, value string) {
		if value == "" {
			return
		}
		if !action.MatchString(value) {
			t.Errorf("%s: “%s” is no action", where, value)
		}
		all[value] = true
	}
	for pkg, files := range src {
		for _, f := range files {
			ast.Inspect(f, func(n ast.Node) bool {
				switch x := n.(type) {
				case *ast.KeyValueExpr:
					if key, ok := x.Key.(*ast.Ident); !ok || key.Name != "Action" {
						return true
					}
					if b, ok := x.Value.(*ast.BinaryExpr); ok {
						if begin := text(b.X); endings[begin] == nil && strings.HasSuffix(begin, ".") {
							t.Errorf("%s writes actions that begin with “%s”: say in endings how they end", pkg, begin)
						}
					} else if v := src.value(pkg, x.Value); action.MatchString(v) {
						note(pkg, v)
					}
				case *ast.CallExpr:
					if i, ok := given[pkg+": "+called(x)]; ok && i < len(x.Args) {
						note(pkg, src.value(pkg, x.Args[i]))
					}
				}
				return true
			})
		}
	}
	for begin, places := range endings {
		for _, p := range places {
			ends := src.endings(p)
			if len(ends) == 0 {
				t.Errorf("%s: nothing ends “%s”", p, begin)
			}
			for _, end := range ends {
				if !slices.Contains(never, begin+end) {
					note(p, begin+end)
				}
			}
		}
	}
	if len(all) < 120 {
		t.Errorf("only %d actions were found", len(all))
	}
	for a := range all {
		if deeds[a].Key == "" {
			t.Errorf("“%s” has no words", a)
		}
	}
	for a := range deeds {
		if !all[a] {
			t.Errorf("“%s” has words, and nothing writes it", a)
		}
	}
}

// sources are the files of the house's packages, by the package's name, without tests.
type sources map[string][]*ast.File

func readSources(t *testing.T) sources {
	t.Helper()
	src, set := sources{}, token.NewFileSet()
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "/web/") {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(set, path, b, parser.SkipObjectResolution)
		if err == nil {
			src[f.Name.Name] = append(src[f.Name.Name], f)
		}
		return err
	})
	must(t, err)
	return src
}

// text gives a string literal; "" for all else.
func text(x ast.Expr) string {
	if l, ok := x.(*ast.BasicLit); ok && l.Kind == token.STRING {
		s, _ := strconv.Unquote(l.Value) // it was parsed
		return s
	}
	return ""
}

// called names the function or method of a call.
func called(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// value gives what a literal, a constant of the package or of package account, or a conversion of one says; "" for a variable.
func (s sources) value(pkg string, x ast.Expr) string {
	switch x := x.(type) {
	case *ast.CallExpr:
		if len(x.Args) == 1 {
			return s.value(pkg, x.Args[0])
		}
	case *ast.Ident:
		return s.constants(pkg, "")[x.Name]
	case *ast.SelectorExpr:
		if of, ok := x.X.(*ast.Ident); ok && of.Name == "account" {
			return s.constants("account", "")[x.Sel.Name]
		}
	}
	return text(x)
}

// constants gives the constants of a package by name, those of one type or with "" all.
func (s sources) constants(pkg, typ string) map[string]string {
	all := map[string]string{}
	for _, f := range s[pkg] {
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.CONST {
				continue
			}
			for _, spec := range g.Specs {
				v := spec.(*ast.ValueSpec)
				of, _ := v.Type.(*ast.Ident)
				if typ == "" || of != nil && of.Name == typ {
					for i, name := range v.Names {
						if i < len(v.Values) {
							all[name.Name] = text(v.Values[i])
						}
					}
				}
			}
		}
	}
	return all
}

// endings gives the values that stand at a place, as the table endings names places.
func (s sources) endings(place string) (found []string) {
	pkg, what, _ := strings.Cut(place, ": ")
	words := strings.Fields(what)
	add := func(v string) {
		if v != "" {
			found = append(found, v)
		}
	}
	if words[0] == "const" {
		for _, v := range s.constants(pkg, words[1]) {
			add(v)
		}
		return found
	}
	for _, f := range s[pkg] {
		ast.Inspect(f, func(n ast.Node) bool {
			switch x := n.(type) {
			case *ast.CallExpr:
				if words[0] == "arg" && called(x) == words[1] {
					if i, _ := strconv.Atoi(words[2]); i < len(x.Args) {
						add(text(x.Args[i]))
					}
				}
			case *ast.AssignStmt:
				for i, to := range x.Lhs {
					if id, ok := to.(*ast.Ident); ok && words[0] == "var" && id.Name == words[1] && i < len(x.Rhs) {
						add(text(x.Rhs[i]))
					}
				}
			case *ast.ValueSpec:
				if words[0] == "table" && x.Names[0].Name == words[1] && len(x.Values) == 1 {
					for _, row := range x.Values[0].(*ast.CompositeLit).Elts {
						for _, cell := range row.(*ast.CompositeLit).Elts {
							add(text(cell))
						}
					}
				}
			}
			return true
		})
	}
	return found
}
