package badday

import (
	"context"
	"database/sql"
	"html"
	"maps"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // to hold locks

	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/test/program"
)

// TestDatabaseBusy: another program holds a lock of the database for longer than anybody wants to wait. Whoever sends a
// form is told so soon, in words, with everything they entered before them; pages are shown meanwhile; sent again
// afterwards, the form is taken once.
func TestDatabaseBusy(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		dir := founded(t)
		other, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "thuoc.db")+"?_txlock=immediate")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { other.Close() })
		databaseBusy(t, dir, other, "SELECT 1")
	})
	t.Run("postgres", func(t *testing.T) {
		server := dbtest.Empty(t, db.Postgres).URL
		t.Setenv("THUOC_DB", server)
		dir := founded(t)
		other, err := sql.Open("pgx", server)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { other.Close() })
		databaseBusy(t, dir, other, "LOCK TABLE sending IN EXCLUSIVE MODE")
	})
}

func databaseBusy(t *testing.T, dir string, other *sql.DB, lock string) {
	s := startHouse(t, dir)
	b := signedIn(t, s, dir, 1)[0]
	fields, err := b.Form(inviting)
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(fields, invitation("binh@example.gov.vn"))
	// whose session was used a while ago is to be written down, which nobody may wait for
	if _, err := other.ExecContext(t.Context(), "UPDATE session SET seen = seen - 120000"); err != nil {
		t.Fatal(err)
	}
	locked := hold(t, other, lock)
	if _, err := b.Get("/app/nguoi-dung"); err != nil {
		t.Errorf("a page, meanwhile: %v", err)
	}
	page := refusedBusy(t, b, fields)
	if !strings.Contains(page, "Cơ sở dữ liệu đang bận") {
		t.Errorf("it does not say that the database is busy:\n%.600s", page)
	}
	if err := locked.Rollback(); err != nil {
		t.Fatal(err)
	}
	sentAgain(t, b, page, fields)
	invitedIn(t, dir, []string{"binh@example.gov.vn"})
}

// hold takes a lock.
func hold(t *testing.T, other *sql.DB, lock string) *sql.Tx {
	t.Helper()
	tx, err := other.BeginTx(context.WithoutCancel(t.Context()), nil)
	if err == nil {
		_, err = tx.Exec(lock)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tx.Rollback() }) // where the test has not come to it
	return tx
}

// refusedBusy sends a form that cannot be taken now. The answer comes well before the server would break the connection
// off, says that it is to be tried again, and holds what was entered.
func refusedBusy(t *testing.T, b *program.Browser, fields url.Values) (page string) {
	t.Helper()
	start := time.Now()
	status, page, err := b.Post(inviting, fields)
	if err != nil || status != http.StatusServiceUnavailable {
		t.Fatalf("the form is answered by %d, %v:\n%.600s", status, err, page)
	}
	if took := time.Since(start); took > 30*time.Second {
		t.Errorf("the answer came after %s", took)
	}
	for _, name := range []string{"name", "email"} {
		if !strings.Contains(page, `value="`+html.EscapeString(fields.Get(name))+`"`) {
			t.Errorf("%s is not in the page any more", name)
		}
	}
	if !strings.Contains(page, "thử lại") {
		t.Errorf("it does not say to try again:\n%.600s", page)
	}
	return page
}

// sentAgain sends the form of a page that was the answer to a refusal.
func sentAgain(t *testing.T, b *program.Browser, page string, fields url.Values) {
	t.Helper()
	again := program.Hidden(page)
	for _, name := range []string{"name", "email"} {
		again[name] = fields[name]
	}
	if status, page, err := b.Post(inviting, again); err != nil || status != http.StatusSeeOther {
		t.Errorf("sent again it is answered by %d, %v:\n%.600s", status, err, page)
	}
}
