package svy

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// DFRule says which degrees of freedom an interval takes.
type DFRule uint8

// The rules.
const (
	// DFDomain: PSUs with a row in the domain less strata with such a PSU (R: degf of the subset).
	DFDomain DFRule = iota
	// DFDesign: PSUs less strata of the whole design, whatever the domain.
	DFDesign
	// DFSatterthwaite: (sum V_h)² / sum V_h²/(n_h-1), each estimate's own. Where one stratum holds most of the
	// variance it is near n_h-1 and honest; it is itself a noisy estimate (Satterthwaite 1946; Valliant & Rust 2010).
	DFSatterthwaite
	// DFPooled: the variances of a variable are smoothed over its domains (Method.Classes), with the degrees of freedom
	// that this gives: what to take where a domain has few PSUs of its own. README.md shows what it delivers.
	DFPooled
)

var dfNames = [...]string{"domain", "design", "satterthwaite", "pooled"}

// String gives the rule's name.
func (r DFRule) String() string { return dfNames[r] }

// ParseDFRule reads a rule's name.
func ParseDFRule(name string) (DFRule, bool) { return parseName[DFRule](dfNames[:], name) }

// TQuantile is the two-sided critical value of Student's t: the quantile (1+level)/2 with df degrees of freedom; that
// of the normal distribution for df = +Inf. It is NaN for df ≤ 0.
func TQuantile(level, df float64) float64 {
	switch {
	case !(df > 0):
		return math.NaN()
	case math.IsInf(df, 1):
		return distuv.UnitNormal.Quantile((1 + level) / 2)
	}
	return distuv.StudentsT{Sigma: 1, Nu: df}.Quantile((1 + level) / 2)
}

// tTable holds the critical values of a level for the whole and every domain, whose df are those of most estimates.
type tTable struct {
	level  float64
	df, at []float64 // of the whole, then of the domains
}

func newTTable(level float64, df []float64) tTable {
	t := tTable{level, df, make([]float64, len(df))}
	known := map[float64]float64{} // there are few different df
	for i, v := range df {
		q, ok := known[v]
		if !ok {
			q = TQuantile(level, v)
			known[v] = q
		}
		t.at[i] = q
	}
	return t
}

// quantile is the critical value of an estimate of a domain, with degrees of freedom that may be its own.
func (t tTable) quantile(domain int, df float64) float64 {
	if i := domain + 1; i < len(t.df) && t.df[i] == df {
		return t.at[i]
	}
	return TQuantile(t.level, df)
}

// PValue is the two-sided p-value of t with df degrees of freedom.
func PValue(t, df float64) float64 {
	switch {
	case !(df > 0) || t != t:
		return math.NaN()
	case math.IsInf(t, 0):
		return 0
	case math.IsInf(df, 1):
		return 2 * distuv.UnitNormal.Survival(math.Abs(t))
	}
	return 2 * distuv.StudentsT{Sigma: 1, Nu: df}.CDF(-math.Abs(t))
}
