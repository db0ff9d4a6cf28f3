package api

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"thuoc/internal/db"
	"thuoc/internal/edition/editiontest"
)

// own is an API over a house with editions of its own, whose clock goes so fast that nobody meets the limit.
func own(t testing.TB) (*API, *editiontest.House) {
	t.Helper()
	h := editiontest.New(t, db.SQLite)
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	return apiOf(h.Shelf, func() time.Time { at = at.Add(time.Minute); return at }), h
}

// askReleases asks every route of releases in both languages and holds the answers to the description.
func askReleases(t *testing.T) {
	t.Helper()
	a, h := own(t)
	for _, address := range []string{"/releases", "/releases?limit=1", "/releases/" + h.Public.Hash, "/releases/" + h.Corrected.Hash[:12], "/releases/" + h.Public.Hash + "/figures",
		"/releases/" + h.Public.Hash + "/figures?code=A&unit=u2&limit=1", "/releases/" + h.Public.Hash + "/files/units.csv", "/catalogue.jsonld",
		"/releases/" + h.Pledge.Hash, "/releases/" + h.Pledge.Hash + "/figures", "/releases/" + h.Pledge.Hash + "/files/tasks.csv"} {
		for _, l := range []string{"vi", "en"} {
			if w := askOf(t, a, http.MethodGet, Prefix+address, "Accept-Language", l); w.Code != http.StatusOK {
				t.Errorf("%s: %d %s", address, w.Code, cut(w.Body.String()))
			}
		}
	}
}

// TestReleases: what was corrected says so with every answer and leads to its successor; what was withdrawn is gone with
// reason and office and without figures; what is under embargo is nowhere until its time, and everywhere after it.
func TestReleases(t *testing.T) {
	a, h := own(t)
	get := func(path string) *httptest.ResponseRecorder { return askOf(t, a, http.MethodGet, Prefix+path) }
	list := read[pageRead[releaseLine]](t, get("/releases"))
	states := map[string]string{}
	for _, r := range list.Items {
		states[r.ID] = r.State
		if r.ID == h.Withdrawn.Hash && (r.Href != "" || r.Reason != editiontest.WithdrawnFor || r.DecidedBy == nil || r.DecidedBy.EN != "Provincial chair" || r.Ended == nil) {
			t.Errorf("the withdrawn one is listed as %+v", r)
		}
		if r.ID == h.Corrected.Hash && (string(r.CorrectedBy) != h.Public.Hash || r.Reason != editiontest.CorrectedFor) {
			t.Errorf("the corrected one is listed as %+v", r)
		}
	}
	if len(list.Items) != 4 || states[h.Public.Hash] != "public" || states[h.Corrected.Hash] != "corrected" || states[h.Withdrawn.Hash] != "withdrawn" {
		t.Fatalf("listed are %v", states)
	}
	for _, path := range []string{"", "/figures", "/files/units.csv"} {
		if w := get("/releases/" + h.Corrected.Hash + path); !strings.Contains(w.Header().Get("Link"), h.Public.Hash+`>; rel="successor-version"`) {
			t.Errorf("the corrected one%s leads to %q", path, w.Header().Get("Link"))
		}
		if w := get("/releases/" + h.Withdrawn.Hash + path); w.Code != http.StatusGone || !strings.Contains(w.Body.String(), editiontest.WithdrawnFor) {
			t.Errorf("the withdrawn one%s: %d %s", path, w.Code, w.Body)
		}
		if w := get("/releases/" + h.Embargoed.Hash + path); w.Code != http.StatusNotFound {
			t.Errorf("the embargoed one%s: %d", path, w.Code)
		}
	}
	figures := read[pageRead[releaseFigure]](t, get("/releases/"+h.Corrected.Hash+"/figures"))
	if figures.Total != 6 || figures.Items[0].State != "corrected" {
		t.Errorf("its figures are %+v", figures)
	}
	everything := func() (all string) {
		for _, path := range []string{"/releases", "/releases/" + h.Public.Hash, "/releases/" + h.Public.Hash + "/figures", "/catalogue.jsonld", "/editions", "/search?q=don+vi+cho+cong+bo"} {
			all += get(path).Body.String()
		}
		return all
	}
	for _, leak := range []string{h.Embargoed.Hash, h.Embargoed.Hash[:12], editiontest.Secret, h.Embargoed.ID, h.PledgeEmbargoed.Hash} {
		if strings.Contains(everything(), leak) {
			t.Errorf("%s is told before its time", leak)
		}
	}
	h.Clock.Advance(editiontest.Opens.Sub(h.Clock.Now()))
	h.Drain()
	if !strings.Contains(everything(), h.Embargoed.Hash) || !strings.Contains(everything(), h.PledgeEmbargoed.Hash) || !strings.Contains(get("/releases/"+h.Embargoed.Hash+"/figures").Body.String(), editiontest.Secret) {
		t.Error("it is not told after its time")
	}
}
