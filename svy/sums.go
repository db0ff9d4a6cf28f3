package svy

// Whole is the domain of all rows.
const Whole = -1

// Sums are the per-cell sums of some variables: all that means, totals, ratios, their variances and covariances need.
// Each variable counts the rows on which it was answered, so each has its own denominator. Sums are immutable and safe
// for concurrent use.
type Sums struct {
	cells *Cells
	vars  []varSums
	fit   *Sums // of a calibrated design: the same by the weights of the regression of residuals
}

// varSums are one variable's sums over the answered rows of each cell.
type varSums struct {
	name       string
	n          []int32   // answers
	w, wy, wyy []float64 // sum of w, w·y and w·y²
}

func newVarSums(name string, cells int) varSums {
	all := make([]float64, 3*cells)
	return varSums{name, make([]int32, cells), all[:cells:cells], all[cells : 2*cells : 2*cells], all[2*cells:]}
}

// Cells gives the partition the sums were made over.
func (s *Sums) Cells() *Cells { return s.cells }

// Design gives the design the sums were made with.
func (s *Sums) Design() *Design { return s.cells.design }

// Vars is the number of variables.
func (s *Sums) Vars() int { return len(s.vars) }

// Name gives the name of a variable.
func (s *Sums) Name(v int) string { return s.vars[v].name }

// Var finds a variable by its name.
func (s *Sums) Var(name string) (int, bool) {
	for i := range s.vars {
		if s.vars[i].name == name {
			return i, true
		}
	}
	return 0, false
}

// margins adds a variable up over a domain.
func (s *Sums) margins(v, domain int) (n int, w, wy, wyy float64) {
	x := &s.vars[v]
	if domain == Whole {
		for c, k := range x.n {
			n, w, wy, wyy = n+int(k), w+x.w[c], wy+x.wy[c], wyy+x.wyy[c]
		}
		return
	}
	for _, c := range s.cells.of[domain] {
		n, w, wy, wyy = n+int(x.n[c]), w+x.w[c], wy+x.wy[c], wyy+x.wyy[c]
	}
	return
}
