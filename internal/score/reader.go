package score

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"thuoc/internal/fault"
	"thuoc/internal/lang"
)

// These bound what the reader takes, so that a hostile file is refused before it is parsed: the parser's time grows with
// the square of the keys in one mapping.
const (
	maxFile    = 256 << 10 // bytes; the largest definition of ours has 50 KiB
	maxKeys    = 10_000    // lines, and colons
	maxNesting = 64        // brackets open at once
)

// reader turns YAML into checked values and keeps every fault with its place. Only plain mappings, sequences, strings,
// numbers and booleans are read: no anchors, aliases, tags or merges, so that a file says what it says.
type reader struct {
	file  string
	items []fault.Item
}

func (r *reader) add(at ast.Node, field string, what, remedy fault.Text) {
	switch at.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
		what, remedy = fault.T("Anchors, aliases and tags are not read."), fault.T("Write the value out in full.")
	}
	item := fault.Item{File: r.file, Field: field, What: what, Remedy: remedy}
	if tk := at.GetToken(); tk != nil && tk.Position != nil {
		item.Line, item.Column = tk.Position.Line, tk.Position.Column
	}
	r.items = append(r.items, item)
}

// parse gives the top mapping of a file; nil with a fault when there is none.
func (r *reader) parse(data []byte) ast.Node {
	whole := func(what, remedy fault.Text) {
		r.items = append(r.items, fault.Item{File: r.file, What: what, Remedy: remedy})
	}
	switch {
	case len(data) > maxFile || bytes.Count(data, []byte(":")) > maxKeys || bytes.Count(data, []byte("\n")) > maxKeys:
		whole(fault.T("The file is larger than %d KiB, or has more than %d lines or keys.", maxFile>>10, maxKeys), fault.T("A definition is a small file: check that it is the right one."))
	case !utf8.Valid(data):
		whole(fault.T("The file is not UTF-8 text."), fault.T("Save it as UTF-8."))
	case len(strings.TrimSpace(string(data))) == 0:
		whole(fault.T("The file is empty."), fault.T("Start from one of the definitions shown by: thuoc index list"))
	case tooDeep(data):
		whole(fault.T("The file nests deeper than %d levels.", maxNesting), fault.T("Flatten the tree."))
	default:
		return r.document(data)
	}
	return nil
}

func (r *reader) document(data []byte) ast.Node {
	file, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		item := fault.Item{File: r.file, What: fault.T("This is not YAML."), Remedy: fault.T("Check indentation, quotes and colons here and just before.")}
		if at, ok := errors.AsType[interface {
			error
			GetToken() *token.Token
		}](err); ok && at.GetToken() != nil {
			item.Line, item.Column = at.GetToken().Position.Line, at.GetToken().Position.Column
		}
		r.items = append(r.items, item)
		return nil
	}
	var docs []ast.Node
	for _, d := range file.Docs {
		if d.Body != nil {
			docs = append(docs, d.Body)
		}
	}
	switch {
	case len(docs) == 0:
		r.items = append(r.items, fault.Item{File: r.file, What: fault.T("The file is empty."), Remedy: fault.T("Start from one of the definitions shown by: thuoc index list")})
		return nil
	case len(docs) > 1:
		r.add(docs[1], "", fault.T("The file holds more than one document."), fault.T("One file, one definition: remove the line ---."))
		return nil
	}
	return docs[0]
}

// tooDeep looks for nesting that no definition has: brackets open at once, dashes that open lists in one line, or
// indentation.
func tooDeep(data []byte) bool {
	open := 0
	for line := range strings.Lines(string(data)) {
		dashes := strings.Count(line, "- ") + strings.Count(line, "? ") + strings.Count(line, ": ")
		indent := len(line) - len(strings.TrimLeft(line, " "))
		for _, c := range []byte(line) {
			switch c {
			case '[', '{':
				open++
			case ']', '}':
				open = max(0, open-1)
			}
			if open > maxNesting {
				return true
			}
		}
		if dashes > 8*maxNesting || indent > 16*maxNesting {
			return true
		}
	}
	return false
}

// object is one mapping with its path, "tree.parts[2]".
type object struct {
	r      *reader
	at     ast.Node
	path   string
	values []*ast.MappingValueNode // one a key
}

// object reads a mapping that may hold only the allowed keys. It is false, with a fault, when n is no mapping.
func (r *reader) object(n ast.Node, path string, allowed ...string) (object, bool) {
	o := object{r: r, at: n, path: path}
	var pairs []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		pairs = n.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{n}
	default:
		r.add(n, path, fault.T("A mapping is expected here."), fault.T("Its keys are: %s.", strings.Join(allowed, ", ")))
		return o, false
	}
	if len(pairs) > 0 {
		o.at = pairs[0].Key
	}
	o.values = make([]*ast.MappingValueNode, 0, len(pairs))
	for _, p := range pairs {
		key := p.Key.GetToken().Value
		switch {
		case o.has(key):
			r.add(p.Key, o.field(key), fault.T("The key stands twice."), fault.T("Keep one of the two."))
		case !slices.Contains(allowed, key):
			r.add(p.Key, o.field(key), fault.T("The key is not known."), fault.T("The keys here are: %s.", strings.Join(allowed, ", ")))
		default:
			o.values = append(o.values, p)
		}
	}
	return o, true
}

func (o object) field(key string) string {
	if o.path == "" {
		return key
	}
	return o.path + "." + key
}

// pair finds a key with its value, nil when it is absent. Mappings are small: looking through is faster than a map.
func (o object) pair(key string) *ast.MappingValueNode {
	for _, p := range o.values {
		if p.Key.GetToken().Value == key && p.Value != nil {
			return p
		}
	}
	return nil
}

func (o object) has(key string) bool { return o.pair(key) != nil }

// value gives the value of a key that is there.
func (o object) value(key string) ast.Node { return o.pair(key).Value }

// wrong adds a fault at a key's value, at the key where the value begins on a later line, or at the mapping where the
// key is absent.
func (o object) wrong(key string, what, remedy fault.Text) {
	at := o.at
	if o.has(key) {
		p := o.pair(key)
		at = p.Value
		if line(p.Key) < line(at) {
			at = p.Key
		}
	}
	o.r.add(at, o.field(key), what, remedy)
}

func line(n ast.Node) int {
	if tk := n.GetToken(); tk != nil && tk.Position != nil {
		return tk.Position.Line
	}
	return 0
}

func (o object) need(key string) bool {
	if !o.has(key) {
		o.wrong(key, fault.T("The key is missing."), fault.T("Add the key %s.", key))
	}
	return o.has(key)
}

// text reads a string; "" when it is absent or wrong.
func (o object) text(key string, required bool) string {
	if !o.has(key) {
		if required {
			o.need(key)
		}
		return ""
	}
	s, ok := textOf(o.value(key))
	if !ok || strings.TrimSpace(s) == "" {
		o.wrong(key, fault.T("Text is expected here."), fault.T("Write it in double quotes."))
		return ""
	}
	return s
}

func textOf(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	}
	return "", false
}

// choice reads one of the allowed words; the first when absent.
func (o object) choice(key string, allowed ...string) string {
	if !o.has(key) {
		return allowed[0]
	}
	s, _ := textOf(o.value(key))
	if !slices.Contains(allowed, s) {
		o.wrong(key, fault.T("This word is not known here."), fault.T("Use one of: %s.", strings.Join(allowed, ", ")))
		return allowed[0]
	}
	return s
}

// number reads a finite number between lo and hi.
func (o object) number(key string, def, lo, hi float64) float64 {
	if !o.has(key) {
		return def
	}
	v, ok := numberOf(o.value(key))
	switch {
	case !ok:
		o.wrong(key, fault.T("A number is expected here."), fault.T("Write it without quotes, with a decimal point."))
		return def
	case v < lo || v > hi:
		o.wrong(key, fault.T("The number is out of range."), fault.T("It lies between %s and %s.", bound(lo), bound(hi)))
		return def
	}
	return v
}

func bound(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// whole reads an integer between lo and hi.
func (o object) whole(key string, def, lo, hi int) int {
	v := o.number(key, float64(def), float64(lo), float64(hi))
	if v != math.Trunc(v) {
		o.wrong(key, fault.T("A whole number is expected here."), fault.T("It lies between %s and %s.", strconv.Itoa(lo), strconv.Itoa(hi)))
		return def
	}
	return int(v)
}

func numberOf(n ast.Node) (float64, bool) {
	switch n := n.(type) {
	case *ast.IntegerNode:
		v, err := strconv.ParseFloat(n.GetToken().Value, 64)
		return v, err == nil
	case *ast.FloatNode:
		return n.Value, !math.IsInf(n.Value, 0) && !math.IsNaN(n.Value)
	}
	return 0, false
}

// limit reads a number or a fraction like 10/3, which the scales of thirds need.
func limit(n ast.Node) (float64, bool) {
	if v, ok := numberOf(n); ok {
		return v, true
	}
	s, _ := textOf(n)
	above, below, isFraction := strings.Cut(s, "/")
	a, ok1 := parseNumber(above)
	b, ok2 := parseNumber(below)
	return a / b, isFraction && ok1 && ok2 && b != 0
}

func (o object) flag(key string) bool {
	if !o.has(key) {
		return false
	}
	b, ok := o.value(key).(*ast.BoolNode)
	if !ok {
		o.wrong(key, fault.T("true or false is expected here."), fault.T("Write true or false, without quotes."))
		return false
	}
	return b.Value
}

// names reads a bilingual name; both languages are needed.
func (o object) names(key string, required bool) lang.Names {
	if !o.has(key) {
		if required {
			o.need(key)
		}
		return lang.Names{}
	}
	n, ok := o.child(key, "vi", "en")
	if !ok {
		return lang.Names{}
	}
	out := lang.Names{VI: n.text("vi", false), EN: n.text("en", false)}
	if !n.has("vi") {
		n.wrong("vi", fault.T("The Vietnamese is missing."), fault.T("Add the key %s.", "vi"))
	}
	if !n.has("en") {
		n.wrong("en", fault.T("The English is missing."), fault.T("Add the key %s.", "en"))
	}
	return out
}

// child reads the mapping under a key.
func (o object) child(key string, allowed ...string) (object, bool) {
	return o.r.object(o.value(key), o.field(key), allowed...)
}

// element is one element of a sequence with its path.
type element struct {
	node ast.Node
	path string
}

// list reads a sequence; nil when it is absent or wrong.
func (o object) list(key string) []element {
	if !o.has(key) {
		return nil
	}
	seq, ok := o.value(key).(*ast.SequenceNode)
	if !ok {
		o.wrong(key, fault.T("A list is expected here."), fault.T("Write it as [a, b] or one element a line after a dash."))
		return nil
	}
	out := make([]element, len(seq.Values))
	for i, v := range seq.Values {
		out[i] = element{v, fmt.Sprintf("%s[%d]", o.field(key), i)}
	}
	return out
}

// objects reads a sequence of mappings.
func (o object) objects(key string, allowed ...string) []object {
	var out []object
	for _, e := range o.list(key) {
		if child, ok := o.r.object(e.node, e.path, allowed...); ok {
			out = append(out, child)
		}
	}
	return out
}

// texts reads a sequence of strings.
func (o object) texts(key string) []string {
	var out []string
	for _, e := range o.list(key) {
		s, ok := textOf(e.node)
		if !ok {
			o.r.add(e.node, e.path, fault.T("Text is expected here."), fault.T("Write it in double quotes."))
			continue
		}
		out = append(out, s)
	}
	return out
}

// numbers reads a sequence of numbers.
func (o object) numbers(key string) []float64 {
	var out []float64
	for _, e := range o.list(key) {
		v, ok := numberOf(e.node)
		if !ok {
			o.r.add(e.node, e.path, fault.T("A number is expected here."), fault.T("Write it without quotes, with a decimal point."))
			continue
		}
		out = append(out, v)
	}
	return out
}

// span reads [min, max]; zero when it is absent or wrong.
func (o object) span(key string) Range {
	if !o.has(key) {
		return Range{}
	}
	list := o.list(key)
	if list == nil {
		return Range{}
	}
	var ends [2]float64
	ok := len(list) == 2
	for i := 0; ok && i < 2; i++ {
		ends[i], ok = limit(list[i].node)
	}
	if !ok || ends[0] >= ends[1] {
		o.wrong(key, fault.T("A range [smallest, largest] is expected here."), fault.T("Write two numbers, the smaller one first, like [0.25, 2.5] or [1/3, 10/3]."))
		return Range{}
	}
	return Range{ends[0], ends[1]}
}
