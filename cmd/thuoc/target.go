package main

import (
	"cmp"
	"math"
	"strconv"
	"strings"

	"thuoc/internal/fault"
	"thuoc/internal/published"
	"thuoc/internal/run"
	"thuoc/internal/score"
	"thuoc/internal/table"
	"thuoc/internal/target"
)

// targetSeed makes the futures of the command the same in every run.
const targetSeed = 2009

func targetCommand() command {
	return command{
		name:    "target",
		summary: fault.T("what a promised score or rank would take, and how likely it is by luck alone"),
		detail: fault.T("An aim is points:42.4, change:0.5, hold, rank:20, rank-gain:5 or group:upper-middle. The others are not held still:" +
			" every province moves as the index's own history says, and every score carries its error, published or assumed and said to be so." +
			" Gains are points beyond the ordinary movement."),
		examples: []string{
			"thuoc target --unit \"Hà Nội\" --year 2020 --aim rank-gain:5",
			"thuoc target --unit \"Trà Vinh\" --year 2022 --aim group:lower-middle --chance 0.9",
			"thuoc target --unit \"Đồng Tháp\" --year 2023 --aim points:42.41 --format csv",
			"thuoc target --unit \"Lạng Sơn\" --year 2023 --code D1 --aim hold",
		},
		setup: func(f *flags) action {
			unit := f.text("unit", "NAME|CODE", fault.T("the province whose target it is"))
			year := f.year("year", fault.T("the year of the results to start from; the newest without it"))
			code := f.text("code", "CODE", fault.T("a dimension or sub-dimension instead of the composite"))
			aim := f.text("aim", "KIND:VALUE", fault.T("what is aimed at"))
			chance := f.share("chance", 0.8, fault.T("the chance that is wanted"))
			se := f.number("se", 0, 0, 100, fault.T("standard error to assume where none was published; 0 = that of the nearest year that has some"))
			format := f.format()
			return func(c *call) error {
				a, err := targetQuestion{f.path, *unit, *code, *aim, *year, *chance, *se}.ask()
				if err != nil {
					return err
				}
				return c.write(*format, func() *table.Page { return a.page(c.lang) }, a.records)
			}
		},
	}
}

// targetQuestion are the flags of the command.
type targetQuestion struct {
	path, unit, code, aim string
	year                  int
	chance, se            float64
}

// targetAnswer is what the command prints.
type targetAnswer struct {
	targetQuestion
	names     *run.Frame
	basis     *target.Basis
	place     int // of the province among the units
	targetAim target.Target
	reach     target.Reach
	sets      []target.Set
}

func (q targetQuestion) ask() (*targetAnswer, error) {
	if q.unit == "" || q.aim == "" {
		return nil, misuse(q.path, fault.T("Name the province with --unit and the aim with --aim."))
	}
	if q.year == 0 {
		years := published.Years()
		q.year = years[len(years)-1].Year
	}
	a := &targetAnswer{targetQuestion: q, names: run.NewFrame(papiFrame)}
	found, ok := a.names.Find(q.unit)
	if !ok {
		return nil, fault.New(fault.NotFound, "%s %s", found.What, found.Remedy)
	}
	var err error
	if a.basis, err = target.OfPAPI(q.year, cmp.Or(q.code, "PAPI")); err != nil {
		return nil, err
	}
	if q.se > 0 {
		a.basis.Standing.Assumed, a.basis.ErrorsOf = q.se, 0
	}
	a.place = a.basis.Unit(found.Code)
	if a.targetAim, err = a.parse(); err != nil {
		return nil, err
	}
	return a, a.compute()
}

func (a *targetAnswer) compute() error {
	m, err := target.Learn(a.basis.Standing, a.basis.History)
	if err != nil {
		return fault.New(fault.NotFound, "No two years before %d compare for %s, so that nothing is known of its movement.", a.year, a.basis.Node.Code)
	}
	if a.reach, err = m.Imagine(a.basis.Standing, target.Draws, targetSeed).Reach(a.targetAim, a.place); err != nil {
		return err
	}
	levers, _ := a.basis.Levers(a.place) // of PAPI the gains of past years are known wherever its movement is
	a.sets = target.Sets(levers, a.reach, a.chance)
	return nil
}

// parse reads the aim.
func (a *targetAnswer) parse() (target.Target, error) {
	kind, value, _ := strings.Cut(a.aim, ":")
	t := target.Target{Kind: target.Kind(kind)}
	var err error
	switch t.Kind {
	case target.Hold:
		if value != "" {
			err = strconv.ErrSyntax
		}
	case target.Points, target.Change:
		t.Value, err = strconv.ParseFloat(strings.Replace(value, ",", ".", 1), 64)
		if err == nil && (math.IsNaN(t.Value) || math.IsInf(t.Value, 0)) {
			err = strconv.ErrRange
		}
	case target.Rank, target.Gain:
		t.Place, err = strconv.Atoi(value)
		if err == nil && t.Place < 1 {
			err = strconv.ErrRange
		}
	case target.Group:
		t.Place, err = a.lastRank(value)
		if err != nil {
			return t, err
		}
	default:
		err = strconv.ErrSyntax
	}
	if err != nil {
		return t, misuse(a.path, fault.T("“%s” is no aim; write points:42.4, change:0.5, hold, rank:20, rank-gain:5 or group:upper-middle.", a.aim))
	}
	return t, nil
}

// lastRank gives the last rank of a group of the node in the year to start from.
func (a *targetAnswer) lastRank(group string) (int, error) {
	figures, err := publishedFigures(a.basis.Def, a.year)
	if err != nil {
		return 0, err
	}
	r, err := score.Compute(a.basis.Def, figures, score.Options{Year: a.year, Units: published.Units(), Absent: score.NotPublished})
	if err != nil {
		return 0, err
	}
	if last := target.LastRank(r, a.basis.Node.Code, group); last > 0 {
		return last, nil
	}
	var ids []string
	for _, g := range r.Groups[a.basis.Node.Code] {
		ids = append(ids, g.ID)
	}
	if len(ids) == 0 {
		return 0, misuse(a.path, fault.T("%s has no groups; aim at points or at a rank.", a.basis.Node.Code))
	}
	return 0, misuse(a.path, fault.T("There is no group “%s”; there are: %s.", group, strings.Join(ids, ", ")))
}
