// Command gen packs the published PAPI figures into the file that package published embeds.
//
// It promises that the same CSV files give the same bytes. It reads papi_scores.csv and provinces_63.csv from the
// folder given by -from and writes the format of package cells.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	from := flag.String("from", "", "folder that holds papi_scores.csv and provinces_63.csv")
	out := flag.String("out", "papi.cells", "file to write")
	flag.Parse()
	if err := run(*from, *out); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(from, out string) error {
	data, err := build(os.DirFS(from))
	if err != nil {
		return err
	}
	return os.WriteFile(out, data, 0o644)
}
