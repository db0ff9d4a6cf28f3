package gazetteer

import (
	"math"
	"strconv"
	"strings"
	"testing"
)

var basisOf = map[string]Basis{
	"census_04-01": Census, "average": Average, "average_revised": AverageRevised,
	"resolution 202/2025/QH15": Resolution, "not in resolution 202; figure of the commune rearrangement of 2025": Rearrangement,
}

func sourceOf(key string) Source {
	for _, s := range Sources() {
		if s.Key == key {
			return s
		}
	}
	return Source{}
}

// checkPopulation compares one row of the source.
func checkPopulation(t *testing.T, of Place, year int, thousands float64, row map[string]string) {
	t.Helper()
	p, found := PopulationOf(of, year, basisOf[row["basis"]])
	if !found || p.Thousands != thousands || string(p.Confidence) != row["confidence"] {
		t.Errorf("%s: %+v, the source has %v", of.ID, p, row)
		return
	}
	address := sourceOf(p.Sources[0]).Address
	for word := range strings.FieldsSeq(row["source"]) {
		if word = strings.TrimSuffix(word, ";"); (strings.HasPrefix(word, "http") || strings.HasPrefix(word, "github")) && !strings.Contains(address, word) {
			t.Errorf("%s: the address %s is missing in %s", of.ID, word, address)
		}
	}
}

func TestPopulationEqualsTheSource(t *testing.T) {
	known := 0
	for _, row := range rows(t, "population_63.csv") {
		year, _ := strconv.Atoi(row["year"])
		thousands, err := strconv.ParseFloat(row["population"], 64)
		if err != nil {
			t.Fatal(err)
		}
		checkPopulation(t, province63(t, row["code"]), year, thousands, row)
		known++
	}
	for _, row := range rows(t, "population_34.csv") {
		of := place(t, row["code"], Merger)
		people, _ := strconv.ParseFloat(row["population"], 64)
		checkPopulation(t, of, 2025, people/1000, row)
		if area, found := Area(of); !found || strconv.FormatFloat(area, 'f', 2, 64) != row["area_km2"] {
			t.Errorf("%s: area %v, the source has %s", of.ID, area, row["area_km2"])
		}
		// The statistics office's own sums of 2024 are ours.
		want, _ := strconv.ParseFloat(row["nso_2024_population_thousand"], 64)
		if p, found := PopulationOf(of, 2024, Average); !found || math.Abs(p.Thousands-want) > 1e-6 {
			t.Errorf("%s: %v thousand in 2024, the statistics office has %v", of.ID, p.Thousands, want)
		}
		known++
	}
	total := 0
	for _, list := range people().people {
		total += len(list)
	}
	if total != known || known != 888+34 {
		t.Errorf("%d numbers, the source has %d", total, known)
	}
}

// TestSumsAreComplete: Gia Lai of today had Bình Định, which has numbers of 2021 to 2023, and the former Gia Lai, which
// has none: no sum is made. All parts have a census.
func TestSumsAreComplete(t *testing.T) {
	of := place(t, "52", Merger)
	if p, found := PopulationOf(of, 2022, Average); found {
		t.Errorf("2022: %+v", p)
	}
	if p, found := PopulationOf(of, 2019, Census); !found || p.Confidence != Summed || p.Thousands < 2900 || p.Thousands > 3100 {
		t.Errorf("census 2019: %+v", p)
	}
	if list := Populations(place(t, "00004", today)); list != nil {
		t.Errorf("a ward has %v", list)
	}
}

func TestSourcesAreBilingual(t *testing.T) {
	for _, s := range Sources() {
		if s.Title.VI == "" || s.Title.EN == "" || s.Address == "" {
			t.Errorf("%+v", s)
		}
	}
}
