package web

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/follow"
	"thuoc/internal/lang"
	"thuoc/internal/ui"
)

// meetingRoutes are the routes of thematic meetings.
var meetingRoutes = []route{
	{name: "meetings", method: http.MethodGet, vi: "hoi-nghi", en: "meetings", needs: account.ReadFollowing, handle: (*visit).meetings},
	{name: "meeting-new", method: http.MethodGet, vi: "hoi-nghi/moi", en: "meetings/new", needs: account.GiveDirective, handle: (*visit).callMeeting},
	{name: "meeting-new", method: http.MethodPost, vi: "hoi-nghi/moi", en: "meetings/new", needs: account.GiveDirective, handle: (*visit).callMeeting},
	{name: "meeting", method: http.MethodGet, vi: "hoi-nghi/{meeting}", en: "meetings/{meeting}", needs: account.ReadFollowing, handle: (*visit).meeting},
	{name: "meeting-edit", method: http.MethodGet, vi: "hoi-nghi/{meeting}/sua", en: "meetings/{meeting}/change", needs: account.GiveDirective, handle: (*visit).callMeeting},
	{name: "meeting-edit", method: http.MethodPost, vi: "hoi-nghi/{meeting}/sua", en: "meetings/{meeting}/change", needs: account.GiveDirective, handle: (*visit).callMeeting},
	{name: "meeting-close", method: http.MethodGet, vi: "hoi-nghi/{meeting}/ket-luan", en: "meetings/{meeting}/conclude", needs: account.GiveDirective, handle: (*visit).closeMeeting},
	{name: "meeting-close", method: http.MethodPost, vi: "hoi-nghi/{meeting}/ket-luan", en: "meetings/{meeting}/conclude", needs: account.GiveDirective, handle: (*visit).closeMeeting},
}

var meetingBadges = map[follow.MeetingState]badge{follow.Planned: {"", "lua", "calendar"}, follow.Held: {"", "ngoc", "circle-check"}, follow.Dropped: {"", "", "circle-x"}}

// meetingRow is a meeting of a list.
type meetingRow struct {
	Href, Title, Code, Day, Chair string
	State                         badge
}

// meetingsPage is the meetings, the latest first.
type meetingsPage struct {
	Title, New string
	Rows       []meetingRow
}

func (v *visit) meetings() (*page, error) {
	list, err := v.app.Follow.Meetings(v.ctx(), v.actor, mostFollowed)
	if err != nil {
		return nil, err
	}
	body := &meetingsPage{Title: v.t("Thematic meetings")}
	if v.byRole(account.GiveDirective) {
		body.New = v.to("meeting-new")
	}
	for _, m := range list {
		body.Rows = append(body.Rows, meetingRow{v.to("meeting", m.ID), m.Title, m.Code, lang.Date(v.lang, m.Day), m.Chair, meetingBadges[m.State].said(v, m.State.Text())})
	}
	return &page{template: "meetings", title: body.Title, crumbs: v.toFollowing(), nav: "following", body: body}, nil
}

func (v *visit) toMeetings() []ui.Link {
	return append(v.toFollowing(), ui.Link{Href: v.to("meetings"), Text: v.t("Thematic meetings")})
}

// meetingPage is a meeting, and what came of it.
type meetingPage struct {
	Title, Code, Day, Venue, Chair, Outcome string
	Agenda                                  []string
	State                                   badge
	Orders                                  []directiveRow
	Edit, Close, Order                      string
}

func (v *visit) meeting() (*page, error) {
	m, err := v.app.Follow.Meeting(v.ctx(), v.actor, v.arg("meeting"))
	if err != nil {
		return nil, err
	}
	body := &meetingPage{Title: m.Title, Code: m.Code, Day: lang.Date(v.lang, m.Day), Venue: m.Venue, Chair: m.Chair, Outcome: m.Outcome, State: meetingBadges[m.State].said(v, m.State.Text())}
	for line := range strings.Lines(m.Agenda) {
		if line = strings.TrimSpace(line); line != "" {
			body.Agenda = append(body.Agenda, line)
		}
	}
	leads, err := v.may(account.GiveDirective, account.Subject{Place: m.Issuer})
	if err != nil {
		return nil, err
	}
	switch {
	case leads && m.State == follow.Planned:
		body.Edit, body.Close = v.to("meeting-edit", m.ID), v.to("meeting-close", m.ID)
	case leads && m.State == follow.Held:
		body.Order = v.at(map[string][]string{"hop": {m.ID}}, "directive-new")
	}
	orders, err := v.app.Follow.Directives(v.ctx(), v.actor, false, m.ID, mostFollowed)
	if err != nil {
		return nil, err
	}
	if body.Orders, err = v.directiveRows(orders); err != nil {
		return nil, err
	}
	return &page{template: "meeting", title: m.Title, crumbs: v.toMeetings(), nav: "following", body: body}, nil
}

// callMeeting calls a meeting, or changes one that was not held.
func (v *visit) callMeeting() (*page, error) {
	var m follow.Meeting
	title, back := v.t("Call a meeting"), v.to("meetings")
	if id := v.arg("meeting"); id != "" {
		was, err := v.app.Follow.Meeting(v.ctx(), v.actor, id)
		if err != nil {
			return nil, err
		}
		m, title, back = was, v.t("Change the meeting"), v.to("meeting", id)
	}
	issuer, err := v.placeField(v.t("Who calls it"), account.GiveDirective)
	if err != nil {
		return nil, err
	}
	issuer.Value = cmp.Or(m.Issuer, issuer.Value)
	f, err := v.form(title, &ui.Field{Name: "title", Label: v.t("Theme"), Kind: "text", Most: 300, Value: m.Title, Wide: true}, issuer,
		&ui.Field{Name: "day", Label: v.t("Day"), Kind: "date", Value: m.Day.String()},
		&ui.Field{Name: "chair", Label: v.t("Post that leads it"), Kind: "text", Most: 200, Value: m.Chair},
		&ui.Field{Name: "venue", Label: v.t("Where"), Kind: "text", Most: 200, Value: m.Venue, Optional: true},
		&ui.Field{Name: "code", Label: v.t("Code of the sub-dimension or indicator"), Kind: "text", Most: 60, Value: m.Code, Optional: true},
		&ui.Field{Name: "agenda", Label: v.t("Agenda, a line each"), Kind: "area", Rows: 6, Most: 4000, Value: m.Agenda, Wide: true})
	if err != nil {
		return nil, err
	}
	f.editing(strconv.Itoa(m.Rev))
	f.Cancel = ui.Link{Href: back, Text: v.t("Cancel")}
	pg := &page{template: "form", title: title, crumbs: v.toMeetings(), nav: "following", body: formPage{Title: title, Form: f}}
	return f.send(pg, func() (*page, error) {
		m.Title, m.Chair, m.Venue, m.Code, m.Agenda = f.get("title"), f.get("chair"), f.get("venue"), f.get("code"), f.get("agenda")
		if m.ID == "" {
			m.Issuer = f.get("issuer")
		}
		m.Day, _ = clock.ParseDate(f.get("day"))
		m.Rev, _ = strconv.Atoi(f.Version)
		id, err := v.app.Follow.Call(v.ctx(), v.actor, m)
		return v.done(v.to("meeting", id), "The meeting is kept."), err
	})
}

// closeMeeting writes down what came of a meeting.
func (v *visit) closeMeeting() (*page, error) {
	m, err := v.app.Follow.Meeting(v.ctx(), v.actor, v.arg("meeting"))
	if err != nil {
		return nil, err
	}
	title := v.t("Conclude the meeting")
	f, err := v.form(v.t("Keep the conclusion"),
		&ui.Field{Name: "state", Label: v.t("Was it held?"), Kind: "radio", Value: string(follow.Held), Options: []ui.Choice{
			{Value: string(follow.Held), Text: v.t("It was held")}, {Value: string(follow.Dropped), Text: v.t("It was not held")}}},
		&ui.Field{Name: "outcome", Label: v.t("Conclusion, or why it was not held"), Hint: v.t("Orders are entered one by one afterwards; each stays open until it is finished."), Kind: "area", Rows: 8, Most: 8000, Wide: true})
	if err != nil {
		return nil, err
	}
	f.editing(strconv.Itoa(m.Rev))
	f.Cancel = ui.Link{Href: v.to("meeting", m.ID), Text: v.t("Cancel")}
	pg := &page{template: "form", title: title, crumbs: v.toMeetings(), nav: "following", body: formPage{Title: title, Lead: m.Title, Form: f}}
	return f.send(pg, func() (*page, error) {
		to := follow.Held
		if f.get("state") == string(follow.Dropped) {
			to = follow.Dropped
		}
		rev, _ := strconv.Atoi(f.Version)
		return v.done(v.to("meeting", m.ID), "The conclusion is kept."), v.app.Follow.Close(v.ctx(), v.actor, m.ID, rev, to, f.get("outcome"))
	})
}
