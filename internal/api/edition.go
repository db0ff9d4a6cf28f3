package api

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"thuoc/internal/clock"
	"thuoc/internal/edition"
	"thuoc/internal/fault"
	"thuoc/internal/gazetteer"
	"thuoc/internal/lang"
	"thuoc/internal/run"
	"thuoc/internal/ui"
)

// The frames of provinces: the map until 30 June 2025 and the map since.
const (
	former  = 63
	present = 34
)

// dayOf is a day on which a frame's codes are those of its units.
func dayOf(frame int) clock.Date {
	if frame == present {
		return gazetteer.Merger
	}
	return edition.FormerDay
}

func tableOf(c *edition.Content, frame int) *edition.Table {
	if frame == present {
		return &c.Present
	}
	return &c.Former
}

// latest names the edition of the newest year in an address.
const latest = "latest"

// idForm is an edition's id, or enough of its beginning to tell editions apart.
var idForm = regexp.MustCompile(`^[0-9a-f]{12,64}$`)

// editionAsked finds the edition of the address: by a year, "latest", or its id.
func (q *request) editionAsked() (*edition.Edition, error) {
	name, shelf := q.PathValue("edition"), q.api.Shelf
	if name == latest {
		return shelf.Edition(shelf.Newest())
	}
	if year, err := strconv.Atoi(name); err == nil && len(name) == 4 {
		return shelf.Edition(year)
	}
	if idForm.MatchString(name) {
		e, err := shelf.Find(name)
		if err == nil && e.Manifest.Whose() == run.UNDP || err != nil && fault.KindOf(err) != fault.NotFound {
			return e, err
		}
	}
	return nil, fault.New(fault.NotFound, "There is no edition “%s”. Name a year, “latest”, or the id of an edition.", shown(name))
}

// contents gives the editions a question is about: the one of the address, or those of the years, oldest first.
func (q *request) contents() ([]*edition.Content, error) {
	if q.PathValue("edition") != "" {
		e, err := q.editionAsked()
		if err != nil {
			return nil, err
		}
		c, err := e.Content()
		return []*edition.Content{c}, err
	}
	var all []*edition.Content
	for _, year := range q.api.Shelf.Years() {
		if len(q.years) > 0 && !slices.Contains(q.years, year) {
			continue
		}
		c, err := q.api.Shelf.Content(year)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

func idsOf(all []*edition.Content) (ids []string) {
	for _, c := range all {
		ids = append(ids, c.Edition.ID)
	}
	return ids
}

// editionLine is an edition in the list of editions.
type editionLine struct {
	ID     string     `json:"id"`
	Href   string     `json:"href"`
	Year   int        `json:"year"`
	Index  string     `json:"index"`
	Names  lang.Names `json:"names"`
	Scored int        `json:"provinces_scored"`
	Files  int        `json:"files"`
}

func lineOf(c *edition.Content) editionLine {
	return editionLine{c.Edition.ID, addressOf(c.Edition), c.Year, c.Index, c.Names, c.Scored, len(c.Edition.Manifest.Files) + 1}
}

func addressOf(e *edition.Edition) string { return Prefix + "/editions/" + e.ID }

func (q *request) editions() (*answer, error) {
	all, err := q.contents()
	if err != nil {
		return nil, err
	}
	w := q.window(idsOf(all)...)
	var items []editionLine
	for _, c := range slices.Backward(all) {
		if w.takes() {
			items = append(items, lineOf(c))
		}
	}
	return paged(q, w, items)
}

// editionWhole is all an edition says but its figures and texts.
type editionWhole struct {
	editionLine
	MadeBy   string     `json:"made_by"`
	Code     string     `json:"code_version"`
	Comments lang.Names `json:"comments"`
	Levels   []idNames  `json:"levels"`
	Groups   []idNames  `json:"groups"`
	Sample   sample     `json:"sample"`
	Printed  *label     `json:"printed_interval"`
	Derived  bool       `json:"composite_is_sum_of_dimensions"`
	Least    count      `json:"fewest_answers"`
	Ranks    ranksMade  `json:"rank_ranges"`
	National []national `json:"national"`
	Joining  *joining   `json:"joining"`
	Figures  string     `json:"figures"`
	Cube     string     `json:"cube"`
	Package  string     `json:"datapackage"`
}

// idNames is an id with its name in both languages.
type idNames struct {
	ID    string     `json:"id"`
	Names lang.Names `json:"names"`
}

type (
	sample struct {
		Respondents count       `json:"respondents"`
		Basis       word        `json:"basis"`
		Provinces   count       `json:"provinces"`
		Communes    count       `json:"communes"`
		Villages    count       `json:"villages"`
		Fieldwork   *lang.Names `json:"fieldwork"`
		Note        *lang.Names `json:"note"`
	}
	label struct {
		Label number `json:"label"` // the level its publisher prints
		Level number `json:"level"` // the level it has
	}
	ranksMade struct {
		Level float64 `json:"level"`
		Draws int     `json:"draws"`
		Seed  uint64  `json:"seed"`
	}
	national struct {
		Code    string  `json:"code"`
		Measure string  `json:"measure"`
		Value   float64 `json:"value"`
		Source  string  `json:"source"`
	}
	joining struct {
		Year   int        `json:"population_year"`
		Basis  lang.Names `json:"basis"`
		Source lang.Names `json:"source"`
		Note   lang.Names `json:"note"`
	}
)

// joiningNote says whose the joined values are.
var joiningNote = fault.T("Joined by this site and not by the publisher: the mean of the parts weighted by population, with the error that follows from theirs.")

func inBoth(t fault.Text) lang.Names {
	return lang.Names{VI: lang.Translate(lang.Vi, t), EN: lang.Translate(lang.En, t)}
}

func (q *request) edition() (*answer, error) {
	all, err := q.contents()
	if err != nil {
		return nil, err
	}
	c := all[0]
	at := addressOf(c.Edition)
	s := c.Sample
	whole := editionWhole{editionLine: lineOf(c), MadeBy: c.Edition.Manifest.MadeBy, Code: c.Edition.Manifest.Code, Comments: c.Comments,
		Sample:  sample{count(s.Respondents), word(s.Basis), count(s.Provinces), count(s.Communes), count(s.Villages), named(s.Fieldwork), named(s.Note)},
		Derived: c.Derived, Least: count(c.Least), Ranks: ranksMade(c.Rank), National: []national{},
		Figures: at + "/figures", Cube: at + "/cube.json", Package: at + "/datapackage.json"}
	for _, l := range c.Levels {
		whole.Levels = append(whole.Levels, idNames(l))
	}
	for _, g := range c.Groups {
		whole.Groups = append(whole.Groups, idNames(g))
	}
	if c.Interval.Label > 0 {
		whole.Printed = &label{number(c.Interval.Label), number(c.Interval.Level)}
	}
	for _, n := range c.National {
		whole.National = append(whole.National, national(n))
	}
	if j := c.Joined; j != nil {
		whole.Joining = &joining{j.PopulationYear, j.Basis, j.Source, inBoth(joiningNote)}
	}
	n, err := q.json(whole)
	if err == nil {
		n.location = at
	}
	return n, err
}

// frozen answers with a file as it was frozen. Under the edition's own id its bytes can never be others.
func (q *request) frozen(name string) (*answer, error) {
	e, err := q.editionAsked()
	if err != nil {
		return nil, err
	}
	n, err := frozenFile(e, name)
	if err != nil {
		return nil, err
	}
	if n.forever = q.PathValue("edition") == e.ID; !n.forever {
		n.location = fileAddress(e, name)
	}
	if l, ok := q.api.Shelf.Listed(e.ID); ok && l.CorrectedBy != "" {
		n.forever = false // that it was corrected is told with it
		n.link = "<" + Prefix + "/editions/" + l.CorrectedBy + `>; rel="successor-version"`
	}
	return n, nil
}

// frozenFile is a file of an edition, byte for byte.
func frozenFile(e *edition.Edition, name string) (*answer, error) {
	data, ok := e.File(name)
	if !ok {
		return nil, fault.New(fault.NotFound, "No edition holds this file.")
	}
	return &answer{body: ui.NewBody(fileType(name), data)}, nil
}

func (q *request) manifest() (*answer, error) { return q.frozen(edition.ManifestName) }
func (q *request) file() (*answer, error)     { return q.frozen(q.PathValue("name")) }

// fileLine is a frozen file.
type fileLine struct {
	Name   string `json:"name"`
	Href   string `json:"href"`
	Type   string `json:"media_type"`
	Bytes  int    `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// filesOf lists the files of an edition, the manifest first.
func filesOf(e *edition.Edition) []fileLine {
	manifest, _ := e.File(edition.ManifestName)
	list := []fileLine{{edition.ManifestName, fileAddress(e, edition.ManifestName), typeJSON, len(manifest), e.ID}}
	for _, f := range e.Manifest.Files {
		list = append(list, fileLine{f.Name, fileAddress(e, f.Name), fileType(f.Name), f.Bytes, f.SHA256})
	}
	return list
}

func fileAddress(e *edition.Edition, name string) string { return addressOf(e) + "/files/" + name }

func (q *request) files() (*answer, error) {
	e, err := q.editionAsked()
	if err != nil {
		return nil, err
	}
	items, w := filesOf(e), q.window(e.ID)
	w.limit, w.seen = len(items), len(items) // an edition's files are few
	return paged(q, w, items)
}

func fileType(name string) string {
	switch {
	case strings.HasSuffix(name, ".json"):
		return typeJSON
	case strings.HasSuffix(name, ".csv"):
		return "text/csv; charset=utf-8; header=present"
	case strings.HasSuffix(name, ".yaml"):
		return typeYAML
	case strings.HasSuffix(name, ".md"):
		return "text/markdown; charset=utf-8"
	}
	return "application/octet-stream"
}
