package main

import (
	"thuoc/internal/app"
	"thuoc/internal/fault"
)

func doctorCommand() command {
	return command{
		name:    "doctor",
		summary: fault.T("look for what will be trouble in a house and on its machine; each finding with its remedy"),
		detail:  fault.T("It ends with 1 when something is broken; warnings alone do not fail it. Run it before opening the house to others, after every upgrade, and whenever something is odd."),
		examples: []string{
			"thuoc doctor --data data",
			"thuoc doctor --data data --format json",
		},
		setup: func(f *flags) action {
			read := f.settings("data", "db", "files", "url", "proxies", "smtp", "auditor", "backups", "metrics")
			format := f.format()
			return func(c *call) error {
				config, err := read(c)
				if err != nil {
					return err
				}
				ctx, stop := interruptible()
				defer stop()
				return c.findings(*format, app.Examine(ctx, config, app.ThisMachine()))
			}
		},
	}
}
