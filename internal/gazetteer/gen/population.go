package main

import (
	"cmp"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

const populationHeader = `# People of the provinces, in thousands, and the area of today's, in km².
#
# A line "= YEAR BASIS SOURCE" begins a list; below it stand province codes and numbers. A letter after a number says how
# it is known where no source prints it as it stands: d derived from printed numbers, q doubtful. The codes below
# "resolution", "rearrangement" and "area" are those from 1 July 2025, the others those before.
`

// populationBases are the bases of population_63.csv and the first words of those of population_34.csv.
var populationBases = map[string]string{
	"census_04-01": "census", "average": "average", "average_revised": "average-revised",
	"resolution 202/2025/QH15": "resolution", "not in resolution 202; figure of the commune rearrangement of 2025": "rearrangement",
}

// populationSources gives a key for the beginning of a source's text.
var populationSources = []struct{ begins, key string }{
	{"github.com/rorygibb/dengue_vietnam_ms", "P1"},
	{"github.com/duynguyen158/vietnam-population-district", "P2"},
	{"github.com/ansoncaonguyen/vietnam-population-2022", "P3"},
	{"github.com/ura8107/vnmap", "P4"},
	{"https://cucthongke.binhdinh.gov.vn", "P5"},
	{"http://115.75.153.9:83", "P6"},
	{"Nghị quyết 202/2025/QH15", "P7"},
	{"https://pypi.org/project/countries-dictionary", "P8"},
	{"https://vnsdi.mae.gov.vn", "P9"},
	{"https://sapnhap.bando.com.vn", "P10"},
	{"compilations that give no origin", "P11"},
}

var confidences = map[string]string{"source": "", "derived": "d", "doubt": "q"}

// population writes the table of people and areas.
func population(folder fs.FS) (string, error) {
	former, err := read(folder, "population_63.csv")
	if err != nil {
		return "", err
	}
	present, err := read(folder, "population_34.csv")
	if err != nil {
		return "", err
	}
	lists := map[string][]string{}
	for _, row := range append(former, present...) {
		heading, err := populationHeading(row)
		if err != nil {
			return "", err
		}
		number, err := strconv.ParseFloat(row["population"], 64)
		if err != nil {
			return "", fmt.Errorf("population of %s: %w", row["code"], err)
		}
		if row["year"] == "" { // population_34.csv counts people, not thousands
			number /= 1000
		}
		lists[heading] = append(lists[heading], row["code"]+" "+strconv.FormatFloat(number, 'f', -1, 64)+confidences[row["confidence"]])
	}
	for _, row := range present {
		lists["2025 area P7"] = append(lists["2025 area P7"], row["code"]+" "+row["area_km2"])
	}
	return populationHeader + joinLists(lists), nil
}

func populationHeading(row map[string]string) (string, error) {
	year := cmp.Or(row["year"], "2025")
	basis := populationBases[row["basis"]]
	_, known := confidences[row["confidence"]]
	for _, source := range populationSources {
		if strings.HasPrefix(row["source"], source.begins) && basis != "" && known {
			return year + " " + basis + " " + source.key, nil
		}
	}
	return "", fmt.Errorf("population of %s: unknown source, basis or confidence in %v", row["code"], row)
}

func joinLists(lists map[string][]string) string {
	var headings []string
	for heading := range lists {
		headings = append(headings, heading)
	}
	slices.Sort(headings)
	var b strings.Builder
	for _, heading := range headings {
		slices.Sort(lists[heading])
		b.WriteString("= " + heading + "\n" + strings.Join(lists[heading], "\n") + "\n")
	}
	return b.String()
}
