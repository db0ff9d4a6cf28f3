package edition

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"thuoc/internal/fault"
)

// The bounds of what is read from a folder: an edition of PAPI is about 3 MB in a dozen files.
const (
	maxFile  = 64 << 20
	maxFiles = 1000
)

// Open reads and verifies an edition from a folder. Every damaged file is named in the error.
func Open(dir fs.FS) (*Edition, error) {
	manifest, err := sealed(dir)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	err = fs.WalkDir(dir, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || name == ManifestName || name == SealName {
			return err
		}
		if len(files) == maxFiles {
			return fault.New(fault.TooLarge, "An edition has at most %d files.", maxFiles)
		}
		files[name], err = read(dir, name)
		return err
	})
	if err != nil {
		return nil, err
	}
	return open(manifest, files)
}

// sealed reads the manifest and holds it against its seal. A folder with neither is no edition.
func sealed(dir fs.FS) ([]byte, error) {
	manifest, err := read(dir, ManifestName)
	seal, sealErr := read(dir, SealName)
	for _, err := range []error{err, sealErr} {
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	lacks := func(name string) error {
		return fault.Batch([]fault.Item{{File: name, What: fault.T("The file is missing."), Remedy: restore}})
	}
	switch {
	case err != nil && sealErr != nil:
		return nil, fault.New(fault.NotFound, "There is no edition here: the folder has no %s.", ManifestName)
	case err != nil:
		return nil, lacks(ManifestName)
	case sealErr != nil:
		return nil, lacks(SealName)
	case string(seal) != hash(manifest)+"  "+ManifestName+"\n":
		differs := fault.T("The file is not the one that was frozen: its checksum differs.")
		return nil, fault.Batch([]fault.Item{{File: ManifestName, Field: SealName, What: differs, Remedy: restore}})
	}
	return manifest, nil
}

func read(dir fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(dir, name)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxFile {
		return nil, fault.New(fault.TooLarge, "%s is over %d MB.", name, maxFile>>20)
	}
	return fs.ReadFile(dir, name)
}

// Write writes the edition into a folder, which is made if need be. The manifest and its seal come last, so that a folder
// that was left half written is no edition.
func (e *Edition) Write(dir string) error {
	for _, f := range append(slices.Clone(e.Manifest.Files), File{Name: ManifestName}, File{Name: SealName}) {
		data, _ := e.File(f.Name)
		at := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(at, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// OpenAll reads the editions of a folder of editions, newest year first. All damage of all editions is in the error,
// each file named with its folder.
func OpenAll(dir fs.FS) ([]*Edition, error) {
	entries, err := fs.ReadDir(dir, ".")
	if err != nil {
		return nil, err
	}
	var all []*Edition
	var items []fault.Item
	for _, entry := range entries {
		if !entry.IsDir() || strings.HasPrefix(entry.Name(), ".") { // a draft
			continue
		}
		sub, err := fs.Sub(dir, entry.Name())
		if err != nil {
			return nil, err
		}
		e, err := Open(sub)
		switch found := fault.Items(err); {
		case err == nil:
			all = append(all, e)
		case len(found) > 0:
			for _, it := range found {
				it.File = path.Join(entry.Name(), it.File)
				items = append(items, it)
			}
		case fault.KindOf(err) != fault.NotFound:
			return nil, err
		}
	}
	if len(items) > 0 {
		return nil, &fault.Error{Kind: fault.Invalid, Text: fault.T("The editions are damaged; none is served."), Items: items}
	}
	slices.SortFunc(all, func(a, b *Edition) int {
		return cmp.Or(b.Manifest.Year-a.Manifest.Year, cmp.Compare(a.ID, b.ID))
	})
	return all, nil
}
