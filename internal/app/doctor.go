package app

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"thuoc/internal/audit"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/job"
	"thuoc/internal/web"
)

// The bounds beyond which the doctor warns.
const (
	leastFree   = 10                // per cent of the disk
	fullDisk    = int64(8) << 20    // bytes: below them the database's log may not find room for a day's work
	leastFiles  = 4096              // open files that the system allows
	oldBackup   = 36 * time.Hour    // one night may be late, none may be missed
	oldSeal     = 5 * time.Minute   // entries wait seconds for the sealer
	skewBound   = 30 * time.Second  // one-time codes are good for half a minute to either side
	memoryBound = uint64(256) << 20 // bytes: pages, editions and the database's cache
)

// exam is one run of the doctor.
type exam struct {
	config  Config
	machine Machine
	folder  Folder
	house   *House // nil when it could not be opened
	all     []Finding
}

func (e *exam) note(check string, grade Grade, seen, remedy fault.Text) {
	e.all = append(e.all, Finding{check, grade, seen, remedy})
}

// Examine looks at a house and its machine and tells what it found, the well parts too.
func Examine(ctx context.Context, c Config, m Machine) []Finding {
	e := &exam{config: c, machine: m}
	var err error
	if e.folder, err = OpenFolder(c.Data); err != nil {
		e.broken("folder", err)
		return e.all
	}
	e.ground()
	if e.house, err = Open(ctx, c); err != nil {
		e.broken("database", err)
	} else {
		defer e.house.Close()
		e.database(ctx)
	}
	e.backups()
	e.surroundings()
	return e.all
}

// Examine is the function Examine for a house that is open.
func (h *House) Examine(ctx context.Context, m Machine) []Finding {
	e := &exam{config: h.config, machine: m, folder: h.Folder, house: h}
	e.ground()
	e.database(ctx)
	e.backups()
	e.surroundings()
	return e.all
}

// ground looks at what the house stands on.
func (e *exam) ground() {
	e.note("folder", Fine, fault.T("The data folder is that of the house %s, home province %s.", e.folder.ID, e.folder.Home), fault.Text{})
	e.disk()
	e.modes()
}

// health is what the working pages show of the doctor's findings: those that ask for something to be done.
func (h *House) health(ctx context.Context) (x web.Health) {
	for _, f := range h.Examine(ctx, ThisMachine()) {
		if f.Grade != Fine {
			x.Findings = append(x.Findings, web.Finding{Bad: f.Grade == Fault, Seen: f.Seen, Remedy: f.Remedy})
		}
	}
	if all, err := Backups(h.config.Backups); err == nil && len(all) > 0 {
		x.Backup, _ = madeAt(all[len(all)-1]) // one without a time in its name is among the findings
	}
	return x
}

// broken notes an error in its own words.
func (e *exam) broken(check string, err error) {
	found, err := damage(err)
	if err != nil {
		found = []Finding{{Grade: Fault, Seen: fault.T("It cannot be used: %s.", err.Error()),
			Remedy: fault.T("Look at the disk, the rights of the folder and the settings; for a database on a server, whether it answers.")}}
	}
	for _, f := range found {
		f.Check = check
		e.all = append(e.all, f)
	}
}

// disk looks at what the data folder lies on.
func (e *exam) disk() {
	d, err := e.machine.Disk(e.folder.Dir)
	if err != nil {
		e.broken("disk", err)
		return
	}
	if d.Network && e.config.DB == "" {
		e.note("disk", Fault, fault.T("The database lies on a network file system (%s), whose locks cannot be relied on.", d.Kind),
			fault.T("Move the data folder to a local disk, or use PostgreSQL (--db)."))
	}
	switch free := int(100 * d.Free / max(1, d.Total)); {
	case d.Free < fullDisk:
		e.note("disk", Fault, fault.T("The disk is full (%d MB are free): nothing more can be stored.", d.Free>>20),
			fault.T("Free some space or enlarge the disk at once; nothing has to be restarted."))
	case free < leastFree:
		e.note("disk", Warning, fault.T("Only %d %% of the disk is free (%d MB).", free, d.Free>>20),
			fault.T("Free some space or enlarge the disk. Below 5 % no more files are taken."))
	default:
		e.note("disk", Fine, fault.T("%d %% of the disk is free (%d MB).", free, d.Free>>20), fault.Text{})
	}
}

// modes looks whether others may read what is ours alone.
func (e *exam) modes() {
	open := false
	for _, name := range []string{keysName, filepath.Join(keysName, auditKey), filepath.Join(keysName, sessionKey), databaseName, foundingName} {
		info, err := os.Stat(e.folder.path(name))
		if err != nil || info.Mode().Perm()&0o077 == 0 {
			continue
		}
		open = true
		grade := Warning
		if filepath.Dir(name) == keysName {
			grade = Fault
		}
		e.note("modes", grade, fault.T("Others on this machine may read %s (mode %s).", e.folder.path(name), info.Mode().Perm().String()),
			fault.T("Run: chmod go-rwx %s", e.folder.path(name)))
	}
	if !open {
		e.note("modes", Fine, fault.T("Keys and database are for their owner alone."), fault.Text{})
	}
}

// database looks into the open database.
func (e *exam) database(ctx context.Context) {
	facts, err := e.house.DB.Facts(ctx)
	if err != nil {
		e.broken("database", err)
		return
	}
	e.note("database", Fine, fault.T("%s, schema %d.", facts.Engine, facts.Schema), fault.Text{})
	if !facts.Durable {
		e.note("database", Fault, fault.T("The database confirms before it is on disk (%s).", facts.Sync),
			fault.T("On PostgreSQL set fsync and synchronous_commit to on; nobody may have changed the program's SQLite settings."))
	}
	if size := e.house.DB.Stats().LogBytes; size > logBound {
		e.note("database", Warning, fault.T("The log of the database has grown to %d MB.", size>>20),
			fault.T("Something reads without end. Restart the program; it writes the log back."))
	}
	if skew := facts.Now.Sub(e.config.Now()).Abs(); skew > skewBound {
		e.note("clock", Fault, fault.T("The clocks of this machine and of the database differ by %d s.", int(skew.Seconds())),
			fault.T("Let both take their time from one source (chrony or systemd-timesyncd)."))
	}
	e.rows(ctx)
}

// rows looks at the audit log and the jobs.
func (e *exam) rows(ctx context.Context) {
	var newest []audit.Row
	var state job.State
	var waiting audit.Pending
	err := e.house.DB.View(ctx, func(q *db.Q) (err error) {
		if newest, err = audit.List(ctx, q, audit.Filter{Limit: 1}); err != nil {
			return err
		}
		if waiting, err = audit.Waiting(ctx, q); err != nil {
			return err
		}
		state, err = job.Look(ctx, q)
		return err
	})
	if err != nil {
		e.broken("database", err)
		return
	}
	now := e.config.Now()
	if len(newest) > 0 && lastMoment(newest[0]).After(now.Add(time.Minute)) {
		e.note("clock", Fault, fault.T("The clock was set back: the audit log has an entry of %s.", lastMoment(newest[0]).UTC().Format(time.RFC3339)),
			fault.T("Set the clock right before anybody works; deadlines and links are counted by it."))
	}
	if waiting.Entries > 0 && now.Sub(waiting.Oldest) > oldSeal {
		e.note("audit", Warning, fault.T("%d entries of the audit log wait to be sealed.", waiting.Entries),
			fault.T("The program seals while it serves. Start it, and read its log if they stay."))
	}
	if e.config.Auditor == "" {
		e.note("audit", Warning, fault.T("The head of the audit log is not sent to anybody outside: a log that only its owner can check proves little."),
			fault.T("Name an address outside the house: --auditor, or THUOC_AUDITOR."))
	}
	if state.Dead > 0 {
		e.note("jobs", Warning, fault.T("%d jobs have failed for good.", state.Dead), fault.T("Look at them in the working pages under system health; revive or discard each."))
	}
	if !state.Oldest.IsZero() && now.Sub(state.Oldest) > queueBound {
		e.note("jobs", Warning, fault.T("A job has been due for %d minutes.", int(now.Sub(state.Oldest).Minutes())), fault.T("Is the program serving? Read its log."))
	}
}

// lastMoment is up to when a log whose newest entry this is has come. Ids go on from where they were when a clock is set
// back, so that the newest tells of entries before it, whatever its own time.
func lastMoment(newest audit.Row) time.Time {
	id, err := uuid.Parse(newest.ID)
	if err != nil {
		return newest.At
	}
	sec, nsec := id.Time().UnixTime()
	if made := time.Unix(sec, nsec); made.After(newest.At) {
		return made
	}
	return newest.At
}

// backups looks at the age of the newest one.
func (e *exam) backups() {
	all, err := Backups(e.config.Backups)
	remedy := fault.T("The program makes one every night while it serves; one at once: thuoc backup")
	if err != nil || len(all) == 0 {
		e.note("backups", Warning, fault.T("There is no backup in %s.", e.config.Backups), remedy)
		return
	}
	newest := all[len(all)-1]
	made, err := madeAt(newest)
	switch age := e.config.Now().Sub(made); {
	case err != nil:
		e.broken("backups", err)
	case age > oldBackup:
		e.note("backups", Warning, fault.T("The newest backup is %d hours old.", int(age.Hours())), remedy)
	default:
		e.note("backups", Fine, fault.T("The newest backup is %s.", newest), fault.Text{})
	}
	if same, err := e.machine.SameDisk(e.config.Backups, e.folder.Dir); err == nil && same {
		e.note("backups", Warning, fault.T("The backups lie on the disk that they are to save."), fault.T("Name a folder on another disk or machine: --backups, or THUOC_BACKUPS."))
	}
}

// surroundings looks at the settings and at what the system allows.
func (e *exam) surroundings() {
	if e.config.SMTP == "" {
		e.note("mail", Warning, fault.T("No mail server is set: invitations and reminders are only noted in the log."), fault.T("Set THUOC_SMTP."))
	}
	switch {
	case e.config.URL == nil:
		e.note("address", Warning, fault.T("The address at which people reach the program is not set: links in letters cannot be right."), fault.T("Set THUOC_URL to https://…"))
	case e.config.URL.Scheme != "https":
		e.note("address", Fault, fault.T("People reach the program without TLS: passwords can be read on the way."), fault.T("Put a reverse proxy with a certificate before it and set THUOC_URL to https://…"))
	}
	if n := e.machine.OpenFiles(); n > 0 && n < leastFiles {
		e.note("limits", Warning, fault.T("The system allows only %d open files.", n), fault.T("Set LimitNOFILE=65536 in the unit of the service, or ulimit -n."))
	}
	if limit := e.machine.Memory(); limit > 0 && limit < memoryBound {
		e.note("limits", Warning, fault.T("The system allows only %d MB of memory.", limit>>20), fault.T("Allow at least 256 MB, and set GOMEMLIMIT to three quarters of what is allowed."))
	}
}
