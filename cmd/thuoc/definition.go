package main

import (
	"path/filepath"
	"strings"

	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/score"
)

// isFile tells whether a person who wrote name for an index meant a file.
func isFile(name string) bool {
	ext := filepath.Ext(name)
	return ext == ".yaml" || ext == ".yml" || strings.ContainsAny(name, `/\`)
}

// sourceOf gives the YAML of an index by the name of a file, of a definition, or of a family with a year (its newest
// when the year is 0).
func sourceOf(name string, year int) ([]byte, error) {
	if isFile(name) {
		return readFile(name)
	}
	id, err := shippedID(name, year)
	if err != nil {
		return nil, err
	}
	return score.Source(id)
}

// definitionOf loads an index by the same names as sourceOf.
func definitionOf(name string, year int) (*score.Definition, error) {
	if isFile(name) {
		data, err := readFile(name)
		if err != nil {
			return nil, err
		}
		return score.Load(name, data)
	}
	id, err := shippedID(name, year)
	if err != nil {
		return nil, err
	}
	return score.Open(id)
}

// shippedID finds the shipped definition that a name means.
func shippedID(name string, year int) (string, error) {
	var known []string
	family := []score.Entry{}
	for _, e := range score.Shipped() {
		if e.ID == name && e.Family != name {
			return e.ID, nil
		}
		if e.Family == name {
			family = append(family, e)
		}
		known = append(known, e.ID)
	}
	switch e, ok := score.InForce(name, year); {
	case ok:
		return e.ID, nil
	case len(family) > 0 && year == 0:
		return family[len(family)-1].ID, nil
	case len(family) > 0:
		return "", fault.New(fault.NotFound, "The index %s has no definition in force in %d. See: thuoc index list", name, year)
	}
	if guess := lang.Nearest(name, known); guess != "" {
		return "", fault.New(fault.NotFound, "There is no index “%s”; did you mean “%s”?", name, guess)
	}
	return "", fault.New(fault.NotFound, "There is no index “%s”. There are: %s; or name a .yaml file.", name, strings.Join(known, ", "))
}
