package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/fault"
	"thuoc/internal/follow"
	"thuoc/internal/lang"
	"thuoc/internal/ui"
)

// followRoutes are the routes of following: what is late, who was reminded, by which rules.
var followRoutes = []route{
	{name: "following", method: http.MethodGet, vi: "theo-doi", en: "following", needs: account.ReadFollowing, handle: (*visit).following},
	{name: "reminders", method: http.MethodGet, vi: "nhac-viec", en: "reminders", needs: account.OwnAccount, device: true, handle: (*visit).reminders},
	{name: "reminders-seen", method: http.MethodPost, vi: "nhac-viec/da-xem", en: "reminders/seen", needs: account.OwnAccount, device: true, handle: (*visit).seeReminders},
	{name: "reminder-log", method: http.MethodGet, vi: "nhac-viec/nhat-ky", en: "reminders/log", needs: account.ReadFollowing, handle: (*visit).reminderLog},
	{name: "reminder-rules", method: http.MethodGet, vi: "nhac-viec/quy-tac", en: "reminders/rules", needs: account.ReadFollowing, handle: (*visit).reminderRules},
	{name: "reminder-rule", method: http.MethodGet, vi: "nhac-viec/quy-tac/dat", en: "reminders/rules/set", needs: account.SetReminders, handle: (*visit).setRule},
	{name: "reminder-rule", method: http.MethodPost, vi: "nhac-viec/quy-tac/dat", en: "reminders/rules/set", needs: account.SetReminders, handle: (*visit).setRule},
}

// mostFollowed is how many lines of a kind an overview shows.
const mostFollowed = 200

// lateRow is a unit with what it is late with.
type lateRow struct {
	Unit, Href, Urge string
	Running, Late    string
	late             int
}

// absentRow is a unit that is named and never came.
type absentRow struct{ Unit, Href, Why, Tasks, Late, Last string }

// followingPage is the following by exception: what needs somebody today.
type followingPage struct {
	Title, Lead       string
	Late              []lateRow
	Absent            []absentRow
	Orders            []directiveRow
	Letters           []urgingRow
	Log, Rules, Meets string
	AllOrders, AllLet string
}

func (v *visit) following() (*page, error) {
	body := &followingPage{Title: v.t("Following and urging"), Lead: v.t("By exception, as of %s: what is late, who never came, what waits for an answer.", lang.Date(v.lang, v.actor.Day)),
		Log: v.to("reminder-log"), Rules: v.to("reminder-rules"), Meets: v.to("meetings"), AllOrders: v.to("directives"), AllLet: v.to("urgings")}
	if err := v.lateUnits(body); err != nil {
		return nil, err
	}
	if err := v.absentUnits(body); err != nil {
		return nil, err
	}
	orders, err := v.app.Follow.Directives(v.ctx(), v.actor, true, "", 20)
	if err != nil {
		return nil, err
	}
	if body.Orders, err = v.directiveRows(orders); err != nil {
		return nil, err
	}
	letters, err := v.app.Follow.Urgings(v.ctx(), v.actor, 20)
	if err != nil {
		return nil, err
	}
	letters = slices.DeleteFunc(letters, func(u follow.Urging) bool { return u.State == follow.Settled })
	if body.Letters, err = v.urgingRows(letters); err != nil {
		return nil, err
	}
	return &page{template: "following", title: body.Title, nav: "following", body: body}, nil
}

// lateUnits counts what every unit is late with, the most first.
func (v *visit) lateUnits(body *followingPage) error {
	urges := v.byRole(account.WriteUrging)
	list, err := v.app.Follow.Holdings(v.ctx(), v.actor)
	if err != nil {
		return err
	}
	for _, h := range list {
		if h.Late == 0 {
			continue
		}
		on := account.Subject{Agency: h.Agency, Place: h.Place}
		name, err := v.unitOf(on)
		if err != nil {
			return err
		}
		row := lateRow{Unit: name, Running: count(v, h.Tasks), Late: count(v, h.Late), late: h.Late}
		query := ofUnit(on)
		if urges {
			row.Urge = v.at(query, "urging-new")
		}
		query.Set(keyLate, "1")
		row.Href = v.at(query, "tasks")
		body.Late = append(body.Late, row)
	}
	slices.SortFunc(body.Late, func(a, b lateRow) int { return cmp.Or(cmp.Compare(b.late, a.late), strings.Compare(a.Unit, b.Unit)) })
	body.Late = body.Late[:min(len(body.Late), mostFollowed)]
	return nil
}

func (v *visit) absentUnits(body *followingPage) error {
	list, err := v.app.Follow.Phantoms(v.ctx(), v.actor)
	if err != nil {
		return err
	}
	for _, p := range list[:min(len(list), mostFollowed)] {
		on := account.Subject{Place: p.Place, Agency: p.Agency}
		name, err := v.unitOf(on)
		if err != nil {
			return err
		}
		row := absentRow{Unit: name, Href: v.at(ofUnit(on), "tasks"), Why: capital(v.text(p.Why.Text())), Tasks: count(v, p.Tasks), Late: count(v, p.Late)}
		if !p.Last.IsZero() {
			row.Last = v.moment(p.Last)
		}
		body.Absent = append(body.Absent, row)
	}
	return nil
}

// ofUnit narrows a list to a unit: an agency, or else a place.
func ofUnit(on account.Subject) url.Values {
	if on.Agency != "" {
		return url.Values{keyAgency: {on.Agency}}
	}
	return url.Values{keyPlace: {on.Place}}
}

// unitOf names the agency of a thing, or else its place.
func (v *visit) unitOf(on account.Subject) (string, error) {
	if on.Agency == "" {
		return v.scope(account.Grant{Place: on.Place})
	}
	names, err := v.app.Agencies.Names(v.ctx(), v.actor.Day, on.Agency)
	return cmp.Or(names[on.Agency], v.t("an agency not known here")), err
}

// subjectRoutes lead from a reminder to the thing it is about.
var subjectRoutes = map[follow.Kind]string{follow.Task: "task", follow.Order: "directive", follow.Letter: "urging", "report": "report", "finding": "finding"}

// reminderRow is a reminder of a list.
type reminderRow struct {
	Title, Href string
	Says        badge
	Due, Day    string
	Who, Rung   string
	Unit        string
	Letter      string // "" = in the app alone
	Seen        string // "" = not yet
	New         bool
}

func (v *visit) reminderRow(r follow.Reminder) reminderRow {
	row := reminderRow{Title: r.Title, Due: lang.Date(v.lang, r.Due), Day: lang.Date(v.lang, r.Day), Rung: capital(v.text(r.Rung.Text())), New: r.Seen.IsZero()}
	if name, ok := subjectRoutes[r.Kind]; ok {
		row.Href = v.to(name, r.Subject)
	}
	switch {
	case r.Step < 0:
		row.Says = badge{v.t("%d working days left", -r.Step), "lua", "clock"}
	case r.Step == 0:
		row.Says = badge{v.t("due on the day"), "lua", "clock"}
	default:
		row.Says = badge{v.t("%d working days late", r.Step), "son", "triangle-alert"}
	}
	if !r.Letter.IsZero() {
		row.Letter = v.moment(r.Letter)
	}
	if !r.Seen.IsZero() {
		row.Seen = v.moment(r.Seen)
	}
	return row
}

// remindersPage is what somebody was told.
type remindersPage struct {
	Title string
	Rows  []reminderRow
	See   *ui.Act
}

func (v *visit) reminders() (*page, error) {
	list, err := v.app.Follow.Mine(v.ctx(), v.actor, false, 100)
	if err != nil {
		return nil, err
	}
	body := &remindersPage{Title: v.t("Reminders")}
	unseen := false
	for _, r := range list {
		body.Rows = append(body.Rows, v.reminderRow(r))
		unseen = unseen || r.Seen.IsZero()
	}
	if unseen {
		act := v.act(v.t("I have seen them all"), "circle-check", "", "reminders-seen")
		body.See = &act
	}
	return &page{template: "reminders", title: body.Title, nav: "reminders", body: body}, nil
}

func (v *visit) seeReminders() (*page, error) {
	return v.once(func() (*page, error) {
		return v.done(v.to("reminders"), "Noted."), v.app.Follow.See(v.ctx(), v.actor, v.actor.Day)
	})
}

// reminderLogPage is who was told what.
type reminderLogPage struct {
	Title, Action, Day string
	Unseen             bool
	Rows               []reminderRow
	Older              string
}

func (v *visit) reminderLog() (*page, error) {
	f := follow.LogFilter{Unseen: v.ask("chua") != "", After: v.ask(keyBefore), Limit: perPage + 1}
	f.Day, _ = clock.ParseDate(v.ask("ngay"))
	list, err := v.app.Follow.Told(v.ctx(), v.actor, f)
	if err != nil {
		return nil, err
	}
	body := &reminderLogPage{Title: v.t("Log of reminders"), Action: v.to("reminder-log"), Day: f.Day.String(), Unseen: f.Unseen}
	if len(list) > perPage {
		list = list[:perPage]
		q := v.r.URL.Query()
		q.Set(keyBefore, list[perPage-1].ID)
		body.Older = v.at(q, "reminder-log")
	}
	var users []string
	for _, r := range list {
		users = append(users, r.User)
	}
	slices.Sort(users)
	names, err := v.app.Accounts.Names(v.ctx(), slices.Compact(users)...)
	if err != nil {
		return nil, err
	}
	for _, r := range list {
		row := v.reminderRow(r)
		row.Who = cmp.Or(names[r.User], v.t("Erased account %s", r.User[:min(8, len(r.User))]))
		if row.Unit, err = v.unitOf(account.Subject{Place: r.Place, Agency: r.Agency}); err != nil {
			return nil, err
		}
		body.Rows = append(body.Rows, row)
	}
	return &page{template: "reminder-log", title: body.Title, crumbs: v.toFollowing(), nav: "following", body: body}, nil
}

func (v *visit) toFollowing() []ui.Link {
	return []ui.Link{{Href: v.to("following"), Text: v.t("Following and urging")}}
}

// ruleRow is a ladder with the place and the day it holds from.
type ruleRow struct {
	Place, Since, Basis string
	Steps               []string
}

// rulesPage is the rules of reminding.
type rulesPage struct {
	Title string
	Rules []ruleRow
	Usual []string
	Set   string
}

func (v *visit) reminderRules() (*page, error) {
	body := &rulesPage{Title: v.t("Rules of reminding"), Usual: v.ladderWords(follow.Usual)}
	if v.byRole(account.SetReminders) {
		body.Set = v.to("reminder-rule")
	}
	seen := map[string]bool{}
	for _, g := range v.actor.Grants {
		if g.Place == "" || seen[g.Place] {
			continue
		}
		seen[g.Place] = true
		rules, err := v.app.Follow.Rules(v.ctx(), v.actor, g.Place)
		if err != nil && fault.KindOf(err) != fault.Forbidden {
			return nil, err
		}
		for _, r := range rules {
			name, err := v.placeName(r.Place)
			if err != nil {
				return nil, err
			}
			body.Rules = append(body.Rules, ruleRow{name, lang.Date(v.lang, r.Since), r.Basis, v.ladderWords(r.Steps)})
		}
	}
	return &page{template: "reminder-rules", title: body.Title, crumbs: v.toFollowing(), nav: "following", body: body}, nil
}

// ladderWords writes a ladder, a line a step.
func (v *visit) ladderWords(l follow.Ladder) (lines []string) {
	for _, s := range l {
		var when string
		switch {
		case s.Days < 0:
			when = v.t("%d working days before the last day", -s.Days)
		case s.Days == 0:
			when = v.t("on the last day")
		default:
			when = v.t("%d working days after the last day", s.Days)
		}
		how := v.t("in the app")
		if s.Mail {
			how = v.t("in the app and by letter")
		}
		lines = append(lines, v.t("%s: up to %s, %s", capital(when), v.text(s.To.Text()), how))
	}
	return lines
}

// rungCodes are how a rule names whom it tells, in the form.
var rungCodes = map[string]follow.Rung{"1": follow.Responsible, "2": follow.Head, "3": follow.Owner, "4": follow.Leader}

func (v *visit) setRule() (*page, error) {
	places := &ui.Field{Name: "place", Label: v.t("Where it holds"), Kind: "select"}
	var err error
	if places.Options, err = v.ownPlaces(); err != nil {
		return nil, err
	}
	f, err := v.form(v.t("Set the rule"), places,
		&ui.Field{Name: "since", Label: v.t("From"), Kind: "date", Value: v.actor.Day.String()},
		&ui.Field{Name: "basis", Label: v.t("Paper or reason"), Kind: "text", Most: 200, Optional: true, Wide: true},
		&ui.Field{Name: "steps", Label: v.t("Reminders"), Kind: "area", Rows: 9, Most: 1000, Wide: true, Value: ladderText(follow.Usual),
			Hint: v.t("One a line: working days to the last day (before it with a minus); up to whom (1 who is responsible, 2 the head, 3 the owner of the plan, 4 the leaders); 'mail' for a letter too. As in: -3; 1; mail.")})
	if err != nil {
		return nil, err
	}
	f.Cancel = ui.Link{Href: v.to("reminder-rules"), Text: v.t("Cancel")}
	title := v.t("Set the rules of reminding")
	pg := &page{template: "form", title: title, crumbs: append(v.toFollowing(), ui.Link{Href: v.to("reminder-rules"), Text: v.t("Rules of reminding")}), nav: "following",
		body: formPage{Title: title, Lead: v.t("Whoever stands below is always told too: nobody is reported behind their back."), Form: f}}
	return f.send(pg, func() (*page, error) {
		steps, faults := readLadder(f.get("steps"))
		since, err := clock.ParseDate(f.get("since"))
		if err != nil {
			faults = append(faults, fault.Item{Field: "since", What: fault.T("This is not a day."), Remedy: fault.T("Write it as 2025-07-01.")})
		}
		if err := fault.Batch(faults); err != nil {
			return nil, err
		}
		err = v.app.Follow.SetRule(v.ctx(), v.actor, follow.Rule{Place: f.get("place"), Since: since, Basis: f.get("basis"), Steps: steps})
		if items := fault.Items(err); len(items) > 0 {
			for i := range items { // a line of the ladder is a line of its field
				if items[i].Line > 0 {
					items[i].What, items[i].Line = fault.T("Line %d: %s", items[i].Line, items[i].What), 0
				}
				if items[i].Field == "days" || items[i].Field == "to" {
					items[i].Field = "steps"
				}
			}
			err = fault.Batch(items)
		}
		return v.done(v.to("reminder-rules"), "The rule is set."), err
	})
}

// ladderText writes a ladder as the form reads it.
func ladderText(l follow.Ladder) string {
	var lines []string
	for _, s := range l {
		line := strconv.Itoa(s.Days) + "; "
		for code, r := range rungCodes {
			if r == s.To {
				line += code
			}
		}
		if s.Mail {
			line += "; mail"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func readLadder(text string) (l follow.Ladder, faults []fault.Item) {
	n := 0
	for line := range strings.Lines(text) {
		n++
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		parts := strings.Split(line, ";")
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
		}
		days, err := strconv.Atoi(strings.Replace(parts[0], "−", "-", 1))
		mail := len(parts) == 3 && parts[2] == "mail"
		if err != nil || len(parts) < 2 || len(parts) > 3 || len(parts) == 3 && !mail || rungCodes[parts[1]] == "" {
			faults = append(faults, fault.Item{Field: "steps", What: fault.T("Line %d cannot be read: %s", n, line), Remedy: fault.T("Write it as: -3; 1; mail")})
			continue
		}
		l = append(l, follow.Step{Days: days, To: rungCodes[parts[1]], Mail: mail})
	}
	return l, faults
}
