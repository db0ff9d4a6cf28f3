package crash

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"thuoc/internal/audit"
	"thuoc/internal/blob"
	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/fault"
	"thuoc/internal/mail"
)

// scene is a house and the means to make things go wrong in it.
type scene struct {
	*house
	clock  *dbtest.Clock
	blobs  *sickStore
	post   *sickPost
	wrong  func() // makes the fault happen
	mended func() // ends it
}

// sickStore fails before or after it has kept a file.
type sickStore struct {
	blob.Store
	before, after error
}

func (s *sickStore) Put(ctx context.Context, r io.Reader) (blob.Ref, error) {
	if s.before != nil {
		return blob.Ref{}, s.before
	}
	ref, err := s.Store.Put(ctx, r)
	if s.after != nil {
		return blob.Ref{}, s.after
	}
	return ref, err
}

// sickPost fails to send letters.
type sickPost struct{ err error }

func (p *sickPost) Send(context.Context, string, mail.Letter) error { return p.err }

// newScene furnishes a house in a folder with a database.
func newScene(t *testing.T, dir string, d *db.DB, clock *dbtest.Clock) *scene {
	t.Helper()
	if err := blob.CreateDisk(filepath.Join(dir, "blobs")); err != nil {
		t.Fatal(err)
	}
	disk, err := blob.OpenDisk(filepath.Join(dir, "blobs"), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { disk.Close() })
	s := &scene{clock: clock, blobs: &sickStore{Store: disk}, post: &sickPost{}, wrong: func() {}, mended: func() {}}
	if s.house, err = newHouse(d, s.blobs, s.post); err != nil {
		t.Fatal(err)
	}
	addTable(t, d)
	return s
}

// onSQLite is a scene on a SQLite file that waits only briefly for its turn.
func onSQLite(t *testing.T) *scene {
	cfg := dbtest.Fresh(t, db.SQLite)
	clock := dbtest.ClockAt(dbtest.Start)
	cfg.Now, cfg.Wait = clock.Now, time.Millisecond
	return newScene(t, t.TempDir(), dbtest.Open(t, cfg), clock)
}

// TestFaults is the table of what can go wrong while an answer is taken: what the sender is told, whether the answer
// was kept all the same, and that sending it again always ends in one answer, one audit entry and one letter.
func TestFaults(t *testing.T) {
	ioError := &os.PathError{Op: "write", Err: syscall.EIO}
	for _, c := range []struct {
		name  string
		scene func(*testing.T) *scene
		told  fault.Kind // of the error; ignored when taken
		taken bool       // acknowledged despite the fault
		kept  bool       // in the database after the fault
	}{
		{"the database is locked by another", lockedDatabase, fault.Busy, false, false},
		{"the disk is full", fullDisk, fault.Busy, false, false},
		{"the file is not written", func(t *testing.T) *scene {
			s := onSQLite(t)
			s.wrong, s.mended = func() { s.blobs.before = ioError }, func() { s.blobs.before = nil }
			return s
		}, fault.Internal, false, false},
		{"the file is written and said not to be", func(t *testing.T) *scene {
			s := onSQLite(t)
			s.wrong, s.mended = func() { s.blobs.after = ioError }, func() { s.blobs.after = nil }
			return s
		}, fault.Internal, false, false},
		{"the mail server is away", func(t *testing.T) *scene {
			s := onSQLite(t)
			s.wrong, s.mended = func() { s.post.err = errors.New("away") }, func() { s.post.err = nil }
			return s
		}, 0, true, true},
		{"the clock is set back", func(t *testing.T) *scene {
			s := onSQLite(t)
			s.wrong = func() { s.clock.Advance(-48 * time.Hour) }
			return s
		}, 0, true, true},
		{"the server of the database is gone", func(t *testing.T) *scene { return behindProxy(t, cut) }, fault.Busy, false, false},
		{"the server commits and its answer is lost", func(t *testing.T) *scene { return behindProxy(t, swallowCommit) }, fault.Busy, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := c.scene(t)
			send := func() error { return s.receive(t.Context(), "answer:1", strings.NewReader("body")) }
			s.wrong()
			err := send()
			if (err == nil) != c.taken || err != nil && fault.KindOf(err) != c.told {
				t.Errorf("the sender is told %v (%v)", err, fault.KindOf(err))
			}
			if c.taken {
				s.jobs.Drain(t.Context())
			}
			s.mended()
			if got := answers(t, s.db); (len(got) == 1) != c.kept {
				t.Errorf("kept: %v", got)
			}
			if err := send(); err != nil {
				t.Fatalf("once it is mended: %v", err)
			}
			for range 4 { // the letter's retries
				s.clock.Advance(time.Hour)
				if _, err := s.jobs.Drain(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			wantOne(t, s)
		})
	}
}

// wantOne checks that everything of the answer is there once.
func wantOne(t *testing.T, s *scene) {
	t.Helper()
	ctx := t.Context()
	got := answers(t, s.db)["answer:1"]
	if got.Audits != 1 || got.Letters != 1 {
		t.Errorf("%d audit entries and %d letters, want one of each", got.Audits, got.Letters)
	}
	if err := blob.Check(ctx, s.blobs, got.Body); err != nil {
		t.Error(err)
	}
	if _, err := audit.Seal(ctx, s.db); err != nil {
		t.Error(err)
	}
	if r, err := audit.Verify(ctx, s.db); err != nil || len(r.Findings) > 0 {
		t.Errorf("%v %v", r.Findings, err)
	}
	err := s.db.View(ctx, func(q *db.Q) error {
		n, err := db.One[int](ctx, q, "SELECT count(*) FROM mail WHERE sent IS NULL")
		if n != 0 {
			t.Error("the letter was not sent")
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if err := s.receive(ctx, "answer:1", strings.NewReader("another body")); fault.KindOf(err) != fault.Conflict {
		t.Errorf("other bytes under the same id: %v", err)
	}
}

// lockedDatabase lets another program hold the write lock.
func lockedDatabase(t *testing.T) *scene {
	cfg := dbtest.Fresh(t, db.SQLite)
	clock := dbtest.ClockAt(dbtest.Start)
	cfg.Now, cfg.Wait = clock.Now, time.Millisecond
	s := newScene(t, t.TempDir(), dbtest.Open(t, cfg), clock)
	other, err := sql.Open("sqlite", "file:"+cfg.URL+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.Close() })
	var tx *sql.Tx
	s.wrong = func() {
		if tx, err = other.BeginTx(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
	}
	s.mended = func() { tx.Rollback() }
	return s
}

// fullDisk puts everything on a file system of 4 MB and fills it.
func fullDisk(t *testing.T) *scene {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=4m"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("a small file system must be mounted: %v", err)
		}
		t.Skipf("NOTICE: skipped, a small file system cannot be mounted: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, 0) })
	cfg := dbtest.Empty(t, db.SQLite)
	cfg.URL = filepath.Join(dir, "thuoc.db")
	clock := dbtest.ClockAt(dbtest.Start)
	cfg.Now = clock.Now
	if err := db.Create(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	s := newScene(t, t.TempDir(), dbtest.Open(t, cfg), clock) // the files stay elsewhere: the database is what is full
	filler := filepath.Join(dir, "filler")
	s.wrong = func() {
		f, err := os.Create(filler)
		if err != nil {
			t.Fatal(err)
		}
		for err == nil {
			_, err = f.Write(make([]byte, 4096))
		}
		f.Close()
	}
	s.mended = func() { os.Remove(filler) }
	return s
}

// proxy stands between the program and PostgreSQL.
type proxy struct {
	net.Listener
	server string
	mode   atomic.Int32
}

// What a proxy does: passes everything, cuts every connection, or cuts after a COMMIT has reached the server and before
// the answer comes back.
const (
	pass = iota
	cut
	swallowCommit
)

// behindProxy is a scene on PostgreSQL whose connection goes wrong.
func behindProxy(t *testing.T, mode int32) *scene {
	cfg := dbtest.Fresh(t, db.Postgres)
	u, err := url.Parse(cfg.URL)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	p := &proxy{Listener: l, server: u.Host}
	go p.run()
	u.Host = l.Addr().String()
	u.RawQuery = "sslmode=disable"
	clock := dbtest.ClockAt(dbtest.Start)
	cfg.URL, cfg.Now = u.String(), clock.Now
	s := newScene(t, t.TempDir(), dbtest.Open(t, cfg), clock)
	s.wrong, s.mended = func() { p.mode.Store(mode) }, func() { p.mode.Store(pass) }
	return s
}

func (p *proxy) run() {
	for {
		client, err := p.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.server)
		if err != nil {
			client.Close()
			continue
		}
		go p.relay(client, server)
		go func() { io.Copy(client, server); client.Close() }()
	}
}

// relay passes what the program says, and watches for the moment to go wrong.
func (p *proxy) relay(client, server net.Conn) {
	defer client.Close()
	defer server.Close()
	b := make([]byte, 64<<10)
	for {
		n, err := client.Read(b)
		if err != nil || p.mode.Load() == cut {
			return
		}
		if p.mode.Load() == swallowCommit && strings.Contains(strings.ToLower(string(b[:n])), "commit") {
			client.Close()
			server.Write(b[:n])
			time.Sleep(200 * time.Millisecond) // the server commits
			return
		}
		if _, err := server.Write(b[:n]); err != nil {
			return
		}
	}
}
