package crash

import (
	"bufio"
	"context"
	"fmt"
	mathrand "math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"thuoc/internal/audit"
	"thuoc/internal/blob"
	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
)

// rounds is how often the program is killed: 15 times in CI, a few elsewhere, or what THUOC_CRASH_ROUNDS says.
func rounds(t *testing.T) int {
	if n, err := strconv.Atoi(os.Getenv("THUOC_CRASH_ROUNDS")); err == nil {
		return n
	}
	if os.Getenv("CI") == "true" {
		return 15
	}
	return 4
}

// start runs the program in a process of its own, under a wrapper if there is one, and gives its address and id.
func start(t *testing.T, dir string, wrapper []string, env ...string) (cmd *exec.Cmd, address string, pid int) {
	t.Helper()
	args := append(wrapper, os.Args[0])
	cmd = exec.Command(args[0], args[1:]...)
	cmd.Env = append(append(os.Environ(), "THUOC_CRASH_DIR="+dir), env...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the program did not start: %v", err)
	}
	if _, err := fmt.Sscan(line, &address, &pid); err != nil {
		t.Fatal(err)
	}
	return cmd, "http://" + address, pid
}

// witness remembers what was acknowledged.
type witness struct {
	mu    sync.Mutex
	acked map[string]bool
	next  int
	again []string // sent and not acknowledged: to be sent once more, as a telephone does
}

func (w *witness) pick() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if n := len(w.again); n > 0 {
		id := w.again[n-1]
		w.again = w.again[:n-1]
		return id
	}
	w.next++
	return fmt.Sprintf("answer:%d", w.next)
}

func (w *witness) ended(id string, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if ok {
		w.acked[id] = true
	} else {
		w.again = append(w.again, id)
	}
}

// await waits until so many answers more have been acknowledged.
func (w *witness) await(t *testing.T, more int) {
	t.Helper()
	count := func() int {
		w.mu.Lock()
		defer w.mu.Unlock()
		return len(w.acked)
	}
	for target, tries := count()+more, 0; count() < target; tries++ {
		if tries > 30_000 {
			t.Fatal("the program acknowledges nothing")
		}
		time.Sleep(time.Millisecond)
	}
}

// send sends one answer and tells whether it was acknowledged. Each is long enough to be a file of its own.
func send(client *http.Client, address, id string) bool {
	res, err := client.Post(address+"/?id="+url.QueryEscape(id), "text/plain", strings.NewReader(bodyOf(id)))
	if err != nil {
		return false
	}
	res.Body.Close()
	return res.StatusCode == http.StatusCreated
}

func bodyOf(id string) string { return strings.Repeat(id+" ", 200) }

// clients sends answers by eight at once until the program does not answer any more.
func (w *witness) clients(ctx context.Context, address string) *sync.WaitGroup {
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			client := &http.Client{Transport: &http.Transport{}}
			defer client.CloseIdleConnections()
			for ctx.Err() == nil {
				id := w.pick()
				ok := send(client, address, id)
				w.ended(id, ok)
				if !ok {
					return
				}
			}
		})
	}
	return &wg
}

// TestKill: eight clients write; the program is killed at a random moment, again and again; at the end it is stopped
// properly. Everything acknowledged is there, once.
func TestKill(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { kill(t, rounds(t)) })
	t.Run("postgres", func(t *testing.T) {
		t.Setenv("THUOC_CRASH_DB", dbtest.Empty(t, db.Postgres).URL)
		kill(t, max(2, rounds(t)/3))
	})
}

func kill(t *testing.T, rounds int) {
	dir := t.TempDir()
	furnish(t, dir)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := mathrand.New(mathrand.NewPCG(seed, 0))
	w := &witness{acked: map[string]bool{}}
	for range rounds {
		cmd, address, _ := start(t, dir, nil)
		wg := w.clients(t.Context(), address)
		w.await(t, 5+random.IntN(60))
		time.Sleep(time.Duration(random.IntN(5000)) * time.Microsecond)
		cmd.Process.Kill()
		wg.Wait()
		cmd.Wait()
		inspect(t, dir, w, false)
	}
	cmd, address, _ := start(t, dir, nil)
	wg := w.clients(t.Context(), address)
	w.await(t, 20)
	cmd.Process.Signal(syscall.SIGTERM) // while they write
	wg.Wait()
	if err := cmd.Wait(); err != nil {
		t.Errorf("a proper stop: %v", err)
	}
	inspect(t, dir, w, true)
	t.Logf("%d answers acknowledged in %d rounds, %d left unacknowledged", len(w.acked), rounds, len(w.again))
}

// inspect opens what the killed program left. At the end it also lets the jobs come to their end.
func inspect(t *testing.T, dir string, w *witness, end bool) {
	t.Helper()
	ctx := t.Context()
	h, closeDB, err := open(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	defer closeDB()
	if err := h.db.Check(ctx); err != nil {
		t.Fatal(err)
	}
	if end {
		expireLeases(t, h.db)
		if _, err := h.jobs.Drain(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := audit.Seal(ctx, h.db); err != nil {
			t.Fatal(err)
		}
	}
	report, err := audit.Verify(ctx, h.db)
	if err != nil || len(report.Findings) > 0 {
		t.Errorf("the audit: %v %v", report.Findings, err)
	}
	kept := answers(t, h.db)
	for id := range w.acked {
		if kept[id].Audits != 1 {
			t.Errorf("%s was acknowledged and has %d audit entries", id, kept[id].Audits)
		}
	}
	for id, a := range kept {
		if a.Audits != 1 || a.Letters > 1 || end && a.Letters != 1 {
			t.Errorf("%s has %d audit entries and %d letters", id, a.Audits, a.Letters)
		}
		if end {
			if err := blob.Check(ctx, h.blobs, a.Body); err != nil {
				t.Errorf("the file of %s: %v", id, err)
			}
		}
	}
}

// kept is an answer as it stands in the database.
type kept struct {
	ID      string `db:"id"`
	Body    string `db:"body"`
	Audits  int    `db:"audits"`
	Letters int    `db:"letters"`
}

func answers(t *testing.T, d *db.DB) map[string]kept {
	t.Helper()
	byID := map[string]kept{}
	err := d.View(t.Context(), func(q *db.Q) error {
		all, err := db.All[kept](t.Context(), q, `SELECT id, body,
			(SELECT count(*) FROM audit WHERE object = answer.id) AS audits,
			(SELECT count(*) FROM mail WHERE key = answer.id) AS letters FROM answer`)
		for _, a := range all {
			byID[a.ID] = a
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return byID
}

// expireLeases lets the jobs of killed runners be taken over now instead of after a minute.
func expireLeases(t *testing.T, d *db.DB) {
	t.Helper()
	err := d.Update(t.Context(), func(q *db.Q) error {
		_, err := q.Exec(t.Context(), "UPDATE job SET lease = 0, due = 0 WHERE dead IS NULL AND key IS NULL")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestSyncBeforeAcknowledging traces the system calls: a kill alone cannot show a lost sync, because the kernel still
// writes what a killed program left. Between two acknowledgements the file, its folder and the log of the database are
// each synced; a program that works as the usual advice for SQLite says is caught.
func TestSyncBeforeAcknowledging(t *testing.T) {
	const n = 20
	if acks, unsynced := traced(t, "bare", n); acks != n || len(unsynced) > 0 {
		t.Errorf("%d acknowledgements of %d; without a sync before: %q", acks, n, unsynced)
	}
	if acks, unsynced := traced(t, "careless", n); acks != n || len(unsynced) < 3*(n-1) { // making its log syncs once
		t.Errorf("the careless program was not caught: %d acknowledgements, %d syncs missing", acks, len(unsynced))
	}
}

// traced sends n answers to a program under strace.
func traced(t *testing.T, mode string, n int) (acks int, unsynced []string) {
	t.Helper()
	strace, err := exec.LookPath("strace")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("strace must be installed")
		}
		t.Skip("NOTICE: skipped, strace is not installed")
	}
	dir := t.TempDir()
	furnish(t, dir)
	trace := filepath.Join(t.TempDir(), "trace")
	cmd, address, pid := start(t, dir,
		[]string{strace, "-f", "-y", "-s", "32", "-e", "trace=fsync,fdatasync,write", "-o", trace}, "THUOC_CRASH_MODE="+mode)
	client := &http.Client{}
	for i := range n {
		if !send(client, address, fmt.Sprintf("answer:%d", i)) {
			t.Fatal("not acknowledged")
		}
	}
	client.CloseIdleConnections()
	syscall.Kill(pid, syscall.SIGTERM) // strace itself heeds no signal
	cmd.Wait()
	b, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	return readTrace(string(b))
}
