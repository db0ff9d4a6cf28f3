package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"thuoc/internal/reference"
)

// TestEmbeddedFileIsReproducible packs the CSV files again: the embedded file is theirs, byte for byte.
func TestEmbeddedFileIsReproducible(t *testing.T) {
	folder := filepath.Dir(reference.Path(t, "data/papi_scores.csv"))
	want, err := os.ReadFile("../papi.cells")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // map order must not show
		got, err := build(os.DirFS(folder))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Fatal("papi.cells is not what the CSV files give: run go generate ./internal/published")
		}
	}
}

func TestBuildRefuses(t *testing.T) {
	const head = "year,province,level,code,value,lo,hi,n,group,source\n"
	tests := map[string]string{
		"unknown province": "2023,Atlantis,dimension,D1,5,,,,,S1\n",
		"unknown level":    "2023,Ha Noi,guess,D1,5,,,,,S1\n",
		"bad year":         "MMXXIII,Ha Noi,dimension,D1,5,,,,,S1\n",
		"bad value":        "2023,Ha Noi,dimension,D1,five,,,,,S1\n",
		"bad group":        "2023,Ha Noi,dimension,D1,5,,,,top,S1\n",
		"limit alone":      "2023,Ha Noi,composite_unweighted,PAPI,44,43,45,,,S1\n",
		"twice":            "2023,Ha Noi,dimension,D1,5,,,,,S1\n2023,Ha Noi,dimension,D1,5,,,,,S1\n",
		"two sources":      "2023,Ha Noi,dimension,D1,5,,,,,S1\n2023,Ha Giang,dimension,D1,5,,,,,S2\n",
	}
	for name, rows := range tests {
		t.Run(name, func(t *testing.T) {
			folder := fstest.MapFS{
				"provinces_63.csv": {Data: []byte("code,name_en\n01,Ha Noi\n02,Ha Giang\n")},
				"papi_scores.csv":  {Data: []byte(head + rows)},
			}
			if _, err := build(folder); err == nil {
				t.Error("built without an error")
			}
		})
	}
}
