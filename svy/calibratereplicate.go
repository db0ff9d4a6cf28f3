package svy

import (
	"errors"
	"math"
)

// recalibrate calibrates the replicates of a calibrated design again, each from its own weights to the same totals:
// what varies from sample to sample is the whole way to the weights. It keeps, by calibration cell, what turns the
// replicate's share of the calibrated weights into its own. After trimming the replicates start from the trimmed
// weights.
func (p *Replicates) recalibrate() error {
	k := p.design.cal
	if k == nil {
		return nil
	}
	cells := k.cells()
	base, final := make([]float64, cells), make([]float64, cells)
	for _, part := range k.parts {
		base[part.cell] += part.base
		final[part.cell] += part.final
	}
	own := make([]float64, p.n*cells) // weights by replicate and cell
	for r := range p.n {
		copy(own[r*cells:], base)
	}
	for _, part := range k.parts {
		row := &p.factors[p.design.PSU(int(part.unit))]
		for i, f := range row.f {
			own[(row.first+i)*cells+int(part.cell)] += part.base * (f - 1)
		}
	}
	p.ratio = make([]float64, cells*p.n)
	errs := make([]error, p.n)
	each(p.n, p.design.workers, func(r int) {
		n := own[r*cells : (r+1)*cells]
		for cell, w := range n {
			if math.Abs(w) <= emptied*base[cell] { // rounding, where every row was dropped
				n[cell] = 0
			}
		}
		s, err := k.solve(n, k.totals, 0)
		if errs[r] = inReplicate(err, r); err != nil {
			return
		}
		for cell, f := range s.f {
			p.ratio[cell*p.n+r] = s.scale * f * base[cell] / final[cell]
		}
	})
	return firstErrors(errs)
}

// inReplicate names the replicate in a calibration's faults.
func inReplicate(err error, r int) error {
	if e, ok := errors.AsType[*CalibrationError](err); ok {
		for i := range e.Faults {
			e.Faults[i].Replicate = r + 1
		}
	}
	return err
}

// firstErrors puts the faults of many replicates into one error, up to the bound of any list.
func firstErrors(errs []error) error {
	var all CalibrationError
	for _, err := range errs {
		e, ok := errors.AsType[*CalibrationError](err)
		switch {
		case ok && len(all.Faults) < maxFaults:
			all.Faults = append(all.Faults, e.Faults...)
		case err != nil && !ok:
			return err
		}
	}
	if len(all.Faults) > 0 {
		return &all
	}
	return nil
}

// shiftCalibrated is shift where every replicate has been calibrated: the sums of each calibration cell, times the
// replicate's factors of the PSUs, times what the cell's weights became.
func (p *Replicates) shiftCalibrated(s *Sums, domain int, sums, out []float64) {
	clear(out)
	own := make([]float64, p.n)
	cells := s.cells.byCal[domain+1]
	for i := 0; i < len(cells); {
		cal := s.cells.cal[cells[i]]
		clear(own)
		whole := 0.0
		for ; i < len(cells) && s.cells.cal[cells[i]] == cal; i++ {
			x := sums[cells[i]]
			whole += x
			row := &p.factors[p.design.PSU(int(s.cells.unit[cells[i]]))]
			to := own[row.first : row.first+len(row.f)]
			for j, f := range row.f {
				to[j] += x * (f - 1)
			}
		}
		for r, ratio := range p.ratio[int(cal)*p.n : int(cal+1)*p.n] {
			out[r] += (whole + own[r]) * ratio
		}
	}
}

// ratioOf gives what turns a row's share of the calibrated weights into that of a replicate.
func (p *Replicates) ratioOf(row, replicate int) float64 {
	if p.ratio == nil {
		return 1
	}
	return p.ratio[int(p.design.cal.cell[row])*p.n+replicate]
}
