// Command gen writes the tables of places and of people that package gazetteer embeds.
//
// It promises that the same CSV files give the same text. From the folder given by -from it reads
// districts_2025-03-01.csv, communes_2025-03-01.csv, communes_34.csv, commune_crosswalk.csv and provinces_34.csv for
// units.txt, population_63.csv and population_34.csv for population.txt, and population_communes.csv for communes.txt.
package main

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
)

func main() {
	from := flag.String("from", "", "folder that holds the CSV files")
	flag.Parse()
	if err := run(*from); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// tables are the files to write and what makes them.
var tables = map[string]func(fs.FS) (string, error){"units.txt": build, "population.txt": population, "communes.txt": communes}

func run(from string) error {
	for name, make := range tables {
		text, err := make(os.DirFS(from))
		if err != nil {
			return err
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
