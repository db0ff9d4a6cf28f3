package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"thuoc/internal/app"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/site"
)

func editionExportCommand() command {
	return command{
		name:    "export",
		args:    "DIR",
		summary: fault.T("write the portal as a static site that any web server can show"),
		detail:  fault.T("Every page, drawing and file the portal links to, in both languages. Searching and comparing by choice need the program and are left out. DIR must be empty or new; it holds the site only when all of it was written."),
		examples: []string{
			"thuoc edition export --year 2024 --pages site-2024",
			"thuoc edition export --year 2012 --pages --editions editions site-2012",
		},
		setup: func(f *flags) action {
			editions := f.text("editions", "DIR", fault.T("a folder of editions, as thuoc edition build writes it"))
			year := f.year("year", fault.T("one year only"))
			pages := f.yes("pages", fault.T("pages only: no CSV, XLSX, SVG and PNG files"))
			maps := f.text("maps", "DIR", fault.T("a folder of boundary sets, as thuoc map import keeps them"))
			return func(c *call) error { return editionExport(c, f.path, *editions, *maps, *year, *pages) }
		},
	}
}

func editionExport(c *call, path, editions, maps string, year int, pagesOnly bool) error {
	if len(c.args) != 1 {
		return misuse(path, fault.T("Name one folder."))
	}
	dir := c.args[0]
	shelf, err := shelfOf(editions)
	if err != nil {
		return err
	}
	if years := shelf.Years(); year != 0 && !slices.Contains(years, year) {
		return fault.New(fault.NotFound, "There is no edition of %s.", strconv.Itoa(year))
	}
	bounds, err := boundsOf(maps)
	if err != nil {
		return err
	}
	a, err := app.New(app.Options{Shelf: shelf, Bounds: bounds, Now: time.Now, Log: slog.New(slog.NewTextHandler(c.talk, nil))})
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return exportTo(ctx, c, dir, site.Options{
		Start: []string{"/", "/en/"}, Workers: runtime.NumCPU(),
		Keep: func(u *url.URL) bool { return exported(u, year, pagesOnly) },
	}, a)
}

// exported tells whether an address belongs to a copy. Addresses that answer what somebody typed or chose have no end
// and are left to the live portal.
func exported(u *url.URL, year int, pagesOnly bool) bool {
	query := u.Query()
	if strings.HasPrefix(u.Path, "/api/") || query.Has("q") || len(query["tinh"]) > 1 {
		return false
	}
	if y := query.Get("nam"); year != 0 && y != "" && y != strconv.Itoa(year) {
		return false
	}
	switch filepath.Ext(u.Path) {
	case ".csv", ".xlsx", ".svg", ".png":
		return !pagesOnly || strings.HasPrefix(u.Path, "/a/")
	}
	return true
}

// exportTo writes beside the folder first and moves the whole in place at the end, so that a copy that was cut off is
// never taken for a site. What such a copy left for the same folder is taken away first.
func exportTo(ctx context.Context, c *call, dir string, o site.Options, a *app.App) error {
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return fault.New(fault.Conflict, "The folder %s is not empty; name a new one.", dir)
	}
	parent := filepath.Dir(filepath.Clean(dir))
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return folderError(dir, err)
	}
	half := "." + filepath.Base(filepath.Clean(dir)) + ".half-"
	if err := sweep(parent, half); err != nil {
		return folderError(dir, err)
	}
	draft, err := os.MkdirTemp(parent, half+"*")
	if err != nil {
		return folderError(dir, err)
	}
	defer os.RemoveAll(draft)
	root, err := os.OpenRoot(draft)
	if err != nil {
		return folderError(dir, err)
	}
	defer root.Close()
	o.Write = func(name string, b []byte) error {
		name = filepath.FromSlash(name)
		if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		return root.WriteFile(name, b, 0o644)
	}
	o.Seen = c.exportProgress()
	sum, err := site.Copy(ctx, a.Handler(), o)
	if err != nil {
		return err
	}
	if err := os.Chmod(draft, 0o755); err != nil {
		return folderError(dir, err)
	}
	if err := os.Remove(dir); err != nil && !os.IsNotExist(err) {
		return folderError(dir, err)
	}
	if err := os.Rename(draft, dir); err != nil {
		return folderError(dir, err)
	}
	_, err = fmt.Fprintln(c.out, c.text(fault.T("%s files, %s MB, in %s", lang.Count(c.lang, sum.Files), lang.Number(c.lang, float64(sum.Bytes)/1e6, 1), dir)))
	return err
}

// sweep removes the folders of parent whose name begins with prefix.
func sweep(parent, prefix string) error {
	entries, err := os.ReadDir(parent)
	for _, e := range entries {
		if e.IsDir() && strings.HasPrefix(e.Name(), prefix) {
			err = errors.Join(err, os.RemoveAll(filepath.Join(parent, e.Name())))
		}
	}
	return err
}

// exportProgress tells on a terminal, once a second, how much is written of what is known so far.
func (c *call) exportProgress() func(done, known int) {
	info, err := os.Stderr.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	var lock sync.Mutex
	last := time.Now()
	return func(done, known int) {
		lock.Lock()
		defer lock.Unlock()
		if now := time.Now(); now.Sub(last) >= time.Second {
			last = now
			fmt.Fprintf(c.talk, "\r%d / %d", done, known)
		}
	}
}
