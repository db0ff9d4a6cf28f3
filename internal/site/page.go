package site

import (
	"bytes"
	"net/url"
	"path"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// page rewrites a page for the copy and takes note of what it links to.
func (c *copier) page(at *url.URL, body []byte) ([]byte, error) {
	doc, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	var forms []*html.Node
	for n := range doc.Descendants() {
		switch {
		case n.DataAtom == atom.Form:
			forms = append(forms, n)
		case n.DataAtom == atom.Link, n.DataAtom == atom.A, n.DataAtom == atom.Script, n.DataAtom == atom.Img, n.Data == "use":
			c.follow(at, n)
		}
	}
	for _, f := range forms {
		c.form(at, f)
	}
	var out bytes.Buffer
	if err := html.Render(&out, doc); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// follow points an element's address into the copy. A canonical link would name an address the copy does not have.
func (c *copier) follow(at *url.URL, n *html.Node) {
	for i := range n.Attr {
		a := &n.Attr[i]
		if a.Key != "href" && a.Key != "src" {
			continue
		}
		ref, err := url.Parse(a.Val)
		if err != nil || ref.Scheme != "" || ref.Host != "" || ref.Path == "" && ref.RawQuery == "" {
			continue
		}
		target := at.ResolveReference(ref)
		if c.add(target) {
			a.Val = relative(Name(at), Name(target))
			if ref.Fragment != "" {
				a.Val += "#" + ref.Fragment
			}
		} else if n.DataAtom == atom.A {
			n.DataAtom, n.Data = atom.Span, "span"
			n.Attr = nil
			return
		}
	}
}

// relative gives the address of one file of the copy from another.
func relative(from, to string) string {
	base := strings.Split(path.Dir(from), "/")
	if base[0] == "." {
		base = nil
	}
	parts := strings.Split(to, "/")
	for len(base) > 0 && len(parts) > 1 && base[0] == parts[0] {
		base, parts = base[1:], parts[1:]
	}
	return strings.Repeat("../", len(base)) + strings.Join(parts, "/")
}

// form turns a form with one choice into a list of links, and leaves out any other.
func (c *copier) form(at *url.URL, f *html.Node) {
	action, err := url.Parse(attr(f, "action"))
	if err != nil || f.Parent == nil {
		return
	}
	fixed := url.Values{}
	var choices []*html.Node
	free := false
	for n := range f.Descendants() {
		switch {
		case n.DataAtom == atom.Select:
			choices = append(choices, n)
		case n.DataAtom == atom.Input && attr(n, "type") == "hidden":
			fixed.Add(attr(n, "name"), attr(n, "value"))
		case n.DataAtom == atom.Input:
			free = true
		}
	}
	if len(choices) == 1 && !free {
		if list := c.links(at, action, fixed, choices[0], attr(f, "aria-label")); list != nil {
			f.Parent.InsertBefore(list, f)
		}
	}
	f.Parent.RemoveChild(f)
}

// links makes <details><summary>label</summary><ul><li><a>…</a></ul></details> of a choice.
func (c *copier) links(at, action *url.URL, fixed url.Values, choice *html.Node, label string) *html.Node {
	list := element(atom.Ul)
	list.Attr = []html.Attribute{{Key: "class", Val: "plain"}}
	for n := range choice.Descendants() {
		if n.DataAtom != atom.Option || n.FirstChild == nil {
			continue
		}
		value := attr(n, "value")
		if _, given := find(n, "value"); !given {
			value = n.FirstChild.Data
		}
		query := url.Values{}
		for k, v := range fixed {
			query[k] = v
		}
		if value != "" {
			query.Set(attr(choice, "name"), value)
		}
		target := at.ResolveReference(action)
		target.RawQuery = query.Encode()
		if !c.add(target) {
			continue
		}
		a := element(atom.A)
		a.Attr = []html.Attribute{{Key: "href", Val: relative(Name(at), Name(target))}}
		if _, chosen := find(n, "selected"); chosen {
			a.Attr = append(a.Attr, html.Attribute{Key: "aria-current", Val: "true"})
		}
		a.AppendChild(&html.Node{Type: html.TextNode, Data: strings.TrimSpace(n.FirstChild.Data)})
		item := element(atom.Li)
		item.AppendChild(a)
		list.AppendChild(item)
	}
	if list.FirstChild == nil {
		return nil
	}
	summary := element(atom.Summary)
	summary.AppendChild(&html.Node{Type: html.TextNode, Data: label})
	details := element(atom.Details)
	details.AppendChild(summary)
	details.AppendChild(list)
	return details
}

func element(a atom.Atom) *html.Node {
	return &html.Node{Type: html.ElementNode, DataAtom: a, Data: a.String()}
}

func find(n *html.Node, key string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val, true
		}
	}
	return "", false
}

func attr(n *html.Node, key string) string {
	v, _ := find(n, key)
	return v
}
