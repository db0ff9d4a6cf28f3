package main

import (
	"errors"
	"math"
	"slices"
	"strconv"

	"thuoc/internal/column"
	"thuoc/internal/fault"
	"thuoc/svy"
)

// calibrationMethods are the values of --method; exponential calibration has the weights of rake.
var calibrationMethods = []string{"rake", "poststrat", "linear", "logit"}

// residualNames are the values of --residuals.
var residualNames = []string{"design", "unweighted"}

// calibration is what was asked for: the totals that weights are brought to, and how.
type calibration struct {
	svy.Calibration
	file    string
	margins []margin
}

// calibration declares the flags of a calibration; the one that names the method is called name. What they read is nil
// where no method was named.
func (f *flags) calibration(name string) func() (*calibration, error) {
	method := f.choice(name, "", calibrationMethods, fault.T("how weights are brought to the totals of --margins: margin after margin, by cells, or by regression without or within bounds"))
	file := f.text("margins", "FILE", fault.T("known populations: a CSV file with the columns margin, level, total; a margin is a column of the data, or several crossed: agegrp.sex with the level 2.1"))
	use := f.text("use", "MARGIN[=A.B],…", fault.T("the margins to take from the file, all without it; cell=agegrp.sex says which columns the margin “cell” crosses"))
	bounds := f.numbers("bounds", []float64{0, 0}, 0, math.Inf(1), fault.T("bounds L < 1 < U of the factor on each weight, for logit and linear"))
	var residuals *string
	if name != "method" { // only where errors are asked for
		residuals = f.choice("residuals", residualNames[0], residualNames, fault.T("weights of the regression behind the errors of --calibrate: design (R: calibrate, postStratify) or unweighted (R: rake)"))
	}
	trim := f.numbers("trim", []float64{0, 0}, 0, math.Inf(1), fault.T("smallest and largest weight, the largest 0 for none: rows beyond are held there and the others take the difference, so that every total is still met"))
	return func() (*calibration, error) {
		if *method == "" {
			if *file != "" {
				return nil, misuse(f.path, fault.T("--%s needs --%s.", "margins", name))
			}
			return nil, nil
		}
		if *file == "" {
			return nil, misuse(f.path, fault.T("--%s needs --%s.", name, "margins"))
		}
		c := &calibration{file: *file}
		c.Method, _ = svy.ParseCalibrationMethod(*method)
		if residuals != nil {
			c.Residuals, _ = svy.ParseResidualWeights(*residuals)
		}
		c.Bounds, c.Trim = [2]float64(*bounds), [2]float64(*trim)
		if err := c.check(f.path); err != nil {
			return nil, err
		}
		var err error
		c.margins, err = readMargins(c.file, fields(*use))
		return c, err
	}
}

// check refuses bounds and limits that no data could keep.
func (c *calibration) check(path string) error {
	lo, hi := c.Bounds[0], c.Bounds[1]
	bounded, proper := lo != 0 || hi != 0, lo < 1 && hi > 1
	switch {
	case c.Method == svy.CalLogit && !proper || c.Method == svy.CalLinear && bounded && !proper:
		return misuse(path, fault.T("The method %s needs --bounds L,U with L below and U above 1, such as 0.4,2.5.", c.Method.String()))
	case bounded && c.Method != svy.CalLogit && c.Method != svy.CalLinear:
		return misuse(path, fault.T("--bounds belong to logit and linear; %s has none.", c.Method.String()))
	case c.Trim[1] != 0 && c.Trim[1] <= c.Trim[0]:
		return misuse(path, fault.T("--trim takes the smallest weight, then a larger one."))
	}
	return nil
}

// columns are the columns of the data that the margins need.
func (c *calibration) columns() []string {
	var out []string
	for _, m := range c.margins {
		out = append(out, m.columns...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// of calibrates a design whose rows were read. weights names their column.
func (c *calibration) of(d *svy.Design, data *column.Data, weights string) (*svy.Design, error) {
	for _, m := range c.margins {
		c.Margins = append(c.Margins, m.in(data))
	}
	out, err := d.Calibrate(c.Calibration)
	return out, c.translate(err, data, weights)
}

// translate places the faults of a calibration in the files and says them in sentences to translate.
func (c *calibration) translate(err error, data *column.Data, weights string) error {
	e, ok := errors.AsType[*svy.CalibrationError](err)
	if !ok {
		return err
	}
	var items []fault.Item
	for _, f := range e.Faults {
		it := fault.Item{File: c.file}
		if i := slices.IndexFunc(c.margins, func(m margin) bool { return m.name == f.Margin }); i >= 0 {
			it.Field = c.margins[i].name
			it.Line = c.margins[i].line[f.Level]
		}
		if f.Row >= 0 {
			it.File, it.Line = data.Place(f.Row)
		}
		if f.Kind == svy.NotPositive {
			it.Field = weights
		}
		it.What, it.Remedy = sayCalibration(f)
		if f.Replicate > 0 {
			it.What = fault.T("In replicate %d: %s", f.Replicate, it.What)
		}
		items = append(items, it)
	}
	return fault.Batch(items)
}

// sayCalibration gives the sentence and the remedy of a fault of a calibration.
func sayCalibration(f svy.CalibrationFault) (what, remedy fault.Text) {
	number := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	reached := func(v float64) string { return strconv.FormatFloat(v, 'f', decimalsFor(math.Abs(v)), 64) }
	join := fault.T("Join levels until each has rows, in the file and in the data.")
	switch f.Kind {
	case svy.SeveralCells:
		return fault.T("Post-stratification takes one margin."), fault.T("Choose one with --use, cross the margins into one, or take --method rake.")
	case svy.NoLevel:
		return fault.T("The row has no level of the margin “%s”.", f.Margin), fault.T("Fill the cell, or leave the row out.")
	case svy.UnknownLevel:
		return fault.T("The level “%s” of the margin “%s” has no total.", f.Level, f.Margin), fault.T("Add it to the margins file, or correct the cell.")
	case svy.EmptyLevel:
		return fault.T("No row has the level “%s”, but its population is %s.", f.Level, number(f.Value)), join
	case svy.ZeroTotal:
		return fault.T("Rows have the level “%s”, but its population is 0.", f.Level), fault.T("Correct the total, or leave the rows out.")
	case svy.UnequalSums:
		return fault.T("The levels of “%s” add up to %s, those of “%s” to %s.", f.Margin, number(f.Value), f.Other, number(f.Want)),
			fault.T("All margins describe one population: make their sums equal.")
	case svy.BeyondBounds:
		return fault.T("The population of the level “%s” is %s, but within the bounds its weights reach %s.", f.Level, number(f.Value), reached(f.Want)),
			fault.T("Widen --bounds, or join levels.")
	case svy.NotMet:
		return fault.T("The totals cannot be met together; the level “%s” is furthest off, %s instead of %s.", f.Level, reached(f.Value), reached(f.Want)),
			fault.T("Join levels, widen --bounds, or leave a margin out.")
	case svy.TrimTooTight:
		return fault.T("The totals cannot be met within --trim; the rows left of the level “%s” reach %s of the %s they should.", f.Level, reached(f.Value), reached(f.Want)),
			fault.T("Widen --trim, or join levels.")
	case svy.NotPositive:
		return fault.T("The weight would be %s.", reached(f.Value)), fault.T("Take rake or logit, or linear with --bounds.")
	case svy.NoMargins:
		return fault.T("The file holds no margin."), fault.T("Write one line for each level: margin, level, total.")
	}
	return fault.Text{Key: f.String()}, fault.Text{}
}
