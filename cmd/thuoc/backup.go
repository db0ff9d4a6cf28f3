package main

import (
	"context"
	"fmt"

	"thuoc/internal/app"
	"thuoc/internal/fault"
)

func backupCommand() command {
	return command{
		name:    "backup",
		args:    "DIR",
		summary: fault.T("write a backup into a new folder of DIR, also while the program serves"),
		detail: fault.T("It holds the database as it is at one moment, every uploaded file, every public edition, and a manifest with the hash of each. " +
			"The keys are left out, unless asked for: whoever has keys and database can sign in as anybody."),
		examples: []string{"thuoc backup --data data backups"},
		setup: func(f *flags) action {
			read := f.settings(storage...)
			keys := f.yes("keys", fault.T("the keys too"))
			return func(c *call) error {
				config, err := read(c)
				if err != nil {
					return err
				}
				return backup(c, f.path, config, *keys)
			}
		},
	}
}

func backup(c *call, path string, config app.Config, keys bool) error {
	if len(c.args) != 1 {
		return misuse(path, fault.T("Name one folder."))
	}
	return withHouse(config, func(ctx context.Context, h *app.House) error {
		dir, m, err := h.Backup(ctx, c.args[0], keys)
		if err != nil {
			return err
		}
		fmt.Fprintln(c.out, dir)
		fmt.Fprintln(c.talk, c.text(fault.T("%d files. The audit log stands at %s", len(m.Files), m.Audit)))
		return nil
	})
}

func restoreCommand() command {
	return command{
		name:    "restore",
		args:    "BACKUP",
		summary: fault.T("make a house out of a backup, in a new data folder"),
		detail: fault.T("Every file is held against the manifest first, and the restored database, audit log, files and editions are verified before the folder becomes a house. " +
			"A folder or database that is not empty is refused."),
		examples: []string{"thuoc restore --data restored --keys keys backups/thuoc-20250701T010000Z"},
		setup: func(f *flags) action {
			read := f.settings(storage...)
			keys := f.text("keys", "DIR", fault.T("the folder where the keys are kept, when the backup holds none"))
			return func(c *call) error {
				config, err := read(c)
				if err != nil {
					return err
				}
				return restore(c, f.path, config, *keys)
			}
		},
	}
}

func restore(c *call, path string, config app.Config, keys string) error {
	if len(c.args) != 1 {
		return misuse(path, fault.T("Name one backup."))
	}
	ctx, stop := interruptible()
	defer stop()
	f, err := app.Restore(ctx, config, c.args[0], keys)
	if err != nil {
		return err
	}
	fmt.Fprintln(c.out, c.text(fault.T("The house stands in %s.", f.Dir)))
	return nil
}
