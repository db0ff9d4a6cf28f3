package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"thuoc/internal/clock"
	"thuoc/internal/fault"
	"thuoc/internal/gazetteer"
	"thuoc/internal/geo"
)

func mapCommand() command {
	return command{
		name:     "map",
		summary:  fault.T("take finer boundaries for the maps"),
		examples: []string{"thuoc map import --manifest provinces-34.json provinces-34.topo.json"},
		sub:      []command{mapImportCommand()},
	}
}

func mapImportCommand() command {
	return command{
		name:    "import",
		args:    "FILE",
		summary: fault.T("check a boundary set against its manifest and keep it for demo and export"),
		detail: fault.T("FILE is TopoJSON with a layer of provinces, each with its code. The manifest is JSON: name, licence, source, frame, dates of force and" +
			" the SHA-256 of FILE. Every fault is named at once, and nothing is kept unless all is well."),
		examples: []string{
			"thuoc map import --manifest provinces-34.json provinces-34.topo.json",
			"thuoc demo --maps maps",
		},
		setup: func(f *flags) action {
			manifest := f.text("manifest", "FILE", fault.T("the manifest of the set"))
			dir := f.text("maps", "DIR", fault.T("the folder that keeps boundary sets; maps without it"))
			return func(c *call) error {
				switch {
				case len(c.args) != 1:
					return misuse(f.path, fault.T("Name one file."))
				case *manifest == "":
					return misuse(f.path, fault.T("--%s needs a value: %s.", "manifest", "FILE"))
				case *dir == "":
					*dir = "maps"
				}
				return mapImport(c, c.args[0], *manifest, *dir)
			}
		},
	}
}

func mapImport(c *call, file, manifest, dir string) error {
	set, topology, description, err := readSet(file, manifest)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return folderError(dir, err)
	}
	topologyAt, manifestAt := keptAt(dir, set.Frame)
	// The manifest holds the topology's checksum and comes last: a folder between the two is refused, never half used.
	for _, f := range []struct {
		at   string
		data []byte
	}{{topologyAt, topology}, {manifestAt, description}} {
		if err := replace(f.at, f.data); err != nil {
			return folderError(dir, err)
		}
	}
	_, err = fmt.Fprintln(c.out, c.text(fault.T("%s (%s) is kept in %s. Show it with --maps %s.", set.Name.In(c.lang), string(set.Frame), dir, dir)))
	return err
}

// replace writes a file beside its place and moves it there whole.
func replace(at string, data []byte) error {
	draft := at + ".new"
	if err := os.WriteFile(draft, data, 0o644); err != nil {
		return err
	}
	return os.Rename(draft, at)
}

// keptAt gives the places of a set's files in a folder of sets.
func keptAt(dir string, f geo.Frame) (topology, manifest string) {
	return filepath.Join(dir, string(f)+".topo.json"), filepath.Join(dir, string(f)+".json")
}

// readSet reads a boundary set with its manifest and checks it against the provinces of its frame. Each fault bears the
// name of the file it lies in.
func readSet(file, manifest string) (set *geo.Set, topology, description []byte, err error) {
	if description, err = readBounded(manifest); err != nil {
		return nil, nil, nil, err
	}
	m, err := geo.ParseManifest(description)
	if err != nil {
		return nil, nil, nil, err
	}
	if topology, err = readBounded(file); err != nil {
		return nil, nil, nil, err
	}
	set, err = geo.Read(m, topology, provinceCodes(m.Frame))
	if e, ok := errors.AsType[*fault.Error](err); ok {
		for i, it := range e.Items {
			e.Items[i].File = manifest
			if strings.HasPrefix(it.Field, "objects") || it.Field == "arcs" || it.Field == "code" || it.Field == "type" {
				e.Items[i].File = file
			}
		}
	}
	return set, topology, description, err
}

// readBounded reads a file that is no larger than a boundary set may be; a larger one is refused before it is read.
func readBounded(name string) ([]byte, error) {
	if info, err := os.Stat(name); err == nil && info.Size() > geo.MaxBytes {
		return nil, fault.New(fault.TooLarge, "%s is over %d MB.", name, geo.MaxBytes>>20)
	}
	return readFile(name)
}

// provinceCodes lists the provinces that a set of a frame must have; none for a frame that is not known.
func provinceCodes(f geo.Frame) []string {
	day := gazetteer.Merger
	switch f {
	case geo.Former:
		day = clock.MustDate("2025-06-30")
	case geo.Present:
	default:
		return nil
	}
	var codes []string
	for _, p := range gazetteer.Provinces(day) {
		codes = append(codes, p.Code)
	}
	return codes
}

// boundsOf opens a folder of boundary sets. A frame without a set of its own has the coarse one of the program; nil for
// no folder.
func boundsOf(dir string) (func(geo.Frame) *geo.Set, error) {
	if dir == "" {
		return nil, nil
	}
	sets := map[geo.Frame]*geo.Set{}
	for _, frame := range []geo.Frame{geo.Former, geo.Present} {
		topology, manifest := keptAt(dir, frame)
		if _, err := os.Stat(manifest); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		set, _, _, err := readSet(topology, manifest)
		if err != nil {
			return nil, err
		}
		sets[frame] = set
	}
	if len(sets) == 0 {
		return nil, fault.New(fault.NotFound, "There is no boundary set in %s.", dir)
	}
	return func(f geo.Frame) *geo.Set {
		if s := sets[f]; s != nil {
			return s
		}
		return geo.Coarse(f)
	}, nil
}
