package app

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/agency"
	"thuoc/internal/audit"
	"thuoc/internal/blob"
	"thuoc/internal/clock"
	"thuoc/internal/commitment"
	"thuoc/internal/db"
	"thuoc/internal/demo"
	"thuoc/internal/draft"
	"thuoc/internal/edition"
	"thuoc/internal/fault"
	"thuoc/internal/follow"
	"thuoc/internal/inspect"
	"thuoc/internal/job"
	"thuoc/internal/place"
	"thuoc/internal/plan"
	"thuoc/internal/registry"
	"thuoc/internal/report"
	"thuoc/internal/run"
	"thuoc/internal/task"
	"thuoc/internal/upkeep"
)

// House is an open house: its folder, its database, its files, and who keeps what in them.
type House struct {
	Folder
	config   Config
	DB       *db.DB
	Blobs    blob.Store
	Log      *audit.Log
	Accounts *account.Store
	Places   *place.Store
	Agencies *agency.Store
	Plans    *plan.Store
	Registry *registry.Store
	Runs     *run.Store
	Editions *edition.Store
	Pledges  *commitment.Store
	Drafts   *draft.Store
	Upkeep   *upkeep.Store
	Tasks    *task.Store
	Follow   *follow.Store
	Reports  *report.Store

	Inspections *inspect.Store
}

// Open opens the house of a data folder. It refuses a database that is not this house's, or keys that are not.
func Open(ctx context.Context, c Config) (*House, error) {
	f, err := OpenFolder(c.Data)
	if err != nil {
		return nil, err
	}
	return c.openHouse(ctx, f)
}

func (c Config) openHouse(ctx context.Context, f Folder) (*House, error) {
	h := &House{Folder: f, config: c}
	key, err := f.key(auditKey)
	if err != nil {
		return nil, err
	}
	if h.Log, err = audit.New(key); err != nil {
		return nil, err
	}
	if h.DB, err = db.Open(ctx, c.database()); err != nil {
		return nil, err
	}
	err = h.recognise(ctx)
	if err == nil {
		h.Blobs, err = c.openFiles(ctx, f)
	}
	if err == nil {
		err = h.people()
	}
	if err != nil {
		return nil, errors.Join(err, h.Close())
	}
	return h, nil
}

// people brings in those who keep what is in the house.
func (h *House) people() error {
	key, err := h.key(sessionKey)
	if err != nil {
		return err
	}
	o := account.Options{DB: h.DB, Log: h.Log, Now: h.config.Now, Random: h.config.Random, Key: key, Base: h.config.base(),
		OIDC: h.config.OIDC, Forget: []func(context.Context, *db.Q, string) error{draft.Forget, task.Forget}}
	if h.config.past != nil {
		o.Cost = demo.Cost
	}
	h.Accounts, err = account.New(o)
	if err != nil {
		return err
	}
	if h.Drafts, err = draft.New(h.DB, key); err != nil {
		return err
	}
	h.Upkeep = upkeep.New(h.DB, h.Log)
	h.Places = place.New(place.Options{DB: h.DB, Log: h.Log, Invents: h.Demo})
	h.Tasks = task.New(task.Options{DB: h.DB, Log: h.Log})
	h.Follow = follow.New(follow.Options{DB: h.DB, Log: h.Log, Base: h.config.base(), Sources: []follow.Source{{Kind: "report", Due: owedReports}, {Kind: "finding", Due: openFindings}}})
	h.Reports = report.New(report.Options{DB: h.DB, Log: h.Log, Sources: []report.Source{inspected}, Shelf: h.shelf()})
	h.Agencies = agency.New(agency.Options{DB: h.DB, Log: h.Log})
	h.Registry = registry.New(registry.Options{DB: h.DB, Log: h.Log})
	h.Plans = plan.New(plan.Options{DB: h.DB, Log: h.Log})
	h.Runs = run.New(run.Options{DB: h.DB, Blobs: h.Blobs, Log: h.Log, Code: h.config.Program})
	h.Editions = edition.New(edition.Options{DB: h.DB, Blobs: h.Blobs, Log: h.Log, Runs: h.Runs, Code: h.config.Program, Dir: h.path(editionsName)})
	if h.Inspections, err = inspect.New(inspect.Options{DB: h.DB, Log: h.Log, Key: key, Random: h.config.Random, Editions: h.Editions}); err != nil {
		return err
	}
	h.Pledges = commitment.New(commitment.Options{DB: h.DB, Plans: h.Plans, Editions: h.Editions})
	return nil
}

// shelf gives the public editions: those of the portal before the house, else the house's own.
func (h *House) shelf() *edition.Shelf {
	if h.config.shelf != nil {
		return h.config.shelf
	}
	return h.Folder.Shelf(nil, nil)
}

// Operator is who acts at the console of the machine.
func (h *House) Operator() account.Actor {
	return account.Program("operator", clock.Of(h.config.Now().In(job.VietnamTime)))
}

// Province gives the home province as the database has it.
func (h *House) Province(ctx context.Context) (place.Version, error) {
	on, err := clock.ParseDate(h.On)
	if err != nil {
		return place.Version{}, err
	}
	return h.Places.At(ctx, h.Home, on)
}

// openFiles opens the store of the uploaded files.
func (c Config) openFiles(ctx context.Context, f Folder) (blob.Store, error) {
	if c.Files != "" {
		return blob.Open(ctx, c.Files, f.path(spoolName), c.Now())
	}
	return blob.Open(ctx, f.path(blobsName), "", c.Now())
}

// Close closes the house.
func (h *House) Close() error {
	var errs []error
	if c, ok := h.Blobs.(io.Closer); ok {
		errs = append(errs, c.Close())
	}
	return errors.Join(append(errs, h.DB.Close())...)
}

// founded is the action of the first entry of a house's audit log. Its object is the house's id, its content too.
const founded = "house.init"

func (f Founding) entry() audit.Entry {
	return audit.Entry{Actor: "operator", Action: founded, Object: "house:" + f.ID, Content: []byte(f.ID)}
}

// firstEntry gives the entry of the founding, false for a database that has none.
func firstEntry(ctx context.Context, d *db.DB) (row audit.Row, ok bool, err error) {
	err = d.View(ctx, func(q *db.Q) error {
		rows, err := audit.List(ctx, q, audit.Filter{Action: founded, Limit: 1})
		if len(rows) > 0 {
			row, ok = rows[0], true
		}
		return err
	})
	return row, ok, err
}

// recognise checks that folder, database and keys are of one house.
func (h *House) recognise(ctx context.Context) error {
	row, ok, err := firstEntry(ctx, h.DB)
	switch {
	case err != nil:
		return err
	case !ok || row.Object != h.entry().Object:
		return fault.New(fault.Conflict, "The database is not that of the data folder %s. Check --data and --db.", h.Dir)
	case !h.Log.Confirms(row, h.entry().Content):
		return fault.New(fault.Conflict, "The key %s is not that of this house. Put the right one back from where the keys are kept.", h.path(keysName, auditKey))
	}
	return nil
}

// Init makes a house: folder, keys, file store, database, and the first entry of the audit log. It refuses a folder that
// is not empty, unless it holds a set-up of the same province that was cut short, which it finishes.
func Init(ctx context.Context, c Config, begun Founding) (Folder, error) {
	f, err := c.beginning(begun)
	if err != nil {
		return f, err
	}
	if err := f.furnish(); err != nil {
		return f, err
	}
	if err := f.makeKeys(func(b []byte) error { _, err := io.ReadFull(c.Random, b); return err }); err != nil {
		return f, err
	}
	if err := c.makeFiles(f); err != nil {
		return f, err
	}
	if err := c.makeDatabase(ctx, f); err != nil {
		return f, err
	}
	h, err := c.openHouse(ctx, f)
	if err != nil {
		return f, err
	}
	if err := errors.Join(h.stock(ctx), h.Close()); err != nil {
		return f, err
	}
	return f, f.finish(unfinishedName)
}

// stock puts in what a house needs before anybody can work: the places of the country, and the usual agencies of its
// province. It may be repeated.
func (h *House) stock(ctx context.Context) error {
	if err := h.Places.Seed(ctx, h.Operator()); err != nil {
		return err
	}
	if h.Demo {
		return h.tryOut(ctx)
	}
	home, err := h.Province(ctx)
	if err != nil {
		return err
	}
	if _, err := h.Agencies.Start(ctx, h.Operator(), home.Place, h.Operator().Day); err != nil {
		return err
	}
	_, err = audit.Seal(ctx, h.DB)
	return err
}

// beginning gives the folder of a new set-up, or of the one that was cut short there.
func (c Config) beginning(begun Founding) (Folder, error) {
	f := Folder{Dir: c.Data, Founding: begun}
	if f.Dir == "" {
		_, err := OpenFolder("")
		return f, err
	}
	b, err := os.ReadFile(f.path(unfinishedName))
	if err == nil {
		if f.Founding, err = parseFounding(b, f.path(unfinishedName)); err == nil && (f.Home != begun.Home || f.On != begun.On) {
			err = fault.New(fault.Conflict, "The set-up of %s was begun for the province %s on %s and cut short. Finish that one, or remove the folder.", f.Dir, f.Home, f.On)
		}
		return f, err
	}
	free, err := empty(f.Dir)
	if err == nil && !free {
		err = fault.New(fault.Conflict, "The folder %s is not empty. It is left as it is; name a new one.", f.Dir)
	}
	if err != nil {
		return f, err
	}
	return f, f.begin(unfinishedName)
}

// makeFiles makes the file store of a folder, unless it is there or files go to a bucket.
func (c Config) makeFiles(f Folder) error {
	if c.Files != "" {
		return nil
	}
	if d, err := blob.OpenDisk(f.path(blobsName), c.Now()); err == nil {
		return d.Close()
	}
	return blob.CreateDisk(f.path(blobsName))
}

// makeDatabase makes the database, or finishes one that a set-up of this house began.
func (c Config) makeDatabase(ctx context.Context, f Folder) error {
	if err := db.Create(ctx, c.database()); err != nil && fault.KindOf(err) != fault.Conflict {
		return err
	}
	d, err := db.Open(ctx, c.database())
	if fault.KindOf(err) == fault.Conflict { // a server's database is made step by step, and another's is not ours to migrate
		return &fault.Error{Kind: fault.Conflict, Err: err,
			Text: fault.T("The database is half made, or of another program. Name an empty one.")}
	}
	if err != nil {
		return err
	}
	defer d.Close()
	row, there, err := firstEntry(ctx, d)
	if err == nil && there && row.Object != f.entry().Object {
		return fault.New(fault.Conflict, "There is already a database of another house there. It is left as it is.")
	}
	if err != nil || there {
		return err
	}
	return f.anchor(ctx, d)
}

// anchor writes the first entry of the audit log.
func (f Folder) anchor(ctx context.Context, d *db.DB) error {
	key, err := f.key(auditKey)
	if err != nil {
		return err
	}
	log, err := audit.New(key)
	if err != nil {
		return err
	}
	return d.Update(ctx, func(q *db.Q) error { return log.Append(ctx, q, f.entry()) })
}

// Migrate brings the database of a house up to this program, after a backup, and gives what it applied.
func Migrate(ctx context.Context, c Config) ([]string, error) {
	f, err := OpenFolder(c.Data)
	if err != nil {
		return nil, err
	}
	if err := f.furnish(); err != nil {
		return nil, err
	}
	applied, err := db.Migrate(ctx, c.database(), f.path(backupsName))
	if err != nil {
		return applied, err
	}
	h, err := c.openHouse(ctx, f)
	if err != nil {
		return applied, err
	}
	return applied, errors.Join(h.stock(ctx), h.Close()) // of houses founded before there were places in them
}

// stamp writes a moment into a file's name.
func stamp(t time.Time) string { return t.UTC().Format("20060102T150405Z") }
