package app

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"thuoc/internal/audit"
	"thuoc/internal/blob"
	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// manifestName is written last: a folder without it is no backup.
const manifestName = "manifest.json"

// Manifest is what a backup holds.
type Manifest struct {
	Format  int       `json:"format"`
	House   string    `json:"house"`
	Made    time.Time `json:"made"`
	Program string    `json:"program"` // which build made it
	Audit   string    `json:"audit"`   // an anchor that the log in the backup must lead to
	Keys    bool      `json:"keys"`    // whether the keys are in it
	Files   []Saved   `json:"files"`
}

// Saved is one file of a backup.
type Saved struct {
	Path   string `json:"path"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Backup writes a folder into to that holds the database as it is at one moment, every uploaded file, every public
// edition and, when asked, the keys; the program may serve meanwhile. The folder has its name only when all of it is on
// disk. Keys in a backup let whoever has it forge sessions: without them it is enough to restore together with the keys
// kept apart.
func (h *House) Backup(ctx context.Context, to string, keys bool) (dir string, m Manifest, err error) {
	m = Manifest{Format: format, House: h.ID, Made: h.config.Now().UTC().Truncate(time.Second), Program: h.config.Program, Keys: keys}
	dir = filepath.Join(to, "thuoc-"+stamp(m.Made))
	if _, err := os.Stat(dir); err == nil {
		return dir, m, fault.New(fault.Conflict, "There is already a backup %s. It is left as it is.", dir)
	}
	part := dir + ".part"
	if err := errors.Join(os.RemoveAll(part), os.MkdirAll(part, 0o700)); err != nil {
		return dir, m, folderFault(to, err)
	}
	if m.Audit, err = h.anchored(ctx); err == nil {
		err = h.copyInto(ctx, to, part, keys)
	}
	if err == nil {
		m.Files, err = inventory(part)
	}
	if err == nil {
		err = m.write(part)
	}
	if err == nil {
		err = renameDurably(part, dir)
	}
	if err != nil {
		err = errors.Join(err, os.RemoveAll(part))
	}
	return dir, m, err
}

// anchored seals the log and gives its head; what a copy holds later leads to it.
func (h *House) anchored(ctx context.Context) (string, error) {
	if _, err := audit.Seal(ctx, h.DB); err != nil {
		return "", err
	}
	var head audit.Head
	err := h.DB.View(ctx, func(q *db.Q) (err error) {
		head, err = audit.CurrentHead(ctx, q)
		return err
	})
	return head.String(), err
}

// copyInto copies the parts of the house, the database first: a file is on disk before a row speaks of it, so that
// every file of the copied rows is there to be copied after them.
func (h *House) copyInto(ctx context.Context, to, dir string, keys bool) error {
	if err := h.DB.Backup(ctx, filepath.Join(dir, databaseName)); err != nil {
		return err
	}
	if err := h.settle(ctx, filepath.Join(dir, databaseName)); err != nil {
		return err
	}
	if err := blob.CreateDisk(filepath.Join(dir, blobsName)); err != nil {
		return err
	}
	if err := h.linkKnown(ctx, to, dir); err != nil {
		return err
	}
	disk, err := blob.OpenDisk(filepath.Join(dir, blobsName), h.config.Now())
	if err != nil {
		return err
	}
	defer disk.Close()
	if _, _, err := blob.Copy(ctx, h.Blobs, disk); err != nil {
		return err
	}
	if err := copyTree(h.path(editionsName), filepath.Join(dir, editionsName)); err != nil {
		return folderFault(dir, err)
	}
	if keys {
		if err := copyTree(h.path(keysName), filepath.Join(dir, keysName)); err != nil {
			return folderFault(dir, err)
		}
	}
	return copyFile(h.path(foundingName), filepath.Join(dir, foundingName))
}

// settle opens and closes a fresh copy, which sets its journal mode: later readers then leave its bytes as they are.
func (h *House) settle(ctx context.Context, path string) error {
	cfg := h.config.database()
	cfg.URL = path
	d, err := db.Open(ctx, cfg)
	if err != nil {
		return err
	}
	if err := d.Close(); err != nil {
		return err
	}
	return syncPath(path)
}

// inventory lists every file below a folder, in the order of names.
func inventory(dir string) (all []Saved, err error) {
	err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() || e.Name() == manifestName {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		s, err := weigh(path)
		s.Path = filepath.ToSlash(name)
		all = append(all, s)
		return err
	})
	slices.SortFunc(all, func(a, b Saved) int { return cmp.Compare(a.Path, b.Path) })
	return all, err
}

// weigh reads a file to its end.
func weigh(path string) (Saved, error) {
	f, err := os.Open(path)
	if err != nil {
		return Saved{}, err
	}
	defer f.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, f)
	return Saved{Size: n, SHA256: hex.EncodeToString(sum.Sum(nil))}, err
}

func (m Manifest) write(dir string) error {
	b, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return err
	}
	return writeDurably(filepath.Join(dir, manifestName), append(b, '\n'), 0o600)
}

// ReadBackup reads the manifest of a backup and holds every file against it; each that is damaged, missing or too many
// is named.
func ReadBackup(dir string) (m Manifest, err error) {
	b, err := os.ReadFile(filepath.Join(dir, manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return m, fault.New(fault.NotFound, "%s is no backup, or one that was cut short: it has no %s.", dir, manifestName)
	}
	if err != nil {
		return m, folderFault(dir, err)
	}
	if err := json.Unmarshal(b, &m); err != nil || m.House == "" {
		return m, fault.New(fault.Invalid, "%s cannot be read. Take another backup.", filepath.Join(dir, manifestName))
	}
	if m.Format > format {
		return m, fault.New(fault.Conflict, "The backup is of a newer program (form %d, this program knows %d). Use the newer program.", m.Format, format)
	}
	have, err := inventory(dir)
	if err != nil {
		return m, folderFault(dir, err)
	}
	if items := differences(m.Files, have); len(items) > 0 {
		return m, &fault.Error{Kind: fault.Invalid, Text: fault.T("The backup %s is not what was written. Take another one.", dir), Items: items}
	}
	return m, nil
}

// differences compares two lists of files.
func differences(want, have []Saved) (items []fault.Item) {
	there := map[string]Saved{}
	for _, s := range have {
		there[s.Path] = s
	}
	for _, s := range want {
		got, ok := there[s.Path]
		delete(there, s.Path)
		switch {
		case !ok:
			items = append(items, fault.Item{File: s.Path, What: fault.T("The file is missing.")})
		case got != s:
			items = append(items, fault.Item{File: s.Path, What: fault.T("The file has changed since it was written.")})
		}
	}
	for _, s := range have {
		if _, extra := there[s.Path]; extra {
			items = append(items, fault.Item{File: s.Path, What: fault.T("The file does not belong to it.")})
		}
	}
	return items
}

// Restore makes a house out of a backup in a folder that is not there or empty, checks it, and gives its folder. Keys
// that are not in the backup are taken from the folder keys.
func Restore(ctx context.Context, c Config, backup, keys string) (Folder, error) {
	f := Folder{Dir: c.Data}
	if c.Data == "" {
		_, err := OpenFolder("")
		return f, err
	}
	m, err := ReadBackup(backup)
	if err != nil {
		return f, err
	}
	free, err := empty(c.Data)
	if err == nil && !free {
		err = fault.New(fault.Conflict, "The folder %s is not empty. It is left as it is; name a new one.", c.Data)
	}
	if err != nil {
		return f, err
	}
	if m.Keys && keys == "" {
		keys = filepath.Join(backup, keysName)
	}
	if keys == "" {
		return f, fault.New(fault.Invalid, "The backup holds no keys. Name the folder where they are kept: --keys DIR")
	}
	b, err := os.ReadFile(filepath.Join(backup, foundingName))
	if err == nil {
		f.Founding, err = parseFounding(b, filepath.Join(backup, foundingName))
	}
	if err == nil {
		err = c.refill(ctx, f, backup, keys)
	}
	if err == nil {
		err = c.proveRestored(ctx, f, m)
	}
	if err != nil {
		return f, err
	}
	return f, f.finish(restoringName)
}

// refill brings everything of a backup into a new folder.
func (c Config) refill(ctx context.Context, f Folder, backup, keys string) error {
	if err := f.begin(restoringName); err != nil {
		return err
	}
	if err := f.furnish(); err != nil {
		return err
	}
	for _, name := range keyNames {
		if err := copyFile(filepath.Join(keys, name), f.path(keysName, name)); err != nil {
			return folderFault(keys, err)
		}
		if err := os.Chmod(f.path(keysName, name), 0o600); err != nil {
			return folderFault(f.Dir, err)
		}
	}
	if err := db.Restore(ctx, c.database(), filepath.Join(backup, databaseName)); err != nil {
		return err
	}
	if err := c.makeFiles(f); err != nil {
		return err
	}
	to, err := c.openFiles(ctx, f)
	if err != nil {
		return err
	}
	from, err := blob.OpenDisk(filepath.Join(backup, blobsName), time.Time{})
	if err != nil {
		return err
	}
	defer from.Close()
	if _, _, err := blob.Copy(ctx, from, to); err != nil {
		return err
	}
	return copyTree(filepath.Join(backup, editionsName), f.path(editionsName))
}

// proveRestored holds a restored house against the backup's manifest. A backup of an older program is brought up first.
func (c Config) proveRestored(ctx context.Context, f Folder, m Manifest) error {
	if _, err := db.Migrate(ctx, c.database(), f.path(backupsName)); err != nil {
		return err
	}
	h, err := c.openHouse(ctx, f)
	if err != nil {
		return err
	}
	defer h.Close()
	anchor, err := audit.ParseHead(m.Audit)
	if err != nil {
		return err
	}
	all, err := h.Verify(ctx, nil, anchor)
	if err != nil {
		return err
	}
	return Broken(all)
}
