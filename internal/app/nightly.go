package app

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"thuoc/internal/blob"
	"thuoc/internal/fault"
	"thuoc/internal/job"
)

// nightly is the job that makes the backup of every night and removes those that are no longer needed.
type nightly struct{}

func (nightly) Kind() string { return "house.backup" }

// night is when: mails and reminders are out, nobody works yet.
var night = job.Daily(2, 10)

// sweep is the job that removes every night what imports that were cut off have left.
type sweep struct{}

func (sweep) Kind() string { return "house.sweep" }

// registerSweep lets a runner sweep, after the backup.
func (h *House) registerSweep(r *job.Runner) {
	job.Handle(r, job.DefaultRetry, func(ctx context.Context, _ sweep) error { return h.Agencies.Sweep(ctx) })
	r.Cron(sweep{}, job.Daily(2, 50))
}

// registerBackup lets a runner make the backups. The keys are never in them.
func (h *House) registerBackup(r *job.Runner, log *slog.Logger) {
	job.Handle(r, job.DefaultRetry, func(ctx context.Context, _ nightly) error {
		dir, _, err := h.Backup(ctx, h.config.Backups, false)
		if err != nil && fault.KindOf(err) != fault.Conflict {
			return err
		}
		log.Info("backup made", "folder", dir)
		return h.thinOut()
	})
	r.Cron(nightly{}, night)
}

// How many backups stay: the newest of each of so many days, weeks and months.
const (
	keptDays   = 7
	keptWeeks  = 4
	keptMonths = 12
)

// surplus gives, of backups by the moment they were made, those that are not needed.
func surplus(made []time.Time) (gone []time.Time) {
	newestFirst := slices.SortedFunc(slices.Values(made), func(a, b time.Time) int { return cmp.Compare(b.UnixNano(), a.UnixNano()) })
	type period struct {
		most int
		name func(time.Time) string
		seen map[string]bool
	}
	periods := []period{
		{keptDays, func(t time.Time) string { return t.Format("2006-01-02") }, map[string]bool{}},
		{keptWeeks, func(t time.Time) string { return t.AddDate(0, 0, -(int(t.Weekday())+6)%7).Format("2006-01-02") }, map[string]bool{}},
		{keptMonths, func(t time.Time) string { return t.Format("2006-01") }, map[string]bool{}},
	}
	for _, t := range newestFirst {
		needed := false
		for _, p := range periods {
			name := p.name(t.In(hanoi))
			if !p.seen[name] && len(p.seen) < p.most {
				p.seen[name], needed = true, true
			}
		}
		if !needed {
			gone = append(gone, t)
		}
	}
	return gone
}

// thinOut removes the backups that are not needed, and what was left of those that were cut short: those of the nights, and
// those that the program makes of itself before its database is brought up.
func (h *House) thinOut() error {
	all, err := Backups(h.config.Backups)
	if err != nil {
		return err
	}
	at := map[time.Time]string{}
	for _, dir := range all {
		made, err := madeAt(dir)
		if err == nil {
			at[made] = dir
		}
	}
	var errs []error
	for _, t := range surplus(slices.Collect(maps.Keys(at))) {
		errs = append(errs, os.RemoveAll(at[t]))
	}
	return errors.Join(append(errs, h.clear(h.config.Backups, "thuoc-*Z.part"), h.clear(h.path(backupsName), "before-*Z.db.part*"))...)
}

// clear removes what was left in a folder of backups that were cut short: whose name says that they were begun more than a
// day ago, which is longer than any takes.
func (h *House) clear(dir, names string) error {
	cut, err := filepath.Glob(filepath.Join(escapeGlob(dir), names))
	errs := []error{err}
	for _, path := range cut {
		if begun, err := begunAt(path); err == nil && h.config.Now().Sub(begun) > 24*time.Hour {
			errs = append(errs, os.RemoveAll(path))
		}
	}
	return errors.Join(errs...)
}

// begunAt reads the moment that stands last in the name of a backup that was cut short.
func begunAt(path string) (time.Time, error) {
	name, _, _ := strings.Cut(filepath.Base(path), "Z.")
	return time.Parse("20060102T150405", name[strings.LastIndex(name, "-")+1:]) // parts of a second may follow
}

// madeAt reads from the name of a backup when it was made.
func madeAt(dir string) (time.Time, error) {
	return time.Parse("thuoc-20060102T150405Z", filepath.Base(dir))
}

// linkKnown gives a new backup the files that the newest one beside it has already, as further names of the same bytes:
// a year of backups takes little more than one. What has changed meanwhile on the disk is not taken.
func (h *House) linkKnown(ctx context.Context, to, part string) error {
	all, err := Backups(to)
	if err != nil || len(all) == 0 {
		return err
	}
	before, err := blob.OpenDisk(filepath.Join(all[len(all)-1], blobsName), time.Time{})
	if err != nil {
		return nil // the one before is broken; this one is copied whole
	}
	defer before.Close()
	for ref, err := range h.Blobs.All(ctx) {
		if err != nil {
			return err
		}
		if blob.Check(ctx, before, ref.SHA256) != nil {
			continue
		}
		name := filepath.Join(blobsName, ref.SHA256[:2], ref.SHA256[2:])
		if err := os.MkdirAll(filepath.Dir(filepath.Join(part, name)), 0o700); err != nil {
			return err
		}
		if err := os.Link(filepath.Join(all[len(all)-1], name), filepath.Join(part, name)); err != nil {
			return nil // a disk without links: everything else is copied
		}
	}
	return nil
}
