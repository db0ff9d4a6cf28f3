// Package api is the door for programs: published results, the indices that made them and the places they are of, as
// JSON under /api/v1, and the descriptions by which catalogues and statistical tools find and read them.
//
// It promises that every figure carries its error, base, status, mark and source, null where it is not known and with
// the reason in words; that a rank is a range or is not given; that the same question to the same edition gives the same
// bytes under the same tag; that whatever is wrong with a question is said all at once, in Vietnamese or English; and
// that nothing is looked up by code or name without a date. Every route stands in docs/api/openapi.yaml.
package api

import (
	"net/http"
	"net/netip"
	"strings"
	"time"

	"thuoc/internal/clock"
	"thuoc/internal/edition"
	"thuoc/internal/fault"
	"thuoc/internal/limit"
	"thuoc/internal/ui"
)

// Prefix is the path under which the API answers.
const Prefix = "/api/v1"

// The bounds. A page of 1000 figures is about 1 MB; a reader of everything needs some 90 of them.
const (
	mostItems    = 1000 // on one page
	usualItems   = 100
	mostFound    = 100 // places of a search
	longest      = 2000
	perMinute    = 600 // requests of one client
	burst        = 120
	mostClients  = 10_000 // that are remembered
	cacheBytes   = 8 << 20
	answerAtOnce = 8 // uncached answers that are made at the same time
)

// Options are what an API is made of.
type Options struct {
	Shelf  *edition.Shelf
	Now    func() time.Time                 // meters clients
	Today  func() clock.Date                // the day on which "now" is asked
	Report func(r *http.Request, err error) // is told of every internal error; nil = nobody
	Base   string                           // scheme and host for addresses that must be whole, "" = relative
}

// API answers requests. It may be used from several goroutines.
type API struct {
	Options
	mux     *http.ServeMux
	cache   ui.Cache[*answer]
	clients *limit.Buckets
	work    chan struct{}
}

// New makes an API.
func New(o Options) *API {
	if o.Report == nil {
		o.Report = func(*http.Request, error) {}
	}
	a := &API{Options: o, mux: http.NewServeMux(), cache: ui.Cache[*answer]{Bytes: cacheBytes},
		clients: limit.NewBuckets(perMinute, burst, mostClients, o.Now), work: make(chan struct{}, answerAtOnce)}
	for i := range routes {
		answer := func(w http.ResponseWriter, r *http.Request) { a.serve(w, r, &routes[i]) }
		if routes[i].path == "/" {
			a.mux.HandleFunc(Prefix, answer)
			a.mux.HandleFunc(Prefix+"/{$}", answer)
			continue
		}
		a.mux.HandleFunc(Prefix+routes[i].path, answer)
	}
	a.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		a.fail(w, r, fault.New(fault.NotFound, "There is nothing at this address of the interface for programs; %s lists what there is.", Prefix))
	})
	return a
}

// ServeHTTP answers one request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.open(w.Header())
	switch r.Method {
	case http.MethodOptions:
		w.Header().Set("Allow", methods)
		w.WriteHeader(http.StatusNoContent)
		return
	case http.MethodGet, http.MethodHead:
	default:
		w.Header().Set("Allow", methods)
		a.fail(w, r, &fault.Error{Kind: fault.Invalid, Text: fault.T("Results can only be read."), Err: errMethod})
		return
	}
	if err := a.clients.Take(client(r)); err != nil {
		a.fail(w, r, err)
		return
	}
	if len(r.URL.Path)+len(r.URL.RawQuery) > longest {
		a.fail(w, r, fault.New(fault.TooLarge, "The address is longer than %d letters.", longest))
		return
	}
	a.mux.ServeHTTP(w, r)
}

const methods = "GET, HEAD, OPTIONS"

// open lets pages of any site read the answers. Nothing here depends on who asks, so credentials are not let in.
func (a *API) open(h http.Header) {
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Allow-Methods", methods)
	h.Set("Access-Control-Allow-Headers", "Accept-Language, If-None-Match")
	h.Set("Access-Control-Expose-Headers", "Content-Location, ETag, Link, Retry-After")
	h.Set("Access-Control-Max-Age", "86400")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
}

// client names who asks, for the meter: the address, of IPv6 the /64 that one household or server has. A request that
// comes from this very machine comes through a proxy on it, which names the client last.
func client(r *http.Request) string {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	addr := peer.Addr().Unmap()
	if addr.IsLoopback() {
		if by, err := netip.ParseAddr(last(r.Header.Values("X-Forwarded-For"))); err == nil {
			addr = by.Unmap()
		}
	}
	if addr.Is6() {
		block, _ := addr.WithZone("").Prefix(64) // an IPv6 address has one
		return block.String()
	}
	return addr.String()
}

// last gives the last entry of a list header.
func last(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	line := lines[len(lines)-1]
	return strings.TrimSpace(line[strings.LastIndex(line, ",")+1:])
}
