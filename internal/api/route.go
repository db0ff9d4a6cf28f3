package api

import (
	contract "thuoc/docs/api"
	"thuoc/internal/ui"
)

// The parameters of a list, of a list of figures, and of one.
var (
	pages   = []string{keyLimit, keyCursor}
	cells   = []string{keyLevel, keyCode, keyUnit, keyFrame, keyLimit, keyCursor}
	changes = []string{keyLevel, keyCode, keyUnit, keyFrame, keyVerdict, keyLimit, keyCursor}
	groups  = []string{keyLevel, keyCode, keyLimit, keyCursor}
)

// routes is the whole interface. Lists of figures stand twice: in one edition, and over the editions of several years.
var routes []route

func init() { // the list of routes is itself an answer
	routes = []route{
		{path: "/", answer: (*request).start},
		{path: "/openapi.yaml", answer: (*request).contract},
		{path: "/catalogue.jsonld", answer: (*request).catalogue},
		{path: "/editions", takes: pages, answer: (*request).editions},
		{path: "/editions/{edition}", answer: (*request).edition},
		{path: "/editions/{edition}/manifest", answer: (*request).manifest},
		{path: "/editions/{edition}/files", answer: (*request).files},
		{path: "/editions/{edition}/files/{name...}", answer: (*request).file},
		{path: "/editions/{edition}/figures", takes: cells, answer: (*request).figures},
		{path: "/editions/{edition}/changes", takes: changes, answer: (*request).changes},
		{path: "/editions/{edition}/groups", takes: groups, answer: (*request).groups},
		{path: "/editions/{edition}/remarks", takes: pages, answer: (*request).remarks},
		{path: "/editions/{edition}/sources", takes: pages, answer: (*request).sources},
		{path: "/editions/{edition}/datapackage.json", worded: true, answer: (*request).dataPackage},
		{path: "/editions/{edition}/cube.json", takes: []string{keyFrame}, worded: true, answer: (*request).cube},
		{path: "/releases", takes: pages, answer: (*request).releases},
		{path: "/releases/{release}", answer: (*request).release},
		{path: "/releases/{release}/figures", takes: []string{keyCode, keyUnit, keyLimit, keyCursor}, answer: (*request).releaseFigures},
		{path: "/releases/{release}/files/{name...}", answer: (*request).releaseFile},
		{path: "/figures", takes: over(cells), answer: (*request).figures},
		{path: "/changes", takes: over(changes), answer: (*request).changes},
		{path: "/groups", takes: over(groups), answer: (*request).groups},
		{path: "/remarks", takes: over(pages), answer: (*request).remarks},
		{path: "/sources", takes: over(pages), answer: (*request).sources},
		{path: "/indices", takes: pages, answer: (*request).indices},
		{path: "/indices/{index}", answer: (*request).index},
		{path: "/indices/{index}/definition.yaml", answer: (*request).definition},
		{path: "/units", takes: []string{keyOn, keyLevel, keyParent, keyCode, keyLimit, keyCursor}, answer: (*request).units},
		{path: "/units/{unit}", takes: []string{keyOn}, answer: (*request).unit},
		{path: "/search", takes: []string{keyQuery, keyOn, keyLimit}, answer: (*request).search},
	}
}

// over adds the choice of years to the parameters of one edition.
func over(takes []string) []string { return append([]string{keyYear}, takes...) }

// start is where a program begins to read.
type start struct {
	OpenAPI   string   `json:"openapi"`
	Catalogue string   `json:"catalogue"`
	Newest    int      `json:"newest_year"`
	Routes    []string `json:"routes"`
}

func (q *request) start() (*answer, error) {
	s := start{OpenAPI: Prefix + "/openapi.yaml", Catalogue: Prefix + "/catalogue.jsonld", Newest: q.api.Shelf.Newest()}
	for i := range routes {
		s.Routes = append(s.Routes, Prefix+routes[i].path)
	}
	return q.json(s)
}

func (q *request) contract() (*answer, error) {
	return &answer{body: ui.NewBody(typeYAML, contract.OpenAPI)}, nil
}
