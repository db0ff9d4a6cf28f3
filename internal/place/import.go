package place

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/gazetteer"
	"thuoc/internal/lang"
	"thuoc/internal/sheet"
)

// ImportFields are the columns of a table of communes.
var ImportFields = []sheet.Field{
	{Key: "code", Head: lang.Names{VI: "Mã", EN: "Code"}, Also: []string{"Mã xã", "Mã ĐVHC", "Mã đơn vị", "commune_code"}, Needed: true},
	{Key: "name", Head: lang.Names{VI: "Tên", EN: "Name"}, Also: []string{"Tên xã", "Tên đơn vị", "Tên ĐVHC", "Đơn vị hành chính"}, Needed: true},
	{Key: "type", Head: lang.Names{VI: "Loại", EN: "Type"}, Also: []string{"Cấp", "Loại hình", "Loại đơn vị", "kind"}, Needed: true},
	{Key: "province", Head: lang.Names{VI: "Mã tỉnh", EN: "Province code"}, Also: []string{"Mã TP", "Mã tỉnh, thành phố", "province_code"}, Needed: true},
	{Key: "since", Head: lang.Names{VI: "Từ ngày", EN: "Since"}, Also: []string{"Ngày hiệu lực", "Hiệu lực từ", "effective"}, Needed: true},
	{Key: "law", Head: lang.Names{VI: "Văn bản", EN: "Legal document"}, Also: []string{"Văn bản pháp lý", "Nghị quyết", "Căn cứ", "law"}, Needed: true},
}

// Effect is what a row of an import does.
type Effect string

// The effects.
const (
	Adds    Effect = "adds"    // a new place
	Changes Effect = "changes" // another name, kind or parent of a place from the day on
	Keeps   Effect = "keeps"   // it is so already
)

// Planned is what a row of an import does.
type Planned struct {
	Line   int
	Effect Effect
	Before Version // zero where the place is new
	After  Version // Place is "" where the place is new
}

// Import takes in a table of communes: each row says what the commune of a code is from a day on. A row that says what
// is so already changes nothing. All faults come at once, by row and column, and then nothing is changed; without any,
// all rows are seen at the same moment. With dryRun nothing is written. The actor needs the right to import places in
// every province that the table touches.
func (s *Store) Import(ctx context.Context, actor account.Actor, file string, sheets []sheet.Sheet, chosen sheet.Mapping, dryRun bool) ([]Planned, error) {
	t, err := sheet.Find(file, sheets, ImportFields, chosen)
	if err != nil {
		return nil, err
	}
	x, err := s.indexNow(ctx)
	if err != nil {
		return nil, err
	}
	m := importing{t: t, x: x, kinds: communeKinds()}
	if err := s.db.View(ctx, func(q *db.Q) error { return m.prepare(ctx, q, actor) }); err != nil {
		return nil, err
	}
	for _, r := range t.Rows {
		m.row(r)
	}
	m.twins()
	if err := t.Err(); err != nil || dryRun {
		return m.plan, err
	}
	return m.plan, s.warmed(ctx, s.takeIn(ctx, actor, x, m.plan))
}

// importing is an import on its way.
type importing struct {
	t      *sheet.Table
	x      *index
	kinds  map[string]gazetteer.Kind // by folded name
	may    map[string]bool           // provinces the actor may import into, by id
	busy   map[string]bool           // places that an open change touches
	codes  map[string][]string       // places that ever had a code
	inside map[string][]string       // communes that ever lay in a province
	plan   []Planned
	rows   []sheet.Row    // of plan
	lines  map[string]int // of each code
}

func communeKinds() map[string]gazetteer.Kind {
	all := map[string]gazetteer.Kind{}
	for _, k := range kindsOf[gazetteer.CommuneLevel] {
		all[lang.Fold(k.Names().VI)], all[lang.Fold(k.Names().EN)] = k, k
	}
	return all
}

// prepare reads what the rows are compared with.
func (m *importing) prepare(ctx context.Context, q *db.Q, actor account.Actor) error {
	m.may, m.busy, m.lines = map[string]bool{}, map[string]bool{}, map[string]int{}
	m.codes, m.inside = map[string][]string{}, map[string][]string{}
	for id, history := range m.x.versions {
		for _, v := range history {
			if !slices.Contains(m.codes[v.Code], id) {
				m.codes[v.Code] = append(m.codes[v.Code], id)
			}
			if v.Level == gazetteer.CommuneLevel && !slices.Contains(m.inside[v.Parent], id) {
				m.inside[v.Parent] = append(m.inside[v.Parent], id)
			}
		}
	}
	touched, err := db.All[string](ctx, q, `SELECT p.place FROM place_change_place p JOIN place_change c ON c.id = p.change
		WHERE c.state IN (?, ?)`, Proposed, Approved)
	if err != nil {
		return err
	}
	for _, id := range touched {
		m.busy[id] = true
	}
	for id, history := range m.x.versions {
		if history[0].Level != gazetteer.ProvinceLevel {
			continue
		}
		err := actor.May(ctx, q, account.ImportPlaces, account.Subject{Place: id})
		if err != nil && fault.KindOf(err) != fault.Forbidden {
			return err
		}
		m.may[id] = err == nil
	}
	if !actor.MayAnywhere(account.ImportPlaces) {
		return fault.New(fault.Forbidden, "Your role does not allow this here.")
	}
	return nil
}

// bearer gives the place that had a code on a day.
func (m *importing) bearer(code string, on clock.Date) (Version, bool) {
	for _, id := range m.codes[code] {
		if v := m.x.version(id, on); v.Code == code && v.Holds(on) {
			return v, true
		}
	}
	return Version{}, false
}

// row reads one row and plans what it does.
func (m *importing) row(r sheet.Row) {
	v := Version{Name: m.t.Text(r, "name"), Law: m.t.Text(r, "law"), Level: gazetteer.CommuneLevel}
	var coded, typed, placed bool
	v.Code, coded = m.code(r)
	v.Type, typed = m.kind(r)
	v.Name = bareName(v.Name, v.Type)
	long := len([]rune(v.Name)) > 60
	if long {
		m.t.Report(r, "name", fault.T("A name has 1 to 60 letters."), fault.T("Give the name without its kind: “Mỹ Hào”."))
	}
	var dated bool
	if v.Since, dated = m.t.Date(r, "since"); !dated {
		return
	}
	v.Parent, placed = m.province(r, v.Since)
	if coded && typed && placed && !long && v.Name != "" && v.Law != "" {
		m.compare(r, v)
	}
}

// code reads the code of a row. That a needed cell is empty was reported when the table was found.
func (m *importing) code(r sheet.Row) (string, bool) {
	code := m.t.Text(r, "code")
	line := m.lines[code]
	switch {
	case code == "":
		return "", false
	case !codes[gazetteer.CommuneLevel].MatchString(code):
		m.t.Report(r, "code", fault.T("“%s” is not the code of a commune.", code), fault.T("Write five digits, with the zeros before: 00004."))
		return "", false
	case line > 0:
		m.t.Report(r, "code", fault.T("The code %s stands on line %s already.", code, strconv.Itoa(line)), fault.T("Keep one of the two rows."))
		return "", false
	}
	m.lines[code] = r.Line
	return code, true
}

// kind reads the kind of a row.
func (m *importing) kind(r sheet.Row) (gazetteer.Kind, bool) {
	text := m.t.Text(r, "type")
	kind, ok := m.kinds[lang.Fold(text)]
	if !ok && text != "" {
		m.t.Report(r, "type", fault.T("“%s” is not a kind of commune.", text), fault.T("Write phường, xã or đặc khu."))
	}
	return kind, ok
}

// province reads the province of a row, as it was on the day, and gives its id.
func (m *importing) province(r sheet.Row, on clock.Date) (string, bool) {
	code := m.t.Text(r, "province")
	if code == "" {
		return "", false
	}
	v, there := m.bearer(code, on)
	switch {
	case !there || v.Level != gazetteer.ProvinceLevel:
		m.t.Report(r, "province", fault.T("No province had the code “%s” on %s.", code, on), fault.T("Give the code that the province had on that day."))
		return "", false
	case !m.may[v.Place]:
		m.outOfReach(r, v)
		return "", false
	}
	return v.Place, true
}

func (m *importing) outOfReach(r sheet.Row, province Version) {
	m.t.Report(r, "province", fault.T("Your role does not reach to %s.", province.Full()), fault.T("Leave the row out, or let somebody of that province import it."))
}

// bareName takes the kind off a name that was written with it.
func bareName(name string, k gazetteer.Kind) string {
	words, kind := strings.Fields(name), strings.Fields(k.Names().VI)
	if len(words) > len(kind) && len(kind) > 0 && strings.EqualFold(strings.Join(words[:len(kind)], " "), strings.Join(kind, " ")) {
		return strings.Join(words[len(kind):], " ")
	}
	return name
}

// compare plans a sound row against what is there.
func (m *importing) compare(r sheet.Row, v Version) {
	before, there := m.bearer(v.Code, v.Since)
	if !there {
		if later, taken := m.bearerAfter(v.Code, v.Since); taken {
			m.t.Report(r, "since", fault.T("The code %s is that of %s.", v.Code, later.Full()), fault.T("Give a later day: what holds already is not overwritten."))
			return
		}
		m.add(r, Planned{Line: r.Line, Effect: Adds, After: v})
		return
	}
	v.Place = before.Place
	if before.Name == v.Name && before.Type == v.Type && before.Parent == v.Parent {
		m.add(r, Planned{Line: r.Line, Effect: Keeps, Before: before, After: before})
		return
	}
	switch last := m.x.versions[before.Place][len(m.x.versions[before.Place])-1]; {
	case last.Level != v.Level || !last.Until.IsZero() || !last.start().Before(v.Since):
		m.t.Report(r, "since", fault.T("%s has been as it is since %s.", last.Full(), last.start()), fault.T("Give a later day: what holds already is not overwritten."))
	case m.busy[before.Place]:
		m.t.Report(r, "code", fault.T("A boundary change of %s waits for review or for its day.", before.Full()), fault.T("Review or withdraw it first."))
	case !m.may[before.Parent]:
		m.outOfReach(r, m.x.version(before.Parent, v.Since))
	default:
		m.add(r, Planned{Line: r.Line, Effect: Changes, Before: before, After: v})
	}
}

func (m *importing) add(r sheet.Row, p Planned) {
	m.plan, m.rows = append(m.plan, p), append(m.rows, r)
}

// bearerAfter finds a place that has a code later than a day.
func (m *importing) bearerAfter(code string, on clock.Date) (Version, bool) {
	for _, id := range m.codes[code] {
		for _, v := range m.x.versions[id] {
			if v.Code == code && on.Before(v.start()) {
				return v, true
			}
		}
	}
	return Version{}, false
}

// twins reports two communes of the same kind and name in one province, as they would stand once all rows are in.
func (m *importing) twins() {
	type key struct {
		parent string
		kind   gazetteer.Kind
		name   string
	}
	standing := map[key]string{} // code
	planned := map[string]bool{} // places that rows speak of
	for _, p := range m.plan {
		planned[p.After.Place] = true
	}
	parents := map[string]bool{}
	for _, p := range m.plan {
		if p.Effect == Keeps || parents[p.After.Parent] {
			continue
		}
		parents[p.After.Parent] = true
		for _, id := range m.inside[p.After.Parent] {
			if v := m.x.version(id, p.After.Since); !planned[id] && v.Parent == p.After.Parent && v.Holds(p.After.Since) {
				standing[key{v.Parent, v.Type, v.Name}] = v.Code
			}
		}
	}
	for i, p := range m.plan {
		k := key{p.After.Parent, p.After.Type, p.After.Name}
		if other, twice := standing[k]; twice && other != p.After.Code {
			m.t.Report(m.rows[i], "name", fault.T("%s is there already, under the code %s.", p.After.Full(), other), fault.T("Correct the name, or propose a change of code."))
		}
		standing[k] = p.After.Code
	}
}

// abandoned is the age at which an import that did not go live is taken for one whose program died.
const abandoned = 15 * time.Minute

// takeIn writes a plan and lets it be seen.
func (s *Store) takeIn(ctx context.Context, actor account.Actor, x *index, plan []Planned) error {
	if err := s.sweepUnfinished(ctx, fromTable, abandoned); err != nil {
		return err
	}
	load := fromTable + ":" + s.db.NewID()
	rows := batch{}
	var lying []account.Within
	for _, p := range plan {
		if p.Effect == Keeps {
			continue
		}
		v := p.After
		if p.Effect == Adds {
			v.Place = s.db.NewID()
			rows.add("place", v.Place, v.Level)
			lying = append(lying, account.Within{Place: v.Place, Ancestor: v.Parent, Since: v.Since})
		}
		rows.addVersion(v)
	}
	if rows.size() == 0 {
		return nil
	}
	if err := s.db.Update(ctx, func(q *db.Q) error { return openLoad(ctx, q, load, fromTable, actor.User) }); err != nil {
		return err
	}
	n, err := s.stage(ctx, rows, load)
	if err == nil && n != rows.size() {
		err = changedMeanwhile()
	}
	if err == nil {
		err = s.stageWithin(ctx, lying)
	}
	if err == nil {
		err = s.db.Update(ctx, func(q *db.Q) error { return s.reveal(ctx, q, actor, x, load, plan) })
	}
	if err != nil {
		if swept := s.sweep(context.WithoutCancel(ctx), load); swept != nil {
			return swept
		}
	}
	return err
}

func changedMeanwhile() error {
	return fault.New(fault.Conflict, "The places have changed since the table was read. Nothing was changed; import it again.")
}

// reveal lets an import be seen, unless anything was changed since it was planned.
func (s *Store) reveal(ctx context.Context, q *db.Q, actor account.Actor, x *index, load string, plan []Planned) error {
	loads, err := db.One[int](ctx, q, "SELECT count(live) FROM place_load")
	if err != nil {
		return err
	}
	if loads != x.loads {
		return changedMeanwhile()
	}
	if err := goLive(ctx, q, load); err != nil {
		return err
	}
	for _, p := range plan {
		if p.Effect != Changes || p.Before.Parent == p.After.Parent {
			continue
		}
		w := writing{ctx: ctx, q: q, c: Change{Proposal: Proposal{On: p.After.Since}}}
		if err := w.relocate(p.After.Place, p.After.Parent); err != nil {
			return err
		}
	}
	content, err := json.Marshal(plan)
	if err != nil {
		return err
	}
	return s.log.Append(ctx, q, audit.Entry{Actor: actor.User, Action: string(account.ImportPlaces), Object: "place_load:" + strings.TrimPrefix(load, fromTable+":"), Content: content})
}
