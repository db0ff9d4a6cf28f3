package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"thuoc/internal/fault"
)

// Disk is a store in a folder of a local disk.
type Disk struct {
	root  *os.Root
	count atomic.Int64 // names drafts

	// What a test makes fail.
	sync  func(*os.File) error
	space func() (free, total int64, err error)
}

// drafts is the folder of files that are being written; a draft has no name in the store yet.
const drafts = "drafts"

// CreateDisk makes a new store in a folder that is not there yet or is empty.
func CreateDisk(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	names, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	if len(names) > 0 {
		return fault.New(fault.Conflict, "The folder %s is not empty. It is left as it is.", dir)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	if err := root.Mkdir(drafts, 0o700); err != nil {
		return err
	}
	top, err := root.Open(".")
	if err != nil {
		return err
	}
	return errors.Join(top.Sync(), top.Close())
}

// OpenDisk opens the store in a folder and clears away drafts that a crash left more than a day before now.
func OpenDisk(dir string, now time.Time) (*Disk, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, &fault.Error{Kind: fault.NotFound, Err: err,
			Text: fault.T("There is no file store at %s. Check the folder; a new one is made with: thuoc init", dir)}
	}
	d := &Disk{root: root, sync: (*os.File).Sync}
	d.space = func() (int64, int64, error) { return freeSpace(dir) }
	old, err := fs.ReadDir(root.FS(), drafts)
	if err != nil {
		return nil, &fault.Error{Kind: fault.NotFound, Err: errors.Join(err, root.Close()),
			Text: fault.T("There is no file store at %s. Check the folder; a new one is made with: thuoc init", dir)}
	}
	for _, e := range old {
		if info, err := e.Info(); err == nil && info.ModTime().Before(now.Add(-24*time.Hour)) {
			root.Remove(drafts + "/" + e.Name()) // one that stays costs only its space
		}
	}
	return d, nil
}

// Close releases the folder.
func (d *Disk) Close() error { return d.root.Close() }

func freeSpace(dir string) (free, total int64, err error) {
	var st syscall.Statfs_t
	err = syscall.Statfs(dir, &st)
	return int64(st.Bavail) * st.Bsize, int64(st.Blocks) * st.Bsize, err
}

// Space gives the bytes free and the bytes in all on the store's disk.
func (d *Disk) Space() (free, total int64, err error) { return d.space() }

// Low tells whether so little space is left that nothing more is taken: 5 % of the disk, or 2 GiB where that is less.
// The database on the same disk then still has room to go on.
func (d *Disk) Low() (bool, error) {
	free, total, err := d.space()
	return free < min(total/20, 2<<30), err
}

// Put writes a draft, syncs it, gives it its name, and syncs the folder: in this order a power cut leaves the whole
// file or nothing.
func (d *Disk) Put(ctx context.Context, r io.Reader) (ref Ref, err error) {
	if low, err := d.Low(); err != nil {
		return ref, err
	} else if low {
		return ref, fault.New(fault.Busy, "The disk is nearly full and takes no more files. Free some space and try again.")
	}
	name, f, err := d.draft()
	if err != nil {
		return ref, diskFull(err)
	}
	defer d.root.Remove(name) // after the rename there is nothing left to remove
	ref, err = hashTo(ctx, f, r)
	if err == nil {
		err = d.sync(f)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return Ref{}, diskFull(err)
	}
	if err := d.keep(name, ref); err != nil {
		return Ref{}, diskFull(err)
	}
	return ref, nil
}

// draft opens a new file under a name that no other program uses.
func (d *Disk) draft() (name string, f *os.File, err error) {
	for {
		name = fmt.Sprintf("%s/%d-%d", drafts, os.Getpid(), d.count.Add(1))
		f, err = d.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
		if !errors.Is(err, fs.ErrExist) {
			return name, f, err
		}
	}
}

// keep gives a draft its name. A file that is there already is replaced by the same bytes, which mends a damaged one.
func (d *Disk) keep(draft string, ref Ref) error {
	path, err := place(ref.SHA256)
	if err != nil {
		return err
	}
	if err := d.root.Mkdir(path[:2], 0o700); err == nil {
		err = d.syncDir(".")
		if err != nil {
			return err
		}
	} else if !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := d.root.Rename(draft, path); err != nil {
		return err
	}
	return d.syncDir(path[:2])
}

func (d *Disk) syncDir(name string) error {
	f, err := d.root.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(d.sync(f), f.Close())
}

// Open reads a file.
func (d *Disk) Open(_ context.Context, sum string) (io.ReadSeekCloser, error) {
	path, err := place(sum)
	if err != nil {
		return nil, err
	}
	f, err := d.root.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, notFound(err)
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Remove forgets a file, for good once it has returned.
func (d *Disk) Remove(_ context.Context, sum string) error {
	path, err := place(sum)
	if err != nil {
		return err
	}
	if err := d.root.Remove(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	return d.syncDir(path[:2])
}

// All lists the files.
func (d *Disk) All(ctx context.Context) iter.Seq2[Ref, error] {
	return func(yield func(Ref, error) bool) {
		err := fs.WalkDir(d.root.FS(), ".", func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			info, err := e.Info()
			if err != nil {
				return err
			}
			if ref, ok := refAt(path, info.Size()); ok && !yield(ref, ctx.Err()) {
				return fs.SkipAll
			}
			return ctx.Err()
		})
		if err != nil && ctx.Err() == nil {
			yield(Ref{}, err)
		}
	}
}
