package main

import (
	"context"
	"slices"

	"thuoc/internal/app"
	"thuoc/internal/audit"
	"thuoc/internal/fault"
	"thuoc/internal/table"
)

func verifyCommand() command {
	return command{
		name:    "verify",
		args:    "[PART…]",
		summary: fault.T("read everything of a house and hold it against its hashes"),
		detail: fault.T("The parts are db, audit, blobs, editions and backups; without one, all of them. An anchor is a head of the audit log that was kept " +
			"outside, as editions and the daily letter print it. “verify backup DIR” holds one backup against its manifest and needs no house."),
		examples: []string{"thuoc verify --data data", "thuoc verify audit db --data data", "thuoc verify backup backups/thuoc-20250701T010000Z"},
		setup: func(f *flags) action {
			read := f.settings(append([]string{"backups"}, storage...)...)
			anchor := f.text("anchor", "HEAD", fault.T("a head of the audit log that was kept outside"))
			format := f.format()
			return func(c *call) error {
				if len(c.args) == 2 && c.args[0] == "backup" {
					return verifyBackup(c, *format, c.args[1])
				}
				config, err := read(c)
				if err != nil {
					return err
				}
				return verify(c, f.path, config, *anchor, *format)
			}
		},
	}
}

func verify(c *call, path string, config app.Config, anchor, format string) error {
	for _, part := range c.args {
		if !slices.Contains(app.Parts, part) {
			return misuse(path, fault.T("There is no part “%s”.", part))
		}
	}
	var anchors []audit.Head
	if anchor != "" {
		head, err := audit.ParseHead(anchor)
		if err != nil {
			return err
		}
		anchors = append(anchors, head)
	}
	return withHouse(config, func(ctx context.Context, h *app.House) error {
		all, err := h.Verify(ctx, c.args, anchors...)
		if err != nil {
			return err
		}
		return c.findings(format, all)
	})
}

func verifyBackup(c *call, format, dir string) error {
	m, err := app.ReadBackup(dir)
	if err != nil {
		return err
	}
	return c.write(format, func() *table.Page {
		return &table.Page{Lead: []string{c.text(fault.T("The backup is what was written: %d files. The audit log stands at %s", len(m.Files), m.Audit))}}
	}, func() *table.Records {
		return &table.Records{Header: []string{"house", "made", "program", "audit", "files", "keys"},
			Rows: [][]table.Cell{{table.Str(m.House), table.Str(m.Made.Format("2006-01-02T15:04:05Z")), table.Str(m.Program), table.Str(m.Audit), table.Int(len(m.Files)), table.Bool(m.Keys)}}}
	})
}
