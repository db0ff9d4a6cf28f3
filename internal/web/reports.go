package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"

	"thuoc/internal/account"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/report"
	"thuoc/internal/sheet"
	"thuoc/internal/ui"
	"thuoc/internal/upload"
)

var reportRoutes = []route{
	{name: "reports", method: http.MethodGet, vi: "bao-cao", en: "reports", needs: account.ReadReports, handle: (*visit).reports},
	{name: "reports-list", method: http.MethodGet, vi: "danh-sach-bao-cao", en: "reports-list", needs: account.ReadReports, handle: (*visit).exportReports},
	{name: "report", method: http.MethodGet, vi: "bao-cao/{report}", en: "reports/{report}", needs: account.ReadReports, handle: (*visit).report},
	{name: "report-rows", method: http.MethodGet, vi: "bao-cao/{report}/so-lieu", en: "reports/{report}/figures", needs: account.ReadReports, handle: (*visit).reportRows},
	{name: "report-write", method: http.MethodGet, vi: "bao-cao/{report}/soan", en: "reports/{report}/write", needs: account.WriteReport, handle: (*visit).writeReport},
	{name: "report-write", method: http.MethodPost, vi: "bao-cao/{report}/soan", en: "reports/{report}/write", needs: account.WriteReport, handle: (*visit).writeReport},
	{name: "report-attach", method: http.MethodGet, vi: "bao-cao/{report}/dinh-kem", en: "reports/{report}/attach", needs: account.WriteReport, handle: (*visit).attachToReport},
	{name: "report-attach", method: http.MethodPost, vi: "bao-cao/{report}/dinh-kem", en: "reports/{report}/attach", needs: account.WriteReport, upload: upload.MostBytes + 1<<20, handle: (*visit).attachToReport},
	{name: "report-file", method: http.MethodGet, vi: "tep-bao-cao/{reportfile}", en: "report-files/{reportfile}", needs: account.ReadReports, handle: (*visit).reportFile},
	{name: "report-return", method: http.MethodGet, vi: "bao-cao/{report}/tra-lai", en: "reports/{report}/return", needs: account.JudgeReport, handle: (*visit).returnReport},
	{name: "report-return", method: http.MethodPost, vi: "bao-cao/{report}/tra-lai", en: "reports/{report}/return", needs: account.JudgeReport, handle: (*visit).returnReport},
	{name: "report-accept", method: http.MethodPost, vi: "bao-cao/{report}/chap-nhan", en: "reports/{report}/accept", needs: account.JudgeReport, handle: (*visit).acceptReport},
	{name: "report-score", method: http.MethodGet, vi: "bao-cao/{report}/cham-diem", en: "reports/{report}/score", needs: account.ScoreReport, handle: (*visit).scoreReport},
	{name: "report-score", method: http.MethodPost, vi: "bao-cao/{report}/cham-diem", en: "reports/{report}/score", needs: account.ScoreReport, handle: (*visit).scoreReport},
	{name: "report-answer", method: http.MethodGet, vi: "bao-cao/{report}/giai-trinh/{scoreline}", en: "reports/{report}/answer/{scoreline}", needs: account.SendReport, handle: (*visit).answerScore},
	{name: "report-answer", method: http.MethodPost, vi: "bao-cao/{report}/giai-trinh/{scoreline}", en: "reports/{report}/answer/{scoreline}", needs: account.SendReport, handle: (*visit).answerScore},
	{name: "report-decide", method: http.MethodGet, vi: "bao-cao/{report}/quyet-dinh/{scorereply}", en: "reports/{report}/decide/{scorereply}", needs: account.DecideScore, handle: (*visit).decideScore},
	{name: "report-decide", method: http.MethodPost, vi: "bao-cao/{report}/quyet-dinh/{scorereply}", en: "reports/{report}/decide/{scorereply}", needs: account.DecideScore, handle: (*visit).decideScore},
	{name: "report-lock", method: http.MethodPost, vi: "bao-cao/{report}/khoa", en: "reports/{report}/lock", needs: account.JudgeReport, handle: (*visit).lockReport},

	{name: "report-sum", method: http.MethodGet, vi: "tong-hop-bao-cao/{period}", en: "reports-together/{period}", needs: account.SumReports, handle: (*visit).sumReports},
	{name: "report-freeze", method: http.MethodGet, vi: "tong-hop-bao-cao/{period}/chot", en: "reports-together/{period}/freeze", needs: account.JudgeReport, handle: (*visit).freezeSum},
	{name: "report-freeze", method: http.MethodPost, vi: "tong-hop-bao-cao/{period}/chot", en: "reports-together/{period}/freeze", needs: account.JudgeReport, handle: (*visit).freezeSum},
	{name: "report-watch", method: http.MethodGet, vi: "tong-hop-bao-cao/{period}/dau-hieu", en: "reports-together/{period}/signs", needs: account.WatchReports, handle: (*visit).watchReports},
	{name: "report-calendar", method: http.MethodGet, vi: "lich-bao-cao", en: "report-calendar", needs: account.ReadReports, handle: (*visit).reportCalendar},
	{name: "report-rule", method: http.MethodGet, vi: "lich-bao-cao/dat", en: "report-calendar/set", needs: account.SetCalendar, handle: (*visit).setReportRule},
	{name: "report-rule", method: http.MethodPost, vi: "lich-bao-cao/dat", en: "report-calendar/set", needs: account.SetCalendar, handle: (*visit).setReportRule},
}

// keyPeriod is the query key of a period of reports.
const keyPeriod = "ky"

// reportBadges are the badges of reports.
var reportBadges = map[report.State]badge{
	report.Due: {"", "", "circle-dashed"}, report.Draft: {"", "lua", "pencil"}, report.Sent: {"", "cham", "send"}, report.Returned: {"", "son", "rotate-ccw"},
	report.Accepted: {"", "ngoc", "circle-check"}, report.Scored: {"", "ngoc", "scroll-text"}, report.Locked: {"", "", "lock"}, report.Void: {"", "", "ban"},
}

// reportRow is a report of a list.
type reportRow struct {
	Href, Unit, Kind, Period string
	Cut, Due, Sent           string
	State                    badge
	Late                     string
}

// reportsPage lists reports.
type reportsPage struct {
	Title, To          string
	Periods            ui.Select
	Rows               []reportRow
	More               bool
	Calendar           string
	Sum                ui.Link
	List               string
	Sent, Units, Tardy int
}

// mostReports is how many reports a list shows.
const mostReports = 300

func (v *visit) reports() (*page, error) {
	home, err := v.app.Home(v.ctx())
	if err != nil {
		return nil, err
	}
	periods, err := v.app.Reports.Periods(v.ctx(), v.actor, home.Place)
	if err != nil {
		return nil, err
	}
	body := reportsPage{Title: v.t("Periodic reports"), To: v.to("reports"), Calendar: v.to("report-calendar"),
		Periods: ui.Select{Name: keyPeriod, Label: v.t("Period"), Options: []ui.Choice{{Text: v.t("All periods"), Current: v.ask(keyPeriod) == ""}}}}
	if len(periods) > 0 && v.byRole(account.SumReports) { // the newest, until one is chosen
		body.Sum = ui.Link{Href: v.to("report-sum", periods[0].String()), Text: v.t("Together: %s", periods[0].Names().In(v.lang))}
	}
	f := report.Filter{Limit: mostReports + 1}
	for _, p := range periods {
		chosen := p.String() == v.ask(keyPeriod)
		body.Periods.Options = append(body.Periods.Options, ui.Choice{Value: p.String(), Text: capital(p.Names().In(v.lang)), Current: chosen})
		if chosen {
			f.Kind, f.Period = p.Kind, p.String()
			body.List = v.at(url.Values{keyPeriod: {p.String()}}, "reports-list")
			if v.byRole(account.SumReports) {
				body.Sum = ui.Link{Href: v.to("report-sum", p.String()), Text: v.t("Together, by exception")}
			}
		}
	}
	list, err := v.app.Reports.List(v.ctx(), v.actor, f)
	if err != nil {
		return nil, err
	}
	if body.More = len(list) > mostReports; body.More {
		list = list[:mostReports]
	}
	body.tally(list, v)
	if body.Rows, err = v.rowsOfReports(list); err != nil {
		return nil, err
	}
	return &page{template: "reports", title: body.Title, nav: "reports", body: body}, nil
}

// tally counts what the head of the list tells.
func (b *reportsPage) tally(list []report.Report, v *visit) {
	for i := range list {
		r := &list[i]
		if r.State == report.Void {
			continue
		}
		b.Units++
		if r.State.Standing() {
			b.Sent++
		}
		if r.Late(v.actor.Day) && r.Sent.IsZero() {
			b.Tardy++
		}
	}
}

// rowsOfReports writes reports by exception: overdue, returned, waiting to be judged, then the others by their last day.
func (v *visit) rowsOfReports(list []report.Report) ([]reportRow, error) {
	rank := func(r *report.Report) int {
		if r.Late(v.actor.Day) && r.Sent.IsZero() {
			return -1
		}
		return slices.Index([]report.State{report.Returned, report.Sent, report.Draft, report.Due, report.Accepted, report.Scored, report.Locked, report.Void}, r.State)
	}
	slices.SortStableFunc(list, func(a, b report.Report) int { return cmp.Or(cmp.Compare(rank(&a), rank(&b)), a.Due.Compare(b.Due)) })
	names := map[string]map[report.Unit]report.Party{}
	rows := make([]reportRow, len(list))
	for i := range list {
		name, err := v.reportUnit(&list[i], names)
		if err != nil {
			return nil, err
		}
		rows[i] = v.reportRow(&list[i], name)
	}
	return rows, nil
}

// reportUnit names the unit of a report as it was on the last day of the period, or is today while that lasts.
func (v *visit) reportUnit(r *report.Report, known map[string]map[report.Unit]report.Party) (string, error) {
	on := r.Cut
	if v.actor.Day.Before(on) {
		on = v.actor.Day
	}
	key := r.Home + on.String()
	if known[key] == nil {
		var err error
		if known[key], err = v.app.Reports.Names(v.ctx(), r.Home, on); err != nil {
			return "", err
		}
	}
	return cmp.Or(known[key][r.Unit].Name, v.t("a unit not known here")), nil
}

func (v *visit) reportRow(r *report.Report, unit string) reportRow {
	row := reportRow{Href: v.to("report", r.ID), Unit: unit, Kind: r.Kind.Names().In(v.lang), Period: r.Period().Names().In(v.lang), Cut: lang.Date(v.lang, r.Cut),
		Due: lang.Date(v.lang, r.Due), State: reportBadges[r.State].said(v, r.State.Text())}
	if !r.Sent.IsZero() {
		row.Sent = lang.Date(v.lang, r.SentOn())
	}
	if r.Late(v.actor.Day) {
		if row.Late = v.t("%d days late", days(r.Due, v.actor.Day)); !r.Sent.IsZero() {
			row.Late = v.t("sent %d days late", days(r.Due, r.SentOn()))
		}
	}
	return row
}

// exportReports gives the list of a period as a workbook.
func (v *visit) exportReports() (*page, error) {
	home, err := v.app.Home(v.ctx())
	if err != nil {
		return nil, err
	}
	p, err := report.ParsePeriod(v.ask(keyPeriod))
	if fault.KindOf(err) == fault.NotFound && v.ask(keyPeriod) == "" {
		return &page{to: v.to("reports")}, nil
	}
	if err != nil {
		return nil, err
	}
	list, err := v.app.Reports.Export(v.ctx(), v.actor, home.Place, p, v.lang)
	if err != nil {
		return nil, err
	}
	return v.workbook("bao-cao-"+p.String()+".xlsx", []sheet.Sheet{list})
}

// dueReports are the reports that wait for the actor, for the page of their work.
func (v *visit) dueReports() (rows []reportRow, err error) {
	mine, err := v.app.Reports.Mine(v.ctx(), v.actor, v.actor.Day, mostWork)
	if err != nil {
		return nil, err
	}
	judge, err := v.app.Reports.ToJudge(v.ctx(), v.actor, mostWork)
	if err != nil {
		return nil, err
	}
	return v.rowsOfReports(append(mine, judge...))
}
