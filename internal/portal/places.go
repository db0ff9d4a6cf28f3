package portal

import (
	"slices"
	"strings"
	"sync"

	"thuoc/internal/clock"
	"thuoc/internal/edition"
	"thuoc/internal/fault"
	"thuoc/internal/gazetteer"
	"thuoc/internal/geo"
	"thuoc/internal/lang"
)

// Days on which the two maps were in force: the last day of the 63 provinces, and the first of the 34.
var (
	formerDay  = clock.MustDate("2025-06-30")
	presentDay = gazetteer.Merger
)

// atlas is the provinces of one map, by code and by the word that names them in addresses.
type atlas struct {
	frame  int
	day    clock.Date
	geo    geo.Frame
	list   []gazetteer.Place
	byCode map[string]gazetteer.Place
	bySlug map[string]gazetteer.Place
}

var atlases = map[int]func() *atlas{
	former:  sync.OnceValue(func() *atlas { return newAtlas(former, formerDay, geo.Former) }),
	present: sync.OnceValue(func() *atlas { return newAtlas(present, presentDay, geo.Present) }),
}

func newAtlas(frame int, day clock.Date, g geo.Frame) *atlas {
	a := &atlas{frame: frame, day: day, geo: g, list: gazetteer.Provinces(day), byCode: map[string]gazetteer.Place{}, bySlug: map[string]gazetteer.Place{}}
	for _, p := range a.list {
		a.byCode[p.Code], a.bySlug[slug(p)] = p, p
	}
	return a
}

// slug names a province in an address: "tra-vinh".
func slug(p gazetteer.Place) string {
	return strings.ReplaceAll(lang.Fold(p.Name.VI), " ", "-")
}

// atlas of the view's frame; the map of the data's date when the address leaves it open.
func (v *view) atlas() *atlas {
	if v.frame == 0 {
		v.frame = former // every published result up to 2024 is of the former provinces
	}
	return atlases[v.frame]()
}

// table of the view's frame.
func (v *view) table(c *edition.Content) *edition.Table {
	if v.atlas().frame == present {
		return &c.Present
	}
	return &c.Former
}

// name gives a province's name in the view's language, without its kind.
func (v *view) name(p gazetteer.Place) string { return p.Name.In(v.lang) }

// placeAddress is the page of a province: the profile of a former one, the page of one of today.
func (v *view) placeAddress(a *atlas, p gazetteer.Place, year int) string {
	to := "profile"
	if a.frame == present {
		to = "province"
	}
	return v.to(to, slug(p)).with(func(w *view) { w.year = year }).address()
}

// place finds the province a path names; a code is understood as well.
func (v *view) place(a *atlas) (gazetteer.Place, error) {
	if p, ok := a.bySlug[v.arg]; ok {
		return p, nil
	}
	if p, ok := a.byCode[v.arg]; ok {
		v.arg = slug(p)
		return p, nil
	}
	if p, ok := a.bySlug[strings.ReplaceAll(lang.Fold(v.arg), " ", "-")]; ok {
		v.arg = slug(p)
		return p, nil
	}
	return gazetteer.Place{}, fault.New(fault.NotFound, "No province is called “%s” on this map.", shorten(v.arg))
}

// chosen gives the provinces of the view's unit codes, in the order of the address.
func (v *view) chosen(a *atlas) ([]gazetteer.Place, error) {
	var list []gazetteer.Place
	for _, code := range v.units {
		p, ok := a.byCode[code]
		if !ok {
			return nil, fault.New(fault.NotFound, "No province has the code %s on this map.", code)
		}
		list = append(list, p)
	}
	return list, nil
}

// sorted lists the provinces of a map by name.
func (v *view) sorted(a *atlas) []gazetteer.Place {
	list := slices.Clone(a.list)
	compare := lang.Collation()
	slices.SortFunc(list, func(p, q gazetteer.Place) int { return compare(v.name(p), v.name(q)) })
	return list
}

func shorten(s string) string {
	if len(s) > 40 {
		return strings.ToValidUTF8(s[:40], "") + "…"
	}
	return s
}
