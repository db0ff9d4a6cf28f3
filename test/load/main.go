// Command load measures the portal against its bounds and prints both, side by side. It judges nothing: a figure depends
// on the machine and on what else it does.
//
// It builds the program, serves the demo, and asks for pages from the same machine: a page that is kept against Go's own
// file server giving the same bytes, in turns so that both meet the same weather; pages nobody has asked for; memory at
// rest; the way from the binary to its first page.
package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
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
	if err := measure(); err != nil {
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
	if _, err := fetch(http.DefaultClient, s.URL+"/"); err != nil {
		return err
	}
	lines := []line{{"binary to first page", ms(time.Since(start)), "2 s"}}

	time.Sleep(8 * time.Second) // the years are opened in the background
	memory, err := s.Memory()
	if err != nil {
		return err
	}
	lines = append(lines, line{"memory at rest", fmt.Sprintf("%.0f MB", float64(memory)/1e6), "120 MB"})

	kept, err := compare(s.URL, dir)
	if err != nil {
		return err
	}
	fresh, err := unasked(s.URL)
	if err != nil {
		return err
	}
	return report(slices.Concat(lines, kept, fresh))
}

// compare asks two servers for the same bytes in turns.
func compare(site, dir string) ([]line, error) {
	body, err := fetch(http.DefaultClient, site+page)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, "page.html"), body, 0o600); err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	files := &http.Server{Handler: http.FileServer(http.Dir(dir)), ReadHeaderTimeout: time.Second}
	go files.Serve(l)
	defer files.Close()

	var portal, bare []time.Duration
	for range rounds {
		a, err := hammer(site + page)
		if err != nil {
			return nil, err
		}
		b, err := hammer("http://" + l.Addr().String() + "/page.html")
		if err != nil {
			return nil, err
		}
		portal, bare = append(portal, a...), append(bare, b...)
	}
	seconds := float64(rounds) * turn.Seconds()
	return []line{
		{fmt.Sprintf("kept page, p95 of %d answers, %d clients", len(portal), clients), ms(p95(portal)), "5 ms"},
		{"  the bare file server, p95", ms(p95(bare)), ""},
		{"kept page, answers a second", fmt.Sprintf("%.0f", float64(len(portal))/seconds), ""},
		{"  the bare file server", fmt.Sprintf("%.0f", float64(len(bare))/seconds), ""},
		{"  share", fmt.Sprintf("%.0f %%", 100*float64(len(portal))/float64(len(bare))), "at least 60 %"},
	}, nil
}

// hammer asks for one address from all clients for a turn and gives how long each answer took.
func hammer(address string) ([]time.Duration, error) {
	var mu sync.Mutex
	var all []time.Duration
	var failed error
	until := time.Now().Add(turn)
	var group sync.WaitGroup
	for range clients {
		group.Go(func() {
			c := &http.Client{Transport: &http.Transport{DisableCompression: true}}
			defer c.CloseIdleConnections()
			var mine []time.Duration
			var err error
			for err == nil && time.Now().Before(until) {
				start := time.Now()
				_, err = fetch(c, address)
				mine = append(mine, time.Since(start))
			}
			mu.Lock()
			defer mu.Unlock()
			all, failed = append(all, mine...), errors.Join(failed, err)
		})
	}
	group.Wait()
	return all, failed
}

// unasked asks for pages that nobody has asked for, one after the other: profiles and topics of all years.
func unasked(site string) ([]line, error) {
	var took []time.Duration
	for _, province := range strings.Fields("can-tho hue hai-phong lam-dong dong-thap gia-lai quang-ninh ca-mau") {
		for year := 2011; year <= 2024; year++ {
			start := time.Now()
			if _, err := fetch(http.DefaultClient, fmt.Sprintf("%s/ho-so/%s?nam=%d", site, province, year)); err != nil {
				return nil, err
			}
			took = append(took, time.Since(start))
		}
	}
	return []line{{fmt.Sprintf("page not asked for before, p95 of %d", len(took)), ms(p95(took)), "50 ms"}}, nil
}

// fetch reads an answer to its end.
func fetch(c *http.Client, address string) ([]byte, error) {
	r, err := c.Get(address)
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
