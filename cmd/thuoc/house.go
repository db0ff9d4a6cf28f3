package main

import (
	"context"
	"crypto/rand"
	"log/slog"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"thuoc/internal/app"
	"thuoc/internal/fault"
	"thuoc/internal/table"
)

// settings declares flags for some settings of the house and gives what reads them: a flag, else the environment.
func (f *flags) settings(names ...string) func(*call) (app.Config, error) {
	given := map[string]*string{}
	for _, s := range app.Settings {
		if slices.Contains(names, s.Name) {
			given[s.Name] = f.text(s.Name, s.Value, s.Means)
		}
	}
	return func(c *call) (app.Config, error) {
		config, err := app.Configure(func(s app.Setting) string {
			if v := given[s.Name]; v != nil && *v != "" {
				return *v
			}
			return c.getenv(s.Variable())
		}, time.Now, rand.Reader)
		config.Program = program()
		return config, err
	}
}

// storage are the settings of every command that opens a house.
var storage = []string{"data", "db", "files"}

// withHouse opens the house for the length of a command.
func withHouse(config app.Config, do func(context.Context, *app.House) error) error {
	ctx, stop := interruptible()
	defer stop()
	h, err := app.Open(ctx, config)
	if err != nil {
		return err
	}
	defer h.Close()
	return do(ctx, h)
}

// interruptible gives a context that ends with Ctrl+C or SIGTERM.
func interruptible() (context.Context, context.CancelFunc) {
	return signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
}

// logger writes the program's log as the settings want it.
func (c *call) logger(config app.Config) *slog.Logger {
	o := &slog.HandlerOptions{Level: config.LogLevel}
	if config.LogJSON {
		return slog.New(slog.NewJSONHandler(c.talk, o))
	}
	return slog.New(slog.NewTextHandler(c.talk, o))
}

// program says which build this is, for what it writes down.
func program() string {
	b := buildInfo()
	if b.revision != "" {
		return b.version + " " + b.revision
	}
	return b.version
}

// gradeNames are the grades of findings as people read them.
var gradeNames = map[app.Grade]fault.Text{
	app.Fine: fault.T("well"), app.Notice: fault.T("notice"), app.Warning: fault.T("warning"), app.Fault: fault.T("fault"),
}

// findings writes what was found, and fails when something is broken. The findings of a failing look are talk: they
// stand in the error.
func (c *call) findings(format string, all []app.Finding) error {
	if err := app.Broken(all); err != nil && format == formatTable {
		return err
	}
	err := c.write(format, func() *table.Page {
		p := &table.Page{Columns: []table.Head{{Name: c.text(fault.T("Part"))}, {Name: c.text(fault.T("State"))}, {Name: c.text(fault.T("Finding"))}}}
		var rows [][]string
		for _, f := range all {
			rows = append(rows, []string{f.Check, c.text(gradeNames[f.Grade]), c.text(f.Seen)})
			if f.Remedy.Key != "" {
				rows = append(rows, []string{"", "", c.text(f.Remedy)})
			}
		}
		p.Sections = []table.Section{{Rows: rows}}
		return p
	}, func() *table.Records {
		r := &table.Records{Header: []string{"check", "grade", "finding", "remedy"}}
		for _, f := range all {
			r.Rows = append(r.Rows, []table.Cell{table.Str(f.Check), table.Str(string(f.Grade)), table.Str(c.text(f.Seen)), table.Str(c.text(f.Remedy))})
		}
		return r
	})
	return err
}
