package account_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// letters gives the bodies of the letters that wait for an address, the newest last.
func (h *house) letters(to string) (bodies []string) {
	h.t.Helper()
	must(h.t, h.db.View(h.t.Context(), func(q *db.Q) (err error) {
		bodies, err = db.All[string](h.t.Context(), q, "SELECT body FROM mail WHERE address = ? ORDER BY id", to)
		return err
	}))
	return bodies
}

func TestLinks(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		invite := func(email string) (user, tok string) {
			t.Helper()
			user, link, err := h.Invite(ctx, h.admin, account.Invitation{Person: account.Person{Name: "Bùi Thị Xuân", Email: email}})
			must(t, err)
			if !strings.HasPrefix(link, base+"/app/loi-moi/") {
				t.Errorf("the link is %s", link)
			}
			return user, token(link)
		}
		user, first := invite("xuan@so.gov.vn")
		forged := []byte(first)
		forged[5] ^= 1
		for _, bad := range []string{"", "x", string(forged), first[:len(first)-2], first + "AA", strings.Repeat("A", len(first))} {
			wants(t, h.Accept(ctx, bad, right), fault.NotFound)
		}
		o := options(t, h.db)
		o.Key = []byte("another key of thirty-two bytes!")
		wants(t, open(t, o).Accept(ctx, first, right), fault.NotFound)
		if items := fault.Items(h.Accept(ctx, first, "Bùi Thị Xuân 1999")); len(items) != 1 {
			t.Errorf("a bad password: %v", items)
		}

		link, err := h.SendLink(ctx, h.admin, user)
		must(t, err)
		wants(t, h.Accept(ctx, first, right), fault.Gone) // the newest alone works
		h.clock.Advance(7 * 24 * time.Hour)
		wants(t, h.Accept(ctx, token(link), right), fault.Gone) // for a week
		h.admin = h.signIn("quantri@tinh.gov.vn")
		link, err = h.SendLink(ctx, h.admin, user)
		must(t, err)
		for range 3 { // looking at it changes nothing
			_, err = h.Link(ctx, token(link))
			must(t, err)
		}

		var wg sync.WaitGroup
		outcomes := make(chan error, 4)
		for range cap(outcomes) {
			wg.Go(func() { outcomes <- h.Accept(ctx, token(link), right) })
		}
		wg.Wait()
		close(outcomes)
		done := 0
		for err := range outcomes {
			if err == nil {
				done++
			} else {
				wants(t, err, fault.Gone)
			}
		}
		if done != 1 {
			t.Errorf("the link worked %d times", done)
		}

		_, blocked := invite("chan@so.gov.vn")
		l, err := h.Link(ctx, blocked)
		must(t, err)
		must(t, h.Block(ctx, h.admin, l.User))
		wants(t, h.Accept(ctx, blocked, right), fault.Gone)
	})
}

// A letter says in both languages what it is for, to whom, and until when in Vietnam.
func TestLetters(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		_, link, err := h.Invite(ctx, h.admin, account.Invitation{Person: account.Person{Name: "Bùi Thị Xuân", Email: "xuan@so.gov.vn"}})
		must(t, err)
		must(t, h.Accept(ctx, token(link), right))
		must(t, h.RequestReset(ctx, "xuan@so.gov.vn", office))
		letters := h.letters("xuan@so.gov.vn")
		if len(letters) != 2 {
			t.Fatalf("%d letters", len(letters))
		}
		for i, wants := range [][]string{
			{"Kính gửi ông/bà Bùi Thị Xuân", "Dear Bùi Thị Xuân", link, "08:00 ngày 08/07/2025", "08:00 on 8 Jul 2025", "Tên đăng nhập của ông/bà: xuan@so.gov.vn"},
			{"đặt lại mật khẩu", "set a new password", base + "/app/dat-lai-mat-khau/", "09:00 ngày 01/07/2025"},
		} {
			for _, want := range wants {
				if !strings.Contains(letters[i], want) {
					t.Errorf("letter %d lacks %q:\n%s", i, want, letters[i])
				}
			}
		}
	})
}

// Asking for a reset tells nothing about who has an account, and cannot be used to flood one.
func TestReset(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		h.user("quen@so.gov.vn")
		_, _, err := h.Invite(ctx, h.admin, account.Invitation{Person: account.Person{Name: "Chưa Vào", Email: "chua@so.gov.vn"}})
		must(t, err)
		before := len(h.letters("quen@so.gov.vn"))
		tok, a, err := h.login("quen@so.gov.vn", right)
		must(t, err)
		device := h.enrolDevice(a)
		for _, login := range []string{"quen@so.gov.vn", "khongco@so.gov.vn", "chua@so.gov.vn", "không phải gì cả", ""} {
			for range 3 {
				must(t, h.RequestReset(ctx, login, office))
			}
			if got := waitOf(h.RequestReset(ctx, login, office)); got != time.Minute {
				t.Errorf("%q: wait %v", login, got)
			}
		}
		letters := h.letters("quen@so.gov.vn")
		if len(letters)-before != 3 || len(h.letters("chua@so.gov.vn")) != 1 {
			t.Errorf("%d letters to somebody active, %d to somebody invited", len(letters)-before, len(h.letters("chua@so.gov.vn")))
		}
		reset := letters[len(letters)-1]
		reset = reset[strings.Index(reset, base):]
		reset = token(reset[:strings.IndexByte(reset, '\n')])
		must(t, h.Accept(ctx, reset, "một câu khác hẳn câu trước"))
		_, err = h.Actor(ctx, tok)
		is(t, err, account.ErrSignedOut) // whoever was in is out
		_, err = h.DeviceActor(ctx, device)
		is(t, err, account.ErrSignedOut)
		_, _, err = h.login("quen@so.gov.vn", right)
		wants(t, err, fault.Invalid)
		_, _, err = h.login("quen@so.gov.vn", "một câu khác hẳn câu trước")
		must(t, err)
	})
}

// Changing one's password asks for the one before, ends the other sessions, and keeps this one under another token.
func TestChangePassword(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		h.user("doi@so.gov.vn")
		tokA, _, err := h.login("doi@so.gov.vn", right)
		must(t, err)
		tokB, b, err := h.login("doi@so.gov.vn", right)
		must(t, err)
		const next = "một câu khác hẳn câu trước"
		_, _, err = h.ChangePassword(ctx, b, "wrong "+right, next, office)
		wants(t, err, fault.Invalid)
		_, _, err = h.ChangePassword(ctx, b, right, "ngắn", office)
		wants(t, err, fault.Invalid)
		_, _, err = h.ChangePassword(ctx, account.Actor{}, right, next, office)
		wants(t, err, fault.Forbidden)
		tokC, c, err := h.ChangePassword(ctx, b, right, next, office)
		must(t, err)
		if c.Session != b.Session {
			t.Error("the session is another")
		}
		for _, old := range []string{tokA, tokB} {
			_, err = h.Actor(ctx, old)
			is(t, err, account.ErrSignedOut)
		}
		_, err = h.Actor(ctx, tokC)
		must(t, err)
		_, _, err = h.login("doi@so.gov.vn", next)
		must(t, err)
	})
}

// When the cost of a password is raised, it is kept at the new cost the next time its owner signs in.
func TestPasswordsGrowWithTheCost(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		kept := func() (hash string) {
			must(t, h.db.View(ctx, func(q *db.Q) (err error) {
				hash, err = db.One[string](ctx, q, "SELECT hash FROM password WHERE user_id = ?", h.admin.User)
				return err
			}))
			return hash
		}
		o := options(t, h.db)
		o.Cost.Memory *= 2
		s := open(t, o)
		sign := func(secret string) error {
			_, _, err := s.SignIn(ctx, account.Credentials{Login: "quantri@tinh.gov.vn", Password: secret, From: office})
			return err
		}
		before := kept()
		wants(t, sign("wrong "+right), fault.Invalid)
		if kept() != before {
			t.Error("a wrong password changed what is kept")
		}
		must(t, sign(right))
		if !strings.Contains(kept(), "m=128,") {
			t.Errorf("kept at %s", kept())
		}
		must(t, sign(right))
	})
}
