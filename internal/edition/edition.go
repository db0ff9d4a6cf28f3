// Package edition freezes published results: figures with their errors, the index that made them, texts and sources, as
// files under one manifest whose hash is the edition's name.
//
// It promises that the same input gives the same bytes and therefore the same name; that an edition which differs from
// its manifest by one bit is found, its file named, and nothing of it served; and that whoever holds an edition can show
// every page of it without any other source of figures.
package edition

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"

	"thuoc/internal/fault"
)

// Format is the version of the files and of the manifest.
const Format = 1

// ManifestName is the file that lists the others; its hash is the edition's id.
const ManifestName = "manifest.json"

// SealName is the file beside the manifest that holds the manifest's hash, as sha256sum writes it, so that a change of the
// manifest itself is found too.
const SealName = "manifest.sha256"

// Manifest names an edition's files and how they were made.
type Manifest struct {
	Format int    `json:"format"`
	Index  string `json:"index"` // id of the definition, "papi-2023"
	Year   int    `json:"year"`
	MadeBy string `json:"made_by"` // the command or person
	Code   string `json:"code"`    // version of the program
	Files  []File `json:"files"`   // by name
}

// File is one frozen file.
type File struct {
	Name   string `json:"name"`
	Bytes  int    `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Edition is a frozen, verified set of files. It is immutable and may be used from several goroutines.
type Edition struct {
	ID       string // sha256 of the manifest's bytes, in hexadecimal
	Manifest Manifest

	manifest []byte
	files    map[string][]byte
	content  func() (*Content, error)
}

// Made says who froze an edition and with which code.
type Made struct{ By, Code string }

// freeze seals files under a manifest.
func freeze(index string, year int, made Made, files map[string][]byte) (*Edition, error) {
	m := Manifest{Format: Format, Index: index, Year: year, MadeBy: made.By, Code: made.Code}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		m.Files = append(m.Files, File{name, len(files[name]), hash(files[name])})
	}
	text, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return nil, err
	}
	return open(append(text, '\n'), files)
}

// open reads a manifest and holds the files against it.
func open(manifest []byte, files map[string][]byte) (*Edition, error) {
	var m Manifest
	dec := json.NewDecoder(bytes.NewReader(manifest))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&m); err != nil {
		return nil, &fault.Error{Kind: fault.Invalid, Text: fault.T("The manifest of the edition is not readable."), Err: err}
	}
	if m.Format != Format {
		return nil, fault.New(fault.Invalid, "The edition has format %d; this program reads format %d.", m.Format, Format)
	}
	if err := fault.Batch(check(m, files)); err != nil {
		return nil, err
	}
	e := &Edition{ID: hash(manifest), Manifest: m, manifest: manifest, files: files}
	e.content = sync.OnceValues(func() (*Content, error) { return parse(e) })
	return e, nil
}

// check compares the files with the manifest and names every one that differs.
func check(m Manifest, files map[string][]byte) []fault.Item {
	var items []fault.Item
	listed := map[string]bool{}
	for _, f := range m.Files {
		listed[f.Name] = true
		data, there := files[f.Name]
		switch {
		case !there:
			items = append(items, fault.Item{File: f.Name, What: fault.T("The file is missing."), Remedy: restore})
		case hash(data) != f.SHA256:
			items = append(items, fault.Item{File: f.Name, What: fault.T("The file is not the one that was frozen: its checksum differs."), Remedy: restore})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if !listed[name] {
			items = append(items, fault.Item{File: name, What: fault.T("The manifest does not know this file."), Remedy: fault.T("Take it out of the edition.")})
		}
	}
	return items
}

var restore = fault.T("Fetch the edition again from where it was published, or build it again from the figures.")

func hash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Short is the beginning of the id, enough to tell editions apart by eye.
func (e *Edition) Short() string { return e.ID[:12] }

// Content gives what the files say, read once.
func (e *Edition) Content() (*Content, error) { return e.content() }

// File gives the bytes of a file, the manifest included. The caller must not change them.
func (e *Edition) File(name string) ([]byte, bool) {
	switch name {
	case ManifestName:
		return e.manifest, true
	case SealName:
		return []byte(e.ID + "  " + ManifestName + "\n"), true
	}
	b, ok := e.files[name]
	return b, ok
}

// String names the edition for people: index, year, id.
func (e *Edition) String() string {
	return fmt.Sprintf("%s %d %s", e.Manifest.Index, e.Manifest.Year, e.Short())
}
