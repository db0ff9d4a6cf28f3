package api

import (
	"strconv"
	"strings"

	"thuoc/internal/edition"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
)

// dataPackage describes an edition to Frictionless tools (datapackage.org, version 2): every file, and the columns of
// the tables. Paths are relative to the descriptor's address.
type dataPackage struct {
	Schema       string        `json:"$schema"`
	Name         string        `json:"name"`
	ID           string        `json:"id"`
	Title        string        `json:"title"`
	Description  string        `json:"description"`
	Version      string        `json:"version"`
	Sources      []titled      `json:"sources"`
	Contributors []contributor `json:"contributors"`
	Resources    []resource    `json:"resources"`
}

type (
	titled struct {
		Title string `json:"title"`
	}
	contributor struct {
		Title string   `json:"title"`
		Roles []string `json:"roles"`
	}
	resource struct {
		Name        string       `json:"name"`
		Type        string       `json:"type,omitempty"`
		Path        string       `json:"path"`
		Title       string       `json:"title,omitempty"`
		Description string       `json:"description,omitempty"`
		Format      string       `json:"format"`
		MediaType   string       `json:"mediatype"`
		Encoding    string       `json:"encoding"`
		Bytes       int          `json:"bytes"`
		Hash        string       `json:"hash"`
		Schema      *tableSchema `json:"schema,omitempty"`
	}
	tableSchema struct {
		Fields  []field  `json:"fields"`
		Missing []string `json:"missingValues"`
		Primary []string `json:"primaryKey"`
	}
	field struct {
		Name        string      `json:"name"`
		Type        string      `json:"type"`
		Description string      `json:"description"`
		Constraints *constraint `json:"constraints,omitempty"`
	}
	constraint struct {
		Required bool     `json:"required,omitempty"`
		Enum     []string `json:"enum,omitempty"`
	}
)

// publishedBy says whose figures these are.
var publishedBy = fault.T("PAPI, published by UNDP, CECODES, VFF-CRT and RTA. Errors, joinings and texts are added by this site.")

// publishers are who made the survey and printed its results.
var publishers = []string{"UNDP", "CECODES", "VFF-CRT", "RTA"}

func (q *request) dataPackage() (*answer, error) {
	all, err := q.contents()
	if err != nil {
		return nil, err
	}
	c := all[0]
	p := dataPackage{Schema: "https://datapackage.org/profiles/2.0/datapackage.json", Name: c.Index + "-results-" + strconv.Itoa(c.Year), ID: c.Edition.ID,
		Title: c.Names.In(q.lang) + " " + strconv.Itoa(c.Year), Description: q.say(publishedBy), Version: strconv.Itoa(c.Edition.Manifest.Format) + ".0.0", Sources: []titled{}}
	for _, s := range c.Sources {
		p.Sources = append(p.Sources, titled{s.Title.In(q.lang)})
	}
	for _, name := range publishers {
		p.Contributors = append(p.Contributors, contributor{name, []string{"creator"}})
	}
	for _, f := range filesOf(c.Edition) {
		p.Resources = append(p.Resources, q.resource(f))
	}
	return q.json(p)
}

func (q *request) resource(f fileLine) resource {
	base, format, _ := strings.Cut(f.Name, ".")
	if i := strings.LastIndex(format, "."); i >= 0 { // a text in a language: "methods.vi.md"
		base, format = base+"-"+format[:i], format[i+1:]
	}
	mediaType, _, _ := strings.Cut(f.Type, ";")
	r := resource{Name: strings.ReplaceAll(base, "/", "-"), Path: "files/" + f.Name, Format: format, MediaType: mediaType, Encoding: "utf-8",
		Bytes: f.Bytes, Hash: "sha256:" + f.SHA256}
	if format == "csv" {
		r.Type, r.Title, r.Schema = "table", q.say(tableTitle(f.Name)), q.schema()
		if f.Name == edition.PresentTable {
			r.Description = q.say(joiningNote)
		}
	}
	return r
}

// tableTitle names a table of an edition.
func tableTitle(file string) fault.Text {
	if file == edition.PresentTable {
		return fault.T("34 provinces since 1 July 2025, joined")
	}
	return fault.T("63 provinces until 30 June 2025")
}

// schema is the codebook of the tables, as the edition has it.
func (q *request) schema() *tableSchema {
	s := &tableSchema{Missing: []string{""}, Primary: []string{"unit", "code"}}
	for _, c := range edition.Columns() {
		f := field{Name: c.Name, Type: c.Type, Description: lang.Translate(q.lang, c.About)}
		if c.Name == "unit" || c.Name == "code" || c.Name == "status" || c.Only != nil {
			f.Constraints = &constraint{Required: c.Name == "unit" || c.Name == "code" || c.Name == "status", Enum: c.Only}
		}
		s.Fields = append(s.Fields, f)
	}
	return s
}
