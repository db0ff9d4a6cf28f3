// Package htmlcheck says what a page must hold, in tests: elements by selector, their text and attributes.
//
// It promises that a check which fails names the selector and what was found instead. Selectors are the few that pages
// need: tag, .class, #id, [attr], [attr=value], joined, with spaces between ancestors and descendants.
package htmlcheck

import (
	"bytes"
	"fmt"
	"strings"

	"golang.org/x/net/html"
)

// Document is a parsed page.
type Document struct{ root *html.Node }

// Parse reads a page.
func Parse(page []byte) (*Document, error) {
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		return nil, err
	}
	return &Document{root}, nil
}

// All finds the elements a selector names, in the order of the page.
func (d *Document) All(selector string) []*html.Node { return Within(d.root, selector) }

// Within finds the elements a selector names inside another.
func Within(n *html.Node, selector string) []*html.Node {
	found := []*html.Node{n}
	for step := range strings.FieldsSeq(selector) {
		s := parse(step)
		var next []*html.Node
		seen := map[*html.Node]bool{}
		for _, n := range found {
			for at := range n.Descendants() {
				if s.matches(at) && !seen[at] {
					seen[at] = true
					next = append(next, at)
				}
			}
		}
		found = next
	}
	return found
}

// One finds the only element a selector names.
func (d *Document) One(selector string) (*html.Node, error) {
	all := d.All(selector)
	if len(all) != 1 {
		return nil, fmt.Errorf("%s: %d elements, want one", selector, len(all))
	}
	return all[0], nil
}

// Has checks that some element of the selector holds the text, white space folded.
func (d *Document) Has(selector, text string) error {
	all := d.All(selector)
	var near []string
	for _, n := range all {
		got := Text(n)
		if strings.Contains(got, text) {
			return nil
		}
		if len(near) < 3 {
			near = append(near, cut(got))
		}
	}
	return fmt.Errorf("%s: none of %d elements holds %q; the first hold %q", selector, len(all), text, near)
}

func cut(s string) string {
	if len(s) > 160 {
		return s[:160] + "…"
	}
	return s
}

// Text gives the text of an element, white space folded.
func Text(n *html.Node) string {
	var b strings.Builder
	for at := range n.Descendants() {
		if at.Type == html.TextNode {
			b.WriteString(at.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// Attr gives an attribute; false when the element has none of that name.
func Attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name || a.Namespace+":"+a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// simple is one step of a selector.
type simple struct {
	tag     string
	classes []string
	attrs   [][2]string // name and value; a value of "\x00" matches any
}

const anyValue = "\x00"

func parse(step string) simple {
	var s simple
	for step != "" {
		i := 1 + strings.IndexAny(step[1:]+"#", ".#[")
		part := step[:i]
		switch part[0] {
		case '.':
			s.classes = append(s.classes, part[1:])
		case '#':
			s.attrs = append(s.attrs, [2]string{"id", part[1:]})
		case '[':
			end := strings.IndexByte(step, ']')
			name, value, given := strings.Cut(step[1:end], "=")
			if !given {
				value = anyValue
			}
			s.attrs = append(s.attrs, [2]string{name, strings.Trim(value, `"'`)})
			i = end + 1
		default:
			s.tag = part
		}
		step = step[i:]
	}
	return s
}

func (s simple) matches(n *html.Node) bool {
	if n.Type != html.ElementNode || s.tag != "" && n.Data != s.tag {
		return false
	}
	class, _ := Attr(n, "class")
	have := strings.Fields(class)
	for _, want := range s.classes {
		found := false
		for _, c := range have {
			found = found || c == want
		}
		if !found {
			return false
		}
	}
	for _, a := range s.attrs {
		if v, ok := Attr(n, a[0]); !ok || a[1] != anyValue && v != a[1] {
			return false
		}
	}
	return true
}
