package e2e

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	invented "thuoc/internal/demo"
)

// keptPages counts the pages that the telephone keeps.
const keptPages = `caches.keys().then(async names => { let n = 0; for (const k of names) if (k.startsWith("thuoc-pages")) n += (await (await caches.open(k)).keys()).length; return n })`

// kept holds on a page that is a kept copy and says so.
const kept = `!!document.querySelector("[data-kept]:not([hidden])")`

// signs holds where a sign stands for every picture that was sent, and none is broken.
const signs = `(() => { const all = [...document.querySelectorAll(".ev img")]; all.forEach(i => i.loading = "eager"); return all.length > 0 && all.every(i => i.complete && i.naturalWidth === 48) })()`

// offline: without a network work and tasks are read as they were last seen, what is sent waits, and after the page is
// closed in the middle of it and opened again it has arrived once.
func (p *phone) offline(t *testing.T) {
	p.goes(p.task)
	p.goes("/app/viec-cua-toi")
	broken := p.breakAt(opensWork, -1, 2500) // in the middle of a page
	p.goes("/app/viec-cua-toi")
	<-broken
	p.waits(kept)
	p.shows("Bản lưu lúc", "Cần làm")
	p.goes(p.task)
	p.waits(kept)
	p.waits(signs)
	p.shows("Ảnh đã gửi không lưu trên điện thoại")
	p.goes("/app/nhiem-vu/chua-xem")
	p.shows("Không có mạng", "bản lưu trên máy này")
	p.looked(t, "no network")
	p.goes("/app/viec-cua-toi?nv=" + p.task[strings.LastIndex(p.task, "/")+1:])
	_, before := p.arrived("")
	p.writes("viết khi mất mạng", true)
	p.taps()
	p.tray("waiting", 1)
	p.writes("lần thứ hai", false)
	p.taps()
	p.tray("waiting", 2)
	p.looked(t, "two entries wait")
	p.mend(t)
	broken = p.breakAt(sendsProgress, 30_000, -1)
	p.returns()
	<-broken
	p.must(p.visit("about:blank"))
	p.mend(t)
	p.goes("/app/viec-cua-toi")
	p.empties()
	p.once("viết khi mất mạng", before, true)
	p.once("lần thứ hai", before+1, false)
	p.trusted()
}

// trusted fails the test where the policy was broken or another host asked; that the network failed is meant.
func (p *phone) trusted() {
	p.reader.t.Helper()
	for _, f := range p.found() {
		if f.rule == "policy" || f.rule == "own-host" {
			p.reader.t.Error(f)
		}
	}
}

// killed: a browser that is killed while it sends, and started again, has sent once.
func (o *office) killed(t *testing.T) {
	profile := t.TempDir()
	start := func() context.Context {
		options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.Flag("lang", "vi"), chromedp.UserDataDir(profile))
		if os.Geteuid() == 0 {
			options = append(options, chromedp.NoSandbox)
		}
		allocator, stop := chromedp.NewExecAllocator(t.Context(), options...)
		t.Cleanup(stop)
		browser, _ := chromedp.NewContext(allocator)
		if err := chromedp.Do(browser); err != nil {
			t.Fatal(err)
		}
		return browser
	}
	in := func(browser context.Context) *phone {
		return &phone{reader: &reader{attach(t, browser, o.site()), t, o.site()}, office: o}
	}
	browser := start()
	in(browser).enrols(official)
	if err := chromedp.Cancel(browser); err != nil { // closed in order, so that the telephone's token is on the disk
		t.Fatal(err)
	}
	browser = start()
	p := in(browser)
	p.goes(o.task)
	_, before := o.arrived("")
	broken := o.breakAt(sendsProgress, 30_000, -1)
	p.writes("giữa lúc tắt máy", true)
	p.taps()
	<-broken
	if err := chromedp.FromContext(browser).Browser.Process().Kill(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Second)
	o.mend(t)
	browser = start()
	p = in(browser)
	p.goes("/app/viec-cua-toi")
	p.empties()
	p.once("giữa lúc tắt máy", before, true)
	if err := chromedp.Cancel(browser); err != nil {
		t.Error(err)
	}
}

// crossed: a number that was reported at the desk meanwhile is not overwritten unknowingly, and what was entered stays.
func (p *phone) crossed(t *testing.T) {
	p.goes(p.task)
	_, before := p.arrived("")
	p.cut()
	p.writes("số từ điện thoại", false)
	p.does(`document.querySelector(` + quote(p.form()+` [name=done][value="1"]`) + `).checked = true`)
	p.taps()
	p.tray("waiting", 1)
	p.clerk.goes(p.task)
	p.clerk.does(`(f => { f.elements.note.value = "số ở bàn làm việc"; f.elements.done.value = "0" })(document.querySelector("form.send"))`)
	p.clerk.answered("form.send .btn.primary")
	p.mend(t)
	p.returns()
	p.tray("clash", 1)
	p.waits(`document.getElementById("hang-doi").open`)
	said, err := ask[string](p.tab, `document.querySelector('#hang-doi li[data-state="clash"]').innerText`)
	p.must(err)
	if !strings.Contains(said, "thay thế") || !strings.Contains(said, "số từ điện thoại") {
		t.Errorf("the conflict reads %q", plain(said))
	}
	if steps, _ := p.arrived("số từ điện thoại"); steps != 0 {
		t.Error("it was overwritten")
	}
	p.looked(t, "clash")
	p.presses(`#hang-doi [data-do="over"]`)
	p.empties()
	p.once("số từ điện thoại", before, false)
}

// looked checks the page as it stands at four widths and in the dark: axe, no sideways scroll, on a telephone targets of
// 44 points.
func (p *phone) looked(t *testing.T, name string) {
	library := axeLibrary(t)
	for _, s := range []screen{{width: 390}, {width: 390, dark: true}, {width: 320}, {width: 360}, {width: 1280}} {
		p.must(p.look(s))
		for _, check := range []func() ([]finding, error){func() ([]finding, error) { return p.axe(library) }, p.sideways} {
			found, err := check()
			p.must(err)
			for _, f := range found {
				t.Errorf("%s, %s: %s", name, s, f)
			}
		}
		small, err := ask[[]string](p.tab, `[...document.querySelectorAll(".outbox .btn, .outbox summary, .send .btn, .send .shot, .do > summary")].filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 44).map(e => e.textContent.trim())`)
		p.must(err)
		if len(small) > 0 && s.width < 1280 { // where there is a mouse, 36 do
			t.Errorf("%s, %s: too small to tap: %q", name, s, small)
		}
	}
	p.must(p.look(screen{width: 390}))
}

// revoked: a telephone that was revoked forgets the pages it kept; what was entered stays, is neither shown to nor sent by
// somebody else who signs in, and arrives once its owner has signed in.
func (p *phone) revoked(t *testing.T) {
	p.goes(p.task)
	_, before := p.arrived("")
	p.cut()
	p.writes("trước khi thu hồi", false)
	p.taps()
	p.tray("waiting", 1)
	for p.clerk.goes("/app/tai-khoan"); ; {
		more, err := ask[bool](p.clerk.tab, `!!document.querySelector('form[action$="/thu-hoi"]')`)
		p.must(err)
		if !more {
			break
		}
		p.clerk.acts("/thu-hoi")
	}
	p.mend(t)
	p.returns()
	p.tray("revoked", 1)
	if n, err := ask[int](p.tab, keptPages); n != 0 || err != nil {
		t.Errorf("%d pages are kept after it was revoked, %v", n, err)
	}
	p.signsIn(neighbor, invented.Password)
	time.Sleep(time.Second)
	hidden, err := ask[bool](p.tab, `document.getElementById("hang-doi").hidden && !document.querySelector("#hang-doi li")`)
	if !hidden || err != nil {
		t.Errorf("somebody else sees the entry: %v", err)
	}
	if steps, _ := p.arrived("trước khi thu hồi"); steps != 0 {
		t.Error("somebody else sent it")
	}
	p.must(p.look(desktop))
	p.signsOut()
	p.must(p.look(screen{width: 390}))
	if n, err := ask[int](p.tab, keptPages); n != 0 || err != nil {
		t.Errorf("%d pages are kept after signing out, %v", n, err)
	}
	p.signsIn(official, invented.Password)
	p.empties()
	p.once("trước khi thu hồi", before, false)
}
