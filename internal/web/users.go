package web

import (
	"net/url"
	"slices"
	"strconv"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/fault"
	"thuoc/internal/ui"
)

// The query keys of the list of people.
const (
	keyText  = "q"
	keyState = "tt"
	keyRole  = "vai"
	keyPage  = "trang"
)

// usersPage lists people.
type usersPage struct {
	Title    string
	Action   string
	Text     string
	States   ui.Select
	Roles    ui.Select
	Filtered bool
	Clear    string
	Count    string
	Rows     []userRow
	Invite   string // address of the form; "" for who may not
	Pager    []ui.Link
}

// userRow is a person of the list.
type userRow struct {
	Href, Name, Login string
	State, Kind       string
	Roles             []string
	Seen              string
	Second            bool // signs in with a second step or a passkey
}

// perPage is how many people a page of the list holds.
const perPage = 50

func (v *visit) users() (*page, error) {
	filter := account.UserFilter{Text: v.ask(keyText), State: account.State(v.ask(keyState)), Role: account.Role(v.ask(keyRole)), Limit: perPage}
	if _, ok := stateNames[filter.State]; !ok {
		filter.State = ""
	}
	if !filter.Role.Known() {
		filter.Role = ""
	}
	number, _ := strconv.Atoi(v.ask(keyPage))
	number = max(number, 1)
	filter.Skip = (number - 1) * perPage
	list, total, err := v.app.Accounts.Users(v.ctx(), v.actor, filter)
	if err != nil {
		return nil, err
	}
	body := usersPage{Title: v.t("People and roles"), Action: v.to("users"), Text: filter.Text, Clear: v.to("users"),
		Filtered: filter.Text != "" || filter.State != "" || filter.Role != "",
		States:   v.stateSelect(filter.State), Roles: v.roleSelect(filter.Role), Count: v.t("%d people", total)}
	if v.byRole(account.InviteUser) {
		body.Invite = v.to("invite")
	}
	for _, u := range list {
		row, err := v.userRow(u)
		if err != nil {
			return nil, err
		}
		body.Rows = append(body.Rows, row)
	}
	body.Pager = v.pager(number, total)
	return &page{template: "users", title: body.Title, nav: "users", body: body}, nil
}

func (v *visit) userRow(u account.User) (userRow, error) {
	row := userRow{Href: v.to("user", u.ID), Name: v.named(u), Login: u.Login(), State: v.text(stateNames[u.State]), Kind: stateKinds[u.State], Second: u.TOTP || u.Passkeys > 0}
	if !u.Seen.IsZero() {
		row.Seen = v.moment(u.Seen)
	}
	var err error
	row.Roles, err = v.grantNames(u.Grants)
	return row, err
}

// named is what somebody is called; of an erased account nothing is left but its id.
func (v *visit) named(u account.User) string {
	if u.Name == "" {
		return v.t("Erased account %s", u.ID[:8])
	}
	return u.Name
}

func (v *visit) stateSelect(current account.State) ui.Select {
	s := ui.Select{Name: keyState, Label: v.t("State"), Options: []ui.Choice{{Text: v.t("All but erased"), Current: current == ""}}}
	for _, x := range []account.State{account.Active, account.Invited, account.Blocked, account.Erased} {
		s.Options = append(s.Options, ui.Choice{Value: string(x), Text: v.text(stateNames[x]), Current: x == current})
	}
	return s
}

func (v *visit) roleSelect(current account.Role) ui.Select {
	s := ui.Select{Name: keyRole, Label: v.t("Role"), Options: []ui.Choice{{Text: v.t("All roles"), Current: current == ""}}}
	s.Options = append(s.Options, v.roleChoices(current)...)
	return s
}

func (v *visit) roleChoices(current account.Role) (list []ui.Choice) {
	for _, r := range account.Roles {
		list = append(list, ui.Choice{Value: string(r), Text: v.roleName(r), Current: r == current})
	}
	return list
}

// pager leads to the pages before and after.
func (v *visit) pager(number, total int) (links []ui.Link) {
	to := func(n int, text string) {
		q := v.r.URL.Query()
		q.Set(keyPage, strconv.Itoa(n))
		links = append(links, ui.Link{Href: v.at(q, v.route.name, v.values()...), Text: text})
	}
	if number > 1 {
		to(number-1, v.t("Previous page"))
	}
	if number*perPage < total {
		to(number+1, v.t("Next page"))
	}
	return links
}

// grantFields ask for a role, over what and from when until when.
func (v *visit) grantFields(head string, optional bool) []*ui.Field {
	role := &ui.Field{Name: "role", Label: v.t("Role"), Kind: "select", Head: head, Optional: optional}
	role.Options = append([]ui.Choice{{Text: v.t("Choose…")}}, v.roleChoices("")...)
	fields := append([]*ui.Field{role}, v.scopeFields()...)
	return append(fields,
		&ui.Field{Name: "since", Label: v.t("First day"), Kind: "date", Value: v.actor.Day.String(), Optional: optional},
		&ui.Field{Name: "until", Label: v.t("Last day"), Hint: v.t("Leave it open for a role without end."), Kind: "date", Optional: true})
}

// granted reads the fields of grantFields.
func (f *form) granted(user string) (account.Grant, error) {
	g := account.Grant{User: user, Role: account.Role(f.get("role"))}
	var faults []fault.Item
	for _, d := range []struct {
		name string
		at   *clock.Date
	}{{"since", &g.Since}, {"until", &g.Until}} {
		if s := f.get(d.name); s != "" {
			day, err := clock.ParseDate(s)
			if err != nil {
				faults = append(faults, fault.Item{Field: d.name, What: fault.T("This is not a day."), Remedy: fault.T("Write it as 2025-07-01.")})
			}
			*d.at = day
		}
	}
	over, err := f.scoped(&g)
	faults = append(faults, over...)
	if err != nil {
		return g, err
	}
	return g, fault.Batch(faults)
}

// merged puts the faults of a form and of what was made of it together; of what the form could not read nothing more is
// said.
func merged(of, form []fault.Item) []fault.Item {
	of = slices.DeleteFunc(of, func(it fault.Item) bool {
		return slices.ContainsFunc(form, func(x fault.Item) bool { return typedIn(x.Field) == typedIn(it.Field) })
	})
	return append(of, form...)
}

func (v *visit) toUsers() []ui.Link {
	return []ui.Link{{Href: v.to("users"), Text: v.t("People and roles")}}
}

func (v *visit) invite() (*page, error) {
	fields := append(v.personFields(account.Person{}), v.grantFields(v.t("First role"), true)...)
	fields[0].Complete, fields[1].Complete, fields[2].Complete = "off", "off", "off" // somebody else's, not one's own
	f, err := v.form(v.t("Invite"), fields...)
	if err != nil {
		return nil, err
	}
	title := v.t("Invite somebody")
	f.Cancel = ui.Link{Href: v.to("users"), Text: v.t("Cancel")}
	pg := &page{template: "form", title: title, crumbs: v.toUsers(), nav: "users",
		body: formPage{Title: title, Lead: v.t("The invitation goes out by e-mail where there is an address; the link is shown here as well, so that it can be handed over."), Form: f}}
	return f.send(pg, func() (*page, error) {
		in := account.Invitation{Person: f.person()}
		var refused error
		if f.get("role") != "" {
			g, err := f.granted("")
			if refused = err; err != nil && fault.KindOf(err) != fault.Invalid {
				return nil, err
			}
			in.Grants = []account.Grant{g}
		}
		if refused != nil { // what the form alone can see, and everything else at the same time
			return nil, fault.Batch(merged(in.Faults(), fault.Items(refused)))
		}
		user, link, err := v.app.Accounts.Invite(v.ctx(), v.actor, in)
		if err != nil {
			return nil, err
		}
		next := v.done(v.to("user", user), "%s is invited. This link sets the password; it works once, for seven days, and is shown only now.", in.Name)
		next.flash.Copy = link
		return next, nil
	})
}

// userPage is one person.
type userPage struct {
	Title, State, Kind string
	User               account.User
	Added, Seen        string
	Held               []heldRow
	Change, Grant      string // addresses of forms; "" for who may not
	Erase              string
	Acts               []ui.Act
	Log                string // what this person did
}

func (v *visit) user() (*page, error) {
	u, err := v.app.Accounts.User(v.ctx(), v.actor, v.arg("user"))
	if err != nil {
		return nil, err
	}
	grants, err := v.app.Accounts.Grants(v.ctx(), v.actor, u.ID)
	if err != nil {
		return nil, err
	}
	body := userPage{Title: v.named(u), State: v.text(stateNames[u.State]), Kind: stateKinds[u.State], User: u, Added: v.moment(u.Added), Seen: v.moment(u.Seen)}
	if body.Held, err = v.history(u, grants); err != nil {
		return nil, err
	}
	if u.State != account.Erased {
		v.offer(&body)
	}
	if v.byRole(account.ReadAudit) {
		body.Log = v.at(url.Values{keyActor: {u.ID}}, "audit")
	}
	return &page{template: "user", title: body.Title, crumbs: v.toUsers(), nav: "users", body: body}, nil
}

// offer adds what the actor may do to an account.
func (v *visit) offer(p *userPage) {
	id := p.User.ID
	if v.byRole(account.GrantRole) && id != v.actor.User {
		p.Grant = v.to("grant", id)
	}
	if !v.byRole(account.ChangeUser) {
		return
	}
	p.Change = v.to("user-change", id)
	if p.User.State == account.Blocked {
		p.Acts = append(p.Acts, v.act(v.t("Unblock"), "lock", "", "user-unblock", id))
	} else {
		p.Acts = append(p.Acts, v.act(v.t("Make a new link to sign in"), "key-round", "", "user-link", id))
	}
	p.Acts = append(p.Acts, v.act(v.t("End all sessions"), "log-out", "", "user-sessions", id))
	if p.User.TOTP {
		p.Acts = append(p.Acts, v.act(v.t("Turn off the second step"), "x", "", "user-totp", id))
	}
	if p.User.State != account.Blocked {
		p.Acts = append(p.Acts, v.act(v.t("Block"), "ban", "danger", "user-block", id))
	}
	if v.byRole(account.EraseUser) {
		p.Erase = v.to("user-erase", id)
	}
}

// history names every role somebody has held.
func (v *visit) history(u account.User, grants []account.Held) ([]heldRow, error) {
	var rows []heldRow
	for _, h := range grants {
		names, err := v.grantNames([]account.Grant{h.Grant})
		if err != nil {
			return nil, err
		}
		row := heldRow{Role: names[0], Span: v.span(h.Grant), Over: !h.InForce(v.actor.Day)}
		switch {
		case !h.Revoked.IsZero():
			row.Note = v.t("taken back %s", v.moment(h.Revoked))
		case row.Over && v.actor.Day.Before(h.Since):
			row.Note = v.t("not begun yet")
		case row.Over:
			row.Note = v.t("ended")
		}
		if h.Revoked.IsZero() && u.State != account.Erased && v.byRole(account.RevokeRole) && (h.Until.IsZero() || !h.Until.Before(v.actor.Day)) {
			act := v.act(v.t("Take back"), "x", "danger", "grant-revoke", u.ID, h.ID)
			act.Label = v.t("Take back: %s", names[0])
			row.Revoke = &act
		}
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(a, b heldRow) int {
		switch {
		case a.Over == b.Over:
			return 0
		case b.Over:
			return -1
		}
		return 1
	})
	return rows, nil
}

func (v *visit) toUser(u account.User) []ui.Link {
	return append(v.toUsers(), ui.Link{Href: v.to("user", u.ID), Text: v.named(u)})
}

func (v *visit) changeUser() (*page, error) {
	u, err := v.app.Accounts.User(v.ctx(), v.actor, v.arg("user"))
	if err != nil {
		return nil, err
	}
	return v.changePerson(u.ID, v.t("Name and addresses"), v.toUser(u), "users", v.to("user", u.ID))
}

func (v *visit) grant() (*page, error) {
	u, err := v.app.Accounts.User(v.ctx(), v.actor, v.arg("user"))
	if err != nil {
		return nil, err
	}
	f, err := v.form(v.t("Give the role"), v.grantFields("", false)...)
	if err != nil {
		return nil, err
	}
	title := v.t("Give a role to %s", v.named(u))
	f.Cancel = ui.Link{Href: v.to("user", u.ID), Text: v.t("Cancel")}
	pg := &page{template: "form", title: title, crumbs: v.toUser(u), nav: "users", body: formPage{Title: title, Form: f}}
	return f.send(pg, func() (*page, error) {
		g, err := f.granted(u.ID)
		if err != nil {
			return nil, err
		}
		if _, err := v.app.Accounts.GrantRole(v.ctx(), v.actor, g); err != nil {
			return nil, err
		}
		return v.done(v.to("user", u.ID), "The role is given: %s.", v.roleName(g.Role)), nil
	})
}

// erase asks before what cannot be undone.
func (v *visit) erase() (*page, error) {
	u, err := v.app.Accounts.User(v.ctx(), v.actor, v.arg("user"))
	if err != nil {
		return nil, err
	}
	confirm := &ui.Field{Name: "confirm", Label: v.t("I have understood: the name, the addresses and every way to sign in are removed for good"), Kind: "check"}
	f, err := v.form(v.t("Erase for good"), confirm)
	if err != nil {
		return nil, err
	}
	f.Danger, f.Cancel = true, ui.Link{Href: v.to("user", u.ID), Text: v.t("Cancel")}
	title := v.t("Erase %s", v.named(u))
	pg := &page{template: "form", title: title, crumbs: v.toUser(u), nav: "users",
		body: formPage{Title: title, Lead: v.t("What is known of the person is removed. What they did stays in the log under the id of the account. This cannot be undone."), Form: f}}
	return f.send(pg, func() (*page, error) {
		if confirm.Value == "" {
			return nil, fault.Batch([]fault.Item{{Field: "confirm", What: fault.T("You have not confirmed."), Remedy: fault.T("Tick the box if you mean it.")}})
		}
		if err := v.app.Accounts.Erase(v.ctx(), v.actor, u.ID); err != nil {
			return nil, err
		}
		return v.done(v.to("users"), "The account is erased."), nil
	})
}

func (v *visit) sendLink() (*page, error) {
	return v.once(func() (*page, error) {
		link, err := v.app.Accounts.SendLink(v.ctx(), v.actor, v.arg("user"))
		pg := v.done(v.to("user", v.arg("user")), "This is the new link; it works once and is shown only now. The one before is worth nothing any more.")
		pg.flash.Copy = link
		return pg, err
	})
}

func (v *visit) block() (*page, error) {
	return v.once(func() (*page, error) {
		return v.done(v.to("user", v.arg("user")), "The account is blocked; every session has ended."), v.app.Accounts.Block(v.ctx(), v.actor, v.arg("user"))
	})
}

func (v *visit) unblock() (*page, error) {
	return v.once(func() (*page, error) {
		return v.done(v.to("user", v.arg("user")), "The account is no longer blocked."), v.app.Accounts.Unblock(v.ctx(), v.actor, v.arg("user"))
	})
}

func (v *visit) userTOTP() (*page, error) {
	return v.once(func() (*page, error) {
		return v.done(v.to("user", v.arg("user")), "The second step is off."), v.app.Accounts.RemoveTOTP(v.ctx(), v.actor, v.arg("user"))
	})
}

func (v *visit) userSessions() (*page, error) {
	return v.once(func() (*page, error) {
		return v.done(v.to("user", v.arg("user")), "All sessions are ended."), v.app.Accounts.RevokeSessions(v.ctx(), v.actor, v.arg("user"))
	})
}

// revokeGrant takes a role back. The grant must be one of the account that the address names.
func (v *visit) revokeGrant() (*page, error) {
	grants, err := v.app.Accounts.Grants(v.ctx(), v.actor, v.arg("user"))
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(grants, func(h account.Held) bool { return h.ID == v.arg("grant") }) {
		return nil, fault.New(fault.NotFound, "There is no such grant.")
	}
	return v.once(func() (*page, error) {
		return v.done(v.to("user", v.arg("user")), "The role is taken back."), v.app.Accounts.RevokeGrant(v.ctx(), v.actor, v.arg("grant"))
	})
}
