package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"thuoc/internal/reference"
)

// TestEmbeddedTablesAreReproducible writes the tables again: the embedded ones are they, byte for byte.
func TestEmbeddedTablesAreReproducible(t *testing.T) {
	folder := filepath.Dir(reference.Path(t, "data/communes_34.csv"))
	for name, make := range tables {
		want, err := os.ReadFile("../" + name)
		if err != nil {
			t.Fatal(err)
		}
		got, err := make(os.DirFS(folder))
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s is not what the CSV files give: run go generate ./internal/gazetteer", name)
		}
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

func TestPopulation(t *testing.T) {
	const former = "code,year,population,source,confidence,basis\n01,2009,6451.90,github.com/rorygibb/dengue_vietnam_ms@b50,derived,census_04-01\n"
	const present = "code,area_km2,population,basis,source,confidence\n01,3359.84,8807523,resolution 202/2025/QH15,Nghị quyết 202/2025/QH15 Điều 1,source\n"
	got, err := population(fstest.MapFS{"population_63.csv": {Data: []byte(former)}, "population_34.csv": {Data: []byte(present)}})
	if err != nil {
		t.Fatal(err)
	}
	want := "= 2009 census P1\n01 6451.9d\n= 2025 area P7\n01 3359.84\n= 2025 resolution P7\n01 8807.523\n"
	if got := strings.TrimPrefix(got, populationHeader); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	for _, word := range []string{"census_04-01", "derived", "github"} {
		broken := strings.ReplaceAll(former, word, "x")
		if _, err := population(fstest.MapFS{"population_63.csv": {Data: []byte(broken)}, "population_34.csv": {Data: []byte(present)}}); err == nil {
			t.Errorf("without %q it was written", word)
		}
	}
}

func TestCommunes(t *testing.T) {
	const header = "code,area_km2,area_basis,population,population_published,confidence\n"
	const list = header + "00004,2.97,published,65023,65023,source\n12166,20.04,published,25770,2577,derived\n" +
		"00100,5.1,geometry,,33994,doubt\n00103,6,published,,,doubt\n"
	got, err := communes(fstest.MapFS{"population_communes.csv": {Data: []byte(list)}})
	if err != nil {
		t.Fatal(err)
	}
	want := "00004 2.97 65023\n12166 20.04 25770d2577\n00100 5.1g q33994\n00103 6 -\n"
	if got := strings.TrimPrefix(got, communesHeader); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if _, err := communes(fstest.MapFS{"population_communes.csv": {Data: []byte(header + "1,2,published,3,4,source\n")}}); err == nil {
		t.Error("a number that is not what its source prints was written")
	}
}
