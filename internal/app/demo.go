package app

import (
	"context"
	"log/slog"

	"github.com/google/uuid"

	"thuoc/internal/account"
	"thuoc/internal/demo"
	"thuoc/internal/fault"
	"thuoc/internal/task"
	"thuoc/internal/web"
)

// InitDemo makes a house for trying the program, whose province is invented, and furnishes it; one that is there already
// is left as it is. A folder that holds a real house is refused.
func InitDemo(ctx context.Context, c Config) (Folder, error) {
	if f, err := OpenFolder(c.Data); err == nil {
		if !f.Demo {
			err = fault.New(fault.Conflict, "The folder %s is that of a real house. Open it with thuoc serve, or name another one.", c.Data)
		}
		return f, err
	}
	id, err := uuid.NewV7FromReader(c.Random)
	if err != nil {
		return Folder{}, err
	}
	begun := Founding{Format: format, ID: id.String(), Home: demo.Code, On: demo.Since.String(), Made: c.Now().UTC(), Demo: true}
	c.past = demo.NewCalendar(c.Now())
	c.Now = c.past.Now
	return Init(ctx, c, begun)
}

// Alone is the configuration of a house for trying in a folder: it uses nothing outside of the folder, whatever the
// environment says, and tells of nothing but what goes wrong.
func (c Config) Alone(dir string) Config {
	return Config{Data: dir, Listen: c.Listen, URL: c.URL, Proxies: c.Proxies, Workers: 1, LogJSON: c.LogJSON, LogLevel: max(c.LogLevel, slog.LevelWarn),
		Program: c.Program, Now: c.Now, Random: c.Random}
}

// Guest is the login of somebody in a house for trying who sees most of it.
func (f Folder) Guest() string { return demo.Login(account.PlanOwner) }

// Password is that of everybody in a house for trying.
func (f Folder) Password() string { return demo.Password }

// tryOut furnishes a house for trying while it is made; later there is nothing to do.
func (h *House) tryOut(ctx context.Context) error {
	if h.config.past == nil {
		return nil
	}
	return demo.Furnish(ctx, demo.House{DB: h.DB, Blobs: h.Blobs, Log: h.Log, Accounts: h.Accounts, Places: h.Places, Agencies: h.Agencies,
		Runs: h.Runs, Editions: h.Editions, Plans: h.Plans, Tasks: task.New(task.Options{DB: h.DB, Log: h.Log})}, h.config.past)
}

// trial is what the working pages of a house for trying tell everybody; nil for every other house.
func (f Founding) trial() *web.Demo {
	if !f.Demo {
		return nil
	}
	d := &web.Demo{Password: demo.Password}
	for _, r := range account.Roles {
		d.Logins = append(d.Logins, web.DemoLogin{Role: r, Login: demo.Login(r)})
	}
	return d
}
