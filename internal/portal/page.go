package portal

import (
	"cmp"
	"html/template"
	"slices"

	"thuoc/internal/chart"
	"thuoc/internal/edition"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/table"
	"thuoc/internal/ui"
)

// page is what a page function gives: words, figures and the struct its template reads.
type page struct {
	template string
	title    string // of the window; for a figure its finding
	name     string // in the crumbs; the title when empty
	desc     string
	crumbs   []ui.Link
	nav      string // the entry of the main navigation it belongs to
	figures  []*figure
	body     any
	live     bool
	others   []ui.Rendition // for programs
	cautions []ui.Caution   // besides those of the published years it shows
	to       string         // go there instead
	raw      *cached        // answer with this instead
}

// figure is a drawing with its table: whatever is shown can be had as data and as a picture.
type figure struct {
	ui.Figure
	Key      []legendRow // of a map
	Drawings []drawing   // for the page: one, or a wide and a narrow one
	scene    func() *chart.Scene
	records  func() *table.Records
}

// foot is what stands under a picture that travels alone: how to read it and where it comes from.
func (f *figure) foot() []string {
	if f.Note == "" {
		return []string{f.Source}
	}
	return []string{f.Note, f.Source}
}

// drawing is inline SVG for a width of its container.
type drawing struct {
	Class string // "w", "n", or "" for every width
	SVG   template.HTML
}

// drawn makes the inline SVG of a scene. The chart package writes classes and attributes, never styles.
func drawn(class string, s *chart.Scene) drawing { return drawing{class, template.HTML(s.SVG())} }

// wideAndNarrow draws one figure for both kinds of container.
func wideAndNarrow(draw func(width float64) *chart.Scene) []drawing {
	wide, narrow := draw(wideWidth), draw(narrowWidth)
	wide.ID, narrow.ID = wide.ID+"-w", narrow.ID+"-n"
	return []drawing{drawn("w", wide), drawn("n", narrow)}
}

// The widths figures are drawn for, in CSS pixels: a figure beside a column of text, and a phone.
const (
	wideWidth   = 720
	asideWidth  = 420
	narrowWidth = 350
	fileWidth   = 900
)

// finish adds to a figure what follows from the view: its source line and the files it can be had as.
func (v *view) finish(f *figure, c *edition.Content) *figure {
	if f.Source == "" && c != nil {
		f.Source = v.sourceLine(c)
	}
	if f.Level == 0 {
		f.Level = 2
	}
	for _, format := range formats {
		if (format == "svg" || format == "png") && f.scene == nil {
			continue
		}
		f.Tools = append(f.Tools, ui.Link{Text: formatNames[format], Href: v.fileAddress(f, format)})
	}
	f.Tools = append(f.Tools, ui.Link{Text: v.t("Embed"), Href: v.fileAddress(f, "embed")})
	return f
}

var formatNames = map[string]string{"csv": "CSV", "xlsx": "XLSX", "svg": "SVG", "png": "PNG"}

func (v *view) fileAddress(f *figure, format string) string {
	return v.with(func(w *view) { w.format, w.draw = format, f.ID }).address()
}

// sourceLine says where figures come from, on how many people they rest and which edition holds them.
func (v *view) sourceLine(c *edition.Content) string {
	n := v.t("number of respondents not found")
	if c.Sample.Respondents > 0 {
		n = v.t("n = %s people interviewed nationwide", lang.Count(v.lang, c.Sample.Respondents))
	}
	line := v.t("Source: PAPI %d (UNDP, CECODES, VFF-CRT, RTA). Survey of %d, %s. Edition %s.", c.Year, c.Year, n, c.Edition.Short())
	if l, ok := v.portal.Shelf.Listed(c.Edition.ID); ok && l.Corrects != "" {
		line += " " + v.t("It corrects edition %s.", l.Corrects[:min(12, len(l.Corrects))])
	}
	return line
}

// corrections are the cautions of every edition of published results whose figures the page shows: of the year of the
// view, or of all years where a page shows them side by side.
func (v *view) corrections() (all []ui.Caution) {
	if v.year == 0 && v.route.name != "series" {
		return nil
	}
	for _, year := range v.portal.Shelf.Years() {
		if v.year != 0 && v.year != year {
			continue
		}
		if l, ok := v.portal.Shelf.OfYear(year); ok {
			all = append(all, v.cautions(l)...)
		}
	}
	return all
}

// pick finds the figure a file or an embedding asks for: the first when the address leaves it open.
func (v *view) pick(pg *page) (*figure, error) {
	if v.draw == "" && len(pg.figures) > 0 {
		return pg.figures[0], nil
	}
	i := slices.IndexFunc(pg.figures, func(f *figure) bool { return f.ID == v.draw })
	if i < 0 {
		return nil, fault.New(fault.NotFound, "This page has no figure “%s”.", v.draw)
	}
	return pg.figures[i], nil
}

// render writes a page with everything around it.
func (p *Portal) render(v *view, pg *page) (*ui.Body, error) {
	return p.write(pg.template, &ui.Page{Lang: v.lang, Title: pg.title, Description: pg.desc, Address: v.address(), Canonical: p.Base + v.address(), Twin: v.twin(),
		Crumbs: v.crumbs(pg), Chrome: v.chrome(pg.nav), Live: pg.live, Others: pg.others, Cautions: append(v.corrections(), pg.cautions...), Body: pg.body})
}

// renderEmbedded writes one figure alone.
func (p *Portal) renderEmbedded(v *view, pg *page) (*ui.Body, error) {
	f, err := v.pick(pg)
	if err != nil {
		return nil, err
	}
	whole := v.with(func(w *view) { w.format, w.draw = "", "" })
	if len(f.Drawings) == 0 && f.scene != nil {
		f.Drawings = []drawing{drawn("", f.scene())}
	}
	return p.write("embed", &ui.Page{Lang: v.lang, Title: f.Title, Bare: true, Chrome: v.chrome(""),
		Body: embedPage{Figure: f, Tiled: v.look == lookTiles, Whole: ui.Link{Href: whole.address(), Text: v.t("Open the whole page")}}})
}

// embedPage is a figure by itself.
type embedPage struct {
	Figure *figure
	Tiled  bool
	Whole  ui.Link
}

func (p *Portal) write(name string, page *ui.Page) (*ui.Body, error) {
	b, err := p.pages.Render(name, page)
	if err != nil {
		return nil, err
	}
	return ui.NewBody("text/html; charset=utf-8", b), nil
}

// crumbs puts the home page before the page's own way.
func (v *view) crumbs(pg *page) []ui.Link {
	if v.route.name == "home" || v.route.name == "map" {
		return nil
	}
	way := append([]ui.Link{{Href: v.to("home", "").address(), Text: v.t("Home")}}, pg.crumbs...)
	return append(way, ui.Link{Text: cmp.Or(pg.name, pg.title), Current: true})
}
