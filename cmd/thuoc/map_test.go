package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"thuoc/internal/geo"
)

// runEnglish runs a command line and gives its exit code, data and talk.
func runEnglish(args ...string) (code int, out, talk string) {
	var o, e bytes.Buffer
	code = execute(args, func(string) string { return "en" }, &o, &e)
	return code, o.String(), e.String()
}

// boundarySet writes a set and its manifest into a folder and gives their paths.
func boundarySet(t *testing.T, topology []byte, m geo.Manifest) (file, manifest string) {
	t.Helper()
	dir := t.TempDir()
	file, manifest = filepath.Join(dir, "set.topo.json"), filepath.Join(dir, "set.json")
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	for at, b := range map[string][]byte{file: topology, manifest: text} {
		if err := os.WriteFile(at, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return file, manifest
}

func sound(t *testing.T) ([]byte, geo.Manifest) {
	t.Helper()
	topology, err := os.ReadFile("../../internal/geo/sets/vn-63-ne.topo.json")
	if err != nil {
		t.Fatal(err)
	}
	m := geo.Coarse(geo.Former).Manifest
	m.Name.EN = "A set of our own"
	return topology, m
}

// TestMapImport: a sound set is kept and used for the map of its dates; the other map keeps the program's own.
func TestMapImport(t *testing.T) {
	file, manifest := boundarySet(t, first(sound(t)), second(sound(t)))
	dir := filepath.Join(t.TempDir(), "maps")
	if _, err := boundsOf(dir); err == nil {
		t.Error("a folder that is not there is taken")
	}
	if code, out, talk := runEnglish("map", "import", "--manifest", manifest, "--maps", dir, file); code != exitOK || !strings.Contains(out, "A set of our own") {
		t.Fatalf("exit %d, %q, %q", code, out, talk)
	}
	bounds, err := boundsOf(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := bounds(geo.Former).Name.EN; got != "A set of our own" {
		t.Errorf("the map of 63 is %q", got)
	}
	if bounds(geo.Present) != geo.Coarse(geo.Present) {
		t.Error("the map of 34 is not the program's own")
	}
	kept, _ := keptAt(dir, geo.Former)
	if err := os.WriteFile(kept, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := boundsOf(dir); err == nil {
		t.Error("a set that was changed after it was kept is used")
	}
}

// TestMapImportNamesEveryFault: faults of the file and of the manifest come together, each with its file, and nothing is
// kept.
func TestMapImportNamesEveryFault(t *testing.T) {
	topology, m := sound(t)
	topology = bytes.Replace(topology, []byte(`"84"`), []byte(`"99"`), 1)
	sum := sha256.Sum256(topology)
	m.Licence, m.To, m.Checksum = "", "2026-01-01", hex.EncodeToString(sum[:])
	file, manifest := boundarySet(t, topology, m)
	dir := filepath.Join(t.TempDir(), "maps")
	code, out, talk := runEnglish("map", "import", "--manifest", manifest, "--maps", dir, file)
	if code != exitFailed || out != "" {
		t.Errorf("exit %d, data %q", code, out)
	}
	for _, want := range []string{manifest + ": licence", manifest + ": to", file + ": code: Area 99", "Unit 84"} {
		if !strings.Contains(talk, want) {
			t.Errorf("%q is not named in\n%s", want, talk)
		}
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("something was kept")
	}
}

// TestMapImportBounds: a file over the bound is refused by its size, before it is read.
func TestMapImportBounds(t *testing.T) {
	file, manifest := boundarySet(t, first(sound(t)), second(sound(t)))
	for _, large := range []string{file, manifest} {
		if err := os.Truncate(large, 8<<30); err != nil {
			t.Skip("no sparse files here: ", err)
		}
		if code, _, talk := runEnglish("map", "import", "--manifest", manifest, file); code != exitFailed || !strings.Contains(talk, large+" is over 16 MB") {
			t.Errorf("exit %d, %s", code, talk)
		}
	}
}

func first[A, B any](a A, _ B) A  { return a }
func second[A, B any](_ A, b B) B { return b }
