package account_test

import (
	"slices"
	"strings"
	"testing"
)

// Whoever takes over an account cannot do so in silence: each change of a way in is written to the address of before.
func TestNews(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		user := h.user("an@so.gov.vn")
		a := h.signIn("an@so.gov.vn")
		told := func(address, what string, f func()) {
			t.Helper()
			before := h.letters(address)
			f()
			news := slices.DeleteFunc(h.letters(address), func(body string) bool { return slices.Contains(before, body) })
			if len(news) != 1 || !strings.Contains(news[0], what) || !strings.Contains(news[0], base+"/app/quen-mat-khau") {
				t.Errorf("%s was told %q, not %q", address, news, what)
			}
		}
		told("an@so.gov.vn", "Your password was changed.", func() {
			_, fresh, err := h.ChangePassword(ctx, a, right, "bốn con vịt đi qua cầu", office)
			must(t, err)
			a = fresh
		})
		told("an@so.gov.vn", "was turned on", func() { h.enrolTOTP(a) })
		told("an@so.gov.vn", "New recovery codes", func() {
			_, err := h.RecoveryCodes(ctx, a)
			must(t, err)
		})
		told("an@so.gov.vn", "was turned off", func() { must(t, h.RemoveTOTP(ctx, h.admin, user)) })
		u, err := h.User(ctx, h.admin, user)
		must(t, err)
		u.Email = "moi@so.gov.vn"
		told("moi@so.gov.vn", "e-mail address of your account was changed", func() {
			must(t, h.ChangePerson(ctx, a, user, u.Person, u.Version))
		})
		if left := h.letters("an@so.gov.vn"); len(left) != 1 || strings.Contains(left[0], "moi@") {
			t.Errorf("the address that was left is told %q", left)
		}
		must(t, h.Erase(ctx, h.admin, user))
		if left := append(h.letters("an@so.gov.vn"), h.letters("moi@so.gov.vn")...); len(left) != 0 {
			t.Errorf("letters of an erased account wait: %q", left)
		}
	})
}
