package svy

import (
	"errors"
	"math"
)

// Estimates estimates means, totals or proportions of all variables over the whole and every domain with replicate
// errors: variable by variable, the whole first. Intervals and design effects are those of Sums.Estimates; the degrees
// of freedom are the domain's or the design's (Satterthwaite's and pooled ones need linearised scores).
func (p *Replicates) Estimates(s *Sums, stat Stat, m Method) ([]Estimate, error) {
	if err := errors.Join(p.fits(s), m.replicable()); err != nil {
		return nil, err
	}
	per := len(s.cells.of) + 1
	out := make([]Estimate, len(s.vars)*per)
	df := s.cells.domainDF(m.DF)
	t := newTTable(m.level(), df)
	each(len(s.vars), p.design.workers, func(v int) {
		x, below := Replicated{R: make([]float64, p.n)}, make([]float64, p.n)
		es := out[v*per : (v+1)*per]
		for i := range es {
			l := p.point(s, v, i-1, stat, &x, below)
			_, _, wyy := s.moments(v, i-1)
			es[i] = p.assess(x, l, srsVariance(&l, wyy, stat, m.Replace), df[i])
			es[i].Var, es[i].Domain = v, i-1
		}
		deff := 1.0
		if stat == StatProportion {
			deff = pooledDeff(es)
		}
		for i := range es {
			es[i].interval(stat, m, t, deff)
		}
	})
	return out, nil
}

// point fills x with a mean or a total and gives what is known of it without an error.
func (p *Replicates) point(s *Sums, v, domain int, stat Stat, x *Replicated, below []float64) Linear {
	var l Linear
	l.N, l.SumW, _, _ = s.margins(v, domain)
	if stat == StatTotal {
		p.total(s, v, domain, x)
	} else {
		p.mean(s, v, domain, x, below)
	}
	l.Value = x.Value
	return l
}

// Ratios estimates the ratio of the totals of two columns, as Cells.Ratios does, with replicate errors.
func (p *Replicates) Ratios(c *Cells, y, x Column, m Method) ([]Estimate, error) {
	if err := m.replicable(); err != nil {
		return nil, err
	}
	triple := Paired(y, x)
	s, err := c.Scan(triple[:]...)
	if err != nil {
		return nil, err
	}
	df := s.cells.domainDF(m.DF)
	t := newTTable(m.level(), df)
	out := make([]Estimate, len(df))
	for i := range out {
		r, err := p.Ratio(s, 0, 1, i-1)
		if err != nil {
			return nil, err
		}
		l := Linear{Value: r.Value}
		l.N, l.SumW, _, _ = s.margins(0, i-1)
		out[i] = p.assess(r, l, s.ratioSRS(l, i-1, m.Replace), df[i])
		out[i].Domain = i - 1
		out[i].interval(StatRatio, m, t, 1)
	}
	return out, nil
}

// Quantiles estimates quantiles of a column over the whole and every domain with replicate errors, probability by
// probability within a domain, the whole first. Intervals are the estimate ± t SE.
func (p *Replicates) Quantiles(c *Cells, col Column, rule QuantileRule, probs []float64, m Method) ([]Estimate, error) {
	if err := m.replicable(); err != nil {
		return nil, err
	}
	s, err := c.Scan(col)
	if err != nil {
		return nil, err
	}
	df := s.cells.domainDF(m.DF)
	t := newTTable(m.level(), df)
	var out []Estimate
	for i := range df {
		for _, prob := range probs {
			x, err := p.Quantile(c, col, rule, prob, i-1)
			if err != nil {
				return nil, err
			}
			l := Linear{Value: x.Value}
			l.N, l.SumW, _, _ = s.margins(0, i-1)
			e := p.assess(x, l, math.NaN(), df[i])
			e.Domain = i - 1
			e.interval(StatQuantile, m, t, 1)
			out = append(out, e)
		}
	}
	return out, nil
}

// replicable refuses degrees of freedom that replicates do not have.
func (m Method) replicable() error {
	if m.DF == DFSatterthwaite || m.DF == DFPooled {
		return errors.New("svy: replicates have the degrees of freedom of the design or the domain")
	}
	return nil
}

// assess gives an estimate its replicate error.
func (p *Replicates) assess(x Replicated, l Linear, srs, df float64) Estimate {
	nan := math.NaN()
	e := Estimate{N: l.N, SumW: l.SumW, Value: l.Value, SE: nan, DF: df, Lo: nan, Hi: nan, Deff: nan, DesignSE: nan, Status: OK}
	if l.N == 0 {
		e.Value, e.Status = nan, NoAnswers
		return e
	}
	v := p.Var(x)
	if v != v {
		e.Status = NoVariance
		return e
	}
	e.SE = math.Sqrt(v)
	e.DesignSE = e.SE
	if e.Deff = v / srs; math.IsInf(e.Deff, 0) {
		e.Deff = nan
	}
	return e
}
