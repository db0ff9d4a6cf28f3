package app

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"thuoc/internal/edition"
)

// newApp serves a house in a test, without listening. A house is not served without the places of the country.
func newApp(t *testing.T, c Config, log *slog.Logger) *App {
	t.Helper()
	h := openHouse(t, c)
	if err := errors.Join(h.stock(t.Context()), h.Close()); err != nil {
		t.Fatal(err)
	}
	a, err := New(Options{Shelf: edition.Embedded(edition.Made{By: "test", Code: "test"}), House: &c, Now: c.Now, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.keeper.open(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if h := a.keeper.house.Load(); h != nil {
			h.Close()
		}
	})
	return a
}

func ask(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// TestReadiness: each part that fails is named and nothing else is told; the reason stands in the log.
func TestReadiness(t *testing.T) {
	c := newHouse(t)
	var log bytes.Buffer
	a := newApp(t, c, slog.New(slog.NewTextHandler(&log, nil)))
	get := func(path string) *httptest.ResponseRecorder {
		return ask(a.Handler(), httptest.NewRequest("GET", path, nil))
	}
	if w := get("/readyz"); w.Code != http.StatusOK || w.Body.String() != "editions ok\ndatabase ok\nlog ok\njobs ok\ndisk ok\n" {
		t.Errorf("well: %d %s", w.Code, w.Body)
	}
	a.keeper.house.Load().DB.Close()
	if w := get("/readyz"); w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "database fails\n") {
		t.Errorf("without database: %d %s", w.Code, w.Body)
	}
	if w := get("/healthz"); w.Code != http.StatusOK || w.Body.String() != "ok\n" {
		t.Errorf("the process lives: %d %s", w.Code, w.Body)
	}
	if !strings.Contains(log.String(), "database: ") {
		t.Errorf("the log does not tell why:\n%s", &log)
	}
}

// TestMetrics: the state of the house, the requests by door and status, and nothing of who asked what.
func TestMetrics(t *testing.T) {
	a := newApp(t, newHouse(t), quiet)
	ask(a.Handler(), httptest.NewRequest("GET", "/tim?q=nguoi-nao-do", nil))
	ask(a.Handler(), httptest.NewRequest("GET", "/api/v1/nothing", nil))
	body := ask(a.meters, httptest.NewRequest("GET", "/metrics", nil)).Body.String()
	for _, line := range []string{`thuoc_ready{part="database"} 1`, `thuoc_ready{part="disk"} 1`, `thuoc_jobs{state="dead"} 0`,
		`thuoc_db_transactions_total{kind="view"} `, `thuoc_request_seconds_count{door="api",status="4xx"} 1`, "go_goroutines ", "thuoc_backup_age_seconds "} {
		if !strings.Contains(body, line) {
			t.Errorf("no %s in\n%s", line, body)
		}
	}
	if strings.Contains(body, "nguoi-nao-do") {
		t.Error("a query is in the metrics")
	}
	if w := ask(a.Handler(), httptest.NewRequest("GET", "/metrics", nil)); w.Code != http.StatusNotFound {
		t.Errorf("anybody may read /metrics: %d", w.Code)
	}
}

// TestRequestID: an id is kept from a proxy of ours when it is sane; from anybody else, or when it could be taken for
// more than an id, a new one is made.
func TestRequestID(t *testing.T) {
	ours := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	for _, c := range []struct {
		from, given string
		kept        bool
	}{
		{"10.1.2.3:80", "a-sane_Request1", true},
		{"[::ffff:10.1.2.3]:80", "a-sane_Request1", true},
		{"192.0.2.1:80", "a-sane_Request1", false},
		{"10.1.2.3:80", "short", false},
		{"10.1.2.3:80", "level=ERROR msg=x", false},
		{"10.1.2.3:80", "two\nlines-of-it", false},
		{"10.1.2.3:80", strings.Repeat("x", 65), false},
		{"10.1.2.3:80", "", false},
		{"nonsense", "a-sane_Request1", false},
	} {
		var inside string
		h := identified(ours, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { inside = requestID(r) }))
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.from
		r.Header.Set("X-Request-Id", c.given)
		got := ask(h, r).Header().Get("X-Request-Id")
		if (got == c.given) != c.kept || got != inside || !saneID.MatchString(got) {
			t.Errorf("%s gives %q: the answer bears %q, the log %q", c.from, c.given, got, inside)
		}
	}
}

// TestClientAddress: what anybody may have written before our proxy is not believed.
func TestClientAddress(t *testing.T) {
	ours := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	for _, c := range []struct{ from, forwarded, want string }{
		{"192.0.2.1:80", "", "192.0.2.1"},
		{"192.0.2.1:80", "198.51.100.7", "192.0.2.1"}, // not our proxy
		{"10.0.0.1:80", "198.51.100.7", "198.51.100.7"},
		{"10.0.0.1:80", "203.0.113.9, 198.51.100.7", "198.51.100.7"}, // the first was written by the caller
		{"10.0.0.1:80", "198.51.100.7, 10.0.0.2", "198.51.100.7"},    // two proxies of ours
		{"10.0.0.1:80", "198.51.100.7, rubbish", "10.0.0.1"},
		{"[::1]:80", "2001:db8::7", "2001:db8::7"},
		{"10.0.0.1:80", "", "10.0.0.1"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.from
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := clientAddress(ours, r).String(); got != c.want {
			t.Errorf("%s by %q is %s, want %s", c.from, c.forwarded, got, c.want)
		}
	}
}
