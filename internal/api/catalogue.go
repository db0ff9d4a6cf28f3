package api

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"thuoc/internal/edition"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
)

// object is a node of JSON-LD.
type object map[string]any

// The vocabularies of DCAT-AP 3 and the terms of the EU's authority tables it asks for.
var context = object{
	"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/", "foaf": "http://xmlns.com/foaf/0.1/",
	"spdx": "http://spdx.org/rdf/terms#", "xsd": "http://www.w3.org/2001/XMLSchema#", "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
}

const (
	country   = "http://publications.europa.eu/resource/authority/country/VNM"
	theme     = "http://publications.europa.eu/resource/authority/data-theme/GOVE"
	languages = "http://publications.europa.eu/resource/authority/language/"
	mediaType = "https://www.iana.org/assignments/media-types/"
	jsonStat  = "https://json-stat.org/full/"
	openAPI   = "https://spec.openapis.org/oas/v3.1.1.html"
)

// catalogue describes every edition as a dataset with its files, and the interface that serves them, by DCAT-AP 3.
// Addresses are whole where the site's own is known, else relative to the catalogue's.
func (q *request) catalogue() (*answer, error) {
	all, err := q.contents()
	if err != nil {
		return nil, err
	}
	at := func(path string) object { return object{"@id": q.api.Base + path} }
	var datasets, served []object
	for _, c := range slices.Backward(all) {
		datasets = append(datasets, q.dataset(c))
		served = append(served, at(addressOf(c.Edition)))
	}
	for _, l := range slices.Backward(q.api.Shelf.Released()) {
		if l.State != edition.Public {
			continue
		}
		set, err := q.releaseSet(l)
		if err != nil {
			return nil, err
		}
		datasets, served = append(datasets, set), append(served, at(releaseAddress(l.Hash)))
	}
	service := object{
		"@id": q.api.Base + Prefix, "@type": "dcat:DataService",
		"dct:title":        both(inBoth(fault.T("Interface for programs"))),
		"dcat:endpointURL": at(Prefix), "dcat:endpointDescription": at(Prefix + "/openapi.yaml"),
		"dct:conformsTo":     object{"@id": openAPI},
		"dcat:servesDataset": served, "dct:accessRights": public, "dct:publisher": publisher(),
	}
	return encode(typeJSONLD, object{
		"@context": context, "@id": q.api.Base + Prefix + "/catalogue.jsonld", "@type": "dcat:Catalog",
		"dct:title":       both(inBoth(fault.T("Published PAPI results, with their errors"))),
		"dct:description": both(inBoth(publishedBy)),
		"dct:publisher":   publisher(), "dct:language": tongues, "dct:spatial": object{"@id": country},
		"foaf:homepage": object{"@id": q.api.Base + "/"},
		"dcat:dataset":  datasets, "dcat:service": service,
	})
}

var (
	public  = object{"@id": "http://publications.europa.eu/resource/authority/access-right/PUBLIC"}
	tongues = []object{{"@id": languages + "VIE"}, {"@id": languages + "ENG"}}
)

// publisher is who publishes the catalogue: whoever runs the program, known by its address.
func publisher() object {
	return object{"@type": "foaf:Agent", "foaf:name": both(inBoth(fault.T("Thước, the open portal")))}
}

// both writes a name in both languages.
func both(n lang.Names) []object {
	return []object{{"@value": n.VI, "@language": "vi"}, {"@value": n.EN, "@language": "en"}}
}

func (q *request) dataset(c *edition.Content) object {
	year := strconv.Itoa(c.Year)
	title := lang.Names{VI: c.Names.VI + " " + year, EN: c.Names.EN + " " + year}
	var makers []object
	for _, name := range publishers {
		makers = append(makers, object{"@type": "foaf:Agent", "foaf:name": name})
	}
	day := func(s string) object { return object{"@value": s, "@type": "xsd:date"} }
	return object{
		"@id": q.api.Base + addressOf(c.Edition), "@type": "dcat:Dataset",
		"dct:title": both(title), "dct:description": both(inBoth(publishedBy)), "dct:identifier": c.Edition.ID,
		"dct:creator": makers, "dct:publisher": publisher(), "dct:language": tongues, "dct:accessRights": public,
		"dct:spatial": object{"@id": country}, "dcat:theme": object{"@id": theme}, "dcat:keyword": []string{"PAPI", c.Index, year},
		"dct:temporal":      object{"@type": "dct:PeriodOfTime", "dcat:startDate": day(year + "-01-01"), "dcat:endDate": day(year + "-12-31")},
		"dcat:distribution": q.distributions(c),
	}
}

// releaseSet describes a public edition of the house's own.
func (q *request) releaseSet(l edition.Listing) (object, error) {
	e, err := q.api.Shelf.Find(l.Hash)
	if err != nil {
		return nil, err
	}
	var files []object
	for _, f := range releaseFiles(e) {
		if strings.HasSuffix(f.Name, ".csv") {
			files = append(files, object{"@id": q.api.Base + f.Href, "@type": "dcat:Distribution", "dct:title": f.Name,
				"dcat:accessURL": object{"@id": q.api.Base + f.Href}, "dcat:downloadURL": object{"@id": q.api.Base + f.Href}, "dcat:mediaType": object{"@id": mediaType + "text/csv"},
				"dcat:byteSize": object{"@value": strconv.Itoa(f.Bytes), "@type": "xsd:nonNegativeInteger"},
				"spdx:checksum": object{"@type": "spdx:Checksum", "spdx:algorithm": object{"@id": "spdx:checksumAlgorithm_sha256"},
					"spdx:checksumValue": object{"@value": f.SHA256, "@type": "xsd:hexBinary"}}})
		}
	}
	return object{
		"@id": q.api.Base + releaseAddress(l.Hash), "@type": "dcat:Dataset",
		"dct:title":       both(lang.Names{VI: l.Name.VI + ", " + l.Period, EN: l.Name.EN + ", " + l.Period}),
		"dct:description": both(inBoth(about(l))), "dct:identifier": l.Hash,
		"dct:creator":   []object{{"@type": "foaf:Agent", "foaf:name": both(l.PlaceName)}},
		"dct:publisher": publisher(), "dct:language": tongues, "dct:accessRights": public, "dcat:theme": object{"@id": theme},
		"dct:spatial": object{"@id": country}, "dcat:keyword": []string{l.Index, l.Period},
		"dct:issued": object{"@value": l.Since.UTC().Format(time.RFC3339), "@type": "xsd:dateTime"}, "dcat:distribution": files,
	}, nil
}

// about says what a release is.
func about(l edition.Listing) fault.Text {
	if l.Source == edition.OfPlan {
		return promises
	}
	return ownMeasure
}

var promises = fault.T("What the province promised in its plan, who answers for it, and how far it has come.")

// ownMeasure says whose figures these are.
var ownMeasure = fault.T("Measured by the province itself, under its own index; not PAPI and not of UNDP.")

// rights says what may be done with the figures.
var rights = fault.T("The figures are published by UNDP and partners: cite PAPI. What this site adds may be used freely.")

// distributions are the files of an edition and the two forms made from them.
func (q *request) distributions(c *edition.Content) []object {
	var list []object
	add := func(title fault.Text, path, media string, more object) {
		o := object{"@id": q.api.Base + path, "@type": "dcat:Distribution", "dct:title": both(inBoth(title)),
			"dcat:accessURL": object{"@id": q.api.Base + path}, "dcat:downloadURL": object{"@id": q.api.Base + path},
			"dcat:mediaType": object{"@id": mediaType + media}, "dct:rights": object{"@type": "dct:RightsStatement", "rdfs:label": both(inBoth(rights))}}
		for k, v := range more {
			o[k] = v
		}
		list = append(list, o)
	}
	at := addressOf(c.Edition)
	for _, f := range filesOf(c.Edition) {
		if f.Name != edition.FormerTable && f.Name != edition.PresentTable {
			continue
		}
		add(tableTitle(f.Name), f.Href, "text/csv", object{
			"dcat:byteSize": object{"@value": strconv.Itoa(f.Bytes), "@type": "xsd:nonNegativeInteger"},
			"spdx:checksum": object{"@type": "spdx:Checksum", "spdx:algorithm": object{"@id": "spdx:checksumAlgorithm_sha256"},
				"spdx:checksumValue": object{"@value": f.SHA256, "@type": "xsd:hexBinary"}},
		})
	}
	add(fault.T("Values and standard errors as a JSON-stat cube"), at+"/cube.json", typeJSON, object{"dct:conformsTo": object{"@id": jsonStat}})
	add(fault.T("All files, described for Frictionless tools"), at+"/datapackage.json", typeJSON, object{"dct:conformsTo": object{"@id": "https://datapackage.org/"}})
	add(fault.T("Every figure with its error, in pages"), at+"/figures", typeJSON, object{"dcat:accessService": object{"@id": q.api.Base + Prefix}})
	return list
}
