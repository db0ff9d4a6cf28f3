package account_test

import (
	"crypto/sha256"
	"errors"
	mathrand "math/rand/v2"
	"net/netip"
	"strings"
	"testing"

	"thuoc/internal/account"
	"thuoc/internal/account/password"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/fault"
)

// house is a store on a fresh database, with an administrator.
type house struct {
	*account.Store
	t     *testing.T
	db    *db.DB
	clock *dbtest.Clock
	admin account.Actor // signed in and fresh
}

const (
	base  = "https://thuoc.example.vn"
	right = "ba con mèo leo rào sắt" // the password of everybody who has one
)

var (
	key    = []byte("a key of thirty-two bytes or more")
	office = account.Client{Address: netip.MustParseAddr("203.0.113.7"), Agent: "Firefox"}
	cheap  = password.Cost{Memory: 64, Passes: 1, Lanes: 1} // the cost of production has a benchmark
)

// options are those of a test, which may change them.
func options(t *testing.T, d *db.DB) account.Options {
	t.Helper()
	log, err := audit.New(key)
	if err != nil {
		t.Fatal(err)
	}
	return account.Options{DB: d, Log: log, Random: mathrand.NewChaCha8(sha256.Sum256([]byte(t.Name()))), Key: key, Base: base, Cost: cheap}
}

func open(t *testing.T, o account.Options) *account.Store {
	t.Helper()
	s, err := account.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// each runs a test in a house on each engine.
func each(t *testing.T, f func(t *testing.T, h *house)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := &house{Store: open(t, options(t, d)), t: t, db: d, clock: clock}
		link, err := h.First(t.Context(), account.Person{Name: "Đỗ Quản Trị", Email: "quantri@tinh.gov.vn"})
		must(t, err)
		must(t, h.Accept(t.Context(), token(link), right))
		h.admin = h.signIn("quantri@tinh.gov.vn")
		f(t, h)
	})
}

// token gives the token of a link.
func token(link string) string { return link[strings.LastIndex(link, "/")+1:] }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wants fails unless an error is of a kind.
func wants(t *testing.T, err error, kind fault.Kind) {
	t.Helper()
	if err == nil || fault.KindOf(err) != kind {
		t.Errorf("%v, want a fault that is %s", err, kind)
	}
}

// is fails unless an error is a certain one.
func is(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%v, want %v", err, want)
	}
}

func (h *house) login(login, secret string) (string, account.Actor, error) {
	return h.SignIn(h.t.Context(), account.Credentials{Login: login, Password: secret, From: office})
}

func (h *house) signIn(login string) account.Actor {
	h.t.Helper()
	_, a, err := h.login(login, right)
	must(h.t, err)
	return a
}

// user makes an active account with a role.
func (h *house) user(email string, grants ...account.Grant) string {
	h.t.Helper()
	id, link, err := h.Invite(h.t.Context(), h.admin, account.Invitation{Person: account.Person{Name: "Nguyễn Thị Mẫu", Email: email}, Grants: grants})
	must(h.t, err)
	must(h.t, h.Accept(h.t.Context(), token(link), right))
	return id
}

// id is a made id of a place or an agency, the same for the same name.
func id(name string) string {
	sum := sha256.Sum256([]byte(name))
	const hex = "0123456789abcdef"
	b := []byte("01890000-0000-7000-8000-")
	for i := range 12 {
		b = append(b, hex[sum[i]&0xf])
	}
	return string(b)
}

var since = clock.MustDate("2025-01-01")
