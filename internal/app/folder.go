package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/google/uuid"

	"thuoc/internal/clock"
	"thuoc/internal/edition"
	"thuoc/internal/fault"
	"thuoc/internal/gazetteer"
)

// What lies in a data folder. The founding has another name until everything else is there, so that a set-up that was
// cut short is known as one.
const (
	foundingName   = "thuoc.json"      // who this house is
	unfinishedName = "unfinished.json" // the same, while thuoc init is at work
	restoringName  = "restoring.json"  // the same, while thuoc restore is at work
	databaseName   = "thuoc.db"
	blobsName      = "blobs"
	editionsName   = "editions" // the public editions, read by the portal without the database
	keysName       = "keys"
	backupsName    = "backups"
	spoolName      = "spool" // files on their way into a bucket
)

// Founding is what a house was founded with.
type Founding struct {
	Format int       `json:"format"`
	ID     string    `json:"id"` // the database bears it too, so that a folder and a database of two houses are told apart
	Home   string    `json:"home"`
	On     string    `json:"on"`
	Made   time.Time `json:"made"`
	Demo   bool      `json:"demo,omitempty"` // made for trying the program: the province is invented, and everybody knows the password
}

// format is the version of the data folder's form.
const format = 1

// Found begins a house of a province, by its code on a day.
func (c Config) Found(code string, on clock.Date) (Founding, error) {
	if _, err := gazetteer.ProvinceByCode(code, on); err != nil {
		return Founding{}, err
	}
	id, err := uuid.NewV7FromReader(c.Random)
	return Founding{Format: format, ID: id.String(), Home: code, On: on.String(), Made: c.Now().UTC().Truncate(time.Second)}, err
}

// Folder is the data folder of a house.
type Folder struct {
	Dir string
	Founding
}

// KeysDir is the folder of the keys.
func (f Folder) KeysDir() string { return f.path(keysName) }

// Shelf gives the public editions of the house as they stand at any time, without the database; of years of which it
// released none, those beneath. report is told of an index that cannot be read. The folder need not be there yet.
func (f Folder) Shelf(beneath *edition.Shelf, report func(error)) *edition.Shelf {
	return edition.Released(f.path(editionsName), beneath, report)
}

func (f Folder) path(name ...string) string {
	return filepath.Join(append([]string{f.Dir}, name...)...)
}

// OpenFolder reads a data folder. It refuses one that is missing, that is none of ours, or whose set-up was not
// finished, each in words and with what to do: a mistyped name never starts an empty country.
func OpenFolder(dir string) (Folder, error) {
	if dir == "" {
		return Folder{}, fault.New(fault.Invalid, "Name the data folder: --data DIR, or the variable THUOC_DATA.")
	}
	b, err := os.ReadFile(filepath.Join(dir, foundingName))
	if errors.Is(err, fs.ErrNotExist) {
		return Folder{}, notFounded(dir)
	}
	f := Folder{Dir: dir}
	if err != nil {
		return f, folderFault(dir, err)
	}
	f.Founding, err = parseFounding(b, filepath.Join(dir, foundingName))
	return f, err
}

func parseFounding(b []byte, name string) (f Founding, err error) {
	if err := json.Unmarshal(b, &f); err != nil || f.ID == "" {
		return f, fault.New(fault.Invalid, "%s cannot be read. Restore it from a backup.", name)
	}
	if f.Format > format {
		return f, fault.New(fault.Conflict, "The data folder is of a newer program (form %d, this program knows %d). Use the newer program.", f.Format, format)
	}
	return f, nil
}

// notFounded says what a folder without a founding is.
func notFounded(dir string) error {
	there := func(name string) bool {
		_, err := os.Stat(filepath.Join(dir, name))
		return err == nil
	}
	switch {
	case !there("."):
		return fault.New(fault.NotFound, "There is no folder %s. Check the name; a new one is made with: thuoc init", dir)
	case there(unfinishedName):
		return fault.New(fault.Conflict, "The set-up of %s was cut short. Finish it with the same thuoc init, or remove the folder.", dir)
	case there(restoringName):
		return fault.New(fault.Conflict, "The restore into %s was cut short. Remove the folder, empty the database where it is on a server, and restore again.", dir)
	}
	return fault.New(fault.NotFound, "The folder %s is no data folder of this program. Check the name; a new one is made with: thuoc init", dir)
}

// folderFault says why a folder cannot be used.
func folderFault(dir string, err error) error {
	cause := err
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		cause = e.Err
	}
	return &fault.Error{Text: fault.T("The folder %s cannot be used: %s. Look at its rights and its disk.", dir, cause.Error()), Err: err}
}

// empty tells whether a folder is not there or has nothing in it.
func empty(dir string) (bool, error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, folderFault(dir, err)
	}
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { // what was killed before it had begun
		return e.Name() == unfinishedName+".part" || e.Name() == restoringName+".part"
	})
	return len(entries) == 0, nil
}

// begin writes the founding under the name of what is at work.
func (f Folder) begin(name string) error {
	b, err := json.MarshalIndent(f.Founding, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(f.Dir, 0o700); err != nil {
		return folderFault(f.Dir, err)
	}
	return writeDurably(f.path(name), append(b, '\n'), 0o600)
}

// finish gives the founding its name: from now on the folder is a house.
func (f Folder) finish(name string) error { return renameDurably(f.path(name), f.path(foundingName)) }

// furnish makes the folders that are not there yet.
func (f Folder) furnish() error {
	for _, name := range []string{editionsName, backupsName, keysName, spoolName} {
		if err := os.MkdirAll(f.path(name), 0o700); err != nil {
			return folderFault(f.Dir, err)
		}
	}
	return syncPath(f.Dir)
}

// The keys of a house: random bytes, each in a file that only its owner reads.
const (
	auditKey   = "audit.key"   // of the digests in the audit log
	sessionKey = "session.key" // of signed links and sessions
	keySize    = 32
)

var keyNames = []string{auditKey, sessionKey}

// makeKeys makes the keys that are not there yet.
func (f Folder) makeKeys(random func([]byte) error) error {
	for _, name := range keyNames {
		if _, err := os.Stat(f.path(keysName, name)); err == nil {
			continue
		}
		key := make([]byte, keySize)
		if err := random(key); err != nil {
			return err
		}
		if err := writeDurably(f.path(keysName, name), key, 0o600); err != nil {
			return folderFault(f.path(keysName), err)
		}
	}
	return nil
}

// key reads a key.
func (f Folder) key(name string) ([]byte, error) {
	b, err := os.ReadFile(f.path(keysName, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.NotFound, "The key %s is missing. Put it back from where the keys are kept apart from the backups.", f.path(keysName, name))
	}
	if err == nil && len(b) != keySize {
		err = fmt.Errorf("%d bytes instead of %d", len(b), keySize)
	}
	if err != nil {
		return nil, folderFault(f.path(keysName, name), err)
	}
	return b, nil
}
