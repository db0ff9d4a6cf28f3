package lang

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	tmpl "text/template/parse"
)

// A sentence enters the program in one of these ways: fault.T and fault.New with a literal, a function that hands one
// of its own parameters on to them (found by following the parameter), and the action t of a template.
var markers = map[string]int{"fault.T": 0, "fault.New": 1}

// use is one place where a sentence stands, and how many arguments it is given there; -1 when that cannot be seen.
type use struct {
	place string
	args  int
}

// source is the parsed program and what was found in it.
type source struct {
	fset  *token.FileSet
	files []*ast.File
	keys  map[string][]use
	dirs  map[*ast.File]string
	bad   []string
}

func readSource(t *testing.T, root string) *source {
	t.Helper()
	s := &source{fset: token.NewFileSet(), keys: map[string][]use{}, dirs: map[*ast.File]string{}}
	pages := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && path != root):
			return filepath.SkipDir
		case strings.HasSuffix(path, ".html"):
			text, err := os.ReadFile(path)
			pages[path] = string(text)
			return err
		case !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		f, err := parser.ParseFile(s.fset, path, nil, parser.SkipObjectResolution)
		if err == nil {
			s.add(f, filepath.Dir(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	s.extract() // begins anew each round, so templates come after it
	for path, text := range pages {
		s.template(path, text)
	}
	return s
}

func (s *source) add(f *ast.File, dir string) {
	s.files = append(s.files, f)
	s.dirs[f] = dir
}

// extract follows the markers to the literals, taking in each round the functions that hand a parameter on.
func (s *source) extract() {
	found := maps.Clone(markers)
	for n := -1; n != len(found); {
		n = len(found)
		s.keys, s.bad = map[string][]use{}, nil
		for _, f := range s.files {
			for _, d := range f.Decls {
				s.decl(f, d, found)
			}
		}
	}
}

// decl looks at every call inside one declaration.
func (s *source) decl(f *ast.File, d ast.Decl, found map[string]int) {
	fn, _ := d.(*ast.FuncDecl)
	ast.Inspect(d, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		i, ok := found[s.callee(f, call)]
		if !ok || len(call.Args) <= i {
			return true
		}
		key, ok := literal(call.Args[i])
		switch p := parameter(fn, call.Args[i]); {
		case ok:
			args := len(call.Args) - i - 1
			if call.Ellipsis.IsValid() {
				args = -1
			}
			s.keys[key] = append(s.keys[key], use{s.fset.Position(call.Pos()).String(), args})
		case p >= 0:
			found[s.dirs[f]+"."+fn.Name.Name] = p
		default:
			s.bad = append(s.bad, s.fset.Position(call.Pos()).String())
		}
		return true
	})
}

// callee names the function of a call as the markers do: package.Func, or folder.Func for one of the same package.
func (s *source) callee(f *ast.File, call *ast.CallExpr) string {
	switch fun := call.Fun.(type) {
	case *ast.Ident:
		if f.Name.Name == "fault" {
			return "fault." + fun.Name
		}
		return s.dirs[f] + "." + fun.Name
	case *ast.SelectorExpr:
		if x, ok := fun.X.(*ast.Ident); ok && x.Name == "fault" {
			return "fault." + fun.Sel.Name
		}
		return s.dirs[f] + "." + fun.Sel.Name // a method of the same package
	}
	return ""
}

// literal gives the value of a string literal, of a sum of them, or of nothing else.
func literal(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		v, err := strconv.Unquote(e.Value)
		return v, err == nil
	case *ast.BinaryExpr:
		a, okA := literal(e.X)
		b, okB := literal(e.Y)
		return a + b, okA && okB && e.Op == token.ADD
	}
	return "", false
}

// parameter gives the position of the function's parameter that e names, or -1.
func parameter(fn *ast.FuncDecl, e ast.Expr) int {
	id, ok := e.(*ast.Ident)
	if !ok || fn == nil {
		return -1
	}
	i := 0
	for _, field := range fn.Type.Params.List {
		for _, name := range field.Names {
			if name.Name == id.Name {
				return i
			}
			i++
		}
	}
	return -1
}

// template takes the sentences of {{t "…"}} and of (t "…" args) out of a template.
func (s *source) template(path, text string) {
	tree := tmpl.New(path)
	tree.Mode = tmpl.SkipFuncCheck
	trees := map[string]*tmpl.Tree{}
	if _, err := tree.Parse(text, "", "", trees); err != nil {
		s.bad = append(s.bad, err.Error())
	}
	trees[path] = tree
	for _, tr := range trees {
		if tr.Root != nil {
			s.actions(path, tr.Root)
		}
	}
}

func (s *source) actions(path string, n tmpl.Node) {
	switch n := n.(type) {
	case *tmpl.ListNode:
		if n == nil {
			return
		}
		for _, c := range n.Nodes {
			s.actions(path, c)
		}
	case *tmpl.ActionNode:
		s.actions(path, n.Pipe)
	case *tmpl.IfNode:
		s.branch(path, &n.BranchNode)
	case *tmpl.RangeNode:
		s.branch(path, &n.BranchNode)
	case *tmpl.WithNode:
		s.branch(path, &n.BranchNode)
	case *tmpl.TemplateNode:
		s.actions(path, n.Pipe)
	case *tmpl.PipeNode:
		if n == nil {
			return
		}
		for _, c := range n.Cmds {
			s.command(path, c)
		}
	}
}

func (s *source) branch(path string, b *tmpl.BranchNode) {
	s.actions(path, b.Pipe)
	s.actions(path, b.List)
	s.actions(path, b.ElseList)
}

func (s *source) command(path string, c *tmpl.CommandNode) {
	if id, ok := c.Args[0].(*tmpl.IdentifierNode); ok && id.Ident == "t" && len(c.Args) > 1 {
		if key, ok := c.Args[1].(*tmpl.StringNode); ok {
			s.keys[key.Text] = append(s.keys[key.Text], use{path, len(c.Args) - 2})
		} else {
			s.bad = append(s.bad, path+": "+c.String())
		}
	}
	for _, a := range c.Args {
		s.actions(path, a)
	}
}

// verb is one placeholder of a format: %d, %[2]s, %.2f.
var verb = regexp.MustCompile(`%(?:\[(\d+)\])?[-+#0]*[\d.]*([a-zA-Z%])`)

// placeholders gives the verb of each argument that a format uses, "1d 2s".
func placeholders(format string) string {
	next, uses := 1, map[int]string{}
	for _, m := range verb.FindAllStringSubmatch(format, -1) {
		if m[2] == "%" {
			continue
		}
		if m[1] != "" {
			next, _ = strconv.Atoi(m[1])
		}
		uses[next] = m[2]
		next++
	}
	var out []string
	for _, i := range slices.Sorted(maps.Keys(uses)) {
		out = append(out, fmt.Sprintf("%d%s", i, uses[i]))
	}
	return strings.Join(out, " ")
}

func TestCatalogueMatchesTheProgram(t *testing.T) {
	s := readSource(t, filepath.Join("..", ".."))
	for _, place := range s.bad {
		t.Errorf("%s: the sentence is not a literal, so no catalogue can hold it", place)
	}
	vi, en := catalogues[Vi](), catalogues[En]()
	for _, key := range slices.Sorted(maps.Keys(s.keys)) {
		if _, ok := vi[key]; !ok {
			t.Errorf("locale/vi.json lacks the sentence of %s:\n%q", s.keys[key][0].place, key)
		}
		want := len(strings.Fields(placeholders(key)))
		for _, text := range []string{key, vi[key].Other, en[key].One} {
			if want > 0 && strings.Contains(strings.ReplaceAll(text, "%%", ""), "% ") {
				t.Errorf("%q has places, so a per cent sign in it is %%%%", text)
			}
			if want == 0 && strings.Contains(text, "%%") {
				t.Errorf("%q has no places, so a per cent sign in it is %%", text)
			}
		}
		for _, u := range s.keys[key] {
			if u.args >= 0 && u.args != want {
				t.Errorf("%s: %q is given %d arguments and has %d places", u.place, key, u.args, want)
			}
		}
	}
	for name, m := range map[string]map[string]entry{"vi": vi, "en": en} {
		for _, key := range slices.Sorted(maps.Keys(m)) {
			checkEntry(t, name, key, m[key], s)
		}
	}
}

func checkEntry(t *testing.T, name, key string, e entry, s *source) {
	t.Helper()
	if len(s.keys[key]) == 0 {
		t.Errorf("locale/%s.json holds a sentence that nothing uses: %q", name, key)
	}
	if e.Other == "" && e.One == "" {
		t.Errorf("locale/%s.json: %q is empty", name, key)
	}
	for _, text := range []string{e.Other, e.One} {
		if text != "" && placeholders(text) != placeholders(key) {
			t.Errorf("locale/%s.json: %q has the places %q, its key %q has %q",
				name, text, placeholders(text), key, placeholders(key))
		}
	}
}

// TestExtraction holds the extractor itself: what it must find in Go and in templates, and what it must refuse.
func TestExtraction(t *testing.T) {
	s := &source{fset: token.NewFileSet(), keys: map[string][]use{}, dirs: map[*ast.File]string{}}
	f, err := parser.ParseFile(s.fset, "x.go", `package x
		func (l *loader) add(line int, key string, args ...any) { l.items = append(l.items, fault.T(key, args...)) }
		func f(l *loader, k string) {
			l.add(3, "Line %d " + "is %s.", 1, "bad")
			fault.New(fault.Invalid, "Plain.")
			fault.T(k + "!")
		}`, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	s.add(f, "x")
	s.extract()
	s.template("x.html", `{{if .A}}{{t "Inside %d" .N}}{{else}}{{printf "%s" (t "Nested")}}{{end}}{{define "b"}}{{t "Block"}}{{end}}`)
	want := []string{"Block", "Inside %d", "Line %d is %s.", "Nested", "Plain."}
	if got := slices.Sorted(maps.Keys(s.keys)); !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
	if got := s.keys["Line %d is %s."][0].args; got != 2 {
		t.Errorf("counted %d arguments, want 2", got)
	}
	if len(s.bad) != 1 {
		t.Errorf("refused %q, want the one built sentence", s.bad)
	}
}
