package place

import (
	"context"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/gazetteer"
)

// kindsOf are the kinds that a place of a level can be from the merger on. Districts ended.
var kindsOf = map[gazetteer.Level][]gazetteer.Kind{
	gazetteer.ProvinceLevel: {gazetteer.Province, gazetteer.City},
	gazetteer.CommuneLevel:  {gazetteer.Ward, gazetteer.Commune, gazetteer.SpecialZone},
}

// codes are the forms of the codes of the statistics office.
var codes = map[gazetteer.Level]*regexp.Regexp{
	gazetteer.ProvinceLevel: regexp.MustCompile(`^[0-9]{2}$`),
	gazetteer.CommuneLevel:  regexp.MustCompile(`^[0-9]{5}$`),
}

// checker collects all the faults of a proposal.
type checker struct {
	ctx    context.Context
	q      *db.Q
	p      Proposal
	faults []fault.Item
}

func (k *checker) fail(field string, what, remedy fault.Text) {
	k.faults = append(k.faults, fault.Item{Field: field, What: what, Remedy: remedy})
}

// check looks at a proposal as the places stand, and gives the present versions of the places it is about. id is that of
// the change itself, once it has one.
func check(ctx context.Context, q *db.Q, p Proposal, id string) ([]Version, error) {
	k := &checker{ctx: ctx, q: q, p: p}
	if strings.TrimSpace(p.Law) == "" {
		k.fail("law", fault.T("The legal document is missing."), fault.T("Name it: “Nghị quyết 30/2026/QH16”."))
	}
	if p.On.IsZero() {
		k.fail("since", fault.T("The day is missing."), fault.T("Give the first day on which the change holds."))
		return nil, fault.Batch(k.faults)
	}
	now, err := k.places(id)
	if err != nil {
		return nil, err
	}
	if len(now) == len(p.Places) && len(now) > 0 {
		if err := k.what(now); err != nil {
			return nil, err
		}
	}
	return now, fault.Batch(k.faults)
}

// places reads the places as they stand on the day and looks whether the change can be theirs.
func (k *checker) places(id string) (now []Version, err error) {
	if n := len(k.p.Places); k.p.Kind == Merge && n < 2 || k.p.Kind != Merge && n != 1 {
		k.fail("places", fault.T("A merger is of two places or more, any other change of one."), fault.T("Choose the places again."))
		return nil, nil
	}
	for i, place := range k.p.Places {
		if slices.Contains(k.p.Places[:i], place) {
			k.fail("places", fault.T("The same place is named twice."), fault.T("Choose the places again."))
			return nil, nil
		}
		history, err := History(k.ctx, k.q, place)
		if err != nil {
			return nil, err
		}
		last := history[len(history)-1]
		switch {
		case !last.Until.IsZero():
			k.fail("places", fault.T("%s ended on %s.", last.Full(), last.Until), fault.T("Choose a place of today."))
		case !last.start().Before(k.p.On):
			k.fail("since", fault.T("%s has been as it is since %s.", last.Full(), last.start()), fault.T("Give a later day: what holds already is not overwritten."))
		default:
			now = append(now, last)
		}
		if err := k.otherOpen(place, last, id); err != nil {
			return nil, err
		}
	}
	return now, nil
}

// otherOpen refuses a place that somebody else's change touches.
func (k *checker) otherOpen(place string, v Version, id string) error {
	n, err := db.One[int](k.ctx, k.q, `SELECT count(*) FROM place_change_place p JOIN place_change c ON c.id = p.change
		WHERE p.place = ? AND c.id <> ? AND c.state IN (?, ?)`, place, id, Proposed, Approved)
	if err == nil && n > 0 {
		err = fault.New(fault.Conflict, "Another change of %s waits for review or for its day. Review or withdraw that one first.", v.Full())
	}
	return err
}

// what looks at what the change makes of its places.
func (k *checker) what(now []Version) error {
	v := now[0]
	switch k.p.Kind {
	case Rename:
		v.Name = k.p.Name
		if k.name("name", v.Name) && v.Name == now[0].Name {
			k.fail("name", fault.T("That is its name already."), fault.T("Give another name."))
		}
		return k.twin("name", v, k.p.Places)
	case Retype:
		v.Type = k.p.Type
		if k.kind("type", v.Level, v.Type) && v.Type == now[0].Type {
			k.fail("type", fault.T("It is of that kind already."), fault.T("Give another kind."))
		}
		return k.twin("type", v, k.p.Places)
	case Recode:
		return k.code("code", v.Level, k.p.Code, nil)
	case Move:
		v.Parent = k.p.Parent
		if v.Parent == now[0].Parent {
			k.fail("parent", fault.T("It lies there already."), fault.T("Choose another place."))
			return nil
		}
		if err := k.parent("parent", v.Level, v.Parent); err != nil {
			return err
		}
		return k.twin("parent", v, k.p.Places)
	case Merge, Split:
		return k.heirs(now)
	}
	k.fail("kind", fault.T("There is no such kind of change."), fault.T("Choose one of the kinds offered."))
	return nil
}

// heirs looks at the new places of a merger or a division.
func (k *checker) heirs(now []Version) error {
	for _, v := range now[1:] {
		if v.Level != now[0].Level {
			k.fail("places", fault.T("The places are of different levels."), fault.T("Merge provinces with provinces, communes with communes."))
			return nil
		}
	}
	if n := len(k.p.Heirs); k.p.Kind == Merge && n != 1 || k.p.Kind == Split && n < 2 {
		k.fail("heirs", fault.T("A merger makes one place, a division two or more."), fault.T("Describe the new places."))
		return nil
	}
	for _, v := range now {
		if err := k.settled(v); err != nil {
			return err
		}
	}
	level := now[0].Level
	if k.p.Kind == Split && level == gazetteer.ProvinceLevel {
		k.fail("places", fault.T("A province cannot be divided while communes lie in it."), fault.T("Move its communes to other provinces."))
		return nil
	}
	sum, known := 0.0, true
	for i, h := range k.p.Heirs {
		field := fmt.Sprintf("heirs.%d.", i+1)
		k.name(field+"name", h.Name)
		k.kind(field+"type", level, h.Type)
		if err := k.code(field+"code", level, h.Code, k.p.Places); err != nil {
			return err
		}
		if slices.ContainsFunc(k.p.Heirs[:i], func(other Heir) bool { return other.Code == h.Code }) {
			k.fail(field+"code", fault.T("Two of the new places have the code %s.", h.Code), fault.T("Give each its own."))
		}
		if err := k.parent(field+"parent", level, h.Parent); err != nil {
			return err
		}
		if err := k.twin(field+"name", Version{Level: level, Type: h.Type, Name: h.Name, Parent: h.Parent}, k.p.Places); err != nil {
			return err
		}
		if h.Share == nil {
			known = false
			continue
		}
		if sum += *h.Share; !(*h.Share >= 0 && *h.Share <= 1) || !slices.Contains([]Basis{ByLaw, ByPopulation, ByVillages, ByArea}, h.Basis) {
			k.fail(field+"share", fault.T("A share is a number from 0 to 1, and says what it is known from."), fault.T("Leave it empty where nobody knows."))
		}
	}
	if k.p.Kind == Split && (known && math.Abs(sum-1) > 0.0005 || sum > 1.0005) {
		k.fail("heirs", fault.T("The shares do not add up to all people."), fault.T("Correct them, or leave those empty that nobody knows."))
	}
	return nil
}

// settled refuses a merger of places in which something has changed since the day.
func (k *checker) settled(v Version) error {
	n, err := db.One[int](k.ctx, k.q, "SELECT count(*) FROM place_version v WHERE v.parent = ? AND v.since >= ? AND v.load"+live, v.Place, k.p.On)
	if err == nil && n > 0 {
		k.fail("since", fault.T("%s places in %s have changed since that day.", strconv.Itoa(n), v.Full()), fault.T("Give a later day: what holds already is not overwritten."))
	}
	return err
}

func (k *checker) name(field, name string) bool {
	if name == "" || name != strings.TrimSpace(name) || len([]rune(name)) > 60 {
		k.fail(field, fault.T("A name has 1 to 60 letters."), fault.T("Give the name without its kind: “Mỹ Hào”."))
		return false
	}
	return true
}

func (k *checker) kind(field string, l gazetteer.Level, kind gazetteer.Kind) bool {
	if !slices.Contains(kindsOf[l], kind) {
		k.fail(field, fault.T("A place of this level is not of such a kind."), fault.T("Choose one of the kinds offered."))
		return false
	}
	return true
}

// code looks whether a code has the right form and is nobody else's on the day.
func (k *checker) code(field string, l gazetteer.Level, code string, but []string) error {
	if form := codes[l]; form == nil || !form.MatchString(code) {
		k.fail(field, fault.T("The code “%s” does not have the form of this level.", code), fault.T("A province has two digits, a commune five."))
		return nil
	}
	other, err := At(k.ctx, k.q, code, k.p.On)
	switch {
	case fault.KindOf(err) == fault.NotFound:
		return nil
	case err == nil && !slices.Contains(but, other.Place):
		k.fail(field, fault.T("The code %s is that of %s.", code, other.Full()), fault.T("Give the code of the new list."))
	}
	return err
}

// parent looks whether a place can lie in another on the day: communes in provinces, provinces in none.
func (k *checker) parent(field string, l gazetteer.Level, parent string) error {
	wrong := func() {
		k.fail(field, fault.T("A commune lies in a province, a province in no other place."), fault.T("Choose a province of that day."))
	}
	if l == gazetteer.ProvinceLevel || parent == "" {
		if (l == gazetteer.ProvinceLevel) != (parent == "") {
			wrong()
		}
		return nil
	}
	v, err := ByID(k.ctx, k.q, parent, k.p.On)
	if fault.KindOf(err) == fault.NotFound || err == nil && (v.Level != gazetteer.ProvinceLevel || !v.Holds(k.p.On)) {
		wrong()
		return nil
	}
	return err
}

// twin refuses a second place of the same kind and name in one parent.
func (k *checker) twin(field string, v Version, but []string) error {
	list, err := sameName(k.ctx, k.q, v, k.p.On)
	for _, other := range list {
		if !slices.Contains(but, other.Place) {
			k.fail(field, fault.T("There is a %s there already.", other.Full()), fault.T("Give another name."))
		}
	}
	return err
}

func sameName(ctx context.Context, q *db.Q, v Version, on clock.Date) ([]Version, error) {
	return versions(ctx, q, "v.parent = ? AND v.level = ? AND v.kind = ? AND v.name = ? AND "+inForce, v.Parent, v.Level, v.Type, v.Name, on, on, on)
}
