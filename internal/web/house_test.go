package web

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"thuoc/internal/account"
	"thuoc/internal/account/password"
	"thuoc/internal/agency"
	"thuoc/internal/audit"
	"thuoc/internal/blob"
	"thuoc/internal/clock"
	"thuoc/internal/commitment"
	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/draft"
	"thuoc/internal/edition"
	"thuoc/internal/fault"
	"thuoc/internal/follow"
	"thuoc/internal/lang"
	"thuoc/internal/place"
	"thuoc/internal/report"
	"thuoc/internal/run"

	"thuoc/internal/inspect"
	"thuoc/internal/plan"
	"thuoc/internal/registry"
	"thuoc/internal/task"
	"thuoc/internal/ui"
	"thuoc/internal/ui/htmlcheck"
	"thuoc/internal/upkeep"
)

// house is the app over a fresh database, with an administrator.
type house struct {
	t     *testing.T
	app   *App
	db    *db.DB
	clock *dbtest.Clock
	site  *httptest.Server
	admin *person
	blobs blob.Store
	errs  []error // internal errors that were reported
}

const secret = "ba con mèo leo rào sắt" // the password of everybody

var key = []byte("a key of thirty-two bytes or more")

// open makes a house. Places are in it when they are in the database: most pages need none.
func open(t *testing.T, d *db.DB, now func() time.Time) *house {
	t.Helper()
	return openWith(t, d, now, nil)
}

// openWith is open with another house to sign in through.
func openWith(t *testing.T, d *db.DB, now func() time.Time, outside *account.OIDC) *house {
	t.Helper()
	h := &house{t: t, db: d}
	log, err := audit.New(key)
	must(t, err)
	accounts, err := account.New(account.Options{DB: d, Log: log, Random: mathrand.NewChaCha8(sha256.Sum256([]byte(t.Name()))), Key: key,
		Base: "http://house.test", OIDC: outside, Cost: password.Cost{Memory: 64, Passes: 1, Lanes: 1}})
	must(t, err)
	drafts, err := draft.New(d, key)
	must(t, err)
	files := filepath.Join(t.TempDir(), "blobs")
	must(t, blob.CreateDisk(files))
	disk, err := blob.OpenDisk(files, now())
	must(t, err)
	t.Cleanup(func() { disk.Close() })
	h.blobs = disk
	runs := run.New(run.Options{DB: d, Blobs: disk, Log: log, Code: "test"})
	plans, editions := plan.New(plan.Options{DB: d, Log: log}), edition.New(edition.Options{DB: d, Blobs: disk, Log: log, Runs: runs, Code: "test", Dir: t.TempDir()})
	inspections, err := inspect.New(inspect.Options{DB: d, Log: log, Key: key, Random: mathrand.NewChaCha8(sha256.Sum256([]byte("draws"))), Editions: editions})
	must(t, err)
	h.app, err = New(Options{Inspections: inspections, Accounts: accounts, Drafts: drafts, Places: place.New(place.Options{DB: d, Log: log}), Upkeep: upkeep.New(d, log), Agencies: agency.New(agency.Options{DB: d, Log: log}),
		Runs: runs, Editions: editions, Pledges: commitment.New(commitment.Options{DB: d, Plans: plans, Editions: editions}), Home: func(context.Context) (place.Version, error) { return place.Version{Place: made("province")}, nil },
		Tasks: task.New(task.Options{DB: d, Log: log}), Reports: report.New(report.Options{DB: d, Log: log}), Follow: follow.New(follow.Options{DB: d, Log: log}), Plans: plans, Registry: registry.New(registry.Options{DB: d, Log: log}), Blobs: disk,
		Key: key, Name: lang.Names{VI: "Tỉnh Mẫu", EN: "Mau"}, Code: "test", Now: now,
		Health: func(context.Context) Health {
			return Health{Backup: now().Add(-2 * time.Hour), Findings: []Finding{
				{Bad: true, Seen: fault.T("People reach the program without TLS: passwords can be read on the way."), Remedy: fault.T("Put a reverse proxy with a certificate before it and set THUOC_URL to https://…")},
				{Seen: fault.T("The system allows only %d open files.", 1024), Remedy: fault.T("Set LimitNOFILE=65536 in the unit of the service, or ulimit -n.")}}}
		},
		Space: func() (int64, int64, error) { return 64 << 30, 100 << 30, nil },
		Report: func(r *http.Request, err error) {
			h.errs = append(h.errs, fmt.Errorf("%s %s: %w", r.Method, r.URL.Path, err))
		}})
	must(t, err)
	h.app.tray.patience = time.Minute // what is followed on a page has a test of its own
	h.site = httptest.NewServer(h.app)
	t.Cleanup(h.site.Close)
	link, err := accounts.First(t.Context(), account.Person{Name: "Đỗ Quản Trị", Email: "quantri@tinh.gov.vn"})
	must(t, err)
	must(t, accounts.Accept(t.Context(), tokenOf(link), secret))
	h.admin = h.person("quantri@tinh.gov.vn")
	return h
}

// each runs a test in a house on each engine.
func each(t *testing.T, f func(t *testing.T, h *house)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB, now *dbtest.Clock) {
		h := open(t, d, now.Now)
		h.clock = now
		f(t, h)
	})
}

// one runs a test in a house on SQLite: what a page says does not depend on the engine.
func one(t *testing.T) *house {
	t.Helper()
	d, now := dbtest.New(t, db.SQLite)
	h := open(t, d, now.Now)
	h.clock = now
	return h
}

func tokenOf(link string) string { return link[strings.LastIndex(link, "/")+1:] }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// made is an id of a place or an agency, the same for the same name.
func made(name string) string {
	sum := sha256.Sum256([]byte(name))
	return fmt.Sprintf("01890000-0000-7000-8000-%x", sum[:6])
}

// user makes an active account with roles, and gives its id.
func (h *house) user(email, name string, grants ...account.Grant) string {
	h.t.Helper()
	for i := range grants {
		if grants[i].Since.IsZero() {
			grants[i].Since = clock.MustDate("2025-01-01")
		}
	}
	id, link, err := h.app.Accounts.Invite(h.t.Context(), account.Program("operator", clock.MustDate("2025-07-01")),
		account.Invitation{Person: account.Person{Name: name, Email: email}, Grants: grants})
	must(h.t, err)
	must(h.t, h.app.Accounts.Accept(h.t.Context(), tokenOf(link), secret))
	return id
}

// person is somebody with a browser.
type person struct {
	h      *house
	client *http.Client
	agent  string
	accept string // what kind of answer is asked for; "" = a page
}

// nobody is a browser in which nobody has signed in.
func (h *house) nobody() *person {
	jar, err := cookiejar.New(nil)
	must(h.t, err)
	return &person{h: h, client: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		agent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"}
}

// person signs somebody in, by the page.
func (h *house) person(login string) *person {
	h.t.Helper()
	p := h.nobody()
	a := p.post(Root+"/dang-nhap", url.Values{"login": {login}, "password": {secret}})
	if a.status != http.StatusSeeOther {
		h.t.Fatalf("%s cannot sign in: %d %s", login, a.status, a.text())
	}
	return p
}

// answer is what came back.
type answer struct {
	status int
	to     string // where it leads
	head   http.Header
	body   []byte
}

func (a answer) text() string { return string(a.body) }

// page reads an answer as a page.
func (a answer) page(t *testing.T) *htmlcheck.Document {
	t.Helper()
	d, err := htmlcheck.Parse(a.body)
	must(t, err)
	return d
}

func (p *person) do(r *http.Request) answer {
	p.h.t.Helper()
	r.Header.Set("User-Agent", p.agent)
	if p.accept != "" {
		r.Header.Set("Accept", p.accept)
	}
	resp, err := p.client.Do(r)
	must(p.h.t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	must(p.h.t, err)
	return answer{resp.StatusCode, resp.Header.Get("Location"), resp.Header, body}
}

func (p *person) get(path string) answer {
	p.h.t.Helper()
	r, err := http.NewRequestWithContext(p.h.t.Context(), "GET", p.h.site.URL+path, nil)
	must(p.h.t, err)
	return p.do(r)
}

func (p *person) post(path string, values url.Values) answer {
	p.h.t.Helper()
	r, err := http.NewRequestWithContext(p.h.t.Context(), "POST", p.h.site.URL+path, strings.NewReader(values.Encode()))
	must(p.h.t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return p.do(r)
}

// form opens a page and gives what its entry form would send, with values in the place of those of the page.
func (p *person) form(path string, values url.Values) url.Values {
	p.h.t.Helper()
	return p.filled(p.get(path), "form.entry", values)
}

// filled gives what a form of an answer would send.
func (p *person) filled(a answer, form string, values url.Values) url.Values {
	p.h.t.Helper()
	all := a.page(p.h.t).All(form)
	if len(all) == 0 {
		p.h.t.Fatalf("the answer %d has no %s: %s", a.status, form, a.text())
	}
	sent := url.Values{}
	for _, tag := range []string{"input", "textarea", "select"} {
		for _, n := range htmlcheck.Within(all[0], tag) {
			name, _ := htmlcheck.Attr(n, "name")
			value, _ := htmlcheck.Attr(n, "value")
			kind, _ := htmlcheck.Attr(n, "type")
			if _, ticked := htmlcheck.Attr(n, "checked"); (kind == "radio" || kind == "checkbox") && !ticked {
				continue
			}
			if tag == "textarea" {
				value = htmlcheck.Text(n)
			}
			if tag == "select" {
				for _, o := range htmlcheck.Within(n, "option[selected]") {
					value, _ = htmlcheck.Attr(o, "value")
				}
			}
			sent.Set(name, value)
		}
	}
	for name, list := range values {
		sent[name] = list
	}
	return sent
}

// press sends the button of a page that leads to a path which ends so.
func (p *person) press(page, ending string) answer {
	p.h.t.Helper()
	a := p.get(page)
	for _, n := range a.page(p.h.t).All("form.act") {
		if action, _ := htmlcheck.Attr(n, "action"); strings.HasSuffix(action, ending) {
			sent := url.Values{}
			for _, in := range htmlcheck.Within(n, "input") {
				name, _ := htmlcheck.Attr(in, "name")
				value, _ := htmlcheck.Attr(in, "value")
				sent.Set(name, value)
			}
			return p.post(action, sent)
		}
	}
	p.h.t.Fatalf("%s has no button to …%s: %s", page, ending, a.text())
	return answer{}
}

// TestServeForLooking serves a house with people in it for as long as a browser wants to look at it.
func TestServeForLooking(t *testing.T) {
	at := os.Getenv("THUOC_LOOK")
	if at == "" {
		t.Skip("THUOC_LOOK=127.0.0.1:8095 serves the app for looking at it")
	}
	file := filepath.Join(os.TempDir(), "thuoc-look.db")
	cfg := dbtest.Fresh(t, db.SQLite)
	cfg.Now = time.Now
	seeded, err := os.ReadFile(file)
	if err == nil {
		must(t, os.WriteFile(cfg.URL, seeded, 0o600))
	}
	d := dbtest.Open(t, cfg)
	log, err := audit.New(key)
	must(t, err)
	if seeded == nil {
		must(t, place.New(place.Options{DB: d, Log: log}).Seed(t.Context(), account.Program("operator", clock.Of(time.Now()))))
		must(t, d.Backup(t.Context(), file))
	}
	h := open(t, d, time.Now)
	furnish(t, h)
	server := &http.Server{Addr: at, Handler: h.window(), ReadHeaderTimeout: time.Second}
	t.Log(server.ListenAndServe())
}

func textOf(n *html.Node) string { return htmlcheck.Text(n) }

func attr(n *html.Node, name string) (string, bool) { return htmlcheck.Attr(n, name) }

// window shows pages as they look to somebody: /look?as=LOGIN&to=PATH signs in by itself, and with wide= the page stands
// in a frame of that width, with dark= in the dark theme, with body= as the answer to a form. Nothing of this is in the program.
func (h *house) window() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if ui.ServeAsset(w, r) {
			return
		}
		q := r.URL.Query()
		if r.URL.Path != "/look" {
			h.app.ServeHTTP(w, r)
			return
		}
		if wide := q.Get("wide"); wide != "" {
			q.Del("wide")
			fmt.Fprintf(w, `<body style="margin:0"><iframe style="border:0;width:%spx;height:1400px" src="/look?%s">`, wide, strings.ReplaceAll(q.Encode(), "&", "&amp;"))
			return
		}
		page := httptest.NewRecorder()
		ask := httptest.NewRequest("GET", q.Get("to"), nil)
		if as := q.Get("as"); as != "" {
			token, actor, err := h.app.Accounts.SignIn(r.Context(), account.Credentials{Login: as, Password: secret, From: account.Client{Agent: r.UserAgent()}})
			if err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			if sent := q.Get("body"); sent != "" {
				values, _ := url.ParseQuery(sent)
				values.Set(keyField, h.app.Drafts.Key(actor.User, q.Get("to")))
				ask = httptest.NewRequest("POST", q.Get("to"), strings.NewReader(values.Encode()))
				ask.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			}
			ask.AddCookie(&http.Cookie{Name: h.app.sessionCookie(), Value: token})
		}
		h.app.ServeHTTP(page, ask)
		text := page.Body.String()
		if q.Get("dark") != "" {
			text = strings.Replace(text, "</head>", "<style>:root{color-scheme:dark!important}</style></head>", 1)
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, text, page.Header().Get("Location"))
	})
}

// weigh adds up what a browser loads the first time it opens a page, compressed.
func (h *house) weigh(path string) int {
	h.t.Helper()
	text := h.admin.get(path).body
	total := len(ui.NewBody("text/html; charset=utf-8", text).Brotli())
	loaded := []string{"font/bvp-vn-400.woff2", "font/bvp-vn-600.woff2", "font/vntab-400.woff2", "font/vntab-600.woff2", "css/thuoc.css", "css/app.css", "js/thuoc.js", "js/app.js", "icon/icons.svg", "icon/app.svg", "icon/mark.svg"}
	for _, name := range loaded {
		total += len(ui.Assets()[ui.AssetPath(name)].Brotli())
	}
	return total
}
