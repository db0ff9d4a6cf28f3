// Command gen writes the table of districts and communes that package gazetteer embeds.
//
// It promises that the same CSV files give the same text. It reads districts_2025-03-01.csv, communes_2025-03-01.csv,
// communes_34.csv, commune_crosswalk.csv and provinces_34.csv from the folder given by -from.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	from := flag.String("from", "", "folder that holds the CSV files")
	out := flag.String("out", "units.txt", "file to write")
	flag.Parse()
	if err := run(*from, *out); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(from, out string) error {
	text, err := build(os.DirFS(from))
	if err != nil {
		return err
	}
	return os.WriteFile(out, []byte(text), 0o644)
}
