package web

import (
	"strings"
	"unicode"

	"thuoc/internal/clock"
	"thuoc/internal/docx"
	"thuoc/internal/fault"
	"thuoc/internal/paper"
	"thuoc/internal/registry"
	"thuoc/internal/report"
)

// agencyOffice is an agency as an office that issues documents, under the people's committee of a place.
func (v *visit) agencyOffice(id, place string, on clock.Date) (paper.Office, error) {
	above, err := v.committee(place, on)
	if err != nil {
		return above, err
	}
	name, err := v.agencyOn(id, on)
	return paper.Office{Parent: above.Issuer, Issuer: name, Symbol: signOf(name), Place: above.Place,
		Signing: docx.Signing{Position: "Thủ trưởng", Name: v.ask(keySigner)}, Recipients: []string{above.Issuer + " (để báo cáo)"}}, err
}

// signOf gives the usual sign of an agency, its initials: "Sở Nội vụ" is SNV. An office that signs otherwise writes its own.
func signOf(name string) string {
	var b strings.Builder
	for _, w := range strings.Fields(name) {
		if r := []rune(w)[0]; w != "và" && unicode.IsLetter(r) {
			b.WriteRune(unicode.ToUpper(r))
		}
	}
	return b.String()
}

// reportPaper makes the document of a unit's report as it was sent.
func (v *visit) reportPaper(id string) (*madePaper, error) {
	p, err := v.app.Reports.Paper(v.ctx(), v.actor, id)
	if err != nil {
		return nil, err
	}
	home, err := v.committee(p.Report.Home, p.Report.Cut)
	if err != nil {
		return nil, err
	}
	p.To.Name = home.Issuer
	office, err := v.committee(p.Unit.Place, p.Report.Cut)
	if p.Unit.Agency != "" {
		office, err = v.agencyOffice(p.Unit.Agency, p.Report.Home, p.Report.Cut)
	}
	if err != nil {
		return nil, err
	}
	if office.Recipients = []string{"Như trên"}; p.Unit.Agency == "" {
		p.Unit.Name = office.Issuer
	}
	parts, err := v.homeParts(p.Report.Home)
	if err != nil {
		return nil, err
	}
	return &madePaper{place: p.Unit.Place, agency: p.Unit.Agency, on: v.actor.Day, doc: paper.Progress(p, office, parts), back: p.Unit.Name}, nil
}

// sumPaper makes the consolidated document of a period: of what was frozen, or while nothing is, a draft of what stands now.
func (v *visit) sumPaper(period string) (*madePaper, error) {
	p, err := report.ParsePeriod(period)
	if err != nil {
		return nil, err
	}
	if p.Kind != report.Half && p.Kind != report.Year {
		return nil, fault.New(fault.NotFound, "There is no page at this address.")
	}
	at, err := v.app.Home(v.ctx())
	if err != nil {
		return nil, err
	}
	c, ok, err := v.app.Reports.Frozen(v.ctx(), v.actor, at.Place, p)
	if err == nil && !ok {
		c, err = v.app.Reports.Sum(v.ctx(), v.actor, at.Place, p)
	}
	if err != nil {
		return nil, err
	}
	office, err := v.committee(at.Place, c.Cut)
	if err != nil {
		return nil, err
	}
	office.Recipients = []string{"Các cơ quan, đơn vị, địa phương thuộc chế độ báo cáo"}
	parts, err := v.homeParts(at.Place)
	if err != nil {
		return nil, err
	}
	return &madePaper{place: at.Place, key: at.Place + " " + period, on: v.actor.Day, doc: paper.Consolidated(c, office, parts), back: p.Names().In(v.lang)}, nil
}

// sumWord is the address of a period's consolidated document; "" for a period that has none.
func (v *visit) sumWord(p report.Period) string {
	if p.Kind != report.Half && p.Kind != report.Year {
		return ""
	}
	return v.to("paper", string(registry.Consolidated), p.String())
}
