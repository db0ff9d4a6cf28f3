// Package ui is the look of the house: the layout every page shares, its components, the stylesheet with its tokens, the
// fonts, icons and scripts, and the way from a page's struct to bytes with the right headers.
//
// It promises that a page is rendered whole or not at all; that a template which asks for a field that is not there is
// an error and never a gap; that nothing inline and nothing from another host is ever needed, so that the content
// policy can forbid both; and that every page works without its scripts.
package ui

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"
	"sync"

	"thuoc/internal/lang"
)

//go:embed template
var layouts embed.FS

// Link is an address with its words.
type Link struct {
	Href, Text string
	Current    bool // this very page or choice
}

// Chrome is what stands around every page of a site.
type Chrome struct {
	Home    Link   // the brand: its name and where it leads
	Tagline string // under the name
	Owner   string // in the utility bar: whose figures these are
	Nav     []Link
	Search  string // address of the search page, "" for none
	Foot    []FootColumn
}

// FootColumn is a heading with links or a paragraph in the footer.
type FootColumn struct {
	Head  string
	Links []Link
	Text  string
}

// Page is one page: what the layout needs, and the body's own struct.
type Page struct {
	Lang        lang.Lang
	Title       string // of the window, without the site's name
	Description string // for search engines and previews
	Address     string // of this view, with everything it holds
	Canonical   string // the one address of this view among all that show it; whole where the site's host is known
	Twin        string // the same view in the other language
	Crumbs      []Link // the way to this page; the last is the page itself
	Chrome      Chrome
	Others      []Rendition
	Cautions    []Caution // what must be known of the figures of a public page before they are used
	Bare        bool      // without header and footer, to be embedded elsewhere
	Shell       *Shell    // around a page of the working app, in place of the public header and footer
	Live        bool      // has choices that htmx can shorten
	Image       string
	Body        any
}

// Caution is something that must be known of figures before they are used: that they were corrected, or correct others.
type Caution struct {
	Head, Text string
	Link       Link // no address: none
}

// Rendition is another form of what a page shows, for programs.
type Rendition struct{ Type, Href, Title string }

// OtherLang is the language of the twin.
func (p *Page) OtherLang() lang.Lang {
	if p.Lang == lang.Vi {
		return lang.En
	}
	return lang.Vi
}

// Templates holds the pages of a door in both languages. It may be used from several goroutines.
type Templates struct {
	pages map[string]func() (*template.Template, error) // by language and name
}

// Parse makes the templates of a door: the layout and components of the house, and the door's own pages, files named
// NAME.html that each define "body". Files whose name begins with an underscore are shared by all pages. A page is
// parsed when it is first asked for.
func Parse(pages fs.FS) (*Templates, error) {
	names, err := fs.Glob(pages, "*.html")
	if err != nil {
		return nil, err
	}
	t := &Templates{pages: map[string]func() (*template.Template, error){}}
	for _, l := range []lang.Lang{lang.Vi, lang.En} {
		base, err := template.New("layout").Option("missingkey=error").Funcs(functions(l)).ParseFS(layouts, "template/*.html")
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			if strings.HasPrefix(name, "_") {
				if base, err = base.ParseFS(pages, name); err != nil {
					return nil, err
				}
			}
		}
		for _, name := range names {
			t.pages[string(l)+"/"+strings.TrimSuffix(name, path.Ext(name))] = sync.OnceValues(func() (*template.Template, error) {
				own, err := base.Clone()
				if err != nil {
					return nil, err
				}
				return own.ParseFS(pages, name)
			})
		}
	}
	return t, nil
}

// Render writes a page into a buffer; nothing of a page that fails reaches anybody.
func (t *Templates) Render(name string, p *Page) ([]byte, error) {
	parsed, ok := t.pages[string(p.Lang)+"/"+name]
	if !ok {
		return nil, fmt.Errorf("ui: no page %q in %q", name, p.Lang)
	}
	tmpl, err := parsed()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := tmpl.ExecuteTemplate(&b, "layout", p); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
