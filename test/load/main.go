// Command load measures the portal against its bounds and prints both, side by side. It judges nothing: a figure depends
// on the machine and on what else it does.
//
// It builds the program, serves the demo, and asks for pages from the same machine: a page that is kept against Go's own
// file server giving the same bytes, in turns so that both meet the same weather, as browsers get it (brotli) and plain;
// pages nobody has asked for; memory at rest; the way from the binary to its first page. Each server is a process of its
// own. The clients never pause: each asks again as soon as it has its answer, so that eight of them and the server keep
// every processor busy and a time includes the wait for one.
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"thuoc/test/program"
)

const (
	clients = 8
	rounds  = 5                       // turns of each of the two servers
	turn    = 1500 * time.Millisecond // how long a turn takes
	page    = "/ho-so/tra-vinh?nam=2022"
)

func main() {
	do := measure
	if len(os.Args) == 3 && os.Args[1] == filesCommand {
		do = func() error { return files(os.Args[2]) }
	}
	if len(os.Args) == 2 && os.Args[1] == houseCommand {
		do = house
	}
	if len(os.Args) == 2 && os.Args[1] == tasksCommand {
		do = work
	}
	if err := do(); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

// line is one figure beside its bound.
type line struct{ what, measured, bound string }

func measure() error {
	dir, err := os.MkdirTemp("", "thuoc-load")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	binary, err := program.Build(dir)
	if err != nil {
		return err
	}
	start := time.Now()
	s, err := program.Serve(binary)
	if err != nil {
		return err
	}
	defer s.Stop()
	if _, err := fetch(http.DefaultClient, s.URL+"/", "br"); err != nil {
		return err
	}
	lines := []line{{"binary to first page", ms(time.Since(start)), "2 s"}}

	time.Sleep(15 * time.Second) // the years are opened and the house to try is furnished in the background
	memory, err := s.Memory()
	if err != nil {
		return err
	}
	lines = append(lines, line{"memory at rest, with the house to try", fmt.Sprintf("%.0f MB", float64(memory)/1e6), "150 MB"})

	var kept []line
	for _, coding := range []string{"br", "identity"} {
		l, err := compare(s.URL, dir, coding)
		if err != nil {
			return err
		}
		kept = append(kept, l...)
	}
	fresh, err := unasked(s.URL)
	if err != nil {
		return err
	}
	return report(slices.Concat(lines, kept, fresh))
}

// compare asks two servers for the same bytes in turns, in one coding.
func compare(site, dir, coding string) ([]line, error) {
	host := strings.TrimPrefix(site, "http://")
	body, err := fetch(&http.Client{Transport: &http.Transport{DisableCompression: true}}, site+page, coding)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, "page.html"), body, 0o600); err != nil {
		return nil, err
	}
	files, err := serveFiles(dir)
	if err != nil {
		return nil, err
	}
	defer files.stop()

	var portal, bare []time.Duration
	for range rounds {
		a, err := hammer(host, page, coding)
		if err != nil {
			return nil, err
		}
		b, err := hammer(files.host, "/page.html", coding)
		if err != nil {
			return nil, err
		}
		portal, bare = append(portal, a...), append(bare, b...)
	}
	rate := func(n int) string { return fmt.Sprintf("%.0f", float64(n)/(rounds*turn.Seconds())) }
	what := fmt.Sprintf("kept page, %s, %d bytes", coding, len(body))
	return []line{
		{fmt.Sprintf("%s: p95 of %d answers, %d clients", what, len(portal), clients), ms(p95(portal)), "5 ms"},
		{"  the bare file server, p95", ms(p95(bare)), ""},
		{"  answers a second", rate(len(portal)), ""},
		{"  the bare file server", rate(len(bare)), ""},
		{"  share", fmt.Sprintf("%.0f %%", 100*float64(len(portal))/float64(len(bare))), "at least 60 %"},
	}, nil
}

// unasked asks for pages that nobody has asked for, one after the other: profiles and topics of all years.
func unasked(site string) ([]line, error) {
	var took []time.Duration
	for _, province := range strings.Fields("can-tho hue hai-phong lam-dong dong-thap gia-lai quang-ninh ca-mau") {
		for year := 2011; year <= 2024; year++ {
			start := time.Now()
			if _, err := fetch(http.DefaultClient, fmt.Sprintf("%s/ho-so/%s?nam=%d", site, province, year), "br"); err != nil {
				return nil, err
			}
			took = append(took, time.Since(start))
		}
	}
	return []line{{fmt.Sprintf("page not asked for before, p95 of %d", len(took)), ms(p95(took)), "50 ms"}}, nil
}

// fetch reads an answer to its end, as it is sent in a coding.
func fetch(c *http.Client, address, coding string) ([]byte, error) {
	q, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	q.Header.Set("Accept-Encoding", coding)
	r, err := c.Do(q)
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err == nil && r.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: status %d", address, r.StatusCode)
	}
	return b, err
}

func p95(took []time.Duration) time.Duration {
	slices.Sort(took)
	return took[len(took)*95/100]
}

func ms(d time.Duration) string { return fmt.Sprintf("%.2f ms", float64(d.Microseconds())/1000) }

func report(lines []line) error {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "what\tmeasured\tbound")
	for _, l := range lines {
		fmt.Fprintf(w, "%s\t%s\t%s\n", l.what, l.measured, l.bound)
	}
	return w.Flush()
}
