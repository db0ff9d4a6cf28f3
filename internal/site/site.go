// Package site copies a portal into files that any web server, or none, can show.
//
// It promises that every page, drawing and file the portal links to is copied, once, under a name made from its
// address; that the copy's links lead within the copy and work in any folder; that choices which a live portal makes by
// a form become lists of links; and that what cannot work without the program (searching) is left out rather than
// left broken. It asks a handler and hands bytes over: where they are kept is the caller's business.
package site

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"thuoc/internal/fault"
)

// Options bound a copy.
type Options struct {
	Start   []string                          // addresses to begin with, "/" and "/en/"
	Keep    func(u *url.URL) bool             // which addresses are copied; nil = all
	Write   func(name string, b []byte) error // keeps a file; called from several goroutines, never twice for a name
	Seen    func(done, known int)             // is told of progress; may be nil
	Workers int                               // requests at once; 0 = 1
}

// Summary counts what was copied.
type Summary struct {
	Files int
	Bytes int64
}

// Copy asks the handler for every address reachable from the start and writes what it answers. An address that does not
// answer 200 is a fault of the portal and ends the copy with its name.
func Copy(ctx context.Context, portal http.Handler, o Options) (Summary, error) {
	c := &copier{portal: portal, Options: o, known: map[string]bool{}}
	for _, s := range o.Start {
		u, err := url.Parse(s)
		if err != nil {
			return Summary{}, err
		}
		c.add(u)
	}
	for len(c.next) > 0 {
		batch := c.next
		c.next = nil
		if err := c.all(ctx, batch); err != nil {
			return Summary{}, err
		}
	}
	return Summary{int(c.files.Load()), c.bytes.Load()}, nil
}

// copier is a copy under way. The lock guards known and next.
type copier struct {
	Options
	portal http.Handler
	lock   sync.Mutex
	known  map[string]bool // by file name
	next   []*url.URL
	files  atomic.Int64
	bytes  atomic.Int64
}

// all copies a batch of addresses by a few workers.
func (c *copier) all(ctx context.Context, batch []*url.URL) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	work := make(chan *url.URL)
	var wg sync.WaitGroup
	for range max(1, c.Workers) {
		wg.Go(func() {
			for u := range work {
				if err := c.one(ctx, u); err != nil {
					stop(err)
				}
			}
		})
	}
	for _, u := range batch {
		if ctx.Err() != nil {
			break
		}
		work <- u
	}
	close(work)
	wg.Wait()
	return context.Cause(ctx)
}

// add takes note of an address and tells whether it is part of the copy.
func (c *copier) add(u *url.URL) bool {
	if c.Keep != nil && !c.Keep(u) {
		return false
	}
	name := Name(u)
	c.lock.Lock()
	defer c.lock.Unlock()
	if !c.known[name] {
		c.known[name] = true
		c.next = append(c.next, u)
	}
	return true
}

// one copies one address.
func (c *copier) one(ctx context.Context, u *url.URL) error {
	ask := &url.URL{Path: u.Path, RawQuery: u.RawQuery}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, ask.String(), nil)
	if err != nil {
		return err
	}
	r.RequestURI = ask.String()
	w := &answer{header: http.Header{}, status: http.StatusOK}
	c.portal.ServeHTTP(w, r)
	if to, err := url.Parse(w.header.Get("Location")); err == nil && w.status >= 300 && w.status < 400 {
		return c.keep(Name(u), c.forward(u, u.ResolveReference(to)))
	}
	if w.status != http.StatusOK {
		return fault.New(fault.Internal, "The portal answered %d to %s, which one of its pages links to.", w.status, ask.String())
	}
	body := w.body.Bytes()
	switch kind, _, _ := strings.Cut(w.header.Get("Content-Type"), ";"); kind {
	case "text/html":
		if body, err = c.page(u, body); err != nil {
			return err
		}
	case "text/css":
		c.style(u, body)
	}
	return c.keep(Name(u), body)
}

// keep hands a file over and counts it.
func (c *copier) keep(name string, body []byte) error {
	if err := c.Write(name, body); err != nil {
		return err
	}
	c.bytes.Add(int64(len(body)))
	done := c.files.Add(1)
	if c.Seen != nil {
		c.lock.Lock()
		known := len(c.known)
		c.lock.Unlock()
		c.Seen(int(done), known)
	}
	return nil
}

// forward makes a page that leads on to where the portal redirects.
func (c *copier) forward(from, to *url.URL) []byte {
	c.add(to)
	at := html.EscapeString(relative(Name(from), Name(to)))
	return fmt.Appendf(nil, "<!doctype html><meta charset=utf-8><title>→</title><meta http-equiv=refresh content=\"0;url=%s\"><a href=\"%s\">→</a>\n", at, at)
}

// answer is a response kept in memory.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header         { return a.header }
func (a *answer) Write(b []byte) (int, error) { return a.body.Write(b) }
func (a *answer) WriteHeader(status int)      { a.status = status }

var cssURL = regexp.MustCompile(`url\(([^)]+)\)`)

// style finds the fonts and pictures of a stylesheet; they are named relative to it already.
func (c *copier) style(at *url.URL, css []byte) {
	for _, m := range cssURL.FindAllSubmatch(css, -1) {
		ref, err := url.Parse(strings.Trim(string(m[1]), `"'`))
		if err == nil && ref.Scheme == "" && ref.Host == "" {
			c.add(at.ResolveReference(ref))
		}
	}
}

// extension tells an ending that names a kind of file from a code with a point in it, such as 1.1.
var extension = regexp.MustCompile(`^\.[a-z][a-z0-9]{1,5}$`)

// Name gives the file that holds an address: "/ho-so/tra-vinh" is ho-so/tra-vinh/index.html, with a query
// ho-so/tra-vinh/nam=2022.html; "/ban-do.csv?nam=2022" is ban-do/nam=2022.csv. Queries that differ only in order have
// one name.
func Name(u *url.URL) string {
	clean := strings.TrimPrefix(path.Clean("/"+u.Path), "/")
	ext := path.Ext(clean)
	if !extension.MatchString(ext) {
		ext = ""
	}
	if u.RawQuery == "" {
		if ext != "" {
			return clean
		}
		return path.Join(clean, "index.html")
	}
	query := u.Query()
	var parts []string
	for key, values := range query {
		slices.Sort(values)
		for _, v := range values {
			parts = append(parts, plain(key)+"="+plain(v))
		}
	}
	slices.Sort(parts)
	if ext == "" {
		return path.Join(clean, strings.Join(parts, ",")+".html")
	}
	return path.Join(strings.TrimSuffix(clean, ext), strings.Join(parts, ",")+ext)
}

// plain keeps what a file name and an address both can hold; anything else becomes its hexadecimal bytes.
func plain(s string) string {
	var b strings.Builder
	for i := range len(s) {
		switch ch := s[i]; {
		case ch >= 'a' && ch <= 'z', ch >= 'A' && ch <= 'Z', ch >= '0' && ch <= '9', ch == '-', ch == '.', ch == '_':
			b.WriteByte(ch)
		default:
			fmt.Fprintf(&b, "~%02x", ch)
		}
	}
	return b.String()
}
