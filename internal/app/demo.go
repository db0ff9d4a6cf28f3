package app

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/google/uuid"

	"thuoc/internal/account"
	"thuoc/internal/demo"
	"thuoc/internal/fault"
	"thuoc/internal/task"
	"thuoc/internal/web"
)

// InitDemo makes a house for trying the program, whose province is invented, and furnishes it; one that is there already
// is left as it is, one whose furnishing was cut short is begun anew. A folder that holds a real house, or that another
// program furnishes at this moment, is refused.
func InitDemo(ctx context.Context, c Config) (Folder, error) {
	leave, err := alone(c.Data)
	if err != nil {
		return Folder{}, err
	}
	defer leave()
	if f, err := OpenFolder(c.Data); err == nil {
		if !f.Demo {
			err = fault.New(fault.Conflict, "The folder %s is that of a real house. Open it with thuoc serve, or name another one.", c.Data)
		}
		return f, err
	}
	if err := clearTrial(c.Data); err != nil {
		return Folder{}, folderFault(c.Data, err)
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

// alone makes a folder for this program alone, until it leaves or is killed.
func alone(dir string) (leave func(), err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, folderFault(dir, err)
	}
	f, err := os.Open(dir)
	if err != nil {
		return nil, folderFault(dir, err)
	}
	if err := claim(f); err != nil {
		f.Close()
		return nil, fault.New(fault.Conflict, "Another program is furnishing %s at this moment. Wait for it, or name another folder.", dir)
	}
	return func() { f.Close() }, nil
}

// clearTrial removes what a furnishing that was cut short has left: a half province is worth nothing, and nobody has worked
// in it. What is not of a house for trying stays. The word that it was one goes last, so that this too may be cut short.
func clearTrial(dir string) error {
	f := Folder{Dir: dir}
	b, err := os.ReadFile(f.path(unfinishedName))
	if err == nil {
		f.Founding, err = parseFounding(b, f.path(unfinishedName))
	}
	if err != nil || !f.Demo {
		return nil // Init says what is there instead
	}
	left, err := filepath.Glob(filepath.Join(escapeGlob(dir), databaseName+"*"))
	for _, name := range []string{blobsName, editionsName, keysName, backupsName, spoolName} {
		left = append(left, f.path(name))
	}
	for _, path := range append(left, f.path(unfinishedName)) {
		err = errors.Join(err, os.RemoveAll(path))
	}
	return err
}

// Alone is the configuration of a house for trying in a folder: it uses nothing outside of the folder, whatever the
// environment says, and tells of nothing but what goes wrong.
func (c Config) Alone(dir string) Config {
	return Config{Data: dir, Backups: filepath.Join(dir, backupsName), Listen: c.Listen, URL: c.URL, Proxies: c.Proxies, Workers: 1, LogJSON: c.LogJSON, LogLevel: max(c.LogLevel, slog.LevelWarn),
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
		Runs: h.Runs, Editions: h.Editions, Pledges: h.Pledges, Plans: h.Plans, Tasks: task.New(task.Options{DB: h.DB, Log: h.Log}), Follow: h.Follow, Reports: h.Reports, Registry: h.Registry, Inspections: h.Inspections}, h.config.past)
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
