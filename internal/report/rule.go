package report

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/agency"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/place"
)

// Who says who owes a report: a bloc of the agencies that serve the home place, the communes in it, or one agency.
type Who string

// Who can owe one.
const (
	Departments  = Who(agency.Department)
	ServiceUnits = Who(agency.ServiceUnit)
	FrontBodies  = Who(agency.Front)
	Communes     = Who("communes")
	OneAgency    = Who("agency")
)

// Whos are all of them, in the order in which people are shown them.
var Whos = []Who{Departments, Communes, ServiceUnits, FrontBodies, OneAgency}

// Rule is one rule of a calendar. It holds until a later one of the same home, kind and unit takes its place.
type Rule struct {
	ID     string `db:"id"`
	Home   string `db:"home"` // id of the place whose calendar it is
	Kind   Kind   `db:"kind"`
	Who    Who    `db:"who"`
	Agency string `db:"agency"`      // id, for OneAgency
	Owes   bool   `db:"owes"`        // false: from Since on nothing is owed
	Second bool   `db:"second_half"` // of half years: the second one has a report too, beside the year's
	Days
	Since clock.Date `db:"since"`
	Law   string     `db:"law"` // the document by which it is set
	At    time.Time  `db:"at"`
	Actor string     `db:"actor"`
}

const ruleColumns = "id, home, kind, who, agency, owes, second_half, cut, back, due, roll, since, law, at, actor"

// For tells whether the rule owes the report of a period.
func (r Rule) For(p Period) bool { return r.Owes && (p.Kind != Half || p.N == 1 || r.Second) }

// check gives all faults of a rule.
func (r *Rule) check() (items []fault.Item) {
	wrong := func(is bool, field string, what, remedy fault.Text) {
		if is {
			items = append(items, fault.Item{Field: field, What: what, Remedy: remedy})
		}
	}
	wrong(!slices.Contains(Kinds, r.Kind), "kind", fault.T("This is no kind of report."), fault.T("Choose one."))
	wrong(!slices.Contains(Whos, r.Who), "who", fault.T("It is not said who owes the report."), fault.T("Choose one."))
	wrong(r.Who == OneAgency && r.Agency == "", "unit", fault.T("No agency is named."), fault.T("Write its name."))
	wrong(r.Since.IsZero(), "since", fault.T("The day from which it holds is missing."), fault.T("Write it as 2026-01-01."))
	wrong(r.Law == "", "law", fault.T("The document that sets it is missing."), fault.T("Write its number and date."))
	if !r.Owes {
		return items
	}
	wrong(r.Cut < 1 || r.Cut > 31, "cut", fault.T("The cut-off is a day of a month."), fault.T("Write a number from 1 to 31; 31 is the month's last day."))
	wrong(r.Due < 1 || r.Due > 31, "due", fault.T("The last day for sending is a day of a month."), fault.T("Write a number from 1 to 31; 31 is the month's last day."))
	wrong(r.Back < 0 || r.Back > 1 || r.Back == 1 && r.Kind == Month, "back", fault.T("A month's report is cut off in that month."), fault.T("Choose the period's last month."))
	wrong(!slices.Contains(Rolls, r.Roll), "roll", fault.T("It is not said what happens when the last day is a day of rest."), fault.T("Choose one."))
	return items
}

// SetRule adds a rule to a calendar; the one before it stays readable.
func (s *Store) SetRule(ctx context.Context, actor account.Actor, r Rule) error {
	if err := fault.Batch(r.check()); err != nil {
		return err
	}
	return s.db.Update(ctx, func(q *db.Q) error {
		if err := actor.May(ctx, q, account.SetCalendar, account.Subject{Place: r.Home}); err != nil {
			return err
		}
		if r.Who == OneAgency {
			a, err := agency.On(ctx, q, r.Agency, r.Since)
			if err == nil && a.Place != r.Home {
				err = fault.New(fault.Invalid, "This agency does not serve this place.")
			}
			if err != nil {
				return err
			}
		} else {
			r.Agency = ""
		}
		r.ID, r.At, r.Actor, r.Second = q.NewID(), q.Now(), actor.User, r.Second && r.Kind == Half
		if _, err := q.Exec(ctx, "INSERT INTO report_rule ("+ruleColumns+") VALUES ("+db.Marks(15)+")",
			r.ID, r.Home, r.Kind, r.Who, r.Agency, r.Owes, r.Second, r.Cut, r.Back, r.Due, r.Roll, r.Since, r.Law, r.At, r.Actor); err != nil {
			return err
		}
		content, err := json.Marshal(r)
		if err != nil {
			return err
		}
		return s.log.Append(ctx, q, audit.Entry{Actor: actor.User, Action: "report.rule", Object: "rule:" + r.ID, Content: content})
	})
}

// Rules gives every rule a calendar has had, those of one duty together, the newest first.
func (s *Store) Rules(ctx context.Context, actor account.Actor, home string) (all []Rule, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		all, err = rulesOf(ctx, q, home)
		return err
	})
	slices.SortStableFunc(all, func(a, b Rule) int {
		return cmp.Or(cmp.Compare(slices.Index(Kinds, a.Kind), slices.Index(Kinds, b.Kind)), cmp.Compare(slices.Index(Whos, a.Who), slices.Index(Whos, b.Who)),
			cmp.Compare(a.Agency, b.Agency), -a.Since.Compare(b.Since), -cmp.Compare(a.ID, b.ID))
	})
	return all, err
}

// rulesOf gives the rules of a calendar in the order in which they came to hold.
func rulesOf(ctx context.Context, q *db.Q, home string) ([]Rule, error) {
	return db.All[Rule](ctx, q, "SELECT "+ruleColumns+" FROM report_rule WHERE home = ? ORDER BY since, id", home)
}

// same tells whether two rules speak of the same duty.
func (r Rule) same(o Rule) bool { return r.Kind == o.Kind && r.Who == o.Who && r.Agency == o.Agency }

// governing gives, of rules in their order, those that hold for a period: the last of each duty that had begun on the first
// day of the period's last month.
func governing(rules []Rule, p Period) (hold []Rule) {
	for _, r := range rules {
		if r.Kind != p.Kind || p.anchor().Before(r.Since) {
			continue
		}
		hold = append(slices.DeleteFunc(hold, r.same), r)
	}
	return hold
}

// days gives the days of a period under a duty's rules: it begins where the period before was cut off, also when that was by
// another rule.
func (r Rule) days(rules []Rule, p Period) (first, cut, due clock.Date) {
	first, cut = r.Span(p)
	for _, was := range governing(rules, p.Last()) {
		if was.same(r) && was.Owes {
			first = was.CutOff(p.Last()).Add(1)
		}
	}
	due, _ = r.DueDay(p)
	return first, cut, due
}

// Owing is a unit that owes a report, by which rule.
type Owing struct {
	Unit
	Rule Rule
}

// owing gives the units that owe the report of a period by this rule on a day. An agency that another rule in force names follows that one.
func (r Rule) owing(ctx context.Context, q *db.Q, home string, hold []Rule, p Period, on clock.Date) (all []Owing, err error) {
	if !r.For(p) {
		return nil, nil
	}
	units, err := r.units(ctx, q, home, on)
	for _, u := range units {
		named := slices.ContainsFunc(hold, func(o Rule) bool { return o.Who == OneAgency && o.Agency == u.Agency })
		if r.Who == OneAgency || u.Agency == "" || !named {
			all = append(all, Owing{u, r})
		}
	}
	return all, err
}

// units gives whom a rule speaks of on a day.
func (r Rule) units(ctx context.Context, q *db.Q, home string, on clock.Date) (units []Unit, err error) {
	switch r.Who {
	case Communes:
		places, err := place.Children(ctx, q, home, on)
		for _, p := range places {
			units = append(units, Unit{Place: p.Place})
		}
		return units, err
	case OneAgency:
		a, err := agency.On(ctx, q, r.Agency, on)
		if fault.KindOf(err) == fault.NotFound {
			return nil, nil // it has ended
		}
		return []Unit{{Place: a.Place, Agency: a.ID}}, err
	}
	agencies, err := agency.Of(ctx, q, home, agency.Bloc(r.Who), on)
	for _, a := range agencies {
		units = append(units, Unit{Place: a.Place, Agency: a.ID})
	}
	return units, err
}
