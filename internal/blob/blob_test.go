package blob_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"thuoc/internal/blob"
	"thuoc/internal/fault"
)

var now = time.Date(2025, 7, 1, 1, 0, 0, 0, time.UTC)

func sum(b string) string {
	s := sha256.Sum256([]byte(b))
	return hex.EncodeToString(s[:])
}

// bucket is an S3 server in the test's own process that can be made to fail.
type bucket struct {
	address string
	puts    atomic.Int64
	before  atomic.Bool // refuse a PUT
	after   atomic.Bool // keep what a PUT brings and answer that it failed
}

func newBucket(t testing.TB) *bucket {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("thuoc"); err != nil {
		t.Fatal(err)
	}
	b := &bucket{}
	s3 := gofakes3.New(backend).Server()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			b.puts.Add(1)
			r.Header.Set("Content-Length", fmt.Sprint(r.ContentLength)) // net/http takes it away, the fake wants it
			if b.before.Load() {
				http.Error(w, "no", http.StatusBadRequest)
				return
			}
			if b.after.Load() {
				s3.ServeHTTP(httptest.NewRecorder(), r)
				http.Error(w, "kept, but says no", http.StatusBadRequest)
				return
			}
		}
		s3.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	b.address = "s3://key:topsecret@" + strings.TrimPrefix(server.URL, "http://") + "/thuoc/dir?insecure=1&region=x"
	return b
}

func newDisk(t testing.TB) (*blob.Disk, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "blobs")
	if err := blob.CreateDisk(dir); err != nil {
		t.Fatal(err)
	}
	d, err := blob.OpenDisk(dir, now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d, dir
}

// each runs a test on an empty store of each kind.
func each(t *testing.T, f func(t *testing.T, s blob.Store)) {
	t.Run("disk", func(t *testing.T) {
		s, _ := newDisk(t)
		f(t, s)
	})
	t.Run("s3", func(t *testing.T) {
		s, err := blob.Open(t.Context(), newBucket(t).address, t.TempDir(), now)
		if err != nil {
			t.Fatal(err)
		}
		f(t, s)
	})
}

func put(t *testing.T, s blob.Store, text string) blob.Ref {
	t.Helper()
	ref, err := s.Put(t.Context(), strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

func all(t *testing.T, s blob.Store) (refs []blob.Ref) {
	t.Helper()
	for ref, err := range s.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		refs = append(refs, ref)
	}
	return refs
}

func TestStore(t *testing.T) {
	each(t, func(t *testing.T, s blob.Store) {
		ctx := t.Context()
		var want []blob.Ref
		for _, text := range []string{"", "Đống Đa", strings.Repeat("x", 1<<20)} {
			ref := put(t, s, text)
			if ref != (blob.Ref{SHA256: sum(text), Size: int64(len(text))}) {
				t.Errorf("%v", ref)
			}
			put(t, s, text) // twice is once
			want = append(want, ref)
			f, err := s.Open(ctx, ref.SHA256)
			if err != nil {
				t.Fatal(err)
			}
			f.Seek(int64(len(text)/2), io.SeekStart)
			got, err := io.ReadAll(f)
			if string(got) != text[len(text)/2:] || err != nil || f.Close() != nil {
				t.Errorf("%d bytes came back of %d: %v", len(got), len(text), err)
			}
			if err := blob.Check(ctx, s, ref.SHA256); err != nil {
				t.Error(err)
			}
		}
		slices.SortFunc(want, func(a, b blob.Ref) int { return strings.Compare(a.SHA256, b.SHA256) })
		if got := all(t, s); !slices.Equal(got, want) {
			t.Errorf("listed %v, want %v", got, want)
		}
		for range s.All(ctx) { // a caller may stop early
			break
		}
		for range 2 {
			if err := s.Remove(ctx, want[0].SHA256); err != nil {
				t.Errorf("removing: %v", err)
			}
		}
		for _, name := range []string{want[0].SHA256, sum("nothing"), "", "../../etc/passwd", strings.ToUpper(want[1].SHA256), want[1].SHA256[:63] + "/"} {
			if _, err := s.Open(ctx, name); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%q: %v", name, err)
			}
		}
		if err := s.Remove(ctx, "../x"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("removing outside: %v", err)
		}
	})
}

// TestBrokenUpload: what a reader did not give to its end is not kept, and leaves nothing behind.
func TestBrokenUpload(t *testing.T) {
	each(t, func(t *testing.T, s blob.Store) {
		broken := errors.New("the line was cut")
		_, err := s.Put(t.Context(), io.MultiReader(strings.NewReader("half"), iotestErr{broken}))
		if !errors.Is(err, broken) {
			t.Errorf("got %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.Put(ctx, strings.NewReader("x")); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		if got := all(t, s); len(got) > 0 {
			t.Errorf("kept %v", got)
		}
	})
}

type iotestErr struct{ err error }

func (e iotestErr) Read([]byte) (int, error) { return 0, e.err }

func TestManyAtOnce(t *testing.T) {
	each(t, func(t *testing.T, s blob.Store) {
		var wg sync.WaitGroup
		for i := range 32 {
			wg.Go(func() {
				if _, err := s.Put(t.Context(), strings.NewReader(fmt.Sprint(i%8))); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := len(all(t, s)); n != 8 {
			t.Errorf("%d files, want 8", n)
		}
	})
}

// TestCopy goes from each kind to each, names the damaged and copies the rest; a second time copies nothing.
func TestCopy(t *testing.T) {
	for _, c := range []string{"disk to s3", "s3 to disk", "disk to disk"} {
		t.Run(c, func(t *testing.T) {
			here, dir := newDisk(t)
			var from, to blob.Store = here, nil
			other, _ := newDisk(t)
			s3, err := blob.OpenS3(t.Context(), newBucket(t).address, t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			switch c {
			case "disk to s3":
				to = s3
			case "s3 to disk":
				from, to = s3, other
			case "disk to disk":
				to = other
			}
			a, b := put(t, from, "a"), put(t, from, "bb")
			wantFiles, wantBytes := 2, int64(3)
			if from == blob.Store(here) {
				spoil(t, dir, b.SHA256)
				wantFiles, wantBytes = 1, 1
			}
			files, n, err := blob.Copy(t.Context(), from, to)
			if files != wantFiles || n != wantBytes {
				t.Errorf("copied %d files, %d bytes", files, n)
			}
			if wantFiles == 1 && (err == nil || !strings.Contains(err.Error(), b.SHA256)) || wantFiles == 2 && err != nil {
				t.Errorf("the damaged file: %v", err)
			}
			if err := blob.Check(t.Context(), to, a.SHA256); err != nil {
				t.Error(err)
			}
			if files, _, _ := blob.Copy(t.Context(), from, to); files != 0 {
				t.Errorf("%d files were copied again", files)
			}
		})
	}
}

// spoil changes a byte of a stored file.
func spoil(t *testing.T, dir, sum string) {
	t.Helper()
	path := filepath.Join(dir, sum[:2], sum[2:])
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[0] ^= 1
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestDamageIsFoundAndMended(t *testing.T) {
	d, dir := newDisk(t)
	ref := put(t, d, "precious")
	spoil(t, dir, ref.SHA256)
	if err := blob.Check(t.Context(), d, ref.SHA256); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("got %v", err)
	}
	put(t, d, "precious")
	if err := blob.Check(t.Context(), d, ref.SHA256); err != nil {
		t.Errorf("the same bytes again must mend it: %v", err)
	}
}

// TestDiskFaults is the table of what can go wrong while a file is put: at which sync, whether the file is there
// afterwards, and that a second try is always right.
func TestDiskFaults(t *testing.T) {
	io5 := &os.PathError{Op: "sync", Err: syscall.EIO}
	full := &os.PathError{Op: "write", Err: syscall.ENOSPC}
	for _, c := range []struct {
		name   string
		failAt int // which sync fails: 1 the file, 2 the folder of folders, 3 the folder
		err    error
		there  bool
		kind   fault.Kind
	}{
		{"the file is not synced", 1, io5, false, fault.Internal},
		{"the disk is full", 1, full, false, fault.Busy},
		{"the new folder is not synced", 2, io5, false, fault.Internal},
		{"the name is not synced, but is there", 3, io5, true, fault.Internal},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, dir := newDisk(t)
			n := 0
			blob.FailSync(d, func(f *os.File) error {
				if n++; n == c.failAt {
					return c.err
				}
				return f.Sync()
			})
			_, err := d.Put(t.Context(), strings.NewReader("x"))
			if !errors.Is(err, errors.Unwrap(c.err)) || fault.KindOf(err) != c.kind {
				t.Errorf("got %v (%v)", err, fault.KindOf(err))
			}
			_, statErr := os.Stat(filepath.Join(dir, sum("x")[:2], sum("x")[2:]))
			if (statErr == nil) != c.there {
				t.Errorf("the file is there: %v", statErr == nil)
			}
			if left, _ := os.ReadDir(filepath.Join(dir, "drafts")); len(left) > 0 {
				t.Errorf("%d drafts are left", len(left))
			}
			put(t, d, "x")
			if err := blob.Check(t.Context(), d, sum("x")); err != nil || n < c.failAt+1 {
				t.Errorf("the second try: %v after %d syncs", err, n)
			}
		})
	}
}

// TestLowSpace: the last of the disk is kept for the database.
func TestLowSpace(t *testing.T) {
	d, _ := newDisk(t)
	const gib = 1 << 30
	for _, c := range []struct {
		free, total int64
		low         bool
	}{{2 * gib, 1000 * gib, false}, {2*gib - 1, 1000 * gib, true}, {gib, 20 * gib, false}, {gib - 1, 20 * gib, true}} {
		blob.SetSpace(d, c.free, c.total)
		_, err := d.Put(t.Context(), strings.NewReader("x"))
		if (err != nil) != c.low || c.low && fault.KindOf(err) != fault.Busy {
			t.Errorf("%d free of %d: %v", c.free, c.total, err)
		}
	}
}

func TestOldDraftsAreCleared(t *testing.T) {
	_, dir := newDisk(t)
	for name, age := range map[string]time.Duration{"old": 25 * time.Hour, "young": time.Hour} {
		path := filepath.Join(dir, "drafts", name)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, time.Time{}, now.Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	d, err := blob.OpenDisk(dir, now)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	left, _ := os.ReadDir(filepath.Join(dir, "drafts"))
	if len(left) != 1 || left[0].Name() != "young" {
		t.Errorf("left: %v", left)
	}
}

func TestOpenInWords(t *testing.T) {
	_, dir := newDisk(t)
	if err := blob.CreateDisk(dir); fault.KindOf(err) != fault.Conflict {
		t.Errorf("made over another: %v", err)
	}
	b := newBucket(t)
	for address, want := range map[string]fault.Kind{
		filepath.Join(t.TempDir(), "typo"): fault.NotFound,
		t.TempDir():                        fault.NotFound, // a folder, but no store
		"s3://key:topsecret@127.0.0.1:1/thuoc?insecure=1&region=x": fault.Busy,
		"s3://127.0.0.1:1/thuoc":                                   fault.Invalid,
		"s3://key:topsecret@127.0.0.1:1":                           fault.Invalid,
		"s3://key:topsecret@[bad/x":                                fault.Invalid,
		strings.Replace(b.address, "/thuoc/", "/other/", 1):        fault.NotFound,
	} {
		_, err := blob.Open(t.Context(), address, t.TempDir(), now)
		if fault.KindOf(err) != want || strings.Contains(fmt.Sprint(err), "topsecret") {
			t.Errorf("%s: %v (%v), want %v", address, err, fault.KindOf(err), want)
		}
	}
}

// TestBucketFaults: an upload that the server refused, and one that it kept though it said no; a second try is right.
func TestBucketFaults(t *testing.T) {
	b := newBucket(t)
	spool := t.TempDir()
	s, err := blob.OpenS3(t.Context(), b.address, spool)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		flag  *atomic.Bool
		there int
	}{"refused": {&b.before, 0}, "kept, but says no": {&b.after, 1}} {
		c.flag.Store(true)
		if _, err := s.Put(t.Context(), strings.NewReader(name)); fault.KindOf(err) != fault.Busy {
			t.Errorf("%s: %v", name, err)
		}
		c.flag.Store(false)
		if _, err := s.Open(t.Context(), sum(name)); (err == nil) != (c.there == 1) {
			t.Errorf("%s: the file is there: %v", name, err == nil)
		}
		before := b.puts.Load()
		put(t, s, name)
		if sent := b.puts.Load() - before; sent != int64(1-c.there) {
			t.Errorf("%s: the second try sent it %d times", name, sent)
		}
	}
	if left, _ := os.ReadDir(spool); len(left) > 0 {
		t.Errorf("%d files are left in the spool", len(left))
	}
}

// BenchmarkPut: a photograph of 1 MB to a disk, durably. Bound: 30 ms.
func BenchmarkPut(b *testing.B) {
	d, _ := newDisk(b)
	photo := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	b.SetBytes(int64(len(photo)))
	for i := 0; b.Loop(); i++ {
		copy(photo, fmt.Sprintf("%016d", i))
		if _, err := d.Put(b.Context(), bytes.NewReader(photo)); err != nil {
			b.Fatal(err)
		}
	}
}
