package main

import (
	"encoding/csv"
	"fmt"
	"io/fs"
	"strings"
)

const header = `# The districts and communes of Việt Nam before and after 1 July 2025, and what became of what.
#
# A line "= DATE" begins a list: the units of that day. A line "CODE" alone is a province; the lines below it, up to
# the next, are its units: code, kind, links, name. Districts have three digits, communes five; in the first list the
# communes below a district are its own. Kinds: q quận, h huyện, t thị xã, c thành phố, p phường, x xã, n thị trấn,
# k đặc khu. A kind may be followed by later ones with their day: "x2026-04-30p".
#
# Links, in the first list only, join a unit to those of the second: how much of it went there, and the code there.
#   =  all of it, and it is the same place under the same code (kept, renamed or of another kind)
#   w  all of it        p  some of its area and people        a  some of its area, nobody
#   l  some of its area, all its people        f  all its area, some of its people        s  some of its people, no area
# "-" means no link: a district whose communes have their own.
`

var kinds = map[string]string{
	"Quận": "q", "Huyện": "h", "Thị xã": "t", "Thành phố": "c",
	"Phường": "p", "Xã": "x", "Thị trấn": "n", "Đặc khu": "k",
}

var shares = map[string]string{
	"full unchanged": "=", "full renamed": "=", "full type_changed": "=",
	"full merged_whole": "w", "full other": "w", "full whole_area": "f",
	"partial part": "p", "partial other": "p", "partial part_area_only": "a", "partial part_area_all_population": "l",
	"partial part_population": "s",
}

// build writes the table. CSV files are in the order of codes, and so is the table.
func build(folder fs.FS) (string, error) {
	links, err := links(folder)
	if err != nil {
		return "", err
	}
	before, err := before(folder, links)
	if err != nil {
		return "", err
	}
	after, err := after(folder)
	if err != nil {
		return "", err
	}
	return header + before + after, nil
}

// links gives the third field of every unit of the first list that has links.
func links(folder fs.FS) (map[string]string, error) {
	list, err := read(folder, "commune_crosswalk.csv")
	if err != nil {
		return nil, err
	}
	joined := map[string]string{}
	for _, row := range list {
		share := shares[row["part"]+" "+row["detail"]]
		if share == "" || share == "=" && row["old_code"] != row["new_code"] {
			return nil, fmt.Errorf("commune_crosswalk.csv: %v has an unknown share", row)
		}
		if joined[row["old_code"]] != "" {
			joined[row["old_code"]] += ","
		}
		joined[row["old_code"]] += share + row["new_code"]
	}
	return joined, nil
}

func before(folder fs.FS, links map[string]string) (string, error) {
	districts, err := read(folder, "districts_2025-03-01.csv")
	if err != nil {
		return "", err
	}
	communes, err := read(folder, "communes_2025-03-01.csv")
	if err != nil {
		return "", err
	}
	below := map[string][]map[string]string{}
	for _, row := range communes {
		below[row["district_code"]] = append(below[row["district_code"]], row)
	}
	var b strings.Builder
	b.WriteString("= 2025-03-01\n")
	province := ""
	for _, district := range districts {
		if district["province_code"] != province {
			province = district["province_code"]
			fmt.Fprintln(&b, province)
		}
		for _, row := range append([]map[string]string{district}, below[district["code"]]...) {
			if err := writeUnit(&b, row["code"], kinds[row["type"]], links[row["code"]], row["name"]); err != nil {
				return "", err
			}
		}
	}
	return b.String(), nil
}

func after(folder fs.FS) (string, error) {
	communes, err := read(folder, "communes_34.csv")
	if err != nil {
		return "", err
	}
	provinces, err := read(folder, "provinces_34.csv")
	if err != nil {
		return "", err
	}
	changed := map[string]string{} // the day on which a province became a city and some of its communes wards
	below := map[string][]map[string]string{}
	for _, row := range provinces {
		changed[row["code"]] = row["changed_to_city"]
	}
	for _, row := range communes {
		below[row["province_code"]] = append(below[row["province_code"]], row)
	}
	var b strings.Builder
	b.WriteString("= 2025-07-01\n")
	for _, province := range provinces {
		fmt.Fprintln(&b, province["code"])
		for _, row := range below[province["code"]] {
			kind := kinds[row["type_2025-07-01"]]
			if now := kinds[row["type_2026-09-25"]]; now != kind {
				day := changed[province["code"]]
				if day == "" || (day <= "2026-04-30") != (kinds[row["type_2026-04-30"]] == now) {
					return "", fmt.Errorf("communes_34.csv: the day on which %s changed is not known", row["code"])
				}
				kind += day + now
			}
			if err := writeUnit(&b, row["code"], kind, "", row["name"]); err != nil {
				return "", err
			}
		}
	}
	return b.String(), nil
}

func writeUnit(b *strings.Builder, code, kind, links, name string) error {
	if kind == "" || name == "" {
		return fmt.Errorf("unit %s has no name or an unknown kind", code)
	}
	if links == "" {
		links = "-"
	}
	fmt.Fprintf(b, "%s %s %s %s\n", code, kind, links, name)
	return nil
}

// read gives the rows of a CSV file as maps from column name to cell.
func read(folder fs.FS, name string) ([]map[string]string, error) {
	f, err := folder.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var list []map[string]string
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, column := range lines[0] {
			row[column] = line[i]
		}
		list = append(list, row)
	}
	return list, nil
}
