package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/gazetteer"
	"thuoc/internal/lang"
	"thuoc/internal/place"
	"thuoc/internal/ui"
)

// placeRoutes are the screens of places and of what changes them.
var placeRoutes = []route{
	{name: "places", method: http.MethodGet, vi: "dia-danh", en: "places", needs: account.ReadPlaces, handle: (*visit).places},
	{name: "place", method: http.MethodGet, vi: "dia-danh/{place}", en: "places/{place}", needs: account.ReadPlaces, handle: (*visit).place},
	{name: "place-propose", method: http.MethodGet, vi: "dia-danh/{place}/de-nghi/{kind}", en: "places/{place}/propose/{kind}", needs: account.ProposePlace, handle: (*visit).propose},
	{name: "place-propose", method: http.MethodPost, vi: "dia-danh/{place}/de-nghi/{kind}", en: "places/{place}/propose/{kind}", needs: account.ProposePlace, handle: (*visit).propose},
	{name: "changes", method: http.MethodGet, vi: "thay-doi-dia-gioi", en: "boundary-changes", needs: account.ReadPlaces, handle: (*visit).changes},
	{name: "change", method: http.MethodGet, vi: "thay-doi-dia-gioi/{change}", en: "boundary-changes/{change}", needs: account.ReadPlaces, handle: (*visit).change},
	{name: "change-review", method: http.MethodGet, vi: "thay-doi-dia-gioi/{change}/tham-dinh", en: "boundary-changes/{change}/review", needs: account.ReviewPlace, handle: (*visit).reviewChange},
	{name: "change-review", method: http.MethodPost, vi: "thay-doi-dia-gioi/{change}/tham-dinh", en: "boundary-changes/{change}/review", needs: account.ReviewPlace, handle: (*visit).reviewChange},
	{name: "change-withdraw", method: http.MethodPost, vi: "thay-doi-dia-gioi/{change}/rut", en: "boundary-changes/{change}/withdraw", needs: account.ProposePlace, handle: (*visit).withdrawChange},
}

// keyLevel is the query key of the level of places.
const keyLevel = "cap"

// mostFound is how many places a search lists.
const mostFound = 50

// placesPage finds places.
type placesPage struct {
	Title  string
	Action string
	Text   string
	Day    dayForm
	Levels ui.Select
	Asked  bool // there is something to answer
	Count  string
	Rows   []placeRow
	More   bool // there are more than are listed
	Ways   []ui.Link
}

// placeRow is a place in a list.
type placeRow struct {
	Href, Name, Code, Kind string
	Around                 string
	Note                   string // why it is not simply there on the day
}

// places searches, and without a question lists the provinces of the day.
func (v *visit) places() (*page, error) {
	day, err := v.day()
	if err != nil {
		return nil, err
	}
	level, _ := strconv.Atoi(v.ask(keyLevel))
	ask := place.Query{Text: v.ask(keyText), On: day, Level: gazetteer.Level(max(0, min(level, int(gazetteer.CommuneLevel)))), Limit: mostFound + 1}
	body := placesPage{Title: v.t("Places"), Action: v.to("places"), Text: ask.Text, Day: v.dayForm(day), Levels: v.levelSelect(ask.Level), Asked: lang.Fold(ask.Text) != ""}
	body.Ways = append(body.Ways, ui.Link{Href: v.to("changes"), Text: v.t("Boundary changes")})
	if body.Asked {
		err = v.searchPlaces(&body, ask)
	} else {
		var list []place.Version
		list, err = v.app.Places.Children(v.ctx(), "", day)
		for _, p := range list {
			body.Rows = append(body.Rows, v.placeRow(p, day))
		}
		body.Count = v.t("%d provinces and cities on %s", len(list), lang.Date(v.lang, day))
	}
	return &page{template: "places", title: body.Title, nav: "places", body: body}, err
}

func (v *visit) searchPlaces(body *placesPage, ask place.Query) error {
	found, err := v.app.Places.Search(v.ctx(), ask)
	body.More = len(found) > mostFound
	for _, m := range found[:min(len(found), mostFound)] {
		row := v.placeRow(m.Version, ask.On)
		row.Around = v.around(m)
		if m.Former {
			row.Note = v.t("ended on %s", lang.Date(v.lang, m.Version.Until))
		}
		body.Rows = append(body.Rows, row)
	}
	body.Count = v.t("%d places found, as of %s", len(body.Rows), lang.Date(v.lang, ask.On))
	return err
}

func (v *visit) placeRow(p place.Version, day clock.Date) placeRow {
	row := placeRow{Href: v.onDay(day, "place", p.Place), Name: p.Full().In(v.lang), Code: p.Code, Kind: p.Type.Names().In(v.lang)}
	if p.Presumed(day) {
		row.Note = v.t("on record from %s", lang.Date(v.lang, p.KnownOn))
	}
	return row
}

func (v *visit) levelSelect(current gazetteer.Level) ui.Select {
	s := ui.Select{Name: keyLevel, Label: v.t("Level")}
	for i, text := range []string{v.t("All levels"), v.t("Provinces"), v.t("Districts (until 30/06/2025)"), v.t("Communes")} {
		c := ui.Choice{Text: text, Current: i == int(current)}
		if i > 0 {
			c.Value = strconv.Itoa(i)
		}
		s.Options = append(s.Options, c)
	}
	return s
}

// placePage is a place on a day.
type placePage struct {
	Title    string
	Day      dayForm
	Notes    []ui.Notice // that the day is outside what is on record, or the place has heirs
	Facts    []factLink
	History  []versionRow
	Heirs    []linkRow
	Origins  []linkRow
	Within   []ui.Link
	WithinOf string
	People   []peopleRow
	Portal   *ui.Link
	Propose  []ui.Link
	Open     *openSection // what inspections left open here; nil for who may read none
	Changes  string
}

// factLink is a term with its value, which may lead somewhere.
type factLink struct{ Term, Value, Href string }

// versionRow is a line of a place's history.
type versionRow struct {
	Name, Code, Parent, Law, Span string
	Current                       bool // the one of the day
}

// linkRow is an origin or an heir.
type linkRow struct {
	placeRow
	Part, Share, Basis, Source, On string
}

// peopleRow is a count of people.
type peopleRow struct {
	Year                             int
	People, Printed                  string
	Basis, Confidence, Source, Dated string
	Doubt                            bool
}

func (v *visit) place() (*page, error) {
	day, err := v.day()
	if err != nil {
		return nil, err
	}
	p, err := v.app.Places.Page(v.ctx(), v.arg("place"), day)
	if err != nil {
		return nil, err
	}
	is := p.Version
	body := placePage{Title: is.Full().In(v.lang), Day: v.dayForm(day), Notes: v.placeNotes(p, day), Facts: v.placeFacts(p, day),
		Heirs: v.lineage(p.Heirs, v.actor.Day), Origins: v.lineage(p.Origins, clock.Date{}), People: v.peopleRows(p.People), Portal: v.portalPage(p, day)}
	if body.History, err = v.placeHistory(p.History, is); err != nil {
		return nil, err
	}
	for _, c := range p.Within {
		body.Within = append(body.Within, ui.Link{Href: v.onDay(day, "place", c.Place), Text: c.Full().In(v.lang)})
	}
	if body.Open, err = v.openInPlace(is.Place); err != nil {
		return nil, err
	}
	body.WithinOf = v.t("%d places lay directly within it on %s", len(p.Within), lang.Date(v.lang, day))
	if !is.Ends && is.Level != gazetteer.DistrictLevel {
		may, err := v.may(account.ProposePlace, account.Subject{Place: is.Place})
		if err != nil {
			return nil, err
		}
		if may {
			body.Propose = v.proposals(is)
		}
	}
	return &page{template: "place", title: body.Title, crumbs: v.toPlaces(day, p.Around), nav: "places", body: body}, nil
}

// toPlaces is the way to a place: the search, and what it lies in.
func (v *visit) toPlaces(day clock.Date, around []place.Version) []ui.Link {
	way := []ui.Link{{Href: v.onDay(day, "places"), Text: v.t("Places")}}
	for i := len(around) - 1; i >= 0; i-- {
		way = append(way, ui.Link{Href: v.onDay(day, "place", around[i].Place), Text: around[i].Full().In(v.lang)})
	}
	return way
}

// placeNotes say where the day asked for is not simply on record.
func (v *visit) placeNotes(p place.Page, day clock.Date) (notes []ui.Notice) {
	is, on := p.Version, lang.Date(v.lang, day)
	first := p.History[0]
	switch {
	case is.Over(day):
		notes = append(notes, ui.Notice{Kind: "warn", Text: v.t("It was not there any more on %s. Shown as it was until %s.", on, lang.Date(v.lang, is.Until))})
	case is.Presumed(day):
		notes = append(notes, ui.Notice{Text: v.t("The first record is of %s; what it was on %s is presumed from it.", lang.Date(v.lang, is.KnownOn), on)})
	case day.Before(first.Since):
		notes = append(notes, ui.Notice{Kind: "warn", Text: v.t("It was not there yet on %s. Shown as it began on %s.", on, lang.Date(v.lang, first.Since))})
	}
	if last := p.History[len(p.History)-1]; last.Ends && !is.Over(day) && last.Over(v.actor.Day) {
		notes = append(notes, ui.Notice{Text: v.t("Today it is history: it ended on %s. Its heirs of today stand below.", lang.Date(v.lang, last.Until))})
	}
	return notes
}

func (v *visit) placeFacts(p place.Page, day clock.Date) []factLink {
	is := p.Version
	facts := []factLink{{Term: v.t("Kind"), Value: is.Type.Names().In(v.lang)}, {Term: v.t("Code"), Value: is.Code}}
	if len(p.Around) > 0 {
		up := p.Around[0]
		facts = append(facts, factLink{v.t("Lies in"), v.around(place.Match{Around: p.Around}), v.onDay(day, "place", up.Place)})
	}
	facts = append(facts, factLink{Term: v.t("Holds"), Value: v.lasting(is.Since, is.KnownOn, is.Until)},
		factLink{Term: v.t("Legal document"), Value: v.either(is.Law != "", is.Law, v.t("none on record"))})
	if p.Area.KM2 > 0 {
		area := v.t("%s km²", lang.Number(v.lang, p.Area.KM2, 1))
		if p.Area.Measured {
			area = v.t("%s (measured on the map)", area)
		}
		facts = append(facts, factLink{Term: v.t("Area"), Value: area + " · " + v.sourceName(p.Area.Source)})
	}
	return facts
}

func (v *visit) placeHistory(history []place.Version, is place.Version) ([]versionRow, error) {
	var rows []versionRow
	for i := len(history) - 1; i >= 0; i-- {
		h := history[i]
		row := versionRow{Name: h.Full().In(v.lang), Code: h.Code, Law: h.Law, Span: v.lasting(h.Since, h.KnownOn, h.Until), Current: h == is}
		if h.Parent != "" {
			on := h.Until
			if on.IsZero() {
				on = v.actor.Day
			}
			up, err := v.app.Places.ByID(v.ctx(), h.Parent, on)
			if err != nil {
				return nil, err
			}
			row.Parent = up.Full().In(v.lang)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// lineage lists origins or heirs; day is that on which their pages open, or zero for the last of each.
func (v *visit) lineage(links []place.Link, day clock.Date) []linkRow {
	var rows []linkRow
	for _, l := range links {
		on := day
		if on.IsZero() {
			on = l.On.Add(-1)
		}
		row := linkRow{placeRow: v.placeRow(l.Version, on), Part: v.text(partNames[l.Part]), Basis: v.text(basisNames[l.Basis]), Source: l.Source}
		if row.Share = v.t("share not known"); l.Share != nil {
			row.Share = lang.Percent(v.lang, *l.Share, shareDecimals(*l.Share))
		}
		if !l.On.IsZero() {
			row.On = lang.Date(v.lang, l.On)
		}
		rows = append(rows, row)
	}
	return rows
}

// shareDecimals keeps a small share from reading as nothing and a whole one from reading as measured.
func shareDecimals(share float64) int {
	if share == 0 || share == 1 {
		return 0
	}
	return 1
}

func (v *visit) peopleRows(list []place.People) []peopleRow {
	var rows []peopleRow
	for i := len(list) - 1; i >= 0; i-- {
		n := list[i]
		row := peopleRow{Year: n.Year, People: v.t("people not known"), Basis: v.text(countNames[n.Basis]), Confidence: v.text(confidenceNames[n.Confidence]),
			Doubt: n.Confidence == gazetteer.Doubtful, Source: v.sourceName(n.Source)}
		if n.People != nil {
			row.People = count(v, *n.People)
		}
		if n.Printed != nil && n.People != nil && *n.Printed != *n.People {
			row.Printed = v.t("the source prints %s", count(v, *n.Printed))
		}
		if !n.Dated.IsZero() {
			row.Dated = lang.Date(v.lang, n.Dated)
		}
		rows = append(rows, row)
	}
	return rows
}

// sourceName names the sources of a figure by their titles.
func (v *visit) sourceName(keys string) string {
	var names []string
	for _, key := range strings.FieldsFunc(keys, func(r rune) bool { return strings.ContainsRune(" ,;+", r) }) {
		name := key
		for _, s := range gazetteer.Sources() {
			if s.Key == key {
				name = s.Title.In(v.lang)
			}
		}
		names = append(names, name)
	}
	return strings.Join(names, "; ")
}

// portalPage is the public page of the province of a day, by the map of then or of now.
func (v *visit) portalPage(p place.Page, day clock.Date) *ui.Link {
	province := p.Version
	if n := len(p.Around); n > 0 {
		province = p.Around[n-1]
	}
	path, text := map[lang.Lang]string{lang.Vi: "/tinh/", lang.En: "/en/provinces/"}, v.t("Public results of %s, by the map of today", province.Full().In(v.lang))
	if day.Before(gazetteer.Merger) || province.Over(gazetteer.Merger) {
		path, text = map[lang.Lang]string{lang.Vi: "/ho-so/", lang.En: "/en/profiles/"}, v.t("Public results of %s, by the map of then", province.Full().In(v.lang))
	}
	return &ui.Link{Href: path[v.lang] + url.PathEscape(strings.ReplaceAll(lang.Fold(province.Name), " ", "-")), Text: text}
}
