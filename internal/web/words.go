package web

import (
	"fmt"
	"strings"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/fault"
	"thuoc/internal/job"
	"thuoc/internal/lang"
)

func (v *visit) roleName(r account.Role) string { return v.text(r.Text()) }

// stateNames are the states of an account in people's words.
var stateNames = map[account.State]fault.Text{
	account.Invited: fault.T("invited, not yet signed in"),
	account.Active:  fault.T("active"),
	account.Blocked: fault.T("blocked"),
	account.Erased:  fault.T("erased"),
}

// stateKinds are the badges of the states.
var stateKinds = map[account.State]string{account.Invited: "lua", account.Active: "ngoc", account.Blocked: "son", account.Erased: ""}

// grantNames names grants: the role, and over what it is held.
func (v *visit) grantNames(grants []account.Grant) ([]string, error) {
	names := make([]string, len(grants))
	for i, g := range grants {
		names[i] = v.roleName(g.Role)
		scope, err := v.scope(g)
		if err != nil {
			return nil, err
		}
		if scope != "" {
			names[i] += " · " + scope
		}
	}
	return names, nil
}

// moment writes a time as it is in Vietnam: 14:32 22/11/2026.
func (v *visit) moment(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	t = t.In(job.VietnamTime)
	return t.Format("15:04") + " " + lang.Date(v.lang, clock.Of(t))
}

// span writes from which day to which a grant is held.
func (v *visit) span(g account.Grant) string {
	if g.Until.IsZero() {
		return v.t("from %s", lang.Date(v.lang, g.Since))
	}
	return lang.DateRange(v.lang, g.Since, g.Until)
}

// browser names the program of a session in words that people know: what browsers say of themselves is not for reading.
func (v *visit) browser(agent string) string {
	name, system := "", ""
	for _, c := range []struct{ sign, name string }{
		{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"coc_coc_browser/", "Cốc Cốc"}, {"SamsungBrowser/", "Samsung Internet"},
		{"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"},
	} {
		if strings.Contains(agent, c.sign) {
			name = c.name
			break
		}
	}
	for _, c := range []struct{ sign, name string }{
		{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"Linux", "Linux"},
	} {
		if strings.Contains(agent, c.sign) {
			system = c.name
			break
		}
	}
	switch {
	case name != "" && system != "":
		return name + " · " + system
	case name+system != "":
		return name + system
	}
	return v.t("a browser not known to us")
}

// bytes writes a size in the unit that suits it.
func (v *visit) bytes(n int64) string {
	units := []string{"B", "KB", "MB", "GB", "TB"}
	size, i := float64(n), 0
	for size >= 1000 && i < len(units)-1 {
		size, i = size/1024, i+1
	}
	decimals := 1
	if i == 0 || size >= 100 {
		decimals = 0
	}
	return fmt.Sprintf("%s %s", lang.Number(v.lang, size, decimals), units[i])
}

// count writes a whole number.
func count[N int | int64](v *visit, n N) string { return lang.Count(v.lang, int(n)) }

// publicRoot is where the public pages begin in a language.
var publicRoot = map[lang.Lang]string{lang.Vi: "/", lang.En: "/en"}
