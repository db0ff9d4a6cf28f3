package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"thuoc/internal/edition"
)

func sumOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// packageRead is a data package, as far as the specification requires it (datapackage.org/standard).
type packageRead struct {
	Schema    string `json:"$schema"`
	Name      string
	Resources []struct {
		Name, Path, Type, Format, MediaType, Encoding, Hash string
		Bytes                                               int
		Schema                                              *struct {
			Fields []struct {
				Name, Type, Description string
				Constraints             struct {
					Required bool
					Enum     []string
				}
			}
			MissingValues, PrimaryKey []string
		}
	}
}

// TestDataPackage holds the descriptor to the standard's required fields, and the files to the descriptor: every path
// leads to a file of that size and hash, every row of a table fits its schema, and no key comes twice.
func TestDataPackage(t *testing.T) {
	for _, year := range []string{"2011", "2019", "2024"} {
		at := Prefix + "/editions/" + year + "/datapackage.json"
		p := read[packageRead](t, get(t, at))
		if p.Schema != "https://datapackage.org/profiles/2.0/datapackage.json" || len(p.Resources) == 0 {
			t.Fatalf("%s: %+v", year, p)
		}
		base, _ := url.Parse(at)
		names := map[string]bool{}
		tables := 0
		for _, r := range p.Resources {
			if !regexp.MustCompile(`^[a-z0-9._/-]+$`).MatchString(r.Name) || names[r.Name] || strings.HasPrefix(r.Path, "/") || strings.Contains(r.Path, "..") {
				t.Errorf("%s: name %q or path %q is not allowed, or the name comes twice", year, r.Name, r.Path)
			}
			names[r.Name] = true
			to, err := base.Parse(r.Path)
			if err != nil {
				t.Fatal(err)
			}
			w := get(t, to.String())
			if w.Body.Len() != r.Bytes || r.Hash != "sha256:"+sumOf(w.Body.Bytes()) || !strings.HasPrefix(w.Header().Get("Content-Type"), r.MediaType) {
				t.Errorf("%s: %s is not the file described", year, r.Path)
			}
			if r.Schema == nil {
				continue
			}
			tables++
			if r.Type != "table" || !slices.Equal(r.Schema.PrimaryKey, []string{"unit", "code"}) {
				t.Errorf("%s: %s is a %q keyed by %v", year, r.Name, r.Type, r.Schema.PrimaryKey)
			}
			rows, err := csv.NewReader(bytes.NewReader(w.Body.Bytes())).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			keys := map[string]bool{}
			for n, row := range rows {
				if len(row) != len(r.Schema.Fields) {
					t.Fatalf("%s: line %d has %d cells for %d fields", r.Path, n+1, len(row), len(r.Schema.Fields))
				}
				if n > 0 && keys[row[0]+" "+row[1]] {
					t.Errorf("%s: the key of line %d came before", r.Path, n+1)
				}
				keys[row[0]+" "+row[1]] = true
				for i, f := range r.Schema.Fields {
					cell := row[i]
					var bad error
					switch {
					case n == 0 && (cell != f.Name || f.Description == ""):
						t.Errorf("%s: column %d is %q, described as %q: %q", r.Path, i, cell, f.Name, f.Description)
					case n == 0:
					case cell == "" && f.Constraints.Required, cell != "" && len(f.Constraints.Enum) > 0 && !slices.Contains(f.Constraints.Enum, cell):
						t.Errorf("%s:%d: %s is %q", r.Path, n+1, f.Name, cell)
					case cell == "":
					case f.Type == "number":
						_, bad = strconv.ParseFloat(cell, 64)
					case f.Type == "integer":
						_, bad = strconv.Atoi(cell)
					case f.Type != "string":
						t.Fatalf("%s: type %q", f.Name, f.Type)
					}
					if bad != nil {
						t.Errorf("%s:%d: %s: %v", r.Path, n+1, f.Name, bad)
					}
				}
			}
		}
		if tables != 2 {
			t.Errorf("%s: %d tables", year, tables)
		}
	}
}

// TestCube holds the cube to JSON-stat 2.0 (json-stat.org/full) and its numbers to the edition's cells.
func TestCube(t *testing.T) {
	type cubeRead struct {
		Version, Class, Label, Source, Href string
		ID                                  []string
		Size                                []int
		Role                                map[string][]string
		Dimension                           map[string]struct {
			Label    string
			Category struct {
				Index []string
				Label map[string]string
				Child map[string][]string
			}
		}
		Value  []*float64
		Status map[string]string
	}
	for _, frame := range []int{former, present} {
		c, err := shelf.Content(2022)
		if err != nil {
			t.Fatal(err)
		}
		table := tableOf(c, frame)
		b := read[cubeRead](t, get(t, Prefix+"/editions/2022/cube.json?frame="+strconv.Itoa(frame)))
		if b.Version != "2.0" || b.Class != "dataset" || b.Label == "" || b.Source == "" || b.Href == "" {
			t.Errorf("%+v", b)
		}
		product := 1
		for i, id := range b.ID {
			d, ok := b.Dimension[id]
			if !ok || d.Label == "" || len(d.Category.Index) != b.Size[i] || len(d.Category.Label) != b.Size[i] {
				t.Errorf("dimension %q has %d categories and %d labels, its size is %d", id, len(d.Category.Index), len(d.Category.Label), b.Size[i])
			}
			for whole, parts := range d.Category.Child {
				for _, code := range append(parts, whole) {
					if d.Category.Label[code] == "" {
						t.Errorf("%s: %q is part or whole but no category", id, code)
					}
				}
			}
			product *= b.Size[i]
		}
		if len(b.ID) != len(b.Size) || len(b.Dimension) != len(b.ID) || len(b.Value) != product {
			t.Fatalf("%d dimensions, %d sizes, %d values for %d", len(b.ID), len(b.Size), len(b.Value), product)
		}
		for _, ids := range b.Role {
			for _, id := range ids {
				if !slices.Contains(b.ID, id) {
					t.Errorf("the role of %q", id)
				}
			}
		}
		nodes, units := b.Dimension[dimNode].Category.Index, b.Dimension[dimUnit].Category.Index
		for i, v := range b.Value {
			if (v == nil) != (b.Status[strconv.Itoa(i)] != "" && b.Status[strconv.Itoa(i)] != "partial") {
				t.Errorf("place %d is %v with the status %q", i, v, b.Status[strconv.Itoa(i)])
			}
			if v == nil {
				continue
			}
			cell := table.Cell(nodes[i/len(units)%len(nodes)], units[i%len(units)])
			want := cell.Value
			if i >= product/2 {
				want = cell.SE
			}
			if *v != want {
				t.Errorf("place %d is %v, the edition has %v", i, *v, want)
			}
		}
	}
}

// linked is a node of JSON-LD by its terms.
type linked = map[string]any

// TestCatalogue holds the catalogue to the mandatory properties of DCAT-AP 3.0 (Catalogue, Dataset, Distribution, Data
// Service, Agent, Checksum) and to the properties it recommends that we know; every file it names is there, with the size
// and checksum it states.
func TestCatalogue(t *testing.T) {
	w := get(t, Prefix+"/catalogue.jsonld")
	if w.Header().Get("Content-Type") != typeJSONLD {
		t.Errorf("type %q", w.Header().Get("Content-Type"))
	}
	c := read[linked](t, w)
	need := func(what string, o linked, kind string, terms ...string) {
		t.Helper()
		if o["@type"] != kind {
			t.Errorf("%s is a %v", what, o["@type"])
		}
		for _, term := range terms {
			if o[term] == nil {
				t.Errorf("%s has no %s", what, term)
			}
		}
		for term := range maps.Keys(o) {
			prefix, _, found := strings.Cut(term, ":")
			if found && c["@context"].(linked)[prefix] == nil {
				t.Errorf("%s: the context has no %s", what, prefix)
			}
		}
	}
	need("the catalogue", c, "dcat:Catalog", "@id", "dct:title", "dct:description", "dct:publisher", "dct:language", "dct:spatial", "foaf:homepage", "dcat:dataset", "dcat:service")
	need("the publisher", c["dct:publisher"].(linked), "foaf:Agent", "foaf:name")
	service := c["dcat:service"].(linked)
	need("the service", service, "dcat:DataService", "dct:title", "dcat:endpointURL", "dcat:endpointDescription", "dcat:servesDataset")
	datasets := c["dcat:dataset"].([]any)
	if len(datasets) != len(shelf.Years()) || len(service["dcat:servesDataset"].([]any)) != len(datasets) {
		t.Errorf("%d datasets", len(datasets))
	}
	for _, d := range datasets {
		d := d.(linked)
		need("a dataset", d, "dcat:Dataset", "@id", "dct:title", "dct:description", "dct:identifier", "dct:creator", "dct:publisher", "dct:temporal", "dct:spatial", "dcat:theme", "dcat:keyword", "dcat:distribution")
		need("a period", d["dct:temporal"].(linked), "dct:PeriodOfTime", "dcat:startDate", "dcat:endDate")
		for _, x := range d["dcat:distribution"].([]any) {
			x := x.(linked)
			need("a distribution", x, "dcat:Distribution", "@id", "dct:title", "dcat:accessURL", "dcat:mediaType", "dct:rights")
			w := get(t, x["dcat:accessURL"].(linked)["@id"].(string))
			if w.Code != 200 {
				t.Errorf("%s is answered by %d", x["@id"], w.Code)
			}
			if sum, ok := x["spdx:checksum"].(linked); ok {
				need("a checksum", sum, "spdx:Checksum", "spdx:algorithm", "spdx:checksumValue")
				if sum["spdx:checksumValue"].(linked)["@value"] != sumOf(w.Body.Bytes()) || x["dcat:byteSize"].(linked)["@value"] != strconv.Itoa(w.Body.Len()) {
					t.Errorf("%s is not the file described", x["@id"])
				}
			}
		}
	}
}

// TestWholeAddresses: a site that knows its own address gives whole ones.
func TestWholeAddresses(t *testing.T) {
	a := newAPI(site().Now)
	a.Base = "https://results.example.org"
	q := &request{Request: httptest.NewRequest("GET", Prefix+"/catalogue.jsonld", nil), api: a, route: &route{}}
	q.parse()
	n, err := q.catalogue()
	if err != nil {
		t.Fatal(err)
	}
	var c linked
	if err := json.Unmarshal(n.body.Bytes, &c); err != nil {
		t.Fatal(err)
	}
	if c["@id"] != "https://results.example.org/api/v1/catalogue.jsonld" || bytes.Contains(n.body.Bytes, []byte(`"/api`)) {
		t.Errorf("the catalogue at %v holds relative addresses", c["@id"])
	}
}

// TestColumnsAreAll: the codebook has every column, and the tables have no other.
func TestColumnsAreAll(t *testing.T) {
	c, err := shelf.Content(2023)
	if err != nil {
		t.Fatal(err)
	}
	data, _ := c.Edition.File(edition.FormerTable)
	head, _, _ := strings.Cut(string(data), "\n")
	var names []string
	for _, col := range edition.Columns() {
		names = append(names, col.Name)
	}
	if strings.Join(names, ",") != head {
		t.Errorf("the codebook has %v, the table %s", names, head)
	}
}
