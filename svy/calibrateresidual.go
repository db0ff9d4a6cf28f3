package svy

// keep gives the calibrated design what its variances and replicates need.
func (k *calibrated) keep(d *Design, before []float64, convention ResidualWeights) error {
	k.fit = before
	if convention == Unweighted {
		k.fit = make([]float64, len(before))
		for row := range k.fit {
			k.fit[row] = 1
		}
	}
	base := before
	if k.trail[len(k.trail)-1].Trimmed > 0 {
		base = d.weights // limits are a matter of rows: replicates take the trimmed weights for the start
	}
	group, first := groupRows(d.Rows(), d.leaf, k.cell)
	order := countingSort(iota32(len(first)), d.Units(), func(g int32) int32 { return d.leaf[first[g]] })
	place := make([]int32, len(order))
	k.parts = make([]cellPart, len(order))
	for to, g := range order {
		place[g] = int32(to)
		k.parts[to].unit, k.parts[to].cell = d.leaf[first[g]], k.cell[first[g]]
	}
	for row, g := range group {
		part := &k.parts[place[g]]
		part.base += base[row]
		part.final += d.weights[row]
	}
	var err error
	k.normal, err = k.problem.normal(k.sums(k.fit))
	return err
}

// residuals turns the scores of an estimate into those of its residuals: with z_k what row k adds to the estimate per
// unit of its calibrated weight, and b the regression of z on the levels' indicators x over all rows by the weights of
// the convention, the score of a unit becomes Σ w*(z − x'b). Rows outside the domain have z = 0 but x all the same, so
// every unit has a score. The regression takes the cells' sums by its own weights.
func (s *Sums) residuals(domain int, l *Linear, z cellScore) {
	d := s.cells.design
	if l.N == 0 || d.centredInOne(l) { // no estimate, or one whose lack of an error must stay visible
		return
	}
	t := make([]float64, len(d.cal.levels))
	wy, wx := z.sums(s.fit)
	s.cells.each(domain, func(cell int32) {
		v := (wy[cell] - z.ratio*wx[cell]) * z.by
		for _, level := range d.cal.levelsOf(int(s.cells.cal[cell])) {
			t[level] += v
		}
	})
	b := d.cal.normal.solve(t)
	fitted := make([]float64, d.cal.cells())
	for cell := range fitted {
		fitted[cell] = d.cal.score(b, cell)
	}
	scores := make([]float64, d.Units())
	for i, u := range l.Unit {
		scores[u] = l.Z[i]
	}
	for _, part := range d.cal.parts {
		scores[part.unit] -= part.final * fitted[part.cell]
	}
	l.Unit, l.Z = l.Unit[:0], append(l.Z[:0], scores...)
	for u := range scores {
		l.Unit = append(l.Unit, int32(u))
	}
}
