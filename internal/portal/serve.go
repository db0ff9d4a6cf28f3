package portal

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"thuoc/internal/fault"
	"thuoc/internal/ui"
)

// freshFor is how long an answer may be used without asking again: short, because a new edition must show; stale
// answers serve for a day while the server cannot be reached.
var freshFor = []string{"public, max-age=300, stale-while-revalidate=600, stale-if-error=86400"}

// longest is the longest address that is read; the longest a page writes is under 300 bytes.
const longest = 2000

// ServeHTTP answers one request.
func (p *Portal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		p.fail(w, r, &fault.Error{Kind: fault.Invalid, Text: fault.T("Pages can only be read."), Err: errMethod})
		return
	}
	asked := r.URL.Path
	if r.URL.RawQuery != "" {
		asked += "?" + r.URL.RawQuery
	}
	if a, ok := p.cache.Get(p.Shelf.Mark() + asked); ok {
		a.serve(w, r)
		return
	}
	if ui.ServeAsset(w, r) {
		return
	}
	a, to, err := p.answer(r)
	switch {
	case err != nil:
		p.fail(w, r, err)
	case to != "":
		ui.Secure(w.Header(), false)
		http.Redirect(w, r, to, http.StatusSeeOther)
	default:
		a.serve(w, r)
	}
}

// errMethod marks a request that does not read.
var errMethod = errors.New("method not allowed")

func (a *cached) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	ui.Secure(h, a.embeddable)
	h["Cache-Control"] = freshFor
	if a.name != "" {
		h.Set("Content-Disposition", `attachment; filename="`+a.name+`"`)
	}
	a.body.Serve(w, r)
}

// answer makes the answer to an address: a page, a file, or another address to go to.
func (p *Portal) answer(r *http.Request) (*cached, string, error) {
	if len(r.URL.Path)+len(r.URL.RawQuery) > longest {
		return nil, "", fault.New(fault.TooLarge, "The address is longer than %d letters.", longest)
	}
	t, ok := resolve(r.URL.Path)
	if !ok {
		return nil, "", fault.New(fault.NotFound, "There is no page at this address.")
	}
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, "", &fault.Error{Kind: fault.Invalid, Text: fault.T("The part of the address after the question mark cannot be read."), Err: err}
	}
	v, err := p.read(t, values)
	if err != nil {
		return nil, "", err
	}
	if err := p.takePlace(r.Context(), renderWait); err != nil {
		return nil, "", err
	}
	defer p.leavePlace()
	// Answers are kept under the address that pages write, so that other spellings of it are made of the same bytes; and
	// those who waited here for the same page take the one that was made meanwhile. The mark of the shelf stands before
	// the address, so that nothing outlives a change of the editions.
	key := p.Shelf.Mark() + v.address()
	if a, ok := p.cache.Get(key); ok {
		return a, "", nil
	}
	a, to, err := p.make(v)
	if a != nil && err == nil {
		p.cache.Put(key, a)
	}
	return a, to, err
}

// takePlace waits for one of the places for pages that are rendered, so long as the reader does, and no longer than most.
func (p *Portal) takePlace(ctx context.Context, most time.Duration) error {
	select {
	case p.work <- struct{}{}: // the usual case needs no clock
		return nil
	default:
	}
	ctx, done := context.WithTimeout(ctx, most)
	defer done()
	select {
	case p.work <- struct{}{}:
		return nil
	case <-ctx.Done():
		return &fault.Error{Kind: fault.Busy, Text: fault.T("Too many people are reading just now."), Err: ctx.Err()}
	}
}

func (p *Portal) leavePlace() { <-p.work }

// make renders a view as its format asks.
func (p *Portal) make(v *view) (*cached, string, error) {
	pg, err := v.route.page(p, v)
	if err != nil {
		return nil, "", err
	}
	if pg.to != "" {
		return nil, pg.to, nil
	}
	if pg.raw != nil {
		return pg.raw, "", nil
	}
	switch v.format {
	case "":
		body, err := p.render(v, pg)
		return &cached{body: body}, "", err
	case "embed":
		body, err := p.renderEmbedded(v, pg)
		return &cached{body: body, embeddable: true}, "", err
	}
	a, err := v.fileOf(pg)
	return a, "", err
}
