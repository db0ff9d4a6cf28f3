package e2e

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience bounds one step in the browser.
const patience = 20 * time.Second

// finding is one fault of a page: the rule that it breaks and the element or address that breaks it.
type finding struct{ rule, where, detail string }

func (f finding) String() string { return fmt.Sprintf("%s: %s: %s", f.rule, f.where, f.detail) }

// screen is how a page is looked at.
type screen struct {
	width int64
	dark  bool
}

func (s screen) String() string {
	if s.dark {
		return fmt.Sprintf("%d dark", s.width)
	}
	return fmt.Sprintf("%d light", s.width)
}

var desktop = screen{width: 1280}

// chromium is the one browser of all tests; it is started when it is first asked for and ends with the package.
var chromium = sync.OnceValues(func() (context.Context, error) {
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.Flag("lang", "vi"))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	allocator, _ := chromedp.NewExecAllocator(context.Background(), options...)
	browser, _ := chromedp.NewContext(allocator)
	return browser, chromedp.Do(browser)
})

// launch gives the browser, without which these tests fail.
func launch(t *testing.T) context.Context {
	t.Helper()
	browser, err := chromium()
	if err != nil {
		t.Fatalf("Chromium must be installed for these tests (Debian: apt-get install chromium): %v", err)
	}
	return browser
}

// tab is one page of the browser with a profile of its own. Everything it asks for and complains of is on record.
type tab struct {
	ctx        context.Context
	host       string // whose pages are looked at; a request to another is a fault
	unscripted bool   // the page's scripts are forbidden

	mu       sync.Mutex
	findings []finding
	bytes    map[string]int64 // of the answers since the visit began, by address, as they came over the wire
	asked    map[network.RequestID]string
}

// open makes a tab for the pages of a site.
func open(t *testing.T, browser context.Context, site string) *tab {
	t.Helper()
	return attach(t, browser, site, chromedp.WithNewBrowserContext())
}

// attach makes a tab in the browser's own profile, or with an option in another.
func attach(t *testing.T, browser context.Context, site string, profile ...chromedp.ContextOption) *tab {
	t.Helper()
	u, err := url.Parse(site)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := chromedp.NewContext(browser, profile...)
	t.Cleanup(stop)
	tb := &tab{ctx: ctx, host: u.Host}
	tb.forget()
	err = chromedp.Do(ctx)
	if err == nil {
		err = chromedp.Listen(ctx, tb.record)
	}
	for _, enable := range []func() error{
		func() error { return discard(chromedp.Call(ctx, network.Enable, network.EnableParams{})) },
		func() error { return discard(chromedp.Call(ctx, log.Enable, cdp.Empty{})) },
		func() error { return discard(chromedp.Call(ctx, audits.Enable, cdp.Empty{})) },
		func() error {
			return discard(chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}))
		},
	} {
		if err == nil {
			err = enable()
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return tb
}

func discard[T any](_ T, err error) error { return err }

// forget begins a new record.
func (tb *tab) forget() {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	tb.findings, tb.bytes, tb.asked = nil, map[string]int64{}, map[network.RequestID]string{}
}

// record takes down what the browser reports. It runs on the goroutine that reads the browser.
func (tb *tab) record(event any) {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	add := func(rule, where, detail string) { tb.findings = append(tb.findings, finding{rule, where, detail}) }
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		tb.asked[e.RequestID] = e.Request.URL
		if u, err := url.Parse(e.Request.URL); err != nil || u.Host != tb.host && u.Scheme != "data" && u.Scheme != "about" {
			add("own-host", e.Request.URL, "a request to another host")
		}
	case *network.EventLoadingFinished:
		tb.bytes[tb.asked[e.RequestID]] += int64(e.EncodedDataLength)
	case *network.EventLoadingFailed:
		if !e.Canceled {
			add("loads", tb.asked[e.RequestID], e.ErrorText+" "+string(e.BlockedReason))
		}
	case *network.EventResponseReceived:
		if e.Response.Status >= 400 && e.Type != network.ResourceTypeDocument {
			add("loads", e.Response.URL, fmt.Sprint("status ", e.Response.Status))
		}
	case *log.EventEntryAdded:
		bad := e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning
		switch {
		case !bad || e.Entry.Source == log.EntrySourceNetwork: // what fails to load is on record above
		case e.Entry.Source == log.EntrySourceSecurity:
			add("policy", e.Entry.URL, e.Entry.Text)
		default:
			add("console", e.Entry.URL, string(e.Entry.Source)+": "+e.Entry.Text)
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning || e.Type == runtime.ConsoleAPICalledTypeAssert {
			add("console", tb.host, fmt.Sprint(e.Type, " ", arguments(e.Args)))
		}
	case *runtime.EventExceptionThrown:
		add("console", e.ExceptionDetails.URL, e.ExceptionDetails.Text)
	case *audits.EventIssueAdded:
		if d := e.Issue.Details.ContentSecurityPolicyIssueDetails; d != nil {
			add("policy", d.BlockedURL, "the content security policy was broken: "+d.ViolatedDirective)
		}
	}
}

func arguments(list []*runtime.RemoteObject) string {
	var b strings.Builder
	for _, o := range list {
		fmt.Fprintf(&b, "%s%s ", o.Value, o.Description)
	}
	return b.String()
}

// found gives the faults on record.
func (tb *tab) found() []finding {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	return append([]finding(nil), tb.findings...)
}

// weight gives the bytes that came over the wire since the visit began, and those of every address.
func (tb *tab) weight() (total int64, each map[string]int64) {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	each = map[string]int64{}
	for u, n := range tb.bytes {
		each[u] = n
		total += n
	}
	return total, each
}

// visit begins a new record, goes to an address and waits until the page, its fonts and its pictures are there.
func (tb *tab) visit(address string) error {
	tb.forget()
	ctx, stop := context.WithTimeout(tb.ctx, patience)
	defer stop()
	err := chromedp.Do(ctx, chromedp.Navigate(address))
	for err != nil && strings.Contains(err.Error(), "net::ERR_ABORTED") && ctx.Err() == nil {
		// A page that loads itself again, as the telephone's does when something has arrived, took our leave for its own.
		err = chromedp.Do(ctx, chromedp.Navigate(address))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", address, err)
	}
	if tb.unscripted {
		return nil // no promise is kept where no script runs
	}
	_, err = ask[bool](tb, `document.fonts.ready.then(() => new Promise(r => requestAnimationFrame(() => setTimeout(() => r(true), 0))))`)
	return err
}

// look sets the width and the theme, with movement reduced so that pictures do not depend on the moment.
func (tb *tab) look(s screen) error {
	_, err := chromedp.Call(tb.ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: s.width, Height: 900, DeviceScaleFactor: 1})
	if err != nil {
		return err
	}
	theme := "light"
	if s.dark {
		theme = "dark"
	}
	return tb.media("", "prefers-color-scheme", theme, "prefers-reduced-motion", "reduce")
}

// media sets the medium ("print", or "" for the screen) and media features by name and value.
func (tb *tab) media(medium string, features ...string) error {
	p := emulation.SetEmulatedMediaParams{Media: medium}
	for i := 0; i < len(features); i += 2 {
		p.Features = append(p.Features, &emulation.MediaFeature{Name: features[i], Value: features[i+1]})
	}
	return discard(chromedp.Call(tb.ctx, emulation.SetEmulatedMedia, p))
}

// scripts allows or forbids the page's own scripts from the next visit on.
func (tb *tab) scripts(allowed bool) error {
	tb.unscripted = !allowed
	return discard(chromedp.Call(tb.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !allowed}))
}

// ask evaluates an expression in the page, waiting for a promise; the page's policy does not bind it.
func ask[T any](tb *tab, expression string) (T, error) {
	ctx, stop := context.WithTimeout(tb.ctx, patience)
	defer stop()
	return chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// shot takes a picture of a part of the page, or of all of it with a nil clip.
func (tb *tab) shot(clip *page.Viewport) ([]byte, error) {
	if clip == nil {
		size, err := ask[[2]float64](tb, `[document.documentElement.clientWidth, document.documentElement.scrollHeight]`)
		if err != nil {
			return nil, err
		}
		clip = &page.Viewport{Width: size[0], Height: min(size[1], 16_000), Scale: 1}
	}
	beyond := true
	r, err := chromedp.Call(tb.ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{Clip: clip, CaptureBeyondViewport: &beyond})
	return r.Data, err
}
