package web

import (
	"cmp"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/fault"
	"thuoc/internal/ui"
)

// entry is a line of the navigation: a route, and who is shown it.
type entry struct {
	route, icon string
	text        func(*visit) string
	tab         bool                // on a phone, also at the foot
	short       func(*visit) string // there, where the text is too long for a quarter of a phone; nil = the same
}

// menu is the navigation, by heading. Who may not open a page is not shown its entry.
var menu = []struct {
	head    func(*visit) string
	entries []entry
}{
	{func(*visit) string { return "" }, []entry{
		{"work", "inbox", func(v *visit) string { return v.t("My work") }, true, nil},
		{"plans", "target", func(v *visit) string { return v.t("Plans") }, true, nil},
		{"tasks", "list-todo", func(v *visit) string { return v.t("Tasks") }, true, nil},
	}},
	{func(v *visit) string { return v.t("Following") }, []entry{
		{"reports", "scroll-text", func(v *visit) string { return v.t("Periodic reports") }, false, nil},
		{"reminders", "clock", func(v *visit) string { return v.t("Reminders") }, false, nil},
		{"inspections", "shield-check", func(v *visit) string { return v.t("Inspections") }, false, nil},
		{"following", "triangle-alert", func(v *visit) string { return v.t("Following and urging") }, false, nil},
		{"directives", "corner-down-right", func(v *visit) string { return v.t("Orders of the leaders") }, false, nil},
	}},
	{func(v *visit) string { return v.t("Figures") }, []entry{
		{"editions", "library", func(v *visit) string { return v.t("Editions") }, true, nil},
		{"indices", "list-tree", func(v *visit) string { return v.t("Indices") }, false, nil},
		{"runs", "layers", func(v *visit) string { return v.t("Runs") }, false, nil},
	}},
	{func(v *visit) string { return v.t("The house") }, []entry{
		{"places", "map-pin", func(v *visit) string { return v.t("Places") }, true, nil},
		{"agencies", "building-2", func(v *visit) string { return v.t("Agencies and posts") }, true, func(v *visit) string { return v.t("Agencies") }},
		{"templates", "file-spreadsheet", func(v *visit) string { return v.t("Templates of documents") }, false, nil},
		{"imports", "upload", func(v *visit) string { return v.t("Take in lists") }, false, nil},
		{"users", "users", func(v *visit) string { return v.t("People and roles") }, true, func(v *visit) string { return v.t("Users") }},
		{"audit", "scroll-text", func(v *visit) string { return v.t("Audit log") }, true, nil},
		{"system", "activity", func(v *visit) string { return v.t("System health") }, true, nil},
	}},
}

// mostTabs is how many entries fit at the foot of a phone.
const mostTabs = 4

// shows tells whether a route belongs into the actor's navigation. That somebody may read their own line of a list is no
// reason to lead them there.
func (v *visit) shows(name string) bool {
	do := routeOf(name).needs
	if v.actor.Device != "" && !routeOf(name).device {
		return false
	}
	return do == account.OwnAccount || v.actor.MayAnywhere(do) && v.byRole(do)
}

// byRole tells whether a grant, and not only ownership, gives the actor an action.
func (v *visit) byRole(do account.Action) bool {
	for _, r := range do.Holders() {
		if v.actor.Has(r) {
			return true
		}
	}
	return false
}

// may tells whether the actor may do something to a thing, for what a page offers: the store asks again.
func (v *visit) may(do account.Action, on account.Subject) (bool, error) {
	err := v.app.Accounts.May(v.ctx(), v.actor, do, on)
	if fault.KindOf(err) == fault.Forbidden {
		return false, nil
	}
	return err == nil, err
}

// shell is what stands around the page.
func (v *visit) shell(pg *page) (*ui.Shell, error) {
	s := &ui.Shell{Home: ui.Link{Href: v.to("work"), Text: "Thước"}, Place: cmp.Or(v.app.Name.In(v.lang), v.t("Working app")), Flash: pg.flash, Banner: v.banner(),
		Public: ui.Link{Href: publicRoot[v.lang], Text: v.t("Public pages")}, Sheet: v.sheetOf(pg), Manifest: v.to("manifest"), Outbox: v.outbox()}
	if v.actor.User == "" {
		s.Home.Href = v.to("sign-in")
		return s, nil
	}
	me, err := v.whoami()
	if err != nil {
		return nil, err
	}
	for _, m := range menu {
		group := ui.NavGroup{Head: m.head(v)}
		for _, e := range m.entries {
			if !v.shows(e.route) {
				continue
			}
			link := ui.NavLink{Link: ui.Link{Href: v.to(e.route), Text: e.text(v), Current: pg.nav == e.route}, Icon: e.icon}
			group.Links = append(group.Links, link)
			if e.tab && len(s.Tabs) < mostTabs {
				if e.short != nil {
					link.Text = e.short(v)
				}
				s.Tabs = append(s.Tabs, link)
			}
		}
		if len(group.Links) > 0 {
			s.Groups = append(s.Groups, group)
		}
	}
	s.Person, err = v.person(me)
	return s, err
}

// person is who works here, and as what.
func (v *visit) person(me account.User) (*ui.Person, error) {
	p := &ui.Person{Name: me.Name, Initials: initials(me.Name), Account: ui.Link{Href: v.to("me"), Text: v.t("My account")},
		SignOut: ui.Act{Action: v.to("sign-out"), Text: v.t("Sign out"), Icon: "log-out"}, Switch: v.to("role"), Back: v.backHere()}
	names, err := v.grantNames(me.Grants)
	if err != nil {
		return nil, err
	}
	switch {
	case len(me.Grants) == 0:
		p.Role = v.t("no role yet")
	case len(me.Grants) == 1:
		p.Role = names[0]
	default:
		p.Role = v.t("all %d roles", len(me.Grants))
		p.Roles = append(p.Roles, ui.Choice{Text: v.t("All my roles"), Current: v.actor.Narrowed == ""})
		for i, g := range me.Grants {
			current := g.ID == v.actor.Narrowed
			if current {
				p.Role = names[i]
			}
			p.Roles = append(p.Roles, ui.Choice{Value: g.ID, Text: names[i], Current: current})
		}
	}
	if v.actor.Device != "" { // a telephone does no more than its owner's work until they sign in
		p.Account = ui.Link{Href: v.at(url.Values{nextKey: {p.Back}}, "sign-in"), Text: v.t("Sign in")}
		p.SignOut, p.Roles = ui.Act{}, nil
	}
	return p, nil
}

// backHere is the address to come back to after something that leaves the page: the page itself, or of an answer to a form
// the page the form stands on.
func (v *visit) backHere() string {
	if v.posted() {
		return v.back()
	}
	return v.r.URL.RequestURI()
}

// initials are those of the first and the last of a name's words.
func initials(name string) string {
	words := strings.Fields(name)
	if len(words) == 0 {
		return "?"
	}
	s := string([]rune(words[0])[:1])
	if len(words) > 1 {
		s += string([]rune(words[len(words)-1])[:1])
	}
	return strings.ToUpper(s)
}

// write answers with a page, or leads elsewhere.
func (v *visit) write(pg *page) error {
	switch {
	case pg.written:
		return nil
	case pg.none:
		v.w.WriteHeader(http.StatusNoContent)
		return nil
	case pg.data != nil:
		v.w.Header().Set("Content-Type", "application/json")
		return json.NewEncoder(v.w).Encode(pg.data)
	case pg.to != "":
		v.say(pg.flash)
		http.Redirect(v.w, v.r, pg.to, http.StatusSeeOther)
		return nil
	}
	if pg.flash == nil {
		pg.flash = v.said()
	}
	body, err := v.render(pg)
	if err != nil {
		return err
	}
	body.ServeStatus(v.w, v.r, cmp.Or(pg.status, http.StatusOK))
	return nil
}

func (v *visit) render(pg *page) (*ui.Body, error) {
	shell, err := v.shell(pg)
	if err != nil {
		return nil, err
	}
	v.mark(pg)
	crumbs := pg.crumbs
	if v.actor.User != "" && pg.nav != "work" {
		crumbs = append(append([]ui.Link{{Href: v.to("work"), Text: v.t("My work")}}, crumbs...), ui.Link{Text: pg.title, Current: true})
	}
	b, err := v.app.pages.Render(pg.template, &ui.Page{Lang: v.lang, Title: pg.title, Address: v.r.URL.RequestURI(), Twin: v.twin(),
		Crumbs: crumbs, Chrome: ui.Chrome{Home: shell.Home}, Shell: shell, Body: pg.body})
	if err != nil {
		return nil, err
	}
	return ui.NewBody("text/html; charset=utf-8", b), nil
}
