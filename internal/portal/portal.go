// Package portal is the public door: pages, drawings and files of published results, for everybody, in Vietnamese and
// English.
//
// It promises that every figure on a page comes from a frozen edition and from nowhere else; that an address holds the
// whole state of what it shows; that a title claims no more than was tested; that a rank is a range or is not given;
// and that what was asked wrongly is answered in words. The places it names are those of the data's date.
package portal

import (
	"embed"
	"io/fs"
	"net/http"
	"time"

	"thuoc/internal/clock"
	"thuoc/internal/edition"
	"thuoc/internal/geo"
	"thuoc/internal/ui"
)

//go:embed page/*.html
var pageFiles embed.FS

// Options are what a portal is made of.
type Options struct {
	Shelf  *edition.Shelf
	Today  func() clock.Date                // the day on which "now" is asked; places are looked up by it
	Bounds func(geo.Frame) *geo.Set         // the boundary set of a frame; nil = the coarse ones inside the program
	Report func(r *http.Request, err error) // is told of every internal error; nil = nobody
	API    string                           // path of the interface for programs, "" for none
	Base   string                           // scheme and host for addresses that must be whole, "" = relative
}

// Portal answers requests. It may be used from several goroutines.
type Portal struct {
	Options
	pages *ui.Templates
	cache ui.Cache[*cached]
	work  chan struct{} // a place for every page that may be rendered at once
}

// rendersAtOnce bounds the pages that are rendered at the same time; a page takes a few milliseconds of one processor.
// Whoever finds no place for renderWait is told to come back: by then hundreds of pages are waiting before theirs.
const (
	rendersAtOnce = 16
	renderWait    = 4 * time.Second
)

// New makes a portal.
func New(o Options) (*Portal, error) {
	sub, err := fs.Sub(pageFiles, "page")
	if err != nil {
		return nil, err
	}
	pages, err := ui.Parse(sub)
	if err != nil {
		return nil, err
	}
	if o.Bounds == nil {
		o.Bounds = geo.Coarse
	}
	if o.Report == nil {
		o.Report = func(*http.Request, error) {}
	}
	return &Portal{Options: o, pages: pages, cache: ui.Cache[*cached]{Bytes: cacheBytes}, work: make(chan struct{}, rendersAtOnce)}, nil
}
