package svy

import (
	"encoding/csv"
	"io"
	"math"
	"strconv"
)

// A factor file carries replicates to other programs and back: one line a PSU, so it stays small (695 PSUs × 200
// replicates: 1 MB) where replicate weights of all rows would not. The header is
//
//	stratum,psu,r1,r2,…
//
// and the first line below holds the method, the word "coefficient" and the c_r of Replicates. In R:
//
//	f <- read.csv("factors.csv"); c <- as.numeric(f[1, -(1:2)]); f <- f[-1, ]
//	row <- match(paste(d$stratum, d$psu), paste(f$stratum, f$psu))
//	svrepdesign(weights = ~w, repweights = f[row, -(1:2)], combined.weights = FALSE,
//	            type = "other", scale = 1, rscales = c, mse = TRUE, data = d)
//
// Factors are those of the weights before calibration: rake() on that design gives the calibrated replicates.
const coefficientLabel = "coefficient"

// WriteCSV writes the factor file. Numbers are written so that reading them gives the same bits.
func (p *Replicates) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	line := []string{"stratum", "psu"}
	for r := range p.n {
		line = append(line, "r"+strconv.Itoa(r+1))
	}
	if err := out.Write(line); err != nil {
		return err
	}
	number := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	line[0], line[1] = p.method, coefficientLabel
	for r, c := range p.coef {
		line[2+r] = number(c)
	}
	if err := out.Write(line); err != nil {
		return err
	}
	l := &p.design.levels[0]
	for i := range p.factors {
		line[0], line[1] = l.strata.Label(l.stratum[i]), l.label(i)
		for r := range p.n {
			line[2+r] = number(p.Factor(i, r))
		}
		if err := out.Write(line); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// ReadReplicates reads a factor file for a design. Every PSU of the design must have one line; what is wrong comes as a
// *FactorError, all of it up to a hundred faults.
func (d *Design) ReadReplicates(r io.Reader) (*Replicates, error) {
	in := csv.NewReader(r)
	header, err := in.Read()
	if err != nil {
		return nil, unreadable(err)
	}
	if len(header) < 4 || header[0] != "stratum" || header[1] != "psu" {
		return nil, &FactorError{[]FactorFault{{Kind: FactorHeader, Line: 1}}}
	}
	first, err := in.Read()
	if err != nil {
		return nil, unreadable(err)
	}
	if first[1] != coefficientLabel {
		return nil, &FactorError{[]FactorFault{{Kind: FactorCoefficients, Line: 2}}}
	}
	p := &Replicates{design: d, method: first[0], n: len(header) - 2, factors: make([]factorRow, d.PSUs())}
	var faults []FactorFault
	p.coef, faults = factorLine(first, in, faults)
	if err := p.readFactors(in, faults); err != nil {
		return nil, err
	}
	return p, p.recalibrate()
}

func (p *Replicates) readFactors(in *csv.Reader, faults []FactorFault) error {
	l := &p.design.levels[0]
	place := make(map[[2]string]int, len(p.factors))
	for i := range p.factors {
		place[[2]string{l.strata.Label(l.stratum[i]), l.label(i)}] = i
	}
	for len(faults) < maxFaults {
		line, err := in.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return &FactorError{append(faults, unreadable(err).Faults...)}
		}
		i, known := place[[2]string{line[0], line[1]}]
		at, _ := in.FieldPos(0)
		fault := FactorFault{Line: at, Stratum: line[0], PSU: line[1]}
		switch {
		case !known:
			fault.Kind = FactorStranger
			faults = append(faults, fault)
		case p.factors[i].f != nil:
			fault.Kind = FactorTwice
			faults = append(faults, fault)
		default:
			p.factors[i].f, faults = factorLine(line, in, faults)
		}
	}
	for i := range p.factors {
		if p.factors[i].f == nil && len(faults) < maxFaults {
			faults = append(faults, FactorFault{Kind: FactorMissing, Stratum: l.strata.Label(l.stratum[i]), PSU: l.label(i)})
		}
	}
	if len(faults) > 0 {
		return &FactorError{faults[:min(len(faults), maxFaults)]}
	}
	return nil
}

// factorLine reads the numbers of a line.
func factorLine(line []string, in *csv.Reader, faults []FactorFault) ([]float64, []FactorFault) {
	out := make([]float64, len(line)-2)
	for j, cell := range line[2:] {
		v, err := strconv.ParseFloat(cell, 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			at, _ := in.FieldPos(j + 2)
			return out, append(faults, FactorFault{Kind: FactorNumber, Line: at, Column: j + 3, Cell: cell})
		}
		out[j] = v
	}
	return out, faults
}
