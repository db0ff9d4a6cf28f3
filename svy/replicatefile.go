package svy

import (
	"encoding/csv"
	"errors"
	"fmt"
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

// ReadReplicates reads a factor file for a design. Every PSU of the design must have one line; the error names the
// lines at fault, all of them up to a hundred.
func (d *Design) ReadReplicates(r io.Reader) (*Replicates, error) {
	in := csv.NewReader(r)
	header, err := in.Read()
	if err != nil {
		return nil, fmt.Errorf("svy: factor file: %w", err)
	}
	if len(header) < 4 || header[0] != "stratum" || header[1] != "psu" {
		return nil, errors.New("svy: factor file: the header is not stratum,psu,r1,r2,…")
	}
	first, err := in.Read()
	if err != nil || first[1] != coefficientLabel {
		return nil, errors.Join(errors.New("svy: factor file: line 2 does not hold the coefficients"), err)
	}
	p := &Replicates{design: d, method: first[0], n: len(header) - 2, factors: make([]factorRow, d.PSUs())}
	if p.coef, err = factorLine(first, in); err != nil {
		return nil, err
	}
	if err := p.readFactors(in); err != nil {
		return nil, err
	}
	return p, p.recalibrate()
}

func (p *Replicates) readFactors(in *csv.Reader) error {
	l := &p.design.levels[0]
	place := make(map[[2]string]int, len(p.factors))
	for i := range p.factors {
		place[[2]string{l.strata.Label(l.stratum[i]), l.label(i)}] = i
	}
	var errs []error
	for len(errs) < maxFaults {
		line, err := in.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return errors.Join(append(errs, fmt.Errorf("svy: factor file: %w", err))...)
		}
		i, known := place[[2]string{line[0], line[1]}]
		at, _ := in.FieldPos(0)
		switch {
		case !known:
			errs = append(errs, fmt.Errorf("svy: factor file, line %d: the design has no PSU %q in stratum %q", at, line[1], line[0]))
		case p.factors[i].f != nil:
			errs = append(errs, fmt.Errorf("svy: factor file, line %d: PSU %q stands twice", at, line[1]))
		default:
			f, err := factorLine(line, in)
			p.factors[i], errs = factorRow{0, f}, appendError(errs, err)
		}
	}
	for i := range p.factors {
		if p.factors[i].f == nil && len(errs) < maxFaults {
			errs = append(errs, fmt.Errorf("svy: factor file: PSU %q has no line", l.label(i)))
		}
	}
	return errors.Join(errs...)
}

// factorLine reads the numbers of a line.
func factorLine(line []string, in *csv.Reader) ([]float64, error) {
	out := make([]float64, len(line)-2)
	for j, cell := range line[2:] {
		v, err := strconv.ParseFloat(cell, 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			at, column := in.FieldPos(j + 2)
			return out, fmt.Errorf("svy: factor file, line %d, column %d: %q is not a number", at, column, cell)
		}
		out[j] = v
	}
	return out, nil
}

func appendError(errs []error, err error) []error {
	if err == nil {
		return errs
	}
	return append(errs, err)
}
