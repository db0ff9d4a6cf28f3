package e2e

import (
	"bytes"
	"context"
	"image/jpeg"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	invented "thuoc/internal/demo"
	"thuoc/test/program"
)

// The people of the invented province who are at work here.
const (
	official = "commune-official@tinh-mau.example"
	neighbor = "commune-official-2@tinh-mau.example"
	boss     = "commune-chair@tinh-mau.example"
)

// office is the demo's house with a line to it, and an official at their desk, without scripts.
type office struct {
	*line
	t    *testing.T
	near string // the house as desks reach it, without the line
	desk *program.Browser
	task string // path of a task of the official
	shot string // a file as a camera makes it
}

func newOffice(t *testing.T) *office {
	t.Helper()
	dir := t.TempDir()
	binary, err := program.Build(dir)
	if err != nil {
		t.Fatal(err)
	}
	server, err := program.Serve(binary)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Errorf("%v\n%s", err, server.Said())
		}
	})
	o := &office{line: strung(t, server.URL), t: t, near: server.URL, shot: filepath.Join(dir, "IMG_0001.jpg")}
	o.desk = o.at(server, official)
	work := o.reads("/app/viec-cua-toi")
	o.task = regexp.MustCompile(`<h3><a href="(/app/nhiem-vu/[^"]+)"`).FindStringSubmatch(work)[1]
	if err := os.WriteFile(o.shot, photoOf(t, 4000, 3000), 0o600); err != nil {
		t.Fatal(err)
	}
	return o
}

// at signs somebody in without scripts, waiting until the invented province stands.
func (o *office) at(server *program.Server, login string) *program.Browser {
	o.t.Helper()
	b, err := server.Browser()
	if err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(b.Close)
	for late := time.Now().Add(2 * patience); ; time.Sleep(200 * time.Millisecond) {
		err := b.Send("/app/dang-nhap", url.Values{"login": {login}, "password": {invented.Password}})
		if err == nil {
			return b
		}
		if time.Now().After(late) {
			o.t.Fatal(err)
		}
	}
}

// reads is a page as the official's desk sees it.
func (o *office) reads(path string) string {
	o.t.Helper()
	text, err := o.desk.Get(path)
	if err != nil {
		o.t.Fatal(err)
	}
	return text
}

// arrived counts what the house has of the task: steps of its history that say some words, and photos.
func (o *office) arrived(words string) (steps, photos int) {
	o.t.Helper()
	text := o.reads(o.task)
	_, history, _ := strings.Cut(text, `<ol class="hist"`)
	return strings.Count(history, words), strings.Count(text, `<div class="ev">`)
}

// phone is an enrolled telephone: a profile of its own behind the line, 390 points wide.
type phone struct {
	*reader
	*office
	clerk *reader // its owner at a desk, who forbids scripts
}

func (o *office) phone(t *testing.T, browser context.Context, login string) *phone {
	t.Helper()
	p := &phone{reader: &reader{open(t, browser, o.site()), t, o.site()}, office: o}
	p.must(p.look(screen{width: 390}))
	p.enrols(login)
	return p
}

// enrols makes the telephone one of somebody's by a link that they made at a desk.
func (p *phone) enrols(login string) {
	p.reader.t.Helper()
	desk := &reader{open(p.reader.t, launch(p.reader.t), p.near), p.reader.t, p.near}
	p.clerk = desk
	desk.must(desk.scripts(false))
	desk.signsIn(login, invented.Password)
	desk.goes("/app/tai-khoan/thiet-bi/them")
	desk.sends()
	desk.waits(`!!document.querySelector(".copy code")`)
	link, err := ask[string](desk.tab, `document.querySelector(".copy code").textContent`)
	desk.must(err)
	u, err := url.Parse(link)
	desk.must(err)
	p.goes(u.Path)
	p.fills("password", invented.Password)
	p.sends()
	p.waits(`navigator.serviceWorker.ready.then(r => !!r.active)`)
	p.goes("/app/viec-cua-toi") // seen once with the worker at work, it is kept
}

// form is the form of progress of the task, wherever the telephone is.
func (p *phone) form() string { return `form[data-queue][action^="` + p.task + `"]` }

// writes fills the form in: words and, where wanted, the photo.
func (p *phone) writes(words string, photo bool) {
	p.reader.t.Helper()
	p.does(`(f => { f.closest("details")?.setAttribute("open", ""); f.elements.note.value = ` + quote(words) + `; f.elements.note.dispatchEvent(new Event("input", {bubbles: true})) })(document.querySelector(` + quote(p.form()) + `))`)
	if photo {
		_, err := chromedp.Run(p.ctx, chromedp.SetUploadFiles(chromedp.CSS(p.form()+" [name=photo]"), []string{p.shot}))
		p.must(err)
		p.waits(`document.querySelector(` + quote(p.form()+" .about") + `).textContent !== ""`)
	}
}

// taps presses Send.
func (p *phone) taps() {
	p.reader.t.Helper()
	p.does(`document.querySelector(` + quote(p.form()+" .btn.primary") + `).scrollIntoView({block: "center"})`)
	p.presses(p.form() + " .btn.primary")
}

// tray waits until so many entries are in the tray in a state.
func (p *phone) tray(state string, n int) {
	p.reader.t.Helper()
	p.waits(`document.querySelectorAll('#hang-doi li[data-state="` + state + `"]').length >= ` + strconv.Itoa(n))
}

// allSent holds when everything in the tray is sent.
const allSent = `!!document.querySelector('#hang-doi li[data-state="sent"]') && !document.querySelector('#hang-doi li:not([data-state="sent"])')`

func (p *phone) empty() bool {
	is, _ := ask[bool](p.tab, allSent)
	return is
}

// empties waits until everything in the tray is sent.
func (p *phone) empties() {
	p.reader.t.Helper()
	p.waits(allSent)
}

// returns tells the browser that the network is back, as a telephone does.
func (p *phone) returns() { p.does(`dispatchEvent(new Event("online"))`) }

// once fails unless some words arrived once, with one photo more than before where one was sent.
func (p *phone) once(words string, before int, photo bool) {
	p.reader.t.Helper()
	steps, photos := p.arrived(words)
	want := before
	if photo {
		want++
	}
	if steps != 1 || photos != want {
		p.reader.t.Errorf("%q: %d steps and %d photos, want 1 and %d", words, steps, photos, want)
	}
}

// TestPhone works an enrolled telephone behind a line that breaks.
func TestPhone(t *testing.T) {
	axeLibrary(t)
	o := newOffice(t)
	p := o.phone(t, launch(t), official)
	t.Run("three taps", o.threeTaps)
	t.Run("killed", o.killed)
	t.Run("checklist", func(t *testing.T) { whole := *o; whole.checklist(t) })
	for _, c := range []struct {
		name string
		test func(*testing.T)
	}{{"cut", p.cutEverywhere}, {"offline", p.offline}, {"crossed", p.crossed}, {"revoked", p.revoked}} {
		t.Run(c.name, func(t *testing.T) {
			p.reader.t, p.clerk.t = t, t
			c.test(t)
		})
	}
}

// threeTaps: from a link in a message of another site to progress with a photo that has arrived, over a slow network.
func (o *office) threeTaps(t *testing.T) {
	p := o.phone(t, launch(t), official)
	message := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Write([]byte(`<!doctype html><html lang="vi"><title>Tin nhắn</title><a href="` + o.site() + o.task + `">Nhiệm vụ của anh/chị</a>`))
	}))
	defer message.Close()
	for _, speed := range []struct {
		name      string
		perSecond int
		delay     time.Duration
	}{{"as fast as it can", 0, 0}, {"400 kbit/s, 400 ms", 50_000, 400 * time.Millisecond}} {
		_, before := o.arrived("")
		p.must(p.visit(message.URL))
		p.must(p.look(screen{width: 390}))
		o.perSecond, o.delay = speed.perSecond, speed.delay
		taps, start := 0, time.Now()
		tap := func(selector string) { p.presses(selector); taps++ }
		tap("a")
		p.waits(`location.pathname === ` + quote(o.task) + ` && document.readyState === "complete"`)
		opened := time.Since(start)
		chosen := p.chooses(o.shot)
		tap(p.form() + " .shot")
		<-chosen
		tap(p.form() + " .btn.primary")
		for start := time.Now(); !p.empty() && time.Since(start) < time.Minute; time.Sleep(50 * time.Millisecond) {
		}
		took := time.Since(start)
		o.perSecond, o.delay = 0, 0
		p.waits(`document.readyState === "complete" && performance.getEntriesByType("navigation")[0].type === "reload"`)
		t.Logf("%s: %d taps, open after %.1f s, arrived after %.1f s", speed.name, taps, opened.Seconds(), took.Seconds())
		if taps > 3 || took > time.Minute {
			t.Errorf("%s: %d taps, %s", speed.name, taps, took)
		}
		if _, photos := o.arrived(""); photos != before+1 {
			t.Errorf("%s: %d photos, want %d", speed.name, photos, before+1)
		}
		p.goes("/app/viec-cua-toi")
		p.presses("#hang-doi summary")
		p.presses(`#hang-doi [data-do="drop"]`)
	}
	o.anonymous(t)
}

// chooses answers the next file dialog with a photo, as taking one does.
func (p *phone) chooses(file string) <-chan struct{} {
	p.reader.t.Helper()
	_, err := chromedp.Call(p.ctx, page.SetInterceptFileChooserDialog, page.SetInterceptFileChooserDialogParams{Enabled: true})
	p.must(err)
	done := make(chan struct{})
	p.must(chromedp.Listen(p.ctx, func(event any) {
		if _, ok := event.(*page.EventFileChooserOpened); ok {
			go func() {
				chromedp.Run(p.ctx, chromedp.SetUploadFiles(chromedp.CSS(p.form()+" [name=photo]"), []string{file}))
				select {
				case <-done:
				default:
					close(done)
				}
			}()
		}
	}))
	return done
}

// anonymous: what was kept of the last photo has at most 1600 points a side and nothing of what the camera wrote.
func (o *office) anonymous(t *testing.T) {
	t.Helper()
	all := regexp.MustCompile(`<a class="th" href="([^"]+)"`).FindAllStringSubmatch(o.reads(o.task), -1)
	b := []byte(o.reads(all[len(all)-1][1]))
	head, err := jpeg.DecodeConfig(bytes.NewReader(b))
	if err != nil || max(head.Width, head.Height) != 1600 || bytes.Contains(b, []byte("Exif")) || bytes.Contains(b, []byte("SERIAL7")) {
		t.Errorf("the photo is kept as %+v, %v", head, err)
	}
}

// cutEverywhere: wherever the line breaks, what was sent arrives once when it is mended.
func (p *phone) cutEverywhere(t *testing.T) {
	for _, c := range []struct {
		name            string
		asked, answered int
	}{
		{"before the question", 0, -1}, {"in its head", 200, -1}, {"in the words", 1500, -1}, {"in the photo", 30_000, -1},
		{"before the answer", -1, 0}, {"in the answer", -1, 60},
	} {
		t.Run(c.name, func(t *testing.T) {
			words := "cắt " + c.name
			_, before := p.arrived("")
			p.goes(p.task)
			broken := p.breakAt(sendsProgress, c.asked, c.answered)
			p.writes(words, true)
			p.taps()
			select {
			case <-broken:
			case <-time.After(patience):
				t.Fatal("the line did not break")
			}
			p.tray("waiting", 1)
			p.mend(t)
			p.returns()
			p.empties()
			p.once(words, before, true)
			if n := p.begun(); n < 2 {
				t.Errorf("it was asked %d times: nothing was cut", n)
			}
		})
	}
}
