package e2e

import (
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// inspector is the chief of the teams of the invented province.
const inspector = "inspector@tinh-mau.example"

var sendsAnswers = regexp.MustCompile(`^POST /app/luot-kiem-tra/[^/ ]+/gui `)

// answers is what stands in the checklist on the screen: the first answer of yes or no, the number, the words and the note.
const answers = `(f => { const v = n => f.elements[n]?.value ?? ""; const a = [...new Set([...f.elements].map(e => e.name).filter(n => n.startsWith("a-")))];
	return [v(a[0]), v(a[2]), v(a[3]), v("note")].join("|") })(document.querySelector("form[data-queue]"))`

// checklist: at a unit without a network the checklist is filled in, put away in the middle and found again, sent, and
// corrected; when the network is back, and breaks once more before it answers, all has arrived once.
func (o *office) checklist(t *testing.T) {
	p := o.phone(t, launch(t), inspector)
	leads := func(to, words string) string {
		t.Helper()
		href, err := ask[string](p.tab, `[...document.querySelectorAll('main a[href^="`+to+`"]')].find(a => a.textContent.includes(`+quote(words)+`))?.getAttribute("href") ?? ""`)
		if err != nil || href == "" {
			t.Fatalf("nothing leads to %q: %v", words, err)
		}
		return href
	}
	p.goes(leads("/app/kiem-tra/", "giờ làm việc"))
	visit := leads("/app/luot-kiem-tra/", "")
	p.goes(visit)
	o.task = visit // the form of which the telephone is asked
	fills := func(n int, value string) {
		p.does(`(f => { const names = [...new Set([...f.elements].map(e => e.name).filter(n => n.startsWith("a-")))], all = f.elements[names[` + string(rune('0'+n)) + `]];
			const el = all.length ? [...all].find(x => x.value === ` + quote(value) + `) : all; if (all.length) el.checked = true; else el.value = ` + quote(value) + `;
			el.dispatchEvent(new Event("input", {bubbles: true})) })(document.querySelector("form[data-queue]"))`)
	}
	o.cut()
	p.goes(visit)
	p.waits(kept)
	fills(0, "no")
	fills(2, "14")
	fills(3, "Bà con chờ lâu")
	p.writes("ghi khi mất mạng", false)
	p.waits(`outbox.note("draft " + document.getElementById("hang-doi").dataset.owner + " " + document.querySelector("form[data-queue]").dataset.queue).then(n => n?.fields?.length === 4)`)
	p.must(p.visit("about:blank"))
	p.goes(visit)
	p.waits(answers + ` === "no|14|Bà con chờ lâu|ghi khi mất mạng"`)
	_, err := chromedp.Run(p.ctx, chromedp.SetUploadFiles(chromedp.CSS(p.form()+" [name=photo]"), []string{p.shot}))
	p.must(err)
	p.waits(`document.querySelector(` + quote(p.form()+" .about") + `).textContent !== ""`)
	p.taps()
	p.tray("waiting", 1)
	p.goes(visit)
	p.waits(answers + ` === "no|14|Bà con chờ lâu|"`) // what waits stands there
	fills(2, "15")
	p.taps()
	p.tray("waiting", 2)
	p.mend(t)
	broken := p.breakAt(sendsAnswers, -1, 0)
	p.returns()
	<-broken
	p.mend(t)
	p.returns()
	p.empties()
	p.clerk.goes(visit)
	text := p.clerk.reads()
	pictures, err := ask[int](p.clerk.tab, `document.querySelectorAll("main img.thumb").length`)
	p.must(err)
	if strings.Count(text, "ghi khi mất mạng") != 1 || pictures != 1 || p.begun() < 3 {
		t.Errorf("arrived with %d pictures: %s", pictures, text)
	}
	p.clerk.waits(answers + ` === "no|15|Bà con chờ lâu|"`)
	p.trusted()
}
