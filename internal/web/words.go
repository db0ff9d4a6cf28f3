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

// deeds are the actions of the log in people's words.
var deeds = map[string]fault.Text{
	"user.invite": fault.T("invited somebody"), "user.change": fault.T("changed an account"), "user.erase": fault.T("erased an account"),
	"grant.add": fault.T("gave a role"), "grant.revoke": fault.T("took a role back"), "account.own": fault.T("changed their own account"),
	"session.begin": fault.T("signed in"), "session.refuse": fault.T("was refused at signing in"), "session.end": fault.T("ended a session"),
	"session.narrow": fault.T("switched roles"), "session.prove": fault.T("proved again who they are"), "password.set": fault.T("set a password"),
	"link.send": fault.T("made a link"), "link.use": fault.T("used a link"), "totp.add": fault.T("turned the second step on"),
	"totp.remove": fault.T("turned the second step off"), "recovery.renew": fault.T("made new recovery codes"), "passkey.add": fault.T("added a passkey"),
	"passkey.remove": fault.T("removed a passkey"), "device.add": fault.T("enrolled a telephone"), "device.remove": fault.T("revoked a telephone"),
	"place.propose": fault.T("proposed a boundary change"), "place_change.approved": fault.T("approved a boundary change"),
	"place_change.rejected": fault.T("rejected a boundary change"), "place_change.withdrawn": fault.T("withdrew a boundary change"),
	"place_change.applied": fault.T("applied a boundary change"), "place.import": fault.T("took in a table of places"),
	"agency.change": fault.T("changed an agency"), "post.change": fault.T("changed posts"), "agency.import": fault.T("took in a list of agencies"),
	"run.add": fault.T("added a run"), "run.withdraw": fault.T("withdrew a run"), "edition.freeze": fault.T("froze an edition"),
	"edition.approve": fault.T("approved an edition"), "edition.return": fault.T("returned an edition"), "edition.publish": fault.T("published an edition"),
	"edition.embargo": fault.T("set the time of an edition"), "edition.lift": fault.T("let an edition become public at its time"),
	"edition.correct": fault.T("had an edition corrected"), "edition.withdraw": fault.T("withdrew an edition"),
	"inspection.prepare": fault.T("prepared an inspection"), "inspection.edit": fault.T("changed an inspection"), "inspection.open": fault.T("opened an inspection"),
	"inspection.cancel": fault.T("cancelled an inspection"), "inspection.unit": fault.T("added a unit to an inspection"), "inspection.join": fault.T("put somebody into a team"),
	"inspection.leave": fault.T("took somebody out of a team"), "inspection.themes": fault.T("chose checklists"), "inspection.visit": fault.T("began a visit"),
	"inspection.record": fault.T("wrote the record of a visit"), "inspection.conclusion": fault.T("wrote a conclusion"), "inspection.end": fault.T("concluded an inspection"),
	"inspection.frame": fault.T("prepared a draw"), "draw.seal": fault.T("sealed a draw"), "draw.number": fault.T("entered the number of a draw"), "draw.take": fault.T("made a draw"),
	"draw.announce": fault.T("announced a draw"), "draw.drop": fault.T("dropped a draw"), "visit.send": fault.T("answered a checklist"), "checklist.write": fault.T("wrote a checklist"),
	"risk.set": fault.T("set the formula of draws"), "finding.found": fault.T("wrote down a finding"), "finding.remedy": fault.T("said that a finding is remedied"),
	"finding.close": fault.T("closed a finding"), "finding.fail": fault.T("found a finding not remedied"), "finding.again": fault.T("opened an inspection again"),
	"job.revive": fault.T("let a job be tried again"), "job.discard": fault.T("discarded a job"),
}

// deed names an action of the log; one without a name of its own stands as it is.
func (v *visit) deed(action string) string {
	if t, ok := deeds[action]; ok {
		return v.text(t)
	}
	return action
}
