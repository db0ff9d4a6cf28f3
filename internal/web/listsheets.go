package web

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/fault"
	"thuoc/internal/sheet"
)

// sheetRoutes give the lists out as workbooks.
var sheetRoutes = []route{
	{name: "list-sheet", method: http.MethodGet, vi: "tai-danh-sach/{listed}", en: "list-download/{listed}", needs: account.OwnAccount, handle: (*visit).listSheet},
}

// listSheet is how a list's page becomes a table: the page itself is made, with its rights and its filter, page after
// page, and its own rows are written down. What nobody sees on the screen is not in the file.
type listSheet struct {
	heads []fault.Text
	rows  func(body any) [][]string
	older func(body any) string // address of what follows; nil where pages have numbers
}

// mostPages is how many pages of a list one file holds.
const mostPages = 1000

// listSheets are the lists that go out this way, by their routes. Tasks, plans and what they hold go out as lists that can
// be taken in again.
var listSheets map[string]listSheet

func init() { // a list's page is found through the table of routes, which links to the lists
	listSheets = map[string]listSheet{
		"plans": {heads: []fault.Text{fault.T("Title"), fault.T("Place"), fault.T("Years"), fault.T("Document number"), fault.T("State")}, older: func(b any) string { return b.(plansPage).Older },
			rows: func(b any) [][]string {
				return cells(b.(plansPage).Rows, func(r planRow) []string { return []string{r.Title, r.Place, r.Years, r.Number, r.State} })
			}},
		"editions": {heads: []fault.Text{fault.T("Index and period"), fault.T("Whose measure"), fault.T("State"), fault.T("Frozen"), fault.T("SHA-256 of the manifest")}, older: func(b any) string { return b.(editionsPage).Older },
			rows: func(b any) [][]string {
				return cells(b.(editionsPage).Rows, func(r editionRow) []string { return []string{r.Name, r.Source, r.State, r.When, r.Hash} })
			}},
		"runs": {heads: []fault.Text{fault.T("Whose measure"), fault.T("Index and period"), fault.T("State"), fault.T("Added"), fault.T("Program")}, older: func(b any) string { return b.(runsPage).Older },
			rows: func(b any) (rows [][]string) {
				for _, p := range b.(runsPage).Parts {
					rows = append(rows, cells(p.Rows, func(r runRow) []string { return []string{p.Source, r.Name, r.State, r.When, r.Code} })...)
				}
				return rows
			}},
		"audit": {heads: []fault.Text{fault.T("When"), fault.T("Who"), fault.T("What"), fault.T("Object"), fault.T("Place in the chain"), fault.T("SHA-256 of the entry")}, older: func(b any) string { return b.(auditPage).Older },
			rows: func(b any) [][]string {
				return cells(b.(auditPage).Rows, func(r auditRow) []string { return []string{r.At, r.Who, r.Action, r.Object, r.Seq, r.Hash} })
			}},
		"places": {heads: []fault.Text{fault.T("Code"), fault.T("Name"), fault.T("Kind"), fault.T("Around it"), fault.T("Note")}, older: func(any) string { return "" },
			rows: func(b any) [][]string {
				return cells(b.(placesPage).Rows, func(r placeRow) []string { return []string{r.Code, r.Name, r.Kind, r.Around, r.Note} })
			}},
		"agencies": {heads: []fault.Text{fault.T("Bloc"), fault.T("Agency"), fault.T("Place"), fault.T("Head"), fault.T("Post")},
			rows: func(b any) (rows [][]string) {
				for _, g := range b.(agenciesPage).Groups {
					rows = append(rows, cells(g.Rows, func(r agencyRow) []string { return []string{g.Head, r.Name, r.Place, r.Head, r.HeadTitle} })...)
				}
				return rows
			}},
		"users": {heads: []fault.Text{fault.T("Full name"), fault.T("Signs in as"), fault.T("Roles"), fault.T("State"), fault.T("Last seen")},
			rows: func(b any) [][]string {
				return cells(b.(usersPage).Rows, func(r userRow) []string {
					return []string{r.Name, r.Login, strings.Join(r.Roles, "; "), r.State, r.Seen}
				})
			}},
	}
}

func cells[R any](rows []R, of func(R) []string) (all [][]string) {
	for _, r := range rows {
		all = append(all, of(r))
	}
	return all
}

// listSheet gives the list that the address names, by the query of its page.
func (v *visit) listSheet() (*page, error) {
	name := v.arg("listed")
	list, ok := listSheets[name]
	if !ok {
		return nil, fault.New(fault.NotFound, "There is no page at this address.")
	}
	of := routeOf(name)
	if !v.actor.MayAnywhere(of.needs) {
		return nil, fault.New(fault.Forbidden, "Your role does not allow this here.")
	}
	table := sheet.Sheet{Name: v.t("List"), Rows: [][]string{nil}}
	for _, h := range list.heads {
		table.Rows[0] = append(table.Rows[0], v.text(h))
	}
	asked := v.r.URL.Query()
	asked.Del(keyBefore)
	asked.Del(keyPage)
	query, whole := asked, false
	for n := range mostPages {
		pg, err := v.pageOf(of, query)
		if err != nil {
			return nil, err
		}
		rows := list.rows(pg.body)
		table.Rows = append(table.Rows, rows...)
		var more bool
		if query, more = list.next(pg.body, asked, n, len(rows)); !more {
			whole = true
			break
		}
	}
	return v.workbook(name+"-"+v.actor.Day.String()+".xlsx", []sheet.Sheet{table, v.sheetNote(of, asked, len(table.Rows)-1, whole)})
}

// pageOf makes the page of a list as it would be shown for a query.
func (v *visit) pageOf(of *route, query url.Values) (*page, error) {
	inner := *v
	inner.route, inner.r = of, v.r.Clone(v.ctx())
	inner.r.URL.RawQuery = query.Encode()
	return of.handle(&inner)
}

// next gives the query of the page that follows; false at the end.
func (l listSheet) next(body any, asked url.Values, n, rows int) (url.Values, bool) {
	if l.older == nil {
		query := url.Values{}
		for k, values := range asked {
			query[k] = values
		}
		query.Set(keyPage, strconv.Itoa(n+2))
		return query, rows == perPage
	}
	u, err := url.Parse(l.older(body))
	if err != nil || u.Path == "" {
		return nil, false
	}
	return u.Query(), true
}

// sheetNote says beside a list when it was taken and by which filter.
func (v *visit) sheetNote(of *route, asked url.Values, rows int, whole bool) sheet.Sheet {
	s := sheet.Sheet{Name: v.t("About this list"), Rows: [][]string{{v.t("What"), v.t("Value")},
		{v.t("As of"), v.moment(v.app.Now())}, {v.t("Address"), v.at(asked, of.name)}, {v.t("Rows"), fmt.Sprint(rows)}}}
	for _, k := range slices.Sorted(maps.Keys(asked)) {
		if x := strings.Join(asked[k], ", "); x != "" {
			s.Rows = append(s.Rows, []string{v.t("Filter: %s", k), x})
		}
	}
	if !whole {
		s.Rows = append(s.Rows, []string{v.t("Cut off"), v.t("The list goes on; narrow the filter.")})
	}
	return s
}

// sheetOf gives the address of the page's list as a workbook; "" for a page that is none, or for who may not read it.
func (v *visit) sheetOf(pg *page) string {
	if _, ok := listSheets[v.route.name]; !ok || pg.template == "fail" || v.actor.User == "" || v.posted() {
		return ""
	}
	return v.at(v.r.URL.Query(), "list-sheet", v.route.name)
}
