package portal

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/edition"
	"thuoc/internal/edition/editiontest"
	"thuoc/internal/ui/htmlcheck"
)

// owner is a portal over a house with editions of its own.
func owner(t testing.TB, h *editiontest.House) *Portal {
	t.Helper()
	p, err := New(Options{Shelf: h.Shelf, Today: func() clock.Date { return clock.MustDate("2026-11-22") }, API: "/api/v1"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func askOf(p *Portal, address string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	p.ServeHTTP(w, httptest.NewRequest("GET", address, nil))
	return w
}

// TestOwnPages holds the pages of own editions to what every page owes its reader, and to what must be said with every
// value.
func TestOwnPages(t *testing.T) {
	h := editiontest.New(t, db.SQLite)
	p := owner(t, h)
	at := "/ket-qua-cua-tinh/" + h.Public.Hash[:12]
	for _, address := range []string{"/ket-qua-cua-tinh", "/en/own-results", at, at + "?dv=u1", at + "?muc=A", "/en/own-results/" + h.Public.Hash[:12] + "?dv=u2",
		"/cam-ket-va-tien-do/" + h.Pledge.Hash[:12], "/en/commitments/" + h.Pledge.Hash[:12],
		"/ket-qua-cua-tinh/" + h.Corrected.Hash[:12], "/nhung/ket-qua-cua-tinh/" + h.Public.Hash[:12] + "?dv=u1"} {
		t.Run(address, func(t *testing.T) {
			w := askOf(p, address)
			if w.Code != http.StatusOK {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			d, err := htmlcheck.Parse(w.Body.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			whole(t, d)
			nothingForeign(t, d, w.Body.String())
			readable(t, d)
			if again := askOf(owner(t, h), address); !bytes.Equal(again.Body.Bytes(), w.Body.Bytes()) {
				t.Error("another portal makes other bytes of it")
			}
		})
	}
	page := askOf(p, at+"?dv=u1").Body.String()
	for _, must := range []string{"5,25", "0,200", "4,86–5,64", ">300<", "11,00", h.Public.Hash, "thuoc edition verify " + h.Public.Hash[:12], "Phân tích số liệu", "Chủ tịch UBND tỉnh"} {
		if !strings.Contains(page, must) {
			t.Errorf("the page of u1 lacks %q", must)
		}
	}
	if strings.Contains(page, "anna") || strings.Contains(page, "binh") {
		t.Error("a person is named")
	}
	csv := askOf(p, at+".csv?dv=u1").Body.String()
	if lines := strings.Split(strings.TrimSpace(csv), "\n"); len(lines) != 4 || !strings.HasPrefix(lines[0], "period,index,code,part,unit") || !strings.Contains(csv, "5.25,0.2,") {
		t.Errorf("the file holds %s", csv)
	}
	for _, odd := range []string{at + "?dv=u9", at + "?muc=Z", "/ket-qua-cua-tinh/" + strings.Repeat("0", 12), "/ket-qua-cua-tinh/x", "/ket-qua-cua-tinh/2022"} {
		if w := askOf(p, odd); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", odd, w.Code)
		}
	}
	if w := askOf(p, "/ket-qua-cua-tinh/"+h.Public.Hash); w.Code != http.StatusSeeOther || w.Header().Get("Location") != at {
		t.Errorf("the whole hash leads to %d %s", w.Code, w.Header().Get("Location"))
	}
}

// TestCorrectionsAreTold: wherever the figures of a corrected edition are shown, on the page, embedded, in a picture or a
// workbook, it says so and leads to its successor; what was withdrawn answers with reason, date and office everywhere.
func TestCorrectionsAreTold(t *testing.T) {
	h := editiontest.New(t, db.SQLite)
	p := owner(t, h)
	at := "/ket-qua-cua-tinh/" + h.Corrected.Hash[:12]
	for _, address := range []string{at, at + "?dv=u1", "/nhung" + at, at + ".svg"} {
		if body := askOf(p, address).Body.String(); !strings.Contains(body, "01/07/2025") || !strings.Contains(strings.ToLower(body), "đính chính") {
			t.Errorf("%s does not say that it was corrected", address)
		}
	}
	if body := askOf(p, at).Body.String(); !strings.Contains(body, `href="/ket-qua-cua-tinh/`+h.Public.Hash[:12]+`"`) || !strings.Contains(body, editiontest.CorrectedFor) {
		t.Error("the page of the corrected one does not lead to its successor")
	}
	if csv := askOf(p, at+".csv").Body.String(); !strings.Contains(csv, h.Corrected.Hash+",corrected") {
		t.Errorf("its file does not say so: %s", csv)
	}
	if text := workbookText(t, askOf(p, at+".xlsx").Body.Bytes()); !strings.Contains(text, "không dùng các số liệu này nữa") {
		t.Error("its workbook does not say so")
	}
	for _, address := range []string{"/ket-qua-cua-tinh/" + h.Withdrawn.Hash[:12], "/an-ban/" + h.Withdrawn.Hash + "/units.csv", "/en/own-results/" + h.Withdrawn.Hash} {
		w := askOf(p, address)
		if body := w.Body.String(); w.Code != http.StatusGone || !strings.Contains(body, editiontest.WithdrawnFor) || !strings.Contains(body, "01/07/2025") && !strings.Contains(body, "1 Jul 2025") ||
			!strings.Contains(body, "Chủ tịch UBND tỉnh") && !strings.Contains(body, "Provincial chair") {
			t.Errorf("%s: %d %s", address, w.Code, body[strings.Index(body, "<h1"):])
		}
	}
	list := askOf(p, "/ket-qua-cua-tinh").Body.String()
	for _, must := range []string{editiontest.WithdrawnFor, "thu hồi ngày 01/07/2025", "Chủ tịch UBND tỉnh", editiontest.CorrectedFor} {
		if !strings.Contains(list, must) {
			t.Errorf("the list lacks %q", must)
		}
	}
	if strings.Contains(list, h.Withdrawn.Hash[:12]) || strings.Contains(list, h.Corrected.Hash[:12]) {
		t.Error("the list leads to what is not to be used")
	}
	if found := askOf(p, "/tim-kiem?q=thu+nghiem").Body.String(); !strings.Contains(found, h.Public.Hash[:12]) || strings.Contains(found, h.Corrected.Hash[:12]) || strings.Contains(found, h.Withdrawn.Hash[:12]) {
		t.Error("the search finds something else than what is public")
	}
}

// workbookText is all text of a workbook.
func workbookText(t *testing.T, data []byte) (text string) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		text += string(b)
	}
	return text
}

var ownLinks = regexp.MustCompile(`(?:href|action)="(/[^"#]*)"`)

// TestNothingBeforeItsTime walks every page of own editions, and all that lead there, on both engines: until its embargo
// ends nothing of an edition is on any of them, not its hash, not a unit that stands in it alone; then it is, at once,
// although every page was kept before.
func TestNothingBeforeItsTime(t *testing.T) {
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			h := editiontest.New(t, e)
			p := owner(t, h)
			walk := func() (all string) {
				seen := map[string]bool{}
				queue := []string{"/cam-ket-va-tien-do/" + h.Pledge.Hash[:12], "/ket-qua-cua-tinh", "/en/own-results", "/tim-kiem?q=" + editiontest.Secret, "/tim-kiem?q=2025", "/du-lieu-mo", "/en/open-data", "/phuong-phap", "/"}
				for len(queue) > 0 {
					a := queue[0]
					queue = queue[1:]
					w := askOf(p, a)
					body := w.Body.String()
					all += body
					for _, m := range ownLinks.FindAllStringSubmatch(body, -1) {
						if to := strings.ReplaceAll(m[1], "&amp;", "&"); !seen[to] && (strings.Contains(to, "ket-qua-cua-tinh") || strings.Contains(to, "cam-ket") || strings.Contains(to, "commitments") || strings.Contains(to, h.Pledge.Hash) || strings.Contains(to, "own-results")) && !strings.Contains(to, ".png") && !strings.Contains(to, ".xlsx") {
							seen[to] = true
							queue = append(queue, to)
						}
					}
				}
				if len(seen) < 30 {
					t.Errorf("only %d addresses were found", len(seen))
				}
				return all
			}
			asked := strings.NewReplacer("q="+editiontest.Secret, "", `value="`+editiontest.Secret, "", "“"+editiontest.Secret+"”", "") // the question itself
			before := asked.Replace(walk())
			for _, leak := range []string{h.Embargoed.Hash[:12], h.Embargoed.ID, h.PledgeEmbargoed.Hash[:12], editiontest.Secret} {
				if i := strings.Index(before, leak); i >= 0 {
					t.Errorf("told before its time: …%s…", before[max(0, i-100):i+40])
				}
			}
			for _, a := range []string{"/cam-ket-va-tien-do/" + h.PledgeEmbargoed.Hash[:12], "/ket-qua-cua-tinh/" + h.Embargoed.Hash[:12], "/an-ban/" + h.Embargoed.Hash + "/" + edition.ManifestName, "/an-ban/" + h.Embargoed.Hash + "/" + edition.UnitsTable} {
				if w := askOf(p, a); w.Code != http.StatusNotFound {
					t.Errorf("%s: %d", a, w.Code)
				}
			}
			h.Clock.Advance(editiontest.Opens.Sub(h.Clock.Now()))
			h.Drain()
			h.DB.Close() // the portal needs no database
			if after := asked.Replace(walk()); !strings.Contains(after, h.Embargoed.Hash[:12]) || !strings.Contains(after, h.PledgeEmbargoed.Hash[:12]) || !strings.Contains(after, editiontest.Secret) {
				t.Error("it is not shown after its time")
			}
		})
	}
}

// TestPledgePage: the page says of what day it is, counts n of N, gives the latest value its error, and reasons; the one
// lasting address leads to the newest that is public.
func TestPledgePage(t *testing.T) {
	h := editiontest.New(t, db.SQLite)
	p := owner(t, h)
	at := "/cam-ket-va-tien-do/" + h.Pledge.Hash[:12]
	if w := askOf(p, "/cam-ket-va-tien-do"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != at {
		t.Errorf("the lasting address leads to %d %s", w.Code, w.Header().Get("Location"))
	}
	page := askOf(p, at).Body.String()
	for _, must := range []string{"01/06/2025", "1/KH-UBND", "Chủ tịch UBND tỉnh", "1/3", "1/2", "Sở Tài chính", "5,25", "4,86–5,64", "0,50 (lên 5,50)", "Chờ hướng dẫn.", "Xã Hai", "không phải xếp hạng", "tasks.csv", "thuoc edition verify --recompute " + h.Pledge.Hash[:12]} {
		if !strings.Contains(page, must) {
			t.Errorf("the page lacks %q", must)
		}
	}
	h.Clock.Advance(editiontest.Opens.Sub(h.Clock.Now()))
	h.Drain()
	next := askOf(p, "/cam-ket-va-tien-do").Header().Get("Location")
	if next != "/cam-ket-va-tien-do/"+h.PledgeEmbargoed.Hash[:12] || !strings.Contains(askOf(p, next).Body.String(), at) {
		t.Errorf("after its time the address leads to %s, which does not lead to the one before", next)
	}
}
