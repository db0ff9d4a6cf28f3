package web

import (
	"slices"

	"thuoc/internal/fault"
	"thuoc/internal/score"
	"thuoc/internal/ui"
)

// The query keys of the two versions that are compared.
const (
	keyFrom = "tu"
	keyTo   = "den"
)

// comparePage compares two versions of an index.
type comparePage struct {
	Title    string
	To       string
	From, On ui.Select
	Says     string // how far the two compare as a whole; "" before two were chosen
	Parts    []comparePart
	Dropped  []compareRow
	Wrong    string // why these two do not compare at all
}

// comparePart is the nodes of one verdict.
type comparePart struct {
	Head, Count string
	Same        bool
	Rows        []compareRow
}

// compareRow is a node of the later version.
type compareRow struct{ Code, Was, Name, Reason, Because string }

// verdictNames say whether a node compares with its former version.
var verdictNames = map[score.BridgeVerdict]fault.Text{
	score.Same:         fault.T("Compares as it is"),
	score.Recalculated: fault.T("The same content by another formula: former values do not compare as printed"),
	score.Broken:       fault.T("Other content: does not compare"),
}

func (v *visit) compareIndices() (*page, error) {
	from, on := v.ask(keyFrom), v.ask(keyTo)
	body := comparePage{Title: v.t("Compare two versions"), To: v.to("index-compare"), From: v.versionSelect(keyFrom, v.t("Former version"), from), On: v.versionSelect(keyTo, v.t("Later version"), on)}
	pg := &page{template: "index-compare", title: body.Title, crumbs: v.toIndices(), nav: "indices"}
	if from != "" && on != "" {
		if err := v.comparison(&body, from, on); err != nil {
			return nil, err
		}
	}
	pg.body = body
	return pg, nil
}

func (v *visit) versionSelect(key, label, current string) ui.Select {
	s := ui.Select{Name: key, Label: label, Options: []ui.Choice{{Text: v.t("Choose…"), Current: current == ""}}}
	for _, e := range score.Shipped() {
		s.Options = append(s.Options, ui.Choice{Value: e.ID, Text: e.ID, Current: e.ID == current})
	}
	return s
}

// comparison follows every node of the later version back to the former one.
func (v *visit) comparison(body *comparePage, from, on string) error {
	former, err := score.Open(from)
	if err != nil {
		return err
	}
	later, err := score.Open(on)
	if err != nil {
		return err
	}
	chain, err := score.Chain(from, on)
	if err != nil {
		return err
	}
	if len(chain) == 0 {
		body.Wrong = v.t("%s does not descend from %s: there is no bridge between the two.", on, from)
		return nil
	}
	parts := map[score.BridgeVerdict]*comparePart{}
	for n := range later.Nodes() {
		c := through(chain, n.Code)
		part := parts[c.Verdict]
		if part == nil {
			part = &comparePart{Head: v.text(verdictNames[c.Verdict]), Same: c.Verdict == score.Same}
			parts[c.Verdict] = part
		}
		row := compareRow{Code: n.Code, Name: n.Names.In(v.lang), Reason: c.Reason.In(v.lang), Because: c.Because}
		if c.Was != n.Code && former.Node(c.Was) != nil {
			row.Was = c.Was
		}
		part.Rows = append(part.Rows, row)
	}
	for _, verdict := range []score.BridgeVerdict{score.Broken, score.Recalculated, score.Same} {
		if p := parts[verdict]; p != nil {
			p.Count = v.t("%d nodes", len(p.Rows))
			body.Parts = append(body.Parts, *p)
		}
	}
	for _, d := range chain {
		for _, gone := range d.Bridge.Dropped {
			body.Dropped = append(body.Dropped, compareRow{Code: gone.Code, Was: d.Bridge.Former, Reason: gone.Reason.In(v.lang)})
		}
	}
	body.Says = v.text(verdictNames[through(chain, later.Root.Code).Verdict])
	return nil
}

// through follows a node back over versions that follow each other: the worst verdict holds, with its reason.
func through(chain []*score.Definition, code string) score.Comparison {
	worst := score.Comparison{Verdict: score.Same, Was: code}
	order := []score.BridgeVerdict{score.Same, score.Recalculated, score.Broken}
	for _, d := range slices.Backward(chain) {
		c := d.Compare(worst.Was)
		if slices.Index(order, c.Verdict) > slices.Index(order, worst.Verdict) {
			worst = score.Comparison{Verdict: c.Verdict, Was: worst.Was, Reason: c.Reason, Because: c.Because}
		}
		worst.Was = c.Was
	}
	return worst
}
