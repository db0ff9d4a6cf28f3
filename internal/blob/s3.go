package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"thuoc/internal/fault"
)

// S3 is a store in a bucket. The names in it are those of Disk, so that a folder copied into a bucket is a store.
type S3 struct {
	client         *minio.Client
	bucket, prefix string
	spool          string
}

// OpenS3 opens a bucket that is there: s3://key:secret@host/bucket/prefix?region=…; insecure=1 speaks plain HTTP. spool
// is a folder where a file waits until its name is known.
func OpenS3(ctx context.Context, address, spool string) (*S3, error) {
	s, err := parseS3(address)
	if err != nil {
		return nil, err
	}
	s.spool = spool
	ok, err := s.client.BucketExists(ctx, s.bucket)
	if err != nil {
		return nil, s3Fault(err)
	}
	if !ok {
		return nil, fault.New(fault.NotFound, "There is no bucket %s. Make it with the tools of its server.", s.bucket)
	}
	return s, nil
}

// parseS3 reads the address. No error shows it: it holds a secret.
func parseS3(address string) (*S3, error) {
	u, err := url.Parse(address)
	bad := fault.New(fault.Invalid, "The address of the file store is not of the form s3://key:secret@host/bucket/prefix.")
	if err != nil || u.Scheme != "s3" || u.Host == "" || u.User == nil {
		return nil, bad
	}
	bucket, prefix, _ := strings.Cut(strings.Trim(u.Path, "/"), "/")
	if bucket == "" {
		return nil, bad
	}
	secret, _ := u.User.Password()
	client, err := minio.New(u.Host, &minio.Options{
		Creds:      credentials.NewStaticV4(u.User.Username(), secret, ""),
		Secure:     u.Query().Get("insecure") != "1",
		Region:     u.Query().Get("region"),
		MaxRetries: 3,
	})
	if err != nil {
		return nil, bad
	}
	return &S3{client: client, bucket: bucket, prefix: prefix}, nil
}

func (s *S3) key(sum string) (string, error) {
	p, err := place(sum)
	return path.Join(s.prefix, p), err
}

// Put spools the bytes to learn their name and size, then sends them. A bucket acknowledges what is durable.
func (s *S3) Put(ctx context.Context, r io.Reader) (ref Ref, err error) {
	f, err := os.CreateTemp(s.spool, "put-")
	if err != nil {
		return ref, diskFull(err)
	}
	defer func() { err = errors.Join(err, f.Close(), os.Remove(f.Name())) }()
	if ref, err = hashTo(ctx, f, r); err != nil {
		return Ref{}, diskFull(err)
	}
	key, err := s.key(ref.SHA256)
	if err != nil {
		return Ref{}, err
	}
	if have, err := s.client.StatObject(ctx, s.bucket, key, minio.StatObjectOptions{}); err == nil && have.Size == ref.Size {
		return ref, nil
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return Ref{}, err
	}
	_, err = s.client.PutObject(ctx, s.bucket, key, f, ref.Size, minio.PutObjectOptions{
		SendContentMd5:       true,
		DisableContentSha256: ref.Size == 0, // over plain HTTP the client signs by chunks, and has none of an empty file
	})
	if err != nil {
		return Ref{}, s3Fault(err)
	}
	return ref, nil
}

// Open reads a file.
func (s *S3) Open(ctx context.Context, sum string) (io.ReadSeekCloser, error) {
	key, err := s.key(sum)
	if err != nil {
		return nil, err
	}
	o, err := s.client.GetObject(ctx, s.bucket, key, minio.GetObjectOptions{})
	if err != nil {
		return nil, s3Fault(err)
	}
	if _, err := o.Stat(); err != nil { // GetObject itself asks nothing
		return nil, errors.Join(s3Fault(err), o.Close())
	}
	return o, nil
}

// Remove forgets a file.
func (s *S3) Remove(ctx context.Context, sum string) error {
	key, err := s.key(sum)
	if err != nil {
		return err
	}
	err = s3Fault(s.client.RemoveObject(ctx, s.bucket, key, minio.RemoveObjectOptions{}))
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	return err
}

// All lists the files.
func (s *S3) All(ctx context.Context) iter.Seq2[Ref, error] {
	return func(yield func(Ref, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		under := s.prefix
		if under != "" {
			under += "/"
		}
		for o := range s.client.ListObjects(ctx, s.bucket, minio.ListObjectsOptions{Prefix: under, Recursive: true}) {
			if o.Err != nil {
				yield(Ref{}, s3Fault(o.Err))
				return
			}
			if ref, ok := refAt(strings.TrimPrefix(o.Key, under), o.Size); ok && !yield(ref, nil) {
				return
			}
		}
	}
}

// s3Fault turns a server's answer into a fault. The cause may name the host, never the secret.
func s3Fault(err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	switch r := minio.ToErrorResponse(err); {
	case r.Code == "NoSuchKey":
		return notFound(err)
	case r.Code == "AccessDenied", r.StatusCode == http.StatusForbidden:
		return fmt.Errorf("blob: the bucket refuses our key: %w", err)
	}
	return &fault.Error{Kind: fault.Busy, Err: err,
		Text: fault.T("The file store does not answer. Nothing was stored; try again in a moment.")}
}
