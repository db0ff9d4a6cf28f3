package portal

import (
	"hash/fnv"
	"net/http"
	"strings"
	"testing"

	"thuoc/internal/ui/htmlcheck"
)

// TestLinksLead walks from every kind of page in both languages through what it finds. The addresses go into the ten
// thousands (provinces, years, topics), so beyond the first step an address is followed or not by its own hash: the
// same ones every time, spread over all. None is dead.
func TestLinksLead(t *testing.T) {
	most := 400
	if testing.Short() {
		most = 200
	}
	queue := bothLanguages(t)
	seen := map[string]bool{}
	for _, a := range queue {
		seen[a] = true
	}
	asked, files := 0, 0
	for len(queue) > 0 && asked < most {
		address := queue[0]
		queue, asked = queue[1:], asked+1
		w := get(t, address)
		if w.Code != http.StatusOK && w.Code != http.StatusSeeOther {
			t.Errorf("%s is answered by %d", address, w.Code)
			continue
		}
		if !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
			files++
			continue
		}
		d, err := htmlcheck.Parse(w.Body.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"href", "src", "action"} {
			for _, n := range d.All("[" + name + "]") {
				href, _, _ := strings.Cut(attr(t, n, name), "#")
				if href != "" && !seen[href] && followed(href) {
					seen[href] = true
					queue = append(queue, href)
				}
			}
		}
	}
	t.Logf("%d addresses answered, %d of them files; %d more were found", asked, files, len(queue))
	if files == 0 || asked < most {
		t.Errorf("only %d addresses and %d files were found", asked, files)
	}
}

// followed takes one address in seven, pictures more rarely: they are the costliest to draw.
func followed(href string) bool {
	h := fnv.New32a()
	h.Write([]byte(href))
	if strings.Contains(href, ".png") {
		return h.Sum32()%300 == 0
	}
	return h.Sum32()%7 == 0
}
