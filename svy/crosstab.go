package svy

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Crosstab is a two-way table of shares of the answers, its rows domains and its columns values of a variable. Rows and
// columns without answers are left out.
type Crosstab struct {
	Rows, Columns []string
	Shares        []Linear // of all answers, row by row: they add up to 1
	N             int      // answers
	DF            float64  // PSUs less strata with a row in one of the domains

	design *Design
	totals []Linear // weights of the cells
}

// Crosstab counts a coded column by domain.
func (c *Cells) Crosstab(col Column) (*Crosstab, error) {
	s, err := c.Shares(col)
	if err != nil {
		return nil, err
	}
	t := &Crosstab{design: c.design}
	var rows, columns []int
	for d, label := range c.labels {
		n := 0
		if len(s.vars) > 0 {
			n, _, _, _ = s.margins(0, d) // every value counts the rows that have any
		}
		if n > 0 {
			rows, t.Rows = append(rows, d), append(t.Rows, label)
			t.N += n
		}
	}
	for v := range s.vars {
		if s.weightIn(v, rows) > 0 {
			columns, t.Columns = append(columns, v), append(t.Columns, s.vars[v].name)
		}
	}
	if len(rows) < 2 || len(columns) < 2 {
		return nil, fmt.Errorf("svy: a table of %d domains and %d values has nothing to test", len(rows), len(columns))
	}
	t.DF = c.DF(rows...)
	t.fill(s, rows, columns)
	return t, nil
}

// weightIn is the weight of a value over domains.
func (s *Sums) weightIn(v int, domains []int) (sum float64) {
	for _, d := range domains {
		_, _, wy, _ := s.margins(v, d)
		sum += wy
	}
	return sum
}

// fill makes the shares with their scores: p = T_rc/T, z = (z_rc - p z_T)/T.
func (t *Crosstab) fill(s *Sums, rows, columns []int) {
	for _, d := range rows {
		for _, v := range columns {
			t.totals = append(t.totals, s.Total(v, d))
		}
	}
	ones := make([]float64, len(t.totals))
	for i := range ones {
		ones[i] = 1
	}
	whole := Combine(ones, t.totals...)
	for _, cell := range t.totals {
		p := cell.Value / whole.Value
		share := Combine([]float64{1 / whole.Value, -p / whole.Value}, cell, whole)
		share.Value, share.N, share.SumW = p, t.N, whole.Value
		t.Shares = append(t.Shares, share)
	}
}

// At gives the share of a row and column, counted from 0.
func (t *Crosstab) At(row, column int) Linear { return t.Shares[row*len(t.Columns)+column] }

// margins are the shares of the rows and of the columns.
func (t *Crosstab) margins() (rows, columns []float64) {
	rows, columns = make([]float64, len(t.Rows)), make([]float64, len(t.Columns))
	for r := range rows {
		for c := range columns {
			p := t.At(r, c).Value
			rows[r], columns[c] = rows[r]+p, columns[c]+p
		}
	}
	return rows, columns
}

// Pearson is Pearson's X² of independence, N Σ (p_rc - p_r p_c)²/(p_r p_c). It is no test by itself: the answers of a
// complex sample are not independent.
func (t *Crosstab) Pearson() float64 {
	rows, columns := t.margins()
	sum := 0.0
	for r, p := range rows {
		for c, q := range columns {
			d := t.At(r, c).Value - p*q
			sum += d * d / (p * q)
		}
	}
	return float64(t.N) * sum
}

// TableTest is a test of independence. DF2 is +Inf where the reference distribution is a chi-square: DF1 times F.
type TableTest struct {
	Statistic float64
	DF1, DF2  float64
	P         float64
}

func testF(f, df1, df2 float64) TableTest {
	t := TableTest{Statistic: f, DF1: df1, DF2: df2, P: math.NaN()}
	if f >= 0 && df1 > 0 && df2 > 0 {
		t.P = distuv.F{D1: df1, D2: df2}.Survival(f)
	}
	return t
}

func testChi(x, df float64) TableTest {
	return TableTest{Statistic: x, DF1: df, DF2: math.Inf(1), P: distuv.ChiSquared{K: df}.Survival(x)}
}

// RaoScott are the corrections of Pearson's X² by the design effects of the table (Rao & Scott 1981, 1984). With Δ the
// generalised design effects of the (R-1)(C-1) = k interaction contrasts:
type RaoScott struct {
	Pearson float64
	First   TableTest // X²/mean δ on χ²_k (R survey: svychisq "Chisq")
	Second  TableTest // X²/(mean δ (1+a²)) on χ² with k/(1+a²) degrees of freedom, a the coefficient of variation of δ
	F       TableTest // X²/Σδ on F with d0 = (Σδ)²/Σδ² and d0 × DF degrees of freedom (Thomas & Rao 1987; R's default)
}

// RaoScott tests whether rows and columns are independent.
func (t *Crosstab) RaoScott() (RaoScott, error) {
	delta, err := t.designEffects()
	if err != nil {
		return RaoScott{}, err
	}
	k := float64(delta.RawMatrix().Rows)
	var square mat.Dense
	square.Mul(delta, delta)
	sum, sumSquares := mat.Trace(delta), mat.Trace(&square)
	x, d0 := t.Pearson(), sum*sum/sumSquares
	return RaoScott{
		Pearson: x, First: testChi(x/(sum/k), k),
		Second: testChi(x*d0/sum, d0),
		F:      testF(x/sum, d0, d0*t.DF),
	}, nil
}

// designEffects is Δ = (C'D⁻¹C/N)⁻¹ C'D⁻¹ V D⁻¹C with V the covariance of the shares, D their diagonal (0 for an empty
// cell) and C the contrasts of interaction, which sum to zero over rows and columns.
func (t *Crosstab) designEffects() (*mat.Dense, error) {
	nr, nc := len(t.Rows), len(t.Columns)
	k := (nr - 1) * (nc - 1)
	scaled := mat.NewDense(nr*nc, k, nil) // D⁻¹C
	contrast := mat.NewDense(nr*nc, k, nil)
	set := func(r, c, j int, sign float64) {
		contrast.Set(r*nc+c, j, sign)
		if p := t.At(r, c).Value; p > 0 {
			scaled.Set(r*nc+c, j, sign/p)
		}
	}
	for r := range nr - 1 {
		for c := range nc - 1 {
			j := r*(nc-1) + c
			set(r, c, j, 1)
			set(nr-1, c, j, -1)
			set(r, nc-1, j, -1)
			set(nr-1, nc-1, j, 1)
		}
	}
	var simple, half, designed, delta mat.Dense
	simple.Mul(contrast.T(), scaled)
	simple.Scale(1/float64(t.N), &simple)
	half.Mul(covarianceMatrix(t.design, t.Shares), scaled)
	designed.Mul(scaled.T(), &half)
	if err := delta.Solve(&simple, &designed); err != nil {
		return nil, errors.New("svy: the table has too many empty cells for a test")
	}
	return &delta, nil
}

func covarianceMatrix(d *Design, estimates []Linear) *mat.SymDense {
	c := d.Covariances(estimates)
	return mat.NewSymDense(c.n, c.v)
}

// Wald tests whether the differences T_rc - T_r T_c/T of weighted counts are zero by their own covariance: F = Q/k with
// k and DF degrees of freedom (Koch, Freeman & Freeman 1975; R survey: svychisq "Wald"). It rejects too often when DF is
// not well above k.
func (t *Crosstab) Wald() (TableTest, error) {
	q, k, err := t.wald()
	return testF(q/k, k, t.DF), err
}

// AdjustedWald is Wald's test with F = Q (DF-k+1)/(k DF) on k and DF-k+1 degrees of freedom (Fellegi 1980; R survey:
// svychisq "adjWald").
func (t *Crosstab) AdjustedWald() (TableTest, error) {
	q, k, err := t.wald()
	rest := t.DF - k + 1
	return testF(q*rest/(k*t.DF), k, rest), err
}

// wald is the quadratic form of the differences outside the first row and column. The score of a difference is
// z_rc - q z_r - p z_c + p q z, with p and q the shares of its row and column.
func (t *Crosstab) wald() (q, k float64, err error) {
	rows, columns := t.margins()
	nc := len(columns)
	var differences []Linear
	coef := make([]float64, len(t.totals))
	for r := 1; r < len(rows); r++ {
		for c := 1; c < nc; c++ {
			for i := range coef {
				coef[i] = rows[r] * columns[c]
			}
			for j := range columns {
				coef[r*nc+j] -= columns[c]
			}
			for i := range rows {
				coef[i*nc+c] -= rows[r]
			}
			coef[r*nc+c]++
			differences = append(differences, Combine(coef, t.totals...))
		}
	}
	k = float64(len(differences))
	y, at := mat.NewVecDense(len(differences), nil), mat.NewVecDense(len(differences), nil)
	for i, d := range differences {
		y.SetVec(i, d.Value)
	}
	var factor mat.Cholesky
	if !factor.Factorize(covarianceMatrix(t.design, differences)) {
		return math.NaN(), k, fmt.Errorf("svy: %g degrees of freedom do not tell %g differences apart: use Rao–Scott", t.DF, k)
	}
	if err := factor.SolveVecTo(at, y); err != nil {
		return math.NaN(), k, fmt.Errorf("svy: the differences cannot be told apart: %w", err)
	}
	return mat.Dot(y, at), k, nil
}

// CompareDomains tests whether a variable has the same mean in two domains, by t with one degree of freedom less than
// PSUs less strata, for the second mean (R survey: svyttest). The covariance of domains that share PSUs is in it.
func (s *Sums) CompareDomains(v, a, b int, m Method) Test {
	df := s.cells.DF(a, b)
	if m.DF == DFDesign {
		df = s.cells.design.DF()
	}
	return s.cells.design.Difference(s.Mean(v, a), s.Mean(v, b), df-1, m)
}
