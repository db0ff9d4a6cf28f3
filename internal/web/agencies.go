package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"thuoc/internal/account"
	"thuoc/internal/agency"
	"thuoc/internal/clock"
	"thuoc/internal/fault"
	"thuoc/internal/gazetteer"
	"thuoc/internal/lang"
	"thuoc/internal/place"
	"thuoc/internal/ui"
)

// agencyRoutes are the screens of agencies, their posts and who holds them.
var agencyRoutes = []route{
	{name: "agencies", method: http.MethodGet, vi: "co-quan", en: "agencies", needs: account.ReadAgencies, handle: (*visit).agencies},
	{name: "agencies-usual", method: http.MethodPost, vi: "dia-danh/{place}/co-quan-thuong-co", en: "places/{place}/usual-agencies", needs: account.ChangeAgency, handle: (*visit).offerUsual},
	{name: "agency-add", method: http.MethodGet, vi: "co-quan/moi", en: "agencies/new", needs: account.ChangeAgency, handle: (*visit).addAgency},
	{name: "agency-add", method: http.MethodPost, vi: "co-quan/moi", en: "agencies/new", needs: account.ChangeAgency, handle: (*visit).addAgency},
	{name: "agency", method: http.MethodGet, vi: "co-quan/{agency}", en: "agencies/{agency}", needs: account.ReadAgencies, handle: (*visit).agency},
	{name: "agency-confirm", method: http.MethodGet, vi: "co-quan/{agency}/xac-nhan", en: "agencies/{agency}/confirm", needs: account.ChangeAgency, handle: (*visit).confirmAgency},
	{name: "agency-confirm", method: http.MethodPost, vi: "co-quan/{agency}/xac-nhan", en: "agencies/{agency}/confirm", needs: account.ChangeAgency, handle: (*visit).confirmAgency},
	{name: "agency-dismiss", method: http.MethodPost, vi: "co-quan/{agency}/bo/{version}", en: "agencies/{agency}/dismiss/{version}", needs: account.ChangeAgency, handle: (*visit).dismissAgency},
	{name: "agency-revise", method: http.MethodGet, vi: "co-quan/{agency}/doi-ten", en: "agencies/{agency}/revise", needs: account.ChangeAgency, handle: (*visit).reviseAgency},
	{name: "agency-revise", method: http.MethodPost, vi: "co-quan/{agency}/doi-ten", en: "agencies/{agency}/revise", needs: account.ChangeAgency, handle: (*visit).reviseAgency},
	{name: "agency-close", method: http.MethodGet, vi: "co-quan/{agency}/ket-thuc", en: "agencies/{agency}/close", needs: account.ChangeAgency, handle: (*visit).closeAgency},
	{name: "agency-close", method: http.MethodPost, vi: "co-quan/{agency}/ket-thuc", en: "agencies/{agency}/close", needs: account.ChangeAgency, handle: (*visit).closeAgency},
	{name: "agency-succeed", method: http.MethodGet, vi: "co-quan/{agency}/ke-thua", en: "agencies/{agency}/succeed", needs: account.ChangeAgency, handle: (*visit).succeedAgency},
	{name: "agency-succeed", method: http.MethodPost, vi: "co-quan/{agency}/ke-thua", en: "agencies/{agency}/succeed", needs: account.ChangeAgency, handle: (*visit).succeedAgency},
	{name: "post-add", method: http.MethodGet, vi: "co-quan/{agency}/chuc-vu/moi", en: "agencies/{agency}/posts/new", needs: account.ChangePosts, handle: (*visit).addPost},
	{name: "post-add", method: http.MethodPost, vi: "co-quan/{agency}/chuc-vu/moi", en: "agencies/{agency}/posts/new", needs: account.ChangePosts, handle: (*visit).addPost},
	{name: "post-close", method: http.MethodGet, vi: "co-quan/{agency}/chuc-vu/{post}/ket-thuc", en: "agencies/{agency}/posts/{post}/close", needs: account.ChangePosts, handle: (*visit).closePost},
	{name: "post-close", method: http.MethodPost, vi: "co-quan/{agency}/chuc-vu/{post}/ket-thuc", en: "agencies/{agency}/posts/{post}/close", needs: account.ChangePosts, handle: (*visit).closePost},
	{name: "appoint", method: http.MethodGet, vi: "co-quan/{agency}/chuc-vu/{post}/bo-nhiem", en: "agencies/{agency}/posts/{post}/appoint", needs: account.ChangePosts, handle: (*visit).appoint},
	{name: "appoint", method: http.MethodPost, vi: "co-quan/{agency}/chuc-vu/{post}/bo-nhiem", en: "agencies/{agency}/posts/{post}/appoint", needs: account.ChangePosts, handle: (*visit).appoint},
	{name: "tenure-end", method: http.MethodGet, vi: "co-quan/{agency}/nhiem-ky/{tenure}/ket-thuc", en: "agencies/{agency}/tenures/{tenure}/end", needs: account.ChangePosts, handle: (*visit).endTenure},
	{name: "tenure-end", method: http.MethodPost, vi: "co-quan/{agency}/nhiem-ky/{tenure}/ket-thuc", en: "agencies/{agency}/tenures/{tenure}/end", needs: account.ChangePosts, handle: (*visit).endTenure},
}

// The query keys of the list of agencies, beside keyPlace.
const (
	keyBloc        = "khoi"
	keyUnconfirmed = "chua"
)

// agenciesPage lists agencies on a day, by bloc.
type agenciesPage struct {
	Title       string
	Action      string
	Text        string
	Day         dayForm
	Blocs       ui.Select
	Place       *ui.Link // the place whose agencies are listed; its address lists all
	PlaceID     string
	Unconfirmed bool
	Filtered    bool
	Count       string
	Groups      []agencyGroup
	Pager       []ui.Link
	Add, Import string   // addresses; "" for who may not
	Usual       []ui.Act // offers the usual agencies of a province
}

// agencyGroup is the agencies of a bloc.
type agencyGroup struct {
	Head string
	Rows []agencyRow
}

// agencyRow is an agency in a list.
type agencyRow struct {
	Href, Name, Place, Head, HeadTitle string
	Confirm                            string // address of the form; "" where there is nothing to confirm
	Unconfirmed                        bool
}

func (v *visit) agencies() (*page, error) {
	day, err := v.day()
	if err != nil {
		return nil, err
	}
	filter := agency.Filter{On: day, Place: v.ask(keyPlace), Within: true, Bloc: agency.Bloc(v.ask(keyBloc)), Text: v.ask(keyText), Unconfirmed: v.ask(keyUnconfirmed) != "", Limit: perPage}
	if !filter.Bloc.Known() {
		filter.Bloc = ""
	}
	number, _ := strconv.Atoi(v.ask(keyPage))
	number = max(number, 1)
	filter.Skip = (number - 1) * perPage
	list, total, err := v.app.Agencies.List(v.ctx(), v.actor, filter)
	if err != nil {
		return nil, err
	}
	body := agenciesPage{Title: v.t("Agencies"), Action: v.to("agencies"), Text: filter.Text, Day: v.dayForm(day), Blocs: v.blocSelect(filter.Bloc), PlaceID: filter.Place,
		Unconfirmed: filter.Unconfirmed, Filtered: filter.Text != "" || filter.Bloc != "" || filter.Unconfirmed || filter.Place != "",
		Count: v.t("%d agencies on %s", total, lang.Date(v.lang, day)), Pager: v.pager(number, total)}
	if filter.Place != "" {
		p, err := v.app.Places.ByID(v.ctx(), filter.Place, day)
		if err != nil {
			return nil, err
		}
		body.Place = &ui.Link{Href: v.onDay(day, "agencies"), Text: p.Full().In(v.lang)}
	}
	if body.Groups, err = v.agencyGroups(list, day); err != nil {
		return nil, err
	}
	if v.byRole(account.ImportAgencies) {
		body.Import = v.to("imports")
	}
	if v.byRole(account.ChangeAgency) {
		body.Add = v.at(url.Values{keyPlace: {filter.Place}}, "agency-add")
		body.Usual, err = v.usualOffers(filter.Place)
	}
	return &page{template: "agencies", title: body.Title, nav: "agencies", body: body}, err
}

func (v *visit) blocSelect(current agency.Bloc) ui.Select {
	s := ui.Select{Name: keyBloc, Label: v.t("Bloc"), Options: []ui.Choice{{Text: v.t("All blocs"), Current: current == ""}}}
	for _, b := range agency.Blocs {
		s.Options = append(s.Options, ui.Choice{Value: string(b), Text: b.Names().In(v.lang), Current: b == current})
	}
	return s
}

func (v *visit) agencyGroups(list []agency.Item, day clock.Date) (groups []agencyGroup, err error) {
	places := map[string]string{}
	may := v.byRole(account.ChangeAgency)
	for _, a := range list {
		if _, known := places[a.Place]; !known {
			if places[a.Place], err = v.placeOn(a.Place, day); err != nil {
				return nil, err
			}
		}
		row := agencyRow{Href: v.onDay(day, "agency", a.ID), Name: a.Name, Place: places[a.Place], Unconfirmed: !a.Confirmed}
		if a.Head != nil {
			row.Head, row.HeadTitle = v.official(a.Head.Name), v.exercised(a.Head.Title, a.Head.Capacity)
		}
		if row.Unconfirmed && may {
			row.Confirm = v.to("agency-confirm", a.ID)
		}
		if head := a.Bloc.Names().In(v.lang); len(groups) == 0 || groups[len(groups)-1].Head != head {
			groups = append(groups, agencyGroup{Head: head})
		}
		g := &groups[len(groups)-1]
		g.Rows = append(g.Rows, row)
	}
	return groups, nil
}

// placeOn names a place on a day; one that the gazetteer does not hold says so.
func (v *visit) placeOn(id string, day clock.Date) (string, error) {
	p, err := v.app.Places.ByID(v.ctx(), id, day)
	if fault.KindOf(err) == fault.NotFound {
		return v.t("a place not known here"), nil
	}
	return p.Full().In(v.lang), err
}

// official names somebody who holds a post; of who was erased nothing is left.
func (v *visit) official(name string) string {
	return v.either(name != "", name, v.t("name erased"))
}

// exercised writes a post with how it is exercised, where that is not as its holder.
func (v *visit) exercised(title string, c agency.Capacity) string {
	if c == agency.Holder {
		return title
	}
	return title + " (" + c.Names().In(v.lang) + ")"
}

// usualOffers are the buttons that put in what a province usually has: of the province asked for, or those of one's roles.
func (v *visit) usualOffers(asked string) (acts []ui.Act, err error) {
	provinces, err := v.provinces(account.ChangeAgency, asked)
	for _, p := range provinces {
		acts = append(acts, v.act(v.t("Offer the usual agencies of %s", p.Full().In(v.lang)), "list-tree", "", "agencies-usual", p.Place))
	}
	return acts, err
}

// provinces are those of the actor's roles in which they may do something, and a further one where they may too.
func (v *visit) provinces(do account.Action, further string) (list []place.Version, err error) {
	seen := map[string]bool{"": true}
	ids := []string{further}
	for _, g := range v.actor.Grants {
		ids = append(ids, g.Place)
	}
	for _, id := range ids {
		if seen[id] {
			continue
		}
		seen[id] = true
		p, err := v.app.Places.ByID(v.ctx(), id, v.actor.Day)
		if fault.KindOf(err) == fault.NotFound || err == nil && p.Level != gazetteer.ProvinceLevel {
			continue
		}
		may, failed := v.may(do, account.Subject{Place: id})
		if err != nil || failed != nil {
			return nil, errors.Join(err, failed)
		}
		if may {
			list = append(list, p)
		}
	}
	return list, nil
}

func (v *visit) offerUsual() (*page, error) {
	return v.once(func() (*page, error) {
		n, err := v.app.Agencies.Start(v.ctx(), v.actor, v.arg("place"), v.actor.Day)
		to := v.at(url.Values{keyPlace: {v.arg("place")}, keyUnconfirmed: {"1"}}, "agencies")
		if n == 0 {
			return v.done(to, "All of them are there already: nothing was added."), err
		}
		return v.done(to, "%d agencies are offered. Look at each: confirm it, mend its name, or dismiss it.", n), err
	})
}

// agencyPage is one agency on a day.
type agencyPage struct {
	Title       string
	Day         dayForm
	Bloc        string
	Unconfirmed bool
	Notes       []ui.Notice
	Facts       []factLink
	Head        *headFact
	History     []versionRow
	Origins     []kinRow
	Heirs       []kinRow
	Posts       []postRow
	Confirm     string // addresses of forms; "" for who may not
	Dismiss     *ui.Act
	Forms       []ui.Link
	AddPost     string
}

// headFact is who heads the agency on the day.
type headFact struct{ Name, Title, Span string }

// kinRow is an agency it took over from, or one that took over.
type kinRow struct {
	Href, Name, On, Part, Law string
	Unconfirmed               bool
}

// postRow is a post with everybody who exercised it.
type postRow struct {
	Title, Span    string
	Head, Over     bool
	Tenures        []tenureRow
	Appoint, Close string
}

// tenureRow is somebody in a post.
type tenureRow struct {
	Name, Capacity, Span, Law string
	Current                   bool   // on the day
	HasAccount                bool   // signs in here
	Account                   string // address of the account's page; "" for who may not read it
	End                       string
}

func (v *visit) agency() (*page, error) {
	day, err := v.day()
	if err != nil {
		return nil, err
	}
	p, err := v.app.Agencies.Get(v.ctx(), v.actor, v.arg("agency"), day)
	if err != nil {
		return nil, err
	}
	body := agencyPage{Title: p.Name, Day: v.dayForm(day), Bloc: p.Bloc.Names().In(v.lang), Unconfirmed: !p.Confirmed, Notes: v.agencyNotes(p, day)}
	if body.Facts, err = v.agencyFacts(p, day); err != nil {
		return nil, err
	}
	for i := len(p.History) - 1; i >= 0; i-- {
		h := p.History[i]
		row := versionRow{Name: h.Name, Law: h.Law, Span: v.lasting(h.Since, h.KnownOn, h.Until), Current: h == p.Agency}
		row.Parent = p.Names[h.Parent].Name
		body.History = append(body.History, row)
	}
	body.Origins, body.Heirs = v.kin(p, p.Origins), v.kin(p, p.Heirs)
	change, err := v.may(account.ChangeAgency, account.Subject{Place: p.Place, Agency: p.ID})
	if err != nil {
		return nil, err
	}
	posts, err := v.may(account.ChangePosts, account.Subject{Place: p.Place, Agency: p.ID})
	if err != nil {
		return nil, err
	}
	v.agencyPosts(&body, p, day, posts)
	if change {
		v.agencyForms(&body, p)
	}
	return &page{template: "agency", title: body.Title, crumbs: v.toAgencies(day), nav: "agencies", body: body}, nil
}

func (v *visit) toAgencies(day clock.Date) []ui.Link {
	return []ui.Link{{Href: v.onDay(day, "agencies"), Text: v.t("Agencies")}}
}

// agencyNotes say where the day asked for is not simply on record.
func (v *visit) agencyNotes(p agency.Page, day clock.Date) (notes []ui.Notice) {
	first, on := p.History[0], lang.Date(v.lang, day)
	switch {
	case !p.Ended.IsZero() && p.Ended.Before(day):
		notes = append(notes, ui.Notice{Kind: "warn", Text: v.t("It was not there any more on %s. Shown as it was until %s.", on, lang.Date(v.lang, p.Ended))})
	case p.Presumed(day):
		notes = append(notes, ui.Notice{Text: v.t("The first record is of %s; what it was on %s is presumed from it.", lang.Date(v.lang, p.KnownOn), on)})
	case !first.Since.IsZero() && day.Before(first.Since):
		notes = append(notes, ui.Notice{Kind: "warn", Text: v.t("It was not there yet on %s. Shown as it began on %s.", on, lang.Date(v.lang, first.Since))})
	}
	return notes
}

func (v *visit) agencyFacts(p agency.Page, day clock.Date) ([]factLink, error) {
	where, err := v.placeOn(p.Place, day)
	facts := []factLink{{v.t("Serves"), where, v.onDay(day, "place", p.Place)}, {Term: v.t("Holds"), Value: v.lasting(p.Since, p.KnownOn, p.Until)}}
	if p.Parent != "" {
		facts = append(facts, factLink{v.t("Belongs to"), p.Names[p.Parent].Name, v.onDay(day, "agency", p.Parent)})
	}
	facts = append(facts, factLink{Term: v.t("Legal document"), Value: v.either(p.Law != "", p.Law, v.t("none on record"))})
	if p.EndedLaw != "" {
		facts = append(facts, factLink{Term: v.t("Closed by"), Value: p.EndedLaw})
	}
	return facts, err
}

func (v *visit) kin(p agency.Page, links []agency.Link) (rows []kinRow) {
	for _, l := range links {
		other := p.Names[l.Agency]
		rows = append(rows, kinRow{Href: v.to("agency", l.Agency), Name: other.Name, On: lang.Date(v.lang, l.Since), Part: l.Part, Law: l.Law, Unconfirmed: !l.Confirmed})
	}
	return rows
}

// agencyPosts lists the posts, and finds who heads the agency on the day as package agency does: who is in charge, then
// who is acting, then the holder.
func (v *visit) agencyPosts(body *agencyPage, p agency.Page, day clock.Date, may bool) {
	order := map[agency.Capacity]int{agency.InCharge: 3, agency.Acting: 2, agency.Holder: 1}
	best := 0
	for _, x := range p.Posts {
		row := postRow{Title: x.Title, Head: x.Head, Over: !x.Until.IsZero() && x.Until.Before(day), Span: v.lasting(x.Since, clock.Date{}, x.Until)}
		if may && x.Until.IsZero() {
			row.Appoint, row.Close = v.to("appoint", p.ID, x.ID), v.to("post-close", p.ID, x.ID)
		}
		for _, t := range x.Tenures {
			begin := t.Since
			if begin.IsZero() {
				begin = t.KnownOn
			}
			r := tenureRow{Name: v.official(t.Name), Capacity: t.Capacity.Names().In(v.lang), Span: v.lasting(t.Since, t.KnownOn, t.Until), Law: t.Law,
				Current: !day.Before(begin) && (t.Until.IsZero() || !t.Until.Before(day))}
			if r.HasAccount = t.Account != ""; r.HasAccount && v.shows("users") {
				r.Account = v.to("user", t.Account)
			}
			if may && t.Until.IsZero() {
				r.End = v.to("tenure-end", p.ID, t.ID)
			}
			if r.Current && x.Head && order[t.Capacity] > best {
				best = order[t.Capacity]
				body.Head = &headFact{Name: r.Name, Title: v.exercised(x.Title, t.Capacity), Span: r.Span}
			}
			row.Tenures = append(row.Tenures, r)
		}
		body.Posts = append(body.Posts, row)
	}
	if may && p.Ended.IsZero() {
		body.AddPost = v.to("post-add", p.ID)
	}
}

// agencyForms are what may be done to an agency that still is.
func (v *visit) agencyForms(body *agencyPage, p agency.Page) {
	if !p.Confirmed {
		body.Confirm = v.to("agency-confirm", p.ID)
		if len(p.Posts) == 0 {
			act := v.act(v.t("There is none such here"), "x", "danger", "agency-dismiss", p.ID, strconv.FormatInt(p.Version, 10))
			body.Dismiss = &act
		}
	}
	if p.Ended.IsZero() {
		body.Forms = []ui.Link{{Href: v.to("agency-revise", p.ID), Text: v.t("Another name or parent")},
			{Href: v.to("agency-succeed", p.ID), Text: v.t("Taken over by others")}, {Href: v.to("agency-close", p.ID), Text: v.t("Close")}}
	}
}
