package e2e

import (
	"fmt"
	"strings"
)

// What axe-core is asked: every rule, or those of colours alone.
const (
	everyRule = `{type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}`
	ofColours = `{type: "rule", values: ["color-contrast", "link-in-text-block"]}`
)

// axeRun runs axe-core on the page as it stands. Frames of the page's own are included, those of others do not exist.
const axeRun = `axe.run(document, {
	runOnly: %s,
	resultTypes: ["violations"],
	preload: false,
}).then(r => r.violations.flatMap(v => v.nodes.map(n => ({
	rule: v.id,
	where: n.target.join(" "),
	detail: v.help + " | " + (n.failureSummary || "").split("\n").slice(1).map(s => s.trim()).join("; ") + " | " + n.html.slice(0, 160),
}))))`

// axe gives the violations of the page as it stands.
func (tb *tab) axe(library string) ([]finding, error) { return tb.axeOf(library, everyRule) }

// colours gives those of the rules of colours, which are all that a theme can change.
func (tb *tab) colours(library string) ([]finding, error) { return tb.axeOf(library, ofColours) }

// axeOf puts the library into a document once.
func (tb *tab) axeOf(library, rules string) ([]finding, error) {
	there, err := ask[bool](tb, `"axe" in window`)
	if err == nil && !there {
		_, err = ask[bool](tb, library+"\n;true")
	}
	if err != nil {
		return nil, fmt.Errorf("axe-core does not load: %w", err)
	}
	found, err := ask[[]struct{ Rule, Where, Detail string }](tb, fmt.Sprintf(axeRun, rules))
	var out []finding
	for _, f := range found {
		out = append(out, finding{"axe " + f.Rule, f.Where, strings.Join(strings.Fields(f.Detail), " ")})
	}
	return out, err
}
