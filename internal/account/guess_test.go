package account_test

import (
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"testing"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/fault"
	"thuoc/internal/limit"
)

// waitOf gives the time that a refusal asks to wait, 0 for any other error.
func waitOf(err error) time.Duration {
	if r, ok := errors.AsType[*limit.Refusal](err); ok {
		return r.After
	}
	return 0
}

func (h *house) from(address, login, secret string) error {
	_, _, err := h.SignIn(h.t.Context(), account.Credentials{Login: login, Password: secret, From: account.Client{Address: netip.MustParseAddr(address)}})
	return err
}

// Wrong tries at one account wait longer and longer, a quarter of an hour at most, alike for an account that exists and
// one that does not; the right password then gets in and the count begins anew.
func TestGuessingIsSlowed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for i, login := range []string{"quantri@tinh.gov.vn", "khongco@tinh.gov.vn", "0987654321"} {
			n := 0
			guess := func() error { // every guess from somewhere else
				n++
				return h.from(fmt.Sprintf("198.51.%d.%d", 100+i, n), login, "wrong "+right)
			}
			for range 5 {
				wants(t, guess(), fault.Invalid)
			}
			for _, want := range []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 15 * time.Minute, 15 * time.Minute} {
				if got := waitOf(guess()); got != want {
					t.Fatalf("%s: wait %v, want %v", login, got, want)
				}
				h.clock.Advance(want)
				wants(t, guess(), fault.Invalid)
			}
			wants(t, h.from("203.0.113.99", login, right), fault.Busy)
		}
		h.clock.Advance(15 * time.Minute)
		must(t, h.from("203.0.113.99", "quantri@tinh.gov.vn", right))
		for range 5 {
			wants(t, h.from("203.0.113.99", "quantri@tinh.gov.vn", "wrong "+right), fault.Invalid)
		}
	})
}

// Many tries at once are each counted before any is judged.
func TestGuessingAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		var wg sync.WaitGroup
		judged := make(chan error, 30)
		for range cap(judged) {
			wg.Go(func() { judged <- h.from("203.0.113.50", "quantri@tinh.gov.vn", "wrong "+right) })
		}
		wg.Wait()
		close(judged)
		n := 0
		for err := range judged {
			if fault.KindOf(err) == fault.Invalid {
				n++
			}
		}
		if n > 5 {
			t.Errorf("%d guesses were judged, 5 are free", n)
		}
	})
}

// One address that tries many accounts waits as well; an office that signs in through one address does not.
func TestOneAddressManyAccounts(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for range 120 {
			must(t, h.from("203.0.113.60", "quantri@tinh.gov.vn", right))
		}
		refused := 0
		for i := range 60 { // one household's network of IPv6 is one address
			if waitOf(h.from(fmt.Sprintf("2001:db8::%d", i+1), fmt.Sprintf("ai%d@tinh.gov.vn", i), "wrong "+right)) > 0 {
				refused++
			}
		}
		if refused != 10 {
			t.Errorf("%d of 60 had to wait, want the last 10", refused)
		}
		must(t, h.from("203.0.113.61", "quantri@tinh.gov.vn", right))
		h.clock.Advance(time.Hour)
		wants(t, h.from("2001:db8::1", "ai@tinh.gov.vn", "wrong "+right), fault.Invalid)
	})
}

// Nobody is locked out for good: while somebody else guesses, a reset link, a passkey and an open session work.
func TestNobodyIsLockedOut(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		user := h.user("nan@so.gov.vn")
		a := h.signIn("nan@so.gov.vn")
		phone := h.addPasskey(a)
		for range 18 {
			h.from("198.51.100.1", "nan@so.gov.vn", "wrong "+right)
			h.clock.Advance(time.Minute)
		}
		if waitOf(h.from("203.0.113.7", "nan@so.gov.vn", right)) == 0 {
			t.Fatal("nobody had to wait")
		}
		offer, err := h.BeginPasskeySignIn(ctx)
		must(t, err)
		_, _, err = h.PasskeySignIn(ctx, phone.answer(offer), office)
		must(t, err)
		for range 8 {
			h.from("198.51.100.1", "nan@so.gov.vn", "wrong "+right)
		}
		_, h.admin, err = h.login("quantri@tinh.gov.vn", right)
		must(t, err)
		link, err := h.SendLink(ctx, h.admin, user)
		must(t, err)
		must(t, h.Accept(ctx, token(link), "một câu khác hẳn câu trước"))
		must(t, h.from("203.0.113.7", "nan@so.gov.vn", "một câu khác hẳn câu trước"))
	})
}

// A clock that is set back keeps nobody out until it is again what it was: one more try is free, and from then on the wait
// is counted by the new time.
func TestGuessingWhenTheClockGoesBack(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for range 6 {
			h.from("203.0.113.70", "ai@tinh.gov.vn", "x")
		}
		h.clock.Advance(-48 * time.Hour)
		for i, most := range []time.Duration{0, 15 * time.Minute} {
			if got := waitOf(h.from("203.0.113.71", "ai@tinh.gov.vn", "x")); got > most || got == 0 && most > 0 {
				t.Errorf("try %d: wait %v", i+1, got)
			}
		}
	})
}
