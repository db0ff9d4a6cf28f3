// Package edition freezes results and leads them to the public: figures with their errors, the index that made them,
// texts and sources, as files under one manifest whose hash is the edition's name.
//
// It promises that the same input gives the same bytes and therefore the same name; that an edition which differs from
// its manifest by one bit is found, its file named, and nothing of it served; that whoever holds an edition can show
// every page of it without any other source of figures; that an edition reaches the public by two people, never by one;
// that nothing of it is shown before its time; and that what was corrected or withdrawn says so, and why.
package edition

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"

	"thuoc/internal/fault"
	"thuoc/internal/run"
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
	MadeBy string `json:"made_by"` // the command, or the id of the account
	Code   string `json:"code"`    // version of the program

	// What an edition that a house released says besides; empty for one built of the figures inside the program.
	Source    run.Source `json:"source,omitempty"` // whose measure it is
	Place     string     `json:"place,omitempty"`  // id of the place in whose house it was made
	Period    string     `json:"period,omitempty"` // "2024", or a part of a year
	Frozen    string     `json:"frozen,omitempty"` // when, RFC 3339
	Run       *RunRef    `json:"run,omitempty"`
	Plan      string     `json:"plan,omitempty"`     // id of the plan it was frozen from
	Corrects  string     `json:"corrects,omitempty"` // hash of the edition it takes the place of
	Reason    string     `json:"reason,omitempty"`   // what it corrects, and why
	AuditHead string     `json:"audit_head,omitempty"`

	Files []File `json:"files"` // by name
}

// RunRef names the computation that an edition was frozen from.
type RunRef struct {
	ID      string `json:"id"`
	Inputs  string `json:"inputs"`  // SHA-256 of the list of its inputs
	Results string `json:"results"` // SHA-256 of its results
	Code    string `json:"code"`    // version of the program that computed it
}

// Whose tells whose measure the edition is.
func (m Manifest) Whose() run.Source { return cmp.Or(m.Source, run.UNDP) }

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
func freeze(m Manifest, files map[string][]byte) (*Edition, error) {
	m.Files = nil
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
	m, err := readManifest(manifest)
	if err != nil {
		return nil, err
	}
	if err := fault.Batch(check(m, files)); err != nil {
		return nil, err
	}
	e := &Edition{ID: hash(manifest), Manifest: m, manifest: manifest, files: files}
	e.content = sync.OnceValues(func() (*Content, error) { return parse(e) })
	return e, nil
}

func readManifest(manifest []byte) (m Manifest, err error) {
	dec := json.NewDecoder(bytes.NewReader(manifest))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&m); err != nil {
		return m, &fault.Error{Kind: fault.Invalid, Text: fault.T("The manifest of the edition is not readable."), Err: err}
	}
	if m.Format != Format {
		return m, fault.New(fault.Invalid, "The edition has format %d; this program reads format %d.", m.Format, Format)
	}
	return m, nil
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
