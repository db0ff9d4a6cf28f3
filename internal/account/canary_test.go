package account_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"testing"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/db"
	"thuoc/internal/job"
	"thuoc/internal/lang"
	"thuoc/internal/mail"
)

// canaries are what must stand nowhere but in the table of persons and in letters on their way.
var canaries = []string{"Quỳnh Canarius", "quynh.canarius", "0987001122", "987001122", "chim bạch yến hót vang rừng", "bạch yến đổi giọng buổi chiều",
	"xanh.canarius", "0987003344", "203.0.113.201"}

// sings gives the canaries in a text, in any writing.
func sings(text []byte) (found []string) {
	folded := lang.Fold(string(text))
	for _, c := range canaries {
		if bytes.Contains(text, []byte(c)) || strings.Contains(folded, lang.Fold(c)) || bytes.Contains(bytes.ToLower(text), []byte(hex.EncodeToString([]byte(c)))) {
			found = append(found, c)
		}
	}
	return found
}

// everyCell gives every value of the database that is not NULL, by table and column.
func everyCell(t *testing.T, d *db.DB) map[string][][]byte {
	t.Helper()
	tables, columns := "SELECT name FROM sqlite_schema WHERE type = 'table'", "SELECT name FROM pragma_table_info(?)"
	if d.Engine() == db.Postgres {
		tables = "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'"
		columns = "SELECT column_name AS name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = ?"
	}
	cells := map[string][][]byte{}
	must(t, d.View(t.Context(), func(q *db.Q) error {
		names, err := db.All[string](t.Context(), q, tables)
		if err != nil {
			return err
		}
		for _, table := range names {
			fields, err := db.All[string](t.Context(), q, columns, table)
			if err != nil {
				return err
			}
			for _, field := range fields {
				values, err := db.All[[]byte](t.Context(), q, fmt.Sprintf("SELECT %q FROM %q WHERE %q IS NOT NULL", field, table, field))
				if err != nil {
					return err
				}
				cells[table+"."+field] = values
			}
		}
		return nil
	}))
	return cells
}

// lost is a mail server that fails, with the address in its error as some do.
type lost struct{}

func (lost) Send(context.Context, string, mail.Letter) error {
	return errors.New("no route to the server")
}

// A person's name, address, number and passwords go through every way into the house and stand afterwards in the table
// of persons and in letters alone: not in any other table, the audit, a job, an error or a log. Once erased, nowhere.
func TestCanary(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		var out bytes.Buffer
		log := slog.New(slog.NewTextHandler(&out, nil))
		said := func(err error) {
			if err != nil {
				fmt.Fprintf(&out, "%v\n%+v\n", err, errors.Unwrap(err))
			}
		}
		home := account.Client{Address: netip.MustParseAddr("203.0.113.200"), Agent: "Firefox"}
		p := account.Person{Name: "Quỳnh Canarius", Email: "Quynh.Canarius@so.gov.vn", Phone: "+84 987 001 122"}
		user, link, err := h.Invite(ctx, h.admin, account.Invitation{Person: p, Grants: []account.Grant{{Role: account.Analyst, Place: id("p"), Since: since}}})
		must(t, err)
		_, _, err = h.Invite(ctx, h.admin, account.Invitation{Person: p})
		said(err)
		_, _, err = h.Invite(ctx, h.admin, account.Invitation{Person: account.Person{Name: "Quỳnh Canarius\x00", Email: "quynh.canarius@@", Phone: "0987001122x"}})
		said(err)
		said(h.Accept(ctx, token(link), "Quỳnh Canarius 0987001122"))
		must(t, h.Accept(ctx, token(link), "chim bạch yến hót vang rừng"))
		sign := func(login, secret, code string) account.Actor {
			_, a, err := h.SignIn(ctx, account.Credentials{Login: login, Password: secret, Code: code, From: home})
			said(err)
			return a
		}
		a := sign("quynh.canarius@so.gov.vn", "chim bạch yến hót vang rừng", "")
		if a.User != user {
			t.Fatal("not signed in")
		}
		sign("0987003344", "chim bạch yến hót vang rừng", "")
		sign("quynh.canarius@so.gov.vn", "chim bạch yến hót vang rừng nữa", "")
		app, _ := h.enrolTOTP(a)
		phone := h.addPasskey(a)
		offer, err := h.BeginPasskeySignIn(ctx)
		must(t, err)
		phone.rp.Origin = "https://evil.example"
		_, _, err = h.PasskeySignIn(ctx, phone.answer(offer), home)
		said(err)
		h.clock.Advance(time.Minute)
		tok, a, err := h.Prove(ctx, a, account.Proof{Code: app.code(), From: home})
		must(t, err)
		_, err = h.Actor(ctx, tok)
		must(t, err)
		_, err = h.OfferDevice(ctx, a)
		must(t, err)
		must(t, h.ChangePerson(ctx, a, user, account.Person{Name: p.Name, Email: "xanh.canarius@so.gov.vn", Phone: "0987003344"}, 1))
		said(h.ChangePerson(ctx, a, user, p, 1))
		_, a, err = h.ChangePassword(ctx, a, "chim bạch yến hót vang rừng", "bạch yến đổi giọng buổi chiều", home)
		must(t, err)
		must(t, h.RequestReset(ctx, "xanh.canarius@so.gov.vn", home))
		must(t, h.RequestReset(ctx, "quynh.canarius@so.gov.vn", home))

		runner := job.New(h.db, log, 1)
		mail.Register(runner, h.db, lost{})
		h.Register(runner)
		_, err = runner.Drain(ctx)
		must(t, err)
		_, err = audit.Seal(ctx, h.db)
		must(t, err)
		said(h.Block(ctx, a, user))

		home2 := everyCell(t, h.db)
		nests := map[string]bool{}
		for place, values := range home2 {
			for _, v := range values {
				table, _, _ := strings.Cut(place, ".")
				if found := sings(v); len(found) > 0 {
					nests[table] = true
					if table != "person" && table != "mail" {
						t.Errorf("%s holds %q", place, found)
					}
				}
			}
		}
		if !nests["person"] || !nests["mail"] {
			t.Errorf("the canary sings in %v alone: this test looks at the wrong places", nests)
		}
		if found := sings(out.Bytes()); len(found) > 0 || out.Len() < 500 {
			t.Errorf("logs and errors hold %q:\n%s", found, out.String())
		}

		h.admin = h.signIn("quantri@tinh.gov.vn")
		must(t, h.Erase(ctx, h.admin, user))
		for place, values := range everyCell(t, h.db) {
			for _, v := range values {
				if found := sings(v); len(found) > 0 {
					t.Errorf("after erasing, %s holds %q", place, found)
				}
				if strings.HasSuffix(place, ".user_id") && string(v) == user && place != "role_grant.user_id" {
					t.Errorf("after erasing, %s is still of the person", place)
				}
			}
		}
		u, err := h.User(ctx, h.admin, user)
		must(t, err)
		if u.State != account.Erased || u.Name+u.Email+u.Phone != "" || len(u.Grants) > 0 {
			t.Errorf("erased: %+v", u)
		}
		must(t, h.db.View(ctx, func(q *db.Q) error {
			rows, err := audit.List(ctx, q, audit.Filter{Object: user, Limit: 100})
			if err == nil && len(rows) < 5 {
				t.Errorf("the audit forgot what was done: %d entries", len(rows))
			}
			return err
		}))
		wants := []error{h.Erase(ctx, h.admin, user), h.Block(ctx, h.admin, user)}
		for _, err := range wants {
			said(err)
			if err == nil {
				t.Error("an erased account changed")
			}
		}
		_, err = h.Actor(ctx, tok)
		is(t, err, account.ErrSignedOut)
	})
}
