package main

import (
	"fmt"
	"net"
	"time"

	"thuoc/internal/app"
	"thuoc/internal/edition"
	"thuoc/internal/fault"
)

func serveCommand() command {
	return command{
		name:    "serve",
		serves:  true,
		summary: fault.T("serve the portal and the working pages of a house"),
		detail: fault.T("Every flag may stand in the environment instead: --listen is THUOC_LISTEN. SIGTERM ends it after the requests at work " +
			"are answered and the jobs at work are finished or given back."),
		examples: []string{"thuoc serve --data data", "THUOC_DB=postgres://thuoc@localhost/thuoc thuoc serve --data data"},
		setup: func(f *flags) action {
			var names []string
			for _, s := range app.Settings {
				names = append(names, s.Name)
			}
			read := f.settings(names...)
			maps := f.text("maps", "DIR", fault.T("a folder of boundary sets, as thuoc map import keeps them"))
			return func(c *call) error {
				config, err := read(c)
				if err != nil {
					return err
				}
				return serve(c, config, *maps)
			}
		},
	}
}

func serve(c *call, config app.Config, maps string) error {
	folder, err := app.OpenFolder(config.Data)
	if err != nil {
		return err
	}
	log := c.logger(config)
	shelf := folder.Shelf(edition.Embedded(madeHere("thuoc serve")), func(err error) { log.Error("the index of the public editions cannot be read", "err", err) })
	bounds, err := boundsOf(maps)
	if err != nil {
		return err
	}
	base := ""
	if config.URL != nil {
		base = config.URL.String()
	}
	a, err := app.New(app.Options{Listen: config.Listen, Metrics: config.Metrics, Shelf: shelf, Bounds: bounds, Base: base, House: &config, Now: time.Now, Log: log})
	if err != nil {
		return err
	}
	ctx, stop := interruptible()
	defer stop()
	return a.Run(ctx, func(at net.Addr) {
		fmt.Fprintln(c.talk, c.text(fault.T("The portal is at %s", "http://"+browsable(at.String()))))
	})
}
