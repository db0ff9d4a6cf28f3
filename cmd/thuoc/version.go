package main

import (
	"runtime"
	"runtime/debug"

	"thuoc/internal/fault"
	"thuoc/internal/published"
	"thuoc/internal/table"
)

func versionCommand() command {
	return command{
		name:     "version",
		summary:  fault.T("say which build this is and which figures it holds"),
		examples: []string{"thuoc version", "thuoc version --format json"},
		setup: func(f *flags) action {
			format := f.format()
			return func(c *call) error { return version(c, *format) }
		},
	}
}

// build is what the program knows of its own making.
type build struct {
	version, revision, built string
	modified                 bool
}

// buildInfo reads what the Go tool wrote into the program; a build outside version control has no revision.
func buildInfo() build {
	b := build{version: "(devel)"}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if info.Main.Version != "" {
		b.version = info.Main.Version
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.revision = s.Value
		case "vcs.time":
			b.built = s.Value
		case "vcs.modified":
			b.modified = s.Value == "true"
		}
	}
	return b
}

func version(c *call, format string) error {
	b := buildInfo()
	years := published.Years()
	first, last := years[0].Year, years[len(years)-1].Year
	return c.write(format, func() *table.Page {
		p := &table.Page{Title: "thuoc " + b.version, Lead: []string{
			c.text(fault.T("Built with %s for %s/%s.", runtime.Version(), runtime.GOOS, runtime.GOARCH)),
			c.text(fault.T("Holds the PAPI figures of %d to %d.", first, last)),
		}}
		if b.revision != "" {
			p.Lead = append(p.Lead, c.text(fault.T("Source: revision %s of %s.", b.revision, b.built)))
		}
		if b.modified {
			p.Lead = append(p.Lead, c.text(fault.T("The source had changes beyond that revision.")))
		}
		return p
	}, func() *table.Records {
		return &table.Records{
			Header: []string{"version", "revision", "revision_time", "modified", "go", "os", "arch", "papi_first", "papi_last"},
			Rows: [][]table.Cell{{table.Str(b.version), table.Str(b.revision), table.Str(b.built), table.Bool(b.modified),
				table.Str(runtime.Version()), table.Str(runtime.GOOS), table.Str(runtime.GOARCH), table.Int(first), table.Int(last)}},
		}
	})
}
