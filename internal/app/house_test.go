package app

import (
	"crypto/rand"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"thuoc/internal/account"
	"thuoc/internal/db"
	"thuoc/internal/draft"
)

// Erasing a person reaches what they had entered and not sent.
func TestErasingReachesTheDrafts(t *testing.T) {
	ctx, h := t.Context(), openHouse(t, newHouse(t))
	user, _, err := h.Accounts.Invite(ctx, h.Operator(), account.Invitation{Person: account.Person{Name: "Nguyễn Thị Mẫu", Phone: "0912345678"}})
	if err != nil {
		t.Fatal(err)
	}
	key := make([]byte, 32)
	rand.Read(key)
	drafts, err := draft.New(h.DB, key)
	if err == nil {
		err = drafts.Keep(ctx, user, "/app/x", url.Values{"note": {"Nguyễn Thị Mẫu"}})
	}
	if err == nil {
		err = h.Accounts.Erase(ctx, h.Operator(), user)
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, kept, err := drafts.Find(ctx, user, "/app/x"); kept || err != nil {
		t.Errorf("the draft is kept: %v (%v)", kept, err)
	}
}

// Verifying computes every release again: what no hash of a file can show is found.
func TestVerifyComputesEditionsAgain(t *testing.T) {
	ctx, h := t.Context(), openHouse(t, newHouse(t))
	r, err := h.Runs.AddPublished(ctx, h.Operator(), "province-1", 2023)
	if err == nil {
		_, err = h.Editions.Freeze(ctx, h.Operator(), r.ID, "")
	}
	if err != nil {
		t.Fatal(err)
	}
	look := func() Finding {
		t.Helper()
		all, err := h.Verify(ctx, []string{"editions"})
		if err != nil || len(all) != 1 {
			t.Fatalf("%v %v", all, err)
		}
		return all[0]
	}
	if f := look(); f.Grade != Fine || !strings.Contains(f.Seen.String(), "1 releases") {
		t.Errorf("sound: %v", f)
	}
	err = h.DB.Update(ctx, func(q *db.Q) error {
		_, err := q.Exec(ctx, "UPDATE run SET results = ? WHERE id = ?", strings.Repeat("0", 64), r.ID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if f := look(); f.Grade != Fault || !strings.Contains(f.Seen.String(), "other inputs or results") {
		t.Errorf("a run with other results: %v", f)
	}
}

// A set-up that was killed while it wrote down that it begins has not begun: the next one finds an empty folder.
func TestInitAfterNoBeginning(t *testing.T) {
	c := newHouse(t)
	if err := errors.Join(os.RemoveAll(c.Data), os.Mkdir(c.Data, 0o700)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(c.Data, unfinishedName+".part"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	found(t, c)
	openHouse(t, c)
}
