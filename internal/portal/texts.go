package portal

import (
	"bytes"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"

	"thuoc/internal/edition"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/ui"
)

// textPage is a text of an edition, with lists that follow from its figures.
type textPage struct {
	Title, Lead string
	Text        template.HTML
	Defects     []defectRow
	Breaks      []breakGroup
	Sources     []edition.Source
	Definitions []ui.Link
}

// defectRow is something known to be wrong, derived or explained in published figures.
type defectRow struct {
	Years, Text, Sources string
}

// breakGroup is a year with what changed in it.
type breakGroup struct {
	Year  int
	Items []string
}

// clean lets through what Markdown makes and nothing that runs or loads.
var clean = func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "code", "blockquote", "br", "hr")
	p.AllowRelativeURLs(true)
	p.AllowURLSchemes("https", "http")
	p.AllowAttrs("href").OnElements("a")
	return p
}()

// markdown turns a frozen text into HTML. Raw HTML in it is dropped, and so is everything that could run or load.
func markdown(text string) (template.HTML, error) {
	var b bytes.Buffer
	if err := goldmark.Convert([]byte(text), &b); err != nil {
		return "", err
	}
	return template.HTML(clean.SanitizeBytes(b.Bytes())), nil
}

// text gives a text of the newest edition in the view's language.
func (v *view) text(name string) (template.HTML, *edition.Content, error) {
	c, err := v.content()
	if err != nil {
		return "", nil, err
	}
	text, ok := c.Texts[name+"."+string(v.lang)]
	if !ok {
		return "", nil, fault.New(fault.NotFound, "The edition has no text “%s”.", name)
	}
	html, err := markdown(text)
	return html, c, err
}

func (p *Portal) methods(v *view) (*page, error) {
	html, _, err := v.text("methods")
	if err != nil {
		return nil, err
	}
	body := textPage{Title: v.t("Methods"), Lead: v.t("How the figures came about, how sure they are, and what is wrong in the published files."), Text: html}
	if body.Defects, body.Breaks, body.Sources, err = v.record(); err != nil {
		return nil, err
	}
	return &page{template: "text", title: body.Title, desc: body.Lead, nav: "methods", body: body}, nil
}

// record gathers the defects, breaks and sources of all editions.
func (v *view) record() (defects []defectRow, breaks []breakGroup, sources []edition.Source, err error) {
	at, seen := map[string]int{}, map[string]bool{}
	for _, y := range v.portal.Shelf.Years() {
		c, err := v.portal.Shelf.Content(y)
		if err != nil {
			return nil, nil, nil, err
		}
		for _, r := range c.Remarks {
			i, ok := at[r.Key]
			if !ok {
				i = len(defects)
				at[r.Key] = i
				defects = append(defects, defectRow{Text: r.Text.In(v.lang), Sources: strings.Join(r.Sources, ", ")})
			}
			defects[i].Years = joinYears(defects[i].Years, y)
		}
		if b := v.breaksIn(c); len(b.Items) > 0 {
			breaks = append(breaks, b)
		}
		for _, s := range c.Sources {
			if !seen[s.Key] {
				seen[s.Key] = true
				sources = append(sources, s)
			}
		}
	}
	return defects, breaks, sources, nil
}

// joinYears appends a year to a list of years; a run is written with its ends.
func joinYears(list string, year int) string {
	y := strconv.Itoa(year)
	i := strings.LastIndexAny(list, ", –")
	last := list
	if i >= 0 {
		last = strings.TrimLeft(list[i:], ", –")
	}
	switch {
	case list == "":
		return y
	case last != strconv.Itoa(year-1):
		return list + ", " + y
	case strings.Contains(list, "–") && strings.LastIndex(list, "–") > strings.LastIndex(list, ","):
		return strings.TrimSuffix(list, last) + y
	}
	return list + "–" + y
}

// breaksIn lists the nodes of a year that do not compare with the year before for a reason of their own.
func (v *view) breaksIn(c *edition.Content) breakGroup {
	g := breakGroup{Year: c.Year}
	byReason := map[string]int{}
	for _, n := range c.Nodes {
		if n.Compare.Verdict == "" || n.Compare.Verdict == "same" || n.Compare.Because != "" && n.Compare.Because != n.Code || n.Level == "indicator" {
			continue
		}
		why := n.Compare.Reason.In(v.lang)
		if i, ok := byReason[why]; ok {
			g.Items[i] = n.Code + ", " + g.Items[i]
			continue
		}
		byReason[why] = len(g.Items)
		g.Items = append(g.Items, n.Code+": "+why)
	}
	return g
}

func (p *Portal) faq(v *view) (*page, error) { return v.plainText("faq", v.t("Questions and answers")) }

func (p *Portal) access(v *view) (*page, error) {
	return v.plainText("access", v.t("Accessibility statement"))
}

func (v *view) plainText(name, title string) (*page, error) {
	html, _, err := v.text(name)
	if err != nil {
		return nil, err
	}
	return &page{template: "text", title: title, desc: title, nav: name, body: textPage{Title: title, Text: html}}, nil
}

// dataPage lists the editions with their files.
type dataPage struct {
	Title, Lead string
	Programs    []ui.Rendition // where programs find the same
	Editions    []editionRow
	Columns     []fact
}

// editionRow is an edition with its files.
type editionRow struct {
	Year   int
	Index  string
	ID     string
	Scored int
	Former fileRow // the edition that it corrects, where it does
	Reason string  // what it corrects, and why
	Files  []fileRow
	Forms  []ui.Rendition
}

// fileRow is one frozen file.
type fileRow struct{ Href, Name, Size, Sum string }

func (p *Portal) data(v *view) (*page, error) {
	body := dataPage{Title: v.t("Open data"), Lead: v.t("Every edition with all its files. Numbers use points, dates are ISO, text is UTF-8. The figures are published by UNDP and partners: cite PAPI. What this site adds (errors, joinings, texts) may be used freely.")}
	years := p.Shelf.Years()
	for i := len(years) - 1; i >= 0; i-- {
		c, err := p.Shelf.Content(years[i])
		if err != nil {
			return nil, err
		}
		row := editionRow{Year: c.Year, Index: c.Index, ID: c.Edition.ID, Scored: c.Scored, Forms: v.forms("/editions/"+c.Edition.ID, "/datapackage.json", "/cube.json")}
		if former := c.Edition.Manifest.Corrects; former != "" {
			row.Reason = c.Edition.Manifest.Reason
			row.Former = fileRow{Href: v.to("file", former+"/"+edition.ManifestName).address(), Name: former[:min(12, len(former))]}
			if _, gone := p.Shelf.Find(former); gone != nil {
				row.Former.Href = "" // withdrawn meanwhile
			}
		}
		for _, f := range append([]edition.File{{Name: edition.ManifestName}, {Name: edition.SealName}}, c.Edition.Manifest.Files...) {
			data, _ := c.Edition.File(f.Name)
			row.Files = append(row.Files, fileRow{Href: v.to("file", c.Edition.ID+"/"+f.Name).address(), Name: f.Name, Size: v.bytes(len(data)), Sum: f.SHA256})
		}
		body.Editions = append(body.Editions, row)
	}
	body.Columns = v.columns()
	body.Programs = v.forms("", "", "/openapi.yaml", "/catalogue.jsonld")
	others := slices.Concat(body.Programs, v.forms("/editions/latest", "/datapackage.json", "/cube.json"))
	return &page{template: "data", title: body.Title, desc: body.Lead, nav: "data", others: others, body: body}, nil
}

// forms are answers of the interface for programs under a path, none where there is no such interface.
func (v *view) forms(under string, names ...string) (list []ui.Rendition) {
	if v.portal.API == "" {
		return nil
	}
	for _, name := range names {
		f := ui.Rendition{Type: "application/json", Href: v.portal.API + under + name}
		switch name {
		case "":
			f.Title = v.t("Interface for programs (JSON)")
		case "/openapi.yaml":
			f.Type, f.Title = "application/yaml", v.t("Its description (OpenAPI)")
		case "/catalogue.jsonld":
			f.Type, f.Title = "application/ld+json", v.t("Catalogue of the editions (DCAT)")
		case "/datapackage.json":
			f.Href, f.Title = f.Href+"?lang="+string(v.lang), v.t("Data package (Frictionless)")
		case "/cube.json":
			f.Href, f.Title = f.Href+"?lang="+string(v.lang), v.t("Cube (JSON-stat)")
		}
		list = append(list, f)
	}
	return list
}

func (v *view) bytes(n int) string {
	if n < 1<<20 {
		return v.t("%s KB", lang.Number(v.lang, float64(n)/1024, 0))
	}
	return v.t("%s MB", lang.Number(v.lang, float64(n)/(1<<20), 1))
}

// columns is the codebook of the tables of provinces.
func (v *view) columns() []fact {
	return []fact{
		{"unit", v.t("code of the province in the map of the file's name")},
		{"code", v.t("node of the index, in the framework of the year")},
		{"status", v.t("ok, partial, not-published, suppressed or missing")},
		{"value, se", v.t("value and standard error; an empty cell is not known")},
		{"lo, hi, level", v.t("proper interval and its level")},
		{"printed_lo, printed_hi", v.t("limits as printed; their true level stands in content.json")},
		{"n", v.t("people who answered")},
		{"mark", v.t("exact: computed from its parts; published: taken as printed; given: an input")},
		{"group, sure, shares", v.t("group 1 (lowest) to 4, its probability, the probabilities of all groups from the highest")},
		{"rank, of, rank_lo, rank_hi", v.t("order by value, of how many, and the ranks it may truly have at %s", v.level())},
		{"from_year, from, change, change_relative, change_se", v.t("against the year before")},
		{"verdict", v.t("up, down, no-evidence, not-testable or not-comparable, by the test")},
		{"five_percent", v.t("up, down or still by the publisher's rule of five per cent, which is no test")},
		{"why, error_why, change_why", v.t("id of a sentence in content.json")},
		{"note, source", v.t("key of a remark and of a source in content.json")},
	}
}

// file gives a file of an edition as it was frozen.
func (p *Portal) file(v *view) (*page, error) {
	id, name, _ := strings.Cut(v.arg, "/")
	e, err := p.Shelf.Find(id)
	if err != nil {
		return nil, err
	}
	if data, ok := e.File(name); ok && e.ID == id {
		return &page{raw: &cached{body: ui.NewBody(fileType(name), data)}}, nil
	}
	return nil, fault.New(fault.NotFound, "No edition holds this file.")
}

func fileType(name string) string {
	switch {
	case strings.HasSuffix(name, ".json"):
		return "application/json"
	case strings.HasSuffix(name, ".csv"):
		return "text/csv; charset=utf-8; header=present"
	}
	return "text/plain; charset=utf-8"
}
