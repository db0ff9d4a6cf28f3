package web

import (
	"bytes"
	"errors"
	"strconv"

	"thuoc/internal/agency"
	"thuoc/internal/fault"
	"thuoc/internal/place"
	"thuoc/internal/sheet"
	"thuoc/internal/ui"
)

// importList is a kind of list that can be taken in.
type importList struct {
	key         string
	door        string // the route to send it by, with those of its steps beside; "" = the one of all lists
	title, lead fault.Text
	fields      []sheet.Field
	ofPlace     bool   // the person says of which place and day it is
	next        string // the route that shows what came in
	fileName    string // of the template
	template    func(*visit) []sheet.Sheet
	run         func(v *visit, w waiting, dry bool) (checked, error)

	// What else the person says of the file, and how it is read; nil for nothing.
	ask  func(*visit) ([]*ui.Field, error)
	read func(*form, *waiting, *[]fault.Item) error
}

// checked is what a list holds and would change, or has changed.
type checked struct {
	mapping  sheet.Mapping // the columns that were found; empty where they were not
	headings []string
	unused   []string
	facts    []fact
	effects  []effectRow
	changes  bool   // there is anything to take in
	said     string // what came of it
	to       string // where it is seen; "" = where the list says
}

// The keys of the lists; a mapping of columns is remembered under them.
const (
	agencyList = "agency"
	placeList  = "place"
)

var lists = []importList{
	{key: agencyList, title: fault.T("Agencies, posts and who holds them"), lead: fault.T("A line for each post and person. What is on record stays; only what is not there yet comes in."),
		fields: agency.Fields, ofPlace: true, next: "agencies", fileName: "mau-co-quan.xlsx",
		template: func(v *visit) []sheet.Sheet { return agency.Template(v.lang) }, run: (*visit).runAgencies},
	{key: placeList, title: fault.T("Communes, wards and special zones"), lead: fault.T("A line for each commune: what it is from a day on. A line that says what is so already changes nothing."),
		fields: place.ImportFields, next: "places", fileName: "mau-xa-phuong.xlsx",
		template: func(v *visit) []sheet.Sheet {
			return []sheet.Sheet{sheet.Template(v.t("Communes"), v.lang, place.ImportFields, []string{"12103", "Mỹ Hào", "Phường", "33", "01/07/2025", "Nghị quyết 1666/NQ-UBTVQH15"})}
		}, run: (*visit).runPlaces},
}

func (v *visit) runAgencies(w waiting, dry bool) (checked, error) {
	rep, err := v.app.Agencies.Import(v.ctx(), v.actor, agency.File{Name: w.name, Content: w.content, Place: w.place, On: w.on, Mapping: w.mapping}, dry)
	c := checked{mapping: rep.Mapping, headings: rep.Headings, unused: rep.Unused, changes: rep.Same < rep.Rows}
	if len(c.headings) == 0 {
		c.headings = headingsOf(w, agency.Fields)
	}
	if rep.Rows > 0 {
		c.facts = v.found(rep.Sheet, rep.Header, rep.Rows)
	}
	if err == nil {
		c.facts = append(c.facts, fact{v.t("Agencies that come in"), count(v, rep.Agencies)}, fact{v.t("Offered agencies that are confirmed"), count(v, rep.Confirms)},
			fact{v.t("Posts that come in"), count(v, rep.Posts)}, fact{v.t("Tenures that begin"), count(v, rep.Tenures)},
			fact{v.t("Tenures that end"), count(v, rep.Ends)}, fact{v.t("Rows that change nothing"), count(v, rep.Same)})
		c.said = v.t("%d agencies, %d posts and %d tenures came in.", rep.Agencies, rep.Posts, rep.Tenures)
	}
	return c, err
}

// mostEffects is how many rows that change something are shown before they do.
const mostEffects = 100

func (v *visit) runPlaces(w waiting, dry bool) (checked, error) {
	sheets, err := sheet.Read(bytes.NewReader(w.content), w.name)
	if err != nil {
		return checked{}, err
	}
	m := w.mapping
	if m == nil {
		if m, err = v.app.Agencies.Columns(v.ctx(), v.actor, placeList); err != nil {
			return checked{}, err
		}
	}
	t, err := sheet.Find(w.name, sheets, place.ImportFields, m)
	if err != nil && w.mapping == nil {
		m = nil
		t, err = sheet.Find(w.name, sheets, place.ImportFields, nil)
	}
	if err != nil {
		return checked{headings: headingsOf(w, place.ImportFields)}, err
	}
	c := checked{mapping: t.Mapping, headings: t.Headings, unused: t.Unused(), facts: v.found(t.Sheet, t.Header, len(t.Rows))}
	plan, err := v.app.Places.Import(v.ctx(), v.actor, w.name, sheets, m, dry)
	if err != nil {
		return c, err
	}
	v.tellEffects(&c, plan)
	if !dry {
		err = v.app.Agencies.KeepColumns(v.ctx(), v.actor, placeList, t.Mapping)
	}
	return c, err
}

// tellEffects counts what the rows do and shows those that change something.
func (v *visit) tellEffects(c *checked, plan []place.Planned) {
	n := map[place.Effect]int{}
	for _, p := range plan {
		n[p.Effect]++
		if p.Effect == place.Keeps || len(c.effects) == mostEffects {
			continue
		}
		row := effectRow{Line: strconv.Itoa(p.Line), Effect: v.t("new"), After: p.After.Full().In(v.lang) + " · " + p.After.Code}
		if p.Effect == place.Changes {
			row.Effect, row.Before = v.t("changes"), p.Before.Full().In(v.lang)
		}
		c.effects = append(c.effects, row)
	}
	c.changes = n[place.Adds]+n[place.Changes] > 0
	c.facts = append(c.facts, fact{v.t("New places"), count(v, n[place.Adds])}, fact{v.t("Places that change"), count(v, n[place.Changes])},
		fact{v.t("Rows that change nothing"), count(v, n[place.Keeps])})
	c.said = v.t("%d places are new, %d have changed.", n[place.Adds], n[place.Changes])
}

// found says where the list stood in the file.
func (v *visit) found(name string, header, rows int) []fact {
	facts := []fact{{v.t("Rows"), count(v, rows)}, {v.t("Row of the header"), strconv.Itoa(header)}}
	if name != "" {
		facts = append([]fact{{v.t("Sheet"), name}}, facts...)
	}
	return facts
}

// headingsOf guesses the row of headings of a file in which not all columns were found: the row that names most of them,
// or else the widest of the first.
func headingsOf(w waiting, fields []sheet.Field) (widest []string) {
	sheets, err := sheet.Read(bytes.NewReader(w.content), w.name)
	if err != nil {
		return nil
	}
	relaxed := make([]sheet.Field, len(fields))
	for i, f := range fields {
		f.Needed = false
		relaxed[i] = f
	}
	if t, err := sheet.Find(w.name, sheets, relaxed, nil); err == nil {
		return t.Headings
	}
	for _, s := range sheets {
		for _, row := range s.Rows[:min(len(s.Rows), 30)] {
			if len(row) > len(widest) {
				widest = row
			}
		}
	}
	return widest
}

// faultOf gives the fault in an error that is one.
func faultOf(err error) *fault.Error {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return &fault.Error{Err: err}
	}
	return e
}
