package app

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// writeDurably puts bytes under a name so that a power cut leaves the whole file or what was there before: the bytes are
// on disk before they have the name, and the name is on disk when it returns.
func writeDurably(path string, b []byte, mode fs.FileMode) error {
	f, err := os.OpenFile(path+".part", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(path+".part"))
	}
	return renameDurably(path+".part", path)
}

// renameDurably gives a file or folder another name, on disk when it returns.
func renameDurably(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	return syncPath(filepath.Dir(to))
}

// syncPath puts a file's bytes, or a folder's names, on disk.
func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// copyTree copies a folder with everything in it, each file and folder on disk when it returns. What is neither a file
// nor a folder is left out.
func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		at := filepath.Join(to, name)
		switch {
		case e.IsDir():
			if err := os.MkdirAll(at, 0o700); err != nil {
				return err
			}
			return syncPath(filepath.Dir(at))
		case e.Type().IsRegular():
			return copyFile(path, at)
		}
		return nil
	})
}

func copyFile(from, to string) (err error) {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	info, err := src.Stat()
	if err != nil {
		return err
	}
	dst, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, info.Mode().Perm())
	if err != nil {
		return err
	}
	_, err = io.Copy(dst, src)
	if err = errors.Join(err, dst.Sync(), dst.Close()); err != nil {
		return err
	}
	return syncPath(filepath.Dir(to))
}
