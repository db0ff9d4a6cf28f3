package e2e

import "fmt"

// sidewaysScript names what reaches past the right edge of the window, if the page as a whole can be scrolled there. What
// scrolls inside a box of its own is no fault.
const sidewaysScript = `(() => {
	const root = document.documentElement, wide = root.clientWidth;
	if (Math.max(root.scrollWidth, document.body.scrollWidth) <= wide) return [];
	const boxed = e => { for (let p = e.parentElement; p && p !== document.body; p = p.parentElement) if (getComputedStyle(p).overflowX !== "visible") return true; return false; };
	const name = e => e.localName + (e.id ? "#" + e.id : "") + [...e.classList].map(c => "." + c).join("");
	const out = [...document.body.querySelectorAll("*")]
		.filter(e => e.getBoundingClientRect().right + scrollX > wide + 0.5 && e.checkVisibility() && !boxed(e))
		.map(e => (e.parentElement ? name(e.parentElement) + " > " : "") + name(e) + " ends at " + Math.round(e.getBoundingClientRect().right + scrollX));
	return out.length ? out.slice(-5) : ["the page is " + root.scrollWidth + " wide"];
})()`

// sideways gives what makes the page scroll sideways at its width.
func (tb *tab) sideways() ([]finding, error) {
	list, err := ask[[]string](tb, sidewaysScript)
	var out []finding
	for _, where := range list {
		out = append(out, finding{"sideways", where, "the page scrolls sideways"})
	}
	return out, err
}

// spacing is what a reader may set (WCAG 1.4.12) and must lose nothing by.
const spacing = `(() => {
	const sheet = new CSSStyleSheet();
	sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }");
	document.adoptedStyleSheets.push(sheet);
	return true;
})()`

const unspaced = `document.adoptedStyleSheets.pop() !== undefined`

// cutScript names text that is cut off by its box: neither scrolled to nor ended by an ellipsis on purpose.
const cutScript = `[...document.body.querySelectorAll("*")].filter(e => {
	if (!e.checkVisibility({visibilityProperty: true}) || e instanceof SVGElement) return false;
	if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) return false;
	const s = getComputedStyle(e), r = e.getBoundingClientRect();
	if (r.width <= 1 || r.height <= 1 || s.clipPath !== "none") return false;
	return s.overflowX === "hidden" && e.scrollWidth > e.clientWidth + 1 || s.overflowY === "hidden" && e.scrollHeight > e.clientHeight + 1;
}).map(e => e.localName + [...e.classList].map(c => "." + c).join("") + " “" + e.textContent.trim().slice(0, 40) + "”").slice(0, 5)`

// spaced holds the page to text set wider apart: nothing cut, nothing pushed out sideways.
func (tb *tab) spaced() ([]finding, error) {
	if _, err := ask[bool](tb, spacing); err != nil {
		return nil, err
	}
	out, err := tb.sideways()
	for i := range out {
		out[i].rule = "text-spacing"
	}
	if err != nil {
		return nil, err
	}
	list, err := ask[[]string](tb, cutScript)
	for _, where := range list {
		out = append(out, finding{"text-spacing", where, "text is cut off"})
	}
	if err != nil {
		return nil, err
	}
	_, err = ask[bool](tb, unspaced)
	return out, err
}

// content is what a page offers a reader, with its scripts or without.
type content struct {
	Words int      `json:"words"` // in the main part
	Links []string `json:"links"` // addresses, sorted
	Dead  []string `json:"dead"`  // visible controls that only a script could make work
}

const contentScript = `(() => {
	const seen = e => e.checkVisibility({visibilityProperty: true});
	const main = document.querySelector("main");
	const own = [...document.querySelectorAll("main [data-passkey]:not([hidden])")].map(f => f.innerText).join(" "); // a thing of scripts alone
	const words = text => text.split(/\s+/).filter(Boolean).length;
	const name = e => e.localName + [...e.classList].map(c => "." + c).join("") + " “" + (e.textContent || e.getAttribute("aria-label") || "").trim().slice(0, 40) + "”";
	return {
		words: main ? words(main.innerText) - words(own) : 0,
		links: [...new Set([...document.querySelectorAll("a[href]")].map(a => a.getAttribute("href")))].sort(),
		dead: [
			...[...document.querySelectorAll("button")].filter(b => seen(b) && (b.type === "button" || !b.form)).map(name),
			...[...document.forms].filter(f => seen(f) && ![...f.elements].some(e => e.type === "submit" && seen(e))).map(f => "form without a visible button: " + (f.getAttribute("action") || "")),
			...[...document.querySelectorAll("a:not([href])")].filter(seen).map(name),
		],
	};
})()`

// withoutScripts compares the page without scripts with what it offers with them. It leaves scripts allowed.
func (tb *tab) withoutScripts(address string) ([]finding, error) {
	if err := tb.visit(address); err != nil {
		return nil, err
	}
	with, err := ask[content](tb, contentScript)
	if err != nil {
		return nil, err
	}
	if err := tb.scripts(false); err != nil {
		return nil, err
	}
	defer tb.scripts(true)
	if err := tb.visit(address); err != nil {
		return nil, err
	}
	without, err := ask[content](tb, contentScript)
	if err != nil {
		return nil, err
	}
	return append(compareContent(with, without), tb.found()...), nil
}

func compareContent(with, without content) []finding {
	const rule = "no-script"
	var out []finding
	if without.Words == 0 || without.Words*10 < with.Words*9 {
		out = append(out, finding{rule, "main", fmt.Sprintf("%d words without scripts, %d with them", without.Words, with.Words)})
	}
	have := map[string]bool{}
	for _, l := range without.Links {
		have[l] = true
	}
	for _, l := range with.Links {
		if !have[l] {
			out = append(out, finding{rule, l, "the link is only there with scripts"})
		}
	}
	for _, d := range without.Dead {
		out = append(out, finding{rule, d, "does nothing without scripts"})
	}
	return out
}
