package main

import (
	"fmt"
	"io/fs"
	"strings"
)

const communesHeader = `# Area in km² and people of the communes of 1 July 2025, as the merger map printed them on 17 July 2025.
#
# A line is code, area, people. "g" after an area: measured from the map, because none is printed. People, where they are
# not what is printed: "d" and the printed number after one that was derived (a final zero lost and restored); "q" and
# the printed number alone where it contradicts the area and is no population of this commune; "-" where none is printed.
`

// communes writes the table of the areas and people of communes.
func communes(folder fs.FS) (string, error) {
	list, err := read(folder, "population_communes.csv")
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(communesHeader)
	for _, row := range list {
		people, printed := row["population"], row["population_published"]
		switch {
		case row["confidence"] == "source" && people != "" && people == printed:
		case row["confidence"] == "derived" && people != "":
			people += "d" + printed
		case row["confidence"] == "doubt" && people == "" && printed != "":
			people = "q" + printed
		case row["confidence"] == "doubt" && people == "":
			people = "-"
		default:
			return "", fmt.Errorf("population_communes.csv: people of %s are not known in a known way", row["code"])
		}
		area := row["area_km2"]
		if row["area_basis"] == "geometry" {
			area += "g"
		}
		fmt.Fprintln(&b, row["code"], area, people)
	}
	return b.String(), nil
}
