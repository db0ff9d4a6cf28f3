package e2e

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"thuoc/internal/account"
	"thuoc/internal/agency"
	"thuoc/internal/app"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/edition"
	"thuoc/internal/job"
	"thuoc/internal/place"
	"thuoc/test/program"
)

// TestYear walks one year of a province through the pages, each step by the person whose it is, from the page where they
// stand: what cannot be reached by links and buttons does not exist for them. The steps need each other, so the first that
// fails ends the walk.
func TestYear(t *testing.T) {
	library := axeLibrary(t)
	y := newYear(t, library)
	for _, chapter := range []struct {
		name string
		walk func(*year)
	}{
		{"the results are published", (*year).publishesResults},
		{"a plan is written from them", (*year).writesPlan},
		{"agencies and monitors have their say", (*year).hearsPlan},
		{"the plan is issued", (*year).issuesPlan},
		{"it is passed down", (*year).passesDown},
		{"tasks are given", (*year).givesTasks},
		{"the calendar is set", (*year).setsCalendar},
		{"evidence is shown and judged", (*year).showsEvidence},
		{"who is late is reminded", (*year).isReminded},
		{"and urged", (*year).isUrged},
		{"a commune reports", (*year).reportsHalf},
		{"its report is judged", (*year).judgesHalf},
		{"a surprise is drawn", (*year).drawsSurprise},
		{"the unit is inspected", (*year).inspects},
		{"findings are remedied", (*year).remedies},
		{"one is inspected again", (*year).inspectsAgain},
		{"the year is reported", (*year).reportsYear},
		{"its document is read", (*year).readsDocument},
		{"the public reads", (*year).tellsPublic},
	} {
		if !t.Run(chapter.name, func(t *testing.T) { y.t = t; chapter.walk(y) }) {
			break
		}
	}
}

// home is the province of the walk, as the gazetteer numbers it: Lạng Sơn, with 65 communes.
const home = "20"

// year is a province through a year: a house on a clock of its own, and its people at their browsers.
type year struct {
	t       *testing.T // of the chapter
	whole   *testing.T // of the walk, at whose end the browsers close
	site    string
	library string
	house   *app.House   // as who works at the machine has it
	ahead   atomic.Int64 // of the machine's clock; what Now reads
	people  map[string]*clerk
	met     map[string]bool // kinds of page that were looked at
	file    string          // a PDF as a scanner makes it
	photo   string          // a JPEG as a camera makes it
	places  []place.Version // the communes, by name

	drawn place.Version // the commune that the lot fell on
}

// Now is the clock of the house.
func (y *year) Now() time.Time { return time.Now().Add(time.Duration(y.ahead.Load())) }

// on moves the clock to the morning of a day.
func (y *year) on(day string) {
	y.t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", day+" 08:00", time.FixedZone("+07", 7*60*60))
	if err != nil {
		y.t.Fatal(err)
	}
	y.ahead.Store(int64(time.Until(at)))
}

// settles waits until the house has done what falls to it on its own.
func (y *year) settles() {
	y.t.Helper()
	var state job.State
	for late := time.Now().Add(patience); time.Now().Before(late); time.Sleep(50 * time.Millisecond) {
		err := y.house.DB.View(y.whole.Context(), func(q *db.Q) (err error) {
			state, err = job.Look(y.whole.Context(), q)
			return err
		})
		if err != nil {
			y.t.Fatal(err)
		}
		if state.Waiting+state.Running+state.Dead == 0 {
			return
		}
	}
	y.t.Fatalf("jobs are left: %+v", state)
}

// newYear founds a house with its people on the first working day of 2026 and serves it. The program runs in this process,
// with the clock handed in: nobody can set that of the machine.
func newYear(t *testing.T, library string) *year {
	t.Helper()
	dir := t.TempDir()
	y := &year{t: t, whole: t, library: library, people: map[string]*clerk{}, met: map[string]bool{},
		file: filepath.Join(dir, "da-ky.pdf"), photo: filepath.Join(dir, "IMG_0002.jpg")}
	y.on("2026-01-05")
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	y.site = "http://localhost:" + port
	c, err := app.Configure(func(s app.Setting) string {
		return map[string]string{"data": filepath.Join(dir, "data"), "listen": "localhost:" + port, "url": y.site}[s.Name]
	}, y.Now, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.WriteFile(y.file, []byte(signed), 0o600), os.WriteFile(y.photo, photoOf(t, 1200, 900), 0o600), y.founds(c)); err != nil {
		t.Fatal(err)
	}
	y.serves(c)
	return y
}

// signed is the smallest file that is a PDF.
const signed = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" +
	"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

// serves serves the house until the test ends.
func (y *year) serves(c app.Config) {
	y.t.Helper()
	folder, err := app.OpenFolder(c.Data)
	if err != nil {
		y.t.Fatal(err)
	}
	shelf := folder.Shelf(edition.Embedded(edition.Made{By: "test", Code: "test"}), func(error) {})
	log := slog.New(slog.NewTextHandler(&complaints{t: y.whole}, &slog.HandlerOptions{Level: slog.LevelError}))
	a, err := app.New(app.Options{Listen: c.Listen, Shelf: shelf, Base: y.site, House: &c, Now: y.Now, Log: log})
	if err != nil {
		y.t.Fatal(err)
	}
	// Beside the house the test holds the browser's side and every edition: under the bound that the program sets itself the
	// collector would run without end.
	y.whole.Cleanup(func(before int64) func() { return func() { debug.SetMemoryLimit(before) } }(debug.SetMemoryLimit(2 << 30)))
	ctx, stop := context.WithCancel(context.WithoutCancel(y.t.Context()))
	ready, ended := make(chan bool, 1), make(chan error, 1)
	go func() { ended <- a.Run(ctx, func(net.Addr) { ready <- true }) }()
	t := y.t
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the server ended with %v", err)
		}
	})
	select {
	case <-ready:
	case err := <-ended:
		ended <- err
		t.Fatal(err)
	}
}

// complaints fails the test with every error that the server logs.
type complaints struct{ t *testing.T }

func (c *complaints) Write(b []byte) (int, error) {
	c.t.Errorf("the server complains: %s", b)
	return len(b), nil
}

// The people of the walk, by the name before the @ of their address.
const (
	yearAnalyst   = "phantich"
	yearOwner     = "chutri"
	yearChair     = "chutich"
	yearLead      = "giamdoc"
	yearFront     = "mattran"
	yearInspector = "thanhtra"
	communeHead   = "chutichxa"
	communeClerk  = "canboxa"
	otherHead     = "chutichxa2"
	drawnHead     = "chutichxa3" // of the commune that is drawn
)

// leadAgency is the agency that leads what the walk is about.
const leadAgency = "Sở Nội vụ"

// founds makes the house and lets its people in.
func (y *year) founds(c app.Config) error {
	ctx := y.t.Context()
	begun, err := c.Found(home, clock.MustDate("2025-07-01"))
	if err != nil {
		return err
	}
	if _, err := app.Init(ctx, c, begun); err != nil {
		return err
	}
	if y.house, err = app.Open(ctx, c); err != nil {
		return err
	}
	y.t.Cleanup(func() {
		if err := y.house.Close(); err != nil {
			y.t.Error(err)
		}
	})
	h := y.house
	day := h.Operator().Day
	if y.places, err = h.Places.Children(ctx, begun.Home, day); err != nil {
		return err
	}
	bodies, _, err := h.Agencies.List(ctx, h.Operator(), agency.Filter{On: day, Place: begun.Home, Text: leadAgency, Limit: 1})
	if err != nil || len(bodies) != 1 {
		return fmt.Errorf("%s: %d agencies, %v", leadAgency, len(bodies), err)
	}
	for _, p := range []person{
		{yearAnalyst, "Phạm Thị Phân Tích", account.Grant{Role: account.Analyst, Place: begun.Home}},
		{yearOwner, "Lê Văn Chủ Trì", account.Grant{Role: account.PlanOwner, Place: begun.Home}},
		{yearChair, "Trần Văn Chính", account.Grant{Role: account.ProvincialChair, Place: begun.Home}},
		{yearLead, "Đỗ Thị Đứng Đầu", account.Grant{Role: account.LeadHead, Agency: bodies[0].ID}},
		{yearFront, "Hoàng Văn Giám Sát", account.Grant{Role: account.FrontMonitor, Place: begun.Home}},
		{yearInspector, "Vũ Thị Thanh Tra", account.Grant{Role: account.Inspector, Place: begun.Home}},
		{communeHead, "Nông Thị Xã", account.Grant{Role: account.CommuneChair, Place: y.places[0].Place}},
		{communeClerk, "Lý Văn Cơ Sở", account.Grant{Role: account.CommuneOfficial, Place: y.places[0].Place}},
		{otherHead, "Hà Văn Làng", account.Grant{Role: account.CommuneChair, Place: y.places[1].Place}},
	} {
		if err := y.lets(p); err != nil {
			return err
		}
	}
	return nil
}

// person is somebody who is let in, by the name before the @ of their address.
type person struct {
	login, name string
	grant       account.Grant
}

// lets invites somebody, who takes the invitation.
func (y *year) lets(p person) error {
	ctx, h := y.whole.Context(), y.house
	p.grant.Since = h.Operator().Day
	_, link, err := h.Accounts.Invite(ctx, h.Operator(), account.Invitation{Person: account.Person{Name: p.name, Email: p.login + "@tinh.example"}, Grants: []account.Grant{p.grant}})
	if err != nil {
		return fmt.Errorf("%s: %w", p.login, err)
	}
	return h.Accounts.Accept(ctx, path.Base(link), program.Password)
}

// clerk is one of the people, at a browser of their own for the whole year.
type clerk struct {
	*reader
	y     *year
	login string
}

// as gives one of the people, on the page that they see first in the morning.
func (y *year) as(login string) *clerk {
	y.t.Helper()
	c := y.people[login]
	if c == nil {
		c = &clerk{&reader{open(y.whole, launch(y.t), y.site), y.t, y.site}, y, login}
		y.people[login] = c
		c.must(c.look(desktop))
	}
	c.t = y.t
	c.goes("/app/viec-cua-toi")
	if strings.Contains(c.at(), "dang-nhap") {
		c.signsIn(login+"@tinh.example", program.Password)
	}
	c.lands()
	return c
}

// finder marks what a person would press: a visible link or button by its words, the closest to other words where some come
// first. It gives what it marked, or what there was.
const finder = `((words) => {
	const norm = s => s.replace(/\s+/g, " ").trim(), what = words.at(-1), near = words.slice(0, -1);
	const all = [...document.querySelectorAll("a[href], button, summary")].filter(e => e.checkVisibility({visibilityProperty: true}) && norm(e.innerText || e.ariaLabel || ""));
	const said = e => norm(e.innerText || e.ariaLabel || "");
	const apart = e => {
		for (let p = e; p && p !== document.body; p = p.parentElement) if (near.every(w => norm(p.innerText).includes(w))) return norm(p.innerText).length;
		return Infinity;
	};
	document.querySelectorAll("[data-here]").forEach(e => delete e.dataset.here);
	for (const fits of [s => s === what, s => s.startsWith(what), s => s.includes(what)]) {
		const found = all.filter(e => fits(said(e)) && (!near.length || apart(e) < Infinity)).sort((a, b) => near.length ? apart(a) - apart(b) : 0);
		if (found.length) { found[0].dataset.here = "1"; found[0].scrollIntoView({block: "center"}); return found[0].localName; }
	}
	return "none of: " + all.map(said).join(" | ");
})`

// finds marks a link or button by its words and gives the name of its element.
func (c *clerk) finds(words ...string) string {
	c.t.Helper()
	list, err := json.Marshal(words)
	c.must(err)
	found, err := ask[string](c.tab, finder+"("+string(list)+")")
	c.must(err)
	if strings.HasPrefix(found, "none of") {
		c.t.Fatalf("%s at %s has no %q: %s", c.login, c.at(), words, found)
	}
	return found
}

// clicks presses a link or button by its words, the closest to other words where some come first, and waits for the page
// that follows.
func (c *clerk) clicks(words ...string) {
	c.t.Helper()
	if c.finds(words...) == "summary" {
		c.presses("[data-here]")
		return
	}
	c.answered("[data-here]")
	c.lands()
}

// lands looks at the page that came: it is no error, and accessible where its kind is met for the first time.
func (c *clerk) lands() {
	c.t.Helper()
	status, err := ask[int](c.tab, `performance.getEntriesByType("navigation")[0].responseStatus`)
	c.must(err)
	if status >= 400 && status != 422 {
		c.t.Fatalf("%s at %s: status %d: %s", c.login, c.at(), status, c.reads())
	}
	kind := appID.ReplaceAllString(strings.SplitN(c.at(), "?", 2)[0], "{id}")
	if c.y.met[kind] {
		return
	}
	c.y.met[kind] = true
	found, err := c.axe(c.y.library)
	c.must(err)
	for _, f := range found {
		c.t.Errorf("%s: %s", kind, f)
	}
	c.pictured(kind)
}

// pictured keeps pictures of the page where THUOC_SHOTS says.
func (c *clerk) pictured(name string) {
	c.t.Helper()
	dir := os.Getenv("THUOC_SHOTS")
	if dir == "" {
		return
	}
	for _, width := range []int64{390, 1280} {
		c.must(c.look(screen{width: width}))
		b, err := c.shot(nil)
		c.must(err)
		name := fmt.Sprintf("%03d%s %d.png", len(c.y.met), strings.ReplaceAll(name, "/", "-"), width)
		c.must(os.WriteFile(filepath.Join(dir, name), b, 0o644))
	}
}

// shows fails the test, which then cannot go on, where the page lacks some words; blanks and capitals do not count.
func (c *clerk) shows(wanted ...string) {
	c.t.Helper()
	text := c.reads()
	for _, w := range wanted {
		if !strings.Contains(strings.ToLower(tight(text)), strings.ToLower(tight(w))) {
			c.t.Fatalf("%s at %s does not read %q, but: %s", c.login, c.at(), w, text)
		}
	}
}

// lacks fails the test where the page offers a link or button of some words.
func (c *clerk) lacks(words string) {
	c.t.Helper()
	offered, err := ask[bool](c.tab, `[...document.querySelectorAll("main a[href], main button")].some(e => e.innerText.trim() === `+quote(words)+`)`)
	c.must(err)
	if offered {
		c.t.Errorf("%s at %s is offered %q", c.login, c.at(), words)
	}
}

// submits sends the page's form, which is to be taken, and shows what is then said.
func (c *clerk) submits(said ...string) {
	c.t.Helper()
	c.sends()
	if status, _ := ask[int](c.tab, `performance.getEntriesByType("navigation")[0].responseStatus`); status == 422 {
		c.t.Fatalf("%s at %s is not taken: %s", c.login, c.at(), c.reads())
	}
	c.lands()
	c.shows(said...)
}

// chooses picks an option of a list in the page's form by its words.
func (c *clerk) chooses(name, words string) {
	c.t.Helper()
	c.does(`(s => { const o = [...s.options].find(o => o.text.includes(` + quote(words) + `)); if (!o) throw new Error("only " + [...s.options].map(o => o.text).join(" | "));
		s.value = o.value; s.dispatchEvent(new Event("change", {bubbles: true})) })(document.querySelector("form.entry [name=` + name + `]"))`)
}

// attaches puts a file into the page's form.
func (c *clerk) attaches(name, file string) {
	c.t.Helper()
	ctx, stop := context.WithTimeout(c.ctx, patience)
	defer stop()
	_, err := chromedp.Run(ctx, chromedp.SetUploadFiles(chromedp.CSS("form.entry [name="+name+"]"), []string{file}))
	c.must(err)
}
