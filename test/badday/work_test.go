package badday

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/test/program"
)

const chief = "chanh-van-phong@example.gov.vn"

// signedIn gives people at the working pages of a server, all signed in as one administrator.
func signedIn(t *testing.T, s *program.Server, dir string, n int) []*program.Browser {
	t.Helper()
	awaitReady(t, s, http.StatusOK)
	path, err := binary()
	if err == nil {
		err = s.Administrator(path, dir, chief)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, s.Said())
	}
	var all []*program.Browser
	for range n {
		b, err := s.Browser()
		if err == nil {
			err = b.SignIn(chief)
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, s.Said())
		}
		t.Cleanup(b.Close)
		all = append(all, b)
	}
	return all
}

// The forms that the tests send, and the address that keeps what is entered while somebody writes.
const (
	inviting = "/app/nguoi-dung/moi"
	keeping  = "/app/nhap"
)

// invitation is what is entered to invite somebody.
func invitation(address string) url.Values {
	return url.Values{"name": {"Trần Thị Bình"}, "email": {address}}
}

// office is people at work: who was acknowledged to be invited, and the last draft of each form that was acknowledged to
// be kept.
type office struct {
	mu      sync.Mutex
	invited map[string]bool
	drafts  map[string]int
	next    int
}

// record notes something under the lock.
func (o *office) record(f func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	f()
}

// invite sends one form after the other until the server takes no more.
func (o *office) invite(t *testing.T, b *program.Browser) {
	for {
		var address string
		o.record(func() { o.next++; address = fmt.Sprintf("nguoi%d@example.gov.vn", o.next) })
		fields, err := b.Form(inviting)
		if err != nil {
			return
		}
		fields.Set("name", "Trần Thị Bình")
		fields.Set("email", address)
		status, page, err := b.Post(inviting, fields)
		switch broken, cut := errors.AsType[program.Broken](err); {
		case cut:
			t.Errorf("an answer was broken off: %v", broken)
		case err != nil: // the door is closed
			return
		case status == http.StatusSeeOther:
			o.record(func() { o.invited[address] = true })
		case status != http.StatusServiceUnavailable || !strings.Contains(page, "thử lại"):
			t.Errorf("status %d without a word of what to do:\n%.400s", status, page)
		}
	}
}

// write keeps what is entered in a form, over and over, until the server takes no more.
func (o *office) write(t *testing.T, b *program.Browser, form string) {
	fields, err := b.Form(form)
	if err != nil {
		t.Error(err)
		return
	}
	for n := 1; ; n++ {
		fields.Set("email", draftOf(n))
		status, _, err := b.Post(keeping, fields)
		if err != nil || status == http.StatusServiceUnavailable {
			return
		}
		if status != http.StatusNoContent {
			t.Errorf("keeping a draft: status %d", status)
			return
		}
		o.record(func() { o.drafts[form] = n })
	}
}

func draftOf(n int) string { return fmt.Sprintf("nhap%06d@example.gov.vn", n) }

// so gives what was acknowledged so far.
func (o *office) so() (invited []string, drafts int) {
	o.record(func() {
		for a := range o.invited {
			invited = append(invited, a)
		}
		for _, n := range o.drafts {
			drafts += n
		}
	})
	return invited, drafts
}

// someone is the address of a person's page.
var someone = regexp.MustCompile(`/app/nguoi-dung/[0-9a-f]{8}-[0-9a-f-]+`)

// TestStopWhileWorking: officials send forms and write drafts; a backup is taken, and then the server is told to stop. It
// ends with 0 within what its unit gives it, breaks off no answer, and all that was acknowledged is there, once, when it
// serves again, to the same people, who are still signed in. The backup holds what was acknowledged before it began.
func TestStopWhileWorking(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { stopWhileWorking(t, "") })
	t.Run("postgres", func(t *testing.T) { stopWhileWorking(t, dbtest.Empty(t, db.Postgres).URL) })
}

func stopWhileWorking(t *testing.T, database string) {
	t.Setenv("THUOC_DB", database)
	dir := founded(t)
	s := startHouse(t, dir)
	people := signedIn(t, s, dir, 6)
	o := &office{invited: map[string]bool{}, drafts: map[string]int{}}
	list, err := people[0].Get("/app/nguoi-dung")
	if err != nil {
		t.Fatal(err)
	}
	forms := []string{someone.FindString(list) + "/sua", "/app/tai-khoan/thong-tin"}
	var all sync.WaitGroup
	for _, b := range people[:4] {
		all.Go(func() { o.invite(t, b) })
	}
	for i, form := range forms {
		all.Go(func() { o.write(t, people[4+i], form) })
	}
	awaitWork(t, o, 20)
	before, _ := o.so()
	code, saved, talk := run(t, "backup", "--data", dir, filepath.Join(t.TempDir(), "saved"))
	if code != 0 {
		t.Errorf("backup: %s", talk)
	}
	awaitWork(t, o, 20)

	told := time.Now()
	if err := s.Stop(); err != nil {
		t.Errorf("the server ended with %v", err)
	}
	if took := time.Since(told); took > 60*time.Second {
		t.Errorf("it took %s to stop; the unit gives it 60 s", took)
	}
	t.Logf("it stopped in %s", time.Since(told).Round(time.Millisecond))
	all.Wait()
	invited, drafts := o.so()
	t.Logf("%d invitations and %d drafts acknowledged, %d invitations before the backup", len(invited), drafts, len(before))

	again := startHouse(t, dir)
	awaitReady(t, again, http.StatusOK)
	for _, b := range people {
		b.Move(again)
	}
	for i, form := range forms {
		page, err := people[4+i].Get(form)
		if err != nil {
			t.Fatal(err)
		}
		if n := o.drafts[form]; !strings.Contains(page, draftOf(n)) && !strings.Contains(page, draftOf(n+1)) { // the next may have been kept, and its answer lost
			t.Errorf("%s: the draft %d is not there", form, n)
		}
	}
	invitedIn(t, dir, invited)
	restored := filepath.Join(t.TempDir(), "again")
	if database != "" {
		t.Setenv("THUOC_DB", dbtest.Empty(t, db.Postgres).URL)
	}
	if code, _, talk := run(t, "restore", "--data", restored, "--keys", filepath.Join(dir, "keys"), strings.TrimSpace(saved)); code != 0 {
		t.Fatalf("restore: %s", talk)
	}
	invitedIn(t, restored, before)
}

// awaitWork waits until so many invitations and drafts more were acknowledged.
func awaitWork(t *testing.T, o *office, more int) {
	t.Helper()
	i, d := o.so()
	for end := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		if invited, drafts := o.so(); len(invited) >= len(i)+more && drafts >= d+more {
			return
		}
		if time.Now().After(end) {
			t.Fatal("nothing is acknowledged")
		}
	}
}

// invitedIn checks with the program's own commands that a house is whole and that people are in it, each once.
func invitedIn(t *testing.T, dir string, people []string) {
	t.Helper()
	if code, _, talk := run(t, "verify", "--data", dir, "db", "audit", "blobs"); code != 0 {
		t.Errorf("verify: %s", talk)
	}
	code, list, talk := run(t, "user", "list", "--data", dir, "--format", "csv")
	if code != 0 {
		t.Fatalf("user list: %s", talk)
	}
	for _, address := range people {
		if n := strings.Count(list, ","+address+","); n != 1 {
			t.Errorf("%s was acknowledged and is there %d times", address, n)
		}
	}
}
