package report

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"math"
	"slices"

	"thuoc/internal/account"
	"thuoc/internal/agency"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/place"
	"thuoc/internal/plan"
	"thuoc/internal/workday"
)

// one is a unit's report with what its sum needs.
type one struct {
	Report
	party           Party
	figures, before []Figure
	then            bool   // the period before is frozen
	against         string // that period, of whichever unit; "" for none
	entry           Entry
}

// Sum puts all reports of a home and period together, by exception, for whoever may read the sum.
func (s *Store) Sum(ctx context.Context, actor account.Actor, home string, p Period) (c Consolidated, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		if err := actor.May(ctx, q, account.SumReports, account.Subject{Place: home}); err != nil {
			return err
		}
		watch := actor.May(ctx, q, account.WatchReports, account.Subject{Place: home})
		if watch != nil && fault.KindOf(watch) != fault.Forbidden {
			return watch
		}
		c, err = s.sum(ctx, q, home, p, watch == nil)
		return err
	})
	if err == nil {
		c.Measures, err = s.measures(ctx, home, p)
	}
	return c, err
}

// sum reads the reports and puts them together.
func (s *Store) sum(ctx context.Context, q *db.Q, home string, p Period, watch bool) (c Consolidated, err error) {
	all, err := readAll(ctx, q, home, p)
	if err != nil {
		return c, err
	}
	if len(all) == 0 {
		return c, fault.New(fault.NotFound, "No report of this period has been opened.")
	}
	on := dayOf(q.Now())
	c = Consolidated{Period: p, Against: all[0].against, First: all[0].From, Cut: all[0].Cut, Due: all[0].Due, AsOf: q.Now(), Standing: map[State]int{}}
	v, err := place.ByID(ctx, q, home, c.Cut)
	if err != nil {
		return c, err
	}
	c.Home = Party{Unit: Unit{Place: home}, Name: v.Full().VI}
	var stand []one
	for _, r := range all {
		if r.State == Void {
			continue
		}
		c.Units++
		c.Standing[r.State]++
		c.except(&r, on)
		if r.State.Standing() {
			c.Sent++
			stand = append(stand, r)
			c.quote(&r)
		}
	}
	c.Figures = counts("", stand)
	c.Contents = contents(stand)
	c.Changed = changes(stand)
	if c.Planned, err = planned(ctx, q, home, c.Cut, all); err == nil && watch {
		c.Watch, err = s.watch(ctx, q, stand)
	}
	return c, err
}

// readAll reads the reports of a period in the order of their units' names, with their figures and what was sent: four
// queries, however many units there are.
func readAll(ctx context.Context, q *db.Q, home string, p Period) ([]one, error) {
	reports, err := db.All[Report](ctx, q, "SELECT "+columns+" FROM report r WHERE r.home = ? AND r.kind = ? AND r.period = ? ORDER BY r.id", home, p.Kind, p.String())
	if err != nil || len(reports) == 0 {
		return nil, err
	}
	names, err := names(ctx, q, home, reports[0].Cut)
	if err != nil {
		return nil, err
	}
	now, _, err := rowsIn(ctx, q, home, p)
	if err != nil {
		return nil, err
	}
	var then map[Unit][]Row
	var frozen map[Unit]bool
	against := ""
	for _, was := range p.compared() {
		if then, frozen, err = rowsIn(ctx, q, home, was); err != nil {
			return nil, err
		}
		if len(frozen) > 0 {
			against = was.String()
			break
		}
	}
	all := make([]one, len(reports))
	at := map[string]*one{}
	for i, r := range reports {
		all[i] = one{Report: r, party: Party{Unit: r.Unit, Name: cmp.Or(names[r.Unit].Name, names[Unit{Place: r.Place}].Name), Bloc: names[r.Unit].Bloc},
			figures: Figures(now[r.Unit]), before: Figures(then[r.Unit]), then: frozen[r.Unit], against: against}
		at[r.ID] = &all[i]
	}
	for v, err := range db.Each[Version](ctx, q, `SELECT v.id, v.report, v.at, v.actor, v.body, v.sent FROM report_version v JOIN report r ON r.id = v.report
		WHERE r.home = ? AND r.kind = ? AND r.period = ? AND v.sent IS NOT NULL ORDER BY v.id`, home, p.Kind, p.String()) {
		if err != nil {
			return nil, err
		}
		if at[v.Report].entry, err = v.Entry(); err != nil {
			return nil, err
		}
	}
	order := lang.Collation()
	slices.SortStableFunc(all, func(a, b one) int {
		bloc := func(o one) int { // places come last
			if o.Agency == "" {
				return len(agency.Blocs)
			}
			return slices.Index(agency.Blocs, agency.Bloc(o.party.Bloc))
		}
		return cmp.Or(cmp.Compare(bloc(a), bloc(b)), order(a.party.Name, b.party.Name))
	})
	return all, nil
}

// rowsIn reads the frozen rows of a period by unit, and which units' figures are frozen.
func rowsIn(ctx context.Context, q *db.Q, home string, p Period) (rows map[Unit][]Row, frozen map[Unit]bool, err error) {
	rows, frozen = map[Unit][]Row{}, map[Unit]bool{}
	units, err := db.All[Unit](ctx, q, "SELECT place, agency FROM report WHERE home = ? AND kind = ? AND period = ? AND frozen IS NOT NULL", home, p.Kind, p.String())
	for _, u := range units {
		frozen[u] = true
	}
	if err != nil {
		return nil, nil, err
	}
	type unitRow struct {
		Unit
		Row
	}
	for r, err := range db.Each[unitRow](ctx, q, `SELECT r.place, r.agency, w.source, w.item, w.code, w.title, w.state, w.due, w.marks
		FROM report_row w JOIN report r ON r.id = w.report WHERE r.home = ? AND r.kind = ? AND r.period = ? ORDER BY w.report, w.nr`, home, p.Kind, p.String()) {
		if err != nil {
			return nil, nil, err
		}
		rows[r.Unit] = append(rows[r.Unit], r.Row)
	}
	return rows, frozen, nil
}

// names gives what the units of a home are called on a day.
func names(ctx context.Context, q *db.Q, home string, on clock.Date) (map[Unit]Party, error) {
	all := map[Unit]Party{}
	for _, bloc := range agency.Blocs {
		agencies, err := agency.Of(ctx, q, home, bloc, on)
		if err != nil {
			return nil, err
		}
		for _, a := range agencies {
			u := Unit{Place: a.Place, Agency: a.ID}
			all[u] = Party{Unit: u, Name: a.Name, Bloc: string(a.Bloc)}
		}
	}
	places, err := place.Children(ctx, q, home, on)
	for _, p := range places {
		u := Unit{Place: p.Place}
		all[u] = Party{Unit: u, Name: p.Full().VI}
	}
	return all, err
}

// except puts a report where somebody should see it.
func (c *Consolidated) except(r *one, on clock.Date) {
	x := Exception{Unit: r.party, Report: r.ID, State: r.State, Sent: r.SentOn(), Words: r.entry.Disputes}
	if r.Late(on) {
		if x.Days = workday.Between(r.Due, on); !r.Sent.IsZero() {
			x.Days = workday.Between(r.Due, r.SentOn())
		}
		c.Late = append(c.Late, x)
	} else if r.Sent.IsZero() {
		c.Missing = append(c.Missing, x)
	}
	if r.State == Returned {
		c.Returned = append(c.Returned, x)
	}
	if len(r.entry.Disputes) > 0 && r.State.Standing() {
		c.Disputed = append(c.Disputed, x)
	}
}

// quote takes over what a unit wrote, in its own words.
func (c *Consolidated) quote(r *one) {
	say := func(at *[]Said, text string) {
		if text != "" {
			*at = append(*at, Said{r.party, r.ID, text})
		}
	}
	say(&c.Shortcomings, r.entry.Text.Shortcomings)
	say(&c.Causes, r.entry.Text.Causes)
	say(&c.Proposals, r.entry.Text.Proposals)
	for _, p := range r.entry.Text.Next {
		say(&c.Next, p.Text)
	}
	for _, a := range r.entry.Answers {
		switch a.Kept {
		case WasKept:
			c.Kept++
		case InPart:
			c.InPart++
		case NotKept:
			c.NotKept++
		}
	}
}

// counts adds the figures of a lever up over units.
func counts(code string, units []one) (all []Count) {
	for _, s := range series {
		n := Count{Figure: Figure{Mark: s.mark, Code: code, Of: s.base}}
		sum, then, there := sha256.New(), sha256.New(), false
		for _, u := range units {
			f, ok := figureOf(u.figures, s.mark, code)
			if ok {
				there = true
				n.Value, n.Base = n.Value+f.Value, n.Base+f.Base
				sum.Write([]byte(f.Hash + "\n"))
			}
			if was, had := figureOf(u.before, s.mark, code); u.then && (had || code != "") {
				n.Compared++
				then.Write([]byte(was.Hash + "\n"))
				n.Before, n.BaseThen = n.Before+was.Value, n.BaseThen+was.Base
				n.Now, n.BaseNow = n.Now+f.Value, n.BaseNow+f.Base
			}
		}
		if n.HasBefore = n.Compared > 0; n.HasBefore {
			n.HashThen = hex.EncodeToString(then.Sum(nil))
		}
		if there {
			n.Hash = hex.EncodeToString(sum.Sum(nil))
			all = append(all, n)
		}
	}
	return all
}

func figureOf(figures []Figure, m Mark, code string) (Figure, bool) {
	for _, f := range figures {
		if f.Mark == m && f.Code == code {
			return f, true
		}
	}
	return Figure{}, false
}

// contents adds up by lever.
func contents(units []one) (all []Content) {
	in := map[string]int{}
	for _, u := range units {
		for _, f := range u.figures {
			if f.Code != "" && f.Mark == Given {
				in[f.Code]++
			}
		}
	}
	for code, n := range in {
		all = append(all, Content{Code: code, Units: n, Figures: counts(code, units)})
	}
	slices.SortFunc(all, func(a, b Content) int { return cmp.Compare(a.Code, b.Code) })
	return all
}

// What counts as much changed: so many tasks more or fewer overdue, or a share of done tasks so far from that of the period
// before, where both rest on so many tasks. Tasks are counted whole, not sampled: nothing is tested, the bound is a rule.
const (
	ChangedTasks = 3
	ChangedShare = 0.25
	ChangedBase  = 4
)

// mostChanged is how many units a sum names as changed.
const mostChanged = 15

// changes lists the units whose overdue tasks or share of done tasks moved much, the greatest first.
func changes(units []one) (all []Change) {
	for _, u := range units {
		if !u.then {
			continue
		}
		for _, m := range []Mark{Overdue, Done} {
			was, _ := figureOf(u.before, m, "")
			is, _ := figureOf(u.figures, m, "")
			x := Change{Unit: u.party, Report: u.ID, Mark: m, Was: was.Value, Of: was.Base, Is: is.Value, Now: is.Base,
				WasShare: share(was.Value, was.Base), Shares: share(is.Value, is.Base)}
			much := m == Overdue && diff(x.Is, x.Was) >= ChangedTasks ||
				m == Done && x.Of >= ChangedBase && x.Now >= ChangedBase && math.Abs(x.Shares-x.WasShare) >= ChangedShare
			if much {
				all = append(all, x)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Change) int {
		return cmp.Or(cmp.Compare(math.Abs(b.Shares-b.WasShare), math.Abs(a.Shares-a.WasShare)), cmp.Compare(a.Unit.Name, b.Unit.Name))
	})
	return all[:min(len(all), mostChanged)]
}

func diff(a, b int) int { return max(a-b, b-a) }

func share(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

// planned gives the units with the plans for the year of the cut-off that they issued by it.
func planned(ctx context.Context, q *db.Q, home string, cut clock.Date, all []one) (list []Planned, err error) {
	parties := map[Unit]Party{}
	for _, r := range all {
		parties[r.Unit] = r.party
	}
	plans, err := plan.Papers(ctx, q, home, cut.Year)
	for _, p := range plans {
		u := Unit{Place: p.Place, Agency: p.Agency}
		if p.Place != home {
			u.Agency = "" // a commune reports as a place
		}
		if party, ok := parties[u]; ok && !cut.Before(p.Signed) {
			list = append(list, Planned{Unit: party, Plan: p.ID, Title: p.Title, Number: p.Number, Date: p.Signed})
		}
	}
	return list, err
}
