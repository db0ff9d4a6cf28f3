package svy

import "sync"

// Estimates estimates means, totals or proportions of all variables over the whole and every domain: variable by
// variable, the whole first.
func (s *Sums) Estimates(stat Stat, m Method) []Estimate {
	per := len(s.cells.of) + 1
	out := make([]Estimate, len(s.vars)*per)
	df := s.domainDF(m.DF)
	t := newTTable(m.level(), df)
	each(len(s.vars), s.cells.design.workers, func(v int) {
		l := lines.Get().(*Linear)
		defer lines.Put(l)
		s.estimateVar(v, stat, m, df, t, l, out[v*per:(v+1)*per])
	})
	return out
}

// scanBytes bounds the sums that Cells.Estimates holds at a time.
const scanBytes = 64 << 20

// Estimates scans columns and estimates means, totals or proportions of them over the whole and every domain, without
// keeping the sums: a design whose rows are its units has as many sums as the data have answers.
func (c *Cells) Estimates(stat Stat, m Method, columns ...Column) ([]Estimate, error) {
	chunk := max(4, scanBytes/(28*max(1, len(c.unit))))
	var out []Estimate
	for from := 0; from < len(columns); from += chunk {
		s, err := c.Scan(columns[from:min(from+chunk, len(columns))]...)
		if err != nil {
			return nil, err
		}
		es := s.Estimates(stat, m)
		for i := range es {
			es[i].Var += from
		}
		out = append(out, es...)
	}
	return out, nil
}

// Ratios estimates the ratio of the totals of two columns over the whole and every domain; its rows are those where
// both were answered. The design effect is that of the mean of (y - R x)/xbar.
func (c *Cells) Ratios(y, x Column, m Method) ([]Estimate, error) {
	triple := Paired(y, x)
	s, err := c.Scan(triple[:]...)
	if err != nil {
		return nil, err
	}
	df := s.domainDF(m.DF)
	t := newTTable(m.level(), df)
	out := make([]Estimate, len(df))
	for i := range out {
		l := s.Ratio(0, 1, i-1)
		out[i] = c.design.assess(l, s.ratioSRS(l, i-1, m.Replace), m, df[i])
		out[i].Domain = i - 1
	}
	if m.DF == DFPooled {
		pool(out[1:], m.Classes)
	}
	for i := range out {
		out[i].interval(StatRatio, m, t, 1)
	}
	return out, nil
}

// ratioSRS is the variance that a simple random sample would give the ratio of the first two of paired variables.
func (s *Sums) ratioSRS(l Linear, domain int, replace bool) float64 {
	_, _, wyy := s.moments(0, domain)
	_, wx, wxx := s.moments(1, domain)
	_, wxy, _ := s.moments(2, domain)
	squares := (wyy - 2*l.Value*wxy + l.Value*l.Value*wxx) * square(l.SumW/wx)
	l.Value = 0 // the residuals have mean 0; their squares add up from the three variables
	return srsVariance(l, squares, StatMean, replace)
}

// moments are a variable's sums over a domain.
func (s *Sums) moments(v, domain int) (w, wy, wyy float64) {
	_, w, wy, wyy = s.margins(v, domain)
	return w, wy, wyy
}

// lines are used again from variable to variable: a table of estimates needs the scores of one at a time.
var lines = sync.Pool{New: func() any { return new(Linear) }}

// domainDF gives the degrees of freedom of the whole and every domain under a rule; Satterthwaite's are each
// estimate's own.
func (s *Sums) domainDF(rule DFRule) []float64 {
	out := make([]float64, len(s.cells.of)+1)
	for i := range out {
		if out[i] = s.cells.DF(i - 1); rule == DFDesign {
			out[i] = s.cells.design.DF()
		}
	}
	return out
}

func (s *Sums) estimateVar(v int, stat Stat, m Method, df []float64, t tTable, l *Linear, out []Estimate) {
	for i := range out {
		wyy := s.linear(v, i-1, stat, l)
		out[i] = s.cells.design.assess(*l, srsVariance(*l, wyy, stat, m.Replace), m, df[i])
		out[i].Var, out[i].Domain = v, i-1
	}
	if m.DF == DFPooled {
		pool(out[1:], m.Classes)
	}
	deff := 1.0
	if stat == StatProportion {
		deff = pooledDeff(out)
	}
	for i := range out {
		out[i].interval(stat, m, t, deff)
	}
}
