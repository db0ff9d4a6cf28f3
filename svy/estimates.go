package svy

// Estimates estimates means, totals or proportions of all variables over the whole and every domain: variable by
// variable, the whole first.
func (s *Sums) Estimates(stat Stat, m Method) []Estimate {
	t := s.cells.estimateTable(stat, m, len(s.vars))
	fresh := func() *Linear { return new(Linear) }
	eachWith(len(s.vars), s.cells.design.workers, fresh, func(l *Linear, v int) { t.fill(v, s, v, l) })
	return t.out
}

// Estimates scans columns and estimates means, totals or proportions of them over the whole and every domain, without
// keeping the sums: those of a column are estimated from while they are in the processor's cache, and a design whose
// rows are its units would have as many sums as the data have answers.
func (c *Cells) Estimates(stat Stat, m Method, columns ...Column) ([]Estimate, error) {
	p, err := c.pass(columns)
	if err != nil {
		return nil, err
	}
	type memory struct {
		sums *Sums // of one column
		rows sorted
		line Linear
	}
	fresh := func() *memory { return &memory{sums: p.sums(Column{})} }
	t := c.estimateTable(stat, m, len(columns))
	eachWith(len(columns), c.design.workers, fresh, func(w *memory, v int) {
		for block := range p.blocks[1:] {
			p.sum(&columns[v], block, w.sums, 0, &w.rows)
		}
		t.fill(v, w.sums, 0, &w.line)
	})
	return t.out, nil
}

// estimateTable is a table of estimates in the making: variable by variable, the whole first, then every domain.
type estimateTable struct {
	stat     Stat
	method   Method
	df       []float64 // of the whole and every domain
	critical tTable
	out      []Estimate
}

func (c *Cells) estimateTable(stat Stat, m Method, vars int) *estimateTable {
	df := c.domainDF(m.DF)
	return &estimateTable{stat, m, df, newTTable(m.level(), df), make([]Estimate, vars*len(df))}
}

// fill estimates the table's variable v from variable k of some sums. l is working memory.
func (t *estimateTable) fill(v int, s *Sums, k int, l *Linear) {
	out := t.out[v*len(t.df) : (v+1)*len(t.df)]
	for i := range out {
		wyy := s.linear(k, i-1, t.stat, l)
		out[i] = s.cells.design.assess(l, srsVariance(l, wyy, t.stat, t.method.Replace), t.method, t.df[i])
		out[i].Var, out[i].Domain = v, i-1
	}
	t.finish(out)
}

// finish gives one variable's estimates their intervals, once all their variances are known.
func (t *estimateTable) finish(out []Estimate) {
	if t.method.DF == DFPooled {
		pool(out[1:], t.method.Classes)
	}
	deff := 1.0
	if t.stat == StatProportion {
		deff = pooledDeff(out)
	}
	for i := range out {
		out[i].interval(t.stat, t.method, t.critical, deff)
	}
}

// Ratios estimates the ratio of the totals of two columns over the whole and every domain; its rows are those where
// both were answered. The design effect is that of the mean of (y - R x)/xbar.
func (c *Cells) Ratios(y, x Column, m Method) ([]Estimate, error) {
	triple := Paired(y, x)
	s, err := c.Scan(triple[:]...)
	if err != nil {
		return nil, err
	}
	t := c.estimateTable(StatRatio, m, 1)
	for i := range t.out {
		l := s.Ratio(0, 1, i-1)
		t.out[i] = c.design.assess(&l, s.ratioSRS(l, i-1, m.Replace), m, t.df[i])
		t.out[i].Domain = i - 1
	}
	t.finish(t.out)
	return t.out, nil
}

// ratioSRS is the variance that a simple random sample would give the ratio of the first two of paired variables.
func (s *Sums) ratioSRS(l Linear, domain int, replace bool) float64 {
	_, _, wyy := s.moments(0, domain)
	_, wx, wxx := s.moments(1, domain)
	_, wxy, _ := s.moments(2, domain)
	squares := (wyy - 2*l.Value*wxy + l.Value*l.Value*wxx) * square(l.SumW/wx)
	l.Value = 0 // the residuals have mean 0; their squares add up from the three variables
	return srsVariance(&l, squares, StatMean, replace)
}

// moments are a variable's sums over a domain.
func (s *Sums) moments(v, domain int) (w, wy, wyy float64) {
	_, w, wy, wyy = s.margins(v, domain)
	return w, wy, wyy
}

// domainDF gives the degrees of freedom of the whole and every domain under a rule; Satterthwaite's are each
// estimate's own.
func (c *Cells) domainDF(rule DFRule) []float64 {
	out := make([]float64, len(c.of)+1)
	for i := range out {
		if out[i] = c.design.DF(); rule != DFDesign {
			out[i] = c.DF(i - 1)
		}
	}
	return out
}
