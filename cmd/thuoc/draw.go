package main

import (
	"fmt"
	"strconv"

	"thuoc/internal/draw"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/table"
)

func drawCommand() command {
	return command{
		name:     "draw",
		summary:  fault.T("check the published file of a draw of units to be inspected"),
		detail:   fault.T("The file is published once a draw is announced. Its form is told in docs/draw-format.md, so that anybody can check it with a program of their own."),
		examples: []string{"thuoc draw verify boc-tham.txt", "thuoc draw replay boc-tham.txt --format csv"},
		sub:      []command{drawVerifyCommand(), drawReplayCommand()},
	}
}

func drawVerifyCommand() command {
	return command{
		name:     "verify",
		args:     "FILE",
		summary:  fault.T("do a draw again and say what holds"),
		examples: []string{"thuoc draw verify boc-tham.txt --commitment fbb0309b7e11f468de958ebe59ba7603cf73aea3a5821b677917f0d0db931773"},
		setup: func(f *flags) action {
			published := f.text("commitment", "HASH", fault.T("the commitment as it was published before the draw"))
			format := f.format()
			return func(c *call) error {
				p, err := c.proof(f.path)
				if err != nil {
					return err
				}
				return c.checks(*format, p.Verify(*published))
			}
		},
	}
}

// proof reads the one file that the command line names.
func (c *call) proof(path string) (*draw.Proof, error) {
	if len(c.args) != 1 {
		return nil, misuse(path, fault.T("Name one file."))
	}
	data, err := readFile(c.args[0])
	if err != nil {
		return nil, err
	}
	return draw.Parse(c.args[0], data)
}

// checks writes what a proof was held against, and fails where one does not hold.
func (c *call) checks(format string, all []draw.Check) error {
	if !draw.Holds(all) && format == formatTable {
		err := fault.New(fault.Invalid, "The draw does not hold.")
		for _, k := range all {
			if !k.OK {
				err.Items = append(err.Items, fault.Item{What: k.What})
			}
		}
		return err
	}
	err := c.write(format, func() *table.Page {
		p := &table.Page{Lead: []string{c.text(fault.T("The draw holds."))}}
		for _, k := range all {
			p.Lead = append(p.Lead, c.text(k.What))
		}
		return p
	}, func() *table.Records {
		r := &table.Records{Header: []string{"holds", "check"}}
		for _, k := range all {
			r.Rows = append(r.Rows, []table.Cell{table.Bool(k.OK), table.Str(c.text(k.What))})
		}
		return r
	})
	if err == nil && !draw.Holds(all) {
		err = fault.New(fault.Invalid, "The draw does not hold.")
	}
	return err
}

func drawReplayCommand() command {
	return command{
		name:     "replay",
		args:     "FILE",
		summary:  fault.T("do a draw again and show every step of it"),
		examples: []string{"thuoc draw replay boc-tham.txt"},
		setup: func(f *flags) action {
			format := f.format()
			return func(c *call) error {
				p, err := c.proof(f.path)
				if err != nil {
					return err
				}
				return c.replay(*format, p)
			}
		},
	}
}

func (c *call) replay(format string, p *draw.Proof) error {
	picks := draw.Draw(&p.Frame, p.Secret, p.Number)
	weights, chances := p.Frame.Weights(), p.Frame.Chances()
	return c.write(format, func() *table.Page {
		page := &table.Page{
			Title: c.text(fault.T("%d of %d units, drawn with the number %s", p.Frame.Size, len(p.Frame.Units), p.Number)),
			Lead:  []string{fmt.Sprintf("%s, %s", p.Frame.Source, lang.Date(c.lang, p.Frame.Day))},
			Columns: []table.Head{{Name: c.text(fault.T("No.")), Right: true}, {Name: c.text(fault.T("Unit"))}, {Name: c.text(fault.T("Weight")), Right: true},
				{Name: c.text(fault.T("Chance")), Right: true}, {Name: c.text(fault.T("Number that fell")), Right: true}, {Name: c.text(fault.T("Weights left")), Right: true}},
			Notes: []string{c.text(fault.T("Chance is that of being among those drawn, before the draw. Number is the one that fell, below the sum of the weights that were left."))},
		}
		var rows [][]string
		for i, k := range picks {
			rows = append(rows, []string{strconv.Itoa(i + 1), p.Frame.Units[k.Unit].Name, strconv.FormatInt(weights[k.Unit], 10),
				lang.Percent(c.lang, chances[k.Unit], 1), strconv.FormatUint(k.Value, 10), strconv.FormatUint(k.Left, 10)})
		}
		page.Sections = []table.Section{{Rows: rows}}
		return page
	}, func() *table.Records {
		r := &table.Records{Header: []string{"draw", "unit", "code", "name", "weight", "chance", "value", "left"}}
		for i, k := range picks {
			u := p.Frame.Units[k.Unit]
			r.Rows = append(r.Rows, []table.Cell{table.Int(i + 1), table.Str(u.ID), table.Str(u.Code), table.Str(u.Name), table.Int(int(weights[k.Unit])),
				table.Num(chances[k.Unit]), table.Int(int(k.Value)), table.Int(int(k.Left))})
		}
		return r
	})
}
