package web

import (
	"net/url"

	"thuoc/internal/account"
	"thuoc/internal/ui"
)

// Demo is what a house for trying tells everybody who comes: who there is to be, and the one password of them all. Its
// pages say at their head that everything is invented. No other house has one.
type Demo struct {
	Password string
	Logins   []DemoLogin
}

// DemoLogin is who may be tried.
type DemoLogin struct {
	Role  account.Role
	Login string
}

// loginKey asks the sign-in page of a house for trying to fill the login in.
const loginKey = "ten"

// trial is the list of the sign-in page.
type trial struct {
	Password string
	Rows     []trialRow
}

type trialRow struct{ Role, Login, Href string }

// trial gives the list, and nil in a house that is not for trying.
func (v *visit) trial() *trial {
	d := v.app.Demo
	if d == nil {
		return nil
	}
	t := &trial{Password: d.Password}
	for _, l := range d.Logins {
		t.Rows = append(t.Rows, trialRow{v.roleName(l.Role), l.Login, v.at(url.Values{loginKey: {l.Login}, nextKey: {v.ask(nextKey)}}, "sign-in")})
	}
	return t
}

// banner says in a house for trying that everything is invented.
func (v *visit) banner() *ui.Notice {
	if v.app.Demo == nil {
		return nil
	}
	return &ui.Notice{Kind: "warn", Text: "Dữ liệu giả định, chỉ để dùng thử · Invented data, only for trying"}
}
