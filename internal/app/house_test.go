package app

import (
	"crypto/rand"
	"net/url"
	"testing"

	"thuoc/internal/account"
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
