package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"thuoc/internal/blob"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/job"
	"thuoc/internal/ui"
)

// The bounds of readiness.
const (
	readyTime  = 2 * time.Second  // for the whole look
	logBound   = 256 << 20        // bytes of SQLite's log: a reader that never ends keeps it from being written back
	queueBound = 15 * time.Minute // how long a due job may wait
)

// ready is one part of the program and what is wrong with it, nil when it works.
type ready struct {
	part string
	err  error
}

// readiness looks at every part.
func (a *App) readiness(ctx context.Context) []ready {
	all := []ready{{"editions", a.editionsReady()}}
	if a.keeper == nil {
		return all
	}
	ctx, stop := context.WithTimeout(ctx, readyTime)
	defer stop()
	h := a.keeper.house.Load()
	if h == nil {
		return append(all, ready{"database", fault.New(fault.Busy, "The database does not answer. Nothing is lost that was confirmed; try again in a moment.")})
	}
	return append(all, h.ready(ctx)...)
}

func (a *App) editionsReady() error {
	_, err := a.options.Shelf.Edition(a.options.Shelf.Newest())
	return err
}

func (h *House) ready(ctx context.Context) []ready {
	all := []ready{{"database", nil}, {"log", nil}, {"jobs", nil}, {"disk", nil}}
	var state job.State
	all[0].err = h.DB.View(ctx, func(q *db.Q) (err error) {
		state, err = job.Look(ctx, q)
		return err
	})
	if size := h.DB.Stats().LogBytes; size > logBound {
		all[1].err = fault.New(fault.Busy, "The log of the database has grown to %d MB.", size>>20)
	}
	if !state.Oldest.IsZero() && h.config.Now().Sub(state.Oldest) > queueBound {
		all[2].err = fault.New(fault.Busy, "A job has been due for %d minutes.", int(h.config.Now().Sub(state.Oldest).Minutes()))
	}
	if disk, ok := h.Blobs.(*blob.Disk); ok {
		if low, err := disk.Low(); err != nil || low {
			all[3].err = fault.New(fault.Busy, "The disk is nearly full and takes no more files. Free some space and try again.")
		}
	}
	return all
}

// health answers /healthz: the process lives; and /readyz: every part works. What is wrong is told in the log and on the
// page of an administrator, not here, where anybody can ask.
func (a *App) health(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	ui.Secure(h, false)
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	if r.URL.Path == "/healthz" {
		fmt.Fprintln(w, "ok")
		return
	}
	var lines strings.Builder
	var failing []error
	for _, part := range a.readiness(r.Context()) {
		word := "ok"
		if part.err != nil {
			word, failing = "fails", append(failing, fmt.Errorf("%s: %w", part.part, part.err))
		}
		fmt.Fprintf(&lines, "%s %s\n", part.part, word)
	}
	a.noteChange(lines.String(), errors.Join(failing...))
	if len(failing) > 0 {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	w.Write([]byte(lines.String()))
}

// noteChange writes into the log that readiness is not what it was when it was last asked for.
func (a *App) noteChange(now string, failing error) {
	switch before := a.told.Swap(&now); {
	case before != nil && *before == now:
	case failing != nil:
		a.options.Log.Warn("not ready", "err", failing)
	case before != nil:
		a.options.Log.Info("ready again")
	}
}
