package app

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"thuoc/internal/audit"
	"thuoc/internal/blob"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/job"
	"thuoc/internal/lang"
	"thuoc/internal/mail"
	"thuoc/internal/ui"
	"thuoc/internal/web"
)

// again is how often a database that was away at the start is asked for.
const again = 3 * time.Second

// keeper keeps the house open behind the working pages. While the database is away it answers "later"; the portal does
// not know of it.
type keeper struct {
	config Config
	log    *slog.Logger
	report func(*http.Request, error)
	first  func(context.Context) error // is done before the house is opened; nil = nothing
	house  atomic.Pointer[House]
	pages  atomic.Pointer[web.App] // of the open house
}

// open opens the house. A database that does not answer now is no error: tend asks again.
func (k *keeper) open(ctx context.Context) error {
	h, err := Open(ctx, k.config)
	if err == nil {
		var pages *web.App
		if pages, err = h.pages(ctx, k.report); err == nil {
			k.house.Store(h)
			k.pages.Store(pages)
			return nil
		}
		err = errors.Join(err, h.Close())
	}
	if fault.KindOf(err) == fault.Busy {
		k.log.Warn("the database does not answer; the portal serves without it", "err", err)
		return nil
	}
	return err
}

// pages makes the working pages over the house.
func (h *House) pages(ctx context.Context, report func(*http.Request, error)) (*web.App, error) {
	key, err := h.key(sessionKey)
	if err != nil {
		return nil, err
	}
	o := web.Options{
		Accounts: h.Accounts, Drafts: h.Drafts, Places: h.Places, Agencies: h.Agencies, Runs: h.Runs, Editions: h.Editions, Pledges: h.Pledges, Home: h.Province, Plans: h.Plans, Registry: h.Registry, Blobs: h.Blobs,
		Upkeep: h.Upkeep, Tasks: h.Tasks, Reports: h.Reports, Follow: h.Follow, Inspections: h.Inspections, Key: key,
		Secure: h.config.URL != nil && h.config.URL.Scheme == "https", Code: h.config.Program, Now: h.config.Now,
		Demo:   h.trial(),
		Client: func(r *http.Request) netip.Addr { return clientAddress(h.config.Proxies, r) }, Report: report, Health: h.health,
	}
	if disk, ok := h.Blobs.(*blob.Disk); ok {
		o.Space = disk.Space
	}
	home, err := h.Province(ctx)
	switch {
	case err == nil:
		o.Name = home.Full()
	case fault.KindOf(err) == fault.NotFound:
		return nil, fault.New(fault.Conflict, "The places of the country are not in the database: bringing it up was cut short. Finish it with: thuoc migrate")
	default:
		return nil, err
	}
	return web.New(o)
}

// tend runs what goes on in the house until the context ends, then closes it.
func (k *keeper) tend(ctx context.Context) error {
	if k.first != nil {
		if err := k.begin(ctx); err != nil {
			return err
		}
	}
	for k.house.Load() == nil {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(again):
		}
		if err := k.open(ctx); err != nil && ctx.Err() == nil {
			k.log.Error("the house cannot be opened", "err", err)
		}
	}
	h := k.house.Load()
	err := h.work(ctx, k.log)
	k.pages.Store(nil)
	k.house.Store(nil)
	return errors.Join(err, h.Close())
}

// begin does what is to be done first and opens the house. That the program was stopped meanwhile is no error.
func (k *keeper) begin(ctx context.Context) error {
	err := k.first(ctx)
	if err == nil {
		debug.FreeOSMemory() // what was made first is garbage now, and an idle server would hold it for minutes
		err = k.open(ctx)
	}
	if ctx.Err() != nil && k.house.Load() == nil {
		return nil
	}
	return err
}

// work runs jobs and seals the audit until the context ends; jobs at work are finished or given back.
func (h *House) work(ctx context.Context, log *slog.Logger) error {
	runner, err := h.runner(log)
	if err != nil {
		return err
	}
	sealing, stop := context.WithCancel(context.WithoutCancel(ctx))
	var sealed sync.WaitGroup
	sealed.Go(func() { audit.Run(sealing, h.DB, log) })
	sealed.Go(func() {
		if err := h.Places.Warm(sealing); err != nil && sealing.Err() == nil {
			log.Warn("the index of the places could not be read; the first search will", "err", err)
		}
	})
	for {
		err := runner.Run(ctx)
		if ctx.Err() != nil {
			stop()
			sealed.Wait()
			return err
		}
		log.Error("the jobs stand still", "err", err) // the database was away when they began
		select {
		case <-ctx.Done():
		case <-time.After(again):
		}
	}
}

// runner knows every kind of job of the house.
func (h *House) runner(log *slog.Logger) (*job.Runner, error) {
	r := job.New(h.DB, log, h.config.Workers)
	var sender mail.Sender = mail.Log{To: log}
	if h.config.SMTP != "" {
		smtp, err := mail.NewSMTP(h.config.SMTP, h.config.Now)
		if err != nil {
			return nil, err
		}
		sender = smtp
	}
	mail.Register(r, h.DB, sender)
	audit.Register(r, h.DB, lang.Vi, func(context.Context, *db.Q) (string, error) { return h.config.Auditor, nil })
	h.Accounts.Register(r)
	h.Places.Register(r)
	h.Editions.Register(r)
	h.Drafts.Register(r)
	h.Follow.Register(r)
	h.Reports.Register(r)
	h.registerBackup(r, log)
	h.registerSweep(r)
	return r, nil
}

// ServeHTTP answers the working pages.
func (k *keeper) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if pages := k.pages.Load(); pages != nil {
		pages.ServeHTTP(w, r)
		return
	}
	h := w.Header()
	ui.Secure(h, false)
	h.Set("Cache-Control", "no-store")
	if k.first != nil {
		h.Set("Retry-After", "2")
		h.Set("Refresh", "2")
		http.Error(w, "Đang dựng tỉnh giả định để dùng thử, mất vài giây; trang này tự mở lại.\n"+
			"The invented province is being furnished, which takes a few seconds; this page opens again by itself.", http.StatusServiceUnavailable)
		return
	}
	h.Set("Retry-After", "10")
	http.Error(w, "Cơ sở dữ liệu hiện không trả lời. Những gì đã được xác nhận thì không mất; xin thử lại sau ít phút.\n"+
		"The database does not answer just now. Nothing is lost that was confirmed; please try again in a few minutes.", http.StatusServiceUnavailable)
}
