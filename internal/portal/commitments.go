package portal

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"thuoc/internal/chart"
	"thuoc/internal/edition"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/score"
	"thuoc/internal/ui"
)

// pledgePage is what a plan promised and how far it had come on a day.
type pledgePage struct {
	Title, Lead string
	Stats       []stat
	Paper       []fact
	Bases       []string
	Targets     []promiseRow
	Scale       string // of the drawings beside them; "" = none is drawn
	Chances     bool   // some chance was computed
	Parts       []chargeRow
	Agencies    []doerRow
	Trouble     []troubleRow
	Communes    communesPart
	Since       string   // as of when the former edition was; "" = this is the first
	Changes     []string // since then
	Former      string   // its address
	Steps       []ownStep
	Others      []ownLine
	Hash        string
	Inputs      string
	Verify      []string
	Files       []fileRow
}

// promiseRow is a target with what was measured since.
type promiseRow struct {
	Mark, Name, Promise, Kind string
	Baseline, Luck            string
	Value, Span, About        string // the latest measured, its interval, and its period, n and standard error
	Bar                       *drawing
	Delta                     *delta
}

// chargeRow is a part of the index with who answers for it.
type chargeRow struct {
	Mark, Name     string
	Lead, LeadPost string
	Words          string
	Open           bool // not settled with the agency yet
	With           string
	Bar            *drawing
	countWords
}

// doerRow is an agency.
type doerRow struct {
	Name string
	Bar  *drawing
	countWords
}

// countWords are counts in words: n of N.
type countWords struct{ Done, Sufficient, Late, Extended string }

// troubleRow is a task that is late, was given more time, paused or cancelled.
type troubleRow struct {
	Title, Agency, State, Kind string
	Due                        string
	Reasons                    []string
}

// communesPart is who issued their own plans.
type communesPart struct {
	Says           string
	Issued, Absent []string
}

// pledges leads to the newest public edition of a plan: one address that stays.
func (p *Portal) pledges(v *view) (*page, error) {
	for _, l := range slices.Backward(p.Shelf.Commitments()) {
		if l.State == edition.Public {
			return &page{to: v.pledgeAddress(l.Hash)}, nil
		}
	}
	return nil, fault.New(fault.NotFound, "No commitments have been published here yet.")
}

func (v *view) pledgeAddress(hash string) string { return v.to("pledge", hash[:12]).address() }

func (p *Portal) pledge(v *view) (*page, error) {
	l, c, e, err := v.pledged()
	if err != nil {
		return nil, err
	}
	if v.arg != l.Hash[:12] {
		return &page{to: v.pledgeAddress(l.Hash)}, nil
	}
	n := c.Total()
	body := pledgePage{Title: v.t("Commitments and progress: %s", c.Plan.Title), Lead: v.t("%s. Everything on this page is as of %s.", c.PlaceName.In(v.lang), v.date(c.AsOf)),
		Stats: v.pledgeStats(c, n), Paper: v.paperFacts(c), Trouble: v.trouble(c), Steps: v.ownSteps(l), Others: v.pledgeOthers(l), Hash: l.Hash,
		Verify: []string{"thuoc edition verify --recompute " + l.Hash[:12]}, Files: v.filesOf(e)}
	for _, b := range c.Plan.Bases {
		body.Bases = append(body.Bases, v.basis(b))
	}
	body.Targets, body.Scale = v.promises(c)
	body.Chances = slices.ContainsFunc(c.Targets, func(p edition.Promise) bool { return p.Luck != nil })
	for _, part := range c.Parts {
		body.Parts = append(body.Parts, v.charge(part))
	}
	for i, a := range c.Agencies {
		body.Agencies = append(body.Agencies, doerRow{a.Agency, v.progress("a"+strconv.Itoa(i), a.Counts), v.counted(a.Counts)})
	}
	body.Communes = v.communesOf(c)
	if c.Former != "" {
		body.Since = v.date(c.FormerOn)
		for _, s := range c.Changes {
			body.Changes = append(body.Changes, v.shift(c, s))
		}
		if f, ok := p.Shelf.Listed(c.Former); ok && f.State != edition.Withdrawn {
			body.Former = v.pledgeAddress(c.Former)
		}
	}
	return &page{template: "pledge", title: body.Title, name: v.t("Commitments and progress"), desc: body.Lead, nav: "owns", body: body, cautions: v.cautions(l),
		others: v.forms("/releases/"+l.Hash, ""), crumbs: []ui.Link{{Href: v.to("owns", "").address(), Text: v.t("Own results")}}}, nil
}

// pledged finds the edition of a plan in the address.
func (v *view) pledged() (edition.Listing, *edition.Commitments, *edition.Edition, error) {
	none := fault.New(fault.NotFound, "There is no edition “%s”.", shorten(v.arg))
	if len(v.arg) < 12 || strings.Trim(v.arg, "0123456789abcdef") != "" {
		return edition.Listing{}, nil, nil, none
	}
	e, err := v.portal.Shelf.Find(v.arg)
	if err != nil {
		return edition.Listing{}, nil, nil, err
	}
	l, ok := v.portal.Shelf.Listed(e.ID)
	if !ok || l.Source != edition.OfPlan {
		return l, nil, nil, none
	}
	c, err := e.Commitments()
	return l, c, e, err
}

func (v *view) date(d edition.Day) string { return lang.Date(v.lang, d.Date) }

func (v *view) of(n, all int) string {
	return v.t("%s of %s", lang.Count(v.lang, n), lang.Count(v.lang, all))
}

func (v *view) pledgeStats(c *edition.Commitments, n edition.Counts) []stat {
	list := []stat{{Term: v.t("Tasks done and confirmed"), Value: v.of(n.Done, n.All), Big: true}, {Term: v.t("Evidence judged sufficient"), Value: v.of(n.Sufficient, n.All)},
		{Term: v.t("Late"), Value: v.of(n.Late, n.All)}, {Term: v.t("Given more time"), Value: v.of(n.Extended, n.All)}}
	if len(c.Communes) > 0 {
		list = append(list, stat{Term: v.t("Communes that issued their plan"), Value: v.of(c.Issued(), len(c.Communes))})
	}
	return list
}

func (v *view) paperFacts(c *edition.Commitments) []fact {
	p := c.Plan
	list := []fact{{v.t("Number"), p.Number}, {v.t("Signed on"), v.date(p.Signed)}}
	for _, f := range []fact{{v.t("Signed by (post)"), p.Signer}, {v.t("Answers for the plan"), p.Agency}, {v.t("Who holds the posts is named by"), c.NamedBy}} {
		if f.Value != "" {
			list = append(list, f)
		}
	}
	return append(list, fact{v.t("Years"), years(p.Year, p.Until)}, fact{v.t("As of"), v.date(c.AsOf)})
}

// years writes a span of years.
func years(from, to int) string {
	if to <= from {
		return strconv.Itoa(from)
	}
	return strconv.Itoa(from) + "–" + strconv.Itoa(to)
}

func (v *view) basis(b edition.Basis) string {
	parts := []string{strings.TrimSpace(b.Title)}
	if b.Number != "" {
		parts = append(parts, v.t("No. %s", b.Number))
	}
	if !b.Dated.IsZero() {
		parts = append(parts, v.date(b.Dated))
	}
	if b.Issuer != "" {
		parts = append(parts, b.Issuer)
	}
	return strings.Join(parts, ", ")
}

// promiseKinds are the kinds of a target in people's words.
var promiseKinds = map[string]fault.Text{
	"points": fault.T("at least this score"), "change": fault.T("a rise by at least"), "hold": fault.T("not below the last score"),
	"rank": fault.T("this rank, or better"), "gain": fault.T("ranks to gain, at least"), "group": fault.T("this group, or better"),
}

// promiseWidth is the width of the drawing beside a promise, in CSS pixels.
const promiseWidth = 220

// promises are the targets; those whose values share one scale have a drawing on it, with the promise as a mark.
func (v *view) promises(c *edition.Commitments) (rows []promiseRow, scale string) {
	lo, hi := v.promiseScale(c)
	for i, p := range c.Targets {
		r := promiseRow{Mark: markOf(p.Family, p.Code), Name: p.Name.In(v.lang), Kind: lang.Translate(v.lang, promiseKinds[p.Kind]), Baseline: "–", Luck: "–", Value: "–"}
		r.Promise = v.promised(p)
		if p.Baseline != nil {
			r.Baseline = v.num(*p.Baseline)
		}
		if p.Luck != nil {
			r.Luck = v.chance(*p.Luck)
		}
		if m := p.Latest; m != nil {
			v.latest(&r, m)
			if hi > lo && m.Value >= lo && m.Value <= hi && m.SE != nil {
				var marks []float64
				if t, ok := aimed(p); ok && t > lo && t < hi {
					marks = []float64{t}
				}
				e := chart.Estimate{Value: m.Value, SE: *m.SE, T95: (*m.Hi - m.Value) / *m.SE}
				d := drawn("", chart.Interval("t"+strconv.Itoa(i), e, lo, hi, promiseWidth, marks, v.t("%s: %s, interval %s", r.Mark, r.Value, r.Span)))
				r.Bar = &d
			}
		}
		rows = append(rows, r)
	}
	if hi > lo {
		scale = v.span(lo, hi)
	}
	return rows, scale
}

// aimed is a promise as a score; false for one that is no score.
func aimed(p edition.Promise) (float64, bool) {
	switch {
	case p.Kind == "points" && p.Value != nil:
		return *p.Value, true
	case p.Kind == "change" && p.Value != nil && p.Baseline != nil:
		return *p.Baseline + *p.Value, true
	case p.Kind == "hold" && p.Baseline != nil:
		return *p.Baseline, true
	}
	return 0, false
}

// familyName is how an index is called in short; the place's own has no prefix.
func familyName(family string) string {
	return map[string]string{"papi": "PAPI", "par-index": "PAR Index", "sipas": "SIPAS"}[family]
}

// markOf is how a part is marked: by its index and its code, or by the index alone where the code says no more.
func markOf(family, code string) string {
	name := familyName(family)
	if strings.Contains(name, code) {
		return name
	}
	return strings.TrimSpace(name + " " + code)
}

// promiseScale is the scale of the drawings: that of the parts of an index, from 1 to 10 mostly, without the whole.
func (v *view) promiseScale(c *edition.Commitments) (lo, hi float64) {
	var ends []float64
	for _, p := range c.Targets {
		if m := p.Latest; m != nil && m.SE != nil && m.Value <= 10 {
			ends = append(ends, *m.Lo, *m.Hi)
			if t, ok := aimed(p); ok {
				ends = append(ends, t)
			}
		}
	}
	if len(ends) == 0 {
		return 0, 0
	}
	return chart.Span(0.03, ends...)
}

// promised writes what was promised.
func (v *view) promised(p edition.Promise) string {
	switch {
	case p.Kind == "change" && p.Value != nil:
		if t, ok := aimed(p); ok {
			return v.t("%s (to %s)", lang.Signed(v.lang, *p.Value, 2), v.num(t))
		}
		return lang.Signed(v.lang, *p.Value, 2)
	case p.Value != nil:
		return v.num(*p.Value)
	case p.Rank != nil:
		return lang.Count(v.lang, *p.Rank)
	case p.Kind == "hold" && p.Baseline != nil:
		return v.num(*p.Baseline)
	}
	return cmp.Or(p.Word, "–")
}

// latest writes what was measured last, and whether that changed beyond its error.
func (v *view) latest(r *promiseRow, m *edition.Measured) {
	r.Value = v.num(m.Value)
	about := []string{m.Period}
	if m.SE != nil {
		r.Span = v.span(*m.Lo, *m.Hi)
		about = append(about, v.t("SE %s", lang.Number(v.lang, *m.SE, 3)))
	} else {
		about = append(about, v.t("error not known"))
	}
	if m.N > 0 {
		about = append(about, "n = "+lang.Count(v.lang, m.N))
	}
	r.About = strings.Join(about, ", ")
	if m.Change == nil {
		return
	}
	d := &delta{Class: "flat", Icon: "equal-approximately", Text: lang.Signed(v.lang, *m.Change, 2), Aside: v.t("against %d, within its error", m.From)}
	switch score.Verdict(m.Verdict) {
	case score.Rose:
		d.Class, d.Icon, d.Aside = "up", "arrow-up", v.t("against %d, tested: beyond its error", m.From)
	case score.Fell:
		d.Class, d.Icon, d.Aside = "down", "arrow-down", v.t("against %d, tested: beyond its error", m.From)
	case score.NoEvidence:
	default:
		d.Icon, d.Aside = "", v.t("against %d, not tested", m.From)
	}
	r.Delta = d
}

func (v *view) charge(p edition.Charge) chargeRow {
	r := chargeRow{Mark: p.Code, Name: p.Name.In(v.lang), Bar: v.progress("c"+strings.ReplaceAll(p.Code, ".", "-"), p.Counts), countWords: v.counted(p.Counts)}
	if p.Lead != nil {
		r.Lead, r.LeadPost, r.Words, r.Open = p.Lead.Agency, strings.TrimSpace(p.Lead.Post+" "+p.Lead.Person), p.Lead.Words, !p.Lead.Settled
		if p.Lead.Person != "" && !p.Lead.Since.IsZero() {
			r.LeadPost = v.t("%s, since %s", r.LeadPost, v.date(p.Lead.Since))
		}
	}
	var with []string
	for _, d := range p.With {
		with = append(with, d.Agency)
	}
	r.With = strings.Join(with, ", ")
	return r
}

func (v *view) counted(n edition.Counts) countWords {
	if n.All == 0 {
		return countWords{"–", "–", "–", "–"}
	}
	return countWords{v.of(n.Done, n.All), v.of(n.Sufficient, n.All), v.of(n.Late, n.All), v.of(n.Extended, n.All)}
}

// progressFills are done, submitted and the rest.
var progressFills = []chart.Role{"g4", "g2", "g0"}

// progress is a bar of tasks: done, submitted, the rest. There is none without tasks.
func (v *view) progress(id string, n edition.Counts) *drawing {
	if n.All == 0 {
		return nil
	}
	all := float64(n.All)
	d := drawn("", chart.Progress(id, []float64{float64(n.Done) / all, float64(n.Submitted) / all, float64(n.All-n.Done-n.Submitted) / all}, progressFills, 84,
		v.t("%d of %d tasks done, %d submitted", n.Done, n.All, n.Submitted)))
	return &d
}

// deedStates are the states of a task in people's words.
var deedStates = map[string]fault.Text{
	"waiting": fault.T("not started"), "doing": fault.T("in progress"), "submitted": fault.T("submitted"), "confirmed": fault.T("confirmed"),
	"returned": fault.T("returned"), "suspended": fault.T("suspended"), "cancelled": fault.T("cancelled"),
}

var grantedWords = map[string]fault.Text{
	"extend": fault.T("More time"), "suspend": fault.T("Paused"), "resume": fault.T("Taken up again"), "cancel": fault.T("Cancelled"),
}

// trouble lists the tasks that are late, or about which something was granted, with the reasons.
func (v *view) trouble(c *edition.Commitments) (rows []troubleRow) {
	for i := range c.Tasks {
		d := &c.Tasks[i]
		if !d.Late && len(d.Reasons) == 0 {
			continue
		}
		r := troubleRow{Title: d.Title, Agency: d.Agency, State: lang.Translate(v.lang, deedStates[d.State])}
		if d.Late {
			r.State, r.Kind = v.t("late"), "son"
		}
		if !d.Due.IsZero() {
			r.Due = v.t("due %s", v.date(d.Due))
			if d.Extended() {
				r.Due = v.t("due %s, at first %s", v.date(d.Due), v.date(d.FirstDue))
			}
		}
		for _, g := range d.Reasons {
			r.Reasons = append(r.Reasons, v.t("%s, granted on %s: %s", lang.Translate(v.lang, grantedWords[g.Ask]), v.date(g.On), g.Reason))
		}
		rows = append(rows, r)
	}
	return rows
}

func (v *view) communesOf(c *edition.Commitments) (p communesPart) {
	if len(c.Communes) == 0 {
		return p
	}
	p.Says = v.t("%s communes and wards have issued their own plan.", v.of(c.Issued(), len(c.Communes)))
	for _, x := range c.Communes {
		if x.Issued {
			p.Issued = append(p.Issued, v.t("%s: No. %s, %s", x.Name, x.Number, v.date(x.Signed)))
		} else {
			p.Absent = append(p.Absent, x.Name)
		}
	}
	return p
}

// shiftWords are counts as they are told of a change.
var shiftWords = map[string]fault.Text{
	"issued": fault.T("communes that issued their plan"), "tasks": fault.T("tasks"), "done": fault.T("tasks done"), "sufficient": fault.T("tasks with sufficient evidence"), "late": fault.T("tasks late"),
	"extended": fault.T("tasks given more time"), "suspended": fault.T("tasks paused"), "cancelled": fault.T("tasks cancelled"),
}

func (v *view) shift(c *edition.Commitments, s edition.Shift) string {
	what := lang.Translate(v.lang, shiftWords[s.Of])
	if s.Key != "" {
		return v.t("%s, %s: %d, was %d", s.Key, what, s.Now, s.Was)
	}
	return v.t("%s: %d, was %d", what, s.Now, s.Was)
}

// pledgeOthers are the other editions of the plan, the newest first.
func (v *view) pledgeOthers(l edition.Listing) (lines []ownLine) {
	for _, o := range slices.Backward(v.portal.Shelf.Commitments()) {
		if o.Hash != l.Hash && o.Place == l.Place && o.Family == l.Family {
			line := v.ownLine(o)
			line.Name, line.Reason = v.t("As of %s", o.Period), o.Reason
			if o.State == edition.Corrected {
				line.Ended, line.By = v.day(o.Ended), v.office(o.Decided())
			}
			lines = append(lines, line)
		}
	}
	return lines
}
