package portal

import (
	"slices"
	"strings"
	"time"

	"thuoc/internal/clock"
	"thuoc/internal/edition"
	"thuoc/internal/gazetteer"
	"thuoc/internal/lang"
	"thuoc/internal/ui"
)

// searchPage is what a question finds: places of now and before, and topics.
type searchPage struct {
	Title, Query string
	Action       string
	Asked        bool
	Places       []placeHit
	Topics       []ui.Link
	Owns         []ui.Link // public editions of the house's own
}

// placeHit is a place with where it belongs and what became of it.
type placeHit struct {
	Href, Name, Kind, Within, Gone string
	Heirs                          []ui.Link
	HeirText                       string
}

// The most a search shows.
const (
	mostPlaces = 20
	mostTopics = 20
)

func (p *Portal) search(v *view) (*page, error) {
	body := searchPage{Title: v.t("Search"), Query: v.query, Action: v.bare(), Asked: v.query != ""}
	if body.Asked {
		for _, m := range gazetteer.Search(v.query, p.Today(), mostPlaces) {
			body.Places = append(body.Places, v.hit(m))
		}
		var err error
		if body.Topics, err = v.topicsFound(); err != nil {
			return nil, err
		}
		body.Owns = v.ownsFound()
	}
	return &page{template: "search", title: body.Title, nav: "search", body: body}, nil
}

// hit writes one place: a province leads to its page, anything below to the province it belongs to.
func (v *view) hit(m gazetteer.Match) placeHit {
	today := v.portal.Today()
	h := placeHit{Name: v.full(m.Place)}
	var within []string
	for _, w := range m.Within {
		within = append(within, v.full(w))
	}
	h.Within = strings.Join(within, ", ")
	if len(m.Heirs) > 0 {
		h.Gone = v.t("until %s", lang.Date(v.lang, dayBefore(m.Place.Life.To)))
	}
	province := m.Place
	if len(m.Within) > 0 {
		province = m.Within[len(m.Within)-1]
	}
	h.Href = v.provinceAddress(province)
	for _, l := range m.Heirs {
		place := l.Place
		if place.Level != gazetteer.ProvinceLevel {
			if up, ok := gazetteer.ByID(place.Parent, today); ok {
				h.Heirs = append(h.Heirs, ui.Link{Href: v.provinceAddress(up), Text: v.full(place) + v.shareNote(l.Share)})
				continue
			}
		}
		h.Heirs = append(h.Heirs, ui.Link{Href: v.provinceAddress(place), Text: v.full(place)})
	}
	return h
}

// dayBefore is the last day of a span that ends before d.
func dayBefore(d clock.Date) clock.Date {
	return clock.Of(time.Date(d.Year, d.Month, d.Day-1, 0, 0, 0, 0, time.UTC))
}

func (v *view) shareNote(s gazetteer.Share) string {
	switch s {
	case gazetteer.Whole:
		return ""
	case gazetteer.AreaOnly:
		return v.t(" (area only)")
	}
	return v.t(" (in part)")
}

// provinceAddress is the page of a province by the map it is on.
func (v *view) provinceAddress(p gazetteer.Place) string {
	if q, ok := atlases[present]().byCode[p.Code]; ok && q.ID == p.ID {
		return v.placeAddress(atlases[present](), q, 0)
	}
	if q, ok := atlases[former]().byCode[p.Code]; ok && q.ID == p.ID {
		return v.placeAddress(atlases[former](), q, 0)
	}
	return ""
}

// topicsFound lists the nodes whose name holds every word of the question, from the newest index and from the newest
// whose indicators are published.
func (v *view) topicsFound() ([]ui.Link, error) {
	words := strings.Fields(lang.Fold(v.query))
	var links []ui.Link
	var named []string
	years := v.portal.Shelf.Years()
	for _, y := range slices.Backward(years) {
		c, err := v.portal.Shelf.Content(y)
		if err != nil {
			return nil, err
		}
		for _, n := range c.Nodes {
			name := n.Code + " " + n.Names.In(v.lang)
			if len(links) == mostTopics || slices.Contains(named, name) || !holds(n, words) || count(c.Former.Of(n.Code)).scored == 0 {
				continue
			}
			named = append(named, name)
			links = append(links, ui.Link{Href: v.nodeAddress(c, n.Code), Text: v.t("%s (%d)", name, y)})
		}
	}
	return links, nil
}

func holds(n *edition.Node, words []string) bool {
	text := lang.Fold(n.Code + " " + n.Names.VI + " " + n.Names.EN)
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
}

// ownsFound lists the public editions of the house's own whose name, place or period holds every word of the question.
// What was corrected is found through the edition that corrects it, what was withdrawn not at all.
func (v *view) ownsFound() (links []ui.Link) {
	words := strings.Fields(lang.Fold(v.query))
	for _, l := range slices.Backward(v.portal.Shelf.Released()) {
		text := lang.Fold(strings.Join([]string{l.Name.VI, l.Name.EN, l.PlaceName.VI, l.PlaceName.EN, l.Period, l.Index}, " "))
		if l.State == edition.Public && len(links) < mostTopics && !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) }) {
			links = append(links, ui.Link{Href: v.ownAddress(l.Hash), Text: v.t("%s, %s", l.Name.In(v.lang), l.Period)})
		}
	}
	return links
}
