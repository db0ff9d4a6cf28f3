package run

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"syscall"

	"thuoc/internal/blob"
	"thuoc/internal/fault"
)

// staging holds files while they are computed from. They go into the file store only when a run comes of them: answers
// are people's, and those of a failed try must not stay. A file on the way has no name on the disk, so that a crash leaves
// nothing of it either.
type staging struct{ files map[string]*os.File }

// add takes a file in.
func (s *staging) add(r io.Reader) (blob.Ref, error) {
	f, err := os.CreateTemp("", "thuoc-run-*")
	if err != nil {
		return blob.Ref{}, noSpace(err)
	}
	if err := os.Remove(f.Name()); err != nil {
		return blob.Ref{}, errors.Join(err, f.Close())
	}
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(f, h), r)
	if err != nil {
		return blob.Ref{}, errors.Join(noSpace(err), f.Close())
	}
	ref := blob.Ref{SHA256: hex.EncodeToString(h.Sum(nil)), Size: n}
	if s.files[ref.SHA256] != nil { // the same file in two roles
		return ref, f.Close()
	}
	if s.files == nil {
		s.files = map[string]*os.File{}
	}
	s.files[ref.SHA256] = f
	return ref, nil
}

// noSpace words the want of space; any other error passes.
func noSpace(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return &fault.Error{Kind: fault.Busy, Err: err, Text: fault.T("The disk is full. Nothing was stored; free some space and try again.")}
	}
	return err
}

// open reads a staged file.
func (s *staging) open(_ context.Context, sum string) (io.ReadSeekCloser, error) {
	f, ok := s.files[sum]
	if !ok {
		return nil, os.ErrNotExist
	}
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return stagedFile{io.NewSectionReader(f, 0, info.Size())}, nil
}

// stagedFile is one reading of a staged file.
type stagedFile struct{ *io.SectionReader }

func (stagedFile) Close() error { return nil }

// keep brings the files into the file store.
func (s *staging) keep(ctx context.Context, blobs blob.Store) error {
	for sum := range s.files {
		f, err := s.open(ctx, sum)
		if err != nil {
			return err
		}
		if _, err := blobs.Put(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

// close forgets the files.
func (s *staging) close() {
	for _, f := range s.files {
		f.Close() // it was only read since
	}
}
