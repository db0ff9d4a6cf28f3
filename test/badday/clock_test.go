package badday

import (
	"context"
	"log/slog"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"thuoc/internal/app"
	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/edition"
	"thuoc/internal/job"
	"thuoc/test/program"
)

// wrongClock is a clock that can be set.
type wrongClock struct{ ahead atomic.Int64 }

func (c *wrongClock) Now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

func (c *wrongClock) set(ahead time.Duration) { c.ahead.Store(int64(ahead)) }

// TestClockSetBack: the clock of the machine is set back by two days while officials work. They stay signed in, what they
// send is taken, later ids still sort later and the audit log stays whole; the page of the system says in words what has
// happened and what to do. When the clock is right again, what waited meanwhile is done. The program that serves runs in
// this process, with the clock handed in: nobody can set that of the machine.
func TestClockSetBack(t *testing.T) {
	engines(t, func(t *testing.T, e db.Engine) {
		if e == db.Postgres {
			t.Setenv("THUOC_DB", dbtest.Empty(t, db.Postgres).URL)
		}
		dir := founded(t)
		clock := &wrongClock{}
		clock.set(48 * time.Hour) // so that, set back, it is not before the house was founded and roles were given
		c := config(t, dir, os.Getenv("THUOC_DB"))
		c.Now = clock.Now
		s := serveBy(t, c)
		b := signedIn(t, s, dir, 1)[0]
		before := invite(t, b, "truoc@example.gov.vn")

		clock.set(0)
		during := invite(t, b, "trong@example.gov.vn")
		if during <= before {
			t.Errorf("ids do not grow: %s, then %s", before, during)
		}
		if page, err := b.Get("/app/he-thong"); err != nil || !strings.Contains(page, "Đồng hồ đã bị vặn lùi") {
			t.Errorf("the page of the system does not speak of the clock: %v", err)
		}
		other, err := s.Browser()
		if err == nil {
			err = other.SignIn(chief)
		}
		if err != nil {
			t.Errorf("signing in: %v", err)
		}

		clock.set(48 * time.Hour)
		if after := invite(t, b, "sau@example.gov.vn"); after <= during {
			t.Errorf("ids do not grow: %s, then %s", during, after)
		}
		if page, err := b.Get("/app/he-thong"); err != nil || strings.Contains(page, "Đồng hồ đã bị vặn lùi") {
			t.Errorf("the page of the system still speaks of the clock: %v", err)
		}
		allDone(t, c)
		invitedIn(t, dir, []string{"truoc@example.gov.vn", "trong@example.gov.vn", "sau@example.gov.vn"})
	})
}

// serveBy serves a house in this process until the test ends.
func serveBy(t *testing.T, c app.Config) *program.Server {
	t.Helper()
	folder, err := app.OpenFolder(c.Data)
	if err != nil {
		t.Fatal(err)
	}
	shelf := folder.Shelf(edition.Embedded(edition.Made{By: "test", Code: "test"}), func(error) {})
	a, err := app.New(app.Options{Listen: "127.0.0.1:0", Shelf: shelf, House: &c, Now: c.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	at, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- a.Run(ctx, func(addr net.Addr) { at <- "http://" + addr.String() }) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the server ended with %v", err)
		}
	})
	select {
	case url := <-at:
		return &program.Server{URL: url}
	case err := <-ended:
		ended <- err
		t.Fatal(err)
		return nil
	}
}

// invite invites somebody and gives the id of their account.
func invite(t *testing.T, b *program.Browser, address string) string {
	t.Helper()
	if err := b.Send(inviting, invitation(address)); err != nil {
		t.Fatal(err)
	}
	page, err := b.Get("/app/nguoi-dung?q=" + address)
	if err != nil {
		t.Fatal(err)
	}
	id := someone.FindString(page)
	if id == "" {
		t.Fatalf("%s is not in the list", address)
	}
	return id
}

// allDone waits until no job is due or at work.
func allDone(t *testing.T, c app.Config) {
	t.Helper()
	h, err := app.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	var state job.State
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		err := h.DB.View(t.Context(), func(q *db.Q) (err error) {
			state, err = job.Look(t.Context(), q)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if state.Waiting+state.Running+state.Dead == 0 {
			return
		}
	}
	t.Errorf("jobs are left: %+v", state)
}
