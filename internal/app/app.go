// Package app puts the house together and runs it: the only place that knows every room.
//
// It promises that a server which stops accepts nothing new and finishes what it began; that a slow or greedy client
// cannot hold it; that under more requests than it can serve it answers some of them quickly with "later" instead of
// all of them slowly; and that nothing is read from the clock or the environment below it.
package app

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"thuoc/internal/api"
	"thuoc/internal/clock"
	"thuoc/internal/edition"
	"thuoc/internal/geo"
	"thuoc/internal/portal"
	"thuoc/internal/ui"
)

// The bounds of a server. A page is 20 to 200 KB; the slowest of readers (400 kbit/s) takes 4 s for it.
const (
	headerTime  = 5 * time.Second
	readTime    = 10 * time.Second
	writeTime   = 60 * time.Second
	idleTime    = 90 * time.Second
	drainTime   = 20 * time.Second
	headerBytes = 16 << 10
	inFlight    = 512 // requests at work at once; beyond them the answer is 503

	// softMemory is what the collector keeps the heap under as long as it can: fourteen editions take 45 MB, finished
	// answers at most 32.
	softMemory = 96 << 20
)

// Options is what a server is started with.
type Options struct {
	Listen  string                      // address, ":8080"
	Metrics string                      // a second address for metrics; "" is none
	Shelf   *edition.Shelf              // the editions to show
	Bounds  func(geo.Frame) *geo.Set    // boundary sets of maps; nil = the coarse ones inside the program
	Base    string                      // scheme and host where readers find it, for addresses that must be whole; "" = relative
	House   *Config                     // the house behind the portal; nil = the portal alone
	First   func(context.Context) error // is done beside the portal before the house is opened; nil = nothing
	Now     func() time.Time
	Log     *slog.Logger
}

// App is the program ready to serve.
type App struct {
	options Options
	handler http.Handler
	keeper  *keeper // nil for the portal alone
	meters  *meters
	told    atomic.Pointer[string] // what readiness last answered
}

// New puts the portal, the interface for programs and the working pages together.
func New(o Options) (*App, error) {
	today := func() clock.Date { return clock.Of(o.Now().In(hanoi)) }
	report := func(r *http.Request, err error) {
		if r.Context().Err() != nil { // whoever asked has gone: a page was left before it came
			o.Log.Info("request abandoned", "request", requestID(r), "path", r.URL.Path)
			return
		}
		o.Log.Error("request failed", "request", requestID(r), "path", r.URL.Path, "err", err)
	}
	p, err := portal.New(portal.Options{Shelf: o.Shelf, Bounds: o.Bounds, Today: today, API: api.Prefix, Base: o.Base, Report: report})
	if err != nil {
		return nil, err
	}
	a := &App{options: o}
	var proxies []netip.Prefix
	if o.House != nil {
		a.keeper, proxies = &keeper{config: *o.House, log: o.Log, report: report, first: o.First}, o.House.Proxies
		a.keeper.config.shelf = o.Shelf
	}
	a.meters = newMeters(a)
	programs := api.New(api.Options{Shelf: o.Shelf, Base: o.Base, Now: o.Now, Today: today, Report: report})
	doors := a.doors(p, programs)
	a.handler = identified(proxies, shed(inFlight, a.meters.counted(recovered(doors, o.Log))))
	return a, nil
}

// doors sends a request to the door it is for.
func (a *App) doors(portal, programs http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch doorOf(r.URL.Path) {
		case "api":
			programs.ServeHTTP(w, r)
		case "health":
			a.health(w, r)
		case "work":
			if a.keeper != nil {
				a.keeper.ServeHTTP(w, r)
				return
			}
			portal.ServeHTTP(w, r)
		default:
			portal.ServeHTTP(w, r)
		}
	})
}

// doorOf names the door of a path: it is also what metrics count by.
func doorOf(path string) string {
	under := func(prefix string) bool { return path == prefix || strings.HasPrefix(path, prefix+"/") }
	switch {
	case under(api.Prefix):
		return "api"
	case path == "/healthz", path == "/readyz":
		return "health"
	case under("/app"), under("/en/app"):
		return "work"
	}
	return "portal"
}

// hanoi is the time zone of the calendar days that pages speak of. Việt Nam keeps no summer time.
var hanoi = time.FixedZone("+07", 7*60*60)

// Handler answers requests.
func (a *App) Handler() http.Handler { return a.handler }

// Run listens and serves until the context ends, or the house behind the portal cannot be kept, then finishes what was
// begun. Ready is called with the address once connections are accepted.
func (a *App) Run(ctx context.Context, ready func(net.Addr)) error {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", a.options.Listen)
	if err != nil {
		return err
	}
	if limit := debug.SetMemoryLimit(-1); limit == math.MaxInt64 { // nobody set GOMEMLIMIT
		debug.SetMemoryLimit(softMemory)
	}
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	tended := make(chan error, 1)
	if err := a.begin(background, tended); err != nil {
		return errors.Join(err, l.Close())
	}
	serving, end := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() {
		err := <-tended
		if err != nil {
			end()
		}
		ended <- err
	}()
	ready(l.Addr())
	go a.warm(serving)
	err = serve(serving, l, server(a.handler, a.options.Log))
	stop() // only now: requests that were finished may have added jobs
	err = errors.Join(err, <-ended)
	end()
	return err
}

// begin starts what goes on behind the pages: the second address for metrics, and the house. The channel gets its end.
func (a *App) begin(ctx context.Context, ended chan<- error) error {
	if a.options.Metrics != "" {
		l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", a.options.Metrics)
		if err != nil {
			return err
		}
		go serve(ctx, l, server(a.meters, a.options.Log))
	}
	if a.keeper == nil {
		ended <- nil
		return nil
	}
	if a.keeper.first == nil {
		if err := a.keeper.open(ctx); err != nil {
			return err
		}
	}
	go func() { ended <- a.keeper.tend(ctx) }()
	return nil
}

// server is a server with the bounds of this house.
func server(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: writeTime, IdleTimeout: idleTime,
		MaxHeaderBytes: headerBytes, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// serve answers until the context ends, then lets the requests at work finish.
func serve(ctx context.Context, l net.Listener, srv *http.Server) error {
	done := make(chan error, 1)
	go func() { done <- srv.Serve(l) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	if err := srv.Shutdown(drain); err != nil {
		return errors.Join(err, srv.Close())
	}
	return nil
}

// warm opens the editions one by one, newest first, so that the first reader of an older year need not wait for it.
func (a *App) warm(ctx context.Context) {
	years := a.options.Shelf.Years()
	for i := len(years) - 1; i >= 0 && ctx.Err() == nil; i-- {
		if _, err := a.options.Shelf.Content(years[i]); err != nil {
			a.options.Log.Error("edition not usable", "year", years[i], "err", err)
		}
	}
	debug.FreeOSMemory() // building leaves garbage that an idle server would hold for minutes
}

// shed lets at most n requests work at once and answers the rest at once with 503. Answers are made whole before their
// first byte, so the work ends there: a client that reads slowly, or not at all, holds a connection but no place.
func shed(n int, next http.Handler) http.Handler {
	places := make(chan struct{}, n)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case places <- struct{}{}:
			at := &atWork{ResponseWriter: w, leave: sync.OnceFunc(func() { <-places })}
			defer at.leave()
			next.ServeHTTP(at, r)
		default:
			h := w.Header()
			ui.Secure(h, false)
			h.Set("Retry-After", "5")
			h.Set("Cache-Control", "no-store")
			h.Set("Connection", "close")
			http.Error(w, "Máy chủ đang quá bận, xin thử lại sau ít giây.\nToo busy just now, please try again in a few seconds.", http.StatusServiceUnavailable)
		}
	})
}

// atWork is the answer of a request that holds a place until it begins to answer.
type atWork struct {
	http.ResponseWriter
	leave func()
}

func (a *atWork) Write(b []byte) (int, error) {
	a.leave()
	return a.ResponseWriter.Write(b)
}

// Unwrap gives http.ResponseController the answer beneath.
func (a *atWork) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// recovered turns a panic of one request into an answer and a record, instead of the end of the connection.
func recovered(next http.Handler, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			what := recover()
			if what == nil {
				return
			}
			if err, ok := what.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(what) // the server's own way to end a connection
			}
			log.Error("request panicked", "request", requestID(r), "path", r.URL.Path, "what", what, "stack", string(debug.Stack()))
			http.Error(w, "Có lỗi xảy ra. Something went wrong.", http.StatusInternalServerError)
		}()
		next.ServeHTTP(w, r)
	})
}
