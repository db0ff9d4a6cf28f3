package web

import (
	"cmp"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/lang"
)

// route is one thing a person can ask for, with the right it needs. The table of routes is the only way in.
type route struct {
	name   string
	method string
	vi, en string         // path below the root, with {name} for what it is about
	needs  account.Action // "" = open to everybody, also to who is signed in
	fresh  bool           // of a page: who has not proven lately who they are does so first
	upload int64          // bytes of a form with files; 0 = a form without
	device bool           // open to an enrolled telephone in its owner's name; everything else asks to sign in
	handle func(*visit) (*page, error)
}

// table is every route of the app. The mux is made from it, the navigation asks it for rights, and the matrix test walks
// it: what is not here does not exist.
var table []route

func init() { // the pages link to each other through the table
	get, post := http.MethodGet, http.MethodPost
	own := account.OwnAccount
	table = []route{
		{name: "sign-in", method: get, vi: "dang-nhap", en: "sign-in", handle: (*visit).signIn},
		{name: "sign-in", method: post, vi: "dang-nhap", en: "sign-in", handle: (*visit).signIn},
		{name: "sign-out", method: post, vi: "dang-xuat", en: "sign-out", handle: (*visit).signOut},
		{name: "invitation", method: get, vi: "loi-moi/{token}", en: "invitation/{token}", handle: (*visit).acceptLink},
		{name: "invitation", method: post, vi: "loi-moi/{token}", en: "invitation/{token}", handle: (*visit).acceptLink},
		{name: "forgot", method: get, vi: "quen-mat-khau", en: "forgot-password", handle: (*visit).forgot},
		{name: "forgot", method: post, vi: "quen-mat-khau", en: "forgot-password", handle: (*visit).forgot},
		{name: "reset", method: get, vi: "dat-lai-mat-khau/{token}", en: "reset/{token}", handle: (*visit).acceptLink},
		{name: "reset", method: post, vi: "dat-lai-mat-khau/{token}", en: "reset/{token}", handle: (*visit).acceptLink},

		{name: "key-ask", method: post, vi: "khoa-truy-cap/hoi", en: "passkey/ask", handle: (*visit).askKey},
		{name: "key-sign-in", method: post, vi: "khoa-truy-cap/dang-nhap", en: "passkey/sign-in", handle: (*visit).signInWithKey},

		{name: "prove", method: get, vi: "xac-minh", en: "prove", needs: own, handle: (*visit).prove},
		{name: "prove", method: post, vi: "xac-minh", en: "prove", needs: own, handle: (*visit).prove},
		{name: "proof-ask", method: post, vi: "xac-minh/khoa/hoi", en: "prove/passkey/ask", needs: own, handle: (*visit).askProof},
		{name: "proof-key", method: post, vi: "xac-minh/khoa", en: "prove/passkey", needs: own, handle: (*visit).proveWithKey},
		{name: "role", method: post, vi: "doi-vai", en: "switch-role", needs: own, handle: (*visit).switchRole},
		{name: "draft", method: post, vi: "nhap", en: "draft", device: true, handle: (*visit).keepDraft},
		{name: "draft-drop", method: post, vi: "nhap/bo", en: "draft/drop", needs: own, device: true, handle: (*visit).dropDraft},

		{name: "home", method: get, vi: "", en: "", needs: own, device: true, handle: (*visit).home},
		{name: "work", method: get, vi: "viec-cua-toi", en: "my-work", needs: own, device: true, handle: (*visit).work},

		{name: "me", method: get, vi: "tai-khoan", en: "account", needs: own, handle: (*visit).me},
		{name: "me-details", method: get, vi: "tai-khoan/thong-tin", en: "account/details", needs: own, fresh: true, handle: (*visit).ownDetails},
		{name: "me-details", method: post, vi: "tai-khoan/thong-tin", en: "account/details", needs: own, handle: (*visit).ownDetails},
		{name: "me-password", method: get, vi: "tai-khoan/mat-khau", en: "account/password", needs: own, handle: (*visit).ownPassword},
		{name: "me-password", method: post, vi: "tai-khoan/mat-khau", en: "account/password", needs: own, handle: (*visit).ownPassword},
		{name: "totp", method: get, vi: "tai-khoan/ma-xac-thuc", en: "account/authenticator", needs: own, fresh: true, handle: (*visit).totp},
		{name: "totp", method: post, vi: "tai-khoan/ma-xac-thuc", en: "account/authenticator", needs: own, handle: (*visit).totp},
		{name: "totp-remove", method: post, vi: "tai-khoan/ma-xac-thuc/tat", en: "account/authenticator/off", needs: own, handle: (*visit).totpRemove},
		{name: "recovery", method: post, vi: "tai-khoan/ma-du-phong", en: "account/recovery-codes", needs: own, handle: (*visit).recoveryCodes},
		{name: "key-offer", method: post, vi: "tai-khoan/khoa-truy-cap/hoi", en: "account/passkeys/ask", needs: own, handle: (*visit).offerKey},
		{name: "key-add", method: post, vi: "tai-khoan/khoa-truy-cap/them", en: "account/passkeys/add", needs: own, handle: (*visit).addKey},
		{name: "key-remove", method: post, vi: "tai-khoan/khoa-truy-cap/{passkey}/go", en: "account/passkeys/{passkey}/remove", needs: own, handle: (*visit).removeKey},
		{name: "session-end", method: post, vi: "tai-khoan/phien/{session}/ket-thuc", en: "account/sessions/{session}/end", needs: own, handle: (*visit).endSession},
		{name: "sessions-end", method: post, vi: "tai-khoan/phien/ket-thuc-khac", en: "account/sessions/end-others", needs: own, handle: (*visit).endSessions},
		{name: "device-offer", method: get, vi: "tai-khoan/thiet-bi/them", en: "account/devices/add", needs: own, fresh: true, handle: (*visit).offerDevice},
		{name: "device-offer", method: post, vi: "tai-khoan/thiet-bi/them", en: "account/devices/add", needs: own, handle: (*visit).offerDevice},
		{name: "device-enrol", method: get, vi: "thiet-bi/{token}", en: "device/{token}", handle: (*visit).enrolDevice},
		{name: "device-enrol", method: post, vi: "thiet-bi/{token}", en: "device/{token}", handle: (*visit).enrolDevice},
		{name: "device-revoke", method: post, vi: "tai-khoan/thiet-bi/{device}/thu-hoi", en: "account/devices/{device}/revoke", needs: own, handle: (*visit).revokeDevice},

		{name: "users", method: get, vi: "nguoi-dung", en: "users", needs: account.ReadUsers, handle: (*visit).users},
		{name: "invite", method: get, vi: "nguoi-dung/moi", en: "users/invite", needs: account.InviteUser, fresh: true, handle: (*visit).invite},
		{name: "invite", method: post, vi: "nguoi-dung/moi", en: "users/invite", needs: account.InviteUser, handle: (*visit).invite},
		{name: "user", method: get, vi: "nguoi-dung/{user}", en: "users/{user}", needs: account.ReadUsers, handle: (*visit).user},
		{name: "user-change", method: get, vi: "nguoi-dung/{user}/sua", en: "users/{user}/change", needs: account.ChangeUser, fresh: true, handle: (*visit).changeUser},
		{name: "user-change", method: post, vi: "nguoi-dung/{user}/sua", en: "users/{user}/change", needs: account.ChangeUser, handle: (*visit).changeUser},
		{name: "user-link", method: post, vi: "nguoi-dung/{user}/lien-ket", en: "users/{user}/link", needs: account.ChangeUser, handle: (*visit).sendLink},
		{name: "user-block", method: post, vi: "nguoi-dung/{user}/khoa", en: "users/{user}/block", needs: account.ChangeUser, handle: (*visit).block},
		{name: "user-unblock", method: post, vi: "nguoi-dung/{user}/mo-khoa", en: "users/{user}/unblock", needs: account.ChangeUser, handle: (*visit).unblock},
		{name: "user-totp", method: post, vi: "nguoi-dung/{user}/tat-ma-xac-thuc", en: "users/{user}/authenticator-off", needs: account.ChangeUser, handle: (*visit).userTOTP},
		{name: "user-sessions", method: post, vi: "nguoi-dung/{user}/ket-thuc-phien", en: "users/{user}/end-sessions", needs: account.ChangeUser, handle: (*visit).userSessions},
		{name: "user-erase", method: get, vi: "nguoi-dung/{user}/xoa", en: "users/{user}/erase", needs: account.EraseUser, fresh: true, handle: (*visit).erase},
		{name: "user-erase", method: post, vi: "nguoi-dung/{user}/xoa", en: "users/{user}/erase", needs: account.EraseUser, handle: (*visit).erase},
		{name: "grant", method: get, vi: "nguoi-dung/{user}/giao-vai", en: "users/{user}/grant", needs: account.GrantRole, fresh: true, handle: (*visit).grant},
		{name: "grant", method: post, vi: "nguoi-dung/{user}/giao-vai", en: "users/{user}/grant", needs: account.GrantRole, handle: (*visit).grant},
		{name: "grant-revoke", method: post, vi: "nguoi-dung/{user}/vai/{grant}/thu-hoi", en: "users/{user}/grants/{grant}/revoke", needs: account.RevokeRole, handle: (*visit).revokeGrant},

		{name: "audit", method: get, vi: "nhat-ky", en: "audit", needs: account.ReadAudit, handle: (*visit).audit},
		{name: "audit-verify", method: post, vi: "nhat-ky/kiem-tra", en: "audit/verify", needs: account.ReadAudit, handle: (*visit).verifyAudit},
		{name: "system", method: get, vi: "he-thong", en: "system", needs: account.ReadSystem, handle: (*visit).system},
		{name: "job-revive", method: post, vi: "he-thong/viec/{job}/chay-lai", en: "system/jobs/{job}/revive", needs: account.MendSystem, handle: (*visit).reviveJob},
		{name: "job-discard", method: post, vi: "he-thong/viec/{job}/bo", en: "system/jobs/{job}/discard", needs: account.MendSystem, handle: (*visit).discardJob},
	}
	table = append(table, slices.Concat(
		placeRoutes,
		agencyRoutes,
		importRoutes,
		oidcRoutes,
		indexRoutes,
		computeRoutes,
		runRoutes,
		editionRoutes,
		planRoutes, blockRoutes,
		pledgeRoutes,
		taskRoutes, reportRoutes,
		exchangeRoutes,
		phoneRoutes,
		followRoutes,
		directiveRoutes,
		meetingRoutes,
		urgingRoutes,
		paperRoutes,
		sheetRoutes,

		inspectionRoutes,
	)...)
}

// routes makes the mux. What no route takes is answered by lost, in the language of its address.
func (a *App) routes() *http.ServeMux {
	mux := http.NewServeMux()
	for i := range table {
		r := &table[i]
		for _, l := range []lang.Lang{lang.Vi, lang.En} {
			mux.Handle(r.method+" "+r.path(l), a.serve(r, l))
		}
	}
	for root, l := range map[string]lang.Lang{Root: lang.Vi, EnglishRoot: lang.En} {
		mux.Handle(root+"/", a.lost(l))
	}
	return mux
}

// path is the pattern of a route's path in a language.
func (r *route) path(l lang.Lang) string {
	root := Root
	if l == lang.En {
		root = EnglishRoot
	}
	return strings.TrimSuffix(root+"/"+lang.Names{VI: r.vi, EN: r.en}.In(l), "/")
}

// routeOf finds a route by its name: its page where it has one.
func routeOf(name string) *route {
	for i := range table {
		if table[i].name == name {
			return &table[i]
		}
	}
	panic("web: no route " + name)
}

// fill puts values in the place of a pattern's {names}, in their order.
func fill(pattern string, args ...string) string {
	var b strings.Builder
	for pattern != "" {
		before, rest, ok := strings.Cut(pattern, "{")
		b.WriteString(before)
		if !ok {
			break
		}
		_, pattern, _ = strings.Cut(rest, "}")
		b.WriteString(url.PathEscape(args[0]))
		args = args[1:]
	}
	return b.String()
}

// names are the {names} of a route's pattern.
func (r *route) names() []string {
	var names []string
	for _, part := range strings.Split(r.vi, "{")[1:] {
		name, _, _ := strings.Cut(part, "}")
		names = append(names, name)
	}
	return names
}

// to gives the address of a route in the visit's language.
func (v *visit) to(name string, args ...string) string {
	return fill(routeOf(name).path(v.lang), args...)
}

// at is to with a query.
func (v *visit) at(query url.Values, name string, args ...string) string {
	if q := query.Encode(); q != "" {
		return v.to(name, args...) + "?" + q
	}
	return v.to(name, args...)
}

// values are what the address names, in the order of the pattern.
func (v *visit) values() []string {
	var list []string
	for _, n := range v.route.names() {
		list = append(list, v.r.PathValue(n))
	}
	return list
}

// address is the route with what it is about, the same in both languages: what a draft is kept under.
func (v *visit) address() string { return fill(v.route.path(lang.Vi), v.values()...) }

// twin is the same page in the other language.
func (v *visit) twin() string {
	other := lang.En
	if v.lang == lang.En {
		other = lang.Vi
	}
	to := fill(v.route.path(other), v.values()...)
	if v.r.URL.RawQuery != "" && v.r.Method == http.MethodGet {
		to += "?" + v.r.URL.RawQuery
	}
	return to
}

// safe gives an address of this app that a request asks to be led to, or the home page.
func (v *visit) safe(asked string) string {
	u, err := url.Parse(asked)
	inside := err == nil && u.Host == "" && u.Scheme == "" && u.Path == path.Clean(u.Path) && !strings.ContainsAny(asked, "\\\r\n") &&
		(u.Path == Root || u.Path == EnglishRoot || strings.HasPrefix(u.Path, Root+"/") || strings.HasPrefix(u.Path, EnglishRoot+"/"))
	if !inside {
		return v.to("work")
	}
	return cmp.Or(u.RequestURI(), v.to("work"))
}
