package edition

import (
	"bytes"
	"encoding/json"
	"strings"

	"thuoc/internal/table"
)

// The tables of an edition of a plan.
const (
	TargetsTable  = "targets.csv"
	PartsTable    = "parts.csv"
	TasksTable    = "tasks.csv"
	CommunesTable = "communes.csv"
)

func codesOf(code string) []string { return strings.Split(code, ";") }

// files renders commitments: the same ones give the same bytes.
func (c *Commitments) files() (map[string][]byte, error) {
	c.count()
	text, err := json.MarshalIndent(c, "", " ")
	if err != nil {
		return nil, err
	}
	return map[string][]byte{contentName: append(text, '\n'), TargetsTable: csvOf(c.targets()), PartsTable: csvOf(c.parts()), TasksTable: csvOf(c.tasks()),
		CommunesTable: csvOf(c.communes())}, nil
}

func csvOf(r *table.Records) []byte {
	var b bytes.Buffer
	_ = r.WriteCSV(&b) // into memory: nothing can fail
	return b.Bytes()
}

func numberCell(x *float64) table.Cell {
	if x == nil {
		return table.None
	}
	return table.Num(*x)
}

func dayCell(d Day) table.Cell {
	if d.IsZero() {
		return table.None
	}
	return table.Str(d.String())
}

func (c *Commitments) targets() *table.Records {
	r := &table.Records{Header: strings.Fields("as_of family code name kind year baseline value rank word change chance_by_luck latest_period latest_value latest_se latest_lo95 latest_hi95 latest_n change_from latest_change verdict edition")}
	for _, p := range c.Targets {
		rank, year := table.None, table.None
		if p.Rank != nil {
			rank = table.Int(*p.Rank)
		}
		if p.Year > 0 {
			year = table.Int(p.Year)
		}
		row := []table.Cell{dayCell(c.AsOf), table.Str(p.Family), table.Str(p.Code), table.Str(p.Name.VI), table.Str(p.Kind), year, numberCell(p.Baseline), numberCell(p.Value), rank, table.Str(p.Word),
			numberCell(p.Change), numberCell(p.Luck)}
		if m := p.Latest; m != nil {
			row = append(row, table.Str(m.Period), table.Num(m.Value), numberCell(m.SE), numberCell(m.Lo), numberCell(m.Hi), table.Count(m.N), table.Count(m.From), numberCell(m.Change), table.Str(m.Verdict), table.Str(m.Edition))
		} else {
			row = append(row, table.Str(""), table.None, table.None, table.None, table.None, table.None, table.None, table.None, table.Str(""), table.Str(""))
		}
		r.Rows = append(r.Rows, row)
	}
	return r
}

func (c *Commitments) parts() *table.Records {
	r := &table.Records{Header: strings.Fields("as_of code name lead settled with tasks done sufficient submitted late extended suspended cancelled")}
	for _, p := range c.Parts {
		lead, settled := "", ""
		if p.Lead != nil {
			lead, settled = p.Lead.Agency, map[bool]string{true: "yes", false: "no"}[p.Lead.Settled]
		}
		var with []string
		for _, d := range p.With {
			with = append(with, d.Agency)
		}
		r.Rows = append(r.Rows, append([]table.Cell{dayCell(c.AsOf), table.Str(p.Code), table.Str(p.Name.VI), table.Str(lead), table.Str(settled), table.Str(strings.Join(with, "; "))}, p.cells()...))
	}
	return r
}

func (n Counts) cells() (cells []table.Cell) {
	for _, x := range []int{n.All, n.Done, n.Sufficient, n.Submitted, n.Late, n.Extended, n.Suspended, n.Cancelled} {
		cells = append(cells, table.Int(x))
	}
	return cells
}

func (c *Commitments) tasks() *table.Records {
	r := &table.Records{Header: strings.Fields("as_of code title product agency state late due first_due measure goal done shown sufficient granted")}
	for _, d := range c.Tasks {
		var granted []string
		for _, g := range d.Reasons {
			granted = append(granted, g.Ask+" "+g.On.String()+": "+g.Reason)
		}
		late := map[bool]string{true: "yes", false: "no"}[d.Late]
		r.Rows = append(r.Rows, []table.Cell{dayCell(c.AsOf), table.Str(d.Code), table.Str(d.Title), table.Str(d.Product), table.Str(d.Agency), table.Str(d.State), table.Str(late),
			dayCell(d.Due), dayCell(d.FirstDue), table.Str(d.Measure), numberCell(d.Goal), numberCell(d.Done), table.Int(d.Shown), table.Int(d.Sufficient), table.Str(strings.Join(granted, "; "))})
	}
	return r
}

func (c *Commitments) communes() *table.Records {
	r := &table.Records{Header: strings.Fields("as_of commune issued number signed")}
	for _, x := range c.Communes {
		r.Rows = append(r.Rows, []table.Cell{dayCell(c.AsOf), table.Str(x.Name), table.Str(map[bool]string{true: "yes", false: "no"}[x.Issued]), table.Str(x.Number), dayCell(x.Signed)})
	}
	return r
}

// recount renders an edition of a plan again from the tasks and facts it holds and compares every file.
func (e *Edition) recount() error {
	c, err := e.Commitments()
	if err != nil {
		return err
	}
	files, err := c.files()
	if err != nil {
		return err
	}
	return e.against(files)
}
