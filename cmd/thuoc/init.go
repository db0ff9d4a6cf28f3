package main

import (
	"fmt"

	"thuoc/internal/app"
	"thuoc/internal/clock"
	"thuoc/internal/fault"
)

func initCommand() command {
	return command{
		name:    "init",
		args:    "DIR",
		summary: fault.T("found a house: a data folder with keys, database and file store"),
		detail: fault.T("The home province is named by its code and a day on which the code is its own: codes were used again for other provinces. " +
			"A folder that is not empty is refused; a set-up that was cut short is finished by the same command."),
		examples: []string{"thuoc init data --home 33 --on 2025-07-01"},
		setup: func(f *flags) action {
			read := f.settings("db", "files")
			home := f.text("home", "CODE", fault.T("the home province, by its two-digit code (thuoc data provinces)"))
			on := f.date("on", fault.T("a day on which the code is that of the province"))
			return func(c *call) error {
				config, err := read(c)
				if err != nil {
					return err
				}
				return found(c, f.path, config, *home, *on)
			}
		},
	}
}

func found(c *call, path string, config app.Config, home string, on clock.Date) error {
	if len(c.args) != 1 {
		return misuse(path, fault.T("Name one folder."))
	}
	if home == "" || on.IsZero() {
		return misuse(path, fault.T("Name the home province by its code and a day: --home 33 --on 2025-07-01. The codes: thuoc data provinces"))
	}
	config.Data = c.args[0]
	begun, err := config.Found(home, on)
	if err != nil {
		return err
	}
	ctx, stop := interruptible()
	defer stop()
	f, err := app.Init(ctx, config, begun)
	if err != nil {
		return err
	}
	fmt.Fprintln(c.out, c.text(fault.T("The house stands in %s.", f.Dir)))
	fmt.Fprintln(c.out, c.text(fault.T("Keep a copy of %s apart from the backups: without it a backup cannot be used.", f.KeysDir())))
	fmt.Fprintln(c.out, c.text(fault.T("Invite the first administrator: thuoc user add --data %s --role administrator --name … --email …", f.Dir)))
	fmt.Fprintln(c.out, c.text(fault.T("Start it with: thuoc serve --data %s", f.Dir)))
	return nil
}
