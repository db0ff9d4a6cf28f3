package e2e

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"sync"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// How far the Tab key walks: over a whole page of the portal, and over the frame and the form of a page of the app, whose
// lists go on with more of the same.
const (
	publicStops = 260
	appStops    = 70
)

// orderScript puts down every element that the Tab key must reach, in the order of the document, and counts them.
const orderScript = `(() => {
	const groups = new Set();
	window.tabOrder = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")].filter(e => {
		if (e.tabIndex < 0 || e.disabled || !e.checkVisibility({visibilityProperty: true}) || !e.getClientRects().length) return false;
		if (e.type !== "radio") return true;
		const first = !groups.has(e.name); groups.add(e.name); return first;
	});
	document.activeElement?.blur();
	getSelection().removeAllRanges();
	scrollTo(0, 0);
	return window.tabOrder.length;
})()`

// stop is where the focus stands.
type stop struct {
	At      int        `json:"at"` // place in the order; -1 for an element that is not in it, -2 for the page itself
	Name    string     `json:"name"`
	Kind    string     `json:"kind"` // elements of one kind get their focus ring from the same rules
	Box     [4]float64 `json:"box"`  // x, y, width, height in the document
	Covered string     `json:"covered"`
	Off     bool       `json:"off"`   // outside the window
	Parts   bool       `json:"parts"` // a date or a time, in which the Tab key stops at day, month and year
}

const stopScript = `(() => {
	const e = document.activeElement;
	if (!e || e === document.body || e === document.documentElement) return {at: -2};
	const r = e.getBoundingClientRect(), mark = x => x.localName + [...x.classList].map(c => "." + c).join("");
	const place = e.closest("header, nav, main, footer, dialog");
	const x = r.x + r.width / 2, y = r.y + r.height / 2;
	const top = e instanceof SVGElement ? e : document.elementFromPoint(x, y);
	return {
		at: window.tabOrder.indexOf(e),
		name: mark(e) + " “" + (e.getAttribute("aria-label") || e.textContent || "").trim().slice(0, 40) + "”",
		kind: (place ? place.localName : "") + " " + mark(e.parentElement) + " " + mark(e),
		box: [r.x + scrollX, r.y + scrollY, r.width, r.height],
		covered: top && top !== e && !e.contains(top) && !top.contains(e) ? mark(top) : "",
		parts: e.matches("input[type=date], input[type=time]"),
		off: r.bottom < 1 || r.top > innerHeight - 1 || r.right < 1 || r.left > innerWidth - 1,
	};
})()`

// press presses and releases a key.
func (tb *tab) press(key string, code int64, text string) error {
	down := input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: key, Code: key, WindowsVirtualKeyCode: code, Text: text}
	up := down
	up.Type, up.Text = input.DispatchKeyEventTypeKeyUp, ""
	if err := discard(chromedp.Call(tb.ctx, input.DispatchKeyEvent, down)); err != nil {
		return err
	}
	return discard(chromedp.Call(tb.ctx, input.DispatchKeyEvent, up))
}

func (tb *tab) tabKey() error { return tb.press("Tab", 9, "") }
func (tb *tab) enter() error  { return tb.press("Enter", 13, "\r") }

// keyboard walks the page with the Tab key: everything that can be used is reached, in order, with nothing that holds
// the focus; the first stop skips to the content; the place of the focus is seen. Kinds whose focus ring was judged
// already are not judged again. A page with more than most places to stop is walked that far.
func (tb *tab) keyboard(judged *sync.Map, most int) ([]finding, error) {
	total, err := ask[int](tb, orderScript)
	if err != nil {
		return nil, err
	}
	var out []finding
	next := 0
	for range min(total, most) + 40 {
		if err := tb.tabKey(); err != nil {
			return nil, err
		}
		s, err := ask[stop](tb, stopScript)
		if err != nil {
			return nil, err
		}
		if s.At == -2 || next >= most {
			break
		}
		if s.At >= 0 && s.At != next && !(s.Parts && s.At == next-1) {
			out = append(out, finding{"tab-order", s.Name, fmt.Sprintf("the stop %d of the document comes after %d", s.At, next-1)})
		}
		if s.At >= 0 {
			next = s.At + 1
		}
		found, err := tb.judge(s, judged)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	if next < min(total, most) {
		out = append(out, finding{"tab-order", "page", fmt.Sprintf("the Tab key reaches %d of %d stops", next, total)})
	}
	return out, nil
}

// judge looks at one stop: is it in the window, uncovered, and marked?
func (tb *tab) judge(s stop, judged *sync.Map) ([]finding, error) {
	var out []finding
	if s.Off {
		out = append(out, finding{"focus-seen", s.Name, "the focus is outside the window"})
	}
	if s.Covered != "" {
		out = append(out, finding{"focus-seen", s.Name, "the focus is covered by " + s.Covered})
	}
	if _, done := judged.LoadOrStore(s.Kind, true); done || s.Off {
		return out, nil
	}
	const margin = 6
	clip := &page.Viewport{X: max(0, s.Box[0]-margin), Y: max(0, s.Box[1]-margin), Width: s.Box[2] + 2*margin, Height: s.Box[3] + 2*margin, Scale: 1}
	with, err := tb.shot(clip)
	if err != nil {
		return nil, err
	}
	if _, err := ask[bool](tb, `(window.tabStop = document.activeElement, tabStop.blur(), true)`); err != nil {
		return nil, err
	}
	without, err := tb.shot(clip)
	if err != nil {
		return nil, err
	}
	if _, err := ask[bool](tb, `(window.tabStop.focus({focusVisible: true, preventScroll: true}), true)`); err != nil {
		return nil, err
	}
	changed, err := marked(with, without)
	if err != nil {
		return nil, err
	}
	// A ring of 2 px round the box has 4(w+h) points. Shapes of a map are smaller than their box: a quarter will do.
	if need := int(s.Box[2] + s.Box[3]); changed < need {
		out = append(out, finding{"focus-seen", s.Name, fmt.Sprintf("%d points change by 3:1 when it gets the focus, %d would be seen", changed, need)})
	}
	return out, nil
}

// marked counts the points that differ between two pictures by a contrast of 3:1 or more.
func marked(a, b []byte) (int, error) {
	one, err := png.Decode(bytes.NewReader(a))
	if err != nil {
		return 0, err
	}
	two, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		return 0, err
	}
	n := 0
	at := one.Bounds().Intersect(two.Bounds())
	for y := at.Min.Y; y < at.Max.Y; y++ {
		for x := at.Min.X; x < at.Max.X; x++ {
			if contrast(one, two, x, y) >= 3 {
				n++
			}
		}
	}
	return n, nil
}

func contrast(a, b image.Image, x, y int) float64 {
	p, q := luminance(a.At(x, y)), luminance(b.At(x, y))
	return (max(p, q) + 0.05) / (min(p, q) + 0.05)
}

// luminance is the relative luminance of WCAG 2.2, 0 to 1.
func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	linear := func(v uint32) float64 {
		s := float64(v) / 0xffff
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

// skips holds the page to its first stop: a link into the main part that works.
func (tb *tab) skips() ([]finding, error) {
	if _, err := ask[int](tb, orderScript); err != nil {
		return nil, err
	}
	if err := tb.tabKey(); err != nil {
		return nil, err
	}
	target, err := ask[string](tb, `(e => e?.matches("a[href^='#']") && e.getBoundingClientRect().top >= 0 ? e.getAttribute("href") : "")(document.activeElement)`)
	if err != nil {
		return nil, err
	}
	if target == "" {
		return []finding{{"skip-link", "page", "the first stop of the Tab key is no visible link into the page"}}, nil
	}
	if err := tb.enter(); err != nil {
		return nil, err
	}
	inside, err := ask[bool](tb, `(e => !!e && (e.localName === "main" || !!e.closest("main")))(document.activeElement)`)
	if err == nil && !inside {
		return []finding{{"skip-link", target, "the focus is not in the main part after it"}}, nil
	}
	return nil, err
}
