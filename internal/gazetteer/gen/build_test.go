package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"thuoc/internal/reference"
)

// TestEmbeddedTableIsReproducible writes the table again: the embedded one is it, byte for byte.
func TestEmbeddedTableIsReproducible(t *testing.T) {
	folder := filepath.Dir(reference.Path(t, "data/communes_34.csv"))
	want, err := os.ReadFile("../units.txt")
	if err != nil {
		t.Fatal(err)
	}
	got, err := build(os.DirFS(folder))
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Fatal("units.txt is not what the CSV files give: run go generate ./internal/gazetteer")
	}
}

func TestBuild(t *testing.T) {
	files := map[string]string{
		"districts_2025-03-01.csv": "code,name,type,province_code\n328,Mỹ Hào,Thị xã,33\n",
		"communes_2025-03-01.csv":  "code,name,type,district_code\n12103,Bần,Phường,328\n",
		"communes_34.csv":          "code,name,type_2025-07-01,type_2026-04-30,type_2026-09-25,province_code\n12103,Mỹ Hào,Xã,Xã,Phường,33\n",
		"provinces_34.csv":         "code,changed_to_city\n33,2026-09-20\n",
		"commune_crosswalk.csv":    "old_code,new_code,part,detail\n12103,12103,full,merged_whole\n",
	}
	folder := fstest.MapFS{}
	for name, text := range files {
		folder[name] = &fstest.MapFile{Data: []byte(text)}
	}
	got, err := build(folder)
	if err != nil {
		t.Fatal(err)
	}
	want := "= 2025-03-01\n33\n328 t - Mỹ Hào\n12103 p w12103 Bần\n= 2025-07-01\n33\n12103 x2026-09-20p - Mỹ Hào\n"
	if got := strings.TrimPrefix(got, header); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	for name, old := range map[string]string{"commune_crosswalk.csv": "full", "provinces_34.csv": "2026-09-20", "communes_2025-03-01.csv": "Phường"} {
		broken := fstest.MapFS{}
		for n, f := range folder {
			broken[n] = f
		}
		broken[name] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(files[name], old, ""))}
		if _, err := build(broken); err == nil {
			t.Errorf("%s without %q was built", name, old)
		}
	}
}
