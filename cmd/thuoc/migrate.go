package main

import (
	"fmt"

	"thuoc/internal/app"
	"thuoc/internal/fault"
)

func migrateCommand() command {
	return command{
		name:    "migrate",
		summary: fault.T("bring the database up to this program, after a backup"),
		detail: fault.T("Each migration is one transaction: when one fails, the database is as the one before it left it, and the same command goes on from there. " +
			"There is no way back but the backup that is made first."),
		examples: []string{"thuoc migrate --data data"},
		setup: func(f *flags) action {
			read := f.settings(storage...)
			return func(c *call) error {
				config, err := read(c)
				if err != nil {
					return err
				}
				return migrate(c, config)
			}
		},
	}
}

func migrate(c *call, config app.Config) error {
	ctx, stop := interruptible()
	defer stop()
	applied, err := app.Migrate(ctx, config)
	for _, name := range applied {
		fmt.Fprintln(c.out, c.text(fault.T("Applied: %s", name)))
	}
	if err == nil && len(applied) == 0 {
		fmt.Fprintln(c.out, c.text(fault.T("There is nothing to do: the database is that of this program.")))
	}
	return err
}
