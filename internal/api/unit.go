package api

import (
	"strings"

	"thuoc/internal/clock"
	"thuoc/internal/fault"
	"thuoc/internal/gazetteer"
	"thuoc/internal/lang"
)

// unitLine is a place as it was on a day.
type unitLine struct {
	ID     string      `json:"id"` // outlives names, kinds and codes
	Href   string      `json:"href"`
	Code   string      `json:"code"`
	Level  string      `json:"level"`
	Kind   string      `json:"kind"`
	Name   lang.Names  `json:"name"`
	Full   lang.Names  `json:"full_name"`
	Region *lang.Names `json:"region"`
	Parent word        `json:"parent"`
	Life   span        `json:"life"`
	State  span        `json:"state"`
}

// span is a run of days; null says that the start is not known, or that it goes on.
type span struct {
	From  word `json:"from"`
	Known word `json:"known_since"` // where the start is not known: the first day on record
	Until word `json:"until"`       // the first day on which it was over
}

func spanOf(s clock.Span) span {
	return span{word(s.From.String()), word(s.Known.String()), word(s.To.String())}
}

var levelNames = map[gazetteer.Level]string{gazetteer.ProvinceLevel: "province", gazetteer.DistrictLevel: "district", gazetteer.CommuneLevel: "commune"}

func lineOfUnit(p gazetteer.Place) unitLine {
	return unitLine{p.ID, Prefix + "/units/" + p.ID, p.Code, levelNames[p.Level], string(p.Kind), p.Name, p.Full(), named(p.Region), word(p.Parent), spanOf(p.Life), spanOf(p.State)}
}

// units lists the places of a day: the provinces unless a level, a parent or a code says otherwise.
func (q *request) units() (*answer, error) {
	for _, l := range q.levels {
		if what := oneOf(l, []string{"province", "district", "commune"}); what.Key != "" {
			q.fault(keyLevel, what)
		}
	}
	if len(q.codes) > 0 && !q.URL.Query().Has(keyOn) {
		q.fault(keyOn, fault.T("A code says nothing without a date: codes were given again. Name the day."))
	}
	var above gazetteer.Place
	if q.parent != "" {
		var found bool
		if above, found = gazetteer.ByID(q.parent, q.on); !found {
			q.fault(keyParent, fault.T("“%s” is the id of no place.", shown(q.parent)))
		}
	}
	w := q.window()
	if len(q.faults) > 0 {
		return nil, nil
	}
	var items []unitLine
	for _, p := range q.places(above) {
		if w.takes() {
			items = append(items, lineOfUnit(p))
		}
	}
	return paged(q, w, items)
}

// places gives the places asked for, by code within what they belong to.
func (q *request) places(above gazetteer.Place) (list []gazetteer.Place) {
	if len(q.codes) > 0 {
		for _, code := range q.codes {
			if p, err := gazetteer.ByCode(code, q.on); err == nil && q.levelWanted(p) && (above.ID == "" || p.Parent == above.ID) {
				list = append(list, p)
			}
		}
		return list
	}
	if above.ID != "" {
		return q.below(above, len(q.levels) == 0)
	}
	for _, p := range gazetteer.Provinces(q.on) {
		if len(q.levels) == 0 || q.levelWanted(p) {
			list = append(list, p)
		}
		if len(q.levels) > 0 {
			list = append(list, q.below(p, false)...)
		}
	}
	return list
}

// below gives the places of the wanted levels under a place, or its own children of any level.
func (q *request) below(above gazetteer.Place, children bool) (list []gazetteer.Place) {
	if above.Level == gazetteer.CommuneLevel || !children && len(q.levels) == 1 && q.levels[0] == "province" {
		return nil
	}
	for _, p := range gazetteer.Children(above, q.on) {
		if children || q.levelWanted(p) {
			list = append(list, p)
		}
		if !children && wanted(q.levels, "commune") {
			list = append(list, q.below(p, false)...)
		}
	}
	return list
}

func (q *request) levelWanted(p gazetteer.Place) bool { return wanted(q.levels, levelNames[p.Level]) }

// unitWhole is a place with what it was made of, what became of it and its people.
type unitWhole struct {
	unitLine
	On     string       `json:"on"`
	There  bool         `json:"there"` // on that day; else its last or first state is shown
	Within []unitLine   `json:"within"`
	Parts  []unitShare  `json:"parts"` // what became it on 1 July 2025
	Heirs  []unitShare  `json:"heirs"` // where its territory is on that day
	People []population `json:"populations"`
	Area   *float64     `json:"area_km2"`
}

type (
	unitShare struct {
		Unit  unitLine `json:"unit"`
		Share string   `json:"share"` // of the former place
	}
	population struct {
		Year       int      `json:"year"`
		Basis      string   `json:"basis"`
		Thousands  float64  `json:"thousands"`
		Confidence string   `json:"confidence"`
		Sources    []string `json:"sources"`
	}
)

func (q *request) unit() (*answer, error) {
	id := q.PathValue("unit")
	p, found := gazetteer.ByID(id, q.on)
	if !found {
		return nil, fault.New(fault.NotFound, "“%s” is the id of no place.", shown(id))
	}
	whole := unitWhole{unitLine: lineOfUnit(p), On: q.on.String(), There: p.Life.Holds(q.on), Within: withinOf(around(p, q.on)),
		Parts: shares(gazetteer.Parts(p)), Heirs: shares(gazetteer.Heirs(p, q.on)), People: []population{}}
	for _, n := range gazetteer.Populations(p) {
		whole.People = append(whole.People, population{n.Year, string(n.Basis), n.Thousands, string(n.Confidence), listed(n.Sources)})
	}
	if km2, known := gazetteer.Area(p); known {
		whole.Area = &km2
	}
	return q.json(whole)
}

// around lists what a place belongs to, the nearest first.
func around(p gazetteer.Place, on clock.Date) (list []gazetteer.Place) {
	for p.Parent != "" {
		p, _ = gazetteer.ByID(p.Parent, on)
		list = append(list, p)
	}
	return list
}

func withinOf(places []gazetteer.Place) []unitLine {
	list := []unitLine{}
	for _, p := range places {
		list = append(list, lineOfUnit(p))
	}
	return list
}

func shares(links []gazetteer.Link) []unitShare {
	list := []unitShare{}
	for _, l := range links {
		list = append(list, unitShare{lineOfUnit(l.Place), string(l.Share)})
	}
	return list
}

// found is what a search finds: places of now and before, and topics of the newest index that has them.
type found struct {
	On     string     `json:"on"`
	Places []placeHit `json:"places"`
	Topics []topicHit `json:"topics"`
}

type (
	placeHit struct {
		Unit   unitLine    `json:"unit"`
		Within []unitLine  `json:"within"`
		Heirs  []unitShare `json:"heirs"` // where it is to be found, when it is history
	}
	topicHit struct {
		Year  int        `json:"year"`
		Index string     `json:"index"`
		Code  string     `json:"code"`
		Level string     `json:"level"`
		Names lang.Names `json:"names"`
	}
)

func (q *request) search() (*answer, error) {
	if strings.TrimSpace(q.text) == "" {
		q.fault(keyQuery, fault.T("Say what to search for."))
		return nil, nil
	}
	most := min(q.limit, mostFound)
	f := found{On: q.on.String(), Places: []placeHit{}, Topics: []topicHit{}}
	for _, m := range gazetteer.Search(q.text, q.on, most) {
		f.Places = append(f.Places, placeHit{lineOfUnit(m.Place), withinOf(m.Within), shares(m.Heirs)})
	}
	words, named := strings.Fields(lang.Fold(q.text)), map[string]bool{}
	all, err := q.contents()
	if err != nil {
		return nil, err
	}
	for i := len(all) - 1; i >= 0; i-- {
		for _, n := range all[i].Nodes {
			name := n.Code + " " + n.Names.EN
			if len(f.Topics) < most && !named[name] && holds(lang.Fold(n.Code+" "+n.Names.VI+" "+n.Names.EN), words) {
				named[name] = true
				f.Topics = append(f.Topics, topicHit{all[i].Year, all[i].Index, n.Code, n.Level, n.Names})
			}
		}
	}
	return q.json(f)
}

func holds(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return len(words) > 0
}
