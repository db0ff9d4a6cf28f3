// Package crash kills a program that is taking answers and looks whether it kept its word: nothing that was
// acknowledged is lost, nothing is doubled, nothing is half done.
package crash

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	_ "modernc.org/sqlite" // for the careless program

	"thuoc/internal/audit"
	"thuoc/internal/blob"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/job"
	"thuoc/internal/mail"
)

var (
	quiet    = slog.New(slog.DiscardHandler)
	auditKey = bytes.Repeat([]byte("k"), 32)
)

// house takes answers the way every door of the program does: the file first, then one transaction with the row, its
// audit entry and its job, then the acknowledgement.
type house struct {
	db    *db.DB
	blobs blob.Store
	log   *audit.Log
	jobs  *job.Runner
}

func newHouse(d *db.DB, blobs blob.Store, sender mail.Sender) (*house, error) {
	log, err := audit.New(auditKey)
	if err != nil {
		return nil, err
	}
	h := &house{db: d, blobs: blobs, log: log, jobs: job.New(d, quiet, 4)}
	mail.Register(h.jobs, d, sender)
	job.Handle(h.jobs, job.DefaultRetry, h.thank)
	return h, nil
}

// thanks is the job of an answer: a letter of thanks, once.
type thanks struct {
	ID string `json:"id"`
}

func (thanks) Kind() string { return "crash.thanks" }

func (h *house) thank(ctx context.Context, t thanks) error {
	return h.db.Update(ctx, func(q *db.Q) error {
		return mail.Queue(ctx, q, mail.Letter{To: "a@example.vn", Subject: "Thanks", Body: t.ID, Key: t.ID})
	})
}

// receive keeps an answer. The same answer again changes nothing; another under the same id is a conflict.
func (h *house) receive(ctx context.Context, id string, body io.Reader) error {
	ref, err := h.blobs.Put(ctx, body)
	if err != nil {
		return err
	}
	return h.db.Update(ctx, func(q *db.Q) error {
		n, err := q.Exec(ctx, "INSERT INTO answer (id, body) VALUES (?, ?) ON CONFLICT (id) DO NOTHING", id, ref.SHA256)
		if err != nil {
			return err
		}
		if n == 0 {
			if have, err := db.One[string](ctx, q, "SELECT body FROM answer WHERE id = ?", id); err != nil || have != ref.SHA256 {
				return fault.New(fault.Conflict, "It exists already.")
			}
			return nil
		}
		err = h.log.Append(ctx, q, audit.Entry{Actor: "system", Action: "answer.receive", Object: id, Content: []byte(ref.SHA256)})
		if err != nil {
			return err
		}
		return job.Add(ctx, q, thanks{ID: id})
	})
}

// ServeHTTP acknowledges with 201 what receive has kept.
func (h *house) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := h.receive(r.Context(), r.FormValue("id"), r.Body); err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusCreated)
}

// config is the database of a folder, or the one that THUOC_CRASH_DB names.
func config(dir string) db.Config {
	cfg := db.Config{URL: filepath.Join(dir, "thuoc.db"), Now: time.Now, Random: rand.Reader}
	if url := os.Getenv("THUOC_CRASH_DB"); url != "" {
		cfg.URL = url
	}
	return cfg
}

// open opens the house in a folder.
func open(ctx context.Context, dir string) (*house, func() error, error) {
	d, err := db.Open(ctx, config(dir))
	if err != nil {
		return nil, nil, err
	}
	blobs, err := blob.OpenDisk(filepath.Join(dir, "blobs"), time.Now())
	if err != nil {
		return nil, nil, err
	}
	h, err := newHouse(d, blobs, mail.Log{To: quiet})
	return h, d.Close, err
}

// furnish makes an empty house in a folder.
func furnish(t *testing.T, dir string) {
	t.Helper()
	if err := db.Create(t.Context(), config(dir)); err != nil {
		t.Fatal(err)
	}
	if err := blob.CreateDisk(filepath.Join(dir, "blobs")); err != nil {
		t.Fatal(err)
	}
	d, err := db.Open(t.Context(), config(dir))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	addTable(t, d)
}

// addTable makes the table of the answers, which belongs to the tests alone.
func addTable(t *testing.T, d *db.DB) {
	t.Helper()
	err := d.Update(t.Context(), func(q *db.Q) error {
		_, err := q.Exec(t.Context(), "CREATE TABLE answer (id TEXT PRIMARY KEY, body TEXT NOT NULL)")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestMain is the tests, or, in a process of its own, the program that is killed.
func TestMain(m *testing.M) {
	dir := os.Getenv("THUOC_CRASH_DIR")
	if dir == "" {
		os.Exit(m.Run())
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	if err := serve(ctx, dir, os.Getenv("THUOC_CRASH_MODE")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serve is the program: it prints its address and its process id, and takes answers until it is told to stop or
// killed. A bare one leaves out what works in the background, so that a trace of its system calls shows the answers
// alone; a careless one writes as the usual advice for SQLite does.
func serve(ctx context.Context, dir, mode string) error {
	h, closeDB, err := open(ctx, dir)
	if err != nil {
		return err
	}
	var handler http.Handler = h
	if mode == "careless" {
		handler = careless(filepath.Join(dir, "careless", "thuoc.db"))
	}
	background, stopBackground := context.WithCancel(context.Background())
	defer stopBackground()
	ended := make(chan error, 1)
	if mode != "" {
		ended <- nil
	} else {
		go audit.Run(background, h.db, quiet)
		go func() { ended <- h.jobs.Run(background) }()
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(l.Addr(), os.Getpid())
	server := &http.Server{Handler: handler}
	go func() {
		<-ctx.Done()
		server.Shutdown(context.Background())
		stopBackground()
	}()
	if err := server.Serve(l); err != http.ErrServerClosed {
		return err
	}
	if err := <-ended; err != nil {
		return err
	}
	return closeDB()
}

// careless acknowledges what is in SQLite's log and not on disk (synchronous=NORMAL), so that the trace test can be seen
// to fail.
func careless(path string) http.Handler {
	must := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	must(os.MkdirAll(filepath.Dir(path), 0o700))
	pool, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)")
	must(err)
	_, err = pool.Exec("CREATE TABLE answer (id TEXT)")
	must(err)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err := pool.Exec("INSERT INTO answer (id) VALUES (?)", r.FormValue("id"))
		must(err)
		w.WriteHeader(http.StatusCreated)
	})
}
