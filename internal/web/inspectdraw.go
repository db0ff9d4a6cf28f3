package web

import (
	"cmp"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/draw"
	"thuoc/internal/fault"
	"thuoc/internal/inspect"
	"thuoc/internal/lang"
	"thuoc/internal/ui"
)

// factNames are the facts of units in people's words.
var factNames = map[string]fault.Text{inspect.LateTasks: fault.T("Late tasks"), inspect.OpenFindings: fault.T("Open findings"),
	inspect.LateFindings: fault.T("Findings past their day"), inspect.Declined: fault.T("Results that fell, tested"), inspect.MonthsSince: fault.T("Months since the last inspection")}

// drawPage is how the units of a surprise inspection are drawn.
type drawPage struct {
	Title, Inspection, Href string
	Steps                   []stepMark
	Hands                   []handRow
	Prepare, Number, Take   string
	Drop, Proof             string
	Seal, Announce          *ui.Act
	Commitment, Source, Day string
	Dropped                 string
	Size                    int
	Theme                   string
	Formula                 []string
	Frame                   []frameRow
	Drawn                   []string
	Team                    bool
}

// handRow is who did a step of a draw, and when.
type handRow struct{ Did, Who, At string }

// frameRow is a unit of a frame with its weight in words.
type frameRow struct {
	Code, Name, Why, Weight, Chance string
	Share                           int // of the greatest weight, in percent
}

func (v *visit) draw() (*page, error) {
	p, err := v.app.Inspections.Get(v.ctx(), v.actor, v.arg("inspection"))
	if err != nil {
		return nil, err
	}
	if p.Can == nil || p.Kind != inspect.Surprise {
		return nil, forbidden()
	}
	body := &drawPage{Title: v.t("Draw of the units"), Inspection: p.Title, Href: v.to("inspection", p.ID), Team: p.Member}
	if d := p.Draw; d != nil {
		if err := v.drawBody(body, &p, d); err != nil {
			return nil, err
		}
	}
	v.offerDraw(body, &p)
	for _, u := range p.Drawn {
		body.Drawn = append(body.Drawn, u.Name)
	}
	crumbs := append(v.toInspections(), ui.Link{Href: body.Href, Text: p.Title})
	return &page{template: "inspection-draw", title: body.Title, crumbs: crumbs, nav: "inspections", body: body}, nil
}

// drawBody writes what is known of a draw: its hands, its frame in words.
func (v *visit) drawBody(body *drawPage, p *inspect.Page, d *inspect.Draw) error {
	f, err := d.Frame()
	if err != nil {
		return err
	}
	body.Commitment, body.Source, body.Day, body.Size, body.Theme = d.Commitment, f.Source, lang.Date(v.lang, f.Day), f.Size, f.Theme
	who, err := v.calledAs([]string{d.PreparedBy, d.SealedBy, d.NumberedBy, d.DrawnBy, d.AnnouncedBy, d.DroppedBy})
	if err != nil {
		return err
	}
	now := 0
	for n, h := range []struct {
		text string
		at   time.Time
		by   string
	}{
		{v.t("Prepare the frame"), d.Prepared, d.PreparedBy}, {v.t("Seal the draw"), d.Sealed, d.SealedBy}, {v.t("Enter the public number"), d.Numbered, d.NumberedBy},
		{v.t("Make the draw"), d.Drawn, d.DrawnBy}, {v.t("Announce the draw"), d.Announced, d.AnnouncedBy},
	} {
		done := !h.at.IsZero()
		body.Steps = append(body.Steps, stepMark{Text: h.text, Done: done})
		if done {
			now = n + 1
			body.Hands = append(body.Hands, handRow{h.text, who(h.by), v.moment(h.at)})
		}
	}
	if now < len(body.Steps) {
		body.Steps[now].Current = true
	}
	if !d.Dropped.IsZero() {
		body.Dropped = v.t("Dropped by %s, %s: %s", who(d.DroppedBy), v.moment(d.Dropped), d.Reason)
	}
	if d.Public() {
		body.Proof = v.to("draw-proof", d.ID)
	}
	body.Formula, body.Frame = v.frameRows(f)
	return nil
}

// frameRows explains the weight of every unit in words, the heaviest first.
func (v *visit) frameRows(f *draw.Frame) (formula []string, rows []frameRow) {
	formula = append(formula, v.t("Every unit has %s.", lang.Count(v.lang, int(f.Formula.Base))))
	for _, t := range f.Formula.Terms {
		formula = append(formula, v.t("%s: %s each, at most %s count.", v.factName(t.Key), lang.Count(v.lang, int(t.Each)), lang.Count(v.lang, int(t.Most))))
	}
	for _, s := range f.Bases {
		formula = append(formula, v.basisOfFact(s, len(f.Units)))
	}
	weights, chances := f.Weights(), f.Chances()
	order := make([]int, len(weights))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(weights[b], weights[a]) })
	for _, i := range order {
		u := f.Units[i]
		rows = append(rows, frameRow{Code: u.Code, Name: u.Name, Why: v.whyWeight(f, u), Weight: lang.Count(v.lang, int(weights[i])),
			Chance: lang.Percent(v.lang, chances[i], 1), Share: int(100 * weights[i] / weights[order[0]])})
	}
	return formula, rows
}

func (v *visit) factName(key string) string {
	if t, ok := factNames[key]; ok {
		return v.text(t)
	}
	return key
}

// whyWeight says what a unit's weight is made of: "10 + 4 late tasks × 3".
func (v *visit) whyWeight(f *draw.Frame, u draw.Unit) string {
	parts := []string{strconv.FormatInt(f.Formula.Base, 10)}
	for i, t := range f.Formula.Terms {
		n := min(u.Facts[i], t.Most)
		if n*t.Each == 0 {
			continue
		}
		parts = append(parts, v.t("%s %d × %d", strings.ToLower(v.factName(t.Key)), n, t.Each))
	}
	return strings.Join(parts, " + ")
}

// offerDraw adds what the actor may do, where the draw allows it; whose hands have done the step before is told by the store.
func (v *visit) offerDraw(body *drawPage, p *inspect.Page) {
	d := p.Draw
	fresh := d == nil || !d.Dropped.IsZero()
	if p.State == inspect.Prepared && p.Can[account.PrepareDraw] && (fresh || d.Sealed.IsZero()) {
		body.Prepare = v.to("draw-prepare", p.ID)
	}
	if fresh {
		return
	}
	if p.Can[account.SealDraw] {
		switch {
		case d.Sealed.IsZero() && d.PreparedBy != v.actor.User:
			seal := v.act(v.t("Seal the draw"), "lock", "primary", "draw-seal", p.ID)
			body.Seal = &seal
		case !d.Sealed.IsZero() && d.Drawn.IsZero():
			body.Number = v.to("draw-number", p.ID)
			if d.Number != "" && d.NumberedBy != v.actor.User {
				body.Take = v.to("draw-take", p.ID)
			}
		}
		if p.State == inspect.Prepared && !d.Sealed.IsZero() && d.Announced.IsZero() {
			body.Drop = v.to("draw-drop", p.ID)
		}
	}
	if p.Member && !d.Drawn.IsZero() && d.Announced.IsZero() {
		announce := v.act(v.t("Announce the draw"), "scroll-text", "", "draw-announce", p.ID)
		body.Announce = &announce
	}
}

// toDraw are the crumbs and the address of a draw's page.
func (v *visit) toDraw(p *inspect.Page) ([]ui.Link, string) {
	at := v.to("draw", p.ID)
	return append(v.toInspections(), ui.Link{Href: v.to("inspection", p.ID), Text: p.Title}, ui.Link{Href: at, Text: v.t("Draw of the units")}), at
}

func (v *visit) sealDraw() (*page, error) {
	return v.once(func() (*page, error) {
		return v.done(v.to("draw", v.arg("inspection")), "The draw is sealed. Its commitment is public now: give it to the Fatherland Front or write it down."), v.app.Inspections.Seal(v.ctx(), v.actor, v.arg("inspection"))
	})
}

// numberPage is the page of either hand that types the public number.
func (v *visit) numberPage(title, lead string, do func(id, typed string) error, said string) (*page, error) {
	p, _, err := v.inspectionToChange(account.SealDraw)
	if err != nil {
		return nil, err
	}
	if p.Draw == nil {
		return nil, fault.New(fault.Conflict, "No draw is prepared.")
	}
	f, err := p.Draw.Frame()
	if err != nil {
		return nil, err
	}
	crumbs, at := v.toDraw(p)
	fields := []*ui.Field{{Name: "number", Label: v.t("Public number"), Hint: f.Source + ", " + lang.Date(v.lang, f.Day), Kind: "text", Mode: "text", Most: 300, Complete: "off"}}
	return v.entryPage(title, lead, title, at, crumbs, fields, func(f *form) (*page, error) {
		return v.done(at, said), do(p.ID, f.get("number"))
	})
}

func (v *visit) drawNumber() (*page, error) {
	return v.numberPage(v.t("Enter the public number"), v.t("Look it up at its source. A second person types it again, and makes the draw."),
		func(id, typed string) error { return v.app.Inspections.Reveal(v.ctx(), v.actor, id, typed) }, "The number is entered. A second person makes the draw.")
}

func (v *visit) takeDraw() (*page, error) {
	return v.numberPage(v.t("Make the draw"), v.t("Look the number up yourself, and type it. It must be the one that the first person entered. What comes out is shown to the team alone."),
		func(id, typed string) error { return v.app.Inspections.Draw(v.ctx(), v.actor, id, typed) }, "The draw is made. The team alone sees what came out.")
}

func (v *visit) announceDraw() (*page, error) {
	return v.once(func() (*page, error) {
		return v.done(v.to("draw", v.arg("inspection")), "The draw is announced, with its proof."), v.app.Inspections.Announce(v.ctx(), v.actor, v.arg("inspection"))
	})
}

func (v *visit) dropDraw() (*page, error) {
	p, _, err := v.inspectionToChange(account.SealDraw)
	if err != nil {
		return nil, err
	}
	crumbs, at := v.toDraw(p)
	fields := []*ui.Field{{Name: "reason", Label: v.t("Reason"), Hint: v.t("Everybody may read it. After the number is known, what was drawn is published too."), Kind: "area", Most: 1000, Wide: true}}
	return v.entryPage(v.t("Drop the draw"), "", v.t("Drop the draw"), at, crumbs, fields, func(f *form) (*page, error) {
		return v.done(at, "The draw is dropped."), v.app.Inspections.Drop(v.ctx(), v.actor, p.ID, f.get("reason"))
	})
}

// drawsPage lists the commitments of the house, for everybody.
type drawsPage struct {
	Title string
	Rows  []sealingRow
}

type sealingRow struct {
	Sealed, Commitment, Href, Reason string
	State                            badge
}

func (v *visit) sealingRow(s inspect.Sealing) sealingRow {
	r := sealingRow{Sealed: v.moment(s.Sealed), Commitment: s.Commitment, Href: v.to("draw-proof", s.ID), Reason: s.Reason, State: badge{v.t("sealed"), "lua", "lock"}}
	switch {
	case !s.Dropped.IsZero():
		r.State = badge{v.t("dropped"), "", "circle-x"}
	case !s.Announced.IsZero():
		r.State = badge{v.t("announced"), "ngoc", "circle-check"}
	}
	return r
}

func (v *visit) draws() (*page, error) {
	all, err := v.app.Inspections.Sealings(v.ctx(), "")
	body := drawsPage{Title: v.t("Draws of inspections")}
	for _, s := range all {
		body.Rows = append(body.Rows, v.sealingRow(s))
	}
	return &page{template: "draws", title: body.Title, nav: "draws", body: body}, err
}

// proofPage is a draw as everybody may see it.
type proofPage struct {
	sealingRow
	Title, File, Name           string
	Proof                       bool
	Number, Source, Day, On     string
	Secret, Before, List, Theme string
	Size, Of                    int
	Drawn                       []frameRow
	Formula                     []string
	Frame                       []frameRow
	Checks                      []draw.Check
}

// sealing reads the draw of the address.
func (v *visit) sealing() (inspect.Sealing, error) {
	all, err := v.app.Inspections.Sealings(v.ctx(), cmp.Or(v.arg("draw"), "-"))
	if err != nil {
		return inspect.Sealing{}, err
	}
	return all[0], nil
}

func (v *visit) drawProof() (*page, error) {
	s, err := v.sealing()
	if err != nil {
		return nil, err
	}
	body := proofPage{sealingRow: v.sealingRow(s), Title: v.t("Draw sealed at %s", v.moment(s.Sealed)), List: v.to("draws")}
	if p := s.Proof; p != nil {
		f := &p.Frame
		body.Proof, body.File, body.Name = true, v.to("draw-file", s.ID), proofName(s.ID)
		body.Number, body.Source, body.Day, body.On = p.Number, f.Source, lang.Date(v.lang, f.Day), lang.Date(v.lang, f.On)
		body.Secret, body.Before, body.Size, body.Of = hex.EncodeToString(p.Secret[:]), f.Before, f.Size, len(f.Units)
		body.Checks, body.Theme = p.Verify(s.Commitment), f.Theme
		body.Formula, body.Frame = v.frameRows(f)
		weights, chances := f.Weights(), f.Chances()
		for _, k := range draw.Draw(f, p.Secret, p.Number) {
			u := f.Units[k.Unit]
			body.Drawn = append(body.Drawn, frameRow{Code: u.Code, Name: u.Name, Why: v.whyWeight(f, u), Weight: lang.Count(v.lang, int(weights[k.Unit])), Chance: lang.Percent(v.lang, chances[k.Unit], 1)})
		}
	}
	return &page{template: "draw-proof", title: body.Title, crumbs: []ui.Link{{Href: body.List, Text: v.t("Draws of inspections")}}, nav: "draws", body: body}, nil
}

// proofName is what the file of a draw is called.
func proofName(id string) string { return "boc-tham-" + id[:8] + ".txt" }

// drawFile gives the file of a draw, once it is public.
func (v *visit) drawFile() (*page, error) {
	s, err := v.sealing()
	if err == nil && s.Proof == nil {
		err = fault.New(fault.NotFound, "The file of this draw is not public yet.")
	}
	if err != nil {
		return nil, err
	}
	v.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	v.w.Header().Set("Content-Disposition", `attachment; filename="`+proofName(s.ID)+`"`)
	_, err = v.w.Write(s.Proof.Bytes())
	return &page{written: true}, err
}
