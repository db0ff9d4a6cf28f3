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
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
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

// Config is what a demo is started with.
type Config struct {
	Listen string                   // address, ":8080"
	Shelf  *edition.Shelf           // the editions to show
	Bounds func(geo.Frame) *geo.Set // boundary sets of maps; nil = the coarse ones inside the program
	Now    func() time.Time
	Log    *slog.Logger
}

// App is the house, ready to serve.
type App struct {
	config  Config
	handler http.Handler
}

// New puts the portal and the interface for programs together over a shelf of editions.
func New(c Config) (*App, error) {
	today := func() clock.Date { return clock.Of(c.Now().In(hanoi)) }
	report := func(r *http.Request, err error) {
		c.Log.Error("request failed", "path", r.URL.Path, "query", r.URL.RawQuery, "err", err)
	}
	p, err := portal.New(portal.Options{Shelf: c.Shelf, Bounds: c.Bounds, Today: today, API: api.Prefix, Report: report})
	if err != nil {
		return nil, err
	}
	programs := api.New(api.Options{Shelf: c.Shelf, Now: c.Now, Today: today, Report: report})
	doors := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == api.Prefix || strings.HasPrefix(r.URL.Path, api.Prefix+"/") {
			programs.ServeHTTP(w, r)
			return
		}
		p.ServeHTTP(w, r)
	})
	return &App{config: c, handler: shed(inFlight, recovered(doors, c.Log))}, nil
}

// hanoi is the time zone of the calendar days that pages speak of. Việt Nam keeps no summer time.
var hanoi = time.FixedZone("+07", 7*60*60)

// Handler answers requests.
func (a *App) Handler() http.Handler { return a.handler }

// Run listens and serves until the context ends, then finishes what was begun. Ready is called with the address once
// connections are accepted.
func (a *App) Run(ctx context.Context, ready func(net.Addr)) error {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", a.config.Listen)
	if err != nil {
		return err
	}
	srv := &http.Server{
		Handler: a.handler, ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: writeTime, IdleTimeout: idleTime,
		MaxHeaderBytes: headerBytes, ErrorLog: slog.NewLogLogger(a.config.Log.Handler(), slog.LevelWarn),
	}
	debug.SetMemoryLimit(softMemory)
	ready(l.Addr())
	go a.warm(ctx)
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
	years := a.config.Shelf.Years()
	for i := len(years) - 1; i >= 0 && ctx.Err() == nil; i-- {
		if _, err := a.config.Shelf.Content(years[i]); err != nil {
			a.config.Log.Error("edition not usable", "year", years[i], "err", err)
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
			log.Error("request panicked", "path", r.URL.Path, "what", what, "stack", string(debug.Stack()))
			http.Error(w, "Có lỗi xảy ra. Something went wrong.", http.StatusInternalServerError)
		}()
		next.ServeHTTP(w, r)
	})
}
