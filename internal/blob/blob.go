// Package blob keeps files by what is in them: a file's name is the SHA-256 of its bytes.
//
// It promises that a file whose Put returned nil survives a power cut; that a file is there whole or not at all; that
// putting the same bytes twice is putting them once, so that every try may be repeated; and that nothing a caller
// says can name a place outside the store. Files never change. They stand in a folder, or in a bucket that speaks S3.
package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"regexp"
	"strings"
	"syscall"
	"time"

	"thuoc/internal/fault"
)

// Ref names a file.
type Ref struct {
	SHA256 string // of the bytes, 64 lower-case hexadecimal digits
	Size   int64  // in bytes
}

// Store keeps files: Disk or S3.
type Store interface {
	// Put reads r to its end and keeps it. On an error nothing is promised: the file may be there or not, and
	// putting it again is right.
	Put(ctx context.Context, r io.Reader) (Ref, error)
	// Open reads a file; NotFound when it is not there.
	Open(ctx context.Context, sha256 string) (io.ReadSeekCloser, error)
	// Remove forgets a file; one that is not there is no error. It is for erasing what the law says must go.
	Remove(ctx context.Context, sha256 string) error
	// All lists every file in the order of its name.
	All(ctx context.Context) iter.Seq2[Ref, error]
}

// Open opens an existing store: s3://key:secret@host/bucket/prefix, or the path of a folder. spool is a folder for
// files on their way into a bucket; now is the time, by which what was left of a crash is known as old.
func Open(ctx context.Context, address, spool string, now time.Time) (Store, error) {
	if strings.HasPrefix(address, "s3://") {
		return OpenS3(ctx, address, spool)
	}
	return OpenDisk(address, now)
}

var sumPattern = regexp.MustCompile(`^[0-9a-f]{64}$`)

// place gives the path of a file inside a store; NotFound for what cannot be a file's name.
func place(sum string) (string, error) {
	if !sumPattern.MatchString(sum) {
		return "", notFound(nil)
	}
	return sum[:2] + "/" + sum[2:], nil
}

// refAt is the opposite of place; false for what is not a file of a store.
func refAt(path string, size int64) (Ref, bool) {
	sum := strings.ReplaceAll(path, "/", "")
	at, err := place(sum)
	return Ref{sum, size}, err == nil && at == path
}

func notFound(cause error) error {
	return &fault.Error{Kind: fault.NotFound, Text: fault.T("The file is not there, or not any more."), Err: cause}
}

// diskFull words the want of space; any other error passes.
func diskFull(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return &fault.Error{Kind: fault.Busy, Err: err,
			Text: fault.T("The disk is full. Nothing was stored; free some space and try again.")}
	}
	return err
}

// hashTo copies r into w and gives the name of what went by.
func hashTo(ctx context.Context, w io.Writer, r io.Reader) (Ref, error) {
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(w, h), reader{ctx, r})
	return Ref{hex.EncodeToString(h.Sum(nil)), n}, err
}

// reader ends with its context.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// Check reads a file to its end and tells whether it still is what its name says.
func Check(ctx context.Context, s Store, sum string) error {
	f, err := s.Open(ctx, sum)
	if err != nil {
		return err
	}
	defer f.Close()
	got, err := hashTo(ctx, io.Discard, f)
	if err == nil && got.SHA256 != sum {
		err = fault.New(fault.Internal, "The file %s is damaged: its bytes have changed. Restore it from a backup.", sum)
	}
	return err
}

// Copy brings into one store what it lacks of another, and gives the number of files and bytes it copied. A damaged
// file is not copied: all of them are named, after everything else has been copied.
func Copy(ctx context.Context, from, to Store) (files int, bytes int64, err error) {
	var damaged []error
	for ref, err := range from.All(ctx) {
		if err != nil {
			return files, bytes, err
		}
		if there, err := has(ctx, to, ref.SHA256); err != nil || there {
			if err != nil {
				return files, bytes, err
			}
			continue
		}
		if err := Check(ctx, from, ref.SHA256); err != nil {
			damaged = append(damaged, err)
			continue
		}
		if err := copyOne(ctx, from, to, ref.SHA256); err != nil {
			return files, bytes, err
		}
		files, bytes = files+1, bytes+ref.Size
	}
	return files, bytes, errors.Join(damaged...)
}

func has(ctx context.Context, s Store, sum string) (bool, error) {
	f, err := s.Open(ctx, sum)
	if err != nil {
		if fault.KindOf(err) == fault.NotFound {
			return false, nil
		}
		return false, err
	}
	return true, f.Close()
}

func copyOne(ctx context.Context, from, to Store, sum string) error {
	f, err := from.Open(ctx, sum)
	if err != nil {
		return err
	}
	defer f.Close()
	ref, err := to.Put(ctx, f)
	if err == nil && ref.SHA256 != sum {
		err = fmt.Errorf("blob: %s changed while it was copied", sum)
	}
	return err
}
